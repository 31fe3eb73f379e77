//! Cuts some thousands of bytes into records and fields: few enough that they stay close while the columns read them.
//!
//! Input: a text that starts with a record. Output: where the fields of its records stand. Most batches have no quotes,
//! no carriage returns and no blank lines; then the places of delimiters and line feeds are all there is to know.

use super::quoted::{self, Ends, Walk};
use super::scan::{Kernel, SLACK};
use super::words::Span;
use crate::data::broken::bad_characters;
use crate::value::piece::Unfit;

/// How many bytes make a batch, unless a record is longer.
pub const BATCH: usize = 16 * 1024;

/// What a batch is, besides its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batch {
    /// How many records it has.
    pub rows: usize,
    /// Where the next one starts.
    pub next: usize,
    /// How many physical lines it has.
    pub lines: u32,
    /// Whether its fields hold no control characters.
    pub tidy: bool,
    /// Whether its text is ASCII.
    pub ascii: bool,
    /// Whether each field has been looked at.
    pub spelled: bool,
}

/// Where the fields of a batch stand.
#[derive(Debug, Clone, Copy)]
pub enum Fields<'b> {
    /// The place before the first field, then the end of each, and anything behind them; a field starts behind the end
    /// of the one before.
    Between(&'b [u32]),
    /// Start and end of each.
    Spans(&'b [[u32; 2]]),
}

/// The fields of the records of a batch.
#[derive(Debug, Clone, Copy)]
pub struct Records<'b> {
    /// The text in which they stand, with the padding behind it.
    pub text: &'b [u8],
    /// Where they stand.
    pub fields: Fields<'b>,
    /// How many fields a record has.
    pub width: usize,
    /// How many records there are.
    pub rows: usize,
    /// Whether the fields hold no control characters.
    pub tidy: bool,
    /// Whether the text is ASCII.
    pub ascii: bool,
}

/// Where the fields of one column stand, from the first record to the last.
pub trait Lane: Copy {
    /// Those from a row on.
    fn from(self, row: usize) -> impl Iterator<Item = Span>;

    /// One of them.
    fn get(self, row: usize) -> Result<Span, Unfit> {
        self.from(row).next().ok_or(Unfit)
    }
}

/// The lane of fields between places.
#[derive(Debug, Clone, Copy)]
struct Between<'b> {
    /// From the place before the column's first field on; each row has its first two of so many.
    places: &'b [u32],
    width: usize,
}

/// The lane of fields that have been looked at.
#[derive(Debug, Clone, Copy)]
struct Spelled<'b> {
    spans: &'b [[u32; 2]],
    width: usize,
}

impl Lane for Between<'_> {
    #[inline(always)]
    fn from(self, row: usize) -> impl Iterator<Item = Span> {
        let rest = self.places.get(row * self.width..).unwrap_or(&[]);
        let pairs = rest.chunks_exact(self.width).map_while(|places| places.first_chunk::<2>());
        pairs.map(|&[before, end]| (before.wrapping_add(1), end))
    }
}

impl Lane for Spelled<'_> {
    #[inline(always)]
    fn from(self, row: usize) -> impl Iterator<Item = Span> {
        let rest = self.spans.get(row * self.width..).unwrap_or(&[]);
        rest.iter().step_by(self.width).map(|&[start, end]| (start, end))
    }
}

/// Something that takes the fields of a column.
pub trait Take {
    /// Takes them; they stand in a padded text.
    fn take(&mut self, text: &[u8], fields: impl Lane) -> Result<(), Unfit>;
}

impl Records<'_> {
    /// Hands out the fields at a place in their records.
    #[inline]
    pub fn column(&self, field: usize, taker: &mut impl Take) -> Result<(), Unfit> {
        let width = self.width;
        match self.fields {
            Fields::Between(places) => {
                let places = places.get(field..field + self.rows * width).ok_or(Unfit)?;
                taker.take(self.text, Between { places, width })
            }
            // A batch of blank lines has no fields at all.
            Fields::Spans(spans) => taker.take(self.text, Spelled { spans: spans.get(field..).unwrap_or(&[]), width }),
        }
    }

    /// One field.
    pub fn get(&self, row: usize, field: usize) -> Result<&str, Unfit> {
        let at = row * self.width + field;
        let (start, end) = match self.fields {
            Fields::Between(ends) => (ends.get(at).ok_or(Unfit)?.wrapping_add(1), *ends.get(at + 1).ok_or(Unfit)?),
            Fields::Spans(spans) => spans.get(at).map(|&[start, end]| (start, end)).ok_or(Unfit)?,
        };
        text_at(self.text, (start, end))
    }
}

/// A field as a text.
pub fn text_at(text: &[u8], (start, end): Span) -> Result<&str, Unfit> {
    text.get(start as usize..end as usize).and_then(|bytes| std::str::from_utf8(bytes).ok()).ok_or(Unfit)
}

/// Cuts batches, with room that is used again.
#[derive(Debug)]
pub struct Cutter {
    kernel: Kernel,
    delimiter: u8,
    /// How many fields a record has.
    width: usize,
    places: Vec<u32>,
    quotes: Vec<u64>,
    walk: Walk,
}

impl Cutter {
    /// A cutter for records of so many fields.
    pub fn new(kernel: Kernel, delimiter: u8, width: usize) -> Self {
        Self {
            kernel,
            delimiter,
            width: width.max(1),
            places: vec![0; SLACK],
            quotes: Vec::new(),
            walk: Walk::default(),
        }
    }

