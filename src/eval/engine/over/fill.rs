//! Missing cells filled from the known ones of their group.

use ethnum::I256;

use super::{Field, Found, Result, number};
use crate::eval::engine::formula::column;
use crate::eval::engine::group::group;
use crate::eval::engine::vector::{all_rows, at, row};
use crate::eval::engine::world::World;
use crate::plan::Expr;
use crate::plan::over::Filling;
use crate::value::decimal::{self, QUOTIENT_PLACES};
use crate::value::{Type, Value};

/// Fills what is missing with what the known ones give that have the same values of some expressions.
pub fn fill<'a>(world: &World<'a>, field: &Field<'_>, function: Filling, by: &'a [Expr], found: &mut Found<'_>) {
    let cells = all_rows(field.source.cells.len());
    let exprs: Vec<&Expr> = by.iter().collect();
    let mut columns = field.columns(world, &exprs, &cells, found);
    // The groups along the dimension are one column more.
    let mut numbers = vec![Value::Missing; cells.len()];
    for (at, group) in field.groups().enumerate() {
        for &cell in group {
            super::put(&mut numbers, cell as usize, Value::Number(at as i128));
        }
    }
    columns.push(column(&Type::Number(0), numbers.iter()));
    let groups = group(&columns, cells.len());
    let mut known: Vec<Vec<i128>> = vec![Vec::new(); groups.first.len()];
    for &cell in &cells {
        let list = known.get_mut(at(&groups.ids, cell as usize) as usize);
        if let (Some(list), Some(units)) = (list, field.units(cell)) {
            list.push(units);
        }
    }
    let to = if let Type::Number(places) = found.index.ty.base { places } else { field.places };
    let fillings: Vec<Result> = known.into_iter().map(|known| filling(function, known, field.places, to)).collect();
    for &cell in &cells {
        let result = match field.units(cell) {
            Some(units) => number(decimal::widen(units, field.places, to)),
            None => fillings
                .get(at(&groups.ids, row(cell as usize) as usize) as usize)
                .cloned()
                .unwrap_or(Ok(Value::Missing)),
        };
        found.put(field, cell, result);
    }
}

fn filling(function: Filling, mut known: Vec<i128>, places: u8, to: u8) -> Result {
    if known.is_empty() {
        return Ok(Value::Missing);
    }
    match function {
        Filling::Min => Ok(known.into_iter().min().map_or(Value::Missing, Value::Number)),
        Filling::Max => Ok(known.into_iter().max().map_or(Value::Missing, Value::Number)),
        Filling::Mean => {
            let sum = known.iter().fold(I256::ZERO, |sum, &units| sum + I256::from(units));
            let mean = decimal::mean(sum, places, known.len() as u64);
            number(mean.and_then(|mean| decimal::widen(mean, QUOTIENT_PLACES, to)))
        }
        Filling::Median => {
            known.sort_unstable();
            let upper = at(&known, known.len() / 2);
            let lower = if known.len() % 2 == 1 { upper } else { at(&known, known.len() / 2 - 1) };
            number(decimal::add(lower, upper).and_then(|twice| decimal::multiply(twice, 5)))
        }
    }
}
