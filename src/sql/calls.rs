//! Calls of built-ins. The table of built-ins says which are the same in all engines; here stand those that need more.

use super::ast::{Expr, Infix, SqlType};
use super::dialect::{Exact, Phrase, outside};
use super::expr::{Translated, choice};
use super::scope::Scope;
use super::shape::{Kind, MOST_DIGITS, Number, Term};
use super::{Obstacle, Translation};
use crate::builtin::{Builtin, InSql};
use crate::plan;
use crate::source::Span;
use crate::value::{Period, Type};

impl Translation<'_> {
    /// A question to the dialect.
    pub(super) fn phrase(&self, phrase: Phrase, args: Vec<Expr>, span: Span) -> Result<Expr, Obstacle> {
        let said = self.dialect.phrase(phrase, args);
        said.ok_or_else(|| {
            let name = format!("{phrase:?}").to_lowercase();
            let help = format!("bring the data to that form where they are loaded, and leave out `{name}`");
            Obstacle { help: Some(help), ..Obstacle::new(format!("`{name}`"), span) }
        })
    }

    /// A call.
    pub(super) fn call(
        &mut self,
        builtin: Builtin,
        args: &[plan::Expr],
        expr: &plan::Expr,
        scope: &mut Scope,
    ) -> Translated {
        let mut terms = Vec::new();
        for arg in args {
            terms.push(self.term(arg, scope)?);
        }
        let optional = args.iter().any(|arg| arg.ty.optional);
        let kind = Kind::of(&expr.ty.base);
        let exprs = || terms.iter().map(|term| term.expr.clone()).collect::<Vec<_>>();
        match builtin.row().sql {
            InSql::Infix(word) => Ok(folded(infix_of(word), exprs(), kind)),
            InSql::Same(name) => Ok(Term::one(kind, self.real(name, exprs()))),
            InSql::Asked => self.asked(builtin, terms, expr, optional),
        }
    }

    fn asked(&mut self, builtin: Builtin, terms: Vec<Term>, expr: &plan::Expr, optional: bool) -> Translated {
        let span = expr.span;
        let kind = Kind::of(&expr.ty.base);
        let exprs = || terms.iter().map(|term| term.expr.clone()).collect::<Vec<_>>();
        let first = || terms.first().cloned().unwrap_or_else(|| Term::null(kind));
        Ok(match builtin {
            Builtin::Add | Builtin::Subtract | Builtin::Multiply => self.arithmetic(builtin, &terms, kind),
            Builtin::Divide | Builtin::Mean => self.quotient(builtin, terms, kind),
            // That none is negative is for the checks to say.
            Builtin::Weight => first(),
            Builtin::Negate => negated(first(), kind),
            Builtin::Widen => self.widen(first(), &expr.ty.base),
            Builtin::Real => Term::one(Kind::Real, real(first())),
            Builtin::YearNumber => {
                let number = Number { digits: 4, places: 0 };
                Term::one(Kind::Number(number), first().expr.cast(number.ty()))
            }
            Builtin::Partial => {
                let of = first();
                let last = of.last.clone().unwrap_or_else(|| of.expr.clone());
                Term { kind: Kind::Partial, expr: of.expr, last: Some(last) }
            }
            Builtin::Round => self.round(first(), &expr.ty.base),
            Builtin::Floor => self.floor(first(), span)?,
            Builtin::And | Builtin::Or => {
                folded(if builtin == Builtin::And { Infix::And } else { Infix::Or }, exprs(), kind)
            }
            Builtin::Not => Term::one(kind, first().expr.negated()),
            Builtin::Else => otherwise(&terms, kind),
            Builtin::Known => {
                Term::one(kind, Expr::all(exprs().into_iter().map(Expr::is_known)).unwrap_or(Expr::Flag(true)))
            }
            Builtin::Abs => {
                let of = first();
                Term::one(of.kind, self.phrase(Phrase::Abs, vec![of.expr], span)?)
            }
            Builtin::Min | Builtin::Least => {
                self.extreme(Phrase::Least, terms, optional && builtin == Builtin::Min, span)?
            }
            Builtin::Max | Builtin::Greatest => {
                self.extreme(Phrase::Greatest, terms, optional && builtin == Builtin::Max, span)?
            }
            Builtin::GeometricMean => self.geometric_mean(&terms),
            Builtin::Lower => Term::one(kind, self.phrase(Phrase::Lower, exprs(), span)?),
            Builtin::Upper => Term::one(kind, self.phrase(Phrase::Upper, exprs(), span)?),
            Builtin::Length => self.counted(Phrase::Length, exprs(), span)?,
            Builtin::Starts => Term::one(kind, self.phrase(Phrase::Starts, exprs(), span)?),
            Builtin::Ends => Term::one(kind, self.phrase(Phrase::Ends, exprs(), span)?),
            Builtin::Contains => Term::one(kind, self.phrase(Phrase::Contains, exprs(), span)?),
            Builtin::Left => self.end_of_text(Phrase::Left, exprs(), span)?,
            Builtin::Right => self.end_of_text(Phrase::Right, exprs(), span)?,
            _ => self.of_date(builtin, terms, kind, span)?,
        })
    }

    /// A function of reals. Where data are checked it has no value where it would fail: that is looked for by itself, and
    /// must not keep what else is wrong from being found.
    fn real(&self, name: &'static str, args: Vec<Expr>) -> Expr {
        match outside(name, &args).filter(|_| self.checking) {
            Some(outside) => Expr::Case(vec![(outside, Expr::Null)], Some(Box::new(Expr::Call(name, args)))),
            None => self.dialect.real(name, args),
        }
    }

    /// A count as a decimal.
    fn counted(&mut self, phrase: Phrase, args: Vec<Expr>, span: Span) -> Translated {
        let number = Number { digits: 10, places: 0 };
        Ok(Term::one(Kind::Number(number), self.phrase(phrase, args, span)?.cast(number.ty())))
    }

    /// The beginning or end of a text; a negative count takes nothing.
    fn end_of_text(&mut self, phrase: Phrase, args: Vec<Expr>, span: Span) -> Translated {
        let [text, count] = <[Expr; 2]>::try_from(args).unwrap_or([Expr::Null, Expr::Null]);
        let count = match count {
            Expr::Decimal(units, 0) => Expr::Integer(i64::try_from(units.clamp(0, i128::from(i32::MAX))).unwrap_or(0)),
            count => self.phrase(Phrase::Greatest, vec![count, Expr::Decimal(0, 0)], span)?,
        };
        Ok(Term::one(Kind::Text, self.phrase(phrase, vec![text, count], span)?))
    }

    /// Sums, differences and products. What might have more than 38 digits is guarded by the dialect.
    pub(super) fn arithmetic(&mut self, builtin: Builtin, terms: &[Term], kind: Kind) -> Term {
        let infix = match builtin {
            Builtin::Add => Infix::Add,
            Builtin::Subtract => Infix::Subtract,
            _ => Infix::Multiply,
        };
        let [a, b] = terms else { return Term::null(kind) };
        let (Kind::Number(left), Kind::Number(right)) = (a.kind, b.kind) else {
            return Term::one(kind, a.expr.clone().infix(infix, b.expr.clone()));
        };
        let (places, digits) = match infix {
            Infix::Multiply => (left.places + right.places, left.digits + right.digits + 1),
            _ => (left.places, left.digits.max(right.digits) + 1),
        };
        let (mut first, second) = (decimal(a), decimal(b));
        if let (Expr::Decimal(_, 0), Expr::Decimal(_, 0)) = (&first, &second) {
            first = first.cast(left.ty());
        }
        let number = Number { digits: digits.min(MOST_DIGITS), places };
        if digits <= MOST_DIGITS {
            let first = self.dialect.operand(first, (left, right), number);
            return Term::one(Kind::Number(number), first.infix(infix, second));
        }
        self.long |= places > 6;
        let made = self.dialect.widened(first, left).infix(infix, self.dialect.widened(second, right));
        Term::one(Kind::Number(number), self.dialect.guarded(made, number))
    }

    /// A quotient of two numbers, or the mean of several.
    fn quotient(&mut self, builtin: Builtin, terms: Vec<Term>, kind: Kind) -> Term {
        let count = i128::try_from(terms.len()).unwrap_or(0);
        let (above, below) = match (builtin, <[Term; 2]>::try_from(terms.clone())) {
            (Builtin::Divide, Ok([a, b])) => (a, b),
            _ => {
                let types = terms.first().map_or(kind, |term| term.kind);
                let sum = terms.into_iter().reduce(|sum, next| self.arithmetic(Builtin::Add, &[sum, next], types));
                let below = match types {
                    Kind::Real => Term::one(Kind::Real, Expr::Real(count as f64)),
                    _ => Term::one(Kind::Number(Number::of(count, 0)), Expr::Decimal(count, 0)),
                };
                (sum.unwrap_or_else(|| Term::null(kind)), below)
            }
        };
        let (Kind::Number(_), Kind::Number(_)) = (above.kind, below.kind) else {
            let zero = Expr::Call("nullif", vec![below.expr, Expr::Real(0.0)]);
            return Term::one(kind, above.expr.infix(Infix::Divide, zero));
        };
        self.divided(above, below, kind.number().places)
    }

    /// The quotient of two decimals.
    pub(super) fn divided(&mut self, above: Term, below: Term, places: u8) -> Term {
        let exact = |term: &Term| Exact { expr: typed(term), number: term.kind.number() };
        self.long = true;
        let quotient = self.dialect.quotient(exact(&above), exact(&below), places);
        Term::one(Kind::Number(Number::unbounded(places)), quotient)
    }

    /// The same number with more places.
    pub(super) fn widen(&mut self, of: Term, to: &Type) -> Term {
        let (Kind::Number(from), Type::Number(places)) = (of.kind, to) else { return of };
        let number = from.widened(*places);
        self.long |= number.digits == MOST_DIGITS && number.places > 6;
        Term::one(Kind::Number(number), of.expr.cast(number.ty()))
    }

    fn round(&mut self, of: Term, to: &Type) -> Term {
        let Type::Number(places) = to else { return of };
        match of.kind {
            Kind::Number(from) if *places >= from.places => self.widen(of, to),
            Kind::Number(from) => {
                let digits = (from.digits + 1).saturating_sub(from.places - places).max(places + 1);
                let number = Number { digits: digits.min(MOST_DIGITS), places: *places };
                Term::one(Kind::Number(number), self.dialect.rounded(typed(&of), number))
            }
            _ => {
                let number = Number::unbounded(*places);
                Term::one(Kind::Number(number), self.dialect.rounded_real(of.expr, number))
            }
        }
    }

    fn floor(&mut self, of: Term, span: Span) -> Translated {
        let digits = match of.kind {
            Kind::Number(from) => (from.digits + 1).saturating_sub(from.places).max(1),
            _ => MOST_DIGITS,
        };
        let number = Number { digits: digits.min(MOST_DIGITS), places: 0 };
        Ok(Term::one(Kind::Number(number), self.phrase(Phrase::Floor, vec![of.expr], span)?.cast(number.ty())))
    }

    /// The least or greatest of several; with `all_known`, missing if one is.
    fn extreme(&mut self, phrase: Phrase, terms: Vec<Term>, all_known: bool, span: Span) -> Translated {
        let kind = terms.iter().map(|term| term.kind).reduce(Kind::or).unwrap_or(Kind::Text);
        if kind == Kind::Partial {
            let help = "compare their first days, `earliest(…)`, or their last ones, `latest(…)`".to_owned();
            let obstacle = Obstacle::new("the least or greatest of partial dates", span);
            return Err(Obstacle { help: Some(help), ..obstacle });
        }
        let known = Expr::all(terms.iter().map(|term| term.expr.clone().is_known()));
        let args = terms.iter().map(typed).collect();
        let extreme = self.phrase(phrase, args, span)?;
        let extreme = match known {
            Some(known) if all_known => extreme.only_when(known),
            _ => extreme,
        };
        Ok(Term::one(kind, extreme))
    }

    /// By logarithms, as the kernel does it; 0 if one is 0.
    fn geometric_mean(&self, terms: &[Term]) -> Term {
        let count = Expr::Real(terms.len() as f64);
        let zero = Expr::any(terms.iter().map(|term| term.expr.clone().infix(Infix::Equal, Expr::Real(0.0))));
        let mut sum: Option<Expr> = None;
        for term in terms {
            let ln = self.real("ln", vec![term.expr.clone()]);
            sum = Some(match sum {
                Some(sum) => sum.infix(Infix::Add, ln),
                None => ln,
            });
        }
        let mean = sum.unwrap_or(Expr::Null).infix(Infix::Divide, count);
        let mean = Expr::Call("exp", vec![mean]);
        let arms = zero.into_iter().map(|zero| (zero, Term::one(Kind::Real, Expr::Real(0.0)))).collect();
        choice(arms, Some(Term::one(Kind::Real, mean)), &Type::Real)
    }

    /// Parts of dates, periods of dates and days of periods.
    fn of_date(&mut self, builtin: Builtin, terms: Vec<Term>, kind: Kind, span: Span) -> Translated {
        let Some(of) = terms.first().cloned() else { return Ok(Term::null(kind)) };
        let number = |digits| Number { digits, places: 0 };
        let counted = |expr: Expr, digits| Term::one(Kind::Number(number(digits)), expr.cast(number(digits).ty()));
        Ok(match builtin {
            Builtin::Year | Builtin::Quarter | Builtin::Month | Builtin::Week => {
                let to = if let Kind::Period(period) = kind { period } else { Period::Year };
                Term::one(kind, self.period(to, &of, span)?)
            }
            Builtin::MonthOfYear => counted(self.phrase(Phrase::Month, vec![self.first_day(&of, span)?], span)?, 2),
            Builtin::DayOfMonth => counted(self.phrase(Phrase::Day, vec![of.expr], span)?, 2),
            Builtin::DayOfWeek => counted(self.phrase(Phrase::DayOfWeek, vec![of.expr], span)?, 1),
            Builtin::Earliest => Term::one(Kind::Date, self.first_day(&of, span)?),
            Builtin::Latest => Term::one(Kind::Date, self.last_day(&of, span)?),
            Builtin::DaysBetween => {
                let args = terms.into_iter().map(|term| term.expr).collect();
                counted(self.phrase(Phrase::DaysBetween, args, span)?, 7)
            }
            _ => return Err(Obstacle::new(builtin.row().name, span)),
        })
    }

    /// The period of a date or of a shorter period.
    fn period(&self, to: Period, of: &Term, span: Span) -> Result<Expr, Obstacle> {
        if of.kind == Kind::Period(to) {
            return Ok(of.expr.clone());
        }
        let date = self.first_day(of, span)?;
        self.period_of_day(to, date, span)
    }

    /// The period that holds a day.
    pub(super) fn period_of_day(&self, to: Period, date: Expr, span: Span) -> Result<Expr, Obstacle> {
        let year = self.phrase(Phrase::Year, vec![date.clone()], span)?;
        let month = || self.phrase(Phrase::Month, vec![date.clone()], span);
        let start = |month: Expr| self.phrase(Phrase::MakeDate, vec![year.clone(), month, Expr::Integer(1)], span);
        match to {
            Period::Year => Ok(year.cast(SqlType::Integer)),
            Period::Month => start(month()?),
            Period::Quarter => {
                let before =
                    month()?.infix(Infix::Subtract, Expr::Integer(1)).infix(Infix::Remainder, Expr::Integer(3));
                start(month()?.infix(Infix::Subtract, before))
            }
            Period::Week => {
                let weekday = self.phrase(Phrase::DayOfWeek, vec![date.clone()], span)?;
                let back = Expr::Integer(1).infix(Infix::Subtract, weekday);
                self.phrase(Phrase::AddDays, vec![date, back], span)
            }
            Period::Day => Ok(date),
        }
    }

    /// The first day of a date, partial date or period.
    pub(super) fn first_day(&self, of: &Term, span: Span) -> Result<Expr, Obstacle> {
        match of.kind {
            Kind::Period(Period::Year) => {
                self.phrase(Phrase::MakeDate, vec![of.expr.clone(), Expr::Integer(1), Expr::Integer(1)], span)
            }
            _ => Ok(of.expr.clone()),
        }
    }

    /// The last day of a date, partial date or period.
    pub(super) fn last_day(&self, of: &Term, span: Span) -> Result<Expr, Obstacle> {
        let end_of_year =
            |year: Expr| self.phrase(Phrase::MakeDate, vec![year, Expr::Integer(12), Expr::Integer(31)], span);
        let start = || of.expr.clone();
        match of.kind {
            Kind::Partial => Ok(of.last.clone().unwrap_or_else(start)),
            Kind::Period(Period::Year) => end_of_year(start()),
            Kind::Period(Period::Week) => self.phrase(Phrase::AddDays, vec![start(), Expr::Integer(6)], span),
            Kind::Period(kind @ (Period::Month | Period::Quarter)) => {
                // So many days later it is the first, second, third or fourth day of the next one.
                let days = if kind == Period::Month { 31 } else { 92 };
                let next = self.phrase(Phrase::AddDays, vec![start(), Expr::Integer(days)], span)?;
                let day = self.phrase(Phrase::Day, vec![next.clone()], span)?;
                self.phrase(Phrase::AddDays, vec![next, Expr::Integer(0).infix(Infix::Subtract, day)], span)
            }
            _ => Ok(start()),
        }
    }
}

