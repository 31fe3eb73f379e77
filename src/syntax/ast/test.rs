//! Tests and expectations.

use std::sync::Arc;

use serde::Serialize;

use super::{Expr, Name};
use crate::source::{Span, Spanned};

/// A test.
#[derive(Debug, Clone, Serialize)]
pub struct Test {
    /// Its name.
    pub name: Name,
    /// Parameters set for it.
    pub settings: Vec<(Name, Expr)>,
    /// Its data.
    pub given: Vec<Given>,
    /// What must come out.
    pub expects: Vec<Expect>,
}

/// Rows of an input.
#[derive(Debug, Clone, Serialize)]
pub struct Given {
    /// The input.
    pub input: Name,
    /// The names of columns, then the rows; a cell `-` is missing.
    pub rows: Vec<Vec<Spanned<Option<Arc<str>>>>>,
    /// All of it.
    pub span: Span,
}

/// What must come out.
#[derive(Debug, Clone, Serialize)]
pub struct Expect {
    /// What.
    pub kind: ExpectKind,
    /// All of it.
    pub span: Span,
}

/// The kinds of expectations.
#[derive(Debug, Clone, Serialize)]
pub enum ExpectKind {
    /// These cells of an index; the value is `None` for `missing`.
    Cells(Name, Vec<ExpectCell>),
    /// A column of a file.
    File {
        /// The index.
        index: Name,
        /// The file.
        file: Name,
        /// The column, if it isn't named like the index.
        column: Option<Name>,
        /// The tolerance.
        within: Option<Expr>,
    },
    /// This error.
    Error(Name),
}

/// A cell and its value.
#[derive(Debug, Clone, Serialize)]
pub struct ExpectCell {
    /// The dimensions, in order; `None` for `missing`.
    pub key: Vec<Option<Expr>>,
    /// The value; `None` for `missing`.
    pub value: Option<Expr>,
    /// All of it.
    pub span: Span,
}
