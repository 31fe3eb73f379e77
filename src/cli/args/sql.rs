//! `rules sql`.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};

use super::setting;
use crate::sql::Engine;

/// `rules sql`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  rules sql engagement.rules --dialect duckdb --index engagement
  rules sql goldstein.rules --dialect spark --input event=archive.events --index net
  rules sql engagement.rules --dialect postgres --checks       lists what is wrong with the data")]
pub struct SqlArgs {
    /// The scheme; `-` is standard input.
    pub scheme: PathBuf,

    /// The engine that is to run it.
    #[arg(long, value_name = "DIALECT")]
    pub dialect: DialectName,

    /// The table of an input, or a file that the engine can read; may be repeated. Without it, an input is the table of its
    /// name.
    #[arg(long = "input", value_name = "NAME=TABLE-OR-PATH", value_parser = setting)]
    pub inputs: Vec<(String, String)>,

    /// Computes this index; may be repeated. Without it, all that the scheme doesn't hide.
    #[arg(long = "index", value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub indices: Vec<String>,

    /// Sets a parameter of the scheme; may be repeated for other parameters.
    #[arg(long = "set", value_name = "PARAM=VALUE", value_parser = setting)]
    pub settings: Vec<(String, String)>,

    /// Prints the query that checks the data, instead of the one that computes: its result has no row where the data are as
    /// the scheme says.
    #[arg(long)]
    pub checks: bool,

    /// The folder that nothing named by the scheme itself may leave: the scheme that it extends lies in it.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub root: PathBuf,

    /// Writes the query to a file, whole or not at all.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// The engines whose SQL can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DialectName {
    /// DuckDB, 1.4 or later.
    Duckdb,
    /// Spark, 4 or later.
    Spark,
    /// PostgreSQL, 15 or later.
    Postgres,
    /// ClickHouse, 25 or later.
    Clickhouse,
}

impl DialectName {
    /// The engine.
    pub fn engine(self) -> Engine {
        match self {
            DialectName::Duckdb => Engine::DuckDb,
            DialectName::Spark => Engine::Spark,
            DialectName::Postgres => Engine::Postgres,
            DialectName::Clickhouse => Engine::ClickHouse,
        }
    }
}
