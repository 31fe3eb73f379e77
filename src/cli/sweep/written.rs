//! What is swept, as it is written: values of each parameter on the command line, or a file with a setting a row.
//!
//! Input: the arguments. Output: the settings of each run, and where they are written.

use std::path::Path;
use std::sync::Arc;

use super::values::{MOST_RUNS, values};
use crate::cli::args::EvalArgs;
use crate::cli::origin::{Origin, Part};
use crate::cli::select;
use crate::cli::session::{Session, Step};
use crate::compile::{Compiled, Setting};
use crate::data::{Bound, Plain, bytes, read_plain};
use crate::diag::{Code, DataPlace, Diagnostic, Place, Problems};
use crate::source::Span;
use crate::value::schema::Format;

/// The option with values, as messages name it.
const OPTION: &str = "--sweep";

/// What is swept.
pub struct Written {
    /// The parameters.
    pub names: Vec<Arc<str>>,
    /// For each run, the settings of these.
    pub settings: Vec<Vec<Setting>>,
    /// Where they are written.
    pub places: Places,
}

/// Where the settings of a sweep are written.
pub enum Places {
    /// On the command line; the first sweep.
    Option(Span),
    /// In a file: its name, the names of its columns, and the line of each run.
    File(Arc<str>, Vec<Arc<str>>, Vec<u32>),
}

impl Places {
    /// The place of all settings.
    pub fn of_all(&self) -> Place {
        match self {
            Self::Option(span) => (*span).into(),
            Self::File(file, ..) => DataPlace::file(file).into(),
        }
    }

    /// The place of a run, by its number as written; on the command line the run is shown as such.
    pub fn of_run(&self, session: &mut Session, run: usize, shown: &str) -> Place {
        match self {
            Self::Option(_) => session.argument(OPTION, shown).into(),
            Self::File(file, _, lines) => DataPlace::line(file, lines.get(run).copied().unwrap_or(0)).into(),
        }
    }

    /// Where the settings of a run come from.
    pub fn origin(&self, run: usize) -> Origin<'_> {
        match self {
            Self::Option(_) => Origin::Option(OPTION),
            Self::File(file, names, lines) => Origin::Line { file, names, line: lines.get(run).copied().unwrap_or(0) },
        }
    }

    /// Whether a place is one of settings.
    pub fn hold(&self, session: &Session, place: &Place) -> bool {
        match place {
            Place::Text(span) => session.sources.get(span.file).is_some_and(|file| *file.name == *OPTION),
            Place::Data(place) => matches!(self, Self::File(file, ..) if *file == place.file),
        }
    }

    /// Whether there is more to look at behind a setting that can't be taken.
    pub fn is_file(&self) -> bool {
        matches!(self, Self::File(..))
    }
}

/// Reads what is swept.
pub fn read(session: &mut Session, compiled: &Compiled, args: &EvalArgs) -> Step<Written> {
    match &args.sweep.file {
        Some(path) => of_file(session, compiled, args, path),
        None => of_options(session, compiled, args),
    }
}

fn of_options(session: &mut Session, compiled: &Compiled, args: &EvalArgs) -> Step<Written> {
    let sweeps = select::settings(&args.sweep.values);
    let origin = Origin::Option(OPTION);
    session.check_known(&sweeps, std::slice::from_ref(compiled), origin)?;
    let all: Vec<Setting> = compiled.settings.iter().chain(&sweeps).cloned().collect();
    session.check_repeated(&all, origin)?;
    let (mut names, mut settings, mut first) = (Vec::new(), vec![Vec::new()], Span::default());
    for sweep in &sweeps {
        let span = session.argument(OPTION, &format!("{}={}", sweep.name, sweep.value));
        if names.is_empty() {
            first = span;
        }
        let found = match values(&sweep.value) {
            Ok(found) => found,
            Err(unreadable) => {
                let error =
                    Diagnostic::error(Code::Usage, origin.place(session, sweep, Part::Value), unreadable.message);
                return session.fail(error.help(unreadable.help));
            }
        };
        if settings.len().saturating_mul(found.len()) > MOST_RUNS {
            let error = Diagnostic::error(Code::Usage, span, format!("a sweep has at most {MOST_RUNS} runs"));
            return session.fail(error.help("give fewer values, or sweep one parameter after the other"));
        }
        settings = longer(&settings, &sweep.name, &found);
        names.push(Arc::clone(&sweep.name));
    }
    Ok(Written { names, settings, places: Places::Option(first) })
}

