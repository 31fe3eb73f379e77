//! The plan: what a scheme computes, as a small serialisable list of relational and scalar operations.
//!
//! Input: the typed tree. Output: what the engine, the reference interpreter and the translation to SQL read. Nothing
//! here refers to the trees before it; spans stay for messages and for the ledger.

pub mod content;
pub mod lower;
pub mod needs;
pub mod order;
pub mod over;

use std::sync::Arc;

use serde::Serialize;

pub use crate::builtin::Builtin;
pub use crate::types::tree::{Dim, Domain, Open, Otherwise, Param, Range, Scale, ScaleLine, ScaleLines, Slot, Source};
use crate::value::words;
pub use crate::value::words::{Empty, Function, Policy, Verb};
pub use order::Best;
pub use over::{Operation, Over};

use crate::diag::Severity;
use crate::source::Span;
use crate::value::schema::Schema;
use crate::value::{Period, Ty, Value};

/// A compiled scheme.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// The scheme's name.
    pub name: Arc<str>,
    /// Its title; may be empty.
    pub title: Arc<str>,
    /// Its parameters, with the values of this run.
    pub params: Vec<Param>,
    /// Its inputs. They, scores and indices are shared between the plans of a scheme with other values.
    pub inputs: Vec<Arc<Input>>,
    /// Its scales.
    pub scales: Vec<Scale>,
    /// Its scores.
    pub scores: Vec<Arc<Score>>,
    /// Its indices and the unnamed ones inside their formulas; each stands behind those it uses.
    pub indices: Vec<Arc<Index>>,
    /// The indices that the scheme declares, hidden ones too, in the order declared: places in `indices`.
    pub declared: Vec<usize>,
    /// What must hold of cells.
    pub checks: Vec<CellCheck>,
}

/// An input: its file, and what must hold of its rows.
#[derive(Debug, Clone, Serialize)]
pub struct Input {
    /// The file.
    pub schema: Schema,
    /// Checks on rows; expressions over [`ExprKind::Column`].
    pub checks: Vec<Check>,
}

/// Something that must hold of a row, a unit or a cell.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    /// What it says, in the words of the scheme.
    pub message: Arc<str>,
    /// What must hold; never missing.
    pub holds: Expr,
    /// Where it is looked at; everywhere, if not stated.
    pub when: Option<Expr>,
    /// Whether a failure is an error or a warning.
    pub severity: Severity,
    /// Where the scheme says so.
    #[serde(skip)]
    pub span: Span,
}

/// A check on the cells of indices.
#[derive(Debug, Clone, Serialize)]
pub struct CellCheck {
    /// A hidden index whose value is a flag: whether it holds; missing where it isn't looked at.
    pub index: usize,
    /// The indices whose values are shown with a failure.
    pub shown: Vec<usize>,
    /// What it says.
    pub message: Arc<str>,
    /// Whether a failure is an error or a warning.
    pub severity: Severity,
    /// Where the scheme says so.
    #[serde(skip)]
    pub span: Span,
}

/// A score: the steps that turn the rows of an input into scored units.
///
/// A frame goes through the steps: at first a row for each row of the input, then as the steps leave it. A row of the
/// frame has the input's columns, the slots set so far, and the value.
#[derive(Debug, Clone, Serialize)]
pub struct Score {
    /// Its name.
    pub name: Arc<str>,
    /// The input: a place in [`Plan::inputs`].
    pub input: usize,
    /// What the lets and the period of `every` fill.
    pub slots: Vec<Slot>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// The type of the value at the end.
    pub ty: Ty,
    /// Where the scheme declares it.
    #[serde(skip)]
    pub span: Span,
}

/// One step of a score.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// Its label, or a let's name.
    pub label: Arc<str>,
    /// Its doc comments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub doc: Vec<Arc<str>>,
    /// Its citation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cite: Option<Arc<str>>,
    /// What it does.
    pub op: Op,
    /// Where the scheme says so.
    #[serde(skip)]
    pub span: Span,
}

