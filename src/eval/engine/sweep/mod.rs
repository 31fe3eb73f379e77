//! Many variants of a plan over the same tables: one scheme with many settings of its parameters.
//!
//! Input: the plans, the tables, what is wanted. Output: an [`Outcome`] for each plan, the same as that of a run of its
//! own but for the account, which it hasn't. What all variants have in common is computed once: the first steps of each
//! score, what expressions say of rows alone, whole indices. Behind that, rows that no variant tells apart are one row
//! with a weight. Where something is wrong with the rows of a variant, it is run by itself, and tells what.

mod alike;
mod classes;
mod counting;
mod in_order;
mod parts;
mod prepared;
mod reduced;
mod units;

use std::ops::ControlFlow;
use std::sync::{Arc, OnceLock};

use super::lookup::KeyIndices;
use super::world::World;
use super::{Computed, Run, checks, results};
use crate::diag::Problems;
use crate::eval::{Job, Outcome};
use crate::plan::needs::{self, Needs, needs};
use crate::plan::{Body, Plan, Source, content};
use crate::value::column::Table;
use crate::value::piece::Unfit;
use counting::Counted;
pub use in_order::in_order;
pub use prepared::Prepared;
use reduced::{Asked, Reduced};

/// Variants of a plan, and what is wanted of each.
#[derive(Debug, Clone, Copy)]
pub struct Variants<'a> {
    /// The plans.
    pub plans: &'a [Plan],
    /// A table for each input.
    pub tables: &'a [Option<Table>],
    /// The wanted indices, as places in [`Plan::indices`].
    pub wanted: &'a [usize],
    /// Whether the checks of the scheme are looked at, as in [`Job`].
    pub checks: bool,
    /// How many threads work.
    pub threads: usize,
}

/// Runs all variants. `each` takes the place of a plan and its outcome, in the order of the plans, until it breaks off.
/// The result is how many of these had to be run by themselves.
pub fn sweep(variants: Variants<'_>, each: &mut dyn FnMut(usize, Outcome) -> ControlFlow<()>) -> usize {
    let statistics = Statistics::new(variants);
    let run = |at: usize| {
        let plan = variants.plans.get(at)?;
        let quick = statistics.as_ref().and_then(|statistics| statistics.run(plan));
        Some((quick.is_none(), quick.unwrap_or_else(|| alone(variants, plan))))
    };
    let mut by_themselves = 0;
    in_order(variants.plans.len(), variants.threads, &run, &mut |at, run| {
        let Some((is_alone, outcome)) = run else { return ControlFlow::Continue(()) };
        by_themselves += usize::from(is_alone);
        each(at, outcome)
    });
    by_themselves
}

/// What a run must count so that a sweep needs no rows afterwards.
pub struct Counting {
    /// The plan that counts.
    pub plan: Plan,
    /// Its wanted indices.
    pub wanted: Vec<usize>,
    /// What is counted of each score, and by which index.
    scores: Vec<Option<(Counted, usize)>>,
}

/// What must be counted for a sweep; `None` where it can't do without the rows.
pub fn counting(plans: &[Plan], wanted: &[usize]) -> Option<Counting> {
    let base = plans.first()?;
    let all_alike = plans.iter().skip(1).all(|plan| alike::alike(base, plan) && alike::scales(base, plan));
    if !all_alike || !alike::input_checks(plans) {
        return None;
    }
    let needs = needs(base, wanted, true);
    let asked = Asked { plans, needed: &needs.indices, checks: true };
    let mut counting = Counting {
        plan: Plan { indices: Vec::new(), declared: Vec::new(), checks: Vec::new(), ..base.clone() },
        wanted: Vec::new(),
        scores: Vec::new(),
    };
    for (at, needed) in needs.scores.iter().enumerate() {
        let Some(score) = base.scores.get(at).filter(|_| *needed) else {
            counting.scores.push(None);
            continue;
        };
        // What is looked up must be there as a whole.
        if plans.iter().any(|plan| alike::looks_up(plan, wanted, score.input)) {
            return None;
        }
        let counted = Counted::new(asked, at)?;
        let place = counting.plan.indices.len();
        let index = counted.count(&mut counting.plan)?;
        counting.plan.indices.push(Arc::new(index));
        counting.wanted.push(place);
        counting.scores.push(Some((counted, place)));
    }
    Some(counting)
}

