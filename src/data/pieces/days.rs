//! Reads dates like `2008-03-01` straight to days; other forms are parsed once, and then known.

use super::batch::{Take, text_at};
use super::words::{Key, MISSING, Words, sixteen};
use crate::data::parse::{Cell, FieldParser};
use crate::value::calendar::{checked_days, days_in_month, parse_day};
use crate::value::piece::Unfit;

/// How many months are remembered.
const MONTHS: usize = 512;

/// How many other texts are remembered before all are forgotten.
const MANY: usize = 1 << 16;

/// The day of a missing value until it is settled.
pub const NO_DAY: i32 = MISSING.cast_signed();

/// What has been read of a column of dates.
#[derive(Debug)]
pub struct Days {
    /// Whether days like `2008-03-01` are what they seem to be.
    plain: bool,
    months: Box<[Month; MONTHS]>,
    /// Other texts, each with its place in `spelled`.
    words: Words,
    spelled: Vec<(i32, i32)>,
}

/// A month as it is written with the signs around it, `2008-03-`.
#[derive(Debug, Clone, Copy, Default)]
struct Month {
    text: u64,
    /// Its first day.
    first: i32,
    /// How many days it has.
    days: u32,
}

/// A column of days that grows.
#[derive(Debug)]
pub struct TakeDays<'a, 's> {
    /// What is known.
    pub days: &'a mut Days,
    /// The judge of all other texts.
    pub parser: &'a mut FieldParser<'s>,
    /// The days, or the first that each may be.
    pub first: &'a mut Vec<i32>,
    /// The last that each may be, of partial dates.
    pub last: Option<&'a mut Vec<i32>>,
}

impl Days {
    /// What is read of a column with this parser.
    pub fn new(parser: &FieldParser<'_>) -> Self {
        let months = Box::new([Month::default(); MONTHS]);
        Self { plain: parser.takes_plain_days(), months, words: Words::default(), spelled: Vec::new() }
    }

    /// The day of a text of ten bytes, if its month is known and it has that day.
    #[inline(always)]
    fn plain(&self, text: &[u8], start: usize) -> Option<i32> {
        let [month, rest] = sixteen(text, start);
        let known = self.months.get(place(month))?;
        let (tens, ones) = ((rest as u8).wrapping_sub(b'0'), ((rest >> 8) as u8).wrapping_sub(b'0'));
        // The day before, so that day 0 is beyond all months.
        let before = (u32::from(tens) * 10 + u32::from(ones)).wrapping_sub(1);
        let good = (known.text == month) & (tens <= 9) & (ones <= 9) & (before < known.days);
        good.then(|| known.first.wrapping_add(before.cast_signed()))
    }

    /// The days of a text that isn't quite as usual.
    #[inline(never)]
    fn spelled(
        &mut self,
        parser: &mut FieldParser<'_>,
        text: &[u8],
        start: usize,
        end: usize,
    ) -> Result<(i32, i32), Unfit> {
        let field = text_at(text, start, end)?;
        if self.plain
            && let Some(day) = parse_day(field)
        {
            self.remember(field, sixteen(text, start));
            return Ok((day, day));
        }
        let key = Key::new(text, start, end);
        if let Some(at) = self.words.get(&key, text, start) {
            return self.spelled.get(at as usize).copied().ok_or(Unfit);
        }
        let days = match parser.parse(field).map_err(|_| Unfit)? {
            Cell::Day(day) => (day, day),
            Cell::Partial(first, last) => (first, last),
            Cell::Missing => (NO_DAY, NO_DAY),
            _ => return Err(Unfit),
        };
        if self.words.len() >= MANY {
            self.words.clear();
            self.spelled.clear();
        }
        self.words.insert(&key, field.as_bytes(), u32::try_from(self.spelled.len()).map_err(|_| Unfit)?);
        self.spelled.push(days);
        Ok(days)
    }

    /// Remembers the month of a day.
    fn remember(&mut self, day: &str, [text, _]: [u64; 2]) {
        let number = |part: Option<&str>| part.and_then(|digits| digits.parse::<u32>().ok());
        if let Some((year, month)) = number(day.get(..4)).zip(number(day.get(5..7)))
            && let Ok(year) = i32::try_from(year)
            && let Some(first) = checked_days(year, month, 1)
            && let Some(slot) = self.months.get_mut(place(text))
        {
            *slot = Month { text, first, days: days_in_month(year, month) };
        }
    }
}

/// Where a month is remembered.
#[inline(always)]
fn place(month: u64) -> usize {
    (month.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - MONTHS.ilog2())) as usize % MONTHS
}

impl Take for TakeDays<'_, '_> {
    fn take(&mut self, text: &[u8], fields: impl Iterator<Item = (usize, usize)>) -> Result<(), Unfit> {
        let plain = self.days.plain;
        for (start, end) in fields {
            let quick = if plain & (end.wrapping_sub(start) == 10) { self.days.plain(text, start) } else { None };
            let (first, last) = match quick {
                Some(day) => (day, day),
                None => self.days.spelled(self.parser, text, start, end)?,
            };
            self.first.push(first);
            if let Some(lasts) = &mut self.last {
                lasts.push(last);
            }
        }
        Ok(())
    }
}
