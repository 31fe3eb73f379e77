//! Cuts an input into blocks that readers take one by one: a file by its places, anything else as it comes.
//!
//! A block owns the records that start in it. Output: a buffer, and where in it the records of the block stand.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::data::progress::Progress;
use crate::value::piece::Unfit;

/// How many bytes stand behind the text in a buffer, so that words can be loaded from each place of it.
pub const PADDING: usize = 64;

/// How far a file is read behind the end of a block at first.
const OVERHANG: usize = 4096;

/// The bytes of a block.
#[derive(Debug, Default)]
pub struct Buffer {
    /// The text, then the padding.
    bytes: Vec<u8>,
    /// How long the text is.
    length: usize,
}

/// A block whose bytes are in a buffer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Its number.
    pub number: usize,
    /// The bytes of the buffer that are the block's.
    owned: Range<usize>,
    /// The place in the file at which the buffer starts.
    offset: u64,
}

impl Buffer {
    /// The text and the padding behind it.
    pub fn bytes(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    /// The text.
    pub fn text(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or(&[])
    }

    /// Makes room for so many bytes behind the first so many, and returns it.
    fn room(&mut self, kept: usize, more: usize) -> &mut [u8] {
        self.length = kept + more;
        if self.bytes.len() < self.length + PADDING {
            self.bytes.resize(self.length + PADDING, 0);
        }
        self.bytes.get_mut(kept..kept + more).unwrap_or(&mut [])
    }

    /// Ends the last line of a file if it isn't: a missing line feed at the very end is no error. A carriage return
    /// there would be one, which the line feed would hide.
    fn end_line(&mut self) -> Result<(), Unfit> {
        match self.text().last() {
            Some(b'\r') => return Err(Unfit),
            Some(b'\n') | None => {}
            Some(_) => self.room(self.length, 1).fill(b'\n'),
        }
        Ok(())
    }
}

impl Block {
    /// The bytes of the buffer that are the block's.
    pub fn owned(&self) -> Range<usize> {
        self.owned.clone()
    }

    /// Whether its quotes are odd in number.
    pub fn has_odd_quotes(&self, buffer: &Buffer) -> bool {
        is_odd(buffer.text().get(self.owned()).unwrap_or(&[]))
    }
}

/// A file of known length, read by several readers at any place.
#[derive(Debug)]
pub struct Blocks {
    file: Positioned,
    /// Where the first record starts.
    start: u64,
    end: u64,
    block: u64,
    next: AtomicU64,
    progress: Progress,
}

impl Blocks {
    /// The blocks of a file between two places, each of so many bytes, which are counted as they are read.
    pub fn new(file: File, start: u64, end: u64, block: usize, progress: Progress) -> Self {
        let block = u64::try_from(block).unwrap_or(u64::MAX).max(1);
        Self { file: Positioned::new(file), start, end, block, next: AtomicU64::new(0), progress }
    }

    /// Takes the next block and reads it into a buffer, with the byte before it, and some of what comes behind it.
    pub fn take(&self, buffer: &mut Buffer) -> Result<Option<Block>, Unfit> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let from = self.start.saturating_add(number.saturating_mul(self.block));
        if from >= self.end {
            return Ok(None);
        }
        let to = from.saturating_add(self.block).min(self.end);
        let offset = from - u64::from(number > 0);
        let behind = to.saturating_add(OVERHANG.min(length(self.block)) as u64).min(self.end);
        self.file.read(offset, buffer.room(0, length(behind - offset)))?;
        self.progress.add(length(to - from));
        if behind == self.end {
            buffer.end_line()?;
        }
        let owned = length(from - offset)..length(to - offset);
        Ok(Some(Block { number: length(number), owned, offset }))
    }

    /// Reads twice as far behind the end of a block. False where the file is read to its end already.
    fn read_on(&self, block: &Block, buffer: &mut Buffer) -> Result<bool, Unfit> {
        let at = block.offset + buffer.text().len() as u64;
        if at >= self.end {
            return Ok(false);
        }
        let kept = buffer.text().len();
        let more = length((self.end - at).min(kept as u64));
        self.file.read(at, buffer.room(kept, more))?;
        if at + more as u64 == self.end {
            buffer.end_line()?;
        }
        Ok(true)
    }

    /// Where in the buffer the records stand that start in a block; `odd` says whether the quotes before it are odd in
    /// number. Without quotes nobody counts them.
    pub fn records(&self, block: &Block, buffer: &mut Buffer, odd: bool, quoted: bool) -> Result<Range<usize>, Unfit> {
        let Range { start, end } = block.owned();
        let odd_at_end = quoted && odd ^ block.has_odd_quotes(buffer);
        // The first record starts behind the last line feed that isn't quoted, be it the byte before the block.
        let first = if start == 0 { Some(0) } else { behind_line(buffer.text(), start, odd, quoted) };
        let Some(first) = first.filter(|&first| first < end) else { return Ok(end..end) };
        loop {
            if let Some(last) = behind_line(buffer.text(), end, odd_at_end, quoted) {
                return Ok(first..last);
            }
            if !self.read_on(block, buffer)? {
                return Err(Unfit);
            }
        }
    }
}

