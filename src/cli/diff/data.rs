//! The data of a comparison: the same files for all schemes, each read once for all whose inputs are alike.

use std::path::{Path, PathBuf};

use super::super::inputs::{self, Files, Read};
use super::super::progress;
use super::super::session::{Session, Step};
use super::super::{Exit, args::DataArgs, args::StdinFormat, blame};
use super::{Comparison, choose};
use crate::data::{self, Bound, bytes, no_input_left};
use crate::diag::nearest::suggest;
use crate::diag::{Code, DataPlace, Diagnostic, Problems};
use crate::eval::Outcome;
use crate::plan::content;
use crate::plan::needs;
use crate::value::column::Table;
use crate::value::schema::Schema;

/// The tables that have been read, and which of them each scheme uses.
#[derive(Debug, Default)]
pub struct Shelf {
    kept: Vec<Kept>,
    /// For each scheme and each of its inputs, the place among those kept.
    places: Vec<Vec<Option<usize>>>,
}

/// A table, and what it was read from and as.
#[derive(Debug)]
struct Kept {
    files: Vec<Bound>,
    schema: String,
    table: Option<Table>,
    faulty: bool,
}

impl Shelf {
    /// Takes the tables of a scheme for a run; [`Shelf::give_back`] returns them.
    pub fn lend(&mut self, scheme: usize) -> Read {
        let mut read = Read::default();
        for place in self.places.get(scheme).into_iter().flatten() {
            let kept = place.and_then(|at| self.kept.get_mut(at));
            read.faulty |= kept.as_ref().is_some_and(|kept| kept.faulty);
            read.tables.push(kept.and_then(|kept| kept.table.take()));
        }
        read
    }

    /// A table that was read as a schema says, if there is one.
    pub fn read_as(&self, schema: &Schema) -> Option<&Table> {
        let written = content::schema(schema);
        self.kept.iter().find(|kept| kept.schema == written && !kept.faulty)?.table.as_ref()
    }

    /// Puts the tables of a scheme back.
    pub fn give_back(&mut self, scheme: usize, read: Read) {
        for (place, table) in self.places.get(scheme).into_iter().flatten().zip(read.tables) {
            if let Some(kept) = place.and_then(|at| self.kept.get_mut(at)) {
                kept.table = table;
            }
        }
    }
}

/// The inputs that each scheme needs.
fn needed(comparison: &Comparison) -> Vec<Vec<bool>> {
    let needed = |(scheme, loaded): (usize, &super::schemes::Loaded)| {
        let plan = &loaded.compiled.plan;
        needs::inputs(plan, &choose::wanted(plan, &comparison.matched, scheme))
    };
    comparison.loaded.iter().enumerate().map(needed).collect()
}

/// Finds the files of all schemes: those on the command line, which bind to the inputs in the order in which the first
/// scheme declares them, then to those that only later ones have; or else those in each scheme's own folder.
pub fn find(
    session: &mut Session,
    comparison: &Comparison,
    data: &[PathBuf],
    named: &[(String, PathBuf)],
) -> Step<Vec<Files>> {
    let own = data.is_empty() && named.is_empty();
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = data.iter().cloned().partition(|path| path.is_dir());
    let pairs = if own { Vec::new() } else { pairs(session, comparison, &files, named)? };
    let (mut found, mut failed) = (Vec::new(), false);
    for (loaded, needed) in comparison.loaded.iter().zip(needed(comparison)) {
        session.turn_to(&loaded.path);
        let inputs = &loaded.compiled.plan.inputs;
        let has = |(name, _): &&(String, PathBuf)| inputs.iter().any(|input| *input.schema.name == **name);
        let args = DataArgs {
            data: folders.clone(),
            inputs: pairs.iter().filter(has).cloned().collect(),
            stdin_format: StdinFormat::default(),
            root: session.root.clone(),
        };
        match inputs::find_in(session, &loaded.compiled, &needed, &args, own) {
            Ok(files) => found.push(files),
            Err(_) => failed = true,
        }
    }
    if failed { Err(Exit::Failed) } else { Ok(found) }
}

