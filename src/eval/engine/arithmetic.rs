//! Loops for arithmetic on decimals: over 64 bits while they suffice, else over 128 with checks.

use crate::builtin::Builtin;
use crate::value::column::{Data, Known};
use crate::value::{Type, Value, decimal};

use super::vector::{Out, at, both_known, narrowest, put, row};

/// A result, and the rows whose result has more than 38 digits.
pub type Done = (Out<'static>, Vec<u32>);

/// Computes a function of decimals over so many rows; `None` for other functions and types.
pub fn call(function: Builtin, args: &[Out<'_>], types: &[&Type], out: &Type, rows: usize) -> Option<Done> {
    let places = |ty: &Type| if let Type::Number(places) = ty { *places } else { 0 };
    match (function, args, types) {
        (Builtin::Add, [a, b], _) => two(a, b, i64::overflowing_add, decimal::add),
        (Builtin::Subtract, [a, b], _) => two(a, b, i64::overflowing_sub, decimal::subtract),
        (Builtin::Multiply, [a, b], _) => two(a, b, i64::overflowing_mul, decimal::multiply),
        (Builtin::Min, [a, b], _) => two(a, b, |a, b| (a.min(b), false), |a, b| Some(a.min(b))),
        (Builtin::Max, [a, b], _) => two(a, b, |a, b| (a.max(b), false), |a, b| Some(a.max(b))),
        (Builtin::Divide, [a, b], [ta, tb]) => divide(a, b, [places(ta), places(tb), places(out)], rows),
        (Builtin::Negate, [a], _) => one(a, i64::overflowing_neg, |a| Some(-a)),
        (Builtin::Abs, [a], _) => one(a, i64::overflowing_abs, |a| Some(a.abs())),
        (Builtin::Widen, [a], [from]) => widen(a, places(from), places(out)),
        (Builtin::Round, [a], [from]) if places(out) >= places(from) => widen(a, places(from), places(out)),
        (Builtin::Round, [a], [from]) => round(a, places(from), places(out)),
        (Builtin::Real, [a], [from]) => reals(a, places(from)),
        _ => None,
    }
}

/// Whether values are known; `None` for other functions.
pub fn known(function: Builtin, args: &[Out<'_>], rows: usize) -> Option<Done> {
    let (Builtin::Known, [Out::Each(column)]) = (function, args) else { return None };
    let flags = column.known.clone().unwrap_or_else(|| vec![true; rows]);
    Some((Out::made(Data::Flag(flags), None), Vec::new()))
}

/// An operand.
#[derive(Clone, Copy)]
enum Operand<'v> {
    Small(&'v [i64]),
    Wide(&'v [i128]),
    One(i128),
}

impl Operand<'_> {
    fn wide(self, row: usize) -> i128 {
        match self {
            Operand::Small(v) => i128::from(at(v, row)),
            Operand::Wide(v) => at(v, row),
            Operand::One(units) => units,
        }
    }

    fn small_one(self) -> Option<i64> {
        if let Operand::One(units) = self { i64::try_from(units).ok() } else { None }
    }
}

fn operand<'v>(out: &'v Out<'_>) -> Option<(Operand<'v>, &'v Known)> {
    match out {
        Out::One(Value::Number(units)) => Some((Operand::One(*units), &None)),
        Out::One(_) => None,
        Out::Each(column) => match &column.data {
            Data::Small(v) => Some((Operand::Small(v), &column.known)),
            Data::Wide(v) => Some((Operand::Wide(v), &column.known)),
            _ => None,
        },
    }
}

fn length(operands: [Operand<'_>; 2]) -> usize {
    let of = |operand| match operand {
        Operand::Small(v) => v.len(),
        Operand::Wide(v) => v.len(),
        Operand::One(_) => 0,
    };
    operands.into_iter().map(of).max().unwrap_or(0)
}

/// Collects results that fit 64 bits; `None` if one doesn't, be it of a row without a value.
fn small(results: impl Iterator<Item = (i64, bool)>) -> Option<Vec<i64>> {
    let mut over = false;
    let list = results
        .map(|(result, overflows)| {
            over |= overflows;
            result
        })
        .collect();
    (!over).then_some(list)
}

/// Collects results of 128 bits and the known rows that have none.
fn wide(rows: usize, known: Known, result: impl Fn(usize) -> Option<i128>) -> Done {
    let mut overflows = Vec::new();
    let mut list = Vec::with_capacity(rows);
    for place in 0..rows {
        let there = known.as_ref().is_none_or(|known| at(known, place));
        let units = if there { result(place) } else { Some(0) };
        if units.is_none() {
            overflows.push(row(place));
        }
        list.push(units.unwrap_or(0));
    }
    (Out::made(narrowest(list), without(known, &overflows, rows)), overflows)
}

/// Rows that failed have no value.
fn without(known: Known, failed: &[u32], rows: usize) -> Known {
    if failed.is_empty() {
        return known;
    }
    let mut known = known.unwrap_or_else(|| vec![true; rows]);
    failed.iter().for_each(|&place| put(&mut known, place as usize, false));
    Some(known)
}

fn one(a: &Out<'_>, in_small: impl Fn(i64) -> (i64, bool), in_wide: impl Fn(i128) -> Option<i128>) -> Option<Done> {
    let (a, known) = operand(a)?;
    if let Operand::Small(v) = a
        && let Some(list) = small(v.iter().map(|&a| in_small(a)))
    {
        return Some((Out::made(Data::Small(list), known.clone()), Vec::new()));
    }
    let rows = length([a, a]);
    (rows > 0).then(|| wide(rows, known.clone(), |place| in_wide(a.wide(place))))
}

fn two(
    a: &Out<'_>,
    b: &Out<'_>,
    in_small: impl Fn(i64, i64) -> (i64, bool),
    in_wide: impl Fn(i128, i128) -> Option<i128>,
) -> Option<Done> {
    let ((a, known_a), (b, known_b)) = (operand(a)?, operand(b)?);
    let known = both_known(known_a, known_b);
    let list = match (a, b, a.small_one(), b.small_one()) {
        (Operand::Small(a), Operand::Small(b), ..) => small(a.iter().zip(b).map(|(&a, &b)| in_small(a, b))),
        (Operand::Small(a), _, _, Some(b)) => small(a.iter().map(|&a| in_small(a, b))),
        (_, Operand::Small(b), Some(a), _) => small(b.iter().map(|&b| in_small(a, b))),
        _ => None,
    };
    if let Some(list) = list {
        return Some((Out::made(Data::Small(list), known), Vec::new()));
    }
    let rows = length([a, b]);
    (rows > 0).then(|| wide(rows, known, |place| in_wide(a.wide(place), b.wide(place))))
}

fn widen(a: &Out<'_>, from: u8, to: u8) -> Option<Done> {
    let factor = to.checked_sub(from).and_then(decimal::power_of_ten).and_then(|factor| i64::try_from(factor).ok());
    let in_small = |a: i64| factor.map_or((0, true), |factor| a.overflowing_mul(factor));
    one(a, in_small, |a| decimal::widen(a, from, to))
}

fn round(a: &Out<'_>, from: u8, to: u8) -> Option<Done> {
    let factor = decimal::power_of_ten(from - to).and_then(|factor| i64::try_from(factor).ok());
    let in_small = |a: i64| {
        let Some(factor) = factor else { return (0, true) };
        // The factor is at most 10^18, so that twice the rest stays within the 64 bits.
        let (quotient, rest) = (a / factor, a % factor);
        (quotient + if rest.abs() * 2 >= factor { a.signum() } else { 0 }, false)
    };
    one(a, in_small, |a| decimal::round(a, from, to))
}

/// The quotient; missing for a zero divisor. `places` are those of both operands and of the result.
fn divide(a: &Out<'_>, b: &Out<'_>, places: [u8; 3], rows: usize) -> Option<Done> {
    let ((a, known_a), (b, known_b)) = (operand(a)?, operand(b)?);
    let [of_a, of_b, of_out] = places;
    let known = both_known(known_a, known_b);
    let zeros: Vec<u32> = (0..rows).filter(|&place| b.wide(place) == 0).map(row).collect();
    let known = without(known, &zeros, rows);
    // The scaled operands mostly fit 128 bits: a · 10^(p + pb) and b · 10^pa, shortened by what both have.
    let shift = i32::from(of_out) + i32::from(of_b) - i32::from(of_a);
    let power = |shift: i32| u8::try_from(shift.max(0)).ok().and_then(decimal::power_of_ten);
    let (up, down) = (power(shift), power(-shift));
    Some(wide(rows, known, |place| {
        let (a, b) = (a.wide(place), b.wide(place));
        let scaled = || Some((a.checked_mul(up?)?, b.checked_mul(down?)?));
        let Some((a_scaled, b_scaled)) = scaled() else { return decimal::divide(a, of_a, b, of_b, of_out) };
        let (quotient, rest) = (a_scaled / b_scaled, a_scaled % b_scaled);
        let away = rest.unsigned_abs() >= b_scaled.unsigned_abs() - rest.unsigned_abs();
        let step = if (a_scaled < 0) == (b_scaled < 0) { 1 } else { -1 };
        decimal::fits(if away { quotient + step } else { quotient })
    }))
}

/// Reals of decimals. A quotient of two integers that a real holds exactly is rounded once, and so is the nearest.
fn reals(a: &Out<'_>, places: u8) -> Option<Done> {
    let (Operand::Small(v), known) = operand(a)? else { return None };
    let exact = 1u64 << f64::MANTISSA_DIGITS;
    // A real holds the powers of ten exactly up to the 22nd.
    let power = decimal::power_of_ten(places).filter(|_| places <= 22).map(|power| power as f64);
    let real = |&units: &i64| match power {
        Some(power) if units.unsigned_abs() <= exact => units as f64 / power,
        _ => decimal::to_real(units.into(), places),
    };
    Some((Out::made(Data::Real(v.iter().map(real).collect()), known.clone()), Vec::new()))
}
