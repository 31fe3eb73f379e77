//! Decimals wide enough for the difference of any two: 38 digits brought to 38 more places fit 256 bits.

use ethnum::I256;

/// `10^places`; `None` from 77 places on.
fn power(places: u8) -> Option<I256> {
    I256::new(10).checked_pow(u32::from(places))
}

/// A decimal with more places than it has; the same one where `to` isn't more than `from`.
pub fn widen(units: i128, from: u8, to: u8) -> I256 {
    // 38 digits and 38 places are at most 76 digits, so that nothing is lost.
    I256::from(units) * power(to.saturating_sub(from).min(38)).unwrap_or(I256::ONE)
}

/// A decimal with fewer places, those left out cut off.
pub fn cut(units: I256, from: u8, to: u8) -> I256 {
    power(from.saturating_sub(to)).map_or(I256::ZERO, |factor| units / factor)
}

/// A decimal with fewer places, rounded to the nearest, halves away from zero.
pub fn round(units: I256, from: u8, to: u8) -> I256 {
    let Some(factor) = power(from.saturating_sub(to)) else { return I256::ZERO };
    let rest = units % factor;
    let away = rest.abs() >= factor - rest.abs();
    let step = if units < I256::ZERO { -I256::ONE } else { I256::ONE };
    units / factor + if away { step } else { I256::ZERO }
}

/// The value in digits, without zeros at its end.
pub fn format(units: I256, places: u8) -> String {
    let width = usize::from(places) + 1;
    let digits = format!("{:0>width$}", units.unsigned_abs().to_string());
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(places));
    let fraction = fraction.trim_end_matches('0');
    let sign = if units < I256::ZERO { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::decimal::MAX_UNITS;

    #[test]
    fn halves_go_away_from_zero() {
        let round = |units: i128| round(I256::new(units), 2, 1);
        assert_eq!([round(125), round(-125), round(124), round(-126)].map(|units| units.as_i128()), [13, -13, 12, -13]);
    }

    #[test]
    fn the_widest_difference_is_exact() {
        let (a, b) = (widen(MAX_UNITS, 0, 38), widen(-MAX_UNITS, 38, 38));
        let nines = "9".repeat(38);
        assert_eq!(format(a, 38), nines);
        assert_eq!(format(b - a, 38), format!("-{nines}.{nines}"));
        assert_eq!(format(a + a, 38), format!("1{}8", "9".repeat(37)));
    }

    #[test]
    fn zeros_are_left_out_at_the_end_alone() {
        assert_eq!(format(I256::new(-50), 3), "-0.05");
        assert_eq!(format(I256::new(1200), 2), "12");
        assert_eq!(format(I256::ZERO, 4), "0");
        assert_eq!(cut(I256::new(-1299), 3, 1), I256::new(-12));
    }
}