/// All files by the names of their inputs.
fn pairs(
    session: &mut Session,
    comparison: &Comparison,
    files: &[PathBuf],
    named: &[(String, PathBuf)],
) -> Step<Vec<(String, PathBuf)>> {
    let mut names: Vec<&str> = Vec::new();
    for input in comparison.loaded.iter().flat_map(|loaded| &loaded.compiled.plan.inputs) {
        if !names.contains(&&*input.schema.name) {
            names.push(&input.schema.name);
        }
    }
    let place = |path: &Path| DataPlace::file(&Bound::new(path).name);
    for (name, path) in named {
        if !names.contains(&name.as_str()) {
            let mut error =
                Diagnostic::error(Code::UnknownInput, place(path), format!("no scheme has an input `{name}`"));
            error.help = suggest(name, "the inputs are", names.iter().copied());
            return session.fail(error);
        }
    }
    let mut free = names.iter().filter(|name| !named.iter().any(|(taken, _)| taken == *name));
    let mut pairs = named.to_vec();
    for path in files {
        let Some(name) = free.next() else {
            return session.fail(no_input_left(path, "the first scheme"));
        };
        pairs.push(((*name).to_owned(), path.clone()));
    }
    if pairs.iter().filter(|(_, path)| path == Path::new(bytes::STDIN)).count() > 1 {
        let message = "standard input is given to two inputs, and can be read once only";
        return session.fail(Diagnostic::error(Code::Usage, place(Path::new(bytes::STDIN)), message));
    }
    Ok(pairs)
}

/// The files that are read: those of the inputs that a scheme needs.
pub fn read_of<'f>(comparison: &Comparison, files: &'f mut [Files]) -> Vec<&'f mut Bound> {
    let of_scheme = |(files, needed): (&'f mut Files, Vec<bool>)| -> Vec<&'f mut Bound> {
        inputs::needed(files, &needed).collect()
    };
    files.iter_mut().zip(needed(comparison)).flat_map(of_scheme).collect()
}

/// Reads the files, all of them before the first that can't be read ends the run.
pub fn read(session: &mut Session, comparison: &Comparison, files: &[Files]) -> Step<Shelf> {
    let (mut shelf, mut unread) = (Shelf::default(), false);
    for ((loaded, files), needed) in comparison.loaded.iter().zip(files).zip(needed(comparison)) {
        let schemas: Vec<&Schema> = loaded.compiled.plan.inputs.iter().map(|input| &input.schema).collect();
        let mut places = Vec::new();
        for ((at, schema), (files, needed)) in schemas.iter().enumerate().zip(files.iter().zip(needed)) {
            if files.is_empty() || !needed {
                places.push(None);
                continue;
            }
            let written = content::schema(schema);
            let known = shelf.kept.iter().position(|kept| kept.files == *files && kept.schema == written);
            places.push(Some(known.unwrap_or(shelf.kept.len())));
            if known.is_some() {
                // Nobody waits for what has been read already.
                files.iter().for_each(|bound| bound.progress.pass(progress::size_of(bound)));
            } else {
                files.iter().for_each(|bound| session.remember(bound, &schema.format));
                let others: Vec<&Schema> =
                    schemas.iter().enumerate().filter(|(other, _)| *other != at).map(|pair| *pair.1).collect();
                let mut problems = Problems::new();
                let table = data::read_files(files.iter().map(Bound::open), schema, &others, &mut problems);
                unread |= table.is_none();
                let faulty = problems.has_errors();
                session.problems.extend(blame::of_reading(&loaded.compiled.chain, schema, problems));
                shelf.kept.push(Kept { files: files.clone(), schema: written, table, faulty });
            }
        }
        shelf.places.push(places);
    }
    if unread { Err(Exit::Failed) } else { Ok(shelf) }
}

/// Runs all schemes on their tables, before the first error ends the run.
pub fn run(session: &mut Session, comparison: &mut Comparison) -> Step<Vec<Outcome>> {
    let (mut outcomes, mut failed) = (Vec::new(), false);
    for (scheme, loaded) in comparison.loaded.iter().enumerate() {
        session.turn_to(&loaded.path);
        let plan = &loaded.compiled.plan;
        let read = comparison.shelf.lend(scheme);
        let wanted = choose::wanted(plan, &comparison.matched, scheme);
        match inputs::run(session, &loaded.compiled, &read, &wanted) {
            Ok(outcome) => outcomes.push(outcome),
            Err(_) => failed = true,
        }
        comparison.shelf.give_back(scheme, read);
    }
    if failed { Err(Exit::Failed) } else { Ok(outcomes) }
}
