//! What must hold of the rows of inputs, of the rows of scores, and of cells.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::aggregate::report;
use super::expr::{self, Scope, Stop};
use super::formula;
use super::score::{Books, Row, Stage};
use super::world::World;
use super::{Computed, is_marked};
use crate::diag::{Diagnostic, Problems};
use crate::eval::faults;
use crate::plan::needs::Needs;
use crate::plan::{CellCheck, Check, Expr, ExprKind, Input, Score};
use crate::value::column::Table;
use crate::value::{Type, Value};

/// Looks at the rows of all inputs that are needed.
pub fn inputs(world: &World<'_>, needed: &Needs, problems: &mut Problems) {
    for (at, input) in world.plan.inputs.iter().enumerate().filter(|(at, _)| is_marked(&needed.inputs, *at)) {
        let Some(table) = world.table(at) else { continue };
        for check in &input.checks {
            for row in 0..table.rows {
                let scope = Scope { row: Some((table, row)), ..Scope::new(world) };
                match fails(check, &scope) {
                    Ok(false) => {}
                    Ok(true) => problems.push(failed(check, input, None, &scope, (table, row))),
                    Err(stop) => report(stop.at_row(world, (input, table, row)), problems),
                }
            }
        }
    }
}

/// Looks at the rows of a score; all stay, whether or not the check holds.
pub fn rows(stage: &Stage<'_>, check: &Check, rows: Vec<Row>, books: &mut Books<'_>) -> Vec<Row> {
    let look = |row: Row| {
        if !row.is_live() {
            return Some(row);
        }
        match fails(check, &stage.scope(&row)) {
            Ok(false) => {}
            Ok(true) => {
                let scope = stage.scope(&row);
                books.problems.push(failed(check, stage.input, Some(stage.score), &scope, (stage.table, row.row)));
            }
            Err(stop) => return stage.stop(stop, row, books),
        }
        Some(row)
    };
    rows.into_iter().filter_map(look).collect()
}

/// Looks at cells, unless an error has left something out of those of the check or of what it shows.
pub fn cells(world: &World<'_>, needed: &Needs, known: &BTreeMap<usize, Computed>, problems: &mut Problems) {
    for check in needed.checks.iter().filter_map(|&at| world.plan.checks.get(at)) {
        let whole = |at: &usize| known.get(at).is_some_and(|computed| !computed.broken);
        let (Some(index), Some(computed)) = (world.plan.indices.get(check.index), known.get(&check.index)) else {
            continue;
        };
        if computed.broken || !check.shown.iter().all(whole) {
            continue;
        }
        for (dims, _) in computed.cells.iter().filter(|(_, value)| **value == Value::Flag(false)) {
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
    let slots = score.map_or(&[][..], |score| &score.slots);
    let shown = |expr: &Expr| match expr.kind {
        ExprKind::Column(at) => {
            let spec = input.schema.columns.get(at)?;
            Some((Arc::clone(&spec.name), table.value(at, row), spec.ty.base.clone()))
        }
        ExprKind::Slot(at) => {
            let (slot, value) = (slots.get(at)?, scope.slots.get(at)?);
            Some((Arc::clone(&slot.name), value.clone(), slot.ty.base.clone()))
        }
        ExprKind::Value => Some(("value".into(), scope.value.clone(), expr.ty.base.clone())),
        _ => None,
    };
    let shown: Vec<Shown> = faults::shown(check).into_iter().filter_map(shown).collect();
    // Each row is a finding of its own: there is nothing to group.
    faults::check_failed(check, &shown, faults::place(input, table, row, None)).1
}

/// The values of the indices that a check shows, at the place of a cell or of the dimensions that they share with it.
fn shown_cells(world: &World<'_>, check: &CellCheck, dims: &[Value], known: &BTreeMap<usize, Computed>) -> Vec<Shown> {
    let names = world.plan.indices.get(check.index).map_or(&[][..], |index| &index.dims);
    let value_of =
        |name: &str| names.iter().zip(dims).find(|(dim, _)| *dim.name == *name).map(|(_, value)| value.clone());
    let shown = |&at: &usize| {
        let index = world.plan.indices.get(at)?;
        let key: Vec<Value> = index.dims.iter().map(|dim| value_of(&dim.name).unwrap_or_default()).collect();
        Some((
            Arc::clone(&index.name),
            formula::cell_or_absent(index, &known.get(&at)?.cells, &key),
            index.ty.base.clone(),
        ))
    };
    check.shown.iter().filter_map(shown).collect()
}
