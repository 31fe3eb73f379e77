//! Running a plan on tables.
//!
//! Input: a [`Plan`], a [`Table`] for each input that is bound, and which indices are wanted. Output: an [`Outcome`].
//! There are two evaluators of the same meaning: [`engine`] works on whole columns, [`mod@reference`] on one row at a time,
//! as plainly as it can be; the tests hold one against the other. [`ledger`] says why a cell is what it is. [`single`]
//! values one row for a program that has its rows one at a time.

pub mod engine;
pub mod faults;
pub mod ledger;
pub mod literals;
pub mod policies;
pub mod reference;
pub mod single;

pub use policies::PolicyAccount;

use crate::diag::Problems;
use crate::plan::{Dim, Plan};
use crate::value::column::Table;
use crate::value::{Ty, Value};

/// What a run gives.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The cells of each wanted index, in the order of [`Plan::declared`].
    pub results: Vec<IndexCells>,
    /// What became of rows and units: for each score that was run.
    pub scores: Vec<ScoreAccount>,
    /// What became of scored units: for each aggregation of a score that was run.
    pub indices: Vec<IndexAccount>,
    /// What the policies for missing and extreme values did: for each index with one that was run.
    pub policies: Vec<PolicyAccount>,
    /// Errors of data, failed checks and warnings. If there is an error, the results are empty.
    pub problems: Problems,
}

/// The cells of one index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexCells {
    /// The place in [`Plan::indices`].
    pub index: usize,
    /// The dimensions.
    pub dims: Vec<Dim>,
    /// The type of the values.
    pub ty: Ty,
    /// The values of the dimensions and of the cell, ascending by the dimensions, no cell twice.
    pub cells: Vec<(Vec<Value>, Value)>,
}

/// What became of the rows of a score: `rows + expanded + Σ restored = Σ dropped + no_period + Σ absorbed + scored`,
/// unless there were errors.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ScoreAccount {
    /// The score's name.
    pub score: String,
    /// Rows of the input.
    pub rows: u64,
    /// Rows that `every` made in addition: a row that became n rows counts n - 1.
    pub expanded: u64,
    /// Rows whose interval covers no period.
    pub no_period: u64,
    /// Rows dropped, by the label of each `keep`.
    pub dropped: Vec<(String, u64)>,
    /// Rows absorbed by another of their unit, by the label of each `absorb`.
    pub absorbed: Vec<(String, u64)>,
    /// Units that `empty 0` put back, by the label of each `absorb`.
    pub restored: Vec<(String, u64)>,
    /// Units at the end.
    pub scored: u64,
}

impl ScoreAccount {
    /// The account of a score that begins with so many rows.
    pub fn new(score: &str, rows: u64) -> Self {
        Self {
            score: score.to_owned(),
            rows,
            expanded: 0,
            no_period: 0,
            dropped: Vec::new(),
            absorbed: Vec::new(),
            restored: Vec::new(),
            scored: 0,
        }
    }
}

/// What became of the units of a score in an index: `scored = no_value + failing + outside + in_cells`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct IndexAccount {
    /// The index's name.
    pub index: String,
    /// The score's name.
    pub score: String,
    /// Units of the score.
    pub scored: u64,
    /// Units without a value.
    pub no_value: u64,
    /// Units that fail `where`.
    pub failing: u64,
    /// Units outside `in`.
    pub outside: u64,
    /// Units in cells.
    pub in_cells: u64,
}

/// What a run needs: the plan, the tables in the order of [`Plan::inputs`] (`None` where an input isn't bound and
/// nothing wanted needs it), and the wanted indices, as places in [`Plan::indices`].
#[derive(Debug, Clone, Copy)]
pub struct Job<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// A table for each input.
    pub tables: &'a [Option<Table>],
    /// The wanted indices.
    pub wanted: &'a [usize],
    /// Whether the checks of the scheme are looked at: those on rows of the inputs used, on the scores used, and on
    /// cells whose indices are all wanted or needed.
    pub checks: bool,
}
