//! Builds the columns of a table from parsed fields, row by row, and takes rows out of a table.

use super::parse::{Cell, FieldParser};
use crate::value::Type;
use crate::value::column::{Column, Data, Table};
use crate::value::schema::ColumnSpec;

/// A column that grows.
#[derive(Debug)]
pub struct Builder {
    data: Data,
    /// Empty until the first missing value.
    known: Vec<bool>,
    periods: bool,
    rows: usize,
}

impl Builder {
    /// An empty column for a declaration.
    pub fn new(spec: &ColumnSpec) -> Self {
        let data = match &spec.ty.base {
            Type::Number(_) | Type::Real => Data::Small(Vec::new()),
            Type::Text | Type::Category(_) => Data::Text { codes: Vec::new(), dict: [].into() },
            Type::Flag => Data::Flag(Vec::new()),
            Type::Date | Type::Period(_) => Data::Day(Vec::new()),
            Type::Partial(_) => Data::Partial { first: Vec::new(), last: Vec::new() },
        };
        Self { data, known: Vec::new(), periods: matches!(spec.ty.base, Type::Period(_)), rows: 0 }
    }

    /// Adds a value. One of another kind than the column's counts as missing; the column's own parser gives none.
    pub fn push(&mut self, cell: Cell) {
        let known = match (&mut self.data, cell) {
            (Data::Small(v), Cell::Number(n)) => match i64::try_from(n) {
                Ok(n) => push_to(v, n),
                Err(_) => {
                    // Eighteen digits and the declared places behind them: the column goes on in 128 bits.
                    let mut wide: Vec<i128> = v.iter().map(|&n| i128::from(n)).collect();
                    wide.push(n);
                    self.data = Data::Wide(wide);
                    true
                }
            },
            (Data::Wide(v), Cell::Number(n)) => push_to(v, n),
            (Data::Text { codes, .. }, Cell::Code(code)) => push_to(codes, code),
            (Data::Flag(v), Cell::Flag(flag)) => push_to(v, flag),
            (Data::Day(v), Cell::Day(day)) => push_to(v, day),
            (Data::Partial { first, last }, Cell::Partial(from, to)) => push_to(first, from) && push_to(last, to),
            (data, _) => {
                push_nothing(data);
                false
            }
        };
        if !known && self.known.is_empty() {
            self.known = vec![true; self.rows];
            self.known.push(false);
        } else if !known || !self.known.is_empty() {
            self.known.push(known);
        }
        self.rows += 1;
    }

    /// The column, with the texts of its parser.
    pub fn finish(self, parser: &FieldParser<'_>) -> Column {
        let data = match self.data {
            Data::Text { codes, .. } => Data::Text { codes, dict: parser.dict() },
            other => other,
        };
        let known = (!self.known.is_empty()).then_some(self.known);
        Column { data, known, periods: self.periods }
    }
}

fn push_to<T>(values: &mut Vec<T>, value: T) -> bool {
    values.push(value);
    true
}

fn push_nothing(data: &mut Data) {
    match data {
        Data::Small(v) => v.push(0),
        Data::Wide(v) => v.push(0),
        Data::Real(v) => v.push(0.0),
        Data::Text { codes, .. } => codes.push(0),
        Data::Flag(v) => v.push(false),
        Data::Day(v) => v.push(0),
        Data::Partial { first, last } => {
            first.push(0);
            last.push(0);
        }
    }
}

/// Keeps the rows of a table for which `keep` holds, in their order.
pub fn retain(table: &mut Table, keep: &[bool]) {
    for column in &mut table.columns {
        match &mut column.data {
            Data::Small(v) => filter(v, keep),
            Data::Wide(v) => filter(v, keep),
            Data::Real(v) => filter(v, keep),
            Data::Text { codes, .. } => filter(codes, keep),
            Data::Flag(v) => filter(v, keep),
            Data::Day(v) => filter(v, keep),
            Data::Partial { first, last } => {
                filter(first, keep);
                filter(last, keep);
            }
        }
        if let Some(known) = &mut column.known {
            filter(known, keep);
        }
    }
    filter(&mut table.lines, keep);
    let (mut row, mut kept) = (0, 0);
    for part in &mut table.parts {
        kept += keep.get(row..part.first).unwrap_or(&[]).iter().filter(|keep| **keep).count();
        row = part.first;
        part.first = kept;
    }
    table.rows = table.lines.len();
}

fn filter<T>(values: &mut Vec<T>, keep: &[bool]) {
    let mut keep = keep.iter();
    values.retain(|_| keep.next().copied().unwrap_or(true));
}
