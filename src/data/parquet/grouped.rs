//! A column of texts that isn't wanted for its values: checked, and as a key made into runs of equal texts.
//!
//! Texts of up to fifteen bytes are compared as words of 128 bits, which is what the keys of runs are.

use std::borrow::Cow;

use super::column::Column;
use super::decode::Values;
use super::field::Meaning;
use super::judge::Datum;
use super::lane::Maker;
use crate::data::parse::FieldParser;
use crate::value::piece::{Runs, SHORT, Unfit, word};

/// No key has this word; it stands for a text that is too long for a word.
const LONG: u128 = u128::MAX;
/// Words of a byte each.
const BLANKS: u128 = u128::MAX / 255 * 0x20;
const ONES: u128 = u128::MAX / 255;
/// The digit 0 in each byte.
const ZEROS: u128 = u128::MAX / 255 * 0x30;
const HIGH: u128 = u128::MAX / 255 * 0x80;

/// Numbers from this one on have more digits than fit into a word.
const SHORT_NUMBER: i64 = 1_000_000_000_000_000;

/// What may be among some words.
#[derive(Debug, Default, Clone, Copy)]
struct About {
    /// Texts that are too long for a word.
    long: bool,
    /// Missing values.
    missing: bool,
}

/// A column of texts that grows.
#[derive(Debug, Default)]
pub struct Grouped {
    /// Whether runs are wanted, or only the check.
    wanted: bool,
    rows: usize,
    runs: Runs,
    /// The number of each row's run, from 1.
    numbers: Vec<u32>,
    /// The word of the row before, and its text if it is long.
    last: Option<u128>,
    last_long: Vec<u8>,
    /// Which rows have a text; empty while all do.
    known: Vec<bool>,
    /// The words of the rows of a batch; 0 where there is none.
    words: Vec<u128>,
    starts: Vec<u32>,
    found: Vec<u128>,
    /// The words of the dictionary, and what is among them.
    table: Vec<u128>,
    about: About,
    table_of: usize,
}

impl Grouped {
    /// No rows yet.
    pub fn new(wanted: bool) -> Self {
        Self { wanted, ..Self::default() }
    }

    /// Takes the rows that were decoded last.
    pub fn take(&mut self, maker: &mut Maker<'_>, column: &Column) -> Result<(), Unfit> {
        let batch = column.batch();
        if let (Values::Whole(numbers), true) = (&batch.values, batch.present.is_empty())
            && self.take_numbers(maker, numbers)?
        {
            return Ok(());
        }
        let mut words = std::mem::take(&mut self.words);
        words.clear();
        let mut about = self.add(maker, column, &mut words)?;
        if !batch.present.is_empty() {
            spread(&mut words, &batch.present);
            about.missing = true;
        }
        if words.len() != batch.rows || about.missing && !maker.parser.spec().ty.optional {
            return Err(Unfit);
        }
        if about.missing || !self.known.is_empty() {
            self.known.resize(self.rows, true);
            self.known.extend(words.iter().map(|&word| word != 0));
        }
        if self.wanted && (about.long || self.last == Some(LONG)) {
            self.group_long(column, &words)?;
        } else if self.wanted {
            self.group(&words, |word| word)?;
        }
        self.rows += batch.rows;
        self.words = words;
        Ok(())
    }

    /// Takes a batch of numbers without missing ones: only those that begin runs are made words. False where one is
    /// long, or might mean a missing value.
    fn take_numbers(&mut self, maker: &Maker<'_>, numbers: &[i64]) -> Result<bool, Unfit> {
        let short = numbers.iter().fold(true, |short, number| short & (0..SHORT_NUMBER).contains(number));
        if !short || !maker.parser.has_no_words() || self.last == Some(LONG) {
            return Ok(false);
        }
        if self.wanted {
            self.group(numbers, digits_word)?;
        }
        self.known.extend(numbers.iter().filter(|_| !self.known.is_empty()).map(|_| true).collect::<Vec<bool>>());
        self.rows += numbers.len();
        Ok(true)
    }

    /// Adds the words of the rows that have a text, and says what is among them.
    fn add(&mut self, maker: &mut Maker<'_>, column: &Column, words: &mut Vec<u128>) -> Result<About, Unfit> {
        match &column.batch().values {
            Values::Places(places) => {
                let dictionary = column.dictionary();
                if self.table_of != dictionary.number {
                    self.table_of = dictionary.number;
                    self.table.clear();
                    self.about = add_words(maker, &dictionary.values, &dictionary.bytes, &mut self.table)?;
                }
                let mut fits = true;
                words.extend(places.iter().map(|&place| {
                    let found = self.table.get(place as usize);
                    fits &= found.is_some();
                    found.copied().unwrap_or_default()
                }));
                if fits { Ok(self.about) } else { Err(Unfit) }
            }
            values => add_words(maker, values, column.bytes(), words),
        }
    }

