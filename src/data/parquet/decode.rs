//! The encodings of values in a page.

use super::Broken;
use super::delta::Deltas;
use super::field::{Field, Meaning, Physical};
use super::hybrid::{Hybrid, PADDING};
use super::pages::Page;

/// The most bytes that some texts have which share their beginnings.
const MAX_ARENA: usize = 1 << 26;

/// Decoded values.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Places in the dictionary.
    Places(Vec<u32>),
    /// Whole numbers; those of 64 bits without a sign as they are written.
    Whole(Vec<i64>),
    /// Floats.
    Real(Vec<f64>),
    /// Flags.
    Flags(Vec<bool>),
    /// Bytes: where they begin and how many they are.
    Bytes(Vec<(u32, u32)>),
}

impl Default for Values {
    fn default() -> Self {
        Self::Places(Vec::new())
    }
}

macro_rules! take {
    ($name:ident $variant:ident $item:ty) => {
        /// An empty vector of such values, in the memory of the present one if it holds such.
        fn $name(&mut self) -> Vec<$item> {
            let mut found = match std::mem::take(self) {
                Self::$variant(found) => found,
                _ => Vec::new(),
            };
            found.clear();
            found
        }
    };
}

impl Values {
    take!(take_places Places u32);
    take!(take_whole Whole i64);
    take!(take_reals Real f64);
    take!(take_flags Flags bool);
    take!(take_bytes Bytes (u32, u32));

    fn set_whole(&mut self, values: impl Iterator<Item = i64>) {
        let mut whole = self.take_whole();
        whole.extend(values);
        *self = Self::Whole(whole);
    }

    fn set_reals(&mut self, values: impl Iterator<Item = f64>) {
        let mut reals = self.take_reals();
        reals.extend(values);
        *self = Self::Real(reals);
    }

    fn set_flags(&mut self, values: impl Iterator<Item = bool>) {
        let mut flags = self.take_flags();
        flags.extend(values);
        *self = Self::Flags(flags);
    }
}

/// How the values of a page are written, and where the reading of it has come to.
#[derive(Debug, Default)]
pub struct Decoder {
    at: usize,
    end: usize,
    way: Way,
    /// The texts that were put together last, where they don't stand in the page as they are.
    arena: Option<Vec<u8>>,
}

#[derive(Debug, Default)]
enum Way {
    #[default]
    Plain,
    /// Flags in bits; the next bit.
    Bits(usize),
    Places(Hybrid),
    Flags(Hybrid),
    Deltas(Deltas),
    Lengths(Deltas),
    Endings(Endings),
    /// The bytes of numbers, first all first ones.
    Split {
        /// How many values there are.
        all: usize,
        /// How many of them were read.
        done: usize,
    },
}

/// Texts of which each begins like the one before.
#[derive(Debug, Default)]
struct Endings {
    /// The lengths of what each text has in common with the one before.
    shared: Deltas,
    /// The lengths of the rest.
    lengths: Deltas,
    /// The last text.
    last: Vec<u8>,
}

impl Decoder {
    /// Values written plainly in some bytes of a page.
    pub fn plain(at: usize, end: usize) -> Self {
        Self { at, end, way: Way::Plain, arena: None }
    }

    /// Begins with a page.
    pub fn begin(&mut self, page: &Page, bytes: &[u8], field: &Field) -> Result<(), Broken> {
        let (at, end, physical) = (page.start, page.end, field.physical);
        *self = Self::plain(at, end);
        self.way = match (page.encoding, physical) {
            (0, Physical::Flag) => Way::Bits(at * 8),
            (0, _) => Way::Plain,
            (2 | 8, _) if at == end => Way::Places(Hybrid::new(at, end, 0)?),
            (2 | 8, _) => Way::Places(Hybrid::new(at + 1, end, *bytes.get(at).ok_or(Broken::ENDS)?)?),
            (3, Physical::Flag) => Way::Flags(Hybrid::new(at.saturating_add(4).min(end), end, 1)?),
            _ if at == end => Way::Plain,
            (5, Physical::Int32 | Physical::Int64) => Way::Deltas(Deltas::new(bytes, at, end)?),
            (6, Physical::Bytes) => {
                let lengths = Deltas::new(bytes, at, end)?;
                self.at = lengths.behind(bytes)?;
                Way::Lengths(lengths)
            }
            (7, Physical::Bytes | Physical::Fixed(_)) => {
                let shared = Deltas::new(bytes, at, end)?;
                let lengths = Deltas::new(bytes, shared.behind(bytes)?, end)?;
                self.at = lengths.behind(bytes)?;
                self.arena = Some(Vec::new());
                Way::Endings(Endings { shared, lengths, last: Vec::new() })
            }
            (9, Physical::Int32 | Physical::Int64 | Physical::Float | Physical::Double) => {
                Way::Split { all: (end - at) / physical.width().unwrap_or(1), done: 0 }
            }
            _ => return Err(Broken::unread("a column is encoded in a way that is not read")),
        };
        Ok(())
    }

