//! The schemes of a comparison: which of the arguments they are, what they are called, and what they compile to.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::select;
use super::super::session::{Session, Step};
use crate::compile::Compiled;
use crate::data::Bound;
use crate::diag::{Code, DataPlace, Diagnostic};

/// A scheme that has been compiled.
#[derive(Debug)]
pub struct Loaded {
    /// Its file.
    pub path: PathBuf,
    /// Its file as it is shown.
    pub file: Arc<str>,
    /// What its column is called.
    pub label: String,
    /// What it compiles to.
    pub compiled: Compiled,
}

fn is_scheme(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rules")
}

/// The schemes, which come first, and the data behind them.
pub fn split<'p>(session: &mut Session, paths: &'p [PathBuf]) -> Step<(Vec<PathBuf>, &'p [PathBuf])> {
    let schemes = paths.iter().take_while(|path| is_scheme(path)).count();
    let (schemes, data) = paths.split_at(schemes.min(paths.len()));
    let error =
        |path: &Path, message: &str| Diagnostic::error(Code::Usage, DataPlace::file(&Bound::new(path).name), message);
    if let Some(late) = data.iter().find(|path| is_scheme(path)) {
        let error = error(late, "a scheme stands behind the data, or behind what doesn't end in `.rules`");
        return session
            .fail(error.help("write all schemes first, and then the data: `rules diff A.rules B.rules DATA`"));
    }
    match (schemes, data) {
        ([_, _, ..], _) => Ok((schemes.to_vec(), data)),
        (_, [path, ..]) => {
            let help = "a scheme's name ends in `.rules`: write `rules diff A.rules B.rules DATA`";
            session.fail(error(path, "two schemes are expected before the data").help(help))
        }
        ([only], []) => {
            let help = "write `rules diff A.rules B.rules DATA`";
            session.fail(error(only, "one scheme is given, and there is nothing to compare it with").help(help))
        }
        ([], []) => session.fail(error(Path::new("rules diff"), "no scheme is given")),
    }
}

/// Compiles the schemes. A parameter is set in each scheme that has it.
pub fn load(session: &mut Session, paths: &[PathBuf], settings: &[(String, String)]) -> Step<Vec<Loaded>> {
    let compiled = session.compile_several(paths, &select::settings(settings))?;
    let labels = labels(paths, &compiled);
    let loaded = paths.iter().zip(labels).zip(compiled).map(|((path, label), compiled)| Loaded {
        path: path.clone(),
        file: Bound::new(path).name,
        label,
        compiled,
    });
    Ok(loaded.collect())
}

/// `a` and `b` for two; else the schemes' names, those of their files where names are the same, and numbers where these
/// are, too.
fn labels(paths: &[PathBuf], compiled: &[Compiled]) -> Vec<String> {
    if paths.len() == 2 {
        return vec!["a".to_owned(), "b".to_owned()];
    }
    let names: Vec<String> = compiled.iter().map(|compiled| compiled.plan.name.to_string()).collect();
    let stem = |path: &PathBuf| path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let is_twice = |all: &[String], name: &String| all.iter().filter(|other| *other == name).count() > 1;
    let named = names.iter().zip(paths);
    let told: Vec<String> =
        named.map(|(name, path)| if is_twice(&names, name) { stem(path) } else { name.clone() }).collect();
    let numbered = |(at, name): (usize, &String)| {
        if is_twice(&told, name) { format!("{name} ({})", at + 1) } else { name.clone() }
    };
    told.iter().enumerate().map(numbered).collect()
}
