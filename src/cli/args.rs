//! What the command line takes, and its help.

pub mod diff;
pub mod doc;
pub mod explain;
pub mod fmt;
pub mod report;
pub mod resources;
pub mod sensitivity;
pub mod sql;
pub mod sweep;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Parser, Subcommand, ValueEnum};

const EXIT_CODES: &str = "Exit codes:
  0  done, and nothing was found
  1  something was found: a test that fails, rows with errors, a check that doesn't hold, a change (diff)
  2  it could not be done: a wrong command, a scheme that doesn't compile, data that can't be read";

/// Applies scoring methodologies that are written as programs.
///
/// A scheme is a methodology written in the language `rules`: it reads like the method section of a paper, and it runs
/// exactly. Results go to standard output, diagnostics to standard error.
#[derive(Debug, Parser)]
#[command(name = "rules", version, after_help = EXIT_CODES, arg_required_else_help = true, disable_help_subcommand = true)]
pub struct Cli {
    /// The command.
    #[command(subcommand)]
    pub command: Command,

    /// How diagnostics are written.
    #[command(flatten)]
    pub diagnostics: DiagnosticArgs,
}

/// How diagnostics are written to standard error.
#[derive(Debug, Clone, Copy, Args)]
pub struct DiagnosticArgs {
    /// How diagnostics are written: for people, or one JSON object a line.
    #[arg(long, global = true, value_name = "FORM", default_value = "text", help_heading = "Diagnostics")]
    pub diagnostics: DiagnosticForm,

    /// Whether diagnostics have colours; `auto`: on a terminal, unless NO_COLOR is set.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Diagnostics")]
    pub color: ColorWhen,

    /// Says nothing but errors on standard error: no warnings, and no progress.
    #[arg(long, short, global = true, help_heading = "Diagnostics")]
    pub quiet: bool,
}

/// How diagnostics are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "the words are those of the help")]
pub enum DiagnosticForm {
    Text,
    Json,
}

/// Whether diagnostics have colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "the words are those of the help")]
pub enum ColorWhen {
    Auto,
    Always,
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Applies a scheme to data and prints its indices.
    Eval(EvalArgs),
    /// Checks a scheme, and data against it, without printing any result.
    Check(CheckArgs),
    /// Shows what changes if one scheme is used instead of another.
    Diff(diff::DiffArgs),
    /// Says how sure the cells of indices are, and what they depend on most, if what varies is drawn.
    Sensitivity(sensitivity::SensitivityArgs),
    /// Runs the tests and expectations of schemes.
    Test(TestArgs),
    /// Says why a cell of an index is what it is, or what became of a row of the data.
    Explain(explain::ExplainArgs),
    /// Prints a methodology as a page that people read.
    Doc(doc::DocArgs),
    /// Makes a page of the results with pictures, tables and the methodology, or one of its pictures.
    Report(report::ReportArgs),
    /// Prints a scheme as SQL for an engine of yours, which gives the same digits.
    Sql(sql::SqlArgs),
    /// Lays schemes out in the one form that schemes have; every comment stays.
    Fmt(fmt::FmtArgs),
    /// Explains the code of a diagnostic.
    ExplainCode(ExplainCodeArgs),
    /// Prints completions for a shell.
    Completions(CompletionsArgs),
    /// Prints the manual page, or writes a page for each command to a folder.
    Man(ManArgs),
}

/// The data of a scheme.
#[derive(Debug, Clone, Args)]
pub struct DataArgs {
    /// Files that bind to the inputs in the order in which the scheme declares them, or folders in which the files have
    /// the names of the inputs; `-` is standard input. Without any, the scheme's own folder of data is taken.
    #[arg(value_name = "DATA")]
    pub data: Vec<PathBuf>,

    /// Binds one input to a file, to all tables in a folder, or to all files that match a pattern; may be repeated, also
    /// for one input, whose files are then read one behind the other.
    #[arg(long = "input", value_name = "NAME=PATH", value_parser = named_path)]
    pub inputs: Vec<(String, PathBuf)>,

    /// How what comes in on standard input is written, if data do.
    #[arg(long, value_name = "FORMAT", default_value = "csv")]
    pub stdin_format: StdinFormat,

    /// The folder that nothing named by the scheme itself may leave.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub root: PathBuf,
}

/// How what comes in on standard input is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum StdinFormat {
    /// Fields with commas between them, or with the sign that the scheme names.
    #[default]
    Csv,
    /// Fields with tabs between them.
    Tsv,
    /// A JSON object on each line.
    Jsonl,
}

/// `rules eval`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  rules eval engagement.rules                              on the scheme's own data
  rules eval engagement.rules contact.csv mission.csv.gz   on files, in the order of the inputs
  rules eval engagement.rules data/ --input contact=-      on a folder, and on standard input
  rules eval engagement.rules --index contacts --where 'year >= 2008' --format csv
  rules eval engagement.rules --set third_country=1 --out flat.json --format json
  rules eval goldstein.rules --on sc://cluster:15002 --input event=archive.events --index net
  rules eval engagement.rules --index total_contacts --sweep 'third_country=0..1 step 0.1'")]
