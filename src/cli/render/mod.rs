//! Problems in print, for people (drawn with the lines around each place) or for programs (a JSON object each).
//!
//! Input: [`Problems`], and the texts that they name. Output: text for standard error.

mod checks;
pub mod drawn;
pub mod excerpt;
pub mod lines;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::diag::{Code, DataPlace, Diagnostic, Place, Problems, Severity};
use crate::source::Sources;

/// So many problems of rows of data that are alike are drawn.
const ROWS_DRAWN: usize = 10;
/// So many problems of one code in texts are drawn.
const TEXTS_DRAWN: usize = 100;

/// How problems are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// One JSON object a line, instead of drawings.
    pub json: bool,
    /// With colours.
    pub color: bool,
    /// Errors alone.
    pub quiet: bool,
}

impl Style {
    /// Whether something may be said to people that is no error.
    pub fn talks(self) -> bool {
        !self.json && !self.quiet
    }
}

/// Prints problems by place, and how many there are.
pub fn problems(problems: Problems, sources: &Sources, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut list = problems.sorted();
    list.retain(|diagnostic| !style.quiet || diagnostic.severity == Severity::Error);
    if list.is_empty() {
        return Ok(());
    }
    if style.json {
        return list.iter().try_for_each(|diagnostic| writeln!(out, "{}", lines::line(diagnostic, sources)?));
    }
    let list_of_checks = checks::gather(&list);
    // For each kind, how many are drawn and how many are left out.
    let mut drawn: BTreeMap<Alike, (usize, usize)> = BTreeMap::new();
    for (at, diagnostic) in list.iter().enumerate() {
        if let Some(further) = list_of_checks.get(&at) {
            if let Some(further) = further {
                writeln!(
                    out,
                    "{}{}",
                    drawn::draw(diagnostic, sources, style.color),
                    checks::rows(diagnostic, further)
                )?;
            }
            continue;
        }
        let (alike, most) = alike(diagnostic);
        let (shown, left) = drawn.entry(alike).or_default();
        if *shown < most {
            *shown += 1;
            writeln!(out, "{}", drawn::draw(diagnostic, sources, style.color))?;
        } else {
            *left += 1;
        }
    }
    for ((code, _), (_, left)) in drawn.iter().filter(|(_, (_, left))| *left > 0) {
        writeln!(out, "{left} more of {code} are not shown; `--diagnostics json` lists all\n")?;
    }
    writeln!(out, "{}", summary(&list))
}

/// What makes problems alike: the code and, for rows of data, the place in the scheme that they offend.
type Alike = (Code, Option<Place>);

/// What a problem is alike, and how many of those are drawn: a few rows show what is wrong with thousands.
fn alike(diagnostic: &Diagnostic) -> (Alike, usize) {
    match diagnostic.place() {
        Some(Place::Data(_)) => {
            let in_scheme =
                diagnostic.labels.iter().map(|label| &label.place).find(|place| matches!(place, Place::Text(_)));
            ((diagnostic.code, in_scheme.cloned()), ROWS_DRAWN)
        }
        _ => ((diagnostic.code, None), TEXTS_DRAWN),
    }
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
