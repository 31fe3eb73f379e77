//! Aggregations: units of a score, or cells of an index, brought together by dimensions.

use ethnum::I256;

use super::complete::Values;
use super::expr::Eval;
use super::flaw::{self, Flaw};
use super::frame::{Leaves, Sel};
use super::group::{Groups, group};
use super::means::{self, Shares};
use super::order::{by_value, greatest};
use super::vector::{Out, all_rows, at, gather, put};
use super::world::World;
use super::{Cells, Key, complete};
use crate::builtin::Fault;
use crate::builtin::kernel::finite;
use crate::diag::Problems;
use crate::eval::faults;
use crate::plan::{Aggregate, Function, Index};
use crate::value::column::{Column, Data};
use crate::value::{Type, Value, decimal};

/// What is aggregated: rows with their leaves and their values.
pub struct Units<'u> {
    /// The leaves of the filter and of the dimensions.
    pub leaves: Leaves<'u>,
    /// How many.
    pub len: usize,
    /// Their values, if they were set.
    pub value: Option<&'u Column>,
    /// How many units each row stands for; one where there is no list.
    pub weights: Option<&'u [i64]>,
    /// The type of the values.
    pub ty: &'u Type,
}

/// What became of the units.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    /// Those without a value.
    pub no_value: u64,
    /// Those that fail `where`.
    pub failing: u64,
    /// Those outside `in`.
    pub outside: u64,
    /// Those in cells.
    pub in_cells: u64,
}

/// The cells of an aggregation. `report` takes what goes wrong for units, which don't count then.
pub fn aggregate<'a>(
    world: &World<'a>,
    index: &Index,
    aggregate: &'a Aggregate,
    units: &Units<'_>,
    mut report: impl FnMut(Vec<Flaw<'a>>, &mut Problems),
    problems: &mut Problems,
) -> (Cells, Counts) {
    let domains = complete::domains(world, &aggregate.by);
    let is_known = |row: u32| units.value.is_some_and(|value| value.is_known(row as usize));
    let asks_missing = aggregate.asks_missing();
    let valued: Vec<u32> = all_rows(units.len).into_iter().filter(|&row| asks_missing || is_known(row)).collect();
    let mut counts = Counts { no_value: (units.len - valued.len()) as u64, ..Counts::default() };
    let (passing, dims) = passing(world, aggregate, units, valued.clone(), |flaws| report(flaws, problems));
    counts.failing = (valued.len() - passing.len()) as u64;
    let inside = complete::inside(&dims, &domains, passing.len());
    counts.outside = (passing.len() - inside.len()) as u64;
    let (rows, dims) = if inside.len() == passing.len() {
        (passing, dims)
    } else {
        let rows = Sel::Some(&passing).rows(&inside);
        (rows, dims.iter().map(|dim| gather(dim, &inside)).collect())
    };
    let (rows, dims, mut results) =
        if asks_missing { without_lacking(aggregate, rows, dims, is_known) } else { (rows, dims, Vec::new()) };
    let (rows, dims, shares) = weighed(world, aggregate, units, (rows, dims), |flaws| report(flaws, problems));
    counts.in_cells = rows.len() as u64;
    let groups = group(&dims, rows.len());
    let empty = Column::full(Data::Small(Vec::new()));
    let values = gather(units.value.unwrap_or(&empty), &rows);
    let weights = units.weights.map(|weights| rows.iter().map(|&row| at(weights, row as usize)).collect());
    let found = match &shares {
        None => self::results(aggregate.function, &values, units.ty, &groups, &Weights(weights)),
        Some(_) => {
            let (function, weights) = (aggregate.function, Weights(weights));
            means::results(function, &values, units.ty, &groups, &weights, shares.as_ref())
        }
    };
    results.extend(groups.first.iter().map(|&first| key_of(&dims, first)).zip(found));
    (finish(index, aggregate.function, units.ty, results, &domains, problems), counts)
}

fn key_of(dims: &[Column], row: u32) -> Key {
    dims.iter().map(|dim| dim.value(row as usize)).collect()
}

