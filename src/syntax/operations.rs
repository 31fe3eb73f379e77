//! What to write instead, for a syntax error in an operation over a dimension, or in an aggregation of one: both take the
//! name of an index, where people write a formula at first.

use super::expected::{Finding, Spot};
use super::items::word_at;
use super::scan::{Brackets, Token, Tokens};
use super::structure::{FUNCTIONS, OPERATIONS};

/// The index in which the parser stopped: its tokens, and where its text lies.
struct Index<'a> {
    text: &'a str,
    start: usize,
    end: usize,
    hidden: bool,
    tokens: Vec<(usize, Token)>,
}

impl<'a> Index<'a> {
    fn of(spot: &Spot<'a>) -> Option<Self> {
        let text = spot.text.get(..spot.item.end)?;
        let item = text.get(spot.item.start..)?;
        let all: Vec<(usize, Token)> = Tokens::new(item)
            .map(|(at, token)| (at + spot.item.start, token))
            .filter(|(_, token)| *token != Token::Newline)
            .collect();
        let word = |&(at, token): &(usize, Token)| if token == Token::Word { word_at(text, at) } else { "" };
        let from = all.iter().rposition(|token| token.0 <= spot.at && word(token) == "index")?;
        let mut brackets = Brackets::default();
        let behind = all.iter().enumerate().skip(from + 1).find(|(_, token)| {
            brackets.closes_too_much(token.1) || (brackets.none() && matches!(word(token), "index" | "hidden"))
        });
        let (until, end) = behind.map_or((all.len(), text.len()), |(at, token)| (at, token.0));
        let hidden =
            from.checked_sub(1).and_then(|before| all.get(before)).is_some_and(|token| word(token) == "hidden");
        let start = all.get(from)?.0;
        Some(Self { text, start, end, hidden, tokens: all.get(from..until)?.to_vec() })
    }

    fn word(&self, at: usize) -> Option<(usize, &'a str)> {
        let (place, token) = *self.tokens.get(at)?;
        (token == Token::Word).then(|| (place, word_at(self.text, place)))
    }

    /// Whether two places have nothing but blanks between.
    fn adjoin(&self, from: usize, to: usize) -> bool {
        self.text.get(from..to).is_some_and(|between| between.trim().is_empty())
    }

