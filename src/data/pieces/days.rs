//! Reads dates like `2008-03-01` straight to days; other forms are parsed once, and then known.

use std::borrow::Cow;

use super::batch::{Lane, Take, text_at};
use super::words::{MISSING, Span, Words, sixteen};
use crate::data::parse::quick::PlainDays;
use crate::data::parse::{Cell, FieldParser};
use crate::value::calendar::{checked_days, days_in_month, parse_day};
use crate::value::piece::Unfit;

/// How many months are remembered.
const MONTHS: usize = 1024;

/// How many short texts are found without asking for their words.
const SHORT: usize = 1 << 12;

/// How many other texts are remembered before all are forgotten.
const MANY: usize = 1 << 16;

/// The day of a missing value until it is settled.
pub const NO_DAY: i32 = MISSING.cast_signed();

/// What has been read of a column of dates.
#[derive(Debug)]
pub struct Days {
    /// How days are written that are what they seem to be.
    plain: Option<PlainDays>,
    months: Box<[Month; MONTHS]>,
    /// Other texts, each with its place in `spelled`.
    words: Words,
    spelled: Vec<(i32, i32)>,
    /// Those of at most 16 bytes that came last, each at the place that its bytes have.
    short: Vec<(u128, (i32, i32))>,
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
    /// The days, or the first that each may be, one for each field.
    pub first: &'a mut [i32],
    /// The last that each may be, of partial dates.
    pub last: &'a mut [i32],
}

impl Days {
    /// What is read of a column with this parser.
    pub fn new(parser: &FieldParser<'_>) -> Self {
        let months = Box::new([Month::default(); MONTHS]);
        Self {
            plain: parser.plain_days(),
            months,
            words: Words::default(),
            spelled: Vec::new(),
            short: vec![(0, (0, 0)); SHORT],
        }
    }

    /// The day of a text of the length of a plain one, if its month is known and it has that day.
    #[inline(always)]
    fn plain<const COMPACT: bool>(&self, text: &[u8], start: u32) -> Option<i32> {
        let [low, high] = sixteen(text, start)?;
        let (month, rest) = if COMPACT { (dashed(low), low >> 48) } else { (low, high) };
        let known = self.months.get(place(month))?;
        let (tens, ones) = ((rest as u8).wrapping_sub(b'0'), ((rest >> 8) as u8).wrapping_sub(b'0'));
        // The day before, so that day 0 is beyond all months.
        let before = (u32::from(tens) * 10 + u32::from(ones)).wrapping_sub(1);
        let good = (known.text == month) & (tens <= 9) & (ones <= 9) & (before < known.days);
        good.then(|| known.first.wrapping_add(before.cast_signed()))
    }

    /// Writes the days of plain fields; returns how many there are before the first that isn't plain.
    #[inline(always)]
    fn run<const COMPACT: bool>(&self, text: &[u8], fields: impl Iterator<Item = Span>, out: &mut [i32]) -> usize {
        let length = if COMPACT { PlainDays::Compact } else { PlainDays::Dashed }.length();
        for (row, (slot, (start, end))) in out.iter_mut().zip(fields).enumerate() {
            match self.plain::<COMPACT>(text, start).filter(|_| end.wrapping_sub(start) as usize == length) {
                Some(day) => *slot = day,
                None => return row,
            }
        }
        out.len()
    }

    /// The days of a text that isn't quite as usual.
    #[inline(never)]
    fn spelled(&mut self, parser: &mut FieldParser<'_>, text: &[u8], span: Span) -> Result<(i32, i32), Unfit> {
        let field = text_at(text, span)?;
        let key = short(field);
        let at = (key ^ key >> 64) as u64;
        let at = (at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52) as usize % SHORT;
        if key != 0
            && let Some((known, days)) = self.short.get(at)
            && *known == key
        {
            return Ok(*days);
        }
        let days = self.parsed(parser, field)?;
        if let Some(slot) = self.short.get_mut(at) {
            *slot = (key, days);
        }
        Ok(days)
    }