/// What a step does to the frame.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Fills a slot. In a row that a `keep` dropped, what is made of the value is missing: its value stands still.
    Let {
        /// The slot.
        slot: usize,
        /// With what.
        expr: Expr,
    },
    /// Drops the rows for which the condition doesn't hold.
    Keep {
        /// The condition; never missing.
        holds: Expr,
        /// Where it is asked; rows outside stay.
        when: Option<Expr>,
        /// Whether the condition is the same for all rows of a unit of the next `absorb`: then it drops units.
        /// Otherwise a unit may lose all its rows, and the next `absorb` says what then.
        of_units: bool,
    },
    /// Makes one row for each period that an interval covers as the rule says.
    Every {
        /// The kind of period.
        period: Period,
        /// The slot of the period (of the type [`crate::value::Type::Period`], or a date for days).
        slot: usize,
        /// The interval's first day.
        from: Expr,
        /// The interval's end.
        end: Expr,
        /// Whether the end's day is part of the interval (`to`), or not (`until`).
        inclusive: bool,
        /// Which periods count.
        open: Open,
    },
    /// Sets the value: `value`, `times`, `halve`, `plus`, `cap`, `floor`.
    Set {
        /// The word of the scheme.
        verb: Verb,
        /// The new value, of the type `ty` but for optional; may use [`ExprKind::Value`], of the type that the step
        /// before left.
        expr: Expr,
        /// Where it is set; elsewhere the value stays, brought to the places of `ty`. A value that wasn't set before
        /// is missing.
        when: Option<Expr>,
        /// The value's type after this step.
        ty: Ty,
        /// The value's type before this step, if it was set.
        before: Option<Ty>,
    },
    /// Leaves one row of each unit.
    Absorb {
        /// Which row's value the unit gets.
        pick: Pick,
        /// What makes the unit: rows with the same values are one.
        keys: Vec<Expr>,
        /// What is used of the unit afterwards and isn't fixed by its key already: it is an error if two rows of a
        /// unit differ in one of these slots.
        same: Vec<usize>,
        /// What happens to a unit whose rows were all dropped by a `keep` that isn't of units.
        empty: Empty,
    },
    /// Looks whether something holds of each row of the frame.
    Check(Check),
}

/// Which row of a unit counts.
pub type Pick = words::Pick<Expr>;

/// One index.
#[derive(Debug, Clone, Serialize)]
pub struct Index {
    /// Its name; an unnamed one inside a formula has the name of its index, `#` and a number.
    pub name: Arc<str>,
    /// Its title; may be empty.
    pub title: Arc<str>,
    /// Whether it is left out of results that don't ask for it.
    pub hidden: bool,
    /// Its dimensions.
    pub dims: Vec<Dim>,
    /// The type of its cells.
    pub ty: Ty,
    /// Whether a cell that isn't there counts as 0 in formulas (sums and counts); else it is missing.
    pub absent_zero: bool,
    /// How its cells come about.
    pub body: Body,
    /// Where the scheme declares it.
    #[serde(skip)]
    pub span: Span,
}

/// How the cells of an index come about.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// Units of a score, or cells of an index, brought together by the dimensions.
    Aggregate(Aggregate),
    /// Cells of an index, each beside the others along a dimension.
    Over(Over),
    /// A formula over the union of the cells of its operands.
    Formula {
        /// Places in [`Plan::indices`]. The cells of those with all dimensions of the result make up the union, or,
        /// where there is none with all, there is nothing to unite: the compiler sees to it that there is one, or
        /// that the result has no dimensions and so exactly one cell. The others are broadcast: their value is that
        /// of the cell with the same values in their dimensions. An absent cell counts as `absent_zero` says.
        operands: Vec<Operand>,
        /// The formula; its leaves are [`ExprKind::Operand`], [`ExprKind::Dim`], parameters and constants.
        expr: Expr,
    },
}

/// An operand of a formula.
#[derive(Debug, Clone, Serialize)]
pub struct Operand {
    /// The place in [`Plan::indices`].
    pub index: usize,
    /// For each dimension of the operand, the place of that dimension in the result.
    pub dims: Vec<usize>,
    /// Whether its cells make up the union: it has all dimensions of the result.
    pub spans: bool,
}

