//! Scales and parameters as tables.

use std::sync::Arc;

use super::page::{Block, Line, enumerate};
use super::words::quoted;
use super::{Subject, doc, doc_paragraph, heading};
use crate::syntax::ast::{Entry, Param, Scale, ScaleKey};
use crate::types::tree;
use crate::value::Type;

/// The part on scales.
pub(super) fn scales(subject: Subject<'_>) -> Vec<Block> {
    let scales: Vec<_> = subject.scheme.scales.iter().zip(&subject.typed.scales).collect();
    if scales.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![heading(2, "scales", Line::of("Scales"))];
    for ((docs, tree), typed) in scales {
        blocks.extend(scale(subject, docs, tree, typed));
    }
    blocks
}

/// A scale as a heading and a table.
pub(super) fn scale(subject: Subject<'_>, docs: &[Arc<str>], tree: &Scale, typed: &tree::Scale) -> Vec<Block> {
    let name = typed.name.to_string();
    let mut blocks = vec![heading(3, format!("scale-{name}"), Line::of("Scale ").name(name))];
    blocks.extend(doc_paragraph(docs));
    let result = if matches!(typed.ty.base, Type::Number(_)) { "Points" } else { "Group" };
    let what = |entry: &Entry| subject.marked(doc(&entry.doc).unwrap_or_default(), entry.span);
    let remarks = tree.entries.iter().any(|entry| !what(entry).is_empty());
    let mut heads = vec![result.to_owned(), "For".to_owned()];
    heads.extend(remarks.then(|| "What it is".to_owned()));
    // What all others get comes last, wherever it stands.
    let (others, listed): (Vec<&Entry>, Vec<&Entry>) = tree.entries.iter().partition(|entry| entry.keys.is_empty());
    let rows = listed.into_iter().chain(others).map(|entry| {
        let mut row = line(subject, entry);
        row.extend(remarks.then(|| what(entry)));
        row
    });
    blocks.push(Block::Table { heads, rows: rows.collect() });
    blocks.extend(remark(typed));
    blocks
}

fn line(subject: Subject<'_>, entry: &Entry) -> Vec<Line> {
    let result = match &entry.result {
        Some(result) => subject.rows().value(result),
        None => Line::of("none (missing)"),
    };
    vec![result, keys(subject, entry)]
}

/// What a line of a scale is for: first what is listed, then what begins so.
fn keys(subject: Subject<'_>, entry: &Entry) -> Line {
    let (mut listed, mut beginnings) = (Vec::new(), Vec::new());
    for key in &entry.keys {
        match &key.node {
            ScaleKey::Word { text, pattern: true } => beginnings.push(Line::of(quoted(text))),
            key => listed.push(scale_key(subject, key)),
        }
    }
    if listed.is_empty() && beginnings.is_empty() {
        return Line::of("all others");
    }
    let between = if listed.is_empty() || beginnings.is_empty() { "" } else { "; " };
    let beginnings = match beginnings.len() {
        0 => Line::new(),
        _ => Line::of("what begins with ").line(enumerate(beginnings, "or")),
    };
    super::words::list(listed).text(between).line(beginnings)
}

/// What a line of a scale is for.
pub(super) fn scale_key(subject: Subject<'_>, key: &ScaleKey) -> Line {
    let value = |expr: &crate::syntax::ast::Expr| subject.rows().value(expr);
    match key {
        ScaleKey::Word { text, pattern: false } => Line::of(quoted(text)),
        ScaleKey::Word { text, pattern: true } => Line::of(format!("what begins with {}", quoted(text))),
        ScaleKey::Range { low, high, high_included } => match (low, high, high_included) {
            (Some(low), None, _) => value(low).text(" and more"),
            (None, Some(high), _) => Line::of("less than ").line(value(high)),
            (Some(low), Some(high), true) if low.span == high.span => value(low),
            (Some(low), Some(high), true) => value(low).text(" to ").line(value(high)).text(" (both included)"),
            (Some(low), Some(high), false) => value(low).text(" to less than ").line(value(high)),
            (None, None, _) => Line::of("any number"),
        },
    }
}

fn remark(scale: &tree::Scale) -> Option<Block> {
    let mut text = String::new();
    if !scale.patterns.is_empty() {
        text.push_str("A word that is listed counts before a beginning, and a longer beginning before a shorter one. ");
    }
    // Between two ranges there is no gap: without bounds at both ends all numbers have their line.
    let ends = scale.ranges.first().zip(scale.ranges.last());
    let all_numbers = ends.is_some_and(|(first, last)| first.low.is_none() && last.high.is_none());
    if matches!(scale.otherwise, tree::Otherwise::Error) && !all_numbers {
        let what = if scale.ranges.is_empty() { "A word that isn't listed" } else { "A number outside of these" };
        text.push_str(&format!("{what} is an error of the data. "));
    }
    (!text.is_empty()).then(|| Block::Paragraph(Line::of(text.trim_end())))
}

/// The part on parameters.
pub(super) fn params(subject: Subject<'_>) -> Vec<Block> {
    let params = &subject.scheme.params;
    if params.is_empty() {
        return Vec::new();
    }
    let described = |docs: &[Arc<str>], param: &Param| {
        let title = param.title.iter().map(|title| Line::of(title.node.to_string()));
        let parts: Vec<Line> = title.chain(doc(docs)).collect();
        parts
            .into_iter()
            .enumerate()
            .fold(Line::new(), |all, (at, part)| all.text(if at > 0 { "; " } else { "" }).line(part))
    };
    let rows = params.iter().map(|(docs, param)| {
        let value = subject.rows().param(&param.name.node);
        let domain = param.domain.as_ref().map(|domain| match &domain.kind {
            crate::syntax::ast::DomainKind::List(items) => {
                enumerate(items.iter().map(|item| subject.rows().value(item)).collect(), "or")
            }
            crate::syntax::ast::DomainKind::Range(..) => subject.rows().domain(domain),
        });
        let domain = domain.unwrap_or(Line::of("any"));
        let what = subject.marked(described(docs, param), param.value.span);
        vec![Line::new().name(param.name.node.to_string()), value, domain, what]
    });
    let heads = ["Parameter", "Value", "It can be", "What it is"].map(str::to_owned).to_vec();
    let lead = "Parameters are choices that a run may make otherwise, without a change to the rules.";
    vec![
        heading(2, "parameters", Line::of("Parameters")),
        Block::Paragraph(Line::of(lead)),
        Block::Table { heads, rows: rows.collect() },
    ]
}
