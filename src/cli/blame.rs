//! Which change of a scheme that extends another an error of data comes from.
//!
//! Input: the problems of a run, and what it ran on. Output: the same problems, each with the names of the changes that
//! put there what it is about, or without which it wouldn't be there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::compile::{Compiled, plan_of};
use crate::diag::{Code, Diagnostic, Place, Problems, Severity};
use crate::eval::{Job, engine};
use crate::plan::needs;
use crate::plan::{Input, Plan, content};
use crate::resolve::overlay::{Chain, Change};
use crate::source::Span;
use crate::value::column::Table;
use crate::value::schema::Schema;

/// Of more changes none is left out by itself: the run would be repeated too often.
const MOST_LEFT_OUT: usize = 20;
/// So many changes are named that bring an error about together.
const MOST_NAMED: usize = 3;

/// What a run was about.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// The scheme.
    pub compiled: &'a Compiled,
    /// A table for each of its inputs.
    pub tables: &'a [Option<Table>],
    /// The wanted indices.
    pub wanted: &'a [usize],
}

/// The problems of a run, with the changes from which they come.
pub fn of_run(run: Run<'_>, found: Problems) -> Problems {
    let chain = &run.compiled.chain;
    if chain.changes().is_empty() || found.is_empty() {
        return found;
    }
    let errors: Vec<&Diagnostic> = found.iter().filter(|found| found.severity == Severity::Error).collect();
    let guilty = if errors.is_empty() { BTreeMap::new() } else { guilty(run, &errors) };
    let mut named = Problems::new();
    for problem in found.iter() {
        let changes = guilty.get(&key(problem)).map_or(&[][..], Vec::as_slice);
        named.push(with_guilty(placed(problem.clone(), chain), chain, changes));
    }
    named
}

/// The problems of reading the rows of an input, with the changes from which its columns come.
pub fn of_reading(chain: &Chain, schema: &Schema, found: Problems) -> Problems {
    if chain.changes().is_empty() {
        return found;
    }
    let mut named = Problems::new();
    for problem in found.iter() {
        let column = column(schema, problem).filter(|span| change_at(chain, *span).is_some());
        let problem = match column {
            Some(span) if problem.labels.iter().all(|label| label.place != Place::Text(span)) => {
                problem.clone().also(span, "the column")
            }
            _ => problem.clone(),
        };
        named.push(placed(problem, chain));
    }
    named
}

/// Where the scheme declares the column that a problem is about.
fn column(schema: &Schema, problem: &Diagnostic) -> Option<Span> {
    let Some(Place::Data(place)) = problem.place() else { return None };
    let name = place.column.as_ref()?;
    let header = |place: &crate::value::schema::Place| matches!(place, crate::value::schema::Place::Header(header) if header == name);
    let columns = || schema.columns.iter();
    let found = columns().find(|spec| spec.name == *name).or_else(|| columns().find(|spec| header(&spec.place)));
    found.map(|spec| spec.span)
}

fn change_at(chain: &Chain, span: Span) -> Option<&Change> {
    chain.changes().iter().find(|change| change.span.holds(span))
}

/// A problem whose places in changes name these.
fn placed(mut problem: Diagnostic, chain: &Chain) -> Diagnostic {
    for label in &mut problem.labels {
        let Place::Text(span) = label.place else { continue };
        let Some(change) = change_at(chain, span) else { continue };
        let says = if label.text.is_empty() { String::new() } else { format!("{}; ", label.text) };
        label.text = format!("{says}the change `{}` put it here", change.name);
    }
    problem
}

