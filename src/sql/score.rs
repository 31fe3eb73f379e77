//! A score: a common table expression for each of its steps, which carries the fields that later ones use.

use std::collections::BTreeSet;

use super::ast::{Cte, Expr, Infix, Name, Select, SqlType};
use super::every::{Every, Series};
use super::names::Names;
use super::scope::{Fields, Scope};
use super::shape::{Field, Kind, Term};
use super::{Obstacle, Translation};
use crate::plan::{Empty, Expr as PlanExpr, ExprKind, Op, Score, Step};
use crate::value::{Period, Ty, Type};

/// Fields that are used from some step on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Used {
    /// Columns of the input.
    pub columns: BTreeSet<usize>,
    /// Slots of the score.
    pub slots: BTreeSet<usize>,
    /// Whether the value is.
    pub value: bool,
    /// Whether it must be known which rows were dropped.
    pub live: bool,
}

impl Used {
    /// Adds what an expression uses.
    pub fn add(&mut self, expr: &PlanExpr) {
        expr.walk(&mut |part| match part.kind {
            ExprKind::Column(at) => _ = self.columns.insert(at),
            ExprKind::Slot(at) => _ = self.slots.insert(at),
            ExprKind::Value => self.value = true,
            _ => {}
        });
    }
}

/// The rows of a score before or behind a step.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The common table expression that has them.
    pub cte: Name,
    /// Its fields.
    pub fields: Fields,
    /// The column that tells rows that count from those that a `keep` has dropped, where that must be known.
    pub live: Option<Name>,
    /// Names of columns that are taken.
    pub names: Names,
}

/// What of the frame is used behind each step, and before the first: one more than there are steps.
pub fn used_behind(score: &Score, behind: &Used, checks: bool) -> Vec<Used> {
    let mut all = vec![behind.clone()];
    let mut used = behind.clone();
    for step in score.steps.iter().rev() {
        used = before(step, used, checks);
        all.push(used.clone());
    }
    all.reverse();
    all
}

fn before(step: &Step, mut used: Used, checks: bool) -> Used {
    match &step.op {
        Op::Let { slot, expr } => {
            if used.slots.remove(slot) {
                used.add(expr);
            }
        }
        Op::Keep { holds, when, .. } => {
            used.add(holds);
            when.iter().for_each(|when| used.add(when));
        }
        Op::Every { slot, from, end, .. } => {
            used.slots.remove(slot);
            used.add(from);
            used.add(end);
        }
        Op::Set { expr, when, before, .. } => {
            used.value = when.is_some() && before.is_some();
            used.add(expr);
            when.iter().for_each(|when| used.add(when));
        }
        Op::Absorb { pick, keys, empty, same } => {
            keys.iter().for_each(|key| used.add(key));
            if let crate::plan::Pick::First(order) | crate::plan::Pick::Last(order) = pick {
                used.add(order);
            }
            used.value = true;
            // Where data are checked, a unit that loses all its rows is found.
            used.live = *empty == Empty::Zero || (checks && *empty == Empty::Error);
            if checks {
                used.slots.extend(same);
            }
        }
        Op::Check(check) if checks => {
            used.add(&check.holds);
            check.when.iter().for_each(|when| used.add(when));
        }
        Op::Check(_) => {}
    }
    used
}

