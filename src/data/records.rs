//! Splits a decoded text into records and fields, strictly: RFC 4180 with `"`, lines that end in LF or CRLF.
//!
//! The splitting is `csv-core`'s, which finds a reading for any text. The strictness is ours: a record is accepted
//! only if its fields, written again by the rules, are what stands there. Input: a text. Output: records, or what is
//! wrong with each and on which physical line.

use std::ops::Range;

use csv_core::ReadRecordResult;

use super::broken::{self, BadCharacter, Broken};

/// Reads the records of a text one after the other.
pub struct Records<'a> {
    text: &'a str,
    /// The byte at which the next record starts.
    at: usize,
    /// The physical line on which it starts, from 1.
    line: u32,
    delimiter: u8,
    header: bool,
    /// How many fields the first record has, and its line.
    expected: Option<(usize, u32)>,
    bad: Vec<(usize, BadCharacter)>,
    splitter: csv_core::Reader,
    written: Vec<u8>,
    unquoted: String,
    ends: Vec<usize>,
}

/// One record: its fields without quotes, and where they stand.
#[derive(Debug, Clone, Copy)]
pub struct Record<'r> {
    /// The physical line on which it starts, from 1.
    pub line: u32,
    text: &'r str,
    start: usize,
    end: usize,
    ends: &'r [usize],
    /// The fields one behind the other without their quotes, where there are quotes.
    unquoted: Option<&'r str>,
}

/// A piece of the text that `csv-core` takes for a record.
struct Piece {
    end: usize,
    next: usize,
    fields: usize,
    bytes: usize,
    lone_return: bool,
}

impl<'a> Records<'a> {
    /// The records of a text; with a header, the first names the fields.
    pub fn new(text: &'a str, delimiter: u8, header: bool) -> Self {
        let mut splitter = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        // The first call would take a byte order mark away; marks are ours to judge.
        splitter.read_record(&[], &mut [], &mut []);
        Self {
            text,
            at: 0,
            line: 1,
            delimiter,
            header,
            expected: None,
            bad: broken::bad_characters(text),
            splitter,
            written: vec![0; 1024],
            unquoted: String::new(),
            ends: vec![0; 64],
        }
    }

    /// The next record, or what is wrong with it; reading goes on behind either. Blank lines are no records.
    pub fn read(&mut self) -> Option<Result<Record<'_>, Broken>> {
        self.skip_blank_lines();
        if self.at >= self.text.len() {
            return None;
        }
        let (start, line) = (self.at, self.line);
        let piece = self.split();
        let raw = self.text.get(start..piece.end).unwrap_or("");
        let quoted = memchr::memchr(b'"', raw.as_bytes()).is_some();
        self.at = piece.next;
        self.line = line.saturating_add(1);
        if quoted {
            self.line = self.line.saturating_add(newlines(raw));
            self.unquoted.clear();
            let written = self.written.get(..piece.bytes).unwrap_or(&[]);
            self.unquoted.push_str(std::str::from_utf8(written).unwrap_or(""));
        }
        if let Some((problem, lost)) = self.judge(start, line, &piece, quoted) {
            if lost {
                self.go_on_behind(&problem);
            }
            return Some(Err(problem));
        }
        let (expected, first) = *self.expected.get_or_insert((piece.fields, line));
        let record = self.record(start, line, &piece, quoted);
        if piece.fields == expected {
            Some(Ok(record))
        } else {
            Some(Err(broken::field_count(&record, expected, first, self.header)))
        }
    }

    fn skip_blank_lines(&mut self) {
        loop {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or(&[]);
            self.at += match rest {
                [b'\n', ..] => 1,
                [b'\r', b'\n', ..] => 2,
                _ => return,
            };
            self.line = self.line.saturating_add(1);
        }
    }

    fn split(&mut self) -> Piece {
        let input = self.text.as_bytes();
        let (mut at, mut bytes, mut fields) = (self.at, 0, 0);
        loop {
            let rest = input.get(at..).unwrap_or(&[]);
            let out = self.written.get_mut(bytes..).unwrap_or(&mut []);
            let ends = self.ends.get_mut(fields..).unwrap_or(&mut []);
            let (result, read, wrote, ended) = self.splitter.read_record(rest, out, ends);
            (at, bytes, fields) = (at + read, bytes + wrote, fields + ended);
            match result {
                ReadRecordResult::OutputFull => self.written.resize(self.written.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::Record | ReadRecordResult::End => {
                    let ended_by = if rest.is_empty() { None } else { input.get(at.wrapping_sub(1)) };
                    let end = at - usize::from(ended_by.is_some());
                    let before_newline = ended_by == Some(&b'\r') && input.get(at) == Some(&b'\n');
                    let lone_return = ended_by == Some(&b'\r') && !before_newline;
                    return Piece { end, next: at + usize::from(before_newline), fields, bytes, lone_return };
                }
            }
        }
    }

    fn record(&self, start: usize, line: u32, piece: &Piece, quoted: bool) -> Record<'_> {
        Record {
            line,
            text: self.text,
            start,
            end: piece.end,
            ends: self.ends.get(..piece.fields).unwrap_or(&[]),
            unquoted: quoted.then_some(self.unquoted.as_str()),
        }
    }

    /// What is wrong with the characters or the quotes of a record, and whether its end is not where it seems to be.
    fn judge(&self, start: usize, line: u32, piece: &Piece, quoted: bool) -> Option<(Broken, bool)> {
        if !quoted && self.bad.is_empty() {
            return None;
        }
        let record = self.record(start, line, piece, quoted);
        let miswritten = if quoted { record.walk(usize::MAX).err() } else { None };
        // A carriage return at the start is passed over by `csv-core`, and whatever lines follow it.
        let lone_return = piece.lone_return || self.text.as_bytes().get(start) == Some(&b'\r');
        let lost = miswritten.is_some() || lone_return;
        let limit = miswritten.map_or(piece.next, |(_, at)| at.max(start + 1));
        let from = self.bad.partition_point(|&(at, _)| at < start);
        if let Some(&(at, what)) = self.bad.get(from).filter(|&&(at, _)| at < limit) {
            return Some((broken::character(&record, at, what), lost));
        }
        miswritten.map(|(field, at)| (broken::quotes(&record, field, at, self.delimiter), lost))
    }

    /// Reads on in the line behind the one where the trouble is, so that one open quote doesn't hide all the rest.
    fn go_on_behind(&mut self, problem: &Broken) {
        let rest = self.text.as_bytes().get(problem.at.start..).unwrap_or(&[]);
        self.at = memchr::memchr(b'\n', rest).map_or(self.text.len(), |newline| problem.at.start + newline + 1);
        self.line = problem.line.saturating_add(1);
    }
}

