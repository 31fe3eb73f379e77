//! Means that aren't arithmetic, and what is weighted.

use ethnum::I256;

use super::aggregate::{Member, Trouble};
use crate::builtin::{Fault, cells};
use crate::plan::Function;
use crate::value::decimal::{self, QUOTIENT_PLACES};
use crate::value::{Type, Value, real};

type Out = Result<Value, Trouble>;

const OVERFLOW: Trouble = Trouble::Fault(Fault::Overflow);

fn places(ty: &Type) -> u8 {
    if let Type::Number(places) = ty { *places } else { 0 }
}

fn units(value: &Value) -> i128 {
    if let Value::Number(units) = value { *units } else { 0 }
}

fn wide(value: &Value) -> I256 {
    I256::from(units(value))
}

/// The geometric mean of decimals: reals are added in ascending order.
pub fn geometric(mut values: Vec<Value>, ty: &Type) -> Out {
    if values.is_empty() {
        return Ok(Value::Missing);
    }
    values.sort();
    let reals: Vec<f64> = values.iter().map(|value| decimal::to_real(units(value), places(ty))).collect();
    cells::geometric(&reals, None).map(Value::Real).map_err(Trouble::Fault)
}

/// The harmonic mean: `n / Σ(1/x)`, both quotients to 15 places; missing if one is 0.
pub fn harmonic(values: &[Value], ty: &Type) -> Out {
    let ones = values.iter().map(|value| (Value::Number(1), value));
    harmonic_of(ones.collect(), ty, 0)
}

/// `Σw / Σ(w/x)`.
fn harmonic_of(pairs: Vec<(Value, &Value)>, ty: &Type, of_weights: u8) -> Out {
    if pairs.is_empty() || pairs.iter().any(|(_, value)| units(value) == 0) {
        return Ok(Value::Missing);
    }
    let mut sum = I256::ZERO;
    for (weight, value) in &pairs {
        let part = decimal::divide(units(weight), of_weights, units(value), places(ty), QUOTIENT_PLACES);
        sum += I256::from(part.ok_or(OVERFLOW)?);
    }
    if sum == I256::ZERO {
        return Ok(Value::Missing);
    }
    let weights = pairs.iter().map(|(weight, _)| wide(weight)).fold(I256::ZERO, |sum, weight| sum + weight);
    let mean = decimal::ratio(weights, of_weights.into(), sum, QUOTIENT_PLACES.into(), QUOTIENT_PLACES);
    mean.map(Value::Number).ok_or(OVERFLOW)
}

/// The result of known values with weights. What has the weight 0 takes no part.
pub fn weighted(function: Function, members: Vec<Member>, ty: &Type, weight_ty: &Type) -> Out {
    let of_weights = places(weight_ty);
    let pairs: Vec<(Value, Value)> = members
        .into_iter()
        .map(|member| (member.weight.unwrap_or_default(), member.value))
        .filter(|(weight, _)| units(weight) != 0)
        .collect();
    let products = || pairs.iter().map(|(weight, value)| wide(weight) * wide(value));
    let total = products().try_fold(I256::ZERO, I256::checked_add).ok_or(OVERFLOW)?;
    let weights = pairs.iter().map(|(weight, _)| wide(weight)).fold(I256::ZERO, |sum, weight| sum + weight);
    match function {
        Function::Sum => decimal::narrow(total).map(Value::Number).ok_or(OVERFLOW),
        _ if pairs.is_empty() => Ok(Value::Missing),
        Function::Mean => {
            let of_products = u32::from(places(ty)) + u32::from(of_weights);
            let mean = decimal::ratio(total, of_products, weights, of_weights.into(), QUOTIENT_PLACES);
            mean.map(Value::Number).ok_or(OVERFLOW)
        }
        Function::HarmonicMean => {
            harmonic_of(pairs.iter().map(|(weight, value)| (weight.clone(), value)).collect(), ty, of_weights)
        }
        _ => geometric_of(pairs, ty, of_weights),
    }
}

/// `exp(Σ w · ln x / Σ w)`, added by value, then by weight, ascending.
fn geometric_of(mut pairs: Vec<(Value, Value)>, ty: &Type, of_weights: u8) -> Out {
    pairs.sort_by(|a, b| (&a.1, &a.0).cmp(&(&b.1, &b.0)));
    let reals: Vec<f64> = pairs.iter().map(|(_, value)| decimal::to_real(units(value), places(ty))).collect();
    let weights: Vec<f64> = pairs.iter().map(|(weight, _)| decimal::to_real(units(weight), of_weights)).collect();
    let sum = pairs.iter().map(|(weight, _)| wide(weight)).fold(I256::ZERO, |sum, weight| sum + weight);
    // The sum of the weights is exact, and made a real at once.
    let sum = real::of_decimal(sum, of_weights);
    cells::geometric(&reals, Some((&weights, sum))).map(Value::Real).map_err(Trouble::Fault)
}
