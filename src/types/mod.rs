//! The resolved tree into the typed tree: types, decimal places, missing values, dimensions.
//!
//! Input: a [`resolve::Scheme`]. Output: a [`tree::Scheme`], and every error of the scheme at once.

mod aggregates;
mod calls;
mod case;
pub mod claims;
mod columns;
mod constant;
mod expects;
mod expr;
mod filter;
mod formulas;
mod indices;
mod inputs;
mod literals;
mod lookups;
mod namesakes;
mod over;
mod params;
pub mod print;
mod scales;
mod scope;
mod scores;
mod steps;
#[cfg(test)]
mod tests;
pub mod tree;
mod unknown;
mod unused;
pub mod vary;

use std::collections::BTreeSet;

use crate::diag::{Code, Diagnostic, Problems};
use crate::resolve::{self, Kind};
use crate::source::Span;
use crate::syntax::ast::ExprKind;
use crate::value::Ty;
use claims::{Expect, Setting, Test};
use scope::Rows;
use tree::{Expr, Index, Input, Param, Scale, Scheme, Score};

pub use constant::coerce_value;

/// The typed scheme, its tests and its expectations.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The scheme.
    pub scheme: Scheme,
    /// Its tests.
    pub tests: Vec<Test>,
    /// Its expectations.
    pub expects: Vec<Expect>,
}

/// What is known while a scheme is checked.
pub(crate) struct Checker<'a> {
    scheme: &'a resolve::Scheme,
    problems: &'a mut Problems,
    params: Vec<Param>,
    inputs: Vec<Input>,
    scales: Vec<Scale>,
    /// A score and the scope behind its last step, with what is known of its units; none if it has an error.
    scores: Vec<Option<(Score, Rows, BTreeSet<String>)>>,
    /// Those that are checked already and have no error.
    indices: Vec<Option<Index>>,
    used: BTreeSet<(Kind, usize)>,
    /// Scales whose gap was reported.
    gaps: BTreeSet<usize>,
    /// Scales of which it isn't clear what is looked up on them: a call has no error of its own.
    broken_scales: BTreeSet<usize>,
}

impl<'a> Checker<'a> {
    fn new(scheme: &'a resolve::Scheme, problems: &'a mut Problems) -> Self {
        Self {
            scheme,
            problems,
            params: Vec::new(),
            inputs: Vec::new(),
            scales: Vec::new(),
            scores: Vec::new(),
            indices: vec![None; scheme.indices.len()],
            used: BTreeSet::new(),
            gaps: BTreeSet::new(),
            broken_scales: BTreeSet::new(),
        }
    }

    fn error(&mut self, code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.problems.push(Diagnostic::error(code, span, message).help(help));
    }

    fn use_item(&mut self, kind: Kind, id: usize) {
        self.used.insert((kind, id));
    }
}

/// Checks a scheme with these settings of its parameters. Without a result there is an error among the problems.
pub fn check(scheme: &resolve::Scheme, settings: &[Setting], problems: &mut Problems) -> Option<Checked> {
    let mut checker = Checker::new(scheme, problems);
    checker.check_params(settings);
    checker.check_inputs();
    checker.check_scales();
    checker.check_input_checks();
    checker.check_scores();
    checker.check_indices();
    let checks = checker.check_cell_checks();
    let (tests, expects) = (checker.check_tests(), checker.check_expects());
    checker.warn_unused();
    if checker.problems.has_errors() {
        return None;
    }
    let (scores, indices) = checker.finish()?;
    let text = |name: &Option<crate::syntax::ast::Name>| name.as_ref().map_or("".into(), |name| name.node.clone());
    let Checker { params, inputs, scales, .. } = checker;
    let scheme = Scheme {
        name: text(&scheme.name),
        title: text(&scheme.title),
        params,
        inputs,
        scales,
        scores,
        indices,
        order: scheme.order.clone(),
        checks,
    };
    Some(Checked { scheme, tests, expects })
}

impl Checker<'_> {
    /// The scores and indices. The slots whose sameness an absorb must see to are known only now, when all uses are.
    fn finish(&mut self) -> Option<(Vec<Score>, Vec<Index>)> {
        let scores = std::mem::take(&mut self.scores)
            .into_iter()
            .map(|score| score.map(|(score, rows, _)| rows.settle(score)))
            .collect::<Option<Vec<_>>>()?;
        let indices = std::mem::take(&mut self.indices).into_iter().collect::<Option<Vec<_>>>()?;
        Some((scores, indices))
    }
}

/// Whether a condition can be asked: a flag that is never missing.
fn is_condition(expr: &Expr) -> bool {
    expr.ty == Ty::required(crate::value::Type::Flag)
}

/// Types a condition on the cells of an index: names are its dimensions, `value` its value, and the parameters. Of what
/// is missing it doesn't hold.
pub fn check_filter(
    tree: &crate::syntax::ast::Expr,
    dims: &[tree::Dim],
    ty: &Ty,
    params: &[Param],
    problems: &mut Problems,
) -> Option<Expr> {
    let mut scheme = resolve::Scheme::default();
    for (id, param) in params.iter().enumerate() {
        let named = resolve::Named { kind: Kind::Param, id, span: Span::default() };
        scheme.names.insert(param.name.clone(), named);
    }
    let mut found = Problems::new();
    let mut checker = Checker { params: params.to_vec(), ..Checker::new(&scheme, &mut found) };
    let cells = scope::Cells { dims: dims.to_vec(), value: Some(ty.clone()), ..scope::Cells::default() };
    let tree = filter::guard(tree, &|kind| match kind {
        ExprKind::Value => ty.optional,
        ExprKind::Name(name) => dims.iter().any(|dim| dim.name == *name && dim.ty.optional),
        _ => false,
    });
    let typed = checker.condition(&mut scope::Scope::new(scope::ScopeKind::Cells(cells)), &tree);
    filter::take(found, problems);
    typed
}
