//! Makes cells of the values of a Parquet file: a value counts as the text for it in a CSV file would.
//!
//! Numbers, dates and timestamps have one notation, whatever the input says of its file's; texts are read as in a CSV
//! file. Input: values, and the parser of a column. Output: cells, or faults.

use std::fmt::Write;
use std::sync::Arc;

use super::decode::Values;
use super::field::{Field, Meaning, Physical};
use crate::data::parse::{Cell, Fault, FieldParser};
use crate::diag::{Code, Diagnostic};
use crate::value::schema::{Format, Schema};
use crate::value::{Type, calendar, decimal};

/// The first and the last day of the calendar, as days since 1970.
pub const DAYS: std::ops::RangeInclusive<i64> = -719_162..=2_932_896;

/// A schema and the two notations that the values of a Parquet file have.
#[derive(Debug, Clone)]
pub struct Notation {
    /// The schema; columns of days have the notation of days, others all that the input says.
    pub schema: Schema,
    /// The notation of values that aren't texts.
    plain: Format,
    /// What the values of each column mean, where it is in the file.
    meanings: Vec<Option<Meaning>>,
}

impl Notation {
    /// The notations for the values of each column.
    pub fn new(schema: &Schema, meanings: Vec<Option<Meaning>>) -> Self {
        let mut schema = schema.clone();
        for (column, meaning) in schema.columns.iter_mut().zip(&meanings) {
            if *meaning == Some(Meaning::Date) {
                column.dates = vec!["%Y-%m-%d".into()];
            } else if column.dates.is_empty() {
                column.dates.clone_from(&schema.format.dates);
            }
        }
        let point =
            |word: &Arc<str>| if schema.format.decimal_comma { word.replace(',', ".").into() } else { word.clone() };
        let missing = schema.format.missing.iter().map(point).collect();
        let plain =
            Format { missing, decimal_comma: false, thousands: None, exponents: false, ..schema.format.clone() };
        Self { schema, plain, meanings }
    }

    /// The parser of each column.
    pub fn parsers(&self) -> impl Iterator<Item = Result<FieldParser<'_>, Diagnostic>> {
        self.schema.columns.iter().zip(&self.meanings).map(|(spec, meaning)| {
            let text = meaning.is_none_or(Meaning::is_text);
            FieldParser::new(spec, if text { &self.schema.format } else { &self.plain })
        })
    }
}

/// A value of a file.
#[derive(Debug, Clone, Copy)]
pub enum Datum<'b> {
    /// A whole number.
    Whole(i64),
    /// A float.
    Real(f64),
    /// Yes or no.
    Flag(bool),
    /// Bytes.
    Bytes(&'b [u8]),
}

impl<'b> Datum<'b> {
    /// The value at a place of values that aren't places themselves.
    pub fn of(values: &Values, at: usize, bytes: &'b [u8]) -> Option<Self> {
        Some(match values {
            Values::Places(_) => return None,
            Values::Whole(values) => Self::Whole(*values.get(at)?),
            Values::Real(values) => Self::Real(*values.get(at)?),
            Values::Flags(values) => Self::Flag(*values.get(at)?),
            Values::Bytes(ranges) => {
                let &(start, length) = ranges.get(at)?;
                Self::Bytes(bytes.get(start as usize..(start as usize).checked_add(length as usize)?)?)
            }
        })
    }
}

/// Makes the cell of a value of a field. `text` is memory to be used again.
pub fn cell(
    parser: &mut FieldParser<'_>,
    field: &Field,
    datum: Datum<'_>,
    text: &mut String,
) -> Result<Cell, Box<Fault>> {
    text.clear();
    match (field.meaning, datum) {
        (Meaning::Flag, Datum::Flag(flag)) => return Ok(Cell::Flag(flag)),
        (Meaning::Text, Datum::Bytes(bytes)) => {
            let text = std::str::from_utf8(bytes).map_err(|_| fault(Code::BadEncoding, "the text isn't UTF-8"))?;
            return parser.parse(text);
        }
        (Meaning::Date, Datum::Whole(day)) => {
            let found = i32::try_from(day).ok().filter(|_| DAYS.contains(&day));
            let day =
                found.ok_or_else(|| fault(Code::BadDate, &format!("day {day} since 1970 isn't in the calendar")))?;
            text.push_str(&calendar::format_day(day));
        }
        (Meaning::Stamp { places, utc }, datum) => stamp(datum, places, utc, text)?,
        (Meaning::Decimal { scale }, datum) => {
            let units = units(datum).ok_or_else(|| fault(Code::BadNumber, "the decimal has more than 38 digits"))?;
            text.push_str(&decimal::format(units, scale));
        }
        (Meaning::Real, Datum::Real(real)) => {
            write_real(real, field.physical, text);
            return parser.parse(text).map_err(|fault| of_real(fault, parser));
        }
        (Meaning::Whole { signed: false }, Datum::Whole(number)) => write_to(text, number.cast_unsigned()),
        (Meaning::Whole { .. }, Datum::Whole(number)) => write_to(text, number),
        _ => return Err(fault(Code::BadText, "the value isn't of the kind that the file states")),
    }
    parser.parse(text)
}

