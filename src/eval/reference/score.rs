//! A score: takes the rows of an input through its steps.

use super::absorb;
use super::check;
use super::expr::{self, Scope, Stop};
use super::period;
use super::world::World;
use crate::builtin::{Builtin, Fault};
use crate::diag::Problems;
use crate::eval::{ScoreAccount, faults};
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
    /// Whether a `keep` of rows has dropped it. It stays up to the next `absorb`, which has to know of its unit. No
    /// error is reported of it and it is counted nowhere.
    pub ghost: bool,
}

/// The units at the end of a score.
#[derive(Debug, Default)]
pub struct Scored {
    /// The units, in the order of their rows.
    pub units: Vec<Row>,
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

impl<'a> Stage<'a> {
    /// The stage of a score; none if its input isn't bound.
    pub fn of(world: &'a World<'a>, score: &'a Score) -> Option<Self> {
        let (input, table) = (world.plan.inputs.get(score.input)?, world.table(score.input)?);
        Some(Self { world, input, table, score })
    }

    /// What an expression can see of a row.
    pub fn scope<'r>(&'r self, row: &'r Row) -> Scope<'r> {
        let Row { row, slots, value, .. } = row;
        Scope { row: Some((self.table, *row)), slots, value, ..Scope::new(self.world) }
    }

