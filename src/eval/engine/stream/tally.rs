//! The cells of one aggregation, added up piece by piece.

use std::cmp::Ordering;

use super::codes::{Coder, Pairs};
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
            // What needs all values at once isn't run in parts.
            Function::Count | Function::GeometricMean | Function::HarmonicMean => {}
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
        self.add_to(&cells, values)
    }

    /// Adds units: their cells, and their values, of which none is missing.
    pub fn add_to(&mut self, cells: &[u32], values: &Column) -> Result<(), Unfit> {
        let now = match (self.pairs.last(), self.dims.last()) {
            (Some(pairs), _) => pairs.len(),
            (None, Some(dim)) => dim.values().len(),
            (None, None) => 1,
        };
        self.counts.resize(now, 0);
        for &cell in cells {
            if let Some(count) = self.counts.get_mut(cell as usize) {
                *count += 1;
            }
        }
        if self.gather.sum {
            self.sums.resize(now, 0);
            sum(&mut self.sums, cells, values)?;
        }
        if self.gather.least {
            best(&mut self.least, now, cells, values, Ordering::Less)?;
        }
        if self.gather.greatest {
            best(&mut self.greatest, now, cells, values, Ordering::Greater)?;
        }
        Ok(())
    }

    fn cells(&mut self, dims: &[Column], rows: usize) -> Vec<u32> {
        match dims.split_first() {
            Some((first, others)) => {
                let first = self.code(0, first);
                others.iter().enumerate().fold(first, |so_far, (at, dim)| {
                    let next = self.code(at + 1, dim);
                    self.pair(at, so_far, &next)
                })
            }
            None => vec![0; rows],
        }
    }

    /// The numbers of values of a dimension.
    pub fn code(&mut self, dim: usize, values: &Column) -> Vec<u32> {
        self.dims.get_mut(dim).map_or_else(Vec::new, |coder| coder.codes(values))
    }

    /// The numbers of pairs: of the first dimensions up to one, and the next.
    pub fn pair(&mut self, dim: usize, so_far: Vec<u32>, next: &[u32]) -> Vec<u32> {
        self.pairs.get_mut(dim).map_or_else(Vec::new, |pairs| pairs.codes(so_far, next))
    }

    /// The values of each dimension, by their numbers.
    pub fn dims(&self) -> impl Iterator<Item = &[Value]> {
        self.dims.iter().map(Coder::values)
    }

    /// How many cells there are, those without a value too.
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// How many values a cell has.
    pub fn count(&self, cell: usize) -> u64 {
        at(&self.counts, cell)
    }

    /// What was gathered of a cell.
    pub fn gathered(&self, cell: usize) -> Gathered {
        Gathered {
            count: self.count(cell),
            sum: at(&self.sums, cell),
            least: self.least.get(cell).cloned().unwrap_or_default(),
            greatest: self.greatest.get(cell).cloned().unwrap_or_default(),
        }
    }

    /// The numbers of the values that a cell has of the dimensions, from the last to the first.
    pub fn numbers(&self, cell: usize) -> impl Iterator<Item = u32> {
        let (mut cell, mut pairs) = (row(cell), self.pairs.iter().rev());
        (0..self.dims.len()).map(move |_| match pairs.next() {
            Some(pairs) => {
                let (before, last) = pairs.pair(cell);
                cell = before;
                last
            }
            None => cell,
        })
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

impl Gathered {
    /// Adds what was gathered of the same cell elsewhere.
    pub fn add(&mut self, cell: Gathered) -> Result<(), Unfit> {
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
