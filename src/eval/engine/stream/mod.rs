//! Runs a plan on inputs that come in pieces: each piece goes through all steps while it is in the cache.
//!
//! Input: a [`StreamJob`]. Output: what [`super::run`] gives on whole tables, or [`Ended::Unfit`] where anything isn't clean: then
//! only the run on whole tables can say what is wrong, and where. A score sees all rows of a unit at once: rows that
//! stand together are run piece by piece, with the units at the borders of pieces put aside; rows that are scattered are
//! brought together in partitions first. Memory: the pieces under way, the cells, and what is scattered.

mod classes;
mod codes;
mod edges;
mod ended;
mod facets;
mod keys;
pub mod memory;
mod merge;
mod part;
mod repeats;
mod scatter;
mod tables;
mod tally;
mod watch;
mod ways;
mod words;
mod workers;

use std::sync::Arc;

use ethnum::I256;

use super::aggregate::{Failure, finish, of_sum};
use super::complete;
use super::world::World;
use super::{Computed, Run, checks, results, score};
use crate::diag::Problems;
use crate::eval::{IndexAccount, Job, Outcome, ScoreAccount, faults};
use crate::plan::needs::{Needs, needs};
use crate::plan::{Aggregate, Body, Function, Index, Plan, Source};
use crate::value::column::Table;
use crate::value::piece::{Pieces, Unfit, Wanted};
use crate::value::{Type, Value};
pub use ended::Ended;
use merge::Merged;
use part::Total;
pub use scatter::Spilling;
use tally::Gathered;

/// Opens an input, to be read in pieces from its beginning.
pub type Open<'a> = dyn Fn(usize, &Wanted) -> Result<Box<dyn Pieces + 'a>, Unfit> + Sync + 'a;

/// What a run on pieces needs.
#[derive(Clone, Copy)]
pub struct StreamJob<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The wanted indices.
    pub wanted: &'a [usize],
    /// What [`wanted`] says of each input.
    pub inputs: &'a [Option<Wanted>],
    /// The tables of the inputs that are needed whole.
    pub tables: &'a [Option<Table>],
    /// Opens the others.
    pub open: &'a Open<'a>,
    /// How many threads work.
    pub threads: usize,
    /// How much memory scattered rows may take, and where those beyond go; without it all stay in memory.
    pub spill: Option<Spilling<'a>>,
}

/// What a run on pieces gives.
pub struct Streamed {
    /// The outcome; without problems.
    pub outcome: Outcome,
    /// A table for each input that was read: where it came in pieces, without rows but those that
    /// [`crate::eval::literals`] must see, and with its account.
    pub tables: Vec<Option<Table>>,
}

/// For each input, what is wanted of its pieces; `None` for one that is needed whole or not at all.
pub fn wanted(plan: &Plan, indices: &[usize]) -> Vec<Option<Wanted>> {
    ways::ways(plan, &needs(plan, indices, true))
}

