//! What is to be said of all cells of an index together.

use ethnum::I256;

use super::correlation::{kendall, spearman};
use super::{Held, Row};
use crate::value::decimal;

/// What changed from the first scheme to the second.
#[derive(Debug, Clone)]
pub struct Summary {
    /// Cells that either has.
    pub cells: usize,
    /// Cells that aren't the same in both.
    pub changed: usize,
    /// Cells whose value didn't change, but whose rank did.
    pub moved: usize,
    /// Cells that the first alone has; they count as changed.
    pub only_a: usize,
    /// Cells that the second alone has; they count as changed.
    pub only_b: usize,
    /// The cell that changed most, if any did; the first of several.
    pub largest: Option<Largest>,
    /// The mean of the changes without their signs, over cells with a number in both, to 15 places.
    pub mean_absolute: Option<I256>,
    /// Spearman's rho over cells with a number in both.
    pub spearman: Option<f64>,
    /// Kendall's tau-b over the same.
    pub kendall: Option<f64>,
    /// How many of the best are the same.
    pub top: Top,
}

/// The cell that changed most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Largest {
    /// Its place among the rows.
    pub row: usize,
    /// Its change.
    pub delta: I256,
}

/// The best cells of both schemes. Ranks decide: cells that share the last rank are all among the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Top {
    /// How many were asked for.
    pub k: u64,
    /// How many are among the best of the first.
    pub of_a: usize,
    /// How many are among the best of the second.
    pub of_b: usize,
    /// How many are among the best of both.
    pub in_both: usize,
}

impl Top {
    /// The share of the first scheme's best that are among the second's best, to 15 places; `None` if there are none.
    pub fn share(&self) -> Option<i128> {
        let (both, of_a) = (i128::try_from(self.in_both).ok()?, i128::try_from(self.of_a).ok()?);
        decimal::divide(both, 0, of_a, 0, decimal::QUOTIENT_PLACES)
    }

    fn of(rows: &[Row], k: u64) -> Self {
        let best = |row: &Row, scheme: usize| row.ranks.get(scheme).copied().flatten().is_some_and(|rank| rank <= k);
        let count = |holds: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| holds(row)).count();
        Self {
            k,
            of_a: count(&|row| best(row, 0)),
            of_b: count(&|row| best(row, 1)),
            in_both: count(&|row| best(row, 0) && best(row, 1)),
        }
    }
}

impl Summary {
    /// The summary of these rows, whose numbers have so many places.
    pub fn of(rows: &[Row], places: u8, top: u64) -> Self {
        let absent = |scheme: usize| rows.iter().filter(|row| row.held.get(scheme) == Some(&Held::Absent)).count();
        let pairs = pairs(rows, 0, 1);
        Self {
            cells: rows.len(),
            changed: rows.iter().filter(|row| row.changed).count(),
            moved: rows.iter().filter(|row| !row.changed && row.is_moved()).count(),
            only_a: absent(1),
            only_b: absent(0),
            largest: largest(rows),
            mean_absolute: mean_absolute(rows, places),
            spearman: spearman(&pairs),
            kendall: kendall(&pairs),
            top: Top::of(rows, top),
        }
    }
}

/// The numbers of the cells that have one in both schemes.
fn pairs(rows: &[Row], a: usize, b: usize) -> Vec<(I256, I256)> {
    let pair = |row: &Row| match (row.held.get(a)?, row.held.get(b)?) {
        (Held::Number(a), Held::Number(b)) => Some((*a, *b)),
        _ => None,
    };
    rows.iter().filter_map(pair).collect()
}

fn largest(rows: &[Row]) -> Option<Largest> {
    let mut found: Option<Largest> = None;
    for (row, delta) in rows.iter().enumerate().filter_map(|(at, row)| Some((at, row.delta()?))) {
        let most = found.map_or(I256::ZERO, |found| found.delta.abs());
        if delta.abs() > most {
            found = Some(Largest { row, delta });
        }
    }
    found
}

/// Blank where the sum has more digits than can be counted with.
fn mean_absolute(rows: &[Row], places: u8) -> Option<I256> {
    let (mut sum, mut count) = (I256::ZERO, 0);
    for delta in rows.iter().filter_map(Row::delta) {
        sum = sum.checked_add(delta.abs())?;
        count += 1;
    }
    decimal::mean_wide(sum, places, count)
}

/// How alike several schemes order the cells: for each two of them, over cells with a number in both.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Agreement {
    /// Cells that any has.
    pub cells: usize,
    /// Cells that aren't the same in all.
    pub changed: usize,
    /// Spearman's rho, a row for each scheme.
    pub spearman: Vec<Vec<Option<f64>>>,
    /// Kendall's tau-b, a row for each scheme.
    pub kendall: Vec<Vec<Option<f64>>>,
}

impl Agreement {
    /// The agreement of so many schemes.
    pub fn of(rows: &[Row], schemes: usize) -> Self {
        let matrix = |measure: fn(&[(I256, I256)]) -> Option<f64>| {
            let mut matrix: Vec<Vec<Option<f64>>> = Vec::new();
            for a in 0..schemes {
                // What one has with another, the other has with it.
                let known = |b: usize| matrix.get(b).and_then(|row| row.get(a)).copied();
                let row = (0..schemes).map(|b| known(b).unwrap_or_else(|| measure(&pairs(rows, a, b))));
                matrix.push(row.collect());
            }
            matrix
        };
        Self {
            cells: rows.len(),
            changed: rows.iter().filter(|row| row.changed).count(),
            spearman: matrix(spearman),
            kendall: matrix(kendall),
        }
    }
}
