//! `rules explain-code`: prints the page of a code, or the list of all codes.

use std::io::{self, Write};

use super::args::ExplainCodeArgs;
use super::session::{Session, Step};
use super::{Exit, Terminal, output};
use crate::diag::codes::{Code, find};
use crate::diag::nearest::nearest;
use crate::diag::{Diagnostic, pages};

/// Runs the command.
pub fn run(args: &ExplainCodeArgs, terminal: &mut Terminal<'_>) -> Exit {
    let mut session = Session::default();
    let exit = explain(&mut session, args, terminal);
    session.report(terminal);
    exit.map_or_else(|exit| exit, |()| Exit::Done)
}

fn explain(session: &mut Session, args: &ExplainCodeArgs, terminal: &mut Terminal<'_>) -> Step<()> {
    let written = match &args.code {
        None => output::to_stdout(terminal, list),
        Some(name) => match find(name) {
            Some(code) => output::to_stdout(terminal, |out| page(code, out)),
            None => return unknown(session, name),
        },
    };
    written.or_else(|error| session.fail(error))
}

fn unknown(session: &mut Session, name: &str) -> Step<()> {
    let span = session.argument("explain-code", name);
    let bare = name.strip_prefix("rules::").unwrap_or(name);
    let error = Diagnostic::error(Code::Usage, span, format!("there is no code `{name}`"));
    let help = match nearest(bare, Code::ALL.iter().map(|code| code.name())) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`rules explain-code` lists all codes".to_owned(),
    };
    session.fail(error.help(help))
}

fn page(code: Code, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", code.page().trim_end())
}

fn list(out: &mut dyn Write) -> io::Result<()> {
    for code in Code::ALL {
        writeln!(out, "{code}  {}", pages::title(*code))?;
    }
    Ok(())
}
