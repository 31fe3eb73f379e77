//! Exact decimals as files write them: plain, with a decimal comma, with groups of three digits, with an exponent.

use super::Fault;
use crate::diag::Code;
use crate::value::decimal::{self, NotDecimal};
use crate::value::schema::Format;

/// The most digits that a number in a file has.
const MAX_DIGITS: u32 = 18;
/// The most decimal places that a column can have.
const MAX_PLACES: u8 = 18;
/// Exponents of a larger size than this count as this.
const MAX_EXPONENT: i32 = 9999;

/// The group of numbers with too many digits.
pub const DIGITS: &str = "too many digits";

/// Parses a number to so many places, in units of the last.
pub fn parse(text: &str, places: u8, format: &Format) -> Result<i128, Box<Fault>> {
    let plain_only = !format.decimal_comma && format.thousands.is_none();
    if plain_only && let Some(units) = short(text.as_bytes(), places) {
        return Ok(i128::from(units));
    }
    match read(text, places, format) {
        Ok(units) => Ok(units),
        Err(why) => Err(Box::new(explain(text, places, format, why))),
    }
}

/// The value of a text to as many places as a column can have, if it is a number; `None` for other texts.
pub fn value(text: &str, format: &Format) -> Option<i128> {
    read(text, MAX_PLACES, format).ok()
}

/// The value of [`value`] in units of the last of so many places, if it has no more of them.
pub fn to_places(value: i128, places: u8) -> Option<i128> {
    let factor = decimal::power_of_ten(MAX_PLACES.checked_sub(places)?)?;
    (value % factor == 0).then_some(value / factor)
}

/// The common case at speed: at most eighteen digits, and fewer places than allowed or as many.
fn short(text: &[u8], places: u8) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    if digits.len() > MAX_DIGITS as usize || !digits.first()?.is_ascii_digit() || !digits.last()?.is_ascii_digit() {
        return None;
    }
    let (mut units, mut behind, mut point) = (0i64, 0u8, false);
    for &byte in digits {
        match byte {
            b'0'..=b'9' => {
                units = units * 10 + i64::from(byte - b'0');
                behind += u8::from(point);
            }
            b'.' if !point => point = true,
            _ => return None,
        }
    }
    let missing = places.checked_sub(behind)?;
    let units = units.checked_mul(10i64.checked_pow(u32::from(missing))?)?;
    Some(if negative { -units } else { units })
}

/// Brings a number to the plain form and reads it.
fn read(text: &str, places: u8, format: &Format) -> Result<i128, NotDecimal> {
    let mut plain = text.to_owned();
    if let Some(sign) = format.thousands
        && plain.contains(sign)
    {
        plain = ungroup(&plain, sign, if format.decimal_comma { ',' } else { '.' }).ok_or(NotDecimal::Shape)?;
    }
    if format.decimal_comma {
        if plain.contains('.') {
            return Err(NotDecimal::Shape);
        }
        plain = plain.replace(',', ".");
    }
    match plain.find(['e', 'E']) {
        Some(at) if format.exponents => with_exponent(plain.get(..at), plain.get(at + 1..), places),
        _ => decimal::parse(&plain, places, MAX_DIGITS),
    }
}

/// Removes the sign between groups of digits; each group but the first must have exactly three.
fn ungroup(text: &str, sign: char, point: char) -> Option<String> {
    let end = text.find([point, 'e', 'E']).unwrap_or(text.len());
    let (whole, rest) = text.split_at_checked(end)?;
    let digits = whole.strip_prefix(['-', '+']).unwrap_or(whole);
    let lengths_fit = digits.split(sign).enumerate().all(|(number, group)| {
        let fits = if number == 0 { (1..=3).contains(&group.len()) } else { group.len() == 3 };
        fits && group.bytes().all(|byte| byte.is_ascii_digit())
    });
    (lengths_fit && !rest.contains(sign)).then(|| whole.replace(sign, "") + rest)
}

/// A number with an exponent, exactly: what counts is the places of its value, not those that it is written with.
fn with_exponent(mantissa: Option<&str>, exponent: Option<&str>, places: u8) -> Result<i128, NotDecimal> {
    let (mantissa, exponent) = mantissa.zip(exponent).ok_or(NotDecimal::Shape)?;
    let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NotDecimal::Shape);
    }
    // Beyond a few hundreds it makes no difference how large the exponent is.
    let size = digits.parse().map_or(MAX_EXPONENT, |size: i32| size.min(MAX_EXPONENT));
    let exponent = if exponent.starts_with('-') { -size } else { size };
    let behind = mantissa.split_once('.').map_or(0, |(_, behind)| behind.len());
    let written =
        u8::try_from(behind).ok().filter(|&behind| behind <= decimal::MAX_PLACES).ok_or(NotDecimal::Digits)?;
    let mut units = decimal::parse(mantissa, written, MAX_DIGITS)?;
    // The value is units · 10^-needed.
    let mut needed = i32::from(written) - exponent;
    while needed > i32::from(places) && units % 10 == 0 {
        if units == 0 {
            return Ok(0);
        }
        (units, needed) = (units / 10, needed - 1);
    }
    let missing = i32::from(places) - needed;
    if missing < 0 {
        return Err(NotDecimal::Places(u8::try_from(needed).unwrap_or(u8::MAX)));
    }
    if units == 0 {
        return Ok(0);
    }
    let factor = u8::try_from(missing).ok().and_then(decimal::power_of_ten).ok_or(NotDecimal::Digits)?;
    units.checked_mul(factor).and_then(decimal::fits).ok_or(NotDecimal::Digits)
}

