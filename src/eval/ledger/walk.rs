//! Takes the rows of a score through its steps as the reference interpreter does, and remembers which row went where.
//!
//! Input: a score and its table. Output: the units, and the way of each row into them: 8 bytes a row. A second walk
//! writes down what happened to the rows that are watched, so that only these cost more.

use std::collections::{BTreeMap, BTreeSet};

use super::lookups;
use super::text::Texts;
use super::tree::{Absorbed, Begin, Did, Event, Fate, Fields, Member, Shown, Trail};
use crate::diag::Problems;
use crate::eval::reference::absorb::{self, Unit};
use crate::eval::reference::expr;
use crate::eval::reference::score::{Books, Row, Stage, Standing, take_row};
use crate::plan::{Expr, Op, Pick, Step, Verb};
use crate::value::{Ty, Type, Value};

/// A row of the frame and its number. What an `every` makes of a row has new numbers; a unit has that of its first
/// row.
#[derive(Debug, Clone)]
pub struct Numbered {
    /// The number.
    pub id: usize,
    /// The row.
    pub row: Row,
}

/// The units of a score, and how the rows became units.
#[derive(Debug, Default)]
pub struct Frame {
    /// The units, in the order of their rows.
    pub units: Vec<Numbered>,
    /// For each row, the row that stands for its unit since the last `absorb` that it came to; else the row itself.
    into: Vec<u32>,
    /// For each row that an `every` made, the row that it was made of; else the row itself.
    from: Vec<u32>,
    /// For each row of which an `every` made others, the first of these, which stand together; else the row itself.
    first: Vec<u32>,
    /// The rows for which another one stands, by that.
    by_into: Vec<u32>,
}

/// What happened, by the number of the row: in the end that of the units, and of rows that came to an end.
pub type Trails = BTreeMap<usize, Trail>;

fn at(list: &[u32], id: usize) -> usize {
    list.get(id).map_or(id, |&found| found as usize)
}

impl Frame {
    fn push(&mut self, from: Option<usize>) -> usize {
        let id = self.into.len();
        self.into.push(number(id));
        self.from.push(number(from.unwrap_or(id)));
        self.first.push(number(id));
        id
    }

    /// These rows, and all that lead to them.
    pub fn leading_to(&self, ids: impl IntoIterator<Item = usize>) -> BTreeSet<usize> {
        let members = |id: usize| {
            let start = self.by_into.partition_point(|&member| at(&self.into, member as usize) < id);
            let rest = self.by_into.get(start..).unwrap_or(&[]).iter().map(|&member| member as usize);
            rest.take_while(move |&member| at(&self.into, member) == id)
        };
        reached(ids, |id, found| {
            found.push(at(&self.from, id));
            found.extend(members(id));
        })
    }

    /// These rows, and all that became of them.
    pub fn became(&self, ids: &[usize]) -> BTreeSet<usize> {
        reached(ids.iter().copied(), |id, found| {
            found.push(at(&self.into, id));
            let made = (at(&self.first, id)..self.from.len()).take_while(|&child| at(&self.from, child) == id);
            found.extend(made);
        })
    }
}

/// All that can be reached from somewhere.
fn reached(from: impl IntoIterator<Item = usize>, next: impl Fn(usize, &mut Vec<usize>)) -> BTreeSet<usize> {
    let mut open: Vec<usize> = from.into_iter().collect();
    let mut known: BTreeSet<usize> = open.iter().copied().collect();
    let mut found = Vec::new();
    while let Some(id) = open.pop() {
        next(id, &mut found);
        open.extend(found.drain(..).filter(|&id| known.insert(id)));
    }
    known
}

fn number(id: usize) -> u32 {
    u32::try_from(id).unwrap_or(u32::MAX)
}

