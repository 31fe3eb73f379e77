//! Means that aren't arithmetic, and what is weighted by the scheme.

use ethnum::I256;

use super::aggregate::{Failure, Result, Weights};
use super::group::Groups;
use super::vector::at;
use crate::builtin::{Fault, cells};
use crate::plan::Function;
use crate::value::column::{Column, Data};
use crate::value::decimal::{self, QUOTIENT_PLACES};
use crate::value::{Type, Value, real};

/// How much each value counts.
pub struct Shares {
    /// Their units.
    pub units: Vec<i128>,
    /// Their places.
    pub places: u8,
}

/// What comes together in a cell.
#[derive(Clone, Default)]
struct Gathered {
    /// How many values take part.
    count: u64,
    /// The sum of their weights.
    weights: I256,
    /// That of their products, or of the quotients of weights by values; none where it left 256 bits.
    sum: I256,
    overflow: bool,
    /// Whether a value is 0.
    zero: bool,
    /// The values with their weights and how often each stands there.
    list: Vec<(i128, i128, i64)>,
}

impl Gathered {
    fn add(&mut self, function: Function, value: i128, places: u8, weight: (i128, u8), times: i64) {
        let (share, of_shares) = weight;
        self.count += times.unsigned_abs();
        self.weights += I256::from(share) * I256::from(times);
        self.zero |= value == 0;
        let part = match function {
            Function::GeometricMean => {
                self.list.push((value, share, times));
                return;
            }
            Function::HarmonicMean if value == 0 => return,
            Function::HarmonicMean => decimal::divide(share, of_shares, value, places, QUOTIENT_PLACES).map(I256::from),
            _ => Some(I256::from(value) * I256::from(share)),
        };
        let sum = part.and_then(|part| self.sum.checked_add(part.checked_mul(I256::from(times))?));
        self.overflow |= sum.is_none();
        self.sum = sum.unwrap_or(self.sum);
    }

    fn result(self, function: Function, places: u8, of_shares: Option<u8>) -> Result {
        let number = |units: Option<i128>| units.map(Value::Number).ok_or(Failure::Fault(Fault::Overflow));
        let of_weights = u32::from(of_shares.unwrap_or(0));
        let quotient = u32::from(QUOTIENT_PLACES);
        match function {
            _ if self.overflow && !(self.zero && function == Function::HarmonicMean) => number(None),
            Function::Sum => number(decimal::narrow(self.sum)),
            _ if self.count == 0 => Ok(Value::Missing),
            Function::Mean => {
                let of_products = u32::from(places) + of_weights;
                number(decimal::ratio(self.sum, of_products, self.weights, of_weights, QUOTIENT_PLACES))
            }
            Function::HarmonicMean if self.zero || self.sum == I256::ZERO => Ok(Value::Missing),
            Function::HarmonicMean => {
                number(decimal::ratio(self.weights, of_weights, self.sum, quotient, QUOTIENT_PLACES))
            }
            _ => self.geometric(places, of_shares),
        }
    }

    /// Logarithms are added by value, then by weight, ascending; what stands for several, as often.
    fn geometric(mut self, places: u8, of_shares: Option<u8>) -> Result {
        self.list.sort_unstable();
        let times = |times: i64| usize::try_from(times).unwrap_or(0);
        let reals: Vec<f64> = self
            .list
            .iter()
            .flat_map(|&(value, _, n)| std::iter::repeat_n(decimal::to_real(value, places), times(n)))
            .collect();
        let mean = match of_shares {
            None => cells::geometric(&reals, None),
            Some(of_shares) => {
                let shares = self.list.iter();
                let shares: Vec<f64> = shares
                    .flat_map(|&(_, share, n)| std::iter::repeat_n(decimal::to_real(share, of_shares), times(n)))
                    .collect();
                cells::geometric(&reals, Some((&shares, real::of_decimal(self.weights, of_shares))))
            }
        };
        mean.map(Value::Real).map_err(Failure::Fault)
    }
}

/// The result for each group of known values. What has the weight 0 takes no part.
pub fn results(
    function: Function,
    values: &Column,
    ty: &Type,
    groups: &Groups,
    times: &Weights,
    shares: Option<&Shares>,
) -> Vec<Result> {
    let places = if let Type::Number(places) = ty { *places } else { 0 };
    let mut cells = vec![Gathered::default(); groups.first.len()];
    for (place, &id) in groups.ids.iter().enumerate() {
        let value = match &values.data {
            Data::Small(v) => i128::from(at(v, place)),
            Data::Wide(v) => at(v, place),
            _ => 0,
        };
        let weight = shares.map_or((1, 0), |shares| (at(&shares.units, place), shares.places));
        if let Some(cell) = cells.get_mut(id as usize).filter(|_| weight.0 != 0) {
            cell.add(function, value, places, weight, times.of(place));
        }
    }
    cells.into_iter().map(|cell| cell.result(function, places, shares.map(|shares| shares.places))).collect()
}
