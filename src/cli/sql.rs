//! `rules sql`: the scheme as SQL for an engine of the user's.

use std::path::Path;
use std::sync::Arc;

use super::args::sql::SqlArgs;
use super::eval::without_cells;
use super::session::{Session, Step};
use super::{Exit, Terminal, output, select};
use crate::compile::Compiled;
use crate::data::{self, header};
use crate::diag::nearest::suggest;
use crate::diag::{Code, Diagnostic};
use crate::eval::IndexCells;
use crate::report::csv;
use crate::sql::{self, Bound, Engine, File, Job, Obstacle};
use crate::value::schema::{Place, Schema};

/// Runs the command.
pub fn run(args: &SqlArgs, terminal: &mut Terminal<'_>) -> Exit {
    let mut session = Session::new(&args.scheme, &args.root);
    let made = make(&mut session, args);
    session.end(terminal, made, |text, terminal| {
        output::write(args.out.as_deref(), terminal, |out| out.write_all(text.as_bytes()))
    })
}

fn make(session: &mut Session, args: &SqlArgs) -> Step<String> {
    let file = session.read_scheme()?;
    let compiled = session.compile_set(file, &select::settings(&args.settings))?;
    let wanted = select::indices(session, &compiled, &args.indices)?;
    let engine = args.dialect.engine();
    if !args.checks {
        one_shape(session, &compiled, &wanted)?;
    }
    let job = job(session, &compiled, &args.inputs, wanted)?;
    let made = match args.checks {
        true => sql::checks(&compiled.plan, &job, engine),
        false => sql::translate(&compiled.plan, &job, engine),
    };
    made.or_else(|obstacle| session.fail(said(&obstacle, engine)))
}

/// Refuses indices with different dimensions, which no one table holds.
fn one_shape(session: &mut Session, compiled: &Compiled, wanted: &[usize]) -> Step<()> {
    let empty: Vec<IndexCells> = wanted.iter().filter_map(|&at| without_cells(&compiled.plan, at)).collect();
    let results = super::eval::results(compiled, &empty);
    match csv::fits(&results) {
        Ok(()) => Ok(()),
        Err(unfit) => {
            let span = session.argument("", "rules sql");
            let mut error = super::shape::misfit(&unfit, span);
            error.help =
                Some("name those with the same dimensions, one query for each group: `--index NAME`".to_owned());
            session.fail(error)
        }
    }
}

/// What stands in the way of a translation.
pub(super) fn said(obstacle: &Obstacle, engine: Engine) -> Diagnostic {
    let message = format!("{} can't be said in the SQL of {}", obstacle.what, engine.title());
    let error = Diagnostic::error(Code::NotInDialect, obstacle.span, message);
    if let Some(help) = &obstacle.help { error.help(help.clone()) } else { error }
}

/// What is to be translated, with the tables that the command line names.
pub(super) fn job(
    session: &mut Session,
    compiled: &Compiled,
    inputs: &[(String, String)],
    wanted: Vec<usize>,
) -> Step<Job> {
    let plan = &compiled.plan;
    let mut job = Job { wanted, ..Job::default() };
    job.bound = vec![None; plan.inputs.len()];
    job.headers = vec![None; plan.inputs.len()];
    for (name, table) in inputs {
        let found = plan.inputs.iter().position(|input| *input.schema.name == **name);
        let (Some(at), Some(input)) = (found, found.and_then(|at| plan.inputs.get(at))) else {
            let span = session.argument("--input", &format!("{name}={table}"));
            let names = plan.inputs.iter().map(|input| &*input.schema.name);
            let mut error = Diagnostic::error(Code::UnknownInput, span, format!("the scheme has no input `{name}`"));
            error.help = suggest(name, "the inputs are", names);
            return session.fail(error);
        };
        let (bound, headers) = bound(session, &input.schema, table)?;
        if let (Some(place), Some(known)) = (job.bound.get_mut(at), job.headers.get_mut(at)) {
            (*place, *known) = (Some(bound), headers);
        }
    }
    Ok(job)
}

/// Whether what is named is a file and no table.
fn is_path(table: &str) -> bool {
    let lower = table.to_lowercase();
    let unpacked = lower.strip_suffix(".gz").or_else(|| lower.strip_suffix(".zst")).unwrap_or(&lower);
    table.contains(['/', '\\']) || [".csv", ".tsv", ".txt", ".parquet"].iter().any(|end| unpacked.ends_with(end))
}

/// A table or file of an input, and its headers where they can be read here.
fn bound(session: &mut Session, schema: &Schema, table: &str) -> Step<(Bound, Option<Vec<String>>)> {
    if !is_path(table) {
        return Ok((Bound::Table(table.split('.').map(Arc::from).collect()), None));
    }
    let path = Path::new(table);
    let headers = if path.is_file() {
        match header::names(&data::Bound::new(path), schema) {
            Ok(names) => Some(names),
            Err(error) => return session.fail(error),
        }
    } else {
        None
    };
    let parquet = table.to_lowercase().ends_with(".parquet");
    let file = if parquet { File::Parquet } else { csv_file(schema, table, headers.clone()) };
    Ok((Bound::File { path: table.to_owned(), file }, headers))
}

/// How a file of CSV is written. A header that can't be read here is taken to have the scheme's columns.
fn csv_file(schema: &Schema, path: &str, headers: Option<Vec<String>>) -> File {
    let count = headers.as_ref().map(Vec::len);
    let lower = path.to_lowercase();
    let usual = if lower.contains(".tsv") { '\t' } else { ',' };
    let named = schema.columns.iter().filter_map(|spec| match &spec.place {
        Place::Header(header) => Some(header.to_string()),
        _ => None,
    });
    let last = schema.columns.iter().filter_map(|spec| match spec.place {
        Place::Position(at) => Some(at),
        _ => None,
    });
    File::Csv {
        delimiter: schema.format.delimiter.map_or(usual, char::from),
        header: schema.format.header.then(|| headers.unwrap_or_else(|| named.collect())),
        wanted: count.or(last.max()).unwrap_or(0),
    }
}
