//! `rules eval --on`: an engine computes where the data are; its answer is printed as that of `eval`.

mod tables;

use std::path::PathBuf;
use std::sync::Arc;

use super::args::EvalArgs;
use super::eval::{check_format, results, without_cells, write};
use super::progress::{self, Waiting};
use super::session::{Session, Step};
use super::timings::Timings;
use super::{Exit, Terminal, interrupt, output, select, sql as translated};
use crate::compile::Compiled;
use crate::data::progress::Progress;
use crate::diag::{Code, DataPlace, Diagnostic, codes};
use crate::eval::{IndexCells, Outcome};
use crate::plan::{Dim, Plan};
use crate::remote::{self, Failure, Kind, Remote, Rows};
use crate::sql::{self, Bound, Engine, File, Job};
use crate::value::schema::{Place, Schema};
use crate::value::{Ty, Type, Value, calendar, decimal};

/// Runs the command.
pub fn run(args: &EvalArgs, address: &str, terminal: &mut Terminal<'_>) -> Exit {
    let mut session = Session::new(&args.scheme, &args.data.root);
    session.timings = Timings::new(args.timings);
    let made = evaluate(&mut session, args, (address, progress::is_wanted(terminal)));
    session.end(terminal, made, |(compiled, outcome), terminal| {
        let results = results(compiled, &outcome.results);
        output::write(args.out.as_deref(), terminal, |out| write(&results, None, args, out))
    })
}

fn evaluate(session: &mut Session, args: &EvalArgs, (address, shown): (&str, bool)) -> Step<(Compiled, Outcome)> {
    let file = session.read_scheme()?;
    let compiled = session.compile_set(file, &select::settings(&args.settings))?;
    let wanted = select::indices(session, &compiled, &args.indices)?;
    let filtered = select::filter(session, &compiled, &wanted, args.filter.as_deref())?;
    let empty: Vec<IndexCells> = wanted.iter().filter_map(|&at| without_cells(&compiled.plan, at)).collect();
    check_format(session, &compiled, &empty, args)?;
    let kind = remote::kind(address).or_else(|failure| session.fail(said(&failure, address)))?;
    let engine = match kind {
        Kind::Spark => Engine::Spark,
        Kind::Postgres => Engine::Postgres,
        Kind::DuckDb => Engine::DuckDb,
    };
    let inputs: Vec<(String, String)> = args.data.inputs.iter().map(as_text).collect();
    let mut job = translated::job(session, &compiled, &inputs, filtered.wanted.clone())?;
    job.texts = true;
    session.timings.done("compile");
    let mut remote = remote::connect(address).or_else(|failure| session.fail(said(&failure, address)))?;
    interrupt::stops(remote.canceller());
    let tasks = Progress::watched();
    let told = tasks.clone();
    remote.watch(Box::new(move |done, all| told.tell(done, all)));
    let wait = |does: &str| {
        tasks.tell(0, 0);
        Waiting::until(format!("{} {does}", engine.title()), &tasks, shown)
    };
    let waiting = wait("looks at the tables");
    prepare(remote.as_mut(), engine, &filtered.plan, &mut job)
        .or_else(|failure| session.fail(said(&failure, address)))?;
    let obstacle = |session: &mut Session, obstacle: sql::Obstacle| session.fail(translated::said(&obstacle, engine));
    let asked = tables::Asked { engine, address, plan: &filtered.plan };
    tables::look(session, asked, remote.as_mut(), &mut job)?;
    session.timings.done("connect");
    drop(waiting);
    let mut ask = |session: &mut Session, does: &str, text: &str| {
        let _waiting = wait(does);
        remote.query(text).or_else(|failure| session.fail(said(&failure, address)))
    };
    let text = sql::checks(&filtered.plan, &job, engine).or_else(|what| obstacle(session, what))?;
    let found = ask(session, "checks the data", &text)?;
    report(session, &found)?;
    session.timings.done("check");
    let mut outcome = Outcome::default();
    for group in groups(&filtered.plan, &filtered.wanted) {
        job.wanted = group;
        let text = sql::translate(&filtered.plan, &job, engine).or_else(|what| obstacle(session, what))?;
        let rows = ask(session, "computes", &text)?;
        match cells(&filtered.plan, &job.wanted, &rows) {
            Some(cells) => outcome.results.extend(cells),
            None => return session.fail(said(&Failure::Answer("a cell isn't of its type".to_owned()), address)),
        }
    }
    outcome.results.sort_by_key(|cells| filtered.wanted.iter().position(|&at| at == cells.index));
    filtered.apply(&mut outcome);
    session.timings.done("run");
    Ok((compiled, outcome))
}

fn as_text((name, path): &(String, PathBuf)) -> (String, String) {
    (name.clone(), path.to_string_lossy().into_owned())
}

/// What an engine, or the way to it, says.
fn said(failure: &Failure, address: &str) -> Diagnostic {
    // What stands behind the scheme may hold a password, also where it is written wrongly.
    let shown = address.split_once(':').map_or("", |(scheme, _)| scheme);
    let code = if matches!(failure, Failure::Address { .. }) { Code::Usage } else { Code::Engine };
    let error = Diagnostic::error(code, DataPlace::file(&format!("--on {shown}").into()), failure.message());
    if let Some(help) = failure.help() { error.help(help) } else { error }
}

