//! Rows or cells that fail one check of the scheme: the first is drawn with the lines around it, the others are a list beneath.
//!
//! Input: problems by place. Output: which of them are drawn, and the lists.

use std::collections::BTreeMap;

use super::place_in_words;
use crate::diag::{Code, DataPlace, Diagnostic, Place, Severity};
use crate::report::visible::visible;
use crate::source::Span;

/// So many further rows are listed.
const ROWS_LISTED: usize = 10;

/// For each problem that is a failed check, by its number: the further rows or cells that fail the check, if it is the
/// first of them.
pub(super) fn gather(list: &[Diagnostic]) -> BTreeMap<usize, Option<Vec<&Diagnostic>>> {
    let mut firsts: BTreeMap<(Span, Severity), usize> = BTreeMap::new();
    let mut gathered: BTreeMap<usize, Option<Vec<&Diagnostic>>> = BTreeMap::new();
    for (at, diagnostic) in list.iter().enumerate() {
        let Some((_, check)) = row_of_check(diagnostic) else { continue };
        let first = *firsts.entry((check, diagnostic.severity)).or_insert(at);
        if first == at {
            gathered.insert(at, Some(Vec::new()));
        } else {
            gathered.insert(at, None);
            if let Some(Some(further)) = gathered.get_mut(&first) {
                further.push(diagnostic);
            }
        }
    }
    gathered
}

/// The row of a failed check, unless it is one of cells, and where the check stands.
fn row_of_check(diagnostic: &Diagnostic) -> Option<(Option<&DataPlace>, Span)> {
    if diagnostic.code != Code::CheckFailed {
        return None;
    }
    let row = match diagnostic.place()? {
        Place::Data(row) => Some(row),
        Place::Text(_) => None,
    };
    let check = diagnostic.labels.iter().find_map(|label| match label.place {
        Place::Text(span) => Some(span),
        Place::Data(_) => None,
    });
    check.map(|check| (row, check))
}

/// The list of the further rows, with what each has of what the check uses; empty if there are none.
pub(super) fn rows(first: &Diagnostic, further: &[&Diagnostic]) -> String {
    if further.is_empty() {
        return String::new();
    }
    let what = if matches!(first.place(), Some(Place::Data(_))) { "row" } else { "cell" };
    let mut text = match further.len() {
        1 => format!("  1 other {what} fails this check:\n"),
        others => format!("  {others} other {what}s fail this check:\n"),
    };
    let place = |row: &Diagnostic| {
        let place = row_of_check(row).and_then(|(place, _)| place);
        place.map_or_else(String::new, |place| place_in_words(place) + "  ")
    };
    let listed = further.iter().take(ROWS_LISTED);
    let lines: Vec<(String, &str)> = listed.map(|row| (place(row), values(first, row))).collect();
    let width = lines.iter().map(|(place, _)| place.chars().count()).max().unwrap_or(0);
    for (place, values) in lines {
        let line = format!("    {place:<width$}{values}");
        text.push_str(&visible(line.trim_end()));
        text.push('\n');
    }
    if further.len() > ROWS_LISTED {
        let left = further.len() - ROWS_LISTED;
        text.push_str(&format!("    and {left} more; `--diagnostics json` lists all\n"));
    }
    text
}

/// What the message of a row says behind the words that it has in common with that of the first.
fn values<'a>(first: &Diagnostic, row: &'a Diagnostic) -> &'a str {
    let parts = first.message.split_inclusive(": ").zip(row.message.split_inclusive(": "));
    let (mut length, mut at) = (0, 0);
    for (part, _) in parts.take_while(|(a, b)| a == b && a.ends_with(": ")) {
        at += part.len();
        // A colon may also stand in a value, which is quoted.
        if row.message.get(..at).is_some_and(|head| head.matches('`').count() % 2 == 0) {
            length = at;
        }
    }
    row.message.get(length..).unwrap_or("")
}
