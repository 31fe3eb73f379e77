//! The row that `--why-not` names: which record it is, and what is printed of it.

use std::io::{self, Write};

use serde::Serialize;

use crate::cli::args::explain::ExplainFormat;
use crate::cli::inputs::Read;
use crate::cli::session::{Session, Step};
use crate::compile::Compiled;
use crate::diag::nearest::suggest;
use crate::diag::{Code, Diagnostic, Place, Problems};
use crate::eval::ledger::fate::Story;
use crate::plan::needs;
use crate::report::explain::outline::Node;
use crate::report::explain::{self, story};
use crate::source::Span;
use crate::value::column::{FileLine, Table};

/// So many files are listed.
const LISTED: usize = 12;

/// A record of the data.
#[derive(Debug, Clone, Serialize)]
pub struct Record {
    /// The place of its input in the plan.
    #[serde(skip)]
    pub input: usize,
    /// The input's name.
    #[serde(rename = "input")]
    pub name: String,
    /// The file as the user named it.
    pub file: String,
    /// The line on which it begins, from 1.
    pub line: u32,
    /// What became of it when the file was read.
    #[serde(flatten)]
    pub reading: Reading,
    /// The rows that it has in the table.
    #[serde(skip)]
    pub rows: Vec<usize>,
}

/// What became of a record when the file was read.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "read", rename_all = "snake_case")]
pub enum Reading {
    /// It has rows.
    Kept,
    /// It has an error.
    Rejected {
        /// What is wrong, where it is known.
        says: Vec<String>,
    },
    /// It repeats an earlier one.
    Repeated {
        /// The line of that.
        first: u32,
        /// Its file, if it is another one.
        #[serde(skip_serializing_if = "Option::is_none")]
        first_file: Option<String>,
    },
}

/// Finds the record; what is wrong with the name of it ends the run.
pub fn find(session: &mut Session, compiled: &Compiled, read: &Read, index: usize, written: &str) -> Step<Record> {
    let span = session.argument("--why-not", written);
    let scored = scored(compiled, index);
    let (name, number) = written.rsplit_once(':').map_or((None, written), |(name, number)| (Some(name), number));
    let start = written.len() - number.len();
    let Some(line) = number.trim().parse::<u32>().ok().filter(|&line| line > 0) else {
        let at = Span::new(span.file, start, written.len());
        let error = Diagnostic::error(Code::Usage, at, format!("`{number}` isn't the number of a line"));
        return session.fail(error.help("write the file or the input and the line: `contact.csv:12`, or `12` alone"));
    };
    let input = match name {
        Some(name) => named_input(compiled, read, name, Span::new(span.file, 0, name.len()), &scored),
        None => only_input(compiled, span, number, &scored),
    };
    let found = input.and_then(|input| {
        let table = read.tables.get(input).and_then(Option::as_ref).ok_or_else(|| not_read(compiled, input, span))?;
        let part = part(name_of(compiled, input), table, name, (span, number))?;
        record(compiled, input, table, FileLine { part, line }, (span, &session.problems))
    });
    found.or_else(|error| session.fail(*error))
}

/// The inputs whose rows are scored for an index.
fn scored(compiled: &Compiled, index: usize) -> Vec<usize> {
    let plan = &compiled.plan;
    let needed = needs::needs(plan, &[index], false).scores;
    let scores = plan.scores.iter().zip(needed).filter(|(_, needed)| *needed);
    let mut inputs: Vec<usize> = scores.map(|(score, _)| score.input).collect();
    inputs.sort_unstable();
    inputs.dedup();
    inputs
}

type Found<T> = Result<T, Box<Diagnostic>>;

fn name_of(compiled: &Compiled, input: usize) -> &str {
    compiled.plan.inputs.get(input).map_or("", |input| &input.schema.name)
}