/// A problem with the changes that bring it about, but for those in which its places stand.
fn with_guilty(mut problem: Diagnostic, chain: &Chain, guilty: &[usize]) -> Diagnostic {
    let changes: Vec<&Change> = guilty.iter().filter_map(|at| chain.changes().get(*at)).collect();
    let stands_in = |change: &Change| {
        problem.labels.iter().any(|label| matches!(label.place, Place::Text(span) if change.span.holds(span)))
    };
    let others: Vec<&Change> = changes.iter().copied().filter(|change| !stands_in(change)).collect();
    for change in others.into_iter().take(MOST_NAMED) {
        let says = match changes.len() {
            1 => format!("the change `{}` brings it about", change.name),
            _ => format!("without the change `{}` it isn't there", change.name),
        };
        problem = problem.also(change.name_span, says);
    }
    problem
}

/// What makes two errors of two runs the same: the code and the places. What is said of a row may tell its value, which
/// is another one there; that of a cell stands in the words alone.
type Key = (Code, Vec<Place>, String);

fn key(found: &Diagnostic) -> Key {
    let words = if matches!(found.place(), Some(Place::Data(_))) { String::new() } else { found.message.clone() };
    (found.code, found.labels.iter().map(|label| label.place.clone()).collect(), words)
}

/// The errors of a run, and how often there is one of each code.
#[derive(Default)]
struct Errors {
    keys: BTreeSet<Key>,
    counts: BTreeMap<Code, u64>,
}

/// For each error, the changes without which it isn't there.
fn guilty(run: Run<'_>, errors: &[&Diagnostic]) -> BTreeMap<Key, Vec<usize>> {
    let count = run.compiled.chain.changes().len();
    let mut guilty = BTreeMap::new();
    // Claims of results are left out with changes, and so are errors in them.
    let all = if count <= MOST_LEFT_OUT { errors_with(run, &vec![true; count]) } else { None };
    let Some(all) = all else { return guilty };
    for at in 0..count {
        let applied: Vec<bool> = (0..count).map(|other| other != at).collect();
        let Some(without) = errors_with(run, &applied) else { continue };
        for key in errors.iter().map(|error| key(error)) {
            let left = |errors: &Errors| errors.counts.get(&key.0).copied().unwrap_or(0);
            // An error of many rows has the place of the first, which may be another one now; it is gone only if there
            // is less of its kind.
            if all.keys.contains(&key) && !without.keys.contains(&key) && left(&without) < left(&all) {
                guilty.entry(key).or_insert_with(Vec::new).push(at);
            }
        }
    }
    guilty
}

/// The errors that there are on the same data with these changes; none where they don't make a scheme, or one that
/// reads other data.
fn errors_with(run: Run<'_>, applied: &[bool]) -> Option<Errors> {
    let plan = plan_of(&run.compiled.chain, applied, &run.compiled.settings)?;
    let tables = run.tables.get(..plan.inputs.len())?;
    let alike = |(a, b): (&Arc<Input>, &Arc<Input>)| content::schema(&a.schema) == content::schema(&b.schema);
    if !plan.inputs.iter().zip(&run.compiled.plan.inputs).all(alike) {
        return None;
    }
    let wanted = wanted(run, &plan);
    let needed = needs::inputs(&plan, &wanted);
    if needed.iter().zip(tables).any(|(needed, table)| *needed && table.is_none()) {
        return None;
    }
    let outcome = engine::run(Job { plan: &plan, tables, wanted: &wanted, checks: true });
    let mut errors = Errors::default();
    for found in outcome.problems.iter().filter(|found| found.severity == Severity::Error) {
        *errors.counts.entry(found.code).or_default() += found.count;
        errors.keys.insert(key(found));
    }
    Some(errors)
}

/// The wanted indices in another plan, as far as it has them.
fn wanted(run: Run<'_>, plan: &Plan) -> Vec<usize> {
    let names: BTreeSet<&str> =
        run.wanted.iter().filter_map(|&at| run.compiled.plan.indices.get(at)).map(|index| &*index.name).collect();
    let indices = plan.indices.iter().enumerate();
    indices.filter(|(_, index)| names.contains(&*index.name)).map(|(at, _)| at).collect()
}
