//! The typed tree: every expression has its type, every name is bound.

mod cells;

use std::sync::Arc;

use serde::Serialize;

pub use cells::{Aggregate, Dim, Domain, Over, Source};

use crate::builtin::Builtin;
use crate::diag::Severity;
use crate::source::Span;
use crate::value::schema::Schema;
use crate::value::words::{self, Empty, Verb};
use crate::value::{Period, Ty, Type, Value};

/// A checked scheme.
#[derive(Debug, Clone, Default)]
pub struct Scheme {
    /// Its name.
    pub name: Arc<str>,
    /// Its title; may be empty.
    pub title: Arc<str>,
    /// Its parameters, with the values of this run.
    pub params: Vec<Param>,
    /// Its inputs.
    pub inputs: Vec<Input>,
    /// Its scales.
    pub scales: Vec<Scale>,
    /// Its scores.
    pub scores: Vec<Score>,
    /// Its indices, in the order declared.
    pub indices: Vec<Index>,
    /// The indices, each behind those that it uses.
    pub order: Vec<usize>,
    /// Its checks on cells.
    pub checks: Vec<CellCheck>,
}

/// A parameter.
#[derive(Debug, Clone, Serialize)]
pub struct Param {
    /// Its name.
    pub name: Arc<str>,
    /// Its type.
    pub ty: Ty,
    /// Its value in this run.
    pub value: Value,
    /// Where the scheme gives it this value; none where the run sets it.
    #[serde(skip)]
    pub place: Option<Span>,
}

/// An input.
#[derive(Debug, Clone)]
pub struct Input {
    /// Its file.
    pub schema: Schema,
    /// What must hold of its rows.
    pub checks: Vec<Check>,
}

/// What must hold of rows or units.
#[derive(Debug, Clone)]
pub struct Check {
    /// What it says.
    pub message: Arc<str>,
    /// What must hold.
    pub holds: Expr,
    /// Where it is looked at.
    pub when: Option<Expr>,
    /// Error or warning.
    pub severity: Severity,
    /// Its place.
    pub span: Span,
}

/// What must hold of cells.
#[derive(Debug, Clone)]
pub struct CellCheck {
    /// The check; its expressions are formulas.
    pub check: Check,
    /// The dimensions of the cells.
    pub dims: Vec<Dim>,
}

/// Points or texts for categories, patterns or ranges of numbers.
#[derive(Debug, Clone, Serialize)]
pub struct Scale {
    /// Its name.
    pub name: Arc<str>,
    /// The type of its results; optional if some are missing.
    pub ty: Ty,
    /// Exact words.
    pub words: Vec<(Arc<str>, Value)>,
    /// Beginnings of words, as in `"14*"`. The longest that fits counts; an exact word counts before any.
    pub patterns: Vec<(Arc<str>, Value)>,
    /// Ranges of numbers, ascending; empty if the scale is one of words.
    pub ranges: Vec<Range>,
    /// The places of the ranges' bounds.
    pub places: u8,
    /// What a word or number that isn't listed gets.
    pub otherwise: Otherwise,
    /// Where its lines stand.
    #[serde(skip)]
    pub lines: ScaleLines,
    /// Where the scheme declares it.
    #[serde(skip)]
    pub span: Span,
}

/// Where the lines of a scale stand: a place for each of its words, patterns and ranges, in their order.
#[derive(Debug, Clone, Default)]
pub struct ScaleLines {
    /// Those of the words.
    pub words: Vec<ScaleLine>,
    /// Those of the patterns.
    pub patterns: Vec<ScaleLine>,
    /// Those of the ranges.
    pub ranges: Vec<ScaleLine>,
    /// That of `otherwise`.
    pub otherwise: Option<ScaleLine>,
    /// The parameters that stand in the lines instead of points.
    pub params: Vec<usize>,
}

/// Where it is said what a word gets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScaleLine {
    /// The points, if they stand apart.
    pub result: Option<Span>,
    /// The word or range; `otherwise` with its points; or all of the edit that sets the points.
    pub key: Span,
}

/// A range of numbers.
#[derive(Debug, Clone, Serialize)]
pub struct Range {
    /// The lower bound, included; open if none.
    pub low: Option<i128>,
    /// The upper bound; open if none.
    pub high: Option<i128>,
    /// Whether the upper bound is part of it.
    pub high_included: bool,
    /// What it gets.
    pub value: Value,
}

/// What a word that a scale doesn't list gets.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Otherwise {
    /// An error of data.
    Error,
    /// This value; may be missing.
    Value(Value),
}

/// A score.
#[derive(Debug, Clone)]
pub struct Score {
    /// Its name.
    pub name: Arc<str>,
    /// Its input.
    pub input: usize,
    /// What the lets and the period of `every` fill.
    pub slots: Vec<Slot>,
    /// Its steps.
    pub steps: Vec<Step>,
    /// The type of its value.
    pub ty: Ty,
    /// Its place.
    pub span: Span,
}

/// A named value of each row of a frame.
#[derive(Debug, Clone, Serialize)]
pub struct Slot {
    /// Its name.
    pub name: Arc<str>,
    /// Its type.
    pub ty: Ty,
}

