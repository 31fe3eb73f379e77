//! Columns: a vector for each type, with text coded by a dictionary.

use std::ops::Range;
use std::sync::Arc;

use super::Value;

/// The distinct texts of a column; a code is a place in it.
pub type Dict = Arc<[Arc<str>]>;

/// Which rows have a value; `None` where all have one.
pub type Known = Option<Vec<bool>>;

/// The values of one column, without whether they are known.
#[derive(Debug, Clone)]
pub enum Data {
    /// Decimals that fit 64 bits, in units of the type's last place.
    Small(Vec<i64>),
    /// Decimals of up to 38 digits, in units of the type's last place.
    Wide(Vec<i128>),
    /// Reals.
    Real(Vec<f64>),
    /// Texts and categories: a code into the dictionary each. The code of a missing value is any code, or 0.
    Text {
        /// A code for each row.
        codes: Vec<u32>,
        /// The texts.
        dict: Dict,
    },
    /// Flags.
    Flag(Vec<bool>),
    /// Days, or numbers of periods.
    Day(Vec<i32>),
    /// Partial dates: the first and the last day that each may be.
    Partial {
        /// The first days.
        first: Vec<i32>,
        /// The last days.
        last: Vec<i32>,
    },
}

impl Data {
    /// No values of the same kind, with the same texts; of decimals those that fit 64 bits.
    pub fn emptied(self) -> Self {
        match self {
            Data::Small(_) | Data::Wide(_) => Data::Small(Vec::new()),
            Data::Real(_) => Data::Real(Vec::new()),
            Data::Text { dict, .. } => Data::Text { codes: Vec::new(), dict },
            Data::Flag(_) => Data::Flag(Vec::new()),
            Data::Day(_) => Data::Day(Vec::new()),
            Data::Partial { .. } => Data::Partial { first: Vec::new(), last: Vec::new() },
        }
    }
}

/// A column: one value or none for each row.
#[derive(Debug, Clone)]
pub struct Column {
    /// The values; those of missing rows are of no meaning.
    pub data: Data,
    /// Which rows have one.
    pub known: Known,
    /// Whether the days of [`Data::Day`] are periods.
    pub periods: bool,
}

impl Column {
    /// A column in which every row has a value.
    pub fn full(data: Data) -> Self {
        Self { data, known: None, periods: false }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        match &self.data {
            Data::Small(v) => v.len(),
            Data::Wide(v) => v.len(),
            Data::Real(v) => v.len(),
            Data::Text { codes, .. } => codes.len(),
            Data::Flag(v) => v.len(),
            Data::Day(v) => v.len(),
            Data::Partial { first, .. } => first.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a row has a value.
    pub fn is_known(&self, row: usize) -> bool {
        self.known.as_ref().is_none_or(|known| known.get(row).copied().unwrap_or(false))
    }

    /// The value of a row; missing where the row doesn't exist.
    pub fn value(&self, row: usize) -> Value {
        if !self.is_known(row) {
            return Value::Missing;
        }
        let found = match &self.data {
            Data::Small(v) => v.get(row).map(|&n| Value::Number(i128::from(n))),
            Data::Wide(v) => v.get(row).map(|&n| Value::Number(n)),
            Data::Real(v) => v.get(row).map(|&n| Value::Real(n)),
            Data::Text { codes, dict } => {
                codes.get(row).and_then(|&code| dict.get(code as usize)).map(|text| Value::Text(Arc::clone(text)))
            }
            Data::Flag(v) => v.get(row).map(|&flag| Value::Flag(flag)),
            Data::Day(v) if self.periods => v.get(row).map(|&n| Value::Period(n)),
            Data::Day(v) => v.get(row).map(|&n| Value::Date(n)),
            Data::Partial { first, last } => {
                first.get(row).zip(last.get(row)).map(|(&first, &last)| Value::Partial(first, last))
            }
        };
        found.unwrap_or_default()
    }
}

/// What became of the records of an input. `read = rejected + repeated + kept`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct InputAccount {
    /// Records in the file (after `unpivot`: in the file, not the rows made of them).
    pub read: u64,
    /// Records with an error.
    pub rejected: u64,
    /// Records dropped because `distinct` says so.
    pub repeated: u64,
    /// Records kept.
    pub kept: u64,
}

/// An input that has been read and checked: the columns in the order of its schema.
#[derive(Debug, Clone)]
pub struct Table {
    /// The file as the user named it; of several, the first and how many more.
    pub file: Arc<str>,
    /// The files, if they are several, in the order of their rows.
    pub parts: Vec<Part>,
    /// How many rows.
    pub rows: usize,
    /// The columns in the order of [`super::schema::Schema::columns`].
    pub columns: Vec<Column>,
    /// The physical line, from 1, on which each row's record starts.
    pub lines: Vec<u32>,
    /// For each column of the schema, its place (from 0) among the fields of a record, where it has one; of several
    /// files see [`Part::fields`].
    pub fields: Vec<Option<usize>>,
    /// What became of the records.
    pub account: InputAccount,
    /// The lines of the records that aren't among the rows.
    pub gone: Gone,
}

/// One of the files of an input that has several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The file as the user named it.
    pub file: Arc<str>,
    /// The first of its rows.
    pub first: usize,
    /// For each column of the schema, its place (from 0) among the fields of a record, where it has one.
    pub fields: Vec<Option<usize>>,
}

/// A line of one of the files of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileLine {
    /// The place of the file among those of the input.
    pub part: usize,
    /// The physical line, from 1.
    pub line: u32,
}

/// The lines of records that have no row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gone {
    /// Records with an error.
    pub rejected: Vec<FileLine>,
    /// Rows dropped because `distinct` says so, each with the line of the row that it repeats.
    pub repeated: Vec<(FileLine, FileLine)>,
}

impl Table {
    /// A value; missing where there is no such column or row.
    pub fn value(&self, column: usize, row: usize) -> Value {
        self.columns.get(column).map_or(Value::Missing, |column| column.value(row))
    }

    /// The line on which a row's record starts.
    pub fn line(&self, row: usize) -> FileLine {
        let part = match self.parts.len() {
            0 => 0,
            _ => self.parts.partition_point(|part| part.first <= row).saturating_sub(1),
        };
        FileLine { part, line: self.lines.get(row).copied().unwrap_or(0) }
    }

    /// The file of a line, as the user named it.
    pub fn file_of(&self, line: FileLine) -> &Arc<str> {
        self.parts.get(line.part).map_or(&self.file, |part| &part.file)
    }

    /// All files, as the user named them.
    pub fn files(&self) -> impl Iterator<Item = &Arc<str>> {
        let one = self.parts.is_empty().then_some(&self.file);
        one.into_iter().chain(self.parts.iter().map(|part| &part.file))
    }

    /// The rows of one of the files.
    pub fn rows_of(&self, part: usize) -> Range<usize> {
        let first = |part: usize| self.parts.get(part).map(|part| part.first);
        first(part).unwrap_or(0)..first(part + 1).unwrap_or(self.rows)
    }

    /// The place (from 0) of a column among the fields of the record on a line, where it has one.
    pub fn field_of(&self, column: usize, line: FileLine) -> Option<usize> {
        let fields = self.parts.get(line.part).map_or(&self.fields, |part| &part.fields);
        fields.get(column).copied().flatten()
    }
}
