//! Reads Thrift's compact protocol, in which the descriptions in a Parquet file are written.
//!
//! Input: bytes that nobody has vouched for. Output: numbers and slices of the bytes; nothing is reserved by stated
//! lengths, and structures are skipped to a bounded depth.

use super::Broken;

/// The types of fields that are told apart here.
pub mod kind {
    /// A field that is true.
    pub const TRUE: u8 = 1;
    /// A field that is false.
    pub const FALSE: u8 = 2;
    /// One byte.
    pub const BYTE: u8 = 3;
    /// A number of 16 bits; those of 32 and 64 bits are written alike.
    pub const I16: u8 = 4;
    /// A number of 32 bits.
    pub const I32: u8 = 5;
    /// A number of 64 bits.
    pub const I64: u8 = 6;
    /// Eight bytes.
    pub const DOUBLE: u8 = 7;
    /// A text or bytes.
    pub const BINARY: u8 = 8;
    /// A list.
    pub const LIST: u8 = 9;
    /// A set, written like a list.
    pub const SET: u8 = 10;
    /// A map.
    pub const MAP: u8 = 11;
    /// A structure.
    pub const STRUCT: u8 = 12;
}

/// Structures in structures are followed so far.
const MAX_DEPTH: usize = 24;

/// A place in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Thrift<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Thrift<'b> {
    /// The beginning of some bytes.
    pub fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many bytes were read.
    pub fn at(&self) -> usize {
        self.at
    }

    fn byte(&mut self) -> Result<u8, Broken> {
        let byte = *self.bytes.get(self.at).ok_or(Broken::ENDS)?;
        self.at += 1;
        Ok(byte)
    }

    /// A number without a sign, seven bits a byte.
    pub fn varint(&mut self) -> Result<u64, Broken> {
        super::varint(self.bytes, &mut self.at, self.bytes.len())
    }

    /// A number with a sign.
    pub fn number(&mut self) -> Result<i64, Broken> {
        self.varint().map(super::signed)
    }

    /// A number that must not be negative, and fit the machine.
    pub fn size(&mut self) -> Result<usize, Broken> {
        usize::try_from(self.number()?).map_err(|_| Broken::new("a length is negative"))
    }

    /// Bytes with their length before them.
    pub fn binary(&mut self) -> Result<&'b [u8], Broken> {
        let length = usize::try_from(self.varint()?).map_err(|_| Broken::ENDS)?;
        let end = self.at.checked_add(length).ok_or(Broken::ENDS)?;
        let found = self.bytes.get(self.at..end).ok_or(Broken::ENDS)?;
        self.at = end;
        Ok(found)
    }

    /// Gives each field of a structure to `take`, with its number and type; `take` must read it or skip it.
    pub fn fields(&mut self, mut take: impl FnMut(&mut Self, i64, u8) -> Result<(), Broken>) -> Result<(), Broken> {
        let mut id = 0i64;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Ok(());
            }
            id = match head >> 4 {
                0 => self.number()?,
                delta => id.wrapping_add(i64::from(delta)),
            };
            take(self, id, head & 0x0f)?;
        }
    }

    /// Gives the place of each element of a list to `take`, which must read it.
    pub fn list(&mut self, mut take: impl FnMut(&mut Self, u8) -> Result<(), Broken>) -> Result<(), Broken> {
        let (count, kind) = self.list_head()?;
        for _ in 0..count {
            take(self, kind)?;
        }
        Ok(())
    }

    fn list_head(&mut self) -> Result<(u64, u8), Broken> {
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => self.varint()?,
            count => u64::from(count),
        };
        Ok((count, head & 0x0f))
    }

    /// Passes over a field.
    pub fn skip(&mut self, kind: u8) -> Result<(), Broken> {
        self.skip_within(kind, MAX_DEPTH)
    }

    fn skip_within(&mut self, kind: u8, depth: usize) -> Result<(), Broken> {
        let depth = depth.checked_sub(1).ok_or(Broken::new("structures are too deep"))?;
        match kind {
            kind::TRUE | kind::FALSE => {}
            kind::BYTE => drop(self.byte()?),
            kind::I16 | kind::I32 | kind::I64 => drop(self.varint()?),
            kind::DOUBLE => self.at = self.at.checked_add(8).ok_or(Broken::ENDS)?,
            kind::BINARY => drop(self.binary()?),
            kind::LIST | kind::SET => {
                let (count, kind) = self.list_head()?;
                for _ in 0..count {
                    self.skip_element(kind, depth)?;
                }
            }
            kind::MAP => {
                let count = self.varint()?;
                let kinds = if count == 0 { 0 } else { self.byte()? };
                for _ in 0..count {
                    self.skip_element(kinds >> 4, depth)?;
                    self.skip_element(kinds & 0x0f, depth)?;
                }
            }
            kind::STRUCT => self.fields(|inner, _, kind| inner.skip_within(kind, depth))?,
            _ => return Err(Broken::new("a field has no known type")),
        }
        if self.at > self.bytes.len() { Err(Broken::ENDS) } else { Ok(()) }
    }

    /// Passes over an element of a list: there, unlike in a structure, a flag takes a byte.
    fn skip_element(&mut self, kind: u8, depth: usize) -> Result<(), Broken> {
        match kind {
            kind::TRUE | kind::FALSE => self.byte().map(drop),
            kind => self.skip_within(kind, depth),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_fields() {
        // Field 1 is -3, field 3 a text, field 20 a list of two flags, field 21 is true.
        let bytes = [0x16, 5, 0x28, 2, b'a', b'b', 0x09, 40, 0x21, 1, 2, 0x11, 0, 9];
        let mut thrift = Thrift::new(&bytes);
        let mut seen = Vec::new();
        thrift
            .fields(|inner, id, kind| {
                match id {
                    1 => seen.push(inner.number()?.to_string()),
                    3 => seen.push(format!("{:?}", inner.binary()?)),
                    _ => {
                        inner.skip(kind)?;
                        seen.push(format!("{id} {kind}"));
                    }
                }
                Ok(())
            })
            .unwrap();
        assert_eq!(seen, ["-3", "[97, 98]", "20 9", "21 1"]);
        assert_eq!(thrift.at(), bytes.len() - 1);
    }

    #[test]
    fn what_ends_early_or_is_too_deep_is_broken() {
        assert!(Thrift::new(&[0x18, 0xff, 0xff, 0xff, 0x0f, 1]).skip(kind::STRUCT).is_err());
        assert!(Thrift::new(&[0xff; 20]).varint().is_err());
        assert!(Thrift::new(&[0x1c; 1000]).skip(kind::STRUCT).is_err());
        // A list of four thousand million structures.
        assert!(Thrift::new(&[0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x0f, 0]).skip(kind::STRUCT).is_err());
    }
}
