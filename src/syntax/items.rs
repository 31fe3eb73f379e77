//! Cuts a text into items, so that an error in one doesn't hide those in others.

use std::ops::Range;

use super::scan::{Token, Tokens};

/// Words that begin an item.
pub(super) const STARTS: &[&str] = &[
    "scheme", "version", "author", "cite", "data", "input", "scale", "param", "score", "index", "hidden", "check",
    "test", "expect", "change", "vary", "exclude",
];

/// Words that begin an edit. At the left margin it is an item; indented, it is one of the change above.
pub(super) const EDITS: &[&str] = &["set", "replace", "remove", "add"];

/// The word that begins at a place.
pub(super) fn word_at(text: &str, at: usize) -> &str {
    let rest = text.get(at..).unwrap_or("");
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    rest.get(..end).unwrap_or("")
}

/// Whether a `by` begins a block: a brace opens before the next item does.
fn begins_block(text: &str, at: usize) -> bool {
    let mut depth = 0usize;
    let mut first = false;
    for (place, token) in Tokens::new(text.get(at..).unwrap_or("")).map(|(place, token)| (place + at, token)).skip(1) {
        match token {
            Token::Open if text.as_bytes().get(place) == Some(&b'{') && depth == 0 => return true,
            Token::Open => depth += 1,
            Token::Close => depth = depth.saturating_sub(1),
            Token::Newline => first = true,
            Token::Word => {
                let word = word_at(text, place);
                let at_margin = text.as_bytes().get(place.wrapping_sub(1)) == Some(&b'\n');
                if first && (STARTS.contains(&word) || word == "by" || (at_margin && EDITS.contains(&word))) {
                    return false;
                }
                first = false;
            }
        }
    }
    false
}

/// Where items start. An item starts with its word at the beginning of a line outside all braces; where the braces
/// of the text don't match, also with its word at the left margin.
fn starts(text: &str, margin: bool) -> (Vec<usize>, bool) {
    let mut depth = 0isize;
    let mut first = true;
    let mut found = Vec::new();
    let mut matched = true;
    for (at, token) in Tokens::new(text) {
        match token {
            Token::Open => depth += 1,
            Token::Close => {
                depth -= 1;
                if depth < 0 {
                    matched = false;
                    depth = 0;
                }
            }
            Token::Newline => {
                first = true;
                continue;
            }
            Token::Word => {
                let word = word_at(text, at);
                let at_margin = at == 0 || text.as_bytes().get(at - 1) == Some(&b'\n');
                let starts = STARTS.contains(&word)
                    || (word == "by" && begins_block(text, at))
                    || (at_margin && EDITS.contains(&word));
                if first && starts && (depth == 0 || (margin && at_margin)) {
                    depth = 0;
                    found.push(at);
                }
            }
        }
        first = false;
    }
    (found, matched && depth == 0)
}

/// The place before the doc comments that stand right before an item.
fn with_docs(text: &str, at: usize, from: usize) -> usize {
    let mut start = at;
    while let Some(line_end) =
        text.get(from..start).and_then(|before| before.trim_end_matches([' ', '\t']).strip_suffix('\n'))
    {
        let line_start = line_end.rfind('\n').map_or(0, |n| n + 1);
        let line = line_end.get(line_start..).unwrap_or("").trim();
        // A plain comment between doc comments and their item is passed over; it belongs to the item too.
        if !line.starts_with('#') {
            break;
        }
        start = from + line_start;
    }
    start
}

/// The ranges of the items. Text before the first item is one too, if there is anything but blanks and comments in it.
pub(super) fn split(text: &str) -> Vec<Range<usize>> {
    let (mut found, matched) = starts(text, false);
    if !matched {
        found = starts(text, true).0;
    }
    let mut bounds = vec![0];
    for at in found {
        let from = *bounds.last().unwrap_or(&0);
        bounds.push(with_docs(text, at, from));
    }
    bounds.push(text.len());
    bounds
        .windows(2)
        .filter_map(|pair| match pair {
            [start, end] => Some(*start..*end),
            _ => None,
        })
        .filter(|range| !is_blank(text.get(range.clone()).unwrap_or("")))
        .collect()
}

fn is_blank(text: &str) -> bool {
    text.lines().all(|line| {
        let line = line.trim();
        line.is_empty() || (line.starts_with('#') && !line.starts_with("##"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let found: Vec<&str> = split(text).into_iter().map(|range| text[range].trim()).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn items_are_cut_at_their_words() {
        check("scheme a \"A\"\n# c\ndata \"x\"\n", &["scheme a \"A\"", "# c\ndata \"x\""]);
        check(
            "index a = sum s\n  by year\nby year {\n index b = sum s\n}",
            &["index a = sum s\n  by year", "by year {\n index b = sum s\n}"],
        );
        check("## doc\nscore s from i {\n  index: keep yes\n}\n", &["## doc\nscore s from i {\n  index: keep yes\n}"]);
    }

    #[test]
    fn an_edit_at_the_margin_ends_what_stands_before() {
        check(
            "index a = sum x\n  by year\nset w = 1\nreplace scale z { 1 otherwise }\n",
            &["index a = sum x\n  by year", "set w = 1", "replace scale z { 1 otherwise }"],
        );
        check("change \"a\":\n  set w = 1\nset v = 2\n", &["change \"a\":\n  set w = 1", "set v = 2"]);
    }

    #[test]
    fn an_unclosed_brace_ends_at_the_next_item_at_the_margin() {
        check("scale a {\n 1 \"x\"\n\nparam p = 1\n", &["scale a {\n 1 \"x\"", "param p = 1"]);
        check("scale a }\nparam p = 1\n", &["scale a }", "param p = 1"]);
    }
}
