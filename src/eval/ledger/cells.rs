//! The ledger of a cell: from the cell to its operands, members and units, and from the units to their rows.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use ethnum::I256;

use super::Explainer;
use super::groups::Group;
use super::lookups;
use super::missing;
use super::tree::{
    Beside, Cell, Contribution, Fields, Ledger, Line, Made, More, Operand, Param, Score, Shown, Step, Unit, Why,
};
use super::walk::{self, Frame};
use crate::eval::reference::absorb::size;
use crate::eval::reference::expr::{self, Scope, zero};
use crate::plan::needs::score_exprs;
use crate::plan::{self, Aggregate, Body, Expr, ExprKind, Function, Index, Over, Source};
use crate::value::{Type, Value, decimal};

/// How many lines of units that don't count are named.
const BESIDE: usize = 5;

/// Makes the ledger of a cell.
pub fn ledger(explainer: &Explainer<'_>, at: &[Value], limit: Option<usize>) -> Ledger {
    let mut builder = Builder {
        explainer,
        limit,
        asked: Vec::new(),
        known: BTreeMap::new(),
        cells: Vec::new(),
        units: Vec::new(),
        places: BTreeMap::new(),
        params: BTreeSet::new(),
    };
    builder.ask(explainer.index, at.to_vec());
    while let Some((index, at)) = builder.asked.get(builder.cells.len()).cloned() {
        let Some(cell) = builder.cell(index, &at) else { break };
        builder.cells.push(cell);
    }
    builder.finish()
}

struct Builder<'e, 'a> {
    explainer: &'e Explainer<'a>,
    limit: Option<usize>,
    /// The cells that are to be explained, in the order of `cells`.
    asked: Vec<(usize, Vec<Value>)>,
    known: BTreeMap<(usize, Vec<Value>), usize>,
    cells: Vec<Cell>,
    /// The units: the score, and the place among its units.
    units: Vec<(usize, usize)>,
    places: BTreeMap<(usize, usize), usize>,
    params: BTreeSet<usize>,
}