/// A step.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its label.
    pub label: Arc<str>,
    /// Its doc comments.
    pub doc: Vec<Arc<str>>,
    /// Its citation.
    pub cite: Option<Arc<str>>,
    /// What it does.
    pub op: Op,
    /// Its place.
    pub span: Span,
}

/// What a step does.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the plan's operation of the same name describes each")]
pub enum Op {
    Let { slot: usize, expr: Expr },
    Keep { holds: Expr, when: Option<Expr>, of_units: bool },
    Every { period: Period, slot: usize, from: Expr, end: Expr, inclusive: bool, open: Open },
    Set { verb: Verb, expr: Option<Expr>, when: Option<Expr>, ty: Ty, before: Option<Ty> },
    Absorb { pick: Pick, keys: Vec<Expr>, same: Vec<usize>, empty: Empty },
    Check(Check),
}

/// Which row of a unit counts.
pub type Pick = words::Pick<Expr>;

/// Which periods an interval counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Open {
    /// Those in which it covers this month and day (of a year).
    On {
        /// The month, from 1.
        month: u32,
        /// The day of the month.
        day: u32,
    },
    /// Those in which it covers this day of the month (of a month); the last day in shorter months.
    OnDay(u32),
    /// Those in which it covers any day.
    AnyTime,
    /// Those in which it covers every day.
    Throughout,
    /// Those in which it covers at least so many days.
    AtLeast(u32),
}

/// An index.
#[derive(Debug, Clone)]
pub struct Index {
    /// Its name.
    pub name: Arc<str>,
    /// Its title; may be empty.
    pub title: Arc<str>,
    /// Whether it is hidden.
    pub hidden: bool,
    /// Its dimensions.
    pub dims: Vec<Dim>,
    /// The type of its cells.
    pub ty: Ty,
    /// Whether an absent cell counts as 0.
    pub absent_zero: bool,
    /// Its formula or aggregation.
    pub body: Expr,
    /// Its place.
    pub span: Span,
}

/// A typed expression.
#[derive(Debug, Clone)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its type.
    pub ty: Ty,
    /// Its place.
    pub span: Span,
}

/// The kinds of typed expressions.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// A constant.
    Const(Value),
    /// A parameter.
    Param(usize),
    /// A column of the input.
    Column(usize),
    /// A let or a period.
    Slot(usize),
    /// The current value.
    Value,
    /// A dimension.
    Dim(usize),
    /// An index, in a formula.
    Index(usize),
    /// A built-in, its arguments, and the types to which they are brought.
    Call(Builtin, Vec<Expr>, Vec<Type>),
    /// `case`.
    Case(Vec<(Expr, Expr)>, Option<Box<Expr>>),
    /// A scale.
    Scale(usize, Box<Expr>),
    /// A lookup: input, key, values of the key, day, column.
    Lookup(usize, usize, Vec<Expr>, Option<Box<Expr>>, usize),
    /// An aggregation, in a formula.
    Aggregate(Box<Aggregate>),
    /// An operation over a dimension, in a formula.
    Over(Box<Over>),
}

impl Expr {
    /// Calls a function on this and everything inside it, outermost first; not inside aggregations.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Expr)) {
        visit(self);
        match &self.kind {
            ExprKind::Call(_, args, _) => args.iter().for_each(|arg| arg.walk(visit)),
            ExprKind::Case(arms, otherwise) => {
                for (condition, value) in arms {
                    condition.walk(visit);
                    value.walk(visit);
                }
                if let Some(value) = otherwise {
                    value.walk(visit);
                }
            }
            ExprKind::Scale(_, arg) => arg.walk(visit),
            ExprKind::Lookup(_, _, keys, day, _) => {
                keys.iter().for_each(|key| key.walk(visit));
                if let Some(day) = day {
                    day.walk(visit);
                }
            }
            _ => {}
        }
    }

    /// The expression in a form that is the same for the same expression wherever it stands: facts about it and keys
    /// are compared by this.
    pub fn key(&self) -> String {
        let list = |exprs: &[Expr]| exprs.iter().map(Expr::key).collect::<Vec<_>>().join(" ");
        match &self.kind {
            ExprKind::Const(value) => format!("{value:?}/{}", self.ty.base),
            ExprKind::Param(id) => format!("param{id}"),
            ExprKind::Column(id) => format!("column{id}"),
            ExprKind::Slot(id) => format!("slot{id}"),
            ExprKind::Value => "value".to_owned(),
            ExprKind::Dim(id) => format!("dim{id}"),
            ExprKind::Index(id) => format!("index{id}"),
            ExprKind::Call(builtin, args, _) => format!("({builtin:?} {})", list(args)),
            ExprKind::Case(arms, otherwise) => {
                let arms: Vec<String> = arms.iter().map(|(c, v)| format!("{} {}", c.key(), v.key())).collect();
                format!("(case {} {})", arms.join(" "), otherwise.as_ref().map(|v| v.key()).unwrap_or_default())
            }
            ExprKind::Scale(id, arg) => format!("(scale{id} {})", arg.key()),
            ExprKind::Lookup(input, unique, keys, day, column) => {
                let day = day.as_ref().map(|day| day.key()).unwrap_or_default();
                format!("(lookup{input}.{unique}.{column} {} {day})", list(keys))
            }
            ExprKind::Aggregate(_) | ExprKind::Over(_) => format!("(aggregate {:?})", self.span),
        }
    }
}