pub struct EvalArgs {
    /// The scheme; `-` is standard input.
    pub scheme: PathBuf,

    /// The data.
    #[command(flatten)]
    pub data: DataArgs,

    /// Lets an engine compute, where the data are: `sc://HOST:PORT` (Spark Connect), `postgres://USER@HOST/DATABASE`,
    /// `duckdb:FILE`. `--input NAME=TABLE-OR-PATH` names the tables; without it, an input is the table of its name.
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["data", "values", "file", "account"])]
    pub on: Option<String>,

    /// Prints this index; may be repeated. Without it, all are printed that the scheme doesn't hide.
    #[arg(long = "index", value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub indices: Vec<String>,

    /// Prints only the cells for which this holds: a condition on the dimensions, and on `value`.
    #[arg(long = "where", value_name = "COND")]
    pub filter: Option<String>,

    /// Sets a parameter of the scheme; may be repeated for other parameters.
    #[arg(long = "set", value_name = "PARAM=VALUE", value_parser = setting)]
    pub settings: Vec<(String, String)>,

    /// Many settings in one run.
    #[command(flatten)]
    pub sweep: sweep::SweepArgs,

    /// How the results are printed.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,

    /// With `--format csv`: a row for each cell of each index, with the columns `index`, all dimensions, `value`.
    #[arg(long)]
    pub long: bool,

    /// With `--format csv`: a `'` before each text that a spreadsheet would take for a formula.
    #[arg(long)]
    pub spreadsheet: bool,

    /// Writes the results to a file, whole or not at all.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,

    /// Accounts for every record and row: what was read, dropped, absorbed, scored and counted. The tables go to
    /// standard error; `--format json` holds them, too.
    #[arg(long)]
    pub account: bool,

    /// What it may use of the machine.
    #[command(flatten)]
    pub resources: resources::Resources,

    /// Says on standard error how long each stage took.
    #[arg(long, help_heading = "Resources")]
    pub timings: bool,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Tables for people, one for each group of indices with the same dimensions.
    Table,
    /// CSV: the dimensions, then a column for each index.
    Csv,
    /// One JSON object.
    Json,
    /// A JSON object for each cell, a line each.
    Jsonl,
    /// Markdown tables.
    Md,
}

/// `rules check`.
#[derive(Debug, Args)]
#[command(
    after_help = "Without data on the command line, and without a folder of data in the scheme, the scheme alone \
is checked.

Examples:
  rules check engagement.rules
  rules check engagement.rules contact.csv mission.csv
  rules check engagement.rules data/ --diagnostics json"
)]
pub struct CheckArgs {
    /// The scheme; `-` is standard input.
    pub scheme: PathBuf,

    /// The data.
    #[command(flatten)]
    pub data: DataArgs,
}

/// `rules test`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  rules test engagement.rules
  rules test rules/ --root .")]
pub struct TestArgs {
    /// Schemes, or folders that are searched for `*.rules`.
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,

    /// The folder that nothing named by a scheme itself may leave.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub root: PathBuf,
}

/// `rules explain-code`.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  rules explain-code unknown_column")]
pub struct ExplainCodeArgs {
    /// The code, with or without `rules::` before it. Without it, all codes are listed.
    pub code: Option<String>,
}

/// `rules completions`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  rules completions bash > ~/.local/share/bash-completion/completions/rules
  rules completions fish > ~/.config/fish/completions/rules.fish")]
pub struct CompletionsArgs {
    /// The shell.
    pub shell: clap_complete::Shell,
}

/// `rules man`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  rules man | man -l -
  rules man ~/.local/share/man/man1")]
pub struct ManArgs {
    /// The folder that gets a page for each command; it is made if it isn't there.
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

impl Cli {
    /// The arguments of the program. A scheme where a command should stand is most often meant to be evaluated.
    pub fn from_args(args: impl Iterator<Item = OsString>) -> Result<Self, clap::Error> {
        Self::try_parse_from(args).map_err(|mut error| {
            let written = match error.get(ContextKind::InvalidSubcommand) {
                Some(ContextValue::String(written)) if error.kind() == ErrorKind::InvalidSubcommand => written.clone(),
                _ => return error,
            };
            if written.ends_with(".rules") {
                let tip = format!("to evaluate a scheme, write `rules eval {written}`");
                error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
            }
            error
        })
    }
}

fn named_path(written: &str) -> Result<(String, PathBuf), String> {
    let (name, path) = pair(written)?;
    Ok((name, OsString::from(path).into()))
}

fn setting(written: &str) -> Result<(String, String), String> {
    pair(written)
}

fn pair(written: &str) -> Result<(String, String), String> {
    match written.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() && !value.is_empty() => {
            Ok((name.trim().to_owned(), value.to_owned()))
        }
        _ => Err("expected a name, `=` and what it is given".to_owned()),
    }
}
