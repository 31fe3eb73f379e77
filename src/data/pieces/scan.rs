//! Finds delimiters, ends of lines and quotes 64 bytes at a time, with the widest instructions that the machine has.
//!
//! Input: bytes. Output: their places, ascending, and whether there is anything that wants a closer look.

#[cfg(target_arch = "x86_64")]
mod avx512;
mod plain;
#[cfg(target_arch = "x86_64")]
mod x86;

/// What was found besides places.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Found {
    /// How many places were written.
    pub places: usize,
    /// How many line feeds there are.
    pub newlines: usize,
    /// Whether there are quotes.
    pub quotes: bool,
    /// Whether there are control characters other than line feeds, carriage returns among them, or bytes beyond ASCII.
    pub odd: bool,
}

/// How many places may be written behind the last; what a list of places must have room for.
pub const SLACK: usize = 64;

/// Writes places; returns what was found.
type Scan = fn(&[[u8; 64]], u8, u32, &mut [u32]) -> Found;

/// The functions that scan, for one kind of machine.
#[derive(Debug, Clone, Copy)]
pub struct Kernel {
    /// What it is called.
    #[cfg_attr(not(test), expect(dead_code, reason = "tests and debuggers show it"))]
    pub name: &'static str,
    /// Writes the places of delimiters and line feeds, each with a number added, into a list that has room for all.
    scan: Scan,
    /// One bit for each byte that is a quote.
    quotes: fn(&[[u8; 64]], &mut Vec<u64>),
}

impl Kernel {
    /// The best one that this machine can run.
    pub fn best() -> Self {
        Self::all().last().copied().unwrap_or(plain::KERNEL)
    }

    /// All that this machine can run, the slowest first.
    pub fn all() -> Vec<Self> {
        #[cfg_attr(not(target_arch = "x86_64"), expect(unused_mut, reason = "there is nothing else to add"))]
        let mut all = vec![plain::KERNEL];
        #[cfg(target_arch = "x86_64")]
        all.extend(x86::kernels().into_iter().chain(avx512::kernel()));
        all
    }

    /// The places of delimiters and line feeds in a text, with `base` added to each. There must be room for as many
    /// places as the text has bytes, and twice [`SLACK`].
    pub fn scan(&self, text: &[u8], delimiter: u8, base: u32, places: &mut [u32]) -> Found {
        let (chunks, rest) = text.as_chunks::<64>();
        let mut found = (self.scan)(chunks, delimiter, base, places);
        if !rest.is_empty() {
            let done = u32::try_from(text.len() - rest.len()).unwrap_or(u32::MAX);
            let room = places.get_mut(found.places..).unwrap_or(&mut []);
            let last = (self.scan)(&[padded(rest, delimiter)], delimiter, base.wrapping_add(done), room);
            found.places += last.places;
            found.newlines += last.newlines;
            found.quotes |= last.quotes;
            found.odd |= last.odd;
        }
        found
    }

    /// One bit for each byte of a text that is a quote, 64 to a word.
    pub fn quotes(&self, text: &[u8], masks: &mut Vec<u64>) {
        masks.clear();
        let (chunks, rest) = text.as_chunks::<64>();
        (self.quotes)(chunks, masks);
        if !rest.is_empty() {
            (self.quotes)(&[padded(rest, b',')], masks);
        }
    }
}

/// Fewer than 64 bytes, filled up with a sign that means nothing.
fn padded(rest: &[u8], delimiter: u8) -> [u8; 64] {
    let mut chunk = [if delimiter == b'a' { b'b' } else { b'a' }; 64];
    chunk.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    chunk
}

/// Writes the places of the bits of a word; returns how many there are. Room for [`SLACK`] places is needed.
#[inline(always)]
fn write_places(mut mask: u64, base: u32, places: &mut [u32]) -> usize {
    let count = mask.count_ones() as usize;
    let mut room = places;
    let mut left = count;
    // Eight at a time, needed or not: one branch that nearly always goes the same way.
    loop {
        let Some((first, rest)) = room.split_first_chunk_mut::<8>() else { return count };
        for place in first {
            *place = base.wrapping_add(mask.trailing_zeros());
            mask &= mask.wrapping_sub(1);
        }
        if left <= 8 {
            return count;
        }
        left -= 8;
        room = rest;
    }
}

/// For each bit, whether the number of bits up to and with it is odd.
pub fn parity(mut mask: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        mask ^= mask << shift;
    }
    mask
}

#[cfg(test)]
mod tests;