    /// The result of a step for a row. If there is none, says why, unless the row is a ghost; the caller drops the row.
    pub fn take<T>(&self, result: Result<T, Stop>, row: &Row, problems: &mut Problems) -> Option<T> {
        match result {
            Ok(value) => return Some(value),
            Err(stop) if !row.ghost => stop.report_row(self.world, (self.input, self.table, row.row), problems),
            Err(_) => {}
        }
        None
    }
}

/// The units of a score, and what became of its rows.
pub fn run(world: &World<'_>, score: &Score, checks: bool, problems: &mut Problems) -> (Scored, ScoreAccount) {
    let mut account = ScoreAccount {
        score: score.name.to_string(),
        rows: 0,
        expanded: 0,
        no_period: 0,
        dropped: Vec::new(),
        absorbed: Vec::new(),
        restored: Vec::new(),
        scored: 0,
    };
    let Some(stage) = Stage::of(world, score) else {
        return (Scored::default(), account);
    };
    let slots = vec![Value::Missing; score.slots.len()];
    let first = |row| Row { row, slots: slots.clone(), value: Value::Missing, ghost: false };
    let mut rows: Vec<Row> = (0..stage.table.rows).map(first).collect();
    account.rows = count(&rows);
    let mut value_ty = None;
    for step in &score.steps {
        match &step.op {
            Op::Absorb { .. } => rows = absorb::absorb(&stage, step, rows, value_ty, (&mut account, problems)),
            Op::Check(failing) if checks => rows = check::rows(&stage, failing, rows, problems),
            Op::Check(_) => {}
            _ => rows = take_step(&stage, step, rows, (&mut account, problems)),
        }
        if let Op::Set { ty, .. } = &step.op {
            value_ty = Some(ty);
        }
    }
    rows.retain(|row| !row.ghost);
    account.scored = count(&rows);
    (Scored { units: rows }, account)
}

/// How many rows there are.
pub fn count(rows: &[Row]) -> u64 {
    rows.len() as u64
}

type Books<'b> = (&'b mut ScoreAccount, &'b mut Problems);

fn take_step(stage: &Stage<'_>, step: &Step, rows: Vec<Row>, (account, problems): Books<'_>) -> Vec<Row> {
    match &step.op {
        Op::Let { slot, expr } => {
            let fill = |mut row: Row| {
                let value = stage.take(expr::eval(expr, &stage.scope(&row)), &row, problems)?;
                set_slot(&mut row, *slot, value);
                Some(row)
            };
            rows.into_iter().filter_map(fill).collect()
        }
        Op::Keep { holds, when, of_units } => {
            let (kept, dropped) = keep(stage, rows, (holds, when.as_ref()), *of_units, problems);
            account.dropped.push((step.label.to_string(), dropped));
            kept
        }
        Op::Every { .. } => every(stage, step, rows, (account, problems)),
        Op::Set { expr, when, ty, before, .. } => {
            let set = |mut row: Row| {
                if !row.ghost {
                    let result = new_value(stage, &row, (expr, when.as_ref()), (ty, before.as_ref()));
                    row.value = stage.take(result, &row, problems)?;
                }
                Some(row)
            };
            rows.into_iter().filter_map(set).collect()
        }
        Op::Absorb { .. } | Op::Check(_) => rows,
    }
}

fn set_slot(row: &mut Row, slot: usize, value: Value) {
    if let Some(place) = row.slots.get_mut(slot) {
        *place = value;
    }
}

/// The rows that stay, and how many don't.
fn keep(
    stage: &Stage<'_>,
    rows: Vec<Row>,
    (holds, when): (&Expr, Option<&Expr>),
    of_units: bool,
    problems: &mut Problems,
) -> (Vec<Row>, u64) {
    let mut kept = Vec::new();
    let mut dropped = 0;
    for mut row in rows {
        if row.ghost && !of_units {
            kept.push(row);
            continue;
        }
        let scope = stage.scope(&row);
        let stays = expr::applies(when, &scope).and_then(|asked| Ok(!asked || expr::holds(holds, &scope)?));
        let Some(stays) = stage.take(stays, &row, problems) else {
            continue;
        };
        if stays {
            kept.push(row);
            continue;
        }
        dropped += u64::from(!row.ghost);
        if !of_units {
            row.ghost = true;
            kept.push(row);
        }
    }
    (kept, dropped)
}

/// A row for each period that a row's interval counts in.
fn every(stage: &Stage<'_>, step: &Step, rows: Vec<Row>, (account, problems): Books<'_>) -> Vec<Row> {
    let Op::Every { period, slot, from, end, inclusive, open } = &step.op else {
        return rows;
    };
    let mut made = Vec::new();
    for row in rows {
        let scope = stage.scope(&row);
        let days = stage.take(expr::eval_all([from, end], &scope), &row, problems);
        let Some(periods) = days.and_then(|days| {
            let (from, end) = interval(&days)?;
            if end < from {
                report_backward(stage, step, &row, (from, end), problems);
                return None;
            }
            Some(periods(*period, *open, from, if *inclusive { end } else { end - 1 }))
        }) else {
            continue;
        };
        if !row.ghost {
            account.no_period += u64::from(periods.is_empty());
            account.expanded += (periods.len() as u64).saturating_sub(1);
        }
        for value in periods {
            let mut row = row.clone();
            set_slot(&mut row, *slot, value);
            made.push(row);
        }
    }
    made
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

fn report_backward(stage: &Stage<'_>, step: &Step, row: &Row, (from, end): (i32, i32), problems: &mut Problems) {
    if !row.ghost {
        let at = faults::place(stage.input, stage.table, row.row, None);
        let (group, diagnostic) = faults::backward_interval(step, from, end, at);
        problems.push_grouped(&group, diagnostic);
    }
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
fn brought(value: &Value, from: &Type, to: &Type, span: Span) -> Result<Value, Stop> {
    let builtin = match (value, from, to) {
        (Value::Number(_), Type::Number(from), Type::Number(to)) if from != to => Builtin::Widen,
        (Value::Number(_), Type::Number(_), Type::Real) => Builtin::Real,
        (Value::Period(_), Type::Period(Period::Year), Type::Number(_) | Type::Real) => return year(value, to, span),
        (Value::Date(day), Type::Date, Type::Partial(_)) => return Ok(Value::Partial(*day, *day)),
        _ => return Ok(value.clone()),
    };
    kernel(builtin, value, from, to, span)
}

fn year(value: &Value, to: &Type, span: Span) -> Result<Value, Stop> {
    let number = kernel(Builtin::YearNumber, value, &Type::Period(Period::Year), &Type::Number(0), span)?;
    brought(&number, &Type::Number(0), to, span)
}

fn kernel(builtin: Builtin, value: &Value, from: &Type, to: &Type, span: Span) -> Result<Value, Stop> {
    let fault = |fault: Fault| Stop::Fault(fault, span);
    (builtin.row().kernel)(std::slice::from_ref(value), &[from], to).map_err(fault)
}
