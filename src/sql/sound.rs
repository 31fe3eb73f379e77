//! Whether a field is what its column declares, as conditions on its text. They never fail, whatever stands there.

use super::ast::{Expr, Infix};
use super::dialect::Phrase;
use super::rows::Reading;
use super::shape::Term;
use super::spread::Spread;
use super::{Obstacle, Translation};
use crate::source::Span;
use crate::value::dateformat::Pattern;
use crate::value::schema::{ColumnSpec, Place};
use crate::value::{Period, Type};

/// A condition that a known field has to fulfil, and the code of the error if it doesn't.
pub struct Sound {
    /// The code.
    pub problem: &'static str,
    /// The condition.
    pub holds: Expr,
}

impl Translation<'_> {
    /// A value where its field is as declared; where data are checked, missing elsewhere.
    pub(super) fn sound(
        &self,
        reading: &Reading<'_>,
        spec: &ColumnSpec,
        term: Term,
        spread: Option<&Spread>,
    ) -> Result<Term, Obstacle> {
        if !self.checking || matches!(spec.place, Place::Part(_)) || spec.ty.base == Type::Text {
            return Ok(term);
        }
        let text = reading.text(reading.raw(spec, spread));
        let all = Expr::all(self.soundness(reading, spec, &text)?.into_iter().map(|sound| sound.holds));
        Ok(match all {
            Some(sound) => {
                let parts = |expr: Expr| expr.only_when(sound.clone());
                Term { kind: term.kind, expr: parts(term.expr), last: term.last.map(parts) }
            }
            None => term,
        })
    }

    /// What the text of a known field has to be.
    pub(super) fn soundness(
        &self,
        reading: &Reading<'_>,
        spec: &ColumnSpec,
        text: &Expr,
    ) -> Result<Vec<Sound>, Obstacle> {
        let span = spec.span;
        let fits = |text: Expr, regex: &str| self.phrase(Phrase::Fits, vec![text, Expr::text(regex)], span);
        let format = &reading.schema.format;
        let one = |problem, holds| Ok(vec![Sound { problem, holds }]);
        match &spec.ty.base {
            Type::Text => match self.dialect.phrase(Phrase::Clean, vec![text.clone()]) {
                _ if spec.clean => Ok(Vec::new()),
                Some(cleaned) => one("bad_text", text.clone().infix(Infix::Equal, cleaned)),
                None => one("bad_text", text.clone().infix(Infix::Equal, Expr::Call("trim", vec![text.clone()]))),
            },
            Type::Category(words) => {
                let words = words.iter().cloned().map(Expr::Text).collect();
                let text = match self.dialect.phrase(Phrase::Clean, vec![text.clone()]) {
                    Some(cleaned) if spec.clean => cleaned,
                    _ => text.clone(),
                };
                one("bad_category", text.among(words))
            }
            Type::Number(places) => {
                let exponent = if format.exponents { "([eE][+-]?[0-9]{1,2})?" } else { "" };
                let fraction = match (format.exponents, reading.texts, places) {
                    (true, ..) => "([.][0-9]+)?".to_owned(),
                    (_, true, 0) => String::new(),
                    (_, true, places) => format!("([.][0-9]{{1,{places}}})?"),
                    // Decimals of the engine have zeros at their ends.
                    (_, false, places) => format!("([.][0-9]{{0,{places}}}0*)?"),
                };
                let regex = format!("^[+-]?0*[0-9]{{1,18}}{fraction}{exponent}$");
                one("bad_number", fits(reading.plain_number(text.clone()), &regex)?)
            }
            Type::Real => Ok(Vec::new()),
            Type::Flag => {
                let own = [("true", &format.yes), ("false", &format.no)].into_iter().filter(|_| !reading.texts);
                let words = format.yes.iter().chain(&format.no).cloned().map(Expr::Text);
                one("bad_flag", text.clone().among(words.chain(own.map(|(word, _)| Expr::text(word))).collect()))
            }
            Type::Date | Type::Partial(_) => {
                let mut arms = Vec::new();
                for pattern in reading.patterns(spec) {
                    let exists = self.exists(text, &pattern, format.century, span)?;
                    arms.push((fits(text.clone(), &pattern.regex)?, exists));
                }
                one("bad_date", Expr::Case(arms, Some(Box::new(Expr::Flag(false)))))
            }
            Type::Period(period) => {
                let regex = match period {
                    Period::Year => "^[0-9]{4}$",
                    Period::Month => "^[0-9]{4}-(0[1-9]|1[0-2])$",
                    Period::Quarter => "^[0-9]{4}-Q[1-4]$",
                    Period::Week | Period::Day => "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
                };
                one("bad_period", fits(text.clone(), regex)?)
            }
        }
    }

    /// Whether a text of the shape of a pattern is a day, month or year that exists.
    fn exists(&self, text: &Expr, pattern: &Pattern, century: Option<i32>, span: Span) -> Result<Expr, Obstacle> {
        let (year, month, day) = self.parts_of(text, pattern, century, span)?;
        let number = Expr::Integer;
        let between = |of: Expr, low: i64, high: Expr| {
            of.clone().infix(Infix::GreaterOrEqual, number(low)).infix(Infix::And, of.infix(Infix::LessOrEqual, high))
        };
        let by = |of: i64| year.clone().infix(Infix::Remainder, number(of));
        let leap = by(4).infix(Infix::Equal, number(0)).infix(
            Infix::And,
            by(100).infix(Infix::Different, number(0)).infix(Infix::Or, by(400).infix(Infix::Equal, number(0))),
        );
        let mut conditions = vec![between(year.clone(), 1, number(9999))];
        if let Some(month) = month {
            let known = month.clone().is_known();
            conditions.push(known.infix(Infix::And, between(month.clone(), 1, number(12))));
            if let Some(day) = day {
                let is = |months: &[i64]| month.clone().among(months.iter().copied().map(number).collect());
                let last = Expr::Case(
                    vec![
                        (is(&[4, 6, 9, 11]), number(30)),
                        (is(&[2]).infix(Infix::And, leap), number(29)),
                        (is(&[2]), number(28)),
                    ],
                    Some(Box::new(number(31))),
                );
                conditions.push(between(day, 1, last));
            }
        }
        Ok(Expr::all(conditions).unwrap_or(Expr::Flag(true)))
    }
}
