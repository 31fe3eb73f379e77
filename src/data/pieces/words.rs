//! What the texts of a column mean, looked up by their bytes: each is parsed once, and then known.
//!
//! A text of up to 32 bytes is told by words of eight bytes that cover it, from its start and from its end, and by its
//! length; or by a register that holds it, on machines that have such.

#[cfg(target_arch = "x86_64")]
mod x86;

use super::batch::Lane;

/// The meaning of a missing value.
pub const MISSING: u32 = 0x8000_0000;

/// Start and end of a field.
pub type Span = (u32, u32);

/// The length of a slot that isn't taken.
const EMPTY: u32 = u32::MAX;

/// The longest text that four words cover; of others all bytes are compared.
const COVERED: usize = 32;

#[cfg(not(target_arch = "x86_64"))]
mod x86 {
    //! No machine of another kind has a table of registers.

    use super::Span;

    /// What isn't there.
    #[derive(Debug)]
    pub enum Table {}

    impl Table {
        /// None.
        pub fn new() -> Option<Self> {
            None
        }

        /// Nothing.
        pub fn run(&self, _: &[u8], _: impl Iterator<Item = Span>, _: &mut [u32]) -> usize {
            match *self {}
        }

        /// Nothing.
        pub fn insert(&mut self, _: &[u8], _: u32) {
            match *self {}
        }
    }
}

/// A single field.
#[derive(Debug, Clone, Copy)]
struct One(Span);

impl Lane for One {
    fn from(self, _: usize) -> impl Iterator<Item = Span> {
        std::iter::once(self.0)
    }
}

/// Known texts.
#[derive(Debug)]
pub struct Words {
    /// Those that are short, where the machine has registers for them.
    quick: Option<x86::Table>,
    /// The others.
    slots: Slots,
    known: Vec<Known>,
    /// The bytes of the known texts in `slots`.
    bytes: Vec<u8>,
    count: usize,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    start: usize,
    length: usize,
    meaning: u32,
}

/// A table of which at most a quarter is taken.
#[derive(Debug)]
struct Slots {
    slots: Vec<Slot>,
    /// How far a hash is shifted to be a place.
    shift: u32,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    words: [u64; 4],
    length: u32,
    /// What it means; of a long text, which of the known ones it is.
    meaning: u32,
}

/// Odd numbers without a pattern, one for each word.
const ODD: [u64; 4] = [0x9e37_79b9_7f4a_7c15, 0xc2b2_ae3d_27d4_eb4f, 0x1656_67b1_9e37_79f9, 0x85eb_ca77_c2b2_ae63];

/// Eight bytes at a place, the first lowest. There must be so many behind each place that is asked for.
#[inline(always)]
fn eight(text: &[u8], at: u32) -> u64 {
    let bytes = text.get(at as usize..at as usize + 8).and_then(<[u8]>::first_chunk::<8>);
    u64::from_le_bytes(bytes.copied().unwrap_or_default())
}

