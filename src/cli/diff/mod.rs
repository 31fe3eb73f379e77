//! `rules diff`: what changes if one scheme is used instead of another, on the same data.

mod apart;
pub mod attribute;
pub mod choose;
pub mod data;
pub mod print;
pub mod schemes;
pub mod way;
pub mod words;

use super::args::diff::DiffArgs;
use super::progress::{self, Bar};
use super::session::{Session, Step};
use super::{Exit, Terminal, shape};
use crate::compare::{Compared, Difference, LeftOut, Matched, Options, Run, Tolerances, TooLarge, compare};
use crate::diag::{Code, Diagnostic};
use crate::eval::Outcome;
pub use data::Shelf;
use schemes::Loaded;

/// How many of the best are looked at if it isn't said.
const TOP: u64 = 10;

/// All that a comparison is made of, and what came of it.
#[derive(Debug, Default)]
pub struct Comparison {
    /// The schemes, in order.
    pub loaded: Vec<Loaded>,
    /// The indices that can be compared.
    pub matched: Vec<Matched>,
    /// Those that can't.
    pub left_out: Vec<LeftOut>,
    /// The data: the tables that each scheme reads.
    pub shelf: Shelf,
    /// What each scheme gave.
    pub outcomes: Vec<Outcome>,
    /// The indices with all that changed.
    pub compared: Vec<Compared>,
    /// In what the schemes themselves differ.
    pub differences: Vec<Difference>,
}

/// Runs the command.
pub fn run(args: &DiffArgs, terminal: &mut Terminal<'_>) -> Exit {
    let mut session = Session::new(std::path::Path::new(""), &args.root);
    let exit = match hold(&mut session, args, progress::is_wanted(terminal)) {
        Ok(comparison) => {
            // Warnings come before the result.
            session.report(terminal);
            print::print(&mut session, args, &comparison, terminal)
        }
        Err(exit) => Err(exit),
    };
    session.report(terminal);
    // That something was found means a change here: rows with errors are a comparison that can't be made.
    exit.unwrap_or(Exit::Failed)
}

/// Compiles the schemes, runs them on the data and compares what they give.
pub fn hold(session: &mut Session, args: &DiffArgs, watched: bool) -> Step<Comparison> {
    let (schemes, data) = schemes::split(session, &args.paths)?;
    let loaded = schemes::load(session, &schemes, &args.settings)?;
    let (matched, left_out) = choose::indices(session, &loaded, &args.indices)?;
    let options = choose::options(session, args, &loaded, &matched)?;
    attribute::check(session, args, &loaded)?;
    let mut comparison = Comparison { loaded, matched, left_out, ..Comparison::default() };
    check_format(session, args, &mut comparison, &options)?;
    let mut files = data::find(session, &comparison, data, &args.inputs)?;
    apart::check(session, attribute::is_asked(args), &comparison.loaded, &files)?;
    let sources = schemes.iter().cloned().chain(files.iter().flatten().flatten().map(|bound| bound.path.clone()));
    shape::spare_sources(session, args.out.as_deref(), sources)?;
    let _bar = Bar::over(data::read_of(&comparison, &mut files).into_iter(), watched);
    comparison.shelf = data::read(session, &comparison, &files)?;
    comparison.outcomes = data::run(session, &mut comparison)?;
    let runs: Vec<Run<'_>> = comparison.outcomes.iter().map(|outcome| Run { results: &outcome.results }).collect();
    match compare(&runs, &comparison.matched, &options) {
        Ok(compared) => comparison.compared = compared,
        Err(error) => return session.fail(too_large(&error, &comparison)),
    }
    comparison.differences = words::differences(session, &comparison.loaded, &args.settings);
    attribute::add(session, args, &files, &mut comparison)?;
    Ok(comparison)
}

/// The error of a number that can't be compared, at the index that holds it.
fn too_large(error: &TooLarge, comparison: &Comparison) -> Diagnostic {
    let message = format!("`{}` with {} decimal places has more than 38 digits", error.number, error.places);
    let index = comparison.matched.iter().find(|index| index.name == error.index);
    let place = index.and_then(|index| index.places.get(error.scheme).copied());
    let plan = comparison.loaded.get(error.scheme).map(|loaded| &loaded.compiled.plan);
    let span = plan.zip(place).and_then(|(plan, place)| plan.indices.get(place)).map(|index| index.span);
    let help = "numbers are brought to the decimal places of the other scheme, real numbers to 15";
    Diagnostic::error(Code::Overflow, span.unwrap_or_default(), message).label("in this index").help(help)
}

/// Refuses a format that the indices don't fit, before any data is read.
fn check_format(session: &mut Session, args: &DiffArgs, comparison: &mut Comparison, options: &Options) -> Step<()> {
    use super::args::diff::DiffFormat;
    let csv = args.format == DiffFormat::Csv;
    shape::csv_alone(session, csv, args.long, args.spreadsheet, "")?;
    if !csv {
        return Ok(());
    }
    let runs = vec![Run { results: &[] }; comparison.loaded.len()];
    // Without cells nothing can be too large.
    comparison.compared = compare(&runs, &comparison.matched, options).unwrap_or_default();
    let fits = crate::report::diff::csv::fits(&print::report(args, comparison), args.long);
    match fits {
        Ok(()) => Ok(()),
        Err(unfit) => {
            let span = session.argument("--format", "csv");
            session.fail(shape::misfit(&unfit, span))
        }
    }
}

/// The tolerances as they were written, one for each index at most.
fn tolerances(session: &mut Session, args: &DiffArgs) -> Step<Tolerances> {
    let mut found = Tolerances::default();
    for (index, tolerance) in &args.tolerances {
        let twice = match index {
            None => found.all.replace(*tolerance).is_some(),
            Some(index) => {
                let twice = found.own.iter().any(|(known, _)| **known == **index);
                found.own.push((index.as_str().into(), *tolerance));
                twice
            }
        };
        if twice {
            let name = index.as_ref().map_or_else(String::new, |index| format!(" of `{index}`"));
            let span = session.argument("--tolerance", index.as_deref().unwrap_or("--tolerance"));
            let message = format!("the tolerance{name} is given twice");
            return session.fail(Diagnostic::error(Code::Usage, span, message).help("give it once"));
        }
    }
    Ok(found)
}
