//! `rules eval --sweep`.

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
}

impl SweepArgs {
    /// Whether there is more than one setting.
    pub fn is_asked(&self) -> bool {
        !self.values.is_empty()
    }
}
