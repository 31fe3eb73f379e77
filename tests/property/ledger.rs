//! Holds what explanations say against what the engine gives: every cell is what its ledger adds up to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rules::compile::{Compiled, compile};
use rules::data;
use rules::diag::Problems;
use rules::eval::ledger::tree::{Begin, Fate, Ledger, Made, Trail};
use rules::eval::ledger::{Explainer, rests_on};
use rules::eval::{Job, engine};
use rules::source::Sources;
use rules::value::column::Table;

/// A scheme and its data.
pub struct Setting {
    /// The texts.
    pub sources: Sources,
    /// The scheme.
    pub compiled: Compiled,
    /// A table for each input.
    pub tables: Vec<Option<Table>>,
}

/// How many cells were looked at, or which doesn't hold. Of each index every `step`th cell is explained.
pub fn hold(setting: &Setting, step: usize) -> Result<u64, String> {
    let (plan, mut cells) = (&setting.compiled.plan, 0);
    for &index in &plan.declared {
        let wanted = rests_on(plan, index);
        let outcome = engine::run(Job { plan, tables: &setting.tables, wanted: &wanted, checks: false });
        if outcome.problems.has_errors() {
            continue;
        }
        let explainer = Explainer::new(plan, &setting.tables, &outcome.results, &setting.sources, index);
        let Some(found) = outcome.results.iter().find(|cells| cells.index == index) else { continue };
        for (at, value) in found.cells.iter().step_by(step) {
            let at_fault = |what: &str, ledger: &Ledger| {
                let name = &plan.indices[index].name;
                format!("`{name}` at {at:?} is {value:?}: {what}\n{}", serde_json::to_string_pretty(ledger).unwrap())
            };
            for limit in [None, Some(1)] {
                let ledger = explainer.explain(at, limit);
                if &ledger.cells[0].value.value != value || !ledger.cells[0].present {
                    return Err(at_fault("the ledger has another value", &ledger));
                }
                for (id, cell) in ledger.cells.iter().enumerate() {
                    cells += 1;
                    if explainer.recombined(&ledger, id).as_ref() != Some(&cell.value.value) {
                        return Err(at_fault(&format!("the ledger doesn't add up at its cell {id}"), &ledger));
                    }
                    if cell.value.value.is_known() != cell.missing.is_empty() {
                        return Err(at_fault(&format!("nothing says why cell {id} is missing"), &ledger));
                    }
                }
                if limit.is_some() && ledger.cells.iter().any(|cell| listed(&cell.made) > 1) {
                    return Err(at_fault("more is listed than was asked for", &ledger));
                }
            }
        }
    }
    Ok(cells)
}

fn listed(made: &Made) -> usize {
    match made {
        Made::Units { contributions, .. } | Made::Cells { contributions, .. } => contributions.len(),
        Made::Formula { .. } | Made::Nothing => 0,
    }
}

/// Each row of the first input counts in just those cells in whose ledgers it counts.
pub fn rows_hold(setting: &Setting) -> Result<(), String> {
    let plan = &setting.compiled.plan;
    let file = setting.tables[0].as_ref().map_or("", |table| &*table.file);
    for &index in &plan.declared {
        let wanted = rests_on(plan, index);
        let outcome = engine::run(Job { plan, tables: &setting.tables, wanted: &wanted, checks: false });
        if outcome.problems.has_errors() {
            continue;
        }
        let explainer = Explainer::new(plan, &setting.tables, &outcome.results, &setting.sources, index);
        let Some(found) = outcome.results.iter().find(|cells| cells.index == index) else { continue };
        let mut by_ledger: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
        for (at, _) in &found.cells {
            let ledger = explainer.explain(at, None);
            let named = format!("{:?}", ledger.cells[0].at);
            for row in ledger.units.iter().flat_map(|unit| counting(&unit.trail, file)) {
                by_ledger.entry(row).or_default().insert(named.clone());
            }
        }
        for row in 0..setting.tables[0].as_ref().map_or(0, |table| table.rows) {
            let story = explainer.story(0, &[row], None);
            let by_story: BTreeSet<String> = story.cells.iter().map(|at| format!("{at:?}")).collect();
            let by_ledger = by_ledger.remove(&row).unwrap_or_default();
            if by_story != by_ledger {
                let name = &plan.indices[index].name;
                return Err(format!("`{name}`: row {row} counts at {by_story:?}, and by the ledgers at {by_ledger:?}"));
            }
            if story.ways.iter().map(|way| &way.score).collect::<BTreeSet<_>>().len() != story.scores.len() {
                return Err(format!("row {row} is lost in a score"));
            }
        }
    }
    Ok(())
}

/// The rows of a file whose values count in a unit, and those for whose sake it was put back.
fn counting(trail: &Trail, file: &str) -> Vec<usize> {
    match &trail.from {
        Begin::Row(row) if row.file == file => vec![row.row],
        Begin::Row(_) => Vec::new(),
        Begin::Unit(unit) => {
            let counts = unit.members.iter().filter(|member| unit.restored || member.fate == Fate::Picked);
            counts.flat_map(|member| counting(&member.trail, file)).collect()
        }
    }
}

/// A scheme of the project on a folder of examples.
pub fn example(name: &str, folder: &str) -> Setting {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("rules").join(name);
    #[expect(clippy::disallowed_methods, reason = "the examples are files")]
    let text = std::fs::read_to_string(&path).unwrap();
    let mut sources = Sources::default();
    let file = sources.add(name, &text);
    let mut problems = Problems::new();
    let compiled = compile(&sources, file, &[], &mut problems).unwrap();
    let schemas: Vec<_> = compiled.plan.inputs.iter().map(|input| input.schema.clone()).collect();
    let own = data::Own { scheme: &path, root, data: None };
    let paths = [root.join("examples").join(folder)];
    let line = data::CommandLine { paths: &paths, inputs: &[] };
    let needed = vec![true; schemas.len()];
    let bound = data::bind(&schemas, &needed, &line, &own, &mut problems);
    let read = |(files, schema): (&Vec<data::Bound>, &_)| {
        data::read_files(files.iter().map(data::Bound::open), schema, &[], &mut Problems::new())
    };
    let tables = bound.iter().zip(&schemas).map(read).collect();
    Setting { sources, compiled, tables }
}
