//! An input that is read in pieces, several at a time: the rows of each, and the runs of rows with the same key.
//!
//! What reads pieces is quick because it takes clean data only. For anything else it gives up with [`Unfit`], and the
//! file is read again by the reader that knows every error and names its place.

use std::cmp::Ordering;

use super::column::Table;

/// Something that only the exact reader can deal with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unfit;

/// What a column is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Nothing: its fields must be right all the same, and its column stays empty.
    Nothing,
    /// To bring rows together, and nothing else: as a column of texts its codes number the runs of the piece, without a
    /// dictionary. Only a column of the key can be needed so.
    Grouping,
    /// Its values.
    Values,
}

/// What is wanted of an input.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// What each column of the schema is needed for.
    pub uses: Vec<Use>,
    /// The columns that make the key by which runs are told; none where rows are never brought together.
    pub key: Vec<usize>,
    /// Whether the lines of rows are wanted.
    pub lines: bool,
}

/// Rows of an input that stand one behind the other.
///
/// The codes of a column of texts are stable among the pieces of one reader: its dictionary only grows, and is the same
/// `Arc` while it doesn't. Where a column has very many texts, though, each piece may have a dictionary of its own: one
/// that doesn't begin with the texts of the one before.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Its place: pieces with greater numbers stand behind it in the input.
    pub number: usize,
    /// The rows. The account says how many records were read. The lines, if wanted, count from the piece's first, 1.
    pub table: Table,
    /// How many physical lines the piece has.
    pub newlines: u64,
    /// The runs of rows with the same key; no runs where there is no key.
    pub runs: Runs,
}

/// Reads pieces of one input; each piece goes to one reader.
pub trait PieceReader: Send {
    /// The next piece that no other reader has taken.
    fn read(&mut self) -> Result<Option<Piece>, Unfit>;
}

/// An input that can be read in pieces, once.
pub trait Pieces: Sync {
    /// A reader; each thread has its own.
    fn reader(&self) -> Box<dyn PieceReader + '_>;
}

/// Runs of neighbouring rows with the same key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Runs {
    /// The first row of each, ascending.
    pub starts: Vec<u32>,
    /// The key of each; two neighbours differ.
    pub keys: Keys,
}

/// Keys of rows, packed: one word each, with what doesn't fit into words behind one another in `long`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    /// A word for each key.
    words: Vec<u128>,
    /// The bytes of long keys.
    long: Vec<u8>,
}

/// The longest key that a word holds.
pub const SHORT: usize = 15;

/// The length of a long key in the top byte of its word.
const LONG: u128 = 17;

impl Keys {
    /// How many.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The words: equal for equal short keys, different for different ones; those of long keys say where they are.
    pub fn words(&self) -> &[u128] {
        &self.words
    }

    /// Adds a key that is a word already, as [`word`] or a number makes it.
    #[inline]
    pub fn push_word(&mut self, word: u128) {
        self.words.push(word);
    }

    /// Adds keys that are words already.
    pub fn extend_words(&mut self, words: &[u128]) {
        self.words.extend_from_slice(words);
    }

    /// Adds a key of bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        let word = word(bytes).unwrap_or_else(|| {
            let word = LONG << 120 | (bytes.len() as u128) << 64 | self.long.len() as u128;
            self.long.extend_from_slice(bytes);
            word
        });
        self.words.push(word);
    }

    /// Adds a key of another list.
    #[inline]
    pub fn push_from(&mut self, other: &Keys, at: usize) {
        match other.long(at) {
            Some(bytes) => self.push(bytes),
            None => self.words.push(other.word(at)),
        }
    }

    /// Whether some are too long for words.
    pub fn has_long(&self) -> bool {
        !self.long.is_empty()
    }

    /// Forgets all keys.
    pub fn clear(&mut self) {
        self.words.clear();
        self.long.clear();
    }

    /// The words, those of long keys without their places: equal ones for equal keys.
    #[inline]
    pub fn plain_words(&self) -> impl Iterator<Item = u128> {
        self.words.iter().map(|&word| plain(word))
    }

    /// Adds a key by its plain word; the bytes of a long one are taken from the front of `long`.
    #[inline]
    pub fn push_plain(&mut self, word: u128, long: &mut &[u8]) {
        if word >> 120 != LONG {
            self.words.push(word);
            return;
        }
        let length = (word >> 64 & 0xffff_ffff) as usize;
        let (bytes, rest) = long.split_at_checked(length).unwrap_or_default();
        *long = rest;
        self.push(bytes);
    }

    /// Whether two keys are the same.
    #[inline]
    pub fn same(&self, at: usize, other: &Keys, other_at: usize) -> bool {
        let (a, b) = (self.word(at), other.word(other_at));
        plain(a) == plain(b) && (a >> 120 != LONG || self.long(at) == other.long(other_at))
    }

    /// A total order of keys: short before long, then by bytes, so that numbers written as texts without leading zeros
    /// ascend as numbers do.
    pub fn compare(&self, at: usize, other: &Keys, other_at: usize) -> Ordering {
        let (a, b) = (self.word(at), other.word(other_at));
        match (self.long(at), other.long(other_at)) {
            (Some(a), Some(b)) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
            _ => a.cmp(&b),
        }
    }

    /// The bytes of a key that is too long for a word.
    #[inline]
    pub fn long(&self, at: usize) -> Option<&[u8]> {
        let word = self.word(at);
        if word >> 120 != LONG {
            return None;
        }
        let (length, start) = ((word >> 64 & 0xffff_ffff) as usize, word as u64 as usize);
        self.long.get(start..start.checked_add(length)?)
    }

    #[inline]
    fn word(&self, at: usize) -> u128 {
        self.words.get(at).copied().unwrap_or(0)
    }
}

/// A word without the place of a long key.
#[inline]
fn plain(word: u128) -> u128 {
    if word >> 120 == LONG { word >> 64 << 64 } else { word }
}

/// The word of a key of at most [`SHORT`] bytes: its length and one, then its bytes. No key has the word 0, which stands
/// for a missing value.
pub fn word(bytes: &[u8]) -> Option<u128> {
    let mut padded = [0u8; 16];
    let (length, rest) = padded.split_first_mut()?;
    *length = u8::try_from(bytes.len()).ok().filter(|&length| usize::from(length) <= SHORT)? + 1;
    rest.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(u128::from_be_bytes(padded))
}

/// The word of a number, ascending with it. It has the form of a short key only among other numbers: a key of one
/// column has words of one kind.
pub fn number_word(number: i64) -> u128 {
    1 << 120 | u128::from(number.cast_unsigned() ^ 1 << 63)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_apart_and_ordered() {
        let mut keys = Keys::default();
        let texts = ["", "2", "10", "99", "123456789012345", "1234567890123456", "2234567890123456"];
        texts.iter().for_each(|text| keys.push(text.as_bytes()));
        for a in 0..texts.len() {
            for b in 0..texts.len() {
                assert_eq!(keys.compare(a, &keys.clone(), b), a.cmp(&b), "{} {}", texts[a], texts[b]);
            }
        }
        let mut others = Keys::default();
        others.push(b"some long text that comes first");
        (0..texts.len()).for_each(|at| others.push_from(&keys, at));
        assert!((0..texts.len()).all(|at| others.same(at + 1, &keys, at)));
        assert_eq!(others.long(6), Some(texts[5].as_bytes()));
    }

    #[test]
    fn numbers_ascend() {
        let numbers = [i64::MIN, -1, 0, 1, i64::MAX];
        assert!(numbers.windows(2).all(|pair| number_word(pair[0]) < number_word(pair[1])));
    }
}
