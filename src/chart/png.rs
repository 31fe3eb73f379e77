//! Draws marks as a PNG: large, with the crate's painter for bitmaps, and then made smaller, so that edges are smooth.

use std::io::Write;

use flate2::Compression;
use flate2::Crc;
use flate2::write::ZlibEncoder;
use plotters::prelude::*;
use plotters::style::register_font;

use super::marks::Canvas;
use super::paint::{Letters, paint, size};

/// Letters for systems without fonts; see `font/OFL.txt`.
const FONT: &[u8] = include_bytes!("font/arimo.ttf");

/// So many units in either direction become one pixel.
const SMALLER: usize = 3;

/// The painter for bitmaps takes a size for the height of a line, which is greater than that of its letters, and has the
/// middle of a text higher than that of its letters.
const LETTERS: Letters = Letters { factor: 1.15, lower: 0.12 };

/// The picture.
pub fn png(canvas: &Canvas) -> Option<Vec<u8>> {
    register_font("sans-serif", FontStyle::Normal, FONT).ok()?;
    let (width, height) = size(canvas);
    let (wide, high) = (usize::try_from(width).ok()?, usize::try_from(height).ok()?);
    let mut large = vec![255u8; wide.checked_mul(high)?.checked_mul(3)?];
    {
        let area = BitMapBackend::with_buffer(&mut large, (width, height)).into_drawing_area();
        paint(&area, canvas, LETTERS).ok()?;
        area.present().ok()?;
    }
    let (columns, rows) = (wide / SMALLER, high / SMALLER);
    let mut lines = Vec::with_capacity(rows * (columns * 3 + 1));
    for row in 0..rows {
        // Each line begins with how it is filtered: not at all.
        lines.push(0);
        for column in 0..columns {
            lines.extend((0..3).map(|channel| mean(&large, wide, (column, row), channel)));
        }
    }
    encoded(u32::try_from(columns).ok()?, u32::try_from(rows).ok()?, &lines).ok()
}

/// One of the colours of a pixel: the mean of those that it is made of.
fn mean(large: &[u8], wide: usize, (column, row): (usize, usize), channel: usize) -> u8 {
    let (mut sum, mut many) = (0u32, 0u32);
    for y in 0..SMALLER {
        for x in 0..SMALLER {
            let at = ((row * SMALLER + y) * wide + column * SMALLER + x) * 3 + channel;
            sum += u32::from(large.get(at).copied().unwrap_or(255));
            many += 1;
        }
    }
    u8::try_from((sum + many / 2) / many).unwrap_or(255)
}

/// The file: its head, its lines packed, its end. Nothing in it tells when or where it was made.
fn encoded(width: u32, height: u32, lines: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::new(9));
    packed.write_all(lines)?;
    let packed = packed.finish()?;
    // Eight bits for each of three colours, packed and filtered in the only ways there are, line after line.
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes()[..], &[8, 2, 0, 0, 0]].concat();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, content) in [(b"IHDR", head.as_slice()), (b"IDAT", packed.as_slice()), (b"IEND", &[])] {
        let length = u32::try_from(content.len()).map_err(std::io::Error::other)?;
        let mut crc = Crc::new();
        crc.update(name);
        crc.update(content);
        file.extend_from_slice(&length.to_be_bytes());
        file.extend_from_slice(name);
        file.extend_from_slice(content);
        file.extend_from_slice(&crc.sum().to_be_bytes());
    }
    Ok(file)
}