/// Takes all rows of a score through its steps. The run must have been without errors.
pub fn walk(stage: &Stage<'_>, texts: Texts<'_>) -> Frame {
    let mut walker = Walker { stage, texts, frame: Frame::default(), watch: None };
    let rows = (0..stage.table.rows).map(|row| Numbered { id: walker.frame.push(None), row: stage.row(row) }).collect();
    let units = walker.run(rows);
    let mut frame = Frame { units, ..walker.frame };
    let others = frame.into.iter().enumerate().filter(|&(id, &into)| id != into as usize);
    let mut by_into: Vec<u32> = others.map(|(id, _)| number(id)).collect();
    by_into.sort_by_key(|&id| at(&frame.into, id as usize));
    frame.by_into = by_into;
    frame
}

/// Takes some rows through the steps once more, and writes down what happens to them. All that lead to one of them must
/// be among them.
pub fn trails(stage: &Stage<'_>, texts: Texts<'_>, known: &Frame, wanted: &BTreeSet<usize>) -> Trails {
    let watch = Watch { known, wanted, trails: Trails::new() };
    let mut walker = Walker { stage, texts, frame: Frame::default(), watch: Some(watch) };
    let rows: Vec<Numbered> = wanted.range(..stage.table.rows).map(|&id| Numbered { id, row: stage.row(id) }).collect();
    for Numbered { id, row } in &rows {
        let trail = Trail { from: Begin::Row(row_of(stage, row.row)), steps: Vec::new() };
        walker.watch.iter_mut().for_each(|watch| drop(watch.trails.insert(*id, trail.clone())));
    }
    walker.run(rows);
    walker.watch.map(|watch| watch.trails).unwrap_or_default()
}

/// The rows whose ways are written down.
struct Watch<'w> {
    known: &'w Frame,
    wanted: &'w BTreeSet<usize>,
    trails: Trails,
}

struct Walker<'s, 'a> {
    stage: &'s Stage<'a>,
    texts: Texts<'s>,
    /// How rows become units, if nothing is watched.
    frame: Frame,
    watch: Option<Watch<'s>>,
}

impl Walker<'_, '_> {
    /// The units.
    fn run(&mut self, mut rows: Vec<Numbered>) -> Vec<Numbered> {
        let mut problems = Problems::new();
        let mut books = Books::new(self.stage.score, &mut problems);
        let mut ty = None;
        for (at, step) in self.stage.score.steps.iter().enumerate() {
            rows = match &step.op {
                Op::Absorb { pick, keys, .. } => self.absorb((at, step), (pick, keys), rows, ty, &mut books),
                Op::Check(_) => rows,
                _ => self.step(at, step, rows, &mut books),
            };
            if let Op::Set { ty: set, .. } = &step.op {
                ty = Some(set);
            }
        }
        rows.retain(|numbered| numbered.row.is_live());
        rows
    }

    /// Writes down what a step did to a row that was so before.
    fn note(&mut self, id: usize, (at, step): (usize, &Step), before: &Row, did: Did) {
        if let Some(trail) = self.watch.as_mut().and_then(|watch| watch.trails.get_mut(&id)) {
            let found = lookups::of_step(step, &self.stage.scope(before), self.texts);
            let (label, looked_up, scale_lines) = (step.label.to_string(), found.rows, found.scale_lines);
            trail.steps.push(Event { step: at, label, did, looked_up, scale_lines });
        }
    }

    /// A step that looks at one row at a time.
    fn step(&mut self, at: usize, step: &Step, rows: Vec<Numbered>, books: &mut Books<'_>) -> Vec<Numbered> {
        let mut left = Vec::with_capacity(rows.len());
        for Numbered { id, row } in rows {
            let before = self.watch.is_some().then(|| row.clone());
            let made = take_row(self.stage, step, row, books);
            if let Op::Every { slot, .. } = step.op {
                self.every(id, (at, step), (slot, before.filter(Row::is_live)), made, &mut left);
                continue;
            }
            if let Some(before) = before
                && let Some(did) = did(self.stage, step, &before, made.first())
            {
                self.note(id, (at, step), &before, did);
            }
            left.extend(made.into_iter().map(|row| Numbered { id, row }));
        }
        left
    }

