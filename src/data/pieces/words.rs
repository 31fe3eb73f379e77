//! What the texts of a column mean, looked up by their bytes: each is parsed once, and then known.
//!
//! A few short texts are words of eight bytes. Longer ones, or more of them, are told by one or two registers that hold
//! them, on machines that have such; all others by words that cover them.

mod slots;
mod tiny;
#[cfg(target_arch = "x86_64")]
mod x86;

use self::slots::Slots;
use self::tiny::Tiny;
use super::batch::Lane;

/// The meaning of a missing value.
pub const MISSING: u32 = 0x8000_0000;

/// Start and end of a field.
pub type Span = (u32, u32);

/// How many bytes must stand behind a text that is looked up.
const BEHIND: usize = 64;

/// Odd numbers without a pattern.
const ODD: [u64; 4] = [0x9e37_79b9_7f4a_7c15, 0xc2b2_ae3d_27d4_eb4f, 0x1656_67b1_9e37_79f9, 0x85eb_ca77_c2b2_ae63];

#[cfg(not(target_arch = "x86_64"))]
mod x86 {
    //! No machine of another kind has a table of registers.

    use super::Span;

    /// What isn't there.
    #[derive(Debug)]
    pub enum Table<const N: usize> {}

    impl<const N: usize> Table<N> {
        /// None.
        pub fn new() -> Option<Self> {
            None
        }

        /// Nothing.
        pub fn run(&self, _: &[u8], _: impl Iterator<Item = Span>, _: &mut [u32]) -> usize {
            match *self {}
        }

        /// Nothing.
        pub fn insert(&mut self, _: &[u8], _: u32) -> bool {
            match *self {}
        }

        /// Nothing.
        pub fn texts(&self) -> Vec<(Vec<u8>, u32)> {
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
    /// Those that are found quickly.
    quick: Quick,
    /// The others.
    slots: Slots,
    /// Whether to use tables of registers.
    registers: bool,
    count: usize,
}

/// The table in which texts are looked up first.
#[derive(Debug)]
enum Quick {
    Tiny(Tiny),
    Short(x86::Table<1>),
    Long(x86::Table<2>),
    None,
}

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

impl Quick {
    /// Writes the meanings of fields; returns how many there are before the first that isn't known here.
    #[inline]
    fn run(&self, text: &[u8], fields: impl Iterator<Item = Span>, out: &mut [u32]) -> usize {
        match self {
            Self::Tiny(tiny) => tiny.run(text, fields, out),
            Self::Short(table) => table.run(text, fields, out),
            Self::Long(table) => table.run(text, fields, out),
            Self::None => 0,
        }
    }

    /// Makes a text known; false where it doesn't fit.
    fn insert(&mut self, text: &[u8], meaning: u32) -> bool {
        match self {
            Self::Tiny(tiny) => tiny.insert(text, meaning),
            Self::Short(table) => table.insert(text, meaning),
            Self::Long(table) => table.insert(text, meaning),
            Self::None => false,
        }
    }

    /// The next larger table, which is empty; `None` where there is none.
    fn larger(&self, registers: bool) -> Option<Self> {
        let table = |found: Option<Self>| Some(found.filter(|_| registers).unwrap_or(Self::None));
        match self {
            Self::Tiny(_) => table(x86::Table::new().map(Self::Short)),
            Self::Short(_) => table(x86::Table::new().map(Self::Long)),
            Self::Long(_) | Self::None => None,
        }
    }

    /// The texts, each with its meaning.
    fn texts(&self) -> Vec<(Vec<u8>, u32)> {
        match self {
            Self::Tiny(tiny) => tiny.texts(),
            Self::Short(short) => short.texts(),
            Self::Long(long) => long.texts(),
            Self::None => Vec::new(),
        }
    }
}

impl Default for Words {
    fn default() -> Self {
        Self::with(true)
    }
}

impl Words {
    /// No words, with tables of registers or without.
    fn with(registers: bool) -> Self {
        Self { quick: Quick::Tiny(Tiny::default()), slots: Slots::default(), registers, count: 0 }
    }

    /// How many texts are known.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        *self = Self::with(self.registers);
    }

    /// Writes the meanings of fields from a row on; stops at the first that isn't known, and returns the place of its
    /// meaning.
    pub fn run<'o>(&self, text: &[u8], fields: impl Lane, out: &'o mut [u32], row: &mut usize) -> Option<&'o mut u32> {
        while *row < out.len() {
            *row += self.quick.run(text, fields.from(*row), out.get_mut(*row..)?);
            let Some(slot) = out.get_mut(*row) else { break };
            let found = fields.get(*row).ok().filter(|_| !self.slots.is_empty());
            match found.and_then(|field| self.slots.find(text, field)) {
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
        padded.extend_from_slice(&[0; BEHIND]);
        let mut meaning = [0];
        match self.run(&padded, One((0, text.len() as u32)), &mut meaning, &mut 0) {
            Some(_) => None,
            None => meaning.first().copied(),
        }
    }

    /// Makes a text known that isn't.
    pub fn insert(&mut self, text: &[u8], meaning: u32) {
        self.count += 1;
        while !self.quick.insert(text, meaning) {
            // A text that no table of registers holds leaves those that are there where they are.
            let Some(larger) = self.quick.larger(self.registers).filter(|_| text.len() <= BEHIND) else {
                return self.slots.insert(text, meaning);
            };
            let smaller = std::mem::replace(&mut self.quick, larger);
            for (text, meaning) in smaller.texts() {
                if !self.quick.insert(&text, meaning) {
                    self.slots.insert(&text, meaning);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> [Words; 2] {
        [Words::default(), Words::with(false)]
    }

    #[test]
    fn texts_are_told_apart() {
        let mut texts: Vec<String> = (0..140).map(|length| "x".repeat(length)).collect();
        texts.extend((0..3000).map(|number| format!("{number}")));
        texts.extend((0..3000).map(|number| format!("the same beginning {number:04} and the same end")));
        for length in [80, 65, 64, 63, 50, 33, 32, 30, 17, 16, 12, 8, 5] {
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
