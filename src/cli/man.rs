//! `rules man`: prints the manual page, or writes a page for each command to a folder.

use std::path::Path;

use clap::CommandFactory;
use clap_mangen::Man;

use super::args::{Cli, ManArgs};
use super::session::Session;
use super::{Exit, Terminal, output};
use crate::diag::Diagnostic;

/// Runs the command.
pub fn run(args: &ManArgs, terminal: &mut Terminal<'_>) -> Exit {
    let mut session = Session::default();
    let written = match &args.folder {
        None => output::to_stdout(terminal, |out| Man::new(Cli::command()).render(out)),
        Some(folder) => write_pages(folder, terminal),
    };
    let written = written.or_else(|error| session.fail(error));
    session.report(terminal);
    written.map_or_else(|exit: Exit| exit, |()| Exit::Done)
}

fn write_pages(folder: &Path, terminal: &mut Terminal<'_>) -> Result<(), Diagnostic> {
    std::fs::create_dir_all(folder).map_err(|error| output::cannot(folder, &error))?;
    let mut program = Cli::command();
    // Building gives the subcommands their full names, as in `rules-eval`.
    program.build();
    for command in std::iter::once(&program).chain(program.get_subcommands()) {
        let page = Man::new(command.clone());
        let path = folder.join(page.get_filename());
        output::write(Some(&path), terminal, |out| page.render(out))?;
    }
    Ok(())
}
