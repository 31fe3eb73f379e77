//! Ranks: 1 is the best value, equal values share the smallest rank (1, 2, 2, 4).

use super::{Held, Row};
use crate::plan::Best;

/// Sets the ranks of one scheme among all cells that have a number in it and the same values in the dimensions
/// `within`.
pub fn set(rows: &mut [Row], scheme: usize, within: &[usize], best: Best) {
    let mut order: Vec<(usize, ethnum::I256)> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        if let Some(Held::Number(units)) = row.held.get(scheme) {
            order.push((at, *units));
        }
    }
    let group = |at: usize| rows.get(at).map(|row| within.iter().map(|&dim| row.key.get(dim)).collect::<Vec<_>>());
    // By value, then, stably, by group: each group comes with its best value first.
    order.sort_by(|a, b| best.first(a.1.cmp(&b.1)));
    if !within.is_empty() {
        order.sort_by_cached_key(|&(at, _)| group(at));
    }
    let mut ranked: Vec<(usize, u64)> = Vec::with_capacity(order.len());
    let (mut place, mut rank) = (0, 0);
    let mut before: Option<&(usize, ethnum::I256)> = None;
    for cell in &order {
        if before.is_none_or(|before| group(before.0) != group(cell.0)) {
            (place, before) = (0, None);
        }
        place += 1;
        if before.is_none_or(|before| before.1 != cell.1) {
            rank = place;
        }
        ranked.push((cell.0, rank));
        before = Some(cell);
    }
    for (at, rank) in ranked {
        if let Some(slot) = rows.get_mut(at).and_then(|row| row.ranks.get_mut(scheme)) {
            *slot = Some(rank);
        }
    }
}
