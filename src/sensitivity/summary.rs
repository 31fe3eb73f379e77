//! Quantiles, ranks and orders of what many runs give.

use std::cmp::Ordering;

/// The quantile of values that ascend, between the two nearest: type 7 of Hyndman and Fan (1996). `None` of no values.
pub fn quantile(ascending: &[f64], part: f64) -> Option<f64> {
    let place = part.clamp(0.0, 1.0) * ascending.len().checked_sub(1)? as f64;
    let below = libm::floor(place);
    let low = *ascending.get(below as usize)?;
    let high = ascending.get(below as usize + 1).copied().unwrap_or(low);
    Some(if high == low { low } else { low + (place - below) * (high - low) })
}

/// The 5 % quantile, the middle, and the 95 % quantile of some values.
pub fn interval(mut values: Vec<f64>) -> Option<[f64; 3]> {
    values.sort_by(f64::total_cmp);
    Some([quantile(&values, 0.05)?, quantile(&values, 0.5)?, quantile(&values, 0.95)?])
}

/// The rank of each value that there is, the highest first or the lowest; equal values have the rank of the first of them.
pub fn ranks<T: Ord>(values: &[Option<T>], lowest_first: bool) -> Vec<Option<u32>> {
    let mut order: Vec<(usize, &T)> =
        values.iter().enumerate().filter_map(|(at, value)| Some((at, value.as_ref()?))).collect();
    order.sort_by(|(_, a), (_, b)| if lowest_first { a.cmp(b) } else { b.cmp(a) });
    let mut ranks = vec![None; values.len()];
    let (mut rank, mut last) = (0, None);
    for (place, (at, value)) in order.into_iter().enumerate() {
        if last != Some(value) {
            rank = u32::try_from(place + 1).unwrap_or(u32::MAX);
            last = Some(value);
        }
        if let Some(slot) = ranks.get_mut(at) {
            *slot = Some(rank);
        }
    }
    ranks
}

/// The mean of how many places each of some is off; of those that have a rank in both. `None` where none has.
pub fn mean_shift(from: &[Option<u32>], to: &[Option<u32>]) -> Option<f64> {
    let shifts = from.iter().zip(to).filter_map(|(a, b)| Some(f64::from((*a)?.abs_diff((*b)?))));
    let (count, sum) = shifts.fold((0u32, 0.0), |(count, sum), shift| (count + 1, sum + shift));
    (count > 0).then(|| sum / f64::from(count))
}

/// In how many runs the first of two values is larger than the second, equal to it, and smaller; of those in which both
/// are there.
pub fn order<'v>(pairs: impl Iterator<Item = (&'v Option<f64>, &'v Option<f64>)>) -> [u64; 3] {
    let mut counts = [0; 3];
    for (a, b) in pairs.filter_map(|(a, b)| Some(((*a)?, (*b)?))) {
        let [larger, equal, smaller] = &mut counts;
        match a.total_cmp(&b) {
            Ordering::Greater => *larger += 1,
            Ordering::Equal => *equal += 1,
            Ordering::Less => *smaller += 1,
        }
    }
    counts
}
