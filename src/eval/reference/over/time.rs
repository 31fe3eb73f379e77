//! Operations along time: sums up to a cell, windows, what lies before.

use std::collections::BTreeMap;

use ethnum::I256;

use super::{Out, Place};
use crate::builtin::{Fault, cells, kernel};
use crate::eval::reference::Cells;
use crate::eval::reference::aggregate::{Trouble, combine};
use crate::eval::reference::expr::{self, Scope};
use crate::plan::over::{Operation, position};
use crate::plan::{Function, Index};
use crate::value::{Type, Value, decimal};

/// The first and the last number of a dimension that any cell has; none where it isn't one of time.
pub fn range(source: &Index, along: usize, all: &Cells) -> Option<(i128, i128)> {
    let ty = source.dims.get(along).map(|dim| &dim.ty.base)?;
    let numbers = || all.keys().filter_map(|dims| position(dims.get(along)?, ty));
    Some((numbers().min()?, numbers().max()?))
}

impl Place<'_> {
    /// The number of a value of the dimension.
    fn at(&self, value: &Value) -> i128 {
        let ty = self.source.dims.get(self.over.along).map_or(&Type::Flag, |dim| &dim.ty.base);
        position(value, ty).unwrap_or(0)
    }

    fn own(&self) -> i128 {
        self.dims.get(self.over.along).map_or(0, |value| self.at(value))
    }

    /// The cells of the group up to this one, from the oldest.
    fn so_far(&self) -> BTreeMap<i128, &Value> {
        let cells = self.group.iter().map(|(along, (_, value))| (self.at(along), *value));
        cells.filter(|(at, _)| *at <= self.own()).collect()
    }

    /// The value at a number of the dimension: `None` outside of its range; 0 or missing where there is no cell.
    fn value_at(&self, wanted: i128) -> Option<Value> {
        let (first, last) = self.range?;
        if first > wanted || last < wanted {
            return None;
        }
        let found = self.group.iter().find(|(along, _)| self.at(along) == wanted);
        Some(match found {
            Some((_, (_, value))) => (*value).clone(),
            None if self.source.absent_zero => expr::zero(&self.source.ty.base),
            None => Value::Missing,
        })
    }

    pub(super) fn in_time(&self) -> Out {
        match &self.over.operation {
            Operation::Cumulative { .. } => {
                let units =
                    |value: &&Value| if let Value::Number(units) = value { I256::from(*units) } else { I256::ZERO };
                let sum = self.so_far().values().map(units).fold(I256::ZERO, |sum, units| sum + units);
                self.number(decimal::narrow(sum))
            }
            Operation::Rolling { function, width, partial } => self.rolling(*function, *width, *partial),
            Operation::Decay { half_life, .. } => {
                let half_life = match expr::eval(half_life, &Scope::new(self.world))? {
                    Value::Number(units) => decimal::to_real(units, places(&half_life.ty.base)),
                    _ => f64::NAN,
                };
                let mut sum = 0.0;
                for (at, value) in self.so_far() {
                    if let Value::Number(units) = value {
                        let left = cells::decayed(self.own() - at, half_life);
                        sum += decimal::to_real(*units, self.places()) * left;
                    }
                }
                kernel::finite(sum).map(Value::Real).map_err(|fault| self.stop(fault))
            }
            Operation::Lag { by } => Ok(self.value_at(self.own() - i128::from(*by)).unwrap_or_default()),
            Operation::Carry { at_most } => {
                let near = |at: &i128| self.own() - at <= i128::from(*at_most);
                let mut before = self.so_far().into_iter().filter(|(at, value)| near(at) && value.is_known());
                Ok(before.next_back().map(|(_, value)| value.clone()).unwrap_or_default())
            }
            _ => Ok(Value::Missing),
        }
    }

    fn rolling(&self, function: Function, width: u32, partial: bool) -> Out {
        let mut known = Vec::new();
        let mut complete = true;
        for age in (0..i128::from(width)).rev() {
            match self.value_at(self.own() - age) {
                Some(value) if value.is_known() => known.push(value),
                _ => complete = false,
            }
        }
        if !complete && !partial {
            return Ok(Value::Missing);
        }
        combine(function, known, &self.source.ty.base).map_err(|trouble| match trouble {
            Trouble::Fault(fault) => self.stop(fault),
            Trouble::Several => self.stop(Fault::Overflow),
        })
    }
}

fn places(ty: &Type) -> u8 {
    if let Type::Number(places) = ty { *places } else { 0 }
}
