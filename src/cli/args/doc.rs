//! `rules doc`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `rules doc`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  rules doc engagement.rules
  rules doc engagement.rules --format html --out engagement.html")]
pub struct DocArgs {
    /// The scheme; `-` is standard input.
    pub scheme: PathBuf,

    /// How the page is written.
    #[arg(long, value_name = "FORMAT", default_value = "md")]
    pub format: DocFormat,

    /// The folder that nothing named by the scheme itself may leave: the scheme that it extends lies in it.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub root: PathBuf,

    /// Writes the page to a file, whole or not at all.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// How the page of a methodology is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DocFormat {
    /// Markdown.
    Md,
    /// One file of HTML.
    Html,
}
