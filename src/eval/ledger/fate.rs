//! What became of a row of the data: which step dropped it, which row absorbed it, or in which cells it counts.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Explainer;
use super::cells::{coordinates, score};
use super::groups::{Place, Sorter};
use super::tree::{Absorbed, Begin, Did, Event, Fate, Fields, Row, Score, Shown, Trail};
use super::walk;
use crate::eval::reference::expr::Scope;
use crate::plan::{Body, Operand, Source};
use crate::value::Value;

/// What became of a record.
#[derive(Debug, Clone, Serialize)]
pub struct Story {
    /// The index that is asked about.
    pub index: String,
    /// The ways of the record's rows through the scores that the index rests on.
    pub ways: Vec<Way>,
    /// The cells of the index in which the record counts.
    pub cells: Vec<Fields>,
    /// If a cell was asked for: that cell, and whether it is among them.
    pub asked: Option<Asked>,
    /// The scores.
    pub scores: Vec<Score>,
}

/// A cell that was asked for.
#[derive(Debug, Clone, Serialize)]
pub struct Asked {
    /// The dimensions.
    pub at: Fields,
    /// Whether the record counts in it.
    pub counts: bool,
}

/// The way of a row through a score.
#[derive(Debug, Clone, Serialize)]
pub struct Way {
    /// The score.
    pub score: String,
    /// The row.
    pub row: Row,
    /// What the steps did to the row, and to its unit as long as its value counts.
    pub steps: Vec<Stage>,
    /// Where it ended.
    pub end: End,
}

/// A stage of the way.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Stage {
    /// A step did something to the row, or to its unit.
    Step(Event),
    /// An `absorb` left one row of the unit.
    Absorb(Meeting),
}

/// An `absorb`, as a row meets it.
#[derive(Debug, Clone, Serialize)]
pub struct Meeting {
    /// The place of the step in its score.
    pub step: usize,
    /// Its label.
    pub label: String,
    /// What became of the row.
    pub fate: Fate,
    /// The unit.
    pub unit: Fields,
    /// The value that the unit gets.
    pub value: Shown,
    /// The rows whose value that is.
    pub by: Vec<String>,
}

/// Where a row ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "ended", rename_all = "snake_case")]
pub enum End {
    /// A `keep` dropped it.
    Dropped {
        /// The label of the step.
        by: String,
    },
    /// An `every` found no period for it.
    NoPeriod {
        /// The label of the step.
        by: String,
    },
    /// Other rows of its unit absorbed it.
    Absorbed {
        /// The label of the step.
        by: String,
    },
    /// It was left out together with its unit.
    LeftOut,
    /// Its unit has a value, or lacks one, at the end of the score.
    Scored {
        /// The value.
        value: Shown,
        /// What the aggregations of the score make of the unit.
        places: Vec<Standing>,
    },
}

/// Where a unit stands in an aggregation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The index; of a part of a formula, what it says.
    pub index: String,
    /// A stable word: `cell`, `without_value`, `failing`, `outside`.
    pub place: &'static str,
    /// The dimensions that the unit has, as far as they can be said.
    pub at: Option<Fields>,
}

/// The cells of each index in which something counts.
type Touched = BTreeMap<usize, BTreeSet<Vec<Value>>>;