/// All combinations of settings with the values of one parameter more, which varies fastest.
fn longer(known: &[Vec<Setting>], name: &Arc<str>, values: &[String]) -> Vec<Vec<Setting>> {
    let setting = |value: &String| Setting { name: Arc::clone(name), value: value.as_str().into() };
    let with = |known: &Vec<Setting>, value| known.iter().cloned().chain([setting(value)]).collect();
    known.iter().flat_map(|known| values.iter().map(|value| with(known, value)).collect::<Vec<_>>()).collect()
}

fn of_file(session: &mut Session, compiled: &Compiled, args: &EvalArgs, path: &Path) -> Step<Written> {
    let plain = open(session, path)?;
    let origin = Origin::Line { file: &plain.file, line: plain.line, names: &plain.names };
    let name = |name: &Arc<str>| Setting { name: Arc::clone(name), value: "".into() };
    let named: Vec<Setting> = plain.names.iter().map(name).collect();
    session.check_known(&named, std::slice::from_ref(compiled), origin)?;
    let all: Vec<Setting> = select::settings(&args.settings).into_iter().chain(named).collect();
    session.check_repeated(&all, origin)?;
    if plain.rows.is_empty() {
        let error = Diagnostic::error(Code::EmptyFile, DataPlace::file(&plain.file), "the file has no setting");
        return session.fail(error.help("write a row for each setting, below the names of the parameters"));
    }
    if let Some((line, _)) = plain.rows.get(MOST_RUNS) {
        let place = DataPlace::line(&plain.file, *line);
        let error = Diagnostic::error(Code::Usage, place, format!("a sweep has at most {MOST_RUNS} runs"));
        return session.fail(error.help("split the file"));
    }
    check_filled(session, &plain)?;
    let Plain { file, names, rows, .. } = plain;
    let (lines, rows): (Vec<u32>, Vec<Vec<Arc<str>>>) = rows.into_iter().unzip();
    let setting = |(name, value): (&Arc<str>, Arc<str>)| Setting { name: Arc::clone(name), value };
    let settings = rows.into_iter().map(|row| names.iter().zip(row).map(setting).collect()).collect();
    Ok(Written { names: names.clone(), settings, places: Places::File(file, names, lines) })
}

fn open(session: &mut Session, path: &Path) -> Step<Plain> {
    let bound = Bound::new(path);
    if path == Path::new(bytes::STDIN) && session.scheme == path {
        let place = DataPlace::file(&bound.name);
        return session.fail(Diagnostic::error(Code::Usage, place, "standard input is the scheme, and settings too"));
    }
    let source = bound.open().or_else(|error| session.fail(error))?;
    session.remember(&bound, &Format::default());
    let mut problems = Problems::new();
    let plain = read_plain(&source, &mut problems);
    session.problems.extend(problems);
    plain.ok_or(super::Exit::Failed)
}

/// A row says all there is of its run: nothing is taken from the scheme where a cell is empty.
fn check_filled(session: &mut Session, plain: &Plain) -> Step<()> {
    let mut all = true;
    for (line, row) in &plain.rows {
        for ((field, value), name) in row.iter().enumerate().zip(&plain.names) {
            if value.trim().is_empty() {
                let place = DataPlace::field(&plain.file, *line, Some(field), name);
                let error =
                    Diagnostic::error(Code::MissingValue, place, format!("the parameter `{name}` has no value"));
                let error =
                    error.help("give each parameter a value in each row; an empty text is written `\"\"\"\"\"\"`");
                session.problems.push_grouped(&format!("setting {name}"), error);
                all = false;
            }
        }
    }
    if all { Ok(()) } else { Err(super::Exit::Failed) }
}
