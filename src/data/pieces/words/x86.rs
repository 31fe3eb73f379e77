//! Looks up texts of up to 32 bytes with AVX2: a text is one register, and so is each that is known.

#![expect(unsafe_code, reason = "loads into vector registers, and calls of functions that need a kind of machine")]

use std::arch::x86_64::{
    __m256i, _mm_aesenc_si128, _mm_cvtsi128_si64, _mm256_and_si256, _mm256_castsi256_si128, _mm256_cmpeq_epi8,
    _mm256_extracti128_si256, _mm256_loadu_si256, _mm256_movemask_epi8,
};

use super::{COVERED, Span};

/// What a slot that isn't taken means.
const EMPTY: u32 = super::MISSING + 1;

/// The bytes that belong to a text of some length, where they are loaded so much before the middle.
static KEPT: [u8; 2 * COVERED] = {
    let mut kept = [0; 2 * COVERED];
    let mut at = 0;
    while at < COVERED {
        #[expect(clippy::indexing_slicing, reason = "this is run by the compiler")]
        {
            kept[at] = 0xff;
        }
        at += 1;
    }
    kept
};

/// Texts filled up with zeros, and what they mean. At most a quarter of the slots is taken.
#[derive(Debug)]
pub struct Table {
    slots: Vec<Slot>,
    taken: usize,
}

#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Slot {
    text: [u8; COVERED],
    meaning: u32,
}

/// A slot that isn't taken: no text has such bytes.
const FREE: Slot = Slot { text: [0xff; COVERED], meaning: EMPTY };

impl Table {
    /// An empty table, on machines that can look things up in it.
    pub fn new() -> Option<Self> {
        let here = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("aes");
        here.then(|| Self { slots: vec![FREE; 64], taken: 0 })
    }

    /// Writes the meanings of fields; returns how many there are before the first that is long or isn't known.
    pub fn run(&self, text: &[u8], fields: impl Iterator<Item = Span>, out: &mut [u32]) -> usize {
        // SAFETY: `new` makes tables on machines with these instructions only.
        unsafe { run(self, text, fields, out) }
    }

    /// Makes a text of at most [`COVERED`] bytes known that isn't.
    pub fn insert(&mut self, text: &[u8], meaning: u32) {
        if self.slots.len() < 4 * (self.taken + 1) {
            let room = self.slots.len() * 4;
            let old = std::mem::replace(&mut self.slots, vec![FREE; room]);
            old.into_iter().filter(|slot| slot.meaning != EMPTY).for_each(|slot| self.put(slot));
        }
        let mut filled = [0; COVERED];
        filled.iter_mut().zip(text).for_each(|(to, from)| *to = *from);
        self.put(Slot { text: filled, meaning });
        self.taken += 1;
    }

    fn put(&mut self, taken: Slot) {
        let mask = self.slots.len() - 1;
        // SAFETY: `new` makes tables on machines with these instructions only.
        let mut at = unsafe { hash(load(&taken.text)) } & mask;
        while let Some(slot) = self.slots.get_mut(at) {
            if slot.meaning == EMPTY {
                *slot = taken;
                return;
            }
            at = (at + 1) & mask;
        }
    }
}

#[target_feature(enable = "avx2")]
#[inline]
fn load(bytes: &[u8; COVERED]) -> __m256i {
    // SAFETY: the load is of the 32 bytes that are borrowed, and needs no alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

/// The 32 bytes from a place on.
#[target_feature(enable = "avx2")]
#[inline]
fn load_at(text: &[u8], at: u32) -> Option<__m256i> {
    let at = at as usize;
    Some(load(text.get(at..at + COVERED)?.first_chunk()?))
}

/// Some rounds of a cipher: each byte of the text changes all of the hash.
#[target_feature(enable = "avx2,aes")]
#[inline]
fn hash(text: __m256i) -> usize {
    let (low, high) = (_mm256_castsi256_si128(text), _mm256_extracti128_si256::<1>(text));
    let mixed = _mm_aesenc_si128(_mm_aesenc_si128(_mm_aesenc_si128(low, high), high), low);
    _mm_cvtsi128_si64(mixed).cast_unsigned() as usize
}

#[target_feature(enable = "avx2,aes")]
fn run(table: &Table, text: &[u8], fields: impl Iterator<Item = Span>, out: &mut [u32]) -> usize {
    let mask = table.slots.len().wrapping_sub(1);
    for (row, (out, (start, end))) in out.iter_mut().zip(fields).enumerate() {
        let unused = (COVERED as u32).wrapping_sub(end.wrapping_sub(start));
        let (Some(bytes), Some(kept)) = (load_at(text, start), load_at(&KEPT, unused)) else { return row };
        let bytes = _mm256_and_si256(bytes, kept);
        let mut at = hash(bytes) & mask;
        loop {
            let Some(slot) = table.slots.get(at) else { return row };
            if _mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, load(&slot.text))) == -1 {
                *out = slot.meaning;
                break;
            }
            if slot.meaning == EMPTY {
                return row;
            }
            at = (at + 1) & mask;
        }
    }
    out.len()
}
