//! The pages of a column in a group of rows, one behind the other, unpacked.
//!
//! Input: where the pages stand, and something that reads bytes of the file. Output: [`Page`]s. Only one page and a
//! window of the packed bytes are held at a time.

use super::codec::Codec;
use super::footer::Chunk;
use super::hybrid::PADDING;
use super::thrift::Thrift;
use super::{Broken, File};

/// How many packed bytes are read at once, where a page isn't longer.
const WINDOW: usize = 1 << 18;
/// The most bytes that the head of a page is read with; statistics may make it long.
const HEAD: usize = 1 << 16;

/// What a page holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The values of the dictionary.
    Dictionary,
    /// Values of rows.
    Data,
}

/// A page, unpacked; its bytes are held by [`Pages`].
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// What it holds.
    pub role: Role,
    /// How many values, those that are missing included.
    pub values: usize,
    /// The number of the encoding of its values.
    pub encoding: i64,
    /// The bytes that say which values are missing; none where nothing says so.
    pub levels: (usize, usize),
    /// The first byte of the values.
    pub start: usize,
    /// The byte behind the last.
    pub end: usize,
}

/// The pages of a column in a group.
#[derive(Debug)]
pub struct Pages {
    codec: Codec,
    /// The next byte of the file to be read, and the byte behind the last.
    at: u64,
    end: u64,
    /// Packed bytes, and the place of the first in the file.
    window: Vec<u8>,
    from: u64,
    /// The bytes of the present page, with [`PADDING`] behind them.
    bytes: Vec<u8>,
    optional: bool,
}

/// The head of a page, as it is written.
#[derive(Debug, Clone, Copy, Default)]
struct Head {
    kind: i64,
    unpacked: usize,
    packed: usize,
    values: usize,
    encoding: i64,
    level_encoding: i64,
    /// The lengths of the levels before the packed bytes: those of repetition, those of missing values.
    levels: (usize, usize),
    stored: bool,
}

impl Pages {
    /// The pages of a column; `optional` where its values may be missing.
    pub fn new(chunk: &Chunk, optional: bool) -> Result<Self, Broken> {
        let end = chunk.start.checked_add(chunk.length).ok_or(Broken::ENDS)?;
        Ok(Self {
            codec: Codec::of(chunk.codec)?,
            at: chunk.start,
            end,
            window: Vec::new(),
            from: chunk.start,
            bytes: Vec::new(),
            optional,
        })
    }

    /// Goes on with another group, in the memory that there is.
    pub fn turn_to(&mut self, chunk: &Chunk) -> Result<(), Broken> {
        let (window, bytes) = (std::mem::take(&mut self.window), std::mem::take(&mut self.bytes));
        *self = Self { window, bytes, ..Self::new(chunk, self.optional)? };
        self.window.clear();
        Ok(())
    }

