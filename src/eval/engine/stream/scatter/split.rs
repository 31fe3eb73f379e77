//! Splits a partition that is too large by other bits of the hash of its keys.

use super::Sorted;
use super::buffer::Buffer;
use super::shape::{Segment, Shape, segments};
use super::together::Partition;
use crate::eval::engine::stream::codes::hash_of;
use crate::eval::engine::stream::ended::Ended;
use crate::eval::engine::vector::row;
use crate::value::piece::Keys;
use crate::value::spill::Spill;

/// Into how many a partition is split, as bits.
const BITS: u32 = 4;

/// How often a partition is split at most: then rows with the same hash are left.
pub const DEPTH: u32 = 10;

/// The bits that chose the partitions, at the upper end of the hash.
const CHOSEN: u32 = super::BITS;

/// Splits a partition; what is more than `limit` bytes is put aside. The flag says whether it can be split again: not if
/// all keys have the same hash.
pub fn split(
    partition: Partition,
    depth: u32,
    sorted: &Sorted,
    (limit, store): (usize, &dyn Spill),
) -> Result<(Vec<Partition>, bool), Ended> {
    let mut found: Vec<Partition> = (0..1 << BITS).map(|_| Vec::new()).collect();
    let mut scratch = Scratch::default();
    for (thread, part) in partition {
        let mut parts: Vec<Buffer> = (0..1 << BITS).map(|_| Buffer::default()).collect();
        let mut held = 0;
        part.each(Some(store), |bytes| {
            for segment in segments(sorted.shapes(thread), &bytes) {
                scratch.spread(&segment, depth, &mut parts);
            }
            held += bytes.len();
            if held > limit {
                parts.iter_mut().try_for_each(|part| part.put_aside(store))?;
                held = 0;
            }
            Ok::<_, Ended>(())
        })?;
        // The threads' rows come one after the other: those that wait are put aside.
        parts.iter_mut().try_for_each(|part| part.put_aside(store))?;
        let parts = found.iter_mut().zip(parts).filter(|(_, part)| part.rows > 0);
        parts.for_each(|(partition, part)| partition.push((thread, part)));
    }
    found.retain(|partition| !partition.is_empty());
    Ok((found, scratch.differs))
}

#[derive(Default)]
struct Scratch {
    words: Vec<u128>,
    keys: Keys,
    rows: Vec<Vec<u32>>,
    /// The hash of the first key, and whether another one is different.
    first: Option<u64>,
    differs: bool,
}

impl Scratch {
    /// Writes the rows of a segment to the parts of their keys.
    fn spread(&mut self, segment: &Segment<'_>, depth: u32, parts: &mut [Buffer]) {
        segment.keys(&mut self.words, &mut self.keys);
        self.rows.resize_with(parts.len(), Vec::new);
        self.rows.iter_mut().for_each(Vec::clear);
        for key in 0..self.keys.len() {
            let hash = hash_of(&self.keys, key);
            self.differs |= *self.first.get_or_insert(hash) != hash;
            let part = hash << (CHOSEN + depth * BITS) >> (u64::BITS - BITS);
            if let Some(rows) = self.rows.get_mut(part as usize) {
                rows.push(row(key));
            }
        }
        for (part, rows) in parts.iter_mut().zip(&self.rows).filter(|(_, rows)| !rows.is_empty()) {
            let long = |row: &u32| self.keys.long(*row as usize).unwrap_or_default();
            let lanes = segment.shape.row * rows.len();
            let bytes = part.add(segment.shape_at, rows.len(), lanes, rows.iter().map(|row| long(row).len()).sum());
            let (lanes, mut behind) = bytes.split_at_mut_checked(lanes).unwrap_or_default();
            copy(segment.shape, segment, rows, lanes);
            for bytes in rows.iter().map(long) {
                let (here, others) = behind.split_at_mut_checked(bytes.len()).unwrap_or_default();
                here.copy_from_slice(bytes);
                behind = others;
            }
        }
    }
}

/// Copies some rows of the lanes of a segment.
fn copy(shape: &Shape, segment: &Segment<'_>, rows: &[u32], out: &mut [u8]) {
    for lane in &shape.lanes {
        let (from, bytes) = (lane.of(segment.lanes, segment.rows), lane.bytes());
        let out = lane.of_mut(out, rows.len());
        for (slot, &row) in out.chunks_exact_mut(bytes.max(1)).zip(rows) {
            let start = row as usize * bytes;
            slot.copy_from_slice(from.get(start..start + bytes).unwrap_or_default());
        }
    }
}
