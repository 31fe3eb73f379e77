//! Takes the rows of a score through its steps as the reference interpreter does, and remembers which row went where.
//!
//! Input: a score and its table. Output: the units, and the way of each row into them: 8 bytes a row. A second walk
//! writes down what happened to the rows that are watched, so that only these cost more.

use std::collections::{BTreeMap, BTreeSet};

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
    /// For each row, the row that stands for its unit since the last `absorb` that it came to.
    into: Vec<u32>,
    /// For each row that an `every` made, the row that it was made of; else the row itself.
    from: Vec<u32>,
}

/// The rows whose ways are written down.
#[derive(Debug, Default)]
pub struct Watch {
    /// For each row whether it is watched.
    wanted: Vec<bool>,
    /// What happened so far, by the number of the row; in the end that of the units, and of rows that came to an end.
    pub trails: BTreeMap<usize, Trail>,
}

impl Frame {
    /// A watch of these rows and of all that lead to them.
    pub fn watch(&self, wanted: impl IntoIterator<Item = usize>) -> Watch {
        let mut marks = vec![false; self.into.len()];
        wanted.into_iter().for_each(|id| mark(&mut marks, id));
        let is = |marks: &[bool], id: usize| marks.get(id).copied().unwrap_or(false);
        let mut before = usize::MAX;
        while before != marks.iter().filter(|&&mark| mark).count() {
            before = marks.iter().filter(|&&mark| mark).count();
            for (id, (&into, &from)) in self.into.iter().zip(&self.from).enumerate().rev() {
                if is(&marks, into as usize) {
                    mark(&mut marks, id);
                }
                if is(&marks, id) {
                    mark(&mut marks, from as usize);
                }
            }
        }
        Watch { wanted: marks, trails: BTreeMap::new() }
    }

    /// These rows and all that became of them.
    pub fn became(&self, rows: &[usize]) -> BTreeSet<usize> {
        let mut reached: BTreeSet<usize> = rows.iter().copied().collect();
        let mut before = 0;
        while before != reached.len() {
            before = reached.len();
            for (id, (&into, &from)) in self.into.iter().zip(&self.from).enumerate() {
                if reached.contains(&(from as usize)) {
                    reached.insert(id);
                }
                if reached.contains(&id) {
                    reached.insert(into as usize);
                }
            }
        }
        reached
    }
}

fn mark(marks: &mut [bool], id: usize) {
    if let Some(mark) = marks.get_mut(id) {
        *mark = true;
    }
}

fn number(id: usize) -> u32 {
    u32::try_from(id).unwrap_or(u32::MAX)
}

/// Takes the rows of a score through its steps. The run must have been without errors.
pub fn walk(stage: &Stage<'_>, texts: Texts<'_>, watch: Option<&mut Watch>) -> Frame {
    let mut problems = Problems::new();
    let mut walker = Walker { stage, texts, frame: Frame::default(), watch };
    let mut books = Books::new(stage.score, &mut problems);
    let mut rows = walker.first();
    let mut ty = None;
    for (at, step) in stage.score.steps.iter().enumerate() {
        rows = match &step.op {
            Op::Absorb { pick, keys, .. } => walker.absorb((at, step), (pick, keys), rows, ty, &mut books),
            Op::Check(_) => rows,
            _ => walker.step(at, step, rows, &mut books),
        };
        if let Op::Set { ty: set, .. } = &step.op {
            ty = Some(set);
        }
    }
    rows.retain(|numbered| numbered.row.is_live());
    Frame { units: rows, ..walker.frame }
}

struct Walker<'s, 'a, 'w> {
    stage: &'s Stage<'a>,
    texts: Texts<'s>,
    frame: Frame,
    watch: Option<&'w mut Watch>,
}

