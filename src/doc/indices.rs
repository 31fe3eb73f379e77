//! The indices: each as a sentence and as a formula.

use std::sync::Arc;

use super::page::{Block, Line, Rule};
use super::{Subject, doc_paragraph, heading, sentence, words};
use crate::resolve::Index;
use crate::syntax::ast::{Dim, Expr, ExprKind};
use crate::types::tree;
use crate::value::words::Function;

/// The part on indices.
pub(super) fn blocks(subject: Subject<'_>) -> Vec<Block> {
    let (trees, typed) = (&subject.scheme.indices, &subject.typed.indices);
    if trees.is_empty() {
        return Vec::new();
    }
    let rules = trees.iter().zip(typed).map(|(tree, typed)| rule(subject, tree, typed)).collect();
    vec![heading(2, "indices", Line::of("Indices")), Block::Rules(rules)]
}

/// An index as a rule.
pub(super) fn rule(subject: Subject<'_>, index: &Index, typed: &tree::Index) -> Rule {
    let lead = Line::new().strong(typed.name.to_string());
    let lead = if typed.title.is_empty() { lead } else { lead.text(format!(": {}", typed.title)) };
    let lead = if typed.hidden { lead.text(" (a step on the way: not shown)") } else { lead };
    let mut blocks = vec![Block::Paragraph(lead.text("."))];
    blocks.extend(said(subject, index, typed));
    blocks.extend(doc_paragraph(&index.tree.doc));
    let shared = index.shared.as_ref().and_then(|dims| dims.first());
    blocks.extend(shared.and_then(|dim| doc_paragraph(subject.scheme.doc_around(dim.span))));
    blocks.extend(subject.change(index.tree.span).map(Block::Paragraph));
    Rule { blocks, source: formula(subject, index) }
}

/// What the index is, in words.
fn said(subject: Subject<'_>, index: &Index, typed: &tree::Index) -> Vec<Block> {
    let speaker = subject.cells();
    let shared = index.shared.as_deref();
    if let Some((aggregate, places)) = aggregation(&index.tree.body) {
        let line = speaker.aggregate(aggregate, shared);
        let line = match places {
            Some(places) => line.text(", ").line(words::rounded(places)),
            None => line,
        };
        let line = sentence(line);
        return vec![Block::Paragraph(match over_nothing(aggregate.function.node, typed, index) {
            Some(text) => line.text(format!(" {text}")),
            None => line,
        })];
    }
    let lead = if typed.dims.is_empty() {
        Line::new()
    } else {
        Line::of("for each ").line(words::dims(&typed.dims)).text(": ")
    };
    match &index.tree.body.kind {
        ExprKind::Case(arms) => vec![
            Block::Paragraph(lead.text("the first of these that applies:").capital()),
            Block::List(speaker.arms(arms)),
        ],
        _ => vec![Block::Paragraph(sentence(lead.line(speaker.whole(&index.tree.body))))],
    }
}

/// An aggregation that is the whole index, and the places to which it is rounded.
pub(super) fn aggregation(body: &Expr) -> Option<(&crate::syntax::ast::Aggregate, Option<u32>)> {
    match &body.kind {
        ExprKind::Aggregate(aggregate) => Some((aggregate, None)),
        ExprKind::Round(inner, places) => match &inner.kind {
            ExprKind::Aggregate(aggregate) => Some((aggregate, Some(places.node))),
            _ => None,
        },
        _ => None,
    }
}

/// What a cell has that nothing falls into; without dimensions whose values are named there is no such cell.
fn over_nothing(function: Function, typed: &tree::Index, index: &Index) -> Option<&'static str> {
    let (aggregate, _) = aggregation(&index.tree.body)?;
    let dims: &[Dim] = aggregate.dims.as_deref().or(index.shared.as_deref()).unwrap_or(&[]);
    let named = dims.iter().any(|dim| dim.domain.is_some());
    Some(match function {
        Function::Only if named => {
            "Where there is none, it is missing; where there are two, that is an error of the data."
        }
        Function::Only => "Where there are two, that is an error of the data.",
        _ if !named || typed.dims.is_empty() => return None,
        Function::Sum | Function::Count => "Where there is nothing, it is 0.",
        _ => "Where there is nothing, it is missing.",
    })
}

/// The formula as the scheme writes it, in one line, with the dimensions of its block.
fn formula(subject: Subject<'_>, index: &Index) -> String {
    let flat = |text: &str| {
        let lines: Vec<&str> = text.lines().map(|line| line.get(..super::code_end(line)).unwrap_or(line)).collect();
        lines.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
    };
    // A formula may begin with a parenthesis, which isn't part of its place: the text behind the sign is.
    let text = subject.sources.slice(index.tree.span);
    let head = index.tree.title.as_ref().map_or(index.tree.name.span, |title| title.span);
    let behind = (head.end.saturating_sub(index.tree.span.start)) as usize;
    let body = flat(text.get(behind..).unwrap_or("").trim_start().trim_start_matches('='));
    let dims = |dims: &Arc<[Dim]>| {
        let texts: Vec<String> = dims.iter().map(|dim| flat(&subject.source(dim.span))).collect();
        texts.join(", ")
    };
    let own = aggregation(&index.tree.body).map(|(aggregate, _)| aggregate.dims.is_some());
    match (&index.shared, own) {
        (Some(shared), Some(false)) => format!("{} = {body} by {}", index.tree.name.node, dims(shared)),
        _ => format!("{} = {body}", index.tree.name.node),
    }
}
