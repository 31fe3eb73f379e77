//! The engine: runs a plan on whole columns.
//!
//! Input: a [`Job`]. Output: an [`Outcome`]. Needed scores and indices are run once each, in the order of the plan; what
//! isn't needed is not run.

mod absorb;
mod aggregate;
mod arithmetic;
mod assemble;
mod checks;
mod compare;
mod complete;
mod dates;
mod distinct;
mod empty;
mod every;
mod expr;
mod flaw;
mod formula;
mod frame;
mod group;
mod lookup;
mod means;
mod order;
mod over;
mod scale;
mod score;
pub mod shared;
mod snapshots;
pub mod stream;
pub mod sweep;
#[cfg(test)]
mod tests;
mod vector;
mod world;

use std::sync::Arc;

use aggregate::{Counts, Units};
use frame::{CellColumns, Leaves};
use score::Scored;
use world::World;

use super::{IndexAccount, IndexCells, Job, Outcome, PolicyAccount, policies};
use crate::diag::Problems;
use crate::plan::needs::{Needs, needs};
use crate::plan::{Aggregate, Body, Index, Source};
use crate::value::Value;

/// The values of the dimensions of a cell.
type Key = Vec<Value>;

/// Cells, ascending by their keys, none twice.
type Cells = Vec<(Key, Value)>;

/// Runs a plan.
pub fn run(job: Job<'_>) -> Outcome {
    let needs = needs(job.plan, job.wanted, job.checks);
    let world = World::new(job, &needs);
    let mut outcome = Outcome::default();
    if job.checks {
        checks::inputs(&world, &needs, &mut outcome.problems);
    }
    let mut run = Run::new(&world);
    run.scores(&needs, job.checks, &mut outcome.problems);
    run.indices(&needs, &mut outcome.problems);
    for &check in &needs.checks {
        run.check(check, &mut outcome.problems);
    }
    outcome.scores = run.scores.iter().flatten().map(|score| score.account.clone()).collect();
    outcome.indices = std::mem::take(&mut run.accounts);
    outcome.policies = std::mem::take(&mut run.policies);
    let computed = run.indices;
    if !outcome.problems.has_errors() {
        outcome.results = results(job, computed);
    }
    outcome
}

/// The cells of the wanted indices: those declared in their order, then any others.
fn results(job: Job<'_>, mut computed: Vec<Option<Arc<Computed>>>) -> Vec<IndexCells> {
    let mut order: Vec<usize> = job.plan.declared.iter().copied().filter(|at| job.wanted.contains(at)).collect();
    order.extend(job.wanted.iter().copied().filter(|at| !job.plan.declared.contains(at)));
    let result = |at: usize| {
        let (index, computed) = (job.plan.indices.get(at)?, computed.get_mut(at)?.take()?);
        let cells = Arc::try_unwrap(computed).map_or_else(|shared| shared.cells.clone(), |own| own.cells);
        Some(IndexCells { index: at, dims: index.dims.clone(), ty: index.ty.clone(), cells })
    };
    order.into_iter().filter_map(result).collect()
}

/// An index that was computed.
struct Computed {
    cells: Cells,
    /// Whether errors left something out.
    broken: bool,
}

/// What has been computed so far, by the places in the plan.
struct Run<'r, 'a> {
    world: &'r World<'a>,
    scores: Vec<Option<Scored>>,
    indices: Vec<Option<Arc<Computed>>>,
    accounts: Vec<IndexAccount>,
    policies: Vec<PolicyAccount>,
}

static NO_CELLS: Cells = Vec::new();

impl<'r, 'a> Run<'r, 'a> {
    fn new(world: &'r World<'a>) -> Self {
        Self { world, scores: Vec::new(), indices: Vec::new(), accounts: Vec::new(), policies: Vec::new() }
    }

    fn scores(&mut self, needs: &Needs, checks: bool, problems: &mut Problems) {
        let plan = self.world.plan;
        for (score, needed) in plan.scores.iter().zip(&needs.scores) {
            self.scores.push(needed.then(|| score::run(self.world, score, checks, None, problems)));
        }
    }

    fn indices(&mut self, needs: &Needs, problems: &mut Problems) {
        let plan = self.world.plan;
        for (index, needed) in plan.indices.iter().zip(&needs.indices) {
            let computed = needed.then(|| Arc::new(self.index(index, problems)));
            self.indices.push(computed);
        }
    }

