//! Runs held against one another: which indices and cells belong together, what changed, and how ranks moved.
//!
//! Input: the plans of two or more schemes and the cells that each gave on the same data. Output: [`Compared`], one for
//! each index that can be compared, with its summary. Prints nothing, and knows no file.

pub mod cells;
pub mod correlation;
pub mod exact;
pub mod matching;
pub mod ranks;
pub mod summary;
pub mod tolerance;

use std::sync::Arc;

use ethnum::I256;

pub use cells::TooLarge;
pub use matching::{LeftOut, Matched, matching};
pub use summary::{Agreement, Largest, Summary, Top};
pub use tolerance::{Tolerance, Tolerances};

use crate::eval::IndexCells;
use crate::plan::{Best, Dim, order};
use crate::value::{Type, Value};

/// What a cell holds in one of the schemes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// The scheme has no such cell.
    Absent,
    /// The cell has no value.
    Missing,
    /// A number, in units of the last place of [`Compared::ty`].
    Number(I256),
    /// A text, a flag, a date or a period.
    Other(Value),
}

/// A cell in all schemes.
#[derive(Debug, Clone)]
pub struct Row {
    /// The values of the dimensions.
    pub key: Vec<Value>,
    /// What it holds in each scheme.
    pub held: Vec<Held>,
    /// Its rank in each scheme, where it has a number there: 1 is the best, equal ones share the smallest rank.
    pub ranks: Vec<Option<u64>>,
    /// Whether it isn't the same in all schemes, beyond the tolerance.
    pub changed: bool,
    /// Whether it is to be shown although it didn't change: its rank did, or changes in it cancel out.
    pub notable: bool,
}

impl Row {
    /// The second value less the first, where both are numbers.
    pub fn delta(&self) -> Option<I256> {
        match self.held.as_slice() {
            [Held::Number(a), Held::Number(b), ..] => Some(*b - *a),
            _ => None,
        }
    }

    /// The second rank less the first: negative for a cell that climbs.
    pub fn rank_change(&self) -> Option<i64> {
        match self.ranks.as_slice() {
            [Some(a), Some(b), ..] => Some(i64::try_from(*b).ok()? - i64::try_from(*a).ok()?),
            _ => None,
        }
    }

    /// Whether its rank isn't the same in all schemes.
    pub fn is_moved(&self) -> bool {
        self.ranks.iter().any(|rank| Some(rank) != self.ranks.first())
    }

    /// The best and the worst rank among the schemes.
    pub fn rank_range(&self) -> Option<(u64, u64)> {
        let ranks = || self.ranks.iter().flatten().copied();
        Some((ranks().min()?, ranks().max()?))
    }
}

/// A further column: a field for each of [`Compared::rows`].
#[derive(Debug, Clone, Default)]
pub struct Column {
    /// Its head.
    pub name: String,
    /// To which of the parts it belongs that a page shows apart.
    pub part: Part,
    /// Its fields, one for each row; `None` is blank.
    pub fields: Vec<Option<Field>>,
}

/// What further columns are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Part {
    /// The shares of changes.
    #[default]
    Shares,
    /// What pairs of changes do together.
    Interactions,
    /// What changes add to those before them.
    Stacked,
}

/// What a further column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// Words.
    Text(String),
    /// A decimal.
    Number {
        /// Units of its last place.
        units: I256,
        /// Decimal places.
        places: u8,
        /// What it is before it was rounded, as a fraction: `5/6`.
        exact: Option<String>,
    },
}

/// An index in all schemes.
#[derive(Debug, Clone)]
pub struct Compared {
    /// Its name.
    pub name: Arc<str>,
    /// Its title in the first scheme; may be empty.
    pub title: Arc<str>,
    /// Its dimensions, in the order of the first scheme.
    pub dims: Vec<Dim>,
    /// The type to which the values of all schemes are brought.
    pub ty: Type,
    /// The dimensions within which cells are ranked; none where all are ranked together.
    pub within: Vec<String>,
    /// Which value has rank 1.
    pub best: Best,
    /// All cells that any scheme has, ascending by the dimensions.
    pub rows: Vec<Row>,
    /// Whether small differences count as none.
    pub tolerant: bool,
    /// What is to be said of all cells together.
    pub verdict: Verdict,
    /// Further columns.
    pub extra: Vec<Column>,
    /// What is to be said of the further columns: what it is about, and the words.
    pub notes: Vec<(String, String)>,
}

