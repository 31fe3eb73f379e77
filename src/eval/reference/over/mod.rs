//! An operation over a dimension, as plainly as it can be: each cell looks at all others of its group.

mod time;
mod winsorise;

use std::collections::BTreeMap;

use ethnum::I256;

use super::aggregate::report;
use super::expr::{self, Scope, Stop};
use super::world::World;
use super::{Cells, Computed};
use crate::builtin::{Fault, cells};
use crate::diag::Problems;
use crate::plan::over::{Filling, Operation, Reference, Ties};
use crate::plan::{Expr, Index, Over};
use crate::value::decimal::{self, QUOTIENT_PLACES};
use crate::value::{Type, Value};

type Out = Result<Value, Stop>;

/// A cell beside the others.
struct Place<'g> {
    world: &'g World<'g>,
    /// The index whose cells these are.
    source: &'g Index,
    /// The first and the last number of the dimension that any of its cells has.
    range: Option<(i128, i128)>,
    over: &'g Over,
    /// The result.
    index: &'g Index,
    /// The dimensions of the cell.
    dims: &'g [Value],
    /// Its value.
    value: &'g Value,
    /// The cells of its group, by the value of the dimension; it is among them.
    group: &'g Group<'g>,
}

/// The cells of a group, by the value of the dimension, with all their dimensions.
type Group<'g> = BTreeMap<&'g Value, (&'g [Value], &'g Value)>;

/// The cells of an operation: those of its source.
pub fn cells(
    world: &World<'_>,
    index: &Index,
    over: &Over,
    (source, all): (&Index, &Cells),
    problems: &mut Problems,
) -> Computed {
    let mut computed = Computed::default();
    let changed = winsorise::changed(over, source, all);
    let mut groups: BTreeMap<Vec<&Value>, Group<'_>> = BTreeMap::new();
    for (dims, value) in all {
        if let Some(along) = dims.get(over.along) {
            groups.entry(others(dims, over.along)).or_default().insert(along, (dims, value));
        }
    }
    let range = time::range(source, over.along, all);
    for (dims, value) in all {
        let Some(group) = groups.get(&others(dims, over.along)) else { continue };
        let place = Place { world, source, range, over, index, dims, value, group };
        let result = match &changed {
            Some(changed) => Ok(changed.get(dims).unwrap_or(value).clone()),
            None => place.result(),
        };
        let value = result.unwrap_or_else(|stop| {
            computed.broken = true;
            report(stop.at_cell(world, index, dims), problems);
            Value::Missing
        });
        computed.cells.insert(dims.clone(), value);
    }
    computed
}

/// The value of one cell of an operation; `None` if it isn't there, or has no result.
pub fn one(
    world: &World<'_>,
    index: &Index,
    over: &Over,
    (source, all): (&Index, &Cells),
    dims: &[Value],
) -> Option<Value> {
    let (dims, value) = all.get_key_value(dims)?;
    let own = others(dims, over.along);
    let group = || all.iter().filter(|(dims, _)| others(dims, over.along) == own);
    if matches!(over.operation, Operation::Winsorise { .. }) {
        let group = group().map(|(dims, value)| (dims.clone(), value.clone())).collect();
        return Some(winsorise::changed(over, source, &group)?.get(dims).unwrap_or(value).clone());
    }
    let of_group = group().filter_map(|(dims, value)| Some((dims.get(over.along)?, (&**dims, value))));
    let group: Group<'_> = of_group.collect();
    let range = time::range(source, over.along, all);
    Place { world, source, range, over, index, dims, value, group: &group }.result().ok()
}

/// The dimensions of a cell but one: those that its group has in common.
pub(in crate::eval) fn others(dims: &[Value], but: usize) -> Vec<&Value> {
    dims.iter().enumerate().filter(|(at, _)| *at != but).map(|(_, value)| value).collect()
}

