//! Kernels over several cells: what both evaluators compute of reals must have the same digits.

use ethnum::I256;

use super::Fault;
use super::kernel::finite;
use crate::value::{Value, real};

/// The geometric mean of reals, of which there is at least one: `exp(Σ ln xᵢ / n)`, or `exp(Σ wᵢ · ln xᵢ / Σ wᵢ)` with
/// weights above 0, whose sum is given. The sum depends on the order. 0 if one is 0; none may be negative.
pub fn geometric(reals: &[f64], weights: Option<(&[f64], f64)>) -> Result<f64, Fault> {
    if reals.iter().any(|real| *real < 0.0) {
        return Err(Fault::NotFinite);
    }
    if reals.contains(&0.0) {
        return Ok(0.0);
    }
    let logarithms = reals.iter().map(|real| libm::log(*real));
    let mean = match weights {
        None => logarithms.sum::<f64>() / reals.len() as f64,
        Some((weights, sum)) => weights.iter().zip(logarithms).map(|(weight, ln)| weight * ln).sum::<f64>() / sum,
    };
    finite(libm::exp(mean))
}

/// The skewness and the excess kurtosis of reals, as samples have them (`G1` and `G2` in Joanes and Gill 1998); `None`
/// where there are fewer than four, or all are equal. The sums depend on the order, in their last digits.
pub fn shape(reals: &[f64]) -> Option<(f64, f64)> {
    let n = reals.len() as f64;
    let mean = reals.iter().sum::<f64>() / n;
    let (mut second, mut third, mut fourth) = (0.0, 0.0, 0.0);
    for real in reals {
        let away = real - mean;
        let square = away * away;
        second += square;
        third += square * away;
        fourth += square * square;
    }
    let (second, third, fourth) = (second / n, third / n, fourth / n);
    let all_equal = reals.first().is_none_or(|first| reals.iter().all(|real| real.total_cmp(first).is_eq()));
    if reals.len() < 4 || all_equal {
        return None;
    }
    let skewness = third / (second * libm::sqrt(second)) * libm::sqrt(n * (n - 1.0)) / (n - 2.0);
    let kurtosis = ((n + 1.0) * (fourth / (second * second) - 3.0) + 6.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0));
    Some((skewness, kurtosis))
}

/// By how much a skewness or kurtosis has to exceed a limit: what differs by less is equal to it, so that the order of
/// sums doesn't decide, nor the engine that makes them.
pub const BEYOND: f64 = 5e-10;

/// `2^(−age / half-life)`: what is left of something after so many periods.
pub fn decayed(age: i128, half_life: f64) -> f64 {
    libm::pow(2.0, -(age as f64) / half_life)
}

/// How many standard deviations a value lies from the mean of `n` numbers, by their sum and that of their squares, all
/// in the same units; missing where all are equal.
pub fn z_score(x: i128, n: u64, sum: I256, squares: I256) -> Result<Value, Fault> {
    let count = I256::from(n);
    let exact = || {
        let distance = count.checked_mul(I256::from(x))?.checked_sub(sum)?;
        let spread = count.checked_mul(squares)?.checked_sub(sum.checked_mul(sum)?)?;
        Some((distance, spread))
    };
    let (distance, spread) = exact().ok_or(Fault::Overflow)?;
    if spread <= I256::ZERO {
        return Ok(Value::Missing);
    }
    let n = n as f64;
    finite(real::of_wide(distance) / libm::sqrt(real::of_wide(spread)) * libm::sqrt((n - 1.0) / n)).map(Value::Real)
}
