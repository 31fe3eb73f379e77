//! A methodology as a page that people read: what it computes, of what data, by which rules, and who says so.
//!
//! Input: a compiled scheme and its text. Output: a [`page::Page`], which has renderers for Markdown and HTML. Every rule
//! is said in words, and its text in the scheme stands beside it.

mod changes;
mod claims;
mod codebook;
mod every;
mod head;
mod indices;
mod notes;
pub mod page;
mod scales;
mod scores;
mod steps;
#[cfg(test)]
mod tests;
mod varies;
pub mod words;

use std::sync::Arc;

use crate::diag::Problems;
use crate::resolve::overlay::{Applied, Chain, labels};
use crate::resolve::{Scheme, resolve};
use crate::source::{Sources, Span};
use crate::types::tree;
use page::{Block, Line, Page};
use words::Words;

/// What a page is about.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The tree in the scheme's own words.
    pub scheme: &'a Scheme,
    /// The typed tree.
    pub typed: &'a tree::Scheme,
    /// The files of the scheme, and its changes.
    pub chain: &'a Chain,
    /// The texts.
    pub sources: &'a Sources,
    /// Whether what comes from a change says so.
    pub marks: bool,
}

/// The page of a scheme that was checked.
pub fn describe(chain: &Chain, typed: &tree::Scheme, sources: &Sources) -> Page {
    // What was wrong is known since the scheme was checked.
    let tree = chain.merge(Applied::All, &mut Problems::new());
    let scheme = resolve(tree, &mut Problems::new());
    page_of(Subject { scheme: &scheme, typed, chain, sources, marks: true })
}

fn page_of(subject: Subject<'_>) -> Page {
    let mut blocks = head::blocks(subject);
    blocks.extend(changes::blocks(subject));
    blocks.extend(head::computed(subject));
    blocks.extend(codebook::blocks(subject));
    blocks.extend(scales::scales(subject));
    blocks.extend(scales::params(subject));
    blocks.extend(scores::blocks(subject));
    blocks.extend(indices::blocks(subject));
    blocks.extend(varies::blocks(subject));
    blocks.extend(claims::blocks(subject));
    blocks.extend(notes::blocks(subject));
    Page { title: head::title(subject), blocks }
}

impl<'a> Subject<'a> {
    fn rows(self) -> Words<'a> {
        Words::of_rows(self.scheme, self.typed)
    }

    fn cells(self) -> Words<'a> {
        Words::of_cells(self.scheme, self.typed)
    }

    /// The change that a place belongs to, and its file.
    fn change(self, span: Span) -> Option<Line> {
        let at = self.chain.changes().iter().position(|change| self.marks && change.span.holds(span))?;
        let name = labels(self.chain).get(at)?.to_string();
        let file = self.sources.get(span.file).map(|file| file.name.to_string()).unwrap_or_default();
        Some(Line::new().strong("By the change").text(format!(" “{name}” (")).code(file).text(")."))
    }

    /// A line about what stands at a place; where that comes from a change, the line says so.
    fn marked(self, line: Line, span: Span) -> Line {
        match self.change(span) {
            Some(change) if line.is_empty() => change,
            Some(change) => sentence(line).text(" ").line(change),
            None => line,
        }
    }

    /// The text under a place, without the indentation that its lines share. A comment in its last line belongs to it;
    /// those in lines of their own behind it belong to what comes next.
    fn source(self, span: Span) -> String {
        let Some(file) = self.sources.get(span.file) else { return String::new() };
        let (all, mut at, mut end) = (file.slice(span), 0, 0);
        for line in all.split_inclusive('\n') {
            let code = line.get(..code_end(line)).unwrap_or(line);
            end = if code.trim().is_empty() { end } else { at + line.trim_end().len() };
            at += line.len();
        }
        let lines: Vec<&str> = all.get(..end).unwrap_or(all).lines().collect();
        // The rest of the last line, if it is a comment.
        let behind = file.text.get(span.start as usize + end..).and_then(|rest| rest.lines().next()).unwrap_or("");
        let comment = if behind.trim_start().starts_with('#') { behind.trim_end() } else { "" };
        let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
        let shared = lines.iter().skip(1).filter(|line| !line.trim().is_empty()).map(|line| indent(line)).min();
        // What goes on in the next line is shown as such, unless it closes what the first line opened.
        let closes = lines.last().is_some_and(|line| line.trim_start().starts_with('}'));
        let pad = if closes { "" } else { "  " };
        let mut text = String::new();
        for (at, line) in lines.iter().enumerate() {
            let line = if at == 0 { line } else { line.get(shared.unwrap_or(0)..).unwrap_or("") };
            text.push_str(if at == 0 { "" } else { "\n" });
            text.push_str(if at == 0 || line.is_empty() { "" } else { pad });
            text.push_str(line.trim_end());
        }
        text + comment
    }
}

fn heading(level: u8, id: impl Into<String>, line: Line) -> Block {
    Block::Heading { level, id: id.into(), line }
}

/// Doc comments as one paragraph, if there are any.
fn doc(lines: &[Arc<str>]) -> Option<Line> {
    let text = lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then(|| with_code(&text))
}

/// Words with names between backticks.
fn with_code(text: &str) -> Line {
    let parts: Vec<&str> = text.split('`').collect();
    let paired = parts.len() % 2 == 1 && parts.iter().skip(1).step_by(2).all(|name| !name.trim().is_empty());
    if !paired {
        return Line::of(text);
    }
    let add = |line: Line, (at, part): (usize, &&str)| if at % 2 == 1 { line.code(*part) } else { line.text(*part) };
    parts.iter().enumerate().fold(Line::new(), add)
}

fn doc_paragraph(lines: &[Arc<str>]) -> Option<Block> {
    doc(lines).map(Block::Paragraph)
}

/// A line with a full stop, unless it ends a sentence already.
fn sentence(line: Line) -> Line {
    let line = line.capital();
    match line.pieces.last() {
        Some(page::Piece::Text(text)) if text.ends_with(['.', ':', '!', '?', ';']) => line,
        _ => line.text("."),
    }
}

/// `1 row`, `2 rows`.
fn codes<'n>(names: impl Iterator<Item = &'n Arc<str>>) -> Line {
    page::enumerate(names.map(|name| Line::new().code(name.to_string())).collect(), "and")
}

/// Where the code of a line ends, its comment left out.
fn code_end(line: &str) -> usize {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in line.char_indices() {
        match c {
            '#' if !quoted => return at,
            '"' if !escaped => quoted = !quoted,
            _ => {}
        }
        escaped = quoted && c == '\\' && !escaped;
    }
    line.len()
}