/// Runs all variants as [`sweep`] does, on what was counted for them, with all checks. The tables are those of the inputs
/// that are needed whole. Gives up where a variant must be run by itself.
pub fn sweep_counted(
    variants: Variants<'_>,
    counting: &Counting,
    counted: &Outcome,
    each: &mut dyn FnMut(usize, Outcome) -> ControlFlow<()>,
) -> Result<(), Unfit> {
    let statistics = Statistics::of_counted(variants, counting, counted).ok_or(Unfit)?;
    let run = |at: usize| statistics.run(variants.plans.get(at)?);
    let mut all = Ok(());
    in_order(variants.plans.len(), variants.threads, &run, &mut |at, outcome| match outcome {
        Some(outcome) => each(at, outcome),
        None => {
            all = Err(Unfit);
            ControlFlow::Break(())
        }
    });
    all
}

/// Runs a variant by itself.
fn alone(variants: Variants<'_>, plan: &Plan) -> Outcome {
    let Variants { tables, wanted, checks, .. } = variants;
    let outcome = super::run(Job { plan, tables, wanted, checks });
    Outcome { scores: Vec::new(), indices: Vec::new(), ..outcome }
}

/// What all variants have in common.
struct Statistics<'a> {
    variants: Variants<'a>,
    needs: Needs,
    keys: KeyIndices<'a>,
    /// What is wrong with the rows of inputs; none where the variants look at different things.
    inputs: Option<Problems>,
    scores: Vec<Option<Reduced>>,
    /// What the indices of the first plan say.
    texts: Vec<String>,
    /// The indices of the first plan.
    first: OnceLock<Vec<Option<Arc<Computed>>>>,
}

impl<'a> Statistics<'a> {
    /// Reduces the tables; `None` where the variants have too little in common, or something is wrong in all.
    fn new(variants: Variants<'a>) -> Option<Self> {
        let Variants { plans, tables, wanted, checks, .. } = variants;
        let base = plans.first()?;
        if !plans.iter().skip(1).all(|plan| alike::alike(base, plan)) {
            return None;
        }
        let needs = needs(base, wanted, checks);
        let mut keys = KeyIndices::new();
        let world = World::sharing(Job { plan: base, tables, wanted, checks }, tables, &needs, &mut keys);
        let mut inputs = alike::input_checks(plans).then(Problems::new);
        if let Some(problems) = inputs.as_mut().filter(|_| checks) {
            checks::inputs(&world, &needs, problems);
            if problems.has_errors() {
                return None;
            }
        }
        let asked = Asked { plans, needed: &needs.indices, checks };
        let mut scores = Vec::new();
        for (at, needed) in needs.scores.iter().enumerate() {
            scores.push(if *needed { Some(Reduced::new(&world, asked, at)?) } else { None });
        }
        drop(world);
        let texts = alike::indices(base);
        Some(Self { variants, needs, keys, inputs, scores, texts, first: OnceLock::new() })
    }

    /// What was counted; `None` where there is something to say of the rows of an input.
    fn of_counted(variants: Variants<'a>, counting: &Counting, counted: &Outcome) -> Option<Self> {
        let Variants { plans, tables, wanted, .. } = variants;
        let base = plans.first()?;
        let needs = needs(base, wanted, true);
        let known = needs::inputs(&counting.plan, &counting.wanted);
        let mut keys = KeyIndices::new();
        let world = World::sharing(Job { plan: base, tables, wanted, checks: true }, tables, &needs, &mut keys);
        let mut problems = Problems::new();
        for (at, (needed, known)) in needs.inputs.iter().zip(&known).enumerate() {
            if *needed && !known {
                checks::input(&world, at, &mut problems);
            }
        }
        drop(world);
        if !problems.is_empty() {
            return None;
        }
        let mut scores = Vec::new();
        for (score, counts) in base.scores.iter().zip(&counting.scores) {
            scores.push(match counts {
                Some((counts, index)) => {
                    let cells = counted.results.iter().find(|cells| cells.index == *index)?;
                    Some(counts.reduced(score, cells))
                }
                None => None,
            });
        }
        let texts = alike::indices(base);
        Some(Self { variants, needs, keys, inputs: Some(problems), scores, texts, first: OnceLock::new() })
    }

