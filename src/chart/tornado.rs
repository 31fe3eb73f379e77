//! How much each input matters: two bars for each, what it does alone and what it does with all others.

use super::marks::{Anchor, BLUE, Canvas, INK, PALE, SKY, widest};
use super::rows::Rows;
use super::words::fitted;
use super::{Number, Table};

/// Inputs, the one that matters most first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tornado {
    /// Of what the shares are: `share of the variance of …`.
    pub value: String,
    /// The inputs.
    pub inputs: Vec<Input>,
}

/// An input.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Input {
    /// What it is called.
    pub name: String,
    /// What it does alone.
    pub first: Measure,
    /// What it does with all others.
    pub total: Measure,
}

/// A share with its confidence interval.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measure {
    /// The share.
    pub value: Number,
    /// The lower end of the interval.
    pub low: Number,
    /// The upper end.
    pub high: Number,
}

impl Measure {
    fn label(&self) -> String {
        format!("{} ({} to {})", self.value.text, self.low.text, self.high.text)
    }
}

impl Tornado {
    pub(super) fn description(&self) -> String {
        let inputs: Vec<String> = self
            .inputs
            .iter()
            .map(|input| format!("{}: alone {}, with others {}", input.name, input.first.label(), input.total.label()))
            .collect();
        format!("For each input its {}. {}.", self.value, inputs.join("; "))
    }

    pub(super) fn table(&self) -> Table {
        let heads = ["input", "alone", "low", "high", "with others", "low", "high"];
        let three = |measure: &Measure| [&measure.value, &measure.low, &measure.high].map(|number| number.text.clone());
        let row =
            |input: &Input| [vec![input.name.clone()], three(&input.first).into(), three(&input.total).into()].concat();
        Table { heads: heads.map(str::to_owned).to_vec(), words: 1, rows: self.inputs.iter().map(row).collect() }
    }

    pub(super) fn draw(&self, canvas: &mut Canvas) {
        let names: Vec<&str> = self.inputs.iter().map(|input| input.name.as_str()).collect();
        let labels: Vec<[String; 2]> =
            self.inputs.iter().map(|input| [input.first.label(), input.total.label()]).collect();
        // Where there is no room for the intervals, they are drawn, and the numbers stand in the table.
        let short = |input: &Input| [input.first.value.text.clone(), input.total.value.text.clone()];
        let labels = if canvas.narrow { self.inputs.iter().map(short).collect() } else { labels };
        let behind = widest(labels.iter().flatten().map(String::as_str)) + 12.0;
        self.key(canvas);
        let rows = Rows::new(canvas, &names, behind, 36.0);
        let measures = self.inputs.iter().flat_map(|input| [&input.first, &input.total]);
        let axis = rows.axis(measures.flat_map(|measure| [measure.low.at, measure.value.at, measure.high.at, 0.0]));
        rows.scale(canvas, self.inputs.len(), &axis.ticks(rows.room()), &self.value);
        let zero = axis.zero();
        for (at, (input, labels)) in self.inputs.iter().zip(&labels).enumerate() {
            rows.name(canvas, at, &input.name);
            let bars = [(&input.first, BLUE, -8.0), (&input.total, SKY, 8.0)];
            for ((measure, color, shift), label) in bars.into_iter().zip(labels) {
                let (y, end) = (rows.middle(at) + shift, axis.place(measure.value.at));
                canvas.rect((zero.min(end), y - 6.0), (zero.max(end), y + 6.0), color);
                let (low, high) = (axis.place(measure.low.at), axis.place(measure.high.at));
                canvas.line((low, y), (high, y), 1.5, INK);
                canvas.line((low, y - 4.0), (low, y + 4.0), 1.5, INK);
                canvas.line((high, y - 4.0), (high, y + 4.0), 1.5, INK);
                canvas.text((canvas.width - 8.0, y), label, Anchor::End, INK);
            }
        }
        canvas.line((zero, rows.top), (zero, rows.bottom(self.inputs.len())), 1.0, PALE);
    }

    /// What the two bars of an input are.
    fn key(&self, canvas: &mut Canvas) {
        for (text, color) in [("upper bar: the input alone", BLUE), ("lower bar: together with the others", SKY)] {
            let y = canvas.height + 8.0;
            canvas.rect((8.0, y - 5.0), (28.0, y + 5.0), color);
            let text = fitted(text, super::marks::TEXT, canvas.width - 44.0);
            canvas.text((34.0, y), &text, Anchor::Start, INK);
            canvas.height += 18.0;
        }
        canvas.height += 4.0;
    }
}