    /// The bytes of the present page.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Takes the bytes of the present page away.
    pub fn take_bytes(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// Reads the next page of the file that holds values.
    pub fn next(&mut self, file: &mut dyn File) -> Result<Option<Page>, Broken> {
        while self.at < self.end {
            let (head, length) = self.head(file)?;
            let start = self.at + length as u64;
            self.at = start.checked_add(head.packed as u64).filter(|&at| at <= self.end).ok_or(Broken::ENDS)?;
            if let 0 | 2 | 3 = head.kind {
                self.load(file, start, head.packed)?;
                return self.unpack(&head, start).map(Some);
            }
        }
        Ok(None)
    }

    fn head(&mut self, file: &mut dyn File) -> Result<(Head, usize), Broken> {
        // Most heads are short, and nearly all that stand in the window are whole.
        for length in [64, 1024, HEAD] {
            let left = usize::try_from(self.end - self.at).unwrap_or(HEAD);
            self.load(file, self.at, length.min(left))?;
            let mut thrift = Thrift::new(self.packed(self.at, length.min(left)));
            match head(&mut thrift) {
                Ok(head) => return Ok((head, thrift.at())),
                Err(error) if length >= left || error != Broken::ENDS => return Err(error),
                Err(_) => {}
            }
        }
        Err(Broken::new("the head of a page is too long"))
    }

    /// Sees to it that bytes of the file stand in the window.
    fn load(&mut self, file: &mut dyn File, start: u64, length: usize) -> Result<(), Broken> {
        let have = self.from + self.window.len() as u64;
        if start >= self.from && start + length as u64 <= have {
            return Ok(());
        }
        let left = usize::try_from(self.end - start).unwrap_or(usize::MAX);
        let want = length.max(WINDOW).min(left);
        // What stands in the window already is kept.
        let keep = start.checked_sub(self.from).and_then(|gone| usize::try_from(gone).ok());
        let keep = keep.filter(|&gone| gone < self.window.len());
        match keep {
            Some(gone) => drop(self.window.drain(..gone)),
            None => self.window.clear(),
        }
        self.from = start;
        let missing = want.saturating_sub(self.window.len());
        file.read(start + self.window.len() as u64, missing, &mut self.window)
    }

    fn packed(&self, start: u64, length: usize) -> &[u8] {
        let at = usize::try_from(start.saturating_sub(self.from)).unwrap_or(usize::MAX);
        self.window.get(at..at.saturating_add(length)).unwrap_or(&[])
    }

    fn unpack(&mut self, head: &Head, start: u64) -> Result<Page, Broken> {
        let mut bytes = std::mem::take(&mut self.bytes);
        let packed = self.packed(start, head.packed);
        let (repetition, missing) = head.levels;
        let before = repetition.checked_add(missing).ok_or(Broken::ENDS)?;
        let (levels, packed) = packed.split_at_checked(before).ok_or(Broken::ENDS)?;
        match bytes.get_mut(..before) {
            Some(space) => space.copy_from_slice(levels),
            None => levels.clone_into(&mut bytes),
        }
        let codec = if head.stored { Codec::Plain } else { self.codec };
        let length = head.unpacked.checked_sub(before).ok_or(Broken::ENDS)?;
        // A page of missing values alone may have no bytes, not even those that packing adds.
        if length > 0 || !packed.is_empty() {
            codec.unpack(packed, length, &mut bytes, before)?;
        } else {
            bytes.truncate(before);
        }
        let end = bytes.len();
        bytes.extend([0; PADDING]);
        let role = if head.kind == 2 { Role::Dictionary } else { Role::Data };
        let mut page = Page {
            role,
            values: head.values,
            encoding: head.encoding,
            levels: (repetition, before),
            start: before,
            end,
        };
        if head.kind == 0 && self.optional {
            page.find_levels(head, &bytes)?;
        }
        self.bytes = bytes;
        Ok(page)
    }
}

impl Page {
    /// In older pages the levels are packed with the values, with their length before them.
    fn find_levels(&mut self, head: &Head, bytes: &[u8]) -> Result<(), Broken> {
        if head.level_encoding != 3 {
            return Err(Broken::unread("missing values are told in an old way (BIT_PACKED), which is not read"));
        }
        let length = bytes.first_chunk::<4>().filter(|_| self.end >= 4).ok_or(Broken::ENDS)?;
        let start = 4usize.checked_add(u32::from_le_bytes(*length) as usize).ok_or(Broken::ENDS)?;
        if start > self.end {
            return Err(Broken::ENDS);
        }
        (self.levels, self.start) = ((4, start), start);
        Ok(())
    }
}

fn head(thrift: &mut Thrift<'_>) -> Result<Head, Broken> {
    let mut found = Head { kind: -1, level_encoding: 3, ..Head::default() };
    thrift.fields(|inner, id, kind| match id {
        1 => inner.number().map(|number| found.kind = number),
        2 => inner.size().map(|size| found.unpacked = size),
        3 => inner.size().map(|size| found.packed = size),
        5 | 7 => inner.fields(|inner, id, kind| {
            match id {
                1 => found.values = inner.size()?,
                2 => found.encoding = inner.number()?,
                3 if kind == super::thrift::kind::I32 => found.level_encoding = inner.number()?,
                _ => inner.skip(kind)?,
            }
            Ok(())
        }),
        8 => inner.fields(|inner, id, kind| {
            match id {
                1 => found.values = inner.size()?,
                4 => found.encoding = inner.number()?,
                5 => found.levels.1 = inner.size()?,
                6 => found.levels.0 = inner.size()?,
                7 => found.stored = kind == super::thrift::kind::FALSE,
                _ => inner.skip(kind)?,
            }
            Ok(())
        }),
        _ => inner.skip(kind),
    })?;
    Ok(found)
}
