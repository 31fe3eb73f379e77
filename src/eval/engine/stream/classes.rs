//! The steps of a score before its first `absorb`, taken once for each combination of the texts and flags that they read,
//! and the `absorb` itself over rows of which those of a unit stand together.
//!
//! A scale of offices, a condition on the venue and a rule for the delegation come to a table of some hundred entries: a
//! row then costs an entry looked up, whatever the number of steps.

mod columns;
mod steps;

use std::sync::Arc;

use self::columns::filled;
use self::steps::{is_keep, is_of_texts, rank};
use super::codes::goes_on;
use super::part::{Part, select};
use crate::diag::Problems;
use crate::eval::engine::frame::Frame;
use crate::eval::engine::score::{Run, Scored};
use crate::eval::engine::vector::{all_rows, at, gather, put, row};
use crate::eval::engine::world::World;
use crate::plan::needs::step_exprs;
use crate::plan::{Empty, ExprKind, Op, Pick, Score};
use crate::value::Ty;
use crate::value::column::{Column, Data, Dict};
use crate::value::piece::{Unfit, Wanted};

/// The most combinations in the table: it stays in the innermost cache.
const MOST: usize = 1 << 13;

/// A row that a `keep` dropped: it never is the one that counts.
const DROPPED: i64 = i64::MIN;
/// A row of a combination that hasn't come yet: it comes before all others, so that it is seen.
const UNKNOWN: i64 = i64::MAX;

/// So many rows of a unit are looked at without a branch.
const FEW: usize = 4;

/// What becomes of the rows of a combination.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Fate {
    #[default]
    Unknown,
    Lives,
    /// Dropped by the step at this place; whether a unit that loses all its rows so is asked for.
    Dropped(usize, bool),
}

/// The first steps of a score, by combinations.
pub struct Classes<'p> {
    score: &'p Score,
    /// The place of the first `absorb`.
    absorb: usize,
    /// The columns read before it.
    columns: Vec<usize>,
    /// The dictionaries of those that are texts, when the table was made or grew.
    dicts: Vec<Option<Dict>>,
    /// How many bits of a combination's number each column has.
    bits: Vec<u32>,
    fates: Vec<Fate>,
    /// What is compared by the `absorb`: the greatest counts.
    ranks: Vec<i64>,
    /// The value that each combination has.
    values: Vec<i64>,
    /// The slots that each combination has.
    slots: Vec<Option<Column>>,
    /// The type of the value.
    value: Option<Ty>,
    /// The value at the end, where the steps behind the `absorb` are taken once for each combination, too.
    last: Option<Column>,
    /// Whether they are.
    is_whole: bool,
}

impl<'p> Classes<'p> {
    /// The first steps of a score, if they can be taken so: they read nothing but texts and flags of the row, and the
    /// `absorb` behind them picks by the value among rows with the key that the pieces have.
    pub fn new(score: &'p Score, wanted: &Wanted) -> Option<Self> {
        let absorb = score.steps.iter().position(|step| matches!(step.op, Op::Absorb { .. }))?;
        let (head, tail) = score.steps.split_at_checked(absorb)?;
        let Op::Absorb { pick: Pick::Highest | Pick::Lowest | Pick::Strongest, keys, empty, .. } = &tail.first()?.op
        else {
            return None;
        };
        let mut of_keys: Vec<usize> = Vec::new();
        for key in keys {
            let ExprKind::Column(at) = key.kind else { return None };
            of_keys.push(at);
        }
        of_keys.sort_unstable();
        of_keys.dedup();
        if of_keys != wanted.key || *empty == Empty::Zero || !head.iter().any(|step| matches!(step.op, Op::Set { .. }))
        {
            return None;
        }
        let mut columns = Vec::new();
        for step in head {
            if matches!(step.op, Op::Every { .. }) {
                return None;
            }
            step_exprs(step, true, &mut |expr| {
                expr.walk(&mut |part| {
                    if let ExprKind::Column(at) = part.kind
                        && !columns.contains(&at)
                    {
                        columns.push(at);
                    }
                });
            });
        }
        let (dicts, bits) = (vec![None; columns.len()], vec![0; columns.len()]);
        let slots = vec![None; score.slots.len()];
        let (fates, ranks, values) = (Vec::new(), Vec::new(), Vec::new());
        let is_whole = tail.iter().skip(1).all(|step| is_of_texts(step, &columns));
        let (value, last) = (None, None);
        Some(Self { score, absorb, columns, dicts, bits, fates, ranks, values, slots, value, last, is_whole })
    }