/// The first place behind an unquoted line feed, from a place on; `odd` says of the quotes before it.
fn behind_line(text: &[u8], from: usize, odd: bool, quoted: bool) -> Option<usize> {
    if !odd && text.get(from.checked_sub(1)?) == Some(&b'\n') {
        return Some(from);
    }
    let rest = text.get(from..)?;
    if !quoted {
        return memchr::memchr(b'\n', rest).map(|at| from + at + 1);
    }
    let mut inside = odd;
    for at in memchr::memchr2_iter(b'\n', b'"', rest) {
        if rest.get(at) == Some(&b'"') {
            inside = !inside;
        } else if !inside {
            return Some(from + at + 1);
        }
    }
    None
}

fn is_odd(text: &[u8]) -> bool {
    memchr::memchr_iter(b'"', text).count() % 2 == 1
}

fn length(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Bytes that come one after the other: what is unpacked, and standard input.
pub struct Stream {
    block: usize,
    state: Mutex<State>,
}

struct State {
    from: Box<dyn Read + Send>,
    /// What has been read behind the last record that was given out.
    kept: Vec<u8>,
    blocks: usize,
    ended: bool,
}

impl Stream {
    /// The blocks of what is read, behind some bytes that have been read already; each has about so many bytes.
    pub fn new(kept: Vec<u8>, from: Box<dyn Read + Send>, block: usize) -> Self {
        Self { block, state: Mutex::new(State { from, kept, blocks: 0, ended: false }) }
    }

    /// Reads the next block into a buffer; it ends where a record does.
    pub fn take(&self, buffer: &mut Buffer) -> Result<Option<Block>, Unfit> {
        let mut state = self.state.lock().map_err(|_| Unfit)?;
        let kept = std::mem::take(&mut state.kept);
        buffer.room(0, kept.len()).copy_from_slice(&kept);
        let mut want = self.block;
        let end = loop {
            state.fill(buffer, want)?;
            match last_line(buffer.text()) {
                Some(end) => break end,
                None if !state.ended => want = buffer.text().len().saturating_mul(2).max(self.block),
                None if buffer.text().is_empty() => return Ok(None),
                None => return Err(Unfit),
            }
        };
        let rest = buffer.text().get(end..).unwrap_or(&[]);
        if state.ended && !rest.is_empty() {
            return Err(Unfit);
        }
        state.kept = rest.to_vec();
        let number = state.blocks;
        state.blocks += 1;
        Ok(Some(Block { number, owned: 0..end, offset: 0 }))
    }
}

impl State {
    /// Reads until the buffer holds so many bytes, or all.
    fn fill(&mut self, buffer: &mut Buffer, want: usize) -> Result<(), Unfit> {
        while !self.ended && buffer.text().len() < want {
            let kept = buffer.text().len();
            let room = buffer.room(kept, (want - kept).max(1));
            let read = loop {
                match self.from.read(room) {
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    other => break other.map_err(|_| Unfit)?,
                }
            };
            buffer.length = kept + read;
            if read == 0 {
                self.ended = true;
                buffer.end_line()?;
            }
        }
        Ok(())
    }
}

/// The place behind the last line feed of a text that isn't quoted; the text starts outside quotes.
fn last_line(text: &[u8]) -> Option<usize> {
    let mut inside = is_odd(text);
    for at in memchr::memrchr2_iter(b'\n', b'"', text) {
        if text.get(at) == Some(&b'"') {
            inside = !inside;
        } else if !inside {
            return Some(at + 1);
        }
    }
    None
}

/// A file that can be read at any place.
#[derive(Debug)]
struct Positioned {
    #[cfg(unix)]
    file: File,
    #[cfg(not(unix))]
    file: Mutex<File>,
}

impl Positioned {
    #[cfg(unix)]
    fn new(file: File) -> Self {
        Self { file }
    }

    #[cfg(unix)]
    fn read(&self, at: u64, into: &mut [u8]) -> Result<(), Unfit> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, into, at).map_err(|_| Unfit)
    }

    #[cfg(not(unix))]
    fn new(file: File) -> Self {
        Self { file: Mutex::new(file) }
    }

    #[cfg(not(unix))]
    fn read(&self, at: u64, into: &mut [u8]) -> Result<(), Unfit> {
        use std::io::{Seek, SeekFrom};
        let mut file = self.file.lock().map_err(|_| Unfit)?;
        file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(into)).map_err(|_| Unfit)
    }
}
