//! Groups of equal rows: dense numbers from key columns, without hashing a row.
//!
//! Each column becomes codes of a known range: its own for texts, days and small integers, else by a sort. Codes are
//! combined by multiplication while a table of all combinations stays small, else by a counting sort.

use std::borrow::Cow;

use super::vector::{NONE, all_rows, at, put, row};
use crate::value::column::{Column, Data};

/// Rows in groups, numbered from 0 by their first rows.
#[derive(Debug, Clone, Default)]
pub struct Groups {
    /// The group of each row.
    pub ids: Vec<u32>,
    /// The first row of each group; ascending.
    pub first: Vec<u32>,
}

/// Groups so many rows by some columns; two missing values are the same.
pub fn group(columns: &[Column], rows: usize) -> Groups {
    // A table of combinations may be twice as long as the column, and small ones are always welcome.
    let limit = (rows * 2).max(1 << 16);
    let mut found = Codes { codes: Cow::Owned(vec![0; rows]), range: 1 };
    for column in columns {
        found = combine(found, codes(column, limit), limit);
    }
    dense(&found)
}

/// A code below `range` for each row; equal codes for equal values.
struct Codes<'c> {
    codes: Cow<'c, [u32]>,
    range: usize,
}

fn dense(codes: &Codes<'_>) -> Groups {
    let mut id_of = vec![NONE; codes.range];
    let mut first = Vec::new();
    let id = |(place, &code): (usize, &u32)| {
        let code = code as usize;
        let mut id = at(&id_of, code);
        if id == NONE {
            id = row(first.len());
            put(&mut id_of, code, id);
            first.push(row(place));
        }
        id
    };
    let ids = codes.codes.iter().enumerate().map(id).collect();
    Groups { ids, first }
}

fn combine<'c>(a: Codes<'c>, b: Codes<'c>, limit: usize) -> Codes<'c> {
    if a.range == 1 {
        return b;
    }
    let small = |a: &Codes<'_>, b: &Codes<'_>| a.range.checked_mul(b.range).is_some_and(|product| product <= limit);
    let multiplied = |a: &Codes<'_>, b: &Codes<'_>| {
        let width = row(b.range);
        let codes = a.codes.iter().zip(b.codes.iter()).map(|(&a, &b)| a * width + b).collect();
        Codes { codes: Cow::Owned(codes), range: a.range * b.range }
    };
    if small(&a, &b) {
        return multiplied(&a, &b);
    }
    let (a, b) = (closed_up(&a), closed_up(&b));
    if small(&a, &b) { multiplied(&a, &b) } else { paired(&a, &b) }
}

fn closed_up(codes: &Codes<'_>) -> Codes<'static> {
    let groups = dense(codes);
    Codes { range: groups.first.len().max(1), codes: Cow::Owned(groups.ids) }
}

/// Numbers the pairs of two codes: a counting sort by the first, then a sort by the second in each bucket.
fn paired(a: &Codes<'_>, b: &Codes<'_>) -> Codes<'static> {
    let mut starts = vec![0u32; a.range + 1];
    for &code in a.codes.iter() {
        let next = code as usize + 1;
        let count = at(&starts, next);
        put(&mut starts, next, count + 1);
    }
    let mut sum = 0;
    for start in &mut starts {
        sum += *start;
        *start = sum;
    }
    let mut next = starts.clone();
    let mut order = vec![0u32; a.codes.len()];
    for (place, &code) in a.codes.iter().enumerate() {
        let to = at(&next, code as usize);
        put(&mut order, to as usize, row(place));
        put(&mut next, code as usize, to + 1);
    }
    let mut codes = vec![0; a.codes.len()];
    let mut range = 0;
    let code = |place: u32| at(&b.codes, place as usize);
    for (&start, &end) in starts.iter().zip(starts.iter().skip(1)) {
        let Some(bucket) = order.get_mut(start as usize..end as usize) else { continue };
        bucket.sort_unstable_by_key(|&place| code(place));
        for same in bucket.chunk_by(|&x, &y| code(x) == code(y)) {
            same.iter().for_each(|&place| put(&mut codes, place as usize, row(range)));
            range += 1;
        }
    }
    Codes { codes: Cow::Owned(codes), range: range.max(1) }
}

fn codes(column: &Column, limit: usize) -> Codes<'_> {
    let known = column.known.as_deref();
    match &column.data {
        // Codes without texts are numbers of groups already.
        Data::Text { codes, dict } if dict.is_empty() && known.is_none() => {
            let range = codes.iter().max().map_or(0, |&code| code as usize) + 1;
            if range <= limit {
                Codes { codes: Cow::Borrowed(codes), range }
            } else {
                near(codes.iter().map(|&code| i128::from(code)), known, limit)
            }
        }
        Data::Text { codes, dict } => match known {
            None => Codes { codes: Cow::Borrowed(codes), range: dict.len().max(1) },
            Some(known) => {
                let missing = row(dict.len());
                let code = |(&code, &known): (&u32, &bool)| if known { code } else { missing };
                Codes { codes: codes.iter().zip(known).map(code).collect(), range: dict.len() + 1 }
            }
        },
        Data::Flag(v) => near(v.iter().map(|&flag| i128::from(flag)), known, limit),
        Data::Day(v) => near(v.iter().map(|&day| i128::from(day)), known, limit),
        Data::Small(v) => near(v.iter().map(|&units| i128::from(units)), known, limit),
        Data::Wide(v) => near(v.iter().copied(), known, limit),
        // The order doesn't matter here, only that equal reals have equal bits: no kernel gives a minus zero.
        Data::Real(v) => near(v.iter().map(|real| i128::from(real.to_bits())), known, limit),
        Data::Partial { first, last } => {
            let both = |(&first, &last): (&i32, &i32)| (i128::from(first) << 32) + i128::from(last);
            near(first.iter().zip(last).map(both), known, limit)
        }
    }
}

/// Codes of numbers: their distance from the least where they lie near each other, else by a sort.
fn near(numbers: impl Iterator<Item = i128> + Clone, known: Option<&[bool]>, limit: usize) -> Codes<'static> {
    let there = |place: usize| known.is_none_or(|known| at(known, place));
    let those = || numbers.clone().enumerate().filter(|(place, _)| there(*place)).map(|(_, number)| number);
    let least = those().min().unwrap_or(0);
    let greatest = those().max().unwrap_or(0);
    let width = greatest.checked_sub(least).and_then(|width| usize::try_from(width).ok());
    if let Some(width) = width.filter(|&width| width < limit) {
        let code = |(place, number)| if there(place) { row((number - least) as usize) } else { row(width + 1) };
        return Codes { codes: numbers.clone().enumerate().map(code).collect(), range: width + 2 };
    }
    let list: Vec<i128> = numbers.collect();
    let mut order = all_rows(list.len());
    let key = |place: u32| there(place as usize).then(|| at(&list, place as usize));
    order.sort_unstable_by_key(|&place| key(place));
    let mut codes = vec![0; list.len()];
    let mut range = 0;
    for same in order.chunk_by(|&x, &y| key(x) == key(y)) {
        same.iter().for_each(|&place| put(&mut codes, place as usize, row(range)));
        range += 1;
    }
    Codes { codes: Cow::Owned(codes), range: range.max(1) }
}
