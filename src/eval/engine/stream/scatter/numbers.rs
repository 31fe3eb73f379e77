//! Numbers for the keys of a partition: an open table, as large as its rows ask for.

use super::super::codes::hash_of;
use crate::eval::engine::vector::{NONE, at, put, row};
use crate::value::piece::Keys;

/// Keys with their numbers, in the order in which they first came.
#[derive(Default)]
pub struct Numbers {
    /// For each slot a number, or none.
    slots: Vec<u32>,
    keys: Keys,
}

impl Numbers {
    /// Forgets all keys, and makes room for so many.
    pub fn clear(&mut self, room: usize) {
        self.keys.clear();
        self.slots.clear();
        self.slots.resize((room * 2).next_power_of_two(), NONE);
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// The number of a key.
    #[inline]
    pub fn number(&mut self, keys: &Keys, key: usize) -> u32 {
        self.number_with(hash_of(keys, key), keys, key)
    }

    #[inline]
    fn number_with(&mut self, hash: u64, keys: &Keys, key: usize) -> u32 {
        // There are more slots than keys, so that an empty one comes.
        let last = self.slots.len().wrapping_sub(1);
        let mut slot = hash as usize & last;
        loop {
            let number = at(&self.slots, slot);
            if number == NONE {
                break;
            }
            if self.keys.same(number as usize, keys, key) {
                return number;
            }
            slot = (slot + 1) & last;
        }
        let new = row(self.keys.len());
        put(&mut self.slots, slot, new);
        self.keys.push_from(keys, key);
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_with_the_same_hash_are_told_apart() {
        let texts = ["a", "b", "a long key that fills no word", "a", "another key that fills no word"];
        let mut keys = Keys::default();
        texts.iter().for_each(|text| keys.push(text.as_bytes()));
        keys.push_word(0);
        let mut numbers = Numbers::default();
        for hash in [0, u64::MAX, 5] {
            numbers.clear(keys.len());
            let found: Vec<u32> = (0..keys.len()).map(|key| numbers.number_with(hash, &keys, key)).collect();
            assert_eq!(found, [0, 1, 2, 0, 3, 4]);
            assert_eq!(numbers.len(), 5);
        }
    }
}
