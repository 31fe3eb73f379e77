//! The values of one field in a group of rows, decoded some at a time.
//!
//! Input: the pages of a column. Output: [`Batch`]es of up to [`MANY`] rows: which rows have a value, and the values,
//! as places in the dictionary of the column where it is written so.

use super::Broken;
use super::File;
use super::decode::{Decoder, Values};
use super::field::Field;
use super::footer::Chunk;
use super::hybrid::Hybrid;
use super::judge::Datum;
use super::pages::{Page, Pages, Role};

/// The most rows that are decoded at once.
pub const MANY: usize = 1024;
/// A run of rows that all have a value, or none, is a batch of its own from this length on.
const RUN: usize = 256;

/// Some rows of a column.
#[derive(Debug, Default)]
pub struct Batch {
    /// How many rows.
    pub rows: usize,
    /// Which of them have a value; empty where all have one.
    pub present: Vec<bool>,
    /// The values of those that have one.
    pub values: Values,
}

/// The distinct values of a column in a group of rows.
#[derive(Debug, Default)]
pub struct Dictionary {
    /// The values.
    pub values: Values,
    /// What those of bytes stand in.
    pub bytes: Vec<u8>,
    /// Counts the dictionaries that a column had so far.
    pub number: usize,
}

/// A column that is being decoded.
#[derive(Debug)]
pub struct Column {
    field: Field,
    pages: Pages,
    /// The present page, and how many of its rows are left.
    page: Option<Page>,
    left: usize,
    levels: Option<Hybrid>,
    decoder: Decoder,
    dictionary: Dictionary,
    batch: Batch,
    scratch: Vec<u32>,
}

impl Column {
    /// The column of a field in a group.
    pub fn new(field: &Field, chunk: &Chunk) -> Result<Self, Broken> {
        Ok(Self {
            field: field.clone(),
            pages: Pages::new(chunk, field.optional)?,
            page: None,
            left: 0,
            levels: None,
            decoder: Decoder::default(),
            dictionary: Dictionary::default(),
            batch: Batch::default(),
            scratch: Vec::new(),
        })
    }

    /// Goes on with another group.
    pub fn turn_to(&mut self, chunk: &Chunk) -> Result<(), Broken> {
        self.pages.turn_to(chunk)?;
        (self.page, self.left, self.levels) = (None, 0, None);
        self.dictionary.values = Values::default();
        Ok(())
    }

    /// The field.
    pub fn field(&self) -> &Field {
        &self.field
    }

    /// The rows that were decoded last.
    pub fn batch(&self) -> &Batch {
        &self.batch
    }

    /// The dictionary in which places are.
    pub fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// A value of those that were decoded last, or of the dictionary in which its place is.
    pub fn value(&self, at: usize) -> Option<Datum<'_>> {
        match &self.batch.values {
            Values::Places(places) => {
                Datum::of(&self.dictionary.values, *places.get(at)? as usize, &self.dictionary.bytes)
            }
            values => Datum::of(values, at, self.bytes()),
        }
    }

    /// What values of bytes stand in.
    pub fn bytes(&self) -> &[u8] {
        self.decoder.arena().unwrap_or(self.pages.bytes())
    }

    /// Decodes the next rows: at least one, and not more than `limit`.
    pub fn next(&mut self, file: &mut dyn File, limit: usize) -> Result<(), Broken> {
        while self.left == 0 {
            self.next_page(file)?;
        }
        let rows = limit.min(self.left).min(MANY);
        let known = self.read_levels(rows)?;
        self.decoder.read(self.pages.bytes(), known, &self.field, &mut self.batch.values)?;
        self.left -= self.batch.rows;
        Ok(())
    }

    fn next_page(&mut self, file: &mut dyn File) -> Result<(), Broken> {
        let page = self.pages.next(file)?.ok_or(Broken::new("a column has fewer values than its group has rows"))?;
        match page.role {
            Role::Dictionary => {
                if page.encoding != 0 && page.encoding != 2 {
                    return Err(Broken::new("a dictionary is written in a way that isn't known"));
                }
                let mut decoder = Decoder::plain(page.start, page.end);
                decoder.read(self.pages.bytes(), page.values, &self.field, &mut self.dictionary.values)?;
                self.dictionary.bytes = self.pages.take_bytes();
                self.dictionary.number += 1;
            }
            Role::Data => {
                self.levels = match self.field.optional {
                    true => Some(Hybrid::new(page.levels.0, page.levels.1, 1)?),
                    false => None,
                };
                self.decoder.begin(&page, self.pages.bytes(), &self.field)?;
                (self.left, self.page) = (page.values, Some(page));
            }
        }
        Ok(())
    }

    /// Finds out which of the next rows have a value, and returns how many do. It may take fewer rows than asked for.
    fn read_levels(&mut self, rows: usize) -> Result<usize, Broken> {
        let batch = &mut self.batch;
        batch.present.clear();
        batch.rows = rows;
        let Some(levels) = &mut self.levels else { return Ok(rows) };
        let bytes = self.pages.bytes();
        if let Some((level, same)) = levels.same(bytes, rows)?.filter(|&(_, same)| same == rows || same >= RUN) {
            batch.rows = same;
            levels.pass(same);
            return match level {
                1 => Ok(same),
                0 => {
                    batch.present.resize(same, false);
                    Ok(0)
                }
                _ => Err(LEVEL),
            };
        }
        self.scratch.resize(rows, 0);
        levels.fill(bytes, &mut self.scratch)?;
        let known: usize = self.scratch.iter().map(|&level| level as usize).sum();
        if known > rows || self.scratch.iter().any(|&level| level > 1) {
            return Err(LEVEL);
        }
        if known < rows {
            batch.present.extend(self.scratch.iter().map(|&level| level == 1));
        }
        Ok(known)
    }
}

const LEVEL: Broken = Broken::new("a value is at a level that there isn't");
