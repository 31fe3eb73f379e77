//! The head of the page: title, authors, citations, and what is computed.

use super::page::{Block, Line, enumerate};
use super::{Subject, doc_paragraph, heading, words};
use crate::syntax::ast::ExprKind;
use crate::types::tree;

/// The title, or the name if there is none.
pub(super) fn title(subject: Subject<'_>) -> String {
    let scheme = subject.scheme;
    match (&scheme.title, &scheme.name) {
        (Some(title), _) => title.node.to_string(),
        (None, Some(name)) => name.node.to_string(),
        (None, None) => String::new(),
    }
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
    blocks.extend(computed(subject));
    blocks
}

/// The table of the indices that a run shows.
fn computed(subject: Subject<'_>) -> Vec<Block> {
    let mut rows = Vec::new();
    for (index, typed) in subject.scheme.indices.iter().zip(&subject.typed.indices).filter(|(_, typed)| !typed.hidden) {
        rows.push(vec![
            Line::new().name(typed.name.to_string()),
            Line::of(typed.title.to_string()),
            by(typed),
            match &index.tree.body.kind {
                ExprKind::Aggregate(aggregate) => {
                    let bare = crate::syntax::ast::Aggregate { dims: None, ..(**aggregate).clone() };
                    subject.cells().aggregate(&bare, None)
                }
                _ => subject.cells().whole(&index.tree.body),
            },
        ]);
    }
    if rows.is_empty() {
        return Vec::new();
    }
    let heads = ["Index", "Title", "One value for each", "Formula"].map(str::to_owned).to_vec();
    vec![heading(2, "computed", Line::of("What is computed")), Block::Table { heads, rows }]
}

/// For what an index has a value each.
fn by(index: &tree::Index) -> Line {
    if index.dims.is_empty() { Line::of("(a single value)") } else { words::dims(&index.dims) }
}
