//! The runs: finds and reads the data, runs all plans, and gathers what comes out.
//!
//! The order of the runs is that of the design, so that what is done when the user interrupts is a design of its own.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::combos::{Combo, Setup};
use super::gather::{IndexRuns, MOST_VALUES};
use super::template::Draws;
use crate::cli::args::sensitivity::SensitivityArgs;
use crate::cli::inputs::{self, Read};
use crate::cli::progress::Bar;
use crate::cli::session::{Session, Step};
use crate::cli::{Exit, interrupt, quick, shape};
use crate::compile::Compiled;
use crate::diag::{Code, Diagnostic, Place, Problems, Severity};
use crate::eval::engine::sweep::{Counting, Prepared, Variants, counting, in_order};
use crate::eval::{IndexCells, Outcome};
use crate::plan::{Plan, content, needs};
use crate::sensitivity::design::Design;
use crate::value::column::Table;

/// What is to be run.
#[derive(Clone, Copy)]
pub struct Job<'j> {
    /// The arguments.
    pub args: &'j SensitivityArgs,
    /// The scheme as it stands.
    pub compiled: &'j Compiled,
    /// What plans are made of.
    pub setup: &'j Setup,
    /// The design.
    pub design: &'j Design,
    /// The indices, as places in the plan of the scheme as it stands.
    pub wanted: &'j [usize],
    /// Whether a bar is shown.
    pub watched: bool,
}

/// What came out of the runs.
pub struct Done {
    /// For each index, its cells in all runs.
    pub indices: Vec<IndexRuns>,
    /// The values that vary, in the scheme as it stands.
    pub stands: Draws,
    /// How many runs there are: whole rows of the design.
    pub samples: usize,
}

/// The tables of the combinations that read them in the same way.
struct Shelf {
    tables: Vec<Option<Table>>,
    counted: Option<(Counting, Outcome)>,
}

/// Reads the data and runs all.
pub fn run(session: &mut Session, job: Job<'_>, combos: &[Combo]) -> Step<Done> {
    let mut wanted = Vec::new();
    for combo in combos {
        wanted.push(places(session, job, combo)?);
    }
    let (shelves, shelf_of, bar) = shelves(session, job, combos, &wanted)?;
    session.timings.done("read");
    let threads = job.args.resources.threads();
    let prepare = |at: usize| {
        let (combo, wanted) = (combos.get(at)?, wanted.get(at)?);
        let shelf = shelves.get(*shelf_of.get(at)?)?;
        let variants = Variants { plans: &combo.standing, tables: &shelf.tables, wanted, checks: true, threads: 1 };
        match &shelf.counted {
            Some((counting, outcome)) => Prepared::counted(variants, counting, outcome),
            None => Some(Prepared::new(variants)),
        }
    };
    let mut prepared = Vec::new();
    in_order(combos.len(), threads, &prepare, &mut |_, one| {
        prepared.push(one);
        ControlFlow::Continue(())
    });
    if prepared.iter().any(Option::is_none) {
        // What was counted isn't enough where there is something to say of the rows: a run on whole tables says it.
        return Err(Exit::Failed);
    }
    session.timings.done("prepare");
    let prepared: Vec<Prepared<'_>> = prepared.into_iter().flatten().collect();
    Running { job, combos, prepared: &prepared, bar: &bar }.all(session)
}

/// The wanted indices in the plans of a combination.
fn places(session: &mut Session, job: Job<'_>, combo: &Combo) -> Step<Vec<usize>> {
    let plan = combo.standing.first();
    let mut found = Vec::new();
    for index in job.wanted.iter().filter_map(|&at| job.compiled.plan.indices.get(at)) {
        let place = plan.and_then(|plan| {
            let named = |at: &usize| plan.indices.get(*at).is_some_and(|other| other.name == index.name);
            plan.declared.iter().copied().find(named)
        });
        let same = |at: &usize| {
            let other = plan.and_then(|plan| plan.indices.get(*at));
            let names = |index: &crate::plan::Index| index.dims.iter().map(|dim| dim.name.clone()).collect::<Vec<_>>();
            other.is_some_and(|other| names(other) == names(index) && other.ty.base.is_numeric())
        };
        match place.filter(same) {
            Some(place) => found.push(place),
            None => {
                let made = job.setup.made(&combo.applied);
                let span = session.argument("--index", &index.name);
                let changes = job.setup.shown(&Vec::new(), &made);
                let message = if place.is_some() {
                    format!("`{}` has other dimensions with {changes}", index.name)
                } else {
                    format!("there is no index `{}` with {changes}", index.name)
                };
                let error = Diagnostic::error(Code::UnknownIndex, span, message);
                return session.fail(error.help("look at indices that all of these schemes have"));
            }
        }
    }
    Ok(found)
}

