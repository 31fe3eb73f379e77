//! Adds a ledger up: the value of a cell, from nothing but what is listed below it.

use ethnum::I256;

use super::Explainer;
use super::groups::Group;
use super::tree::{Cell, Contribution, Ledger, Made, More};
use crate::eval::reference::aggregate::{self, Member};
use crate::eval::reference::expr::{self, Scope};
use crate::eval::reference::over;
use crate::plan::{Aggregate, Body, Function, Source};
use crate::value::{Type, Value, decimal};

/// The value of a cell of the ledger; none where what is below it has other values there.
pub fn recombined(explainer: &Explainer<'_>, ledger: &Ledger, cell: usize) -> Option<Value> {
    let cell = ledger.cells.get(cell)?;
    let index = explainer.plan.indices.get(cell.place_in_plan)?;
    match (&cell.made, &index.body) {
        (Made::Nothing, _) => Some(cell.value.value.clone()),
        (Made::Formula { operands, .. }, Body::Formula { expr, .. }) => {
            let value = |part: &super::tree::Operand| {
                let value = &ledger.cells.get(part.id)?.value.value;
                (*value == part.value.value).then(|| value.clone())
            };
            let operands = operands.iter().map(value).collect::<Option<Vec<_>>>()?;
            let dims = dims_of(cell);
            let scope = Scope { dims: &dims, operands: &operands, ..Scope::new(&explainer.world) };
            expr::eval(expr, &scope).ok()
        }
        (Made::Units { contributions, more, .. }, Body::Aggregate(aggregate)) => {
            let counts = aggregate.function == Function::Count;
            let holds = |part: &Contribution| {
                let unit = ledger.units.get(part.id)?;
                let contributes = if counts { is_one(part) } else { unit.value == part.value };
                (unit.trail.value() == unit.value.value && contributes).then_some(())
            };
            contributions.iter().try_for_each(holds)?;
            if is_special(aggregate) {
                return of_all(explainer, cell.place_in_plan, aggregate, &dims_of(cell));
            }
            combined(aggregate, contributions, more.as_ref())
        }
        (Made::Cells { contributions, more, .. }, Body::Aggregate(aggregate)) => {
            let counts = aggregate.function == Function::Count;
            let holds = |part: &Contribution| {
                let member = ledger.cells.get(part.id)?;
                (if counts { is_one(part) } else { member.value == part.value }).then_some(())
            };
            contributions.iter().try_for_each(holds)?;
            if is_special(aggregate) {
                return of_all(explainer, cell.place_in_plan, aggregate, &dims_of(cell));
            }
            combined(aggregate, contributions, more.as_ref())
        }
        (Made::Cells { contributions, .. }, Body::Over(over)) => {
            let holds = |part: &Contribution| (ledger.cells.get(part.id)?.value == part.value).then_some(());
            contributions.iter().try_for_each(holds)?;
            let source = explainer.plan.indices.get(over.source)?;
            let all = &explainer.grouped(cell.place_in_plan)?.all;
            over::one(&explainer.world, index, over, (source, all), &dims_of(cell))
        }
        _ => None,
    }
}

fn is_special(aggregate: &Aggregate) -> bool {
    let of_all = matches!(aggregate.function, Function::GeometricMean | Function::HarmonicMean);
    of_all || aggregate.weight.is_some() || aggregate.missing.can_lack()
}

fn dims_of(cell: &Cell) -> Vec<Value> {
    cell.at.0.iter().map(|(_, value)| value.value.clone()).collect()
}

/// The result of an aggregation that takes more than sums, least and greatest values: of all that stands in the cell.
fn of_all(explainer: &Explainer<'_>, at: usize, aggregate: &Aggregate, dims: &[Value]) -> Option<Value> {
    let nothing = Group::default();
    let group = explainer.groups.get(&at)?.get(dims).unwrap_or(&nothing);
    let member = |value: &Value, scope: &Scope<'_>| {
        let weight = aggregate.weight.as_ref().map(|weight| expr::eval(weight, scope)).transpose().ok()?;
        Some(Member { dims: dims.to_vec(), value: value.clone(), weight })
    };
    let (mut members, ty) = match aggregate.source {
        Source::Score(score) => {
            let (stage, frame) = (explainer.stage(score)?, explainer.frames.get(&score)?);
            let units = group.members.iter().filter_map(|&at| frame.units.get(at));
            let members = units.map(|unit| member(&unit.row.value, &stage.scope(&unit.row)));
            (members.collect::<Option<Vec<_>>>()?, &explainer.plan.scores.get(score)?.ty.base)
        }
        Source::Index(source) => {
            let cells = group.members.iter().filter_map(|&at| explainer.results.get(&source)?.cells.get(at));
            let scope = |dims, value| Scope { dims, value, ..Scope::new(&explainer.world) };
            let members = cells.map(|(dims, value)| member(value, &scope(dims, value)));
            (members.collect::<Option<Vec<_>>>()?, &explainer.plan.indices.get(source)?.ty.base)
        }
    };
    if aggregate.asks_missing() {
        let missing = Member { dims: dims.to_vec(), value: Value::Missing, weight: None };
        members.extend(group.without_value.iter().map(|_| missing.clone()));
    }
    aggregate::result(aggregate, members, ty).ok()
}

/// What each member contributes to a count, whatever its value is.
fn is_one(part: &Contribution) -> bool {
    part.value.value == Value::Number(1)
}

fn combined(aggregate: &Aggregate, contributions: &[Contribution], more: Option<&More>) -> Option<Value> {
    let count = contributions.len() as u64 + more.map_or(0, |more| more.count);
    let values = || contributions.iter().map(|part| &part.value.value);
    let sum = || {
        let rest = more.map(|more| more.total.as_ref().map(|total| &total.value));
        values().map(Some).chain(rest).try_fold(I256::ZERO, |sum, value| match value {
            Some(Value::Number(units)) => Some(sum + I256::from(*units)),
            _ => None,
        })
    };
    let least = more.map(|more| &more.least.value);
    let greatest = more.map(|more| &more.greatest.value);
    match aggregate.function {
        Function::Count | Function::Sum => sum().and_then(decimal::narrow).map(Value::Number),
        Function::Mean if count == 0 => Some(Value::Missing),
        Function::Mean => {
            let ty = contributions.first().map(|part| &part.value.ty).or(more.map(|more| &more.least.ty))?;
            let Type::Number(places) = ty else { return None };
            decimal::mean(sum()?, *places, count).map(Value::Number)
        }
        Function::GeometricMean | Function::HarmonicMean => None,
        Function::Min => Some(values().chain(least).min().cloned().unwrap_or_default()),
        Function::Max => Some(values().chain(greatest).max().cloned().unwrap_or_default()),
        Function::Only if count > 1 => None,
        Function::Only => Some(values().chain(least).next().cloned().unwrap_or_default()),
    }
}
