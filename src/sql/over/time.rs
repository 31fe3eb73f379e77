//! Operations along time: each cell joined to those of its group that lie before it.

use super::{CELLS, Work, cell_scope};
use crate::plan::{Expr as PlanExpr, Function, Operation};
use crate::sql::ast::{Expr, Infix, Join, Name, Select, Source, SqlType};
use crate::sql::calls::real;
use crate::sql::cells::Cells;
use crate::sql::dialect::{Exact, Phrase};
use crate::sql::scope::Scope;
use crate::sql::shape::{COUNT_DIGITS, Kind, Number, Term};
use crate::sql::totals::counted;
use crate::sql::{Obstacle, Translation};
use crate::value::Period;
use crate::value::decimal::QUOTIENT_PLACES;

/// The table of the cells before.
const BEFORE: &str = "p";

/// Cells with their places in time: the table, the column of the place, and that of the first place of all cells.
struct Places {
    cte: Name,
    position: Name,
    first: Name,
}

impl Places {
    fn position(&self, alias: &str) -> Expr {
        Expr::Column(Some(alias.into()), self.position.clone())
    }

    fn first(&self) -> Expr {
        Expr::Column(Some(CELLS.into()), self.first.clone())
    }

    /// Each cell beside those of its group, or with `None` beside those for which a condition holds.
    fn joined(&self, work: &Work<'_>, more: Option<Expr>) -> Select {
        let other = Source::table(&self.cte).called(BEFORE);
        let same = Expr::all(work.same_group(CELLS, BEFORE).into_iter().chain(more));
        let join = match same {
            Some(same) => Join::Inner(other, same),
            None => Join::Cross(other),
        };
        Select { from: Some(Source::table(&self.cte).called(CELLS)), joins: vec![join], ..Select::default() }
    }

    /// Cells beside those of their group from so many periods before on, up to themselves.
    fn window(&self, work: &Work<'_>, before: Option<u32>) -> Select {
        let (own, other) = (self.position(CELLS), self.position(BEFORE));
        let up_to = other.clone().infix(Infix::LessOrEqual, own.clone());
        let from = before.map(|before| {
            other.infix(Infix::GreaterOrEqual, own.infix(Infix::Subtract, Expr::Integer(i64::from(before))))
        });
        let mut select = self.joined(work, None);
        select.filter = Expr::all([Some(up_to), from].into_iter().flatten());
        select.columns = work.dims(CELLS);
        select.columns.extend([(self.position(CELLS), self.position.clone()), (self.first(), self.first.clone())]);
        select.group = select.columns.iter().map(|(expr, _)| expr.clone()).collect();
        select
    }
}

