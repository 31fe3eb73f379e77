//! Many variants of a plan over the same tables: what they have in common is computed once.
//!
//! Input: the tables, then one plan after the other. Output: the cells of the wanted indices of each. Scores that begin
//! alike share the frames behind their first steps; indices that say the same of the same scores share their cells.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::lookup::KeyIndices;
use super::score;
use super::snapshots::Snapshots;
use super::world::World;
use super::{Computed, Run};
use crate::diag::Problems;
use crate::eval::Job;
use crate::plan::needs::needs;
use crate::plan::{Body, Plan, Score, Source, content};
use crate::value::Value;
use crate::value::column::Table;

/// How many cells are kept for later variants; the oldest go first.
const MOST_CELLS: usize = 4_000_000;

/// The cells of an index, ascending by the values of their dimensions, none twice.
#[derive(Clone)]
pub struct SharedCells(Arc<Computed>);

impl SharedCells {
    /// The cells.
    pub fn cells(&self) -> &[(Vec<Value>, Value)] {
        &self.0.cells
    }
}

/// Runs of variants of a plan over the same tables.
pub struct Shared<'t> {
    tables: &'t [Option<Table>],
    keys: KeyIndices<'t>,
    snapshots: BTreeMap<Arc<str>, Snapshots>,
    /// Numbers for what parts of plans say.
    numbers: BTreeMap<String, usize>,
    known: BTreeMap<usize, Arc<Computed>>,
    /// What is known, the oldest first, and how many cells that are.
    order: VecDeque<usize>,
    size: usize,
}

impl<'t> Shared<'t> {
    /// Runs over these tables: all plans must have the same inputs.
    pub fn new(tables: &'t [Option<Table>]) -> Self {
        Self {
            tables,
            keys: KeyIndices::default(),
            snapshots: BTreeMap::new(),
            numbers: BTreeMap::new(),
            known: BTreeMap::new(),
            order: VecDeque::new(),
            size: 0,
        }
    }

    /// The cells of the wanted indices (places in [`Plan::indices`]), in the order wanted; `None` if there is an error
    /// in the data, or if the table of an input that is needed wasn't read. Checks aren't looked at.
    pub fn run(&mut self, plan: &Plan, wanted: &[usize]) -> Option<Vec<SharedCells>> {
        let needs = needs(plan, wanted, false);
        // No other variant may have needed this input: without its file there is no telling what the cells are.
        let is_read = |at: usize| self.tables.get(at).is_some_and(Option::is_some);
        if needs.inputs.iter().enumerate().any(|(at, needed)| *needed && !is_read(at)) {
            return None;
        }
        let job = Job { plan, tables: self.tables, wanted, checks: false };
        let world = World::sharing(job, self.tables, &needs, &mut self.keys);
        let mut run = Run {
            world: &world,
            scores: plan.scores.iter().map(|_| None).collect(),
            indices: plan.indices.iter().map(|_| None).collect(),
            ..Run::new(&world)
        };
        // What the steps of a score say is asked for by each index over it.
        let of_score =
            |(score, needed): (&Arc<Score>, &bool)| needed.then(|| content::steps(plan, score)).unwrap_or_default();
        let steps: Vec<Vec<String>> = plan.scores.iter().zip(&needs.scores).map(of_score).collect();
        let mut numbers: Vec<Option<usize>> = vec![None; plan.indices.len()];
        for (at, index) in plan.indices.iter().enumerate() {
            if !needs.indices.get(at).copied().unwrap_or(false) {
                continue;
            }
            let number = self.number(plan, at, &numbers, &steps);
            let computed = match self.known.get(&number) {
                Some(known) => Arc::clone(known),
                None => {
                    let mut problems = Problems::new();
                    if let Body::Aggregate(aggregate) = &index.body
                        && let Source::Score(score) = aggregate.source
                    {
                        self.score(&mut run, score, &steps, &mut problems);
                    }
                    let computed = run.index(index, &mut problems);
                    if problems.has_errors() || computed.broken {
                        return None;
                    }
                    self.keep(number, computed)
                }
            };
            put(&mut numbers, at, Some(number));
            put(&mut run.indices, at, Some(computed));
        }
        wanted.iter().map(|&at| run.indices.get(at)?.clone().map(SharedCells)).collect()
    }

    /// The number of all that the cells of an index depend on.
    fn number(&mut self, plan: &Plan, at: usize, numbers: &[Option<usize>], steps: &[Vec<String>]) -> usize {
        let Some(index) = plan.indices.get(at) else { return usize::MAX };
        let of = |index: usize| numbers.get(index).copied().flatten();
        let made_of = match &index.body {
            Body::Formula { operands, .. } => {
                format!("{:?}", operands.iter().map(|operand| of(operand.index)).collect::<Vec<_>>())
            }
            Body::Over(over) => format!("{:?}", of(over.source)),
            Body::Aggregate(aggregate) => match aggregate.source {
                Source::Index(source) => format!("{:?}", of(source)),
                Source::Score(at) => {
                    plan.scores.get(at).zip(steps.get(at)).map_or_else(String::new, |(score, steps)| {
                        format!("{} {:?} {}", score.input, score.ty, steps.join("\n"))
                    })
                }
            },
        };
        let text = format!("{}\n{made_of}", content::index(plan, index));
        let next = self.numbers.len();
        *self.numbers.entry(text).or_insert(next)
    }

    fn score<'a>(&mut self, run: &mut Run<'_, 'a>, at: usize, steps: &[Vec<String>], problems: &mut Problems) {
        let plan: &'a Plan = run.world.plan;
        let Some(score) = plan.scores.get(at).filter(|_| run.scores.get(at).is_some_and(Option::is_none)) else {
            return;
        };
        let snapshots = self.snapshots.entry(Arc::clone(&score.name)).or_default();
        snapshots.prepare(score.input, steps.get(at).cloned().unwrap_or_default());
        let scored = score::run(run.world, score, false, Some(snapshots), problems);
        put(&mut run.scores, at, Some(scored));
    }

    fn keep(&mut self, number: usize, computed: Computed) -> Arc<Computed> {
        let computed = Arc::new(computed);
        self.size += computed.cells.len();
        self.order.push_back(number);
        self.known.insert(number, Arc::clone(&computed));
        while self.size > MOST_CELLS
            && let Some(oldest) = self.order.pop_front()
        {
            self.size -= self.known.remove(&oldest).map_or(0, |old| old.cells.len());
        }
        computed
    }
}

fn put<T>(list: &mut [T], at: usize, value: T) {
    if let Some(slot) = list.get_mut(at) {
        *slot = value;
    }
}
