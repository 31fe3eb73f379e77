//! Puts parts of a column together: the arms of a `case`, rows that took a step and rows that didn't, two frames.

use std::borrow::Cow;
use std::sync::Arc;

use super::vector::{NONE, Out, Words, at, put, row};
use crate::value::column::{Column, Data};
use crate::value::{Type, Value};

/// Rows, ascending or not, and a value for each of them.
pub type Part<'p> = (Vec<u32>, Out<'p>);

/// A column of so many rows of a type from parts that don't overlap; rows in no part are missing.
pub fn assemble<'p>(ty: &Type, rows: usize, mut parts: Vec<Part<'p>>) -> Out<'p> {
    parts.retain(|(places, _)| !places.is_empty());
    if let [(places, _)] = parts.as_slice()
        && places.len() == rows
        && places.iter().enumerate().all(|(i, &place)| place as usize == i)
        && let Some((_, out)) = parts.pop()
    {
        return out;
    }
    parts.iter_mut().filter(|(_, out)| !is_of(out, ty)).for_each(|(_, out)| *out = Out::One(Value::Missing));
    let data = match ty {
        Type::Number(_) => numbers(rows, &parts),
        Type::Text | Type::Category(_) => texts(rows, &parts),
        Type::Real => Data::Real(scattered(rows, &parts, real, |data| match data {
            Data::Real(v) => v,
            _ => &[],
        })),
        Type::Flag => Data::Flag(scattered(
            rows,
            &parts,
            |value| *value == Value::Flag(true),
            |data| match data {
                Data::Flag(v) => v,
                _ => &[],
            },
        )),
        Type::Date | Type::Period(_) => Data::Day(scattered(rows, &parts, |value| edges(value).0, first_days)),
        Type::Partial(_) => Data::Partial {
            first: scattered(rows, &parts, |value| edges(value).0, first_days),
            last: scattered(rows, &parts, |value| edges(value).1, last_days),
        },
    };
    let known = known(rows, &parts);
    Out::Each(Cow::Owned(Column { data, known, periods: matches!(ty, Type::Period(_)) }))
}

/// Columns of a type one behind the other.
pub fn concat(ty: &Type, columns: Vec<Column>) -> Column {
    let mut rows = 0;
    let parts = columns.into_iter().map(|column| {
        let places = (row(rows)..row(rows + column.len())).collect();
        rows += column.len();
        (places, Out::Each(Cow::Owned(column)))
    });
    let parts = parts.collect();
    assemble(ty, rows, parts).into_column(ty, rows)
}

/// Whether an output has the form of a type; a ghost's value may have an older one.
fn is_of(out: &Out<'_>, ty: &Type) -> bool {
    let Out::Each(column) = out else { return true };
    match (&column.data, ty) {
        (Data::Small(_) | Data::Wide(_), Type::Number(_))
        | (Data::Real(_), Type::Real)
        | (Data::Text { .. }, Type::Text | Type::Category(_))
        | (Data::Flag(_), Type::Flag)
        | (Data::Partial { .. } | Data::Day(_), Type::Partial(_)) => true,
        (Data::Day(_), Type::Date) => !column.periods,
        (Data::Day(_), Type::Period(_)) => column.periods,
        _ => false,
    }
}

fn real(value: &Value) -> f64 {
    if let Value::Real(real) = value { *real } else { 0.0 }
}

fn edges(value: &Value) -> (i32, i32) {
    match value {
        Value::Date(day) | Value::Period(day) => (*day, *day),
        Value::Partial(first, last) => (*first, *last),
        _ => (0, 0),
    }
}

fn first_days(data: &Data) -> &[i32] {
    match data {
        Data::Day(v) | Data::Partial { first: v, .. } => v,
        _ => &[],
    }
}

fn last_days(data: &Data) -> &[i32] {
    match data {
        Data::Day(v) | Data::Partial { last: v, .. } => v,
        _ => &[],
    }
}

