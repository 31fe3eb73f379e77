//! Reals made decimal: one definition, so that a result is rounded alike wherever it was computed.
//!
//! A real is first taken with 15 significant digits, then rounded to the places that are asked for; both times halves go
//! away from zero. So two reals that differ by a few units in their last place, as the logarithms of two libraries do,
//! give the same decimal, unless the value itself lies as near as that to where the 15 digits change.

use std::cmp::Ordering;

use ethnum::I256;

use super::decimal::{divide_rounded, narrow, power_wide};

/// How many digits of a real count.
const DIGITS: i32 = 15;

/// A real rounded to so many places; `None` for one that isn't finite, or has more than 38 digits then.
pub fn round(real: f64, places: u8) -> Option<i128> {
    if !real.is_finite() {
        return None;
    }
    let Some((digits, power)) = significant(real.abs()) else {
        return (real.abs() < 1.0).then_some(0);
    };
    let shift = power + i32::from(places);
    let units = if shift >= 0 {
        digits.checked_mul(power_wide(shift.unsigned_abs())?)?
    } else if shift < -(DIGITS + 1) {
        I256::ZERO
    } else {
        divide_rounded(digits, power_wide(shift.unsigned_abs())?)?
    };
    narrow(if real < 0.0 { -units } else { units })
}

/// The nearest real of its first 15 digits, which prints with no more of them.
pub fn fifteen(real: f64) -> f64 {
    if real == 0.0 {
        return 0.0;
    }
    let digits = significant(real.abs()).and_then(|(digits, power)| format!("{digits}e{power}").parse::<f64>().ok());
    digits.map_or(real, |size| size.copysign(real))
}

/// Fifteen digits, and the power of ten by which they count. `None` where that can't be told within 256 bits, which is
/// for what is far too large for a decimal or far too small to show in one; and for zero.
fn significant(real: f64) -> Option<(I256, i32)> {
    if !(1e-60..1e60).contains(&real) {
        return None;
    }
    let bits = real.to_bits();
    // There is no subnormal among these.
    let exponent = ((bits >> 52) & 0x7ff) as i32 - 1075;
    let mantissa = I256::from((bits & ((1u64 << 52) - 1)) | (1 << 52));
    // The power of two of the first bit, as one of ten: it is that, or one more.
    let below = ((f64::from(exponent + 52)) * std::f64::consts::LOG10_2).floor() as i32;
    let first = if reaches(mantissa, exponent, below + 1)? { below + 1 } else { below };
    let power = first + 1 - DIGITS;
    let (up, down) = scaled(mantissa, exponent, -power)?;
    Some((divide_rounded(up, down)?, power))
}

/// Whether `mantissa · 2^exponent` is at least a power of ten.
fn reaches(mantissa: I256, exponent: i32, power: i32) -> Option<bool> {
    let (up, down) = scaled(mantissa, exponent, -power)?;
    Some(up.cmp(&down) != Ordering::Less)
}

/// `mantissa · 2^exponent · 10^power` as a fraction.
fn scaled(mantissa: I256, exponent: i32, power: i32) -> Option<(I256, I256)> {
    // Twos that stand on both sides are left out, so that all stays within 256 bits.
    let (two, five) = (exponent + power, I256::new(5).checked_pow(power.unsigned_abs())?);
    let (mut up, mut down) = if power >= 0 { (mantissa.checked_mul(five)?, I256::ONE) } else { (mantissa, five) };
    let side = if two >= 0 { &mut up } else { &mut down };
    let shift = two.unsigned_abs();
    if shift >= side.leading_zeros() {
        return None;
    }
    *side <<= shift;
    Some((up, down))
}

/// The nearest real of a wide integer.
pub fn of_wide(units: I256) -> f64 {
    of_decimal(units, 0)
}

/// The nearest real of a wide decimal.
pub fn of_decimal(units: I256, places: u8) -> f64 {
    // Through the printed form: the standard library's parser rounds correctly.
    format!("{units}e-{places}").parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifteen_digits_count() {
        // The binary value lies below 2.675; its fifteen digits don't.
        assert_eq!(round(2.675, 2), Some(268));
        assert_eq!(round(-2.675, 2), Some(-268));
        assert_eq!(round(f64::from_bits(2.675f64.to_bits() + 1), 2), Some(268));
        assert_eq!(round(f64::from_bits(2.675f64.to_bits() - 3), 2), Some(268));
        assert_eq!(round(2.674_999_999_999_9, 2), Some(267));
        assert_eq!(round(0.1 + 0.2, 17), Some(30_000_000_000_000_000));
    }

    #[test]
    fn fifteen_digits_are_printed() {
        let printed = |real: f64| fifteen(real).to_string();
        assert_eq!(printed(0.1 + 0.2), "0.3");
        assert_eq!(printed(-0.338_653_712_699_514_3), "-0.338653712699514");
        assert_eq!(printed(1e21 / 3.0), "333333333333333000000");
        assert_eq!((printed(-0.0), printed(42.0)), ("0".to_owned(), "42".to_owned()));
        assert!(fifteen(f64::NAN).is_nan());
    }

    #[test]
    fn halves_go_away_from_zero() {
        assert_eq!(round(0.5, 0), Some(1));
        assert_eq!(round(-2.5, 0), Some(-3));
        assert_eq!(round(100_000_000_000_000.5, 0), Some(100_000_000_000_001));
        assert_eq!(round(999_999_999_999_999.5, 0), Some(1_000_000_000_000_000));
        assert_eq!(round(1_234_567_890_123_456.0, 0), Some(1_234_567_890_123_460));
    }

    #[test]
    fn the_large_and_the_small() {
        assert_eq!(round(1e30, 2), Some(10i128.pow(32)));
        assert_eq!(round(1e37, 0), Some(10i128.pow(37)));
        assert_eq!(round(1e38, 0), None);
        assert_eq!(round(1e300, 0), None);
        assert_eq!(round(5e-39, 38), Some(1));
        assert_eq!(round(1e-60, 38), Some(0));
        assert_eq!(round(1e-320, 5), Some(0));
        assert_eq!(round(0.0, 5), Some(0));
        assert_eq!(round(-0.0, 5), Some(0));
        assert_eq!(round(f64::NAN, 2), None);
        assert_eq!(round(f64::INFINITY, 2), None);
    }

    #[test]
    fn every_power_of_ten_comes_back() {
        for power in 0..=37u32 {
            let real: f64 = format!("1e{power}").parse().unwrap_or(0.0);
            assert_eq!(round(real, 0), Some(10i128.pow(power)), "{power}");
            let small: f64 = format!("1e-{power}").parse().unwrap_or(0.0);
            assert_eq!(round(small, 37), Some(10i128.pow(37 - power)), "-{power}");
        }
    }
}
