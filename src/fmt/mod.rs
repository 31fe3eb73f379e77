//! Lays a scheme out anew: the same words and comments, in the one form that schemes have.
//!
//! Input: a text that can be parsed. Output: the text in that form. It is made of the tokens of the text, so that
//! nothing can be lost, and held against the text before anybody gets it: what it says must be the same.

mod align;
mod blocks;
mod lines;
mod space;
mod wrap;

use crate::syntax::outline::{Outline, outline};

/// The width that a line should have at most.
pub const WIDTH: usize = 120;

/// How often a text is laid out until nothing changes any more: what one pass breaks, the next indents.
const PASSES: usize = 16;

/// Why a text can't be laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// It can't be parsed.
    Unreadable,
    /// What came says something else, or would be laid out in yet another way: an error of the formatter.
    Wrong,
}

/// The text in the form that schemes have. A byte order mark stays, and so do line breaks of two characters.
pub fn format(text: &str) -> Result<String, Failure> {
    let (mark, body) = match text.strip_prefix('\u{feff}') {
        Some(body) => ("\u{feff}", body),
        None => ("", text),
    };
    let first = outline(body).ok_or(Failure::Unreadable)?;
    let made = settle(&first)?;
    let two = body.find('\n').is_some_and(|at| body.get(..at).is_some_and(|line| line.ends_with('\r')));
    let made = if two { made.replace('\n', "\r\n") } else { made };
    Ok([mark, &made].concat())
}

/// Lays out until nothing changes.
fn settle(first: &Outline) -> Result<String, Failure> {
    let mut made = pass(first);
    for _ in 0..PASSES {
        let again = outline(&made).filter(|again| first.says_the_same(again)).ok_or(Failure::Wrong)?;
        let next = pass(&again);
        if next == made {
            return Ok(made);
        }
        made = next;
    }
    Err(Failure::Wrong)
}

/// Lays out once.
fn pass(outline: &Outline) -> String {
    let tokens = &outline.tokens;
    let mut lines = lines::lines(tokens);
    loop {
        align::align(tokens, &mut lines);
        if !wrap::wrap(tokens, &mut lines) {
            break;
        }
    }
    align::comments(tokens, &mut lines);
    let mut text = String::new();
    for line in &lines {
        if line.blank {
            text.push('\n');
        }
        text.push_str(line.text.trim_end_matches(' '));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests;
