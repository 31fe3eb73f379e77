//! Shares rounded for print, so that what is printed adds up, too.

use ethnum::I256;

use super::tally::power;
use crate::value::decimal;

/// The fewest decimal places that rounded shares have.
pub const PRINTED_PLACES: u8 = 4;

/// Numbers rounded so that their sum is exact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// The numbers: units of `10^-places`.
    pub units: Vec<I256>,
    /// Decimal places.
    pub places: u8,
    /// Whether one of them isn't the nearest, for the sake of the sum.
    pub adjusted: bool,
}

/// Rounds numbers, in units of `10^-places / denominator` with a whole number of `10^-places` as their sum, to some more
/// places than the sum has. Each is rounded down or up; those with the largest remainders are rounded up, as many as the
/// sum asks for (the method of Hamilton). `None` where one is too large for exact arithmetic.
pub fn printed(numbers: &[I256], places: u8, denominator: I256) -> Option<Printed> {
    let to = printed_places(places);
    let factor = power(to - places);
    let split: Vec<(I256, I256)> =
        numbers.iter().map(|number| Some(floor(number.checked_mul(factor)?, denominator))).collect::<Option<_>>()?;
    let total = split.iter().fold(I256::ZERO, |sum, (_, rest)| sum + *rest);
    let mut order: Vec<usize> = (0..split.len()).collect();
    let rest = |at: usize| split.get(at).map_or(I256::ZERO, |(_, rest)| *rest);
    // The first of several with the same remainder goes first: the order of the changes, which is the same each time.
    order.sort_by(|&a, &b| rest(b).cmp(&rest(a)).then(a.cmp(&b)));
    let up = usize::try_from(total / denominator).ok()?;
    let mut adjusted = false;
    let mut units = vec![I256::ZERO; split.len()];
    for (rank, &at) in order.iter().enumerate() {
        let (down, rest) = split.get(at)?;
        let nearest_is_up = *rest * 2 >= denominator;
        adjusted |= nearest_is_up != (rank < up) && *rest * 2 != denominator;
        *units.get_mut(at)? = *down + if rank < up { I256::ONE } else { I256::ZERO };
    }
    Some(Printed { units, places: to, adjusted })
}

/// The places to which shares of a number with so many are rounded.
pub fn printed_places(places: u8) -> u8 {
    places.saturating_add(2).max(PRINTED_PLACES).min(decimal::MAX_PLACES.max(places))
}

/// A number, in units of `10^-places / denominator`, rounded to [`printed_places`] for itself, halves away from zero.
pub fn nearest(number: I256, places: u8, denominator: I256) -> Option<I256> {
    let (down, rest) = floor(number.abs().checked_mul(power(printed_places(places) - places))?, denominator);
    let rounded = if rest * 2 >= denominator { down + I256::ONE } else { down };
    Some(if number < I256::ZERO { -rounded } else { rounded })
}

/// The quotient rounded down, and the remainder.
fn floor(a: I256, b: I256) -> (I256, I256) {
    let (quotient, rest) = (a / b, a % b);
    if rest < I256::ZERO { (quotient - I256::ONE, rest + b) } else { (quotient, rest) }
}