    /// The outcome of a variant; `None` where something is wrong with a row.
    fn run(&self, plan: &Plan) -> Option<Outcome> {
        let Variants { tables, wanted, checks, .. } = self.variants;
        let fitted = self.fitted(plan);
        let needs = needs(&fitted, wanted, checks);
        let job = Job { plan: &fitted, tables, wanted, checks };
        let mut keys = self.keys.clone();
        let world = World::sharing(job, tables, &needs, &mut keys);
        let mut outcome = Outcome::default();
        match &self.inputs {
            Some(problems) => outcome.problems.extend(problems.clone()),
            None if checks => checks::inputs(&world, &needs, &mut outcome.problems),
            None => {}
        }
        let mut run = Run::new(&world);
        for ((score, needed), reduced) in fitted.scores.iter().zip(&needs.scores).zip(&self.scores) {
            let scored = needed.then(|| reduced.as_ref()?.finish(&world, score, checks, &mut outcome.problems));
            run.scores.push(match scored {
                Some(scored) => Some(scored?),
                None => None,
            });
        }
        self.indices(&mut run, plan, &needs, &mut outcome.problems)?;
        for &check in &needs.checks {
            run.check(check, &mut outcome.problems);
        }
        let computed = std::mem::take(&mut run.indices);
        // The first variant is run before any other. Where something is wrong with it there is nothing to take over.
        if self.first.get().is_none() {
            let is_first = alike::indices(plan) == self.texts;
            let _ = self.first.set(if is_first { computed.clone() } else { Vec::new() });
        }
        if !outcome.problems.has_errors() {
            outcome.results = results(job, computed);
        }
        Some(outcome)
    }

    /// The plan, made to go on where the steps end that all variants share.
    fn fitted(&self, plan: &Plan) -> Plan {
        let Variants { plans, checks, .. } = self.variants;
        let asked = Asked { plans, needed: &self.needs.indices, checks };
        let mut fitted = plan.clone();
        self.scores.iter().flatten().for_each(|reduced| reduced.fit(asked, plan, &mut fitted));
        fitted
    }

    /// Computes the needed indices, but for those that are the same as in the first plan. `None` where something is wrong
    /// with a unit.
    fn indices<'w>(&self, run: &mut Run<'_, 'w>, plan: &Plan, needs: &Needs, problems: &mut Problems) -> Option<()> {
        let fitted: &'w Plan = run.world.plan;
        let first = self.first.get();
        let mut same: Vec<bool> = Vec::new();
        for (at, (index, own)) in fitted.indices.iter().zip(&plan.indices).enumerate() {
            if !needs.indices.get(at).copied().unwrap_or(false) {
                same.push(false);
                run.indices.push(None);
                continue;
            }
            let is_same = |at: &usize| same.get(*at).copied().unwrap_or(false);
            let made_of_same = match &index.body {
                Body::Formula { operands, .. } => operands.iter().all(|operand| is_same(&operand.index)),
                Body::Over(over) => is_same(&over.source),
                Body::Aggregate(aggregate) => match aggregate.source {
                    Source::Index(source) => is_same(&source),
                    Source::Score(score) => self.is_whole(score),
                },
            };
            same.push(made_of_same && self.texts.get(at) == Some(&content::index(plan, own)));
            let known = first.filter(|_| same.get(at) == Some(&true)).and_then(|first| first.get(at)?.clone());
            let computed = match known.filter(|known| !known.broken) {
                Some(known) => known,
                None => {
                    let before = problems.len();
                    let computed = run.index(index, problems);
                    let of_units = matches!(&index.body, Body::Aggregate(aggregate) if matches!(aggregate.source, Source::Score(_)));
                    if of_units && problems.len() > before {
                        return None;
                    }
                    Arc::new(computed)
                }
            };
            run.indices.push(Some(computed));
        }
        Some(())
    }

    fn is_whole(&self, score: usize) -> bool {
        let spec = self.variants.plans.first().and_then(|plan| plan.scores.get(score));
        let reduced = self.scores.get(score).and_then(Option::as_ref);
        spec.zip(reduced).is_some_and(|(spec, reduced)| reduced.is_whole(spec))
    }
}
