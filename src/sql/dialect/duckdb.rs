//! DuckDB: decimals of 38 digits that fail where they overflow; texts are compared by their bytes.

use super::{Dialect, Exact, File, Phrase, call, doubled, one_unit, sign_of, size_of, ten_to, twice, unless_zero};
use crate::sql::ast::{Expr, From, Infix, Source, SqlType};
use crate::sql::shape::{MOST_DIGITS, Number};

/// The answers of DuckDB.
pub struct DuckDb;

/// The digits of a decimal that DuckDB keeps in 64 bits.
const SHORT: u8 = 18;

impl Dialect for DuckDb {
    fn name(&self, name: &str) -> String {
        doubled(name, '"')
    }

    fn text(&self, text: &str) -> String {
        doubled(text, '\'')
    }

    fn ty(&self, ty: SqlType) -> String {
        match ty {
            SqlType::Decimal(digits, places) => format!("DECIMAL({digits}, {places})"),
            SqlType::Integer => "INTEGER".to_owned(),
            SqlType::Wide => "HUGEINT".to_owned(),
            SqlType::Real => "DOUBLE".to_owned(),
            SqlType::Text => "VARCHAR".to_owned(),
            SqlType::Flag => "BOOLEAN".to_owned(),
            SqlType::Date => "DATE".to_owned(),
        }
    }

    fn phrase(&self, phrase: Phrase, args: Vec<Expr>) -> Option<Expr> {
        let name = match phrase {
            Phrase::Year => "year",
            Phrase::Month => "month",
            Phrase::Day => "day",
            Phrase::DayOfWeek => "isodow",
            Phrase::MakeDate => "make_date",
            Phrase::AddDays => return plus_days(args),
            Phrase::DaysBetween => return days_between(args),
            Phrase::Length => "length",
            Phrase::Left => return counted("left", args),
            Phrase::Right => return counted("right", args),
            Phrase::Starts => "starts_with",
            Phrase::Ends => "suffix",
            Phrase::Contains => "contains",
            Phrase::Lower => "lower",
            Phrase::Upper => "upper",
            Phrase::Part => "substring",
            Phrase::Clean => {
                let trimmed = trimmed("regexp_replace", args, BLANKS, &["g"])?;
                return call("nfc_normalize", vec![trimmed]);
            }
            Phrase::Floor => "floor",
            Phrase::Abs => "abs",
            Phrase::Least => "least",
            Phrase::Greatest => "greatest",
            Phrase::Matched => "regexp_extract",
            Phrase::Fits => "regexp_matches",
        };
        call(name, args)
    }

    /// By whole numbers of 128 bits. Where twice the dividend with all places might not fit, the whole part and the
    /// rest are divided apart, which fits if the divisor does.
    fn quotient(&self, a: Exact, b: Exact, places: u8) -> Expr {
        let (shift_a, shift_b) = (places + b.number.places, a.number.places);
        let (up_a, up_b) = (shift_a.saturating_sub(shift_b), shift_b.saturating_sub(shift_a));
        let digits = a.number.digits;
        let (a, b) = (units(a), shifted(units(b), up_b));
        let (size, divisor) = (size_of(&a), size_of(&b));
        let divided = |up: Expr| {
            twice(up).infix(Infix::Add, divisor.clone()).infix(Infix::WholeDivide, twice(unless_zero(divisor.clone())))
        };
        let quotient = if digits + up_a < MOST_DIGITS {
            divided(shifted(size, up_a))
        } else {
            let whole = size.clone().infix(Infix::WholeDivide, unless_zero(divisor.clone()));
            let rest = size.infix(Infix::Remainder, unless_zero(divisor.clone()));
            shifted(whole, up_a).infix(Infix::Add, divided(shifted(rest, up_a)))
        };
        let signed = sign_of(&a, &b).infix(Infix::Multiply, quotient);
        signed.cast(SqlType::Decimal(MOST_DIGITS, 0)).infix(Infix::Multiply, one_unit(places))
    }

    fn any(&self, value: Expr, _: SqlType) -> Expr {
        Expr::Call("any_value", vec![value])
    }

