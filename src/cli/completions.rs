//! `rules completions`: prints completions for a shell.

use clap::CommandFactory;

use super::args::{Cli, CompletionsArgs};
use super::session::Session;
use super::{Exit, Terminal, output};

/// Runs the command.
pub fn run(args: &CompletionsArgs, terminal: &mut Terminal<'_>) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "rules", &mut script);
    let mut session = Session::default();
    let written = output::to_stdout(terminal, |out| out.write_all(&script)).or_else(|error| session.fail(error));
    session.report(terminal);
    written.map_or_else(|exit: Exit| exit, |()| Exit::Done)
}