    /// The records of a batch, in the padded text of which it has been cut.
    pub fn records<'b>(&'b self, text: &'b [u8], batch: &Batch) -> Records<'b> {
        let fields = if batch.spelled { Fields::Spans(&self.walk.spans) } else { Fields::Between(&self.places) };
        Records { text, fields, width: self.width, rows: batch.rows, tidy: batch.tidy, ascii: batch.ascii }
    }

    /// The line, from 1 in the batch, on which each record starts, where that isn't its number.
    pub fn lines(&self, batch: &Batch) -> Option<&[u32]> {
        batch.spelled.then_some(self.walk.lines.as_slice())
    }

    /// The next batch of a text that ends where its last record does; `at` is where a record starts. Without quotes at
    /// all in the file so far, a quote is [`Unfit`].
    pub fn cut(&mut self, text: &mut [u8], at: usize, end: usize, quoted: bool) -> Result<Batch, Unfit> {
        let mut length = BATCH;
        loop {
            let to = at.saturating_add(length).min(end);
            if let Some(batch) = self.cut_some(text, at, to, quoted)? {
                return Ok(batch);
            }
            if to == end {
                return Err(Unfit);
            }
            length *= 2;
        }
    }

    /// The records that are whole in a part of the text; `None` where there are none.
    fn cut_some(&mut self, text: &mut [u8], at: usize, to: usize, quoted: bool) -> Result<Option<Batch>, Unfit> {
        let part = text.get(at..to).ok_or(Unfit)?;
        let base = u32::try_from(at).map_err(|_| Unfit)?;
        let room = part.len() + 2 * SLACK + self.width + 1;
        if self.places.len() < room {
            self.places.resize(room, 0);
        }
        let (before, places) = self.places.split_first_mut().ok_or(Unfit)?;
        *before = base.wrapping_sub(1);
        let found = self.kernel.scan(part, self.delimiter, base, places);
        if found.quotes {
            return if quoted { self.cut_quoted(text, at, to, found.places) } else { Err(Unfit) };
        }
        let rows = found.places / self.width;
        // In a file with a single column a blank line looks like a record.
        let regular = self.width > 1 && found.newlines == rows && self.every_end_is_newline(text, rows);
        if !found.odd && regular {
            return Ok(self.regular(rows, (true, true)));
        }
        let Some(end) = self.last_end(text, found.places) else { return Ok(None) };
        let records = text.get(at..end).ok_or(Unfit)?;
        check_text(records)?;
        let nature = (self.delimiter == b'\t' || memchr::memchr(b'\t', records).is_none(), records.is_ascii());
        if regular && memchr::memchr(b'\r', records).is_none() {
            return Ok(self.regular(rows, nature));
        }
        self.spell(text, at, found.places, 0, nature)
    }

    /// Cuts a part with quotes: what stands inside them ends no field.
    fn cut_quoted(&mut self, text: &mut [u8], at: usize, to: usize, places: usize) -> Result<Option<Batch>, Unfit> {
        let part = text.get(at..to).ok_or(Unfit)?;
        self.kernel.quotes(part, &mut self.quotes);
        let listed = self.places.get_mut(1..=places).ok_or(Unfit)?;
        let places = quoted::drop_inside(&self.quotes, at, listed);
        let Some(end) = self.last_end(text, places) else { return Ok(None) };
        let records = text.get(at..end).ok_or(Unfit)?;
        check_text(records)?;
        let quotes = memchr::memchr_iter(b'"', records).count();
        let nature = (memchr::memchr(b'\t', records).is_none(), records.is_ascii());
        self.spell(text, at, places, quotes, nature)
    }

    /// Looks at each field of the records that are whole; `tidy` if no field holds a tab.
    fn spell(
        &mut self,
        text: &mut [u8],
        at: usize,
        places: usize,
        quotes: usize,
        (tidy, ascii): (bool, bool),
    ) -> Result<Option<Batch>, Unfit> {
        let places = self.places.get(1..=places).ok_or(Unfit)?;
        let (next, lines) = self.walk.run(text, &Ends { at, places, width: self.width, quotes })?;
        let rows = self.walk.lines.len();
        // With a line for each record there is none inside a field.
        let tidy = tidy && lines as usize == rows;
        Ok((next > at).then_some(Batch { rows, next, lines, tidy, ascii, spelled: true }))
    }

    /// Whether each record's last field ends in a line feed.
    fn every_end_is_newline(&self, text: &[u8], rows: usize) -> bool {
        let ends = self.places.get(..=rows * self.width).unwrap_or(&[]).iter().step_by(self.width).skip(1);
        ends.fold(true, |all, &end| all & (text.get(end as usize) == Some(&b'\n')))
    }

    /// The place behind the last line feed among so many places.
    fn last_end(&self, text: &[u8], places: usize) -> Option<usize> {
        let places = self.places.get(1..=places).unwrap_or(&[]);
        let last = places.iter().rev().find(|&&place| text.get(place as usize) == Some(&b'\n'));
        last.map(|&last| last as usize + 1)
    }

    /// A batch whose fields stand between places. `None` without rows.
    fn regular(&self, rows: usize, (tidy, ascii): (bool, bool)) -> Option<Batch> {
        let next = *self.places.get(rows * self.width)? as usize + 1;
        let lines = u32::try_from(rows).ok()?;
        (rows > 0).then_some(Batch { rows, next, lines, tidy, ascii, spelled: false })
    }
}

/// Whether some records are UTF-8, without characters that no file may hold.
fn check_text(records: &[u8]) -> Result<(), Unfit> {
    let text = std::str::from_utf8(records).map_err(|_| Unfit)?;
    if bad_characters(text).is_empty() { Ok(()) } else { Err(Unfit) }
}
