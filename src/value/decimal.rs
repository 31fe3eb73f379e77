//! Exact decimals: a whole number and a count of decimal places that the type states.
//!
//! A decimal of the type `number(N)` with the value `x` is stored as the integer `x · 10^N`. No operation rounds
//! unless its name says so; each returns `None` where the result has more than 38 digits.

use ethnum::I256;

/// The most digits that a decimal has.
pub const MAX_DIGITS: u32 = 38;
/// The most decimal places that a type can state.
pub const MAX_PLACES: u8 = 38;
/// The places of a quotient that doesn't come out even, and of a mean.
pub const QUOTIENT_PLACES: u8 = 15;
/// The largest magnitude of a decimal: thirty-eight nines.
pub const MAX_UNITS: i128 = 99_999_999_999_999_999_999_999_999_999_999_999_999;

/// `10^places`, for up to 38 places.
pub fn power_of_ten(places: u8) -> Option<i128> {
    10i128.checked_pow(u32::from(places))
}

/// The value, if it has at most 38 digits.
pub fn fits(units: i128) -> Option<i128> {
    (-MAX_UNITS..=MAX_UNITS).contains(&units).then_some(units)
}

/// A wide integer as a decimal, if it has at most 38 digits.
pub fn narrow(wide: I256) -> Option<i128> {
    i128::try_from(wide).ok().and_then(fits)
}

/// The same value with more places; `None` when `to < from` or it doesn't fit.
pub fn widen(units: i128, from: u8, to: u8) -> Option<i128> {
    let factor = power_of_ten(to.checked_sub(from)?)?;
    units.checked_mul(factor).and_then(fits)
}

/// The sum of two decimals of the same places.
pub fn add(a: i128, b: i128) -> Option<i128> {
    a.checked_add(b).and_then(fits)
}

/// The difference of two decimals of the same places.
pub fn subtract(a: i128, b: i128) -> Option<i128> {
    a.checked_sub(b).and_then(fits)
}

/// The product; its places are the sum of the factors' places.
pub fn multiply(a: i128, b: i128) -> Option<i128> {
    a.checked_mul(b).and_then(fits)
}

/// `numerator / denominator` to the nearest integer, halves away from zero. `None` for a zero denominator.
pub(super) fn divide_rounded(numerator: I256, denominator: I256) -> Option<I256> {
    if denominator == I256::ZERO {
        return None;
    }
    let quotient = numerator / denominator;
    let rest = numerator % denominator;
    let away = rest.unsigned_abs() * 2 >= denominator.unsigned_abs();
    if rest == I256::ZERO || !away {
        return Some(quotient);
    }
    let negative = (numerator < I256::ZERO) != (denominator < I256::ZERO);
    Some(if negative { quotient - I256::ONE } else { quotient + I256::ONE })
}

/// The quotient with `places` places, rounded half away from zero.
///
/// `a` has `a_places`, `b` has `b_places`. `None` when `b` is zero or the result has more than 38 digits.
pub fn divide(a: i128, a_places: u8, b: i128, b_places: u8, places: u8) -> Option<i128> {
    // a/10^pa ÷ b/10^pb · 10^p = a · 10^(p + pb) ÷ (b · 10^pa)
    let up = power_wide(u32::from(places) + u32::from(b_places))?;
    let down = power_wide(u32::from(a_places))?;
    let numerator = I256::from(a).checked_mul(up)?;
    let denominator = I256::from(b).checked_mul(down)?;
    divide_rounded(numerator, denominator).and_then(narrow)
}

pub(super) fn power_wide(places: u32) -> Option<I256> {
    I256::new(10).checked_pow(places)
}

/// A wide sum divided by a count, to 15 places, rounded half away from zero: the mean.
///
/// `sum` has `places` places. `None` when the count is zero or the mean has more than 38 digits.
pub fn mean(sum: I256, places: u8, count: u64) -> Option<i128> {
    mean_wide(sum, places, count).and_then(narrow)
}

