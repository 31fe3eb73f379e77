//! Scores and their steps.

use serde::Serialize;

use super::{Check, Doc, Expr, Name};
use crate::source::{Span, Spanned};
use crate::value::Period;
use crate::value::words::{self, Empty, Verb};

/// A score.
#[derive(Debug, Clone, Serialize)]
pub struct Score {
    /// Its name.
    pub name: Name,
    /// Its input.
    pub input: Name,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// A step, a let or a check of a score.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// Its doc comments.
    pub doc: Doc,
    /// Its label, or the name of a let; of a check, its text.
    pub label: Name,
    /// Its citation.
    pub cite: Option<Name>,
    /// What it does.
    pub kind: StepKind,
    /// All of it.
    pub span: Span,
}

/// The kinds of steps.
#[derive(Debug, Clone, Serialize)]
pub enum StepKind {
    /// `let name = …`.
    Let(Expr),
    /// `keep … when …`.
    Keep(Expr, Option<Expr>),
    /// `every …`.
    Every(Every),
    /// `value`, `times`, `halve`, `plus`, `cap`, `floor`; `halve` has no expression.
    Set(Verb, Option<Expr>, Option<Expr>),
    /// `absorb …`.
    Absorb(Absorb),
    /// `check …`.
    Check(Check),
}

/// `every year as y from … until …, open on 07-01`.
#[derive(Debug, Clone, Serialize)]
pub struct Every {
    /// The kind of period, and its place.
    pub period: Spanned<Period>,
    /// The name of the period; else that of its kind.
    pub rename: Option<Name>,
    /// The first day.
    pub from: Expr,
    /// The end.
    pub end: Expr,
    /// `to` instead of `until`.
    pub inclusive: bool,
    /// Which periods count.
    pub open: Option<Spanned<Open>>,
}

/// The rule behind `open`.
#[derive(Debug, Clone, Copy, Serialize)]
#[expect(missing_docs, reason = "they are the words of the language")]
pub enum Open {
    On { month: u32, day: u32 },
    OnDay(u32),
    AnyTime,
    All(Period),
    AtLeast(u32),
}

/// `absorb highest per id empty drop`.
#[derive(Debug, Clone, Serialize)]
pub struct Absorb {
    /// Which row counts.
    pub pick: Pick,
    /// What makes the unit.
    pub keys: Vec<Expr>,
    /// What happens to a unit without rows.
    pub empty: Option<Spanned<Empty>>,
}

/// Which row of a unit counts.
pub type Pick = words::Pick<Expr>;
