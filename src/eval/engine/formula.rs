//! Formulas: over the union of the cells of their operands, or broadcast to it.

use std::cmp::Ordering;

use super::expr::Eval;
use super::flaw::report_cells;
use super::frame::{CellColumns, Leaves, Sel};
use super::vector::{Builder, put};
use super::world::World;
use super::{Cells, Key};
use crate::diag::Problems;
use crate::plan::{Expr, Index, Operand};
use crate::value::column::Column;
use crate::value::{Ty, Type, Value};

/// Computes a formula. `of` gives the cells of an index, ascending. The second result is whether all went well.
pub fn formula<'a, 'c>(
    world: &World<'a>,
    index: &Index,
    operands: &[Operand],
    expr: &'a Expr,
    of: impl Fn(usize) -> &'c Cells,
    problems: &mut Problems,
) -> (Cells, bool) {
    let keys = union(index, operands, &of);
    let columns = CellColumns {
        dims: dim_columns(index, keys.iter()),
        value: None,
        operands: operands.iter().map(|operand| operand_column(world, operand, &keys, of(operand.index))).collect(),
    };
    let mut eval = Eval::new(world, Leaves::Cells(&columns));
    let values = eval.column(expr, Sel::All(keys.len()));
    let flaws = eval.into_flaws();
    report_cells(world, index, &flaws, |cell| keys.get(cell as usize).cloned().unwrap_or_default(), problems);
    let mut values: Vec<Value> = (0..keys.len()).map(|cell| values.value(cell)).collect();
    flaws.iter().for_each(|flaw| put(&mut values, flaw.row as usize, Value::Missing));
    (keys.into_iter().zip(values).collect(), flaws.is_empty())
}

/// The dimensions of cells, as columns.
pub fn dim_columns<'k>(index: &Index, keys: impl Iterator<Item = &'k Key> + Clone) -> Vec<Column> {
    let column = |(at, dim): (usize, &crate::plan::Dim)| {
        column(&dim.ty.base, keys.clone().map(|key| key.get(at).unwrap_or(&Value::Missing)))
    };
    index.dims.iter().enumerate().map(column).collect()
}

/// Values of a type, as a column.
pub fn column<'v>(ty: &Type, values: impl Iterator<Item = &'v Value>) -> Column {
    let mut builder = Builder::new(ty, values.size_hint().0);
    values.for_each(|value| builder.push(value));
    builder.finish()
}

/// What an absent cell of an index counts as in formulas.
pub fn absent(index: &Index) -> Value {
    match (index.absent_zero, &index.ty) {
        (true, Ty { base: Type::Real, .. }) => Value::Real(0.0),
        (true, _) => Value::Number(0),
        (false, _) => Value::Missing,
    }
}

/// The keys of the result, ascending.
fn union<'c>(index: &Index, operands: &[Operand], of: &impl Fn(usize) -> &'c Cells) -> Vec<Key> {
    if index.dims.is_empty() {
        return vec![Key::new()];
    }
    let mut keys: Vec<Key> = Vec::new();
    for operand in operands.iter().filter(|operand| operand.spans) {
        let placed = |key: &Key| {
            let mut placed = vec![Value::Missing; index.dims.len()];
            operand.dims.iter().zip(key).for_each(|(&to, value)| put(&mut placed, to, value.clone()));
            placed
        };
        keys.extend(of(operand.index).iter().map(|(key, _)| placed(key)));
    }
    keys.sort();
    keys.dedup();
    keys
}

/// The value of an operand for each key of the result.
fn operand_column(world: &World<'_>, operand: &Operand, keys: &[Key], cells: &Cells) -> Column {
    let Some(index) = world.plan.indices.get(operand.index) else { return column(&Type::Number(0), [].iter()) };
    let absent = absent(index);
    let parts =
        |key: &Key| -> Key { operand.dims.iter().map(|&at| key.get(at).cloned().unwrap_or_default()).collect() };
    let in_order = operand.dims.iter().copied().eq(0..operand.dims.len());
    let mut from = 0;
    let values = keys.iter().map(|key| {
        if !in_order {
            return find(cells, &parts(key)).unwrap_or(&absent);
        }
        // Both ascend: the cells that lie before this key lie before all later ones.
        let prefix = key.get(..operand.dims.len()).unwrap_or(key);
        while cells.get(from).is_some_and(|(cell, _)| cell.as_slice() < prefix) {
            from += 1;
        }
        cells.get(from).filter(|(cell, _)| cell.as_slice() == prefix).map_or(&absent, |(_, value)| value)
    });
    let values: Vec<&Value> = values.collect();
    column(&index.ty.base, values.into_iter())
}

/// The value of the cell with a key.
pub fn find<'c>(cells: &'c Cells, key: &[Value]) -> Option<&'c Value> {
    let order = |(cell, _): &(Key, Value)| -> Ordering { cell.as_slice().cmp(key) };
    cells.binary_search_by(order).ok().and_then(|at| cells.get(at)).map(|(_, value)| value)
}
