//! What differs between the engines, as answers to the same questions. To add a dialect: a file with an implementation
//! of [`Dialect`], and a row in [`Engine`].

mod clickhouse;
mod duckdb;
mod postgres;
mod spark;

use super::ast::{Expr, From, Infix, Source, SqlType};
use super::shape::{MOST_DIGITS, Number};
use crate::value::decimal;

/// An engine whose SQL can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Engine {
    /// DuckDB 1.4 or later.
    DuckDb,
    /// Spark 4 or later, with ANSI mode, its default.
    Spark,
    /// PostgreSQL 15 or later, with a database in UTF-8.
    Postgres,
    /// ClickHouse 25 or later.
    ClickHouse,
}

impl Engine {
    /// All of them.
    pub const ALL: [Engine; 4] = [Engine::DuckDb, Engine::Spark, Engine::Postgres, Engine::ClickHouse];

    /// The word for it on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Engine::DuckDb => "duckdb",
            Engine::Spark => "spark",
            Engine::Postgres => "postgres",
            Engine::ClickHouse => "clickhouse",
        }
    }

    /// Its name in print.
    pub fn title(self) -> &'static str {
        match self {
            Engine::DuckDb => "DuckDB",
            Engine::Spark => "Spark",
            Engine::Postgres => "PostgreSQL",
            Engine::ClickHouse => "ClickHouse",
        }
    }

    /// Its answers.
    pub fn dialect(self) -> &'static dyn Dialect {
        match self {
            Engine::DuckDb => &duckdb::DuckDb,
            Engine::Spark => &spark::Spark,
            Engine::Postgres => &postgres::Postgres,
            Engine::ClickHouse => &clickhouse::ClickHouse,
        }
    }
}

/// A file as text or typed columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum File {
    /// Fields between delimiters; every column is a text. Without a header, so many columns are wanted from the first.
    Csv {
        /// The delimiter.
        delimiter: char,
        /// The names in the header, in order; without one, none.
        header: Option<Vec<String>>,
        /// How many columns are wanted where there is no header.
        wanted: usize,
    },
    /// Parquet.
    Parquet,
}

/// A question that has another answer in each engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are named as the functions of the language")]
pub enum Phrase {
    Year,
    Month,
    Day,
    /// Monday is 1.
    DayOfWeek,
    /// Of a year, a month and a day.
    MakeDate,
    /// A date and how many days later.
    AddDays,
    /// How many days the second date lies behind the first.
    DaysBetween,
    /// In code points.
    Length,
    Left,
    Right,
    Starts,
    Ends,
    Contains,
    Lower,
    Upper,
    /// A part of a text: from which character (from 1), how many.
    Part,
    /// A text without outer blanks, in NFC.
    Clean,
    /// The whole number below or at a decimal.
    Floor,
    /// The size of a number.
    Abs,
    /// The least and the greatest of arguments, passing over missing ones.
    Least,
    Greatest,
    /// The part of a text that the group of a regular expression holds: text, expression, group.
    Matched,
    /// Whether a text has the shape of a regular expression.
    Fits,
}

/// What an engine writes otherwise than the others.
pub trait Dialect: Sync {
    /// A name in quotes.
    fn name(&self, name: &str) -> String;
    /// A text as a literal.
    fn text(&self, text: &str) -> String;
    /// The name of a type.
    fn ty(&self, ty: SqlType) -> String;
    /// A decimal as a literal, with exactly its places.
    fn decimal(&self, units: i128, places: u8) -> String {
        fixed(units, places)
    }
    /// A day as a literal.
    fn day(&self, day: i32) -> String {
        format!("DATE '{}'", crate::value::calendar::format_day(day))
    }
    /// An operator.
    fn infix(&self, infix: Infix) -> &'static str {
        standard(infix)
    }
    /// The answer to a question; none if the engine can't say it.
    fn phrase(&self, phrase: Phrase, args: Vec<Expr>) -> Option<Expr>;
    /// The quotient of two decimals to some places, half away from zero; missing for a zero divisor.
    fn quotient(&self, a: Exact, b: Exact, places: u8) -> Expr;
    /// Any value of a group, all of which are the same or missing.
    fn any(&self, value: Expr, ty: SqlType) -> Expr;
    /// The value of a row of a group that comes first in an order, among those rows for which a condition holds.
    fn first(&self, value: Expr, order: Expr, descending: bool, filter: Expr) -> Expr;
    /// A decimal of whose digits there may be more than 38, so that it fails instead of wrapping or losing places.
    fn guarded(&self, expr: Expr, number: Number) -> Expr {
        expr.cast(SqlType::Decimal(MOST_DIGITS, number.places))
    }
    /// A product or sum that might overflow: the operand as it has to be for the result to be whole.
    fn widened(&self, expr: Expr, _number: Number) -> Expr {
        expr
    }
    /// The first operand of a product or sum that has 38 digits at most, as it has to be for the result to be whole.
    fn operand(&self, expr: Expr, _operands: (Number, Number), _result: Number) -> Expr {
        expr
    }
    /// Whole numbers from one to another, one a row; none if the second is less.
    fn series(&self, from: Expr, to: Expr) -> Expr;
    /// A table of a file.
    fn file(&self, path: &str, file: &File) -> Option<Source>;
    /// Rows of constants with names; none if they are written as `VALUES`.
    fn values(&self, rows: Vec<Vec<Expr>>, names: &[super::ast::Name], types: &[SqlType]) -> Source {
        let _ = types;
        Source { from: From::Values(rows), alias: None, columns: names.to_vec() }
    }
    /// What a column of texts needs to be compared by code points.
    fn by_code_points(&self, text: Expr) -> Expr {
        text
    }
    /// A text of the form `2008-03-01` as a day. Where an engine may look at texts that it needn't, others are missing.
    fn parsed_date(&self, text: Expr) -> Expr {
        text.cast(SqlType::Date)
    }
    /// A decimal rounded to fewer places, half away from zero.
    fn rounded(&self, expr: Expr, to: Number) -> Expr {
        Expr::Call("round", vec![expr, Expr::Integer(i64::from(to.places))])
            .cast(SqlType::Decimal(to.digits, to.places))
    }
    /// A real rounded to a decimal: first to 15 significant digits, then to its places, half away from zero.
    fn rounded_real(&self, expr: Expr, to: Number) -> Expr {
        Expr::Call("printf", vec![Expr::text(DIGITS_OF_REALS), expr]).cast(to.ty())
    }
    /// The window function that gives the row before.
    fn before(&self) -> &'static str {
        "lag"
    }
    /// A function of reals of the same name in all engines; it fails where it has no finite result.
    fn real(&self, name: &'static str, args: Vec<Expr>) -> Expr {
        Expr::Call(name, args)
    }
    /// What stands behind the whole query.
    fn tail(&self) -> Option<&'static str> {
        None
    }
    /// A condition that holds only where the session does exact arithmetic; none if it always does. The text says what
    /// to do if not.
    fn session_is_exact(&self) -> Option<Expr> {
        None
    }
    /// What has to be run before, once a session.
    fn session(&self) -> &'static [&'static str] {
        &[]
    }
}

