//! Looks up texts with AVX2: a text is one register or two, and so is each that is known.

#![expect(unsafe_code, reason = "loads into vector registers, and calls of functions that need a kind of machine")]

use std::arch::x86_64::{
    __m128i, __m256i, _mm_aesenc_si128, _mm_cvtsi128_si64, _mm_set1_epi64x, _mm256_and_si256, _mm256_castsi256_si128,
    _mm256_cmpeq_epi8, _mm256_extracti128_si256, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_setzero_si256,
};

use super::Span;

/// How many bytes a register has.
const REGISTER: usize = 32;

/// How many bytes two have.
const BOTH: usize = 2 * REGISTER;

/// With at most so many texts, each has a place of its own.
const FEW: usize = 64;

/// How often such places are looked for.
const TRIES: i64 = 16;

/// What a slot that isn't taken means.
const EMPTY: u32 = super::MISSING + 1;

/// The bytes that belong to a text of some length, where they are loaded so much before the middle.
static KEPT: [u8; 2 * BOTH] = {
    let mut kept = [0; 2 * BOTH];
    let mut at = 0;
    while at < BOTH {
        #[expect(clippy::indexing_slicing, reason = "this is run by the compiler")]
        {
            kept[at] = 0xff;
        }
        at += 1;
    }
    kept
};

/// Texts of so many registers at most, filled up with zeros, and what they mean. At most a quarter of the slots is taken.
#[derive(Debug)]
pub struct Table<const N: usize> {
    slots: Vec<Slot<N>>,
    taken: usize,
    seed: i64,
}

#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Slot<const N: usize> {
    text: [[u8; REGISTER]; N],
    /// How long the text is, and what it means.
    length: usize,
    meaning: u32,
}

impl<const N: usize> Slot<N> {
    /// A slot that isn't taken: no text has such bytes.
    const FREE: Self = Self { text: [[0xff; REGISTER]; N], length: 0, meaning: EMPTY };
}

impl<const N: usize> Table<N> {
    /// The longest text that it can hold.
    const LONGEST: usize = N * REGISTER;

    /// An empty table, on machines that can look things up in it.
    pub fn new() -> Option<Self> {
        let here = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("aes");
        here.then(|| Self { slots: vec![Slot::FREE; 64], taken: 0, seed: 0 })
    }

    /// Writes the meanings of fields; returns how many there are before the first that is long or isn't known.
    pub fn run(&self, text: &[u8], fields: impl Iterator<Item = Span>, out: &mut [u32]) -> usize {
        // SAFETY: `new` makes tables on machines with these instructions only.
        unsafe { run(self, text, fields, out) }
    }

    /// Makes a text known that isn't. False where it is too long.
    pub fn insert(&mut self, text: &[u8], meaning: u32) -> bool {
        if text.len() > Self::LONGEST {
            return false;
        }
        let mut filled = [[0; REGISTER]; N];
        filled.as_flattened_mut().iter_mut().zip(text).for_each(|(to, from)| *to = *from);
        self.taken += 1;
        let alone = self.put(Slot { text: filled, length: text.len(), meaning });
        if self.taken <= FEW && !alone {
            self.arrange();
        } else if self.slots.len() < 4 * (self.taken + 1) {
            self.put_all(self.slots.len() * 4, self.seed);
        }
        true
    }

    /// The texts, each with its meaning.
    pub fn texts(&self) -> Vec<(Vec<u8>, u32)> {
        let text = |slot: &Slot<N>| slot.text.as_flattened().iter().take(slot.length).copied().collect();
        self.slots.iter().filter(|slot| slot.meaning != EMPTY).map(|slot| (text(slot), slot.meaning)).collect()
    }

    /// Gives each text a place of its own, if that is found soon: then one comparison tells.
    fn arrange(&mut self) {
        let room = (self.taken * self.taken / 2).next_power_of_two().max(self.slots.len());
        let _found = (self.seed + 1..=self.seed + TRIES).any(|seed| self.put_all(room, seed));
    }

