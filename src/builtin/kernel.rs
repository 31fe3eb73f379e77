//! Kernels: the value of a function for one row or cell. The engine has loops of its own for the commonest.

use std::cmp::Ordering;
use std::sync::Arc;

use super::{Fault, cells};
use crate::value::calendar::{self, Period};
use crate::value::{Type, Value, decimal, real};

type Out = Result<Value, Fault>;

fn places(ty: &Type) -> u8 {
    if let Type::Number(places) = ty { *places } else { 0 }
}

fn number(units: Option<i128>) -> Out {
    units.map(Value::Number).ok_or(Fault::Overflow)
}

/// A real result: finite, and never minus zero, so that equal reals print alike.
pub fn finite(real: f64) -> Result<f64, Fault> {
    if real.is_finite() { Ok(real + 0.0) } else { Err(Fault::NotFinite) }
}

fn real_value(real: f64) -> Out {
    finite(real).map(Value::Real)
}

fn arithmetic(args: &[Value], exact: fn(i128, i128) -> Option<i128>, real: fn(f64, f64) -> f64) -> Out {
    match args {
        [Value::Number(a), Value::Number(b)] => number(exact(*a, *b)),
        [Value::Real(a), Value::Real(b)] => real_value(real(*a, *b)),
        _ => Ok(Value::Missing),
    }
}

pub(super) fn add(args: &[Value], _: &[&Type], _: &Type) -> Out {
    arithmetic(args, decimal::add, |a, b| a + b)
}

pub(super) fn subtract(args: &[Value], _: &[&Type], _: &Type) -> Out {
    arithmetic(args, decimal::subtract, |a, b| a - b)
}

pub(super) fn multiply(args: &[Value], _: &[&Type], _: &Type) -> Out {
    arithmetic(args, decimal::multiply, |a, b| a * b)
}

pub(super) fn divide(args: &[Value], types: &[&Type], out: &Type) -> Out {
    match (args, types) {
        ([Value::Number(_), Value::Number(0)], _) => Ok(Value::Missing),
        ([Value::Number(a), Value::Number(b)], [ta, tb]) => {
            number(decimal::divide(*a, places(ta), *b, places(tb), places(out)))
        }
        ([Value::Real(_), Value::Real(b)], _) if *b == 0.0 => Ok(Value::Missing),
        ([Value::Real(a), Value::Real(b)], _) => real_value(a / b),
        _ => Ok(Value::Missing),
    }
}

pub(super) fn negate(args: &[Value], _: &[&Type], _: &Type) -> Out {
    Ok(match args {
        [Value::Number(a)] => Value::Number(-a),
        [Value::Real(a)] => Value::Real(0.0 - a),
        _ => Value::Missing,
    })
}

pub(super) fn widen(args: &[Value], types: &[&Type], out: &Type) -> Out {
    match (args, types) {
        ([Value::Number(a)], [from]) => number(decimal::widen(*a, places(from), places(out))),
        _ => Ok(Value::Missing),
    }
}

pub(super) fn to_real(args: &[Value], types: &[&Type], _: &Type) -> Out {
    Ok(match (args, types) {
        ([Value::Number(a)], [from]) => Value::Real(decimal::to_real(*a, places(from))),
        ([Value::Real(a)], _) => Value::Real(*a),
        _ => Value::Missing,
    })
}

pub(super) fn year_number(args: &[Value], _: &[&Type], _: &Type) -> Out {
    Ok(match args {
        [Value::Period(year)] => Value::Number(i128::from(*year)),
        _ => Value::Missing,
    })
}

pub(super) fn partial(args: &[Value], _: &[&Type], _: &Type) -> Out {
    Ok(match args {
        [Value::Date(day)] => Value::Partial(*day, *day),
        [partial] => partial.clone(),
        _ => Value::Missing,
    })
}

pub(super) fn round(args: &[Value], types: &[&Type], out: &Type) -> Out {
    match (args, types) {
        ([Value::Number(a)], [from]) => number(decimal::round(*a, places(from), places(out))),
        ([Value::Real(a)], _) => number(real::round(*a, places(out))),
        _ => Ok(Value::Missing),
    }
}

pub(super) fn floor(args: &[Value], types: &[&Type], _: &Type) -> Out {
    match (args, types) {
        ([Value::Number(a)], [from]) => number(decimal::power_of_ten(places(from)).map(|factor| a.div_euclid(factor))),
        ([Value::Real(a)], _) => number(decimal::from_real(a.floor(), 0)),
        _ => Ok(Value::Missing),
    }
}

