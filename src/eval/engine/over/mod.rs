//! Operations over a dimension: the cells of an index in groups, each ordered along the dimension.
//!
//! A group is gone through once, or sorted once; only a decay looks back at every cell before.

mod fill;
mod place;
mod time;
mod winsorise;

use ethnum::I256;

use super::expr::Eval;
use super::flaw::{self, What};
use super::formula::{absent, dim_columns};
use super::frame::{CellColumns, Leaves, Sel};
use super::vector::{all_rows, put, row};
use super::world::World;
use super::{Cells, Key};
use crate::builtin::Fault;
use crate::diag::Problems;
use crate::eval::faults;
use crate::plan::over::{Operation, position};
use crate::plan::{Expr, Index, Over};
use crate::value::column::Column;
use crate::value::{Type, Value, decimal};

/// The result of a cell.
type Result = std::result::Result<Value, Fault>;

/// What an operation goes over.
pub struct Source<'s> {
    /// The index.
    pub index: &'s Index,
    /// Its cells.
    pub cells: &'s Cells,
}

/// Cells in groups.
struct Field<'s> {
    source: Source<'s>,
    /// The places of the cells, group by group, ascending along the dimension in each.
    order: Vec<u32>,
    /// Where the groups begin in it, and its length.
    starts: Vec<usize>,
    /// The number of each cell along a dimension in time.
    at: Vec<i128>,
    /// The places of the values.
    places: u8,
}

impl<'s> Field<'s> {
    fn new(source: Source<'s>, along: usize) -> Self {
        let cells = source.cells;
        let others = |cell: &u32| -> Vec<&Value> {
            let key = cells.get(*cell as usize).map_or(&[][..], |(key, _)| key.as_slice());
            key.iter().enumerate().filter(|(at, _)| *at != along).map(|(_, value)| value).collect()
        };
        let mut order = all_rows(cells.len());
        // Cells ascend by their dimensions, so that those of a group stay in order.
        order.sort_by_cached_key(&others);
        let mut starts = vec![0];
        let mut pairs = order.iter().zip(order.iter().skip(1)).enumerate();
        starts.extend(pairs.by_ref().filter(|(_, (a, b))| others(a) != others(b)).map(|(at, _)| at + 1));
        starts.push(order.len());
        let ty = source.index.dims.get(along).map_or(&Type::Flag, |dim| &dim.ty.base);
        let at = |(key, _): &(Key, Value)| key.get(along).and_then(|value| position(value, ty)).unwrap_or(0);
        let places = if let Type::Number(places) = source.index.ty.base { places } else { 0 };
        Self { at: cells.iter().map(at).collect(), order, starts, places, source }
    }

    fn groups(&self) -> impl Iterator<Item = &[u32]> {
        let ends = self.starts.iter().skip(1);
        self.starts.iter().zip(ends).filter(|(from, to)| from < to).filter_map(|(&from, &to)| self.order.get(from..to))
    }

    fn value(&self, cell: u32) -> &'s Value {
        self.source.cells.get(cell as usize).map_or(&Value::Missing, |(_, value)| value)
    }

    fn key(&self, cell: u32) -> &'s [Value] {
        self.source.cells.get(cell as usize).map_or(&[], |(key, _)| key.as_slice())
    }

    /// The number of a cell; none if it is missing.
    fn units(&self, cell: u32) -> Option<i128> {
        if let Value::Number(units) = self.value(cell) { Some(*units) } else { None }
    }

    fn position(&self, cell: u32) -> i128 {
        self.at.get(cell as usize).copied().unwrap_or(0)
    }

    /// The known numbers of a group, with their cells.
    fn known(&self, group: &[u32]) -> Vec<(i128, u32)> {
        group.iter().filter_map(|&cell| Some((self.units(cell)?, cell))).collect()
    }

    /// The least and the greatest number of all cells along a dimension in time.
    fn range(&self) -> Option<(i128, i128)> {
        self.at.iter().min().copied().zip(self.at.iter().max().copied())
    }

    /// What an absent cell counts as.
    fn absent(&self) -> Value {
        absent(self.source.index)
    }

    /// The values of expressions of the dimensions, for some cells; what goes wrong is noted for its cell.
    fn columns<'a>(&self, world: &World<'a>, exprs: &[&'a Expr], cells: &[u32], found: &mut Found) -> Vec<Column> {
        let columns = CellColumns {
            dims: dim_columns(self.source.index, self.source.cells.iter().map(|(key, _)| key)),
            value: None,
            operands: Vec::new(),
        };
        let mut eval = Eval::new(world, Leaves::Cells(&columns));
        let values = exprs.iter().map(|expr| eval.column(expr, Sel::Some(cells))).collect();
        for flaw in eval.into_flaws() {
            let found_there = match &flaw.what {
                What::Fault(fault) => Some(faults::cell_fault(*fault, found.index, self.key(flaw.row), flaw.expr.span)),
                What::NotOnScale(_) => flaw::found(world, &flaw, flaw.expr.span),
            };
            found.flaws.extend(found_there.map(|found| (flaw.row, found)));
        }
        values
    }
}

