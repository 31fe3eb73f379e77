//! The cells of one aggregation, added up piece by piece.

use std::cmp::Ordering;

use super::codes::{Coder, Pairs};
use crate::eval::engine::Key;
use crate::eval::engine::vector::{at, row};
use crate::plan::Function;
use crate::value::Value;
use crate::value::column::{Column, Data};
use crate::value::piece::Unfit;

/// What has been gathered of a cell.
#[derive(Debug, Clone, Default)]
pub struct Gathered {
    /// How many values.
    pub count: u64,
    /// Their sum, of sums and means.
    pub sum: i128,
    /// The least, greatest or only of them.
    pub best: Value,
}

/// Cells of an aggregation on their way.
pub struct Tally {
    function: Function,
    dims: Vec<Coder>,
    pairs: Vec<Pairs>,
    counts: Vec<u64>,
    sums: Vec<i128>,
    best: Vec<Value>,
}

impl Tally {
    /// No cells yet.
    pub fn new(function: Function, dims: usize) -> Self {
        Self {
            function,
            dims: (0..dims).map(|_| Coder::default()).collect(),
            pairs: (1..dims).map(|_| Pairs::default()).collect(),
            counts: Vec::new(),
            sums: Vec::new(),
            best: Vec::new(),
        }
    }

    /// Adds units: their dimensions, and their values, of which none is missing.
    pub fn add(&mut self, dims: &[Column], values: &Column) -> Result<(), Unfit> {
        if values.is_empty() {
            return Ok(());
        }
        let cells = self.cells(dims, values.len());
        let cells_now = match (self.pairs.last(), self.dims.last()) {
            (Some(pairs), _) => pairs.len(),
            (None, Some(dim)) => dim.values().len(),
            (None, None) => 1,
        };
        if self.counts.len() < cells_now {
            self.counts.resize(cells_now, 0);
            self.sums.resize(cells_now, 0);
        }
        for &cell in &cells {
            if let Some(count) = self.counts.get_mut(cell as usize) {
                *count += 1;
            }
        }
        match self.function {
            Function::Count => Ok(()),
            Function::Sum | Function::Mean => self.sum(&cells, values),
            Function::Min => self.best(&cells, values, Ordering::Less),
            Function::Max | Function::Only => self.best(&cells, values, Ordering::Greater),
        }
    }

    fn cells(&mut self, dims: &[Column], rows: usize) -> Vec<u32> {
        let mut codes = self.dims.iter_mut().zip(dims).map(|(coder, dim)| coder.codes(dim));
        let Some(first) = codes.next() else { return vec![0; rows] };
        codes.zip(&mut self.pairs).fold(first, |so_far, (next, pairs)| pairs.codes(so_far, &next))
    }

    fn sum(&mut self, cells: &[u32], values: &Column) -> Result<(), Unfit> {
        match &values.data {
            Data::Small(v) => {
                for (&cell, &units) in cells.iter().zip(v) {
                    if let Some(sum) = self.sums.get_mut(cell as usize) {
                        // So many numbers of 64 bits as there are rows never leave 128.
                        *sum = sum.wrapping_add(i128::from(units));
                    }
                }
                Ok(())
            }
            Data::Wide(v) => cells.iter().zip(v).try_for_each(|(&cell, &units)| {
                let sum = self.sums.get_mut(cell as usize).ok_or(Unfit)?;
                *sum = sum.checked_add(units).ok_or(Unfit)?;
                Ok(())
            }),
            _ => Err(Unfit),
        }
    }

    fn best(&mut self, cells: &[u32], values: &Column, better: Ordering) -> Result<(), Unfit> {
        self.best.resize(self.counts.len(), Value::Missing);
        for (place, &cell) in cells.iter().enumerate() {
            let value = values.value(place);
            let best = self.best.get_mut(cell as usize).ok_or(Unfit)?;
            if !best.is_known() || value.cmp(best) == better {
                *best = value;
            }
        }
        Ok(())
    }

    /// The cells so far, each with its key, in any order.
    pub fn into_cells(self) -> Vec<(Key, Gathered)> {
        let gathered = |cell: usize| Gathered {
            count: at(&self.counts, cell),
            sum: at(&self.sums, cell),
            best: self.best.get(cell).cloned().unwrap_or_default(),
        };
        (0..self.counts.len()).map(|cell| (self.key(row(cell)), gathered(cell))).collect()
    }

    fn key(&self, mut cell: u32) -> Key {
        let mut key = Key::new();
        let value = |coder: &Coder, code: u32| coder.values().get(code as usize).cloned().unwrap_or_default();
        for (coder, pairs) in self.dims.iter().skip(1).zip(&self.pairs).rev() {
            let (before, last) = pairs.pair(cell);
            key.push(value(coder, last));
            cell = before;
        }
        key.extend(self.dims.first().map(|coder| value(coder, cell)));
        key.reverse();
        key
    }
}

/// Cells of several tallies of the same aggregation as one list, ascending by their keys.
pub fn merged(function: Function, tallies: Vec<Tally>) -> Result<Vec<(Key, Gathered)>, Unfit> {
    let mut cells: Vec<(Key, Gathered)> = tallies.into_iter().flat_map(Tally::into_cells).collect();
    cells.sort_by(|a, b| a.0.cmp(&b.0));
    let mut merged: Vec<(Key, Gathered)> = Vec::with_capacity(cells.len());
    for (key, cell) in cells {
        match merged.last_mut() {
            Some((last, into)) if *last == key => add(function, into, cell)?,
            _ => merged.push((key, cell)),
        }
    }
    Ok(merged)
}

fn add(function: Function, into: &mut Gathered, cell: Gathered) -> Result<(), Unfit> {
    into.count += cell.count;
    into.sum = into.sum.checked_add(cell.sum).ok_or(Unfit)?;
    let better = match function {
        Function::Min => cell.best < into.best,
        _ => cell.best > into.best,
    };
    if better {
        into.best = cell.best;
    }
    Ok(())
}