    /// Finds the runs of a batch of short texts, told by their words or by what words are made of.
    fn group<T: Copy + PartialEq>(&mut self, values: &[T], word: impl Fn(T) -> u128) -> Result<(), Unfit> {
        let (Some(&head), Some(&end)) = (values.first(), values.last()) else { return Ok(()) };
        let first = u32::try_from(self.rows).map_err(|_| Unfit)?;
        let before = self.runs.starts.len() as u32;
        if self.starts.len() <= values.len() {
            self.starts.resize(values.len() + 1, 0);
        }
        let mut found = usize::from(self.last != Some(word(head)));
        let (starts, mut last) = (self.starts.as_mut_slice(), head);
        if let Some(start) = starts.first_mut() {
            *start = first;
        }
        self.numbers.extend(values.iter().zip(first..).map(|(&value, row)| {
            // Written without asking whether the run is new: half of the time no guess would be right.
            let new = value != last;
            if let Some(start) = starts.get_mut(found) {
                *start = row;
            }
            found += usize::from(new);
            last = value;
            before + found as u32
        }));
        let starts = self.starts.get(..found).unwrap_or(&[]);
        let value_at = |&start: &u32| values.get((start - first) as usize).map_or(0, |&value| word(value));
        self.found.clear();
        self.found.extend(starts.iter().map(value_at));
        self.runs.starts.extend_from_slice(starts);
        self.runs.keys.extend_words(&self.found);
        self.last = Some(word(end));
        Ok(())
    }

    /// Finds the runs of a batch in which texts may be long.
    fn group_long(&mut self, column: &Column, words: &[u128]) -> Result<(), Unfit> {
        let batch = column.batch();
        let mut at = 0;
        for (number, &word) in words.iter().enumerate() {
            let text = if word == LONG { text_of(column, at)? } else { Cow::Borrowed(&[][..]) };
            at += usize::from(batch.present.is_empty() || batch.present.get(number) == Some(&true));
            if self.last != Some(word) || (word == LONG && *text != *self.last_long) {
                self.runs.starts.push(u32::try_from(self.rows + number).map_err(|_| Unfit)?);
                if word == LONG {
                    self.runs.keys.push(&text);
                    self.last_long.clear();
                    self.last_long.extend_from_slice(&text);
                } else {
                    self.runs.keys.push_word(word);
                }
                self.last = Some(word);
            }
            self.numbers.push(self.runs.starts.len() as u32);
        }
        Ok(())
    }

    /// The runs of a piece, which rows have a text, and the number of each row's run.
    pub fn finish(&mut self) -> (Runs, Vec<bool>, Vec<u32>) {
        (self.rows, self.last) = (0, None);
        let mut numbers = std::mem::take(&mut self.numbers);
        numbers.iter_mut().for_each(|number| *number -= 1);
        (std::mem::take(&mut self.runs), std::mem::take(&mut self.known), numbers)
    }
}

/// The text of a value, for a number its digits.
fn text_of(column: &Column, at: usize) -> Result<Cow<'_, [u8]>, Unfit> {
    match (column.value(at), column.field().meaning) {
        (Some(Datum::Bytes(bytes)), _) => Ok(bytes.into()),
        (Some(Datum::Whole(number)), Meaning::Whole { signed: false }) => {
            Ok(number.cast_unsigned().to_string().into_bytes().into())
        }
        (Some(Datum::Whole(number)), _) => Ok(number.to_string().into_bytes().into()),
        _ => Err(Unfit),
    }
}

/// Puts the words of the rows that have a text at their places.
fn spread(words: &mut Vec<u128>, present: &[bool]) {
    let mut from = words.len();
    words.resize(present.len(), 0);
    for (row, &present) in present.iter().enumerate().rev() {
        from -= usize::from(present && from > 0);
        let word = if present { words.get(from).copied().unwrap_or(0) } else { 0 };
        if let Some(slot) = words.get_mut(row) {
            *slot = word;
        }
    }
}

/// Adds the words of values that aren't places, once they are right; says what is among them.
fn add_words(maker: &mut Maker<'_>, values: &Values, bytes: &[u8], out: &mut Vec<u128>) -> Result<About, Unfit> {
    let from = out.len();
    match values {
        Values::Bytes(ranges) if maker.field.meaning.is_text() => {
            if add_plain(ranges, bytes, out) && maker.parser.has_no_words() {
                return Ok(About::default());
            }
            out.truncate(from);
            add_checked(&maker.parser, ranges, bytes, out)?;
        }
        Values::Whole(numbers) if maker.parser.has_no_words() => {
            out.extend(numbers.iter().map(|&number| digits_word(number)));
        }
        _ => return Err(Unfit),
    }
    let added = out.get(from..).unwrap_or(&[]);
    Ok(About { long: added.contains(&LONG), missing: added.contains(&0) })
}

