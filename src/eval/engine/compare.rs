//! Loops for comparisons and for `not`.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use super::arithmetic::Done;
use super::vector::{NONE, Out, at, both_known, row};
use crate::builtin::Builtin;
use crate::value::Value;
use crate::value::column::{Column, Data};

/// Compares two columns, or a column and a constant; `None` for other functions and types.
pub fn call(function: Builtin, args: &[Out<'_>], rows: usize) -> Option<Done> {
    let done = |flags, known| Some((Out::made(Data::Flag(flags), known), Vec::new()));
    if let (Builtin::Not, [Out::Each(column)]) = (function, args) {
        let Data::Flag(flags) = &column.data else { return None };
        return done(flags.iter().map(|flag| !flag).collect(), column.known.clone());
    }
    let (test, [a, b]) = (Test::of(function)?, args) else { return None };
    let known = match (a, b) {
        (Out::Each(a), Out::Each(b)) => both_known(&a.known, &b.known),
        (Out::Each(a), Out::One(_)) => a.known.clone(),
        (Out::One(_), Out::Each(b)) => b.known.clone(),
        _ => return None,
    };
    let flags = match (a, b) {
        (Out::Each(a), Out::Each(b)) => columns(test, a, b, rows)?,
        (Out::Each(a), Out::One(b)) => constant(test, a, b)?,
        (Out::One(a), Out::Each(b)) => constant(test.turned(), b, a)?,
        _ => return None,
    };
    done(flags, known)
}

/// For which of the three outcomes a comparison holds.
#[derive(Clone, Copy)]
struct Test {
    less: bool,
    equal: bool,
    greater: bool,
}

impl Test {
    fn of(function: Builtin) -> Option<Self> {
        let (less, equal, greater) = match function {
            Builtin::Equal => (false, true, false),
            Builtin::Different => (true, false, true),
            Builtin::Less => (true, false, false),
            Builtin::LessOrEqual => (true, true, false),
            Builtin::Greater => (false, false, true),
            Builtin::GreaterOrEqual => (false, true, true),
            _ => return None,
        };
        Some(Self { less, equal, greater })
    }

    fn turned(self) -> Self {
        Self { less: self.greater, greater: self.less, ..self }
    }

    fn holds<T: PartialOrd>(self, a: T, b: T) -> bool {
        (self.less & (a < b)) | (self.equal & (a == b)) | (self.greater & (a > b))
    }

    fn each<T: PartialOrd + Copy>(self, a: &[T], b: &[T]) -> Vec<bool> {
        a.iter().zip(b).map(|(&a, &b)| self.holds(a, b)).collect()
    }

    fn with<T: PartialOrd + Copy>(self, a: &[T], b: T) -> Vec<bool> {
        a.iter().map(|&a| self.holds(a, b)).collect()
    }

    fn among(self, order: Ordering) -> bool {
        self.holds(order, Ordering::Equal)
    }
}

fn constant(test: Test, a: &Column, b: &Value) -> Option<Vec<bool>> {
    Some(match (&a.data, b) {
        (Data::Small(a), Value::Number(b)) => match i64::try_from(*b) {
            Ok(b) => test.with(a, b),
            Err(_) => a.iter().map(|&a| test.holds(i128::from(a), *b)).collect(),
        },
        (Data::Wide(a), Value::Number(b)) => test.with(a, *b),
        (Data::Day(days), Value::Date(b)) if !a.periods => test.with(days, *b),
        (Data::Day(days), Value::Period(b)) if a.periods => test.with(days, *b),
        (Data::Flag(a), Value::Flag(b)) => test.with(a, *b),
        (Data::Text { codes, dict }, Value::Text(b)) => {
            let compare = |text: &Arc<str>| test.among(text.cmp(b));
            if dict.len() <= codes.len() {
                let by_code: Vec<bool> = dict.iter().map(compare).collect();
                codes.iter().map(|&code| at(&by_code, code as usize)).collect()
            } else {
                codes.iter().map(|&code| dict.get(code as usize).is_some_and(compare)).collect()
            }
        }
        _ => return None,
    })
}

fn columns(test: Test, a: &Column, b: &Column, rows: usize) -> Option<Vec<bool>> {
    Some(match (&a.data, &b.data) {
        (Data::Small(a), Data::Small(b)) => test.each(a, b),
        (Data::Wide(a), Data::Wide(b)) => test.each(a, b),
        (Data::Small(a), Data::Wide(b)) => a.iter().zip(b).map(|(&a, &b)| test.holds(i128::from(a), b)).collect(),
        (Data::Wide(a), Data::Small(b)) => a.iter().zip(b).map(|(&a, &b)| test.holds(a, i128::from(b))).collect(),
        (Data::Day(x), Data::Day(y)) if a.periods == b.periods => test.each(x, y),
        (Data::Flag(a), Data::Flag(b)) => test.each(a, b),
        (Data::Text { codes: x, dict: dx }, Data::Text { codes: y, dict: dy }) => {
            if test.less == test.greater && dx.len().max(dy.len()) <= rows {
                let y = translated(y, dy, dx);
                x.iter().zip(&y).map(|(x, y)| (x == y) == test.equal).collect()
            } else {
                let text = |dict: &Arc<[Arc<str>]>, code: u32| dict.get(code as usize).cloned();
                x.iter().zip(y).map(|(&x, &y)| test.among(text(dx, x).cmp(&text(dy, y)))).collect()
            }
        }
        _ => return None,
    })
}

/// Codes of one dictionary as codes of another; [`NONE`] for texts that it hasn't.
fn translated(codes: &[u32], from: &Arc<[Arc<str>]>, to: &Arc<[Arc<str>]>) -> Vec<u32> {
    if Arc::ptr_eq(from, to) {
        return codes.to_vec();
    }
    let places: HashMap<&str, u32> = to.iter().enumerate().map(|(code, text)| (&**text, row(code))).collect();
    let new: Vec<u32> = from.iter().map(|text| places.get(&**text).copied().unwrap_or(NONE)).collect();
    codes.iter().map(|&code| at(&new, code as usize)).collect()
}
