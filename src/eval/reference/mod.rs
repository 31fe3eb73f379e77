//! The reference interpreter: runs a plan one row at a time, as plainly as it can be, and so defines what a plan means.
//!
//! Input: a [`Job`]. Output: an [`Outcome`]. `world` holds what a run reads, `expr` gives the value of an expression,
//! `score` takes rows through their steps, `aggregate` and `formula` make cells, `check` looks at what must hold.

pub(super) mod absorb;
pub(super) mod aggregate;
mod check;
pub(super) mod expr;
mod formula;
mod means;
pub(super) mod over;
mod period;
pub(super) mod scale;
pub(super) mod score;
pub(super) mod world;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::{IndexCells, Job, Outcome, policies};
use crate::plan::needs::{Needs, needs};
use crate::plan::{Body, Index, Source};
use crate::value::Value;
use score::Scored;
use world::World;

/// The cells of an index: the value of each tuple of dimensions.
pub(super) type Cells = BTreeMap<Vec<Value>, Value>;

/// An index that was computed.
#[derive(Debug, Default)]
pub(super) struct Computed {
    cells: Cells,
    /// Whether errors have left something out.
    broken: bool,
}

/// Runs a plan.
///
/// All errors of data that can be found are collected; with any, the results are empty. Scores, indices and their
/// accounts come in the order of the plan.
pub fn run(job: Job<'_>) -> Outcome {
    let needed = needs(job.plan, job.wanted, job.checks);
    let world = World::new(job.plan, job.tables);
    let mut outcome = Outcome::default();
    if job.checks {
        check::inputs(&world, &needed, &mut outcome.problems);
    }
    let scored = scores(&world, &needed, job.checks, &mut outcome);
    let computed = indices(&world, &needed, &scored, &mut outcome);
    check::cells(&world, &needed, &computed, &mut outcome.problems);
    if !outcome.problems.has_errors() {
        outcome.results = results(job, &computed);
    }
    outcome
}

fn is_marked(marks: &[bool], at: usize) -> bool {
    marks.get(at).copied().unwrap_or(false)
}

fn scores(world: &World<'_>, needed: &Needs, checks: bool, outcome: &mut Outcome) -> BTreeMap<usize, Scored> {
    let mut all = BTreeMap::new();
    for (at, score) in world.plan.scores.iter().enumerate().filter(|(at, _)| is_marked(&needed.scores, *at)) {
        let (scored, account) = score::run(world, score, checks, &mut outcome.problems);
        outcome.scores.push(account);
        all.insert(at, scored);
    }
    all
}

/// An index stands behind those that it uses, so that one pass in the order of the plan is enough.
fn indices(
    world: &World<'_>,
    needed: &Needs,
    scored: &BTreeMap<usize, Scored>,
    outcome: &mut Outcome,
) -> BTreeMap<usize, Computed> {
    let mut all = BTreeMap::new();
    for (at, index) in world.plan.indices.iter().enumerate().filter(|(at, _)| is_marked(&needed.indices, *at)) {
        let computed = compute(world, index, scored, &all, outcome);
        all.insert(at, computed.unwrap_or(Computed { cells: Cells::new(), broken: true }));
    }
    all
}

/// The cells of an index; none if it rests on a broken one, for its errors could be mere consequences.
fn compute(
    world: &World<'_>,
    index: &Index,
    scored: &BTreeMap<usize, Scored>,
    known: &BTreeMap<usize, Computed>,
    outcome: &mut Outcome,
) -> Option<Computed> {
    let whole = |at: usize| known.get(&at).filter(|computed| !computed.broken);
    let computed = body(world, index, scored, known, outcome)?;
    if let Some(source) = policies::source(index).and_then(whole) {
        let result = computed.cells.values().collect();
        outcome.policies.extend(policies::account(world.plan, index, source.cells.values().collect(), result));
    }
    Some(computed)
}

fn body(
    world: &World<'_>,
    index: &Index,
    scored: &BTreeMap<usize, Scored>,
    known: &BTreeMap<usize, Computed>,
    outcome: &mut Outcome,
) -> Option<Computed> {
    let whole = |at: usize| known.get(&at).filter(|computed| !computed.broken);
    let problems = &mut outcome.problems;
    match &index.body {
        Body::Formula { operands, expr } => {
            let all_whole = operands.iter().all(|operand| whole(operand.index).is_some());
            all_whole.then(|| formula::cells(world, index, operands, expr, known, problems))
        }
        Body::Over(over) => {
            let source = (&**world.plan.indices.get(over.source)?, &whole(over.source)?.cells);
            Some(over::cells(world, index, over, source, problems))
        }
        Body::Aggregate(aggregate) => match aggregate.source {
            Source::Score(at) => {
                let source = (&**world.plan.scores.get(at)?, scored.get(&at)?);
                let (computed, account) = aggregate::of_score(world, index, aggregate, source, problems);
                outcome.indices.push(account);
                Some(computed)
            }
            Source::Index(at) => {
                let source = (&**world.plan.indices.get(at)?, &whole(at)?.cells);
                Some(aggregate::of_index(world, index, aggregate, source, problems))
            }
        },
    }
}

/// The cells of the wanted indices: those declared in their order, then any others.
fn results(job: Job<'_>, computed: &BTreeMap<usize, Computed>) -> Vec<IndexCells> {
    let declared = job.plan.declared.iter().filter(|at| job.wanted.contains(at));
    let others = job.wanted.iter().filter(|at| !job.plan.declared.contains(at));
    let result = |&at: &usize| {
        let (index, computed) = (job.plan.indices.get(at)?, computed.get(&at)?);
        let cells = computed.cells.iter().map(|(dims, value)| (dims.clone(), value.clone())).collect();
        Some(IndexCells { index: at, dims: index.dims.clone(), ty: index.ty.clone(), cells })
    };
    declared.chain(others).filter_map(result).collect()
}
