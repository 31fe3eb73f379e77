//! What is looked at before a result is written: whether it fits its format, and that it spares what it is made of.

use std::path::{Path, PathBuf};

use super::session::{Session, Step};
use crate::diag::{Code, Diagnostic};
use crate::report::Unfit;
use crate::source::Span;

/// Refuses to write the result over a file of data or a scheme that was read.
pub fn spare_sources(session: &mut Session, out: Option<&Path>, read: impl IntoIterator<Item = PathBuf>) -> Step<()> {
    let Some(target) = out.and_then(|out| out.canonicalize().ok()) else { return Ok(()) };
    let schemes: Vec<PathBuf> = session.scheme_paths().map(Path::to_owned).collect();
    if read.into_iter().chain(schemes).any(|path| path.canonicalize().is_ok_and(|path| path == target)) {
        let written = target.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let span = session.argument("--out", &written);
        let error = Diagnostic::error(Code::CannotWrite, span, "this file is read: the result would take its place");
        return session.fail(error.help("write to another file"));
    }
    Ok(())
}

/// Refuses options that are about CSV where another format is written.
pub fn csv_alone(session: &mut Session, csv: bool, long: bool, spreadsheet: bool, other: &str) -> Step<()> {
    if long && !csv {
        let span = session.argument("--long", "--long");
        let error = Diagnostic::error(Code::Usage, span, "`--long` is a shape of CSV alone");
        return session.fail(error.help(format!("add `--format csv`{other}")));
    }
    if spreadsheet && !csv {
        let span = session.argument("--spreadsheet", "--spreadsheet");
        let error = Diagnostic::error(Code::Usage, span, "`--spreadsheet` is a shape of CSV alone");
        return session.fail(error.help("add `--format csv`"));
    }
    Ok(())
}

/// The error of indices that don't fit a format.
pub fn misfit(unfit: &Unfit, span: Span) -> Diagnostic {
    let dims = |dims: &[String]| {
        let names: Vec<String> = dims.iter().map(|dim| format!("`{dim}`")).collect();
        if names.is_empty() { "no dimension".to_owned() } else { names.join(", ") }
    };
    match unfit {
        Unfit::Dimensions { first: (first, first_dims), other: (other, other_dims) } => {
            let message = format!(
                "`{first}` is by {} and `{other}` by {}: their cells don't share rows",
                dims(first_dims),
                dims(other_dims)
            );
            Diagnostic::error(Code::Usage, span, message)
                .help("add `--long` for a row for each cell of each index, or pick indices with `--index`")
        }
        Unfit::TwoColumns(name) => {
            let message = format!("two columns would be named `{name}`");
            Diagnostic::error(Code::Usage, span, message)
                .help("rename the dimension in the scheme with `as`, or use `--format json`")
        }
    }
}