/// Reads the data once for all combinations that read them in the same way.
fn shelves(
    session: &mut Session,
    job: Job<'_>,
    combos: &[Combo],
    wanted: &[Vec<usize>],
) -> Step<(Vec<Shelf>, Vec<usize>, Bar)> {
    let mut known: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    let (mut groups, mut shelf_of): (Vec<Vec<usize>>, Vec<usize>) = (Vec::new(), Vec::new());
    for (at, combo) in combos.iter().enumerate() {
        let schemas = combo.standing.first().map(schemas).unwrap_or_default();
        let shelf = *known.entry(schemas).or_insert(groups.len());
        if shelf == groups.len() {
            groups.push(Vec::new());
        }
        if let Some(group) = groups.get_mut(shelf) {
            group.push(at);
        }
        shelf_of.push(shelf);
    }
    let (mut shelves, mut bar) = (Vec::new(), Bar::default());
    for group in &groups {
        let plans = || group.iter().filter_map(|&at| combos.get(at)?.standing.first().zip(wanted.get(at)));
        let Some((plan, _)) = plans().next() else { continue };
        let compiled = Compiled { plan: plan.clone(), ..job.compiled.clone() };
        let needed = plans().map(|(plan, wanted)| needs::inputs(plan, wanted));
        let either = |a: Vec<bool>, b: Vec<bool>| a.into_iter().zip(b).map(|(a, b)| a || b).collect();
        let needed: Vec<bool> = needed.reduce(either).unwrap_or_default();
        let mut files = inputs::find(session, &compiled, &needed, &job.args.data)?;
        let sources = files.iter().flatten().map(|bound| bound.path.clone()).chain([job.args.scheme.clone()]);
        shape::spare_sources(session, job.args.out.as_deref(), sources)?;
        bar = Bar::over(inputs::needed(&mut files, &needed), job.watched);
        if let ([only], 1) = (group.as_slice(), groups.len())
            && let (Some(combo), Some(wanted)) = (combos.get(*only), wanted.get(*only))
            && let Some(counting) = counting(&combo.standing, wanted)
        {
            let resources = &job.args.resources;
            let found = quick::run(session, &counting.plan, (&files, &needed), &counting.wanted, resources)?;
            if let Some((read, outcome)) = found {
                let variants =
                    Variants { plans: &combo.standing, tables: &read.tables, wanted, checks: true, threads: 1 };
                let enough = Prepared::counted(variants, &counting, &outcome)
                    .is_some_and(|prepared| combo.standing.iter().all(|plan| prepared.run(plan).is_some()));
                if enough {
                    shelves.push(Shelf { tables: read.tables, counted: Some((counting, outcome)) });
                    continue;
                }
            }
            bar.restart();
        }
        let read = inputs::read(session, &compiled, &files, &needed)?;
        refuse_faulty(session, &compiled, &read, job.wanted)?;
        shelves.push(Shelf { tables: read.tables, counted: None });
    }
    Ok((shelves, shelf_of, bar))
}

fn schemas(plan: &Plan) -> Vec<String> {
    plan.inputs.iter().map(|input| content::schema(&input.schema)).collect()
}

/// Where rows have errors no run has a result: what is said of one holds for all.
fn refuse_faulty(session: &mut Session, compiled: &Compiled, read: &Read, wanted: &[usize]) -> Step<()> {
    if read.faulty { inputs::run_plan(session, (compiled, &compiled.plan), read, wanted).map(drop) } else { Ok(()) }
}

/// Runs that are ready.
#[derive(Clone, Copy)]
struct Running<'r> {
    job: Job<'r>,
    combos: &'r [Combo],
    prepared: &'r [Prepared<'r>],
    bar: &'r Bar,
}

impl Running<'_> {
    fn all(self, session: &mut Session) -> Step<Done> {
        let Job { args, compiled, setup, design, wanted, .. } = self.job;
        let runs = design.runs();
        let mut place_of: Vec<(usize, usize)> = vec![(0, 0); runs + 1];
        for (at, combo) in self.combos.iter().enumerate() {
            for (place, run) in combo.runs.iter().enumerate() {
                if let Some(slot) = place_of.get_mut(*run) {
                    *slot = (at, place);
                }
            }
        }
        // The scheme as it stands comes first: the others are held against it.
        let order = |at: usize| at.checked_sub(1).unwrap_or(runs);
        let run = |at: usize| {
            let (combo, place) = *place_of.get(order(at))?;
            let plan = self.combos.get(combo)?.templates.plan(self.combos.get(combo)?.draws.get(place)?)?;
            self.prepared.get(combo)?.run(&plan)
        };
        let within = Some(args.within.as_slice()).filter(|within| args.together || !within.is_empty());
        let indices = wanted.iter().filter_map(|&at| IndexRuns::new(&compiled.plan, at, within));
        let mut taken = Taken { indices: indices.collect(), found: Found::default(), ended: Ok(()), done: 0 };
        self.bar.turn_to_runs(runs + 1);
        let finishing = interrupt::finishing();
        in_order(runs + 1, args.resources.threads(), &run, &mut |at, outcome| {
            self.bar.run_done();
            if finishing.is_asked() && taken.done > design.row() {
                return ControlFlow::Break(());
            }
            let place = place_of.get(order(at)).copied().unwrap_or_default();
            taken.take(session, self, place, at, outcome)
        });
        drop(finishing);
        taken.found.report(session, runs + 1);
        taken.ended?;
        let samples = taken.done / design.row() * design.row();
        if samples < runs {
            let span = session.argument("--samples", &args.samples.to_string());
            let message = format!("interrupted: the result rests on {samples} of {runs} samples");
            session.problems.push(Diagnostic::warning(Code::Usage, span, message));
        }
        taken.indices.iter_mut().for_each(|index| index.cut(samples));
        let plan = setup.compile(&setup.choices.stands, &Vec::new(), &mut Problems::new());
        let stands = plan.map(|plan| setup.stands(&plan)).unwrap_or_default();
        Ok(Done { indices: taken.indices, stands, samples })
    }

    /// The draws and changes of a run, as a place that messages name.
    fn place(self, session: &mut Session, (combo, place): (usize, usize)) -> Place {
        let combo = self.combos.get(combo);
        let made = combo.map(|combo| self.job.setup.made(&combo.applied)).unwrap_or_default();
        let draws = combo.and_then(|combo| combo.draws.get(place)).cloned().unwrap_or_default();
        session.argument("--samples", &self.job.setup.shown(&draws, &made)).into()
    }
}

