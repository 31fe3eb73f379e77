//! Unpacks the pages of a Parquet file.
//!
//! Input: packed bytes and how long they should be unpacked. Output: exactly so many bytes. What is stated is held
//! against what the packed bytes can give before memory is taken for it.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::StreamingDecoder;

use super::Broken;

/// How the pages of a column are packed, by the numbers of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// Not at all.
    Plain,
    /// Snappy, without frames.
    Snappy,
    /// Gzip.
    Gzip,
    /// LZ4 in the frames of Hadoop.
    HadoopLz4,
    /// Zstandard.
    Zstd,
    /// LZ4, without frames.
    Lz4,
}

/// The most that a packed byte can give, and a little for the shortest.
const SNAPPY_GAIN: usize = 32;
const LZ4_GAIN: usize = 256;

impl Codec {
    /// A way of packing by its number.
    pub fn of(number: i64) -> Result<Self, Broken> {
        Ok(match number {
            0 => Self::Plain,
            1 => Self::Snappy,
            2 => Self::Gzip,
            3 => return Err(Broken::unread("it is packed with LZO, which is not read")),
            4 => return Err(Broken::unread("it is packed with Brotli, which is not read")),
            5 => Self::HadoopLz4,
            6 => Self::Zstd,
            7 => Self::Lz4,
            _ => return Err(Broken::new("it is packed in a way that isn't known")),
        })
    }

    /// Unpacks to exactly so many bytes, behind the first of `out`, of which so many are kept.
    ///
    /// What else `out` holds is overwritten: it needn't be made zeros again and again.
    pub fn unpack(self, packed: &[u8], length: usize, out: &mut Vec<u8>, before: usize) -> Result<(), Broken> {
        if self != Self::Snappy {
            out.truncate(before);
        }
        match self {
            Self::Plain => out.extend_from_slice(packed),
            Self::Snappy => {
                let stated = snap::raw::decompress_len(packed).map_err(|_| BAD)?;
                let space =
                    reserve(packed, length, SNAPPY_GAIN, out, before).filter(|_| stated == length).ok_or(BAD)?;
                snap::raw::Decoder::new().decompress(packed, space).map_err(|_| BAD)?;
            }
            Self::Gzip => stream(MultiGzDecoder::new(packed), length, out)?,
            Self::Zstd => stream(StreamingDecoder::new(packed).map_err(|_| BAD)?, length, out)?,
            Self::Lz4 => {
                let space = reserve(packed, length, LZ4_GAIN, out, before).ok_or(BAD)?;
                let found = lz4_flex::block::decompress_into(packed, space).map_err(|_| BAD)?;
                out.truncate(before + found);
            }
            Self::HadoopLz4 => hadoop(packed, length, out)?,
        }
        if out.len() - before == length { Ok(()) } else { Err(BAD) }
    }
}

const BAD: Broken = Broken::new("a page can't be unpacked");

/// Space for what is unpacked, where the packed bytes can give as much.
fn reserve<'o>(packed: &[u8], length: usize, gain: usize, out: &'o mut Vec<u8>, before: usize) -> Option<&'o mut [u8]> {
    let most = packed.len().checked_mul(gain)?.checked_add(64)?;
    out.resize(before.checked_add(length).filter(|_| length <= most)?, 0);
    out.get_mut(before..)
}

fn stream(packed: impl Read, length: usize, out: &mut Vec<u8>) -> Result<(), Broken> {
    // One more than stated, to see that there is no more.
    packed.take(length as u64 + 1).read_to_end(out).map(drop).map_err(|_| BAD)
}

/// LZ4 as Hadoop writes it: blocks with their lengths before them; some writers leave these out.
fn hadoop(packed: &[u8], length: usize, out: &mut Vec<u8>) -> Result<(), Broken> {
    let before = out.len();
    let mut rest = packed;
    while let Some((head, tail)) = rest.split_first_chunk::<8>() {
        let [a, b, c, d, e, f, g, h] = *head;
        let (plain, size) = (u32::from_be_bytes([a, b, c, d]) as usize, u32::from_be_bytes([e, f, g, h]) as usize);
        let Some((block, tail)) = tail.split_at_checked(size) else { break };
        let whole = out.len() - before;
        let so_far = out.len();
        let done = reserve(block, plain, LZ4_GAIN, out, so_far)
            .filter(|_| whole.saturating_add(plain) <= length)
            .is_some_and(|space| lz4_flex::block::decompress_into(block, space).ok() == Some(plain));
        if !done {
            break;
        }
        rest = tail;
    }
    if rest.is_empty() && out.len() - before == length {
        return Ok(());
    }
    out.truncate(before);
    Codec::Lz4.unpack(packed, length, out, before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_that_packed_bytes_can_not_give_takes_no_memory() {
        for codec in [Codec::Snappy, Codec::Gzip, Codec::HadoopLz4, Codec::Zstd, Codec::Lz4, Codec::Plain] {
            // Snappy's own length is 2 GB.
            for packed in [&[0xff, 0xff, 0xff, 0xff, 0x07, 1, 2][..], &[], &[0; 40], &[0x1f; 30]] {
                let mut out = Vec::new();
                assert!(codec.unpack(packed, 0x7fff_ffff, &mut out, 0).is_err());
                assert!(out.capacity() < 1 << 20);
            }
        }
        assert!(Codec::of(4).is_err());
    }

    #[test]
    fn what_is_packed_comes_back() {
        let text = b"some text that is repeated, some text that is repeated, some text".repeat(20);
        let mut out = b"before".to_vec();
        let packed = snap::raw::Encoder::new().compress_vec(&text).unwrap();
        Codec::Snappy.unpack(&packed, text.len(), &mut out, 6).unwrap();
        // What stood there before is overwritten.
        Codec::Snappy.unpack(&packed, text.len(), &mut out, 6).unwrap();
        let so_far = out.len();
        let packed = lz4_flex::block::compress(&text);
        Codec::Lz4.unpack(&packed, text.len(), &mut out, so_far).unwrap();
        let so_far = out.len();
        Codec::HadoopLz4.unpack(&packed, text.len(), &mut out, so_far).unwrap();
        let (plain, size) = (text.len() as u32, packed.len() as u32);
        let framed = [&plain.to_be_bytes()[..], &size.to_be_bytes(), &packed].concat();
        let so_far = out.len();
        Codec::HadoopLz4.unpack(&framed, text.len(), &mut out, so_far).unwrap();
        assert_eq!(out, [&b"before"[..], &text, &text, &text, &text].concat());
        assert!(Codec::Lz4.unpack(&packed, text.len() - 1, &mut out, 0).is_err());
    }
}
