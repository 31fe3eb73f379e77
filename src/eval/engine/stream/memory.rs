//! A table in memory as pieces of so many rows: for columns that no file holds, and for tests.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::part::select;
use crate::eval::engine::vector::row;
use crate::value::Value;
use crate::value::column::{Column, Table};
use crate::value::piece::{Keys, Piece, PieceReader, Pieces, Runs, Unfit, Wanted, number_word};

/// A table that is handed out in pieces.
pub struct TablePieces<'t> {
    table: &'t Table,
    wanted: Wanted,
    rows: usize,
    next: AtomicUsize,
}

impl<'t> TablePieces<'t> {
    /// Pieces of so many rows, of a table whose keys needn't have been checked.
    pub fn new(table: &'t Table, wanted: &Wanted, rows: usize) -> Self {
        Self { table, wanted: wanted.clone(), rows: rows.max(1), next: AtomicUsize::new(0) }
    }
}

impl Pieces for TablePieces<'_> {
    fn reader(&self) -> Box<dyn PieceReader + '_> {
        Box::new(Reader(self))
    }
}

struct Reader<'p>(&'p TablePieces<'p>);

impl PieceReader for Reader<'_> {
    fn read(&mut self) -> Result<Option<Piece>, Unfit> {
        let TablePieces { table, wanted, rows, next } = self.0;
        let number = next.fetch_add(1, Ordering::Relaxed);
        let from = number.saturating_mul(*rows).min(table.rows);
        let to = from.saturating_add(*rows).min(table.rows);
        if from == to {
            return Ok(None);
        }
        let places: Vec<u32> = (row(from)..row(to)).collect();
        let mut part = select(table, &places);
        part.account.read = (to - from) as u64;
        let runs = runs(&part, &wanted.key)?;
        Ok(Some(Piece { number, table: part, newlines: 0, runs }))
    }
}

/// The runs of rows with the same key.
fn runs(table: &Table, key: &[usize]) -> Result<Runs, Unfit> {
    let columns: Vec<&Column> = key.iter().filter_map(|&at| table.columns.get(at)).collect();
    let mut runs = Runs::default();
    if columns.is_empty() {
        return Ok(runs);
    }
    let mut last: Option<Vec<Value>> = None;
    for place in 0..table.rows {
        let values: Vec<Value> = columns.iter().map(|column| column.value(place)).collect();
        if last.as_ref() == Some(&values) {
            continue;
        }
        runs.starts.push(row(place));
        push(&mut runs.keys, &values)?;
        last = Some(values);
    }
    Ok(runs)
}

fn push(keys: &mut Keys, values: &[Value]) -> Result<(), Unfit> {
    match values {
        [Value::Missing] => keys.push_word(0),
        [Value::Text(text)] => keys.push(text.as_bytes()),
        [Value::Number(units)] => keys.push_word(number_word(i64::try_from(*units).map_err(|_| Unfit)?)),
        [Value::Date(day) | Value::Period(day)] => keys.push_word(number_word(i64::from(*day))),
        values => {
            let mut bytes = Vec::new();
            for value in values {
                let text = format!("{value:?}");
                bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
                bytes.extend_from_slice(text.as_bytes());
            }
            keys.push(&bytes);
        }
    }
    Ok(())
}
