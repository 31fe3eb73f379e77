//! What is checked, tested and expected.

use std::sync::Arc;

use super::page::{Block, Line, enumerate};
use super::words::Words;
use super::{Subject, doc_paragraph, heading, sentence};
use crate::diag::Severity;
use crate::source::Spanned;
use crate::syntax::ast::{Check, Expect, ExpectCell, ExpectKind, Expr, Given, Test};

/// The parts on checks, tests and published values.
pub(super) fn blocks(subject: Subject<'_>) -> Vec<Block> {
    let scheme = subject.scheme;
    let mut blocks = Vec::new();
    if !scheme.checks.is_empty() {
        blocks.push(heading(2, "checks", Line::of("Checks of the results")));
        blocks.push(Block::List(scheme.checks.iter().map(|tree| listed(subject.cells(), tree)).collect()));
    }
    if !scheme.tests.is_empty() {
        blocks.push(heading(2, "tests", Line::of("Examples that are tested")));
        let lead =
            "Each example gives a few rows and what must come out of them; tables that it doesn't name have none.";
        blocks.push(Block::Paragraph(Line::of(lead)));
        for (at, tree) in scheme.tests.iter().enumerate() {
            blocks.extend(test(subject, at + 1, tree));
        }
    }
    if !scheme.expects.is_empty() {
        blocks.push(heading(2, "published", Line::of("Values that must come out")));
        let lead = "Applied to the data that comes with it, the methodology must give these values.";
        blocks.push(Block::Paragraph(Line::of(lead)));
        blocks.push(Block::List(scheme.expects.iter().map(|tree| expect(subject, tree)).collect()));
    }
    blocks
}

/// A check in words.
pub(super) fn check(words: Words<'_>, tree: &Check) -> Line {
    let line = Line::of(format!("“{}”: it must hold that ", tree.message.node)).line(words.condition(&tree.holds));
    let line = match &tree.when {
        Some(when) => line.text(", wherever ").line(words.condition(when)),
        None => line,
    };
    line.text(match tree.severity {
        Severity::Warning => ". If not, there is a warning.",
        _ => ". If not, no result is given.",
    })
}

/// A check in a list of other things.
pub(super) fn listed(words: Words<'_>, tree: &Check) -> Line {
    let line = Line::of("Check ").line(check(words, tree));
    match super::doc(&tree.doc) {
        Some(doc) => line.text(" ").line(doc),
        None => line,
    }
}

fn test(subject: Subject<'_>, number: usize, tree: &Test) -> Vec<Block> {
    let title = Line::of(tree.name.node.to_string()).capital();
    let mut blocks = vec![heading(3, format!("test-{number}"), title)];
    blocks.extend(doc_paragraph(subject.scheme.doc_around(tree.name.span)));
    if !tree.settings.is_empty() {
        let settings = tree.settings.iter().map(|(name, value)| {
            Line::of("the parameter ").name(name.node.to_string()).text(" = ").line(subject.rows().value(value))
        });
        blocks.push(Block::Paragraph(Line::of("With ").line(enumerate(settings.collect(), "and")).text(":")));
    }
    for given in &tree.given {
        blocks.extend(rows(given));
    }
    blocks.push(Block::List(tree.expects.iter().map(|tree| expect(subject, tree)).collect()));
    blocks
}

fn rows(given: &Given) -> Vec<Block> {
    let lead = Line::of("Given these rows of ").name(given.input.node.to_string()).text(":");
    let text = |cell: &Spanned<Option<Arc<str>>>| cell.node.as_ref().map_or("–".to_owned(), ToString::to_string);
    let mut lines = given.rows.iter();
    let heads: Vec<String> = lines.next().map(|head| head.iter().map(text).collect()).unwrap_or_default();
    let rows: Vec<Vec<Line>> = lines.map(|row| row.iter().map(|cell| Line::of(text(cell))).collect()).collect();
    if rows.is_empty() {
        return vec![Block::Paragraph(Line::of("Given no rows of ").name(given.input.node.to_string()).text("."))];
    }
    vec![Block::Paragraph(lead), Block::Table { heads, rows }]
}

/// What must come out.
fn expect(subject: Subject<'_>, tree: &Expect) -> Line {
    match &tree.kind {
        ExpectKind::Cells(index, cells) => {
            let lead = Line::new().name(index.node.to_string()).text(" is ");
            sentence(lead.line(together(subject, cells)))
        }
        ExpectKind::File { index, file, column, within } => {
            let name = column.as_ref().unwrap_or(index);
            let line = Line::new().name(index.node.to_string()).text(" equals the column ").code(name.node.to_string());
            let line = line.text(" of ").code(file.node.to_string()).text(" in every row");
            sentence(match within.as_ref().map(|within| subject.rows().value(within)) {
                Some(within) if within != Line::of("0") => line.text(", to within ").line(within),
                _ => line.text(", exactly"),
            })
        }
        ExpectKind::Error(code) => {
            sentence(Line::of("The data is refused, with the error ").code(code.node.to_string()))
        }
    }
}

/// Cells and their values; neighbours of one value share it.
fn together(subject: Subject<'_>, cells: &[ExpectCell]) -> Line {
    let value = |expr: &Option<Expr>| match expr {
        Some(expr) => subject.rows().value(expr),
        None => Line::of("missing"),
    };
    let mut groups: Vec<(Line, Vec<Line>)> = Vec::new();
    for cell in cells {
        let (of_cell, keys) = (value(&cell.value), super::words::list(cell.key.iter().map(value).collect()));
        let keys = if cell.key.len() > 1 { Line::of("(").line(keys).text(")") } else { keys };
        match groups.last_mut() {
            Some((shared, places)) if *shared == of_cell => places.push(keys),
            _ => groups.push((of_cell, vec![keys])),
        }
    }
    let group = |(value, places): (Line, Vec<Line>)| match places.iter().all(Line::is_empty) {
        true => value,
        false => value.text(" for ").line(enumerate(places, "and")),
    };
    let groups: Vec<Line> = groups.into_iter().map(group).collect();
    groups
        .into_iter()
        .enumerate()
        .fold(Line::new(), |all, (at, line)| all.text(if at > 0 { "; " } else { "" }).line(line))
}
