//! A typed column of a piece that grows batch by batch: places in dictionaries go through a table, other values
//! through a way of their own where there is one, and all that is left through the parser of the column.

use super::column::Column;
use super::decode::Values;
use super::field::{Field, Meaning, Physical};
use super::judge::{self, DAYS, Datum};
use super::texts::Texts;
use crate::data::parse::{Cell, FieldParser};
use crate::value::piece::Unfit;
use crate::value::{Type, calendar};

/// The most digits of a number that is taken without its parser.
const LIMIT: i64 = 1_000_000_000_000_000_000;
/// The largest number that a float holds with all its digits in any case, and the most places.
const EXACT: f64 = 1e15;
const EXACT_PLACES: u8 = 15;

/// What makes values of a column of the file.
#[derive(Debug)]
pub struct Maker<'s> {
    /// The judge of all values.
    pub parser: FieldParser<'s>,
    /// The field of the file.
    pub field: Field,
    /// Memory for texts.
    text: String,
}

impl<'s> Maker<'s> {
    /// A maker of the values of a column.
    pub fn new(parser: FieldParser<'s>, field: &Field) -> Self {
        Self { parser, field: field.clone(), text: String::new() }
    }

    fn cell(&mut self, datum: Datum<'_>) -> Result<Cell, Unfit> {
        judge::cell(&mut self.parser, &self.field, datum, &mut self.text).map_err(|_| Unfit)
    }

    /// The day of a value that is one beyond doubt.
    fn day(&self, datum: Datum<'_>) -> Option<i32> {
        match (self.field.meaning, datum) {
            (Meaning::Date, Datum::Whole(day)) => i32::try_from(day).ok().filter(|_| DAYS.contains(&day)),
            (Meaning::Text, Datum::Bytes(bytes)) => day_of(bytes),
            _ => None,
        }
    }
}

/// The day of a text like `2008-03-01`.
fn day_of(bytes: &[u8]) -> Option<i32> {
    let [a, b, c, d, b'-', e, f, b'-', g, h] = *<&[u8; 10]>::try_from(bytes).ok()? else { return None };
    let digit = |byte: u8| Some(u32::from(byte.wrapping_sub(b'0'))).filter(|&digit| digit < 10);
    let year = ((digit(a)? * 10 + digit(b)?) * 10 + digit(c)?) * 10 + digit(d)?;
    calendar::checked_days(year.cast_signed(), digit(e)? * 10 + digit(f)?, digit(g)? * 10 + digit(h)?)
}

/// A value in a vector, of which one stands for a missing value.
pub trait Slot: Copy + PartialEq + Default {
    /// Stands for a missing value.
    const MISSING: Self;

    /// The value of a datum.
    fn make(maker: &mut Maker<'_>, texts: &mut Texts, datum: Datum<'_>) -> Result<Self, Unfit>;

    /// Adds all values, if there is a way to do so that is quicker than one by one.
    fn extend(maker: &Maker<'_>, values: &Values, out: &mut Vec<Self>) -> bool;
}

/// A column that grows.
#[derive(Debug, Default)]
pub struct Lane<T> {
    /// The values; those of missing rows are 0 or the like.
    pub out: Vec<T>,
    /// Empty until the first missing value.
    pub known: Vec<bool>,
    /// The value of each place of the dictionary, and the number of that dictionary.
    table: Vec<T>,
    table_of: usize,
    scratch: Vec<T>,
}

impl<T: Slot> Lane<T> {
    /// Takes the rows that were decoded last.
    pub fn take(&mut self, maker: &mut Maker<'_>, texts: &mut Texts, column: &Column) -> Result<(), Unfit> {
        let batch = column.batch();
        let (from, mut out) = (self.out.len(), std::mem::take(&mut self.out));
        if batch.present.is_empty() {
            self.add(maker, texts, column, &mut out)?;
        } else {
            let mut values = std::mem::take(&mut self.scratch);
            values.clear();
            self.add(maker, texts, column, &mut values)?;
            let mut at = 0;
            out.extend(batch.present.iter().map(|&present| {
                let value = values.get(at).copied().unwrap_or(T::MISSING);
                at += usize::from(present);
                if present { value } else { T::MISSING }
            }));
            self.scratch = values;
        }
        self.out = out;
        if self.out.len() != from + batch.rows {
            Err(Unfit)
        } else {
            self.settle(from, maker.parser.spec().ty.optional)
        }
    }

