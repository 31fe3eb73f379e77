//! A score: takes the rows of an input through its steps.

use super::absorb;
use super::check;
use super::expr::{self, Scope, Stop, kernel};
use super::period;
use super::world::World;
use crate::builtin::Builtin;
use crate::diag::Problems;
use crate::eval::ScoreAccount;
use crate::eval::faults::{self, Found};
use crate::plan::{Expr, Input, Op, Open, Score, Step};
use crate::source::Span;
use crate::value::calendar::Period;
use crate::value::column::Table;
use crate::value::{Ty, Type, Value};

/// A row of the frame.
#[derive(Debug, Clone)]
pub struct Row {
    /// The row of the table.
    pub row: usize,
    /// The slots; missing until they are set.
    pub slots: Vec<Value>,
    /// The value; missing until it is set.
    pub value: Value,
    /// Whether it counts.
    pub standing: Standing,
}

/// Whether a row counts. One that doesn't goes on up to an `absorb`, which has to know of its unit: it is counted
/// nowhere, no error is reported of it. A let without a result is missing in it; it vanishes where an `every` or a
/// `keep` of units has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It counts.
    Live,
    /// A `keep` of rows has dropped it.
    Dropped,
    /// It had an error, and must not cause another.
    Faulty,
}

impl Row {
    /// Whether it counts.
    pub fn is_live(&self) -> bool {
        self.standing == Standing::Live
    }
}

/// The units at the end of a score.
#[derive(Debug, Default)]
pub struct Scored {
    /// The units, in the order of their rows.
    pub units: Vec<Row>,
    /// Whether errors have left rows out.
    pub broken: bool,
}

/// What a step of a score can see.
pub struct Stage<'a> {
    /// The plan and the tables.
    pub world: &'a World<'a>,
    /// The score's input.
    pub input: &'a Input,
    /// Its table.
    pub table: &'a Table,
    /// The score.
    pub score: &'a Score,
}

/// What a score writes down beside its rows.
pub struct Books<'b> {
    /// What became of the rows.
    pub account: ScoreAccount,
    /// Where errors go.
    pub problems: &'b mut Problems,
    /// Whether there were errors.
    pub broken: bool,
}

impl<'b> Books<'b> {
    /// Nothing is written down yet.
    pub fn new(score: &Score, problems: &'b mut Problems) -> Self {
        Self { account: ScoreAccount::new(&score.name, 0), problems, broken: false }
    }

    /// Takes an error that leaves a row or a unit out.
    pub fn report(&mut self, (group, diagnostic): Found) {
        self.broken = true;
        self.problems.push_grouped(&group, diagnostic);
    }
}

impl<'a> Stage<'a> {
    /// The stage of a score; none if its input isn't bound.
    pub fn of(world: &'a World<'a>, score: &'a Score) -> Option<Self> {
        let (input, table) = (world.plan.inputs.get(score.input)?, world.table(score.input)?);
        Some(Self { world, input, table, score })
    }

    /// A row before the first step.
    pub fn row(&self, row: usize) -> Row {
        let slots = vec![Value::Missing; self.score.slots.len()];
        Row { row, slots, value: Value::Missing, standing: Standing::Live }
    }

    /// What an expression can see of a row.
    pub fn scope<'r>(&'r self, row: &'r Row) -> Scope<'r> {
        let Row { row, slots, value, .. } = row;
        Scope { row: Some((self.table, *row)), slots, value, ..Scope::new(self.world) }
    }

    /// Reports why a step has no result for a row, and what is left of the row.
    pub fn stop(&self, stop: Stop, row: Row, books: &mut Books<'_>) -> Option<Row> {
        let found = stop.at_row(self.world, (self.input, self.table, row.row));
        self.fail(found, row, books)
    }

    /// Reports an error of a row, and what is left of the row.
    fn fail(&self, found: Option<Found>, row: Row, books: &mut Books<'_>) -> Option<Row> {
        if !row.is_live() {
            return None;
        }
        found.into_iter().for_each(|found| books.report(found));
        Some(Row { standing: Standing::Faulty, ..row })
    }
}

/// The units of a score, and what became of its rows.
pub fn run(world: &World<'_>, score: &Score, checks: bool, problems: &mut Problems) -> (Scored, ScoreAccount) {
    let mut books = Books::new(score, problems);
    let Some(stage) = Stage::of(world, score) else {
        return (Scored::default(), books.account);
    };
    let mut rows: Vec<Row> = (0..stage.table.rows).map(|row| stage.row(row)).collect();
    books.account.rows = count(&rows);
    let mut value_ty = None;
    for step in &score.steps {
        match &step.op {
            Op::Absorb { .. } => rows = absorb::absorb(&stage, step, rows, value_ty, &mut books),
            Op::Check(check) if checks => rows = check::rows(&stage, check, rows, &mut books),
            Op::Check(_) => {}
            _ => rows = take_step(&stage, step, rows, &mut books),
        }
        if let Op::Set { ty, .. } = &step.op {
            value_ty = Some(ty);
        }
    }
    rows.retain(Row::is_live);
    books.account.scored = count(&rows);
    (Scored { units: rows, broken: books.broken }, books.account)
}

/// How many rows there are.
pub fn count(rows: &[Row]) -> u64 {
    rows.len() as u64
}

fn take_step(stage: &Stage<'_>, step: &Step, rows: Vec<Row>, books: &mut Books<'_>) -> Vec<Row> {
    let mut dropped = 0;
    let mut left = Vec::new();
    for row in rows {
        let live = row.is_live();
        let made = take_row(stage, step, row, books);
        dropped += u64::from(live && made.iter().all(|row| row.standing == Standing::Dropped));
        left.extend(made);
    }
    if let Op::Keep { .. } = &step.op {
        books.account.dropped.push((step.label.to_string(), dropped));
    }
    left
}