impl<'r> Record<'r> {
    /// How many fields it has.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether it has no fields, which no record does.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// A field without its quotes; empty where there is none.
    pub fn get(&self, field: usize) -> &'r str {
        let found = match self.unquoted {
            Some(unquoted) => {
                let from = field.checked_sub(1).map_or(Some(&0), |before| self.ends.get(before));
                from.zip(self.ends.get(field)).and_then(|(&from, &to)| unquoted.get(from..to))
            }
            None => self.plain_range(field).and_then(|range| self.text.get(range)),
        };
        found.unwrap_or("")
    }

    /// The fields in their order.
    pub fn iter(&self) -> impl Iterator<Item = &'r str> {
        let record = *self;
        (0..self.len()).map(move |field| record.get(field))
    }

    /// The whole text that the record is part of.
    pub fn text(&self) -> &'r str {
        self.text
    }

    /// The bytes of the whole text that are the record's.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// The bytes of the whole text that are a field's, its quotes included.
    pub fn field_range(&self, field: usize) -> Range<usize> {
        match self.unquoted {
            Some(_) => self.walk(field).unwrap_or(self.start..self.end),
            None => self.plain_range(field).unwrap_or(self.start..self.end),
        }
    }

    /// The physical line on which a byte of the record stands.
    pub fn line_of(&self, at: usize) -> u32 {
        match self.unquoted {
            Some(_) => self.line.saturating_add(newlines(self.text.get(self.start..at).unwrap_or(""))),
            None => self.line,
        }
    }

    /// Where a field stands in a record without quotes: its fields are as they are read, one delimiter between two.
    fn plain_range(&self, field: usize) -> Option<Range<usize>> {
        let from = field.checked_sub(1).map_or(Some(&0), |before| self.ends.get(before))?;
        let to = self.ends.get(field)?;
        Some(self.start + from + field..self.start + to + field)
    }

    /// Walks through the fields up to one (or the last) and returns where it stands; or else the first field that
    /// isn't written as it should be, and where that starts.
    fn walk(&self, upto: usize) -> Result<Range<usize>, (usize, usize)> {
        let raw = self.text.get(..self.end).unwrap_or("");
        let last = self.len().saturating_sub(1);
        let (mut at, mut found) = (self.start, self.start..self.start);
        for (number, field) in self.iter().enumerate().take(upto.saturating_add(1)) {
            let rest = raw.get(at..).unwrap_or("");
            let length = written_length(rest, field).filter(|&length| number < last || length == rest.len());
            let length = length.ok_or((number, at))?;
            found = at..at + length;
            at += length + 1;
        }
        Ok(found)
    }
}

/// The length of a field as it must be written at the start of a text, if it does stand there.
fn written_length(text: &str, field: &str) -> Option<usize> {
    let Some(inner) = text.strip_prefix('"') else {
        let plain = text.starts_with(field) && !field.contains('"');
        return plain.then_some(field.len());
    };
    let mut rest = inner;
    for part in field.split_inclusive('"') {
        rest = rest.strip_prefix(part)?;
        if part.ends_with('"') {
            rest = rest.strip_prefix('"')?;
        }
    }
    rest = rest.strip_prefix('"')?;
    Some(text.len() - rest.len())
}

fn newlines(text: &str) -> u32 {
    u32::try_from(memchr::memchr_iter(b'\n', text.as_bytes()).count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