fn compare(args: &[Value], holds: fn(Ordering) -> bool) -> Out {
    Ok(match args {
        [a, b] => Value::Flag(holds(a.cmp(b))),
        _ => Value::Missing,
    })
}

pub(super) fn equal(args: &[Value], _: &[&Type], _: &Type) -> Out {
    compare(args, Ordering::is_eq)
}

pub(super) fn different(args: &[Value], _: &[&Type], _: &Type) -> Out {
    compare(args, Ordering::is_ne)
}

pub(super) fn less(args: &[Value], _: &[&Type], _: &Type) -> Out {
    compare(args, Ordering::is_lt)
}

pub(super) fn less_or_equal(args: &[Value], _: &[&Type], _: &Type) -> Out {
    compare(args, Ordering::is_le)
}

pub(super) fn greater(args: &[Value], _: &[&Type], _: &Type) -> Out {
    compare(args, Ordering::is_gt)
}

pub(super) fn greater_or_equal(args: &[Value], _: &[&Type], _: &Type) -> Out {
    compare(args, Ordering::is_ge)
}

/// Of values that were all evaluated; the evaluators go no further than needed.
pub(super) fn and(args: &[Value], _: &[&Type], _: &Type) -> Out {
    Ok(Value::Flag(args.iter().all(|arg| *arg == Value::Flag(true))))
}

pub(super) fn or(args: &[Value], _: &[&Type], _: &Type) -> Out {
    Ok(Value::Flag(args.contains(&Value::Flag(true))))
}

pub(super) fn not(args: &[Value], _: &[&Type], _: &Type) -> Out {
    Ok(match args {
        [Value::Flag(flag)] => Value::Flag(!flag),
        _ => Value::Missing,
    })
}

pub(super) fn otherwise(args: &[Value], _: &[&Type], _: &Type) -> Out {
    Ok(args.iter().find(|arg| arg.is_known()).cloned().unwrap_or_default())
}

pub(super) fn known(args: &[Value], _: &[&Type], _: &Type) -> Out {
    Ok(Value::Flag(args.iter().all(Value::is_known)))
}

pub(super) fn abs(args: &[Value], _: &[&Type], _: &Type) -> Out {
    Ok(match args {
        [Value::Number(a)] => Value::Number(a.abs()),
        [Value::Real(a)] => Value::Real(a.abs()),
        _ => Value::Missing,
    })
}

pub(super) fn least(args: &[Value], _: &[&Type], _: &Type) -> Out {
    Ok(args.iter().filter(|arg| arg.is_known()).min().cloned().unwrap_or_default())
}

pub(super) fn greatest(args: &[Value], _: &[&Type], _: &Type) -> Out {
    Ok(args.iter().filter(|arg| arg.is_known()).max().cloned().unwrap_or_default())
}

fn real_of(value: &Value) -> f64 {
    if let Value::Real(real) = value { *real } else { f64::NAN }
}

pub(super) fn mean(args: &[Value], types: &[&Type], _: &Type) -> Out {
    let n = args.len() as u64;
    if matches!(types.first(), Some(Type::Real)) {
        return real_value(args.iter().map(real_of).sum::<f64>() / n as f64);
    }
    let places = types.first().map_or(0, |ty| places(ty));
    let sum = args.iter().fold(ethnum::I256::ZERO, |sum, arg| match arg {
        Value::Number(units) => sum + ethnum::I256::from(*units),
        _ => sum,
    });
    number(decimal::mean(sum, places, n))
}

/// `(x₁ · … · xₙ)^(1/n)`, as `exp(Σ ln xᵢ / n)`; 0 if one is 0. Decancq and Lugo (2013), section 3.2.
pub(super) fn geometric_mean(args: &[Value], _: &[&Type], _: &Type) -> Out {
    let reals: Vec<f64> = args.iter().map(real_of).collect();
    cells::geometric(&reals, None).map(Value::Real)
}

fn one_real(args: &[Value], compute: fn(f64) -> f64) -> Out {
    real_value(args.first().map_or(f64::NAN, |arg| compute(real_of(arg))))
}

pub(super) fn ln(args: &[Value], _: &[&Type], _: &Type) -> Out {
    one_real(args, libm::log)
}

pub(super) fn exp(args: &[Value], _: &[&Type], _: &Type) -> Out {
    one_real(args, libm::exp)
}

pub(super) fn sqrt(args: &[Value], _: &[&Type], _: &Type) -> Out {
    one_real(args, libm::sqrt)
}

pub(super) fn pow(args: &[Value], _: &[&Type], _: &Type) -> Out {
    match args {
        [Value::Real(base), Value::Real(exponent)] => real_value(libm::pow(*base, *exponent)),
        _ => Ok(Value::Missing),
    }
}

