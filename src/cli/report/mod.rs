//! `rules report`: a page with the results, their pictures and the methodology, or one of the pictures alone.

mod account;
mod against;
mod alone;
mod components;
mod page;
mod parts;
mod pictures;
mod sensitivity;
mod shape;
mod style;
#[cfg(test)]
mod tests;

use std::path::Path;

use super::account::Account;
use super::args::report::ReportArgs;
use super::eval::results;
use super::inputs::{self, Read};
use super::progress::{self, Bar};
use super::session::{Session, Step};
use super::shape::spare_sources;
use super::{Exit, Terminal, output, select};
use crate::compile::Compiled;
use crate::data::bytes::STDIN;
use crate::diag::{Code, Diagnostic};
use crate::doc;
use crate::eval::Outcome;
use crate::plan::needs;
use crate::report::groups::groups;
use crate::report::sensitivity::Sensitivity;
use against::Against;
use pictures::Picture;

/// All that a page is made of.
struct Made {
    compiled: Compiled,
    read: Read,
    outcome: Outcome,
    against: Option<Against>,
    sensitivity: Option<Sensitivity>,
}

/// Runs the command.
pub fn run(args: &ReportArgs, terminal: &mut Terminal<'_>) -> Exit {
    let mut session = Session::new(&args.scheme, &args.data.root);
    let exit = match make(&mut session, args, terminal) {
        Ok(made) => write(&mut session, args, &made, terminal),
        Err(exit) => Err(exit),
    };
    session.report(terminal);
    exit.map_or_else(|exit| exit, |()| Exit::Done)
}

fn make(session: &mut Session, args: &ReportArgs, terminal: &mut Terminal<'_>) -> Step<Made> {
    let watched = progress::is_wanted(terminal);
    alone::check(session, args)?;
    if args.against.is_some() {
        no_second_reading(session, args, "with `--against`", "a comparison reads the schemes and the data twice")?;
    }
    let file = session.read_scheme()?;
    let compiled = session.compile_set(file, &select::settings(&args.settings))?;
    if sensitivity::is_asked(args, &compiled) {
        no_second_reading(session, args, "where something varies", "runs with other settings read the data again")?;
    }
    let wanted = select::indices(session, &compiled, &args.indices)?;
    let needed = needs::inputs(&compiled.plan, &wanted);
    let mut files = inputs::find(session, &compiled, &needed, &args.data)?;
    let sources = files.iter().flatten().map(|bound| bound.path.clone()).chain([args.scheme.clone()]);
    spare_sources(session, args.out.as_deref(), sources)?;
    let bar = Bar::over(inputs::needed(&mut files, &needed), watched);
    let read = inputs::read(session, &compiled, &files, &needed)?;
    let outcome = inputs::run(session, &compiled, &read, &wanted)?;
    drop(bar);
    // What is to be said of the scheme itself comes before what is to be said of the comparison.
    session.report(terminal);
    let against = args.against.as_deref().map(|other| against::held(args, other, watched, terminal)).transpose()?;
    let sensitivity = sensitivity::held(args, &compiled, watched, terminal)?;
    Ok(Made { compiled, read, outcome, against, sensitivity })
}

/// Standard input can be read once: it is refused where data are read again.
fn no_second_reading(session: &mut Session, args: &ReportArgs, when: &str, why: &str) -> Step<()> {
    let stdin = Path::new(STDIN);
    let named = args.data.inputs.iter().map(|(_, path)| path.as_path());
    let mut all = args.data.data.iter().map(std::path::PathBuf::as_path).chain(named).chain([args.scheme.as_path()]);
    if all.any(|path| path == stdin) {
        let span = session.argument("", "-");
        let error = Diagnostic::error(Code::Usage, span, format!("{when} nothing can come from standard input"));
        return session.fail(error.help(format!("{why}: name files")));
    }
    Ok(())
}

/// Writes the page, or the picture that is asked for.
fn write(session: &mut Session, args: &ReportArgs, made: &Made, terminal: &mut Terminal<'_>) -> Step<()> {
    let results = results(&made.compiled, &made.outcome.results);
    let groups = groups(&results);
    let mut pictures: Vec<Vec<Picture>> =
        groups.iter().map(|group| pictures::of_group(&made.compiled.plan, group)).collect();
    let leading: Vec<&str> = pictures.iter().flatten().map(|picture| picture.index.as_str()).collect();
    let compared = made.against.as_ref().map(|against| against.pictures(&leading)).unwrap_or_default();
    let sure = made.sensitivity.as_ref().map(|found| sensitivity::pictures(found, &leading)).unwrap_or_default();
    let content = match &args.chart {
        Some(name) => {
            pictures.extend([compared, sure]);
            alone::picture(session, args, name, &pictures.concat())?
        }
        None => {
            let method = doc::describe(&made.compiled.chain, &made.compiled.typed, &session.sources);
            let account = Account::new(&made.compiled.plan, &made.read, &made.outcome);
            let page = page::Page {
                title: args.title.as_deref(),
                compiled: &made.compiled,
                settings: &args.settings,
                groups: &groups,
                pictures: &pictures,
                against: made.against.as_ref().map(|against| (against, compared.as_slice())),
                sensitivity: made.sensitivity.as_ref().map(|found| (found, sure.as_slice())),
                account: &account,
                method: &method,
            };
            page.html().into_bytes()
        }
    };
    let written = output::write(args.out.as_deref(), terminal, |out| out.write_all(&content));
    written.or_else(|error| session.fail(error))
}
