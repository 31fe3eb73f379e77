//! What a run has to compute: the indices, scores and inputs that the wanted indices and the checks need.

use std::collections::BTreeSet;

use crate::eval::Job;
use crate::plan::{Body, Check, Domain, Expr, ExprKind, Index, Op, Pick, Plan, Score, Source};

/// The places, in the plan, of what has to be computed.
#[derive(Debug, Default)]
pub struct Needed {
    /// The inputs that scores, lookups and dimensions read.
    pub inputs: BTreeSet<usize>,
    /// The scores.
    pub scores: BTreeSet<usize>,
    /// The indices: those wanted, those that they use, and those of the checks on them.
    pub indices: BTreeSet<usize>,
    /// The checks on cells: all that they show is wanted, or used by what is wanted.
    pub checks: BTreeSet<usize>,
}

impl Needed {
    /// What a job needs.
    pub fn of(job: Job<'_>) -> Self {
        let plan = job.plan;
        let mut needed = Needed::default();
        job.wanted.iter().for_each(|&at| needed.add_index(plan, at));
        if job.checks {
            let wanted = needed.indices.clone();
            for (at, check) in plan.checks.iter().enumerate() {
                if check.shown.iter().all(|shown| wanted.contains(shown)) {
                    needed.checks.insert(at);
                    needed.add_index(plan, check.index);
                }
            }
            needed.add_inputs_of_checks(plan);
        }
        needed
    }

    fn add_index(&mut self, plan: &Plan, at: usize) {
        let Some(index) = plan.indices.get(at) else { return };
        if !self.indices.insert(at) {
            return;
        }
        match &index.body {
            Body::Formula { operands, .. } => operands.iter().for_each(|operand| self.add_index(plan, operand.index)),
            Body::Aggregate(aggregate) => match aggregate.source {
                Source::Index(source) => self.add_index(plan, source),
                Source::Score(score) => self.add_score(plan, score),
            },
        }
        if let Body::Aggregate(aggregate) = &index.body {
            for domain in aggregate.by.iter().filter_map(|by| by.domain.as_ref()) {
                if let Domain::Keys(input, _) = domain {
                    self.inputs.insert(*input);
                }
            }
        }
        exprs_of_index(index).into_iter().for_each(|expr| self.add_lookups(expr));
    }

    fn add_score(&mut self, plan: &Plan, at: usize) {
        let Some(score) = plan.scores.get(at) else { return };
        self.scores.insert(at);
        self.inputs.insert(score.input);
        exprs_of_score(score).into_iter().for_each(|expr| self.add_lookups(expr));
    }

    /// A check on the rows of an input may itself look something up in another, whose checks count then too.
    fn add_inputs_of_checks(&mut self, plan: &Plan) {
        let mut open: Vec<usize> = self.inputs.iter().copied().collect();
        while let Some(at) = open.pop() {
            let known = self.inputs.clone();
            for check in plan.inputs.get(at).into_iter().flat_map(|input| &input.checks) {
                exprs_of_check(check).into_iter().for_each(|expr| self.add_lookups(expr));
            }
            open.extend(self.inputs.difference(&known));
        }
    }

    fn add_lookups(&mut self, expr: &Expr) {
        expr.walk(&mut |expr| {
            if let ExprKind::Lookup { input, .. } = &expr.kind {
                self.inputs.insert(*input);
            }
        });
    }
}

fn exprs_of_check(check: &Check) -> Vec<&Expr> {
    std::iter::once(&check.holds).chain(&check.when).collect()
}

fn exprs_of_index(index: &Index) -> Vec<&Expr> {
    match &index.body {
        Body::Formula { expr, .. } => vec![expr],
        Body::Aggregate(aggregate) => aggregate.filter.iter().chain(aggregate.by.iter().map(|by| &by.expr)).collect(),
    }
}

fn exprs_of_score(score: &Score) -> Vec<&Expr> {
    score.steps.iter().flat_map(|step| exprs_of_step(&step.op)).collect()
}

fn exprs_of_step(op: &Op) -> Vec<&Expr> {
    match op {
        Op::Let { expr, .. } => vec![expr],
        Op::Keep { holds, when, .. } => std::iter::once(holds).chain(when).collect(),
        Op::Every { from, end, .. } => vec![from, end],
        Op::Set { expr, when, .. } => std::iter::once(expr).chain(when).collect(),
        Op::Absorb { pick: Pick::First(order) | Pick::Last(order), keys, .. } => keys.iter().chain([order]).collect(),
        Op::Absorb { keys, .. } => keys.iter().collect(),
        Op::Check(check) => exprs_of_check(check),
    }
}
