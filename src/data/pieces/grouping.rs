//! The runs of rows with the same key, and their keys.
//!
//! A key is told by the values of its columns, not by how they are written, so that it is the same in all pieces.

use super::batch::{Lane, Records, Take};
use super::column::{ColumnReader, Part};
use super::words::sixteen;
use crate::value::Type;
use crate::value::piece::{Runs, SHORT, Unfit, number_word, word};

/// What stands for a missing value in place of a length.
const NOTHING: u32 = u32::MAX;

/// For each length below 16, the bits of two words that so many bytes fill.
const KEPT: [[u64; 2]; 16] = {
    let mut masks = [[0u64; 2]; 16];
    let mut length = 1;
    while length < 16 {
        let bits = u128::MAX >> (128 - 8 * length);
        #[expect(clippy::indexing_slicing, reason = "this is run by the compiler")]
        {
            masks[length] = [bits as u64, (bits >> 64) as u64];
        }
        length += 1;
    }
    masks
};

/// Finds runs, batch by batch.
#[derive(Debug)]
pub struct Grouping {
    /// The columns of the schema that make the key.
    key: Vec<usize>,
    /// The key's field where its text is its value, if its batch is tidy.
    plain: Option<usize>,
    /// Whether anybody wants the number of each row's run.
    numbered: bool,
    runs: Runs,
    last: Last,
    numbers: Vec<u32>,
    quick: Quick,
    /// The key of a row that is being put together.
    bytes: Vec<u8>,
}

/// The key of the row before.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
enum Last {
    #[default]
    None,
    Word(u128),
    Long(Vec<u8>),
}

/// The new runs of a batch.
#[derive(Debug, Default)]
struct Quick {
    row: u32,
    /// The bytes of the key of the row before, as they stand there.
    last: [u64; 2],
    found: usize,
    starts: Vec<u32>,
    /// The words of the keys of the runs.
    keys: Vec<u128>,
    numbers: Vec<u32>,
    /// The keys of the rows, as they stand there, behind that of the row before them.
    rows: Vec<[u64; 2]>,
    /// Whether a key was found that isn't a short text.
    other: bool,
}

impl Grouping {
    /// No runs yet, by a key of some columns.
    pub fn new(key: &[usize], columns: &[ColumnReader<'_>], numbered: bool) -> Self {
        let plain = match key {
            [column] => columns
                .get(*column)
                .filter(|column| column.parser.takes_plain_texts() && !column.parser.spec().ty.optional),
            _ => None,
        };
        Self {
            key: key.to_vec(),
            plain: plain.map(|column| column.field),
            numbered,
            runs: Runs::default(),
            last: Last::None,
            numbers: Vec::new(),
            quick: Quick::default(),
            bytes: Vec::new(),
        }
    }

    /// Reads the keys of a tidy batch where they are short texts as they stand there; its first row has a number. Returns
    /// their field, whose texts are as they should be; `None` where nothing has been read.
    pub fn take_plain(&mut self, records: &Records<'_>, from: usize) -> Result<Option<usize>, Unfit> {
        let plain = self.plain.filter(|_| records.tidy && !matches!(self.last, Last::Long(_)));
        let Some(field) = plain else { return Ok(None) };
        self.quick.start(from, records.rows, &self.last, self.numbered)?;
        records.column(field, &mut self.quick)?;
        if self.quick.other {
            return Ok(None);
        }
        self.take_quick();
        Ok(Some(field))
    }

    /// Reads the keys of any batch; its columns have been read.
    pub fn take(&mut self, records: &Records<'_>, columns: &[ColumnReader<'_>], from: usize) -> Result<(), Unfit> {
        let rows = if self.key.is_empty() { 0 } else { records.rows };
        (0..rows).try_for_each(|row| self.take_row(records, columns, from, row))
    }

