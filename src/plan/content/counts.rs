//! Which indices of two plans count other things: what decides which units there are, without what they are worth.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use super::put_named;
use crate::plan::{Aggregate, Body, Expr, ExprKind, Function, Index, Op, Pick, Plan, Score, Source, Step};

/// The indices of both plans that count units of a score, or take their mean, and count other ones in the second plan.
pub fn counted(a: &Plan, b: &Plan) -> Vec<Arc<str>> {
    let mut altered = Vec::new();
    for &at in &b.declared {
        let Some(new) = b.indices.get(at) else { continue };
        let old = a.declared.iter().filter_map(|&at| a.indices.get(at)).find(|old| old.name == new.name);
        let differs = old.is_some_and(|old| {
            let (old, new) = (counts(a, old), counts(b, new));
            !old.is_empty() && !new.is_empty() && old != new
        });
        if differs {
            altered.push(Arc::clone(&new.name));
        }
    }
    altered
}

/// What decides which units there are in the counts and means that an index consists of.
fn counts(plan: &Plan, index: &Index) -> String {
    let mut out = String::new();
    match &index.body {
        Body::Aggregate(Aggregate {
            source: Source::Score(at),
            function: Function::Count | Function::Mean,
            filter,
            by,
            ..
        }) => {
            let Some(score) = plan.scores.get(*at) else { return out };
            let input = plan.inputs.get(score.input).map_or("", |input| &*input.schema.name);
            let mut needs = Needs { plan, score, slots: BTreeSet::new(), value: false, words: Vec::new() };
            let ends: Vec<&Expr> = filter.iter().chain(by.iter().map(|by| &by.expr)).collect();
            needs.note("in", "", &ends);
            score.steps.iter().rev().for_each(|step| needs.step(step));
            let _ = write!(out, "{input} {} {}", score.ty.optional, needs.words.join("\n"));
        }
        Body::Aggregate(_) | Body::Over(_) => {}
        // An aggregation inside a formula is an index that nobody declares.
        Body::Formula { operands, .. } => {
            let unnamed = operands.iter().filter(|operand| !plan.declared.contains(&operand.index));
            for inner in unnamed.filter_map(|operand| plan.indices.get(operand.index)) {
                out.push_str(&counts(plan, inner));
            }
        }
    }
    out
}

/// What units depend on, from the last step to the first: lets and points only where a later step asks for them.
struct Needs<'a> {
    plan: &'a Plan,
    score: &'a Score,
    /// The slots that steps behind use.
    slots: BTreeSet<usize>,
    /// Whether steps behind ask for the value.
    value: bool,
    words: Vec<String>,
}

impl Needs<'_> {
    fn step(&mut self, step: &Step) {
        match &step.op {
            Op::Let { slot, expr } if self.slots.contains(slot) => self.note("let", &step.label, &[expr]),
            Op::Set { verb, expr, when, .. } if self.value => {
                self.note(&format!("{verb:?}"), "", &both(expr, when.as_ref()));
            }
            Op::Keep { holds, when, .. } => self.note("keep", "", &both(holds, when.as_ref())),
            Op::Every { period, from, end, inclusive, open, .. } => {
                self.note(&format!("every {period:?} {inclusive} {open:?}"), "", &[from, end]);
            }
            Op::Absorb { pick, keys, empty, .. } => {
                let mut exprs: Vec<&Expr> = keys.iter().collect();
                // Which row gives its value matters only to those who ask for the value.
                let picked = if self.value { pick.word() } else { "" };
                if let (true, Pick::First(order) | Pick::Last(order)) = (self.value, pick) {
                    exprs.push(order);
                }
                self.note("absorb", &format!("{picked} {empty:?}"), &exprs);
            }
            Op::Let { .. } | Op::Set { .. } | Op::Check(_) => {}
        }
    }

    fn note(&mut self, word: &str, name: &str, exprs: &[&Expr]) {
        let mut words = format!("{word} {name}");
        for expr in exprs {
            put_named(self.plan, Some(self.score), expr, &mut words);
            expr.walk(&mut |inner| match inner.kind {
                ExprKind::Slot(slot) => {
                    self.slots.insert(slot);
                }
                ExprKind::Value => self.value = true,
                _ => {}
            });
        }
        self.words.push(words);
    }
}

fn both<'e>(first: &'e Expr, second: Option<&'e Expr>) -> Vec<&'e Expr> {
    std::iter::once(first).chain(second).collect()
}
