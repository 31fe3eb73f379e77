//! Comparing the rows of a column, and picking the best row of each group.

use std::cmp::Ordering;

use super::vector::{NONE, at, put, row};
use crate::value::column::{Column, Data};

/// Compares two rows of a column.
pub type Comparison<'c> = Box<dyn Fn(usize, usize) -> Ordering + 'c>;

/// The order of a column's known values, as of [`crate::value::Value`].
pub fn by_value(column: &Column) -> Comparison<'_> {
    match &column.data {
        Data::Small(v) => ordered(v),
        Data::Wide(v) => ordered(v),
        Data::Real(v) => Box::new(|a, b| at(v, a).total_cmp(&at(v, b))),
        Data::Text { codes, dict } => Box::new(|a, b| {
            let (a, b) = (at(codes, a) as usize, at(codes, b) as usize);
            if a == b { Ordering::Equal } else { dict.get(a).cmp(&dict.get(b)) }
        }),
        Data::Flag(v) => ordered(v),
        Data::Day(v) => ordered(v),
        Data::Partial { first, last } => Box::new(|a, b| (at(first, a), at(last, a)).cmp(&(at(first, b), at(last, b)))),
    }
}

/// The order by size, of `x` and `-x` the positive one behind.
pub fn by_size(column: &Column) -> Comparison<'_> {
    match &column.data {
        Data::Small(v) => Box::new(|a, b| {
            let (a, b) = (at(v, a), at(v, b));
            (a.unsigned_abs(), a).cmp(&(b.unsigned_abs(), b))
        }),
        Data::Wide(v) => Box::new(|a, b| {
            let (a, b) = (at(v, a), at(v, b));
            (a.unsigned_abs(), a).cmp(&(b.unsigned_abs(), b))
        }),
        Data::Real(v) => Box::new(|a, b| {
            let (a, b) = (at(v, a), at(v, b));
            a.abs().total_cmp(&b.abs()).then(a.total_cmp(&b))
        }),
        _ => by_value(column),
    }
}

fn ordered<'c, T: Ord + Copy + Default>(list: &'c [T]) -> Comparison<'c> {
    Box::new(|a, b| at(list, a).cmp(&at(list, b)))
}

/// Whether two rows have the same value, or both none.
pub fn same(column: &Column) -> impl Fn(usize, usize) -> bool + '_ {
    let order = by_value(column);
    move |a, b| match (column.is_known(a), column.is_known(b)) {
        (true, true) => order(a, b) == Ordering::Equal,
        (known_a, known_b) => known_a == known_b,
    }
}

/// The greatest row of each group by an order; the first of equal ones. Rows of a column without a value come before
/// all others.
pub fn greatest(ids: &[u32], groups: usize, known: &Column, order: impl Fn(usize, usize) -> Ordering) -> Vec<u32> {
    let mut best = vec![NONE; groups];
    for (place, &id) in ids.iter().enumerate() {
        let rival = at(&best, id as usize);
        let better = || match (known.is_known(place), known.is_known(rival as usize)) {
            (true, true) | (false, false) => order(place, rival as usize) == Ordering::Greater,
            (known, _) => known,
        };
        if rival == NONE || better() {
            put(&mut best, id as usize, row(place));
        }
    }
    best
}
