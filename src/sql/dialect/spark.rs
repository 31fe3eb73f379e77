//! Spark in ANSI mode: decimals of 38 digits. Without a setting, those with many places lose some; a query whose
//! decimals get so long looks whether it is made.

use super::{Dialect, Exact, File, Phrase, call, escaped, one_unit, sign_of, size_of, ten_to, twice, unless_zero};
use crate::sql::ast::{Expr, From, Infix, Source, SqlType};
use crate::sql::shape::MOST_DIGITS;
use crate::sql::shape::Number;

/// The answers of Spark.
pub struct Spark;

impl Dialect for Spark {
    fn name(&self, name: &str) -> String {
        super::doubled(name, '`')
    }

    /// Spark puts variables into a query before it looks at quotes: `${env:HOME}`.
    fn text(&self, text: &str) -> String {
        escaped(text, '\'').replace("${", "\\u0024{")
    }

    fn ty(&self, ty: SqlType) -> String {
        match ty {
            SqlType::Decimal(digits, places) => format!("DECIMAL({digits}, {places})"),
            SqlType::Integer => "INT".to_owned(),
            SqlType::Wide => "DECIMAL(38, 0)".to_owned(),
            SqlType::Real => "DOUBLE".to_owned(),
            SqlType::Text => "STRING".to_owned(),
            SqlType::Flag => "BOOLEAN".to_owned(),
            SqlType::Date => "DATE".to_owned(),
        }
    }

    fn infix(&self, infix: Infix) -> &'static str {
        match infix {
            Infix::Same => "<=>",
            other => super::standard(other),
        }
    }

    fn phrase(&self, phrase: Phrase, args: Vec<Expr>) -> Option<Expr> {
        let name = match phrase {
            Phrase::Year => "year",
            Phrase::Month => "month",
            Phrase::Day => "day",
            // Spark counts from Monday, which is 0.
            Phrase::DayOfWeek => return Some(Expr::Call("weekday", args).infix(Infix::Add, Expr::Integer(1))),
            Phrase::MakeDate => {
                return call("make_date", args.into_iter().map(|arg| arg.cast(SqlType::Integer)).collect());
            }
            Phrase::AddDays => {
                let [date, days] = <[Expr; 2]>::try_from(args).ok()?;
                return call("date_add", vec![date, days.cast(SqlType::Integer)]);
            }
            Phrase::DaysBetween => {
                let [from, to] = <[Expr; 2]>::try_from(args).ok()?;
                return call("datediff", vec![to, from]);
            }
            Phrase::Length => "char_length",
            Phrase::Left => return counted("left", args),
            Phrase::Right => return counted("right", args),
            Phrase::Starts => "startswith",
            Phrase::Ends => "endswith",
            Phrase::Contains => "contains",
            Phrase::Lower => "lower",
            Phrase::Upper => "upper",
            Phrase::Part => "substring",
            Phrase::Clean => return None,
            Phrase::Floor => "floor",
            Phrase::Abs => "abs",
            Phrase::Least => "least",
            Phrase::Greatest => "greatest",
            Phrase::Matched => "regexp_extract",
            Phrase::Fits => "regexp_like",
        };
        call(name, args)
    }

    /// A missing value would be the word `null`.
    fn rounded_real(&self, expr: Expr, to: Number) -> Expr {
        let text = Expr::Call("format_string", vec![Expr::text(super::DIGITS_OF_REALS), expr.clone()]);
        text.cast(to.ty()).only_when(expr.is_known())
    }

    /// `DIV` gives the whole part of a quotient of decimals, of 18 digits at most; so the whole part and the rest are
    /// divided apart.
    fn quotient(&self, a: Exact, b: Exact, places: u8) -> Expr {
        let sign = sign_of(&a.expr, &b.expr).cast(SqlType::Integer);
        let (size, divisor) = (size_of(&a.expr), size_of(&b.expr));
        let whole = size.clone().infix(Infix::Div, unless_zero(divisor.clone()));
        let rest = size.infix(Infix::Remainder, unless_zero(divisor.clone()));
        let above = twice(rest).infix(Infix::Multiply, ten_to(places)).infix(Infix::Add, divisor.clone());
        let part = above.infix(Infix::Div, twice(unless_zero(divisor)));
        let part = part.cast(SqlType::Decimal(places + 1, 0)).infix(Infix::Multiply, one_unit(places));
        let sum = whole.cast(SqlType::Decimal(19, 0)).infix(Infix::Add, part);
        sign.infix(Infix::Multiply, sum).cast(SqlType::Decimal(MOST_DIGITS, places))
    }

    fn any(&self, value: Expr, _: SqlType) -> Expr {
        Expr::Call("max", vec![value])
    }

    fn first(&self, value: Expr, order: Expr, descending: bool, filter: Expr) -> Expr {
        let name = if descending { "max_by" } else { "min_by" };
        Expr::Filtered(Box::new(Expr::Call(name, vec![value, order])), Box::new(filter))
    }

    fn series(&self, from: Expr, to: Expr) -> Expr {
        Expr::Call("explode", vec![Expr::Call("sequence", vec![from, to])])
    }

    fn file(&self, path: &str, file: &File) -> Option<Source> {
        match file {
            File::Parquet => Some(Source { from: From::File("parquet", path.into()), alias: None, columns: vec![] }),
            // The options of a CSV file can't be said in a query.
            File::Csv { .. } => None,
        }
    }

    /// Spark gives no value where the others fail.
    fn real(&self, name: &'static str, args: Vec<Expr>) -> Expr {
        let outside = super::outside(name, &args);
        let call = Expr::Call(name, args);
        let message = Expr::text("the result is not a finite number");
        let raised = Expr::Call("raise_error", vec![message]).cast(SqlType::Real);
        match outside {
            Some(outside) => Expr::Case(vec![(outside, raised)], Some(Box::new(call))),
            None => call,
        }
    }

    fn session_is_exact(&self) -> Option<Expr> {
        let wide = || Expr::Decimal(1, 0).cast(SqlType::Decimal(MOST_DIGITS, 10));
        let typed = Expr::Call("typeof", vec![wide().infix(Infix::Add, wide())]);
        let raised = Expr::Call(
            "raise_error",
            vec![Expr::text("decimals would lose places: SET spark.sql.decimalOperations.allowPrecisionLoss = false")],
        );
        let exact = typed.infix(Infix::Equal, Expr::text("decimal(38,10)"));
        Some(Expr::Case(vec![(exact, Expr::Flag(true))], Some(Box::new(raised.cast(SqlType::Flag)))))
    }

    fn session(&self) -> &'static [&'static str] {
        &[
            "SET spark.sql.ansi.enabled = true",
            "SET spark.sql.parser.escapedStringLiterals = false",
            "SET spark.sql.decimalOperations.allowPrecisionLoss = false",
        ]
    }
}

fn counted(name: &'static str, args: Vec<Expr>) -> Option<Expr> {
    let [text, count] = <[Expr; 2]>::try_from(args).ok()?;
    call(name, vec![text, count.cast(SqlType::Integer)])
}
