//! Finds the file of each input: what the user names on the command line, else the scheme's own folder of data.
//!
//! Input: the schemas and what was named. Output: the paths of each input's files. Only asks whether files are there;
//! opens none.

mod missing;
mod own;
mod several;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use own::{Own, under_root};

use super::bytes::STDIN;
use super::progress::Progress;
use super::{Form, Source, bytes};
use crate::diag::{Code, DataPlace, Diagnostic, Problems, nearest};
use crate::value::schema::Schema;

/// The file of an input.
#[derive(Debug, Clone)]
pub struct Bound {
    /// Where it is; `-` for standard input.
    pub path: PathBuf,
    /// How it is shown to the user.
    pub name: Arc<str>,
    /// How it is written, unless it is a Parquet file.
    pub form: Form,
    /// Where what is read of it is counted.
    pub progress: Progress,
}

impl PartialEq for Bound {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
    }
}

impl Bound {
    /// The file at a path; it is shown as it was written.
    pub fn new(path: &Path) -> Self {
        let stdin = path == Path::new(STDIN);
        let name: Arc<str> =
            if stdin { "standard input".into() } else { path.to_string_lossy().replace('\\', "/").into() };
        let form = Form::of_name(&name);
        Self { path: path.to_owned(), name, form, progress: Progress::default() }
    }