/// What has come out so far.
struct Taken {
    indices: Vec<IndexRuns>,
    found: Found,
    ended: Step<()>,
    /// How many runs of the design.
    done: usize,
}

impl Taken {
    fn take(
        &mut self,
        session: &mut Session,
        running: Running<'_>,
        place: (usize, usize),
        at: usize,
        outcome: Option<Outcome>,
    ) -> ControlFlow<()> {
        let Some(outcome) = outcome else {
            self.ended = self.cannot(session, running, place);
            return ControlFlow::Break(());
        };
        for problem in outcome.problems.iter() {
            if self.found.is_new(problem) {
                let place = running.place(session, place);
                self.found.take(problem, Some(place));
            } else {
                self.found.take(problem, None);
            }
        }
        if outcome.problems.has_errors() {
            self.ended = Err(Exit::Found);
            return ControlFlow::Break(());
        }
        let mut results: Vec<Option<IndexCells>> = outcome.results.into_iter().map(Some).collect();
        let wanted = running.wanted_of(place.0);
        for (index, at_plan) in self.indices.iter_mut().zip(wanted) {
            let cells = results.iter_mut().find(|cells| cells.as_ref().is_some_and(|cells| cells.index == at_plan));
            let Some(cells) = cells.and_then(Option::take) else { continue };
            if at == 0 { index.take_standing(cells) } else { index.take(cells) }
        }
        self.done = at;
        let values: usize = self.indices.iter().map(|index| index.cells.len()).sum();
        if values.saturating_mul(running.job.design.runs()) > MOST_VALUES {
            let span = session.argument("--samples", &running.job.args.samples.to_string());
            let message = format!("{values} cells in each sample are more than {MOST_VALUES} values in all");
            let error = Diagnostic::error(Code::TooLarge, span, message);
            self.ended = session.fail(error.help("draw fewer samples, or pick indices with `--index`"));
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    /// What was counted of the data isn't enough for this run.
    fn cannot(&self, session: &mut Session, running: Running<'_>, place: (usize, usize)) -> Step<()> {
        let place = running.place(session, place);
        let error = Diagnostic::error(Code::Usage, place, "this sample has an error that the others haven't");
        session.fail(error.help("run it by itself to see which: `rules eval` with these settings"))
    }
}

impl Running<'_> {
    /// The wanted indices in the plans of a combination.
    fn wanted_of(self, combo: usize) -> Vec<usize> {
        self.prepared.get(combo).map(|prepared| prepared.wanted().to_vec()).unwrap_or_default()
    }
}

/// What is wrong in the runs: each finding once, with the run in which it comes first.
#[derive(Default)]
struct Found {
    known: BTreeMap<(Code, Vec<Place>), (Diagnostic, usize)>,
}

impl Found {
    fn key(problem: &Diagnostic) -> (Code, Vec<Place>) {
        (problem.code, problem.labels.iter().map(|label| label.place.clone()).collect())
    }

    fn is_new(&self, problem: &Diagnostic) -> bool {
        !self.known.contains_key(&Self::key(problem))
    }

    fn take(&mut self, problem: &Diagnostic, place: Option<Place>) {
        let first = place.map_or_else(|| problem.clone(), |place| problem.clone().also(place, "in this sample"));
        self.known.entry(Self::key(problem)).or_insert((first, 0)).1 += 1;
    }

    fn report(&mut self, session: &mut Session, all: usize) {
        for (problem, count) in std::mem::take(&mut self.known).into_values() {
            let mut problem = problem;
            if let Some(label) = problem.labels.last_mut().filter(|_| problem.severity == Severity::Warning) {
                label.text = match count {
                    1 => label.text.clone(),
                    _ if count == all => "in this sample, and in all".to_owned(),
                    _ => format!("in this sample; it comes in {count} of {all}"),
                };
            }
            session.problems.push(problem);
        }
    }
}
