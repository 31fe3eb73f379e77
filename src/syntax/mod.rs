//! Text into the untyped tree.
//!
//! Input: the text of a file. Output: an [`ast::File`], every node with its place. The text is cut into items first, so
//! that each item's syntax error is shown and the others are still read. Nothing of the parser's library leaves here.

mod advice;
pub mod ast;
mod build;
mod build_aggregate;
mod build_expr;
mod build_input;
mod build_over;
mod build_overlay;
mod build_score;
mod build_test;
mod build_vary;
mod cursor;
mod edits;
mod expected;
mod foreign;
mod items;
mod operations;
pub mod outline;
mod scan;
mod slips;
mod structure;

use pest::Parser;

use crate::diag::{Code, Diagnostic, Problems};
use crate::source::{FileId, Span};
use ast::{Expr, File};
use build::Builder;
use cursor::Cursor;

/// The largest text of a scheme, in bytes.
pub const MAX_SOURCE: usize = 1 << 20;
/// How deep braces and parentheses may stand in one another.
pub const MAX_NESTING: usize = 128;
/// How deep an expression may be, a chain of operators counting as deep as it is long.
pub const MAX_DEPTH: usize = 256;
/// How many items a file may have.
pub const MAX_ITEMS: usize = 10_000;

/// The parser that pest makes of the grammar.
mod grammar {
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/rules.pest"]
    pub struct Grammar;
}
use grammar::{Grammar, Rule};

/// The stack on which the parser runs, in bytes: [`MAX_NESTING`] in a build without optimisation takes a tenth of it.
const STACK: usize = 64 << 20;

/// Reads a file. Always returns a tree, of what could be read.
pub fn parse_file(file: FileId, text: &str, problems: &mut Problems) -> File {
    with_stack(|| parse_items(file, text, problems))
}

/// Runs on a stack of its own, so that how deep a text may nest doesn't depend on the caller's stack.
fn with_stack<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    let mut run = Some(run);
    let done = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        let taken = &mut run;
        let spawned = thread.spawn_scoped(scope, move || taken.take().map(|run| run()));
        spawned.ok().and_then(|handle| match handle.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    });
    match (done, run) {
        (Some(done), _) => done,
        // No thread could be had: the caller's stack must do.
        (None, Some(run)) => run(),
        (None, None) => unreachable!("a thread that took the work either finished it or panicked"),
    }
}

fn parse_items(file: FileId, text: &str, problems: &mut Problems) -> File {
    let mut tree = File::default();
    if text.len() > MAX_SOURCE {
        let found = Diagnostic::error(
            Code::TooLarge,
            Span::new(file, 0, 0),
            format!("the scheme has {} bytes, more than {MAX_SOURCE}", text.len()),
        );
        problems.push(found.help("move tables of points into a file of data and look them up, or split the scheme"));
        return tree;
    }
    if !scan::check(file, text, problems) {
        return tree;
    }
    let ranges = items::split(text);
    if ranges.len() > MAX_ITEMS {
        let found = Diagnostic::error(
            Code::TooLarge,
            Span::new(file, 0, 0),
            format!("the scheme has {} items, more than {MAX_ITEMS}", ranges.len()),
        );
        problems.push(found.help("split the scheme"));
        return tree;
    }
    for range in ranges {
        let slice = text.get(range.clone()).unwrap_or("");
        match Grammar::parse(Rule::one_item, slice) {
            Ok(pairs) => {
                let before = problems.len();
                let mut builder = Builder::new(file, range.start, problems);
                match Cursor::new(pairs).only(Rule::one_item).and_then(|pair| builder.item(pair)) {
                    Some(item) => tree.items.push(item),
                    None if problems.len() == before => {
                        let span = Span::new(file, range.start, range.end);
                        problems.push(Diagnostic::error(Code::Syntax, span, "this can't be read"));
                    }
                    None => {}
                }
            }
            Err(error) => problems.push(expected::diagnostic(file, text, range, &error)),
        }
    }
    tree
}

/// Reads one expression: what `--where` and `--set` give.
pub fn parse_expr(file: FileId, text: &str, problems: &mut Problems) -> Option<Expr> {
    with_stack(|| parse_one_expr(file, text, problems))
}

fn parse_one_expr(file: FileId, text: &str, problems: &mut Problems) -> Option<Expr> {
    if text.len() > MAX_SOURCE || !scan::check(file, text, problems) {
        return None;
    }
    match Grammar::parse(Rule::one_expr, text) {
        Ok(pairs) => {
            let mut builder = Builder::new(file, 0, problems);
            let mut cursor = Cursor::new(Cursor::new(pairs).only(Rule::one_expr)?.into_inner());
            let pair = cursor.take(Rule::expr)?;
            builder.expr(pair)
        }
        Err(error) => {
            problems.push(expected::diagnostic(file, text, 0..text.len(), &error));
            None
        }
    }
}

#[cfg(test)]
mod tests;
