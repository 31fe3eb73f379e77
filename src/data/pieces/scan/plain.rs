//! Scanning without special instructions, for any machine.

use super::{Found, Kernel, write_places};

/// It works on eight bytes at a time.
pub const KERNEL: Kernel = Kernel { name: "plain", scan, quotes };

const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
const HIGH: u64 = !LOW;

/// The high bit of each byte that is zero.
fn zeros(word: u64) -> u64 {
    !(((word & LOW) + LOW) | word | LOW)
}

fn equal(word: u64, byte: u8) -> u64 {
    zeros(word ^ u64::from_le_bytes([byte; 8]))
}

/// The high bits of eight bytes, side by side.
fn gather(high: u64) -> u64 {
    (high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

fn scan(chunks: &[[u8; 64]], delimiter: u8, base: u32, places: &mut [u32]) -> Found {
    let (mut found, mut base) = (Found::default(), base);
    let (mut quotes, mut odd) = (0, 0);
    for chunk in chunks {
        let (words, _) = chunk.as_chunks::<8>();
        let (mut mask, mut newlines) = (0u64, 0u64);
        for (at, word) in words.iter().enumerate() {
            let word = u64::from_le_bytes(*word);
            let (ends, delimiters) = (equal(word, b'\n'), equal(word, delimiter));
            mask |= gather(ends | delimiters) << (8 * at);
            newlines |= ends >> at;
            quotes |= equal(word, b'"');
            // A byte below 32 keeps its high bit clear when 96 is added to its low bits.
            let low = !((word & LOW) + 0x6060_6060_6060_6060) & HIGH;
            odd |= (low | word & HIGH | equal(word, 0x7f)) & !(ends | delimiters);
        }
        found.newlines += newlines.count_ones() as usize;
        let room = places.get_mut(found.places..).unwrap_or(&mut []);
        found.places += write_places(mask, base, room);
        base = base.wrapping_add(64);
    }
    Found { quotes: quotes != 0, odd: odd != 0, ..found }
}

fn quotes(chunks: &[[u8; 64]], masks: &mut Vec<u64>) {
    for chunk in chunks {
        let (words, _) = chunk.as_chunks::<8>();
        let found = words.iter().enumerate();
        masks.push(found.fold(0, |mask, (at, word)| mask | gather(equal(u64::from_le_bytes(*word), b'"')) << (8 * at)));
    }
}
