//! Breaks lines that are too long, where it is safe and reads well.

use unicode_width::UnicodeWidthStr;

use crate::syntax::outline::{Kind, Starts, Token, begins_item, begins_plain_item};

use super::WIDTH;
use super::lines::{Indent, Line, STEP, is_open, line};
use super::space;

/// Breaks the lines that are too long. Returns whether there was one that could be broken.
pub(super) fn wrap(tokens: &[Token], lines: &mut Vec<Line>) -> bool {
    let mut made: Vec<Line> = Vec::with_capacity(lines.len());
    // Where each line stands among those made: others may stand under it.
    let mut places: Vec<usize> = Vec::with_capacity(lines.len());
    let before = lines.len();
    for mut long in lines.drain(..) {
        if let Indent::Under(other) = long.indent {
            long.indent = Indent::Under(places.get(other).copied().unwrap_or(other));
        }
        places.push(made.len());
        let fits = long.starts == Starts::Row || long.loose || long.text.width() <= WIDTH;
        let cuts = if fits { Vec::new() } else { cuts(tokens, &long) };
        split(tokens, long, &cuts, &mut made);
    }
    *lines = made;
    lines.len() > before
}

/// Cuts a line before some of its tokens.
fn split(tokens: &[Token], mut long: Line, cuts: &[usize], made: &mut Vec<Line>) {
    let indent = match (long.starts, long.indent) {
        (Starts::Entry | Starts::Column, _) => Indent::Under(made.len()),
        (Starts::Nothing, indent) | (_, indent @ Indent::Under(_)) => indent,
        (_, Indent::At(column)) => Indent::At(column + STEP),
    };
    let (comment, block) = (long.comment, long.block);
    let mut rest: Vec<Line> = Vec::new();
    for &cut in cuts.iter().rev() {
        let part = long.tokens.split_off(cut);
        let last = long.tokens.last().and_then(|&last| tokens.get(last));
        let loose = last.is_some_and(|last| last.kind == Kind::OpenBlock);
        rest.push(Line { tokens: part, loose, ..line(indent, false, block) });
    }
    if let Some(last) = rest.first_mut() {
        last.comment = comment;
        long.comment = None;
    }
    made.push(long);
    made.extend(rest.into_iter().rev());
}

/// The tokens before which a line is best cut.
fn cuts(tokens: &[Token], line: &Line) -> Vec<usize> {
    let of_line: Vec<&Token> = line.tokens.iter().filter_map(|&at| tokens.get(at)).collect();
    let begin = line.text.width() - line.text.trim_start_matches(' ').width();
    let further = match (line.starts, line.indent) {
        (Starts::Entry | Starts::Column, _) => line.words,
        (Starts::Nothing, _) => begin,
        _ => begin + STEP,
    };
    // What aligns the columns of a line stands before the places where it may be cut.
    let mut start = line.text.width() - width(&of_line);
    let mut from = 0;
    let mut cuts = Vec::new();
    while let Some(cut) = cut(tokens, line, of_line.get(from..).unwrap_or(&[]), (from, start)) {
        cuts.push(cut);
        if cut.checked_sub(1).and_then(|at| of_line.get(at)).is_some_and(|token| token.kind == Kind::OpenBlock) {
            break;
        }
        (from, start) = (cut, further);
    }
    cuts
}

/// The width of tokens that aren't aligned.
fn width(of_line: &[&Token]) -> usize {
    let blanks = of_line.windows(2).map(|pair| match pair {
        [before, after] => space::between(before, after),
        _ => 0,
    });
    blanks.sum::<usize>() + of_line.iter().map(|token| token.text.width()).sum::<usize>()
}

/// Where the rest of a line is best cut, if it is too long: at the last of the best places before which it fits. `at` is
/// the number of the rest's first token, and the column at which it begins.
fn cut(tokens: &[Token], line: &Line, rest: &[&Token], at: (usize, usize)) -> Option<usize> {
    let (first, mut width) = at;
    let mut depth = 0usize;
    let mut best: Option<(usize, (usize, usize))> = None;
    for (number, token) in rest.iter().enumerate() {
        let before = number.checked_sub(1).and_then(|at| rest.get(at));
        if token.kind == Kind::Close || token.kind == Kind::CloseParen {
            depth = depth.saturating_sub(1);
        }
        // A block on one line that is too long is opened.
        if before.is_some_and(|before| before.kind == Kind::OpenBlock) && token.kind != Kind::Close {
            return Some(first + number);
        }
        let rank = before.and_then(|before| rank(before, token, line.starts)).map(|rank| (depth, rank));
        if let Some(rank) = rank.filter(|_| !hazard(tokens, line, first + number, depth))
            && best.is_none_or(|(_, known)| width <= WIDTH && rank <= known)
        {
            best = Some((first + number, rank));
        }
        width += before.map_or(0, |before| space::between(before, token)) + token.text.width();
        if width > WIDTH && best.is_some() {
            return best.map(|(cut, _)| cut);
        }
        if is_open(token.kind) || matches!(token.kind, Kind::OpenCall | Kind::OpenParen) {
            depth += 1;
        }
    }
    None
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
