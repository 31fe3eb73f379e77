//! In what the schemes themselves differ, with the places in their files.

use super::super::session::Session;
use super::schemes::Loaded;
use crate::compare::Difference;
use crate::diag::Problems;
use crate::resolve::difference::{Difference as Found, differences as of_trees};
use crate::resolve::overlay::{self, Applied, Change};
use crate::source::{Sources, Span};

/// The differences between two schemes, rule by rule. More than two are left to their readers.
pub fn differences(session: &Session, loaded: &[Loaded]) -> Vec<Difference> {
    let [a, b] = loaded else { return Vec::new() };
    let (a, b) = (&a.compiled.chain, &b.compiled.chain);
    // Both were merged before without an error.
    let mut problems = Problems::new();
    let (one, other) = (a.merge(Applied::All, &mut problems), b.merge(Applied::All, &mut problems));
    // Changes that both schemes share make no difference between them.
    let shared = a.shared(b);
    let own = |changes: &'_ [Change]| -> Vec<Change> {
        changes.iter().filter(|change| change.layer >= shared).cloned().collect()
    };
    let (of_a, of_b) = (own(a.changes()), own(b.changes()));
    let sources = &session.sources;
    of_trees(&one, &other, sources).into_iter().map(|found| difference(found, &of_a, &of_b, sources)).collect()
}

/// What a change takes away stands in its file, too: where the change says so.
fn difference(found: Found, of_a: &[Change], of_b: &[Change], sources: &Sources) -> Difference {
    let by = |changes: &[Change], span: Option<Span>| -> Option<(String, Span)> {
        let holds = |change: &Change| {
            let whole = change.span;
            span.is_some_and(|span| whole.file == span.file && whole.start <= span.start && span.end <= whole.end)
        };
        let inside = changes.iter().find(|change| holds(change)).map(|change| (change, None));
        let named = || {
            let all = changes.iter().map(|change| (change, overlay::names(change, &found.target)));
            all.into_iter().find(|(_, place)| place.is_some())
        };
        let (change, place) = inside.or_else(named)?;
        Some((change.name.to_string(), place.or(span).unwrap_or(change.span)))
    };
    let (in_a, in_b) = (by(of_a, found.a), by(of_b, found.b));
    let at = |span: Option<Span>, change: &Option<(String, Span)>| {
        span.or(change.as_ref().map(|(_, span)| *span)).map(|span| place(sources, span))
    };
    Difference {
        a: at(found.a, &in_a),
        b: at(found.b, &in_b),
        change: in_b.or(in_a).map(|(name, _)| name),
        words: found.words,
        before: found.before,
        after: found.after,
    }
}

/// A place in print: `engagement.rules:61`.
fn place(sources: &Sources, span: Span) -> String {
    sources.get(span.file).map_or_else(String::new, |file| format!("{}:{}", file.name, file.line_column(span.start).0))
}
