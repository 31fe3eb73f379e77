//! `rules test`: runs the tests of schemes, and their expectations and checks on their own data.

mod expect;
mod given;
mod own;
mod published;

use std::io;

use super::args::TestArgs;
use super::session::{Session, Step};
use super::{Exit, Terminal, blame, schemes};
use crate::compile::{Compiled, ExpectKind, Test, compile_chain};
use crate::data::Bound;
use crate::diag::{Diagnostic, Problems, Severity};
use crate::eval::{Job, Outcome, engine};
use crate::report::visible::visible;
use crate::source::Span;
use expect::Failure;

/// How many tests and expectations were run.
#[derive(Debug, Default)]
struct Tally {
    passed: usize,
    failed: usize,
    /// Whether something could not be run at all.
    broken: bool,
}

/// Runs the command.
pub fn run(args: &TestArgs, terminal: &mut Terminal<'_>) -> Exit {
    let mut session = Session::default();
    let found = schemes::find(&args.paths).or_else(|error| session.fail(error));
    session.report(terminal);
    let schemes = match found {
        Ok(schemes) => schemes,
        Err(exit) => return exit,
    };
    let mut tally = Tally::default();
    for scheme in &schemes {
        // A reader that goes away has seen what it wanted; the exit code still counts.
        let _ = test_scheme(Session::new(scheme, &args.root), &mut tally, terminal);
    }
    let _ = writeln!(terminal.out, "{} passed, {} failed", tally.passed, tally.failed);
    let _ = terminal.out.flush();
    match tally {
        Tally { broken: true, .. } => Exit::Failed,
        Tally { failed: 0, .. } => Exit::Done,
        Tally { .. } => Exit::Found,
    }
}

fn test_scheme(mut session: Session, tally: &mut Tally, terminal: &mut Terminal<'_>) -> io::Result<()> {
    writeln!(terminal.out, "{}", visible(&Bound::new(&session.scheme).name))?;
    let read = session.read_scheme();
    let failure = if read.is_ok() { "it doesn't compile" } else { "it can't be read" };
    let Ok(compiled) = read.and_then(|file| session.compile(file)) else {
        tally.broken = true;
        tally.line("the scheme", &[Failure::plain(failure)], terminal)?;
        session.report(terminal);
        return Ok(());
    };
    for (at, test) in compiled.tests.iter().enumerate() {
        let failures = run_test(&mut session, &compiled, at, test);
        tally.line(&format!("test \"{}\"", test.name), &failures, terminal)?;
        session.report_later(failures);
    }
    let own = own::run(&mut session, &compiled, &mut tally.broken);
    if compiled.tests.is_empty() && own.is_empty() {
        writeln!(terminal.out, "  no tests and no expectations")?;
    }
    for (name, failures) in own {
        tally.line(&name, &failures, terminal)?;
        session.report_later(failures);
    }
    session.report(terminal);
    Ok(())
}

impl Tally {
    /// Prints the line of a test or an expectation, and below it what differs.
    fn line(&mut self, name: &str, failures: &[Failure], terminal: &mut Terminal<'_>) -> io::Result<()> {
        let word = if failures.is_empty() { "ok    " } else { "FAILED" };
        *(if failures.is_empty() { &mut self.passed } else { &mut self.failed }) += 1;
        writeln!(terminal.out, "  {word}  {}", visible(name))?;
        for line in failures.iter().flat_map(|failure| &failure.lines) {
            writeln!(terminal.out, "          {}", visible(line))?;
        }
        Ok(())
    }
}

impl Session {
    fn report_later(&mut self, failures: Vec<Failure>) {
        failures.into_iter().filter_map(|failure| failure.diagnostic).for_each(|found| self.problems.push(found));
    }

    /// An expectation in the words of the scheme, on one line.
    fn words(&self, span: Span) -> String {
        let words: Vec<&str> = self.sources.slice(span).split_whitespace().collect();
        let words = words.join(" ");
        if words.chars().count() <= 100 { words } else { words.chars().take(99).chain(['…']).collect() }
    }
}

/// Runs a test; it has passed if there is no failure.
fn run_test(session: &mut Session, base: &Compiled, at: usize, test: &Test) -> Vec<Failure> {
    let mut problems = Problems::new();
    let again = match test.settings.as_slice() {
        [] => None,
        settings => Some(compile_chain(&base.chain, settings, &mut problems)),
    };
    let outcome = match &again {
        None => run_on_given(session, base, test, &mut problems),
        Some(Some(compiled)) => match compiled.tests.get(at) {
            Some(test) => run_on_given(session, compiled, test, &mut problems),
            None => None,
        },
        Some(None) => None,
    };
    let errors: Vec<Diagnostic> = problems.iter().filter(|found| found.severity == Severity::Error).cloned().collect();
    let (plan, test) = match &again {
        Some(Some(compiled)) => (&compiled.plan, compiled.tests.get(at).unwrap_or(test)),
        _ => (&base.plan, test),
    };
    let mut failures = Vec::new();
    let mut expected = false;
    for expect in &test.expects {
        let failure = match (&expect.kind, &outcome) {
            (ExpectKind::Error(code), _) => {
                let failure = expect::error(code, expect.span, &errors);
                expected |= failure.is_none();
                failure
            }
            (ExpectKind::Cells { .. }, Some(outcome)) => expect::cells(plan, expect, outcome),
            (ExpectKind::File { .. }, Some(outcome)) => published::judge(session, base, expect, outcome, &mut false),
            (_, None) => None,
        };
        failures.extend(failure);
    }
    if !errors.is_empty() && !expected {
        failures.push(Failure::plain(&format!("the run ended with {}", expect::codes(&errors))));
        errors.into_iter().for_each(|error| session.problems.push(error));
    }
    failures
}

/// The outcome of a test's run, if it has no error. Warnings are about data that nobody collected: they are dropped.
fn run_on_given(session: &Session, compiled: &Compiled, test: &Test, problems: &mut Problems) -> Option<Outcome> {
    let places = given::Places::of(session, test);
    let mut found = Problems::new();
    let tables = given::tables(session, compiled, test, &mut found);
    let outcome = tables.filter(|_| !found.has_errors()).map(|tables| {
        let wanted = wanted(compiled, test);
        let job = Job { plan: &compiled.plan, tables: &tables, wanted: &wanted, checks: true };
        let mut outcome = engine::run(job);
        let run = blame::Run { compiled, tables: &tables, wanted: &wanted };
        found.extend(blame::of_run(run, std::mem::take(&mut outcome.problems)));
        outcome
    });
    problems.extend(places.in_scheme(found));
    outcome.filter(|_| !problems.has_errors())
}

/// The indices that a test names; all, where it expects an error.
fn wanted(compiled: &Compiled, test: &Test) -> Vec<usize> {
    let mut wanted = Vec::new();
    for expect in &test.expects {
        match &expect.kind {
            ExpectKind::Cells { index, .. } | ExpectKind::File { index, .. } => wanted.push(*index),
            ExpectKind::Error(_) => wanted.extend(&compiled.plan.declared),
        }
    }
    wanted.sort_unstable();
    wanted.dedup();
    wanted
}

/// What a step of a run left, if it was not ended.
fn ok<T>(step: Step<T>, broken: &mut bool) -> Option<T> {
    *broken |= matches!(step, Err(Exit::Failed));
    step.ok()
}
