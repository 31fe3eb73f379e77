//! The program `rules`: parses the arguments, runs the command, exits.

use std::process::ExitCode;

use rules::cli::{self, args::Cli};

fn main() -> ExitCode {
    let cli = Cli::from_args(std::env::args_os()).unwrap_or_else(|error| error.exit());
    cli::run(&cli, &mut std::io::stdout().lock(), &mut std::io::stderr()).into()
}
