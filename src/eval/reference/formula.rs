//! A formula over the cells of other indices.

use std::collections::{BTreeMap, BTreeSet};

use super::aggregate::report;
use super::expr::{self, Scope};
use super::world::World;
use super::{Cells, Computed};
use crate::diag::Problems;
use crate::plan::{Expr, Index, Operand};
use crate::value::Value;

/// The cells of a formula; one without a result is missing.
pub fn cells(
    world: &World<'_>,
    index: &Index,
    operands: &[Operand],
    expr: &Expr,
    known: &BTreeMap<usize, Computed>,
    problems: &mut Problems,
) -> Computed {
    let mut computed = Computed::default();
    for dims in union(index, operands, known) {
        let values: Vec<Value> = operands.iter().map(|operand| value_of(world, operand, known, &dims)).collect();
        let scope = Scope { dims: &dims, operands: &values, ..Scope::new(world) };
        let value = expr::eval(expr, &scope).unwrap_or_else(|stop| {
            computed.broken = true;
            report(stop.at_cell(world, index, &dims), problems);
            Value::Missing
        });
        computed.cells.insert(dims, value);
    }
    computed
}

/// The value of a cell; of an absent one, 0 or missing, as the index says.
pub fn cell_or_absent(index: &Index, cells: &Cells, dims: &[Value]) -> Value {
    let absent = || {
        if index.absent_zero { expr::zero(&index.ty.base) } else { Value::Missing }
    };
    cells.get(dims).cloned().unwrap_or_else(absent)
}

/// The cells that a formula has: those of the operands with all of its dimensions; without dimensions, the one.
fn union(index: &Index, operands: &[Operand], known: &BTreeMap<usize, Computed>) -> BTreeSet<Vec<Value>> {
    if index.dims.is_empty() {
        return BTreeSet::from([Vec::new()]);
    }
    let mut union = BTreeSet::new();
    for operand in operands.iter().filter(|operand| operand.spans) {
        for dims in known.get(&operand.index).into_iter().flat_map(|computed| computed.cells.keys()) {
            union.insert(in_order_of_result(operand, dims));
        }
    }
    union
}

/// The dimensions of an operand that has all those of the result, in the result's order.
fn in_order_of_result(operand: &Operand, dims: &[Value]) -> Vec<Value> {
    let place = |at: usize| operand.dims.iter().position(|&of_result| of_result == at);
    (0..dims.len()).filter_map(|at| dims.get(place(at)?).cloned()).collect()
}

fn value_of(world: &World<'_>, operand: &Operand, known: &BTreeMap<usize, Computed>, dims: &[Value]) -> Value {
    let key: Vec<Value> = operand.dims.iter().filter_map(|&at| dims.get(at).cloned()).collect();
    match (world.plan.indices.get(operand.index), known.get(&operand.index)) {
        (Some(index), Some(computed)) => cell_or_absent(index, &computed.cells, &key),
        _ => Value::Missing,
    }
}