/// For each length of a text, the bytes of a word that it has, from the highest on.
#[expect(clippy::indexing_slicing, reason = "it is done when the program is compiled")]
const MASKS: [u128; 16] = {
    let (mut masks, mut length) = ([0; 16], 1);
    while length < 16 {
        masks[length] = u128::MAX << (128 - 8 * length);
        length += 1;
    }
    masks
};

/// Adds the words of texts as they stand. False where one is long, or might not be its own value: if it is empty or
/// isn't all of visible ASCII characters with blanks between them.
fn add_plain(ranges: &[(u32, u32)], bytes: &[u8], out: &mut Vec<u128>) -> bool {
    let (mut bad, mut odd) = (0u128, false);
    out.extend(ranges.iter().map(|&(start, length)| {
        let head = bytes.get(start as usize..).and_then(|rest| rest.first_chunk::<16>());
        let text = head.map_or(0, |head| u128::from_be_bytes(*head));
        odd |= length.wrapping_sub(1) >= SHORT as u32;
        let mask = MASKS.get(length as usize).copied().unwrap_or(0);
        // What stands behind the text is made blanks, to be checked, and zeros, to be compared.
        let checked = text & mask | BLANKS & !mask;
        bad |= checked | checked.wrapping_sub(BLANKS) | checked.wrapping_add(ONES);
        let last = bytes.get((start as usize + length as usize).wrapping_sub(1));
        odd |= (text >> 120 == 0x20) | (last == Some(&b' '));
        (text & mask) >> 8 | u128::from(length.wrapping_add(1)) << 120
    }));
    !odd && bad & HIGH == 0
}

/// Adds the words of texts that are judged one by one.
fn add_checked(
    parser: &FieldParser<'_>,
    ranges: &[(u32, u32)],
    bytes: &[u8],
    out: &mut Vec<u128>,
) -> Result<(), Unfit> {
    for &(start, length) in ranges {
        let text = bytes.get(start as usize..start as usize + length as usize).ok_or(Unfit)?;
        let text = std::str::from_utf8(text).map_err(|_| Unfit)?;
        out.push(match parser.text(text).ok_or(Unfit)? {
            None => 0,
            Some(value) if value.len() <= SHORT => word(value.as_bytes()).ok_or(Unfit)?,
            // A long text is compared as it stands in the file.
            Some(value) if value == text => LONG,
            Some(_) => return Err(Unfit),
        });
    }
    Ok(())
}

/// The word of the digits of a number, if they are few and it isn't negative; else what stands for a long text.
#[inline]
fn digits_word(number: i64) -> u128 {
    let Ok(number) = u64::try_from(number) else { return LONG };
    if number >= SHORT_NUMBER.cast_unsigned() {
        return LONG;
    }
    let digits = u128::from(eight(number / 100_000_000)) << 64 | u128::from(eight(number % 100_000_000));
    // The last digit stays, though it be 0.
    let zeros = (digits.leading_zeros() / 8).min(15);
    let length = 16 - zeros;
    let text = (digits | ZEROS) << (8 * zeros);
    text >> 8 | u128::from(length + 1) << 120
}

/// The eight digits of a number, a byte each, the first in the highest.
#[inline]
fn eight(number: u64) -> u64 {
    // Both halves at once, then all quarters, then all digits: times 10486 / 2^20 is divided by 100, times 103 / 2^10
    // by 10, for numbers as small as these.
    let halves = (number / 10_000) | ((number % 10_000) << 32);
    let hundreds = ((halves * 10_486) >> 20) & 0x7f_0000_007f;
    let quarters = hundreds | (halves - hundreds * 100) << 16;
    let tens = ((quarters * 103) >> 10) & 0x000f_000f_000f_000f;
    (tens | (quarters - tens * 10) << 8).swap_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_of_the_text() {
        let mut numbers: Vec<i64> = (0..15).flat_map(|power| [10i64.pow(power) - 1, 10i64.pow(power)]).collect();
        numbers.extend((0..100_000u64).map(|n| (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (n % 50 + 14)) as i64));
        numbers.extend(0..20_000);
        for number in numbers {
            let expect = word(number.to_string().as_bytes()).unwrap_or(LONG);
            assert_eq!(digits_word(number), expect, "{number}");
        }
        assert_eq!(digits_word(-1), LONG);
        assert_eq!(digits_word(1_000_000_000_000_000), LONG);
    }
}
