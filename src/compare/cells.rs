//! The cells of one index in several runs, brought to the same dimensions, types and order.

use std::sync::Arc;

use ethnum::I256;

use super::{Held, Matched, Row, Run, exact};
use crate::value::{Type, Value, decimal};

/// A number that can't be brought to the places of the others within 38 digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooLarge {
    /// Which of the schemes has it.
    pub scheme: usize,
    /// The index.
    pub index: Arc<str>,
    /// The number in print.
    pub number: String,
    /// To how many places.
    pub places: u8,
}

/// The cells that any run has, ascending by the dimensions; whether they changed, and ranks, are set later.
pub fn rows(runs: &[Run<'_>], index: &Matched) -> Result<Vec<Row>, TooLarge> {
    let mut found: Vec<(Vec<Value>, usize, Held)> = Vec::new();
    for (scheme, (run, (place, order))) in runs.iter().zip(index.places.iter().zip(&index.orders)).enumerate() {
        let Some(cells) = run.results.iter().find(|cells| cells.index == *place) else { continue };
        for (dims, value) in &cells.cells {
            let mut key = Vec::with_capacity(order.len());
            for (at, dim) in order.iter().zip(&index.dims) {
                let own = cells.dims.get(*at).map_or(&dim.ty.base, |dim| &dim.ty.base);
                let value = dims.get(*at).cloned().unwrap_or_default();
                key.push(
                    brought(value, own, &dim.ty.base)
                        .ok_or_else(|| too_large(index, scheme, dims.get(*at), own, &dim.ty.base))?,
                );
            }
            let own = &cells.ty.base;
            let held =
                held(value, own, &index.ty).ok_or_else(|| too_large(index, scheme, Some(value), own, &index.ty))?;
            found.push((key, scheme, held));
        }
    }
    // No run has a cell twice, so that the order is the same in each run of the program.
    found.sort_unstable_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    Ok(united(found, runs.len()))
}

fn united(found: Vec<(Vec<Value>, usize, Held)>, schemes: usize) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (key, scheme, held) in found {
        if rows.last().is_none_or(|last| last.key != key) {
            rows.push(Row {
                key,
                held: vec![Held::Absent; schemes],
                ranks: vec![None; schemes],
                changed: false,
                notable: false,
            });
        }
        if let Some(slot) = rows.last_mut().and_then(|row| row.held.get_mut(scheme)) {
            *slot = held;
        }
    }
    rows
}

/// The value of a dimension, brought to the type that all share.
fn brought(value: Value, own: &Type, shared: &Type) -> Option<Value> {
    match (value, own, shared) {
        (Value::Number(units), Type::Number(from), Type::Number(to)) => {
            decimal::widen(units, *from, *to).map(Value::Number)
        }
        (value, ..) => Some(value),
    }
}

fn held(value: &Value, own: &Type, shared: &Type) -> Option<Held> {
    let places = |ty: &Type| if let Type::Number(places) = ty { *places } else { 0 };
    Some(match value {
        Value::Missing => Held::Missing,
        Value::Number(units) => Held::Number(exact::widen(*units, places(own), places(shared))),
        Value::Real(real) => {
            let units = decimal::from_real(*real, decimal::QUOTIENT_PLACES)?;
            Held::Number(exact::widen(units, decimal::QUOTIENT_PLACES, places(shared)))
        }
        value => Held::Other(value.clone()),
    })
}

fn too_large(index: &Matched, scheme: usize, value: Option<&Value>, own: &Type, shared: &Type) -> TooLarge {
    let places = if let Type::Number(places) = shared { *places } else { decimal::QUOTIENT_PLACES };
    let number = value.map_or_else(String::new, |value| value.format(own));
    TooLarge { scheme, index: Arc::clone(&index.name), number, places }
}

/// Whether the schemes don't all hold the same, numbers that lie no further apart than the tolerance being the same.
pub fn is_change(held: &[Held], tolerance: I256) -> bool {
    let Some(first) = held.first() else { return false };
    let numbers = || held.iter().filter_map(|held| if let Held::Number(units) = held { Some(*units) } else { None });
    match first {
        Held::Number(_) => {
            let apart = numbers().max().zip(numbers().min()).map_or(I256::ZERO, |(most, least)| most - least);
            numbers().count() < held.len() || apart > tolerance
        }
        first => held.iter().any(|other| other != first),
    }
}
