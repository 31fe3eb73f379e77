//! What the texts of a column mean, looked up by their bytes: each is parsed once, and then known.
//!
//! A text of up to 32 bytes is told by its first 16 and its last 16 bytes and its length, without looking at the rest.
//! No text has NUL characters, so that those with which words are filled up mean nothing.

/// The meaning of a missing value.
pub const MISSING: u32 = 0x8000_0000;

/// The length of a slot that isn't taken.
const EMPTY: u32 = u32::MAX;

/// Texts this long are told by their first and last bytes.
const TOLD: usize = 32;

/// Known texts, in a table of which at most half is taken.
#[derive(Debug)]
pub struct Words {
    slots: Vec<Slot>,
    /// How far a hash is shifted to be a place.
    shift: u32,
    taken: usize,
    /// The bytes of texts longer than [`TOLD`].
    long: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    head: [u64; 2],
    tail: [u64; 2],
    length: u32,
    meaning: u32,
    /// Where the bytes of a long text start.
    start: usize,
}

/// A text as it is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    head: [u64; 2],
    tail: [u64; 2],
    length: u32,
    hash: u64,
}

/// For each length, the bits of 16 bytes that a text of it fills.
const MASKS: [[u64; 2]; 17] = masks();

const fn masks() -> [[u64; 2]; 17] {
    let mut masks = [[0; 2]; 17];
    let mut length = 0;
    while length < 17 {
        let low = if length >= 8 { u64::MAX } else { (1 << (8 * length)) - 1 };
        let high = if length >= 16 {
            u64::MAX
        } else if length > 8 {
            (1 << (8 * (length - 8))) - 1
        } else {
            0
        };
        #[expect(clippy::indexing_slicing, reason = "this is run by the compiler")]
        {
            masks[length] = [low, high];
        }
        length += 1;
    }
    masks
}

/// Sixteen bytes from a place on. There must be so many behind each place that is asked for.
#[inline(always)]
pub fn sixteen(text: &[u8], at: usize) -> [u64; 2] {
    let bytes = text.get(at..).and_then(<[u8]>::first_chunk::<16>).copied().unwrap_or_default();
    let both = u128::from_le_bytes(bytes);
    [both as u64, (both >> 64) as u64]
}

/// The bytes of [`sixteen`] that belong to a text of some length, at most 16.
#[inline(always)]
pub fn only([low, high]: [u64; 2], length: usize) -> [u64; 2] {
    let [low_mask, high_mask] = MASKS.get(length).copied().unwrap_or([u64::MAX; 2]);
    [low & low_mask, high & high_mask]
}

