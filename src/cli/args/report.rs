//! The arguments of `rules report`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::{DataArgs, setting};

/// `rules report`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  rules report engagement.rules --out engagement.html
  rules report engagement.rules --against flat.rules --out both.html
  rules report hdi.rules --chart human_development --out hdi.svg
  rules report engagement.rules data/ --title 'Engagement, 2002 to 2012' --out engagement.html")]
pub struct ReportArgs {
    /// The scheme; `-` is standard input.
    pub scheme: PathBuf,

    /// The data.
    #[command(flatten)]
    pub data: DataArgs,

    /// Holds the scheme against this one, on the same data: what changes, how ranks move, and which of the named changes
    /// between the two is responsible for it.
    #[arg(long, value_name = "SCHEME")]
    pub against: Option<PathBuf>,

    /// Reports this index; may be repeated. Without it, all are reported that the scheme doesn't hide.
    #[arg(long = "index", value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub indices: Vec<String>,

    /// Sets a parameter of the scheme; may be repeated for other parameters.
    #[arg(long = "set", value_name = "PARAM=VALUE", value_parser = setting)]
    pub settings: Vec<(String, String)>,

    /// How often the scheme is run with other settings, if it says what varies.
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub samples: u32,

    /// The seed of the draw of these settings.
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,

    /// The title of the page, or of the picture, instead of its own.
    #[arg(long, value_name = "TITLE", value_parser = NonEmptyStringValueParser::new())]
    pub title: Option<String>,

    /// Draws this picture alone, as SVG, or as PNG if `--out` ends in `.png`. Under each picture of the page stands its
    /// name.
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub chart: Option<String>,

    /// Writes the page or the picture to a file, whole or not at all.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}
