//! Shares over orders drawn by chance, where there are too many changes for all subsets.
//!
//! In each order the changes are made one after the other; what a change adds there is one draw of its share. The draws
//! of an order add up to the difference, and so do their means. Each order is followed by its reverse, which makes the
//! means more exact (antithetic draws; Castro, Gómez and Tejada 2009 for the method).

use ethnum::I256;

use super::tally::{Cell, Tally};
use super::variants::{Values, Variants};
use super::{CellShares, IndexShares, Mask, Method, Options, Tables};
use crate::eval::engine::shared::Shared;
use crate::sensitivity::random::Random;

/// The shares, or a subset that can't be run.
pub fn shares(
    variants: &Variants<'_, '_>,
    read: &Tables<'_>,
    options: Options,
) -> Result<(Method, Vec<IndexShares>), Mask> {
    let n = variants.groups.len();
    let pairs = options.orders.div_ceil(2).max(2);
    let mut random = Random::new(options.seed);
    let orders: Vec<Vec<usize>> = (0..pairs)
        .flat_map(|_| {
            let order = random.order(n);
            let reverse = order.iter().rev().copied().collect();
            [order, reverse]
        })
        .collect();
    // The order written is run for itself; it has no part in the means.
    let written: Vec<usize> = (0..n).collect();
    let mut tallies: Vec<Tally> = variants.game.indices.iter().map(|_| Tally::new(3 * n)).collect();
    let slow = variants.of_inputs();
    let mut tables = Vec::new();
    let mut sets: Vec<Mask> = Vec::new();
    for mask in orders.iter().chain([&written]).flat_map(|order| prefixes(order)) {
        if !sets.contains(&(mask & slow)) {
            sets.push(mask & slow);
            tables.push(variants.tables(mask & slow, read).ok_or(mask & slow)?);
        }
    }
    let mut shared: Vec<Shared<'_>> = tables.iter().map(|tables| Shared::new(tables)).collect();
    let steps = orders
        .iter()
        .enumerate()
        .flat_map(|(at, order)| prefixes(order).enumerate().map(move |(size, mask)| (Some(at), order, size, mask)));
    let stacked = prefixes(&written).enumerate().map(|(size, mask)| (None, &written, size, mask));
    for (at, order, size, mask) in steps.chain(stacked) {
        let place = sets.iter().position(|set| *set == mask & slow).unwrap_or(0);
        let shared = shared.get_mut(place).ok_or(mask)?;
        let values = variants.run(mask, shared).ok_or(mask)?;
        for (tally, values) in tallies.iter_mut().zip(&values) {
            take(tally, values, n, at.is_some(), order, size);
            if size == n && at.is_some_and(|at| at % 2 == 1) {
                tally.square(2 * n..3 * n);
            }
        }
    }
    let method = Method::Sampled { orders: pairs * 2, seed: options.seed };
    Ok((method, tallies.iter().map(|tally| finish(tally, n, pairs)).collect()))
}

/// The sets of the first 0, 1, … groups of an order.
fn prefixes(order: &[usize]) -> impl Iterator<Item = Mask> {
    (0..=order.len()).map(|size| order.iter().take(size).fold(0, |mask, group| mask | (1 << group)))
}

/// A value counts for the change made just before, and against the one that is made next. For each cell there are the
/// shares, what is stacked, and the draws of the pair of orders that is under way.
fn take(tally: &mut Tally, values: &Values, n: usize, drawn: bool, order: &[usize], size: usize) {
    let made = size.checked_sub(1).and_then(|last| order.get(last));
    let next = order.get(size);
    tally.take(values, |sums, value| {
        let mut count = |place: usize, value: I256| {
            let sum = sums.get_mut(place)?;
            *sum = sum.checked_add(value)?;
            Some(())
        };
        for (group, value) in made.map(|group| (*group, value)).into_iter().chain(next.map(|group| (*group, -value))) {
            if drawn {
                count(group, value)?;
                count(2 * n + group, value)?;
            } else {
                count(n + group, value)?;
            }
        }
        Some(())
    });
}

fn finish(tally: &Tally, n: usize, pairs: u32) -> IndexShares {
    let orders = I256::from(pairs) * 2;
    let unit = 10f64.powi(-i32::from(tally.places));
    let cell = |cell: &Cell| {
        if !tally.is_whole(cell) {
            return CellShares::NoValue;
        }
        let (shares, rest) = cell.sums.split_at_checked(n).unwrap_or_default();
        let stacked = rest.get(..n).unwrap_or_default();
        // The mean of an order and its reverse is one draw.
        let half = 0.5 * unit;
        let error =
            |(sum, squares): (&I256, &f64)| half_width(sum.as_f64() * half, squares * half * half, f64::from(pairs));
        CellShares::Shares {
            shares: shares.to_vec(),
            interactions: Vec::new(),
            stacked: stacked.iter().map(|sum| *sum * orders).collect(),
            errors: shares.iter().zip(&cell.squares).map(error).collect(),
        }
    };
    IndexShares {
        places: tally.places,
        denominator: orders,
        cells: tally.cells.iter().map(|(key, found)| (key.clone(), cell(found))).collect(),
    }
}

/// 1.96 standard errors of the mean of independent draws, from their sum and the sum of their squares.
fn half_width(sum: f64, squares: f64, count: f64) -> f64 {
    let variance = (squares - sum * sum / count) / (count - 1.0);
    1.96 * (variance.max(0.0) / count).sqrt()
}
