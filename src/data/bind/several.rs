//! The files that one path means: itself, all tables in a folder, or all that match a pattern such as `data/*.csv`.

use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern, glob_with};

use super::{Bound, FORMATS, PACKED, UNREAD};
use crate::data::bytes::STDIN;
use crate::diag::{Code, DataPlace, Diagnostic, nearest};

/// A star stands for no separator, and not for the dot with which hidden names begin.
const OPTIONS: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

/// The files that a path on the command line means, by name. A path at which there is nothing means itself: what is
/// wrong with it is said when it is opened.
pub(super) fn expand(path: &Path) -> Result<Vec<Bound>, Diagnostic> {
    let error = |message: String| Diagnostic::error(Code::UnreadableFile, place(path), message);
    if path == Path::new(STDIN) || path.is_file() {
        return Ok(vec![Bound::new(path)]);
    }
    if path.is_dir() {
        let tables = tables_in(path);
        let help = "the names of tables end in `.csv`, `.tsv`, `.txt`, `.jsonl`, `.ndjson` or `.parquet`, also with `.gz` or `.zst` behind it";
        return if tables.is_empty() {
            Err(error("there is no table in this folder".to_owned()).help(help))
        } else {
            Ok(tables)
        };
    }
    if path.exists() || !is_pattern(path) {
        return Ok(vec![Bound::new(path)]);
    }
    let found = matching(path).map_err(|why| error(format!("this is no pattern of files: {why}")))?;
    if found.is_empty() {
        let mut error = error("no file matches this pattern".to_owned());
        error.help = near(path);
        return Err(error);
    }
    Ok(found)
}

fn place(path: &Path) -> DataPlace {
    DataPlace::file(&Bound::new(path).name)
}

/// Whether a path has signs that stand for others.
pub(super) fn is_pattern(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?', '['])
}

/// The folder in which a pattern begins; `None` for a path that is none.
pub(super) fn start(path: &Path) -> Option<PathBuf> {
    let plain: PathBuf = path.components().take_while(|part| !is_pattern(Path::new(part))).collect();
    (plain != path).then_some(plain)
}

/// The files that match a pattern, by name.
pub(super) fn matching(pattern: &Path) -> Result<Vec<Bound>, String> {
    let found = glob_with(&pattern.to_string_lossy(), OPTIONS).map_err(|error| error.msg.to_owned())?;
    let mut files: Vec<PathBuf> = found.filter_map(Result::ok).filter(|path| path.is_file()).collect();
    files.sort();
    Ok(files.iter().map(|path| Bound::new(path)).collect())
}

/// The pattern for what has this name in a folder, whatever signs the folder's own name has.
pub(super) fn in_folder(folder: &Path, name: &str) -> PathBuf {
    Path::new(&Pattern::escape(&folder.to_string_lossy())).join(name)
}

/// The tables that lie in a folder itself, by name; also those in formats that aren't read, so that none is left out
/// silently.
pub(super) fn tables_in(folder: &Path) -> Vec<Bound> {
    let mut found: Vec<PathBuf> =
        names_in(folder).iter().filter(|name| is_table(name)).map(|name| folder.join(name)).collect();
    found.retain(|path| path.is_file());
    found.iter().map(|path| Bound::new(path)).collect()
}

fn is_table(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let bare = PACKED.iter().rev().find_map(|packed| name.strip_suffix(packed)).unwrap_or(&name);
    let ending = bare.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, ending)| ending);
    ending.is_some_and(|ending| FORMATS.contains(&ending) || UNREAD.contains(&ending))
}

/// The names in a folder that aren't hidden, sorted.
fn names_in(folder: &Path) -> Vec<String> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    names
}

/// What could be meant by a pattern that nothing matches: the same with the ending of a file that is there, a file with
/// a name that is near, or else what is there.
fn near(pattern: &Path) -> Option<String> {
    let folder = pattern.parent()?;
    if is_pattern(folder) {
        return None;
    }
    if !folder.as_os_str().is_empty() && !folder.is_dir() {
        return Some(format!("there is no folder `{}`", Bound::new(folder).name));
    }
    let (names, written) = (names_in(folder), pattern.file_name()?.to_str()?);
    let others = names.iter().filter_map(|name| {
        let other = format!("{}.{}", written.rsplit_once('.')?.0, name.split_once('.')?.1);
        Pattern::new(&other).is_ok_and(|other| other.matches_with(name, OPTIONS)).then_some(other)
    });
    let others: Vec<String> = others.collect();
    let shown = |name: &str| Bound::new(&folder.join(name)).name.to_string();
    match nearest::nearest(written, others.iter().chain(&names).map(String::as_str)) {
        Some(near) => Some(format!("did you mean `{}`?", shown(near))),
        None => nearest::suggest("", "what is there", names.iter().map(String::as_str)),
    }
}
