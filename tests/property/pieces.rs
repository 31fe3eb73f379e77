//! The run on pieces, held against the run on whole tables: whatever the size of the pieces, the order of the rows and
//! the number of threads and the memory, it gives the same results and accounts, or it gives up.

use std::io;
use std::sync::Mutex;

use rules::eval::engine::stream::memory::TablePieces;
use rules::eval::engine::stream::{self, Ended, Spilling, StreamJob, Streamed};
use rules::eval::{Job, engine};
use rules::plan::Plan;
use rules::value::column::Table;
use rules::value::piece::{Pieces, Unfit, Wanted};
use rules::value::spill::{Place, Spill};

use crate::run::{plan_of, tables_of};
use crate::scheme::Case;

/// How the runs of a case ended.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ends {
    /// Runs on pieces with a result.
    pub results: u64,
    /// Runs that gave up because of an error of data.
    pub errors: u64,
    /// Inputs that came in pieces.
    pub inputs: u64,
    /// Bytes that were put aside.
    pub aside: u64,
}

/// So much memory that nothing is put aside.
const NO_LIMIT: usize = usize::MAX;

/// Keeps in memory what is put aside.
#[derive(Default)]
struct Aside(Mutex<Vec<u8>>);

impl Spill for Aside {
    fn write(&self, bytes: &[u8]) -> io::Result<Place> {
        let mut all = self.0.lock().map_err(|_| io::ErrorKind::Other)?;
        let start = all.len() as u64;
        all.extend_from_slice(bytes);
        Ok(Place { start, length: bytes.len() })
    }

    fn read(&self, place: Place, into: &mut Vec<u8>) -> io::Result<()> {
        let all = self.0.lock().map_err(|_| io::ErrorKind::Other)?;
        let start = usize::try_from(place.start).map_err(|_| io::ErrorKind::Other)?;
        into.extend_from_slice(all.get(start..start + place.length).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

/// Takes nothing.
struct Full;

impl Spill for Full {
    fn write(&self, _: &[u8]) -> io::Result<Place> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn read(&self, _: Place, _: &mut Vec<u8>) -> io::Result<()> {
        Err(io::ErrorKind::NotFound.into())
    }
}

/// Runs a case in pieces in several ways.
pub fn compare(case: &Case, seed: u64) -> Result<Ends, String> {
    let plan = plan_of(case)?;
    let mut ends = Ends::default();
    for case in [case, &case.shuffled(seed)] {
        let tables = tables_of(case, &plan)?;
        for (rows, threads, memory) in [(1, 2, 1), (2, 1, 4096), (3, 7, NO_LIMIT), (10, 2, 0), (1000, 1, 100_000)] {
            one(&plan, &tables, (rows, threads, memory), &mut ends)
                .map_err(|why| format!("pieces of {rows} rows, {threads} threads, memory for {memory} bytes: {why}"))?;
        }
    }
    Ok(ends)
}

fn one(
    plan: &Plan,
    tables: &[Option<Table>],
    (rows, threads, memory): (usize, usize, usize),
    ends: &mut Ends,
) -> Result<(), String> {
    let wanted = &plan.declared;
    let expected = engine::run(Job { plan, tables, wanted, checks: true });
    let inputs = stream::wanted(plan, wanted);
    let whole: Vec<Option<Table>> =
        tables.iter().zip(&inputs).map(|(table, wanted)| table.clone().filter(|_| wanted.is_none())).collect();
    ends.inputs += inputs.iter().flatten().count() as u64;
    let open = |input: usize, wanted: &Wanted| -> Result<Box<dyn Pieces + '_>, Unfit> {
        let table = tables[input].as_ref().ok_or(Unfit)?;
        Ok(Box::new(TablePieces::new(table, wanted, rows)))
    };
    let store = Aside::default();
    let spill = (memory < NO_LIMIT).then_some(Spilling { memory, store: &store });
    let job = StreamJob { plan, wanted, inputs: &inputs, tables: &whole, open: &open, threads, spill };
    let found = stream::run(job);
    let aside = store.0.lock().map_or(0, |bytes| bytes.len() as u64);
    ends.aside += aside;
    // Where something was put aside the same run must say so if that can't be done.
    if aside > 0 {
        let full = Spilling { memory, store: &Full };
        let found = stream::run(StreamJob { spill: Some(full), ..job });
        if !matches!(found, Err(Ended::Spill(_) | Ended::Unfit)) {
            return Err("a full store wasn't noticed".to_owned());
        }
    }
    match (found, expected.problems.is_empty()) {
        (Ok(Streamed { outcome, .. }), true) => {
            ends.results += 1;
            if outcome.results != expected.results {
                return Err(format!("other results\n{:#?}\n---\n{:#?}", outcome.results, expected.results));
            }
            if outcome.scores != expected.scores || outcome.indices != expected.indices {
                let (a, b) = ((&outcome.scores, &outcome.indices), (&expected.scores, &expected.indices));
                return Err(format!("other accounts\n{a:#?}\n---\n{b:#?}"));
            }
            Ok(())
        }
        (Err(Ended::Unfit), false) => {
            ends.errors += 1;
            Ok(())
        }
        (Err(Ended::Spill(error)), _) => Err(format!("nothing was to be put aside: {error}")),
        (Ok(_), false) => Err(format!("errors weren't seen: {:#?}", expected.problems.sorted())),
        (Err(Ended::Unfit), true) => Err("it gave up for no reason".to_owned()),
    }
}