    /// The cells of an index that stands before the one being computed.
    fn cells(&self, index: usize) -> &Cells {
        self.computed(index).map_or(&NO_CELLS, |computed| &computed.cells)
    }

    fn is_broken(&self, index: usize) -> bool {
        self.computed(index).is_none_or(|computed| computed.broken)
    }

    fn computed(&self, index: usize) -> Option<&Computed> {
        self.indices.get(index)?.as_deref()
    }

    /// Computes an index. What rests on something broken isn't computed: its errors could be mere consequences.
    fn index(&mut self, index: &'a Index, problems: &mut Problems) -> Computed {
        let before = problems.len();
        let (cells, broken) = match &index.body {
            Body::Formula { operands, .. } if operands.iter().any(|operand| self.is_broken(operand.index)) => {
                (Cells::new(), true)
            }
            Body::Formula { operands, expr } => {
                let (cells, fine) = formula::formula(self.world, index, operands, expr, |at| self.cells(at), problems);
                (cells, !fine)
            }
            Body::Over(over) if self.is_broken(over.source) => (Cells::new(), true),
            Body::Over(over) => match self.world.plan.indices.get(over.source) {
                Some(source) => {
                    let source = over::Source { index: source, cells: self.cells(over.source) };
                    let (cells, fine) = over::over(self.world, index, over, source, problems);
                    (cells, !fine)
                }
                None => (Cells::new(), true),
            },
            Body::Aggregate(aggregate) => match aggregate.source {
                Source::Score(at) => self.of_score(index, aggregate, at, problems),
                Source::Index(at) if self.is_broken(at) => (Cells::new(), true),
                Source::Index(at) => (self.of_index(index, aggregate, at, problems), false),
            },
        };
        if let Some(source) = policies::source(index).filter(|&at| !self.is_broken(at)) {
            let source = self.cells(source).iter().map(|(_, value)| value).collect();
            let result = cells.iter().map(|(_, value)| value).collect();
            let account = policies::account(self.world.plan, index, source, result);
            self.policies.extend(account);
        }
        Computed { cells, broken: broken || problems.len() > before }
    }

    fn of_score(
        &mut self,
        index: &'a Index,
        aggregate: &'a Aggregate,
        at: usize,
        problems: &mut Problems,
    ) -> (Cells, bool) {
        let world = self.world;
        let (Some(score), Some(Some(scored))) = (world.plan.scores.get(at), self.scores.get(at)) else {
            return (Cells::new(), true);
        };
        let frame = &scored.frame;
        let units = Units {
            leaves: Leaves::Rows(world.table(score.input), frame),
            len: frame.len,
            value: frame.value.as_ref(),
            weights: scored.weights(),
            ty: &score.ty.base,
        };
        let mut failed = false;
        let report = |flaws: Vec<_>, problems: &mut Problems| {
            failed = true;
            flaw::report_rows(world, score.input, flaws, |row| frame.row(row as usize), problems);
        };
        let (cells, counts) = aggregate::aggregate(world, index, aggregate, &units, report, problems);
        let Counts { no_value, failing, outside, in_cells } = counts;
        self.accounts.push(IndexAccount {
            index: index.name.to_string(),
            score: score.name.to_string(),
            scored: frame.len as u64,
            no_value,
            failing,
            outside,
            in_cells,
        });
        (cells, scored.broken || failed)
    }

    fn of_index(&self, index: &'a Index, aggregate: &'a Aggregate, at: usize, problems: &mut Problems) -> Cells {
        let (world, cells) = (self.world, self.cells(at));
        let Some(source) = world.plan.indices.get(at) else { return Cells::new() };
        let columns = CellColumns {
            dims: formula::dim_columns(source, cells.iter().map(|(key, _)| key)),
            value: Some(formula::column(&source.ty.base, cells.iter().map(|(_, value)| value))),
            operands: Vec::new(),
        };
        let units = Units {
            leaves: Leaves::Cells(&columns),
            len: cells.len(),
            value: columns.value.as_ref(),
            weights: None,
            ty: &source.ty.base,
        };
        let report = |flaws: Vec<_>, problems: &mut Problems| {
            let dims = |cell: u32| cells.get(cell as usize).map(|(key, _)| key.clone()).unwrap_or_default();
            flaw::report_cells(world, source, &flaws, dims, problems);
        };
        aggregate::aggregate(world, index, aggregate, &units, report, problems).0
    }
}