#[inline(always)]
fn mix(a: u64, b: u64) -> u64 {
    let a = a.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let b = b.wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
    (a ^ b.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Key {
    /// The key of the text between two places of a padded text.
    #[inline(always)]
    pub fn new(text: &[u8], start: usize, end: usize) -> Self {
        let length = end.wrapping_sub(start);
        let head = only(sixteen(text, start), length.min(16));
        let tail = only(sixteen(text, start.max(end.wrapping_sub(16))), length.min(16));
        let [a, b] = head;
        let [c, d] = tail;
        let mut hash = mix(a ^ d.rotate_left(29), b ^ c.rotate_left(43));
        if length > TOLD {
            hash = whole(text.get(start..end).unwrap_or(&[]));
        }
        Self { head, tail, length: length as u32, hash }
    }
}

/// The hash of a long text.
#[inline(never)]
fn whole(text: &[u8]) -> u64 {
    let (words, rest) = text.as_chunks::<8>();
    let hash = words.iter().fold(text.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    rest.iter().fold(hash, |hash, &byte| mix(hash, u64::from(byte)))
}

impl Default for Words {
    fn default() -> Self {
        Self { slots: vec![Slot::EMPTY; 64], shift: 64 - 6, taken: 0, long: Vec::new() }
    }
}

impl Slot {
    const EMPTY: Self = Self { head: [0; 2], tail: [0; 2], length: EMPTY, meaning: 0, start: 0 };
}

impl Words {
    /// How many texts are known.
    pub fn len(&self) -> usize {
        self.taken
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.slots.fill(Slot::EMPTY);
        self.long.clear();
        self.taken = 0;
    }

    /// The meaning of a text, if it is known.
    #[inline(always)]
    pub fn get(&self, key: &Key, text: &[u8], start: usize) -> Option<u32> {
        let mut at = (key.hash >> self.shift) as usize;
        loop {
            let slot = self.slots.get(at & (self.slots.len() - 1))?;
            if slot.head == key.head && slot.tail == key.tail && slot.length == key.length {
                if key.length as usize <= TOLD || self.same_long(slot, text, start) {
                    return Some(slot.meaning);
                }
            } else if slot.length == EMPTY {
                return None;
            }
            at += 1;
        }
    }

    #[inline(never)]
    fn same_long(&self, slot: &Slot, text: &[u8], start: usize) -> bool {
        let length = slot.length as usize;
        let known = self.long.get(slot.start..).and_then(|long| long.get(..length));
        known.is_some() && known == text.get(start..).and_then(|text| text.get(..length))
    }

    /// Makes a text known that isn't.
    pub fn insert(&mut self, key: &Key, text: &[u8], meaning: u32) {
        if self.slots.len() < 2 * (self.taken + 1) {
            self.grow();
        }
        let mut start = 0;
        if key.length as usize > TOLD {
            start = self.long.len();
            self.long.extend_from_slice(text);
        }
        self.put(key.hash, Slot { head: key.head, tail: key.tail, length: key.length, meaning, start });
        self.taken += 1;
    }

    fn put(&mut self, hash: u64, slot: Slot) {
        let mask = self.slots.len() - 1;
        let mut at = (hash >> self.shift) as usize;
        while let Some(found) = self.slots.get_mut(at & mask) {
            if found.length == EMPTY {
                *found = slot;
                return;
            }
            at += 1;
        }
    }

    fn grow(&mut self) {
        let larger = vec![Slot::EMPTY; self.slots.len() * 4];
        let old = std::mem::replace(&mut self.slots, larger);
        self.shift -= 2;
        for slot in old.into_iter().filter(|slot| slot.length != EMPTY) {
            let hash = self.hash_of(&slot);
            self.put(hash, slot);
        }
    }

    fn hash_of(&self, slot: &Slot) -> u64 {
        if slot.length as usize > TOLD {
            let text = self.long.get(slot.start..).and_then(|long| long.get(..slot.length as usize));
            return whole(text.unwrap_or(&[]));
        }
        let ([a, b], [c, d]) = (slot.head, slot.tail);
        mix(a ^ d.rotate_left(29), b ^ c.rotate_left(43))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_apart() {
        let mut words = Words::default();
        let mut texts: Vec<String> = (0..70).map(|length| "x".repeat(length)).collect();
        texts.extend((0..3000).map(|number| format!("{number}")));
        texts.extend((0..3000).map(|number| format!("the same beginning {number:04} and the same end")));
        texts.extend((0..50).map(|at| format!("{}y{}", "x".repeat(at), "x".repeat(49 - at))));
        for round in 0..2 {
            for (number, text) in texts.iter().enumerate() {
                let padded = format!("before{text}behind{}", " ".repeat(64));
                let key = Key::new(padded.as_bytes(), 6, 6 + text.len());
                let found = words.get(&key, padded.as_bytes(), 6);
                assert_eq!(found, (round == 1).then_some(number as u32), "{text}");
                if round == 0 {
                    words.insert(&key, text.as_bytes(), number as u32);
                }
            }
        }
        assert_eq!(words.len(), texts.len());
        words.clear();
        assert_eq!((words.len(), words.get(&Key::new(&[b'x'; 64], 0, 1), &[b'x'; 64], 0)), (0, None));
    }
}
