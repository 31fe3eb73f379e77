//! Outliers brought to the nearest value inside, step by step.

use std::collections::BTreeMap;

use super::others;
use crate::builtin::cells;
use crate::eval::reference::Cells;
use crate::plan::over::Operation;
use crate::plan::{Index, Over};
use crate::value::{Type, Value, decimal};

/// The cells that are changed, of an operation that is such.
pub fn changed(over: &Over, source: &Index, all: &Cells) -> Option<BTreeMap<Vec<Value>, Value>> {
    let Operation::Winsorise { skewness, kurtosis, at_most } = &over.operation else { return None };
    let limits = (decimal::to_real(skewness.0, skewness.1), decimal::to_real(kurtosis.0, kurtosis.1));
    let places = if let Type::Number(places) = source.ty.base { places } else { 0 };
    let mut changed = BTreeMap::new();
    let mut groups: BTreeMap<Vec<&Value>, Vec<(&Vec<Value>, i128)>> = BTreeMap::new();
    for (dims, value) in all {
        if let Value::Number(units) = value {
            groups.entry(others(dims, over.along)).or_default().push((dims, *units));
        }
    }
    for known in groups.into_values() {
        let treated = treated(known.iter().map(|(_, units)| *units).collect(), limits, *at_most as usize, places);
        for ((dims, before), after) in known.into_iter().zip(treated) {
            if before != after {
                changed.insert(dims.clone(), Value::Number(after));
            }
        }
    }
    Some(changed)
}

/// The values of a group, after as many steps as are needed and allowed.
fn treated(values: Vec<i128>, (skewness, kurtosis): (f64, f64), at_most: usize, places: u8) -> Vec<i128> {
    let mut now = values.clone();
    let mut upwards = None;
    loop {
        let mut ascending = now.clone();
        ascending.sort_unstable();
        let least = ascending.first().copied().unwrap_or(0);
        let reals: Vec<f64> = ascending.iter().map(|&units| decimal::distance(units, least, places)).collect();
        let Some((skew, kurt)) = cells::shape(&reals) else { return now };
        if skew.abs() <= skewness + cells::BEYOND || kurt <= kurtosis + cells::BEYOND {
            return now;
        }
        // The direction is that of the values as they are given.
        let high = *upwards.get_or_insert(skew > 0.0);
        let extreme = if high { ascending.last() } else { ascending.first() };
        let inner = ascending.iter().filter(|value| Some(*value) != extreme);
        let inner = if high { inner.max() } else { inner.min() };
        let (Some(&extreme), Some(&inner)) = (extreme, inner) else { return now };
        let next: Vec<i128> = now.iter().map(|&value| if value == extreme { inner } else { value }).collect();
        if next.iter().zip(&values).filter(|(after, before)| after != before).count() > at_most {
            return now;
        }
        now = next;
    }
}
