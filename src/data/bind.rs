//! Finds the file of each input: what the user names on the command line, else the scheme's own folder of data.
//!
//! Input: the schemas and what was named. Output: a path for each input. Only asks whether files are there; opens none.

mod missing;
mod own;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use own::{Own, under_root};

use super::bytes::STDIN;
use super::{Source, bytes};
use crate::diag::{Code, DataPlace, Diagnostic, Problems, nearest};
use crate::value::schema::Schema;

/// The file of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// Where it is; `-` for standard input.
    pub path: PathBuf,
    /// How it is shown to the user.
    pub name: Arc<str>,
}

impl Bound {
    /// The file at a path; it is shown as it was written.
    pub fn new(path: &Path) -> Self {
        let stdin = path == Path::new(STDIN);
        let name = if stdin { "standard input".into() } else { path.to_string_lossy().replace('\\', "/").into() };
        Self { path: path.to_owned(), name }
    }

    /// Reads and unpacks it.
    pub fn open(&self) -> Result<Source, Diagnostic> {
        bytes::open(&self.path, &self.name)
    }
}

/// The data that the user names.
#[derive(Debug, Clone, Copy, Default)]
pub struct CommandLine<'a> {
    /// Files and folders behind the scheme.
    pub paths: &'a [PathBuf],
    /// `--input NAME=PATH`.
    pub inputs: &'a [(String, PathBuf)],
}

/// A folder in which files are looked for.
struct Folder {
    path: PathBuf,
    /// Whether it is the scheme's own, and not one that the user named.
    own: bool,
}

const FORMATS: [&str; 4] = ["csv", "tsv", "txt", "parquet"];
const PACKED: [&str; 3] = ["", ".gz", ".zst"];
/// Formats of tables that this version doesn't read, to say so instead of that there is no file.
const UNREAD: [&str; 6] = ["jsonl", "ndjson", "json", "xlsx", "xls", "arrow"];

/// Binds each input to a file; `None` where there is none, which is a problem where the input is needed.
///
/// Files bind in the order of declaration to the inputs that `--input` doesn't name; then folders bind what is left, each
/// input to the file in them that bears its name or the one that the scheme gives it. Without either the scheme's own
/// folder is taken, which must lie under the root.
pub fn bind(
    schemas: &[Schema],
    needed: &[bool],
    line: &CommandLine<'_>,
    own: &Own<'_>,
    problems: &mut Problems,
) -> Vec<Option<Bound>> {
    let mut bound: Vec<Option<Bound>> = vec![None; schemas.len()];
    bind_named(schemas, line.inputs, &mut bound, problems);
    let (folders, files): (Vec<&PathBuf>, Vec<&PathBuf>) = line.paths.iter().partition(|path| path.is_dir());
    if !all_there(&files, problems) {
        return bound;
    }
    if no_schemes(&files, problems) {
        bind_files(&files, &mut bound, problems);
    } else {
        return bound;
    }
    let mut folders: Vec<Folder> = folders.into_iter().map(|path| Folder { path: path.clone(), own: false }).collect();
    if line.paths.is_empty() && line.inputs.is_empty() {
        match own.folder() {
            Ok(folder) => folders.extend(folder.map(|path| Folder { path, own: true })),
            Err(error) => {
                problems.push(error);
                return bound;
            }
        }
    }
    let needed = needed.iter().copied().chain(std::iter::repeat(true));
    for ((schema, slot), needed) in schemas.iter().zip(&mut bound).zip(needed) {
        let found = if slot.is_some() { Ok(slot.take()) } else { find(schema, &folders, own) };
        match found.and_then(|found| found.map_or(Ok(None), readable)) {
            Ok(None) if needed => problems.push(missing::unbound(schema, schemas, &folders, line, own)),
            Ok(found) => *slot = found,
            Err(error) if needed => problems.push(error),
            Err(_) => {}
        }
    }
    check_stdin(&bound, problems);
    bound
}

fn usage(path: &Path, message: String) -> Diagnostic {
    Diagnostic::error(Code::Usage, DataPlace::file(&Bound::new(path).name), message)
}

fn bind_named(schemas: &[Schema], inputs: &[(String, PathBuf)], bound: &mut [Option<Bound>], problems: &mut Problems) {
    for (name, path) in inputs {
        let at = schemas.iter().position(|schema| *schema.name == **name);
        match at.and_then(|at| bound.get_mut(at)) {
            Some(slot @ None) => *slot = Some(Bound::new(path)),
            Some(Some(_)) => problems.push(usage(path, format!("the input `{name}` is given two files"))),
            None => {
                let message = format!("the scheme has no input `{name}`");
                let mut error = Diagnostic::error(Code::UnknownInput, DataPlace::file(&Bound::new(path).name), message);
                error.help = nearest::suggest(name, "the inputs are", schemas.iter().map(|schema| &*schema.name));
                problems.push(error);
            }
        }
    }
}

