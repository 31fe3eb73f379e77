//! Operations along time. A group's cells ascend by their numbers; a number may have none.

use std::collections::VecDeque;

use ethnum::I256;

use super::{Field, Found, Result, number};
use crate::builtin::{Fault, cells, kernel};
use crate::plan::Function;
use crate::value::{Value, decimal};

/// Sums up to each cell.
pub fn cumulative(field: &Field<'_>, group: &[u32], found: &mut Found<'_>) {
    let mut sum = I256::ZERO;
    for &cell in group {
        sum += I256::from(field.units(cell).unwrap_or(0));
        found.put(field, cell, number(decimal::narrow(sum)));
    }
}

/// What a window asks for.
pub struct Window {
    /// The function.
    pub function: Function,
    /// How many numbers it is wide.
    pub width: i128,
    /// Whether it may be incomplete.
    pub partial: bool,
}

/// What lies in a window: it is moved on cell by cell.
#[derive(Default)]
struct Inside {
    cells: VecDeque<u32>,
    known: u64,
    sum: I256,
    /// Cells whose values are better than all behind them: the first is the best.
    best: VecDeque<u32>,
}

impl Inside {
    fn push(&mut self, field: &Field<'_>, cell: u32, window: &Window) {
        self.cells.push_back(cell);
        if !field.value(cell).is_known() {
            return;
        }
        self.known += 1;
        let Some(units) = field.units(cell) else { return };
        self.sum += I256::from(units);
        let is_beaten = |&last: &u32| {
            let last = field.units(last).unwrap_or(0);
            if window.function == Function::Max { last <= units } else { last >= units }
        };
        while self.best.back().is_some_and(is_beaten) {
            self.best.pop_back();
        }
        self.best.push_back(cell);
    }

    fn drop_before(&mut self, field: &Field<'_>, first: i128) {
        while let Some(cell) = self.cells.front().copied().filter(|&cell| field.position(cell) < first) {
            self.cells.pop_front();
            self.known -= u64::from(field.value(cell).is_known());
            self.sum -= I256::from(field.units(cell).unwrap_or(0));
            if self.best.front() == Some(&cell) {
                self.best.pop_front();
            }
        }
    }

    /// The result, with so many more values that are 0.
    fn result(&self, field: &Field<'_>, function: Function, zeros: u64) -> Result {
        let known = self.known + zeros;
        let zero = (zeros > 0).then_some(0);
        let best = || self.best.front().and_then(|&cell| field.units(cell)).into_iter().chain(zero);
        let known_or_missing = |units: Option<i128>| Ok(units.map_or(Value::Missing, Value::Number));
        match function {
            Function::Count => Ok(Value::Number(i128::from(known))),
            Function::Sum => number(decimal::narrow(self.sum)),
            Function::Min => known_or_missing(best().min()),
            Function::Max => known_or_missing(best().max()),
            _ if known == 0 => Ok(Value::Missing),
            _ => number(decimal::mean(self.sum, field.places, known)),
        }
    }
}

/// A function over the window that ends at each cell.
pub fn rolling(field: &Field<'_>, group: &[u32], window: &Window, found: &mut Found<'_>) {
    let Some((earliest, _)) = field.range() else { return };
    let absent_counts = field.absent().is_known();
    let mut inside = Inside::default();
    for &cell in group {
        let now = field.position(cell);
        let first = now - window.width + 1;
        inside.push(field, cell, window);
        inside.drop_before(field, first);
        let within_range = now - first.max(earliest) + 1;
        let absent = u64::try_from(within_range - inside.cells.len() as i128).unwrap_or(0);
        let zeros = if absent_counts { absent } else { 0 };
        let is_complete = first >= earliest && inside.known + zeros == inside.cells.len() as u64 + absent;
        let result = if is_complete || window.partial {
            inside.result(field, window.function, zeros)
        } else {
            Ok(Value::Missing)
        };
        found.put(field, cell, result);
    }
}

/// The longest age of which what is left is kept.
const KEPT: i128 = 4096;

/// What is left at each cell of it and of those before. Each sum is made anew: adding up reals in parts would give other
/// digits.
pub fn decay(field: &Field<'_>, group: &[u32], half_life: f64, found: &mut Found<'_>) {
    let mut left: Vec<f64> = Vec::new();
    let known: Vec<(i128, f64)> = field
        .known(group)
        .into_iter()
        .map(|(units, cell)| (field.position(cell), decimal::to_real(units, field.places)))
        .collect();
    for &cell in group {
        let now = field.position(cell);
        let mut sum = 0.0;
        for &(at, real) in known.iter().take_while(|(at, _)| *at <= now) {
            let age = now - at;
            while left.len() as i128 <= age.min(KEPT) {
                left.push(cells::decayed(left.len() as i128, half_life));
            }
            let kept = usize::try_from(age).ok().and_then(|age| left.get(age).copied());
            sum += real * kept.unwrap_or_else(|| cells::decayed(age, half_life));
        }
        found.put(field, cell, kernel::finite(sum).map(Value::Real));
    }
}

/// The value so many numbers before.
pub fn lag(field: &Field<'_>, group: &[u32], by: i128, found: &mut Found<'_>) {
    let Some((earliest, _)) = field.range() else { return };
    let absent = field.absent();
    for &cell in group {
        let wanted = field.position(cell) - by;
        let value = match group.binary_search_by_key(&wanted, |&other| field.position(other)) {
            Ok(place) => group.get(place).map_or(Value::Missing, |&cell| field.value(cell).clone()),
            Err(_) if wanted >= earliest => absent.clone(),
            Err(_) => Value::Missing,
        };
        found.put(field, cell, Ok(value));
    }
}

/// The last known value, if it isn't too old.
pub fn carry(field: &Field<'_>, group: &[u32], at_most: i128, found: &mut Found<'_>) {
    let mut last: Option<u32> = None;
    for &cell in group {
        if field.value(cell).is_known() {
            last = Some(cell);
        }
        let near = last.filter(|&last| field.position(cell) - field.position(last) <= at_most);
        found.put(field, cell, Ok::<_, Fault>(near.map_or(Value::Missing, |cell| field.value(cell).clone())));
    }
}