    /// Runs the score over a part whose units stand together; `None` where its columns don't have few combinations.
    pub fn run(&mut self, world: &World<'_>, part: &Part, problems: &mut Problems) -> Result<Option<Scored>, Unfit> {
        let Some(starts) = part.starts.as_deref() else { return Ok(None) };
        let Some(classes) = self.classes(part) else { return Ok(None) };
        let units = match self.absorbed(part, starts, &classes)? {
            Some(units) => units,
            None if !self.know(world, part, &classes)? => return Ok(None),
            None => self.absorbed(part, starts, &classes)?.ok_or(Unfit)?,
        };
        let mut run = Run::new(world, self.score, problems);
        run.account.rows = classes.len() as u64;
        self.account(&mut run, &classes, units.live);
        let Some(step) = self.score.steps.get(self.absorb) else { return Err(Unfit) };
        run.account.absorbed.push((step.label.to_string(), units.live - units.rows.len() as u64));
        run.account.restored.push((step.label.to_string(), 0));
        run.live = self.frame(units);
        run.value.clone_from(&self.value);
        if !self.is_whole {
            run.steps(self.absorb + 1..self.score.steps.len(), true);
        }
        Ok(Some(run.finish()))
    }

    /// The number of each row's combination.
    fn classes(&mut self, part: &Part) -> Option<Vec<u32>> {
        self.fit(part)?;
        let rows = part.rows.clone();
        let mut classes = vec![0u32; rows.len()];
        let mut shift = 0;
        for (&column, &bits) in self.columns.iter().zip(&self.bits) {
            let column = part.table.columns.get(column)?;
            let mut add = |place: usize, code: u32| {
                if let Some(class) = classes.get_mut(place) {
                    *class |= code << shift;
                }
            };
            let known = match &column.known {
                Some(known) => Some(known.get(rows.clone())?),
                None => None,
            };
            // A missing value has the number 0.
            match (&column.data, known) {
                (Data::Text { codes, .. }, None) => {
                    let codes = codes.get(rows.clone())?;
                    classes.iter_mut().zip(codes).for_each(|(class, &code)| *class |= (code + 1) << shift);
                }
                (Data::Text { codes, .. }, Some(known)) => {
                    let codes = codes.get(rows.clone())?.iter().zip(known).enumerate();
                    codes.for_each(|(place, (&code, &known))| add(place, if known { code + 1 } else { 0 }));
                }
                (Data::Flag(flags), None) => {
                    let flags = flags.get(rows.clone())?.iter().enumerate();
                    flags.for_each(|(place, &flag)| add(place, 1 + u32::from(flag)));
                }
                (Data::Flag(flags), Some(known)) => {
                    let flags = flags.get(rows.clone())?.iter().zip(known).enumerate();
                    flags.for_each(|(place, (&flag, &known))| add(place, if known { 1 + u32::from(flag) } else { 0 }));
                }
                _ => return None,
            }
            shift += bits;
        }
        Some(classes)
    }

    /// Makes the table fit the dictionaries of a part. What is known stays, where they only grew and there is room.
    fn fit(&mut self, part: &Part) -> Option<()> {
        let (mut fits, mut bits) = (true, Vec::with_capacity(self.columns.len()));
        for ((&column, known), known_bits) in self.columns.iter().zip(&mut self.dicts).zip(&self.bits) {
            let needed = match &part.table.columns.get(column)?.data {
                Data::Text { dict, .. } => {
                    fits &= known.as_ref().is_some_and(|known| goes_on(known, dict));
                    *known = Some(Arc::clone(dict));
                    usize::BITS - dict.len().leading_zeros()
                }
                Data::Flag(_) => 2,
                _ => return None,
            };
            fits &= needed <= *known_bits;
            bits.push(needed);
        }
        let bits = if fits { self.bits.clone() } else { bits };
        let size = 1usize.checked_shl(bits.iter().sum()).filter(|&size| size <= MOST)?;
        if !fits || self.fates.len() != size {
            self.bits = bits;
            self.fates = vec![Fate::Unknown; size];
            self.ranks = vec![UNKNOWN; size];
            self.values = vec![0; size];
            self.slots = vec![None; self.score.slots.len()];
            self.last = None;
        }
        Some(())
    }

