//! The cells of several tallies of the same aggregations as one list, ascending by their keys.
//!
//! The values of each dimension are put in order once; cells are then ordered by the ranks of their values.

use super::tally::{Gathered, Tally};
use crate::eval::engine::Key;
use crate::eval::engine::vector::{at, put, row};
use crate::value::Value;
use crate::value::piece::Unfit;

/// Cells, ascending by their keys, none twice.
pub struct Merged {
    /// The values of each dimension, ascending.
    dims: Vec<Vec<Value>>,
    /// For each cell the places of its values among those of the dimensions.
    ranks: Vec<u32>,
    /// What was gathered of each.
    cells: Vec<Gathered>,
}

impl Merged {
    /// Puts the cells of some tallies together.
    pub fn new(tallies: &[Tally]) -> Result<Self, Unfit> {
        let dims = tallies.first().map_or(0, |tally| tally.dims().count());
        let (mut values, mut ranks_of) = (Vec::new(), vec![Vec::new(); tallies.len()]);
        for dim in 0..dims {
            let (sorted, ranks) = ranked(tallies.iter().map(|tally| tally.dims().nth(dim).unwrap_or_default()));
            values.push(sorted);
            ranks_of.iter_mut().zip(ranks).for_each(|(all, ranks)| all.push(ranks));
        }
        let (mut ranks, mut from) = (Vec::new(), Vec::new());
        for (tally, of_dims) in tallies.iter().zip(&ranks_of) {
            for cell in (0..tally.len()).filter(|&cell| tally.count(cell) > 0) {
                from.push((tally, cell));
                let start = ranks.len();
                let last_first = tally.numbers(cell).zip(of_dims.iter().rev());
                ranks.extend(last_first.map(|(number, ranks)| at(ranks, number as usize)));
                ranks.get_mut(start..).unwrap_or_default().reverse();
            }
        }
        let order = sorted(&ranks, &values, from.len());
        let mut merged = Self { dims: values, ranks: Vec::with_capacity(ranks.len()), cells: Vec::new() };
        for cell in order {
            let key = ranks.get(cell as usize * dims..(cell as usize + 1) * dims).unwrap_or_default();
            let Some(gathered) = from.get(cell as usize).map(|(tally, cell)| tally.gathered(*cell)) else { continue };
            match merged.cells.last_mut() {
                Some(last) if merged.ranks.ends_with(key) => last.add(gathered)?,
                _ => {
                    merged.ranks.extend_from_slice(key);
                    merged.cells.push(gathered);
                }
            }
        }
        Ok(merged)
    }

    /// What was gathered of each cell.
    pub fn cells(&self) -> &[Gathered] {
        &self.cells
    }

    /// The key of a cell.
    pub fn key(&self, cell: usize) -> Key {
        let ranks = self.ranks.get(cell * self.dims.len()..).unwrap_or_default();
        let value = |(values, &rank): (&Vec<Value>, &u32)| values.get(rank as usize).cloned().unwrap_or_default();
        self.dims.iter().zip(ranks).map(value).collect()
    }

    /// Whether the value of each dimension is one for which a condition holds; it is asked once for each value.
    pub fn all(&self, holds: impl Fn(usize, &Value) -> bool) -> Vec<bool> {
        let of_dim = |(dim, values): (usize, &Vec<Value>)| values.iter().map(|value| holds(dim, value)).collect();
        let holds: Vec<Vec<bool>> = self.dims.iter().enumerate().map(of_dim).collect();
        let mut all = vec![true; self.cells.len()];
        if holds.iter().flatten().any(|holds| !holds) {
            for (all, ranks) in all.iter_mut().zip(self.ranks.chunks(self.dims.len().max(1))) {
                *all = holds.iter().zip(ranks).all(|(holds, &rank)| at(holds, rank as usize));
            }
        }
        all
    }
}

/// The values of several lists in order, each once; and for each list the places of its values among them.
fn ranked<'v>(lists: impl Iterator<Item = &'v [Value]>) -> (Vec<Value>, Vec<Vec<u32>>) {
    let lists: Vec<&[Value]> = lists.collect();
    let mut all: Vec<(&Value, usize, usize)> = Vec::new();
    for (list, values) in lists.iter().enumerate() {
        all.extend(values.iter().enumerate().map(|(place, value)| (value, list, place)));
    }
    all.sort_unstable();
    let mut ranks: Vec<Vec<u32>> = lists.iter().map(|values| vec![0; values.len()]).collect();
    let mut sorted: Vec<Value> = Vec::new();
    for (value, list, place) in all {
        if sorted.last() != Some(value) {
            sorted.push(value.clone());
        }
        if let Some(ranks) = ranks.get_mut(list) {
            put(ranks, place, row(sorted.len() - 1));
        }
    }
    (sorted, ranks)
}

/// The cells in the order of their ranks: put in order by the last dimension, then by the one before, and so on.
fn sorted(ranks: &[u32], values: &[Vec<Value>], cells: usize) -> Vec<u32> {
    let dims = values.len();
    let mut order: Vec<u32> = (0..row(cells)).collect();
    let mut next = order.clone();
    for (dim, values) in values.iter().enumerate().rev() {
        let rank_of = |cell: u32| at(ranks, cell as usize * dims + dim) as usize;
        let mut places = vec![0u32; values.len()];
        for &cell in &order {
            let count = at(&places, rank_of(cell));
            put(&mut places, rank_of(cell), count + 1);
        }
        let mut sum = 0;
        for place in &mut places {
            sum += std::mem::replace(place, sum);
        }
        for &cell in &order {
            let place = at(&places, rank_of(cell));
            put(&mut next, place as usize, cell);
            put(&mut places, rank_of(cell), place + 1);
        }
        std::mem::swap(&mut order, &mut next);
    }
    order
}