/// The input of a name, or of a file.
fn named_input(compiled: &Compiled, read: &Read, name: &str, span: Span, scored: &[usize]) -> Found<usize> {
    let is = |at: usize| {
        let files = || read.tables.get(at).and_then(Option::as_ref).into_iter().flat_map(Table::files);
        (name_of(compiled, at) == name, files().any(|file| **file == *name), files().any(|file| last(file) == name))
    };
    let all = 0..compiled.plan.inputs.len();
    let mut found: Vec<usize> = all.clone().filter(|&at| is(at).0).collect();
    if found.is_empty() {
        found = all.clone().filter(|&at| is(at).1).collect();
    }
    if found.is_empty() {
        found = all.filter(|&at| is(at).2).collect();
    }
    // One file may be read as two inputs, of which one alone is scored.
    if found.len() > 1 && found.iter().any(|at| scored.contains(at)) {
        found.retain(|at| scored.contains(at));
    }
    match found.as_slice() {
        [input] if scored.contains(input) => Ok(*input),
        [input] => {
            let message = format!("no row of input `{}` is scored for this index", name_of(compiled, *input));
            let listed: Vec<String> = scored.iter().map(|&at| format!("`{}`", name_of(compiled, at))).collect();
            let help = format!("its rows come from {}; other inputs are looked up only", listed.join(", "));
            Err(Box::new(Diagnostic::error(Code::Usage, span, message).help(help)))
        }
        [] => {
            let mut error = Diagnostic::error(Code::Usage, span, format!("there is no input and no file `{name}`"));
            error.help = suggest(name, "the inputs are", scored.iter().map(|&at| name_of(compiled, at)));
            Err(Box::new(error))
        }
        _ => Err(several(compiled, span, &found)),
    }
}

/// The name of a file without its folder.
fn last(file: &str) -> &str {
    file.rsplit('/').next().unwrap_or(file)
}

/// Which of the files of an input is meant.
fn part(input: &str, table: &Table, name: Option<&str>, (span, number): (Span, &str)) -> Found<usize> {
    let parts = || table.files().enumerate();
    let mut found: Vec<usize> = parts().filter(|(_, file)| Some(&***file) == name).map(|(at, _)| at).collect();
    if found.is_empty() {
        found = parts().filter(|(_, file)| Some(last(file)) == name).map(|(at, _)| at).collect();
    }
    if found.is_empty() {
        found = parts().map(|(at, _)| at).collect();
    }
    if let [part] = found.as_slice() {
        return Ok(*part);
    }
    let listed = parts().filter(|(at, _)| found.contains(at)).map(|(_, file)| format!("`{file}:{number}`"));
    let listed: Vec<String> = listed.take(LISTED).collect();
    let more = if found.len() > LISTED { " …" } else { "" };
    let error = Diagnostic::error(Code::Usage, span, format!("the input `{input}` has several files"));
    Err(Box::new(error.help(format!("say which is meant: {}{more}", listed.join(", ")))))
}

fn only_input(compiled: &Compiled, span: Span, number: &str, scored: &[usize]) -> Found<usize> {
    match scored {
        [input] => Ok(*input),
        several_inputs => {
            let listed: Vec<String> =
                several_inputs.iter().map(|&at| format!("`{}:{number}`", name_of(compiled, at))).collect();
            let error = Diagnostic::error(Code::Usage, span, "the index rests on the rows of several inputs");
            Err(Box::new(error.help(format!("say which is meant: {}", listed.join(", ")))))
        }
    }
}

fn several(compiled: &Compiled, span: Span, found: &[usize]) -> Box<Diagnostic> {
    let listed: Vec<String> = found.iter().map(|&at| format!("`{}`", name_of(compiled, at))).collect();
    let error = Diagnostic::error(Code::Usage, span, "several inputs have a file of this name");
    Box::new(error.help(format!("name the input: {}", listed.join(", "))))
}

fn not_read(compiled: &Compiled, input: usize, span: Span) -> Box<Diagnostic> {
    let message = format!("input `{}` has no file", name_of(compiled, input));
    Box::new(Diagnostic::error(Code::Usage, span, message))
}

