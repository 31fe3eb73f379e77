//! A part of the set of keys: for each the two numbers that tell whether rows with that key agree.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Place;
use std::hash::{BuildHasherDefault, Hasher};

use crate::value::piece::Unfit;

/// The hash of a key, and two numbers made of the whole row.
pub type Entry = [u64; 3];

/// A hash is a hash already.
#[derive(Default)]
pub struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.0 = self.0 << 8 | u64::from(byte));
    }

    #[inline]
    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

/// Entries of some keys.
#[derive(Default)]
pub struct Shard(HashMap<u64, [u64; 2], BuildHasherDefault<Hashed>>);

/// How many bytes an entry takes: a byte of the table tells its place.
const BYTES: usize = size_of::<Entry>() + 1;

impl Shard {
    /// How many bytes it grows by if so many entries are added.
    pub fn growth(&self, more: usize) -> usize {
        let bytes = |entries: usize| (entries * 8).div_ceil(7).next_power_of_two().max(4) * BYTES;
        let (now, needed) = (self.0.capacity(), self.0.len() + more);
        if needed <= now { 0 } else { bytes(needed.max(now + 1)).saturating_sub(if now == 0 { 0 } else { bytes(now) }) }
    }

    /// Makes room for so many more entries.
    pub fn reserve(&mut self, more: usize) {
        self.0.reserve(more);
    }

    /// Adds an entry; false for one that is there. Another one with the same hash is an error.
    #[inline]
    pub fn add(&mut self, [hash, a, b]: Entry) -> Result<bool, Unfit> {
        match self.0.entry(hash) {
            Place::Vacant(place) => {
                place.insert([a, b]);
                Ok(true)
            }
            Place::Occupied(place) if *place.get() == [a, b] => Ok(false),
            Place::Occupied(_) => Err(Unfit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_found_again_however_the_table_grows() {
        let (mut shard, mut bytes) = (Shard::default(), 0);
        let entry = |number: u64| [(number % 7 + 1) << 32 | number, number, !number];
        for number in 0..1000 {
            let (growth, before) = (shard.growth(1), shard.0.capacity());
            bytes += growth;
            shard.reserve(1);
            assert_eq!(growth > 0, shard.0.capacity() > before);
            assert_eq!(shard.add(entry(number)), Ok(true));
            assert_eq!(shard.add(entry(number / 2)), Ok(false));
        }
        assert_eq!(shard.add([entry(5)[0], 0, 0]), Err(Unfit));
        assert_eq!(bytes, 2048 * BYTES);
    }
}
