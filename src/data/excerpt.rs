//! The line and the field that an error is about, to be shown with it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::encoding::decode;
use super::records::Records;
use super::{Bound, Source, bytes, parquet};
use crate::value::schema::Format;

/// The text of a physical line and the bytes in it that are meant.
pub type Excerpt = (Arc<str>, u32, u32);

/// Longer lines are not shown.
const MAX_LINE: usize = 1 << 16;

/// Reads a file again and returns an excerpt for each physical line and field (from 0) that is asked for: the part of
/// the field that stands on the line, or the whole line where none is asked for or does.
///
/// `None` for standard input, for what can't be read or isn't text, and for lines that aren't there.
pub fn excerpts(path: &Path, name: &str, format: &Format, wanted: &[(u32, Option<usize>)]) -> Vec<Option<Excerpt>> {
    if path == Path::new(bytes::STDIN) || parquet::is_named_so(name) {
        return vec![None; wanted.len()];
    }
    match bytes::open(&Bound { name: name.into(), ..Bound::new(path) }) {
        Ok(source) => excerpts_of(&source, format, wanted),
        Err(_) => vec![None; wanted.len()],
    }
}

/// The excerpts of a file that is in memory.
pub fn excerpts_of(source: &Source, format: &Format, wanted: &[(u32, Option<usize>)]) -> Vec<Option<Excerpt>> {
    if parquet::is_parquet(&source.name, &source.bytes) {
        return vec![None; wanted.len()];
    }
    let Ok(text) = decode(&source.bytes, format.encoding, &source.name) else { return vec![None; wanted.len()] };
    let mut starts: BTreeMap<u32, Option<usize>> = wanted.iter().map(|&(line, _)| (line, None)).collect();
    let behind_newlines = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
    for (line, start) in (1..).zip(std::iter::once(0).chain(behind_newlines)) {
        if let Some(known) = starts.get_mut(&line) {
            *known = Some(start);
        }
    }
    let mut fields: BTreeMap<(u32, usize), Option<Range<usize>>> =
        wanted.iter().filter_map(|&(line, field)| Some(((line, field?), None))).collect();
    let last = fields.last_key_value().map_or(0, |(&(line, _), _)| line);
    let mut records = Records::new(&text, format.delimiter.unwrap_or(source.delimiter()), format.header);
    while let Some(record) = records.read() {
        let Ok(record) = record else { continue };
        if record.line > last {
            break;
        }
        for (&(_, field), range) in
            fields.range_mut((record.line, 0)..=(record.line_of(record.range().end), usize::MAX))
        {
            *range = Some(record.field_range(field));
        }
    }
    let excerpt = |&(line, field): &(u32, Option<usize>)| {
        let range = field.and_then(|field| fields.get(&(line, field)).cloned().flatten());
        on_line(&text, starts.get(&line).copied().flatten()?, range)
    };
    wanted.iter().map(excerpt).collect()
}

/// The excerpt of the line on which a range of bytes starts.
pub fn around(text: &str, range: Range<usize>) -> Option<Excerpt> {
    let before = text.as_bytes().get(..range.start)?;
    let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    on_line(text, start, Some(range))
}

fn on_line(text: &str, start: usize, range: Option<Range<usize>>) -> Option<Excerpt> {
    let rest = text.get(start..)?;
    let line = rest.split('\n').next().unwrap_or(rest);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.len() > MAX_LINE {
        return None;
    }
    let within = |at: usize| at.clamp(start, start + line.len()) - start;
    let (from, to) = match range {
        Some(range) if range.start <= start + line.len() && range.end >= start => {
            (within(range.start), within(range.end))
        }
        _ => (0, line.len()),
    };
    Some((line.into(), u32::try_from(from).ok()?, u32::try_from(to).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_of_a_field_on_its_line_is_shown() {
        let source = Source::new("f.csv", "a,b\r\n1,\"x\ny\",\r\n\n2,3");
        let wanted = [(2, Some(1)), (3, Some(1)), (5, Some(1)), (5, None), (9, None), (3, Some(0)), (4, None)];
        let found = excerpts_of(&source, &Format::default(), &wanted);
        let shown: Vec<Option<(&str, &str)>> = found
            .iter()
            .map(|e| e.as_ref().map(|(text, from, to)| (&**text, &text[*from as usize..*to as usize])))
            .collect();
        let expect = [
            // The record of lines 2 and 3 has a field too many, so its fields aren't known.
            Some(("1,\"x", "1,\"x")),
            Some(("y\",", "y\",")),
            Some(("2,3", "3")),
            Some(("2,3", "2,3")),
            None,
            Some(("y\",", "y\",")),
            Some(("", "")),
        ];
        assert_eq!(shown, expect);
        let source = Source::new("f.tsv", "a\tb\n1\t\"x\ny\"\n");
        let found = excerpts_of(&source, &Format::default(), &[(2, Some(1)), (3, Some(1)), (3, Some(0))]);
        let expect: [Option<Excerpt>; 3] =
            [Some(("1\t\"x".into(), 2, 4)), Some(("y\"".into(), 0, 2)), Some(("y\"".into(), 0, 2))];
        assert_eq!(found, expect);
    }
}
