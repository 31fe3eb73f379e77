//! Looks up texts of up to 32 bytes with AVX2: a text is one register, and so is each that is known.

#![expect(unsafe_code, reason = "loads into vector registers, and calls of functions that need a kind of machine")]

use std::arch::x86_64::{
    __m256i, _mm_aesenc_si128, _mm_cvtsi128_si64, _mm256_and_si256, _mm256_castsi256_si128, _mm256_cmpeq_epi8,
    _mm256_extracti128_si256, _mm256_loadu_si256, _mm256_movemask_epi8,
};
use std::slice::IterMut;

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
    texts: Vec<[u8; COVERED]>,
    meanings: Vec<u32>,
    taken: usize,
}

impl Table {
    /// An empty table, on machines that can look things up in it.
    pub fn new() -> Option<Self> {
        let here = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("aes");
        here.then(|| Self { texts: vec![[0; COVERED]; 64], meanings: vec![EMPTY; 64], taken: 0 })
    }

    /// Writes the meanings of fields; stops at the first that is long or isn't known.
    pub fn run<'o>(
        &self,
        text: &[u8],
        fields: &mut impl Iterator<Item = Span>,
        out: &mut IterMut<'o, u32>,
    ) -> Option<(Span, &'o mut u32)> {
        // SAFETY: `new` makes tables on machines with these instructions only.
        unsafe { run(self, text, fields, out) }
    }

    /// Makes a text of at most [`COVERED`] bytes known that isn't.
    pub fn insert(&mut self, text: &[u8], meaning: u32) {
        if self.texts.len() < 4 * (self.taken + 1) {
            let old = std::mem::take(&mut self.texts).into_iter().zip(std::mem::take(&mut self.meanings));
            let room = old.len() * 4;
            (self.texts, self.meanings) = (vec![[0; COVERED]; room], vec![EMPTY; room]);
            old.filter(|&(_, meaning)| meaning != EMPTY).for_each(|(text, meaning)| self.put(text, meaning));
        }
        let mut filled = [0; COVERED];
        filled.iter_mut().zip(text).for_each(|(to, from)| *to = *from);
        self.put(filled, meaning);
        self.taken += 1;
    }

    fn put(&mut self, text: [u8; COVERED], meaning: u32) {
        let mask = self.texts.len() - 1;
        // SAFETY: `new` makes tables on machines with these instructions only.
        let mut at = unsafe { hash(load(&text)) } & mask;
        while self.meanings.get(at).is_some_and(|&taken| taken != EMPTY) {
            at = (at + 1) & mask;
        }
        if let Some((slot, means)) = self.texts.get_mut(at).zip(self.meanings.get_mut(at)) {
            (*slot, *means) = (text, meaning);
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
fn run<'o>(
    table: &Table,
    text: &[u8],
    fields: &mut impl Iterator<Item = Span>,
    out: &mut IterMut<'o, u32>,
) -> Option<(Span, &'o mut u32)> {
    let (texts, meanings) = (table.texts.as_slice(), table.meanings.as_slice());
    let mask = texts.len().min(meanings.len()).wrapping_sub(1);
    for slot in out {
        let (start, end) = fields.next()?;
        let unused = (COVERED as u32).wrapping_sub(end.wrapping_sub(start));
        let (Some(bytes), Some(kept)) = (load_at(text, start), load_at(&KEPT, unused)) else {
            return Some(((start, end), slot));
        };
        let bytes = _mm256_and_si256(bytes, kept);
        let mut at = hash(bytes) & mask;
        loop {
            let (known, &meaning) = texts.get(at).zip(meanings.get(at))?;
            if _mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, load(known))) == -1 && meaning != EMPTY {
                *slot = meaning;
                break;
            }
            if meaning == EMPTY {
                return Some(((start, end), slot));
            }
            at = (at + 1) & mask;
        }
    }
    None
}