    /// The texts that don't stand in the page as they are.
    pub fn arena(&self) -> Option<&[u8]> {
        self.arena.as_deref()
    }

    /// Reads so many values in the place of those that `out` holds.
    pub fn read(&mut self, bytes: &[u8], count: usize, field: &Field, out: &mut Values) -> Result<(), Broken> {
        match &mut self.way {
            Way::Places(hybrid) => {
                let mut places = out.take_places();
                places.resize(count, 0);
                hybrid.fill(bytes, &mut places)?;
                *out = Values::Places(places);
            }
            Way::Flags(hybrid) => {
                let mut bits = vec![0; count];
                hybrid.fill(bytes, &mut bits)?;
                out.set_flags(bits.iter().map(|&bit| bit != 0));
            }
            Way::Bits(bit) => {
                if count > (self.end * 8).saturating_sub(*bit) {
                    return Err(Broken::ENDS);
                }
                let of = |bit: usize| bytes.get(bit / 8).is_some_and(|byte| byte >> (bit % 8) & 1 == 1);
                out.set_flags((*bit..*bit + count).map(of));
                *bit += count;
            }
            Way::Deltas(deltas) => {
                let mut whole = out.take_whole();
                for _ in 0..count {
                    whole.push(narrow(deltas.next(bytes)?, field));
                }
                *out = Values::Whole(whole);
            }
            Way::Lengths(lengths) => {
                let mut ranges = out.take_bytes();
                for _ in 0..count {
                    let length = usize::try_from(lengths.next(bytes)?).map_err(|_| Broken::ENDS)?;
                    ranges.push(range(&mut self.at, length, self.end)?);
                }
                *out = Values::Bytes(ranges);
            }
            Way::Endings(endings) => {
                let mut arena = self.arena.take().unwrap_or_default();
                let mut ranges = out.take_bytes();
                endings.read(bytes, (&mut self.at, self.end), count, &mut arena, &mut ranges)?;
                (self.arena, *out) = (Some(arena), Values::Bytes(ranges));
            }
            Way::Split { .. } => self.read_split(bytes, count, field, out)?,
            Way::Plain if field.physical == Physical::Flag => {
                self.way = Way::Bits(self.at * 8);
                self.read(bytes, count, field, out)?;
            }
            Way::Plain if field.physical == Physical::Bytes => {
                let mut ranges = out.take_bytes();
                self.read_texts(bytes, count, &mut ranges)?;
                *out = Values::Bytes(ranges);
            }
            Way::Plain => self.read_plain(bytes, count, field, out)?,
        }
        Ok(())
    }

    fn read_plain(&mut self, bytes: &[u8], count: usize, field: &Field, out: &mut Values) -> Result<(), Broken> {
        let width = field.physical.width().unwrap_or(1);
        let length = count.checked_mul(width).ok_or(Broken::ENDS)?;
        let end = self.at.checked_add(length).filter(|&end| end <= self.end).ok_or(Broken::ENDS)?;
        let raw = bytes.get(self.at..end).ok_or(Broken::ENDS)?;
        match field.physical {
            Physical::Int32 => {
                out.set_whole(words(raw).map(|word| narrow(i64::from(i32::from_le_bytes(word)), field)));
            }
            Physical::Int64 => out.set_whole(words(raw).map(i64::from_le_bytes)),
            Physical::Float => out.set_reals(words(raw).map(|word| f64::from(f32::from_le_bytes(word)))),
            Physical::Double => out.set_reals(words(raw).map(f64::from_le_bytes)),
            _ => {
                let (mut ranges, mut at) = (out.take_bytes(), self.at);
                for _ in 0..count {
                    ranges.push(range(&mut at, width, end)?);
                }
                *out = Values::Bytes(ranges);
            }
        }
        self.at = end;
        Ok(())
    }

