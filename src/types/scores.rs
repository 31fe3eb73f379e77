//! Scores: goes through the steps in order, each seeing what the one before left.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Checker;
use super::scope::{Parts, Rows, Scope, ScopeKind, parts};
use super::tree::{Expr, ExprKind, Op, Score, Slot, Step};
use crate::diag::{Code, Diagnostic};
use crate::resolve::Kind;
use crate::source::Span;
use crate::syntax::ast;
use crate::value::Ty;

impl Checker<'_> {
    /// Types the scores.
    pub(super) fn check_scores(&mut self) {
        for (_, tree) in &self.scheme.scores {
            let score = self.score(tree);
            self.scores.push(score);
        }
    }

    fn score(&mut self, tree: &ast::Score) -> Option<(Score, Rows, BTreeSet<String>)> {
        let Some(input) = self.scheme.find(&tree.input.node, Kind::Input) else {
            let found = self.scheme.unknown(&tree.input, Kind::Input, Code::UnknownInput);
            self.problems.push(found);
            return None;
        };
        self.use_item(Kind::Input, input);
        let before = self.problems.iter().filter(|problem| problem.severity == crate::diag::Severity::Error).count();
        let mut scope = Scope::new(ScopeKind::Rows(Rows::new(input, true)));
        let mut steps: Vec<Step> = Vec::new();
        for tree in &tree.steps {
            self.label(&steps, tree);
            if let Some(op) = self.step(&mut scope, tree) {
                let cite = tree.cite.as_ref().map(|cite| Arc::clone(&cite.node));
                let label = Arc::clone(&tree.label.node);
                steps.push(Step { label, doc: tree.doc.clone(), cite, op, span: tree.span });
            }
        }
        let ScopeKind::Rows(mut rows) = scope.kind else { return None };
        // Only the last value decides: an error in a step before would make this one a follow-up.
        let failed =
            self.problems.iter().filter(|problem| problem.severity == crate::diag::Severity::Error).count() > before;
        let Some(mut ty) = rows.value.clone() else {
            if !failed && !rows.value_failed {
                let found = Diagnostic::error(
                    Code::NoValue,
                    tree.name.span,
                    format!("score `{}` never sets a value", tree.name.node),
                );
                self.problems.push(
                    found.help("add a step such as `points: value level(office)`, or `points: value 1` to count"),
                );
            }
            return None;
        };
        if failed {
            return None;
        }
        ty.optional &= !scope.facts.contains("value");
        if let (true, Some(silent)) = (ty.optional, &rows.silent) {
            let message = "units without a value would be left out, and nobody would see it";
            let found = Diagnostic::error(Code::MayBeMissing, silent.span, message).label("this may be missing");
            self.problems.push(found.help(
                "say what stands in for it, `(… else 0)`, or that they are left out: `there: keep known(value)`",
            ));
            return None;
        }
        rows.value = Some(ty.clone());
        classify(&rows, &mut steps);
        let slots = rows.slots.iter().map(|slot| Slot { name: Arc::clone(&slot.name), ty: slot.ty.clone() }).collect();
        let score = Score { name: Arc::clone(&tree.name.node), input, slots, steps, ty, span: tree.name.span };
        Some((score, rows, scope.facts))
    }

    /// Labels are a namespace of their own in a score.
    fn label(&mut self, steps: &[Step], tree: &ast::Step) {
        if matches!(tree.kind, ast::StepKind::Check(_) | ast::StepKind::Let(_)) {
            return;
        }
        let first = steps
            .iter()
            .find(|step| step.label == tree.label.node && !matches!(step.op, Op::Check(_) | Op::Let { .. }));
        if let Some(first) = first {
            let found = Diagnostic::error(
                Code::DuplicateName,
                tree.label.span,
                format!("two steps are labelled `{}`", tree.label.node),
            );
            self.problems.push(found.also(first.span, "the first").help("give each step a label of its own"));
        }
    }

    /// Declares a let or a period.
    pub(super) fn slot(
        &mut self,
        scope: &mut Scope,
        name: &ast::Name,
        ty: Ty,
        made_of: Option<Parts>,
        narrowed: BTreeSet<String>,
    ) -> Option<usize> {
        let hidden = self.hidden(scope, name);
        let rows = scope.rows()?;
        if let Some((what, place)) = hidden {
            let found = Diagnostic::error(
                Code::HiddenName,
                name.span,
                format!("`{}` would hide {what} of this name", name.node),
            );
            self.problems.push(
                found.also(place, "declared here").help("call it otherwise; a period is renamed by `every year as y`"),
            );
            return None;
        }
        rows.slots.push(super::scope::SlotInfo {
            name: Arc::clone(&name.node),
            ty,
            span: name.span,
            used: false,
            parts: made_of,
            narrowed,
        });
        Some(rows.slots.len() - 1)
    }

    fn hidden(&self, scope: &mut Scope, name: &ast::Name) -> Option<(&'static str, Span)> {
        let rows = scope.rows()?;
        if let Some(slot) = rows.slots.iter().find(|slot| slot.name == name.node) {
            return Some(("the let", slot.span));
        }
        let schema = &self.inputs.get(rows.input)?.schema;
        if let Some(column) = schema.columns.iter().find(|column| column.name == name.node) {
            return Some(("the column", column.span));
        }
        let named = self.scheme.names.get(&name.node).filter(|named| named.kind == Kind::Param)?;
        Some(("the param", named.span))
    }

    /// What an absorb by these keys leaves to be used.
    pub(super) fn absorbed(&self, rows: &Rows, keys: &[Expr], span: Span) -> super::scope::Absorbed {
        let (mut columns, mut slots) = (BTreeSet::new(), BTreeSet::new());
        for key in keys {
            match key.kind {
                ExprKind::Column(id) => drop(columns.insert(id)),
                ExprKind::Slot(id) => drop(slots.insert(id)),
                _ => {}
            }
        }
        if let Some(input) = self.inputs.get(rows.input) {
            let all: BTreeSet<usize> = (0..input.schema.columns.len()).collect();
            // One unit may fix the key of another: until nothing is added.
            loop {
                let before = columns.len();
                for unit in &input.schema.units {
                    if unit.key.iter().all(|at| columns.contains(at)) {
                        columns.extend(&unit.has);
                    }
                }
                let single = input
                    .schema
                    .unique
                    .iter()
                    .any(|unique| unique.interval.is_none() && unique.key.iter().all(|at| columns.contains(at)));
                if single {
                    columns.extend(&all);
                }
                if columns.len() == before {
                    break;
                }
            }
        }
        if let Some(before) = rows.absorbs.last() {
            columns.retain(|column| before.columns.contains(column));
        }
        for (at, slot) in rows.slots.iter().enumerate() {
            let fixed = slot.parts.as_ref().is_some_and(|(c, s)| c.is_subset(&columns) && s.is_subset(&slots));
            if fixed {
                slots.insert(at);
            }
        }
        // A key made of the value is another one behind the absorb, where the value is the unit's.
        let keys = keys.iter().filter(|key| parts(key).is_some()).map(Expr::key).collect();
        super::scope::Absorbed { span, columns, slots, seen: rows.slots.len(), keys, same: BTreeSet::new() }
    }
}

/// Finds out which `keep` drops whole units of the next absorb.
fn classify(rows: &Rows, steps: &mut [Step]) {
    let mut next = rows.absorbs.iter();
    let mut at = 0;
    while at < steps.len() {
        let end =
            steps.iter().skip(at).position(|step| matches!(step.op, Op::Absorb { .. })).map_or(steps.len(), |n| at + n);
        let absorbed = if end < steps.len() { next.next() } else { None };
        for step in steps.iter_mut().take(end).skip(at) {
            if let Op::Keep { holds, when, of_units } = &mut step.op {
                let fixed = |expr: &Expr| match (absorbed, parts(expr)) {
                    (None, _) => true,
                    (Some(_), None) => false,
                    (Some(absorbed), Some((c, s))) => {
                        absorbed.keys.contains(&expr.key())
                            || (c.is_subset(&absorbed.columns) && s.is_subset(&absorbed.slots))
                    }
                };
                *of_units = fixed(holds) && when.as_ref().is_none_or(fixed);
            }
        }
        at = end + 1;
    }
}
