//! The quick way of a run: files are read in pieces, each of which goes through all steps at once.
//!
//! It takes clean data only. Whatever it can't take, or finds to say, is left to the run on whole tables, which says it.

use super::args::resources::Resources;
use super::inputs::{Files, Read};
use super::session::{Session, Step};
use crate::data::spill::TemporaryFile;
use crate::data::{self, Bound};
use crate::diag::Problems;
use crate::eval::engine::stream::{self, Spilling, StreamJob, Streamed};
use crate::eval::{Outcome, literals};
use crate::plan::Plan;
use crate::value::column::Table;
use crate::value::piece::{Pieces, Unfit, Wanted};

/// Runs a plan on files, with all its checks; `None` where it must be run on whole tables.
pub fn run(
    session: &mut Session,
    plan: &Plan,
    (files, needed): (&Files, &[bool]),
    wanted: &[usize],
    resources: &Resources,
) -> Step<Option<(Read, Outcome)>> {
    let inputs = stream::wanted(plan, wanted);
    if inputs.iter().all(Option::is_none) {
        return Ok(None);
    }
    let Some(tables) = whole(plan, files, needed, &inputs) else { return Ok(None) };
    let open = |input: usize, wanted: &Wanted| -> Result<Box<dyn Pieces + '_>, Unfit> {
        let schema = &plan.inputs.get(input).ok_or(Unfit)?.schema;
        data::quick::open(files.get(input).ok_or(Unfit)?, schema, wanted, &data::pieces::Options::default())
    };
    let store = TemporaryFile::new(std::env::temp_dir());
    let memory = resources.memory().and_then(|bytes| usize::try_from(bytes).ok());
    let job = StreamJob {
        plan,
        wanted,
        inputs: &inputs,
        tables: &tables,
        open: &open,
        threads: resources.threads(),
        spill: memory.map(|memory| Spilling { memory, store: &store }),
    };
    let Streamed { outcome, mut tables } = match stream::run(job) {
        Ok(streamed) => streamed,
        Err(ended) => return ended.diagnostic().map_or(Ok(None), |error| session.fail(error)),
    };
    // An input without rows, and a word that stands nowhere, are worth a warning.
    let is_empty = |table: &Table| table.account.read == 0;
    if tables.iter().flatten().any(is_empty) || !literals::unused(plan, &tables, wanted).is_empty() {
        return Ok(None);
    }
    for (table, files) in tables.iter_mut().zip(files).filter(|(_, files)| files.len() > 1) {
        if let Some(table) = table {
            table.file = data::joint_name(files.iter().map(|file| &*file.name));
        }
    }
    Ok(Some((Read { tables, faulty: false }, outcome)))
}

/// The tables of the inputs that are needed whole; `None` if there is anything to say of them.
fn whole(plan: &Plan, files: &Files, needed: &[bool], inputs: &[Option<Wanted>]) -> Option<Vec<Option<Table>>> {
    let mut problems = Problems::new();
    let mut tables = Vec::new();
    for (((input, files), needed), pieces) in plan.inputs.iter().zip(files).zip(needed).zip(inputs) {
        let table = (*needed && pieces.is_none())
            .then(|| data::read_files(files.iter().map(Bound::open), &input.schema, &[], &mut problems));
        tables.push(table.flatten());
    }
    problems.is_empty().then_some(tables)
}