/// Leaves out the groups that have too few known values, which are missing, and the rows without a value.
fn without_lacking(
    aggregate: &Aggregate,
    rows: Vec<u32>,
    dims: Vec<Column>,
    is_known: impl Fn(u32) -> bool,
) -> (Vec<u32>, Vec<Column>, Vec<(Key, Result)>) {
    let groups = group(&dims, rows.len());
    let mut counts = vec![(0u64, 0u64); groups.first.len()];
    for (&row, &id) in rows.iter().zip(&groups.ids) {
        if let Some((known, all)) = counts.get_mut(id as usize) {
            *known += u64::from(is_known(row));
            *all += 1;
        }
    }
    let holds: Vec<bool> = counts.iter().map(|&(known, all)| aggregate.missing.holds(known, all)).collect();
    let lacking = groups.first.iter().zip(&holds).filter(|(_, holds)| !**holds);
    let missing = lacking.map(|(&first, _)| (key_of(&dims, first), Ok(Value::Missing))).collect();
    let kept: Vec<u32> = all_rows(rows.len())
        .into_iter()
        .filter(|&place| at(&holds, at(&groups.ids, place as usize) as usize) && is_known(at(&rows, place as usize)))
        .collect();
    (Sel::Some(&rows).rows(&kept), dims.iter().map(|dim| gather(dim, &kept)).collect(), missing)
}

/// The weights of rows, where the scheme states some; rows without one are left out.
fn weighed<'a>(
    world: &World<'a>,
    aggregate: &'a Aggregate,
    units: &Units<'_>,
    (rows, dims): (Vec<u32>, Vec<Column>),
    report: impl FnOnce(Vec<Flaw<'a>>),
) -> (Vec<u32>, Vec<Column>, Option<Shares>) {
    let Some(weight) = &aggregate.weight else { return (rows, dims, None) };
    let mut eval = Eval::new(world, units.leaves);
    let column = eval.column(weight, Sel::Some(&rows));
    let flaws = eval.into_flaws();
    let flawed = flaw::rows(&flaws);
    if !flaws.is_empty() {
        report(flaws);
    }
    let fine = |place: &u32| flawed.binary_search(&at(&rows, *place as usize)).is_err();
    let kept: Vec<u32> = all_rows(rows.len()).into_iter().filter(fine).collect();
    let share = |&place: &u32| if let Value::Number(units) = column.value(place as usize) { units } else { 0 };
    let places = if let Type::Number(places) = weight.ty.base { places } else { 0 };
    let shares = Shares { units: kept.iter().map(share).collect(), places };
    (Sel::Some(&rows).rows(&kept), dims.iter().map(|dim| gather(dim, &kept)).collect(), Some(shares))
}

/// The cells of an index from the results of those that units fell into.
pub fn finish(
    index: &Index,
    function: Function,
    ty: &Type,
    mut results: Vec<(Key, Result)>,
    domains: &[Values],
    problems: &mut Problems,
) -> Cells {
    // Before errors are reported: of several that say the same, the first cell by its key is named.
    results.sort_by(|a, b| a.0.cmp(&b.0));
    let mut cell = |(key, result): (Key, Result)| {
        let value = result.unwrap_or_else(|failure| {
            let (group, diagnostic) = match failure {
                Failure::Fault(fault) => faults::cell_fault(fault, index, &key, index.span),
                Failure::Several => faults::several_values(index, &key, index.span),
            };
            problems.push_grouped(&group, diagnostic);
            Value::Missing
        });
        (key, value)
    };
    let cells: Cells = results.into_iter().map(&mut cell).collect();
    complete::complete(index, cells, domains, &nothing(function, ty), problems)
}

/// The units that pass the filter, and their dimensions.
pub fn passing<'a>(
    world: &World<'a>,
    aggregate: &'a Aggregate,
    units: &Units<'_>,
    mut rows: Vec<u32>,
    mut report: impl FnMut(Vec<Flaw<'a>>),
) -> (Vec<u32>, Vec<Column>) {
    loop {
        let mut eval = Eval::new(world, units.leaves);
        let sel = Sel::All(units.len);
        let passing = match &aggregate.filter {
            None => rows.clone(),
            Some(filter) => eval.split_at(filter, sel, rows.clone()).0,
        };
        let dims = aggregate.by.iter().map(|by| {
            let out: Out<'_> = eval.eval_at(&by.expr, sel, &passing);
            out.into_column(&by.expr.ty.base, passing.len())
        });
        let dims = dims.collect();
        let flaws = eval.into_flaws();
        if flaws.is_empty() {
            return (passing, dims);
        }
        let flawed = flaw::rows(&flaws);
        rows.retain(|row| flawed.binary_search(row).is_err());
        report(flaws);
    }
}

/// Why a cell has no result.
pub enum Failure {
    /// It can't be computed.
    Fault(Fault),
    /// There are several values where one is asked for.
    Several,
}

/// The result of a cell.
pub type Result = std::result::Result<Value, Failure>;

/// What a function gives over nothing.
fn nothing(function: Function, ty: &Type) -> Value {
    match (function, ty) {
        (Function::Count, _) => Value::Number(0),
        (Function::Sum, Type::Real) => Value::Real(0.0),
        (Function::Sum, _) => Value::Number(0),
        _ => Value::Missing,
    }
}

