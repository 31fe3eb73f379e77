//! The beginning of a file: which encoding it has, its header, and the shape of its records.
//!
//! It is read by the exact reader. Whatever that one would report is left to it.

use std::sync::Arc;

use crate::data::layout::Layout;
use crate::data::parse::FieldParser;
use crate::data::records::Records;
use crate::data::table::{Reporter, parsers};
use crate::diag::{DataPlace, Problems};
use crate::value::piece::Unfit;
use crate::value::schema::{Encoding, Schema};

/// The byte order mark of UTF-8.
const MARK: &[u8] = &[0xef, 0xbb, 0xbf];

/// What the first bytes of a file say.
#[derive(Debug)]
pub struct Head {
    /// Where the first record behind the header starts.
    pub start: usize,
    /// How many fields a record has.
    pub width: usize,
    /// The physical lines of the header and of blank lines before it.
    pub lines: u32,
    /// How long records are, about.
    pub record: usize,
    /// Whether quotes have been seen.
    pub quoted: bool,
}

/// What the first bytes of a file say; `whole` if there are no further ones. They must hold the header and a record.
pub fn read(bytes: &[u8], whole: bool, delimiter: u8, schema: &Schema) -> Result<Head, Unfit> {
    if schema.format.encoding != Encoding::Utf8 || (delimiter < b' ' && delimiter != b'\t') || delimiter >= 0x7f {
        return Err(Unfit);
    }
    let mark = if bytes.starts_with(MARK) { MARK.len() } else { 0 };
    let text = text_of(bytes.get(mark..).unwrap_or(&[]), whole)?;
    let mut records = Records::new(text, delimiter, schema.format.header);
    let (mut start, mut lines) = (0, 0);
    if schema.format.header {
        let header = records.read().ok_or(Unfit)?.map_err(|_| Unfit)?;
        lines = header.line_of(header.range().end);
        start = behind(text, header.range().end);
    }
    let first = records.read().ok_or(Unfit)?.map_err(|_| Unfit)?;
    let (width, end) = (first.len(), first.range().end);
    if end >= text.len() && !whole {
        return Err(Unfit);
    }
    let (mut seen, mut upto) = (1, end);
    while let Some(Ok(record)) = records.read()
        && seen < 100
    {
        (seen, upto) = (seen + 1, record.range().end);
    }
    let quoted = memchr::memchr(b'"', bytes).is_some();
    Ok(Head { start: mark + start, width, lines, record: (upto - start) / seen + 1, quoted })
}

/// The text of some bytes, without a character that isn't whole at their end.
fn text_of(bytes: &[u8], whole: bool) -> Result<&str, Unfit> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) if error.error_len().is_none() && !whole => {
            std::str::from_utf8(bytes.get(..error.valid_up_to()).unwrap_or(&[])).map_err(|_| Unfit)
        }
        Err(_) => Err(Unfit),
    }
}

/// The place behind the line end that stands at a place.
fn behind(text: &str, end: usize) -> usize {
    match text.as_bytes().get(end..) {
        Some([b'\r', b'\n', ..]) => end + 2,
        Some([_, ..]) => end + 1,
        _ => end,
    }
}

/// The parsers of the columns, and which field goes into which column.
pub fn layout<'s>(
    bytes: &[u8],
    name: &Arc<str>,
    delimiter: u8,
    schema: &'s Schema,
) -> Result<(Vec<FieldParser<'s>>, Layout), Unfit> {
    let mut problems = Problems::default();
    let text = text_of(bytes.strip_prefix(MARK).unwrap_or(bytes), false)?;
    let mut parsers = parsers(schema, &mut problems).ok_or(Unfit)?;
    let mut records = Records::new(text, delimiter, schema.format.header);
    let first = records.read().ok_or(Unfit)?.map_err(|_| Unfit)?;
    let report = Reporter { file: name, of_all: name, text: "", input: &schema.name, others: &[] };
    let layout = if schema.format.header {
        Layout::of_header(&first, schema, &mut parsers, &report, &mut problems)
    } else {
        Layout::of_positions(first.len(), schema, &DataPlace::line(name, first.line), &mut problems)
    };
    let layout = layout.ok_or(Unfit)?;
    if problems.is_empty() && layout.spread.is_none() { Ok((parsers, layout)) } else { Err(Unfit) }
}