impl Compared {
    /// The decimal places of its numbers; 0 if it holds none.
    pub fn places(&self) -> u8 {
        if let Type::Number(places) = self.ty { places } else { 0 }
    }

    /// How many cells changed.
    pub fn changed(&self) -> usize {
        self.rows.iter().filter(|row| row.changed).count()
    }
}

/// What is to be said of all cells of an index together.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// Of two schemes.
    Pair(Summary),
    /// Of more than two.
    Several(Agreement),
}

/// Something in which the schemes themselves differ.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Difference {
    /// The scheme that differs from the first, where there are more than two.
    pub scheme: Option<String>,
    /// The named change that makes the difference, where one does.
    pub change: Option<String>,
    /// What differs.
    pub words: String,
    /// Where it stands in the first scheme, if it does: `a.rules:12`.
    pub a: Option<String>,
    /// Where it stands in the second.
    pub b: Option<String>,
    /// What the first scheme says there, where the words don't say it.
    pub before: Option<String>,
    /// What the second says.
    pub after: Option<String>,
}

/// What one scheme gave.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// The cells of its indices.
    pub results: &'a [IndexCells],
}

/// Among which cells ranks count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Within {
    /// Within each period or day, where an index has other dimensions besides.
    #[default]
    Times,
    /// Among all cells of an index.
    All,
    /// Within each value of these dimensions, in indices that have them.
    Dims(Vec<String>),
}

impl Within {
    /// The places of the dimensions within which an index with these dimensions is ranked.
    fn of(&self, dims: &[Dim]) -> Vec<usize> {
        match self {
            Within::Times => order::within(dims),
            Within::All => Vec::new(),
            Within::Dims(names) => {
                let named = dims.iter().enumerate().filter(|(_, dim)| names.iter().any(|name| **name == *dim.name));
                named.map(|(at, _)| at).collect()
            }
        }
    }
}

/// How runs are compared.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Among which cells ranks count.
    pub within: Within,
    /// Differences up to these are none.
    pub tolerances: Tolerances,
    /// How many of the best are looked at.
    pub top: u64,
}

/// Compares the matched indices of two or more runs.
pub fn compare(runs: &[Run<'_>], matched: &[Matched], options: &Options) -> Result<Vec<Compared>, TooLarge> {
    matched.iter().map(|index| one(runs, index, options)).collect()
}

fn one(runs: &[Run<'_>], index: &Matched, options: &Options) -> Result<Compared, TooLarge> {
    let mut rows = cells::rows(runs, index)?;
    let places = if let Type::Number(places) = index.ty { places } else { 0 };
    let tolerance = options.tolerances.of(&index.name).map_or(I256::ZERO, |tolerance| tolerance.units(places));
    for row in &mut rows {
        row.changed = cells::is_change(&row.held, tolerance);
    }
    let within = options.within.of(&index.dims);
    for scheme in 0..runs.len() {
        ranks::set(&mut rows, scheme, &within, index.best);
    }
    // Within a tolerance, ranks move for reasons that are none.
    let tolerant = tolerance > I256::ZERO;
    for row in rows.iter_mut().filter(|_| !tolerant) {
        row.notable = row.is_moved();
    }
    let verdict = match runs {
        [_, _] => Verdict::Pair(Summary::of(&rows, places, options.top)),
        _ => Verdict::Several(Agreement::of(&rows, runs.len())),
    };
    Ok(Compared {
        name: Arc::clone(&index.name),
        title: Arc::clone(&index.title),
        dims: index.dims.clone(),
        ty: index.ty.clone(),
        within: within.iter().filter_map(|at| index.dims.get(*at)).map(|dim| dim.name.to_string()).collect(),
        best: index.best,
        rows,
        tolerant,
        verdict,
        extra: Vec::new(),
        notes: Vec::new(),
    })
}

#[cfg(test)]
mod tests;
