//! Reads FlatBuffers, in which Arrow describes its messages. Input: bytes that nobody has vouched for; each access is
//! checked. `None` where the bytes are too few.

/// A table: a place in the bytes, and where its fields are listed.
#[derive(Debug, Clone, Copy)]
pub struct Table<'b> {
    bytes: &'b [u8],
    at: usize,
}

/// A vector in the bytes.
#[derive(Debug, Clone, Copy)]
pub struct Vector<'b> {
    bytes: &'b [u8],
    at: usize,
    length: usize,
}

impl<'b> Table<'b> {
    /// The table at the root.
    pub fn root(bytes: &'b [u8]) -> Option<Self> {
        Some(Self { bytes, at: offset(bytes, 0)? })
    }

    /// Where the content of a field lies; `Some(None)` if the table lacks it.
    fn field(&self, index: usize) -> Option<Option<usize>> {
        let back = i64::from(i32::from_le_bytes(array(self.bytes, self.at)?));
        let listed = usize::try_from(i64::try_from(self.at).ok()?.checked_sub(back)?).ok()?;
        let size = usize::from(u16::from_le_bytes(array(self.bytes, listed)?));
        let entry = 4 + 2 * index;
        if entry + 2 > size {
            return Some(None);
        }
        match u16::from_le_bytes(array(self.bytes, listed.checked_add(entry)?)?) {
            0 => Some(None),
            distance => Some(Some(self.at.checked_add(usize::from(distance))?)),
        }
    }

    /// A number of one byte, 0 if it is lacking.
    pub fn byte(&self, index: usize) -> Option<u8> {
        let Some(at) = self.field(index)? else { return Some(0) };
        self.bytes.get(at).copied()
    }

    /// A number of two bytes, 0 if it is lacking.
    pub fn short(&self, index: usize) -> Option<i16> {
        let Some(at) = self.field(index)? else { return Some(0) };
        array(self.bytes, at).map(i16::from_le_bytes)
    }

    /// A number of eight bytes, 0 if it is lacking.
    pub fn long(&self, index: usize) -> Option<i64> {
        let Some(at) = self.field(index)? else { return Some(0) };
        array(self.bytes, at).map(i64::from_le_bytes)
    }

    /// Whether the table has the field.
    pub fn has(&self, index: usize) -> Option<bool> {
        self.field(index).map(|found| found.is_some())
    }

    /// A table that it points to.
    pub fn table(&self, index: usize) -> Option<Self> {
        let at = self.field(index)??;
        Some(Self { bytes: self.bytes, at: at.checked_add(offset(self.bytes, at)?)? })
    }

    /// A vector that it points to; empty if it is lacking.
    pub fn vector(&self, index: usize) -> Option<Vector<'b>> {
        let Some(at) = self.field(index)? else { return Some(Vector { bytes: self.bytes, at: 0, length: 0 }) };
        let start = at.checked_add(offset(self.bytes, at)?)?;
        let length = offset(self.bytes, start)?;
        Some(Vector { bytes: self.bytes, at: start.checked_add(4)?, length })
    }

    /// A text that it points to.
    pub fn text(&self, index: usize) -> Option<&'b str> {
        let vector = self.vector(index)?;
        std::str::from_utf8(vector.bytes.get(vector.at..vector.at.checked_add(vector.length)?)?).ok()
    }
}

impl<'b> Vector<'b> {
    /// How many elements it says it has.
    pub fn len(&self) -> usize {
        self.length
    }

    /// A table of a vector of tables.
    pub fn table(&self, index: usize) -> Option<Table<'b>> {
        let at = self.element(index, 4)?;
        Some(Table { bytes: self.bytes, at: at.checked_add(offset(self.bytes, at)?)? })
    }

    /// Both numbers of a structure of two numbers of eight bytes.
    pub fn pair(&self, index: usize) -> Option<(i64, i64)> {
        let at = self.element(index, 16)?;
        Some((i64::from_le_bytes(array(self.bytes, at)?), i64::from_le_bytes(array(self.bytes, at.checked_add(8)?)?)))
    }

    fn element(&self, index: usize, size: usize) -> Option<usize> {
        if index >= self.length {
            return None;
        }
        self.at.checked_add(index.checked_mul(size)?)
    }
}

fn offset(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(array(bytes, at)?)).ok()
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}