/// How many units each row stands for.
pub struct Weights(Option<Vec<i64>>);

impl Weights {
    /// Those of a row.
    pub fn of(&self, row: usize) -> i64 {
        self.0.as_ref().map_or(1, |weights| at(weights, row))
    }
}

/// The result for each group of known values.
fn results(function: Function, values: &Column, ty: &Type, groups: &Groups, weights: &Weights) -> Vec<Result> {
    let n = groups.first.len();
    let counts = || {
        let mut counts = vec![0u64; n];
        for (place, &id) in groups.ids.iter().enumerate() {
            let count = at(&counts, id as usize);
            put(&mut counts, id as usize, count + weights.of(place).unsigned_abs());
        }
        counts
    };
    match function {
        Function::Count => counts().into_iter().map(|count| Ok(Value::Number(count.into()))).collect(),
        Function::Sum | Function::Mean => match &values.data {
            Data::Real(reals) => real_results(function, reals, groups, weights),
            data => {
                let places = if let Type::Number(places) = ty { *places } else { 0 };
                let result = |(sum, count): (I256, u64)| of_sum(function, sum, places, count);
                sums(data, groups, weights).into_iter().zip(counts()).map(result).collect()
            }
        },
        Function::GeometricMean | Function::HarmonicMean => means::results(function, values, ty, groups, weights, None),
        Function::Min | Function::Max => {
            let compare = by_value(values);
            let best = match function {
                Function::Max => greatest(&groups.ids, n, values, compare),
                _ => greatest(&groups.ids, n, values, |a, b| compare(b, a)),
            };
            best.into_iter().map(|row| Ok(values.value(row as usize))).collect()
        }
        Function::Only => {
            let only = |(count, &first): (u64, &u32)| {
                if count > 1 { Err(Failure::Several) } else { Ok(values.value(first as usize)) }
            };
            counts().into_iter().zip(&groups.first).map(only).collect()
        }
    }
}

/// A sum, or the mean that it makes of so many numbers of so many places.
pub fn of_sum(function: Function, sum: I256, places: u8, count: u64) -> Result {
    let units = if function == Function::Sum { decimal::narrow(sum) } else { decimal::mean(sum, places, count) };
    units.map(Value::Number).ok_or(Failure::Fault(Fault::Overflow))
}

/// The sum of each group. Up to 2^32 numbers of 64 bits fit 128, those of 128 fit 256.
fn sums(data: &Data, groups: &Groups, weights: &Weights) -> Vec<I256> {
    let n = groups.first.len();
    match data {
        Data::Small(v) => {
            let mut sums = vec![0i128; n];
            for (place, (&id, &units)) in groups.ids.iter().zip(v).enumerate() {
                let sum = at(&sums, id as usize) + i128::from(units) * i128::from(weights.of(place));
                put(&mut sums, id as usize, sum);
            }
            sums.into_iter().map(I256::from).collect()
        }
        Data::Wide(v) => {
            let mut sums = vec![I256::ZERO; n];
            for (place, (&id, &units)) in groups.ids.iter().zip(v).enumerate() {
                let all = I256::from(units) * I256::from(weights.of(place));
                let sum = sums.get(id as usize).copied().unwrap_or(I256::ZERO) + all;
                put(&mut sums, id as usize, sum);
            }
            sums
        }
        _ => vec![I256::ZERO; n],
    }
}

/// Reals are added in ascending order, so that the order of the rows doesn't show. One that stands for several is added
/// as often: a product would be rounded in another way.
fn real_results(function: Function, reals: &[f64], groups: &Groups, weights: &Weights) -> Vec<Result> {
    let mut lists: Vec<Vec<(f64, usize)>> = vec![Vec::new(); groups.first.len()];
    for (place, (&id, &real)) in groups.ids.iter().zip(reals).enumerate() {
        if let Some(list) = lists.get_mut(id as usize) {
            list.push((real, usize::try_from(weights.of(place)).unwrap_or(0)));
        }
    }
    let result = |mut list: Vec<(f64, usize)>| {
        list.sort_unstable_by(|(a, _), (b, _)| a.total_cmp(b));
        let count: usize = list.iter().map(|(_, times)| times).sum();
        let sum: f64 = list.iter().flat_map(|&(real, times)| std::iter::repeat_n(real, times)).sum();
        let result = if function == Function::Mean { sum / count as f64 } else { sum };
        finite(result).map(Value::Real).map_err(Failure::Fault)
    };
    lists.into_iter().map(result).collect()
}
