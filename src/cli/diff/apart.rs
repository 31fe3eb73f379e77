//! Whether the schemes of a comparison read the same files: else what changes is not due to the schemes alone.

use std::path::{Path, PathBuf};

use super::super::inputs::Files;
use super::super::session::{Session, Step};
use super::schemes::Loaded;
use crate::data::Bound;
use crate::diag::{Code, DataPlace, Diagnostic};
use crate::value::schema::Schema;

/// Warns of inputs that two schemes read from different files, unless a named change says so: then the file is part of
/// the scheme. Where changes are attributed it is an error: what the files do would be laid to the changes.
pub fn check(session: &mut Session, attribute: bool, loaded: &[Loaded], files: &[Files]) -> Step<()> {
    let mut seen: Vec<(&Loaded, &Schema, &[Bound])> = Vec::new();
    let mut found: Vec<Diagnostic> = Vec::new();
    for (loaded, files) in loaded.iter().zip(files) {
        let inputs = loaded.compiled.plan.inputs.iter().map(|input| &input.schema);
        for (input, files) in inputs.zip(files).filter(|(_, files)| !files.is_empty()) {
            match seen.iter().find(|(_, known, _)| known.name == input.name) {
                Some((of, known, _)) if !attribute && is_changed((*of, *known), (loaded, input)) => {}
                Some((_, _, first)) => {
                    let differing = differing(first, files);
                    found.extend(differing.map(|(first, other)| apart(attribute, &input.name, first, other)));
                }
                None => seen.push((loaded, input, files)),
            }
        }
    }
    match found.pop() {
        Some(last) if attribute => {
            found.into_iter().for_each(|found| session.problems.push(found));
            session.fail(last)
        }
        last => {
            found.into_iter().chain(last).for_each(|found| session.problems.push(found));
            Ok(())
        }
    }
}

/// Whether a named change between two schemes has an input read from another file.
fn is_changed((first, own): (&Loaded, &Schema), (second, other): (&Loaded, &Schema)) -> bool {
    own.file != other.file && first.compiled.chain.shared(&second.compiled.chain) > 0
}

/// The first files that differ of those of two schemes, or the last ones where one scheme has more.
fn differing<'b>(first: &'b [Bound], other: &'b [Bound]) -> Option<(&'b Bound, &'b Bound)> {
    let pair = first.iter().zip(other).find(|(first, other)| real(&first.path) != real(&other.path));
    let last = || first.last().zip(other.last()).filter(|_| first.len() != other.len());
    pair.or_else(last)
}

/// One file may have several names.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

fn apart(attribute: bool, input: &str, first: &Bound, other: &Bound) -> Diagnostic {
    let place = DataPlace::file(&other.name);
    let message = format!("`{input}` is read from `{}` by one scheme and from `{}` by another", first.name, other.name);
    if attribute {
        let found = Diagnostic::error(Code::Usage, place, message);
        return found.help("changes are attributed on the same data: name the file on the command line");
    }
    let found = Diagnostic::warning(Code::Usage, place, message);
    found.help("what changes is then not due to the schemes alone: name the file on the command line")
}
