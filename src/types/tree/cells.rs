//! What makes cells: dimensions, aggregations, operations over a dimension.

use std::sync::Arc;

use serde::Serialize;

use super::Expr;
use crate::source::Span;
use crate::value::over::Operation;
use crate::value::words::{Function, Policy};
use crate::value::{Ty, Value};

/// A dimension of an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dim {
    /// Its name.
    pub name: Arc<str>,
    /// Its type; a value may be missing if it is optional.
    pub ty: Ty,
}

/// An aggregation.
#[derive(Debug, Clone)]
pub struct Aggregate {
    /// Of what.
    pub source: Source,
    /// How.
    pub function: Function,
    /// Which take part.
    pub filter: Option<Expr>,
    /// The dimensions of the result.
    pub dims: Vec<Dim>,
    /// Where each of them is declared.
    pub places: Vec<Span>,
    /// Their values.
    pub by: Vec<(Expr, Option<Domain>)>,
    /// How much each counts.
    pub weight: Option<Expr>,
    /// What is done about missing cells.
    pub missing: Policy,
    /// All of it, as it is written.
    pub span: Span,
    /// Its dimensions, where a block around it has them.
    pub shared: Option<Span>,
}

/// An operation over a dimension.
#[derive(Debug, Clone)]
pub struct Over {
    /// The index.
    pub source: usize,
    /// The dimension: a place in its dimensions.
    pub along: usize,
    /// The dimensions of the index, which are those of the result.
    pub dims: Vec<Dim>,
    /// What is done.
    pub operation: Operation<Expr>,
}

/// What is aggregated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The units of a score: expressions are over columns, slots and the value.
    Score(usize),
    /// The cells of an index: expressions are over dimensions and the value.
    Index(usize),
}

/// The values of a dimension with `in`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Domain {
    /// These, ascending, none twice. The compiler writes ranges out.
    Values(Vec<Value>),
    /// The keys of an input with a key of one column: place of the input, and of the column.
    Keys(usize, usize),
}
