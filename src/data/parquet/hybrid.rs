//! The hybrid of repeated values and packed bits in which Parquet writes places in a dictionary and levels.

use super::Broken;

/// Where the reading of a hybrid has come to. It holds no bytes: they are given to each call.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hybrid {
    at: usize,
    end: usize,
    width: u32,
    /// How many values are left of the present run.
    left: usize,
    /// The repeated value, or `None` for packed ones.
    repeated: Option<u32>,
    /// The next bit of packed values.
    bit: usize,
}

/// How many zero bytes stand behind a page, so that eight bytes can be read wherever a value begins.
pub const PADDING: usize = 16;

impl Hybrid {
    /// A hybrid of values with so many bits, in some of the bytes.
    pub fn new(at: usize, end: usize, width: u8) -> Result<Self, Broken> {
        if width > 32 {
            return Err(Broken::new("a value has more than 32 bits"));
        }
        Ok(Self { at, end, width: u32::from(width), ..Self::default() })
    }

    /// Fills `out` with the next values.
    pub fn fill(&mut self, bytes: &[u8], mut out: &mut [u32]) -> Result<(), Broken> {
        while !out.is_empty() {
            if self.left == 0 {
                self.next_run(bytes)?;
            }
            let (now, rest) = out.split_at_mut(self.left.min(out.len()));
            match self.repeated {
                Some(value) => now.fill(value),
                None => {
                    unpack(bytes, self.bit, self.width, now).ok_or(Broken::ENDS)?;
                    self.bit += now.len() * self.width as usize;
                }
            }
            self.left -= now.len();
            out = rest;
        }
        Ok(())
    }

    /// If the next values are all the same for a while: the value, and how many they are, but not more than `limit`.
    pub fn same(&mut self, bytes: &[u8], limit: usize) -> Result<Option<(u32, usize)>, Broken> {
        if self.left == 0 {
            self.next_run(bytes)?;
        }
        Ok(self.repeated.map(|value| (value, self.left.min(limit))))
    }

    /// Passes over values of a run that [`Hybrid::same`] told.
    pub fn pass(&mut self, count: usize) {
        self.left = self.left.saturating_sub(count);
    }

    fn next_run(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        let head = super::varint(bytes, &mut self.at, self.end)?;
        let bytes_each = (self.width as usize).div_ceil(8);
        self.left = usize::try_from(head >> 1).map_err(|_| Broken::ENDS)?;
        if head & 1 == 1 {
            // Groups of eight packed values, of which the last may be cut where the page ends.
            let groups = self.left;
            self.left = groups.checked_mul(8).ok_or(Broken::ENDS)?;
            let length = groups.checked_mul(self.width as usize).ok_or(Broken::ENDS)?;
            (self.repeated, self.bit) = (None, self.at.checked_mul(8).ok_or(Broken::ENDS)?);
            let room = self.end.checked_sub(self.at).ok_or(Broken::ENDS)?;
            if length > room {
                self.left = (room * 8).checked_div(self.width as usize).unwrap_or(self.left);
            }
            self.at += length.min(room);
        } else {
            let value = bytes.get(self.at..self.at + bytes_each).filter(|_| self.at + bytes_each <= self.end);
            let value = value.ok_or(Broken::ENDS)?.iter().rev().fold(0u32, |value, &byte| value << 8 | u32::from(byte));
            self.repeated = Some(value);
            self.at += bytes_each;
        }
        if self.left == 0 { Err(Broken::new("a run of values is empty")) } else { Ok(()) }
    }
}

/// Eight bytes at a place.
#[inline]
fn load(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk::<8>().map(|chunk| u64::from_le_bytes(*chunk))
}

/// Unpacks values of up to 32 bits that begin at a bit. Behind the bytes that are meant must be [`PADDING`].
pub fn unpack(bytes: &[u8], bit: usize, width: u32, out: &mut [u32]) -> Option<()> {
    // As many values at once as fit into one word behind the bits before them; each width has code of its own.
    macro_rules! each {
        ($($width:literal $many:literal,)*) => {
            match width {
                0 => out.fill(0),
                $($width => several::<$many, $width>(bytes, bit, out)?,)*
                _ => wide(bytes, bit, width, out)?,
            }
        };
    }
    each!(1 8, 2 8, 3 8, 4 8, 5 8, 6 8, 7 8, 8 4, 9 4, 10 4, 11 4, 12 4, 13 4, 14 4, 15 2, 16 2, 17 2, 18 2,);
    Some(())
}

#[inline]
fn several<const MANY: usize, const WIDTH: usize>(bytes: &[u8], mut bit: usize, out: &mut [u32]) -> Option<()> {
    let mask = (1u64 << WIDTH) - 1;
    let mut chunks = out.chunks_exact_mut(MANY);
    for chunk in &mut chunks {
        let word = load(bytes, bit >> 3)? >> (bit & 7);
        for (number, slot) in chunk.iter_mut().enumerate() {
            *slot = (word >> (number * WIDTH) & mask) as u32;
        }
        bit += MANY * WIDTH;
    }
    wide(bytes, bit, WIDTH as u32, chunks.into_remainder())
}

/// Unpacks values one by one.
fn wide(bytes: &[u8], mut bit: usize, width: u32, out: &mut [u32]) -> Option<()> {
    let mask = (1u64 << width) - 1;
    for slot in out {
        *slot = (load(bytes, bit >> 3)? >> (bit & 7) & mask) as u32;
        bit += width as usize;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(values: &[u32], width: u32) -> Vec<u8> {
        let mut bytes = vec![0u8; (values.len() * width as usize).div_ceil(8)];
        for (number, &value) in values.iter().enumerate() {
            for bit in 0..width as usize {
                let place = number * width as usize + bit;
                bytes[place / 8] |= ((value >> bit & 1) as u8) << (place % 8);
            }
        }
        bytes
    }

    #[test]
    fn all_widths_come_back_in_any_portions() {
        for width in 0..=32u32 {
            let mask = ((1u64 << width) - 1) as u32;
            let values: Vec<u32> = (0..72u32).map(|n| n.wrapping_mul(2_654_435_761) & mask).collect();
            // Nine groups of packed values, then a run of 100 times the mask.
            let mut bytes = vec![9 << 1 | 1];
            bytes.extend(pack(&values, width));
            // 200, seven bits a byte: a run of 100.
            bytes.extend([0xc8, 1]);
            bytes.extend(&mask.to_le_bytes()[..(width as usize).div_ceil(8)]);
            let end = bytes.len();
            bytes.extend([0; PADDING]);
            for portion in [1, 3, 8, 50, 172] {
                let mut hybrid = Hybrid::new(0, end, width as u8).unwrap();
                let mut all = Vec::new();
                while all.len() < 172 {
                    let mut out = vec![0; portion.min(172 - all.len())];
                    hybrid.fill(&bytes, &mut out).unwrap();
                    all.extend(out);
                }
                assert_eq!(all[..72], values, "{width}");
                assert!(all[72..].iter().all(|&value| value == mask));
                assert!(hybrid.fill(&bytes, &mut [0]).is_err());
            }
        }
    }

    #[test]
    fn what_ends_early_is_broken() {
        let mut out = [0; 8];
        for bytes in [&[][..], &[0x80], &[2], &[0], &[1], &[0xff; 30]] {
            let mut padded = bytes.to_vec();
            padded.extend([0; PADDING]);
            let mut hybrid = Hybrid::new(0, bytes.len(), 9).unwrap();
            assert!(hybrid.fill(&padded, &mut out).is_err(), "{bytes:?}");
        }
        assert!(Hybrid::new(0, 9, 33).is_err());
    }
}