fn scattered<T: Copy + Default>(
    rows: usize,
    parts: &[Part<'_>],
    one: impl Fn(&Value) -> T,
    each: impl Fn(&Data) -> &[T],
) -> Vec<T> {
    let mut list = vec![T::default(); rows];
    for (places, out) in parts {
        match out {
            Out::One(value) => {
                let value = one(value);
                places.iter().for_each(|&place| put(&mut list, place as usize, value));
            }
            Out::Each(column) => {
                let from = each(&column.data);
                places.iter().zip(from).for_each(|(&place, &value)| put(&mut list, place as usize, value));
            }
        }
    }
    list
}

fn known(rows: usize, parts: &[Part<'_>]) -> Option<Vec<bool>> {
    let full = |out: &Out<'_>| match out {
        Out::One(value) => value.is_known(),
        Out::Each(column) => column.known.is_none(),
    };
    let covered: usize = parts.iter().map(|(places, _)| places.len()).sum();
    if covered == rows && parts.iter().all(|(_, out)| full(out)) {
        return None;
    }
    let mut known = vec![false; rows];
    for (places, out) in parts {
        places.iter().enumerate().for_each(|(i, &place)| put(&mut known, place as usize, out.is_known(i)));
    }
    Some(known)
}

fn numbers(rows: usize, parts: &[Part<'_>]) -> Data {
    let small = parts.iter().all(|(_, out)| match out {
        Out::One(Value::Number(units)) => i64::try_from(*units).is_ok(),
        Out::One(_) => true,
        Out::Each(column) => matches!(column.data, Data::Small(_)),
    });
    let units = |value: &Value| if let Value::Number(units) = value { *units } else { 0 };
    if small {
        return Data::Small(scattered(
            rows,
            parts,
            |value| i64::try_from(units(value)).unwrap_or(0),
            |data| match data {
                Data::Small(v) => v,
                _ => &[],
            },
        ));
    }
    let mut list = vec![0; rows];
    for (places, out) in parts {
        let each = |i: usize| match out {
            Out::One(value) => units(value),
            Out::Each(column) => match &column.data {
                Data::Small(v) => i128::from(at(v, i)),
                Data::Wide(v) => at(v, i),
                _ => 0,
            },
        };
        places.iter().enumerate().for_each(|(i, &place)| put(&mut list, place as usize, each(i)));
    }
    Data::Wide(list)
}

/// Only texts that occur enter the new dictionary, each once, whatever the size of the old ones.
fn texts(rows: usize, parts: &[Part<'_>]) -> Data {
    let mut codes = vec![0; rows];
    if let Some(dict) = common_dict(parts) {
        for (places, out) in parts {
            if let Out::Each(column) = out
                && let Data::Text { codes: from, .. } = &column.data
            {
                places.iter().zip(from).for_each(|(&place, &code)| put(&mut codes, place as usize, code));
            }
        }
        return Data::Text { codes, dict };
    }
    let mut words = Words::default();
    for (places, out) in parts {
        match out {
            Out::One(Value::Text(text)) => {
                let code = words.code(text);
                places.iter().for_each(|&place| put(&mut codes, place as usize, code));
            }
            Out::Each(column) => {
                let Data::Text { codes: from, dict } = &column.data else { continue };
                let mut new = vec![NONE; dict.len()];
                for (i, (&place, &code)) in places.iter().zip(from).enumerate() {
                    let Some(text) = dict.get(code as usize).filter(|_| column.is_known(i)) else { continue };
                    if at(&new, code as usize) == NONE {
                        put(&mut new, code as usize, words.code(text));
                    }
                    put(&mut codes, place as usize, at(&new, code as usize));
                }
            }
            Out::One(_) => {}
        }
    }
    Data::Text { codes, dict: words.finish() }
}

/// The dictionary that all parts with a text share.
fn common_dict(parts: &[Part<'_>]) -> Option<Arc<[Arc<str>]>> {
    let mut found: Option<&Arc<[Arc<str>]>> = None;
    for (_, out) in parts {
        match out {
            Out::One(Value::Text(_)) => return None,
            Out::One(_) => {}
            Out::Each(column) => match (&column.data, found) {
                (Data::Text { dict, .. }, Some(other)) if !Arc::ptr_eq(dict, other) => return None,
                (Data::Text { dict, .. }, _) => found = Some(dict),
                _ => {}
            },
        }
    }
    found.cloned()
}