    /// Adds the values of the rows that have one.
    fn add(
        &mut self,
        maker: &mut Maker<'_>,
        texts: &mut Texts,
        column: &Column,
        out: &mut Vec<T>,
    ) -> Result<(), Unfit> {
        match &column.batch().values {
            Values::Places(places) => {
                self.make_table(maker, texts, column)?;
                let (table, mut fits) = (self.table.as_slice(), true);
                out.extend(places.iter().map(|&place| {
                    let found = table.get(place as usize);
                    fits &= found.is_some();
                    found.copied().unwrap_or_default()
                }));
                if fits { Ok(()) } else { Err(Unfit) }
            }
            values => {
                if T::extend(maker, values, out) {
                    return Ok(());
                }
                let mut at = 0;
                while let Some(datum) = Datum::of(values, at, column.bytes()) {
                    out.push(T::make(maker, texts, datum)?);
                    at += 1;
                }
                Ok(())
            }
        }
    }

    /// Gives each place of a new dictionary its value.
    fn make_table(&mut self, maker: &mut Maker<'_>, texts: &mut Texts, column: &Column) -> Result<(), Unfit> {
        let dictionary = column.dictionary();
        if self.table_of == dictionary.number && !texts.is_renewed() {
            return Ok(());
        }
        self.table_of = dictionary.number;
        self.table.clear();
        let mut at = 0;
        while let Some(datum) = Datum::of(&dictionary.values, at, &dictionary.bytes) {
            self.table.push(T::make(maker, texts, datum)?);
            at += 1;
        }
        texts.is_current();
        Ok(())
    }

    /// Makes nothing of what stands for missing values from a row on, and tells which rows have a value.
    fn settle(&mut self, from: usize, optional: bool) -> Result<(), Unfit> {
        let batch = self.out.get_mut(from..).unwrap_or(&mut []);
        let any = batch.iter().fold(false, |any, &value| any | (value == T::MISSING));
        if any && !optional {
            return Err(Unfit);
        }
        if any || !self.known.is_empty() {
            self.known.resize(from, true);
            self.known.extend(batch.iter().map(|&value| value != T::MISSING));
        }
        if any {
            batch.iter_mut().filter(|value| **value == T::MISSING).for_each(|value| *value = T::default());
        }
        Ok(())
    }
}

/// Codes of texts.
impl Slot for u32 {
    const MISSING: Self = u32::MAX;

    fn make(maker: &mut Maker<'_>, texts: &mut Texts, datum: Datum<'_>) -> Result<Self, Unfit> {
        match datum {
            Datum::Bytes(bytes) if maker.field.meaning.is_text() => texts.code(&mut maker.parser, bytes),
            // The digits of a number.
            datum => match maker.cell(datum)? {
                Cell::Code(code) => Ok(code),
                Cell::Missing => Ok(Self::MISSING),
                _ => Err(Unfit),
            },
        }
    }

    fn extend(_: &Maker<'_>, _: &Values, _: &mut Vec<Self>) -> bool {
        false
    }
}

/// Flags.
impl Slot for u8 {
    const MISSING: Self = u8::MAX;

    fn make(maker: &mut Maker<'_>, _: &mut Texts, datum: Datum<'_>) -> Result<Self, Unfit> {
        match maker.cell(datum)? {
            Cell::Flag(flag) => Ok(u8::from(flag)),
            Cell::Missing => Ok(Self::MISSING),
            _ => Err(Unfit),
        }
    }

    fn extend(_: &Maker<'_>, values: &Values, out: &mut Vec<Self>) -> bool {
        let Values::Flags(flags) = values else { return false };
        out.extend(flags.iter().map(|&flag| u8::from(flag)));
        true
    }
}

/// Days and numbers of periods.
impl Slot for i32 {
    const MISSING: Self = i32::MIN;