    /// The rows that an `every` made of one.
    fn every(
        &mut self,
        id: usize,
        step: (usize, &Step),
        (slot, before): (usize, Option<Row>),
        made: Vec<Row>,
        left: &mut Vec<Numbered>,
    ) {
        let Some(watch) = &mut self.watch else {
            for (nth, row) in made.into_iter().enumerate() {
                let child = self.frame.push(Some(id));
                if let Some(first) = self.frame.first.get_mut(id).filter(|_| nth == 0) {
                    *first = number(child);
                }
                left.push(Numbered { id: child, row });
            }
            return;
        };
        let (first, wanted) = (at(&watch.known.first, id), watch.wanted);
        let Some(trail) = (if made.is_empty() { None } else { watch.trails.remove(&id) }) else {
            if let Some(before) = before {
                self.note(id, step, &before, Did::NoPeriod);
            }
            return;
        };
        let ty = self.stage.score.slots.get(slot).map_or(&Type::Flag, |slot| &slot.ty.base);
        let periods = made.len() as u64;
        for (child, row) in made.into_iter().enumerate().map(|(nth, row)| (first + nth, row)) {
            if !wanted.contains(&child) {
                continue;
            }
            self.watch.iter_mut().for_each(|watch| drop(watch.trails.insert(child, trail.clone())));
            if let Some(before) = &before {
                let value = Shown::new(row.slots.get(slot).cloned().unwrap_or_default(), ty);
                self.note(child, step, before, Did::Period { value, periods });
            }
            left.push(Numbered { id: child, row });
        }
    }

    fn absorb(
        &mut self,
        (at, step): (usize, &Step),
        (pick, keys): (&Pick, &[Expr]),
        rows: Vec<Numbered>,
        ty: Option<&Ty>,
        books: &mut Books<'_>,
    ) -> Vec<Numbered> {
        let (ids, rows): (Vec<usize>, Vec<Row>) = rows.into_iter().map(|numbered| (numbered.id, numbered.row)).unzip();
        let id_of = |place: usize| ids.get(place).copied().unwrap_or(usize::MAX);
        let mut left = Vec::new();
        for unit in absorb::units(self.stage, pick, keys, rows, books) {
            let members: Vec<usize> = unit.live.iter().chain(&unit.dropped).map(|member| id_of(member.place)).collect();
            let absorbed = self.watch.is_some().then(|| self.absorbed((at, step), (pick, keys), &unit, &id_of, ty));
            let Some(one) = absorb::one_row(self.stage, step, ty, unit, false, books) else { continue };
            let id = id_of(one.place);
            for member in members {
                if let Some(into) = self.frame.into.get_mut(member) {
                    *into = number(id);
                }
            }
            if let (Some(absorbed), Some(watch)) = (absorbed, &mut self.watch) {
                let from = Begin::Unit(
                    absorbed.with_trails(&mut watch.trails, Shown::new(one.row.value.clone(), type_of(ty))),
                );
                watch.trails.insert(id, Trail { from, steps: Vec::new() });
            }
            left.push((one.place, Numbered { id, row: one.row }));
        }
        left.sort_by_key(|(place, _)| *place);
        left.into_iter().map(|(_, numbered)| numbered).collect()
    }