/// The quotient of two wide integers of so many places each, with `places` places, rounded half away from zero.
///
/// `None` when the divisor is zero, the result has more than 38 digits, or it can't be told within 256 bits.
pub fn ratio(a: I256, a_places: u32, b: I256, b_places: u32, places: u8) -> Option<i128> {
    // a/10^pa ÷ b/10^pb · 10^p = a · 10^(p + pb - pa) ÷ b
    let shift = i64::from(places) + i64::from(b_places) - i64::from(a_places);
    let factor = power_wide(u32::try_from(shift.unsigned_abs()).ok()?)?;
    let (up, down) = if shift >= 0 { (a.checked_mul(factor)?, b) } else { (a, b.checked_mul(factor)?) };
    divide_rounded(up, down).and_then(narrow)
}

/// [`mean`], of however many digits.
pub fn mean_wide(sum: I256, places: u8, count: u64) -> Option<I256> {
    let denominator = I256::from(count);
    if places <= QUOTIENT_PLACES {
        let up = power_wide(u32::from(QUOTIENT_PLACES - places))?;
        divide_rounded(sum.checked_mul(up)?, denominator)
    } else {
        let down = power_wide(u32::from(places - QUOTIENT_PLACES))?;
        divide_rounded(sum, denominator.checked_mul(down)?)
    }
}

/// The value with `to` places, rounded half away from zero where places are lost.
pub fn round(units: i128, from: u8, to: u8) -> Option<i128> {
    if to >= from {
        return widen(units, from, to);
    }
    let factor = power_of_ten(from - to)?;
    let (quotient, rest) = (units / factor, units % factor);
    // `rest >= factor - rest` is `2·rest >= factor` without leaving the 128 bits.
    let away = rest.unsigned_abs() >= factor.unsigned_abs() - rest.unsigned_abs();
    Some(match (away, units < 0) {
        (false, _) => quotient,
        (true, false) => quotient + 1,
        (true, true) => quotient - 1,
    })
}

/// A real rounded to a decimal, halves away from zero; `None` for a value that isn't finite or doesn't fit.
///
/// The real's own binary value is what is rounded: it is taken apart exactly, never through a printed form.
pub fn from_real(real: f64, places: u8) -> Option<i128> {
    if !real.is_finite() {
        return None;
    }
    let bits = real.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32;
    let fraction = bits & ((1u64 << 52) - 1);
    let (mantissa, power) = if exponent == 0 { (fraction, -1074) } else { (fraction | (1 << 52), exponent - 1075) };
    let scaled = I256::from(mantissa).checked_mul(power_wide(u32::from(places))?)?;
    let size = if power >= 0 {
        let room = 255 - (256 - scaled.leading_zeros());
        if power as u32 >= room {
            return None;
        }
        scaled << (power as u32)
    } else if power <= -254 {
        I256::ZERO
    } else {
        divide_rounded(scaled, I256::ONE << (power.unsigned_abs()))?
    };
    narrow(if real < 0.0 { -size } else { size })
}

/// The nearest real.
pub fn to_real(units: i128, places: u8) -> f64 {
    // Through the printed form: the standard library's parser rounds correctly, a division of two roundings doesn't.
    format(units, places).parse().unwrap_or(f64::NAN)
}

/// How far one number lies above another of the same places: the real nearest to their exact difference.
pub fn distance(units: i128, from: i128, places: u8) -> f64 {
    match units.checked_sub(from) {
        Some(distance) => to_real(distance, places),
        None => to_real(units, places) - to_real(from, places),
    }
}

/// The value in digits, without trailing zeros: `-12.5`, `0.07`, `3`.
pub fn format(units: i128, places: u8) -> String {
    let mut text = String::new();
    format_into(units, places, &mut text);
    text
}

/// The same, behind a text.
pub fn format_into(units: i128, places: u8, text: &mut String) {
    // From the last digit to the first one, with the zeros before it that the places ask for.
    let mut digits = ['0'; MAX_DIGITS as usize + 2];
    let mut count = 0;
    let mut rest = units.unsigned_abs();
    let mut push = |digit: u8| {
        if let Some(slot) = digits.get_mut(count) {
            *slot = char::from(b'0' + digit);
        }
        count += 1;
    };
    while u64::try_from(rest).is_err() {
        push((rest % 10) as u8);
        rest /= 10;
    }
    let mut low = rest as u64;
    while low > 0 {
        push((low % 10) as u8);
        low /= 10;
    }
    let places = usize::from(places);
    let digit = |at: usize| digits.get(at).copied().unwrap_or('0');
    if units < 0 {
        text.push('-');
    }
    (places..count.max(places + 1)).rev().for_each(|at| text.push(digit(at)));
    let zeros = (0..places).take_while(|&at| digit(at) == '0').count();
    if zeros < places {
        text.push('.');
        (zeros..places).rev().for_each(|at| text.push(digit(at)));
    }
}

