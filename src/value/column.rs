//! Columns: a vector for each type, with text coded by a dictionary.

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
    /// The file as the user named it.
    pub file: Arc<str>,
    /// How many rows.
    pub rows: usize,
    /// The columns in the order of [`super::schema::Schema::columns`].
    pub columns: Vec<Column>,
    /// The physical line, from 1, on which each row's record starts.
    pub lines: Vec<u32>,
    /// For each column of the schema, its place (from 0) among the fields of a record, where it has one.
    pub fields: Vec<Option<usize>>,
    /// What became of the records.
    pub account: InputAccount,
    /// The lines of the records that aren't among the rows.
    pub gone: Gone,
}

/// The physical lines, from 1, of records that have no row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gone {
    /// Records with an error.
    pub rejected: Vec<u32>,
    /// Rows dropped because `distinct` says so, each with the line of the row that it repeats.
    pub repeated: Vec<(u32, u32)>,
}

impl Table {
    /// A table without rows for an input of so many columns.
    pub fn value(&self, column: usize, row: usize) -> Value {
        self.columns.get(column).map_or(Value::Missing, |column| column.value(row))
    }
}
