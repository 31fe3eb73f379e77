//! Lays lines out: what belongs below one another stands below one another.

use std::collections::BTreeMap;

use unicode_width::UnicodeWidthStr;

use crate::syntax::outline::{Starts, Token};

use super::WIDTH;
use super::lines::{Indent, Line, is_open};
use super::space;

/// The blanks between two columns.
const GAP: usize = 2;

/// A part of a line that has its own column, and the blanks behind it at least.
struct Part {
    text: String,
    gap: usize,
}

/// Writes the text of each line.
pub(super) fn align(tokens: &[Token], lines: &mut [Line]) {
    let runs = runs(lines);
    let mut wide: BTreeMap<usize, bool> = BTreeMap::new();
    for (line, run) in lines.iter().zip(&runs) {
        let spread = head(tokens, line).any(|token| token.tied && token.wide);
        *wide.entry(*run).or_default() |= spread;
    }
    let parts: Vec<Vec<Part>> = lines
        .iter()
        .zip(&runs)
        .map(|(line, run)| parts(tokens, line, wide.get(run).copied().unwrap_or(false)))
        .collect();
    let mut widths: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for (parts, run) in parts.iter().zip(&runs) {
        let count = parts.len().saturating_sub(1);
        for (column, part) in parts.iter().take(count).enumerate() {
            let known = widths.entry((*run, column)).or_default();
            *known = (*known).max(part.text.width());
        }
    }
    let mut words: Vec<usize> = Vec::with_capacity(lines.len());
    for ((line, parts), run) in lines.iter_mut().zip(&parts).zip(&runs) {
        let indent = match line.indent {
            Indent::At(column) => column,
            Indent::Under(other) => words.get(other).copied().unwrap_or(0),
        };
        let mut text = " ".repeat(indent);
        for (column, part) in parts.iter().enumerate() {
            text.push_str(&part.text);
            if column + 1 < parts.len() {
                let width = widths.get(&(*run, column)).copied().unwrap_or(0);
                text.push_str(&" ".repeat(width.saturating_sub(part.text.width()) + part.gap));
            }
        }
        let first = widths.get(&(*run, 0)).copied().unwrap_or(0);
        line.words = if parts.len() > 1 { indent + first + GAP } else { indent + GAP };
        words.push(line.words);
        line.text = text;
    }
}

/// The tokens of the first member of a line, up to its first brace.
fn head<'a>(tokens: &'a [Token], line: &'a Line) -> impl Iterator<Item = &'a Token> {
    let known = line.tokens.iter().filter_map(|&at| tokens.get(at)).enumerate();
    known
        .take_while(|(at, token)| !is_open(token.kind) && (*at == 0 || matches!(token.starts, Starts::Nothing)))
        .map(|(_, token)| token)
}

/// The parts of a line.
fn parts(tokens: &[Token], line: &Line, wide: bool) -> Vec<Part> {
    let tabular = line.starts != Starts::Nothing && line.starts != Starts::Other;
    let count = if tabular { head(tokens, line).count() } else { 0 };
    let mut parts = vec![Part { text: String::new(), gap: GAP }];
    let mut before: Option<&Token> = None;
    for (at, token) in line.tokens.iter().filter_map(|&at| tokens.get(at)).enumerate() {
        let cut = at > 0 && at < count && (token.cell || (wide && token.tied));
        if let Some(part) = parts.last_mut().filter(|_| cut) {
            part.gap = if token.tied { 1 } else { GAP };
            parts.push(Part { text: String::new(), gap: GAP });
        } else if let (Some(before), Some(part)) = (before, parts.last_mut()) {
            part.text.push_str(&" ".repeat(space::between(before, token)));
        }
        if let Some(part) = parts.last_mut() {
            part.text.push_str(&token.text);
        }
        before = Some(token);
    }
    parts
}

/// For each line the number of the table to which it belongs. A blank line ends a table, but for one of rows; what is
/// aligned behind its names ends with any other member, too.
fn runs(lines: &[Line]) -> Vec<usize> {
    let mut count = 0;
    let mut known: BTreeMap<(usize, u8), usize> = BTreeMap::new();
    let mut last: BTreeMap<usize, Starts> = BTreeMap::new();
    let mut runs = Vec::with_capacity(lines.len());
    for line in lines {
        let key = (line.block, line.starts as u8);
        if line.blank {
            known.retain(|(block, starts), _| *block != line.block || *starts == Starts::Row as u8);
        }
        if line.starts != Starts::Nothing && last.insert(line.block, line.starts) != Some(line.starts) {
            for loose in [Starts::Let, Starts::Param, Starts::Index, Starts::Hidden] {
                known.remove(&(line.block, loose as u8));
            }
        }
        count += 1;
        runs.push(if line.starts == Starts::Nothing { count } else { *known.entry(key).or_insert(count) });
    }
    runs
}

/// Puts comments behind their lines: those of neighbouring lines of a block below one another, where they fit.
pub(super) fn comments(tokens: &[Token], lines: &mut [Line]) {
    let mut start = 0;
    while start < lines.len() {
        let rest = lines.get(start..).unwrap_or(&[]);
        // What goes on in further lines is apart from what begins.
        let run = |line: &Line| (line.block, line.starts == Starts::Nothing && !line.tokens.is_empty());
        let first = rest.first().map(run);
        let more = rest.iter().skip(1).take_while(|line| Some(run(line)) == first && !line.blank).count();
        let end = start + 1 + more;
        place(tokens, lines.get_mut(start..end).unwrap_or(&mut []));
        start = end;
    }
}

fn place(tokens: &[Token], lines: &mut [Line]) {
    let text =
        |line: &Line| line.comment.and_then(|at| tokens.get(at)).map_or("", |token| token.text.as_str()).to_owned();
    let trailing = |line: &&Line| line.comment.is_some() && !line.tokens.is_empty();
    let column = lines.iter().filter(trailing).map(|line| line.text.width() + GAP).max().unwrap_or(0);
    let fits = lines.iter().filter(trailing).all(|line| column + text(line).width() <= WIDTH);
    for line in lines.iter_mut() {
        let comment = text(line);
        if line.comment.is_some() && !line.tokens.is_empty() {
            let width = line.text.width();
            let gap = if fits { column.saturating_sub(width) } else { GAP };
            line.text.push_str(&" ".repeat(gap));
        }
        line.text.push_str(&comment);
    }
}