/// Settings of the session, and a view for each file that a query alone can't read.
fn prepare(remote: &mut dyn Remote, engine: Engine, plan: &Plan, job: &mut Job) -> Result<(), Failure> {
    for statement in sql::session(engine) {
        remote.run(statement)?;
    }
    if engine != Engine::Spark {
        return Ok(());
    }
    for (input, bound) in plan.inputs.iter().zip(&mut job.bound) {
        let Some(Bound::File { path, file: File::Csv { delimiter, header, .. } }) = bound else { continue };
        let view = format!("rules_{}", input.schema.name);
        let raw = format!("{view}_fields");
        remote.run(&sql::csv_view(&raw, path, *delimiter, header.is_some()))?;
        let columns = (header.is_none()).then(|| positions(&input.schema));
        remote.run(&sql::renamed_view(&view, &raw, columns.as_deref()))?;
        *bound = Some(Bound::Table(vec![Arc::from(view)]));
    }
    Ok(())
}

/// The columns of a file without a header: what the engine calls each, and its name in the scheme.
fn positions(schema: &Schema) -> Vec<(String, String)> {
    let columns = schema.columns.iter().filter_map(|spec| match spec.place {
        Place::Position(at) => Some((format!("_c{}", at.saturating_sub(1)), spec.name.to_string())),
        _ => None,
    });
    columns.collect()
}

/// Reports what the checks found; data with errors have no results.
fn report(session: &mut Session, found: &Rows) -> Step<()> {
    let mut any = false;
    for row in 0..found.len() {
        let cell = |column| found.cell(row, column).unwrap_or("");
        let (problem, place, value, rows) = (cell(0), cell(1), cell(2), cell(3));
        let (problem, warning) = match problem.strip_suffix(" as warning") {
            Some(problem) => (problem, true),
            None => (problem, false),
        };
        let (name, of) = problem.split_once(" in ").unwrap_or((problem, ""));
        let code = codes::find(name).unwrap_or(Code::CheckFailed);
        let mut message = match (code, value) {
            (Code::CheckFailed, _) => "a check doesn't hold".to_owned(),
            (_, "") => in_words(name),
            (_, value) => format!("{}: `{value}`", in_words(name)),
        };
        if !of.is_empty() {
            message = format!("{message}, in `{of}`");
        }
        let count = if rows == "1" { "1 row".to_owned() } else { format!("{rows} rows") };
        let message = format!("{message} ({count})");
        let at = DataPlace::file(&place.into());
        any |= !warning;
        session.problems.push(if warning {
            Diagnostic::warning(code, at, message)
        } else {
            Diagnostic::error(code, at, message)
        });
    }
    if any { Err(Exit::Found) } else { Ok(()) }
}

/// The name of a code as words: `not on scale`.
fn in_words(name: &str) -> String {
    name.replace('_', " ")
}

/// Indices with the same dimensions together: one query computes them.
fn groups(plan: &Plan, wanted: &[usize]) -> Vec<Vec<usize>> {
    let mut groups: Vec<(Vec<Dim>, Vec<usize>)> = Vec::new();
    for &at in wanted {
        let Some(index) = plan.indices.get(at) else { continue };
        match groups.iter_mut().find(|(dims, _)| *dims == index.dims) {
            Some((_, group)) => group.push(at),
            None => groups.push((index.dims.clone(), vec![at])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// The cells of indices with the same dimensions; none if one of them can't be read.
fn cells(plan: &Plan, wanted: &[usize], rows: &Rows) -> Option<Vec<IndexCells>> {
    let dims = plan.indices.get(*wanted.first()?)?.dims.clone();
    let mut all = Vec::new();
    for (column, &at) in wanted.iter().enumerate() {
        let index = plan.indices.get(at)?;
        let mut cells = Vec::new();
        for row in 0..rows.len() {
            let has = dims.len() + wanted.len() + column;
            if wanted.len() > 1 && rows.cell(row, has).is_none() {
                continue;
            }
            let key: Option<Vec<Value>> =
                dims.iter().enumerate().map(|(at, dim)| value(rows.cell(row, at), &dim.ty)).collect();
            cells.push((key?, value(rows.cell(row, dims.len() + column), &index.ty)?));
        }
        cells.sort_by(|(a, _), (b, _)| a.cmp(b));
        all.push(IndexCells { index: at, dims: index.dims.clone(), ty: index.ty.clone(), cells });
    }
    Some(all)
}

/// A value as it is printed.
fn value(text: Option<&str>, ty: &Ty) -> Option<Value> {
    let Some(text) = text else { return Some(Value::Missing) };
    Some(match &ty.base {
        Type::Number(places) => Value::Number(decimal::parse(text, *places, decimal::MAX_DIGITS).ok()?),
        Type::Real => Value::Real(text.parse().ok()?),
        Type::Text | Type::Category(_) => Value::Text(text.into()),
        Type::Flag => Value::Flag(text == "yes"),
        Type::Date => Value::Date(calendar::parse_day(text)?),
        Type::Partial(_) => {
            let period = |kind: calendar::Period| {
                kind.parse(text).map(|period| Value::Partial(kind.first_day(period), kind.last_day(period)))
            };
            match text.len() {
                4 => period(calendar::Period::Year)?,
                7 => period(calendar::Period::Month)?,
                _ => period(calendar::Period::Day)?,
            }
        }
        Type::Period(calendar::Period::Year) => Value::Period(text.parse().ok()?),
        Type::Period(kind) => Value::Period(kind.parse(text)?),
    })
}
