//! Compiles a case, runs both evaluators on it, and says where they disagree.

use std::fmt::Write;

use rules::compile::{Compiled, compile};
use rules::data::{self, Source};
use rules::diag::{Diagnostic, Problems, Severity};
use rules::eval::{Job, Outcome, engine, reference};
use rules::plan::Plan;
use rules::source::Sources;
use rules::value::column::Table;

use crate::ledger::Setting;
use crate::scheme::Case;

/// How a case ended on which the evaluators agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// With results.
    Results,
    /// With errors of data.
    Errors,
}

/// Compares the evaluators on a case and on the same rows in another order.
pub fn compare(case: &Case, seed: u64) -> Result<End, String> {
    let plan = plan_of(case)?;
    let tables = tables_of(case, &plan)?;
    let outcomes = agreed(&plan, &tables, seed)?;
    let shuffled = agreed(&plan, &tables_of(&case.shuffled(seed), &plan)?, seed)?;
    let show = |outcome: &Outcome| format!("{:#?}", (&outcome.results, said(outcome)));
    if outcomes.results != shuffled.results || outcomes.problems.has_errors() != shuffled.problems.has_errors() {
        return Err(format!(
            "another order of rows changes the result\n{}",
            first_difference(&outcomes, &shuffled, show)
        ));
    }
    Ok(if outcomes.problems.has_errors() { End::Errors } else { End::Results })
}

/// A case in print.
pub fn show(case: &Case) -> String {
    let mut text = case.scheme.clone();
    for input in &case.inputs {
        let _ = write!(text, "\n--- {}.csv\n{}", input.name, input.csv());
    }
    text
}

/// A case as explanations take it.
pub fn setting(case: &Case) -> Result<Setting, String> {
    let (compiled, sources) = compiled(case)?;
    let tables = tables_of(case, &compiled.plan)?;
    Ok(Setting { sources, compiled, tables })
}

/// The plan of a case.
pub fn plan_of(case: &Case) -> Result<Plan, String> {
    compiled(case).map(|(compiled, _)| compiled.plan)
}

fn compiled(case: &Case) -> Result<(Compiled, Sources), String> {
    let mut sources = Sources::default();
    let file = sources.add("generated.rules", &case.scheme);
    let mut problems = Problems::new();
    let compiled = compile(&sources, file, &[], &mut problems);
    let errors = problems.sorted().into_iter().filter(|problem| problem.severity == Severity::Error);
    let errors: Vec<String> = errors.map(|error| in_words(&error, &sources)).collect();
    match compiled {
        Some(compiled) if errors.is_empty() => Ok((compiled, sources)),
        _ => Err(format!("it doesn't compile\n{}", errors.join("\n"))),
    }
}

fn in_words(error: &Diagnostic, sources: &Sources) -> String {
    let at = error.place().map_or("", |place| match place {
        rules::diag::Place::Text(span) => sources.slice(*span),
        rules::diag::Place::Data(_) => "data",
    });
    format!("{} {} at `{at}`; {}", error.code, error.message, error.help.as_deref().unwrap_or(""))
}

/// The tables of a case.
pub fn tables_of(case: &Case, plan: &Plan) -> Result<Vec<Option<Table>>, String> {
    let mut problems = Problems::new();
    let read = |input: &std::sync::Arc<rules::plan::Input>| {
        let of_case = case.inputs.iter().find(|of_case| *of_case.name == *input.schema.name)?;
        let source = Source::new(&format!("{}.csv", of_case.name), of_case.csv().into_bytes());
        data::read(&source, &input.schema, &mut problems)
    };
    let tables: Vec<Option<Table>> = plan.inputs.iter().map(read).collect();
    // A warning, such as that of a table without rows, is no reason not to run.
    let errors = problems.sorted().into_iter().filter(|problem| problem.severity == Severity::Error);
    let errors: Vec<String> = errors.map(|error| error.message).collect();
    if errors.is_empty() { Ok(tables) } else { Err(format!("the data can't be read\n{}", errors.join("\n"))) }
}

/// The outcome, if it is the same for both evaluators. Some seeds want a part of the indices only, or no checks.
fn agreed(plan: &Plan, tables: &[Option<Table>], seed: u64) -> Result<Outcome, String> {
    let part = if seed.is_multiple_of(4) { plan.declared.len() / 2 } else { 0 };
    let wanted = plan.declared.get(part..).unwrap_or(&[]);
    let job = Job { plan, tables, wanted, checks: !seed.is_multiple_of(5) };
    let (plain, fast) = (reference::run(job), engine::run(job));
    let alike = plain.results == fast.results
        && plain.scores == fast.scores
        && plain.indices == fast.indices
        && plain.policies == fast.policies;
    if alike && said(&plain) == said(&fast) {
        return Ok(plain);
    }
    let show = |outcome: &Outcome| {
        format!("{:#?}", (said(outcome), &outcome.results, &outcome.scores, &outcome.indices, &outcome.policies))
    };
    let names: Vec<String> =
        plan.indices.iter().enumerate().map(|(at, index)| format!("{at} {}", index.name)).collect();
    let difference = first_difference(&plain, &fast, show);
    Err(format!("the reference (first) and the engine (second) disagree\n{difference}\nindices: {}", names.join(", ")))
}

/// What is said of each problem, without where.
fn said(outcome: &Outcome) -> Vec<String> {
    let problems = outcome.problems.clone().sorted().into_iter();
    let mut said: Vec<String> = problems
        .map(|problem| format!("{} {:?} {} ×{}", problem.code, problem.severity, problem.message, problem.count))
        .collect();
    said.sort();
    said
}

/// The lines around the first one in which two outcomes in print differ.
fn first_difference(a: &Outcome, b: &Outcome, show: impl Fn(&Outcome) -> String) -> String {
    let (a, b) = (show(a), show(b));
    let at = a.lines().zip(b.lines()).take_while(|(a, b)| a == b).count();
    let around = |text: &str| text.lines().skip(at.saturating_sub(12)).take(30).collect::<Vec<_>>().join("\n");
    format!("{}\n---\n{}", around(&a), around(&b))
}