/// Sixteen bytes at a place, as two words.
#[inline(always)]
pub fn sixteen(text: &[u8], at: u32) -> Option<[u64; 2]> {
    let bytes = text.get(at as usize..at as usize + 16)?.first_chunk::<16>()?;
    let both = u128::from_le_bytes(*bytes);
    Some([both as u64, (both >> 64) as u64])
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

impl Slots {
    fn of(known: &[Known], bytes: &[u8]) -> Self {
        let places = (4 * known.len()).next_power_of_two().max(64);
        let slots = vec![Slot { words: [0; 4], length: EMPTY, meaning: 0 }; places];
        let mut slots = Self { slots, shift: 64 - places.ilog2() };
        (0..known.len()).for_each(|at| slots.insert(known, at, bytes));
        slots
    }

    /// Puts one of the known texts into its place.
    fn insert(&mut self, known: &[Known], number: usize, bytes: &[u8]) {
        let Some(&Known { start, length, meaning }) = known.get(number) else { return };
        let Some(text) = bytes.get(start..) else { return };
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

    /// The meaning in the slot with these words.
    #[inline(always)]
    fn find(&self, words: &[u64; 4], hash: u64, length: u32) -> Option<u32> {
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
}

impl Default for Words {
    fn default() -> Self {
        Self::with(x86::Table::new())
    }
}

impl Words {
    /// No words, with a table of registers or without.
    fn with(quick: Option<x86::Table>) -> Self {
        Self { quick, slots: Slots::of(&[], &[]), known: Vec::new(), bytes: vec![0; COVERED], count: 0 }
    }

    /// How many texts are known.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        *self = Self::with(self.quick.as_ref().and_then(|_| x86::Table::new()));
    }

    /// Writes the meanings of fields from a row on; stops at the first that isn't known, and returns the place of its
    /// meaning.
    pub fn run<'o>(&self, text: &[u8], fields: impl Lane, out: &'o mut [u32], row: &mut usize) -> Option<&'o mut u32> {
        while *row < out.len() {
            if let Some(quick) = &self.quick {
                *row += quick.run(text, fields.from(*row), out.get_mut(*row..)?);
            }
            let Some(slot) = out.get_mut(*row) else { break };
            match self.find(text, fields.get(*row).ok()?) {
                Some(meaning) => *slot = meaning,
                None => return out.get_mut(*row),
            }
            *row += 1;
        }
        None
    }

    /// The meaning of a text, if it is known.
    pub fn get(&self, text: &[u8]) -> Option<u32> {
        let mut padded = text.to_vec();
        padded.extend_from_slice(&[0; COVERED]);
        let mut meaning = [0];
        match self.run(&padded, One((0, text.len() as u32)), &mut meaning, &mut 0) {
            Some(_) => None,
            None => meaning.first().copied(),
        }
    }

    #[inline]
    fn find(&self, text: &[u8], (start, end): Span) -> Option<u32> {
        let length = end.wrapping_sub(start);
        if length as usize <= COVERED {
            let words = words_of(text, start, end);
            return self.slots.find(&words, hash_of(&words), length);
        }
        let text = text.get(start as usize..end as usize)?;
        let hash = whole(text);
        // Two texts with the same hash of 64 bits: the second would be parsed each time, and never mistaken.
        let number = self.slots.find(&[hash; 4], hash, length)?;
        let known = self.known.get(number as usize)?;
        (self.bytes.get(known.start..known.start + known.length)? == text).then_some(known.meaning)
    }

    /// Makes a text known that isn't.
    pub fn insert(&mut self, text: &[u8], meaning: u32) {
        self.count += 1;
        if let Some(quick) = &mut self.quick
            && text.len() <= COVERED
        {
            return quick.insert(text, meaning);
        }
        // Behind the last text there must be room to load from.
        let start = self.bytes.len() - COVERED;
        self.bytes.truncate(start);
        self.bytes.extend_from_slice(text);
        self.bytes.extend_from_slice(&[0; COVERED]);
        self.known.push(Known { start, length: text.len(), meaning });
        if self.slots.slots.len() < 4 * self.known.len() {
            self.slots = Slots::of(&self.known, &self.bytes);
        } else {
            self.slots.insert(&self.known, self.known.len() - 1, &self.bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> [Words; 2] {
        [Words::default(), Words::with(None)]
    }

    #[test]
    fn texts_are_told_apart() {
        let mut texts: Vec<String> = (0..70).map(|length| "x".repeat(length)).collect();
        texts.extend((0..3000).map(|number| format!("{number}")));
        texts.extend((0..3000).map(|number| format!("the same beginning {number:04} and the same end")));
        for length in [50, 33, 32, 30, 17, 16, 12, 8, 5] {
            texts.extend((0..length).map(|at| format!("{}y{}", "x".repeat(at), "x".repeat(length - 1 - at))));
        }
        for mut words in all() {
            for round in 0..2 {
                for (number, text) in texts.iter().enumerate() {
                    assert_eq!(words.get(text.as_bytes()), (round == 1).then_some(number as u32), "{text}");
                    if round == 0 {
                        words.insert(text.as_bytes(), number as u32);
                    }
                }
            }
            assert_eq!(words.len(), texts.len());
            words.clear();
            assert_eq!((words.len(), words.get(b"x")), (0, None));
        }
    }

    #[test]
    fn what_stands_around_a_text_makes_no_difference() {
        let short = ["", "a", "abcdefg", "abcdefgh", "abcdefghi", "abcdefghijklmnop", "abcdefghijklmnopq"];
        let texts = short.into_iter().chain(["0123456789 0123456789 0123456789"]);
        for mut words in all() {
            texts.clone().zip(0..).for_each(|(text, meaning)| words.insert(text.as_bytes(), meaning));
            for around in ["", "x", "longer than any"] {
                for (text, meaning) in texts.clone().zip(0..) {
                    let padded = format!("{around}{text}{around}{}", " ".repeat(64));
                    let start = around.len() as u32;
                    let (mut out, field) = ([9], One((start, start + text.len() as u32)));
                    assert!(words.run(padded.as_bytes(), field, &mut out, &mut 0).is_none());
                    assert_eq!(out, [meaning], "{text}");
                }
            }
        }
    }
}
