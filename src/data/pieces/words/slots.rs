//! Looks up texts on any machine, by words of eight bytes that cover them from their start and from their end, and by
//! their length.

use super::{ODD, Span, eight};

/// The length of a slot that isn't taken.
const EMPTY: u32 = u32::MAX;

/// The longest text that four words cover; of others all bytes are compared.
pub const COVERED: usize = 32;

/// Known texts, in a table of which at most a quarter is taken.
#[derive(Debug)]
pub struct Slots {
    slots: Vec<Slot>,
    /// How far a hash is shifted to be a place.
    shift: u32,
    known: Vec<Known>,
    /// The bytes of the known texts, with room behind the last to load from.
    bytes: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    words: [u64; 4],
    length: u32,
    /// What it means; of a long text, which of the known ones it is.
    meaning: u32,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    start: usize,
    length: usize,
    meaning: u32,
}

/// The words that cover a text. Of one with fewer than eight bytes, those behind it are shifted out, in two steps,
/// since no word is shifted by all its bits at once.
#[inline(always)]
fn words_of(text: &[u8], start: u32, end: u32) -> [u64; 4] {
    let last = start.max(end.saturating_sub(8));
    let half = 32 - 4 * end.wrapping_sub(start).min(8);
    let places = [start, last, last.min(start + 8), start.max(end.saturating_sub(16))];
    places.map(|place| eight(text, place) << half << half)
}

#[inline(always)]
fn hash_of(words: &[u64; 4]) -> u64 {
    words.iter().zip(ODD).fold(0, |hash, (word, odd)| hash ^ word.wrapping_mul(odd))
}

/// The hash of a long text.
fn whole(text: &[u8]) -> u64 {
    let (words, rest) = text.as_chunks::<8>();
    let mix = |hash: u64, word: u64| (hash.rotate_left(23) ^ word).wrapping_mul(ODD[0]);
    let hash = words.iter().fold(text.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    rest.iter().fold(hash, |hash, &byte| mix(hash, u64::from(byte)))
}

impl Default for Slots {
    fn default() -> Self {
        let mut slots = Self { slots: Vec::new(), shift: 0, known: Vec::new(), bytes: vec![0; COVERED] };
        slots.grow();
        slots
    }
}

impl Slots {
    /// Whether there is anything to be found.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// The meaning of a text, if it is known.
    #[inline]
    pub fn find(&self, text: &[u8], (start, end): Span) -> Option<u32> {
        let length = end.wrapping_sub(start);
        if length as usize <= COVERED {
            let words = words_of(text, start, end);
            return self.meaning(&words, hash_of(&words), length);
        }
        let text = text.get(start as usize..end as usize)?;
        let hash = whole(text);
        // Two texts with the same hash of 64 bits: the second would be parsed each time, and never mistaken.
        let number = self.meaning(&[hash; 4], hash, length)?;
        let known = self.known.get(number as usize)?;
        (self.bytes.get(known.start..known.start + known.length)? == text).then_some(known.meaning)
    }

    /// The meaning in the slot with these words.
    #[inline(always)]
    fn meaning(&self, words: &[u64; 4], hash: u64, length: u32) -> Option<u32> {
        let mut at = (hash >> self.shift) as usize;
        loop {
            let slot = self.slots.get(at & (self.slots.len() - 1))?;
            let other = words.iter().zip(&slot.words).fold(0, |other, (a, b)| other | (a ^ b));
            if other | u64::from(length ^ slot.length) == 0 {
                return Some(slot.meaning);
            }
            if slot.length == EMPTY {
                return None;
            }
            at += 1;
        }
    }

    /// Makes a text known that isn't.
    pub fn insert(&mut self, text: &[u8], meaning: u32) {
        let start = self.bytes.len() - COVERED;
        self.bytes.truncate(start);
        self.bytes.extend_from_slice(text);
        self.bytes.extend_from_slice(&[0; COVERED]);
        self.known.push(Known { start, length: text.len(), meaning });
        if self.slots.len() < 4 * self.known.len() {
            self.grow();
        } else {
            self.put(self.known.len() - 1);
        }
    }

    /// Makes a table with room for more than what is known.
    fn grow(&mut self) {
        let places = (4 * self.known.len()).next_power_of_two().max(64);
        self.slots = vec![Slot { words: [0; 4], length: EMPTY, meaning: 0 }; places];
        self.shift = 64 - places.ilog2();
        (0..self.known.len()).for_each(|at| self.put(at));
    }

    /// Puts one of the known texts into its place.
    fn put(&mut self, number: usize) {
        let Some(&Known { start, length, meaning }) = self.known.get(number) else { return };
        let Some(text) = self.bytes.get(start..) else { return };
        let mut words = words_of(text, 0, length as u32);
        let mut hash = hash_of(&words);
        let mut meaning = meaning;
        if length > COVERED {
            hash = whole(text.get(..length).unwrap_or(&[]));
            (words, meaning) = ([hash; 4], number as u32);
        }
        let mask = self.slots.len() - 1;
        let mut at = (hash >> self.shift) as usize;
        while let Some(slot) = self.slots.get_mut(at & mask) {
            if slot.length == EMPTY {
                *slot = Slot { words, length: length as u32, meaning };
                return;
            }
            at += 1;
        }
    }
}
