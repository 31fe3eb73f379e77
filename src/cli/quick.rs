//! The quick way of a run: files are read in pieces, each of which goes through all steps at once.
//!
//! It takes clean data only. Whatever it can't take, or finds to say, is left to the run on whole tables, which says it.

use super::args::resources::Resources;
use super::inputs::{Files, Read};
use crate::data::{self, Bound};
use crate::diag::Problems;
use crate::eval::engine::stream::{self, StreamJob, Streamed};
use crate::eval::{Outcome, literals};
use crate::plan::Plan;
use crate::value::column::Table;
use crate::value::piece::{Pieces, Unfit, Wanted};
use crate::value::schema::Schema;

/// Runs a plan on files, with all its checks; `None` where it must be run on whole tables. Standard input is among the
/// files only where it can be read again.
pub fn run(
    plan: &Plan,
    files: &Files,
    needed: &[bool],
    wanted: &[usize],
    resources: &Resources,
) -> Option<(Read, Outcome)> {
    let inputs = stream::wanted(plan, wanted);
    if inputs.iter().all(Option::is_none) {
        return None;
    }
    let tables = whole(plan, files, needed, &inputs)?;
    let open = |input: usize, wanted: &Wanted| -> Result<Box<dyn Pieces + '_>, Unfit> {
        let schema = &plan.inputs.get(input).ok_or(Unfit)?.schema;
        match files.get(input).map(Vec::as_slice) {
            Some([bound]) => open(bound, schema, wanted),
            _ => Err(Unfit),
        }
    };
    let job = StreamJob { plan, wanted, inputs: &inputs, tables: &tables, open: &open, threads: resources.threads() };
    let Streamed { outcome, tables } = stream::run(job).ok()?;
    // An input without rows, and a word that stands nowhere, are worth a warning.
    let is_empty = |table: &Table| table.account.read == 0;
    if tables.iter().flatten().any(is_empty) || !literals::unused(plan, &tables, wanted).is_empty() {
        return None;
    }
    Some((Read { tables, faulty: false }, outcome))
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

/// Opens the file of an input.
fn open<'s>(bound: &Bound, schema: &'s Schema, wanted: &Wanted) -> Result<Box<dyn Pieces + 's>, Unfit> {
    Ok(Box::new(data::pieces::open(bound, schema, wanted, &data::pieces::Options::default())?))
}
