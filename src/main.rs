//! The program `rules`: parses the arguments, runs the command, exits.

use std::process::ExitCode;

use clap::Parser;
use rules::cli::{self, args::Cli};

fn main() -> ExitCode {
    let cli = Cli::parse();
    cli::run(&cli, &mut std::io::stdout().lock(), &mut std::io::stderr().lock()).into()
}
