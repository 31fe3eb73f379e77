//! Expressions, aggregations and dimensions.

use std::sync::Arc;

use serde::Serialize;

use super::{Domain, Name};
use crate::source::{Span, Spanned};
use crate::value::Period;
use crate::value::over::Operation;
use crate::value::words::{Function, Policy};

/// A dimension.
#[derive(Debug, Clone, Serialize)]
pub struct Dim {
    /// Its value.
    pub expr: Expr,
    /// Its name, if stated.
    pub rename: Option<Name>,
    /// Its values, if stated.
    pub domain: Option<Domain>,
    /// All of it.
    pub span: Span,
}

/// `sum visit where … by …`.
#[derive(Debug, Clone, Serialize)]
pub struct Aggregate {
    /// How.
    pub function: Spanned<Function>,
    /// A score or an index.
    pub source: Name,
    /// Which take part.
    pub filter: Option<Expr>,
    /// The dimensions, if stated here.
    pub dims: Option<Vec<Dim>>,
    /// How much each counts, if not the same.
    pub weight: Option<Expr>,
    /// What is done about missing cells, and where it is said.
    pub missing: Spanned<Policy>,
}

/// `rank development over country …`.
#[derive(Debug, Clone, Serialize)]
pub struct Over {
    /// The index.
    pub source: Name,
    /// The dimension.
    pub along: Name,
    /// What is done.
    pub operation: Operation<Expr>,
    /// Where its word stands.
    pub word: Span,
}

/// An expression.
#[derive(Debug, Clone, Serialize)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of expressions.
#[derive(Debug, Clone, Serialize)]
pub enum ExprKind {
    /// A number: units and places.
    Number(i128, u8),
    /// A text.
    Text(Arc<str>),
    /// Yes or no.
    Flag(bool),
    /// A day.
    Date(i32),
    /// A period.
    Period(Period, i32),
    /// The current value.
    Value,
    /// A name.
    Name(Arc<str>),
    /// `-x`.
    Negate(Box<Expr>),
    /// `not x`.
    Not(Box<Expr>),
    /// Two operands.
    Binary(Binary, Box<Expr>, Box<Expr>),
    /// A comparison with a tolerance.
    Within(Binary, Box<Expr>, Box<Expr>, Box<Expr>),
    /// `x in (a, b)`.
    InList(Box<Expr>, Vec<Expr>),
    /// `x in a..b`.
    InRange(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `x round to N`.
    Round(Box<Expr>, Spanned<u32>),
    /// `case { … }`; the value of an arm is `None` for `missing`, its condition for `otherwise`.
    Case(Vec<Arm>),
    /// `name(…)`.
    Call(Name, Vec<Expr>),
    /// `name(…).column`.
    Lookup(Name, Vec<Expr>, Name),
    /// An aggregation.
    Aggregate(Box<Aggregate>),
    /// An operation over a dimension.
    Over(Box<Over>),
    /// Something with an error that was reported.
    Wrong,
}

/// An arm of a `case`.
#[derive(Debug, Clone, Serialize)]
pub struct Arm {
    /// Its value; `None` for `missing`.
    pub value: Option<Expr>,
    /// Its condition; `None` for `otherwise`.
    pub condition: Option<Expr>,
    /// All of it.
    pub span: Span,
}

/// Operators of two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "they are the operators of the language")]
pub enum Binary {
    Or,
    And,
    Equal,
    Different,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Else,
    Add,
    Subtract,
    Multiply,
    Divide,
}
