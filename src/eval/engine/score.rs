//! A score: its frame goes through the steps, and the account is kept.
//!
//! Beside the rows that live, two shadows go along: ghosts, which a `keep` of rows dropped and the next `absorb` asks
//! for, and lost rows, which had an error and must not cause another. Nothing that goes wrong for a shadow is reported.

use std::mem::take;
use std::ops::Range;

use super::every::{Rule, expand};
use super::expr::Eval;
use super::flaw::{self, Flaw};
use super::frame::{Frame, Leaves, Sel};
use super::snapshots::Snapshots;
use super::vector::{Out, all_rows, other_rows, put};
use super::world::World;
use super::{absorb, assemble};
use crate::diag::{DataPlace, Problems};
use crate::eval::{ScoreAccount, faults};
use crate::plan::{Check, Empty, Expr, ExprKind, Op, Score, Step};
use crate::value::column::{Column, Data, Table};
use crate::value::{Period, Ty, Value};

/// A score that was run.
pub struct Scored {
    /// Its units.
    pub frame: Frame,
    /// What became of its rows.
    pub account: ScoreAccount,
    /// Whether rows had errors, so that some are missing.
    pub broken: bool,
    /// The slot that says how many units each stands for; each for itself where there is none.
    pub weight: Option<usize>,
}

impl Scored {
    /// How many units each stands for, if it isn't one.
    pub fn weights(&self) -> Option<&[i64]> {
        match &self.frame.slots.get(self.weight?)?.as_ref()?.data {
            Data::Small(weights) => Some(weights),
            _ => None,
        }
    }
}

/// Runs a score; from where another one that began alike has been, if there are snapshots of it.
pub fn run(
    world: &World<'_>,
    score: &Score,
    checks: bool,
    mut snapshots: Option<&mut Snapshots>,
    problems: &mut Problems,
) -> Scored {
    let mut run = Run::new(world, score, problems);
    let done = snapshots.as_deref_mut().map_or(0, |snapshots| snapshots.resume(&mut run));
    for at in done..score.steps.len() {
        if let Some(snapshots) = snapshots.as_deref_mut() {
            snapshots.keep(at, &run);
        }
        run.steps(at..at + 1, checks);
    }
    run.finish()
}

/// A score on its way.
pub struct Run<'r, 'a> {
    /// What the run shares.
    pub world: &'r World<'a>,
    /// The score.
    pub score: &'a Score,
    /// Its input.
    pub table: &'r Table,
    /// Where errors go.
    pub problems: &'r mut Problems,
    /// The rows that live.
    pub live: Frame,
    /// Rows that a `keep` dropped since the last `absorb`.
    pub ghosts: Frame,
    /// Rows with errors.
    pub lost: Frame,
    /// The type of the value so far.
    pub value: Option<Ty>,
    /// What became of the rows.
    pub account: ScoreAccount,
    /// Whether there were errors.
    pub broken: bool,
}

impl<'r, 'a> Run<'r, 'a> {
    /// All rows of the input, before the first step.
    pub fn new(world: &'r World<'a>, score: &'a Score, problems: &'r mut Problems) -> Self {
        let slots = score.slots.len();
        let table = world.table(score.input);
        Self {
            world,
            score,
            table,
            problems,
            live: Frame::all(table.rows, slots),
            ghosts: Frame::none(slots),
            lost: Frame::none(slots),
            value: None,
            account: ScoreAccount::new(&score.name, table.rows as u64),
            broken: false,
        }
    }

    /// Takes some steps.
    pub fn steps(&mut self, steps: Range<usize>, checks: bool) {
        let score = self.score;
        for (at, step) in score.steps.iter().enumerate().take(steps.end).skip(steps.start) {
            self.step(at, step, checks);
        }
    }

    /// The end of the steps.
    pub fn finish(mut self) -> Scored {
        self.account.scored = self.live.len as u64;
        Scored { frame: self.live, account: self.account, broken: self.broken, weight: None }
    }

    fn step(&mut self, at: usize, step: &'a Step, checks: bool) {
        match &step.op {
            Op::Let { slot, expr } => self.fill(*slot, expr),
            Op::Keep { holds, when, of_units } => {
                let ghosts = !of_units && self.asks_for_ghosts(at);
                self.keep(step, holds, when.as_ref(), *of_units, ghosts);
            }
            Op::Every { period, slot, from, end, inclusive, open } => {
                let rule = Rule { period: *period, open: *open, inclusive: *inclusive };
                self.every(step, *slot, [from, end], rule);
            }
            Op::Set { expr, when, ty, before, .. } => self.set(expr, when.as_ref(), ty, before.as_ref()),
            Op::Absorb { .. } => absorb::absorb(self, step),
            Op::Check(check) if checks => self.check(check),
            Op::Check(_) => {}
        }
    }

