//! The values of units as bars, one below another.

use super::digits::drawn;
use super::marks::{Anchor, BLUE, Canvas, GREY, INK, PALE, RED, widest};
use super::rows::Rows;
use super::{Number, Table};

/// Bars, the largest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bars {
    /// What a bar stands for: `country`.
    pub unit: String,
    /// What its length is.
    pub value: String,
    /// The bars.
    pub bars: Vec<Bar>,
    /// How many bars are left out, and before which of the bars.
    pub left_out: Option<(usize, usize)>,
}

/// A bar.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bar {
    /// Whose it is.
    pub name: String,
    /// Its length.
    pub value: Number,
}

impl Bars {
    pub(super) fn description(&self) -> String {
        let (Some(first), Some(last)) = (self.bars.first(), self.bars.last()) else {
            return "There is nothing to show.".to_owned();
        };
        let left = match self.left_out {
            Some((0, _)) | None => String::new(),
            Some((many, _)) => format!(" {many} between them are left out."),
        };
        let labels = self.labels();
        format!(
            "{} bars by {}: {} has {}, the most shown; {} has {}, the least.{left}",
            self.bars.len(),
            self.unit,
            first.name,
            labels.first().map_or("", String::as_str),
            last.name,
            labels.last().map_or("", String::as_str)
        )
    }

    /// What stands at the ends of the bars.
    fn labels(&self) -> Vec<String> {
        drawn(&self.bars.iter().map(|bar| &bar.value).collect::<Vec<&Number>>())
    }

    pub(super) fn table(&self) -> Table {
        Table {
            heads: vec![self.unit.clone(), self.value.clone()],
            words: 1,
            rows: self.bars.iter().map(|bar| vec![bar.name.clone(), bar.value.text.clone()]).collect(),
        }
    }

    pub(super) fn draw(&self, canvas: &mut Canvas) {
        let names: Vec<&str> = self.bars.iter().map(|bar| bar.name.as_str()).collect();
        let labels = self.labels();
        let behind = widest(labels.iter().map(String::as_str)) + 6.0;
        let rows = Rows::new(canvas, &names, behind, 20.0);
        // Bars have lengths: they begin at 0 always.
        let numbers = self.bars.iter().map(|bar| bar.value.at).chain([0.0]);
        let mut axis = rows.axis(numbers.clone());
        if numbers.clone().any(|number| number < 0.0) {
            let inner = Rows { left: rows.left + behind, ..rows };
            axis = inner.axis(numbers);
        }
        let many = self.bars.len() + usize::from(self.left_out.is_some());
        rows.scale(canvas, many, &axis.ticks(rows.room()), &self.value);
        let (zero, mut row) = (axis.zero(), 0);
        for (at, (bar, label)) in self.bars.iter().zip(&labels).enumerate() {
            if let Some((many, _)) = self.left_out.filter(|(_, before)| *before == at) {
                let text = format!("{many} more between these");
                canvas.text((rows.left + 4.0, rows.middle(row)), &text, Anchor::Start, PALE);
                row += 1;
            }
            let (end, y) = (axis.place(bar.value.at), rows.middle(row));
            let color = if bar.value.at < 0.0 { RED } else { BLUE };
            canvas.rect((zero.min(end), y - 6.5), (zero.max(end), y + 6.5), color);
            rows.name(canvas, row, &bar.name);
            let (x, anchor) = if bar.value.at < 0.0 { (end - 5.0, Anchor::End) } else { (end + 5.0, Anchor::Start) };
            canvas.text((x, y), label, anchor, INK);
            row += 1;
        }
        canvas.line((zero, rows.top), (zero, rows.bottom(many)), 1.0, GREY);
    }
}

impl Bars {
    /// The largest and the smallest of many bars, which are sorted; all, if they aren't many.
    #[must_use]
    pub fn shortened(mut self, most: usize, first: usize, last: usize) -> Self {
        if self.bars.len() > most.max(first + last) {
            let out = self.bars.len() - first - last;
            self.bars.drain(first..first + out);
            self.left_out = Some((out, first));
        }
        self
    }
}