impl Walker<'_, '_, '_> {
    fn first(&mut self) -> Vec<Numbered> {
        let rows: Vec<Numbered> =
            self.stage.rows().into_iter().enumerate().map(|(id, row)| Numbered { id, row }).collect();
        self.frame.into = (0..rows.len()).map(number).collect();
        self.frame.from.clone_from(&self.frame.into);
        if let Some(watch) = &mut self.watch {
            let wanted = rows.iter().filter(|numbered| watch.wanted.get(numbered.id).copied().unwrap_or(false));
            let trail = |row: &Row| Trail { from: Begin::Row(row_of(self.stage, row.row)), steps: Vec::new() };
            watch.trails = wanted.map(|numbered| (numbered.id, trail(&numbered.row))).collect();
        }
        rows
    }

    fn watches(&self, id: usize) -> bool {
        self.watch.as_ref().is_some_and(|watch| watch.wanted.get(id).copied().unwrap_or(false))
    }

    fn note(&mut self, id: usize, (at, step): (usize, &Step), did: Did) {
        if let Some(trail) = self.watch.as_mut().and_then(|watch| watch.trails.get_mut(&id)) {
            trail.steps.push(Event { step: at, label: step.label.to_string(), did });
        }
    }

    /// A step that looks at one row at a time.
    fn step(&mut self, at: usize, step: &Step, rows: Vec<Numbered>, books: &mut Books<'_>) -> Vec<Numbered> {
        let mut left = Vec::with_capacity(rows.len());
        for Numbered { id, row } in rows {
            let before = self.watches(id).then(|| row.clone());
            let made = take_row(self.stage, step, row, books);
            if let Op::Every { slot, .. } = step.op {
                self.every(id, (at, step), (slot, before.is_some_and(|row| row.is_live())), made, &mut left);
                continue;
            }
            if let Some(did) = before.and_then(|before| did(self.stage, step, &before, made.first())) {
                self.note(id, (at, step), did);
            }
            left.extend(made.into_iter().map(|row| Numbered { id, row }));
        }
        left
    }

    /// The rows that an `every` made of one.
    fn every(
        &mut self,
        id: usize,
        at: (usize, &Step),
        (slot, noted): (usize, bool),
        made: Vec<Row>,
        left: &mut Vec<Numbered>,
    ) {
        if made.is_empty() && noted {
            self.note(id, at, Did::NoPeriod);
        }
        let trail = match &mut self.watch {
            Some(watch) if !made.is_empty() => watch.trails.remove(&id),
            _ => None,
        };
        let ty = self.stage.score.slots.get(slot).map_or(&Type::Flag, |slot| &slot.ty.base);
        let periods = made.len() as u64;
        for row in made {
            let child = self.frame.into.len();
            self.frame.into.push(number(child));
            self.frame.from.push(number(id));
            if self.watches(child)
                && let (Some(watch), Some(trail)) = (&mut self.watch, &trail)
            {
                watch.trails.insert(child, trail.clone());
                if noted {
                    let value = Shown::new(row.slots.get(slot).cloned().unwrap_or_default(), ty);
                    self.note(child, at, Did::Period { value, periods });
                }
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
            let watched = members.first().is_some_and(|&first| self.watches(first));
            let absorbed = watched.then(|| self.absorbed((at, step), (pick, keys), &unit, &id_of, ty));
            let Some(one) = absorb::one_row(self.stage, step, ty, unit, false, books) else { continue };
            let id = id_of(one.place);
            for member in members {
                if let Some(into) = self.frame.into.get_mut(member) {
                    *into = number(id);
                }
            }
            if let (Some(absorbed), Some(watch)) = (absorbed, &mut self.watch) {
                let restored = absorbed.members.iter().all(|(_, fate, _)| *fate == Fate::Dropped);
                let taken = |(id, fate, value): (usize, Fate, Shown)| {
                    Some(Member { fate, value, trail: watch.trails.remove(&id)? })
                };
                let members = absorbed.members.into_iter().filter_map(taken).collect();
                let value = Shown::new(one.row.value.clone(), type_of(ty));
                let from = Begin::Unit(Absorbed { restored, members, value, ..absorbed.unit });
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
            pick: pick_word(pick),
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

fn type_of(ty: Option<&Ty>) -> &Type {
    ty.map_or(&Type::Flag, |ty| &ty.base)
}

fn pick_word(pick: &Pick) -> &'static str {
    match pick {
        Pick::Highest => "highest",
        Pick::Lowest => "lowest",
        Pick::Strongest => "strongest",
        Pick::First(_) => "first",
        Pick::Last(_) => "last",
    }
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
    super::tree::Row {
        row,
        file: stage.table.file.to_string(),
        line: stage.table.lines.get(row).copied().unwrap_or(0),
        values: Fields(columns.map(field).collect()),
    }
}