impl Place<'_> {
    fn result(&self) -> Out {
        match &self.over.operation {
            Operation::Rank { highest_first, ties } => Ok(self.rank(*highest_first, *ties)),
            Operation::MinMax { from, to, places, capped } => self.min_max(from.as_ref(), *to, *places, *capped),
            Operation::ZScore => self.z_score(),
            Operation::Distance { to } => self.distance(to),
            Operation::Fill { function, by } => self.fill(*function, by),
            Operation::Winsorise { .. } => Ok(self.value.clone()),
            _ => self.in_time(),
        }
    }

    fn stop(&self, fault: Fault) -> Stop {
        Stop::Fault(fault, self.index.span)
    }

    fn number(&self, units: Option<i128>) -> Out {
        units.map(Value::Number).ok_or_else(|| self.stop(Fault::Overflow))
    }

    /// The places of the source's values.
    fn places(&self) -> u8 {
        if let Type::Number(places) = self.source.ty.base { places } else { 0 }
    }

    /// The known values of the group.
    fn known(&self) -> Vec<i128> {
        self.group
            .values()
            .filter_map(|(_, value)| if let Value::Number(units) = value { Some(*units) } else { None })
            .collect()
    }

    fn rank(&self, highest_first: bool, ties: Ties) -> Value {
        let Value::Number(own) = self.value else { return Value::Missing };
        let known = self.known();
        let is_before = |other: &i128| if highest_first { other > own } else { other < own };
        let before: Vec<i128> = known.iter().copied().filter(is_before).collect();
        let same = known.iter().filter(|other| *other == own).count();
        let first = before.len() as i128 + 1;
        let last = (before.len() + same) as i128;
        Value::Number(match ties {
            Ties::Min => first,
            Ties::Max => last,
            Ties::Dense => before.iter().collect::<std::collections::BTreeSet<_>>().len() as i128 + 1,
            // With one decimal place: the mean of the two is exact.
            Ties::Average => (first + last) * 5,
        })
    }

    fn min_max(&self, from: Option<&(Expr, Expr)>, to: (i128, i128), places: u8, capped: bool) -> Out {
        let Value::Number(own) = self.value else { return Ok(Value::Missing) };
        let (low, high, wide) = match from {
            None => {
                let known = self.known();
                (known.iter().min().copied(), known.iter().max().copied(), self.places())
            }
            Some((low, high)) => {
                let wide = if let Type::Number(places) = low.ty.base { places } else { 0 };
                let end = |expr: &Expr| {
                    let scope = Scope { dims: self.dims, ..Scope::new(self.world) };
                    Ok(if let Value::Number(units) = expr::eval(expr, &scope)? { Some(units) } else { None })
                };
                (end(low)?, end(high)?, wide)
            }
        };
        let (Some(low), Some(high)) = (low, high) else { return Ok(Value::Missing) };
        if low == high {
            return Ok(Value::Missing);
        }
        let share = || {
            let own = decimal::subtract(decimal::widen(*own, self.places(), wide)?, low)?;
            decimal::divide(own, wide, decimal::subtract(high, low)?, wide, QUOTIENT_PLACES)
        };
        let one = decimal::power_of_ten(QUOTIENT_PLACES).unwrap_or(1);
        let share = share().map(|share| if capped { share.clamp(0, one) } else { share });
        let result = || {
            let way = decimal::multiply(share?, decimal::subtract(to.1, to.0)?)?;
            decimal::add(decimal::widen(to.0, places, places + QUOTIENT_PLACES)?, way)
        };
        self.number(result())
    }

    fn z_score(&self) -> Out {
        let Value::Number(own) = self.value else { return Ok(Value::Missing) };
        let known = self.known();
        let wide = |units: &i128| I256::from(*units);
        let sum = known.iter().map(wide).try_fold(I256::ZERO, I256::checked_add);
        let squares = known.iter().map(|x| wide(x) * wide(x)).try_fold(I256::ZERO, I256::checked_add);
        let (Some(sum), Some(squares)) = (sum, squares) else { return Err(self.stop(Fault::Overflow)) };
        cells::z_score(*own, known.len() as u64, sum, squares).map_err(|fault| self.stop(fault))
    }

    fn distance(&self, to: &Reference<Expr>) -> Out {
        let Value::Number(own) = self.value else { return Ok(Value::Missing) };
        let known = self.known();
        let (reference, places) = match to {
            Reference::Min => (known.iter().min().copied(), self.places()),
            Reference::Max => (known.iter().max().copied(), self.places()),
            Reference::Mean => (Some(self.mean(&known)?), QUOTIENT_PLACES),
            Reference::At(at) => {
                let at = expr::eval(at, &Scope::new(self.world))?;
                let units = if let Some((_, Value::Number(units))) = self.group.get(&at) { Some(*units) } else { None };
                (units, self.places())
            }
        };
        match reference {
            None | Some(0) => Ok(Value::Missing),
            Some(reference) => self.number(decimal::divide(*own, self.places(), reference, places, QUOTIENT_PLACES)),
        }
    }

    /// The mean of numbers of the source's places, of which there is at least one.
    fn mean(&self, known: &[i128]) -> Result<i128, Stop> {
        let sum = known.iter().map(|units| I256::from(*units)).fold(I256::ZERO, |sum, units| sum + units);
        decimal::mean(sum, self.places(), known.len() as u64).ok_or_else(|| self.stop(Fault::Overflow))
    }

    fn fill(&self, function: Filling, by: &[Expr]) -> Out {
        let key = |dims: &[Value]| expr::eval_all(by, &Scope { dims, ..Scope::new(self.world) });
        let own_key = key(self.dims)?;
        let own = self.places();
        let to = if let Type::Number(places) = self.index.ty.base { places } else { own };
        if let Value::Number(units) = self.value {
            return self.number(decimal::widen(*units, own, to));
        }
        let mut known = Vec::new();
        for (dims, value) in self.group.values() {
            // What can't be said of another cell is reported there.
            if let (Value::Number(units), Ok(key)) = (value, key(dims))
                && key == own_key
            {
                known.push(*units);
            }
        }
        known.sort_unstable();
        let middle = |at: usize| known.get(at).copied().unwrap_or(0);
        match function {
            _ if known.is_empty() => Ok(Value::Missing),
            Filling::Mean => self.number(decimal::widen(self.mean(&known)?, QUOTIENT_PLACES, to)),
            Filling::Min => Ok(Value::Number(middle(0))),
            Filling::Max => Ok(Value::Number(middle(known.len() - 1))),
            // With one more decimal place: half of a sum is five times it.
            Filling::Median => {
                let sum = decimal::add(middle((known.len() - 1) / 2), middle(known.len() / 2));
                self.number(sum.and_then(|sum| decimal::multiply(sum, 5)))
            }
        }
    }
}
