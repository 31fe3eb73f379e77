//! An aggregation: brings the units of a score, or the cells of an index, together in cells.

use std::collections::{BTreeMap, BTreeSet};

use ethnum::I256;

use super::expr::{self, Scope, Stop};
use super::score::{Scored, Stage, count};
use super::world::World;
use super::{Cells, Computed, means};
use crate::builtin::{Fault, kernel};
use crate::diag::Problems;
use crate::eval::IndexAccount;
use crate::eval::faults::{self, Found};
use crate::plan::{Aggregate, Domain, Function, Index, Score};
use crate::value::{Type, Value, decimal};

/// The values that a dimension can have, if they are given.
pub type Given = Option<BTreeSet<Value>>;

/// A unit or cell in the cell with these dimensions.
#[derive(Debug, Clone)]
pub struct Member {
    /// The dimensions.
    pub dims: Vec<Value>,
    /// Its value.
    pub value: Value,
    /// How much it counts, where that is said.
    pub weight: Option<Value>,
}

/// Where a unit or cell belongs.
pub enum Fate {
    /// It fails `where`.
    Failing,
    /// A dimension has a value outside `in`.
    Outside,
    /// It belongs to the cell with these dimensions.
    Cell(Vec<Value>),
}

/// The cells of an aggregation of a score, and what became of its units.
pub fn of_score(
    world: &World<'_>,
    index: &Index,
    aggregate: &Aggregate,
    (score, scored): (&Score, &Scored),
    problems: &mut Problems,
) -> (Computed, IndexAccount) {
    let mut account = IndexAccount {
        index: index.name.to_string(),
        score: score.name.to_string(),
        scored: count(&scored.units),
        no_value: 0,
        failing: 0,
        outside: 0,
        in_cells: 0,
    };
    let given = domains(world, aggregate);
    let (mut members, mut broken) = (Vec::new(), scored.broken);
    let stage = Stage::of(world, score);
    for (stage, unit) in stage.iter().flat_map(|stage| scored.units.iter().map(move |unit| (stage, unit))) {
        if !unit.value.is_known() {
            account.no_value += 1;
            continue;
        }
        match fate(aggregate, &given, &stage.scope(unit)) {
            Ok(Fate::Failing) => account.failing += 1,
            Ok(Fate::Outside) => account.outside += 1,
            Ok(Fate::Cell(dims)) => {
                let weight = aggregate.weight.as_ref().map(|weight| expr::eval(weight, &stage.scope(unit)));
                match weight.transpose() {
                    Ok(weight) => {
                        account.in_cells += 1;
                        members.push(Member { dims, value: unit.value.clone(), weight });
                    }
                    Err(stop) => {
                        broken = true;
                        report(stop.at_row(world, (stage.input, stage.table, unit.row)), problems);
                    }
                }
            }
            Err(stop) => {
                broken = true;
                report(stop.at_row(world, (stage.input, stage.table, unit.row)), problems);
            }
        }
    }
    let computed = cells(index, aggregate, &given, (members, &score.ty.base), problems);
    (Computed { broken: computed.broken || broken, ..computed }, account)
}

/// The cells of an aggregation of the cells of an index.
pub fn of_index(
    world: &World<'_>,
    index: &Index,
    aggregate: &Aggregate,
    (source, of): (&Index, &Cells),
    problems: &mut Problems,
) -> Computed {
    let given = domains(world, aggregate);
    let (mut members, mut broken) = (Vec::new(), false);
    for (dims, value) in of.iter().filter(|(_, value)| value.is_known() || aggregate.asks_missing()) {
        let scope = Scope { dims, value, ..Scope::new(world) };
        let member = |fate: Fate| {
            let Fate::Cell(dims) = fate else { return Ok(None) };
            let weight = aggregate.weight.as_ref().filter(|_| value.is_known());
            let weight = weight.map(|weight| expr::eval(weight, &scope)).transpose()?;
            Ok(Some(Member { dims, value: value.clone(), weight }))
        };
        match fate(aggregate, &given, &scope).and_then(member) {
            Ok(member) => members.extend(member),
            Err(stop) => {
                broken = true;
                report(stop.at_cell(world, source, dims), problems);
            }
        }
    }
    let computed = cells(index, aggregate, &given, (members, &source.ty.base), problems);
    Computed { broken: computed.broken || broken, ..computed }
}

/// Takes an error.
pub fn report(found: Option<Found>, problems: &mut Problems) {
    found.into_iter().for_each(|(group, diagnostic)| problems.push_grouped(&group, diagnostic));
}

/// The values that each dimension can have, where they are given.
pub fn domains(world: &World<'_>, aggregate: &Aggregate) -> Vec<Given> {
    let values = |domain: &Domain| match domain {
        Domain::Values(values) => values.iter().cloned().collect(),
        Domain::Keys(input, column) => match world.table(*input) {
            Some(table) => (0..table.rows).map(|row| table.value(*column, row)).collect(),
            None => BTreeSet::new(),
        },
    };
    aggregate.by.iter().map(|by| by.domain.as_ref().map(values)).collect()
}