    fn first(&self, value: Expr, order: Expr, descending: bool, filter: Expr) -> Expr {
        let name = if descending { "arg_max" } else { "arg_min" };
        Expr::Filtered(Box::new(Expr::Call(name, vec![value, order])), Box::new(filter))
    }

    /// Two decimals of 18 digits give one of 18, and fail where it has more.
    fn operand(&self, expr: Expr, (a, b): (Number, Number), result: Number) -> Expr {
        let short = result.digits > SHORT && a.digits <= SHORT && b.digits <= SHORT;
        if short { expr.cast(SqlType::Decimal(SHORT + 1, a.places)) } else { expr }
    }

    fn series(&self, from: Expr, to: Expr) -> Expr {
        Expr::Call("unnest", vec![Expr::Call("generate_series", vec![from, to])])
    }

    fn file(&self, path: &str, file: &File) -> Option<Source> {
        let path = Expr::text(path);
        Some(match file {
            File::Parquet => {
                Source { from: From::Function(Expr::Call("read_parquet", vec![path])), alias: None, columns: vec![] }
            }
            File::Csv { delimiter, header, wanted } => {
                let option = |name: &str, value: Expr| Expr::Column(None, name.into()).infix(Infix::Equal, value);
                let args = vec![
                    path,
                    option("header", Expr::Flag(header.is_some())),
                    option("delim", Expr::text(&delimiter.to_string())),
                    option("quote", Expr::text("\"")),
                    option("escape", Expr::text("\"")),
                    option("all_varchar", Expr::Flag(true)),
                ];
                let names = if header.is_some() { 0 } else { *wanted };
                Source {
                    from: From::Function(Expr::Call("read_csv", args)),
                    alias: (names > 0).then(|| "fields".into()),
                    columns: (1..=names).map(|at| at.to_string().into()).collect(),
                }
            }
        })
    }
}

/// What counts as a blank around a text, as a class of a regular expression of RE2.
pub(super) const BLANKS: &str = r"\s\v\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}";

/// A text without the blanks around it.
pub(super) fn trimmed(name: &'static str, args: Vec<Expr>, blanks: &str, flags: &[&str]) -> Option<Expr> {
    let text = args.into_iter().next()?;
    let around = Expr::text(&format!("^[{blanks}]+|[{blanks}]+$"));
    let flags = flags.iter().map(|flag| Expr::text(flag));
    call(name, [text, around, Expr::text("")].into_iter().chain(flags).collect())
}

fn counted(name: &'static str, args: Vec<Expr>) -> Option<Expr> {
    let [text, count] = <[Expr; 2]>::try_from(args).ok()?;
    call(name, vec![text, count.cast(SqlType::Integer)])
}

/// A date some days later.
pub(super) fn plus_days(args: Vec<Expr>) -> Option<Expr> {
    let [date, days] = <[Expr; 2]>::try_from(args).ok()?;
    let days = if let Expr::Integer(_) = days { days } else { days.cast(SqlType::Integer) };
    Some(date.infix(Infix::Add, days))
}

/// The days from one date to another.
pub(super) fn days_between(args: Vec<Expr>) -> Option<Expr> {
    let [from, to] = <[Expr; 2]>::try_from(args).ok()?;
    Some(to.infix(Infix::Subtract, from))
}

/// A decimal as a whole number of its units. A decimal with so many digits that it can't be multiplied goes by its text.
fn units(of: Exact) -> Expr {
    let Number { digits, places } = of.number;
    if places == 0 {
        return of.expr.cast(SqlType::Wide);
    }
    if digits + places <= MOST_DIGITS {
        let wide = SqlType::Decimal(MOST_DIGITS, places);
        return of.expr.cast(wide).infix(Infix::Multiply, ten_to(places)).cast(SqlType::Wide);
    }
    let text = of.expr.cast(SqlType::Decimal(digits, places)).cast(SqlType::Text);
    Expr::Call("replace", vec![text, Expr::text("."), Expr::text("")]).cast(SqlType::Wide)
}

/// A whole number times a power of ten.
fn shifted(of: Expr, by: u8) -> Expr {
    if by == 0 { of } else { of.infix(Infix::Multiply, ten_to(by).cast(SqlType::Wide)) }
}
