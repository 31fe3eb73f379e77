//! PostgreSQL: decimals of any length, of which a cast takes 38 digits; texts are compared under the collation `C`.

use super::duckdb::{days_between, plus_days, trimmed};
use super::{Dialect, Exact, File, Phrase, call, doubled, one_unit, sign_of, size_of, ten_to, twice, unless_zero};
use crate::sql::ast::{Expr, Infix, Source, SqlType};
use crate::sql::shape::Number;

/// The answers of PostgreSQL.
pub struct Postgres;

impl Dialect for Postgres {
    fn name(&self, name: &str) -> String {
        doubled(name, '"')
    }

    fn text(&self, text: &str) -> String {
        // A literal with a backslash means itself whatever the session's settings are.
        if text.contains('\\') {
            format!("E{}", doubled(&text.replace('\\', "\\\\"), '\''))
        } else {
            doubled(text, '\'')
        }
    }

    fn ty(&self, ty: SqlType) -> String {
        match ty {
            SqlType::Decimal(digits, places) => format!("numeric({digits}, {places})"),
            SqlType::Integer => "integer".to_owned(),
            SqlType::Wide => "numeric".to_owned(),
            SqlType::Real => "double precision".to_owned(),
            SqlType::Text => "text".to_owned(),
            SqlType::Flag => "boolean".to_owned(),
            SqlType::Date => "date".to_owned(),
        }
    }

    fn phrase(&self, phrase: Phrase, args: Vec<Expr>) -> Option<Expr> {
        let name = match phrase {
            Phrase::Year => return part("year", args),
            Phrase::Month => return part("month", args),
            Phrase::Day => return part("day", args),
            Phrase::DayOfWeek => return part("isodow", args),
            Phrase::MakeDate => {
                return call("make_date", args.into_iter().map(|arg| arg.cast(SqlType::Integer)).collect());
            }
            Phrase::AddDays => return plus_days(args),
            Phrase::DaysBetween => return days_between(args),
            Phrase::Length => "char_length",
            Phrase::Left => return counted("left", args),
            Phrase::Right => return counted("right", args),
            Phrase::Starts => "starts_with",
            Phrase::Ends => return ends(args),
            Phrase::Contains => {
                return Some(Expr::Call("strpos", args).infix(Infix::Greater, Expr::Integer(0)));
            }
            Phrase::Lower => return cased("lower", args),
            Phrase::Upper => return cased("upper", args),
            Phrase::Part => "substr",
            Phrase::Clean => {
                let trimmed = trimmed("regexp_replace", args, BLANKS, &["g"])?;
                return call("normalize", vec![trimmed]);
            }
            Phrase::Floor => "floor",
            Phrase::Abs => "abs",
            Phrase::Least => "least",
            Phrase::Greatest => "greatest",
            Phrase::Matched => return matched(args),
            Phrase::Fits => "regexp_like",
        };
        call(name, args)
    }

    /// `div` gives the whole part of a quotient of decimals of any length.
    /// A real becomes a decimal by its 15 significant digits.
    fn rounded_real(&self, expr: Expr, to: Number) -> Expr {
        expr.cast(to.ty())
    }

    fn quotient(&self, a: Exact, b: Exact, places: u8) -> Expr {
        let sign = sign_of(&a.expr, &b.expr);
        let (size, divisor) = (size_of(&a.expr), size_of(&b.expr));
        let above = twice(size).infix(Infix::Multiply, ten_to(places)).infix(Infix::Add, divisor.clone());
        let whole = Expr::Call("div", vec![above, twice(unless_zero(divisor))]);
        let quotient = sign.infix(Infix::Multiply, whole).infix(Infix::Multiply, one_unit(places));
        self.guarded(quotient, Number::unbounded(places))
    }

    /// PostgreSQL 15 has no aggregation for any value.
    fn any(&self, value: Expr, ty: SqlType) -> Expr {
        Expr::Call(if ty == SqlType::Flag { "bool_or" } else { "max" }, vec![value])
    }

    fn first(&self, value: Expr, order: Expr, descending: bool, filter: Expr) -> Expr {
        let [value, order, filter] = [value, order, filter].map(Box::new);
        Expr::FirstOf { value, order, descending, filter }
    }

    fn series(&self, from: Expr, to: Expr) -> Expr {
        Expr::Call("generate_series", vec![from, to])
    }

    fn file(&self, _path: &str, _file: &File) -> Option<Source> {
        None
    }

    /// PostgreSQL fails where a power is too small for a real; it is 0.
    fn real(&self, name: &'static str, args: Vec<Expr>) -> Expr {
        let tiny = args.first().filter(|_| name == "exp").map(|of| of.clone().infix(Infix::Less, Expr::Real(-745.0)));
        let call = Expr::Call(name, args);
        match tiny {
            Some(tiny) => Expr::Case(vec![(tiny, Expr::Real(0.0))], Some(Box::new(call))),
            None => call,
        }
    }

    fn by_code_points(&self, text: Expr) -> Expr {
        Expr::Collated(Box::new(text), "\"C\"")
    }
}

/// What counts as a blank around a text, as a class of its regular expressions.
const BLANKS: &str = r"\s\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000";

/// A part of a date as a whole number.
fn part(name: &str, args: Vec<Expr>) -> Option<Expr> {
    let date = args.into_iter().next()?;
    Some(Expr::Call("date_part", vec![Expr::text(name), date]).cast(SqlType::Integer))
}

fn counted(name: &'static str, args: Vec<Expr>) -> Option<Expr> {
    let [text, count] = <[Expr; 2]>::try_from(args).ok()?;
    call(name, vec![text, count.cast(SqlType::Integer)])
}

fn ends(args: Vec<Expr>) -> Option<Expr> {
    let [text, end] = <[Expr; 2]>::try_from(args).ok()?;
    let length = Expr::Call("char_length", vec![end.clone()]);
    // `right` with 0 gives an empty text.
    Some(Expr::Call("right", vec![text, length]).infix(Infix::Equal, end))
}

/// Letters of all scripts have their capitals under a collation of Unicode; the result is compared by code points again.
fn cased(name: &'static str, args: Vec<Expr>) -> Option<Expr> {
    let text = args.into_iter().next()?;
    let cased = Expr::Call(name, vec![Expr::Collated(Box::new(text), "\"und-x-icu\"")]);
    Some(Expr::Collated(Box::new(cased), "\"C\""))
}

fn matched(args: Vec<Expr>) -> Option<Expr> {
    let [text, regex, group] = <[Expr; 3]>::try_from(args).ok()?;
    let first = || Expr::Integer(1);
    call("regexp_substr", vec![text, regex, first(), first(), Expr::text(""), group])
}
