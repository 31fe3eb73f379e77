//! What a set of wanted indices needs: other indices, scores, inputs and their keys.
//!
//! Input: a plan and places of indices. Output: a mark for each index, score and input, and the keys that lookups use.

use std::collections::BTreeSet;

use super::{Aggregate, Body, Check, Domain, Expr, ExprKind, Index, Op, Over, Pick, Plan, Score, Source, Step};

/// What a run needs.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    /// For each index of the plan, whether it is needed.
    pub indices: Vec<bool>,
    /// For each score.
    pub scores: Vec<bool>,
    /// For each input.
    pub inputs: Vec<bool>,
    /// The keys that are looked up: the place of the input, and of the key in its schema's `unique`.
    pub keys: BTreeSet<(usize, usize)>,
    /// The checks on cells that can be looked at: places in [`Plan::checks`]. Empty where checks aren't asked for.
    pub checks: Vec<usize>,
}

/// Which inputs a set of wanted indices needs, with what the checks on them need.
pub fn inputs(plan: &Plan, wanted: &[usize]) -> Vec<bool> {
    needs(plan, wanted, true).inputs
}

/// What a set of wanted indices needs. With `checks`, also what the checks need: those on rows of the inputs, on
/// scores, and those on cells that show nothing but needed indices.
pub fn needs(plan: &Plan, wanted: &[usize], checks: bool) -> Needs {
    let mut found = Needs {
        indices: vec![false; plan.indices.len()],
        scores: vec![false; plan.scores.len()],
        inputs: vec![false; plan.inputs.len()],
        ..Needs::default()
    };
    wanted.iter().for_each(|&index| mark_index(plan, index, &mut found.indices));
    if checks {
        let needed = found.indices.clone();
        let shown = |index: &usize| needed.get(*index).copied().unwrap_or(false);
        for (at, check) in plan.checks.iter().enumerate() {
            if check.shown.iter().all(shown) {
                found.checks.push(at);
                mark_index(plan, check.index, &mut found.indices);
            }
        }
    }
    for (index, _) in plan.indices.iter().zip(found.indices.clone()).filter(|(_, needed)| *needed) {
        add_index(index, &mut found);
    }
    for (score, _) in plan.scores.iter().zip(found.scores.clone()).filter(|(_, needed)| *needed) {
        mark(&mut found.inputs, score.input);
        score_exprs(score, checks, &mut |expr| add_lookups(expr, &mut found));
    }
    if checks {
        add_input_checks(plan, &mut found);
    }
    found
}

/// Sets a mark; whether it wasn't set before.
fn mark(marks: &mut [bool], at: usize) -> bool {
    marks.get_mut(at).is_some_and(|mark| !std::mem::replace(mark, true))
}

fn mark_index(plan: &Plan, index: usize, marks: &mut [bool]) {
    if !mark(marks, index) {
        return;
    }
    match plan.indices.get(index).map(|index| &index.body) {
        Some(Body::Formula { operands, .. }) => {
            operands.iter().for_each(|operand| mark_index(plan, operand.index, marks));
        }
        Some(Body::Aggregate(Aggregate { source: Source::Index(of), .. }) | Body::Over(Over { source: of, .. })) => {
            mark_index(plan, *of, marks);
        }
        _ => {}
    }
}

fn add_index(index: &Index, found: &mut Needs) {
    match &index.body {
        Body::Formula { expr, .. } => add_lookups(expr, found),
        Body::Over(over) => over.operation.exprs().into_iter().for_each(|expr| add_lookups(expr, found)),
        Body::Aggregate(aggregate) => {
            if let Source::Score(score) = aggregate.source {
                mark(&mut found.scores, score);
            }
            aggregate.filter.iter().chain(&aggregate.weight).for_each(|expr| add_lookups(expr, found));
            for by in &aggregate.by {
                add_lookups(&by.expr, found);
                if let Some(Domain::Keys(input, _)) = by.domain {
                    mark(&mut found.inputs, input);
                }
            }
        }
    }
}

fn add_lookups(expr: &Expr, found: &mut Needs) {
    expr.walk(&mut |part| {
        if let ExprKind::Lookup { input, unique, .. } = &part.kind {
            mark(&mut found.inputs, *input);
            found.keys.insert((*input, *unique));
        }
    });
}

/// Checks of an input may look into another, whose checks count then too.
fn add_input_checks(plan: &Plan, found: &mut Needs) {
    let mut seen = vec![false; plan.inputs.len()];
    while let Some(at) = found.inputs.iter().zip(&seen).position(|(needed, seen)| *needed && !seen) {
        mark(&mut seen, at);
        for check in plan.inputs.get(at).map_or(&[] as &[Check], |input| &input.checks) {
            check_exprs(check, &mut |expr| add_lookups(expr, found));
        }
    }
}

fn check_exprs(check: &Check, visit: &mut impl FnMut(&Expr)) {
    visit(&check.holds);
    check.when.iter().for_each(visit);
}

/// Calls a function on each expression of a score's steps.
pub fn score_exprs(score: &Score, checks: bool, visit: &mut impl FnMut(&Expr)) {
    score.steps.iter().for_each(|step| step_exprs(step, checks, visit));
}

/// Calls a function on each expression of a step.
pub fn step_exprs(step: &Step, checks: bool, visit: &mut impl FnMut(&Expr)) {
    match &step.op {
        Op::Let { expr, .. } => visit(expr),
        Op::Keep { holds, when, .. } => {
            visit(holds);
            when.iter().for_each(&mut *visit);
        }
        Op::Every { from, end, .. } => {
            visit(from);
            visit(end);
        }
        Op::Set { expr, when, .. } => {
            visit(expr);
            when.iter().for_each(&mut *visit);
        }
        Op::Absorb { pick, keys, .. } => {
            keys.iter().for_each(&mut *visit);
            if let Pick::First(order) | Pick::Last(order) = pick {
                visit(order);
            }
        }
        Op::Check(check) if checks => check_exprs(check, visit),
        Op::Check(_) => {}
    }
}
