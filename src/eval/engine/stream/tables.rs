//! Takes rows out of tables and puts tables one behind the other.

use std::collections::HashMap;
use std::sync::Arc;

use crate::eval::engine::vector::{NONE, at, put, row};
use crate::value::column::{Column, Data, Dict, Gone, InputAccount, Table};

/// Leaves the rows from one to before another.
pub fn cut(table: &mut Table, from: usize, to: usize) {
    fn part<T>(list: &mut Vec<T>, from: usize, to: usize) {
        list.truncate(to);
        list.drain(..from.min(list.len()));
    }
    for column in &mut table.columns {
        match &mut column.data {
            Data::Small(v) => part(v, from, to),
            Data::Wide(v) => part(v, from, to),
            Data::Real(v) => part(v, from, to),
            Data::Text { codes, .. } => part(codes, from, to),
            Data::Flag(v) => part(v, from, to),
            Data::Day(v) => part(v, from, to),
            Data::Partial { first, last } => {
                part(first, from, to);
                part(last, from, to);
            }
        }
        if let Some(known) = &mut column.known {
            part(known, from, to);
        }
    }
    part(&mut table.lines, from, to);
    table.rows = to.saturating_sub(from);
}

/// Tables of the same input that grow into one. Codes of texts are those of one dictionary for all.
#[derive(Default)]
pub struct Joined {
    table: Option<Table>,
    words: Vec<Words>,
}

/// The texts of a column.
#[derive(Default)]
struct Words {
    list: Vec<Arc<str>>,
    codes: HashMap<Arc<str>, u32>,
    /// The dictionary of the table that came last, and the new code of each of its codes that occurred.
    last: Option<Dict>,
    new: Vec<u32>,
}

impl Words {
    fn codes(&mut self, codes: &[u32], dict: &Dict, into: &mut Vec<u32>) {
        // Codes without texts stay as they are.
        if dict.is_empty() {
            into.extend_from_slice(codes);
            return;
        }
        if !self.last.as_ref().is_some_and(|last| Arc::ptr_eq(last, dict)) {
            self.last = Some(Arc::clone(dict));
            self.new.clear();
            self.new.resize(dict.len(), NONE);
        }
        into.extend(codes.iter().map(|&code| {
            let known = at(&self.new, code as usize);
            if known != NONE {
                return known;
            }
            let text = dict.get(code as usize).cloned().unwrap_or_else(|| Arc::from(""));
            let next = row(self.list.len());
            let new = *self.codes.entry(text).or_insert_with_key(|text| {
                self.list.push(Arc::clone(text));
                next
            });
            put(&mut self.new, code as usize, new);
            new
        }));
    }
}

impl Joined {
    /// Adds the rows of a table.
    pub fn push(&mut self, part: &Table) {
        let table = self.table.get_or_insert_with(|| Table {
            parts: Vec::new(),
            file: Arc::clone(&part.file),
            rows: 0,
            columns: part.columns.iter().map(like).collect(),
            lines: Vec::new(),
            fields: part.fields.clone(),
            account: InputAccount::default(),
            gone: Gone::default(),
        });
        self.words.resize_with(table.columns.len(), Words::default);
        for ((into, column), words) in table.columns.iter_mut().zip(&part.columns).zip(&mut self.words) {
            push(into, column, words, table.rows);
        }
        table.lines.extend_from_slice(&part.lines);
        table.rows += part.rows;
    }

    /// The table; `None` if there never was one.
    pub fn finish(self) -> Option<Table> {
        let mut table = self.table?;
        for (column, words) in table.columns.iter_mut().zip(self.words) {
            if let Data::Text { dict, .. } = &mut column.data {
                *dict = words.list.into();
            }
        }
        Some(table)
    }
}

/// An empty column of the same kind.
fn like(column: &Column) -> Column {
    let data = match &column.data {
        Data::Small(_) => Data::Small(Vec::new()),
        Data::Wide(_) => Data::Wide(Vec::new()),
        Data::Real(_) => Data::Real(Vec::new()),
        Data::Text { .. } => Data::Text { codes: Vec::new(), dict: [].into() },
        Data::Flag(_) => Data::Flag(Vec::new()),
        Data::Day(_) => Data::Day(Vec::new()),
        Data::Partial { .. } => Data::Partial { first: Vec::new(), last: Vec::new() },
    };
    Column { data, known: None, periods: column.periods }
}

fn push(into: &mut Column, column: &Column, words: &mut Words, rows: usize) {
    if let (Data::Small(v), Data::Wide(_)) = (&into.data, &column.data) {
        into.data = Data::Wide(v.iter().map(|&units| i128::from(units)).collect());
    }
    match (&mut into.data, &column.data) {
        (Data::Small(v), Data::Small(more)) => v.extend_from_slice(more),
        (Data::Wide(v), Data::Wide(more)) => v.extend_from_slice(more),
        (Data::Wide(v), Data::Small(more)) => v.extend(more.iter().map(|&units| i128::from(units))),
        (Data::Real(v), Data::Real(more)) => v.extend_from_slice(more),
        (Data::Text { codes, .. }, Data::Text { codes: more, dict }) => words.codes(more, dict, codes),
        (Data::Flag(v), Data::Flag(more)) => v.extend_from_slice(more),
        (Data::Day(v), Data::Day(more)) => v.extend_from_slice(more),
        (Data::Partial { first, last }, Data::Partial { first: from, last: to }) => {
            first.extend_from_slice(from);
            last.extend_from_slice(to);
        }
        // The columns of one input are of one kind each.
        _ => {}
    }
    match (&mut into.known, &column.known) {
        (None, None) => {}
        (Some(known), None) => known.resize(rows + column.len(), true),
        (known, Some(more)) => known.get_or_insert_with(|| vec![true; rows]).extend_from_slice(more),
    }
}
