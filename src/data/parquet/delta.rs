//! Whole numbers written as differences in blocks of packed bits (DELTA_BINARY_PACKED).

use super::Broken;

/// The most values of a block, to bound the memory.
const MAX_BLOCK: u64 = 1 << 16;

/// Where the reading of such numbers has come to. It holds no bytes: they are given to each call.
#[derive(Debug, Clone, Default)]
pub struct Deltas {
    at: usize,
    end: usize,
    /// How many values are left, those of `ready` not counted.
    left: usize,
    /// How many values a part of a block has.
    part: usize,
    parts: usize,
    last: i64,
    least: i64,
    /// The widths of the parts of the present block that are left, the next last.
    widths: Vec<u8>,
    /// Values that are unpacked, from `taken` on.
    ready: Vec<i64>,
    taken: usize,
}

impl Deltas {
    /// The numbers that begin at a byte.
    pub fn new(bytes: &[u8], at: usize, end: usize) -> Result<Self, Broken> {
        let mut found = Self { at, end, ..Self::default() };
        let (block, parts) = (found.varint(bytes)?, found.varint(bytes)?);
        let total = found.varint(bytes)?;
        let first = found.number(bytes)?;
        let part = block.checked_div(parts).filter(|part| block <= MAX_BLOCK && block % parts == 0 && part % 8 == 0);
        let part = part.filter(|&part| part > 0).ok_or(Broken::new("a block of numbers has an impossible size"))?;
        (found.part, found.parts) = (part as usize, parts as usize);
        found.left = usize::try_from(total).map_err(|_| Broken::ENDS)?;
        found.last = first;
        if found.left > 0 {
            found.ready.push(first);
            found.left -= 1;
        }
        Ok(found)
    }

    /// The next number.
    pub fn next(&mut self, bytes: &[u8]) -> Result<i64, Broken> {
        loop {
            if let Some(&value) = self.ready.get(self.taken) {
                self.taken += 1;
                return Ok(value);
            }
            if self.left == 0 {
                return Err(Broken::ENDS);
            }
            self.unpack_part(bytes)?;
        }
    }

    /// The byte behind the last number. Only before the first is taken.
    pub fn behind(&self, bytes: &[u8]) -> Result<usize, Broken> {
        let mut rest = self.clone();
        while rest.left > 0 {
            let width = rest.next_width(bytes)?;
            rest.pass(width)?;
        }
        Ok(rest.at)
    }

    /// The width of the next part; begins the next block where this one is at its end.
    fn next_width(&mut self, bytes: &[u8]) -> Result<usize, Broken> {
        if self.widths.is_empty() {
            self.least = self.number(bytes)?;
            let end = self.at.checked_add(self.parts).filter(|&end| end <= self.end).ok_or(Broken::ENDS)?;
            self.widths.extend(bytes.get(self.at..end).ok_or(Broken::ENDS)?.iter().rev());
            self.at = end;
        }
        let width = self.widths.pop().ok_or(Broken::ENDS)?;
        if width > 64 { Err(Broken::new("a number has more than 64 bits")) } else { Ok(usize::from(width)) }
    }

    /// Passes over the bytes of a part, and returns how many values it has.
    fn pass(&mut self, width: usize) -> Result<usize, Broken> {
        let count = self.part.min(self.left);
        // The last part may be cut, though it shouldn't be.
        let needed = (count * width).div_ceil(8);
        self.at = self.at.checked_add(needed).filter(|&at| at <= self.end).ok_or(Broken::ENDS)?;
        self.at = (self.at - needed + self.part * width / 8).min(self.end);
        self.left -= count;
        Ok(count)
    }

    fn unpack_part(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        let width = self.next_width(bytes)?;
        let start = self.at;
        let count = self.pass(width)?;
        self.ready.clear();
        self.taken = 0;
        let mask = if width == 64 { u64::MAX } else { (1u64 << width) - 1 };
        for number in 0..count {
            let bit = number * width;
            let head = bytes.get(start + bit / 8..).and_then(|rest| rest.first_chunk::<16>()).ok_or(Broken::ENDS)?;
            let delta = (u128::from_le_bytes(*head) >> (bit % 8)) as u64 & mask;
            self.last = self.last.wrapping_add(self.least).wrapping_add(delta.cast_signed());
            self.ready.push(self.last);
        }
        Ok(())
    }

    fn varint(&mut self, bytes: &[u8]) -> Result<u64, Broken> {
        super::varint(bytes, &mut self.at, self.end)
    }

    fn number(&mut self, bytes: &[u8]) -> Result<i64, Broken> {
        self.varint(bytes).map(super::signed)
    }
}
