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
    /// The words of the dictionary.
    table: Vec<u128>,
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
        let mut words = std::mem::take(&mut self.words);
        words.clear();
        let any_long = self.add(maker, column, &mut words)?;
        if !batch.present.is_empty() {
            spread(&mut words, &batch.present);
        }
        if words.len() != batch.rows {
            return Err(Unfit);
        }
        let any_missing = words.contains(&0);
        if any_missing && !maker.parser.spec().ty.optional {
            return Err(Unfit);
        }
        if any_missing || !self.known.is_empty() {
            self.known.resize(self.rows, true);
            self.known.extend(words.iter().map(|&word| word != 0));
        }
        if self.wanted && (any_long || self.last == Some(LONG)) {
            self.group_long(column, &words)?;
        } else if self.wanted {
            self.group(&words)?;
        }
        self.rows += batch.rows;
        self.words = words;
        Ok(())
    }

    /// Adds the words of the rows that have a text, and says whether any is long.
    fn add(&mut self, maker: &mut Maker<'_>, column: &Column, words: &mut Vec<u128>) -> Result<bool, Unfit> {
        match &column.batch().values {
            Values::Places(places) => {
                let dictionary = column.dictionary();
                if self.table_of != dictionary.number {
                    self.table_of = dictionary.number;
                    self.table.clear();
                    add_words(maker, &dictionary.values, &dictionary.bytes, &mut self.table)?;
                }
                let mut fits = true;
                words.extend(places.iter().map(|&place| {
                    let found = self.table.get(place as usize);
                    fits &= found.is_some();
                    found.copied().unwrap_or_default()
                }));
                if fits { Ok(words.contains(&LONG)) } else { Err(Unfit) }
            }
            values => add_words(maker, values, column.bytes(), words),
        }
    }

    /// Finds the runs of a batch of short texts.
    fn group(&mut self, words: &[u128]) -> Result<(), Unfit> {
        let first = u32::try_from(self.rows).map_err(|_| Unfit)?;
        let before = self.runs.starts.len() as u32;
        if self.starts.len() <= words.len() {
            self.starts.resize(words.len() + 1, 0);
            self.found.resize(words.len() + 1, 0);
        }
        // A word that no text has begins a run in any case.
        let (mut last, mut found) = (self.last.unwrap_or(LONG), 0usize);
        self.numbers.extend(words.iter().zip(first..).map(|(&word, row)| {
            // Written without asking whether the run is new: half of the time no guess would be right.
            if let Some((start, key)) = self.starts.get_mut(found).zip(self.found.get_mut(found)) {
                (*start, *key) = (row, word);
            }
            found += usize::from(word != last);
            last = word;
            before + found as u32
        }));
        self.runs.starts.extend_from_slice(self.starts.get(..found).unwrap_or(&[]));
        self.runs.keys.extend_words(self.found.get(..found).unwrap_or(&[]));
        self.last = Some(last);
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

/// Adds the words of values that aren't places, once they are right; says whether any is long.
fn add_words(maker: &mut Maker<'_>, values: &Values, bytes: &[u8], out: &mut Vec<u128>) -> Result<bool, Unfit> {
    let from = out.len();
    let any_long = match values {
        Values::Bytes(ranges) if maker.field.meaning.is_text() => {
            if add_plain(ranges, bytes, out) && maker.parser.has_no_words() {
                return Ok(false);
            }
            out.truncate(from);
            add_checked(&maker.parser, ranges, bytes, out)?
        }
        Values::Whole(numbers) if maker.parser.has_no_words() => {
            out.extend(numbers.iter().map(|&number| digits_word(number)));
            out.get(from..).is_some_and(|words| words.contains(&LONG))
        }
        _ => return Err(Unfit),
    };
    Ok(any_long)
}

/// Adds the words of texts as they stand. False where one is long, or might not be its own value: if it is empty or
/// isn't all of visible ASCII characters with blanks between them.
fn add_plain(ranges: &[(u32, u32)], bytes: &[u8], out: &mut Vec<u128>) -> bool {
    let (mut bad, mut odd) = (0u128, false);
    out.extend(ranges.iter().map(|&(start, length)| {
        let head = bytes.get(start as usize..).and_then(|rest| rest.first_chunk::<16>());
        let text = head.map_or(0, |head| u128::from_be_bytes(*head));
        odd |= length.wrapping_sub(1) >= SHORT as u32;
        // What stands behind the text is made blanks, to be checked, and zeros, to be compared.
        let mask = u128::MAX.checked_shr(8 * (length & 15)).unwrap_or(0);
        let checked = text & !mask | BLANKS & mask;
        bad |= checked | checked.wrapping_sub(BLANKS) | checked.wrapping_add(ONES);
        let last = text >> (128u32.wrapping_sub(8 * length) & 127) & 0xff;
        odd |= (text >> 120 == 0x20) | (last == 0x20);
        (text & !mask) >> 8 | u128::from(length + 1) << 120
    }));
    !odd && bad & HIGH == 0
}

/// Adds the words of texts that are judged one by one; says whether any is long.
fn add_checked(
    parser: &FieldParser<'_>,
    ranges: &[(u32, u32)],
    bytes: &[u8],
    out: &mut Vec<u128>,
) -> Result<bool, Unfit> {
    let mut any_long = false;
    for &(start, length) in ranges {
        let text = bytes.get(start as usize..start as usize + length as usize).ok_or(Unfit)?;
        let text = std::str::from_utf8(text).map_err(|_| Unfit)?;
        out.push(match parser.text(text).ok_or(Unfit)? {
            None => 0,
            Some(value) if value.len() <= SHORT => word(value.as_bytes()).ok_or(Unfit)?,
            // A long text is compared as it stands in the file.
            Some(value) if value == text => {
                any_long = true;
                LONG
            }
            Some(_) => return Err(Unfit),
        });
    }
    Ok(any_long)
}

/// The word of the digits of a number, if they are few and it isn't negative; else what stands for a long text.
fn digits_word(number: i64) -> u128 {
    let Ok(number) = u64::try_from(number) else { return LONG };
    if number >= 1_000_000_000_000_000 {
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
