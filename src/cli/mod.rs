//! The command line: a file for each command, and the drawing of diagnostics.
//!
//! Input: the arguments of the program. Output: results on standard output, diagnostics on standard error, an [`Exit`].

pub mod account;
pub mod args;
pub mod blame;
pub mod check;
pub mod completions;
pub mod diff;
pub mod doc;
pub mod eval;
pub mod explain;
pub mod explain_code;
pub mod fmt;
pub mod inputs;
mod interrupt;
pub mod man;
mod on;
pub mod origin;
pub mod output;
mod progress;
mod quick;
pub mod render;
pub mod report;
pub mod schemes;
pub mod select;
mod sensitivity;
pub mod session;
pub mod shape;
pub mod sql;
mod sweep;
pub mod test;
pub mod timings;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use args::{Cli, ColorWhen, Command, DiagnosticArgs, DiagnosticForm};
use render::Style;

/// What the program tells the one that called it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// It is done, and nothing was found.
    Done,
    /// Something was found: a test that fails, rows with errors, a check that doesn't hold.
    Found,
    /// It could not be done: a wrong command, a scheme that doesn't compile, data that can't be read.
    Failed,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Found => 1,
            Exit::Failed => 2,
        })
    }
}

/// Where a command writes.
pub struct Terminal<'a> {
    /// Results.
    pub out: &'a mut dyn Write,
    /// Diagnostics.
    pub err: &'a mut dyn Write,
    /// How diagnostics are drawn.
    pub style: Style,
}

/// Runs a command.
pub fn run(cli: &Cli, out: &mut dyn Write, err: &mut dyn Write) -> Exit {
    let mut terminal = Terminal { out, err, style: style(cli.diagnostics) };
    let terminal = &mut terminal;
    match &cli.command {
        Command::Eval(args) => eval::run(args, terminal),
        Command::Check(args) => check::run(args, terminal),
        Command::Diff(args) => diff::run(args, terminal),
        Command::Sensitivity(args) => sensitivity::run(args, terminal),
        Command::Test(args) => test::run(args, terminal),
        Command::Explain(args) => explain::run(args, terminal),
        Command::Doc(args) => doc::run(args, terminal),
        Command::Report(args) => report::run(args, terminal),
        Command::Sql(args) => sql::run(args, terminal),
        Command::Fmt(args) => fmt::run(args, terminal),
        Command::ExplainCode(args) => explain_code::run(args, terminal),
        Command::Completions(args) => completions::run(args, terminal),
        Command::Man(args) => man::run(args, terminal),
    }
}

fn style(args: DiagnosticArgs) -> Style {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    let color = match args.color {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto => std::io::stderr().is_terminal() && !no_color && !dumb,
    };
    Style { json: args.diagnostics == DiagnosticForm::Json, color, quiet: args.quiet }
}
