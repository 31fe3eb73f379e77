//! The ledger as data: cells, the units and cells that they are made of, the rows of the units, and what the steps did.
//!
//! Everything can be written out as JSON; `docs/cli.md` documents the members, so that none may be renamed.

use serde::Serialize;

pub use super::shown::{ChangeName, Fields, Line, ScaleLine, Shown};
use crate::value::Value;

/// Why a cell is what it is.
#[derive(Debug, Clone, Serialize)]
pub struct Ledger {
    /// The scheme's name.
    pub scheme: String,
    /// Its title; may be empty.
    pub title: String,
    /// The cell asked for, then those that it rests on, each once.
    pub cells: Vec<Cell>,
    /// The units that stand in these cells, each once.
    pub units: Vec<Unit>,
    /// The scores of the units, with their steps.
    pub scores: Vec<Score>,
    /// The parameters that had a part.
    pub params: Vec<Param>,
}

/// A cell of an index.
#[derive(Debug, Clone, Serialize)]
pub struct Cell {
    /// The place of the index in the plan.
    #[serde(skip)]
    pub place_in_plan: usize,
    /// The index; of a part of a formula, the index whose formula it is.
    pub index: String,
    /// Whether it is an aggregation inside the formula of the index.
    pub part: bool,
    /// Its title; may be empty.
    pub title: String,
    /// The dimensions.
    pub at: Fields,
    /// The value.
    pub value: Shown,
    /// Whether the index has this cell. One that it hasn't counts as 0 or as missing.
    pub present: bool,
    /// What the scheme says the index is.
    pub text: String,
    /// Where it says so.
    pub place: Line,
    /// What the value is made of.
    pub made: Made,
    /// If it is missing: why.
    pub missing: Vec<Why>,
}

/// What a cell is made of.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Made {
    /// Units of a score.
    Units {
        /// How they became one value: `sum`, `count` …
        function: String,
        /// The score.
        score: String,
        /// The units, the most important first.
        contributions: Vec<Contribution>,
        /// Those that aren't listed.
        more: Option<More>,
        /// Units of the cell that have no value.
        without_value: Beside,
        /// Units of the cell for which `where` doesn't hold.
        failing: Beside,
    },
    /// Cells of another index.
    Cells {
        /// How they became one value.
        function: String,
        /// The other index.
        source: String,
        /// Its cells, the most important first.
        contributions: Vec<Contribution>,
        /// Those that aren't listed.
        more: Option<More>,
        /// How many cells have no value.
        without_value: u64,
        /// The first of these.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        without_value_at: Vec<Fields>,
        /// How many cells fail `where`.
        failing: u64,
        /// The first of these.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        failing_at: Vec<Fields>,
        /// Whether they are the group of an operation, among which the cell is one.
        #[serde(skip)]
        is_group: bool,
    },
    /// A formula.
    Formula {
        /// The cells that stand in it, in the order of their first use.
        operands: Vec<Operand>,
        /// The lines of scales that it was looked up in; left out where there are none.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        scale_lines: Vec<ScaleLine>,
    },
    /// Nothing: the index has no such cell.
    Nothing,
}

/// A unit or a cell that is part of a cell.
#[derive(Debug, Clone, Serialize)]
pub struct Contribution {
    /// The place in [`Ledger::units`] or [`Ledger::cells`].
    pub id: usize,
    /// Its value; of a count one, whatever the value is.
    pub value: Shown,
    /// How much it counts, where the scheme says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<Shown>,
    /// What it is to an operation over a dimension: `least` or `greatest`, where these decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'static str>,
}

/// An operand of a formula.
#[derive(Debug, Clone, Serialize)]
pub struct Operand {
    /// The place in [`Ledger::cells`].
    pub id: usize,
    /// Its value in the formula.
    pub value: Shown,
}

/// Contributions that aren't listed one by one.
#[derive(Debug, Clone, Serialize)]
pub struct More {
    /// How many.
    pub count: u64,
    /// Their sum; of numbers only.
    pub total: Option<Shown>,
    /// The least of their values.
    pub least: Shown,
    /// The greatest of their values.
    pub greatest: Shown,
}

/// Units that would be in a cell and aren't counted.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Beside {
    /// How many.
    pub count: u64,
    /// The lines of the first of them.
    pub rows: Vec<Line>,
}

/// Why a value is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Why {
    /// A stable word: `nothing`, `absent`, `operand`, `division_by_zero`, `constant`, `lookup`, `scale`, `function`,
    /// `dimension`, `operation`, `policy`.
    pub reason: &'static str,
    /// What the scheme says there.
    pub text: String,
    /// The same in a sentence.
    pub says: String,
}

