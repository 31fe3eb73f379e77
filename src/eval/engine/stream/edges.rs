//! The rows at the borders of pieces: their units may go on in the next piece, and are run when all pieces are there.

use std::cmp::Ordering;
use std::ops::Range;

use super::part::select;
use super::tables::Joined;
use crate::eval::engine::vector::row;
use crate::value::column::{Data, Table};
use crate::value::piece::{Keys, Piece, Runs, Use, Wanted};

/// The first or the last run of a piece.
pub struct Edge {
    /// The piece, and whether it is the last of several runs.
    place: (usize, bool),
    key: Keys,
    rows: Table,
}

/// How keys follow one another. Where they ascend or descend, no key comes again later.
#[derive(Debug, Clone, Copy, Default)]
pub struct Direction {
    ascends: bool,
    descends: bool,
}

impl Direction {
    fn note(&mut self, order: Ordering) {
        self.ascends |= order == Ordering::Less;
        self.descends |= order == Ordering::Greater;
    }

    /// Notes how the keys of a piece follow one another.
    pub fn note_runs(&mut self, keys: &Keys) {
        let words = keys.words();
        if !keys.has_long() && words.iter().zip(words.get(1..).unwrap_or(&[])).all(|(a, b)| a < b) {
            self.ascends |= words.len() > 1;
            return;
        }
        for at in 1..keys.len() {
            self.note(keys.compare(at - 1, keys, at));
        }
    }

    /// Both together.
    pub fn with(self, other: Self) -> Self {
        Self { ascends: self.ascends || other.ascends, descends: self.descends || other.descends }
    }

    /// Whether a key may come again.
    pub fn is_disorder(self) -> bool {
        self.ascends && self.descends
    }
}

/// Puts the first and the last run of a piece aside; the rows between them.
pub fn take_edges(piece: &Piece, edges: &mut Vec<Edge>) -> Range<usize> {
    let Piece { number, table, runs: Runs { starts, keys }, .. } = piece;
    let start = |run: usize| starts.get(run).map_or(table.rows, |&start| start as usize);
    let mut edge = |run: usize, last: bool| {
        let places: Vec<u32> = (row(start(run))..row(start(run + 1))).collect();
        let mut key = Keys::default();
        key.push_from(keys, run);
        edges.push(Edge { place: (*number, last), key, rows: select(table, &places) });
    };
    if starts.is_empty() {
        return 0..0;
    }
    edge(0, false);
    if starts.len() > 1 {
        edge(starts.len() - 1, true);
    }
    start(1)..start(starts.len() - 1).max(start(1))
}

/// The rows of all edges as one table, with the runs that go on over the borders put together, and the keys of the runs.
/// No table if there are none.
pub fn joined(mut edges: Vec<Edge>, wanted: &Wanted) -> (Option<Table>, Keys) {
    edges.sort_by_key(|edge| edge.place);
    let (mut rows, mut keys, mut codes) = (Joined::default(), Keys::default(), Vec::new());
    for edge in &edges {
        let is_next = keys.len().checked_sub(1).is_none_or(|last| !keys.same(last, &edge.key, 0));
        if is_next {
            keys.push_from(&edge.key, 0);
        }
        codes.resize(codes.len() + edge.rows.rows, row(keys.len() - 1));
        rows.push(&edge.rows);
    }
    let mut table = rows.finish();
    if let Some(table) = &mut table {
        set_groups(table, wanted, &codes);
    }
    (table, keys)
}

/// Sets the codes of columns that bring rows together and do nothing else.
pub fn set_groups(table: &mut Table, wanted: &Wanted, groups: &[u32]) {
    for (column, wanted) in table.columns.iter_mut().zip(&wanted.uses) {
        if *wanted == Use::Grouping {
            column.data = Data::Text { codes: groups.to_vec(), dict: [].into() };
        }
    }
}
