//! What `rules explain` takes.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};

use super::{DataArgs, setting};

/// `rules explain`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  rules explain engagement.rules --index contacts --at year=2008
  rules explain visits.rules data/ --index visits --at 'year=2006,partner=\"Guinea, Equatorial\"'
  rules explain engagement.rules --index contacts --why-not contact.csv:12
  rules explain engagement.rules --index engagement --at year=2008 --format md --out appendix.md")]
pub struct ExplainArgs {
    /// The scheme; `-` is standard input.
    pub scheme: PathBuf,

    /// The data.
    #[command(flatten)]
    pub data: DataArgs,

    /// The index. A scheme that has one only needs no name.
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub index: Option<String>,

    /// The cell: a value for each dimension of the index. A value that holds a comma stands in double quotes.
    #[arg(long, value_name = "DIM=VALUE,…")]
    pub at: Vec<String>,

    /// Says what became of this row of the data: its line, behind the name of the file or of the input where the index
    /// rests on several.
    #[arg(long, value_name = "FILE:LINE")]
    pub why_not: Option<String>,

    /// Sets a parameter of the scheme; may be repeated for other parameters.
    #[arg(long = "set", value_name = "PARAM=VALUE", value_parser = setting)]
    pub settings: Vec<(String, String)>,

    /// How the explanation is printed.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: ExplainFormat,

    /// Lists so many contributions of each cell, the most important first; 10 without it, and all in JSON.
    #[arg(long, value_name = "N", conflicts_with = "all")]
    pub top: Option<usize>,

    /// Explains so many levels of cells that are brought together into others; 2 without it, and all in JSON.
    #[arg(long, value_name = "N")]
    pub depth: Option<usize>,

    /// Lists all contributions, of all levels.
    #[arg(long)]
    pub all: bool,

    /// Writes the explanation to a file, whole or not at all.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// How an explanation is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExplainFormat {
    /// A tree of lines.
    Table,
    /// One JSON object with the whole ledger.
    Json,
    /// Markdown lists and tables.
    Md,
}
