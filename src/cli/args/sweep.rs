//! `rules eval --sweep`.

use std::path::PathBuf;

use clap::Args;

use super::setting;

/// Many settings of parameters in one run.
#[derive(Debug, Clone, Default, Args)]
pub struct SweepArgs {
    /// Evaluates once for each of many values of a parameter: `0..1 step 0.001`, `2000..2010` or `0.25,0.5,0.75`. The
    /// parameter becomes the first dimension of each index. May be repeated for other parameters: all combinations are
    /// run.
    #[arg(long = "sweep", value_name = "PARAM=VALUES", value_parser = setting, conflicts_with = "account")]
    pub values: Vec<(String, String)>,

    /// Evaluates once for each row of a CSV file, which has a column for each parameter that is swept; `-` is standard
    /// input.
    #[arg(long = "sweep-from", value_name = "FILE", conflicts_with_all = ["account", "values"])]
    pub file: Option<PathBuf>,
}

impl SweepArgs {
    /// Whether there is more than one setting.
    pub fn is_asked(&self) -> bool {
        !self.values.is_empty() || self.file.is_some()
    }
}
