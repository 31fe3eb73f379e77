//! One column of a piece: its fields are read batch by batch into a vector of its type.

use super::batch::Records;
use super::days::{Days, NO_DAY, TakeDays};
use super::numbers::{NO_NUMBER, TakeNumbers};
use super::texts::{CheckTexts, TakeTexts, TakeWords, Texts};
use super::words::{MISSING, Words};
use crate::data::parse::FieldParser;
use crate::data::parse::quick::PlainNumber;
use crate::value::Type;
use crate::value::column::{Column, Data};
use crate::value::piece::{Unfit, Use};

/// Reads one column; what it learns it keeps from piece to piece.
#[derive(Debug)]
pub struct ColumnReader<'s> {
    /// The judge of fields.
    pub parser: FieldParser<'s>,
    /// Its place among the fields of a record.
    pub field: usize,
    wanted: Use,
    kind: Kind,
    /// Empty until the first missing value.
    known: Vec<bool>,
    /// How many rows of the piece have been read.
    rows: usize,
}

/// A part of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A missing value.
    Missing,
    /// Anything but a text.
    Number(i64),
    /// A text whose bytes have been added.
    Text,
}

#[derive(Debug)]
enum Kind {
    /// Texts whose values nobody wants, and whether plain ones are right as they are.
    Checked(bool),
    Texts(Texts, Vec<u32>),
    /// What words mean, what those of the batch mean, and the flags of the piece.
    Flags(Words, Vec<u32>, Vec<bool>),
    Periods(Words, Vec<u32>),
    Days(Box<Days>, Vec<i32>),
    Partials(Box<Days>, Vec<i32>, Vec<i32>),
    Numbers(Option<PlainNumber>, Vec<i64>),
}

impl<'s> ColumnReader<'s> {
    /// A reader for the column of a parser.
    pub fn new(parser: FieldParser<'s>, field: usize, wanted: Use) -> Result<Self, Unfit> {
        let kind = match &parser.spec().ty.base {
            Type::Text if wanted != Use::Values => Kind::Checked(parser.takes_plain_texts()),
            Type::Text | Type::Category(_) => Kind::Texts(Texts::new(&parser), Vec::new()),
            Type::Flag => Kind::Flags(Words::default(), Vec::new(), Vec::new()),
            Type::Period(_) => Kind::Periods(Words::default(), Vec::new()),
            Type::Date => Kind::Days(Box::new(Days::new(&parser)), Vec::new()),
            Type::Partial(_) => Kind::Partials(Box::new(Days::new(&parser)), Vec::new(), Vec::new()),
            Type::Number(_) => Kind::Numbers(parser.plain_number(), Vec::new()),
            Type::Real => return Err(Unfit),
        };
        Ok(Self { parser, field, wanted, kind, known: Vec::new(), rows: 0 })
    }

    /// Whether it does nothing but look at the texts at a place in their records.
    pub fn is_checked(&self, field: usize) -> bool {
        self.field == field && matches!(self.kind, Kind::Checked(_))
    }

    /// Reads the fields of a batch.
    pub fn take(&mut self, records: &Records<'_>) -> Result<(), Unfit> {
        let (parser, from) = (&mut self.parser, self.rows);
        let rows = from + records.rows;
        self.rows = rows;
        match &mut self.kind {
            Kind::Checked(plain) => {
                let plain = *plain && records.tidy && records.ascii;
                records.column(self.field, &mut CheckTexts { parser, plain })
            }
            Kind::Texts(texts, codes) => {
                records.column(self.field, &mut TakeTexts { texts, parser, codes: room(codes, from, rows) })?;
                settle(&mut self.known, codes, from, MISSING);
                Ok(())
            }
            Kind::Periods(words, numbers) => {
                records.column(self.field, &mut TakeWords { words, parser, meanings: room(numbers, from, rows) })?;
                settle(&mut self.known, numbers, from, MISSING);
                Ok(())
            }
            Kind::Flags(words, meanings, flags) => {
                let meanings = room(meanings, 0, records.rows);
                records.column(self.field, &mut TakeWords { words, parser, meanings })?;
                settle_from(&mut self.known, meanings, from, MISSING);
                flags.extend(meanings.iter().map(|&meaning| meaning == 1));
                Ok(())
            }
            Kind::Days(days, first) => {
                records.column(
                    self.field,
                    &mut TakeDays { days, parser, first: room(first, from, rows), last: &mut [] },
                )?;
                settle(&mut self.known, first, from, NO_DAY);
                Ok(())
            }
            Kind::Partials(days, first, last) => {
                let (starts, ends) = (room(first, from, rows), room(last, from, rows));
                records.column(self.field, &mut TakeDays { days, parser, first: starts, last: ends })?;
                settle(&mut self.known, first, from, NO_DAY);
                last.iter_mut().skip(from).filter(|day| **day == NO_DAY).for_each(|day| *day = 0);
                Ok(())
            }
            Kind::Numbers(plain, numbers) => {
                let units = room(numbers, from, rows);
                records.column(self.field, &mut TakeNumbers { plain: plain.as_ref(), parser, numbers: units })?;
                settle(&mut self.known, numbers, from, NO_NUMBER);
                Ok(())
            }
        }
    }