/// A decimal that an engine takes for one of its kind: what isn't surely of this type is cast.
pub(super) fn typed(term: &Term) -> Expr {
    match (&term.expr, term.kind) {
        (Expr::Decimal(_, 0) | Expr::Case(..) | Expr::Call(..), Kind::Number(number)) => {
            term.expr.clone().cast(number.ty())
        }
        _ => term.expr.clone(),
    }
}

/// As [`typed`], but for whole constants, which any decimal beside them makes decimals.
fn decimal(term: &Term) -> Expr {
    if let Expr::Decimal(..) = term.expr { term.expr.clone() } else { typed(term) }
}

/// The nearest real: by its text, for some engines divide twice-rounded numbers.
pub(super) fn real(of: Term) -> Expr {
    match of.expr {
        Expr::Decimal(units, places) => Expr::Real(crate::value::decimal::to_real(units, places)),
        expr => expr.cast(SqlType::Text).cast(SqlType::Real),
    }
}

pub(super) fn negated(of: Term, kind: Kind) -> Term {
    match of.kind {
        Kind::Number(number) => {
            let number = Number { digits: (number.digits + 1).min(MOST_DIGITS), ..number };
            Term::one(Kind::Number(number), Expr::Integer(0).infix(Infix::Subtract, typed(&of)))
        }
        _ => Term::one(kind, Expr::Real(0.0).infix(Infix::Subtract, of.expr)),
    }
}

fn otherwise(terms: &[Term], kind: Kind) -> Term {
    let kind = terms.iter().map(|term| term.kind).reduce(Kind::or).unwrap_or(kind);
    let part = |of: &dyn Fn(&Term) -> Expr| Expr::Call("coalesce", terms.iter().map(of).collect());
    let last = || part(&|term| term.last.clone().unwrap_or(Expr::Null));
    Term { kind, expr: part(&|term| term.expr.clone()), last: (kind == Kind::Partial).then(last) }
}

fn folded(infix: Infix, exprs: Vec<Expr>, kind: Kind) -> Term {
    let all = exprs.into_iter().reduce(|all, next| all.infix(infix, next));
    Term::one(kind, all.unwrap_or(Expr::Null))
}

fn infix_of(word: &str) -> Infix {
    match word {
        "=" => Infix::Equal,
        "<>" => Infix::Different,
        "<" => Infix::Less,
        "<=" => Infix::LessOrEqual,
        ">" => Infix::Greater,
        ">=" => Infix::GreaterOrEqual,
        _ => Infix::Concat,
    }
}
