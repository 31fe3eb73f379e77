//! `rules eval`: applies a scheme to data and prints its indices.

use std::io::{self, Write};
use std::path::Path;

use super::account::Account;
use super::args::{EvalArgs, Format};
use super::inputs::{self, Files, Read};
use super::session::{Session, Step};
use super::{Exit, Terminal, output, select};
use crate::compile::Compiled;
use crate::diag::{Code, Diagnostic};
use crate::eval::{IndexCells, Outcome, needs};
use crate::plan::Plan;
use crate::report::{Axis, Results, Series, Unfit, csv, json, markdown, table};

/// Runs the command.
pub fn run(args: &EvalArgs, terminal: &mut Terminal<'_>) -> Exit {
    let mut session = Session::new(&args.scheme, &args.data.root);
    let exit = match evaluate(&mut session, args) {
        Ok((compiled, read, outcome)) => {
            // Warnings come before the result, and the account behind it.
            session.report(terminal);
            print(&mut session, args, &compiled, &read, &outcome, terminal)
        }
        Err(exit) => Err(exit),
    };
    session.report(terminal);
    exit.map_or_else(|exit| exit, |()| Exit::Done)
}

fn evaluate(session: &mut Session, args: &EvalArgs) -> Step<(Compiled, Read, Outcome)> {
    let file = session.read_scheme()?;
    let compiled = session.compile_set(file, &select::settings(&args.settings))?;
    let wanted = select::indices(session, &compiled, &args.indices)?;
    let filtered = select::filter(session, &compiled, &wanted, args.filter.as_deref())?;
    check_format(session, &compiled, &wanted, args)?;
    let needed = needs::inputs(&filtered.plan, &filtered.wanted);
    let files = inputs::find(session, &compiled, &needed, &args.data)?;
    spare_sources(session, args.out.as_deref(), &files)?;
    let read = inputs::read(session, &compiled, &files, &needed)?;
    let mut outcome = inputs::run(session, &filtered.plan, &read, &filtered.wanted)?;
    filtered.apply(&mut outcome);
    Ok((compiled, read, outcome))
}

/// Refuses to write the result over the scheme or over a file of data.
pub fn spare_sources(session: &mut Session, out: Option<&Path>, files: &Files) -> Step<()> {
    let Some(target) = out.and_then(|out| out.canonicalize().ok()) else { return Ok(()) };
    let scheme = session.scheme.clone();
    let mut sources = files.iter().flatten().map(|bound| bound.path.as_path()).chain([scheme.as_path()]);
    if sources.any(|path| path.canonicalize().is_ok_and(|path| path == target)) {
        let written = target.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let span = session.argument("--out", &written);
        let error = Diagnostic::error(Code::CannotWrite, span, "this file is read: the result would take its place");
        return session.fail(error.help("write to another file"));
    }
    Ok(())
}

/// Refuses a format that the indices don't fit, before any data is read.
fn check_format(session: &mut Session, compiled: &Compiled, wanted: &[usize], args: &EvalArgs) -> Step<()> {
    if args.long && args.format != Format::Csv {
        let span = session.argument("--long", "--long");
        let error = Diagnostic::error(Code::Usage, span, "`--long` is a shape of CSV alone");
        return session.fail(error.help("add `--format csv`; `--format jsonl` has the same shape in JSON"));
    }
    let empty: Vec<IndexCells> = wanted.iter().filter_map(|&at| without_cells(&compiled.plan, at)).collect();
    let results = results(compiled, &empty);
    let fits = match args.format {
        Format::Csv if args.long => csv::fits_long(&results),
        Format::Csv => csv::fits(&results),
        Format::Jsonl => json::fits_lines(&results),
        Format::Table | Format::Json | Format::Md => Ok(()),
    };
    match fits {
        Ok(()) => Ok(()),
        Err(unfit) => {
            let span = session.argument("--format", if args.format == Format::Jsonl { "jsonl" } else { "csv" });
            session.fail(misfit(&unfit, span))
        }
    }
}

fn without_cells(plan: &Plan, at: usize) -> Option<IndexCells> {
    let index = plan.indices.get(at)?;
    Some(IndexCells { index: at, dims: index.dims.clone(), ty: index.ty.clone(), cells: Vec::new() })
}

fn misfit(unfit: &Unfit, span: crate::source::Span) -> Diagnostic {
    let dims = |dims: &[String]| {
        let names: Vec<String> = dims.iter().map(|dim| format!("`{dim}`")).collect();
        if names.is_empty() { "no dimension".to_owned() } else { names.join(", ") }
    };
    match unfit {
        Unfit::Dimensions { first: (first, first_dims), other: (other, other_dims) } => {
            let message = format!(
                "`{first}` is by {} and `{other}` by {}: their cells don't share rows",
                dims(first_dims),
                dims(other_dims)
            );
            Diagnostic::error(Code::Usage, span, message)
                .help("add `--long` for a row for each cell of each index, or pick indices with `--index`")
        }
        Unfit::TwoColumns(name) => {
            let message = format!("two columns would be named `{name}`");
            Diagnostic::error(Code::Usage, span, message)
                .help("rename the dimension in the scheme with `as`, or use `--format json`")
        }
    }
}

/// The results as the formats take them.
fn results<'a>(compiled: &'a Compiled, cells: &'a [IndexCells]) -> Results<'a> {
    let series = |cells: &'a IndexCells| {
        let index = compiled.plan.indices.get(cells.index)?;
        let dims = cells.dims.iter().map(|dim| Axis { name: &dim.name, ty: &dim.ty }).collect();
        Some(Series { name: &index.name, title: &index.title, dims, ty: &cells.ty, cells: &cells.cells })
    };
    let plan = &compiled.plan;
    Results { scheme: &plan.name, title: &plan.title, indices: cells.iter().filter_map(series).collect() }
}

fn print(
    session: &mut Session,
    args: &EvalArgs,
    compiled: &Compiled,
    read: &Read,
    outcome: &Outcome,
    terminal: &mut Terminal<'_>,
) -> Step<()> {
    let account = args.account.then(|| Account::new(&compiled.plan, read, outcome));
    let results = results(compiled, &outcome.results);
    let written = output::write(args.out.as_deref(), terminal, |out| write(&results, account.as_ref(), args, out));
    if let Err(error) = written {
        return session.fail(error);
    }
    if let Some(account) = &account {
        // If standard error can't be written to there is nobody to tell.
        let _ = account.write(terminal.err);
    }
    Ok(())
}

fn write(results: &Results<'_>, account: Option<&Account>, args: &EvalArgs, out: &mut dyn Write) -> io::Result<()> {
    match args.format {
        Format::Table => table::write(results, out),
        Format::Csv if args.long => csv::write_long(results, out),
        Format::Csv => csv::write(results, out),
        Format::Json => json::write(results, account, out),
        Format::Jsonl => json::write_lines(results, out),
        Format::Md => markdown::write(results, out),
    }
}
