//! Looks up short texts where there are few of them: a text of up to eight bytes is one word, and each that is known has
//! a place of its own, so that one comparison tells.

use super::{ODD, Span, eight};

/// The longest text that is a word.
const LONGEST: usize = 8;

/// How many places there are: as many as the eight highest bits tell apart.
const PLACES: usize = 256;

/// How many texts may be known.
const FEW: usize = 40;

/// How many factors are tried to give each text a place of its own.
const TRIES: u64 = 400;

/// What stands in a place that isn't taken: no text has such bytes.
const FREE: (u64, u32) = (u64::MAX, 0);

/// For each length, the bits of a word that so many bytes fill.
const KEPT: [u64; LONGEST + 1] =
    [0, 0xff, 0xffff, 0x00ff_ffff, 0xffff_ffff, 0x00ff_ffff_ffff, 0xffff_ffff_ffff, 0x00ff_ffff_ffff_ffff, u64::MAX];

/// Short texts, and what they mean.
#[derive(Debug)]
pub struct Tiny {
    places: Box<[(u64, u32); PLACES]>,
    factor: u64,
    known: Vec<(u64, u32)>,
}

impl Default for Tiny {
    fn default() -> Self {
        Self { places: Box::new([FREE; PLACES]), factor: ODD[0], known: Vec::new() }
    }
}

/// The place of a word.
#[inline(always)]
fn place(word: u64, factor: u64) -> usize {
    (word.wrapping_mul(factor) >> 56) as usize
}

impl Tiny {
    /// Writes the meanings of fields; returns how many there are before the first that isn't known.
    #[inline(never)]
    pub fn run(&self, text: &[u8], fields: impl Iterator<Item = Span>, out: &mut [u32]) -> usize {
        for (row, (out, (start, end))) in out.iter_mut().zip(fields).enumerate() {
            let Some(kept) = KEPT.get(end.wrapping_sub(start) as usize) else { return row };
            let word = eight(text, start) & kept;
            let &(known, meaning) = self.places.get(place(word, self.factor)).unwrap_or(&FREE);
            if known != word {
                return row;
            }
            *out = meaning;
        }
        out.len()
    }

    /// Makes a text known that isn't. False where it is too long, or there is no room for more.
    pub fn insert(&mut self, text: &[u8], meaning: u32) -> bool {
        if text.len() > LONGEST || self.known.len() >= FEW {
            return false;
        }
        let mut bytes = [0; LONGEST];
        bytes.iter_mut().zip(text).for_each(|(to, from)| *to = *from);
        self.known.push((u64::from_le_bytes(bytes), meaning));
        // Factors without a pattern; the first is the one that did until now.
        let factors = (0..TRIES).map(|number| self.factor.wrapping_add(number.wrapping_mul(ODD[1] ^ 1)));
        for factor in factors {
            if let Some(places) = arranged(&self.known, factor) {
                (self.places, self.factor) = (places, factor);
                return true;
            }
        }
        self.known.pop();
        false
    }

    /// The texts, each with its meaning.
    pub fn texts(&self) -> Vec<(Vec<u8>, u32)> {
        let text = |word: u64| word.to_le_bytes().into_iter().take_while(|&byte| byte != 0).collect();
        self.known.iter().map(|&(word, meaning)| (text(word), meaning)).collect()
    }
}

/// The places of some words, if no two have the same.
fn arranged(known: &[(u64, u32)], factor: u64) -> Option<Box<[(u64, u32); PLACES]>> {
    let mut places = Box::new([FREE; PLACES]);
    for &(word, meaning) in known {
        let slot = places.get_mut(place(word, factor)).filter(|slot| **slot == FREE)?;
        *slot = (word, meaning);
    }
    Some(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_has_a_place_until_there_is_no_room() {
        let mut tiny = Tiny::default();
        let taken = (0..1000).take_while(|number| tiny.insert(number.to_string().as_bytes(), *number)).count();
        assert_eq!(taken, FEW);
        assert!(!Tiny::default().insert(b"123456789", 0));
        let texts: Vec<_> = (0..FEW as u32).map(|number| (number.to_string().into_bytes(), number)).collect();
        assert_eq!(tiny.texts(), texts);
        let mut padded = b"17,3,,".to_vec();
        padded.extend([b','; 16]);
        let mut out = [0; 3];
        assert_eq!((tiny.run(&padded, [(0, 2), (3, 4), (5, 5)].into_iter(), &mut out), out), (2, [17, 3, 0]));
        assert!(!tiny.insert(b"", 7));
        let mut other = Tiny::default();
        assert!(other.insert(b"", 7) && other.insert(b"12345678", 8));
        assert_eq!(other.run(&padded, [(5, 5), (0, 2)].into_iter(), &mut out), 1);
        assert_eq!(out[0], 7);
    }
}
