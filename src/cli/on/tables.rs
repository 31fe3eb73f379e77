//! The engine's tables: what their columns are is asked before any query needs them, so that a table or a column that
//! isn't there is named in the words of the scheme, and it is known what a wide table's columns are.

use super::said;
use crate::cli::session::{Session, Step};
use crate::cli::{Exit, sql as translated};
use crate::diag::nearest::suggest;
use crate::diag::{Code, Diagnostic};
use crate::plan::{Input, Plan, needs};
use crate::remote::{Failure, Remote, Rows};
use crate::sql::{self, Bound, Engine, File, Job};
use crate::value::schema::Place;

/// An engine that is asked.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Which.
    pub engine: Engine,
    /// Its address.
    pub address: &'a str,
    /// What is computed there.
    pub plan: &'a Plan,
}

/// Looks at the table of each input that is needed, and takes over the headers of those whose columns become rows.
pub fn look(session: &mut Session, asked: Asked<'_>, remote: &mut dyn Remote, job: &mut Job) -> Step<()> {
    let needed = needs::inputs(asked.plan, &job.wanted);
    let mut fine = true;
    for (at, input) in asked.plan.inputs.iter().enumerate().filter(|(at, _)| needed.get(*at) == Some(&true)) {
        let bound = job.bound.get(at).and_then(Option::as_ref);
        let text = sql::columns_of(asked.plan, job, at, asked.engine);
        let text = text.or_else(|what| session.fail(translated::said(&what, asked.engine)))?;
        let names = match remote.query(&text) {
            Ok(rows) => names(asked.engine, &rows),
            Err(failure) => return session.fail(unreadable(&failure, input, bound, asked.address)),
        };
        // DuckDB names no columns of a table without rows.
        if names.is_empty() {
            continue;
        }
        fine &= has_columns(session, asked.engine, input, bound, &names);
        if let Some(headers) = job.headers.get_mut(at).filter(|_| input.schema.unpivot.is_some()) {
            headers.get_or_insert(names);
        }
    }
    if fine { Ok(()) } else { Err(Exit::Failed) }
}

fn names(engine: Engine, rows: &Rows) -> Vec<String> {
    match engine {
        Engine::Spark => (0..rows.len()).filter_map(|row| rows.cell(row, 0).map(str::to_owned)).collect(),
        _ => rows.names().to_vec(),
    }
}

/// What the table of an input is called.
fn called(input: &Input, bound: Option<&Bound>) -> String {
    match bound {
        Some(Bound::Table(parts)) => parts.join("."),
        Some(Bound::File { path, .. }) => path.clone(),
        _ => input.schema.name.to_string(),
    }
}

fn unreadable(failure: &Failure, input: &Input, bound: Option<&Bound>, address: &str) -> Diagnostic {
    if !matches!(failure, Failure::Engine(_)) {
        return said(failure, address);
    }
    let (name, table) = (&input.schema.name, called(input, bound));
    let message =
        format!("can't read `{table}`, which is the input `{name}`: {}", failure.message().replace('\n', " "));
    let help = format!("name the table, or the path, as the engine knows it: `--input {name}=TABLE-OR-PATH`");
    Diagnostic::error(Code::Engine, input.schema.span, message).label("this input").help(help)
}

/// Whether a table has all columns that are declared; names those that it hasn't.
fn has_columns(session: &mut Session, engine: Engine, input: &Input, bound: Option<&Bound>, names: &[String]) -> bool {
    // The columns of a file without a header have names of the engine's own.
    if matches!(bound, Some(Bound::File { file: File::Csv { header: None, .. }, .. })) {
        return true;
    }
    // PostgreSQL alone tells names apart by their case.
    let same = |a: &str, b: &str| a == b || (engine != Engine::Postgres && a.to_lowercase() == b.to_lowercase());
    let mut fine = true;
    for spec in &input.schema.columns {
        let wanted: &str = match &spec.place {
            Place::Header(header) => header,
            Place::Position(_) => &spec.name,
            Place::Part(_) | Place::Cell => continue,
        };
        if names.iter().any(|name| same(name, wanted)) {
            continue;
        }
        fine = false;
        let message = format!("`{}` has no column `{wanted}`", called(input, bound));
        let mut error = Diagnostic::error(Code::MissingColumn, spec.span, message).label("declared here");
        error.help = suggest(wanted, "its columns are", names.iter().map(String::as_str));
        session.problems.push(error);
    }
    fine
}