impl<'a> Builder<'_, 'a> {
    /// The place of a cell, which will be explained.
    fn ask(&mut self, index: usize, at: Vec<Value>) -> usize {
        let next = self.asked.len();
        let place = *self.known.entry((index, at.clone())).or_insert(next);
        if place == next {
            self.asked.push((index, at));
        }
        place
    }

    fn cell(&mut self, at: usize, dims: &[Value]) -> Option<Cell> {
        let explainer = self.explainer;
        let index = explainer.plan.indices.get(at)?;
        let found = explainer.cell(at, dims);
        let value = found.cloned().unwrap_or_else(|| absent_value(index));
        let text = self.text(index);
        let (made, mut why) = match &index.body {
            _ if found.is_none() => (Made::Nothing, vec![missing::absent(&text)]),
            Body::Formula { operands, expr } => self.formula(dims, operands, expr),
            Body::Over(over) => {
                let why = explainer.grouped(at).map(|grouped| grouped.why(dims, &text));
                (self.over(at, dims, over), why.into_iter().collect())
            }
            Body::Aggregate(aggregate) => {
                let made = self.aggregate(at, dims, aggregate);
                let why = vec![missing::of_aggregate(aggregate, &made, &text)];
                (made, why)
            }
        };
        if value.is_known() {
            why.clear();
        }
        let (name, part) = match index.name.split_once('#') {
            Some((name, _)) => (name.to_owned(), true),
            None => (index.name.to_string(), false),
        };
        Some(Cell {
            place_in_plan: at,
            index: name,
            part,
            title: index.title.to_string(),
            at: coordinates(index, dims),
            value: Shown::new(value, &index.ty.base),
            present: found.is_some(),
            text,
            place: explainer.texts.line(index.span),
            made,
            missing: why,
        })
    }

    /// What the scheme says an index is, as it is written; the dimensions of a block stand behind the aggregation.
    fn text(&self, index: &Index) -> String {
        let texts = self.explainer.texts;
        match &index.body {
            Body::Formula { expr, .. } => texts.text(expr.span),
            Body::Aggregate(_) if index.name.contains('#') => texts.text(index.span),
            Body::Over(over) => texts.text(over.span),
            Body::Aggregate(aggregate) => {
                let dims = aggregate.shared.map_or_else(String::new, |dims| format!(" by {}", texts.text(dims)));
                texts.text(aggregate.span) + &dims
            }
        }
    }

    fn formula(&mut self, dims: &[Value], operands: &[plan::Operand], expr: &Expr) -> (Made, Vec<Why>) {
        let explainer = self.explainer;
        self.use_params(expr);
        let (mut values, mut shown) = (Vec::new(), Vec::new());
        for operand in operands {
            let key: Vec<Value> = operand.dims.iter().filter_map(|&at| dims.get(at).cloned()).collect();
            let Some(index) = explainer.plan.indices.get(operand.index) else { continue };
            let value = explainer.cell(operand.index, &key).cloned().unwrap_or_else(|| absent_value(index));
            let id = self.ask(operand.index, key);
            shown.push(Operand { id, value: Shown::new(value.clone(), &index.ty.base) });
            values.push(value);
        }
        let scope = Scope { dims, operands: &values, ..Scope::new(&explainer.world) };
        let scale_lines = lookups::of_expr(expr, &scope, explainer.texts).scale_lines;
        (Made::Formula { operands: shown, scale_lines }, missing::why(expr, &scope, explainer.texts))
    }

    fn aggregate(&mut self, at: usize, dims: &[Value], aggregate: &'a Aggregate) -> Made {
        let explainer = self.explainer;
        aggregate.filter.iter().for_each(|filter| self.use_params(filter));
        aggregate.by.iter().for_each(|by| self.use_params(&by.expr));
        let nothing = Group::default();
        let group = explainer.groups.get(&at).and_then(|groups| groups.get(dims)).unwrap_or(&nothing);
        let function = aggregate.function.word().to_owned();
        match aggregate.source {
            Source::Score(score) => self.units_of(score, function, aggregate, group),
            Source::Index(source) => {
                let cells = explainer.results.get(&source).map_or(&[][..], |source| &source.cells);
                let ty = explainer.plan.indices.get(source).map_or(&Type::Flag, |index| &index.ty.base);
                let members = group.members.iter().filter_map(|&at| Some((at, &cells.get(at)?.1))).collect();
                let (shown, more) = self.listed(members, aggregate.function, ty);
                let contributions = shown.into_iter().filter_map(|(at, value)| {
                    let dims = &cells.get(at)?.0;
                    let weight = self.weight(aggregate, &Scope { dims, value, ..Scope::new(&explainer.world) });
                    let id = self.ask(source, dims.clone());
                    Some(Contribution { id, value: share(aggregate.function, value, ty), weight, role: None })
                });
                let contributions = contributions.collect();
                let name = explainer.plan.indices.get(source).map_or("", |index| &index.name).to_owned();
                let named = |places: &[usize]| {
                    let cell = |&at: &usize| Some(coordinates(explainer.plan.indices.get(source)?, &cells.get(at)?.0));
                    places.iter().take(BESIDE).filter_map(cell).collect()
                };
                Made::Cells {
                    function,
                    source: name,
                    contributions,
                    more,
                    without_value: group.without_value.len() as u64,
                    without_value_at: named(&group.without_value),
                    failing: group.failing.len() as u64,
                    failing_at: named(&group.failing),
                    is_group: false,
                }
            }
        }
    }

    fn over(&mut self, at: usize, dims: &[Value], over: &'a Over) -> Made {
        let explainer = self.explainer;
        over.operation.exprs().into_iter().for_each(|expr| self.use_params(expr));
        let (source, cells) = (explainer.plan.indices.get(over.source), explainer.results.get(&over.source));
        let ty = source.map_or(&Type::Flag, |index| &index.ty.base);
        let cells = cells.map_or(&[][..], |cells| &cells.cells);
        let grouped = explainer.grouped(at);
        let mut bearing = grouped.map_or(Vec::new(), |grouped| grouped.bearing(explainer, dims));
        let ends = grouped.and_then(|grouped| grouped.least_and_greatest(dims));
        let others = bearing.split_off(self.limit.unwrap_or(usize::MAX).min(bearing.len()));
        let values = || others.iter().filter_map(|&at| cells.get(at)).map(|(_, value)| value);
        let more = values().min().zip(values().max()).map(|(least, greatest)| More {
            count: others.len() as u64,
            total: None,
            least: Shown::new(least.clone(), ty),
            greatest: Shown::new(greatest.clone(), ty),
        });
        let contribution = |at: usize| {
            let (dims, value) = cells.get(at)?;
            let id = self.ask(over.source, dims.clone());
            let role = match ends {
                Some((least, _)) if value == least => Some("least"),
                Some((_, greatest)) if value == greatest => Some("greatest"),
                _ => None,
            };
            Some(Contribution { id, value: Shown::new(value.clone(), ty), weight: None, role })
        };
        let contributions = bearing.into_iter().filter_map(contribution).collect();
        let function = over.operation.word().to_owned();
        let source = source.map_or("", |index| &index.name).to_owned();
        Made::Cells {
            function,
            source,
            contributions,
            more,
            without_value: 0,
            without_value_at: Vec::new(),
            failing: 0,
            failing_at: Vec::new(),
            is_group: true,
        }
    }

    /// How much a cell or unit counts.
    fn weight(&mut self, aggregate: &'a Aggregate, scope: &Scope<'_>) -> Option<Shown> {
        let weight = aggregate.weight.as_ref()?;
        self.use_params(weight);
        expr::eval(weight, scope).ok().map(|value| Shown::new(value, &weight.ty.base))
    }

    fn units_of(&mut self, at: usize, function: String, aggregate: &'a Aggregate, group: &Group) -> Made {
        let (explainer, how) = (self.explainer, aggregate.function);
        let none = Frame::default();
        let units = &explainer.frames.get(&at).unwrap_or(&none).units;
        let score = explainer.plan.scores.get(at);
        let ty = score.map_or(&Type::Flag, |score| &score.ty.base);
        let members = group.members.iter().filter_map(|&at| Some((at, &units.get(at)?.row.value))).collect();
        let (shown, more) = self.listed(members, how, ty);
        let contributions = shown.into_iter().map(|(unit, value)| {
            let next = self.units.len();
            let id = *self.places.entry((at, unit)).or_insert(next);
            if id == next {
                self.units.push((at, unit));
            }
            let row = explainer.stage(at).zip(units.get(unit));
            let weight = row.and_then(|(stage, unit)| self.weight(aggregate, &stage.scope(&unit.row)));
            Contribution { id, value: share(how, value, ty), weight, role: None }
        });
        let contributions = contributions.collect();
        Made::Units {
            function,
            score: score.map_or("", |score| &score.name).to_owned(),
            contributions,
            more,
            without_value: self.beside(at, &group.without_value),
            failing: self.beside(at, &group.failing),
        }
    }

    fn beside(&self, score: usize, units: &[usize]) -> Beside {
        let line = |&unit: &usize| {
            let row = self.explainer.frames.get(&score)?.units.get(unit)?.row.row;
            let table = self.explainer.stage(score)?.table;
            let line = table.line(row);
            Some(Line::of_data(table.file_of(line), line.line))
        };
        Beside { count: units.len() as u64, rows: units.iter().take(BESIDE).filter_map(line).collect() }
    }

    /// The members that are listed, the most important first, and the others summed up.
    fn listed<'v>(
        &self,
        mut members: Vec<(usize, &'v Value)>,
        function: Function,
        ty: &Type,
    ) -> (Vec<(usize, &'v Value)>, Option<More>) {
        match function {
            Function::Min => members.sort_by_key(|(_, value)| *value),
            Function::Max => members.sort_by_key(|(_, value)| Reverse(*value)),
            _ => members.sort_by_cached_key(|(_, value)| Reverse(size(value))),
        }
        let others = members.split_off(self.limit.unwrap_or(usize::MAX).min(members.len()));
        let values = || others.iter().map(|(_, value)| *value);
        let more = values().min().zip(values().max()).map(|(least, greatest)| More {
            count: others.len() as u64,
            total: match function {
                Function::Count => i128::try_from(others.len()).ok().map(counted),
                _ => total(values(), ty).map(|total| Shown::new(total, ty)),
            },
            least: share(function, least, ty),
            greatest: share(function, greatest, ty),
        });
        (members, more)
    }

    fn use_params(&mut self, expr: &Expr) {
        let scales = &self.explainer.plan.scales;
        expr.walk(&mut |part| match part.kind {
            ExprKind::Param(at) => drop(self.params.insert(at)),
            ExprKind::Scale { scale, .. } => {
                self.params.extend(scales.get(scale).into_iter().flat_map(|scale| &scale.lines.params));
            }
            _ => {}
        });
    }

    /// Writes down the ways of the units into their cells.
    fn finish(mut self) -> Ledger {
        let explainer = self.explainer;
        let scores: BTreeSet<usize> = self.units.iter().map(|(score, _)| *score).collect();
        let mut trails = BTreeMap::new();
        for &at in &scores {
            let (Some(stage), Some(frame)) = (explainer.stage(at), explainer.frames.get(&at)) else { continue };
            score_exprs(stage.score, false, &mut |expr| self.use_params(expr));
            let wanted = self.units.iter().filter(|(score, _)| *score == at);
            let ids = wanted.filter_map(|&(_, unit)| frame.units.get(unit)).map(|unit| unit.id);
            trails.insert(at, walk::trails(&stage, explainer.texts, frame, &frame.leading_to(ids)));
        }
        let unit = |&(at, unit): &(usize, usize)| {
            let (score, unit) = (explainer.plan.scores.get(at)?, explainer.frames.get(&at)?.units.get(unit)?);
            let trail = trails.get_mut(&at)?.remove(&unit.id)?;
            let value = Shown::new(unit.row.value.clone(), &score.ty.base);
            Some(Unit { score: score.name.to_string(), value, trail })
        };
        let units = self.units.iter().filter_map(unit).collect();
        let params = self.params.iter().filter_map(|&at| explainer.plan.params.get(at));
        let param = |param: &plan::Param| Param {
            name: param.name.to_string(),
            value: Shown::new(param.value.clone(), &param.ty.base),
            place: param.place.map(|span| explainer.texts.line(span)),
        };
        Ledger {
            scheme: explainer.plan.name.to_string(),
            title: explainer.plan.title.to_string(),
            params: params.map(param).collect(),
            cells: self.cells,
            units,
            scores: scores.iter().filter_map(|&at| score(explainer, at)).collect(),
        }
    }
}

