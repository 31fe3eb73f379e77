//! The place of a value among those of its group: ranks, ranges, distances.

use ethnum::I256;

use super::{Field, Found, Result, cells_of, number, total};
use crate::builtin::{Fault, cells};
use crate::eval::engine::world::World;
use crate::plan::Expr;
use crate::plan::over::{Reference, Ties};
use crate::value::decimal::{self, QUOTIENT_PLACES};
use crate::value::{Type, Value};

/// The place of each known value.
pub fn rank(field: &Field<'_>, group: &[u32], highest_first: bool, ties: Ties, found: &mut Found<'_>) {
    let mut known = field.known(group);
    known.sort_unstable();
    if highest_first {
        known.reverse();
    }
    let mut before = 0;
    for (step, same) in known.chunk_by(|(a, _), (b, _)| a == b).enumerate() {
        let (first, last) = (before + 1, before + same.len() as i128);
        let place = match ties {
            Ties::Min => first,
            Ties::Max => last,
            Ties::Dense => step as i128 + 1,
            // In tenths.
            Ties::Average => (first + last) * 5,
        };
        same.iter().for_each(|&(_, cell)| found.put(field, cell, Ok(Value::Number(place))));
        before = last;
    }
}

/// To what a range is brought.
#[derive(Clone, Copy)]
pub struct Scale {
    /// What the ends become.
    pub to: (i128, i128),
    /// The places of these.
    pub places: u8,
    /// Whether what lies beyond becomes that of the end.
    pub capped: bool,
}

impl Scale {
    /// Where a number lies between two others of the same places.
    fn of(self, own: i128, low: i128, high: i128, places: u8) -> Result {
        if low == high {
            return Ok(Value::Missing);
        }
        let result = || {
            let (way, all) = (decimal::subtract(own, low)?, decimal::subtract(high, low)?);
            let share = decimal::divide(way, places, all, places, QUOTIENT_PLACES)?;
            let one = decimal::power_of_ten(QUOTIENT_PLACES)?;
            let share = if self.capped { share.max(0).min(one) } else { share };
            let length = decimal::subtract(self.to.1, self.to.0)?;
            let base = decimal::widen(self.to.0, self.places, self.places + QUOTIENT_PLACES)?;
            decimal::add(decimal::multiply(length, share)?, base)
        };
        number(result())
    }
}

/// From the least to the greatest of the group.
pub fn min_max(field: &Field<'_>, group: &[u32], scale: Scale, found: &mut Found<'_>) {
    let known = field.known(group);
    let numbers = || known.iter().map(|(units, _)| *units);
    let (Some(low), Some(high)) = (numbers().min(), numbers().max()) else { return };
    for &(own, cell) in &known {
        found.put(field, cell, scale.of(own, low, high, field.places));
    }
}

/// From a number of each cell to another.
pub fn goalposts<'a>(
    world: &World<'a>,
    field: &Field<'_>,
    (low, high): (&'a Expr, &'a Expr),
    scale: Scale,
    found: &mut Found<'_>,
) {
    let cells: Vec<u32> = field.known(&field.order).into_iter().map(|(_, cell)| cell).collect();
    let ends = field.columns(world, &[low, high], &cells, found);
    let [lows, highs] = ends.as_slice() else { return };
    let wide = if let Type::Number(places) = low.ty.base { places } else { field.places };
    for (place, cell) in cells_of(&cells) {
        let (Value::Number(low), Value::Number(high)) = (lows.value(place), highs.value(place)) else { continue };
        let own = field.units(cell).and_then(|own| decimal::widen(own, field.places, wide));
        // Where both ends are the same there is nothing to compute.
        let result = match own {
            _ if low == high => Ok(Value::Missing),
            Some(own) => scale.of(own, low, high, wide),
            None => Err(Fault::Overflow),
        };
        found.put(field, cell, result);
    }
}

/// How far each value lies from the mean.
pub fn z_scores(field: &Field<'_>, group: &[u32], found: &mut Found<'_>) {
    let known = field.known(group);
    let mut squares = Some(I256::ZERO);
    for (units, _) in &known {
        let wide = I256::from(*units);
        squares = squares.and_then(|sum| sum.checked_add(wide.checked_mul(wide)?));
    }
    let sum = total(&known);
    for &(own, cell) in &known {
        let result = match squares {
            Some(squares) => cells::z_score(own, known.len() as u64, sum, squares),
            None => Err(Fault::Overflow),
        };
        found.put(field, cell, result);
    }
}

/// Each value in relation to one of the group.
pub fn distance(field: &Field<'_>, group: &[u32], along: usize, to: &Reference<Expr>, found: &mut Found<'_>) {
    let known = field.known(group);
    let numbers = || known.iter().map(|(units, _)| *units);
    let (reference, places) = match to {
        Reference::Min => (Ok(numbers().min()), field.places),
        Reference::Max => (Ok(numbers().max()), field.places),
        Reference::Mean => {
            let mean = decimal::mean(total(&known), field.places, known.len() as u64);
            (mean.map(Some).ok_or(Fault::Overflow), QUOTIENT_PLACES)
        }
        Reference::At(at) => {
            let crate::plan::ExprKind::Const(wanted) = &at.kind else { return };
            let is_there = |cell: &&u32| field.key(**cell).get(along) == Some(wanted);
            (Ok(group.iter().find(is_there).and_then(|&cell| field.units(cell))), field.places)
        }
    };
    for &(own, cell) in &known {
        let result = match reference {
            Ok(None | Some(0)) => Ok(Value::Missing),
            Ok(Some(reference)) => number(decimal::divide(own, field.places, reference, places, QUOTIENT_PLACES)),
            Err(fault) => Err(fault),
        };
        found.put(field, cell, result);
    }
}
