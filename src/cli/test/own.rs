//! The expectations and checks of a scheme on its own data.

use super::expect::{self, Failure};
use super::{ok, published};
use crate::cli::args::{DataArgs, StdinFormat};
use crate::cli::inputs::{self, Read};
use crate::cli::render::plural;
use crate::cli::session::Session;
use crate::compile::{Compiled, Expect, ExpectKind};
use crate::data::{CommandLine, bind};
use crate::diag::{Code, Diagnostic, Problems, Severity};
use crate::eval::{Job, Outcome, engine};
use crate::plan::needs;

/// The name of a line, and its failures.
type Line = (String, Vec<Failure>);

/// A line for each expectation, and one for the data if something is wrong with it. Sets `broken` where the data can't
/// be read.
pub fn run(session: &mut Session, compiled: &Compiled, broken: &mut bool) -> Vec<Line> {
    let Some(data) = &compiled.header.data else {
        return compiled.expects.iter().map(|expect| (session.words(expect.span), vec![no_data(expect)])).collect();
    };
    let mut lines = Vec::new();
    let outcome = outcome(session, compiled, broken, &mut lines);
    if outcome.is_none() && lines.is_empty() {
        lines.push((format!("data \"{}\"", data.node), vec![Failure::plain("the data has errors")]));
    }
    for expect in &compiled.expects {
        let failure = match (&outcome, &expect.kind) {
            (None, _) => Some(Failure::plain("not run")),
            (Some(outcome), ExpectKind::Cells { .. }) => expect::cells(&compiled.plan, expect, outcome),
            (Some(outcome), ExpectKind::File { .. }) => published::judge(session, compiled, expect, outcome, broken),
            (Some(_), ExpectKind::Error(code)) => expect::error(code, expect.span, &[]),
        };
        // How many cells agree is what a replication wants to know.
        let count = match (&outcome, &expect.kind) {
            (Some(outcome), ExpectKind::File { index, .. }) if failure.is_none() => {
                expect::result(outcome, *index).map(|found| format!(" ({})", plural(found.cells.len() as u64, "cell")))
            }
            _ => None,
        };
        let name = session.words(expect.span) + &count.unwrap_or_default();
        lines.push((name, failure.into_iter().collect()));
    }
    lines
}

fn no_data(expect: &Expect) -> Failure {
    let message = "the scheme names no data that this could be expected of";
    let help = "add the folder of its data to the head of the scheme: `data \"../examples/…\"`";
    let diagnostic = Diagnostic::error(Code::BadTest, expect.span, message).help(help);
    Failure { lines: vec![message.to_owned()], diagnostic: Some(diagnostic) }
}

/// The cells of all indices for which there is data. A check that doesn't hold is a line of its own, and the
/// expectations are looked at all the same.
fn outcome(session: &mut Session, compiled: &Compiled, broken: &mut bool, lines: &mut Vec<Line>) -> Option<Outcome> {
    let plan = &compiled.plan;
    let wanted = wanted(session, compiled);
    let needed = needs::inputs(plan, &wanted);
    let args = DataArgs {
        data: Vec::new(),
        inputs: Vec::new(),
        stdin_format: StdinFormat::default(),
        root: session.root.clone(),
    };
    let files = ok(inputs::find(session, compiled, &needed, &args), broken)?;
    let read = ok(inputs::read(session, compiled, &files, &needed), broken)?;
    let before = session.problems.len();
    match ok(inputs::run(session, compiled, &read, &wanted), broken) {
        Some(outcome) => Some(outcome),
        None => {
            let found = session.problems.iter().skip(before).filter(|found| found.severity == Severity::Error);
            let errors: Vec<&Diagnostic> = found.collect();
            if read.faulty || errors.iter().any(|error| error.code != Code::CheckFailed) {
                return None;
            }
            let failures = errors.iter().map(|error| Failure::plain(&error.message)).collect();
            lines.push(("the checks on its own data".to_owned(), failures));
            Some(without_checks(compiled, &read, &wanted))
        }
    }
}

fn without_checks(compiled: &Compiled, read: &Read, wanted: &[usize]) -> Outcome {
    engine::run(Job { plan: &compiled.plan, tables: &read.tables, wanted, checks: false })
}

/// The indices that are expected, and all others whose inputs have files.
fn wanted(session: &Session, compiled: &Compiled) -> Vec<usize> {
    let plan = &compiled.plan;
    let schemas: Vec<_> = plan.inputs.iter().map(|input| input.schema.clone()).collect();
    let own = session.own(compiled);
    // What is wrong here is said when the files are found for good.
    let mut problems = Problems::new();
    let files = bind(&schemas, &vec![false; schemas.len()], &CommandLine::default(), &own, &mut problems);
    let there =
        |index: usize| needs::inputs(plan, &[index]).iter().zip(&files).all(|(need, files)| !need || !files.is_empty());
    let expected = |index: usize| {
        compiled.expects.iter().any(|expect| match &expect.kind {
            ExpectKind::Cells { index: of, .. } | ExpectKind::File { index: of, .. } => *of == index,
            ExpectKind::Error(_) => false,
        })
    };
    plan.declared.iter().copied().filter(|&index| expected(index) || there(index)).collect()
}
