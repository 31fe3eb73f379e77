//! The rows of a partition that one thread has found, as bytes: in chunks, and put aside where memory is short.

use std::io;

use super::shape::{HEAD, Segment};
use crate::value::spill::{Place, Spill};

/// The first chunk of a partition, and the longest that is made for many segments.
const CHUNK: std::ops::RangeInclusive<usize> = 1 << 11..=1 << 16;

/// Rows of a partition.
#[derive(Default)]
pub struct Buffer {
    /// Segments, one behind the other; none lies in two chunks.
    pub chunks: Vec<Vec<u8>>,
    /// Chunks that were put aside.
    pub places: Vec<Place>,
    /// How many rows there are in all.
    pub rows: usize,
    /// How many bytes they take, those put aside too.
    pub bytes: usize,
}

impl Buffer {
    /// Adds a segment of so many rows and bytes; the bytes are to be filled in.
    pub fn add(&mut self, shape: u32, rows: usize, lanes: usize, long: usize) -> &mut [u8] {
        let length = HEAD + lanes + long;
        self.rows += rows;
        self.bytes += length;
        if self.chunks.last().is_none_or(|chunk| chunk.capacity() - chunk.len() < length) {
            let twice = self.chunks.last().map_or(0, |chunk| chunk.capacity() * 2);
            self.chunks.push(Vec::with_capacity(twice.clamp(*CHUNK.start(), *CHUNK.end()).max(length)));
        }
        let Some(chunk) = self.chunks.last_mut() else { return &mut [] };
        chunk.extend_from_slice(&Segment::head(shape, rows, long));
        let start = chunk.len();
        chunk.resize(start + lanes + long, 0);
        chunk.get_mut(start..).unwrap_or_default()
    }

    /// Puts the chunks aside.
    pub fn put_aside(&mut self, store: &dyn Spill) -> io::Result<()> {
        for chunk in std::mem::take(&mut self.chunks) {
            self.places.push(store.write(&chunk)?);
        }
        Ok(())
    }

    /// Calls a function with each chunk.
    pub fn each<E: From<io::Error>>(
        self,
        store: Option<&dyn Spill>,
        mut each: impl FnMut(Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        for place in self.places {
            let store = store.ok_or_else(|| io::Error::other("nothing can be put aside"))?;
            let mut bytes = Vec::with_capacity(place.length);
            store.read(place, &mut bytes)?;
            each(bytes)?;
        }
        self.chunks.into_iter().try_for_each(each)
    }
}
