//! Problems in print, for people (drawn with the lines around each place) or for programs (a JSON object each).
//!
//! Input: [`Problems`], and the texts that they name. Output: text for standard error.

pub mod drawn;
pub mod excerpt;
pub mod lines;

#[cfg(test)]
mod tests;

use std::io::{self, Write};

use crate::diag::{DataPlace, Diagnostic, Problems, Severity};
use crate::source::Sources;

/// How problems are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// One JSON object a line, instead of drawings.
    pub json: bool,
    /// With colours.
    pub color: bool,
}

/// Prints problems by place, and how many there are.
pub fn problems(problems: Problems, sources: &Sources, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let list = problems.sorted();
    if list.is_empty() {
        return Ok(());
    }
    for diagnostic in &list {
        if style.json {
            writeln!(out, "{}", lines::line(diagnostic, sources)?)?;
        } else {
            writeln!(out, "{}", drawn::draw(diagnostic, sources, style.color))?;
        }
    }
    if style.json {
        return Ok(());
    }
    writeln!(out, "{}", summary(&list))
}

/// How many errors and warnings there are: `2 errors, 1 warning`.
fn summary(list: &[Diagnostic]) -> String {
    let count = |severity| list.iter().filter(|d| d.severity == severity).map(|d| d.count).sum::<u64>();
    let counted = [(count(Severity::Error), "error"), (count(Severity::Warning), "warning")];
    let parts = counted.iter().filter(|(count, _)| *count > 0).map(|(count, word)| plural(*count, word));
    parts.collect::<Vec<_>>().join(", ")
}

/// A number of things: `1 error`, `2 errors`.
pub fn plural(count: u64, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// A place of data in words: `contact.csv:17, column office`.
pub fn place_in_words(place: &DataPlace) -> String {
    let mut words = place.file.to_string();
    if place.line > 0 {
        words.push_str(&format!(":{}", place.line));
    }
    if let Some(column) = &place.column {
        words.push_str(&format!(", column {column}"));
    }
    words
}

/// Where else a repeated error is: `and 12 more: lines 20, 31, 44 …`. Empty if it is found once.
fn others(diagnostic: &Diagnostic) -> String {
    let more = diagnostic.count.saturating_sub(1);
    if more == 0 {
        return String::new();
    }
    let mut examples = diagnostic.examples.iter();
    let main = examples.next();
    let rest: Vec<&DataPlace> = examples.collect();
    let places = |rest: &[&DataPlace]| {
        let one_file = main.is_some_and(|main| rest.iter().all(|place| place.file == main.file));
        let shown = rest.iter().map(|place| if one_file { place.line.to_string() } else { place_in_words(place) });
        let word = match (one_file, rest.len()) {
            (true, 1) => "line ",
            (true, _) => "lines ",
            (false, _) => "",
        };
        format!(": {word}{}", shown.collect::<Vec<_>>().join(", "))
    };
    let shown = if rest.is_empty() { String::new() } else { places(&rest) };
    let open = if !rest.is_empty() && (rest.len() as u64) < more { " …" } else { "" };
    format!("and {more} more{shown}{open}")
}
