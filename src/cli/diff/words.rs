//! In what the schemes themselves differ, with the places in their files.

use super::super::session::Session;
use super::schemes::Loaded;
use super::way::Way;
use crate::compare::Difference;
use crate::diag::Problems;
use crate::resolve::difference::{Difference as Found, differences as of_trees};
use crate::resolve::overlay::Applied;
use crate::source::{Sources, Span};

/// The differences of each scheme from the first, rule by rule, in the order of the named changes. A parameter that is
/// set for the run is no difference.
pub fn differences(session: &Session, loaded: &[Loaded], settings: &[(String, String)]) -> Vec<Difference> {
    let Some((first, others)) = loaded.split_first() else { return Vec::new() };
    let mut all = Vec::new();
    for other in others {
        let scheme = (others.len() > 1).then(|| other.label.clone());
        let found = between(session, first, other, settings);
        all.extend(found.into_iter().map(|found| Difference { scheme: scheme.clone(), ..found }));
    }
    all
}

fn between(session: &Session, a: &Loaded, b: &Loaded, settings: &[(String, String)]) -> Vec<Difference> {
    let (a, b) = (&a.compiled.chain, &b.compiled.chain);
    // Both were merged before without an error.
    let mut problems = Problems::new();
    let (one, other) = (a.merge(Applied::All, &mut problems), b.merge(Applied::All, &mut problems));
    let way = Way::of(a, b);
    let is_set = |found: &Found| settings.iter().any(|(name, _)| *name == found.target);
    let found = of_trees(&one, &other, &session.sources).into_iter().filter(|found| !is_set(found));
    let mut found: Vec<(usize, Difference)> = found.map(|found| difference(found, &way, &session.sources)).collect();
    found.sort_by_key(|(order, _)| *order);
    found.into_iter().map(|(_, found)| found).collect()
}

/// A difference, and the place of its change on the way. What a change takes away stands in its file, too: where the
/// change says so.
fn difference(found: Found, way: &Way, sources: &Sources) -> (usize, Difference) {
    let change = way.change([found.b, found.a], &found.target);
    let files = [found.a, found.b].map(|span| span.map(|span| span.file));
    // The side that says nothing has the change that says so.
    let said = change.map(|(_, span)| span).filter(|span| !files.contains(&Some(span.file)));
    let at = |span: Option<Span>| span.or(said).map(|span| place(sources, span));
    let name = change.and_then(|(at, _)| way.names.get(at)).cloned();
    let difference = Difference {
        scheme: None,
        a: at(found.a),
        b: at(found.b),
        change: name,
        words: found.words,
        before: found.before,
        after: found.after,
    };
    (change.map_or(usize::MAX, |(at, _)| at), difference)
}

/// A place in print: `engagement.rules:61`.
fn place(sources: &Sources, span: Span) -> String {
    sources.get(span.file).map_or_else(String::new, |file| format!("{}:{}", file.name, file.line_column(span.start).0))
}
