//! Which indices an index uses, and an order in which each stands behind those.

use crate::diag::{Code, Diagnostic, Problems};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind};

use super::{Kind, Scheme};

/// A name in a formula that may be an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The name.
    pub name: std::sync::Arc<str>,
    /// Where it stands.
    pub span: Span,
}

/// The names in a formula, those of aggregated scores and indices too.
pub fn references(expr: &Expr) -> Vec<Reference> {
    let mut found = Vec::new();
    collect(expr, &mut found);
    found
}

fn collect(expr: &Expr, found: &mut Vec<Reference>) {
    match &expr.kind {
        ExprKind::Name(name) => found.push(Reference { name: name.clone(), span: expr.span }),
        ExprKind::Aggregate(aggregate) => {
            found.push(Reference { name: aggregate.source.node.clone(), span: aggregate.source.span });
        }
        ExprKind::Over(over) => {
            found.push(Reference { name: over.source.node.clone(), span: over.source.span });
        }
        _ => children(expr, &mut |child| collect(child, found)),
    }
}

/// Calls a function on each expression right inside this one; not inside aggregations and operations.
pub fn children<'a>(expr: &'a Expr, visit: &mut impl FnMut(&'a Expr)) {
    match &expr.kind {
        ExprKind::Negate(a) | ExprKind::Not(a) | ExprKind::Round(a, _) => visit(a),
        ExprKind::Binary(_, a, b) => [a, b].into_iter().for_each(|part| visit(part)),
        ExprKind::Within(_, a, b, c) | ExprKind::InRange(a, b, c) => [a, b, c].into_iter().for_each(|part| visit(part)),
        ExprKind::InList(a, list) => {
            visit(a);
            list.iter().for_each(visit);
        }
        ExprKind::Case(arms) => arms.iter().flat_map(|arm| arm.value.iter().chain(&arm.condition)).for_each(visit),
        ExprKind::Call(_, args) | ExprKind::Lookup(_, args, _) => args.iter().for_each(visit),
        ExprKind::Number(..)
        | ExprKind::Text(_)
        | ExprKind::Flag(_)
        | ExprKind::Date(_)
        | ExprKind::Period(..)
        | ExprKind::Value
        | ExprKind::Name(_)
        | ExprKind::Aggregate(_)
        | ExprKind::Over(_)
        | ExprKind::Wrong => {}
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

/// Sorts the indices; those in a circle are reported and left out.
pub(super) fn sort(scheme: &Scheme, problems: &mut Problems) -> Vec<usize> {
    let uses: Vec<Vec<(usize, Span)>> = scheme
        .indices
        .iter()
        .map(|index| {
            let names = references(&index.tree.body);
            names.into_iter().filter_map(|name| Some((scheme.find(&name.name, Kind::Index)?, name.span))).collect()
        })
        .collect();
    let mut state = vec![State::New; uses.len()];
    let mut order = Vec::with_capacity(uses.len());
    // A stack of our own: a chain of indices may be as long as the file.
    for start in 0..uses.len() {
        let mut stack = vec![(start, 0)];
        while let Some((at, next)) = stack.pop() {
            if next == 0 {
                match state.get(at) {
                    Some(State::New) => set(&mut state, at, State::Open),
                    _ => continue,
                }
            }
            let Some(&(used, span)) = uses.get(at).and_then(|uses| uses.get(next)) else {
                set(&mut state, at, State::Done);
                order.push(at);
                continue;
            };
            stack.push((at, next + 1));
            match state.get(used) {
                Some(State::New) => stack.push((used, 0)),
                Some(State::Open) => circle(scheme, used, span, problems),
                _ => {}
            }
        }
    }
    order
}

fn set(state: &mut [State], at: usize, to: State) {
    if let Some(slot) = state.get_mut(at) {
        *slot = to;
    }
}

fn circle(scheme: &Scheme, used: usize, span: Span, problems: &mut Problems) {
    let Some(index) = scheme.indices.get(used) else { return };
    let message = format!("index `{}` is needed to compute itself", index.tree.name.node);
    let found = Diagnostic::error(Code::CircularIndex, span, message);
    problems.push(
        found
            .also(index.tree.name.span, "declared here")
            .help("an index can use other indices, but none that uses it in turn"),
    );
}
