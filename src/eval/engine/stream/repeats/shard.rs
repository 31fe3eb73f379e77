//! A part of the set of keys: a table of entries, each at the first free place from where its hash says.

use crate::value::piece::Unfit;

/// The hash of a key, which is not 0, and what tells whether rows with that key agree.
pub type Entry = [u64; 3];

/// The least number of places of a table.
const LEAST: usize = 64;

/// Entries of some keys.
#[derive(Default)]
pub struct Shard {
    /// The places; a free one is all zeros. There always is a free one.
    places: Vec<Entry>,
    /// How many are taken.
    held: usize,
}

impl Shard {
    /// How many places there must be for so many more entries: as many as there are, or half as many more at least.
    pub fn places_for(&self, more: usize) -> usize {
        let now = self.places.len();
        let needed = (self.held + more) / 7 * 8 + 8;
        if needed <= now { now } else { needed.max(now + now / 2).max(LEAST) }
    }

    /// How many places there are.
    pub fn places(&self) -> usize {
        self.places.len()
    }

    /// Makes so many places.
    pub fn grow(&mut self, places: usize) -> Result<(), Unfit> {
        // Places ascend with hashes, so that both tables are gone through from the front to the back.
        let before = std::mem::replace(&mut self.places, vec![[0; 3]; places]);
        self.held = 0;
        before.into_iter().filter(|entry| *entry != [0; 3]).try_for_each(|entry| self.add(entry).map(|_| ()))
    }

    /// Reads the places of some hashes: all at once, where adding waits for one after the other.
    pub fn fetch(&self, hashes: impl Iterator<Item = u64>) -> u64 {
        hashes.fold(0, |all, hash| all ^ self.places.get(self.place_of(hash)).map_or(0, |entry| entry[0]))
    }

    /// Adds an entry; false for one that is there. Another one with the same hash is an error.
    #[inline]
    pub fn add(&mut self, entry: Entry) -> Result<bool, Unfit> {
        let mut at = self.place_of(entry[0]);
        loop {
            let Some(place) = self.places.get_mut(at) else {
                at = 0;
                continue;
            };
            if place[0] == 0 {
                *place = entry;
                self.held += 1;
                return Ok(true);
            }
            if place[0] == entry[0] {
                return if *place == entry { Ok(false) } else { Err(Unfit) };
            }
            at += 1;
        }
    }

    #[inline]
    fn place_of(&self, hash: u64) -> usize {
        // The uppermost bits say which shard it is.
        let below = hash << super::BITS;
        ((u128::from(below) * self.places.len() as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_found_again_however_the_table_grows() {
        let mut shard = Shard::default();
        let entry = |number: u64| [(number % 7 + 1) << 32 | number, number, !number];
        for number in 0..1000 {
            let places = shard.places_for(1);
            if places > shard.places() {
                shard.grow(places).unwrap();
            }
            assert_eq!(shard.add(entry(number)), Ok(true));
            assert_eq!(shard.add(entry(number / 2)), Ok(false));
        }
        assert_eq!(shard.add([entry(5)[0], 0, 0]), Err(Unfit));
        assert!(shard.held == 1000 && shard.places() < 2000);
    }
}
