//! Slips that begin before the place where the parser stopped: a hyphen in a name, a step without its label, a text of
//! several words without quotes. What is wrong is said of the whole of it.

use super::advice::is_verb;
use super::expected::{Finding, STEPS, Spot};
use super::items::EDITS;

/// Quotes of other kinds than the straight double one.
pub(super) const QUOTES: &[char] = &['\'', '‘', '’', '“', '”', '„', '«', '»'];

/// The words that types begin with.
const TYPE_WORDS: &[&str] = &["text", "number", "date", "flag", "year", "quarter", "month", "week"];

fn in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// `un-equal` where a name is expected: the parser stops at the hyphen.
pub(super) fn hyphen(spot: &Spot<'_>) -> Option<Finding> {
    if spot.found != "-" || spot.in_expression {
        return None;
    }
    let before = spot.text.get(..spot.at)?;
    let start = before.trim_end_matches(in_name).len();
    let behind = spot.text.get(spot.at..)?;
    let length = behind.find(|c: char| !in_name(c) && c != '-').unwrap_or(behind.len());
    let range = start..spot.at + behind.get(..length)?.trim_end_matches('-').len().max(1);
    let written = spot.text.get(range.clone())?;
    // Behind a type no name is expected, whatever is stuck to it.
    let is_type = TYPE_WORDS.contains(&before.get(start..)?) && spot.item_word() == "input";
    if is_type || !written.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        return None;
    }
    let name = written.trim_end_matches('-').replace('-', "_");
    // The header of a column stands in the file, and may have its hyphen there.
    let column = spot.open().is_some() && matches!(spot.item_word(), "input") && spot.wanted != ["`:`"];
    let help = if column {
        format!("write `{name}`, and which header is meant: `{name} text from \"{written}\"`")
    } else {
        format!("write `{name}`")
    };
    let message = format!("a name has no hyphen, and `{written}` has one");
    Some(Finding { range, message, also: None, help: Some(help) })
}

/// A step in a change that begins with what it does. Without a label it is read as a line of a scale or a column, and
/// the parser stops behind its first word.
pub(super) fn unlabelled<'a>(spot: &Spot<'a>) -> Option<Spot<'a>> {
    let (open, '{') = spot.open()? else { return None };
    if !(spot.item_word() == "change" || EDITS.contains(&spot.item_word())) {
        return None;
    }
    let place = spot.text.get(..open)?.trim_end();
    let place = place.rsplit(['\n', ':', '{', '}']).next()?.trim();
    let edit = place.split_whitespace().next()?;
    if !matches!(edit, "replace" | "add") || (edit == "replace" && !place.contains('.')) {
        return None;
    }
    let inside = spot.text.get(open + 1..spot.at)?;
    let line = inside.rsplit('\n').next()?;
    let start = spot.at - line.trim_start().len();
    let found = first_word(spot.text.get(start..)?);
    let begins = (start < spot.at || spot.found == found) && is_verb(found) && !line.contains([':', '#']);
    let item = spot.item.clone();
    begins.then(|| Spot { at: start, found, item, wanted: vec![STEPS], in_expression: false, ..*spot })
}

fn first_word(text: &str) -> &str {
    text.get(..text.find(|c| !in_name(c)).unwrap_or(text.len())).unwrap_or("")
}

/// The label that a step in a change should have: that of the step it replaces.
pub(super) fn label<'a>(spot: &Spot<'a>) -> &'a str {
    let part = || {
        let (open, _) = spot.open()?;
        // Behind another step, which has that label or another of its own, this is a further one.
        let further = !spot.text.get(open + 1..spot.at)?.trim().is_empty();
        let place = spot.text.get(..open)?.trim_end().rsplit(['\n', ':', '{', '}']).next()?.trim();
        let (_, part) = place.strip_prefix("replace")?.rsplit_once('.')?;
        (!further).then(|| part.trim())
    };
    part().unwrap_or("my_step")
}

/// Words without quotes, taken together up to a sign that can't belong to them.
pub(super) fn phrase<'a>(spot: &Spot<'a>) -> &'a str {
    let rest = spot.text.get(spot.at..).unwrap_or("");
    let line = rest.lines().next().unwrap_or("");
    // A reference may hold about any sign, and ends with its line.
    let reference = spot.item_word() == "cite" && spot.open().is_none();
    let belongs = |c: char| c.is_alphanumeric() || " _-'’.".contains(c) || (reference && ",:;()/".contains(c));
    let end = line.find(|c: char| !belongs(c)).unwrap_or(line.len());
    let mut words = line.get(..end).unwrap_or("");
    for stop in EDITS.iter().copied().chain(["extends"]) {
        let found = words.match_indices(stop).find(|(at, _)| is_whole(words, *at, at + stop.len()));
        words = found.and_then(|(at, _)| words.get(..at)).unwrap_or(words);
    }
    let words = words.trim_end();
    if words.is_empty() || words.chars().count() > 60 { spot.found } else { words }
}

/// Whether a place in a text is a word between blanks.
fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let head = text.get(..start).unwrap_or("");
    let tail = text.get(end..).unwrap_or("");
    head.ends_with(' ') && (tail.is_empty() || tail.starts_with(' '))
}

/// A text in quotes of another kind, in those of the language.
pub(super) fn straight(found: &str) -> Option<String> {
    if !found.starts_with(QUOTES) {
        return None;
    }
    let inner = found.trim_matches(QUOTES);
    let shown = if inner.is_empty() || inner.len() > 40 { "president" } else { inner };
    Some(format!("texts stand in straight double quotes: \"{shown}\""))
}

/// A text that isn't closed.
pub(super) fn open_quote(found: &str) -> Option<String> {
    let open = found.starts_with('"') && (found.len() == 1 || !found.ends_with('"'));
    open.then(|| "the text has no closing quote on its line".to_owned())
}
