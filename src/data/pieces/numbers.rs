//! Reads plain decimals straight to integers, eight digits at a time; others are parsed.

use super::batch::{Lane, Take, text_at};
use super::words::{Span, sixteen};
use crate::data::parse::quick::PlainNumber;
use crate::data::parse::{Cell, FieldParser};
use crate::value::piece::Unfit;

/// The number of a missing value until it is settled: no number has as many digits.
pub const NO_NUMBER: i64 = i64::MIN;

/// A column of numbers that grows.
#[derive(Debug)]
pub struct TakeNumbers<'a, 's> {
    /// How plain numbers are read; `None` where each must be parsed.
    pub plain: Option<&'a PlainNumber>,
    /// The judge of all others.
    pub parser: &'a mut FieldParser<'s>,
    /// In units of the last place, one for each field.
    pub numbers: &'a mut [i64],
}

/// The digit zero eight times.
const ZEROS: u64 = 0x3030_3030_3030_3030;

/// The number of eight digits, the first in the lowest byte; `None` if any isn't one.
#[inline(always)]
fn eight_digits(word: u64) -> Option<u64> {
    let digits = word ^ ZEROS;
    // A digit has nothing in its upper half, not even when six is added to it.
    if (digits | digits.wrapping_add(0x0606_0606_0606_0606)) & 0xf0f0_f0f0_f0f0_f0f0 != 0 {
        return None;
    }
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
    Some(fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xffff_ffff)
}

/// The first bytes of a word, from one to eight, with zeros before them.
#[inline(always)]
fn aligned(word: u64, length: u32) -> u64 {
    let unused = 8 * (8 - length % 9);
    word.checked_shl(unused).unwrap_or(0) | ZEROS.checked_shr(64 - unused).unwrap_or(0)
}

/// The number of one to sixteen digits at a place of a padded text.
#[inline(always)]
fn digits(text: &[u8], start: u32, length: u32) -> Option<u64> {
    let [low, high] = sixteen(text, start)?;
    if length.wrapping_sub(1) < 8 {
        eight_digits(aligned(low, length))
    } else if length.wrapping_sub(9) < 8 {
        let (before, behind) = (eight_digits(low)?, eight_digits(aligned(high, length - 8))?);
        Some(before * SCALE.get(length as usize - 8)?.cast_unsigned() + behind)
    } else {
        None
    }
}

/// The units of a plain number, if it is one.
#[inline(always)]
fn plain(number: &PlainNumber, scale: &[i64; 19], text: &[u8], (start, end): Span) -> Option<i64> {
    let negative = text.get(start as usize) == Some(&b'-');
    let start = start + u32::from(negative);
    let length = end.checked_sub(start)?;
    let whole = |digits: u64, missing: u8| i64::try_from(digits).ok()?.checked_mul(*scale.get(usize::from(missing))?);
    let units = match digits(text, start, length) {
        Some(found) => whole(found, number.places)?,
        None if number.places > 0 && length <= 16 => {
            let point = u32::try_from(memchr::memchr(b'.', text.get(start as usize..end as usize)?)?).ok()?;
            let behind = length - point - 1;
            let missing = number.places.checked_sub(u8::try_from(behind).ok()?)?;
            let (before, behind) = (digits(text, start, point)?, digits(text, start + point + 1, behind)?);
            whole(before, number.places)?.checked_add(whole(behind, missing)?)?
        }
        None => return None,
    };
    Some(if negative { -units } else { units })
}

/// The powers of ten.
const SCALE: [i64; 19] = {
    let mut powers = [1i64; 19];
    let mut at = 1;
    while at < powers.len() {
        #[expect(clippy::indexing_slicing, reason = "this is run by the compiler")]
        {
            powers[at] = powers[at - 1] * 10;
        }
        at += 1;
    }
    powers
};

impl Take for TakeNumbers<'_, '_> {
    fn take(&mut self, text: &[u8], fields: impl Lane) -> Result<(), Unfit> {
        for (slot, span) in self.numbers.iter_mut().zip(fields.from(0)) {
            let quick = self.plain.and_then(|number| {
                let units = plain(number, &SCALE, text, span)?;
                Some(if number.missing.contains(&units) { None } else { Some(units) })
            });
            *slot = match quick {
                Some(Some(units)) => units,
                // A missing value may be an error: that is for the parser to say.
                Some(None) | None => parsed(self.parser, text_at(text, span)?)?,
            };
        }
        Ok(())
    }
}

/// The units of a number that isn't quite as usual.
#[inline(never)]
fn parsed(parser: &mut FieldParser<'_>, field: &str) -> Result<i64, Unfit> {
    match parser.parse(field).map_err(|_| Unfit)? {
        Cell::Number(units) => i64::try_from(units).ok().filter(|&units| units != NO_NUMBER).ok_or(Unfit),
        Cell::Missing => Ok(NO_NUMBER),
        _ => Err(Unfit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_numbers_are_read() {
        let number = PlainNumber { places: 2, missing: Vec::new() };
        let read = |text: &str| {
            let padded = format!("x{text}5,{}", " ".repeat(32));
            plain(&number, &SCALE, padded.as_bytes(), (1, 1 + text.len() as u32))
        };
        for digits in 1..=16 {
            let text = "1234567890123456".get(..digits).unwrap();
            let value: i64 = text.parse().unwrap();
            assert_eq!((read(text), read(&format!("-{text}"))), (Some(value * 100), Some(-value * 100)));
        }
        let good = [("0.5", 50), ("-0.05", -5), ("00012.30", 1230), ("1234567.89", 123_456_789), ("-0", 0)];
        good.iter().for_each(|&(text, units)| assert_eq!(read(text), Some(units), "{text}"));
        for bad in
            ["", "-", ".5", "5.", "1.234", "1,5", "+1", "1e3", "1 ", " 1", "--1", "1.2.3", "12345678901234567", "٣"]
        {
            assert_eq!(read(bad), None, "{bad}");
        }
        let large = PlainNumber { places: 18, missing: Vec::new() };
        assert_eq!(plain(&large, &SCALE, format!("10{}", " ".repeat(32)).as_bytes(), (0, 2)), None);
    }

    #[test]
    fn eight_digits_are_digits() {
        for byte in 0..=255u8 {
            let mut bytes = *b"12345678";
            bytes[3] = byte;
            let expected = byte.is_ascii_digit().then(|| 12_305_678 + u64::from(byte - b'0') * 10_000);
            assert_eq!(eight_digits(u64::from_le_bytes(bytes)), expected, "{byte}");
        }
    }
}
