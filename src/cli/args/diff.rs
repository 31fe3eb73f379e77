//! The arguments of `rules diff`.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};

use super::{named_path, setting};
use crate::compare::Tolerance;

/// `rules diff`.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes:
  0  nothing changed
  1  something changed
  2  it could not be done; also where rows of the data have errors

Examples:
  rules diff engagement.rules flat.rules                         on each scheme's own data
  rules diff engagement.rules flat.rules contact.csv mission.csv
  rules diff engagement.rules flat.rules --index contacts --within year --top 5
  rules diff old.rules new.rules data/ --tolerance 0.01 --format csv > changes.csv
  rules diff one.rules two.rules three.rules data/               how alike the orders of several are")]
pub struct DiffArgs {
    /// Two schemes or more, whose names end in `.rules`, and then the data: files that bind to the inputs in the order in
    /// which the first scheme declares them, or folders; `-` is standard input. Without data each scheme takes its own.
    #[arg(value_name = "A B [DATA]", required = true)]
    pub paths: Vec<PathBuf>,

    /// Binds one input to a file, in all schemes that have it; may be repeated.
    #[arg(long = "input", value_name = "NAME=PATH", value_parser = named_path)]
    pub inputs: Vec<(String, PathBuf)>,

    /// The folder that nothing named by a scheme itself may leave.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub root: PathBuf,

    /// Compares this index; may be repeated. Without it, all are compared that no scheme hides.
    #[arg(long = "index", value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub indices: Vec<String>,

    /// Sets a parameter of every scheme that has it; may be repeated for other parameters.
    #[arg(long = "set", value_name = "PARAM=VALUE", value_parser = setting)]
    pub settings: Vec<(String, String)>,

    /// Ranks count within each value of this dimension; may be repeated. Without it, within periods and days, where an index
    /// has other dimensions besides.
    #[arg(long, value_name = "DIM", value_parser = NonEmptyStringValueParser::new())]
    pub within: Vec<String>,

    /// Ranks count among all cells of an index.
    #[arg(long, conflicts_with = "within")]
    pub together: bool,

    /// Numbers that lie no further apart are equal: for all indices, or for one; may be repeated for others.
    #[arg(long = "tolerance", value_name = "[INDEX=]X", value_parser = tolerance)]
    pub tolerances: Vec<(Option<String>, Tolerance)>,

    /// How many of the best cells of both schemes are held against each other; 10 if it isn't said.
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u64).range(1..))]
    pub top: Option<u64>,

    /// Divides the change of each cell among the named changes between two schemes, one of which extends the other or
    /// both the same: a column for each, by Shapley's value, which depends on no order. They add up to `delta` exactly.
    #[arg(long)]
    pub attribute: bool,

    /// Adds what each pair of changes does together beyond what each does by itself.
    #[arg(long)]
    pub interactions: bool,

    /// Adds what each change adds to those before it, in the order written.
    #[arg(long)]
    pub stacked: bool,

    /// With more than twelve changes: how many orders of them are drawn by chance, an even number
    /// from 20 on; 200 if it isn't said.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(20..=100_000))]
    pub orders: Option<u32>,

    /// The seed of that draw; 1 if it isn't said.
    #[arg(long, value_name = "SEED")]
    pub seed: Option<u64>,

    /// Prints also the cells that didn't change.
    #[arg(long)]
    pub all: bool,

    /// How the comparison is printed.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: DiffFormat,

    /// With `--format csv`: indices with different dimensions below one another, with the columns `index` and all
    /// dimensions.
    #[arg(long)]
    pub long: bool,

    /// With `--format csv`: a `'` before each text that a spreadsheet would take for a formula.
    #[arg(long)]
    pub spreadsheet: bool,

    /// Writes the comparison to a file, whole or not at all.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// How a comparison is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// Tables for people.
    Table,
    /// CSV; the summary goes to standard error.
    Csv,
    /// One JSON object.
    Json,
    /// Markdown.
    Md,
    /// A page of HTML that needs nothing else.
    Html,
}

fn tolerance(written: &str) -> Result<(Option<String>, Tolerance), String> {
    let (index, number) = match written.split_once('=') {
        Some((index, number)) => (Some(index.trim().to_owned()), number.trim()),
        None => (None, written.trim()),
    };
    let wrong = || match number.split_once(',') {
        Some((whole, fraction)) if Tolerance::parse(&format!("{whole}.{fraction}")).is_some() => {
            format!("the decimal sign is a point: {whole}.{fraction}")
        }
        _ => "expected a number that isn't below 0, or the name of an index, `=` and such a number".to_owned(),
    };
    if index.as_ref().is_some_and(String::is_empty) {
        return Err(wrong());
    }
    Tolerance::parse(number).map(|tolerance| (index, tolerance)).ok_or_else(wrong)
}