    /// Whether the next `absorb` must know which units lost all their rows.
    fn asks_for_ghosts(&self, at: usize) -> bool {
        let next = self.score.steps.iter().skip(at + 1).find_map(|step| match &step.op {
            Op::Absorb { empty, .. } => Some(*empty),
            _ => None,
        });
        next.is_some_and(|empty| empty != Empty::Drop)
    }

    /// Computes over the live rows; those with errors are reported and lost before.
    pub fn of_live<T>(&mut self, mut compute: impl FnMut(&mut Eval<'_, 'a>, Sel<'static>) -> T) -> T {
        loop {
            let (out, flaws) = over(self.world, self.table, &self.live, &mut compute);
            if flaws.is_empty() {
                return out;
            }
            let rows = flaw::rows(&flaws);
            let live = &self.live;
            flaw::report_rows(self.world, self.score.input, flaws, |row| live.row(row as usize), self.problems);
            self.lose(&rows);
        }
    }

    /// Computes over a shadow; rows with errors leave it.
    pub fn of_shadow<T>(&self, shadow: &mut Frame, mut compute: impl FnMut(&mut Eval<'_, 'a>, Sel<'static>) -> T) -> T {
        loop {
            let (out, flaws) = over(self.world, self.table, shadow, &mut compute);
            if flaws.is_empty() {
                return out;
            }
            *shadow = shadow.gather(&other_rows(shadow.len, &flaw::rows(&flaws)));
        }
    }

    /// Takes live rows with errors, ascending, out of the frame.
    pub fn lose(&mut self, rows: &[u32]) {
        self.broken = true;
        let lost = self.live.gather(rows);
        self.live = self.live.gather(&other_rows(self.live.len, rows));
        self.lost = take(&mut self.lost).join(lost, self.score, self.value.as_ref());
    }

    /// Calls a function on both shadows, if they have rows.
    fn shadows(&mut self, mut each: impl FnMut(&Self, &mut Frame)) {
        let (mut ghosts, mut lost) = (take(&mut self.ghosts), take(&mut self.lost));
        for shadow in [&mut ghosts, &mut lost] {
            if shadow.len > 0 {
                each(self, shadow);
            }
        }
        (self.ghosts, self.lost) = (ghosts, lost);
    }

    /// The place of a live row in its file.
    pub fn place(&self, row: usize, frame: &Frame) -> DataPlace {
        match self.world.plan.inputs.get(self.score.input) {
            Some(input) => faults::place(input, self.table, frame.row(row), None),
            None => DataPlace::file(&self.table.file),
        }
    }

    fn fill(&mut self, slot: usize, expr: &'a Expr) {
        // The shadows come first, here and below: a row that is lost in this step stays for the next `absorb`.
        self.shadows(|run, shadow| {
            let column = if expr.is_of_value() {
                Out::One(Value::Missing).into_column(&expr.ty.base, shadow.len)
            } else {
                let (column, flaws) =
                    over(run.world, run.table, shadow, &mut |eval: &mut Eval<'_, 'a>, sel| eval.column(expr, sel));
                without(column, &flaw::rows(&flaws))
            };
            shadow.set_slot(slot, column);
        });
        let column = self.of_live(|eval, sel| eval.column(expr, sel));
        self.live.set_slot(slot, column);
    }

    fn keep(&mut self, step: &Step, holds: &'a Expr, when: Option<&'a Expr>, of_units: bool, ghosts: bool) {
        if of_units {
            self.shadows(|run, shadow| {
                let dropped = run.of_shadow(shadow, |eval, sel| failing(eval, holds, when, sel));
                *shadow = shadow.gather(&other_rows(shadow.len, &dropped));
            });
        }
        let dropped = self.of_live(|eval, sel| failing(eval, holds, when, sel));
        self.account.dropped.push((step.label.to_string(), dropped.len() as u64));
        if dropped.is_empty() {
            return;
        }
        if ghosts {
            let new = self.live.gather(&dropped);
            self.ghosts = take(&mut self.ghosts).join(new, self.score, self.value.as_ref());
        }
        self.live = self.live.gather(&other_rows(self.live.len, &dropped));
    }

    fn every(&mut self, step: &Step, slot: usize, interval: [&'a Expr; 2], rule: Rule) {
        let [from, end] = interval;
        let expanded = |eval: &mut Eval<'_, 'a>, sel: Sel<'static>| {
            let from = eval.column(from, sel);
            expand(&from, &eval.column(end, sel), rule)
        };
        let days = |periods| Column { data: Data::Day(periods), known: None, periods: rule.period != Period::Day };
        self.shadows(|run, shadow| {
            let made = run.of_shadow(shadow, expanded);
            *shadow = shadow.gather(&made.sources);
            shadow.set_slot(slot, days(made.periods));
        });
        let mut made = self.of_live(expanded);
        if !made.backward.is_empty() {
            for &(row, from, end) in &made.backward {
                let place = self.place(row as usize, &self.live);
                let (group, diagnostic) = faults::backward_interval(step, from, end, place);
                self.problems.push_grouped(&group, diagnostic);
            }
            let rows: Vec<u32> = made.backward.iter().map(|&(row, ..)| row).collect();
            self.lose(&rows);
            made = self.of_live(expanded);
        }
        if made.too_many {
            self.problems.push(faults::too_many_periods(step));
            self.broken = true;
        }
        self.account.no_period += made.without;
        let rows = (self.live.len as u64).saturating_sub(made.without);
        self.account.expanded += (made.sources.len() as u64).saturating_sub(rows);
        self.live = self.live.gather(&made.sources);
        self.live.set_slot(slot, days(made.periods));
    }

    fn set(&mut self, expr: &'a Expr, when: Option<&'a Expr>, ty: &Ty, before: Option<&'a Ty>) {
        let value = self.of_live(|eval, sel| {
            let Some(when) = when else { return eval.column(expr, sel) };
            let (yes, no) = eval.split_at(when, sel, all_rows(sel.len()));
            let new = eval.eval_at(expr, sel, &yes);
            let old = eval.old_value(expr, ty, before, sel, &no);
            assemble::assemble(&ty.base, sel.len(), vec![(yes, new), (no, old)]).into_column(&ty.base, sel.len())
        });
        self.live.value = Some(value);
        self.value = Some(ty.clone());
    }

    fn check(&mut self, check: &'a Check) {
        let failing = self.of_live(|eval, sel| failing(eval, &check.holds, check.when.as_ref(), sel));
        report_check(self.world, self.score, check, &self.live, &failing, self.problems);
    }
}

/// A column in which these rows have no value: a row that was dropped has no error, and its unit must not be forgotten.
fn without(column: Column, rows: &[u32]) -> Column {
    if rows.is_empty() {
        return column;
    }
    let mut known = column.known.clone().unwrap_or_else(|| vec![true; column.len()]);
    for row in rows {
        put(&mut known, *row as usize, false);
    }
    Column { known: Some(known), ..column }
}

/// Computes over a frame, and what goes wrong.
fn over<'a, T>(
    world: &World<'a>,
    table: &Table,
    frame: &Frame,
    compute: &mut impl FnMut(&mut Eval<'_, 'a>, Sel<'static>) -> T,
) -> (T, Vec<Flaw<'a>>) {
    let mut eval = Eval::new(world, Leaves::Rows(table, frame));
    let out = compute(&mut eval, Sel::All(frame.len));
    (out, eval.into_flaws())
}

/// The rows, ascending, for which something doesn't hold where it is asked.
pub fn failing<'a>(eval: &mut Eval<'_, 'a>, holds: &'a Expr, when: Option<&'a Expr>, sel: Sel<'_>) -> Vec<u32> {
    let mut asked = all_rows(sel.len());
    if let Some(when) = when {
        asked = eval.split_at(when, sel, asked).0;
    }
    eval.split_at(holds, sel, asked).1
}

/// Reports the rows of a frame for which a check doesn't hold.
pub fn report_check(
    world: &World<'_>,
    score: &Score,
    check: &Check,
    frame: &Frame,
    failing: &[u32],
    problems: &mut Problems,
) {
    let (table, Some(input)) = (world.table(score.input), world.plan.inputs.get(score.input)) else { return };
    let shown = faults::shown(check);
    for &row in failing {
        let row = row as usize;
        let value = |expr: &&Expr| match expr.kind {
            ExprKind::Column(at) => {
                let spec = input.schema.columns.get(at)?;
                Some((spec.name.clone(), table.value(at, frame.row(row)), spec.ty.base.clone()))
            }
            ExprKind::Slot(at) => {
                let slot = score.slots.get(at)?;
                let column = frame.slots.get(at).and_then(Option::as_ref);
                Some((
                    slot.name.clone(),
                    column.map_or(Value::Missing, |column| column.value(row)),
                    slot.ty.base.clone(),
                ))
            }
            ExprKind::Value => {
                let value = frame.value.as_ref().map_or(Value::Missing, |column| column.value(row));
                Some(("value".into(), value, expr.ty.base.clone()))
            }
            _ => None,
        };
        let values: Vec<_> = shown.iter().filter_map(value).collect();
        problems.push(faults::check_failed(check, &values, faults::place(input, table, frame.row(row), None)).1);
    }
}

impl<'f, 'a> Eval<'f, 'a> {
    /// The value that stays at some places, brought to the places of its new type.
    fn old_value(&mut self, expr: &'a Expr, ty: &Ty, before: Option<&'a Ty>, sel: Sel<'_>, places: &[u32]) -> Out<'f> {
        let Some(before) = before else { return Out::One(Value::Missing) };
        let rows = sel.rows(places);
        let old = self.value_leaf(Sel::Some(&rows));
        if before.base == ty.base { old } else { self.widened(expr, old, &before.base, &ty.base, Sel::Some(&rows)) }
    }
}
