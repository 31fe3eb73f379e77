//! Values with the intervals in which they lie: a disc on a line.

use super::axis::Axis;
use super::marks::{Anchor, BLUE, Canvas, INK, SKY, TEXT, widest};
use super::rows::Rows;
use super::words::width;
use super::{Number, Table};

/// Values with intervals, in the order in which they are shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Intervals {
    /// What a row stands for: `country`.
    pub unit: String,
    /// What is shown: `Rank`.
    pub value: String,
    /// What the ends of an interval are: `5 %` and `95 %`.
    pub ends: [String; 2],
    /// Whether they are ranks, whole numbers from 1 on.
    pub ranks: bool,
    /// The rows.
    pub rows: Vec<Interval>,
}

/// A value with its interval.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Interval {
    /// Whose it is.
    pub name: String,
    /// The lower end.
    pub low: Number,
    /// The value.
    pub middle: Number,
    /// The upper end.
    pub high: Number,
}

impl Interval {
    fn label(&self) -> String {
        format!("{} ({}–{})", self.middle.text, self.low.text, self.high.text)
    }
}

impl Intervals {
    pub(super) fn description(&self) -> String {
        let Some(first) = self.rows.first() else { return "There is nothing to show.".to_owned() };
        let size = |row: &&Interval| row.high.at - row.low.at;
        let widest = self.rows.iter().max_by(|a, b| size(a).total_cmp(&size(b)));
        let widest = widest.map_or_else(String::new, |row| format!(" The widest interval has {}.", row.name));
        format!(
            "{} of {} {} rows, each with the interval from {} to {}: {} comes first with {}.{widest}",
            self.value,
            self.rows.len(),
            self.unit,
            self.ends[0],
            self.ends[1],
            first.name,
            first.label()
        )
    }

    pub(super) fn table(&self) -> Table {
        let [low, high] = self.ends.clone();
        Table {
            heads: vec![self.unit.clone(), low, self.value.clone(), high],
            words: 1,
            rows: self
                .rows
                .iter()
                .map(|row| vec![row.name.clone(), row.low.text.clone(), row.middle.text.clone(), row.high.text.clone()])
                .collect(),
        }
    }

    pub(super) fn draw(&self, canvas: &mut Canvas) {
        let names: Vec<&str> = self.rows.iter().map(|row| row.name.as_str()).collect();
        let labels: Vec<String> = self.rows.iter().map(Interval::label).collect();
        let behind = widest(labels.iter().map(String::as_str)) + 12.0;
        let rows = Rows::new(canvas, &names, behind, 20.0);
        let numbers = self.rows.iter().flat_map(|row| [row.low.at, row.middle.at, row.high.at]);
        let (axis, ticks) = if self.ranks {
            let last = numbers.fold(1.0, f64::max);
            let axis = Axis::new(0.5, last + 0.5, rows.left, rows.right);
            let ticks = axis.whole_ticks(rows.room() + 2);
            (axis, ticks)
        } else {
            let axis = rows.axis(numbers);
            let ticks = axis.ticks(rows.room());
            (axis, ticks)
        };
        let label = format!("{} with the interval from {} to {}", self.value, self.ends[0], self.ends[1]);
        let label = if width(&label, TEXT) > canvas.width - 20.0 { &self.value } else { &label };
        rows.scale(canvas, self.rows.len(), &ticks, label);
        for (at, (row, label)) in self.rows.iter().zip(&labels).enumerate() {
            let y = rows.middle(at);
            let (low, middle, high) = (axis.place(row.low.at), axis.place(row.middle.at), axis.place(row.high.at));
            canvas.rect((low - 1.0, y - 3.0), (high + 1.0, y + 3.0), SKY);
            canvas.sign((middle, y), super::marks::Sign::Disc, BLUE);
            rows.name(canvas, at, &row.name);
            canvas.text((canvas.width - 8.0, y), label, Anchor::End, INK);
        }
    }
}