    /// Adds the runs that have been found.
    fn take_quick(&mut self) {
        let (quick, before) = (&mut self.quick, self.runs.starts.len() as u32);
        self.runs.starts.extend_from_slice(quick.starts.get(..quick.found).unwrap_or(&[]));
        self.runs.keys.extend_words(&quick.keys);
        self.last = Last::Word(word_of(&quick.last));
        if self.numbered {
            let numbers = quick.numbers.iter().map(|&number| (before + number).wrapping_sub(1));
            self.numbers.extend(numbers);
        }
    }

    fn take_row(
        &mut self,
        records: &Records<'_>,
        columns: &[ColumnReader<'_>],
        from: usize,
        row: usize,
    ) -> Result<(), Unfit> {
        let key = self.key_of(records, columns, from, row)?;
        if key != self.last {
            self.runs.starts.push(u32::try_from(from + row).map_err(|_| Unfit)?);
            match &key {
                Last::Word(word) => self.runs.keys.push_word(*word),
                Last::Long(bytes) => self.runs.keys.push(bytes),
                Last::None => return Err(Unfit),
            }
            self.last = key;
        }
        if self.numbered {
            self.numbers.push(u32::try_from(self.runs.starts.len() - 1).map_err(|_| Unfit)?);
        }
        Ok(())
    }

    fn key_of(
        &mut self,
        records: &Records<'_>,
        columns: &[ColumnReader<'_>],
        from: usize,
        row: usize,
    ) -> Result<Last, Unfit> {
        self.bytes.clear();
        if let [only] = self.key.as_slice() {
            let column = columns.get(*only).ok_or(Unfit)?;
            return match part(column, records, from, row, &mut self.bytes)? {
                Part::Missing if column.parser.spec().ty.base.is_text() => Ok(Last::Word(0)),
                Part::Missing => Err(Unfit),
                Part::Number(number) => Ok(Last::Word(number_word(number))),
                Part::Text => Ok(packed(&self.bytes)),
            };
        }
        for &column in &self.key {
            let column = columns.get(column).ok_or(Unfit)?;
            let start = self.bytes.len();
            self.bytes.extend_from_slice(&NOTHING.to_le_bytes());
            let length = match part(column, records, from, row, &mut self.bytes)? {
                Part::Missing => NOTHING,
                Part::Number(number) => {
                    self.bytes.extend_from_slice(&(number.cast_unsigned() ^ 1 << 63).to_be_bytes());
                    8
                }
                Part::Text => u32::try_from(self.bytes.len() - start - 4).map_err(|_| Unfit)?,
            };
            let slot = self.bytes.get_mut(start..start + 4).ok_or(Unfit)?;
            slot.copy_from_slice(&length.to_le_bytes());
        }
        Ok(packed(&self.bytes))
    }

    /// The runs of a piece, and the number of each row's run.
    pub fn finish(&mut self) -> (Runs, Vec<u32>) {
        self.last = Last::None;
        // The next piece has about as many rows and runs.
        let starts = Vec::with_capacity(self.runs.starts.len() + self.runs.starts.len() / 16);
        let numbers = Vec::with_capacity(self.numbers.len() + self.numbers.len() / 16);
        let runs = std::mem::replace(&mut self.runs, Runs { starts, ..Runs::default() });
        (runs, std::mem::replace(&mut self.numbers, numbers))
    }
}

/// The word of a short key.
fn word_of(key: &[u64; 2]) -> u128 {
    u128::from_be_bytes(bytes_of(key)) >> 8 | (length_of(key) as u128 + 1) << 120
}

/// The short key of a word.
fn short(word: u128) -> [u64; 2] {
    let bytes = u128::from_le_bytes((word << 8).to_be_bytes());
    [bytes as u64, (bytes >> 64) as u64]
}

fn packed(bytes: &[u8]) -> Last {
    word(bytes).map_or_else(|| Last::Long(bytes.to_vec()), Last::Word)
}

/// The value of a column in a row of a batch, which starts at some row of the piece.
fn part(
    column: &ColumnReader<'_>,
    records: &Records<'_>,
    from: usize,
    row: usize,
    bytes: &mut Vec<u8>,
) -> Result<Part, Unfit> {
    if column.parser.spec().ty.base == Type::Text {
        let Some(text) = column.parser.text(records.get(row, column.field)?).ok_or(Unfit)? else {
            return Ok(Part::Missing);
        };
        bytes.extend_from_slice(text.as_bytes());
        return Ok(Part::Text);
    }
    column.part(from + row, bytes)
}

impl Quick {
    /// Makes room for the runs of a batch that starts at a row.
    fn start(&mut self, from: usize, rows: usize, last: &Last, numbered: bool) -> Result<(), Unfit> {
        self.row = u32::try_from(from).map_err(|_| Unfit)?;
        // No text has a NUL character before others.
        self.last = if let Last::Word(word) = last { short(*word) } else { [0, 1] };
        (self.found, self.other) = (0, false);
        self.numbers.resize(if numbered { rows } else { 0 }, 0);
        self.starts.resize(rows + 1, 0);
        self.rows.resize(rows + 1, [0; 2]);
        Ok(())
    }
}

impl Take for Quick {
    #[inline(never)]
    fn take(&mut self, text: &[u8], fields: impl Lane) -> Result<(), Unfit> {
        let (before, keys) = self.rows.split_first_mut().ok_or(Unfit)?;
        *before = self.last;
        let (mut long, mut whole) = (false, true);
        for (slot, (start, end)) in keys.iter_mut().zip(fields.from(0)) {
            let length = end.wrapping_sub(start);
            let key = sixteen(text, start);
            whole &= key.is_some();
            let ([low, high], kept) = (key.unwrap_or_default(), KEPT.get(length as usize % 16));
            let [low_kept, high_kept] = kept.copied().unwrap_or_default();
            long |= length.wrapping_sub(1) >= SHORT as u32;
            *slot = [low & low_kept, high & high_kept];
        }
        self.last = keys.last().copied().unwrap_or(self.last);
        self.other = long || !whole;
        self.tell();
        Ok(())
    }
}

impl Quick {
    /// Tells the runs of the rows whose keys have been read.
    fn tell(&mut self) {
        let (mut found, mut row) = (0, self.row);
        let list = self.starts.as_mut_slice();
        let mut numbers = self.numbers.iter_mut();
        for pair in self.rows.windows(2) {
            let [[low_before, high_before], [low, high]] = pair else { break };
            // Written without asking whether the run is new: half of the time no guess would be right.
            if let Some(start) = list.get_mut(found) {
                *start = row;
            }
            found += usize::from((low ^ low_before) | (high ^ high_before) != 0);
            if let Some(number) = numbers.next() {
                *number = found as u32;
            }
            row = row.wrapping_add(1);
        }
        self.found = found;
        let starts = self.starts.get(..found).unwrap_or(&[]);
        let keys = starts.iter().filter_map(|&start| self.rows.get((start - self.row) as usize + 1));
        self.keys.clear();
        self.keys.extend(keys.map(word_of));
        self.other |= self.keys.iter().fold(false, |other, &word| other | !is_plain(word));
    }
}

/// Whether the short text of a word is ASCII, and neither starts nor ends with a blank.
fn is_plain(word: u128) -> bool {
    let text = word << 8;
    let last = text >> (text.trailing_zeros() & 0x78);
    text & 0x8080_8080_8080_8080_8080_8080_8080_8080 == 0 && text >> 120 != 0x20 && last as u8 != b' '
}

fn bytes_of([low, high]: &[u64; 2]) -> [u8; 16] {
    (u128::from(*high) << 64 | u128::from(*low)).to_le_bytes()
}

/// The length of a short text: no text has NUL characters.
fn length_of([low, high]: &[u64; 2]) -> usize {
    (16 - (u128::from(*high) << 64 | u128::from(*low)).leading_zeros() / 8) as usize
}
