//! Operations over a dimension: an index whose cells are made of those of another, each beside the others of its group.

use serde::Serialize;

use super::Expr;
use crate::source::Span;
use crate::value::over;

pub use over::{Filling, Reference, Ties, position};

/// An operation over a dimension.
///
/// The result has the cells of its source. A group is all cells that agree in the other dimensions. Along time, the
/// *range* is from the first to the last value of the dimension that any cell of the source has; in it, an absent cell
/// counts as [`super::Index::absent_zero`] of the source says.
#[derive(Debug, Clone, Serialize)]
pub struct Over {
    /// The index: a place in [`super::Plan::indices`].
    pub source: usize,
    /// The dimension: a place in [`super::Index::dims`], which are those of the source.
    pub along: usize,
    /// What is done.
    pub operation: Operation,
    /// Where the scheme says so.
    #[serde(skip)]
    pub span: Span,
}

/// What is done over a dimension. The leaves of its expressions are [`super::ExprKind::Dim`], parameters and constants;
/// those of a half-life and of a reference, parameters and constants alone. Goalposts are numbers of the same places,
/// at least as many as the source has.
pub type Operation = over::Operation<Expr>;
