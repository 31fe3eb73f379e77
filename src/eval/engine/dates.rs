//! Loops for the functions of dates: `year()` and its like, `earliest`, `latest`.

use super::arithmetic::Done;
use super::vector::{Out, at};
use crate::builtin::Builtin;
use crate::value::column::{Column, Data, Known};
use crate::value::{Period, Type};

/// Computes a function of a column of dates or periods; `None` for other functions and types.
pub fn call(function: Builtin, args: &[Out<'_>], types: &[&Type], out: &Type) -> Option<Done> {
    let ([Out::Each(column)], [ty]) = (args, types) else { return None };
    let known = || column.known.clone();
    let made = match (function, out) {
        (Builtin::YearNumber, _) => match &column.data {
            Data::Day(years) => Out::made(Data::Small(years.iter().map(|&year| i64::from(year)).collect()), known()),
            _ => return None,
        },
        (Builtin::Year | Builtin::Quarter | Builtin::Month | Builtin::Week, Type::Period(kind)) => {
            let days = match (kind_of(ty), edge(column, false)?) {
                (Some(from), periods) => mapped(&column.known, periods, &|period| kind.of(from.first_day(period))),
                (None, days) if *kind == Period::Year => mapped(&column.known, days, &|day| Period::Year.of(day)),
                (None, days) => mapped(&column.known, days, &|day| kind.of(day)),
            };
            Out::days(days, known(), true)
        }
        (Builtin::Earliest | Builtin::Latest, _) => {
            let last = function == Builtin::Latest;
            let days = match (kind_of(ty), edge(column, last)?) {
                (Some(kind), periods) if last => mapped(&column.known, periods, &|period| kind.last_day(period)),
                (Some(kind), periods) => mapped(&column.known, periods, &|period| kind.first_day(period)),
                (None, days) => days.to_vec(),
            };
            Out::days(days, known(), false)
        }
        _ => return None,
    };
    Some((made, Vec::new()))
}

fn kind_of(ty: &Type) -> Option<Period> {
    if let Type::Period(kind) = ty { Some(*kind) } else { None }
}

fn edge(column: &Column, of_last: bool) -> Option<&[i32]> {
    match &column.data {
        Data::Day(days) => Some(days),
        Data::Partial { last, .. } if of_last => Some(last),
        Data::Partial { first, .. } => Some(first),
        _ => None,
    }
}

/// Applies a function to each number: through a table where they lie closer together than there are rows.
fn mapped(known: &Known, numbers: &[i32], compute: &impl Fn(i32) -> i32) -> Vec<i32> {
    if let Some(known) = known {
        // What stands in rows without a value is of no meaning, and may be no possible day.
        let there: Vec<i32> =
            numbers.iter().zip(known).map(|(&number, &known)| if known { number } else { 0 }).collect();
        return mapped(&None, &there, compute);
    }
    let (Some(&least), Some(&greatest)) = (numbers.iter().min(), numbers.iter().max()) else { return Vec::new() };
    let width = i64::from(greatest) - i64::from(least);
    if width < numbers.len() as i64 {
        let table: Vec<i32> = (least..=greatest).map(compute).collect();
        return numbers.iter().map(|&number| at(&table, (number - least) as usize)).collect();
    }
    numbers.iter().map(|&number| compute(number)).collect()
}
