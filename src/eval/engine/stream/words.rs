//! The texts that occurred in the columns of an input that came in pieces.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::value::column::{Column, Data, Dict, Table};

/// The texts of some columns.
pub struct Words {
    columns: Vec<(usize, Seen)>,
}

#[derive(Default)]
struct Seen {
    /// The dictionary that came last; those before it that it doesn't go on are among the others.
    last: Option<Dict>,
    others: BTreeSet<Arc<str>>,
}

impl Words {
    /// None yet, of these columns.
    pub fn new(columns: &[usize]) -> Self {
        Self { columns: columns.iter().map(|&column| (column, Seen::default())).collect() }
    }

    /// Takes the texts of a piece.
    pub fn note(&mut self, piece: &Table) {
        for (column, seen) in &mut self.columns {
            if let Some(Column { data: Data::Text { dict, .. }, .. }) = piece.columns.get(*column) {
                seen.note(dict);
            }
        }
    }

    /// Takes those of another reader.
    pub fn join(&mut self, other: Words) {
        for ((_, seen), (_, other)) in self.columns.iter_mut().zip(other.columns) {
            seen.others.extend(other.others);
            seen.others.extend(other.last.iter().flat_map(|dict| dict.iter().cloned()));
        }
    }

    /// A row for each text, in so many columns; the columns without texts have none.
    pub fn into_columns(self, columns: usize) -> Vec<Column> {
        let empty = || Column::full(Data::Text { codes: Vec::new(), dict: [].into() });
        let mut made: Vec<Column> = (0..columns).map(|_| empty()).collect();
        for (at, seen) in self.columns {
            let mut texts = seen.others;
            texts.extend(seen.last.iter().flat_map(|dict| dict.iter().cloned()));
            let dict: Dict = texts.into_iter().collect();
            if let Some(column) = made.get_mut(at) {
                let codes = (0..u32::try_from(dict.len()).unwrap_or(u32::MAX)).collect();
                *column = Column::full(Data::Text { codes, dict });
            }
        }
        made
    }
}

impl Seen {
    fn note(&mut self, dict: &Dict) {
        let Some(last) = &self.last else {
            self.last = Some(Arc::clone(dict));
            return;
        };
        if Arc::ptr_eq(last, dict) {
            return;
        }
        // A dictionary that has grown holds the very same texts; that of another file may only look alike.
        let same = |text: &Arc<str>| dict.get(last.len() - 1).is_some_and(|other| Arc::ptr_eq(text, other));
        let goes_on = last.last().is_none_or(same);
        if !goes_on {
            self.others.extend(last.iter().cloned());
        }
        self.last = Some(Arc::clone(dict));
    }
}