/// An aggregation.
#[derive(Debug, Clone, Serialize)]
pub struct Aggregate {
    /// Of what.
    pub source: Source,
    /// How.
    pub function: Function,
    /// Which units or cells take part; never missing.
    pub filter: Option<Expr>,
    /// The dimensions, one for each of [`Index::dims`].
    pub by: Vec<By>,
    /// How much each counts: a number, never missing nor negative. What has the weight 0 takes no part.
    pub weight: Option<Expr>,
    /// What is done about missing cells of an index; units of a score without a value are always passed over.
    pub missing: Policy,
    /// Where the scheme says so.
    #[serde(skip)]
    pub span: Span,
    /// Where its dimensions stand, if a block around it has them.
    #[serde(skip)]
    pub shared: Option<Span>,
}

impl Aggregate {
    /// Whether it is asked how many cells are missing: then they go into their cells as well. What asks for the value
    /// never takes them.
    pub fn asks_missing(&self) -> bool {
        let mut exprs = self.filter.iter().chain(self.by.iter().map(|by| &by.expr));
        self.missing.can_lack() && !exprs.any(Expr::is_of_value)
    }
}

/// A dimension of an aggregation.
#[derive(Debug, Clone, Serialize)]
pub struct By {
    /// Its value for a unit or cell.
    pub expr: Expr,
    /// The values that the cells have in any case, and the only ones; without it, those that occur.
    pub domain: Option<Domain>,
}

/// A scalar expression.
#[derive(Debug, Clone, Serialize)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its type.
    pub ty: Ty,
    /// Where the scheme says so.
    #[serde(skip)]
    pub span: Span,
}

/// The kinds of scalar expressions.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExprKind {
    /// A constant of the expression's type.
    Const(Value),
    /// A parameter: a place in [`Plan::params`].
    Param(usize),
    /// A column of the score's input.
    Column(usize),
    /// A slot of the score.
    Slot(usize),
    /// The value of the row, unit or cell.
    Value,
    /// A dimension: of the index that is aggregated, or of a formula's result.
    Dim(usize),
    /// An operand of a formula.
    Operand(usize),
    /// A built-in function.
    Call(Builtin, Vec<Expr>),
    /// The first arm whose condition holds; conditions are never missing. Arms have the expression's type, but for
    /// optional. Without `otherwise`, the compiler has seen that one always holds. Only the arm that is taken can
    /// fail.
    Case {
        /// Conditions and values.
        arms: Vec<(Expr, Expr)>,
        /// The value if none holds.
        otherwise: Option<Box<Expr>>,
    },
    /// A scale applied to a text or a number; missing for a missing one. A number has the places of the scale's
    /// ranges or more.
    Scale {
        /// The place in [`Plan::scales`].
        scale: usize,
        /// What is looked up.
        arg: Box<Expr>,
    },
    /// A column of the row of an input that has this key (and whose interval holds the day); missing if there is
    /// none, or if a key is missing.
    Lookup {
        /// The place in [`Plan::inputs`].
        input: usize,
        /// Which of its keys: a place in the schema's `unique`.
        unique: usize,
        /// The key's values.
        keys: Vec<Expr>,
        /// The day, for a dated key.
        day: Option<Box<Expr>>,
        /// The column.
        column: usize,
    },
}

impl Expr {
    /// Whether it depends on the current value.
    pub fn is_of_value(&self) -> bool {
        let mut found = false;
        self.walk(&mut |expr| found |= matches!(expr.kind, ExprKind::Value));
        found
    }

    /// Calls a function on this and everything inside it, outermost first.
    pub fn walk(&self, visit: &mut impl FnMut(&Expr)) {
        visit(self);
        match &self.kind {
            ExprKind::Call(_, args) => args.iter().for_each(|arg| arg.walk(visit)),
            ExprKind::Case { arms, otherwise } => {
                for (condition, value) in arms {
                    condition.walk(visit);
                    value.walk(visit);
                }
                if let Some(value) = otherwise {
                    value.walk(visit);
                }
            }
            ExprKind::Scale { arg, .. } => arg.walk(visit),
            ExprKind::Lookup { keys, day, .. } => {
                keys.iter().for_each(|key| key.walk(visit));
                if let Some(day) = day {
                    day.walk(visit);
                }
            }
            ExprKind::Const(_)
            | ExprKind::Param(_)
            | ExprKind::Column(_)
            | ExprKind::Slot(_)
            | ExprKind::Value
            | ExprKind::Dim(_)
            | ExprKind::Operand(_) => {}
        }
    }
}
