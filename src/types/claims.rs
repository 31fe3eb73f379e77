//! What a scheme claims of itself: its tests and expectations, with names bound and values typed.

use std::sync::Arc;

use crate::source::{Span, Spanned};
use crate::value::{Type, Value};

/// A parameter set by the user or by a test: name, and value as written in the language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The parameter.
    pub name: Arc<str>,
    /// The value: `0.75`, `2012-12-31`, `yes`, or a text with or without quotes.
    pub value: Arc<str>,
}

/// A test.
#[derive(Debug, Clone)]
pub struct Test {
    /// Its name.
    pub name: Arc<str>,
    /// Its parameters; the scheme is compiled again with them.
    pub settings: Vec<Setting>,
    /// Its data; an input that isn't named has no rows.
    pub given: Vec<Given>,
    /// What must come out.
    pub expects: Vec<Expect>,
    /// Its place.
    pub span: Span,
}

/// Rows of an input, as fields.
#[derive(Debug, Clone)]
pub struct Given {
    /// The place of the input in the plan's inputs.
    pub input: usize,
    /// Names of columns as the scheme has them (not headers of files).
    pub columns: Vec<Spanned<Arc<str>>>,
    /// The rows, each as long as `columns`; `None` is missing. The span of the first field tells the line.
    pub rows: Vec<Vec<Spanned<Option<Arc<str>>>>>,
    /// Its place.
    pub span: Span,
}

/// Something that must come out.
#[derive(Debug, Clone)]
pub struct Expect {
    /// What.
    pub kind: ExpectKind,
    /// Its place.
    pub span: Span,
}

/// The kinds of expectations.
#[derive(Debug, Clone)]
pub enum ExpectKind {
    /// Cells of an index.
    Cells {
        /// The place in the plan's indices.
        index: usize,
        /// The cells.
        cells: Vec<ExpectedCell>,
    },
    /// A column of a file, joined by the headers that are the index's dimensions. Each cell must be in the file and
    /// each row of the file must be a cell.
    File {
        /// The place in the plan's indices.
        index: usize,
        /// The file, relative to the scheme's folder of data, or else to the scheme's file.
        file: Spanned<Arc<str>>,
        /// The header of the column.
        column: Arc<str>,
        /// The tolerance: units and places; none for exactly the same.
        within: Option<(i128, u8)>,
    },
    /// The run of the test must end with an error of this code (without `rules::`).
    Error(Arc<str>),
}

/// A cell that is expected.
#[derive(Debug, Clone)]
pub struct ExpectedCell {
    /// The values of the dimensions, in order, of the dimensions' types.
    pub key: Vec<Value>,
    /// The value, of the type `ty`; may be missing.
    pub value: Value,
    /// The type of the value: its own places if it is a number.
    pub ty: Type,
    /// Its place.
    pub span: Span,
}
