//! `rules explain`: why a cell is what it is, or what became of a row.

mod at;
mod row;

use std::io::{self, Write};
use std::sync::Arc;

use super::args::explain::{ExplainArgs, ExplainFormat};
use super::inputs::{self, Read};
use super::progress::{self, Bar};
use super::session::{Session, Step};
use super::{Exit, Terminal, output, select, shape};
use crate::compile::Compiled;
use crate::diag::{Code, Diagnostic};
use crate::eval::ledger::fate::Story;
use crate::eval::ledger::text::{NamedChange, Texts};
use crate::eval::ledger::tree::{ChangeName, Ledger};
use crate::eval::ledger::{Explainer, rests_on};
use crate::plan::Index;
use crate::plan::needs;
use crate::report::explain::{self, bounds::Bounds};
use crate::resolve::overlay::{Change, labels};
use crate::syntax::ast::EditKind;
use crate::value::Value;
use row::Record;

/// How many contributions are listed unless something else is asked for.
const TOP: usize = 10;

/// How many levels of cells are explained unless something else is asked for.
const DEPTH: usize = 2;

/// What is printed.
enum Answer {
    Cell(Box<Ledger>, Bounds),
    Row(Box<Record>, Option<Story>),
}

/// Runs the command.
pub fn run(args: &ExplainArgs, terminal: &mut Terminal<'_>) -> Exit {
    let mut session = Session::new(&args.scheme, &args.data.root);
    let exit = match answer(&mut session, args, progress::is_wanted(terminal)) {
        Ok(answer) => {
            // Rows with errors are something found, also where it is said what became of one of them.
            let found = if session.problems.has_errors() { Err(Exit::Found) } else { Ok(()) };
            session.report(terminal);
            let written = output::write(args.out.as_deref(), terminal, |out| write(&answer, args.format, out));
            written.or_else(|error| session.fail(error)).and(found)
        }
        Err(exit) => Err(exit),
    };
    session.report(terminal);
    exit.map_or_else(|exit| exit, |()| Exit::Done)
}

fn answer(session: &mut Session, args: &ExplainArgs, watched: bool) -> Step<Answer> {
    let file = session.read_scheme()?;
    let compiled = session.compile_set(file, &select::settings(&args.settings))?;
    let index = pick_index(session, &compiled, args)?;
    let at = at::parse(session, &compiled, index, args)?;
    let needed = needs::inputs(&compiled.plan, &[index]);
    let mut files = inputs::find(session, &compiled, &needed, &args.data)?;
    let sources = files.iter().flatten().map(|bound| bound.path.clone());
    shape::spare_sources(session, args.out.as_deref(), sources)?;
    let _bar = Bar::over(inputs::needed(&mut files, &needed), watched);
    let read = inputs::read(session, &compiled, &files, &needed)?;
    let record = match &args.why_not {
        Some(written) => Some(row::find(session, &compiled, &read, index, written)?),
        None => None,
    };
    if let Some(record) = record.as_ref().filter(|record| record.rows.is_empty()) {
        return Ok(Answer::Row(Box::new(record.clone()), None));
    }
    explain_run(session, &compiled, &read, (index, at.as_deref()), record, args)
}

fn explain_run(
    session: &mut Session,
    compiled: &Compiled,
    read: &Read,
    (index, at): (usize, Option<&[Value]>),
    record: Option<Record>,
    args: &ExplainArgs,
) -> Step<Answer> {
    let outcome = inputs::run(session, compiled, read, &rests_on(&compiled.plan, index))?;
    if let (Some(at), Some(cells)) = (at, outcome.results.iter().find(|cells| cells.index == index)) {
        at::check_cell(session, compiled, cells, at, &args.at)?;
    }
    let changes = changes(compiled);
    let texts = Texts::new(&session.sources, &changes);
    let explainer = Explainer::new(&compiled.plan, &read.tables, &outcome.results, texts, index);
    let limit = match (args.top, args.all, args.format) {
        (Some(top), ..) => Some(top),
        (None, true, _) | (None, _, ExplainFormat::Json) => None,
        _ => Some(TOP),
    };
    Ok(match record {
        Some(record) => {
            let story = explainer.story(record.input, &record.rows, at);
            Answer::Row(Box::new(record), Some(story))
        }
        None => {
            let depth = args.depth.or((!args.all).then_some(DEPTH));
            Answer::Cell(Box::new(explainer.explain(at.unwrap_or(&[]), limit)), Bounds { top: limit, depth })
        }
    })
}

/// The changes of the scheme, by which lines are named. An item that a file adds by itself changes nothing.
fn changes(compiled: &Compiled) -> Vec<NamedChange> {
    let added = |change: &Change| change.bare && change.edits.iter().all(|edit| matches!(edit.kind, EditKind::Add(_)));
    let named = |(change, name): (&Change, Arc<str>)| NamedChange {
        span: change.span,
        name: ChangeName { name: name.to_string(), bare: change.bare },
    };
    let all = compiled.chain.changes().iter().zip(labels(&compiled.chain));
    all.filter(|(change, _)| !added(change)).map(named).collect()
}

/// The index that is named, or the only one.
fn pick_index(session: &mut Session, compiled: &Compiled, args: &ExplainArgs) -> Step<usize> {
    let names: Vec<String> = args.index.as_deref().map(str::to_owned).into_iter().collect();
    let found = select::indices(session, compiled, &names)?;
    if let [index] = found.as_slice() {
        return Ok(*index);
    }
    let indices = || found.iter().filter_map(|&at| compiled.plan.indices.get(at));
    let shown: Vec<String> = indices().map(|index| format!("`{}`", index.name)).collect();
    let place = crate::diag::DataPlace::file(&crate::data::Bound::new(&session.scheme).name);
    let error = Diagnostic::error(Code::Usage, place, "the scheme has several indices, and none is named");
    // An index whose dimensions fit what was written for the cell, or else the first.
    let written = args.at.iter().map(|text| text.split(',').count()).sum::<usize>();
    let fits = |index: &&Arc<Index>| {
        index.dims.len() == written && at::example(index, &args.at).is_some_and(|words| !words.contains('…'))
    };
    let first = indices().find(fits).or_else(|| indices().next());
    // Where a row is asked about, no cell need be named.
    let cell = first.filter(|_| args.why_not.is_none()).and_then(|index| at::example(index, &args.at));
    let example = first.map(|index| format!("--index {} {}", index.name, cell.unwrap_or_default()));
    let example = example.map(|words| format!(", such as `{}`", words.trim_end())).unwrap_or_default();
    session.fail(error.help(format!("name one{example}; there are {}", shown.join(", "))))
}

fn write(answer: &Answer, format: ExplainFormat, out: &mut dyn Write) -> io::Result<()> {
    match (answer, format) {
        (Answer::Cell(ledger, bounds), ExplainFormat::Table) => explain::write_text(ledger, *bounds, out),
        (Answer::Cell(ledger, bounds), ExplainFormat::Md) => explain::write_markdown(ledger, *bounds, out),
        (Answer::Cell(ledger, _), ExplainFormat::Json) => explain::write_json(ledger, out),
        (Answer::Row(record, story), format) => row::write(record, story.as_ref(), format, out),
    }
}
