//! Scanning with AVX-512: 64 bytes are one register, and a comparison is one word of bits.

#![expect(
    unsafe_code,
    reason = "loads and stores of vector registers, and calls of functions that need a kind of machine"
)]

use std::arch::x86_64::{
    __m128i, _mm512_add_epi32, _mm512_castsi512_si128, _mm512_cmpeq_epi8_mask, _mm512_cmplt_epi8_mask,
    _mm512_cvtepu8_epi32, _mm512_extracti32x4_epi32, _mm512_loadu_si512, _mm512_maskz_compress_epi8, _mm512_set1_epi8,
    _mm512_set1_epi32, _mm512_storeu_si512,
};

use super::{Found, Kernel, x86};

/// The kernel, on machines that can run it.
pub fn kernel() -> Option<Kernel> {
    let here = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vbmi2")
        && is_x86_feature_detected!("popcnt");
    let avx2 = x86::kernels()?;
    here.then_some(Kernel { name: "avx512", scan: scan_here, ..avx2 })
}

fn scan_here(chunks: &[[u8; 64]], delimiter: u8, base: u32, places: &mut [u32]) -> Found {
    // SAFETY: this is called through a `Kernel` only, and `kernel` makes that on machines with these instructions.
    unsafe { scan(chunks, delimiter, base, places) }
}

/// The numbers of 64 bytes.
static NUMBERS: [u8; 64] = {
    let mut numbers = [0; 64];
    let mut at = 0;
    while at < 64 {
        #[expect(clippy::indexing_slicing, reason = "this is run by the compiler")]
        {
            numbers[at] = at as u8;
        }
        at += 1;
    }
    numbers
};

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,popcnt")]
fn scan(chunks: &[[u8; 64]], delimiter: u8, base: u32, places: &mut [u32]) -> Found {
    let (mut found, mut base) = (Found::default(), base);
    let (delimiter, newline) = (_mm512_set1_epi8(delimiter.cast_signed()), _mm512_set1_epi8(b'\n'.cast_signed()));
    let (blank, delete) = (_mm512_set1_epi8(b' '.cast_signed()), _mm512_set1_epi8(0x7f));
    let quote = _mm512_set1_epi8(b'"'.cast_signed());
    // SAFETY: the load is of 64 bytes, and needs no alignment.
    let numbers = unsafe { _mm512_loadu_si512(NUMBERS.as_ptr().cast()) };
    let (mut quotes, mut odd) = (0, 0);
    for chunk in chunks {
        // SAFETY: the load is of the chunk's 64 bytes, and needs no alignment.
        let bytes = unsafe { _mm512_loadu_si512(chunk.as_ptr().cast()) };
        let newlines = _mm512_cmpeq_epi8_mask(bytes, newline);
        let ends = newlines | _mm512_cmpeq_epi8_mask(bytes, delimiter);
        quotes |= _mm512_cmpeq_epi8_mask(bytes, quote);
        // Bytes beyond ASCII are negative here, and so below a blank too.
        odd |= (_mm512_cmplt_epi8_mask(bytes, blank) | _mm512_cmpeq_epi8_mask(bytes, delete)) & !ends;
        found.newlines += newlines.count_ones() as usize;
        let listed = _mm512_maskz_compress_epi8(ends, numbers);
        let count = ends.count_ones() as usize;
        let Some(room) = places.get_mut(found.places..found.places + 64).and_then(<[u32]>::first_chunk_mut::<64>)
        else {
            return found;
        };
        let (parts, _) = room.as_chunks_mut::<16>();
        if let [first, second, third, fourth] = parts {
            put(first, _mm512_castsi512_si128(listed), base);
            if count > 16 {
                put(second, _mm512_extracti32x4_epi32::<1>(listed), base);
            }
            if count > 32 {
                put(third, _mm512_extracti32x4_epi32::<2>(listed), base);
                put(fourth, _mm512_extracti32x4_epi32::<3>(listed), base);
            }
        }
        found.places += count;
        base = base.wrapping_add(64);
    }
    Found { quotes: quotes != 0, odd: odd != 0, ..found }
}

/// Writes sixteen places that are numbered from `base` on.
#[target_feature(enable = "avx512f")]
#[inline]
fn put(to: &mut [u32; 16], numbers: __m128i, base: u32) {
    let places = _mm512_add_epi32(_mm512_cvtepu8_epi32(numbers), _mm512_set1_epi32(base.cast_signed()));
    // SAFETY: the store is into sixteen places, and needs no alignment.
    unsafe { _mm512_storeu_si512(to.as_mut_ptr().cast(), places) };
}