    /// Puts all texts into a new table; returns whether each has a place of its own.
    fn put_all(&mut self, room: usize, seed: i64) -> bool {
        let old = std::mem::replace(&mut self.slots, vec![Slot::FREE; room]);
        self.seed = seed;
        old.into_iter().filter(|slot| slot.meaning != EMPTY).fold(true, |alone, slot| self.put(slot) & alone)
    }

    /// Puts a text into its slot, or the next that is free; returns whether it is its own.
    fn put(&mut self, taken: Slot<N>) -> bool {
        let mask = self.slots.len() - 1;
        // SAFETY: `new` makes tables on machines with these instructions only.
        let first = unsafe { hash(taken.text.each_ref().map(|part| load(part)), _mm_set1_epi64x(self.seed)) } & mask;
        let mut at = first;
        while let Some(slot) = self.slots.get_mut(at) {
            if slot.meaning == EMPTY {
                *slot = taken;
                break;
            }
            at = (at + 1) & mask;
        }
        at == first
    }
}

#[target_feature(enable = "avx2")]
#[inline]
fn load(bytes: &[u8; REGISTER]) -> __m256i {
    // SAFETY: the load is of the 32 bytes that are borrowed, and needs no alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

/// Some rounds of a cipher: each byte of the text changes all of the hash.
#[target_feature(enable = "avx2,aes")]
#[inline]
fn hash<const N: usize>(text: [__m256i; N], seed: __m128i) -> usize {
    let mut mixed = seed;
    let mut add = |part: __m256i| {
        mixed = _mm_aesenc_si128(mixed, _mm256_castsi256_si128(part));
        mixed = _mm_aesenc_si128(mixed, _mm256_extracti128_si256::<1>(part));
    };
    match text.as_slice() {
        [first] => add(*first),
        [first, second] => (add(*first), add(*second)).0,
        _ => {}
    }
    let mixed = _mm_aesenc_si128(_mm_aesenc_si128(mixed, seed), seed);
    _mm_cvtsi128_si64(mixed).cast_unsigned() as usize
}

/// The registers of the text of a field, if it isn't too long.
#[target_feature(enable = "avx2")]
#[inline]
fn registers<const N: usize>(text: &[u8], (start, end): Span) -> Option<[__m256i; N]> {
    let (start, length) = (start as usize, end.wrapping_sub(start) as usize);
    if length > N * REGISTER {
        return None;
    }
    let bytes = text.get(start..start + N * REGISTER)?;
    let kept = KEPT.get(BOTH - length..BOTH - length + N * REGISTER)?;
    let mut registers = [_mm256_setzero_si256(); N];
    match (registers.as_mut_slice(), bytes.as_chunks().0, kept.as_chunks().0) {
        ([first], [bytes], [kept]) => *first = _mm256_and_si256(load(bytes), load(kept)),
        ([first, second], [bytes, further], [kept, also]) => {
            *first = _mm256_and_si256(load(bytes), load(kept));
            *second = _mm256_and_si256(load(further), load(also));
        }
        _ => return None,
    }
    Some(registers)
}

/// Whether a text is that of a slot.
#[target_feature(enable = "avx2")]
#[inline]
fn same<const N: usize>(registers: &[__m256i; N], text: &[[u8; REGISTER]; N]) -> bool {
    let equal = match (registers.as_slice(), text.as_slice()) {
        ([register], [text]) => _mm256_cmpeq_epi8(*register, load(text)),
        ([first, second], [text, further]) => {
            _mm256_and_si256(_mm256_cmpeq_epi8(*first, load(text)), _mm256_cmpeq_epi8(*second, load(further)))
        }
        _ => return false,
    };
    _mm256_movemask_epi8(equal) == -1
}

#[target_feature(enable = "avx2,aes")]
fn run<const N: usize>(table: &Table<N>, text: &[u8], fields: impl Iterator<Item = Span>, out: &mut [u32]) -> usize {
    let mask = table.slots.len().wrapping_sub(1);
    let seed = _mm_set1_epi64x(table.seed);
    for (row, (out, span)) in out.iter_mut().zip(fields).enumerate() {
        let Some(registers) = registers::<N>(text, span) else { return row };
        let mut at = hash(registers, seed) & mask;
        loop {
            let Some(slot) = table.slots.get(at) else { return row };
            if same(&registers, &slot.text) {
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