impl Explainer<'_> {
    /// What became of rows of an input.
    pub fn story(&self, input: usize, rows: &[usize], at: Option<&[Value]>) -> Story {
        let mut touched = Touched::new();
        let (mut ways, mut scores) = (Vec::new(), Vec::new());
        for (&of, _) in self.frames.iter().filter(|(of, _)| self.input_of(**of) == Some(input)) {
            ways.extend(self.ways(of, rows, &mut touched));
            scores.extend(score(self, of));
        }
        self.spread(&mut touched);
        let index = self.plan.indices.get(self.index);
        let named = |dims: &[Value]| index.map(|index| coordinates(index, dims)).unwrap_or_default();
        let cells = touched.remove(&self.index).unwrap_or_default();
        let asked = at.map(|at| Asked { at: named(at), counts: cells.contains(at) });
        let cells = cells.iter().map(|dims| named(dims)).collect();
        Story { index: index.map_or("", |index| &index.name).to_owned(), ways, cells, asked, scores }
    }

    fn input_of(&self, score: usize) -> Option<usize> {
        self.plan.scores.get(score).map(|score| score.input)
    }

    fn ways(&self, at: usize, rows: &[usize], touched: &mut Touched) -> Vec<Way> {
        let (Some(stage), Some(frame)) = (self.stage(at), self.frames.get(&at)) else { return Vec::new() };
        let trails = walk::trails(&stage, self.texts, frame, &frame.leading_to(frame.became(rows)));
        let mut all = Vec::new();
        for (id, trail) in &trails {
            let found = ways(trail, rows);
            if found.is_empty() {
                continue;
            }
            let unit = frame.units.iter().find(|unit| unit.id == *id);
            for (row, steps, end) in found {
                let end = end.unwrap_or_else(|| match unit {
                    None => End::LeftOut,
                    Some(unit) => {
                        let scope = stage.scope(&unit.row);
                        let value = Shown::new(unit.row.value.clone(), &stage.score.ty.base);
                        End::Scored { value, places: self.standings(at, &scope, touched) }
                    }
                });
                all.push(Way { score: stage.score.name.to_string(), row, steps, end });
            }
        }
        all
    }

    /// Where a unit of a score stands in the aggregations that the index rests on.
    fn standings(&self, score: usize, scope: &Scope<'_>, touched: &mut Touched) -> Vec<Standing> {
        let mut standings = Vec::new();
        for &at in self.groups.keys() {
            let Some((aggregate, index)) = self.aggregate(at).zip(self.plan.indices.get(at)) else { continue };
            if aggregate.source != Source::Score(score) {
                continue;
            }
            let (place, dims) = match Sorter::new(&self.world, aggregate).place(scope) {
                Place::WithoutValue(dims) => ("without_value", dims),
                Place::Failing(dims) => ("failing", dims),
                Place::Outside(dims) => ("outside", Some(dims)),
                Place::Cell(dims) => {
                    touched.entry(at).or_default().insert(dims.clone());
                    ("cell", Some(dims))
                }
            };
            let name = if index.name.contains('#') { self.texts.text(index.span) } else { index.name.to_string() };
            standings.push(Standing { index: name, place, at: dims.map(|dims| coordinates(index, &dims)) });
        }
        standings
    }

    /// Adds the cells of indices that rest on others. An index stands behind those that it uses.
    fn spread(&self, touched: &mut Touched) {
        for (&at, result) in &self.results {
            let Some(index) = self.plan.indices.get(at) else { continue };
            let found: BTreeSet<Vec<Value>> = match &index.body {
                Body::Formula { operands, .. } => {
                    let is_touched = |dims: &[Value]| operands.iter().any(|operand| uses(operand, dims, touched));
                    result.cells.iter().map(|(dims, _)| dims).filter(|dims| is_touched(dims)).cloned().collect()
                }
                Body::Over(over) => {
                    let (of, grouped) = (touched.get(&over.source), self.grouped(at));
                    let cells = self.results.get(&over.source).map_or(&[][..], |source| &source.cells);
                    let is_touched =
                        |place: usize| of.zip(cells.get(place)).is_some_and(|(of, (dims, _))| of.contains(dims));
                    let bears = |dims: &&Vec<Value>| {
                        grouped.is_some_and(|grouped| grouped.bearing(self, dims).into_iter().any(is_touched))
                    };
                    result.cells.iter().map(|(dims, _)| dims).filter(bears).cloned().collect()
                }
                Body::Aggregate(aggregate) => match aggregate.source {
                    Source::Score(_) => continue,
                    Source::Index(source) => {
                        let sorter = Sorter::new(&self.world, aggregate);
                        let of = touched.get(&source).into_iter().flatten();
                        let place = |dims: &Vec<Value>| {
                            let value = self.cell(source, dims)?;
                            match sorter.place(&Scope { dims, value, ..Scope::new(&self.world) }) {
                                Place::Cell(dims) => Some(dims),
                                _ => None,
                            }
                        };
                        of.filter_map(place).collect()
                    }
                },
            };
            touched.insert(at, found);
        }
    }
}

/// Whether a cell of a formula uses a cell of an operand that is touched.
fn uses(operand: &Operand, dims: &[Value], touched: &Touched) -> bool {
    let key: Vec<Value> = operand.dims.iter().filter_map(|&at| dims.get(at).cloned()).collect();
    touched.get(&operand.index).is_some_and(|cells| cells.contains(&key))
}

/// The ways of some rows through a trail, each with its end unless the row is still there.
fn ways(trail: &Trail, rows: &[usize]) -> Vec<(Row, Vec<Stage>, Option<End>)> {
    let mut found = match &trail.from {
        Begin::Row(row) if rows.contains(&row.row) => vec![(row.clone(), Vec::new(), None)],
        Begin::Row(_) => Vec::new(),
        Begin::Unit(unit) => members(unit, rows),
    };
    for (_, stages, end) in found.iter_mut().filter(|(_, _, end)| end.is_none()) {
        stages.extend(trail.steps.iter().cloned().map(Stage::Step));
        *end = trail.steps.last().and_then(|event| match event.did {
            Did::Dropped => Some(End::Dropped { by: event.label.clone() }),
            Did::NoPeriod => Some(End::NoPeriod { by: event.label.clone() }),
            _ => None,
        });
    }
    found
}

fn members(unit: &Absorbed, rows: &[usize]) -> Vec<(Row, Vec<Stage>, Option<End>)> {
    let place = |trail: &Trail| first_row(trail).map(|row| format!("{}:{}", row.file, row.line));
    let picked = unit.members.iter().filter(|member| member.fate == Fate::Picked);
    let by: Vec<String> = picked.filter_map(|member| place(&member.trail)).collect();
    let mut found = Vec::new();
    for member in &unit.members {
        for (row, mut stages, mut end) in ways(&member.trail, rows) {
            // A row that was dropped has an end; its unit goes on without it, unless it is put back for its sake.
            let restored = unit.restored && matches!(end, Some(End::Dropped { .. }));
            if end.is_none() || restored {
                stages.push(Stage::Absorb(Meeting {
                    step: unit.step,
                    label: unit.label.clone(),
                    fate: member.fate,
                    unit: unit.key.clone(),
                    value: unit.value.clone(),
                    by: by.clone(),
                }));
                end = (member.fate == Fate::Absorbed).then(|| End::Absorbed { by: unit.label.clone() });
            }
            found.push((row, stages, end));
        }
    }
    found
}

/// The first row of a trail whose value counts.
fn first_row(trail: &Trail) -> Option<&Row> {
    match &trail.from {
        Begin::Row(row) => Some(row),
        Begin::Unit(unit) => unit.members.first().and_then(|member| first_row(&member.trail)),
    }
}
