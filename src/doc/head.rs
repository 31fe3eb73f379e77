//! The head of the page: title, authors, citations, and what is computed.

use super::indices::aggregation;
use super::page::{Block, Line, enumerate};
use super::{Subject, doc_paragraph, heading, words};
use crate::resolve::Index;
use crate::resolve::overlay::{Head, Layer};
use crate::types::tree;

/// The title, or what stands for it if there is none.
pub(super) fn title(subject: Subject<'_>) -> String {
    subject.chain.title()
}

/// The first part of the page.
pub(super) fn blocks(subject: Subject<'_>) -> Vec<Block> {
    let scheme = subject.scheme;
    let mut line = Line::new();
    if !scheme.authors.is_empty() {
        let authors = scheme.authors.iter().map(|author| Line::of(author.node.to_string())).collect();
        line = line.text("By ").line(enumerate(authors, "and")).text(". ");
    }
    if let Some(version) = &scheme.version {
        line = line.text(format!("Version {}. ", version.node));
    }
    if let Some(name) = &scheme.name {
        line = line.text("As a program, this methodology is called ").code(name.node.to_string()).text(".");
    }
    let mut blocks = vec![Block::Paragraph(line)];
    if let Some(name) = &scheme.name {
        blocks.extend(doc_paragraph(scheme.doc_around(name.span)));
    }
    if !scheme.cites.is_empty() {
        blocks.push(heading(2, "sources", Line::of("Sources")));
        blocks.push(Block::List(scheme.cites.iter().map(|cite| Line::of(cite.node.to_string())).collect()));
    }
    blocks.extend(extended(subject));
    blocks
}

/// The schemes that this one extends, the nearest first.
fn extended(subject: Subject<'_>) -> Vec<Block> {
    let mut layers = subject.chain.layers().iter().rev().skip(1).peekable();
    if layers.peek().is_none() {
        return Vec::new();
    }
    let line = |layer: &Layer| {
        let line = Line::new().strong(head_title(&layer.head));
        let file = subject.sources.get(layer.file).map(|file| file.name.to_string()).unwrap_or_default();
        let line = line.text(" (").code(file).text(")");
        let version = layer.head.version.iter().map(|version| format!("version {}", version.node));
        let authors = layer.head.authors.iter().map(|author| author.node.to_string());
        let cites = layer.head.cites.iter().map(|cite| cite.node.to_string());
        version.chain(authors).chain(cites).fold(line, |line, text| line.text(format!("; {text}")))
    };
    let lead = "This methodology changes another one; what it doesn't change is as it stands there.";
    vec![
        heading(2, "extends", Line::of("What it extends")),
        Block::Paragraph(Line::of(lead)),
        Block::List(layers.map(line).collect()),
    ]
}

/// The title of a scheme, or its name if there is none.
pub(super) fn head_title(head: &Head) -> String {
    head.title.as_ref().or(head.name.as_ref()).map(|title| title.node.to_string()).unwrap_or_default()
}

/// The table of the indices that a run shows.
pub(super) fn computed(subject: Subject<'_>) -> Vec<Block> {
    let mut rows = Vec::new();
    for (index, typed) in subject.scheme.indices.iter().zip(&subject.typed.indices).filter(|(_, typed)| !typed.hidden) {
        rows.push(vec![
            Line::new().name(typed.name.to_string()),
            Line::of(typed.title.to_string()),
            by(subject, index, typed),
            formula(subject, index, typed),
        ]);
    }
    if rows.is_empty() {
        return Vec::new();
    }
    let heads = ["Index", "Title", "One value for each", "Formula"].map(str::to_owned).to_vec();
    vec![heading(2, "computed", Line::of("What is computed")), Block::Table { heads, rows }]
}

/// What an index is, without what its values are for.
fn formula(subject: Subject<'_>, index: &Index, typed: &tree::Index) -> Line {
    let words = subject.cells();
    let Some((aggregate, places)) = aggregation(&index.tree.body) else { return words.whole(&index.tree.body) };
    let line = words.aggregate_alone(aggregate, &typed.dims);
    match places {
        Some(places) => line.text(", ").line(words::rounded(places)),
        None => line,
    }
}

/// For what an index has a value each.
fn by(subject: Subject<'_>, index: &Index, typed: &tree::Index) -> Line {
    let own = aggregation(&index.tree.body).and_then(|(aggregate, _)| aggregate.dims.as_deref());
    let stated = own.or_else(|| aggregation(&index.tree.body).and(index.shared.as_deref()));
    match stated {
        _ if typed.dims.is_empty() => Line::of("(a single value)"),
        Some(dims) => subject.rows().dims(dims),
        None => words::dims(&typed.dims),
    }
}