    /// The place behind the bracket that closes the one of a token.
    fn close(&self, open: usize) -> Option<usize> {
        let mut depth = 0usize;
        for (at, token) in self.tokens.get(open..)? {
            match token {
                Token::Open => depth += 1,
                Token::Close if depth == 1 => return Some(at + 1),
                Token::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        None
    }

    /// A part of the text on one line; none if it holds a comment.
    fn line(&self, from: usize, to: usize) -> Option<String> {
        let part = self.text.get(from..to)?;
        (!part.contains('#')).then(|| part.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

/// Whether a word begins an operation over a dimension or an aggregation.
fn begins(word: &str) -> bool {
    OPERATIONS.contains(&word) || FUNCTIONS.contains(&word)
}

/// An operation or an aggregation of what has no name of its own, where the parser stopped.
pub(super) fn find(spot: &Spot<'_>) -> Option<Finding> {
    let index = Index::of(spot)?;
    (0..index.tokens.len()).rev().find_map(|at| nested(spot, &index, at))
}

/// Whether the word at a token is an operation or an aggregation of such a thing.
fn nested(spot: &Spot<'_>, index: &Index<'_>, at: usize) -> Option<Finding> {
    let (place, first) = index.word(at)?;
    let before = index.text.get(..place)?.trim_end();
    if !begins(first) || !before.ends_with(['=', '(']) {
        return None;
    }
    // The second word of `rolling mean` belongs to it.
    let second = index.word(at + 1).filter(|(_, word)| first == "rolling" && FUNCTIONS.contains(word));
    let (last, at) = if second.is_some() { (at + 1, at + 1) } else { (at, at) };
    let (last_place, last_word) = index.word(last)?;
    let what = index.line(place, last_place + last_word.len())?;
    let (next, token) = *index.tokens.get(at + 1)?;
    if !index.adjoin(last_place + last_word.len(), next) {
        return None;
    }
    let takes = if FUNCTIONS.contains(&first) { "a score or an index" } else { "an index" };
    if token == Token::Word {
        let (_, inner) = index.word(at + 1).filter(|(_, word)| OPERATIONS.contains(word) && spot.at > next)?;
        // An index may be called like an operation.
        if index.word(at + 2).is_none_or(|(place, _)| place != spot.at) {
            return None;
        }
        let message = format!("`{what}` takes {takes} by its name, not another operation");
        let parts = (index.line(next, spot.at + spot.found.len())? + " …", String::from(" …"));
        let help = lines(index, next, inner, parts);
        return Some(Finding { range: next..next + inner.len(), message, also: None, help });
    }
    if token != Token::Open {
        return None;
    }
    let close = index.close(at + 1)?;
    let inside = spot.at >= next && spot.at < close;
    let behind = spot.at >= close && index.adjoin(close, spot.at) && is_clause(spot.found);
    let inner = index.word(at + 2).filter(|(place, word)| begins(word) && index.adjoin(next + 1, *place));
    let is_inner =
        spot.at == next || inner.is_some_and(|(place, word)| index.adjoin(place + word.len(), spot.at) || behind);
    // `min(a, b)` and `max(a, b)` are functions.
    let list = FUNCTIONS.contains(&first) && index.text.get(next..close)?.contains(',');
    if !((inside && is_inner) || (behind && !list)) {
        return None;
    }
    let message = format!("`{what}` takes {takes} by its name, not what stands in parentheses");
    let parts = index.line(next + 1, close - 1).zip(index.line(close, index.end));
    let name = inner.map_or("part", |(_, word)| word);
    let help = parts.and_then(|(inner, rest)| lines(index, next, name, (inner, format!(" {rest}"))));
    Some(Finding { range: next..close, message, also: None, help: help.or_else(|| Some(FIRST.to_owned())) })
}

/// What is to be done with the inner part.
const FIRST: &str = "make an index of the inner part first, and use its name";

/// The two indices to write: that of the inner part, called by the word that it begins with, and the one that takes it.
fn lines(index: &Index<'_>, place: usize, word: &str, parts: (String, String)) -> Option<String> {
    let (_, name) = index.word(1)?;
    let hidden = if index.hidden { "hidden " } else { "" };
    let head = index.line(index.start, place)?;
    let (mut inner, rest) = parts;
    // What gives reals must be rounded before anything else is done with it.
    if ["zscore", "decay"].iter().any(|real| inner.contains(real)) && !inner.contains("round") {
        inner.push_str(" round to 6");
    }
    let rest = rest.trim_end();
    let gap = if head.ends_with('(') { "" } else { " " };
    Some(format!("{FIRST}:\nhidden index {name}_{word} = {inner}\n{hidden}{head}{gap}{name}_{word}{rest}"))
}

/// Whether a word begins a clause of an operation or an aggregation.
fn is_clause(word: &str) -> bool {
    matches!(word, "over" | "by" | "where" | "weighted" | "skip" | "required")
}

/// Words of other languages in an operation.
pub(super) fn help(spot: &Spot<'_>) -> Option<String> {
    let order = match spot.found.to_lowercase().as_str() {
        "descending" | "desc" | "decreasing" => "highest first",
        "ascending" | "asc" | "increasing" => "lowest first",
        _ => return None,
    };
    let index = Index::of(spot)?;
    let ranks =
        (0..index.tokens.len()).any(|at| index.word(at).is_some_and(|(place, word)| place < spot.at && word == "rank"));
    if !ranks {
        return None;
    }
    let place =
        if order == "highest first" { "the greatest value gets place 1" } else { "the least value gets place 1" };
    Some(match index.tokens.iter().any(|&(at, _)| word_at(index.text, at) == "ties") {
        true => format!("write `{order}`: {place}"),
        false => format!("write `{order} ties min`: {place}, and those that share a place all get its first number"),
    })
}
