//! Looks whether the rows of a part have in common what their units have, and whether keys are repeated.

use std::ops::Range;

use super::part::{Part, select};
use crate::eval::engine::group::{Groups, group};
use crate::eval::engine::order::same;
use crate::eval::engine::vector::{all_rows, at, row};
use crate::value::column::{Column, Data, Table};
use crate::value::piece::{Piece, PieceReader, Pieces, Unfit};
use crate::value::schema::{Schema, Unique};

/// An input with units or keys: their columns must have a value in each row.
pub struct Keyed<'p>(pub Box<dyn Pieces + 'p>);

struct Reader<'p>(Box<dyn PieceReader + 'p>);

impl Pieces for Keyed<'_> {
    fn reader(&self) -> Box<dyn PieceReader + '_> {
        Box::new(Reader(self.0.reader()))
    }
}

impl PieceReader for Reader<'_> {
    fn read(&mut self) -> Result<Option<Piece>, Unfit> {
        let piece = self.0.read()?;
        // The word of a missing value; a column that does nothing but bring rows together says it nowhere else.
        match &piece {
            Some(piece) if piece.runs.keys.words().contains(&0) => Err(Unfit),
            _ => Ok(piece),
        }
    }
}

/// Checks units and keys, and drops the repeats where the schema says so; how many that were.
pub fn check_keys(part: &mut Part, schema: &Schema, key: &[usize]) -> Result<u64, Unfit> {
    for unit in &schema.units {
        if let Some(starts) = part.starts.as_deref().filter(|_| unit.key == key && is_full(&part.table, key)) {
            let agrees = |column: &usize| {
                part.table.columns.get(*column).is_some_and(|column| agrees_in_runs(column, &part.rows, starts))
            };
            if unit.has.iter().all(agrees) {
                continue;
            }
            return Err(Unfit);
        }
        part.cut();
        let part = &part.table;
        let groups = grouped(part, &unit.key)?;
        let agrees = |column: &usize| part.columns.get(*column).is_some_and(|column| agrees(column, &groups));
        if !unit.has.iter().all(agrees) {
            return Err(Unfit);
        }
    }
    let mut repeated = 0;
    for unique in &schema.unique {
        repeated += check_unique(part, unique, key)?;
    }
    Ok(repeated)
}

fn check_unique(part: &mut Part, unique: &Unique, key: &[usize]) -> Result<u64, Unfit> {
    if !is_full(&part.table, &unique.key) {
        return Err(Unfit);
    }
    let by_runs = unique.key == key && part.starts.is_some();
    if by_runs && part.starts.as_ref().is_some_and(|starts| starts.len() == part.rows.len()) {
        return Ok(0);
    }
    part.cut();
    let Part { table: part, rows, starts, .. } = part;
    let groups = match starts {
        Some(starts) if by_runs => of_runs(starts, part.rows),
        _ => grouped(part, &unique.key)?,
    };
    let repeated = part.rows - groups.first.len();
    if repeated == 0 {
        return Ok(0);
    }
    let others = part.columns.iter().enumerate().filter(|(at, _)| !unique.key.contains(at));
    if !unique.drop_repeats || !others.map(|(_, column)| column).all(|column| agrees(column, &groups)) {
        return Err(Unfit);
    }
    *part = select(part, &groups.first);
    *rows = 0..part.rows;
    // Each unit has one row left.
    *starts = by_runs.then(|| all_rows(part.rows));
    Ok(repeated as u64)
}

/// The groups of rows that stand together.
fn of_runs(starts: &[u32], rows: usize) -> Groups {
    let mut ids = vec![0; rows];
    let mut rest = ids.as_mut_slice();
    for (run, &start) in starts.iter().enumerate() {
        let end = starts.get(run + 1).map_or(rows, |&end| end as usize);
        let Some((those, others)) = rest.split_at_mut_checked(end.saturating_sub(start as usize)) else { break };
        those.fill(row(run));
        rest = others;
    }
    Groups { ids, first: starts.to_vec() }
}

/// The groups of rows with the same key; a key must be there.
fn grouped(part: &Table, key: &[usize]) -> Result<Groups, Unfit> {
    let columns: Option<Vec<&Column>> = key.iter().map(|&at| part.columns.get(at)).collect();
    let columns = columns.ok_or(Unfit)?;
    if !is_full(part, key) {
        return Err(Unfit);
    }
    Ok(group(&columns.into_iter().cloned().collect::<Vec<_>>(), part.rows))
}

/// Whether all columns of a key have a value in each row.
pub fn is_full(part: &Table, key: &[usize]) -> bool {
    let known = |&at: &usize| {
        part.columns
            .get(at)
            .is_some_and(|column| column.known.as_ref().is_none_or(|known| known.iter().all(|&known| known)))
    };
    key.iter().all(known)
}

/// Whether all rows of each run have the same value: the value then changes nowhere but where a run starts.
fn agrees_in_runs(column: &Column, rows: &Range<usize>, starts: &[u32]) -> bool {
    fn alike<T: PartialEq>(list: &[T], rows: &Range<usize>, starts: &[u32]) -> bool {
        let Some(list) = list.get(rows.clone()) else { return false };
        let behind = list.get(1..).unwrap_or(&[]);
        let changes: u32 = list.iter().zip(behind).map(|(a, b)| u32::from(a != b)).sum();
        let changes_at = |&start: &u32| {
            let at = start as usize - rows.start;
            at > 0 && list.get(at) != list.get(at - 1)
        };
        changes as usize == starts.iter().filter(|start| changes_at(start)).count()
    }
    match (&column.data, &column.known) {
        (Data::Small(v), None) => alike(v, rows, starts),
        (Data::Text { codes, .. }, None) => alike(codes, rows, starts),
        (Data::Day(v), None) => alike(v, rows, starts),
        (Data::Flag(v), None) => alike(v, rows, starts),
        (Data::Partial { first, last }, None) => alike(first, rows, starts) && alike(last, rows, starts),
        (Data::Flag(flags), Some(known)) => {
            let both: Vec<u8> =
                flags.iter().zip(known).map(|(&flag, &known)| u8::from(known) * (1 + u8::from(flag))).collect();
            alike(&both, rows, starts)
        }
        _ => {
            let same = same(column);
            let mut starts = starts.iter().copied().peekable();
            rows.clone().all(|place| starts.next_if_eq(&row(place)).is_some() || same(place - 1, place))
        }
    }
}

/// Whether all rows of each group have the same value.
fn agrees(column: &Column, groups: &Groups) -> bool {
    fn alike<T: PartialEq + Copy + Default>(list: &[T], groups: &Groups) -> bool {
        let first = |id: &u32| at(&groups.first, *id as usize) as usize;
        groups.ids.iter().zip(list).all(|(id, value)| *value == at(list, first(id)))
    }
    match (&column.data, &column.known) {
        (Data::Small(v), None) => alike(v, groups),
        (Data::Text { codes, .. }, None) => alike(codes, groups),
        (Data::Day(v), None) => alike(v, groups),
        (Data::Flag(v), None) => alike(v, groups),
        (Data::Partial { first, last }, None) => alike(first, groups) && alike(last, groups),
        _ => {
            let same = same(column);
            let first = |id: &u32| at(&groups.first, *id as usize) as usize;
            groups.ids.iter().enumerate().all(|(row, id)| same(row, first(id)))
        }
    }
}
