//! A Parquet file in pieces: each reader takes a group of rows and hands it over some 16,000 rows at a time.
//!
//! Input: a file, the schema of an input and what is wanted of it. Output: [`Pieces`] with the rows that the exact
//! reader would give; [`Unfit`] for anything that it would report.

use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::column::Column as Source;
use super::footer::{Footer, Group};
use super::judge::Notation;
use super::lane::Maker;
use super::output::Output;
use super::runs::runs_of;
use super::{Broken, File, footer, read};
use crate::data::MAX_ROWS;
use crate::data::bind::Bound;
use crate::data::progress::Progress;
use crate::value::column::{Column, Gone, InputAccount, Table};
use crate::value::piece::{Piece, PieceReader, Pieces, Runs, Unfit, Use, Wanted};
use crate::value::schema::Schema;

/// How many rows a piece has at most.
const ROWS: usize = 1 << 14;

/// A Parquet file that is read in pieces.
#[derive(Debug)]
pub struct ParquetPieces {
    path: PathBuf,
    name: Arc<str>,
    footer: Footer,
    notation: Notation,
    /// For each column of the schema, the field of the file.
    fields: Vec<usize>,
    wanted: Wanted,
    progress: Progress,
    /// The number of the first piece of each group.
    numbers: Vec<usize>,
    /// The next group that nobody has taken.
    next: AtomicUsize,
}

impl From<Broken> for Unfit {
    fn from(_: Broken) -> Self {
        Self
    }
}

impl ParquetPieces {
    /// The pieces of a file. Unfit for what isn't a Parquet file that the schema fits, and for `unpivot`.
    pub fn new(bound: &Bound, schema: &Schema, wanted: &Wanted) -> Result<Self, Unfit> {
        let mut file = open(&bound.path)?;
        let size = file.seek(SeekFrom::End(0)).map_err(|_| Unfit)?;
        let footer = footer(&mut file, size)?;
        let rows = footer.rows();
        if rows == 0 || rows > MAX_ROWS || schema.unpivot.is_some() {
            return Err(Unfit);
        }
        let mut parsers = crate::data::table::parsers(schema, &mut crate::diag::Problems::new()).ok_or(Unfit)?;
        let layout = read::layout_of(&footer, schema, &mut parsers).ok_or(Unfit)?;
        let notation = Notation::new(schema, read::meanings(&footer, schema.columns.len(), &layout));
        let of = |column| layout.fixed.iter().find(|fixed| fixed.0 == column).map(|fixed| fixed.1).ok_or(Unfit);
        let fields = (0..schema.columns.len()).map(of).collect::<Result<Vec<usize>, Unfit>>()?;
        let mut number = 0;
        let first = |group: &Group| {
            let first = number;
            number += group.rows.div_ceil(ROWS);
            first
        };
        let numbers = footer.groups.iter().map(first).collect();
        let (path, name, wanted) = (bound.path.clone(), Arc::clone(&bound.name), wanted.clone());
        let progress = bound.progress.clone();
        Ok(Self { path, name, footer, notation, fields, wanted, progress, numbers, next: AtomicUsize::new(0) })
    }
}

impl Pieces for ParquetPieces {
    fn reader(&self) -> Box<dyn PieceReader + '_> {
        Box::new(Reader { of: self, file: None, columns: Vec::new(), number: 0, left: 0 })
    }
}

#[expect(clippy::disallowed_methods, reason = "this is where Parquet files are opened")]
fn open(path: &Path) -> Result<fs::File, Unfit> {
    fs::File::open(path).map_err(|_| Unfit)
}

impl File for fs::File {
    fn read(&mut self, at: u64, length: usize, into: &mut Vec<u8>) -> Result<(), Broken> {
        let unread = |_| Broken::new("it can't be read to its end");
        self.seek(SeekFrom::Start(at)).map_err(unread)?;
        let found = self.take(length as u64).read_to_end(into).map_err(unread)?;
        if found == length { Ok(()) } else { Err(Broken::ENDS) }
    }
}