    /// How many rows each combination has.
    fn count(&self, classes: &[u32]) -> Vec<u32> {
        let mut counts = vec![0u32; self.fates.len()];
        for &class in classes {
            if let Some(count) = counts.get_mut(class as usize) {
                *count += 1;
            }
        }
        counts
    }

    /// Takes the steps for the combinations that haven't come yet. False where the value isn't a number of 64 bits.
    fn know(&mut self, world: &World<'_>, part: &Part, classes: &[u32]) -> Result<bool, Unfit> {
        let counts = self.count(classes);
        let is_new =
            |class: &u32| at(&counts, *class as usize) > 0 && self.fates.get(*class as usize) == Some(&Fate::Unknown);
        let new: Vec<u32> = (0..row(counts.len())).filter(is_new).collect();
        // A row of each.
        let row_of =
            |class: &u32| classes.iter().position(|found| found == class).map(|place| row(place + part.rows.start));
        let rows: Vec<u32> = new.iter().filter_map(row_of).collect();
        let table = select(&part.table, &rows);
        let (mut problems, input) = (Problems::new(), self.score.input);
        let world = &world.of_part(input, &table);
        let mut run = Run::new(world, self.score, &mut problems);
        for step in 0..self.absorb {
            let before =
                all_rows(run.live.len).into_iter().map(|place| run.live.row(place as usize)).collect::<Vec<_>>();
            run.steps(step..step + 1, true);
            let mut left = (0..run.live.len).map(|place| run.live.row(place)).peekable();
            for rep in before.into_iter().filter(|rep| left.next_if_eq(rep).is_none()) {
                put_fate(&mut self.fates, at(&new, rep), Fate::Dropped(step, false));
                put(&mut self.ranks, at(&new, rep) as usize, DROPPED);
            }
        }
        for place in 0..run.ghosts.len {
            let class = at(&new, run.ghosts.row(place));
            if let Some(Fate::Dropped(_, asked)) = self.fates.get_mut(class as usize) {
                *asked = true;
            }
        }
        let (ranked, value) = (run.live.value.clone(), run.value.clone());
        let before = run.broken || !run.problems.is_empty();
        if self.is_whole && !before {
            (run.ghosts, run.lost) = (Frame::none(0), Frame::none(0));
            run.steps(self.absorb + 1..self.score.steps.len(), true);
        }
        // A combination with an error behind the `absorb` need not be the one that counts in any unit.
        let (live, failed) = (std::mem::take(&mut run.live), run.broken || !run.problems.is_empty());
        if before {
            return Err(Unfit);
        }
        if failed {
            self.is_whole = false;
            self.fates.clear();
            return Ok(false);
        }
        Ok(self.note(&new, &live, ranked.as_ref(), value))
    }

    /// Notes the values and slots of the combinations that live.
    fn note(&mut self, new: &[u32], live: &Frame, ranked: Option<&Column>, value: Option<Ty>) -> bool {
        let Some(Column { data: Data::Small(values), known: None, .. }) = ranked else { return live.len == 0 };
        let Some(Op::Absorb { pick, .. }) = self.score.steps.get(self.absorb).map(|step| &step.op) else {
            return false;
        };
        let classes: Vec<u32> = (0..live.len).map(|place| at(new, live.row(place))).collect();
        for (&value, &class) in values.iter().zip(&classes) {
            let Some(rank) = rank(pick, value) else { return false };
            put_fate(&mut self.fates, class, Fate::Lives);
            put(&mut self.ranks, class as usize, rank);
            put(&mut self.values, class as usize, value);
        }
        let size = self.fates.len();
        for ((slot, made), spec) in self.slots.iter_mut().zip(&live.slots).zip(&self.score.slots) {
            if let Some(made) = made {
                *slot = Some(filled(slot.take(), made, &classes, &spec.ty.base, size));
            }
        }
        if let Some(made) = live.value.as_ref().filter(|_| self.is_whole) {
            self.last = Some(filled(self.last.take(), made, &classes, &self.score.ty.base, size));
        }
        self.value = value;
        true
    }

