//! Opens the files of an input to be read in pieces, quickly: whatever their format, packed or not, one or several.
//!
//! Input: the files and the schema of an input. Output: [`Pieces`], or [`Unfit`] where a file must be read exactly.

use std::collections::VecDeque;
use std::io::Read;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use super::bytes::{self, STDIN};
use super::{Bound, Form, parquet, pieces};
use crate::value::piece::{Piece, PieceReader, Pieces, Unfit, Wanted};
use crate::value::schema::Schema;

/// A file of several that is at most so large is read by one reader alone, from its beginning to its end.
const SMALL: u64 = if cfg!(test) { 60 } else { 4 << 20 };

/// The pieces of a file have numbers below this; those of the next file have greater ones.
const OF_FILE: u64 = 1 << 40;

/// Opens the files of an input. Their pieces are in the order of the files.
pub fn open<'s>(
    files: &'s [Bound],
    schema: &'s Schema,
    wanted: &Wanted,
    options: &pieces::Options,
) -> Result<Box<dyn Pieces + 's>, Unfit> {
    match files {
        [] => Err(Unfit),
        [file] => Ok(one(file, schema, wanted, options)?),
        _ => {
            let file =
                |bound| File { bound, large: is_large(bound), taken: AtomicBool::new(false), open: OnceLock::new() };
            let files = files.iter().map(file).collect();
            Ok(Box::new(Several { files, schema, wanted: wanted.clone(), options: *options }))
        }
    }
}

/// Opens one file.
fn one<'s>(
    bound: &Bound,
    schema: &'s Schema,
    wanted: &Wanted,
    options: &pieces::Options,
) -> Result<Box<dyn Pieces + Send + 's>, Unfit> {
    if parquet::is_named_so(&bound.name) {
        return Ok(Box::new(parquet::ParquetPieces::new(bound, schema, wanted)?));
    }
    if bound.form == Form::JsonLines {
        return Err(Unfit);
    }
    if is_stream(bound)? {
        let from: Box<dyn Read + Send> = bytes::reader(bound).map_err(|_| Unfit)?;
        return Ok(Box::new(pieces::stream(bound, from, schema, wanted, options)?));
    }
    Ok(Box::new(pieces::open(bound, schema, wanted, options)?))
}

/// Whether the bytes of a file come one after the other. What can't be read twice can't be read quickly.
fn is_stream(bound: &Bound) -> Result<bool, Unfit> {
    if bound.path == Path::new(STDIN) {
        return Ok(true);
    }
    if !std::fs::metadata(&bound.path).map_err(|_| Unfit)?.is_file() {
        return Err(Unfit);
    }
    bytes::begins_packed(bound).map_err(|_| Unfit)
}

fn is_large(bound: &Bound) -> bool {
    std::fs::metadata(&bound.path).map_or(true, |about| about.len() > SMALL)
}

/// Several files.
struct Several<'s> {
    files: Vec<File<'s>>,
    schema: &'s Schema,
    wanted: Wanted,
    options: pieces::Options,
}

struct File<'s> {
    bound: &'s Bound,
    large: bool,
    /// Whether a reader has taken a small file.
    taken: AtomicBool,
    /// A large file, which all readers share once one has opened it.
    open: OnceLock<Result<Box<dyn Pieces + Send + 's>, Unfit>>,
}

impl Pieces for Several<'_> {
    fn reader(&self) -> Box<dyn PieceReader + '_> {
        Box::new(Reader { files: self, at: 0, current: None, ready: VecDeque::new() })
    }
}

/// Reads one file after the other.
struct Reader<'p, 's> {
    files: &'p Several<'s>,
    at: usize,
    /// The reader of the large file at this place.
    current: Option<Box<dyn PieceReader + 'p>>,
    /// The pieces of the small file at this place.
    ready: VecDeque<Piece>,
}

impl<'p, 's> Reader<'p, 's> {
    /// The next piece of the file at this place, numbered within it.
    fn next_of_file(&mut self, file: &'p File<'s>) -> Result<Option<Piece>, Unfit> {
        let Several { schema, wanted, options, .. } = self.files;
        if file.large {
            if self.current.is_none() {
                let open = file.open.get_or_init(|| one(file.bound, schema, wanted, options));
                self.current = Some(open.as_ref().map_err(|unfit| *unfit)?.reader());
            }
            return self.current.as_mut().map_or(Ok(None), |reader| reader.read());
        }
        if !file.taken.swap(true, Ordering::Relaxed) {
            let pieces = one(file.bound, schema, wanted, options)?;
            let mut reader = pieces.reader();
            while let Some(piece) = reader.read()? {
                self.ready.push_back(piece);
            }
        }
        Ok(self.ready.pop_front())
    }
}

impl PieceReader for Reader<'_, '_> {
    fn read(&mut self) -> Result<Option<Piece>, Unfit> {
        while let Some(file) = self.files.files.get(self.at) {
            if let Some(mut piece) = self.next_of_file(file)? {
                let within = u64::try_from(piece.number).ok().filter(|&number| number < OF_FILE).ok_or(Unfit)?;
                let number = (self.at as u64).checked_mul(OF_FILE).map(|first| first + within).ok_or(Unfit)?;
                piece.number = usize::try_from(number).map_err(|_| Unfit)?;
                return Ok(Some(piece));
            }
            self.at += 1;
            self.current = None;
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests;