    /// Reads and unpacks it.
    pub fn open(&self) -> Result<Source, Diagnostic> {
        bytes::open(self)
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

const FORMATS: [&str; 6] = ["csv", "tsv", "txt", "parquet", "jsonl", "ndjson"];
const PACKED: [&str; 3] = ["", ".gz", ".zst"];
/// Formats of tables that this version doesn't read, to say so instead of that there is no file.
const UNREAD: [&str; 4] = ["json", "xlsx", "xls", "arrow"];

/// Binds each input to its files; to none where there are none, which is a problem where the input is needed.
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
) -> Vec<Vec<Bound>> {
    let mut bound: Vec<Vec<Bound>> = vec![Vec::new(); schemas.len()];
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
    let mut unbound: Vec<&Schema> = Vec::new();
    for ((schema, slot), needed) in schemas.iter().zip(&mut bound).zip(needed) {
        let found = if slot.is_empty() { find(schema, &folders, own) } else { Ok(std::mem::take(slot)) };
        match found.and_then(|found| found.iter().try_for_each(readable).map(|()| found)) {
            Ok(found) if found.is_empty() && needed => {
                // An input for which a path was given that means nothing has its error already.
                if !line.inputs.iter().any(|(name, _)| **name == *schema.name) {
                    unbound.push(schema);
                }
            }
            Ok(found) => *slot = found,
            Err(error) if needed => problems.push(error),
            Err(_) => {}
        }
    }
    missing::report(&unbound, schemas, &folders, line, own, problems);
    check_stdin(&bound, problems);
    bound
}

fn usage(path: &Path, message: String) -> Diagnostic {
    Diagnostic::error(Code::Usage, DataPlace::file(&Bound::new(path).name), message)
}

fn bind_named(schemas: &[Schema], inputs: &[(String, PathBuf)], bound: &mut [Vec<Bound>], problems: &mut Problems) {
    for (name, path) in inputs {
        let at = schemas.iter().position(|schema| *schema.name == **name);
        let Some(slot) = at.and_then(|at| bound.get_mut(at)) else {
            let message = format!("the scheme has no input `{name}`");
            let mut error = Diagnostic::error(Code::UnknownInput, DataPlace::file(&Bound::new(path).name), message);
            error.help = nearest::suggest(name, "the inputs are", schemas.iter().map(|schema| &*schema.name));
            problems.push(error);
            continue;
        };
        match several::expand(path) {
            Ok(files) => files.into_iter().for_each(|file| add(slot, file, name, problems)),
            Err(error) => problems.push(error),
        }
    }
}

/// Adds a file to those of an input. The rows of one that is there already would count twice.
fn add(files: &mut Vec<Bound>, file: Bound, name: &str, problems: &mut Problems) {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if files.iter().any(|known| real(&known.path) == real(&file.path)) {
        let error = usage(&file.path, format!("the input `{name}` is given this file twice"));
        problems.push(error.help("its rows would count twice: give it once"));
    } else {
        files.push(file);
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

fn bind_files(files: &[&PathBuf], bound: &mut [Vec<Bound>], problems: &mut Problems) {
    let mut free = bound.iter_mut().filter(|slot| slot.is_empty());
    for path in files {
        match free.next() {
            Some(slot) => slot.push(Bound::new(path)),
            None => problems.push(no_input_left(path, "the scheme")),
        }
    }
}

/// The error of a file more than there are inputs.
pub fn no_input_left(path: &Path, whose: &str) -> Diagnostic {
    let error = usage(path, "there is no input left for this file".to_owned());
    error.help(format!(
        "files bind to the inputs in the order in which {whose} declares them; several files of one input are named as \
         `--input NAME='data/*.csv'`"
    ))
}

/// The names that the file of an input may have.
fn names(schema: &Schema) -> impl Iterator<Item = String> {
    let names = FORMATS.iter().flat_map(|format| PACKED.map(|packed| format!("{}.{format}{packed}", schema.name)));
    names.chain(schema.file.iter().map(|file| file.to_string()))
}

/// The files of an input in some folders.
fn find(schema: &Schema, folders: &[Folder], own: &Own<'_>) -> Result<Vec<Bound>, Diagnostic> {
    let mut found: Vec<(String, Arc<str>, Vec<Bound>)> = Vec::new();
    for folder in folders {
        let parts = Some(schema.name.to_string()).filter(|name| folder.path.join(name).is_dir());
        for name in names(schema).chain(parts) {
            let path = folder.path.join(own::relative(&name, schema.span)?);
            if let Some(start) = several::start(&path).filter(|start| start.is_dir()) {
                // Nothing is looked at that lies outside.
                own.check_inside(&start, &folder.path, folder.own, schema.span)?;
            }
            let files = files_at(&path, &several::in_folder(&folder.path, &name));
            if files.is_empty() || found.iter().any(|(.., known)| *known == files) {
                continue;
            }
            for file in &files {
                own.check_inside(&file.path, &folder.path, folder.own, schema.span)?;
            }
            found.push((name, Bound::new(&path).name, files));
        }
    }
    // A file that the scheme names is meant, whatever else is called like the input.
    let is_named = |name: &str| schema.file.as_ref().is_some_and(|file| **file == *name);
    if found.iter().any(|(name, ..)| is_named(name)) {
        found.retain(|(name, ..)| is_named(name));
    }
    if let [(_, first, _), (_, second, _), ..] = found.as_slice() {
        let message = format!("both `{first}` and `{second}` could be the input `{}`", schema.name);
        return Err(Diagnostic::error(Code::AmbiguousInput, schema.span, message)
            .help(format!("say which: `--input {}={first}`, or remove one", schema.name)));
    }
    if let Some((.., files)) = found.pop() {
        return Ok(files);
    }
    let unread = |folder: &Folder| UNREAD.map(|format| folder.path.join(format!("{}.{format}", schema.name)));
    let there = folders.iter().flat_map(unread).find(|path| path.is_file());
    Ok(there.iter().map(|path| Bound::new(path)).collect())
}

/// The file at a path, the tables in the folder there, or the files that match it as a pattern.
fn files_at(path: &Path, pattern: &Path) -> Vec<Bound> {
    if path.is_file() {
        vec![Bound::new(path)]
    } else if path.is_dir() {
        several::tables_in(path)
    } else if several::is_pattern(path) {
        several::matching(pattern).unwrap_or_default()
    } else {
        Vec::new()
    }
}

/// Refuses files of formats that this version doesn't read.
fn readable(bound: &Bound) -> Result<(), Diagnostic> {
    let name = bound.path.to_string_lossy().to_ascii_lowercase();
    let bare = PACKED.iter().rev().find_map(|packed| name.strip_suffix(packed)).unwrap_or(&name);
    match UNREAD.into_iter().find(|format| bare.ends_with(&format!(".{format}"))) {
        None => Ok(()),
        Some(format) => {
            let message = format!("`.{format}` is not read by this version");
            let error = Diagnostic::error(Code::UnreadableFile, DataPlace::file(&bound.name), message);
            Err(error.help(match format {
                "json" => "save the table as CSV, or as JSON lines, an object on each line: `.jsonl`",
                _ => "save the table as CSV",
            }))
        }
    }
}

fn check_stdin(bound: &[Vec<Bound>], problems: &mut Problems) {
    let stdin = Path::new(STDIN);
    if bound.iter().flatten().filter(|bound| bound.path == stdin).count() > 1 {
        problems.push(usage(stdin, "standard input is given to two inputs, and can be read once only".to_owned()));
    }
}

#[cfg(test)]
mod tests;
