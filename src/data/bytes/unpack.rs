//! Unpacks gzip and zstd as streams: all members or frames, their checksums verified; what is cut off is an error.

use std::io::{self, BufRead, Chain, Cursor, Read};

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::plain;

const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// So many bytes at the beginning tell how a file is packed.
pub const TELLING: usize = 8;

/// So much is read of a packed file at a time.
const BUFFER: usize = 1 << 17;

/// So much is unpacked of a zstd frame at a time.
const UNPACKED: usize = 1 << 18;

/// A packed file that is damaged, or that was cut off.
#[derive(Debug)]
pub struct Damaged(String);

impl std::fmt::Display for Damaged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Damaged {}

fn damaged(format: &str, why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, Damaged(format!("the {format} file is damaged or ends early: {why}")))
}

/// Whether a file that begins so is packed.
pub fn is_packed(bytes: &[u8]) -> bool {
    bytes.starts_with(GZIP) || bytes.starts_with(ZSTD) || is_skippable(bytes)
}

/// Unpacks what comes behind some bytes that have been read already; what isn't packed stays as it is.
pub fn unpacked(head: Vec<u8>, rest: impl Read + Send + 'static) -> Box<dyn Read + Send> {
    let (gzip, packed) = (head.starts_with(GZIP), is_packed(&head));
    let whole = Cursor::new(head).chain(rest);
    if gzip {
        Box::new(Gzip(MultiGzDecoder::new(io::BufReader::with_capacity(BUFFER, whole))))
    } else if packed {
        Box::new(Zstd::new(whole))
    } else {
        Box::new(whole)
    }
}

struct Gzip<R: BufRead>(MultiGzDecoder<R>);

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into).map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => error,
            _ => damaged("gzip", &plain(&error)),
        })
    }
}

struct Zstd<R: Read> {
    from: io::BufReader<Chain<Cursor<Vec<u8>>, R>>,
    decoder: FrameDecoder,
    inside: bool,
}

impl<R: Read> Zstd<R> {
    fn new(from: Chain<Cursor<Vec<u8>>, R>) -> Self {
        let from = io::BufReader::with_capacity(BUFFER, from);
        Self { from, decoder: FrameDecoder::new(), inside: false }
    }

    /// Passes over frames without data and begins the next one. False where there is none.
    fn next_frame(&mut self) -> Result<bool, String> {
        loop {
            let magic = self.four()?;
            if magic.is_empty() {
                return Ok(false);
            }
            if !is_skippable(&magic) {
                let source = Cursor::new(magic).chain(&mut self.from);
                return self.decoder.reset(source).map(|()| true).map_err(|error| error.to_string());
            }
            let early = || "a skippable frame ends early".to_owned();
            let length = self.four()?.try_into().map(u32::from_le_bytes).map_err(|_| early())?;
            let skipped = io::copy(&mut (&mut self.from).take(u64::from(length)), &mut io::sink());
            if skipped.map_err(|error| plain(&error))? < u64::from(length) {
                return Err(early());
            }
        }
    }

    /// The next four bytes, or what is left of them.
    fn four(&mut self) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::with_capacity(4);
        (&mut self.from).take(4).read_to_end(&mut bytes).map_err(|error| plain(&error))?;
        Ok(bytes)
    }

    fn unpack(&mut self, into: &mut [u8]) -> Result<usize, String> {
        loop {
            if !self.inside {
                self.inside = self.next_frame()?;
                if !self.inside {
                    return Ok(0);
                }
            }
            if self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let some = BlockDecodingStrategy::UptoBytes(UNPACKED);
                self.decoder.decode_blocks(&mut self.from, some).map_err(|error| error.to_string())?;
            }
            let read = self.decoder.read(into).map_err(|error| plain(&error))?;
            if self.decoder.is_finished() && self.decoder.can_collect() == 0 {
                self.inside = false;
                self.check()?;
            }
            if read > 0 || into.is_empty() {
                return Ok(read);
            }
        }
    }

    fn check(&self) -> Result<(), String> {
        let (stated, found) = (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum());
        if stated.is_some() && stated != found { Err("its checksum is another".to_owned()) } else { Ok(()) }
    }
}

impl<R: Read> Read for Zstd<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.unpack(into).map_err(|why| damaged("zstd", &why))
    }
}

/// Whether a zstd frame that begins so has no data.
fn is_skippable(bytes: &[u8]) -> bool {
    bytes.first_chunk::<4>().is_some_and(|&magic| u32::from_le_bytes(magic) & 0xffff_fff0 == 0x184d_2a50)
}
