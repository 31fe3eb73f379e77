//! Scanning with AVX2.

#![expect(unsafe_code, reason = "loads into vector registers, and calls of functions that need a kind of machine")]

use std::arch::x86_64::{
    __m256i, _mm256_andnot_si256, _mm256_cmpeq_epi8, _mm256_cmpgt_epi8, _mm256_loadu_si256, _mm256_movemask_epi8,
    _mm256_or_si256, _mm256_set1_epi8, _mm256_setzero_si256,
};

use super::{Found, Kernel, write_places};

/// Those that this machine can run.
pub fn kernels() -> Option<Kernel> {
    let here = is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("popcnt");
    here.then_some(Kernel { name: "avx2", scan: scan_here, quotes: quotes_here })
}

fn scan_here(chunks: &[[u8; 64]], delimiter: u8, base: u32, places: &mut [u32]) -> Found {
    // SAFETY: this is called through a `Kernel` only, and `kernels` makes that on machines with these instructions.
    unsafe { scan(chunks, delimiter, base, places) }
}

fn quotes_here(chunks: &[[u8; 64]], masks: &mut Vec<u64>) {
    // SAFETY: this is called through a `Kernel` only, and `kernels` makes that on machines with these instructions.
    unsafe { quotes(chunks, masks) }
}

#[target_feature(enable = "avx2")]
#[inline]
fn halves(chunk: &[u8; 64]) -> (__m256i, __m256i) {
    let start = chunk.as_ptr();
    // SAFETY: both loads are of 32 of the chunk's 64 bytes, and need no alignment.
    unsafe { (_mm256_loadu_si256(start.cast()), _mm256_loadu_si256(start.add(32).cast())) }
}

#[target_feature(enable = "avx2")]
#[inline]
fn bits(low: __m256i, high: __m256i) -> u64 {
    let (low, high) = (_mm256_movemask_epi8(low).cast_unsigned(), _mm256_movemask_epi8(high).cast_unsigned());
    u64::from(high) << 32 | u64::from(low)
}

#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn scan(chunks: &[[u8; 64]], delimiter: u8, base: u32, places: &mut [u32]) -> Found {
    let (mut found, mut base) = (Found::default(), base);
    let delimiter = _mm256_set1_epi8(delimiter.cast_signed());
    let (newline, quote) = (_mm256_set1_epi8(b'\n'.cast_signed()), _mm256_set1_epi8(b'"'.cast_signed()));
    let (blank, delete) = (_mm256_set1_epi8(b' '.cast_signed()), _mm256_set1_epi8(0x7f));
    let (mut quotes, mut odd) = (_mm256_setzero_si256(), _mm256_setzero_si256());
    for chunk in chunks {
        let (a, b) = halves(chunk);
        let (newlines_a, newlines_b) = (_mm256_cmpeq_epi8(a, newline), _mm256_cmpeq_epi8(b, newline));
        let ends_a = _mm256_or_si256(newlines_a, _mm256_cmpeq_epi8(a, delimiter));
        let ends_b = _mm256_or_si256(newlines_b, _mm256_cmpeq_epi8(b, delimiter));
        quotes = _mm256_or_si256(quotes, _mm256_or_si256(_mm256_cmpeq_epi8(a, quote), _mm256_cmpeq_epi8(b, quote)));
        // Bytes beyond ASCII are negative here, and so below a blank too.
        let odd_a = _mm256_or_si256(_mm256_cmpgt_epi8(blank, a), _mm256_cmpeq_epi8(a, delete));
        let odd_b = _mm256_or_si256(_mm256_cmpgt_epi8(blank, b), _mm256_cmpeq_epi8(b, delete));
        let either = _mm256_or_si256(_mm256_andnot_si256(ends_a, odd_a), _mm256_andnot_si256(ends_b, odd_b));
        odd = _mm256_or_si256(odd, either);
        found.newlines += bits(newlines_a, newlines_b).count_ones() as usize;
        let room = places.get_mut(found.places..).unwrap_or(&mut []);
        found.places += write_places(bits(ends_a, ends_b), base, room);
        base = base.wrapping_add(64);
    }
    Found { quotes: _mm256_movemask_epi8(quotes) != 0, odd: _mm256_movemask_epi8(odd) != 0, ..found }
}

#[target_feature(enable = "avx2")]
fn quotes(chunks: &[[u8; 64]], masks: &mut Vec<u64>) {
    let quote = _mm256_set1_epi8(b'"'.cast_signed());
    for chunk in chunks {
        let (a, b) = halves(chunk);
        masks.push(bits(_mm256_cmpeq_epi8(a, quote), _mm256_cmpeq_epi8(b, quote)));
    }
}
