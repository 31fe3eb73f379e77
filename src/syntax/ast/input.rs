//! Inputs.

use serde::Serialize;

use super::{Check, Doc, Name};
use crate::source::{Span, Spanned};
use crate::value::{Period, Precision};

/// An input.
#[derive(Debug, Clone, Serialize)]
pub struct Input {
    /// Its name.
    pub name: Name,
    /// Its file.
    pub file: Option<Name>,
    /// How the file is written.
    pub options: Vec<Spanned<FileOption>>,
    /// Its columns.
    pub columns: Vec<Column>,
    /// `unit K has …`.
    pub units: Vec<Spanned<(Vec<Name>, Vec<Name>)>>,
    /// `unique` and `distinct`.
    pub keys: Vec<Spanned<Key>>,
    /// Columns made into rows.
    pub unpivot: Option<Spanned<Unpivot>>,
    /// Checks on rows.
    pub checks: Vec<Check>,
}

/// One line on how a file is written.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "each is the line of its name")]
pub enum FileOption {
    Delimiter(Name),
    Encoding(Name),
    NoHeader,
    DecimalComma,
    Thousands(Name),
    Exponents,
    Missing(Vec<Name>),
    Yes(Vec<Name>),
    No(Vec<Name>),
    Dates(Vec<Name>),
    Century(i32),
}

/// A column.
#[derive(Debug, Clone, Serialize)]
pub struct Column {
    /// Its doc comments.
    pub doc: Doc,
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: ColumnType,
    /// What else is said of it.
    pub mods: Vec<Spanned<ColumnMod>>,
}

/// The type of a column.
#[derive(Debug, Clone, Serialize)]
pub struct ColumnType {
    /// The type.
    pub base: BaseType,
    /// Whether a value may be missing.
    pub optional: bool,
    /// Where it stands.
    pub span: Span,
}

/// A type as written.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "they are the words of the language")]
pub enum BaseType {
    Text,
    Number(Spanned<u32>),
    Date,
    Partial(Precision),
    Flag,
    Category(Vec<Name>),
    Period(Period),
}

/// What can be said of a column.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "each is the word of its name")]
pub enum ColumnMod {
    From(Name),
    At(u32),
    Clean,
    Format(Vec<Name>),
    Missing(Vec<Name>),
}

/// A key.
#[derive(Debug, Clone, Serialize)]
pub struct Key {
    /// Its columns.
    pub columns: Vec<Name>,
    /// Whether repeats are dropped (`distinct`).
    pub drop_repeats: bool,
    /// From, end, and whether the end is included.
    pub interval: Option<(Edge, Edge, bool)>,
}

/// A column, or the earliest or latest day of it.
#[derive(Debug, Clone, Serialize)]
pub struct Edge {
    /// `earliest` or `latest`.
    pub function: Option<Name>,
    /// The column.
    pub column: Name,
}

/// `unpivot`.
#[derive(Debug, Clone, Serialize)]
pub struct Unpivot {
    /// Headers, with `*` for any text.
    pub patterns: Vec<Name>,
    /// The columns made of the header.
    pub parts: Vec<(Name, Option<(BaseType, Span)>)>,
    /// What stands between them.
    pub separators: Vec<Name>,
    /// The column of the fields.
    pub cell: Column,
}