fn write_to(text: &mut String, what: impl std::fmt::Display) {
    // Writing into a string never fails.
    let _ = write!(text, "{what}");
}

/// A float in the fewest digits that mean it.
fn write_real(real: f64, physical: Physical, text: &mut String) {
    if physical == Physical::Float { write_to(text, real as f32) } else { write_to(text, real) }
}

/// The units of a decimal: a whole number, or bytes of one with the highest first.
fn units(datum: Datum<'_>) -> Option<i128> {
    let units = match datum {
        Datum::Whole(number) => i128::from(number),
        Datum::Bytes(bytes) => {
            let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
            let filler = if negative { 0xff } else { 0 };
            let (front, back) = bytes.split_at(bytes.len().saturating_sub(16));
            let start = i128::from(-i8::from(negative));
            let units = back.iter().fold(start, |units, &byte| units << 8 | i128::from(byte));
            (front.iter().all(|&byte| byte == filler) && (units < 0) == negative).then_some(units)?
        }
        Datum::Real(_) | Datum::Flag(_) => return None,
    };
    decimal::fits(units)
}

/// A moment as `2008-03-01 12:30:00`, or with `T` and `Z` if it is one of world time; a part of a second only if there
/// is one.
fn stamp(datum: Datum<'_>, places: u32, utc: bool, text: &mut String) -> Result<(), Box<Fault>> {
    let per_second = 10i128.pow(places.min(9));
    let units = match datum {
        Datum::Whole(units) => i128::from(units),
        Datum::Bytes([nanos @ .., a, b, c, d]) if nanos.len() == 8 => {
            // The day is counted from noon of the first day of the year -4713.
            let day = i128::from(i32::from_le_bytes([*a, *b, *c, *d])) - 2_440_588;
            let nanos = nanos.iter().rev().fold(0i128, |nanos, &byte| nanos << 8 | i128::from(byte));
            day * 86_400 * per_second + nanos
        }
        _ => return Err(fault(Code::BadDate, "the timestamp can't be read")),
    };
    let (seconds, part) = (units.div_euclid(per_second), units.rem_euclid(per_second));
    let day = i64::try_from(seconds.div_euclid(86_400)).ok().filter(|day| DAYS.contains(day));
    let day = day.and_then(|day| i32::try_from(day).ok());
    let day = day.ok_or_else(|| fault(Code::BadDate, "the timestamp isn't in the calendar"))?;
    let of_day = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    let (between, behind) = if utc { ('T', "Z") } else { (' ', "") };
    write_to(text, format_args!("{}{between}{hour:02}:{minute:02}:{second:02}", calendar::format_day(day)));
    if part != 0 {
        let digits = format!("{part:0width$}", width = places as usize);
        write_to(text, format_args!(".{}", digits.trim_end_matches('0')));
    }
    text.push_str(behind);
    Ok(())
}

fn fault(code: Code, message: &str) -> Box<Fault> {
    Box::new(Fault { code, group: "parquet".into(), message: message.to_owned(), help: None, places: None })
}

/// A float with too many places: more places in the scheme would be the wrong advice.
fn of_real(mut fault: Box<Fault>, parser: &FieldParser<'_>) -> Box<Fault> {
    if let (Code::BadPlaces, Type::Number(places)) = (fault.code, &parser.spec().ty.base) {
        fault.places = None;
        fault.group = "float".into();
        fault.help = Some(format!(
            "the column holds floats, which are rarely exact: round them to {places} places in the file, or write decimals"
        ));
    }
    fault
}
