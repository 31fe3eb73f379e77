//! Reads clean CSV quickly, in blocks, by several readers at a time.
//!
//! Input: a file (or a stream) and the schema of its input. Output: [`Pieces`] with the rows that the exact reader
//! would give; [`Unfit`] for anything that it would report, and for what this reader doesn't know. Nothing is read
//! otherwise than the exact reader reads it: fields of plain shapes are read here, all others are parsed by its parsers.

mod batch;
mod column;
mod days;
mod grouping;
mod head;
mod numbers;
mod parity;
mod quoted;
mod reader;
mod scan;
mod source;
mod texts;
mod words;

use std::fs::File;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use self::head::Head;
use self::parity::Parity;
use self::reader::{NoReader, Reader};
use self::source::{Blocks, Stream};
use super::bind::Bound;
use super::bytes::{STDIN, is_packed};
use super::table::MAX_ROWS;
use crate::value::piece::{PieceReader, Pieces, Unfit, Wanted};
use crate::value::schema::Schema;

/// How many rows a piece has, about.
const ROWS: usize = 8_000;

/// The smallest and the largest block, where nobody says how large it is.
const BLOCKS: std::ops::RangeInclusive<usize> = 256 << 10..=1 << 20;

/// How much of a file is read at first; a header and the first record must be in it.
const HEAD: usize = 1 << 16;

/// How a file is cut.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// How many bytes a block has; `None` for as many as hold some 8,000 rows.
    pub block: Option<usize>,
}

/// A file of CSV that is read in pieces.
pub struct CsvPieces<'s> {
    source: Source,
    name: Arc<str>,
    schema: &'s Schema,
    wanted: Wanted,
    delimiter: u8,
    head: Head,
    head_bytes: Vec<u8>,
    parity: Parity,
    rows: AtomicU64,
}

enum Source {
    File(Blocks),
    Stream(Stream),
}

/// Opens a file that isn't packed.
#[expect(clippy::disallowed_methods, reason = "this is where files of data are read quickly")]
pub fn open<'s>(bound: &Bound, schema: &'s Schema, wanted: &Wanted, options: &Options) -> Result<CsvPieces<'s>, Unfit> {
    if bound.path == std::path::Path::new(STDIN) {
        return Err(Unfit);
    }
    let mut file = File::open(&bound.path).map_err(|_| Unfit)?;
    let about = file.metadata().map_err(|_| Unfit)?;
    if !about.is_file() {
        return Err(Unfit);
    }
    let head_bytes = first_bytes(&mut file)?;
    if is_packed(&head_bytes) {
        return Err(Unfit);
    }
    let delimiter = delimiter(bound, schema);
    let head = head::read(&head_bytes, head_bytes.len() as u64 == about.len(), delimiter, schema)?;
    let source =
        Source::File(Blocks::new(file, head.start as u64, about.len(), options.size(&head), bound.progress.clone()));
    CsvPieces::new(source, &bound.name, schema, wanted, delimiter, head, head_bytes)
}

/// Reads what comes one byte after the other, unpacked already.
pub fn stream<'s>(
    bound: &Bound,
    mut from: Box<dyn Read + Send>,
    schema: &'s Schema,
    wanted: &Wanted,
    options: &Options,
) -> Result<CsvPieces<'s>, Unfit> {
    let head_bytes = first_bytes(&mut from)?;
    let delimiter = delimiter(bound, schema);
    let head = head::read(&head_bytes, head_bytes.len() < HEAD, delimiter, schema)?;
    let kept = head_bytes.get(head.start..).unwrap_or(&[]).to_vec();
    let source = Source::Stream(Stream::new(kept, from, options.size(&head)));
    CsvPieces::new(source, &bound.name, schema, wanted, delimiter, head, head_bytes)
}

fn first_bytes(from: &mut impl Read) -> Result<Vec<u8>, Unfit> {
    let mut bytes = Vec::with_capacity(HEAD);
    from.take(HEAD as u64).read_to_end(&mut bytes).map_err(|_| Unfit)?;
    Ok(bytes)
}

fn delimiter(bound: &Bound, schema: &Schema) -> u8 {
    schema.format.delimiter.unwrap_or(bound.form.delimiter())
}

impl Options {
    fn size(&self, head: &Head) -> usize {
        self.block.unwrap_or_else(|| (head.record * ROWS).clamp(*BLOCKS.start(), *BLOCKS.end()))
    }
}

impl<'s> CsvPieces<'s> {
    fn new(
        source: Source,
        name: &Arc<str>,
        schema: &'s Schema,
        wanted: &Wanted,
        delimiter: u8,
        head: Head,
        head_bytes: Vec<u8>,
    ) -> Result<Self, Unfit> {
        let parity = Parity::default();
        if head.quoted {
            parity.set_quoted();
        }
        let (name, wanted, rows) = (Arc::clone(name), wanted.clone(), AtomicU64::new(0));
        let pieces = Self { source, name, schema, wanted, delimiter, head, head_bytes, parity, rows };
        // What no reader could read is told at once.
        Reader::new(&pieces)?;
        Ok(pieces)
    }

    /// Counts rows; there may be no more than a table can have.
    fn count(&self, rows: usize) -> Result<(), Unfit> {
        let rows = rows as u64;
        let before = self.rows.fetch_add(rows, Ordering::Relaxed);
        if before.saturating_add(rows) <= MAX_ROWS as u64 { Ok(()) } else { Err(Unfit) }
    }
}

impl Pieces for CsvPieces<'_> {
    fn reader(&self) -> Box<dyn PieceReader + '_> {
        match Reader::new(self) {
            Ok(reader) => Box::new(reader),
            Err(Unfit) => Box::new(NoReader),
        }
    }
}

#[cfg(test)]
mod tests;