/// What has been found so far.
struct Found<'s> {
    index: &'s Index,
    values: Vec<Value>,
    flaws: Vec<(u32, faults::Found)>,
}

impl Found<'_> {
    fn put(&mut self, field: &Field<'_>, cell: u32, result: Result) {
        match result {
            Ok(value) => put(&mut self.values, cell as usize, value),
            Err(fault) => {
                self.flaws.push((cell, faults::cell_fault(fault, self.index, field.key(cell), self.index.span)));
            }
        }
    }
}

/// The cells of an operation: those of its source. The second result is whether all went well.
pub fn over<'a>(
    world: &World<'a>,
    index: &Index,
    over: &'a Over,
    source: Source<'_>,
    problems: &mut Problems,
) -> (Cells, bool) {
    let field = Field::new(source, over.along);
    let len = field.source.cells.len();
    let mut found = Found { index, values: vec![Value::Missing; len], flaws: Vec::new() };
    match &over.operation {
        Operation::Fill { function, by } => fill::fill(world, &field, *function, by, &mut found),
        Operation::MinMax { from: Some((low, high)), to, places, capped } => {
            let scale = place::Scale { to: *to, places: *places, capped: *capped };
            place::goalposts(world, &field, (low, high), scale, &mut found);
        }
        operation => {
            let half_life = half_life(world, operation);
            for group in field.groups() {
                of_group(&field, group, over, half_life, &mut found);
            }
        }
    }
    found.flaws.sort_by_key(|(cell, _)| *cell);
    found.flaws.dedup_by_key(|(cell, _)| *cell);
    let fine = found.flaws.is_empty();
    for (cell, (group, diagnostic)) in found.flaws {
        put(&mut found.values, cell as usize, Value::Missing);
        problems.push_grouped(&group, diagnostic);
    }
    let keys = field.source.cells.iter().map(|(key, _)| key.clone());
    (keys.zip(found.values).collect(), fine)
}

fn of_group(field: &Field<'_>, group: &[u32], over: &Over, half_life: f64, found: &mut Found<'_>) {
    match &over.operation {
        Operation::Rank { highest_first, ties } => place::rank(field, group, *highest_first, *ties, found),
        Operation::MinMax { to, places, capped, .. } => {
            let scale = place::Scale { to: *to, places: *places, capped: *capped };
            place::min_max(field, group, scale, found);
        }
        Operation::ZScore => place::z_scores(field, group, found),
        Operation::Distance { to } => place::distance(field, group, over.along, to, found),
        Operation::Cumulative { .. } => time::cumulative(field, group, found),
        Operation::Rolling { function, width, partial } => {
            let window = time::Window { function: *function, width: i128::from(*width), partial: *partial };
            time::rolling(field, group, &window, found);
        }
        Operation::Decay { .. } => time::decay(field, group, half_life, found),
        Operation::Lag { by } => time::lag(field, group, i128::from(*by), found),
        Operation::Carry { at_most } => time::carry(field, group, i128::from(*at_most), found),
        Operation::Winsorise { skewness, kurtosis, at_most } => {
            let limits = winsorise::Limits {
                skewness: decimal::to_real(skewness.0, skewness.1),
                kurtosis: decimal::to_real(kurtosis.0, kurtosis.1),
                at_most: *at_most,
            };
            winsorise::winsorise(field, group, limits, found);
        }
        Operation::Fill { .. } => {}
    }
}

/// The half-life of a decay.
fn half_life(world: &World<'_>, operation: &Operation) -> f64 {
    let Operation::Decay { half_life, .. } = operation else { return f64::NAN };
    let value = Eval::new(world, Leaves::Nothing).eval(half_life, Sel::All(1)).value(0);
    match (value, &half_life.ty.base) {
        (Value::Number(units), Type::Number(places)) => decimal::to_real(units, *places),
        _ => f64::NAN,
    }
}

/// A number that must fit.
fn number(units: Option<i128>) -> Result {
    units.map(Value::Number).ok_or(Fault::Overflow)
}

/// The sum of numbers.
fn total(known: &[(i128, u32)]) -> I256 {
    known.iter().map(|(units, _)| I256::from(*units)).fold(I256::ZERO, |sum, units| sum + units)
}

/// The places of cells, as they stand in a selection.
fn cells_of(places: &[u32]) -> impl Iterator<Item = (usize, u32)> + '_ {
    places.iter().enumerate().map(|(place, &cell)| (place, row(cell as usize)))
}
