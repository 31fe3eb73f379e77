//! The run on pieces, held against the run on whole tables: whatever the size of the pieces, the order of the rows and
//! the number of threads, it gives the same results and accounts, or it gives up.

use rules::eval::engine::stream::memory::TablePieces;
use rules::eval::engine::stream::{self, StreamJob, Streamed};
use rules::eval::{Job, engine};
use rules::plan::Plan;
use rules::value::column::Table;
use rules::value::piece::{Pieces, Unfit, Wanted};

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
}

/// Runs a case in pieces in several ways.
pub fn compare(case: &Case, seed: u64) -> Result<Ends, String> {
    let plan = plan_of(case)?;
    let mut ends = Ends::default();
    for case in [case, &case.shuffled(seed)] {
        let tables = tables_of(case, &plan)?;
        for (rows, threads) in [(1, 2), (2, 1), (3, 7), (10, 2), (1000, 1)] {
            one(&plan, &tables, rows, threads, &mut ends)
                .map_err(|why| format!("pieces of {rows} rows, {threads} threads: {why}"))?;
        }
    }
    Ok(ends)
}

fn one(plan: &Plan, tables: &[Option<Table>], rows: usize, threads: usize, ends: &mut Ends) -> Result<(), String> {
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
    let job = StreamJob { plan, wanted, inputs: &inputs, tables: &whole, open: &open, threads };
    let found = stream::run(job);
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
        (Err(Unfit), false) => {
            ends.errors += 1;
            Ok(())
        }
        (Ok(_), false) => Err(format!("errors weren't seen: {:#?}", expected.problems.sorted())),
        (Err(Unfit), true) => Err("it gave up for no reason".to_owned()),
    }
}
