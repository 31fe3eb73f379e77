//! How much of the variance of a number comes from which input.
//!
//! Input: the number in each run of a [`super::design::Design`]. Output: first-order indices by the estimator of Saltelli
//! and others (2010, table 2, b), total ones by that of Jansen (1999; table 2, f), each with an interval of confidence: 1.96
//! standard deviations of what comes out of rows that are drawn again (a bootstrap; Archer, Saltelli and Sobol 1997).

use super::random::Random;

/// A number found from draws, and how far it may be off.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Found {
    /// The number.
    pub value: f64,
    /// Half the width of its 95 % interval of confidence.
    pub half: f64,
}

/// The part of an input in the variance.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Share {
    /// What it does alone.
    pub first: Found,
    /// What it does alone and together with others.
    pub total: Found,
}

/// What there is to know of a number over all runs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Variance {
    /// The rows in which it could be had in all runs: the others are left out.
    pub rows: usize,
    /// Its mean over the draws of all inputs at once.
    pub mean: f64,
    /// Its standard deviation over these.
    pub deviation: f64,
    /// The inputs' parts; empty where it doesn't vary.
    pub shares: Vec<Share>,
}

/// How often rows are drawn again.
pub const RESAMPLES: usize = 200;

/// Divides the variance of a number, of which there is a value for each run in the order of the design, or none.
pub fn divide(runs: &[Option<f64>], inputs: usize, seed: u64) -> Variance {
    let rows: Vec<Vec<f64>> =
        runs.chunks_exact(inputs + 2).filter_map(|row| row.iter().copied().collect::<Option<Vec<f64>>>()).collect();
    let ends = || rows.iter().flat_map(|row| row.first().into_iter().chain(row.last()).copied());
    let mean = mean(ends());
    let deviation = libm::sqrt(self::mean(ends().map(|value| (value - mean) * (value - mean))));
    let varies = rows.iter().flatten().any(|value| rows.first().and_then(|row| row.first()) != Some(value));
    if !varies || deviation <= 0.0 {
        return Variance { rows: rows.len(), mean, deviation, shares: Vec::new() };
    }
    // The estimator of the first order is biased where the number isn't about 0.
    let all = self::mean(rows.iter().flatten().copied());
    let centred: Vec<f64> = rows.iter().flatten().map(|value| value - all).collect();
    let table = Table { inputs, centred };
    let every: Vec<usize> = (0..rows.len()).collect();
    let value = table.shares(&every);
    let mut random = Random::new(seed);
    let again = |_| (0..rows.len()).map(|_| random.below(rows.len())).collect::<Vec<usize>>();
    let drawn: Vec<Vec<(f64, f64)>> = (0..RESAMPLES).map(again).map(|chosen| table.shares(&chosen)).collect();
    let half = |input: usize, part: fn(&(f64, f64)) -> f64| {
        let found: Vec<f64> = drawn.iter().filter_map(|shares| shares.get(input).map(part)).collect();
        let mean = self::mean(found.iter().copied());
        let squares: f64 = found.iter().map(|value| (value - mean) * (value - mean)).sum();
        1.96 * libm::sqrt(squares / (found.len().max(2) - 1) as f64)
    };
    let share = |(at, (first, total)): (usize, &(f64, f64))| Share {
        first: Found { value: *first, half: half(at, |pair| pair.0) },
        total: Found { value: *total, half: half(at, |pair| pair.1) },
    };
    Variance { rows: rows.len(), mean, deviation, shares: value.iter().enumerate().map(share).collect() }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (count, sum) = values.fold((0usize, 0.0), |(count, sum), value| (count + 1, sum + value));
    sum / count.max(1) as f64
}

/// The number in each run, its mean taken off.
struct Table {
    inputs: usize,
    centred: Vec<f64>,
}

impl Table {
    /// First-order and total index of each input, from these rows.
    fn shares(&self, rows: &[usize]) -> Vec<(f64, f64)> {
        let width = self.inputs + 2;
        let (mut sums, mut sum, mut squares) = (vec![(0.0, 0.0); self.inputs], 0.0, 0.0);
        for row in rows.iter().filter_map(|row| self.centred.get(row * width..(row + 1) * width)) {
            let (Some(a), Some(b)) = (row.first(), row.last()) else { continue };
            sum += a + b;
            squares += a * a + b * b;
            for ((first, total), mixed) in sums.iter_mut().zip(row.iter().skip(1)) {
                *first += b * (mixed - a);
                *total += (a - mixed) * (a - mixed);
            }
        }
        let count = rows.len().max(1) as f64;
        let mean = sum / (2.0 * count);
        let variance = squares / (2.0 * count) - mean * mean;
        let part = |sum: f64| if variance > 0.0 { sum / count / variance } else { 0.0 };
        sums.into_iter().map(|(first, total)| (part(first), part(total) / 2.0)).collect()
    }
}