    fn parsed(&mut self, parser: &mut FieldParser<'_>, field: &str) -> Result<(i32, i32), Unfit> {
        if let Some(dashed) = self.plain.and_then(|plain| spelled_out(plain, field))
            && let Some(day) = parse_day(&dashed)
        {
            self.remember(&dashed);
            return Ok((day, day));
        }
        if let Some(at) = self.words.get(field.as_bytes()) {
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
        self.words.insert(field.as_bytes(), u32::try_from(self.spelled.len()).map_err(|_| Unfit)?);
        self.spelled.push(days);
        Ok(days)
    }

    /// Remembers the month of a day like `2008-03-01`.
    fn remember(&mut self, day: &str) {
        let number = |part: Option<&str>| part.and_then(|digits| digits.parse::<u32>().ok());
        if let Some((year, month)) = number(day.get(..4)).zip(number(day.get(5..7)))
            && let Ok(year) = i32::try_from(year)
            && let Some(first) = checked_days(year, month, 1)
            && let Some(text) = day.as_bytes().first_chunk().map(|text| u64::from_le_bytes(*text))
            && let Some(slot) = self.months.get_mut(place(text))
        {
            *slot = Month { text, first, days: days_in_month(year, month) };
        }
    }
}

/// The month of a word like `20080301`, as it stands in `2008-03-01`.
#[inline(always)]
fn dashed(word: u64) -> u64 {
    word & 0xffff_ffff | (word >> 32 & 0xffff) << 40 | u64::from(b'-') << 32 | u64::from(b'-') << 56
}

/// A day that is written in some way as it would stand in `2008-03-01`, if it has the right length.
fn spelled_out(plain: PlainDays, field: &str) -> Option<Cow<'_, str>> {
    match plain {
        PlainDays::Dashed => Some(Cow::Borrowed(field)),
        PlainDays::Compact if field.len() != plain.length() => None,
        PlainDays::Compact => Some(format!("{}-{}-{}", field.get(..4)?, field.get(4..6)?, field.get(6..)?).into()),
    }
}

/// A text of at most 16 bytes as a number; 0 for others. No text has NUL characters.
fn short(field: &str) -> u128 {
    let mut bytes = [0u8; 16];
    match bytes.get_mut(..field.len()) {
        Some(part) => part.copy_from_slice(field.as_bytes()),
        None => return 0,
    }
    u128::from_le_bytes(bytes)
}

/// Where a month is remembered: months that follow each other have places that do.
#[inline(always)]
fn place(month: u64) -> usize {
    // Two digits each, of the century, the year and the month; the last digit of the month has come ten times too large.
    let digits = month & 0x000f_0f00_0f0f_0f0f;
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8) & 0x00ff_00ff_00ff_00ff;
    // Twice the number of months since the year 0, in the upper sixteen bits: 52429 is a fifth of 1 there.
    let sum = pairs.wrapping_mul(2400 << 48 | 24 << 32 | 20 << 16 | 52429);
    (sum >> 49) as usize % MONTHS
}

impl Take for TakeDays<'_, '_> {
    fn take(&mut self, text: &[u8], fields: impl Lane) -> Result<(), Unfit> {
        let mut row = 0;
        while row < self.first.len() {
            let rest = self.first.get_mut(row..).unwrap_or(&mut []);
            let read = match self.days.plain {
                Some(PlainDays::Compact) => self.days.run::<true>(text, fields.from(row), rest),
                Some(PlainDays::Dashed) => self.days.run::<false>(text, fields.from(row), rest),
                None => 0,
            };
            // Plain days are the first and the last that they may be.
            if let Some(last) = self.last.get_mut(row..row + read) {
                last.copy_from_slice(rest.get(..read).unwrap_or(&[]));
            }
            row += read;
            if row < self.first.len() {
                let (from, to) = self.days.spelled(self.parser, text, fields.get(row)?)?;
                self.first.get_mut(row).into_iter().for_each(|slot| *slot = from);
                self.last.get_mut(row).into_iter().for_each(|slot| *slot = to);
                row += 1;
            }
        }
        Ok(())
    }
}
