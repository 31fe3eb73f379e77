//! The layout that several charts share: a row for each thing, its name on the left, numbers on the right, and between
//! them a scale.

use super::axis::Axis;
use super::marks::{Anchor, Canvas, GRID, INK, PALE, TEXT, widest};
use super::words::{count, width};

/// The room of a chart with rows.
pub struct Rows {
    /// Where names end and the scale begins.
    pub left: f64,
    /// Where the scale ends.
    pub right: f64,
    /// Where the first row begins.
    pub top: f64,
    /// How high a row is.
    pub height: f64,
}

impl Rows {
    /// Room for rows with these names and, at the right, for texts of some width.
    pub fn new(canvas: &Canvas, names: &[&str], behind: f64, height: f64) -> Self {
        let most = canvas.width * if canvas.narrow { 0.42 } else { 0.4 };
        let left = (widest(names.iter().copied()) + 14.0).min(most);
        Self { left, right: canvas.width - behind - 10.0, top: canvas.height + 4.0, height }
    }

    /// The middle of a row.
    pub fn middle(&self, row: usize) -> f64 {
        self.top + self.height * (count(row) + 0.5)
    }

    /// Where the rows end.
    pub fn bottom(&self, rows: usize) -> f64 {
        self.top + self.height * count(rows)
    }

    /// Writes the name of a row.
    pub fn name(&self, canvas: &mut Canvas, row: usize, name: &str) {
        canvas.short((self.left - 8.0, self.middle(row)), name, Anchor::End, INK, self.left - 12.0);
    }

    /// Draws the lines of a scale and the numbers below, and what they are.
    pub fn scale(&self, canvas: &mut Canvas, rows: usize, ticks: &[(f64, String)], label: &str) {
        let bottom = self.bottom(rows) + 2.0;
        let mut free = f64::NEG_INFINITY;
        for (x, text) in ticks {
            canvas.line((*x, self.top), (*x, bottom), 1.0, GRID);
            let half = width(text, TEXT) / 2.0;
            // A number that would touch the one before is left out, its line is not.
            if x - half > free && x + half < canvas.width {
                canvas.text((*x, bottom + 11.0), text, Anchor::Middle, PALE);
                free = x + half + 6.0;
            }
        }
        canvas.height = bottom + 22.0;
        if !label.is_empty() {
            let middle = f64::midpoint(self.left, self.right);
            let most = 2.0 * (canvas.width - middle).min(middle) - 8.0;
            canvas.short((middle, canvas.height + 7.0), label, Anchor::Middle, PALE, most);
            canvas.height += 18.0;
        }
        canvas.height += 6.0;
    }

    /// A scale around numbers.
    pub fn axis(&self, numbers: impl Iterator<Item = f64> + Clone) -> Axis {
        Axis::around(numbers, self.left, self.right)
    }

    /// How many numbers a scale has room for.
    pub fn room(&self) -> usize {
        let pixels = self.right - self.left;
        [400.0, 280.0, 180.0, 90.0].iter().filter(|least| pixels > **least).count() + 2
    }
}