/// Runs a plan, with all checks.
pub fn run(job: StreamJob<'_>) -> Result<Streamed, Ended> {
    let StreamJob { plan, wanted, tables, .. } = job;
    let needs = needs(plan, wanted, true);
    let whole = Job { plan, tables, wanted, checks: true };
    let world = World::new(whole, &needs);
    let mut problems = Problems::new();
    for (at, _) in needs.inputs.iter().enumerate().filter(|(_, needed)| **needed) {
        if job.inputs.get(at).is_none_or(Option::is_none) {
            checks::input(&world, at, &mut problems);
        }
    }
    let mut read: Vec<Option<Table>> = tables.to_vec();
    let mut inputs: Vec<Option<Gathering>> = Vec::new();
    for (at, wanted) in job.inputs.iter().enumerate() {
        let gathering = wanted.as_ref().map(|wanted| Gathering::new(&job, &world, &needs, at, wanted)).transpose()?;
        if let (Some(gathering), Some(slot)) = (&gathering, read.get_mut(at)) {
            *slot = Some(gathering.seen.clone());
        }
        inputs.push(gathering);
    }
    let mut run = Run::new(&world);
    let of_score = |score: usize| plan.scores.get(score).and_then(|score| inputs.get(score.input)?.as_ref());
    let mut scores: Vec<ScoreAccount> = Vec::new();
    for (at, (score, needed)) in plan.scores.iter().zip(&needs.scores).enumerate() {
        let gathering = of_score(at);
        let scored = (*needed && gathering.is_none()).then(|| score::run(&world, score, true, None, &mut problems));
        scores.extend(scored.as_ref().map(|scored| scored.account.clone()));
        let gathered = gathering.filter(|_| *needed);
        scores.extend(
            gathered
                .and_then(|gathering| gathering.scores.iter().find(|(place, _)| *place == at).cloned())
                .map(|(_, account)| account),
        );
        run.scores.push(scored);
    }
    for (at, (index, needed)) in plan.indices.iter().zip(&needs.indices).enumerate() {
        let computed = needed.then(|| {
            let gathered = match &index.body {
                Body::Aggregate(Aggregate { source: Source::Score(score), .. }) => of_score(*score),
                _ => None,
            };
            match gathered.and_then(|gathering| gathering.cells.iter().find(|found| found.indices.contains(&at))) {
                Some(cells) => cells.computed(&world, index, &mut run.accounts, &mut problems),
                None => run.index(index, &mut problems),
            }
        });
        run.indices.push(computed.map(Arc::new));
    }
    for &check in &needs.checks {
        run.check(check, &mut problems);
    }
    if !problems.is_empty() {
        return Err(Ended::Unfit);
    }
    let accounts = std::mem::take(&mut run.accounts);
    let policies = std::mem::take(&mut run.policies);
    let outcome = Outcome { results: results(whole, run.indices), scores, indices: accounts, policies, problems };
    Ok(Streamed { outcome, tables: read })
}

/// What an input in pieces has come to.
struct Gathering {
    seen: Table,
    scores: Vec<(usize, ScoreAccount)>,
    cells: Vec<Cells>,
}

/// The cells of aggregations of the same units, ascending, and what became of the units.
struct Cells {
    indices: Vec<usize>,
    score: usize,
    cells: Merged,
    counts: super::aggregate::Counts,
    /// How many threads there are for them.
    threads: usize,
}

/// So many cells at least are worth a thread.
const CELLS: usize = 1 << 14;