    /// What is known of a unit before one row is left of it; the trails of its rows are put in later.
    fn absorbed(
        &self,
        (at, step): (usize, &Step),
        (pick, keys): (&Pick, &[Expr]),
        unit: &Unit,
        id_of: &impl Fn(usize) -> usize,
        ty: Option<&Ty>,
    ) -> Found {
        let picked: BTreeSet<usize> = absorb::best(pick, &unit.live).iter().map(|member| member.place).collect();
        let member = |member: &absorb::Member| {
            let fate = match member.row.standing {
                Standing::Live if picked.contains(&member.place) => Fate::Picked,
                Standing::Live => Fate::Absorbed,
                Standing::Dropped | Standing::Faulty => Fate::Dropped,
            };
            let value = Shown::new(member.row.value.clone(), type_of(ty));
            (id_of(member.place), fate, value)
        };
        let mut members: Vec<(usize, Fate, Shown)> = unit.live.iter().chain(&unit.dropped).map(member).collect();
        members.sort_by_key(|(_, fate, _)| *fate);
        let key = keys
            .iter()
            .zip(&unit.key)
            .map(|(key, value)| (self.texts.text(key.span), Shown::new(value.clone(), &key.ty.base)));
        let unit = Absorbed {
            step: at,
            label: step.label.to_string(),
            pick: pick.word(),
            key: Fields(key.collect()),
            value: Shown::new(Value::Missing, type_of(ty)),
            restored: false,
            members: Vec::new(),
        };
        Found { unit, members }
    }
}

/// A unit, and its rows: the number, what became of it, and its value.
struct Found {
    unit: Absorbed,
    members: Vec<(usize, Fate, Shown)>,
}

impl Found {
    /// The unit with the trails of its rows, which are taken out, and the value that it gets.
    fn with_trails(self, trails: &mut Trails, value: Shown) -> Absorbed {
        let restored = self.members.iter().all(|(_, fate, _)| *fate == Fate::Dropped);
        let taken = |(id, fate, value): (usize, Fate, Shown)| Some(Member { fate, value, trail: trails.remove(&id)? });
        let members = self.members.into_iter().filter_map(taken).collect();
        Absorbed { restored, members, value, ..self.unit }
    }
}

fn type_of(ty: Option<&Ty>) -> &Type {
    ty.map_or(&Type::Flag, |ty| &ty.base)
}

/// The word of the scheme that sets a value.
fn verb_word(verb: Verb) -> &'static str {
    match verb {
        Verb::Value => "value",
        Verb::Times => "times",
        Verb::Halve => "halve",
        Verb::Plus => "plus",
        Verb::Cap => "cap",
        Verb::Floor => "floor",
    }
}

/// What a step did to a row that counts.
fn did(stage: &Stage<'_>, step: &Step, before: &Row, after: Option<&Row>) -> Option<Did> {
    if !before.is_live() {
        return None;
    }
    let applied = |when: &Option<Expr>| expr::applies(when.as_ref(), &stage.scope(before)).unwrap_or(true);
    Some(match &step.op {
        Op::Let { slot, .. } => {
            let ty = stage.score.slots.get(*slot).map_or(&Type::Flag, |slot| &slot.ty.base);
            Did::Let { value: Shown::new(after?.slots.get(*slot)?.clone(), ty) }
        }
        Op::Keep { when, .. } => match after {
            Some(row) if row.is_live() => Did::Kept { applied: applied(when) },
            _ => Did::Dropped,
        },
        Op::Set { verb, when, ty, before: old, .. } => Did::Set {
            verb: verb_word(*verb),
            before: old.as_ref().map(|old| Shown::new(before.value.clone(), &old.base)),
            after: Shown::new(after?.value.clone(), &ty.base),
            applied: applied(when),
        },
        Op::Every { .. } | Op::Absorb { .. } | Op::Check(_) => return None,
    })
}

/// A row of the input with its place and its values.
pub fn row_of(stage: &Stage<'_>, row: usize) -> super::tree::Row {
    let columns = stage.input.schema.columns.iter().enumerate();
    let field = |(at, spec): (usize, &crate::value::schema::ColumnSpec)| {
        (spec.name.to_string(), Shown::new(stage.table.value(at, row), &spec.ty.base))
    };
    let line = stage.table.line(row);
    super::tree::Row {
        row,
        file: stage.table.file_of(line).to_string(),
        line: line.line,
        values: Fields(columns.map(field).collect()),
    }
}
