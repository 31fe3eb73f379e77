//! `rules eval`: applies a scheme to data and prints its indices.

use std::io::{self, Write};

use super::account::Account;
use super::args::{EvalArgs, Format};
use super::inputs::{self, Read};
use super::progress::{self, Bar};
use super::session::{Session, Step};
use super::timings::Timings;
use super::{Exit, Terminal, on, output, quick, select, shape, sweep};
use crate::compile::Compiled;
use crate::eval::{IndexCells, Outcome};
use crate::plan::Plan;
use crate::plan::needs;
use crate::report::csv::Dialect;
use crate::report::{Axis, Results, Series, csv, json, markdown, table};

/// Runs the command.
pub fn run(args: &EvalArgs, terminal: &mut Terminal<'_>) -> Exit {
    if args.sweep.is_asked() {
        return sweep::run(args, terminal);
    }
    if let Some(address) = &args.on {
        return on::run(args, address, terminal);
    }
    let mut session = Session::new(&args.scheme, &args.data.root);
    session.timings = Timings::new(args.timings);
    let exit = match evaluate(&mut session, args, progress::is_wanted(terminal)) {
        Ok((compiled, read, outcome)) => {
            // Warnings come before the result, and the account behind it.
            session.report(terminal);
            print(&mut session, args, &compiled, &read, &outcome, terminal)
        }
        Err(exit) => Err(exit),
    };
    session.report(terminal);
    // If standard error can't be written to there is nobody to tell.
    let _ = session.timings.write(terminal.err);
    exit.map_or_else(|exit| exit, |()| Exit::Done)
}

fn evaluate(session: &mut Session, args: &EvalArgs, watched: bool) -> Step<(Compiled, Read, Outcome)> {
    let file = session.read_scheme()?;
    session.timings.done("read scheme");
    let compiled = session.compile_set(file, &select::settings(&args.settings))?;
    let wanted = select::indices(session, &compiled, &args.indices)?;
    let filtered = select::filter(session, &compiled, &wanted, args.filter.as_deref())?;
    let empty: Vec<IndexCells> = wanted.iter().filter_map(|&at| without_cells(&compiled.plan, at)).collect();
    check_format(session, &compiled, &empty, args)?;
    session.timings.done("compile");
    let needed = needs::inputs(&filtered.plan, &filtered.wanted);
    let mut files = inputs::find(session, &compiled, &needed, &args.data)?;
    let sources = files.iter().flatten().map(|bound| bound.path.clone()).chain([args.scheme.clone()]);
    shape::spare_sources(session, args.out.as_deref(), sources)?;
    session.timings.done("find files");
    let bar = Bar::over(inputs::needed(&mut files, &needed), watched);
    let found = quick::run(session, &filtered.plan, (&files, &needed), &filtered.wanted, &args.resources)?;
    if let Some((read, mut outcome)) = found {
        filtered.apply(&mut outcome);
        session.timings.done("read and run");
        return Ok((compiled, read, outcome));
    }
    bar.restart();
    let read = inputs::read(session, &compiled, &files, &needed)?;
    session.timings.done("read");
    let mut outcome = inputs::run_plan(session, (&compiled, &filtered.plan), &read, &filtered.wanted)?;
    filtered.apply(&mut outcome);
    session.timings.done("run");
    Ok((compiled, read, outcome))
}

/// Refuses a format that indices, which have no cells yet, don't fit.
pub(super) fn check_format(
    session: &mut Session,
    compiled: &Compiled,
    empty: &[IndexCells],
    args: &EvalArgs,
) -> Step<()> {
    let csv = args.format == Format::Csv;
    shape::csv_alone(session, csv, args.long, args.spreadsheet, "; `--format jsonl` has the same shape in JSON")?;
    let results = results(compiled, empty);
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
            session.fail(shape::misfit(&unfit, span))
        }
    }
}

/// An index of a plan, without its cells.
pub(super) fn without_cells(plan: &Plan, at: usize) -> Option<IndexCells> {
    let index = plan.indices.get(at)?;
    Some(IndexCells { index: at, dims: index.dims.clone(), ty: index.ty.clone(), cells: Vec::new() })
}

/// The results as the formats take them.
pub(super) fn results<'a>(compiled: &'a Compiled, cells: &'a [IndexCells]) -> Results<'a> {
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
    session.timings.done("print");
    if let Some(account) = &account {
        // If standard error can't be written to there is nobody to tell.
        let _ = account.write(terminal.err);
    }
    Ok(())
}

/// Writes results in the format that is asked for.
pub(super) fn write(
    results: &Results<'_>,
    account: Option<&Account>,
    args: &EvalArgs,
    out: &mut dyn Write,
) -> io::Result<()> {
    let dialect = Dialect { spreadsheet: args.spreadsheet };
    match args.format {
        Format::Table => table::write(results, out),
        Format::Csv if args.long => csv::write_long(results, dialect, out),
        Format::Csv => csv::write(results, dialect, out),
        Format::Json => json::write(results, account, out),
        Format::Jsonl => json::write_lines(results, out),
        Format::Md => markdown::write(results, out),
    }
}
