//! Parquet files: whole ones into tables, and in pieces for quick runs.
//!
//! The format is read here, without a library for it: the places in dictionaries are taken as codes as they stand, and
//! nothing is decoded that isn't asked for. Input: a file and the schema of an input. Output: a table, or pieces.

mod codec;
mod column;
mod decode;
mod delta;
mod field;
mod footer;
mod grouped;
mod hybrid;
mod judge;
mod lane;
mod output;
mod pages;
mod pieces;
mod read;
mod runs;
mod texts;
mod thrift;
pub mod write;

pub use pieces::ParquetPieces;
pub use read::add;

use super::bind::Bound;
use crate::diag::Diagnostic;
use footer::Footer;

/// How a file begins, and how it ends.
const MAGIC: &[u8; 4] = b"PAR1";
/// How an encrypted file ends.
const ENCRYPTED: &[u8; 4] = b"PARE";

/// Whether a file is to be read as Parquet: by its name, or by how it begins and ends.
pub fn is_parquet(name: &str, bytes: &[u8]) -> bool {
    is_named_so(name) || bytes.starts_with(MAGIC) && bytes.ends_with(MAGIC) && bytes.len() > MAGIC.len()
}

/// Whether a name is that of a Parquet file.
pub fn is_named_so(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".parquet")
}

/// What is wrong with a file as a whole, in words that go on from "the Parquet file can't be read: ".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken {
    what: &'static str,
    /// Whether the file isn't damaged, and only this version doesn't read it.
    unread: bool,
}

impl Broken {
    /// Something ends early.
    const ENDS: Self = Self::new("it is damaged, or ends early");

    /// A file that is damaged.
    const fn new(what: &'static str) -> Self {
        Self { what, unread: false }
    }

    /// A file that has something that isn't read.
    const fn unread(what: &'static str) -> Self {
        Self { what, unread: true }
    }
}

/// Something of which bytes can be read at any place.
trait File {
    /// Adds so many bytes from a place to `into`.
    fn read(&mut self, at: u64, length: usize, into: &mut Vec<u8>) -> Result<(), Broken>;
}

impl File for &[u8] {
    fn read(&mut self, at: u64, length: usize, into: &mut Vec<u8>) -> Result<(), Broken> {
        let at = usize::try_from(at).map_err(|_| Broken::ENDS)?;
        let end = at.checked_add(length).ok_or(Broken::ENDS)?;
        into.extend_from_slice(self.get(at..end).ok_or(Broken::ENDS)?);
        Ok(())
    }
}

/// Reads the description of a file of so many bytes.
fn footer(file: &mut dyn File, size: u64) -> Result<Footer, Broken> {
    let (mut tail, mut bytes) = (Vec::new(), Vec::new());
    file.read(size.checked_sub(8).ok_or(Broken::ENDS)?, 8, &mut tail)?;
    let (length, magic) = tail.split_first_chunk::<4>().ok_or(Broken::ENDS)?;
    if magic == ENCRYPTED {
        return Err(Broken::unread("it is encrypted"));
    }
    let length = u64::from(u32::from_le_bytes(*length));
    let start = (size - 8).checked_sub(length).filter(|_| magic == MAGIC).ok_or(Broken::ENDS)?;
    file.read(start, usize::try_from(length).map_err(|_| Broken::ENDS)?, &mut bytes)?;
    let footer = Footer::read(&bytes)?;
    let within = |chunk: &footer::Chunk| chunk.start.checked_add(chunk.length).is_some_and(|end| end <= start);
    let chunks = || footer.groups.iter().flat_map(|group| &group.chunks);
    if chunks().all(within) { Ok(footer) } else { Err(Broken::ENDS) }
}

/// The names of the columns of a file.
///
/// # Errors
///
/// A file that can't be read.
pub fn headers(bound: &Bound) -> Result<Vec<String>, Diagnostic> {
    let source = bound.open()?;
    let mut bytes: &[u8] = &source.bytes;
    let found = footer(&mut bytes, source.bytes.len() as u64).map_err(|broken| broken.error(&source.name))?;
    Ok(found.fields.iter().map(|field| field.name.to_string()).collect())
}

/// A number without a sign, seven bits a byte, before `end`.
fn varint(bytes: &[u8], at: &mut usize, end: usize) -> Result<u64, Broken> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.get(*at).filter(|_| *at < end).ok_or(Broken::ENDS)?;
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Broken::new("a number is too long"))
}

/// The number with a sign that is written as one without.
fn signed(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

#[cfg(test)]
mod tests;