    fn read_texts(&mut self, bytes: &[u8], count: usize, ranges: &mut Vec<(u32, u32)>) -> Result<(), Broken> {
        let page = bytes.get(..self.end).filter(|page| u32::try_from(page.len()).is_ok()).ok_or(Broken::ENDS)?;
        let mut at = self.at;
        for _ in 0..count {
            let head = page.get(at..).and_then(|rest| rest.first_chunk::<4>()).ok_or(Broken::ENDS)?;
            let length = u32::from_le_bytes(*head);
            let start = at + 4;
            if length as usize > page.len() - start {
                return Err(Broken::ENDS);
            }
            ranges.push((start as u32, length));
            at = start + length as usize;
        }
        self.at = at;
        Ok(())
    }

    /// The bytes of a value stand as far from one another as there are values in the page.
    fn read_split(&mut self, bytes: &[u8], count: usize, field: &Field, out: &mut Values) -> Result<(), Broken> {
        let Way::Split { all, done } = &mut self.way else { return Ok(()) };
        if count > all.saturating_sub(*done) {
            return Err(Broken::ENDS);
        }
        let width = field.physical.width().unwrap_or(1);
        let mut raw = Vec::with_capacity(count * width);
        for number in *done..*done + count {
            raw.extend((0..width).filter_map(|byte| bytes.get(self.at + byte * *all + number)));
        }
        *done += count;
        Self::plain(0, raw.len()).read_plain(&raw, count, field, out)
    }
}

impl Endings {
    /// Puts texts together, with [`PADDING`] behind the last.
    fn read(
        &mut self,
        bytes: &[u8],
        (at, end): (&mut usize, usize),
        count: usize,
        arena: &mut Vec<u8>,
        ranges: &mut Vec<(u32, u32)>,
    ) -> Result<(), Broken> {
        arena.clear();
        arena.append(&mut self.last);
        let mut last = 0..arena.len();
        for _ in 0..count {
            let shared = usize::try_from(self.shared.next(bytes)?).ok().filter(|&shared| shared <= last.len());
            let shared = last.start..last.start + shared.ok_or(Broken::ENDS)?;
            let length = usize::try_from(self.lengths.next(bytes)?).map_err(|_| Broken::ENDS)?;
            let (from, length) = range(at, length, end)?;
            let start = arena.len();
            arena.extend_from_within(shared);
            arena.extend_from_slice(bytes.get(from as usize..from as usize + length as usize).ok_or(Broken::ENDS)?);
            if arena.len() > MAX_ARENA {
                return Err(Broken::unread("its texts are too long"));
            }
            last = start..arena.len();
            ranges.push((start as u32, last.len() as u32));
        }
        self.last.extend(arena.get(last).unwrap_or(&[]));
        arena.extend([0; PADDING]);
        Ok(())
    }
}

/// A number of 32 bits, with or without a sign, or one of 64 as it is.
fn narrow(value: i64, field: &Field) -> i64 {
    match (field.physical, field.meaning) {
        (Physical::Int32, Meaning::Whole { signed: false }) => i64::from(value as i32 as u32),
        (Physical::Int32, _) => i64::from(value as i32),
        _ => value,
    }
}

/// Takes so many bytes, if they are there.
fn range(at: &mut usize, length: usize, end: usize) -> Result<(u32, u32), Broken> {
    let start = *at;
    *at = start.checked_add(length).filter(|&at| at <= end).ok_or(Broken::ENDS)?;
    let fits = |number: usize| u32::try_from(number).map_err(|_| Broken::ENDS);
    fits(*at)?;
    Ok((fits(start)?, fits(length)?))
}

fn words<const WIDTH: usize>(raw: &[u8]) -> impl ExactSizeIterator<Item = [u8; WIDTH]> {
    raw.chunks_exact(WIDTH).map(|chunk| chunk.first_chunk().copied().unwrap_or([0; WIDTH]))
}