/// Where a unit or cell with a value belongs.
pub fn fate(aggregate: &Aggregate, given: &[Given], scope: &Scope<'_>) -> Result<Fate, Stop> {
    if !expr::applies(aggregate.filter.as_ref(), scope)? {
        return Ok(Fate::Failing);
    }
    let dims = expr::eval_all(aggregate.by.iter().map(|by| &by.expr), scope)?;
    let inside = |(given, value): (&Given, &Value)| given.as_ref().is_none_or(|values| values.contains(value));
    Ok(if given.iter().zip(&dims).all(inside) { Fate::Cell(dims) } else { Fate::Outside })
}

/// The cells: the tuples seen over the dimensions without given values, crossed with all given values.
fn cells(
    index: &Index,
    aggregate: &Aggregate,
    given: &[Given],
    (members, ty): (Vec<Member>, &Type),
    problems: &mut Problems,
) -> Computed {
    let free = |dims: &[Value]| -> Vec<Value> {
        dims.iter().zip(given).filter(|(_, given)| given.is_none()).map(|(dim, _)| dim.clone()).collect()
    };
    let mut seen: BTreeSet<Vec<Value>> = members.iter().map(|member| free(&member.dims)).collect();
    if given.iter().all(Option::is_some) {
        seen.insert(Vec::new());
    }
    if let Some(found) = faults::too_many_cells(index, seen.len(), given.iter().flatten().map(BTreeSet::len)) {
        problems.push(found);
        return Computed { broken: true, ..Computed::default() };
    }
    let mut groups: BTreeMap<Vec<Value>, Vec<Member>> =
        tuples(given, &members).into_iter().map(|dims| (dims, Vec::new())).collect();
    for member in members {
        groups.entry(member.dims.clone()).or_default().push(member);
    }
    let mut computed = Computed::default();
    for (dims, members) in groups {
        let value = result(aggregate, members, ty).unwrap_or_else(|trouble| {
            computed.broken = true;
            let found = match trouble {
                Trouble::Several => faults::several_values(index, &dims, index.span),
                Trouble::Fault(fault) => faults::cell_fault(fault, index, &dims, index.span),
            };
            report(Some(found), problems);
            Value::Missing
        });
        computed.cells.insert(dims, value);
    }
    computed
}

fn tuples(given: &[Given], members: &[Member]) -> BTreeSet<Vec<Value>> {
    let mut tuples: BTreeSet<Vec<Value>> = members.iter().map(|member| member.dims.clone()).collect();
    if given.iter().all(Option::is_some) {
        tuples.insert(vec![Value::Missing; given.len()]);
    }
    for (at, values) in given.iter().enumerate() {
        if let Some(values) = values {
            let with = |tuple: &Vec<Value>, value: &Value| {
                tuple.iter().enumerate().map(|(i, old)| if i == at { value } else { old }.clone()).collect()
            };
            tuples = tuples.iter().flat_map(|tuple| values.iter().map(move |value| with(tuple, value))).collect();
        }
    }
    tuples
}

/// The value of a cell.
pub fn result(aggregate: &Aggregate, members: Vec<Member>, ty: &Type) -> Result<Value, Trouble> {
    let all = members.len() as u64;
    let known: Vec<Member> = members.into_iter().filter(|member| member.value.is_known()).collect();
    if !aggregate.missing.holds(known.len() as u64, all) {
        return Ok(Value::Missing);
    }
    match &aggregate.weight {
        None => combine(aggregate.function, known.into_iter().map(|member| member.value).collect(), ty),
        Some(weight) => means::weighted(aggregate.function, known, ty, &weight.ty.base),
    }
}

/// Why a cell has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The result isn't a number that a cell can hold.
    Fault(Fault),
    /// `only` over two values.
    Several,
}

/// One value of several known ones of a type.
pub fn combine(function: Function, values: Vec<Value>, ty: &Type) -> Result<Value, Trouble> {
    let number = |units: Option<i128>| units.map(Value::Number).ok_or(Trouble::Fault(Fault::Overflow));
    match function {
        Function::Count => Ok(Value::Number(values.len() as i128)),
        Function::Sum => number(decimal::narrow(wide_sum(&values))),
        Function::Mean if values.is_empty() => Ok(Value::Missing),
        Function::Mean => match ty {
            Type::Number(places) => number(decimal::mean(wide_sum(&values), *places, values.len() as u64)),
            _ => real_mean(values),
        },
        Function::GeometricMean => means::geometric(values, ty),
        Function::HarmonicMean => means::harmonic(&values, ty),
        Function::Min => Ok(values.into_iter().min().unwrap_or_default()),
        Function::Max => Ok(values.into_iter().max().unwrap_or_default()),
        Function::Only if values.len() > 1 => Err(Trouble::Several),
        Function::Only => Ok(values.into_iter().next().unwrap_or_default()),
    }
}

fn wide_sum(values: &[Value]) -> I256 {
    let units = |value: &Value| {
        if let Value::Number(units) = value { I256::from(*units) } else { I256::ZERO }
    };
    values.iter().map(units).fold(I256::ZERO, |sum, units| sum + units)
}

/// Reals are added in ascending order, for their sum depends on it.
fn real_mean(mut values: Vec<Value>) -> Result<Value, Trouble> {
    values.sort();
    let reals = values.iter().map(|value| if let Value::Real(real) = value { *real } else { 0.0 });
    let mean = reals.sum::<f64>() / values.len() as f64;
    kernel::finite(mean).map(Value::Real).map_err(Trouble::Fault)
}