/// The first and last day of a date, partial date or period.
fn edges(value: &Value, ty: &Type) -> Option<(i32, i32)> {
    match (value, ty) {
        (Value::Date(day), _) => Some((*day, *day)),
        (Value::Partial(first, last), _) => Some((*first, *last)),
        (Value::Period(period), Type::Period(kind)) => Some((kind.first_day(*period), kind.last_day(*period))),
        _ => None,
    }
}

fn first_edges(args: &[Value], types: &[&Type]) -> Option<(i32, i32)> {
    edges(args.first()?, types.first()?)
}

pub(super) fn period(args: &[Value], types: &[&Type], out: &Type) -> Out {
    Ok(match (first_edges(args, types), out) {
        (Some((first, _)), Type::Period(kind)) => Value::Period(kind.of(first)),
        _ => Value::Missing,
    })
}

fn from_day(args: &[Value], types: &[&Type], compute: impl Fn(i32) -> i128) -> Out {
    Ok(first_edges(args, types).map_or(Value::Missing, |(first, _)| Value::Number(compute(first))))
}

pub(super) fn month_of_year(args: &[Value], types: &[&Type], _: &Type) -> Out {
    from_day(args, types, |day| i128::from(calendar::civil(day).1))
}

pub(super) fn day_of_month(args: &[Value], types: &[&Type], _: &Type) -> Out {
    from_day(args, types, |day| i128::from(calendar::civil(day).2))
}

pub(super) fn day_of_week(args: &[Value], types: &[&Type], _: &Type) -> Out {
    from_day(args, types, |day| i128::from(day - Period::Week.of(day) + 1))
}

pub(super) fn earliest(args: &[Value], types: &[&Type], _: &Type) -> Out {
    Ok(first_edges(args, types).map_or(Value::Missing, |(first, _)| Value::Date(first)))
}

pub(super) fn latest(args: &[Value], types: &[&Type], _: &Type) -> Out {
    Ok(first_edges(args, types).map_or(Value::Missing, |(_, last)| Value::Date(last)))
}

pub(super) fn days_between(args: &[Value], _: &[&Type], _: &Type) -> Out {
    Ok(match args {
        [Value::Date(a), Value::Date(b)] => Value::Number(i128::from(*b) - i128::from(*a)),
        _ => Value::Missing,
    })
}

fn text(args: &[Value], at: usize) -> &str {
    if let Some(Value::Text(text)) = args.get(at) { text } else { "" }
}

fn whole(args: &[Value], at: usize) -> usize {
    if let Some(Value::Number(n)) = args.get(at) { usize::try_from(*n).unwrap_or(0) } else { 0 }
}

fn made(text: String) -> Out {
    Ok(Value::Text(Arc::from(text)))
}

pub(super) fn lower(args: &[Value], _: &[&Type], _: &Type) -> Out {
    made(text(args, 0).to_lowercase())
}

pub(super) fn upper(args: &[Value], _: &[&Type], _: &Type) -> Out {
    made(text(args, 0).to_uppercase())
}

pub(super) fn length(args: &[Value], _: &[&Type], _: &Type) -> Out {
    Ok(Value::Number(text(args, 0).chars().count() as i128))
}

pub(super) fn starts(args: &[Value], _: &[&Type], _: &Type) -> Out {
    Ok(Value::Flag(text(args, 0).starts_with(text(args, 1))))
}

pub(super) fn ends(args: &[Value], _: &[&Type], _: &Type) -> Out {
    Ok(Value::Flag(text(args, 0).ends_with(text(args, 1))))
}

pub(super) fn contains(args: &[Value], _: &[&Type], _: &Type) -> Out {
    Ok(Value::Flag(text(args, 0).contains(text(args, 1))))
}

pub(super) fn left(args: &[Value], _: &[&Type], _: &Type) -> Out {
    made(text(args, 0).chars().take(whole(args, 1)).collect())
}

pub(super) fn right(args: &[Value], _: &[&Type], _: &Type) -> Out {
    let all = text(args, 0);
    let skipped = all.chars().count().saturating_sub(whole(args, 1));
    made(all.chars().skip(skipped).collect())
}

pub(super) fn weight(args: &[Value], _: &[&Type], _: &Type) -> Out {
    match args {
        [Value::Number(units)] if *units < 0 => Err(Fault::NegativeWeight),
        [value] => Ok(value.clone()),
        _ => Ok(Value::Missing),
    }
}

pub(super) fn join(args: &[Value], _: &[&Type], _: &Type) -> Out {
    made((0..args.len()).map(|at| text(args, at)).collect())
}
