//! The scores: numbered rules, each in words beside its source.

use std::sync::Arc;

use super::page::{Block, Line, Piece, Rule};
use super::{Subject, doc_paragraph, heading, steps};
use crate::syntax::ast::{Score, Step, StepKind};
use crate::types::tree;

/// The part on scores.
pub(super) fn blocks(subject: Subject<'_>) -> Vec<Block> {
    let scores: Vec<_> = subject.scheme.scores.iter().zip(&subject.typed.scores).collect();
    if scores.is_empty() {
        return Vec::new();
    }
    let lead = "A score gives values to the rows of a table. Its rules are applied one after another, and each works on \
                what the one before has left.";
    let mut blocks = vec![heading(2, "scores", Line::of("Rules of scoring")), Block::Paragraph(Line::of(lead))];
    for ((docs, tree), typed) in scores {
        blocks.extend(score(subject, docs, tree, typed));
    }
    blocks
}

/// A score as a heading and its rules.
pub(super) fn score(subject: Subject<'_>, docs: &[Arc<str>], tree: &Score, typed: &tree::Score) -> Vec<Block> {
    let name = tree.name.node.to_string();
    let line = Line::of("Score ").name(name.clone()).text(", from the table ").name(tree.input.node.to_string());
    let mut blocks = vec![heading(3, format!("score-{name}"), line)];
    blocks.extend(doc_paragraph(docs));
    let rules = tree.steps.iter().enumerate().map(|(at, step)| rule(subject, step, at, typed));
    blocks.push(Block::Rules(rules.collect()));
    blocks
}

/// A step as a rule.
pub(super) fn rule(subject: Subject<'_>, step: &Step, at: usize, score: &tree::Score) -> Rule {
    let mut blocks = steps::blocks(subject, step, at, score);
    let label = match &step.kind {
        StepKind::Check(_) => "Check. ".to_owned(),
        StepKind::Let(_) => "Definition. ".to_owned(),
        _ => format!("{}. ", said(&step.label.node)),
    };
    if let Some(Block::Paragraph(line)) = blocks.first_mut() {
        let mut pieces = vec![Piece::Strong(label.trim_end().to_owned()), Piece::Text(" ".to_owned())];
        pieces.append(&mut line.pieces);
        line.pieces = pieces;
    }
    // The text of a check is its sentence; its doc comment says more.
    blocks.extend(doc_paragraph(&step.doc));
    if let Some(cite) = &step.cite {
        blocks.push(Block::Paragraph(Line::of(format!("Source: {}", cite.node))));
    }
    blocks.extend(subject.change(step.span).map(Block::Paragraph));
    let source = subject.source(step.span);
    let source = if matches!(step.kind, StepKind::Let(_)) { format!("let {source}") } else { source };
    Rule { blocks, source }
}

/// A label as words, with a capital at its beginning.
fn said(label: &str) -> String {
    let words = label.replace('_', " ");
    let mut rest = words.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}
