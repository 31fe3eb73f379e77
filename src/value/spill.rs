//! A place for bytes that don't fit into memory for a while. The core opens no file: who runs it gives it one.

use std::io;

/// Where bytes were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// How many bytes stand before them.
    pub start: u64,
    /// How many bytes.
    pub length: usize,
}

/// Takes bytes, and gives them back as often as they are asked for. Several threads use it at the same time.
pub trait Spill: Sync {
    /// Takes bytes.
    ///
    /// # Errors
    /// They can't be written.
    fn write(&self, bytes: &[u8]) -> io::Result<Place>;

    /// Gives bytes back, behind what `into` has.
    ///
    /// # Errors
    /// They can't be read.
    fn read(&self, place: Place, into: &mut Vec<u8>) -> io::Result<()>;
}