impl Translation<'_> {
    pub(super) fn in_time(&mut self, work: &Work<'_>) -> Result<Cells, Obstacle> {
        let places = self.places(work)?;
        match &work.over.operation {
            Operation::Cumulative { .. } => {
                let sum = self.total(Function::Sum, &work.value(BEFORE), &work.source.ty.base);
                let zero = Expr::Decimal(0, sum.kind.number().places);
                let sum = Term { expr: sum.expr.or_else(zero), ..sum };
                Ok(self.ended(work, places.window(work, None), &sum))
            }
            Operation::Rolling { function, width, partial } => {
                self.rolling(work, &places, (*function, *width, *partial))
            }
            Operation::Decay { half_life, .. } => self.decay(work, &places, half_life),
            Operation::Lag { by } => Ok(self.lag(work, &places, *by)),
            Operation::Carry { at_most } => Ok(self.carry(work, &places, *at_most)),
            other => Err(Obstacle::new(format!("`{}`", other.word()), work.index.span)),
        }
    }

    /// The cells with numbers that follow one another along the dimension.
    fn places(&mut self, work: &Work<'_>) -> Result<Places, Obstacle> {
        let mut names = work.names();
        let (position, first) = (names.take("position"), names.take("first_position"));
        let number = self.position(work)?;
        let least = Expr::Over { of: Box::new(Expr::Call("min", vec![number.clone()])), keys: vec![], order: None };
        let mut columns = work.dims(CELLS);
        columns.extend(super::columns(std::slice::from_ref(&work.cells.value), CELLS));
        columns.extend([(number, position.clone()), (least, first.clone())]);
        let from = Some(Source::table(&work.cells.cte).called(CELLS));
        let cte = self.push_part(
            work,
            "places",
            "the cells, numbered along time",
            Select { columns, from, ..Select::default() },
        );
        Ok(Places { cte, position, first })
    }

    fn position(&mut self, work: &Work<'_>) -> Result<Expr, Obstacle> {
        let along = work.along(CELLS);
        let span = work.index.span;
        let whole = |expr: Expr| expr.cast(SqlType::Integer);
        let times = |expr: Expr, by: i64| expr.infix(Infix::Multiply, Expr::Integer(by));
        let day = along.expr.clone();
        Ok(match along.kind {
            Kind::Period(Period::Month | Period::Quarter) => {
                let year = whole(self.phrase(Phrase::Year, vec![day.clone()], span)?);
                let month = whole(self.phrase(Phrase::Month, vec![day], span)?);
                let months = times(year, 12).infix(Infix::Add, month);
                // The first months of quarters are three apart.
                if along.kind == Kind::Period(Period::Month) { months } else { self.a_part(months, 3) }
            }
            Kind::Period(Period::Week) => {
                let monday = Expr::Day(4);
                let days = whole(self.phrase(Phrase::DaysBetween, vec![monday, day], span)?);
                self.a_part(days, 7)
            }
            Kind::Date => whole(self.phrase(Phrase::DaysBetween, vec![Expr::Day(0), day], span)?),
            _ => day,
        })
    }

    /// A whole number divided by another; it is a multiple, but for what is the same in all.
    fn a_part(&self, of: Expr, by: i64) -> Expr {
        let above = Exact { expr: of.cast(SqlType::Decimal(10, 0)), number: Number { digits: 10, places: 0 } };
        let rest =
            above.expr.clone().infix(Infix::Subtract, above.expr.clone().infix(Infix::Remainder, Expr::Integer(by)));
        let below = Number::of(i128::from(by), 0);
        let whole = Exact { expr: rest, number: above.number };
        let by = Exact { expr: Expr::Decimal(i128::from(by), 0), number: below };
        self.dialect.quotient(whole, by, 0).cast(SqlType::Integer)
    }

    fn rolling(
        &mut self,
        work: &Work<'_>,
        places: &Places,
        (function, width, partial): (Function, u32, bool),
    ) -> Result<Cells, Obstacle> {
        let value = work.value(BEFORE);
        let mut names = work.names();
        [&places.position, &places.first].into_iter().for_each(|name| _ = names.take(name));
        let combined = match function {
            Function::Min | Function::Max => function,
            _ => Function::Sum,
        };
        let total = self.total(combined, &value, &work.source.ty.base);
        let mut select = places.window(work, Some(width.saturating_sub(1)));
        let mut add = |term: &Term, wanted: &str| {
            let name = names.take(wanted);
            let ty = term.kind.types().first().copied().unwrap_or(SqlType::Text);
            select.columns.push((term.expr.clone().cast(ty), name.clone()));
            Expr::Column(Some(CELLS.into()), name)
        };
        let total = Term { expr: add(&total, "total"), ..total };
        let known = add(&counted(value.expr.clone()), "known");
        let there = add(&counted(Expr::Star), "there");
        let windows = self.push_part(work, "windows", "each cell with those of its window", select);
        let width = || Expr::Integer(i64::from(width));
        let reach = places.position(CELLS).infix(Infix::Subtract, places.first()).infix(Infix::Add, Expr::Integer(1));
        let inside =
            Expr::Case(vec![(reach.clone().infix(Infix::Less, width()), reach.clone())], Some(Box::new(width())));
        // Inside of the range, a cell that isn't there counts as 0 where that is what it would be in a formula.
        let absent = inside.infix(Infix::Subtract, there);
        let zeros = work.source.absent_zero;
        let known = if zeros { known.infix(Infix::Add, absent.clone()) } else { known };
        let count = Number { digits: COUNT_DIGITS, places: 0 };
        let known = Term::one(Kind::Number(count), known.cast(count.ty()));
        let zero = Expr::Decimal(0, total.kind.number().places);
        let sum = || Term { expr: total.expr.clone().or_else(zero.clone()), ..total.clone() };
        let result = match function {
            Function::Count => known.clone(),
            Function::Mean => self.divided(sum(), known.clone(), QUOTIENT_PLACES),
            Function::Min | Function::Max if zeros => {
                let phrase = if function == Function::Min { Phrase::Least } else { Phrase::Greatest };
                let with_zero = self.phrase(
                    phrase,
                    vec![sum().expr, zero.clone().cast(total.kind.number().ty())],
                    work.index.span,
                )?;
                let arms =
                    vec![(absent.infix(Infix::Greater, Expr::Integer(0)), Term { expr: with_zero, ..total.clone() })];
                crate::sql::expr::choice(arms, Some(total.clone()), &work.source.ty.base)
            }
            Function::Min | Function::Max => total.clone(),
            _ => sum(),
        };
        let complete =
            reach.infix(Infix::GreaterOrEqual, width()).infix(Infix::And, known.expr.infix(Infix::Equal, width()));
        let result = if partial {
            result
        } else {
            let ty = result.kind.types().first().copied().unwrap_or(SqlType::Text);
            Term { expr: result.expr.cast(ty).only_when(complete), ..result }
        };
        let from = Some(Source::table(&windows).called(CELLS));
        Ok(self.ended(work, Select { from, ..Select::default() }, &result))
    }

    fn decay(&mut self, work: &Work<'_>, places: &Places, half_life: &PlanExpr) -> Result<Cells, Obstacle> {
        let half_life = real(self.term(half_life, &mut Scope::default())?);
        let age = places.position(BEFORE).infix(Infix::Subtract, places.position(CELLS)).cast(SqlType::Real);
        let left = self.dialect.real("power", vec![Expr::Real(2.0), age.infix(Infix::Divide, half_life)]);
        let part = real(work.value(BEFORE)).infix(Infix::Multiply, left);
        let sum = Expr::Call("sum", vec![part]).or_else(Expr::Real(0.0));
        Ok(self.ended(work, places.window(work, None), &Term::one(Kind::Real, sum)))
    }

    fn lag(&mut self, work: &Work<'_>, places: &Places, by: u32) -> Cells {
        let wanted = places.position(CELLS).infix(Infix::Subtract, Expr::Integer(i64::from(by)));
        let at = places.position(BEFORE).infix(Infix::Equal, wanted.clone());
        let mut select = places.joined(work, Some(at));
        if let Some(Join::Inner(source, on)) = select.joins.pop() {
            select.joins.push(Join::Left(source, on));
        }
        let other = work.value(BEFORE);
        let value = if work.source.absent_zero {
            let zero = Expr::Decimal(0, other.kind.number().places);
            let inside = wanted.infix(Infix::GreaterOrEqual, places.first());
            let arms = vec![
                (places.position(BEFORE).is_known(), other.clone()),
                (inside, Term { expr: zero, ..other.clone() }),
            ];
            crate::sql::expr::choice(arms, None, &work.source.ty.base)
        } else {
            other
        };
        self.ended(work, select, &value)
    }

    fn carry(&mut self, work: &Work<'_>, places: &Places, at_most: u32) -> Cells {
        let mut names = work.names();
        [&places.position, &places.first].into_iter().for_each(|name| _ = names.take(name));
        let name = names.take("last_position");
        let mut select = places.window(work, Some(at_most));
        let known = places.position(BEFORE).only_when(work.value(BEFORE).expr.is_known());
        select.columns.push((Expr::Call("max", vec![known]), name.clone()));
        let last = self.push_part(work, "last", "where the last known value of each cell stands", select);
        let at = places.position(BEFORE).infix(Infix::Equal, Expr::Column(Some(CELLS.into()), name));
        let same = Expr::all(work.same_group(CELLS, BEFORE).into_iter().chain([at])).unwrap_or(Expr::Flag(true));
        let mut scope = cell_scope(work);
        let mut select = scope.select_from(&last, Some(&CELLS.into()));
        select.joins.push(Join::Left(Source::table(&places.cte).called(BEFORE), same));
        self.ended(work, select, &work.value(BEFORE))
    }
}
