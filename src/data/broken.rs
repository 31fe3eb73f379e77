//! What can be wrong with a record before its fields are looked at, and how it is said.

use std::ops::Range;

use super::records::Record;
use crate::diag::Code;

/// A record that can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// What kind of problem it is.
    pub code: Code,
    /// The physical line of the trouble, from 1.
    pub line: u32,
    /// The field, from 0, where it is about one.
    pub field: Option<usize>,
    /// The bytes of the text that are meant.
    pub at: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// A further line, and what is said of it.
    pub also: Option<(u32, String)>,
    /// What makes it the same as another.
    pub group: String,
}

/// A character that no file of data may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadCharacter {
    /// U+0000.
    Nul,
    /// Another control character.
    Control(u8),
    /// U+FEFF behind the one with which a file may start.
    Mark,
    /// A carriage return without a line feed.
    LoneReturn,
}

/// All characters that may not be there, with their places.
pub fn bad_characters(text: &str) -> Vec<(usize, BadCharacter)> {
    let bytes = text.as_bytes();
    let control = |byte: u8| (byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')) || byte == 0x7f;
    let mut found = Vec::new();
    // A first pass only asks whether there are any: it needs no branches, and there hardly ever are.
    if bytes.iter().fold(false, |any, &byte| any | control(byte)) {
        let bad = bytes.iter().enumerate().filter(|&(_, &byte)| control(byte));
        found.extend(bad.map(|(at, &byte)| match byte {
            0 => (at, BadCharacter::Nul),
            _ => (at, BadCharacter::Control(byte)),
        }));
    }
    let behind = |at: usize| bytes.get(at + 1).copied();
    found.extend(
        memchr::memchr_iter(b'\r', bytes)
            .filter(|&at| behind(at) != Some(b'\n'))
            .map(|at| (at, BadCharacter::LoneReturn)),
    );
    found.extend(memchr::memchr_iter(0xc2, bytes).filter_map(|at| {
        let second = behind(at).filter(|second| (0x80..0xa0).contains(second))?;
        Some((at, BadCharacter::Control(second)))
    }));
    found.extend(memchr::memmem::find_iter(bytes, "\u{feff}").map(|at| (at, BadCharacter::Mark)));
    found.sort_unstable_by_key(|&(at, _)| at);
    found
}

/// The error of a character that may not be there.
pub fn character(record: &Record<'_>, at: usize, what: BadCharacter) -> Broken {
    let (code, message, help) = match what {
        BadCharacter::Nul => (
            Code::NulByte,
            "a NUL character".to_owned(),
            "the file is damaged, or it is UTF-16 without a mark: then say `encoding \"utf-16\"`",
        ),
        BadCharacter::Control(number @ 0x80..) => (
            Code::ControlCharacter,
            format!("the control character U+{number:04X}"),
            "the file seems to be in Windows-1252: save it again as UTF-8",
        ),
        BadCharacter::Control(number) => (
            Code::ControlCharacter,
            format!("the control character U+{number:04X}"),
            "remove it: it can't be seen and would make two equal texts differ",
        ),
        BadCharacter::Mark => (
            Code::ByteOrderMark,
            "a byte order mark inside the text".to_owned(),
            "remove it: it often stays where files were put together",
        ),
        BadCharacter::LoneReturn => (
            Code::LoneReturn,
            "a carriage return without a line feed".to_owned(),
            "save the file again, with line ends of LF or CRLF; inside a field, remove it",
        ),
    };
    let width =
        if what == BadCharacter::Mark { 3 } else { 1 + usize::from(matches!(what, BadCharacter::Control(0x80..))) };
    // A lone carriage return ends a field for `csv-core`, so the one that it stands in can't be told.
    let field = (0..record.len()).find(|&field| at < record.field_range(field).end);
    Broken {
        code,
        line: record.line_of(at),
        field: field.filter(|_| what != BadCharacter::LoneReturn),
        at: at..at + width,
        group: message.clone(),
        message,
        help: Some(help.to_owned()),
        also: None,
    }
}

/// The error of a field whose quotes are not as they should be; `start` is where it starts in the text.
pub fn quotes(record: &Record<'_>, field: usize, start: usize, delimiter: u8) -> Broken {
    let line = record.line_of(start);
    let rest = record.text().get(start..).unwrap_or("");
    let broken = |code, at: Range<usize>, message: &str, help: &str, also| Broken {
        code,
        line,
        field: Some(field),
        at,
        message: message.to_owned(),
        help: Some(help.to_owned()),
        also,
        group: message.to_owned(),
    };
    let Some(inner) = rest.strip_prefix('"') else {
        let quote = start + memchr::memchr(b'"', rest.as_bytes()).unwrap_or(0);
        let help = "put the whole field in quotes and double the quotes in it: `\"a \"\"b\"\" c\"`";
        return broken(Code::StrayQuote, quote..quote + 1, "a quote inside a field that isn't quoted", help, None);
    };
    let Some(close) = closing_quote(inner) else {
        let help = "close the quote, or remove it";
        return broken(Code::UnclosedQuote, start..start + 1, "the quote that opens here is never closed", help, None);
    };
    let newlines = inner.get(..close).unwrap_or("").matches('\n').count();
    let what = if delimiter == b'\t' { "a tab" } else { "the delimiter" };
    if newlines == 0 {
        let behind = start + close + 2;
        let width = inner.get(close + 1..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let message = format!("text behind the closing quote, where {what} or the end of the line should be");
        let help = "double the quotes inside a quoted field: `\"a \"\"b\"\" c\"`";
        return broken(Code::TextAfterQuote, behind..behind + width, &message, help, None);
    }
    // A quote that stands by mistake swallows lines up to the next one: the trouble is where it opens.
    let also_line = line.saturating_add(u32::try_from(newlines).unwrap_or(u32::MAX));
    let also = Some((also_line, "the next quote, with text behind it".to_owned()));
    let help = "close the quote, or remove it; double the quotes inside a quoted field";
    broken(Code::UnclosedQuote, start..start + 1, "the quote that opens here isn't closed properly", help, also)
}

/// Where the first quote stands that isn't doubled.
fn closing_quote(inner: &str) -> Option<usize> {
    let bytes = inner.as_bytes();
    let mut at = 0;
    loop {
        at += memchr::memchr(b'"', bytes.get(at..)?)?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

/// The error of a record that has too many or too few fields.
pub fn field_count(record: &Record<'_>, expected: usize, first: u32, header: bool) -> Broken {
    let count = record.len();
    let against = if header { "the header" } else { "the first record" };
    let fields = |n: usize| if n == 1 { "1 field".to_owned() } else { format!("{n} fields") };
    let help = if count > expected {
        "put a field that holds the delimiter in quotes, or remove the delimiter that is too many"
    } else {
        "add the delimiters that are missing: a field without a value is empty, not left out"
    };
    let extra = (count > expected).then_some(expected);
    let at = extra.map_or(record.range(), |field| record.field_range(field).start..record.range().end);
    Broken {
        code: Code::FieldCount,
        line: record.line_of(if extra.is_some() { at.start } else { record.range().start }),
        field: extra,
        at,
        message: format!("{} where {against} has {expected}", fields(count)),
        help: Some(help.to_owned()),
        also: Some((first, format!("{against}: {}", fields(expected)))),
        group: format!("{count}/{expected}"),
    }
}