/// A unit at the end of a score.
#[derive(Debug, Clone, Serialize)]
pub struct Unit {
    /// The score.
    pub score: String,
    /// Its value.
    pub value: Shown,
    /// How it came about.
    pub trail: Trail,
}

/// A row, or what an `absorb` left of several, and what the steps did to it.
#[derive(Debug, Clone, Serialize)]
pub struct Trail {
    /// Where it begins.
    pub from: Begin,
    /// What the steps did, in order.
    pub steps: Vec<Event>,
}

impl Trail {
    /// The value at its end; missing where no step has set one.
    pub fn value(&self) -> Value {
        let set = self.steps.iter().rev().find_map(|event| match &event.did {
            Did::Set { after, .. } => Some(&after.value),
            _ => None,
        });
        match (set, &self.from) {
            (Some(value), _) => value.clone(),
            (None, Begin::Unit(unit)) => unit.value.value.clone(),
            (None, Begin::Row(_)) => Value::Missing,
        }
    }
}

/// Where a trail begins.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Begin {
    /// A row of the input.
    Row(Row),
    /// The rows of a unit.
    Unit(Absorbed),
}

/// A row of an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Which row of the table.
    #[serde(skip)]
    pub row: usize,
    /// The file as the user named it.
    pub file: String,
    /// The physical line, from 1.
    pub line: u32,
    /// The columns that the scheme declares.
    pub values: Fields,
}

/// What an `absorb` left of several rows.
#[derive(Debug, Clone, Serialize)]
pub struct Absorbed {
    /// The place of the step in its score.
    pub step: usize,
    /// Its label.
    pub label: String,
    /// Which value counts: `highest`, `lowest`, `strongest`, `first`, `last`.
    pub pick: &'static str,
    /// What makes the unit: as the scheme says it, and its value.
    pub key: Fields,
    /// The value that the unit gets.
    pub value: Shown,
    /// Whether all rows had been dropped, and `empty 0` put the unit back.
    pub restored: bool,
    /// The rows, those whose value counts first.
    pub members: Vec<Member>,
}

/// A row of a unit.
#[derive(Debug, Clone, Serialize)]
pub struct Member {
    /// What became of it.
    pub fate: Fate,
    /// The value that it had.
    pub value: Shown,
    /// How it came about.
    pub trail: Trail,
}

/// What became of a row in its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// The unit has its value. If several rows tie, all of them are picked.
    Picked,
    /// It was absorbed.
    Absorbed,
    /// A `keep` had dropped it before.
    Dropped,
}

/// What a step did to a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// The place of the step in its score.
    pub step: usize,
    /// Its label.
    pub label: String,
    /// What it did.
    #[serde(flatten)]
    pub did: Did,
    /// The rows of other inputs in which it looked something up; left out where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub looked_up: Vec<Line>,
    /// The lines of scales that gave it something; left out where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scale_lines: Vec<ScaleLine>,
}

/// What a step can do to a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "did", rename_all = "snake_case")]
pub enum Did {
    /// A `let` gave it a named value.
    Let {
        /// The value.
        value: Shown,
    },
    /// A `keep` let it stay.
    Kept {
        /// Whether it was asked, or `when` left it alone.
        applied: bool,
    },
    /// A `keep` dropped it.
    Dropped,
    /// An `every` made a row for this period of it.
    Period {
        /// The period.
        value: Shown,
        /// How many periods there were.
        periods: u64,
    },
    /// An `every` found no period for it.
    NoPeriod,
    /// A step set the value.
    Set {
        /// The word of the scheme: `value`, `times` …
        verb: &'static str,
        /// The value before; null before the first.
        before: Option<Shown>,
        /// The value after.
        after: Shown,
        /// Whether its `when` held, so that it did anything.
        applied: bool,
    },
}

/// A score and its steps.
#[derive(Debug, Clone, Serialize)]
pub struct Score {
    /// Its name.
    pub score: String,
    /// Its input.
    pub input: String,
    /// Where the scheme declares it.
    pub place: Line,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// A step.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// Its label.
    pub label: String,
    /// What the scheme says.
    pub text: String,
    /// Where it says so.
    pub place: Line,
    /// Its documentation; may be empty.
    pub doc: String,
    /// Its citation; may be empty.
    pub cite: String,
}

/// A parameter.
#[derive(Debug, Clone, Serialize)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Its value in this run.
    pub value: Shown,
    /// Where the scheme gives it this value; none where it is set for this run.
    pub place: Option<Line>,
}
