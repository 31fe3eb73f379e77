//! How alike two orders are: Spearman's rho and Kendall's tau-b, both with ties.
//!
//! Sums are whole numbers; only the last division and its roots are of binary numbers. So equal orders have exactly 1,
//! and the result doesn't depend on the platform or on the order of the pairs.

use crate::value::decimal::to_real;

/// Spearman's rho: Pearson's correlation of the ranks, equal values having the mean of their ranks. `None` for fewer
/// than two pairs, and where all values of a side are equal.
pub fn spearman<T: Ord>(pairs: &[(T, T)]) -> Option<f64> {
    let a = doubled_ranks(pairs, |pair| &pair.0);
    let b = doubled_ranks(pairs, |pair| &pair.1);
    let count = whole(pairs.len())?;
    let sum = count.checked_mul(count + 1)?;
    // n·Σab − Σa·Σb, and the same of each with itself.
    let spread = |a: &[i128], b: &[i128]| {
        let products: i128 = a.iter().zip(b).try_fold(0i128, |sum, (a, b)| sum.checked_add(a.checked_mul(*b)?))?;
        count.checked_mul(products)?.checked_sub(sum.checked_mul(sum)?)
    };
    ratio(spread(&a, &b)?, spread(&a, &a)?, spread(&b, &b)?)
}

/// Kendall's tau-b, by counting the exchanges of a merge sort (Knight 1966). `None` as for [`spearman`].
pub fn kendall<T: Ord>(pairs: &[(T, T)]) -> Option<f64> {
    let mut sorted: Vec<&(T, T)> = pairs.iter().collect();
    sorted.sort_by(|x, y| (&x.0, &x.1).cmp(&(&y.0, &y.1)));
    let all = choose_two(pairs.len())?;
    let in_a = tied(&sorted, |x, y| x.0 == y.0)?;
    let in_both = tied(&sorted, |x, y| x.0 == y.0 && x.1 == y.1)?;
    let mut second: Vec<&T> = sorted.iter().map(|pair| &pair.1).collect();
    let discordant = exchanges(&mut second);
    let in_b = tied(&second, |x, y| x == y)?;
    ratio(all - in_a - in_b + in_both - 2 * discordant, all - in_a, all - in_b)
}

fn whole(count: usize) -> Option<i128> {
    i128::try_from(count).ok()
}

fn choose_two(count: usize) -> Option<i128> {
    let count = whole(count)?;
    Some(count * (count - 1) / 2)
}

/// `part / √(a·b)`; `None` unless both are above 0.
fn ratio(part: i128, a: i128, b: i128) -> Option<f64> {
    if a <= 0 || b <= 0 {
        return None;
    }
    let real = |whole| to_real(whole, 0);
    // The root of a square is taken without rounding it first.
    let below = if a == b { real(a) } else { real(a).sqrt() * real(b).sqrt() };
    Some((real(part) / below).clamp(-1.0, 1.0))
}

/// For each pair, twice the mean rank of its value on one side: a whole number.
fn doubled_ranks<T: Ord>(pairs: &[(T, T)], side: impl Fn(&(T, T)) -> &T) -> Vec<i128> {
    let mut order: Vec<(usize, &T)> = pairs.iter().map(side).enumerate().collect();
    order.sort_by(|x, y| x.1.cmp(y.1));
    let mut ranks = vec![0; pairs.len()];
    let mut before = 0;
    for equal in order.chunk_by(|x, y| x.1 == y.1) {
        // The ranks before + 1 ..= before + equal have this sum of the first and the last.
        let doubled = 2 * before + 1 + equal.len();
        for (at, _) in equal {
            if let (Some(slot), Some(doubled)) = (ranks.get_mut(*at), whole(doubled)) {
                *slot = doubled;
            }
        }
        before += equal.len();
    }
    ranks
}

/// How many pairs are equal, equal ones standing beside one another.
fn tied<T>(sorted: &[T], equal: impl Fn(&T, &T) -> bool) -> Option<i128> {
    sorted.chunk_by(equal).try_fold(0, |sum, run| Some(sum + choose_two(run.len())?))
}

/// Sorts by merging, and counts how many pairs stood in the wrong order.
fn exchanges<T: Ord>(values: &mut Vec<&T>) -> i128 {
    let mut count = 0;
    let mut width = 1;
    while width < values.len() {
        let mut merged = Vec::with_capacity(values.len());
        for chunk in values.chunks(2 * width) {
            let (left, right) = chunk.split_at(width.min(chunk.len()));
            count += merge(left, right, &mut merged);
        }
        *values = merged;
        width *= 2;
    }
    count
}

fn merge<'v, T: Ord>(left: &[&'v T], right: &[&'v T], merged: &mut Vec<&'v T>) -> i128 {
    let (mut left, mut right) = (left, right);
    let mut count = 0;
    while let ([a, rest @ ..], [b, others @ ..]) = (left, right) {
        if a <= b {
            merged.push(a);
            left = rest;
        } else {
            // All that is left on the left stands before this one, and is larger.
            count += whole(left.len()).unwrap_or(0);
            merged.push(b);
            right = others;
        }
    }
    merged.extend_from_slice(left);
    merged.extend_from_slice(right);
    count
}

#[cfg(test)]
mod tests;
