//! Why a run on pieces has no outcome.

use std::io;

use crate::diag::{Code, DataPlace, Diagnostic};
use crate::value::piece::Unfit;

/// Why a run on pieces has no outcome.
#[derive(Debug)]
pub enum Ended {
    /// Something isn't clean: only the run on whole tables can say what, and where.
    Unfit,
    /// Rows for which there is no memory can't be put aside. The run on whole tables would need more memory still.
    Spill(io::Error),
}

impl Ended {
    /// The error, if another run can't say more.
    pub fn diagnostic(&self) -> Option<Diagnostic> {
        let Ended::Spill(error) = self else { return None };
        let place = DataPlace::file(&"the temporary file".into());
        let message = format!("rows that don't fit into memory can't be put aside: {error}");
        let help = "make room in the folder for temporary files, name another one with TMPDIR, or allow more memory \
                    with --memory";
        Some(Diagnostic::error(Code::UnreadableFile, place, message).help(help))
    }
}

impl From<Unfit> for Ended {
    fn from(Unfit: Unfit) -> Self {
        Ended::Unfit
    }
}

impl From<io::Error> for Ended {
    fn from(error: io::Error) -> Self {
        Ended::Spill(error)
    }
}
