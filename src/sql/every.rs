//! `every`: a row for each period that an interval covers as the rule says.

use super::ast::{Expr, From, Infix, Name, Select, Source, SqlType};
use super::dialect::Phrase;
use super::names::Names;
use super::score::Frame;
use super::shape::{Field, Kind, Term};
use super::{Obstacle, Translation};
use crate::plan::{Open, Score, Step};
use crate::value::{Period, calendar};

/// What an `every` says.
#[derive(Clone, Copy)]
pub(super) struct Every {
    pub period: Period,
    pub open: Open,
    pub inclusive: bool,
    pub span: crate::source::Span,
}

/// The numbers that an `every` makes of a row, the period of each, and which of them count.
pub(super) struct Series {
    /// The column of the numbers, in the query inside.
    number: Name,
    numbers: Expr,
    /// The first and the last day of the interval, carried through the query inside.
    days: [(Expr, Name); 2],
    pub field: Field,
    period: Expr,
    counts: Option<Expr>,
}

impl Translation<'_> {
    /// The periods of an interval are numbered through: years, quarters and months from year 0, weeks and days from the
    /// first one on.
    pub(super) fn every(
        &mut self,
        every: Every,
        (from, end): (Expr, Expr),
        field: Field,
        names: &mut Names,
    ) -> Result<Series, Obstacle> {
        let span = every.span;
        let [first, last, number] = ["first_day", "last_day", "number"].map(|name| names.take(name));
        let end = match every.inclusive {
            true => end,
            false => self.phrase(Phrase::AddDays, vec![end, Expr::Integer(-1)], span)?,
        };
        let numbered = |day: &Expr| self.number_of(every.period, day, &from, span);
        let numbers = self.dialect.series(numbered(&from)?, numbered(&end)?);
        let column = |name: &Name| Expr::name(name);
        let period = self.period_of(every.period, &column(&number), &column(&first), span)?;
        let counts = self.counts(every, &period, (&column(&first), &column(&last)))?;
        Ok(Series { number, numbers, days: [(from, first), (end, last)], field, period, counts })
    }

    fn number_of(&self, period: Period, day: &Expr, first: &Expr, span: crate::source::Span) -> Result<Expr, Obstacle> {
        let year = || self.phrase(Phrase::Year, vec![day.clone()], span).map(|year| year.cast(SqlType::Integer));
        let month = || self.phrase(Phrase::Month, vec![day.clone()], span).map(|month| month.cast(SqlType::Integer));
        let since = |start: Expr| self.phrase(Phrase::DaysBetween, vec![start, day.clone()], span);
        Ok(match period {
            Period::Year => year()?,
            Period::Month => year()?.infix(Infix::Multiply, Expr::Integer(12)).infix(Infix::Add, before_it(month()?)),
            Period::Quarter => {
                let quarter = whole(before_it(month()?), 3);
                year()?.infix(Infix::Multiply, Expr::Integer(4)).infix(Infix::Add, quarter)
            }
            Period::Week => whole(since(self.period_of_day(Period::Week, first.clone(), span)?)?, 7),
            Period::Day => since(first.clone())?.cast(SqlType::Integer),
        })
    }

    /// The period of a number.
    fn period_of(
        &self,
        period: Period,
        number: &Expr,
        first: &Expr,
        span: crate::source::Span,
    ) -> Result<Expr, Obstacle> {
        let start = |a_year: i64, months: i64| {
            let place = number.clone().infix(Infix::Remainder, Expr::Integer(a_year));
            let month = place.infix(Infix::Multiply, Expr::Integer(months)).infix(Infix::Add, Expr::Integer(1));
            self.phrase(Phrase::MakeDate, vec![whole(number.clone(), a_year), month, Expr::Integer(1)], span)
        };
        Ok(match period {
            Period::Year => number.clone(),
            Period::Month => start(12, 1)?,
            Period::Quarter => start(4, 3)?,
            Period::Week => {
                let monday = self.period_of_day(Period::Week, first.clone(), span)?;
                let days = number.clone().infix(Infix::Multiply, Expr::Integer(7));
                self.phrase(Phrase::AddDays, vec![monday, days], span)?
            }
            Period::Day => self.phrase(Phrase::AddDays, vec![first.clone(), number.clone()], span)?,
        })
    }

    /// Whether a period counts, by its rule.
    fn counts(&self, every: Every, period: &Expr, (first, last): (&Expr, &Expr)) -> Result<Option<Expr>, Obstacle> {
        let span = every.span;
        let kind = if every.period == Period::Day { Kind::Date } else { Kind::Period(every.period) };
        let term = Term::one(kind, period.clone());
        let (begins, ends) = (self.first_day(&term, span)?, self.last_day(&term, span)?);
        let covers = |day: Expr| {
            let from = first.clone().infix(Infix::LessOrEqual, day.clone());
            from.infix(Infix::And, day.infix(Infix::LessOrEqual, last.clone()))
        };
        let on_day = |start: Expr, day: u32| -> Result<Expr, Obstacle> {
            let month = Term::one(Kind::Period(Period::Month), start.clone());
            let wanted = self.phrase(Phrase::AddDays, vec![start, Expr::Integer(i64::from(day) - 1)], span)?;
            let end = self.last_day(&month, span)?;
            self.phrase(Phrase::Least, vec![wanted, end], span)
        };
        Ok(match every.open {
            // Each year has these days.
            Open::On { month, day } if day <= calendar::days_in_month(2001, month) => {
                let args = vec![period.clone(), Expr::Integer(i64::from(month)), Expr::Integer(i64::from(day))];
                Some(covers(self.phrase(Phrase::MakeDate, args, span)?))
            }
            Open::On { month, day } => {
                let year = period.clone();
                let args = vec![year, Expr::Integer(i64::from(month)), Expr::Integer(1)];
                let start = self.phrase(Phrase::MakeDate, args, span)?;
                Some(covers(on_day(start, day)?))
            }
            Open::OnDay(day) => Some(covers(on_day(period.clone(), day)?)),
            Open::AnyTime => None,
            Open::Throughout => Some(covers(begins).infix(Infix::And, covers(ends))),
            Open::AtLeast(days) => {
                let from = self.phrase(Phrase::Greatest, vec![first.clone(), begins], span)?;
                let to = self.phrase(Phrase::Least, vec![last.clone(), ends], span)?;
                let covered = self.phrase(Phrase::DaysBetween, vec![from, to], span)?;
                Some(covered.infix(Infix::GreaterOrEqual, Expr::Integer(i64::from(days) - 1)))
            }
        })
    }

    /// The rows of an `every`: numbers inside, periods around them, and those that count around these.
    pub(super) fn spread_out(
        &mut self,
        score: &Score,
        step: &Step,
        mut made: Frame,
        mut inner: Select,
        series: Series,
    ) -> Result<Frame, Obstacle> {
        let carried: Vec<Name> = inner.columns.iter().map(|(_, name)| name.clone()).collect();
        let [(first, first_name), (last, last_name)] = series.days;
        // A backward interval has no periods; it is an error that the checks find.
        inner.filter = Some(first.clone().infix(Infix::LessOrEqual, last.clone()));
        inner.columns.push((first, first_name));
        inner.columns.push((last, last_name));
        inner.columns.push((series.numbers, series.number.clone()));
        let mut columns: Vec<(Expr, Name)> = carried.iter().map(|name| (Expr::name(name), name.clone())).collect();
        columns.push((series.period, series.field.name.clone()));
        let from = Source { from: From::Query(Box::new(inner.into())), alias: Some("n".into()), columns: vec![] };
        let outer = Select { columns, from: Some(from), filter: series.counts, ..Select::default() };
        made.cte = self.push_step(score, step, outer);
        Ok(made)
    }
}

/// The number before another.
fn before_it(number: Expr) -> Expr {
    number.infix(Infix::Subtract, Expr::Integer(1))
}

/// The whole part of a quotient of whole numbers, none negative: what is left over is taken away first, so that it is the
/// same in engines that divide whole numbers otherwise.
fn whole(number: Expr, by: i64) -> Expr {
    let left = number.clone().infix(Infix::Remainder, Expr::Integer(by));
    number.infix(Infix::Subtract, left).infix(Infix::Divide, Expr::Integer(by)).cast(SqlType::Integer)
}
