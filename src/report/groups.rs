//! Indices of equal dimensions brought into one grid, a row for each cell that any of them has.

use std::collections::BTreeMap;

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
        let mut rows: BTreeMap<Vec<&'a Value>, Vec<Option<&'a Value>>> = BTreeMap::new();
        for (at, series) in self.members.iter().enumerate() {
            let places = places(self.axes, series).unwrap_or_default();
            for (dims, value) in series.cells {
                let key: Vec<&Value> = places.iter().filter_map(|&place| dims.get(place)).collect();
                let row = rows.entry(key).or_insert_with(|| vec![None; self.members.len()]);
                if let Some(slot) = row.get_mut(at) {
                    *slot = Some(value);
                }
            }
        }
        rows.into_iter().collect()
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

/// Where a series has each of these dimensions, if it has the same ones.
fn places(axes: &[Axis<'_>], series: &Series<'_>) -> Option<Vec<usize>> {
    if axes.len() != series.dims.len() {
        return None;
    }
    axes.iter().map(|axis| series.dims.iter().position(|dim| dim.same(axis))).collect()
}