/// Fifteen significant digits, with an exponent.
pub const DIGITS_OF_REALS: &str = "%.14e";

/// A decimal expression and how large it may be.
#[derive(Debug, Clone, PartialEq)]
pub struct Exact {
    /// The expression.
    pub expr: Expr,
    /// Its digits and places.
    pub number: Number,
}

/// The operators as most engines write them.
pub fn standard(infix: Infix) -> &'static str {
    match infix {
        Infix::Or => "OR",
        Infix::And => "AND",
        Infix::Equal => "=",
        Infix::Different => "<>",
        Infix::Same => "IS NOT DISTINCT FROM",
        Infix::Less => "<",
        Infix::LessOrEqual => "<=",
        Infix::Greater => ">",
        Infix::GreaterOrEqual => ">=",
        Infix::Add => "+",
        Infix::Subtract => "-",
        Infix::Multiply => "*",
        Infix::Divide => "/",
        Infix::WholeDivide => "//",
        Infix::Remainder => "%",
        Infix::Div => "DIV",
        Infix::Concat => "||",
    }
}

/// A decimal with all its places: `2.50`.
pub fn fixed(units: i128, places: u8) -> String {
    let digits = units.unsigned_abs().to_string();
    let places = usize::from(places);
    let padded = format!("{digits:0>width$}", width = places + 1);
    let (whole, fraction) = padded.split_at(padded.len() - places);
    let sign = if units < 0 { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// A text between single quotes, each of which is doubled inside.
pub fn doubled(text: &str, quote: char) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push(quote);
    for c in text.chars() {
        if c == quote {
            quoted.push(quote);
        }
        quoted.push(c);
    }
    quoted.push(quote);
    quoted
}

/// A text between quotes, in which backslashes and quotes have a backslash before them.
pub fn escaped(text: &str, quote: char) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push(quote);
    for c in text.chars() {
        if c == quote || c == '\\' {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push(quote);
    quoted
}

/// Ten to a power, as a decimal without places.
pub fn ten_to(power: u8) -> Expr {
    Expr::Decimal(decimal::power_of_ten(power).unwrap_or(decimal::MAX_UNITS), 0)
}

/// One unit of the last of so many places.
pub fn one_unit(places: u8) -> Expr {
    Expr::Decimal(1, places)
}

/// `name(args…)`.
pub fn call(name: &'static str, args: Vec<Expr>) -> Option<Expr> {
    Some(Expr::Call(name, args))
}

/// The sign of a quotient: 1, 0 or -1.
pub fn sign_of(a: &Expr, b: &Expr) -> Expr {
    Expr::Call("sign", vec![a.clone()]).infix(Infix::Multiply, Expr::Call("sign", vec![b.clone()]))
}

/// The size of a number.
pub fn size_of(of: &Expr) -> Expr {
    Expr::Call("abs", vec![of.clone()])
}

/// Whether a function of reals has no finite result for its argument.
pub fn outside(name: &str, args: &[Expr]) -> Option<Expr> {
    let infix = match name {
        "ln" => Infix::LessOrEqual,
        "sqrt" => Infix::Less,
        _ => return None,
    };
    Some(args.first()?.clone().infix(infix, Expr::Real(0.0)))
}

/// Twice a number.
pub fn twice(of: Expr) -> Expr {
    Expr::Integer(2).infix(Infix::Multiply, of)
}

/// The number, missing where it is 0.
pub fn unless_zero(of: Expr) -> Expr {
    Expr::Call("nullif", vec![of, Expr::Integer(0)])
}
