//! Breaks lines that are too long, where it is safe and reads well.

use unicode_width::UnicodeWidthStr;

use crate::syntax::outline::{Kind, Starts, Token, begins_item, begins_plain_item};

use super::WIDTH;
use super::lines::{Indent, Line, is_open, line};
use super::space;

/// A place in a line where it may end.
struct Place {
    /// The number of the token in the line that begins the next one.
    token: usize,
    /// In how many braces and parentheses it stands, then how well a break reads there: less is better.
    rank: (usize, usize),
    /// Whether the line fits if it ends there.
    fits: bool,
}

/// Breaks the first lines that are too long. Returns whether there was one that could be broken.
pub(super) fn wrap(tokens: &[Token], lines: &mut Vec<Line>) -> bool {
    for at in 0..lines.len() {
        let Some(long) =
            lines.get(at).filter(|line| line.text.width() > WIDTH && line.starts != Starts::Row && !line.loose)
        else {
            continue;
        };
        let Some(cut) = best(tokens, long) else { continue };
        let mut rest = line(Indent::At(0), false, long.block);
        rest.comment = long.comment;
        rest.indent = match (long.starts, long.indent) {
            (Starts::Entry | Starts::Column, _) => Indent::Under(at),
            (Starts::Nothing, indent) => indent,
            (_, Indent::At(column)) => Indent::At(column + 2),
            (_, indent) => indent,
        };
        if let Some(line) = lines.get_mut(at) {
            rest.tokens = line.tokens.split_off(cut);
            line.comment = None;
            let last = line.tokens.last().and_then(|&last| tokens.get(last));
            rest.loose = last.is_some_and(|last| last.kind == Kind::OpenBlock);
        }
        for later in lines.iter_mut().skip(at + 1) {
            if let Indent::Under(other) = &mut later.indent
                && *other > at
            {
                *other += 1;
            }
        }
        lines.insert(at + 1, rest);
        return true;
    }
    false
}

/// Where a line is best broken.
fn best(tokens: &[Token], line: &Line) -> Option<usize> {
    let places = places(tokens, line);
    let fitting = places.iter().filter(|place| place.fits);
    let least = fitting.clone().map(|place| place.rank).min();
    let best = match least {
        Some(rank) => fitting.rev().find(|place| place.rank == rank),
        None => places.iter().min_by_key(|place| place.rank),
    };
    best.map(|place| place.token)
}

fn places(tokens: &[Token], line: &Line) -> Vec<Place> {
    let of_line: Vec<&Token> = line.tokens.iter().filter_map(|&at| tokens.get(at)).collect();
    let mut width = line.text.width() - line.text.trim_start().width();
    let mut depth = 0usize;
    let mut places = Vec::new();
    for (at, token) in of_line.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| of_line.get(at));
        if token.kind == Kind::Close || token.kind == Kind::CloseParen {
            depth = depth.saturating_sub(1);
        }
        let rank = before.and_then(|before| rank(before, token, line.starts));
        if let Some(rank) = rank.filter(|_| !hazard(tokens, line, at, depth)) {
            places.push(Place { token: at, rank: (depth, rank), fits: width <= WIDTH });
        }
        width += before.map_or(0, |before| space::between(before, token)) + token.text.width();
        if is_open(token.kind) || matches!(token.kind, Kind::OpenCall | Kind::OpenParen) {
            depth += 1;
        }
        // A block on one line that is too long is opened.
        if token.kind == Kind::OpenBlock && at + 1 < of_line.len() {
            return vec![Place { token: at + 1, rank: (0, 0), fits: true }];
        }
    }
    places
}

/// How well a line may end between two tokens; not at all, where there is none.
fn rank(before: &Token, token: &Token, starts: Starts) -> Option<usize> {
    match (before.kind, token.kind) {
        (Kind::CheckColon, _) => Some(0),
        (_, Kind::Equals) if matches!(starts, Starts::Index | Starts::Hidden) => Some(0),
        (_, Kind::Clause) => Some(1),
        (Kind::Comma, _) => Some(2),
        _ if token.starts == Starts::Pair && before.kind == Kind::InnerComma => Some(2),
        (_, Kind::Link) => Some(3),
        _ => None,
    }
}

/// Whether a word would begin an item if it stood at the beginning of a line.
fn hazard(tokens: &[Token], line: &Line, at: usize, depth: usize) -> bool {
    let Some((number, token)) = line.tokens.get(at).and_then(|&number| Some((number, tokens.get(number)?))) else {
        return true;
    };
    if line.block != 0 || depth > 0 {
        return false;
    }
    if token.text != "by" {
        return begins_item(&token.text);
    }
    // `by` begins a block if a brace follows before the next item.
    let rest = tokens.get(number..).unwrap_or(&[]);
    let end = rest.iter().position(|token| token.starts != Starts::Nothing).unwrap_or(rest.len());
    let (own, behind) = rest.split_at_checked(end).unwrap_or((rest, &[]));
    let next = behind.iter().find(|token| !matches!(token.kind, Kind::Doc | Kind::Comment));
    own.iter().any(|token| is_open(token.kind))
        || next.is_some_and(|token| token.text != "by" && !begins_plain_item(&token.text))
}
