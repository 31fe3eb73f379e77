//! What is wrong in the runs of a sweep: each finding once, with the run in which it comes first, and in how many it
//! comes.

use std::collections::BTreeMap;

use super::runs::Runs;
use crate::cli::blame;
use crate::cli::session::Session;
use crate::diag::{Code, Diagnostic, Place, Problems, Severity};
use crate::value::column::Table;

/// What was found so far.
#[derive(Default)]
pub struct Found {
    /// Whether one of the findings is an error.
    pub is_error: bool,
    list: Vec<Finding>,
    /// Places in the list, by what a finding is about. Its words may tell values, which differ from run to run.
    known: BTreeMap<(Code, Vec<Place>), usize>,
}

struct Finding {
    first: Diagnostic,
    /// The run in which it comes first, the last one so far, and the number of runs.
    run: usize,
    last: usize,
    runs: usize,
}

impl Found {
    /// Takes what was found in a run.
    pub fn take(&mut self, session: &mut Session, runs: &Runs, tables: &[Option<Table>], at: usize, found: Problems) {
        if found.is_empty() {
            return;
        }
        for problem in blamed(session, runs, tables, at, found).sorted() {
            self.is_error |= problem.severity == Severity::Error;
            let key = (problem.code, problem.labels.iter().map(|label| label.place.clone()).collect());
            let finding = self.known.get(&key).and_then(|&known| self.list.get_mut(known));
            match finding.filter(|finding| finding.run != at) {
                Some(finding) => {
                    finding.runs += usize::from(finding.last != at);
                    finding.last = at;
                }
                None => {
                    self.known.entry(key).or_insert(self.list.len());
                    self.list.push(Finding { first: problem, run: at, last: at, runs: 1 });
                }
            }
        }
    }

    /// Tells the session; of several runs, only the one that ended the sweep has errors.
    pub fn report(self, session: &mut Session, runs: &Runs) {
        for Finding { first, run, runs: count, .. } in self.list {
            let all = runs.plans.len();
            let others = match (first.severity, count) {
                (Severity::Error, _) | (_, 1) => String::new(),
                _ if count == all => format!(", and in all {all}"),
                _ => format!("; it comes in {count} of {all}"),
            };
            let place = runs.place(session, run);
            session.problems.push(first.also(place, format!("in this run{others}")));
        }
    }
}

/// The problems of a run with the changes from which they come.
fn blamed(session: &mut Session, runs: &Runs, tables: &[Option<Table>], at: usize, found: Problems) -> Problems {
    let settings = runs.settings.get(at).filter(|_| !runs.base.chain.changes().is_empty());
    let Some(settings) = settings else { return found };
    match session.compile_setting(&runs.base, settings, runs.origin(at)) {
        Ok(compiled) => blame::of_run(blame::Run { compiled: &compiled, tables, wanted: &runs.wanted }, found),
        Err(_) => found,
    }
}
