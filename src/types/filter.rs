//! Conditions of `--where`: one that would be asked of a missing value doesn't hold there.

use crate::diag::Problems;
use crate::diag::{Code, Diagnostic};
use crate::source::Spanned;
use crate::syntax::ast::{Binary, Expr, ExprKind};

/// Puts `known(x) and` before each condition that uses something that may be missing without saying what stands in for
/// it. The parts of `and` and `or` are conditions of their own.
pub(super) fn guard(tree: &Expr, optional: &dyn Fn(&ExprKind) -> bool) -> Expr {
    if let ExprKind::Binary(binary @ (Binary::And | Binary::Or), left, right) = &tree.kind {
        let (left, right) = (guard(left, optional), guard(right, optional));
        return Expr { kind: ExprKind::Binary(*binary, Box::new(left), Box::new(right)), span: tree.span };
    }
    let mut used = Vec::new();
    collect(tree, optional, &mut used);
    let mut guarded = tree.clone();
    for leaf in used {
        let known = ExprKind::Call(Spanned::new("known".into(), leaf.span), vec![leaf]);
        let known = Box::new(Expr { kind: known, span: tree.span });
        guarded = Expr { kind: ExprKind::Binary(Binary::And, known, Box::new(guarded)), span: tree.span };
    }
    guarded
}

/// The names that may be missing, each once, except where the condition itself says what happens then.
fn collect(tree: &Expr, optional: &dyn Fn(&ExprKind) -> bool, used: &mut Vec<Expr>) {
    let parts: Vec<&Expr> = match &tree.kind {
        kind if optional(kind) => {
            if !used.iter().any(|known| is_same(&known.kind, kind)) {
                used.push(tree.clone());
            }
            Vec::new()
        }
        ExprKind::Binary(Binary::Else, _, right) => vec![right],
        ExprKind::Call(name, _) if &*name.node == "known" => Vec::new(),
        ExprKind::Negate(arg) | ExprKind::Not(arg) | ExprKind::Round(arg, _) => vec![arg],
        ExprKind::Binary(_, left, right) => vec![left, right],
        ExprKind::Within(_, a, b, c) | ExprKind::InRange(a, b, c) => vec![a, b, c],
        ExprKind::InList(value, list) => std::iter::once(&**value).chain(list).collect(),
        ExprKind::Call(_, args) => args.iter().collect(),
        _ => Vec::new(),
    };
    parts.into_iter().for_each(|part| collect(part, optional, used));
}

fn is_same(a: &ExprKind, b: &ExprKind) -> bool {
    match (a, b) {
        (ExprKind::Value, ExprKind::Value) => true,
        (ExprKind::Name(a), ExprKind::Name(b)) => a == b,
        _ => false,
    }
}

/// Takes the problems of a condition. That something is never missing, after a guard or in any case, is no matter here.
pub(super) fn take(found: Problems, problems: &mut Problems) {
    let said = |found: &&Diagnostic| found.code != Code::NeverMissing;
    found.iter().filter(said).for_each(|found| problems.push(found.clone()));
}
