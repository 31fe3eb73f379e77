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
    let len = known.len();
    let at = |place: usize| known.get(place).copied().unwrap_or((0, 0));
    // So many from the end are brought to the next one; distances from it are exact before they are reals.
    let shape = |units: &dyn Fn(usize) -> i128, changed: usize| {
        let away = |from_end: usize| decimal::distance(units(from_end.max(changed)), units(changed), field.places);
        cells::shape(&(0..len).map(away).collect::<Vec<f64>>())
    };
    let is_even = |shape: Option<(f64, f64)>| {
        let above = |value: f64, limit: f64| value > limit + cells::BEYOND;
        shape.is_none_or(|(skew, kurt)| !(above(skew.abs(), limits.skewness) && above(kurt, limits.kurtosis)))
    };
    let mut now = shape(&|place| at(place).0, 0);
    let high = now.is_some_and(|(skew, _)| skew > 0.0);
    // A place counted from the end that changes.
    let place = |from_end: usize| if high { len - 1 - from_end } else { from_end };
    let units = |from_end: usize| at(place(from_end)).0;
    let mut changed = 0;
    while !is_even(now) {
        // All that has the value of the first that isn't changed yet goes to the next one.
        let mut next = changed + 1;
        while next < len && units(next) == units(changed) {
            next += 1;
        }
        if next >= len || next > limits.at_most as usize {
            break;
        }
        changed = next;
        now = shape(&units, changed);
    }
    for from_end in 0..len {
        found.put(field, at(place(from_end)).1, Ok(Value::Number(units(from_end.max(changed)))));
    }
}