/// Reads groups of rows, one after the other.
struct Reader<'q> {
    of: &'q ParquetPieces,
    file: Option<fs::File>,
    /// The columns in the order of the schema, as they are read and as they are handed over.
    columns: Vec<(Source, Output<'q>)>,
    /// The number of the next piece, and how many rows of the group are left.
    number: usize,
    left: usize,
}

impl PieceReader for Reader<'_> {
    fn read(&mut self) -> Result<Option<Piece>, Unfit> {
        while self.left == 0 {
            let group = self.of.next.fetch_add(1, Ordering::Relaxed);
            if group >= self.of.footer.groups.len() {
                return Ok(None);
            }
            self.begin(group)?;
        }
        // Pieces of a group are of about the same size.
        let rows = self.left.div_ceil(self.left.div_ceil(ROWS));
        let file = self.file.as_mut().ok_or(Unfit)?;
        for (source, output) in &mut self.columns {
            let mut done = 0;
            while done < rows {
                source.next(file, rows - done)?;
                output.take(source)?;
                done += source.batch().rows;
            }
        }
        let number = self.number;
        (self.number, self.left) = (number + 1, self.left - rows);
        self.piece(number, rows).map(Some)
    }
}

impl Reader<'_> {
    /// Begins with a group of rows.
    fn begin(&mut self, group: usize) -> Result<(), Unfit> {
        let of = self.of;
        self.number = of.numbers.get(group).copied().ok_or(Unfit)?;
        let group = of.footer.groups.get(group).ok_or(Unfit)?;
        self.left = group.rows;
        let bytes = group.chunks.iter().map(|chunk| usize::try_from(chunk.length).unwrap_or(0)).sum();
        of.progress.add(bytes);
        if self.file.is_some() {
            for (source, _) in &mut self.columns {
                let chunk = group.chunks.get(source.field().leaf).ok_or(Unfit)?;
                source.turn_to(chunk)?;
            }
            return Ok(());
        }
        self.file = Some(open(&of.path)?);
        for ((parser, &field), &wanted) in of.notation.parsers().zip(&of.fields).zip(&of.wanted.uses) {
            let field = of.footer.fields.get(field).ok_or(Unfit)?;
            let chunk = group.chunks.get(field.leaf).ok_or(Unfit)?;
            let maker = Maker::new(parser.map_err(|_| Unfit)?, field);
            self.columns.push((Source::new(field, chunk)?, Output::new(maker, wanted)));
        }
        if self.columns.len() == of.fields.len() { Ok(()) } else { Err(Unfit) }
    }

    /// The piece of the rows that have been read.
    fn piece(&mut self, number: usize, rows: usize) -> Result<Piece, Unfit> {
        let of = self.of;
        let (mut columns, mut own): (Vec<Column>, Option<Runs>) = (Vec::new(), None);
        for (_, output) in &mut self.columns {
            let finished = output.finish();
            columns.push(finished.column);
            own = own.or(finished.runs);
        }
        let key: Vec<&Column> = of.wanted.key.iter().filter_map(|&column| columns.get(column)).collect();
        let runs = match own {
            Some(runs) if key.len() == 1 => runs,
            _ if key.is_empty() => Runs::default(),
            _ if of.wanted.key.iter().any(|&at| of.wanted.uses.get(at) == Some(&Use::Nothing)) => return Err(Unfit),
            _ => runs_of(&key, rows)?,
        };
        let last = u32::try_from(rows).map_err(|_| Unfit)?;
        let lines = if of.wanted.lines { (1..=last).collect() } else { Vec::new() };
        let account = InputAccount { read: rows as u64, kept: rows as u64, ..InputAccount::default() };
        let table = Table {
            file: Arc::clone(&of.name),
            parts: Vec::new(),
            rows,
            columns,
            lines,
            fields: of.fields.iter().copied().map(Some).collect(),
            account,
            gone: Gone::default(),
        };
        Ok(Piece { number, table, newlines: rows as u64, runs })
    }
}
