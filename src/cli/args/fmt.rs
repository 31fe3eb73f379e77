//! The arguments of `rules fmt`.

use std::path::PathBuf;

use clap::Args;

/// `rules fmt`.
#[derive(Debug, Args)]
#[command(
    after_help = "A file with syntax errors isn't touched. With `--check` the exit code is 1 if a file would change.

Examples:
  rules fmt engagement.rules
  rules fmt --check rules/
  rules fmt - < engagement.rules"
)]
pub struct FmtArgs {
    /// Schemes, or folders that are searched for `*.rules`; `-` is standard input, laid out on standard output.
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,

    /// Writes nothing, and lists the files that would change.
    #[arg(long)]
    pub check: bool,
}
