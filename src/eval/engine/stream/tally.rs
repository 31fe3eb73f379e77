//! The cells of one aggregation, added up piece by piece.

use std::cmp::Ordering;

use super::codes::{Coder, Pairs};
use crate::eval::engine::Key;
use crate::eval::engine::vector::{at, row};
use crate::plan::Function;
use crate::value::Value;
use crate::value::column::{Column, Data};
use crate::value::piece::Unfit;

/// What is gathered of a cell besides the number of its values.
#[derive(Debug, Clone, Copy, Default)]
pub struct Gather {
    /// Their sum.
    sum: bool,
    /// The least.
    least: bool,
    /// The greatest, or the only one.
    greatest: bool,
}

impl Gather {
    /// Also what a function needs.
    pub fn add(&mut self, function: Function) {
        match function {
            Function::Count => {}
            Function::Sum | Function::Mean => self.sum = true,
            Function::Min => self.least = true,
            Function::Max | Function::Only => self.greatest = true,
        }
    }
}

/// What has been gathered of a cell.
#[derive(Debug, Clone, Default)]
pub struct Gathered {
    /// How many values.
    pub count: u64,
    /// Their sum.
    pub sum: i128,
    /// The least of them.
    pub least: Value,
    /// The greatest of them.
    pub greatest: Value,
}

/// Cells on their way: those of all aggregations of the same units by the same dimensions.
pub struct Tally {
    gather: Gather,
    dims: Vec<Coder>,
    pairs: Vec<Pairs>,
    counts: Vec<u64>,
    sums: Vec<i128>,
    least: Vec<Value>,
    greatest: Vec<Value>,
}

impl Tally {
    /// No cells yet.
    pub fn new(gather: Gather, dims: usize) -> Self {
        Self {
            gather,
            dims: (0..dims).map(|_| Coder::default()).collect(),
            pairs: (1..dims).map(|_| Pairs::default()).collect(),
            counts: Vec::new(),
            sums: Vec::new(),
            least: Vec::new(),
            greatest: Vec::new(),
        }
    }

    /// Adds units: their dimensions, and their values, of which none is missing.
    pub fn add(&mut self, dims: &[Column], values: &Column) -> Result<(), Unfit> {
        if values.is_empty() {
            return Ok(());
        }
        let cells = self.cells(dims, values.len());
        let now = match (self.pairs.last(), self.dims.last()) {
            (Some(pairs), _) => pairs.len(),
            (None, Some(dim)) => dim.values().len(),
            (None, None) => 1,
        };
        self.counts.resize(now, 0);
        for &cell in &cells {
            if let Some(count) = self.counts.get_mut(cell as usize) {
                *count += 1;
            }
        }
        if self.gather.sum {
            self.sums.resize(now, 0);
            sum(&mut self.sums, &cells, values)?;
        }
        if self.gather.least {
            best(&mut self.least, now, &cells, values, Ordering::Less)?;
        }
        if self.gather.greatest {
            best(&mut self.greatest, now, &cells, values, Ordering::Greater)?;
        }
        Ok(())
    }

    fn cells(&mut self, dims: &[Column], rows: usize) -> Vec<u32> {
        let mut codes = self.dims.iter_mut().zip(dims).map(|(coder, dim)| coder.codes(dim));
        let Some(first) = codes.next() else { return vec![0; rows] };
        codes.zip(&mut self.pairs).fold(first, |so_far, (next, pairs)| pairs.codes(so_far, &next))
    }

    /// The cells so far, each with its key, in any order.
    pub fn into_cells(self) -> Vec<(Key, Gathered)> {
        let gathered = |cell: usize| Gathered {
            count: at(&self.counts, cell),
            sum: at(&self.sums, cell),
            least: self.least.get(cell).cloned().unwrap_or_default(),
            greatest: self.greatest.get(cell).cloned().unwrap_or_default(),
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

fn sum(sums: &mut [i128], cells: &[u32], values: &Column) -> Result<(), Unfit> {
    match &values.data {
        Data::Small(v) => {
            for (&cell, &units) in cells.iter().zip(v) {
                if let Some(sum) = sums.get_mut(cell as usize) {
                    // So many numbers of 64 bits as there are rows never leave 128.
                    *sum = sum.wrapping_add(i128::from(units));
                }
            }
            Ok(())
        }
        Data::Wide(v) => cells.iter().zip(v).try_for_each(|(&cell, &units)| {
            let sum = sums.get_mut(cell as usize).ok_or(Unfit)?;
            *sum = sum.checked_add(units).ok_or(Unfit)?;
            Ok(())
        }),
        // Reals can't be added in parts, and nothing else can be added at all.
        _ => Err(Unfit),
    }
}

fn best(list: &mut Vec<Value>, now: usize, cells: &[u32], values: &Column, better: Ordering) -> Result<(), Unfit> {
    list.resize(now, Value::Missing);
    for (place, &cell) in cells.iter().enumerate() {
        let value = values.value(place);
        let best = list.get_mut(cell as usize).ok_or(Unfit)?;
        if !best.is_known() || value.cmp(best) == better {
            *best = value;
        }
    }
    Ok(())
}

/// Cells of several tallies of the same aggregations as one list, ascending by their keys.
pub fn merged(tallies: Vec<Tally>) -> Result<Vec<(Key, Gathered)>, Unfit> {
    let mut cells: Vec<(Key, Gathered)> = tallies.into_iter().flat_map(Tally::into_cells).collect();
    cells.sort_by(|a, b| a.0.cmp(&b.0));
    let mut merged: Vec<(Key, Gathered)> = Vec::with_capacity(cells.len());
    for (key, cell) in cells {
        match merged.last_mut() {
            Some((last, into)) if *last == key => into.add(cell)?,
            _ => merged.push((key, cell)),
        }
    }
    Ok(merged)
}

impl Gathered {
    fn add(&mut self, cell: Gathered) -> Result<(), Unfit> {
        self.count += cell.count;
        self.sum = self.sum.checked_add(cell.sum).ok_or(Unfit)?;
        // Missing comes before all other values, and where one list of a function has values all have.
        if cell.least < self.least {
            self.least = cell.least;
        }
        if cell.greatest > self.greatest {
            self.greatest = cell.greatest;
        }
        Ok(())
    }
}
