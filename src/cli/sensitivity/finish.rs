//! What all runs together say: intervals of values and ranks, the top, and how sure the order of two cells is.

use crate::report::sensitivity::{CellInterval, IndexSensitivity, Interval, PairOrder};
use crate::sensitivity::summary::{interval, order};
use crate::value::Value;

use super::gather::{CellRuns, IndexRuns};

/// So many comparisons of two cells are made at most; where there are more, no pairs are told.
const MOST_COMPARISONS: usize = 1_000_000_000;

/// What the runs say of an index; its targets are added elsewhere.
pub fn index(runs: &IndexRuns, top: u32) -> IndexSensitivity {
    let ordered = runs.has_order();
    let within = runs.within.iter().filter_map(|&at| runs.dims.get(at)).map(|dim| dim.name.to_string());
    // A decimal of which nothing is known but its interval needs a few places more.
    let places = runs.places.map_or(4, |places| places.clamp(2, 6));
    IndexSensitivity {
        name: runs.name.clone(),
        title: runs.title.clone(),
        dims: runs.dims.iter().map(|dim| dim.name.to_string()).collect(),
        within: within.collect(),
        best: runs.best,
        places,
        top,
        cells: runs.cells.iter().map(|(key, cell)| self::cell(runs, key, cell, (ordered, top))).collect(),
        pairs: if ordered { pairs(runs) } else { Vec::new() },
        targets: Vec::new(),
    }
}

fn cell(runs: &IndexRuns, key: &[Value], cell: &CellRuns, (ordered, top): (bool, u32)) -> CellInterval {
    let values: Vec<f64> = cell.values.iter().copied().flatten().collect();
    let ranks: Vec<f64> = cell.ranks.iter().filter(|rank| **rank > 0).map(|rank| f64::from(*rank)).collect();
    let (count, all) = (values.len() as f64, cell.values.len().max(1) as f64);
    let in_top = ranks.iter().filter(|rank| **rank <= f64::from(top)).count() as f64;
    let three = |[low, median, high]: [f64; 3]| Interval { low, median, high };
    CellInterval {
        key: runs.shown(key),
        stands: cell.stands.map(|(value, _)| value),
        stands_rank: cell.stands.map(|(_, rank)| rank).filter(|_| ordered),
        share: count / all,
        value: interval(values).map(three).unwrap_or_default(),
        rank: if ordered { interval(ranks).map(three) } else { None },
        top: (ordered && count > 0.0).then(|| in_top / count),
    }
}

/// The order of each two cells that are ranked together.
fn pairs(runs: &IndexRuns) -> Vec<PairOrder> {
    let cells: Vec<(Vec<Value>, &CellRuns)> = runs.cells.iter().map(|(key, cell)| (runs.order_of(key), cell)).collect();
    let mut together: std::collections::BTreeMap<&[Value], Vec<usize>> = std::collections::BTreeMap::new();
    for (at, (order, _)) in cells.iter().enumerate() {
        together.entry(order).or_default().push(at);
    }
    let count: usize = together.values().map(|group| group.len() * group.len() / 2).sum();
    if count.saturating_mul(runs.shifts.len()) > MOST_COMPARISONS {
        return Vec::new();
    }
    let mut found = Vec::new();
    for group in together.values() {
        for (place, &a) in group.iter().enumerate() {
            for &b in group.iter().skip(place + 1) {
                let (Some((_, first)), Some((_, second))) = (cells.get(a), cells.get(b)) else { continue };
                let [larger, equal, smaller] = order(first.values.iter().zip(&second.values));
                let all = (larger + equal + smaller) as f64;
                let [ahead, behind] = if runs.best.is_lowest() { [smaller, larger] } else { [larger, smaller] };
                if all > 0.0 {
                    let (above, below, ahead) = if behind > ahead { (b, a, behind) } else { (a, b, ahead) };
                    found.push(PairOrder { above, below, larger: ahead as f64 / all, equal: equal as f64 / all });
                }
            }
        }
    }
    found
}