/// Why a text is not a plain decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotDecimal {
    /// Something else than digits, one sign and one point.
    Shape,
    /// More decimal places than allowed; holds how many there are.
    Places(u8),
    /// More digits than allowed.
    Digits,
}

/// Reads a plain decimal: an optional sign, digits, and optionally a point and digits. Nothing else is taken.
///
/// Returns the value with exactly `places` places. Zeros behind the last allowed place count as places too, as they do
/// in print. At most `max_digits` digits may be written, leading zeros aside.
pub fn parse(text: &str, places: u8, max_digits: u32) -> Result<i128, NotDecimal> {
    let (negative, body) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let point = memchr::memchr(b'.', body);
    let (whole, fraction) = match point {
        Some(at) => (body.get(..at).unwrap_or(&[]), body.get(at + 1..).unwrap_or(&[])),
        None => (body, &[][..]),
    };
    let all_digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    if whole.is_empty() || (point.is_some() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
        return Err(NotDecimal::Shape);
    }
    if fraction.len() > usize::from(places) {
        return Err(NotDecimal::Places(u8::try_from(fraction.len()).unwrap_or(u8::MAX)));
    }
    let mut units: i128 = 0;
    for digit in whole.iter().chain(fraction) {
        units =
            units.checked_mul(10).and_then(|u| u.checked_add(i128::from(digit - b'0'))).ok_or(NotDecimal::Digits)?;
    }
    let limit = 10i128.checked_pow(max_digits).map_or(MAX_UNITS, |limit| limit - 1);
    if units > limit {
        return Err(NotDecimal::Digits);
    }
    let missing = places - u8::try_from(fraction.len()).unwrap_or(places);
    let units = widen(units, 0, missing).ok_or(NotDecimal::Digits)?;
    Ok(if negative { -units } else { units })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_plain_decimals_only() {
        assert_eq!(parse("-12.50", 3, 18), Ok(-12_500));
        assert_eq!(parse("+7", 0, 18), Ok(7));
        for bad in ["", "-", ".5", "5.", "1_000", "1,5", "1e3", "nan", " 1", "١"] {
            assert_eq!(parse(bad, 2, 18), Err(NotDecimal::Shape), "{bad}");
        }
        assert_eq!(parse("1.234", 2, 18), Err(NotDecimal::Places(3)));
        assert_eq!(parse("1234567890123456789", 0, 18), Err(NotDecimal::Digits));
        assert_eq!(parse("0000000000000000000000001", 0, 18), Ok(1));
    }

    #[test]
    fn rounds_half_away_from_zero() {
        assert_eq!(round(125, 2, 1), Some(13));
        assert_eq!(round(-125, 2, 1), Some(-13));
        assert_eq!(round(124, 2, 1), Some(12));
        assert_eq!(divide(1, 0, 8, 0, 2), Some(13));
        assert_eq!(divide(-1, 0, 3, 0, 15), Some(-333_333_333_333_333));
        assert_eq!(divide(1, 0, 0, 0, 15), None);
        assert_eq!(mean(I256::from(2), 0, 3), Some(666_666_666_666_667));
    }

    #[test]
    fn reals_are_rounded_from_their_own_value() {
        assert_eq!(from_real(0.5, 0), Some(1));
        assert_eq!(from_real(-2.5, 0), Some(-3));
        assert_eq!(from_real(2.675, 2), Some(267)); // the binary value lies below 2.675
        assert_eq!(from_real(1e30, 2), Some(10i128.pow(32).wrapping_add(1_988_462_483_865_600)));
        assert_eq!(from_real(f64::NAN, 2), None);
        assert_eq!(from_real(1e40, 0), None);
        assert_eq!(from_real(1e-320, 5), Some(0));
        assert_eq!(to_real(25, 1).to_bits(), 2.5f64.to_bits());
    }

    #[test]
    fn prints_without_trailing_zeros() {
        assert_eq!(format(250, 2), "2.5");
        assert_eq!(format(-7, 2), "-0.07");
        assert_eq!(format(300, 2), "3");
        assert_eq!(format(0, 5), "0");
    }
}
