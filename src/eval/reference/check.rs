//! What must hold of the rows of inputs, of the rows of scores, and of cells.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Cells;
use super::expr::{self, Scope, Stop};
use super::formula;
use super::need::Needed;
use super::score::{Row, Stage};
use super::world::World;
use crate::diag::{Code, Diagnostic, Problems, Severity};
use crate::eval::faults;
use crate::plan::{CellCheck, Check, ExprKind, Input, Score};
use crate::value::column::Table;
use crate::value::{Type, Value};

/// Looks at the rows of all inputs that are needed.
pub fn inputs(world: &World<'_>, needed: &Needed, problems: &mut Problems) {
    for (at, input) in world.plan.inputs.iter().enumerate().filter(|(at, _)| needed.inputs.contains(at)) {
        let Some(table) = world.table(at) else { continue };
        for check in &input.checks {
            for row in 0..table.rows {
                let scope = Scope { row: Some((table, row)), ..Scope::new(world) };
                match fails(check, &scope) {
                    Ok(false) => {}
                    Ok(true) => problems.push(failed(check, input, None, &scope, (table, row))),
                    Err(stop) => stop.report_row(world, (input, table, row), problems),
                }
            }
        }
    }
}

/// Looks at the rows of a score; all stay, but those for which the check has no result.
pub fn rows(stage: &Stage<'_>, check: &Check, rows: Vec<Row>, problems: &mut Problems) -> Vec<Row> {
    let mut left = Vec::new();
    for row in rows {
        if !row.ghost {
            let scope = stage.scope(&row);
            let Some(fails) = stage.take(fails(check, &scope), &row, problems) else {
                continue;
            };
            if fails {
                problems.push(failed(check, stage.input, Some(stage.score), &scope, (stage.table, row.row)));
            }
        }
        left.push(row);
    }
    left
}

/// Looks at cells, unless an error has left rows or cells out: then a check might fail because of that alone.
pub fn cells(world: &World<'_>, needed: &Needed, known: &BTreeMap<usize, Cells>, problems: &mut Problems) {
    let left_out = |severity, code| severity == Severity::Error && code != Code::CheckFailed;
    if problems.iter().any(|problem| left_out(problem.severity, problem.code)) {
        return;
    }
    for (_, check) in world.plan.checks.iter().enumerate().filter(|(at, _)| needed.checks.contains(at)) {
        let (Some(index), Some(cells)) = (world.plan.indices.get(check.index), known.get(&check.index)) else {
            continue;
        };
        for (dims, _) in cells.iter().filter(|(_, value)| **value == Value::Flag(false)) {
            let shown = shown_cells(world, check, dims, known);
            problems.push(faults::cell_check_failed(check, index, dims, &shown));
        }
    }
}

fn fails(check: &Check, scope: &Scope<'_>) -> Result<bool, Stop> {
    Ok(expr::applies(check.when.as_ref(), scope)? && !expr::holds(&check.holds, scope)?)
}

type Shown = (Arc<str>, Value, Type);

/// Says which row fails, with the columns and slots that the check uses, each once.
fn failed(
    check: &Check,
    input: &Input,
    score: Option<&Score>,
    scope: &Scope<'_>,
    (table, row): (&Table, usize),
) -> Diagnostic {
    let mut shown: Vec<Shown> = Vec::new();
    check.holds.walk(&mut |expr| {
        let name = match expr.kind {
            ExprKind::Column(at) => input.schema.columns.get(at).map(|column| Arc::clone(&column.name)),
            ExprKind::Slot(at) => score.and_then(|score| score.slots.get(at)).map(|slot| Arc::clone(&slot.name)),
            _ => None,
        };
        if let (Some(name), Ok(value)) = (name, expr::eval(expr, scope))
            && shown.iter().all(|(other, ..)| *other != name)
        {
            shown.push((name, value, expr.ty.base.clone()));
        }
    });
    // Each row is a finding of its own: there is nothing to group.
    faults::check_failed(check, &shown, faults::place(input, table, row, None)).1
}

/// The values of the indices that a check shows, at the place of a cell or of the dimensions that they share with it.
fn shown_cells(world: &World<'_>, check: &CellCheck, dims: &[Value], known: &BTreeMap<usize, Cells>) -> Vec<Shown> {
    let names = world.plan.indices.get(check.index).map_or(&[][..], |index| &index.dims);
    let value_of =
        |name: &str| names.iter().zip(dims).find(|(dim, _)| *dim.name == *name).map(|(_, value)| value.clone());
    let shown = |&at: &usize| {
        let index = world.plan.indices.get(at)?;
        let key: Vec<Value> = index.dims.iter().map(|dim| value_of(&dim.name).unwrap_or_default()).collect();
        Some((Arc::clone(&index.name), formula::cell_or_absent(index, known.get(&at)?, &key), index.ty.base.clone()))
    };
    check.shown.iter().filter_map(shown).collect()
}
