//! Outliers brought to the nearest value inside.

use super::{Field, Found};
use crate::builtin::cells;
use crate::value::{Value, decimal};

/// When a group is even enough, and how far one goes.
#[derive(Clone, Copy)]
pub struct Limits {
    /// The skewness, either way.
    pub skewness: f64,
    /// The kurtosis.
    pub kurtosis: f64,
    /// How many values are changed at most.
    pub at_most: u32,
}

/// Changes a group: its values are sorted once, and an end of the sorted list is what changes.
pub fn winsorise(field: &Field<'_>, group: &[u32], limits: Limits, found: &mut Found<'_>) {
    let mut known = field.known(group);
    known.sort_unstable();
    let real = |units: i128| decimal::to_real(units, field.places);
    let mut reals: Vec<f64> = known.iter().map(|(units, _)| real(*units)).collect();
    let is_even = |shape: Option<(f64, f64)>| {
        shape.is_none_or(|(skew, kurt)| skew.abs() <= limits.skewness || kurt <= limits.kurtosis)
    };
    let mut shape = cells::shape(&reals);
    let high = shape.is_some_and(|(skew, _)| skew > 0.0);
    let len = known.len();
    // A place counted from the end that changes.
    let place = |from_end: usize| if high { len - 1 - from_end } else { from_end };
    let units = |from_end: usize| known.get(place(from_end)).map_or(0, |(units, _)| *units);
    let mut changed = 0;
    while !is_even(shape) {
        // All that has the value of the first that isn't changed yet goes to the next one.
        let mut next = changed + 1;
        while next < len && units(next) == units(changed) {
            next += 1;
        }
        if next >= len || next > limits.at_most as usize {
            break;
        }
        let inner = real(units(next));
        (0..next).for_each(|from_end| super::put(&mut reals, place(from_end), inner));
        changed = next;
        shape = cells::shape(&reals);
    }
    for from_end in 0..len {
        let cell = known.get(place(from_end)).map_or(0, |(_, cell)| *cell);
        found.put(field, cell, Ok(Value::Number(units(from_end.max(changed)))));
    }
}