/// Reports paths at which there is nothing: which inputs they should bind can't be said.
fn all_there(files: &[&PathBuf], problems: &mut Problems) -> bool {
    let absent = files.iter().filter(|path| path.as_path() != Path::new(STDIN) && !path.exists());
    let errors: Vec<Diagnostic> = absent.map(|path| bytes::absent(path, &Bound::new(path).name)).collect();
    let fine = errors.is_empty();
    errors.into_iter().for_each(|error| problems.push(error));
    fine
}

/// Reports schemes where data should be.
fn no_schemes(files: &[&PathBuf], problems: &mut Problems) -> bool {
    let schemes = files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "rules"));
    let errors: Vec<Diagnostic> = schemes
        .map(|path| {
            usage(path, "data is expected behind the scheme; is this another scheme?".to_owned())
                .help("one scheme is run at a time: name it first, and then its data; `rules diff` compares two")
        })
        .collect();
    let fine = errors.is_empty();
    errors.into_iter().for_each(|error| problems.push(error));
    fine
}

fn bind_files(files: &[&PathBuf], bound: &mut [Option<Bound>], problems: &mut Problems) {
    let mut free = bound.iter_mut().filter(|slot| slot.is_none());
    for path in files {
        match free.next() {
            Some(slot) => *slot = Some(Bound::new(path)),
            None => problems.push(
                usage(path, "there is no input left for this file".to_owned())
                    .help("files bind to the inputs in the order in which the scheme declares them"),
            ),
        }
    }
}

/// The names that the file of an input may have.
fn names(schema: &Schema) -> impl Iterator<Item = String> {
    let names = FORMATS.iter().flat_map(|format| PACKED.map(|packed| format!("{}.{format}{packed}", schema.name)));
    names.chain(schema.file.iter().map(|file| file.to_string()))
}

/// The file of an input in some folders.
fn find(schema: &Schema, folders: &[Folder], own: &Own<'_>) -> Result<Option<Bound>, Diagnostic> {
    let mut found: Vec<Bound> = Vec::new();
    for folder in folders {
        for name in names(schema) {
            let path = folder.path.join(own::relative(&name, schema.span)?);
            if path.is_file() && !found.iter().any(|bound| bound.path == path) {
                own.check_inside(&path, &folder.path, folder.own, schema.span)?;
                found.push(Bound::new(&path));
            }
        }
    }
    if let [first, second, ..] = found.as_slice() {
        let message = format!("both `{}` and `{}` could be the input `{}`", first.name, second.name, schema.name);
        return Err(Diagnostic::error(Code::AmbiguousInput, schema.span, message)
            .help(format!("say which: `--input {}={}`, or remove one", schema.name, first.name)));
    }
    if found.is_empty() {
        let paths = folders
            .iter()
            .flat_map(|folder| UNREAD.map(|format| folder.path.join(format!("{}.{format}", schema.name))));
        found.extend(paths.into_iter().find(|path| path.is_file()).map(|path| Bound::new(&path)));
    }
    Ok(found.pop())
}

/// Refuses files of formats that this version doesn't read.
fn readable(bound: Bound) -> Result<Option<Bound>, Diagnostic> {
    let name = bound.path.to_string_lossy().to_ascii_lowercase();
    let bare = PACKED.iter().rev().find_map(|packed| name.strip_suffix(packed)).unwrap_or(&name);
    match UNREAD.into_iter().find(|format| bare.ends_with(&format!(".{format}"))) {
        None => Ok(Some(bound)),
        Some(format) => {
            let message = format!("`.{format}` is not read by this version");
            let error = Diagnostic::error(Code::UnreadableFile, DataPlace::file(&bound.name), message);
            Err(error.help("save the table as CSV"))
        }
    }
}

fn check_stdin(bound: &[Option<Bound>], problems: &mut Problems) {
    let stdin = Path::new(STDIN);
    if bound.iter().flatten().filter(|bound| bound.path == stdin).count() > 1 {
        problems.push(usage(stdin, "standard input is given to two inputs, and can be read once only".to_owned()));
    }
}

#[cfg(test)]
mod tests;
