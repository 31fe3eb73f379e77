//! `rules eval --sweep`: one scheme with many settings of its parameters, over data that are read once.

mod combine;
mod found;
mod runs;
mod values;

use std::ops::ControlFlow;

use super::args::EvalArgs;
use super::inputs::{self, Read};
use super::session::{Session, Step};
use super::timings::Timings;
use super::{Exit, Terminal, eval, output, select, shape};
use crate::compile::Compiled;
use crate::eval::engine::sweep::{Variants, sweep};
use crate::eval::{IndexCells, Outcome, literals, needs};
use combine::Combined;
use found::Found;
use runs::Runs;

/// Runs the command.
pub fn run(args: &EvalArgs, terminal: &mut Terminal<'_>) -> Exit {
    let mut session = Session::new(&args.scheme, &args.data.root);
    session.timings = Timings::new(args.timings);
    let exit = match evaluate(&mut session, args) {
        Ok((compiled, cells)) => {
            // Warnings come before the result.
            session.report(terminal);
            let results = eval::results(&compiled, &cells);
            let written = output::write(args.out.as_deref(), terminal, |out| eval::write(&results, None, args, out));
            session.timings.done("print");
            written.or_else(|error| session.fail(error))
        }
        Err(exit) => Err(exit),
    };
    session.report(terminal);
    // If standard error can't be written to there is nobody to tell.
    let _ = session.timings.write(terminal.err);
    exit.map_or_else(|exit| exit, |()| Exit::Done)
}

fn evaluate(session: &mut Session, args: &EvalArgs) -> Step<(Compiled, Vec<IndexCells>)> {
    let file = session.read_scheme()?;
    session.timings.done("read scheme");
    let compiled = session.compile_set(file, &select::settings(&args.settings))?;
    let wanted = select::indices(session, &compiled, &args.indices)?;
    let runs = Runs::new(session, &compiled, &wanted, args)?;
    let mut combined = Combined::new(session, &compiled, &wanted, &runs)?;
    eval::check_format(session, &compiled, combined.cells(), args)?;
    session.timings.done("compile");
    let needed = runs.plans.iter().map(|plan| needs::inputs(plan, &runs.wanted));
    let either = |a: Vec<bool>, b: Vec<bool>| a.into_iter().zip(b).map(|(a, b)| a || b).collect();
    let needed: Vec<bool> = needed.reduce(either).unwrap_or_default();
    let files = inputs::find(session, &compiled, &needed, &args.data)?;
    let sources = files.iter().flatten().map(|bound| bound.path.clone()).chain([args.scheme.clone()]);
    shape::spare_sources(session, args.out.as_deref(), sources)?;
    session.timings.done("find files");
    let read = inputs::read(session, &compiled, &files, &needed)?;
    session.timings.done("read");
    sweep_over(session, &compiled, &runs, (&read, args.resources.threads()), &mut combined)?;
    session.timings.done("run");
    Ok((compiled, combined.into_cells()))
}

fn sweep_over(
    session: &mut Session,
    compiled: &Compiled,
    runs: &Runs,
    (read, threads): (&Read, usize),
    combined: &mut Combined,
) -> Step<()> {
    let tables = read.tables.as_slice();
    if let (true, Some(plan)) = (read.faulty, runs.plans.first()) {
        // No run has a result: what is said of the first holds for all.
        return inputs::run_plan(session, (compiled, plan), read, &runs.wanted).map(drop);
    }
    session.problems.extend(literals::unused(&compiled.plan, tables, &runs.wanted));
    let (plans, wanted) = (runs.plans.as_slice(), runs.wanted.as_slice());
    let variants = Variants { plans, tables, wanted, checks: true, threads };
    let mut found = Found::default();
    let mut ended = Ok(());
    sweep(variants, &mut |at, mut outcome: Outcome| {
        found.take(session, runs, tables, at, std::mem::take(&mut outcome.problems));
        ended = if found.is_error { Err(Exit::Found) } else { combined.take(session, runs, at, outcome) };
        if ended.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    found.report(session, runs);
    ended
}
