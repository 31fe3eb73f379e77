//! What a scheme changes in the one that it extends: each change by its name, before and after.

mod edits;

use super::head::head_title;
use super::page::{Block, Line, Rule};
use super::{Subject, doc_paragraph, heading};
use crate::diag::Problems;
use crate::resolve::overlay::{Applied, Chain, Change, labels};
use crate::resolve::{Scheme, resolve};
use crate::types::{check, tree};

/// The scheme at some point while changes are applied.
pub(super) struct State {
    scheme: Scheme,
    typed: Option<tree::Scheme>,
}

impl State {
    /// The scheme with the first changes applied, so many.
    fn after(chain: &Chain, count: usize) -> Self {
        let marks: Vec<bool> = (0..chain.changes().len()).map(|at| at < count).collect();
        let mut problems = Problems::new();
        let scheme = resolve(chain.merge(Applied::Some(&marks), &mut problems), &mut problems);
        // Half of the changes may make no sense without the others.
        let typed = check(&scheme, &[], &mut problems).map(|checked| checked.scheme);
        Self { scheme, typed }
    }

    /// The subject at this point; what can't be typed alone takes the types of the whole.
    fn of<'a>(&'a self, subject: Subject<'a>) -> Subject<'a> {
        let typed = self.typed.as_ref().unwrap_or(subject.typed);
        Subject { scheme: &self.scheme, typed, marks: false, ..subject }
    }
}

/// The part on changes; nothing for a scheme that extends no other.
pub(super) fn blocks(subject: Subject<'_>) -> Vec<Block> {
    let chain = subject.chain;
    let Some(base) = chain.layers().first().filter(|_| chain.layers().len() > 1) else { return Vec::new() };
    let title = format!("What differs from “{}”", head_title(&base.head));
    let mut blocks = vec![heading(2, "changes", Line::of(title))];
    let names = labels(chain);
    let mut before = State::after(chain, 0);
    for (at, (change, name)) in chain.changes().iter().zip(&names).enumerate() {
        let after = State::after(chain, at + 1);
        blocks.push(heading(3, format!("change-{}", at + 1), of_change(change, name)));
        blocks.extend(file_of(subject, change));
        blocks.extend(doc_paragraph(&change.doc));
        for edit in &change.edits {
            blocks.extend(shown(edits::told(edit, before.of(subject), after.of(subject))));
        }
        before = after;
    }
    blocks
}

/// The name of a change; one that is named by its target has none of its own.
fn of_change(change: &Change, name: &str) -> Line {
    if change.name_span == change.span { Line::new().code(name) } else { Line::of(name).capital() }
}

/// Where a change stands, if several files have changes.
fn file_of(subject: Subject<'_>, change: &Change) -> Option<Block> {
    let several = subject.chain.layers().len() > 2;
    let file = subject.sources.get(change.span.file).filter(|_| several)?;
    Some(Block::Paragraph(Line::of("In ").code(file.name.to_string()).text(":")))
}

/// What an edit is, and what was and is there.
pub(super) struct Told {
    /// The edit in words.
    line: Line,
    /// Its text.
    source: String,
    /// What was there.
    before: Vec<Block>,
    /// What is there now.
    after: Vec<Block>,
}

/// Single rules out of their places have no numbers.
fn without_numbers(block: Block) -> Vec<Block> {
    match block {
        Block::Rules(rules) => rules.into_iter().map(Block::Beside).collect(),
        block => vec![block],
    }
}

fn shown(told: Told) -> Vec<Block> {
    let mut blocks = vec![Block::Beside(Rule { blocks: vec![Block::Paragraph(told.line)], source: told.source })];
    for (word, part) in [("Before:", told.before), ("After:", told.after)] {
        if !part.is_empty() {
            blocks.push(Block::Paragraph(Line::new().strong(word)));
            blocks.extend(part.into_iter().flat_map(without_numbers));
        }
    }
    blocks
}