    /// The units that have a row left; `None` if there is a combination that hasn't come yet.
    fn absorbed(&self, part: &Part, starts: &[u32], classes: &[u32]) -> Result<Option<Left>, Unfit> {
        let size = starts.len();
        let mut left = Left { rows: Vec::with_capacity(size), best: Vec::with_capacity(size), live: 0 };
        let same = match self.score.steps.get(self.absorb).map(|step| &step.op) {
            Some(Op::Absorb { same, .. }) => same.as_slice(),
            _ => return Err(Unfit),
        };
        let (mut rest, mut live) = (classes, 0u64);
        let ends = starts.iter().skip(1).copied().chain([row(part.rows.end)]);
        for (&start, end) in starts.iter().zip(ends) {
            let Some((unit, others)) = rest.split_at_checked((end - start) as usize) else { return Err(Unfit) };
            rest = others;
            let (mut rank, mut class) = (DROPPED, 0);
            let mut see = |other: u32, counts: bool| {
                let found = at(&self.ranks, other as usize);
                live += u64::from(counts & (found != DROPPED));
                (rank, class) = if found > rank { (found, other) } else { (rank, class) };
            };
            // Most units have few rows: these are looked at without asking how many there are, the first one again in
            // the place of those that aren't there.
            if let [first, ..] = *unit {
                see(first, true);
                for place in 1..FEW {
                    see(unit.get(place).copied().unwrap_or(first), place < unit.len());
                }
                unit.iter().skip(FEW).for_each(|&other| see(other, true));
            }
            if rank == UNKNOWN {
                return Ok(None);
            }
            if rank == DROPPED {
                self.check_lost(unit)?;
            } else {
                left.rows.push(start);
                left.best.push(class);
                if !same.is_empty() {
                    self.check_same(same, unit, class)?;
                }
            }
        }
        Ok(Some(Left { live, ..left }))
    }

    /// A unit that lost all its rows may be an error.
    fn check_lost(&self, unit: &[u32]) -> Result<(), Unfit> {
        let asked = |class: &u32| matches!(self.fates.get(*class as usize), Some(Fate::Dropped(_, true)));
        if unit.iter().any(asked) { Err(Unfit) } else { Ok(()) }
    }

    /// What is used of a unit afterwards must be the same in all its rows that live.
    fn check_same(&self, same: &[usize], unit: &[u32], best: u32) -> Result<(), Unfit> {
        let lives = |class: &&u32| self.fates.get(**class as usize) == Some(&Fate::Lives);
        let columns = || same.iter().filter_map(|&slot| self.slots.get(slot)?.as_ref());
        let differs =
            |class: &u32| columns().any(|column| column.value(*class as usize) != column.value(best as usize));
        if unit.iter().filter(lives).any(|class| *class != best && differs(class)) { Err(Unfit) } else { Ok(()) }
    }

    /// Accounts for the steps, of which so many rows are left.
    fn account(&self, run: &mut Run<'_, '_>, classes: &[u32], live: u64) {
        let keeps = || self.score.steps.iter().take(self.absorb).enumerate().filter(|(_, step)| is_keep(step));
        let mut dropped = vec![0u64; self.absorb];
        if keeps().count() == 1 {
            // Most schemes drop rows in one step: those that aren't left.
            keeps().for_each(|(at, _)| put(&mut dropped, at, classes.len() as u64 - live));
        } else {
            for (fate, &count) in self.fates.iter().zip(&self.count(classes)) {
                if let Fate::Dropped(step, _) = fate {
                    let so_far = at(&dropped, *step);
                    put(&mut dropped, *step, so_far + u64::from(count));
                }
            }
        }
        for (place, step) in keeps() {
            run.account.dropped.push((step.label.to_string(), at(&dropped, place)));
        }
    }

    fn frame(&self, units: Left) -> Frame {
        let slot = |slot: &Option<Column>| slot.as_ref().map(|column| gather(column, &units.best));
        let value = match self.last.as_ref().filter(|_| self.is_whole) {
            Some(last) => gather(last, &units.best),
            None => {
                let values = units.best.iter().map(|&class| at(&self.values, class as usize));
                Column::full(Data::Small(values.collect()))
            }
        };
        Frame {
            len: units.rows.len(),
            slots: self.slots.iter().map(slot).collect(),
            value: Some(value),
            rows: Some(units.rows),
        }
    }
}

/// The units that have a row left.
struct Left {
    /// A row of each.
    rows: Vec<u32>,
    /// The combination of the one that counts.
    best: Vec<u32>,
    /// How many rows are left in all.
    live: u64,
}

fn put_fate(fates: &mut [Fate], class: u32, fate: Fate) {
    if let Some(slot) = fates.get_mut(class as usize) {
        *slot = fate;
    }
}