    /// The value of a row of the piece that is being read, as a part of a key; texts are added to the bytes.
    pub fn part(&self, row: usize, bytes: &mut Vec<u8>) -> Result<Part, Unfit> {
        if self.known.get(row) == Some(&false) {
            return Ok(Part::Missing);
        }
        let number = match &self.kind {
            Kind::Checked(_) => None,
            Kind::Texts(_, codes) => {
                let text = codes.get(row).and_then(|&code| self.parser.word(code)).ok_or(Unfit)?;
                bytes.extend_from_slice(text.as_bytes());
                return Ok(Part::Text);
            }
            Kind::Flags(_, _, flags) => flags.get(row).map(|&flag| i64::from(flag)),
            Kind::Periods(_, numbers) => numbers.get(row).map(|&number| i64::from(number.cast_signed())),
            Kind::Days(_, days) => days.get(row).map(|&day| i64::from(day)),
            Kind::Partials(_, first, last) => {
                let days = first.get(row).zip(last.get(row));
                days.map(|(&first, &last)| i64::from(first) << 32 | i64::from(last.cast_unsigned()))
            }
            Kind::Numbers(_, numbers) => numbers.get(row).copied(),
        };
        number.map(Part::Number).ok_or(Unfit)
    }

    /// The column of a piece; `groups` are the numbers of the runs, for a column that is wanted for nothing else.
    pub fn finish(&mut self, groups: impl FnOnce() -> Vec<u32>) -> Column {
        let known = std::mem::take(&mut self.known);
        let rows = std::mem::take(&mut self.rows);
        let data = match &mut self.kind {
            Kind::Checked(_) => {
                let codes = if self.wanted == Use::Grouping { groups() } else { Vec::new() };
                Data::Text { codes, dict: [].into() }
            }
            Kind::Texts(texts, codes) => Data::Text { dict: texts.finish(&self.parser), codes: renewed(codes, rows) },
            Kind::Flags(_, _, flags) => Data::Flag(renewed(flags, rows)),
            Kind::Periods(_, numbers) => Data::Day(renewed(numbers, rows).into_iter().map(u32::cast_signed).collect()),
            Kind::Days(_, days) => Data::Day(renewed(days, rows)),
            Kind::Partials(_, first, last) => Data::Partial { first: renewed(first, rows), last: renewed(last, rows) },
            Kind::Numbers(_, numbers) => Data::Small(renewed(numbers, rows)),
        };
        let periods = matches!(self.kind, Kind::Periods(..));
        if self.wanted == Use::Nothing {
            return Column { data: Data::emptied(data), known: None, periods };
        }
        Column { data, known: (!known.is_empty()).then_some(known), periods }
    }

    /// Forgets the rows of a piece that is read again.
    pub fn restart(&mut self) {
        self.known.clear();
        self.rows = 0;
        match &mut self.kind {
            Kind::Checked(_) => {}
            Kind::Texts(_, codes) | Kind::Periods(_, codes) => codes.clear(),
            Kind::Flags(_, _, flags) => flags.clear(),
            Kind::Days(_, days) => days.clear(),
            Kind::Partials(_, first, last) => (first.clear(), last.clear()).0,
            Kind::Numbers(_, numbers) => numbers.clear(),
        }
    }
}

/// Room for the rows of a batch behind those before it.
fn room<T: Copy + Default>(values: &mut Vec<T>, from: usize, rows: usize) -> &mut [T] {
    values.resize(rows, T::default());
    values.get_mut(from..).unwrap_or(&mut [])
}

/// Hands over a vector, and leaves an empty one with as much room as that one needed.
fn renewed<T>(values: &mut Vec<T>, rows: usize) -> Vec<T> {
    std::mem::replace(values, Vec::with_capacity(rows + rows / 16))
}

/// Makes zeros of what stands for missing values from a row on, and tells which rows have a value.
fn settle<T: Copy + Default + PartialEq>(known: &mut Vec<bool>, values: &mut [T], from: usize, missing: T) {
    let batch = values.get_mut(from..).unwrap_or(&mut []);
    if settle_from(known, batch, from, missing) {
        // Without a branch: nobody can guess which values are missing.
        batch.iter_mut().for_each(|value| *value = if *value == missing { T::default() } else { *value });
    }
}

/// Tells which rows of a batch have a value; the batch starts at a row. Returns whether any has none.
fn settle_from<T: Copy + PartialEq>(known: &mut Vec<bool>, batch: &[T], from: usize, missing: T) -> bool {
    let any = batch.iter().fold(false, |any, &value| any | (value == missing));
    if any || !known.is_empty() {
        known.resize(from, true);
        known.extend(batch.iter().map(|&value| value != missing));
    }
    any
}
