//! Shares over all subsets of the changes.
//!
//! The share of change i among n is the sum, over all sets S without i, of |S|! (n−|S|−1)! / n! times what i adds to S
//! (Shapley 1953). Each subset is run once: its value goes into the share of each change, with the weight of a set that
//! has it or of one that hasn't.

use std::num::NonZeroUsize;

use ethnum::I256;

use super::tally::Tally;
use super::variants::{Values, Variants};
use super::{CellShares, IndexShares, Mask, Method, Tables};
use crate::eval::engine::shared::Shared;

/// The shares, or a subset that can't be run.
pub fn shares(variants: &Variants<'_, '_>, tables: &Tables<'_>) -> Result<(Method, Vec<IndexShares>), Mask> {
    let weights = Weights::new(variants.groups.len());
    let order = variants.by_depth();
    let slow = variants.of_inputs();
    let (first, rest): (Vec<usize>, Vec<usize>) = order.into_iter().partition(|&group| slow & (1 << group) != 0);
    let mut tallies: Vec<Tally> = variants.game.indices.iter().map(|_| Tally::new(weights.width())).collect();
    for outer in 0..1u32 << first.len() {
        let base = chosen(&first, outer);
        // Where the tables can't be read, nothing that goes with them can be run.
        let tables = variants.tables(base, tables).ok_or(base)?;
        let part = |range: std::ops::Range<u32>| {
            let mut shared = Shared::new(&tables);
            let mut tallies: Vec<Tally> = variants.game.indices.iter().map(|_| Tally::new(weights.width())).collect();
            for inner in range {
                let mask = base | chosen(&rest, inner);
                let values = variants.run(mask, &mut shared).ok_or(mask)?;
                tallies.iter_mut().zip(&values).for_each(|(tally, values)| weights.take(mask, tally, values));
            }
            Ok(tallies)
        };
        for part in in_parts(1 << rest.len(), part) {
            tallies = tallies.into_iter().zip(part?).map(|(tally, more)| tally.join(more)).collect();
        }
    }
    let method = Method::Exact { subsets: 1 << variants.groups.len() };
    Ok((method, tallies.iter().map(|tally| weights.shares(tally)).collect()))
}

/// The set in which the groups are chosen by the bits of a number; the first group by the highest bit, so that counting
/// up varies it the slowest.
fn chosen(groups: &[usize], number: u32) -> Mask {
    let bit = |at: usize| number & (1 << (groups.len() - 1 - at)) != 0;
    groups.iter().enumerate().filter(|(at, _)| bit(*at)).fold(0, |mask, (_, group)| mask | (1 << group))
}

/// Runs over parts of a range on all cores. The results come in order.
fn in_parts<T: Send>(count: u32, run: impl Fn(std::ops::Range<u32>) -> Result<T, Mask> + Sync) -> Vec<Result<T, Mask>> {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let parts = u32::try_from(cores).unwrap_or(1).min(count / 8).max(1);
    let bound = |part: u32| u32::try_from(u64::from(count) * u64::from(part) / u64::from(parts)).unwrap_or(count);
    let run = &run;
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..parts).map(|part| scope.spawn(move || run(bound(part)..bound(part + 1)))).collect();
        let finish = |thread: std::thread::ScopedJoinHandle<'_, Result<T, Mask>>| match thread.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        threads.into_iter().map(finish).collect()
    })
}

/// The weights of subsets, for a number of changes. All are multiples of `1 / n!`.
struct Weights {
    changes: usize,
    factorials: Vec<I256>,
}

impl Weights {
    fn new(changes: usize) -> Self {
        let mut factorials = vec![I256::ONE];
        for n in 1..=changes {
            let last = factorials.last().copied().unwrap_or(I256::ONE);
            factorials.push(last * I256::from(n as u64));
        }
        Self { changes, factorials }
    }

    fn factorial(&self, n: usize) -> I256 {
        self.factorials.get(n).copied().unwrap_or(I256::ONE)
    }

    /// For each cell: the shares, the interactions of pairs, what is stacked.
    fn width(&self) -> usize {
        2 * self.changes + self.changes * self.changes.saturating_sub(1) / 2
    }

    fn take(&self, mask: Mask, tally: &mut Tally, values: &Values) {
        let coefficients = self.coefficients(mask);
        tally.take(values, |sums, value| {
            for (at, coefficient) in &coefficients {
                if let Some(sum) = sums.get_mut(*at) {
                    *sum = sum.checked_add(coefficient.checked_mul(value)?)?;
                }
            }
            Some(())
        });
    }

    /// What the value of a subset counts in each sum in which it counts.
    fn coefficients(&self, mask: Mask) -> Vec<(usize, I256)> {
        let n = self.changes;
        let size = mask.count_ones() as usize;
        let has = |change: usize| mask & (1 << change) != 0;
        let mut found = Vec::new();
        for change in 0..n {
            found.push((
                change,
                match has(change) {
                    true => self.factorial(size - 1) * self.factorial(n - size),
                    false => -self.factorial(size) * self.factorial(n - size - 1),
                },
            ));
        }
        // An interaction has the denominator (n-1)!; it is brought to n!.
        let pairs = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b)));
        for (place, (a, b)) in pairs.enumerate() {
            let weight = match (has(a), has(b)) {
                (true, true) => self.factorial(size - 2) * self.factorial(n - size),
                (false, false) => self.factorial(size) * self.factorial(n - size - 2),
                _ => -self.factorial(size - 1) * self.factorial(n - size - 1),
            };
            found.push((n + place, weight * I256::from(n as u64)));
        }
        // The first k changes in the order written are a subset like any other.
        let prefix = mask & (mask + 1) == 0;
        let stacked = n + n * n.saturating_sub(1) / 2;
        if prefix && size > 0 {
            found.push((stacked + size - 1, self.factorial(n)));
        }
        if prefix && size < n {
            found.push((stacked + size, -self.factorial(n)));
        }
        found
    }

    fn shares(&self, tally: &Tally) -> IndexShares {
        let n = self.changes;
        let cell = |cell: &super::tally::Cell| {
            if !tally.is_whole(cell) {
                return CellShares::NoValue;
            }
            let (shares, rest) = cell.sums.split_at_checked(n).unwrap_or_default();
            let (interactions, stacked) = rest.split_at_checked(rest.len().saturating_sub(n)).unwrap_or_default();
            CellShares::Shares {
                shares: shares.to_vec(),
                interactions: interactions.to_vec(),
                stacked: stacked.to_vec(),
                errors: Vec::new(),
            }
        };
        IndexShares {
            places: tally.places,
            denominator: self.factorial(n),
            cells: tally.cells.iter().map(|(key, found)| (key.clone(), cell(found))).collect(),
        }
    }
}