fn record(
    compiled: &Compiled,
    input: usize,
    table: &Table,
    line: FileLine,
    (span, problems): (Span, &Problems),
) -> Found<Record> {
    let rows: Vec<usize> = table.rows_of(line.part).filter(|&row| table.line(row) == line).collect();
    let repeated = table.gone.repeated.iter().find(|(at, _)| *at == line);
    let reading = match repeated {
        _ if !rows.is_empty() => Reading::Kept,
        _ if table.gone.rejected.contains(&line) => Reading::Rejected { says: said(problems, table, line) },
        Some(&(_, first)) => {
            let first_file = (first.part != line.part).then(|| table.file_of(first).to_string());
            Reading::Repeated { first: first.line, first_file }
        }
        None => return Err(no_record(table, line, span)),
    };
    let (name, file) = (name_of(compiled, input).to_owned(), table.file_of(line).to_string());
    Ok(Record { input, name, file, line: line.line, reading, rows })
}

/// What the reader said of a line. Errors of many rows are counted, so that not each has its words kept.
fn said(problems: &Problems, table: &Table, line: FileLine) -> Vec<String> {
    let file = table.file_of(line);
    let is = |place: &crate::diag::DataPlace| place.file == *file && place.line == line.line;
    let about = |found: &&Diagnostic| {
        let main = matches!(found.place(), Some(Place::Data(place)) if is(place));
        main || found.examples.iter().any(is)
    };
    // In the order of the fields, whichever of the errors was found first in other rows.
    let field = |found: &&Diagnostic| match found.place() {
        Some(Place::Data(place)) => place.field,
        _ => None,
    };
    let mut found: Vec<&Diagnostic> = problems.iter().filter(about).collect();
    found.sort_by_key(field);
    found.iter().map(|found| format!("{}: {}", found.code, found.message)).collect()
}

fn no_record(table: &Table, line: FileLine, span: Span) -> Box<Diagnostic> {
    let lines = table.lines.get(table.rows_of(line.part)).unwrap_or(&[]);
    let next = lines.partition_point(|&at| at < line.line);
    let near: Vec<String> = lines.iter().skip(next.saturating_sub(1)).take(2).map(|at| format!("`{at}`")).collect();
    let message = format!("no record begins on line {} of {}", line.line, table.file_of(line));
    let error = Diagnostic::error(Code::Usage, span, message);
    let help = match near.is_empty() {
        true => "the file has no records without an error".to_owned(),
        false => format!(
            "a header and the further lines of a record don't count; records near it begin on {}",
            near.join(" and ")
        ),
    };
    Box::new(error.help(help))
}

/// What JSON holds of a record: the record, and its story if it has rows.
#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    record: &'a Record,
    story: Option<&'a Story>,
}

/// Prints what became of a record.
pub fn write(record: &Record, story: Option<&Story>, format: ExplainFormat, out: &mut dyn Write) -> io::Result<()> {
    if format == ExplainFormat::Json {
        return explain::write_story(&Whole { record, story }, out);
    }
    let mut children = match &record.reading {
        Reading::Kept => Vec::new(),
        Reading::Rejected { says } => {
            let said = says.iter().map(|says| Node::new(says.clone())).collect();
            vec![Node::with("rejected when the file was read, because it has an error", said)]
        }
        Reading::Repeated { first, first_file } => {
            let of = first_file.as_ref().map_or_else(String::new, |file| format!(" of {file}"));
            vec![Node::new(format!("dropped when the file was read: `distinct` says that it repeats line {first}{of}"))]
        }
    };
    children.extend(story.into_iter().flat_map(story::nodes));
    let node = Node::with(format!("{}:{} (input {})", record.file, record.line, record.name), children);
    match format {
        ExplainFormat::Md => explain::write_list(&node, out),
        _ => explain::write_tree(&node, out),
    }
}