    fn make(maker: &mut Maker<'_>, texts: &mut Texts, datum: Datum<'_>) -> Result<Self, Unfit> {
        if let Some(day) = texts.plain_days.then(|| maker.day(datum)).flatten() {
            return Ok(day);
        }
        match maker.cell(datum)? {
            Cell::Day(day) => Ok(day),
            Cell::Missing => Ok(Self::MISSING),
            _ => Err(Unfit),
        }
    }

    fn extend(_: &Maker<'_>, _: &Values, _: &mut Vec<Self>) -> bool {
        false
    }
}

/// Partial dates.
impl Slot for (i32, i32) {
    const MISSING: Self = (i32::MIN, i32::MIN);

    fn make(maker: &mut Maker<'_>, texts: &mut Texts, datum: Datum<'_>) -> Result<Self, Unfit> {
        if let Some(day) = texts.plain_days.then(|| maker.day(datum)).flatten() {
            return Ok((day, day));
        }
        match maker.cell(datum)? {
            Cell::Partial(first, last) => Ok((first, last)),
            Cell::Missing => Ok(Self::MISSING),
            _ => Err(Unfit),
        }
    }

    fn extend(_: &Maker<'_>, _: &Values, _: &mut Vec<Self>) -> bool {
        false
    }
}

/// Numbers.
impl Slot for i64 {
    const MISSING: Self = i64::MIN;

    fn make(maker: &mut Maker<'_>, _: &mut Texts, datum: Datum<'_>) -> Result<Self, Unfit> {
        match maker.cell(datum)? {
            Cell::Number(number) => i64::try_from(number).ok().filter(|&n| n != Self::MISSING).ok_or(Unfit),
            Cell::Missing => Ok(Self::MISSING),
            _ => Err(Unfit),
        }
    }

    fn extend(maker: &Maker<'_>, values: &Values, out: &mut Vec<Self>) -> bool {
        let &Type::Number(places) = &maker.parser.spec().ty.base else { return false };
        if !maker.parser.has_no_words() {
            return false;
        }
        match (maker.field.meaning, values) {
            (Meaning::Whole { signed }, Values::Whole(values)) => {
                // Without a sign, the largest numbers look like negative ones.
                (signed || values.iter().all(|&value| value >= 0)) && scaled(values, 0, places, out)
            }
            (Meaning::Decimal { scale }, Values::Whole(values)) => scaled(values, scale, places, out),
            (Meaning::Real, Values::Real(values)) if maker.field.physical == Physical::Double => {
                rounded(values, places, out)
            }
            _ => false,
        }
    }
}

/// Adds decimals with some places as such with others, if all of them fit.
fn scaled(values: &[i64], scale: u8, places: u8, out: &mut Vec<i64>) -> bool {
    let power = |places: u8| 10i64.checked_pow(u32::from(places));
    // What stands for missing values, and numbers without a sign that are too large, lie beyond the limit.
    let within = |limit: i64| values.iter().fold(true, |fits, &value| fits & (value > -limit) & (value < limit));
    if let Some(more) = places.checked_sub(scale) {
        let Some(factor) = power(more).filter(|factor| within(LIMIT.min(i64::MAX / factor))) else { return false };
        out.extend(values.iter().map(|value| value.wrapping_mul(factor)));
        return true;
    }
    let Some(divisor) = power(scale - places).filter(|_| scale < 18 && within(LIMIT)) else { return false };
    if values.iter().any(|value| value % divisor != 0) {
        return false;
    }
    out.extend(values.iter().map(|value| value / divisor));
    true
}

/// Adds floats as decimals, if each is the float that is nearest to a decimal of up to 15 digits and the places that
/// are declared: then that decimal is the shortest that means it.
fn rounded(values: &[f64], places: u8, out: &mut Vec<i64>) -> bool {
    if places > EXACT_PLACES {
        return false;
    }
    let from = out.len();
    let power = (0..places).fold(1.0, |power, _| power * 10.0);
    for &value in values {
        let units = (value * power).round();
        // What is no number is not equal to itself.
        if units.abs() < EXACT && units / power == value {
            out.push(units as i64);
        } else {
            out.truncate(from);
            return false;
        }
    }
    true
}
