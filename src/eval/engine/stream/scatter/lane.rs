//! Integers in few bytes: what distinguishes them from the first of a piece.

/// How the integers of a lane are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Width {
    /// The bits that are turned in each.
    base: i64,
    /// How many bytes each takes: 0, 1, 2, 4 or 8.
    bytes: u8,
}

impl Width {
    /// The least width for integers like the first one, and others in which these bits differ from it.
    pub fn new(first: i64, differing: i64) -> Self {
        let bytes = match 64 - differing.leading_zeros() {
            0 => 0,
            1..=8 => 1,
            9..=16 => 2,
            17..=32 => 4,
            _ => 8,
        };
        Self { base: first, bytes }
    }

    /// The least width for some integers.
    #[inline]
    pub fn of<T: Copy>(list: &[T], of: impl Fn(T) -> i64) -> Self {
        let first = list.first().map_or(0, |&first| of(first));
        // Bits can be gathered several at a time, where the least and the greatest can't.
        Self::new(first, list.iter().fold(0, |bits, &number| bits | (of(number) ^ first)))
    }

    /// How many bytes an integer takes.
    pub fn bytes(self) -> usize {
        usize::from(self.bytes)
    }

    /// Writes the integers of some rows; `out` has room for just so many.
    #[inline]
    pub fn pack(self, out: &mut [u8], rows: &[u32], of: impl Fn(usize) -> i64) {
        match self.bytes {
            1 => self.pack_in::<1>(out, rows, of),
            2 => self.pack_in::<2>(out, rows, of),
            4 => self.pack_in::<4>(out, rows, of),
            8 => self.pack_in::<8>(out, rows, of),
            _ => {}
        }
    }

    #[inline]
    fn pack_in<const N: usize>(self, out: &mut [u8], rows: &[u32], of: impl Fn(usize) -> i64) {
        for (slot, &row) in out.as_chunks_mut::<N>().0.iter_mut().zip(rows) {
            let turned = (of(row as usize) ^ self.base).to_le_bytes();
            if let Some(bytes) = turned.first_chunk::<N>() {
                *slot = *bytes;
            }
        }
    }

    /// Reads so many integers, each with its place.
    #[inline]
    pub fn unpack(self, packed: &[u8], rows: usize, each: impl FnMut(usize, i64)) {
        match self.bytes {
            1 => self.unpack_from::<1>(packed, each),
            2 => self.unpack_from::<2>(packed, each),
            4 => self.unpack_from::<4>(packed, each),
            8 => self.unpack_from::<8>(packed, each),
            _ => {
                let mut each = each;
                (0..rows).for_each(|place| each(place, self.base));
            }
        }
    }

    #[inline]
    fn unpack_from<const N: usize>(self, packed: &[u8], mut each: impl FnMut(usize, i64)) {
        for (place, bytes) in packed.as_chunks::<N>().0.iter().enumerate() {
            let mut turned = [0; 8];
            if let Some(low) = turned.first_chunk_mut::<N>() {
                *low = *bytes;
            }
            each(place, self.base ^ i64::from_le_bytes(turned));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_come_back() {
        let lists: [(&[i64], usize); 9] = [
            (&[], 0),
            (&[7, 7, 7], 0),
            (&[3, 252, 0], 1),
            (&[-3, -252], 1),
            (&[3, 256], 2),
            (&[1_000_000, 0], 4),
            (&[1, -1], 8),
            (&[0, 1 << 32], 8),
            (&[i64::MIN, i64::MAX, 0], 8),
        ];
        for (list, bytes) in lists {
            let width = Width::of(list, |number| number);
            assert_eq!(width.bytes(), bytes, "{list:?}");
            let rows: Vec<u32> = (0..u32::try_from(list.len()).unwrap()).rev().collect();
            let mut packed = vec![0; width.bytes() * rows.len()];
            width.pack(&mut packed, &rows, |row| list[row]);
            let mut back = vec![0; list.len()];
            width.unpack(&packed, rows.len(), |place, number| back[place] = number);
            back.reverse();
            assert_eq!(back, list);
        }
    }
}
