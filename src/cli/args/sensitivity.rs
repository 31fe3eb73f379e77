//! What `rules sensitivity` takes.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};

use super::resources::Resources;
use super::{DataArgs, setting};

/// `rules sensitivity`.
#[derive(Debug, Args)]
#[command(after_help = "What varies is said in the scheme: `vary third_country in 0..1`.

Examples:
  rules sensitivity robustness.rules --index engagement
  rules sensitivity robustness.rules data/ --samples 20000 --seed 7 --target engagement@2008
  rules sensitivity robustness.rules --index engagement --out samples.parquet")]
pub struct SensitivityArgs {
    /// The scheme; `-` is standard input.
    pub scheme: PathBuf,

    /// The data.
    #[command(flatten)]
    pub data: DataArgs,

    /// How many settings are drawn and run. Of n inputs that vary, each row of the design takes n + 2: what goes beyond
    /// whole rows is left out.
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub samples: u32,

    /// The seed of the draw: the same seed gives the same digits, on any machine and with any number of threads.
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,

    /// How the settings are spread over what is possible.
    #[arg(long, value_name = "SEQUENCE", default_value = "sobol")]
    pub sequence: SequenceArg,

    /// Looks at this index; may be repeated. Without it, at all that the scheme doesn't hide and that anything moves.
    #[arg(long = "index", value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub indices: Vec<String>,

    /// The ranks up to this one are the top.
    #[arg(long, value_name = "K", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    pub top: u32,

    /// Ranks the cells within each value of this dimension; may be repeated. Without it, within periods and days, where an
    /// index has other dimensions besides.
    #[arg(long, value_name = "DIM")]
    pub within: Vec<String>,

    /// Ranks all cells of an index together.
    #[arg(long, conflicts_with = "within")]
    pub together: bool,

    /// Whose variance is divided among the inputs: `shift`, the mean shift in rank against the scheme as it stands;
    /// `engagement@2008`, the value of a cell; `rank:engagement@2008`, its rank. May be repeated.
    #[arg(long = "target", value_name = "TARGET")]
    pub targets: Vec<String>,

    /// Sets a parameter of the scheme, which then doesn't vary; may be repeated for other parameters.
    #[arg(long = "set", value_name = "PARAM=VALUE", value_parser = setting)]
    pub settings: Vec<(String, String)>,

    /// How the result is printed.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: SensitivityFormat,

    /// Which part of the result `--format csv` prints.
    #[arg(long, value_name = "PART", default_value = "cells")]
    pub part: SensitivityPart,

    /// Writes all samples to a file, a row for each: what was drawn, and the value of each cell. The name's end says how:
    /// `.parquet` or `.csv`.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,

    /// What it may use of the machine.
    #[command(flatten)]
    pub resources: Resources,

    /// Says on standard error how long each stage took.
    #[arg(long, help_heading = "Resources")]
    pub timings: bool,
}

/// How settings are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SequenceArg {
    /// Sobol's sequence, scrambled.
    Sobol,
    /// A Latin hypercube.
    Latin,
}

/// How a sensitivity analysis is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SensitivityFormat {
    /// Tables for people.
    Table,
    /// CSV of one part.
    Csv,
    /// One JSON object.
    Json,
    /// Markdown tables.
    Md,
}

/// A part of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SensitivityPart {
    /// The cells, with their intervals.
    Cells,
    /// The inputs, with their parts in the variance of each target.
    Inputs,
    /// Pairs of cells, and how sure their order is.
    Pairs,
}