/// What a step makes of a row. `absorb` and `check` don't look at one row at a time, and leave it as it is.
pub fn take_row(stage: &Stage<'_>, step: &Step, row: Row, books: &mut Books<'_>) -> Vec<Row> {
    let one = match &step.op {
        Op::Let { slot, expr } => fill(stage, row, *slot, expr, books),
        Op::Keep { holds, when, of_units } => keep(stage, row, (holds, when.as_ref()), *of_units, books),
        Op::Every { .. } => return every(stage, step, row, books),
        Op::Set { expr, when, ty, before, .. } if row.is_live() => {
            match new_value(stage, &row, (expr, when.as_ref()), (ty, before.as_ref())) {
                Ok(value) => Some(Row { value, ..row }),
                Err(stop) => stage.stop(stop, row, books),
            }
        }
        Op::Set { .. } | Op::Absorb { .. } | Op::Check(_) => Some(row),
    };
    one.into_iter().collect()
}

/// A row with a let.
fn fill(stage: &Stage<'_>, mut row: Row, slot: usize, expr: &Expr, books: &mut Books<'_>) -> Option<Row> {
    let value = match expr.is_of_value() && !row.is_live() {
        true => Ok(Value::Missing),
        false => expr::eval(expr, &stage.scope(&row)),
    };
    match value {
        Ok(value) => set_slot(&mut row, slot, value),
        // A row that was dropped has no error, and its unit must not be forgotten.
        Err(_) if !row.is_live() => set_slot(&mut row, slot, Value::Missing),
        Err(stop) => return stage.stop(stop, row, books),
    }
    Some(row)
}

fn set_slot(row: &mut Row, slot: usize, value: Value) {
    if let Some(place) = row.slots.get_mut(slot) {
        *place = value;
    }
}

/// A row that stays, or is marked as dropped where its unit must be known; else none.
fn keep(
    stage: &Stage<'_>,
    row: Row,
    (holds, when): (&Expr, Option<&Expr>),
    of_units: bool,
    books: &mut Books<'_>,
) -> Option<Row> {
    if !row.is_live() && !of_units {
        return Some(row);
    }
    let scope = stage.scope(&row);
    let stays = expr::applies(when, &scope).and_then(|asked| Ok(!asked || expr::holds(holds, &scope)?));
    match stays {
        Err(stop) => stage.stop(stop, row, books),
        Ok(true) => Some(row),
        Ok(false) => (!of_units).then_some(Row { standing: Standing::Dropped, ..row }),
    }
}

/// A row for each period that a row's interval counts in.
fn every(stage: &Stage<'_>, step: &Step, row: Row, books: &mut Books<'_>) -> Vec<Row> {
    let Op::Every { period, slot, from, end, inclusive, open } = &step.op else { return vec![row] };
    let days = match expr::eval_all([from, end], &stage.scope(&row)) {
        Ok(days) => days,
        Err(stop) => return stage.stop(stop, row, books).into_iter().collect(),
    };
    let periods = match interval(&days) {
        Some((from, end)) if end < from => {
            let at = faults::place(stage.input, stage.table, row.row, None);
            let found = faults::backward_interval(step, from, end, at);
            return stage.fail(Some(found), row, books).into_iter().collect();
        }
        Some((from, end)) => periods(*period, *open, from, if *inclusive { end } else { end - 1 }),
        None => Vec::new(),
    };
    if row.is_live() {
        books.account.no_period += u64::from(periods.is_empty());
        books.account.expanded += (periods.len() as u64).saturating_sub(1);
    }
    let made = |period| {
        let mut row = row.clone();
        set_slot(&mut row, *slot, period);
        row
    };
    periods.into_iter().map(made).collect()
}

fn interval(days: &[Value]) -> Option<(i32, i32)> {
    if let [Value::Date(from), Value::Date(end)] = days { Some((*from, *end)) } else { None }
}

fn periods(kind: Period, open: Open, from: i32, last: i32) -> Vec<Value> {
    let value = |period| {
        if kind == Period::Day { Value::Date(period) } else { Value::Period(period) }
    };
    period::covered(kind, open, from, last).into_iter().map(value).collect()
}

/// The value of a row after a step that sets it.
fn new_value(
    stage: &Stage<'_>,
    row: &Row,
    (expr, when): (&Expr, Option<&Expr>),
    (ty, before): (&Ty, Option<&Ty>),
) -> Result<Value, Stop> {
    let scope = stage.scope(row);
    if expr::applies(when, &scope)? {
        return expr::eval(expr, &scope);
    }
    before.map_or(Ok(Value::Missing), |before| brought(&row.value, &before.base, &ty.base, expr.span))
}

/// A value of one type as a value of another that holds it without loss.
pub fn brought(value: &Value, from: &Type, to: &Type, span: Span) -> Result<Value, Stop> {
    let builtin = match (value, from, to) {
        (Value::Number(_), Type::Number(from), Type::Number(to)) if from != to => Builtin::Widen,
        (Value::Number(_), Type::Number(_), Type::Real) => Builtin::Real,
        (Value::Period(_), Type::Period(Period::Year), Type::Number(_) | Type::Real) => return year(value, to, span),
        (Value::Date(day), Type::Date, Type::Partial(_)) => return Ok(Value::Partial(*day, *day)),
        _ => return Ok(value.clone()),
    };
    kernel(builtin, std::slice::from_ref(value), &[from], to, span)
}

fn year(value: &Value, to: &Type, span: Span) -> Result<Value, Stop> {
    let from = Type::Period(Period::Year);
    let number = kernel(Builtin::YearNumber, std::slice::from_ref(value), &[&from], &Type::Number(0), span)?;
    brought(&number, &Type::Number(0), to, span)
}
