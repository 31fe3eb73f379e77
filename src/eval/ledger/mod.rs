//! The ledger: why a cell is what it is, down to the rows of the data and the steps of the scheme.
//!
//! Input: a plan, its tables, and the cells that a run gave. Output: a [`tree::Ledger`] for a cell, or a
//! [`fate::Story`] for a row. The rows go through the steps once more, by the reference interpreter's own functions.

mod cells;
pub mod fate;
mod groups;
mod lookups;
mod missing;
mod over;
mod shown;
mod sum;
pub mod text;
pub mod tree;
mod walk;

use std::collections::BTreeMap;

use super::IndexCells;
use super::reference::score::Stage;
use super::reference::world::World;
use crate::plan::needs::needs;
use crate::plan::{Aggregate, Body, Plan, Source};
use crate::value::Value;
use crate::value::column::Table;
use groups::{Groups, Sorter};
use text::Texts;
use tree::Ledger;
use walk::Frame;

/// What explanations of one index need: the cells of a run, and where each unit stands.
pub struct Explainer<'a> {
    plan: &'a Plan,
    texts: Texts<'a>,
    world: World<'a>,
    index: usize,
    results: BTreeMap<usize, &'a IndexCells>,
    frames: BTreeMap<usize, Frame>,
    groups: BTreeMap<usize, Groups>,
    over: BTreeMap<usize, over::Grouped<'a>>,
}

/// All indices that an index rests on, itself included: those whose cells an [`Explainer`] needs.
pub fn rests_on(plan: &Plan, index: usize) -> Vec<usize> {
    let marks = needs(plan, &[index], false).indices;
    marks.iter().enumerate().filter(|(_, needed)| **needed).map(|(at, _)| at).collect()
}

impl<'a> Explainer<'a> {
    /// Takes the rows of all scores that the index rests on through their steps. `results` are the cells of a run
    /// without errors, of the indices that [`rests_on`] names. `texts` are the sources, with the names of changes or
    /// without.
    pub fn new(
        plan: &'a Plan,
        tables: &'a [Option<Table>],
        results: &'a [IndexCells],
        texts: impl Into<Texts<'a>>,
        index: usize,
    ) -> Self {
        let needed = needs(plan, &[index], false);
        let world = World::with_keys(plan, tables, |input, key| needed.keys.contains(&(input, key)));
        let results = results.iter().map(|cells| (cells.index, cells)).collect();
        let texts = texts.into();
        let (frames, groups, over) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut explainer = Self { plan, texts, world, index, results, frames, groups, over };
        for (at, _) in needed.scores.iter().enumerate().filter(|(_, needed)| **needed) {
            let frame = explainer.stage(at).map(|stage| walk::walk(&stage, texts)).unwrap_or_default();
            explainer.frames.insert(at, frame);
        }
        for at in rests_on(plan, index) {
            if let Some(groups) = explainer.aggregate(at).map(|aggregate| explainer.groups_of(aggregate)) {
                explainer.groups.insert(at, groups);
            }
            if let Some(Body::Over(over)) = plan.indices.get(at).map(|index| &index.body) {
                let grouped = over::Grouped::new(&explainer, over);
                explainer.over.extend(grouped.map(|grouped| (at, grouped)));
            }
        }
        explainer
    }

    /// Why a cell of the index is what it is. Of each cell at most `limit` contributions are listed; the others are
    /// summed up.
    pub fn explain(&self, at: &[Value], limit: Option<usize>) -> Ledger {
        cells::ledger(self, at, limit)
    }

    /// The value of a cell of a ledger, from nothing but what the ledger lists below it. It is that of the cell; none
    /// where the ledger doesn't hold together.
    pub fn recombined(&self, ledger: &Ledger, cell: usize) -> Option<Value> {
        sum::recombined(self, ledger, cell)
    }

    fn stage<'s>(&'s self, score: usize) -> Option<Stage<'s>> {
        Stage::of(&self.world, self.plan.scores.get(score)?)
    }

    fn aggregate(&self, index: usize) -> Option<&'a Aggregate> {
        match &self.plan.indices.get(index)?.body {
            Body::Aggregate(aggregate) => Some(aggregate),
            Body::Formula { .. } | Body::Over(_) => None,
        }
    }

    /// The groups of an operation over a dimension.
    fn grouped(&self, index: usize) -> Option<&over::Grouped<'a>> {
        self.over.get(&index)
    }

    fn groups_of(&self, aggregate: &Aggregate) -> Groups {
        let sorter = Sorter::new(&self.world, aggregate);
        match aggregate.source {
            Source::Score(at) => match (self.stage(at), self.frames.get(&at)) {
                (Some(stage), Some(frame)) => sorter.units(&stage, &frame.units),
                _ => Groups::new(),
            },
            Source::Index(at) => {
                self.results.get(&at).map(|source| sorter.cells(&self.world, source)).unwrap_or_default()
            }
        }
    }

    /// The value of a cell; none if the index hasn't got it.
    fn cell(&self, index: usize, at: &[Value]) -> Option<&'a Value> {
        let cells = &self.results.get(&index)?.cells;
        let place = cells.binary_search_by(|(dims, _)| dims.as_slice().cmp(at)).ok()?;
        cells.get(place).map(|(_, value)| value)
    }
}
