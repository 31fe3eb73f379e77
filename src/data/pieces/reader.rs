//! Reads blocks into pieces: batch by batch, and in each batch column by column.

use std::ops::Range;
use std::sync::Arc;

use super::batch::Cutter;
use super::column::ColumnReader;
use super::grouping::Grouping;
use super::head::layout;
use super::scan::Kernel;
use super::source::{Block, Buffer};
use super::{CsvPieces, Source};
use crate::value::column::{Gone, InputAccount, Table};
use crate::value::piece::{Piece, PieceReader, Unfit, Use};

/// Reads pieces of one file.
pub struct Reader<'p> {
    pieces: &'p CsvPieces<'p>,
    columns: Vec<ColumnReader<'p>>,
    /// For each column, its place among the fields.
    fields: Vec<Option<usize>>,
    cutter: Cutter,
    grouping: Grouping,
    buffer: Buffer,
    lines: Vec<u32>,
}

/// What has been read of a block.
#[derive(Debug, Clone, Copy, Default)]
struct Read {
    rows: usize,
    lines: u64,
}

impl<'p> Reader<'p> {
    /// A reader with parsers of its own.
    pub fn new(pieces: &'p CsvPieces<'p>) -> Result<Self, Unfit> {
        let (parsers, layout) = layout(&pieces.head_bytes, &pieces.name, pieces.delimiter, pieces.schema)?;
        let mut fields = vec![None; parsers.len()];
        for &(column, field) in &layout.fixed {
            *fields.get_mut(column).ok_or(Unfit)? = Some(field);
        }
        let uses = pieces.wanted.uses.iter().copied().chain(std::iter::repeat(Use::Values));
        let columns: Result<Vec<_>, _> = parsers
            .into_iter()
            .zip(&fields)
            .zip(uses)
            .map(|((parser, field), wanted)| ColumnReader::new(parser, field.ok_or(Unfit)?, wanted))
            .collect();
        let columns = columns?;
        let numbered = pieces.wanted.uses.contains(&Use::Grouping);
        let grouping = Grouping::new(&pieces.wanted.key, &columns, numbered);
        let cutter = Cutter::new(Kernel::best(), pieces.delimiter, pieces.head.width);
        Ok(Self { pieces, columns, fields, cutter, grouping, buffer: Buffer::default(), lines: Vec::new() })
    }

    fn next_piece(&mut self) -> Result<Option<Piece>, Unfit> {
        loop {
            let (block, read) = match &self.pieces.source {
                Source::File(_) => match self.read_block()? {
                    Some(found) => found,
                    None => return Ok(None),
                },
                Source::Stream(stream) => match stream.take(&mut self.buffer)? {
                    Some(block) => {
                        let read = self.read_records(&block, block.owned(), true)?;
                        (block, read)
                    }
                    None => return Ok(None),
                },
            };
            if read.lines > 0 {
                return self.piece(&block, read).map(Some);
            }
        }
    }

    /// Reads a block of a file: as if it began outside quotes, until quotes are found in any.
    fn read_block(&mut self) -> Result<Option<(Block, Read)>, Unfit> {
        let Source::File(blocks) = &self.pieces.source else { return Err(Unfit) };
        let Some(block) = blocks.take(&mut self.buffer)? else { return Ok(None) };
        let parity = &self.pieces.parity;
        if !parity.is_quoted() {
            let range = blocks.records(&block, &mut self.buffer, false, false);
            let read = range.and_then(|range| self.read_records(&block, range, false));
            match read {
                Ok(read) => {
                    parity.tell_guess(block.number)?;
                    return Ok(Some((block, read)));
                }
                Err(unfit) if memchr::memchr(b'"', self.buffer.text()).is_none() => return Err(unfit),
                Err(_) => self.restart(),
            }
            parity.set_quoted();
        }
        parity.tell_odd(block.number, block.has_odd_quotes(&self.buffer))?;
        let odd = parity.odd_before(block.number)?;
        let range = blocks.records(&block, &mut self.buffer, odd, true)?;
        let read = self.read_records(&block, range, true)?;
        Ok(Some((block, read)))
    }

    fn read_records(&mut self, block: &Block, range: Range<usize>, quoted: bool) -> Result<Read, Unfit> {
        let mut read = Read::default();
        if block.number == 0 {
            read.lines = u64::from(self.pieces.head.lines);
        }
        let mut at = range.start;
        while at < range.end {
            let batch = self.cutter.cut(self.buffer.bytes(), at, range.end, quoted)?;
            let records = self.cutter.records(self.buffer.bytes(), &batch);
            let checked = self.grouping.take_plain(&records, read.rows)?;
            for column in self.columns.iter_mut().filter(|column| checked.is_none_or(|field| !column.is_checked(field)))
            {
                column.take(&records)?;
            }
            if checked.is_none() {
                self.grouping.take(&records, &self.columns, read.rows)?;
            }
            if self.pieces.wanted.lines {
                let before = u32::try_from(read.lines).map_err(|_| Unfit)?;
                match self.cutter.lines(&batch) {
                    Some(lines) => self.lines.extend(lines.iter().map(|line| before + line)),
                    None => self.lines.extend(before + 1..=before + batch.lines),
                }
            }
            at = batch.next;
            read.rows += batch.rows;
            read.lines += u64::from(batch.lines);
        }
        Ok(read)
    }

    /// Forgets what has been read of a block that is read again.
    fn restart(&mut self) {
        self.columns.iter_mut().for_each(ColumnReader::restart);
        self.grouping.finish();
        self.lines.clear();
    }

    fn piece(&mut self, block: &Block, read: Read) -> Result<Piece, Unfit> {
        self.pieces.count(read.rows)?;
        let (runs, numbers) = self.grouping.finish();
        let columns = self.columns.iter_mut().map(|column| column.finish(|| numbers.clone())).collect();
        let records = read.rows as u64;
        let table = Table {
            file: Arc::clone(&self.pieces.name),
            parts: Vec::new(),
            rows: read.rows,
            columns,
            lines: std::mem::take(&mut self.lines),
            fields: self.fields.clone(),
            account: InputAccount { read: records, kept: records, ..InputAccount::default() },
            gone: Gone::default(),
        };
        Ok(Piece { number: block.number, table, newlines: read.lines, runs })
    }
}

impl PieceReader for Reader<'_> {
    fn read(&mut self) -> Result<Option<Piece>, Unfit> {
        let read = self.next_piece();
        if read.is_err() {
            self.pieces.parity.fail();
        }
        read
    }
}

/// A reader that could not be made.
pub struct NoReader;

impl PieceReader for NoReader {
    fn read(&mut self) -> Result<Option<Piece>, Unfit> {
        Err(Unfit)
    }
}
