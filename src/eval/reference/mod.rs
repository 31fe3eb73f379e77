//! The reference interpreter: runs a plan one row at a time, as plainly as it can be, and so defines what a plan means.
//!
//! Input: a [`Job`]. Output: an [`Outcome`]. `world` holds what a run reads, `expr` gives the value of an expression,
//! `score` takes rows through their steps, `aggregate` and `formula` make cells, `check` looks at what must hold.

mod absorb;
mod aggregate;
mod check;
mod expr;
mod formula;
mod need;
mod period;
mod scale;
mod score;
mod world;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::{IndexCells, Job, Outcome};
use crate::diag::Problems;
use crate::plan::{Body, Index, Source};
use crate::value::Value;
use need::Needed;
use score::Scored;
use world::World;

/// The cells of an index: the value of each tuple of dimensions.
type Cells = BTreeMap<Vec<Value>, Value>;

/// Runs a plan.
///
/// All errors of data that can be found are collected; with any, the results are empty. Scores, indices and their
/// accounts come in the order of the plan.
pub fn run(job: Job<'_>) -> Outcome {
    let needed = Needed::of(job);
    let world = World::new(job.plan, job.tables);
    let mut outcome = Outcome::default();
    if job.checks {
        check::inputs(&world, &needed, &mut outcome.problems);
    }
    let scored = scores(&world, &needed, job.checks, &mut outcome);
    let cells = indices(&world, &needed, &scored, &mut outcome);
    if job.checks {
        check::cells(&world, &needed, &cells, &mut outcome.problems);
    }
    if !outcome.problems.has_errors() {
        outcome.results = results(job, &cells);
    }
    outcome
}

fn scores(world: &World<'_>, needed: &Needed, checks: bool, outcome: &mut Outcome) -> BTreeMap<usize, Scored> {
    let mut all = BTreeMap::new();
    for (at, score) in world.plan.scores.iter().enumerate().filter(|(at, _)| needed.scores.contains(at)) {
        let (scored, account) = score::run(world, score, checks, &mut outcome.problems);
        outcome.scores.push(account);
        all.insert(at, scored);
    }
    all
}

/// An index stands behind those that it uses, so that one pass in the order of the plan is enough.
fn indices(
    world: &World<'_>,
    needed: &Needed,
    scored: &BTreeMap<usize, Scored>,
    outcome: &mut Outcome,
) -> BTreeMap<usize, Cells> {
    let mut all: BTreeMap<usize, Cells> = BTreeMap::new();
    for (at, index) in world.plan.indices.iter().enumerate().filter(|(at, _)| needed.indices.contains(at)) {
        let cells = cells_of(world, index, scored, &all, outcome);
        all.insert(at, cells);
    }
    all
}

fn cells_of(
    world: &World<'_>,
    index: &Index,
    scored: &BTreeMap<usize, Scored>,
    known: &BTreeMap<usize, Cells>,
    outcome: &mut Outcome,
) -> Cells {
    let problems: &mut Problems = &mut outcome.problems;
    match &index.body {
        Body::Formula { operands, expr } => formula::cells(world, index, operands, expr, known, problems),
        Body::Aggregate(aggregate) => match aggregate.source {
            Source::Score(source) => {
                let (Some(of), Some(units)) = (world.plan.scores.get(source), scored.get(&source)) else {
                    return Cells::new();
                };
                let (cells, account) = aggregate::of_score(world, index, aggregate, (of, units), problems);
                outcome.indices.push(account);
                cells
            }
            Source::Index(source) => {
                let (Some(of), Some(cells)) = (world.plan.indices.get(source), known.get(&source)) else {
                    return Cells::new();
                };
                aggregate::of_index(world, index, aggregate, (of, cells), problems)
            }
        },
    }
}

fn results(job: Job<'_>, cells: &BTreeMap<usize, Cells>) -> Vec<IndexCells> {
    let wanted = job.plan.declared.iter().filter(|at| job.wanted.contains(at));
    wanted
        .filter_map(|&at| {
            let (index, cells) = (job.plan.indices.get(at)?, cells.get(&at)?);
            let cells = cells.iter().map(|(dims, value)| (dims.clone(), value.clone())).collect();
            Some(IndexCells { index: at, dims: index.dims.clone(), ty: index.ty.clone(), cells })
        })
        .collect()
}
