//! `rules eval --sweep`: one scheme with many settings of its parameters, over data that are read once.

mod combine;
mod found;
mod runs;
mod values;
mod written;

use std::ops::ControlFlow;
use std::path::Path;

use super::args::EvalArgs;
use super::inputs::{self, Files, Read};
use super::progress::{self, Bar};
use super::session::{Session, Step};
use super::timings::Timings;
use super::{Exit, Terminal, eval, output, quick, select, shape};
use crate::compile::Compiled;
use crate::data::{Bound, bytes};
use crate::diag::{Code, DataPlace, Diagnostic};
use crate::eval::engine::sweep::{counting, sweep, sweep_counted};
use crate::eval::{IndexCells, Outcome, literals};
use crate::plan::needs;
use crate::value::column::Table;
use combine::Combined;
use found::Found;
use runs::Runs;

/// Runs the command.
pub fn run(args: &EvalArgs, terminal: &mut Terminal<'_>) -> Exit {
    let mut session = Session::new(&args.scheme, &args.data.root);
    session.timings = Timings::new(args.timings);
    let made = evaluate(&mut session, args, progress::is_wanted(terminal));
    session.end(terminal, made, |(compiled, cells), terminal| {
        let results = eval::results(compiled, cells);
        output::write(args.out.as_deref(), terminal, |out| eval::write(&results, None, args, out))
    })
}

fn evaluate(session: &mut Session, args: &EvalArgs, watched: bool) -> Step<(Compiled, Vec<IndexCells>)> {
    let file = session.read_scheme()?;
    session.timings.done("read scheme");
    let compiled = session.compile_set(file, &select::settings(&args.settings))?;
    let wanted = select::indices(session, &compiled, &args.indices)?;
    let runs = Runs::new(session, &compiled, &wanted, args)?;
    let combined = Combined::new(session, &compiled, &wanted, &runs)?;
    eval::check_format(session, &compiled, combined.cells(), args)?;
    session.timings.done("compile");
    let needed = runs.plans.iter().map(|plan| needs::inputs(plan, &runs.wanted));
    let either = |a: Vec<bool>, b: Vec<bool>| a.into_iter().zip(b).map(|(a, b)| a || b).collect();
    let needed: Vec<bool> = needed.reduce(either).unwrap_or_default();
    let mut files = inputs::find(session, &compiled, &needed, &args.data)?;
    check_files(session, args, &files)?;
    session.timings.done("find files");
    let bar = Bar::over(inputs::needed(&mut files, &needed), watched);
    let sweeping = Sweeping { args, compiled: &compiled, runs: &runs, bar: &bar };
    let cells = match sweeping.counted(session, (&files, &needed), &combined) {
        Some(cells) => cells?,
        None => {
            bar.restart();
            let read = inputs::read(session, &compiled, &files, &needed)?;
            session.timings.done("read");
            sweeping.over_tables(session, &read, combined)?
        }
    };
    session.timings.done("run");
    Ok((compiled, cells))
}

/// The result takes the place of no file that is read, and standard input is read once.
fn check_files(session: &mut Session, args: &EvalArgs, files: &Files) -> Step<()> {
    let data = || files.iter().flatten().map(|bound| bound.path.clone());
    let settings = args.sweep.file.as_ref();
    let stdin = Path::new(bytes::STDIN);
    if settings.is_some_and(|path| path == stdin) && data().any(|path| path == stdin) {
        let place = DataPlace::file(&Bound::new(stdin).name);
        return session.fail(Diagnostic::error(Code::Usage, place, "standard input is data, and settings too"));
    }
    let sources = data().chain([args.scheme.clone()]).chain(settings.cloned());
    shape::spare_sources(session, args.out.as_deref(), sources)
}

/// A sweep that is ready to read its data.
#[derive(Clone, Copy)]
struct Sweeping<'s> {
    args: &'s EvalArgs,
    compiled: &'s Compiled,
    runs: &'s Runs,
    bar: &'s Bar,
}

impl Sweeping<'_> {
    /// Reads the files in pieces and runs on what was counted of them; `None` where whole tables are needed, or where
    /// there is an error to tell.
    fn counted(
        self,
        session: &mut Session,
        (files, needed): (&Files, &[bool]),
        combined: &Combined,
    ) -> Option<Step<Vec<IndexCells>>> {
        let Self { args, compiled, runs, bar } = self;
        let counting = counting(&runs.plans, &runs.wanted)?;
        let found = quick::run(session, &counting.plan, (files, needed), &counting.wanted, &args.resources);
        let (read, outcome) = match found {
            Ok(found) => found?,
            Err(exit) => return Some(Err(exit)),
        };
        let tables = read.tables.as_slice();
        if !literals::unused(&compiled.plan, tables, &runs.wanted).is_empty() {
            return None;
        }
        session.timings.done("read and count");
        bar.turn_to_runs(runs.plans.len());
        let mut taken = Taken::new(combined.clone());
        let mut has_errors = false;
        let done = sweep_counted(runs.variants(tables, args), &counting, &outcome, &mut |at, outcome| {
            bar.run_done();
            has_errors = outcome.problems.has_errors();
            if has_errors { ControlFlow::Break(()) } else { taken.take(session, runs, tables, at, outcome) }
        });
        (done.is_ok() && !has_errors).then(|| taken.end(session, runs))
    }

    fn over_tables(self, session: &mut Session, read: &Read, combined: Combined) -> Step<Vec<IndexCells>> {
        let Self { args, compiled, runs, bar } = self;
        let tables = read.tables.as_slice();
        if let (true, Some(plan)) = (read.faulty, runs.plans.first()) {
            // No run has a result: what is said of the first holds for all.
            inputs::run_plan(session, (compiled, plan), read, &runs.wanted)?;
        }
        session.problems.extend(literals::unused(&compiled.plan, tables, &runs.wanted));
        bar.turn_to_runs(runs.plans.len());
        let mut taken = Taken::new(combined);
        sweep(runs.variants(tables, args), &mut |at, outcome| {
            bar.run_done();
            taken.take(session, runs, tables, at, outcome)
        });
        taken.end(session, runs)
    }
}

/// What has come out of the runs so far.
struct Taken {
    found: Found,
    combined: Combined,
    ended: Step<()>,
}

impl Taken {
    fn new(combined: Combined) -> Self {
        Self { found: Found::default(), combined, ended: Ok(()) }
    }

    fn take(
        &mut self,
        session: &mut Session,
        runs: &Runs,
        tables: &[Option<Table>],
        at: usize,
        mut outcome: Outcome,
    ) -> ControlFlow<()> {
        self.found.take(session, runs, tables, at, std::mem::take(&mut outcome.problems));
        self.ended =
            if self.found.is_error { Err(Exit::Found) } else { self.combined.take(session, runs, at, outcome) };
        if self.ended.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }

    fn end(self, session: &mut Session, runs: &Runs) -> Step<Vec<IndexCells>> {
        self.found.report(session, runs);
        self.ended.map(|()| self.combined.into_cells())
    }
}