/// What a member contributes to a cell: its value, or one to a count, whatever its value is.
fn share(function: Function, value: &Value, ty: &Type) -> Shown {
    match function {
        Function::Count => counted(1),
        _ => Shown::new(value.clone(), ty),
    }
}

/// A number of members.
fn counted(count: i128) -> Shown {
    Shown::new(Value::Number(count), &Type::Number(0))
}

/// The value of a cell that isn't there.
fn absent_value(index: &Index) -> Value {
    if index.absent_zero { zero(&index.ty.base) } else { Value::Missing }
}

/// The dimensions of a cell by their names.
pub fn coordinates(index: &Index, dims: &[Value]) -> Fields {
    let named = |(dim, value): (&plan::Dim, &Value)| (dim.name.to_string(), Shown::new(value.clone(), &dim.ty.base));
    Fields(index.dims.iter().zip(dims).map(named).collect())
}

/// A score with its steps as the scheme has them.
pub fn score(explainer: &Explainer<'_>, at: usize) -> Option<Score> {
    let (score, texts) = (explainer.plan.scores.get(at)?, explainer.texts);
    let step = |step: &plan::Step| Step {
        label: step.label.to_string(),
        text: texts.step(step),
        place: texts.line(step.span),
        doc: step.doc.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" "),
        cite: step.cite.as_deref().unwrap_or("").to_owned(),
    };
    Some(Score {
        score: score.name.to_string(),
        input: explainer.plan.inputs.get(score.input)?.schema.name.to_string(),
        place: texts.line(score.span),
        steps: score.steps.iter().map(step).collect(),
    })
}

/// The sum of decimals; none of anything else.
fn total<'v>(values: impl Iterator<Item = &'v Value>, ty: &Type) -> Option<Value> {
    let Type::Number(_) = ty else { return None };
    let mut sum = I256::ZERO;
    for value in values {
        if let Value::Number(units) = value {
            sum += I256::from(*units);
        }
    }
    decimal::narrow(sum).map(Value::Number)
}
