//! Which units of a score, or cells of an index, stand in which cell of an aggregation.

use std::collections::BTreeMap;

use crate::eval::IndexCells;
use crate::eval::reference::aggregate::{self, Fate};
use crate::eval::reference::expr::{Scope, eval_all};
use crate::eval::reference::score::Stage;
use crate::eval::reference::world::World;
use crate::plan::Aggregate;
use crate::value::Value;

use super::walk::Numbered;

/// Where a unit or cell stands in an aggregation. The dimensions are those of the cell where it would be, if that can
/// be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// It has no value.
    WithoutValue(Option<Vec<Value>>),
    /// `where` doesn't hold for it.
    Failing(Option<Vec<Value>>),
    /// A dimension has a value outside `in`.
    Outside(Vec<Value>),
    /// It is in this cell.
    Cell(Vec<Value>),
}

/// What stands in a cell, or would: places among the units of the score, or among the cells of the source.
#[derive(Debug, Default)]
pub struct Group {
    /// What counts.
    pub members: Vec<usize>,
    /// What has no value.
    pub without_value: Vec<usize>,
    /// What fails `where`.
    pub failing: Vec<usize>,
}

/// The groups of an aggregation.
pub type Groups = BTreeMap<Vec<Value>, Group>;

/// An aggregation with what its dimensions can be.
pub struct Sorter<'a> {
    aggregate: &'a Aggregate,
    given: Vec<aggregate::Given>,
}

impl<'a> Sorter<'a> {
    /// A sorter for an aggregation.
    pub fn new(world: &World<'_>, aggregate: &'a Aggregate) -> Self {
        Self { aggregate, given: aggregate::domains(world, aggregate) }
    }

    /// Where a unit or cell stands. An error means nowhere: the run was without any that counts.
    pub fn place(&self, scope: &Scope<'_>) -> Place {
        let dims = || eval_all(self.aggregate.by.iter().map(|by| &by.expr), scope).ok();
        if !scope.value.is_known() && !self.aggregate.asks_missing() {
            return Place::WithoutValue(dims());
        }
        match aggregate::fate(self.aggregate, &self.given, scope) {
            Ok(Fate::Cell(dims)) if !scope.value.is_known() => Place::WithoutValue(Some(dims)),
            Ok(Fate::Cell(dims)) => Place::Cell(dims),
            Ok(Fate::Outside) => Place::Outside(dims().unwrap_or_default()),
            Ok(Fate::Failing) | Err(_) => Place::Failing(dims()),
        }
    }

    /// The groups of the units of a score.
    pub fn units(&self, stage: &Stage<'_>, units: &[Numbered]) -> Groups {
        self.groups(units.iter().map(|unit| self.place(&stage.scope(&unit.row))))
    }

    /// The groups of the cells of an index.
    pub fn cells(&self, world: &World<'_>, source: &IndexCells) -> Groups {
        let place = |(dims, value): &(Vec<Value>, Value)| self.place(&Scope { dims, value, ..Scope::new(world) });
        self.groups(source.cells.iter().map(place))
    }

    fn groups(&self, places: impl Iterator<Item = Place>) -> Groups {
        let mut groups = Groups::new();
        for (at, place) in places.enumerate() {
            match place {
                Place::Cell(dims) => groups.entry(dims).or_default().members.push(at),
                Place::WithoutValue(Some(dims)) => groups.entry(dims).or_default().without_value.push(at),
                Place::Failing(Some(dims)) => groups.entry(dims).or_default().failing.push(at),
                Place::WithoutValue(None) | Place::Failing(None) | Place::Outside(_) => {}
            }
        }
        groups
    }
}
