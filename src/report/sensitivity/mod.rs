//! How sure the cells of an index are, and which input of the scheme they depend on most: what `rules sensitivity` finds.
//!
//! Plain numbers and texts, which tables, files and charts are made of.

pub mod csv;
pub mod json;
pub mod markdown;
mod sheets;
pub mod table;

use serde::Serialize;

use crate::plan::Best;

/// What many runs of a scheme, in which all that varies was drawn, say of its results.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Sensitivity {
    /// The scheme's name.
    pub scheme: String,
    /// Its title; may be empty.
    pub title: String,
    /// How many runs there were.
    pub samples: u64,
    /// How many of these are draws of all inputs at once: the rows of the two matrices of the design, without those in
    /// which one input was exchanged.
    pub draws: u64,
    /// The seed of the draw.
    pub seed: u64,
    /// How the points were drawn: `sobol` or `latin`.
    pub sequence: String,
    /// What varies, in the order of the scheme.
    pub inputs: Vec<VariedInput>,
    /// The indices, in the order of the scheme; those that nothing moves are left out.
    pub indices: Vec<IndexSensitivity>,
    /// Indices that were asked for and that nothing moves.
    pub unmoved: Vec<String>,
}

/// One input that varies.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct VariedInput {
    /// Its name: that of a parameter, `level("president")`, or the changes between which is chosen.
    pub name: String,
    /// How it varies, in words: `0 to 1, evenly`.
    pub spread: String,
    /// What it is in the scheme as it stands.
    pub stands: String,
}

/// What the runs say of an index.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct IndexSensitivity {
    /// Its name.
    pub name: String,
    /// Its title; may be empty.
    pub title: String,
    /// Its dimensions.
    pub dims: Vec<String>,
    /// The dimensions within which cells are ranked: each combination of their values has an order of its own. Empty
    /// where all cells are ranked together.
    pub within: Vec<String>,
    /// Which of its values has rank 1.
    pub best: Best,
    /// How many places are of use in printing its values.
    pub places: u8,
    /// The ranks up to this one are the top.
    pub top: u32,
    /// Its cells, ascending by their keys.
    pub cells: Vec<CellInterval>,
    /// For each two cells of one order that are there together, which stands above the other and how surely.
    pub pairs: Vec<PairOrder>,
    /// What the variance of some numbers comes from.
    pub targets: Vec<Target>,
}

/// Where a cell lies in the runs.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct CellInterval {
    /// The values of its dimensions, as they are printed.
    pub key: Vec<String>,
    /// Its value in the scheme as it stands; none where it has none.
    pub stands: Option<f64>,
    /// Its rank there, 1 being the best value. Equal values have the same rank, that of the first of them.
    pub stands_rank: Option<u32>,
    /// The share of runs in which it has a value; what follows is about these.
    pub share: f64,
    /// Its value.
    pub value: Interval,
    /// Its rank; none for an index of one cell.
    pub rank: Option<Interval>,
    /// The share of runs in which it is among the top.
    pub top: Option<f64>,
}

/// Nine runs in ten lie between low and high.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Interval {
    /// The 5 % quantile.
    pub low: f64,
    /// The middle.
    pub median: f64,
    /// The 95 % quantile.
    pub high: f64,
}

/// The order of two cells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct PairOrder {
    /// The cell that stands above the other more often: a place in [`IndexSensitivity::cells`].
    pub above: usize,
    /// The other.
    pub below: usize,
    /// The share of runs in which its value is larger; smaller, where the lowest value is the first.
    pub larger: f64,
    /// The share of runs in which both values are equal.
    pub equal: f64,
}

impl PairOrder {
    /// Whether one is above the other in 95 % of the runs at least.
    pub fn is_robust(&self) -> bool {
        self.larger >= 0.95
    }
}

/// A number of each run whose variance is divided among the inputs.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Target {
    /// What it is: `mean shift in rank`, `value at 2008`, `rank at 2008`.
    pub name: String,
    /// Its mean over the runs.
    pub mean: f64,
    /// Its standard deviation.
    pub deviation: f64,
    /// How many draws its indices rest on: those in which it could be had with each of the inputs exchanged.
    pub draws: u64,
    /// The inputs, in the order of [`Sensitivity::inputs`]; empty where the number never varies.
    pub inputs: Vec<InputIndex>,
}

/// The part that an input has in the variance of a target.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct InputIndex {
    /// The input: a place in [`Sensitivity::inputs`].
    pub input: usize,
    /// The part of the variance that would be gone on average if this input alone were known: the first-order index.
    pub first: Estimate,
    /// The part that would be left if all others were known: the total index. What it is above the first-order index, the
    /// input does together with others.
    pub total: Estimate,
}

/// A number found from draws.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// The number.
    pub value: f64,
    /// The lower end of its 95 % interval of confidence.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}
