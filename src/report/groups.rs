//! Indices of equal dimensions brought into one grid, a row for each cell that any of them has.
//!
//! The cells of each index ascend, so that the rows are merged from their lists.

use std::cmp::Ordering;
use std::convert::Infallible;

use super::{Axis, Results, Series};
use crate::value::Value;

/// Indices with the same dimensions.
#[derive(Debug)]
pub struct Group<'a, 'r> {
    /// The dimensions, in the order of the first index.
    pub axes: &'r [Axis<'a>],
    /// The indices.
    pub members: Vec<&'r Series<'a>>,
}

/// A row of a grid: the values of the dimensions, and a value of each index that has the cell.
pub type Row<'a> = (Vec<&'a Value>, Vec<Option<&'a Value>>);

/// The groups, in the order of their first indices. Dimensions are equal if their names and types are, in any order.
pub fn groups<'a, 'r>(results: &'r Results<'a>) -> Vec<Group<'a, 'r>> {
    let mut found: Vec<Group<'a, 'r>> = Vec::new();
    for series in &results.indices {
        match found.iter_mut().find(|group| places(group.axes, series).is_some()) {
            Some(group) => group.members.push(series),
            None => found.push(Group { axes: &series.dims, members: vec![series] }),
        }
    }
    found
}

impl<'a, 'r> Group<'a, 'r> {
    /// The rows, ascending by the dimensions.
    pub fn rows(&self) -> Vec<Row<'a>> {
        let mut rows = Vec::new();
        let done = self.each_row(|row| {
            rows.push(row.clone());
            Ok::<(), Infallible>(())
        });
        match done {
            Ok(()) => rows,
            Err(never) => match never {},
        }
    }

    /// Calls a function with each row, ascending by the dimensions.
    pub fn each_row<E>(&self, mut each: impl FnMut(&Row<'a>) -> Result<(), E>) -> Result<(), E> {
        let mut lists: Vec<Cells<'a>> = self.members.iter().map(|series| Cells::new(self.axes, series)).collect();
        let mut row: Row<'a> = (Vec::new(), vec![None; lists.len()]);
        loop {
            let mut least: Option<&Cells<'a>> = None;
            for list in lists.iter().filter(|list| list.cell().is_some()) {
                if least.is_none_or(|least| list.compare(least) == Ordering::Less) {
                    least = Some(list);
                }
            }
            let Some(least) = least else { return Ok(()) };
            row.0.clear();
            row.0.extend(least.key());
            for (list, slot) in lists.iter_mut().zip(&mut row.1) {
                let is_here = list.cell().is_some() && list.key().eq(row.0.iter().copied());
                *slot = if is_here { list.take() } else { None };
            }
            each(&row)?;
        }
    }

    /// The names of the columns: dimensions, then indices.
    pub fn heads(&self) -> impl Iterator<Item = &'a str> {
        self.axes.iter().map(|axis| axis.name).chain(self.members.iter().map(|series| series.name))
    }

    /// The fields of a row in print, without any escapes; `None` is no value, or no cell.
    pub fn fields(&self, row: &Row<'a>) -> Vec<Option<String>> {
        let known = |value: &'a Value| Some(value).filter(|value| value.is_known());
        let dims = row.0.iter().zip(self.axes).map(|(value, axis)| Some(known(value)?.format(&axis.ty.base)));
        let values = row.1.iter().zip(&self.members).map(|(value, series)| {
            let value = value.and_then(known)?;
            Some(value.format(&series.ty.base))
        });
        dims.chain(values).collect()
    }
}

/// The cells of one index on their way.
struct Cells<'a> {
    cells: &'a [(Vec<Value>, Value)],
    /// Where its keys have each of the dimensions.
    places: Vec<usize>,
    /// Its cells in the order of the dimensions, where this isn't their own.
    order: Option<Vec<usize>>,
    next: usize,
}

impl<'a> Cells<'a> {
    fn new(axes: &[Axis<'_>], series: &Series<'a>) -> Self {
        let places = places(axes, series).unwrap_or_default();
        let mut list = Self { cells: series.cells, places, order: None, next: 0 };
        let ascend = (1..list.cells.len()).all(|at| list.key_of(at - 1).lt(list.key_of(at)));
        if !ascend {
            let mut order: Vec<usize> = (0..list.cells.len()).collect();
            order.sort_by(|&a, &b| list.key_of(a).cmp(list.key_of(b)));
            list.order = Some(order);
        }
        list
    }

    /// The place of the next cell.
    fn place(&self) -> usize {
        self.order.as_ref().map_or(self.next, |order| order.get(self.next).copied().unwrap_or(usize::MAX))
    }

    /// The next cell.
    fn cell(&self) -> Option<&'a (Vec<Value>, Value)> {
        self.cells.get(self.place())
    }

    fn key_of(&self, cell: usize) -> impl Iterator<Item = &'a Value> {
        let key: &'a [Value] = self.cells.get(cell).map_or(&[], |(key, _)| key);
        self.places.iter().filter_map(move |&place| key.get(place))
    }

    /// The key of the next cell.
    fn key(&self) -> impl Iterator<Item = &'a Value> {
        self.key_of(self.place())
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.key().cmp(other.key())
    }

    /// The value of the next cell, which is passed.
    fn take(&mut self) -> Option<&'a Value> {
        let cell = self.cell();
        self.next += 1;
        cell.map(|(_, value)| value)
    }
}

/// Where a series has each of these dimensions, if it has the same ones.
fn places(axes: &[Axis<'_>], series: &Series<'_>) -> Option<Vec<usize>> {
    if axes.len() != series.dims.len() {
        return None;
    }
    axes.iter().map(|axis| series.dims.iter().position(|dim| dim.same(axis))).collect()
}