impl Gathering {
    fn new(
        job: &StreamJob<'_>,
        world: &World<'_>,
        needs: &Needs,
        input: usize,
        wanted: &Wanted,
    ) -> Result<Self, Ended> {
        let (totals, mut seen) = workers::gather(job, world, needs, input, wanted)?;
        let mut account = totals.iter().fold(seen.account, |sum, part| {
            let mut sum = sum;
            sum.read += part.input.read;
            sum.repeated += part.input.repeated;
            sum
        });
        account.kept = account.read - account.repeated;
        seen.account = account;
        let mut scores: Vec<(usize, ScoreAccount)> = Vec::new();
        let mut tallies: Vec<Vec<(usize, Total<'_>)>> = Vec::new();
        for part in totals {
            let of_scores = part.scores.iter().map(|score| (score.place, &score.account));
            if scores.is_empty() {
                scores = of_scores.map(|(place, account)| (place, account.clone())).collect();
            } else {
                scores.iter_mut().zip(of_scores).for_each(|((_, sum), (_, part))| part::add_account(sum, part));
            }
            let totals = part.scores.into_iter().flat_map(|score| {
                let place = score.place;
                score.totals.into_iter().map(move |total| (place, total))
            });
            for (at, total) in totals.enumerate() {
                if tallies.len() <= at {
                    tallies.push(Vec::new());
                }
                if let Some(list) = tallies.get_mut(at) {
                    list.push(total);
                }
            }
        }
        if scores
            .iter()
            .any(|(_, account)| account.rows + account.expanded > faults::MAX_PERIODS && account.expanded > 0)
        {
            return Err(Ended::Unfit);
        }
        let cells = tallies.into_iter().map(|totals| Cells::new(totals, job.threads)).collect::<Result<_, Unfit>>()?;
        Ok(Self { seen, scores, cells })
    }
}

impl Cells {
    fn new(totals: Vec<(usize, Total<'_>)>, threads: usize) -> Result<Self, Unfit> {
        let Some((score, first)) = totals.first() else { return Err(Unfit) };
        let (indices, score, mut counts) = (first.indices.clone(), *score, super::aggregate::Counts::default());
        for (_, total) in &totals {
            counts.no_value += total.counts.no_value;
            counts.failing += total.counts.failing;
            counts.in_cells += total.counts.in_cells;
        }
        let tallies: Vec<_> = totals.into_iter().map(|(_, total)| total.tally).collect();
        let cells = Merged::new(&tallies)?;
        Ok(Self { indices, score, cells, counts, threads: threads.max(1) })
    }

    /// The index, with the cells inside of `in` and those that it has in any case.
    fn computed(
        &self,
        world: &World<'_>,
        index: &Index,
        accounts: &mut Vec<IndexAccount>,
        problems: &mut Problems,
    ) -> Computed {
        let (Some(aggregate), Some(score)) = (aggregate_of(index), world.plan.scores.get(self.score)) else {
            return Computed { cells: Vec::new(), broken: true };
        };
        let domains = complete::domains(world, &aggregate.by);
        let in_domain = |dim: usize, value: &Value| {
            domains.get(dim).is_none_or(|domain| domain.as_ref().is_none_or(|all| all.binary_search(value).is_ok()))
        };
        let is_inside = self.cells.all(in_domain);
        let cells = || self.cells.cells().iter().zip(&is_inside).enumerate();
        let outside: u64 = cells().filter(|(_, (_, inside))| !**inside).map(|(_, (cell, _))| cell.count).sum();
        let of_cell = |(place, (cell, _)): (usize, (&Gathered, &bool))| {
            (self.cells.key(place), result(aggregate.function, &score.ty.base, cell))
        };
        // Keys are made by all threads.
        let each = is_inside.len().div_ceil(self.threads).max(CELLS);
        let some = |thread: usize| -> Vec<_> {
            cells().skip(thread * each).take(each).filter(|(_, (_, inside))| **inside).map(of_cell).collect()
        };
        let parts = workers::on_threads(is_inside.len().div_ceil(each), some);
        let gathered = parts.into_iter().flatten().collect();
        let before = problems.len();
        let cells = finish(index, aggregate.function, &score.ty.base, gathered, &domains, problems);
        let counts = self.counts;
        accounts.push(IndexAccount {
            index: index.name.to_string(),
            score: score.name.to_string(),
            scored: counts.no_value + counts.failing + counts.in_cells,
            no_value: counts.no_value,
            failing: counts.failing,
            outside,
            in_cells: counts.in_cells - outside,
        });
        Computed { cells, broken: problems.len() > before }
    }
}

fn aggregate_of(index: &Index) -> Option<&Aggregate> {
    match &index.body {
        Body::Aggregate(aggregate) => Some(aggregate),
        Body::Formula { .. } | Body::Over(_) => None,
    }
}

/// The result of a cell.
fn result(function: Function, ty: &Type, cell: &Gathered) -> super::aggregate::Result {
    let places = if let Type::Number(places) = ty { *places } else { 0 };
    match function {
        Function::Count => Ok(Value::Number(i128::from(cell.count))),
        Function::Sum | Function::Mean => of_sum(function, I256::from(cell.sum), places, cell.count),
        Function::Only if cell.count > 1 => Err(Failure::Several),
        // What needs all values at once isn't run in parts.
        Function::GeometricMean | Function::HarmonicMean => Ok(Value::Missing),
        Function::Min => Ok(cell.least.clone()),
        Function::Max | Function::Only => Ok(cell.greatest.clone()),
    }
}
