//! Operations over a dimension: which cells of the source bear on a cell, and why it has no value.

use std::collections::BTreeMap;

use super::Explainer;
use super::tree::Why;
use crate::eval::IndexCells;
use crate::eval::reference::expr::{Scope, eval_all};
use crate::eval::reference::over::others;
use crate::plan::over::{Filling, Operation, Reference, position};
use crate::plan::{Expr, ExprKind, Index, Over};
use crate::value::{Type, Value};

/// The cells of a source in their groups.
pub struct Grouped<'a> {
    source: &'a Index,
    cells: &'a IndexCells,
    /// The same, to be found by their dimensions.
    pub all: BTreeMap<Vec<Value>, Value>,
    over: &'a Over,
    /// The places of the cells of each group, ascending along the dimension.
    groups: BTreeMap<Vec<&'a Value>, Vec<usize>>,
}

impl<'a> Grouped<'a> {
    /// The groups of an operation.
    pub fn new(explainer: &Explainer<'a>, over: &'a Over) -> Option<Self> {
        let source = explainer.plan.indices.get(over.source)?;
        let cells = *explainer.results.get(&over.source)?;
        let mut groups: BTreeMap<Vec<&'a Value>, Vec<usize>> = BTreeMap::new();
        for (at, (dims, _)) in cells.cells.iter().enumerate() {
            groups.entry(others(dims, over.along)).or_default().push(at);
        }
        let all = cells.cells.iter().cloned().collect();
        Some(Self { source, cells, all, over, groups })
    }

    fn value(&self, at: usize) -> &'a Value {
        self.cells.cells.get(at).map_or(&Value::Missing, |(_, value)| value)
    }

    fn dims(&self, at: usize) -> &'a [Value] {
        self.cells.cells.get(at).map_or(&[], |(dims, _)| dims.as_slice())
    }

    /// The number of a cell along a dimension in time.
    fn position(&self, dims: &[Value]) -> i128 {
        let ty = self.source.dims.get(self.over.along).map_or(&Type::Flag, |dim| &dim.ty.base);
        dims.get(self.over.along).and_then(|value| position(value, ty)).unwrap_or(0)
    }

    /// The cells that bear on one, as places among those of the source, the most important first. The cell itself is
    /// always among them.
    pub fn bearing(&self, explainer: &Explainer<'_>, dims: &[Value]) -> Vec<usize> {
        let none = Vec::new();
        let group = self.groups.get(&others(dims, self.over.along)).unwrap_or(&none);
        let Some(&own) = group.iter().find(|at| self.dims(**at) == dims) else { return Vec::new() };
        let value = self.value(own);
        let known = || group.iter().copied().filter(|&at| self.value(at).is_known());
        let now = self.position(dims);
        let age = |at: &usize| now - self.position(self.dims(*at));
        let mut found: Vec<usize> = match &self.over.operation {
            Operation::Rank { highest_first, .. } if value.is_known() => {
                let before = |at: &usize| {
                    let other = self.value(*at);
                    if *highest_first { other >= value } else { other <= value }
                };
                let mut before: Vec<usize> = known().filter(before).collect();
                before.sort_by(|a, b| self.value(*a).cmp(self.value(*b)));
                if *highest_first {
                    before.reverse();
                }
                before
            }
            Operation::MinMax { from: None, .. } => self.ends(known().collect()),
            Operation::Distance { to } => self.references(to, known().collect()),
            Operation::ZScore | Operation::Winsorise { .. } => known().collect(),
            Operation::Cumulative { .. } | Operation::Decay { .. } => known().filter(|at| age(at) >= 0).collect(),
            Operation::Rolling { width, .. } => {
                group.iter().copied().filter(|at| (0..i128::from(*width)).contains(&age(at))).collect()
            }
            Operation::Lag { by } => group.iter().copied().filter(|at| age(at) == i128::from(*by)).collect(),
            Operation::Carry { at_most } if !value.is_known() => {
                let near = |at: &usize| (0..=i128::from(*at_most)).contains(&age(at));
                known().rfind(near).into_iter().collect()
            }
            Operation::Fill { function, by } if !value.is_known() => {
                let alike = self.alike(explainer, by, dims, known().collect());
                if matches!(function, Filling::Mean | Filling::Median) { alike } else { self.ends(alike) }
            }
            _ => vec![own],
        };
        if !found.contains(&own) {
            found.insert(0, own);
        }
        found
    }

    /// The first cell with the least, and that with the greatest value.
    fn ends(&self, known: Vec<usize>) -> Vec<usize> {
        let least = known.iter().copied().min_by_key(|&at| self.value(at));
        let greatest = known.iter().copied().rev().max_by_key(|&at| self.value(at));
        let mut ends: Vec<usize> = least.into_iter().chain(greatest).collect();
        ends.dedup();
        ends
    }

    /// The least and the greatest known value of the group of a cell, where the operation asks for them and they differ.
    pub fn least_and_greatest(&self, dims: &[Value]) -> Option<(&'a Value, &'a Value)> {
        let (Operation::MinMax { from: None, .. } | Operation::Distance { to: Reference::Min | Reference::Max }) =
            &self.over.operation
        else {
            return None;
        };
        let group = self.groups.get(&others(dims, self.over.along))?;
        let known = || group.iter().map(|&at| self.value(at)).filter(|value| value.is_known());
        known().min().zip(known().max()).filter(|(least, greatest)| least != greatest)
    }

    fn references(&self, to: &Reference<Expr>, known: Vec<usize>) -> Vec<usize> {
        match to {
            Reference::Mean => known,
            Reference::Min => self.ends(known).into_iter().take(1).collect(),
            Reference::Max => self.ends(known).into_iter().rev().take(1).collect(),
            Reference::At(at) => {
                let ExprKind::Const(wanted) = &at.kind else { return Vec::new() };
                known.into_iter().filter(|&at| self.dims(at).get(self.over.along) == Some(wanted)).collect()
            }
        }
    }

    /// Those with the same values of some expressions.
    fn alike(&self, explainer: &Explainer<'_>, by: &[Expr], dims: &[Value], known: Vec<usize>) -> Vec<usize> {
        let key = |dims: &[Value]| eval_all(by, &Scope { dims, ..Scope::new(&explainer.world) }).ok();
        let own = key(dims);
        known.into_iter().filter(|&at| key(self.dims(at)) == own).collect()
    }

    /// Why a cell has no value.
    pub fn why(&self, dims: &[Value], text: &str) -> Why {
        let source = &self.source.name;
        let place = self.cells.cells.binary_search_by(|(other, _)| other.as_slice().cmp(dims));
        let is_known = place.is_ok_and(|at| self.value(at).is_known());
        let says = match &self.over.operation {
            Operation::Lag { by } => format!("nothing known stands {by} before"),
            Operation::Rolling { partial: true, .. } => "nothing known stands in the window".to_owned(),
            Operation::Rolling { .. } => "the window is incomplete".to_owned(),
            Operation::Carry { at_most } => format!("no known value stands at most {at_most} before"),
            Operation::Fill { .. } => "nothing known stands in its group".to_owned(),
            _ if !is_known => format!("`{source}` is missing here"),
            Operation::MinMax { from: Some(_), .. } => "a goalpost is missing, or both are the same".to_owned(),
            Operation::MinMax { .. } | Operation::ZScore => "all values of its group are the same".to_owned(),
            _ => "what it is set in relation to is 0 or missing".to_owned(),
        };
        Why { reason: "operation", text: text.to_owned(), says }
    }
}