impl Translation<'_> {
    /// The units of a score.
    pub(super) fn units(&mut self, at: usize) -> Result<Frame, Obstacle> {
        if let Some(frame) = self.scored.get(&at) {
            return Ok(frame.clone());
        }
        let frames = self.frames(at)?;
        let frame = frames.into_iter().next_back().ok_or_else(|| Obstacle::new("a score", Default::default()))?;
        self.scored.insert(at, frame.clone());
        Ok(frame)
    }

    /// The frame before each step of a score, and behind the last; where data are checked, with what checks look at.
    pub(super) fn frames(&mut self, at: usize) -> Result<Vec<Frame>, Obstacle> {
        let plan = self.plan;
        let Some(score) = plan.scores.get(at) else { return Err(Obstacle::new("a score", Default::default())) };
        let behind = self.used_of_score(at);
        let used = used_behind(score, &behind, self.checking);
        let rows = self.rows(score.input)?;
        let mut names = Names::default();
        for name in rows.fields.all().flat_map(Field::names) {
            names.take(name);
        }
        let mut frame = Frame { cte: rows.cte, fields: rows.fields, live: None, names };
        let mut value: Option<Ty> = None;
        let mut frames = vec![frame.clone()];
        for (step, used) in score.steps.iter().zip(used.iter().skip(1)) {
            frame = self.step(score, step, frame, used, value.as_ref())?;
            if let Op::Set { ty, .. } = &step.op {
                value = Some(ty.clone());
            }
            frames.push(frame.clone());
        }
        Ok(frames)
    }

    /// What a step makes of a frame, if any later step sees a difference.
    fn step(
        &mut self,
        score: &Score,
        step: &Step,
        frame: Frame,
        used: &Used,
        value: Option<&Ty>,
    ) -> Result<Frame, Obstacle> {
        match &step.op {
            Op::Check(_) => Ok(frame),
            Op::Let { slot, .. } if !used.slots.contains(slot) => Ok(frame),
            Op::Absorb { .. } => self.absorb(score, step, &frame, used, value),
            _ => self.row_step(score, step, frame, used),
        }
    }

    /// A step that looks at one row at a time.
    fn row_step(&mut self, score: &Score, step: &Step, frame: Frame, used: &Used) -> Result<Frame, Obstacle> {
        let alias: Option<Name> = has_lookup(step).then(|| "r".into());
        let mut scope = Scope::over(&frame.fields, alias.as_ref());
        let mut made = Frame { fields: Fields::default(), live: None, ..frame.clone() };
        let mut columns = Vec::new();
        let mut filter = None;
        let mut live = frame.live.as_ref().map(|name| Expr::Column(alias.clone(), name.clone()));
        let mut series = None;
        let mut slots = frame.fields.slots.clone();
        let mut new: Option<(Field, Term)> = None;
        match &step.op {
            Op::Let { slot, expr } => {
                let term = self.term(expr, &mut scope)?;
                let name = score.slots.get(*slot).map_or("", |slot| &slot.name);
                let field = self.field(name, term.kind, &mut made.names);
                slots.insert(*slot, field.clone());
                new = Some((field, term));
            }
            Op::Keep { holds, when, of_units } => {
                let holds = self.holds_when(holds, when.as_ref(), &mut scope)?;
                if used.live && !of_units {
                    let before = live.take();
                    live = Some(before.map_or(holds.clone(), |before| before.infix(Infix::And, holds)));
                } else {
                    filter = Some(holds);
                }
            }
            Op::Every { period, slot, from, end, inclusive, open } => {
                let days = (self.condition(from, &mut scope)?, self.condition(end, &mut scope)?);
                let every = Every { period: *period, open: *open, inclusive: *inclusive, span: step.span };
                let kind = if *period == Period::Day { Kind::Date } else { Kind::Period(*period) };
                let name = score.slots.get(*slot).map_or("", |slot| &slot.name);
                let field = self.field(name, kind, &mut made.names);
                series = Some(self.every(every, days, field.clone(), &mut made.names)?);
                slots.insert(*slot, field);
            }
            Op::Set { expr, when, ty, before, .. } => {
                let term = self.set(expr, when.as_ref(), (ty, before.as_ref()), &mut scope)?;
                let field = Field { kind: term.kind, name: value_name(&frame, &mut made.names), last: None };
                made.fields.value = Some(field.clone());
                new = Some((field, term));
            }
            Op::Absorb { .. } | Op::Check(_) => {}
        }
        let is_new = |field: &Field| new.as_ref().is_some_and(|(new, _)| new == field);
        let of_series = |field: &Field| series.as_ref().is_some_and(|series: &Series| series.field == *field);
        let mut carry = |field: &Field| {
            for (expr, name) in field.term(alias.as_ref()).parts().zip(field.names()) {
                columns.push((expr.clone(), name.clone()));
            }
        };
        for (at, field) in frame.fields.columns.iter().filter(|(at, _)| used.columns.contains(at)) {
            carry(field);
            made.fields.columns.insert(*at, field.clone());
        }
        for (at, field) in slots.iter().filter(|(at, _)| used.slots.contains(at)) {
            if !is_new(field) && !of_series(field) {
                carry(field);
            }
            made.fields.slots.insert(*at, field.clone());
        }
        if let (true, None, Some(field)) = (used.value, &made.fields.value, &frame.fields.value) {
            carry(field);
            made.fields.value = Some(field.clone());
        }
        if let Some((field, term)) = &new {
            for ((expr, name), ty) in term.parts().zip(field.names()).zip(field.kind.types()) {
                columns.push((as_column(expr, ty), name.clone()));
            }
        }
        if used.live {
            let name = frame.live.clone().unwrap_or_else(|| made.names.take("live"));
            columns.push((live.unwrap_or(Expr::Flag(true)), name.clone()));
            made.live = Some(name);
        }
        let mut select = scope.select_from(&frame.cte, alias.as_ref());
        select.filter = filter;
        select.columns = columns;
        if let Some(series) = series {
            return self.spread_out(score, step, made, select, series);
        }
        if select.columns.is_empty() {
            select.columns.push((Expr::Integer(1), made.names.take("row")));
        }
        made.cte = self.push_step(score, step, select);
        Ok(made)
    }

    /// A common table expression for a step, with what the scheme says of it above.
    pub(super) fn push_step(&mut self, score: &Score, step: &Step, select: Select) -> Name {
        let name = self.names.take(&format!("{}_{}", score.name, step.label));
        let mut comment = vec![format!("score {}, {}", score.name, step.label)];
        comment.extend(step.doc.iter().map(|line| line.to_string()));
        self.ctes.push(Cte { name: name.clone(), comment, body: select.into() });
        name
    }

    /// The value behind a step that sets it.
    fn set(
        &mut self,
        expr: &PlanExpr,
        when: Option<&PlanExpr>,
        (ty, before): (&Ty, Option<&Ty>),
        scope: &mut Scope,
    ) -> Result<Term, Obstacle> {
        let term = self.term(expr, scope)?;
        let Some(when) = when else { return Ok(term) };
        let when = self.condition(when, scope)?;
        let old = match (before, scope.value.clone()) {
            (Some(_), Some(value)) => Some(self.brought(value, &ty.base)),
            _ => None,
        };
        Ok(super::expr::choice(vec![(when, term)], old, &ty.base))
    }

    /// A value of one type as one of another that holds it without loss.
    fn brought(&mut self, of: Term, to: &Type) -> Term {
        match (of.kind, to) {
            (Kind::Number(from), Type::Number(places)) if from.places < *places => self.widen(of, to),
            (Kind::Number(_), Type::Real) => Term::one(Kind::Real, of.expr.cast(SqlType::Text).cast(SqlType::Real)),
            (Kind::Period(Period::Year), Type::Number(_) | Type::Real) => {
                let number = super::shape::Number { digits: 4, places: 0 };
                let whole = Term::one(Kind::Number(number), of.expr.cast(number.ty()));
                self.brought(whole, to)
            }
            (Kind::Date, Type::Partial(_)) => Term { kind: Kind::Partial, last: Some(of.expr.clone()), expr: of.expr },
            _ => of,
        }
    }
}

/// An expression as a column of a type: literals and texts of no type are cast.
pub(super) fn as_column(expr: &Expr, ty: SqlType) -> Expr {
    match expr {
        Expr::Column(..) | Expr::Day(_) => expr.clone(),
        Expr::Cast(_, own) if *own == ty => expr.clone(),
        Expr::Null => expr.clone().cast(ty),
        _ if matches!(ty, SqlType::Decimal(..) | SqlType::Integer) => expr.clone().cast(ty),
        _ => expr.clone(),
    }
}

/// The column of the value: always of the same name.
pub(super) fn value_name(frame: &Frame, names: &mut Names) -> Name {
    frame.fields.value.as_ref().map_or_else(|| names.take("value"), |field| field.name.clone())
}

/// Whether a step looks something up, so that names need their tables before them.
pub(super) fn has_lookup(step: &Step) -> bool {
    let mut found = false;
    crate::sql::step_exprs(step, &mut |expr| found |= looks_up(expr));
    found
}

/// Whether an expression looks something up.
pub(super) fn looks_up(expr: &PlanExpr) -> bool {
    let mut found = false;
    expr.walk(&mut |part| found |= matches!(part.kind, ExprKind::Lookup { .. }));
    found
}