fn explain(text: &str, places: u8, format: &Format, why: NotDecimal) -> Fault {
    match why {
        NotDecimal::Places(found) => {
            let of = |n: u8| match n {
                1 => "1 decimal place".to_owned(),
                // How many there are in truth isn't known any more.
                _ if n > decimal::MAX_PLACES => format!("more than {} decimal places", decimal::MAX_PLACES),
                _ => format!("{n} decimal places"),
            };
            let allowed = if places == 0 {
                "a whole number is declared".to_owned()
            } else {
                format!("{} at most are declared", of(places))
            };
            let fault = Fault::new(
                Code::BadPlaces,
                if found > MAX_PLACES { "too many places" } else { "places" },
                format!("`{text}` has {}, and {allowed}", of(found)),
            );
            if found > MAX_PLACES {
                return fault.help(format!("a column has {MAX_PLACES} at most: round the numbers in the file"));
            }
            Fault { places: Some(found), ..fault }
        }
        NotDecimal::Digits => too_many_digits(text),
        NotDecimal::Shape => {
            let (group, help) = what_to_declare(text, format);
            Fault::new(Code::BadNumber, group, format!("`{text}` isn't a plain number")).help(help)
        }
    }
}

/// The fault of a number with too many digits. They are counted as they are written, but those of an exponent aren't.
fn too_many_digits(text: &str) -> Fault {
    let mantissa = text.split(['e', 'E']).next().unwrap_or(text);
    let written = mantissa.bytes().filter(u8::is_ascii_digit).count();
    let message = if written > MAX_DIGITS as usize {
        format!("`{text}` is written with {written} digits, and {MAX_DIGITS} at most are read")
    } else {
        format!("`{text}` has more than {} digits when it is written out", decimal::MAX_DIGITS)
    };
    Fault::new(Code::BadNumber, DIGITS, message).help("give the numbers in a larger unit, or round them in the file")
}

/// What the scheme or the file should say for a text to be a number.
fn what_to_declare(text: &str, format: &Format) -> (&'static str, String) {
    let bare = text.trim().trim_start_matches(['-', '+']);
    let plain = |text: &str| decimal::parse(text, decimal::MAX_PLACES, decimal::MAX_DIGITS) != Err(NotDecimal::Shape);
    let as_exponent = || {
        bare.split_once(['e', 'E']).is_some_and(|(m, e)| with_exponent(Some(m), Some(e), 38) != Err(NotDecimal::Shape))
    };
    let point = if format.decimal_comma { ',' } else { '.' };
    let groups = bare.chars().find(|c| !c.is_alphanumeric() && *c != point && *c != '.');
    let grouped = groups.filter(|&sign| ungroup(bare, sign, point).is_some());
    let comma = !format.decimal_comma && plain(&bare.replacen(',', ".", 1)) && bare.contains(',');
    if text.trim() != text {
        ("blanks", "remove the blanks around it, or say `clean` in the column's line".to_owned())
    } else if !bare.contains(char::is_numeric) && !text.contains('−') {
        ("word", String::new())
    } else if !format.exponents && as_exponent() {
        ("exponent", "say `exponents allowed` in the input".to_owned())
    } else if comma && grouped == Some(',') {
        let help = "say `thousands \",\"` in the input if the comma parts thousands, `decimal comma` if it stands for the point";
        ("comma", help.to_owned())
    } else if comma {
        ("comma", "say `decimal comma` in the input".to_owned())
    } else if let Some(sign) = grouped.filter(|_| format.thousands.is_none()) {
        ("thousands", format!("say `thousands \"{sign}\"` in the input"))
    } else if format.decimal_comma && plain(bare) {
        ("point", "the input says `decimal comma`: write a comma, or remove that line".to_owned())
    } else if bare.chars().any(|c| c.is_numeric() && !c.is_ascii_digit()) {
        ("digits", "write the digits 0 to 9".to_owned())
    } else if bare.starts_with('.') || bare.ends_with('.') {
        ("point", "write a digit on both sides of the point".to_owned())
    } else if bare.ends_with('%') {
        ("percent", "remove the sign: the scheme says what the number is a share of".to_owned())
    } else if text.starts_with('−') {
        ("minus", "write the minus as `-`".to_owned())
    } else {
        ("shape", "write digits, and a point before the decimal places".to_owned())
    }
}
