//! The one table of built-in functions and operators: name, signature, what it does with a missing value, its kernel,
//! its SQL.
//!
//! To add one: a variant, a row of [`TABLE`], its signature and its kernel. The parser, the checker and both evaluators
//! read the row; nothing else matches functions by name.

pub mod cells;
pub mod kernel;
pub mod signature;

use serde::Serialize;

use crate::value::{Type, Value};
use signature::Signature;

/// A built-in function or operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the table's column `says` describes each")]
pub enum Builtin {
    Add,
    Subtract,
    Multiply,
    Divide,
    Negate,
    Widen,
    Real,
    YearNumber,
    Partial,
    Round,
    Floor,
    Equal,
    Different,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    Not,
    Else,
    Known,
    Abs,
    Min,
    Max,
    Least,
    Greatest,
    Mean,
    GeometricMean,
    Ln,
    Exp,
    Sqrt,
    Pow,
    Year,
    Quarter,
    Month,
    Week,
    MonthOfYear,
    DayOfMonth,
    DayOfWeek,
    Earliest,
    Latest,
    DaysBetween,
    Lower,
    Upper,
    Length,
    Starts,
    Ends,
    Contains,
    Left,
    Right,
    Join,
    Weight,
}

/// What a function does with a missing argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The result is missing too; the kernel never sees it.
    Passes,
    /// The kernel decides.
    Seen,
    /// It is evaluated from left to right, and no further than needed: `and`, `or`, `else`. What isn't evaluated
    /// can't fail. The evaluators do this themselves.
    Lazy,
}

/// Why a kernel has no result: an error of data, at the row or cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// More than 38 digits.
    Overflow,
    /// No finite real: the logarithm of zero, the root of a negative number, an overflowing power.
    NotFinite,
    /// A weight below 0.
    NegativeWeight,
}

/// The signature of a kernel: values, their types, the type of the result.
pub type Kernel = fn(&[Value], &[&Type], &Type) -> Result<Value, Fault>;

/// How the language writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As a function, `name(…)`.
    Function,
    /// As an operator or a word of its own syntax.
    Operator,
    /// Not at all: the compiler puts it in.
    Inserted,
}

/// How SQL says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InSql {
    /// By an operator that all engines have.
    Infix(&'static str),
    /// By a function of this name that all engines have.
    Same(&'static str),
    /// Otherwise from engine to engine, or by the types of its arguments: the translation knows.
    Asked,
}

/// A row of the table.
pub struct Row {
    /// Which.
    pub builtin: Builtin,
    /// Its name in the language, or the operator.
    pub name: &'static str,
    /// How it is written.
    pub form: Form,
    /// What types it takes, what it makes of them and what it gives.
    pub signature: Signature,
    /// What it does with a missing argument.
    pub missing: Missing,
    /// Computes it.
    pub kernel: Kernel,
    /// How SQL says it.
    pub sql: InSql,
    /// What it is, for documentation and messages.
    pub says: &'static str,
}

use Builtin as B;
use Form::{Function, Inserted, Operator};
use InSql::{Asked, Infix, Same};
use Missing::{Lazy, Passes, Seen};
use kernel as k;
use signature as s;

/// Writes a row in one line.
#[expect(clippy::too_many_arguments, reason = "a row has as many columns")]
const fn row(
    builtin: B,
    name: &'static str,
    form: Form,
    signature: Signature,
    missing: Missing,
    kernel: Kernel,
    sql: InSql,
    says: &'static str,
) -> Row {
    Row { builtin, name, form, signature, missing, kernel, sql, says }
}

/// All built-ins, in the order of [`Builtin`].
#[rustfmt::skip]
pub static TABLE: &[Row] = &[
    row(B::Add, "+", Operator, s::sum, Passes, k::add, Asked, "the sum"),
    row(B::Subtract, "-", Operator, s::sum, Passes, k::subtract, Asked, "the difference"),
    row(B::Multiply, "*", Operator, s::product, Passes, k::multiply, Asked, "the product"),
    row(B::Divide, "/", Operator, s::quotient, Passes, k::divide, Asked, "the quotient to 15 places; missing for a zero divisor"),
    row(B::Negate, "-", Operator, s::same_number, Passes, k::negate, Asked, "the number with the other sign"),
    row(B::Widen, "widen", Inserted, s::inserted, Passes, k::widen, Asked, "the same number with more places"),
    row(B::Real, "real", Inserted, s::inserted, Passes, k::to_real, Asked, "the nearest real"),
    row(B::YearNumber, "year_number", Inserted, s::inserted, Passes, k::year_number, Asked, "a year as a number"),
    row(B::Partial, "partial", Inserted, s::inserted, Passes, k::partial, Asked, "a full date among partial ones"),
    row(B::Round, "round", Function, s::inserted, Passes, k::round, Asked, "the number rounded to N places, halves away from zero: `round(x, 2)` or `x round to 2`"),
    row(B::Floor, "floor", Function, s::whole, Passes, k::floor, Asked, "the greatest whole number that is not greater: `floor(year(date) / 10) * 10` is the decade"),
    row(B::Equal, "=", Operator, s::equality, Passes, k::equal, Infix("="), "whether both are the same"),
    row(B::Different, "!=", Operator, s::equality, Passes, k::different, Infix("<>"), "whether they differ"),
    row(B::Less, "<", Operator, s::order, Passes, k::less, Infix("<"), "whether the first is less; texts by code points"),
    row(B::LessOrEqual, "<=", Operator, s::order, Passes, k::less_or_equal, Infix("<="), "whether the first is not greater"),
    row(B::Greater, ">", Operator, s::order, Passes, k::greater, Infix(">"), "whether the first is greater"),
    row(B::GreaterOrEqual, ">=", Operator, s::order, Passes, k::greater_or_equal, Infix(">="), "whether the first is not less"),
    row(B::And, "and", Operator, s::flags, Lazy, k::and, Asked, "whether both hold"),
    row(B::Or, "or", Operator, s::flags, Lazy, k::or, Asked, "whether one holds"),
    row(B::Not, "not", Operator, s::flags, Passes, k::not, Asked, "whether it doesn't hold"),
    row(B::Else, "else", Operator, s::alike, Lazy, k::otherwise, Asked, "the first, or the second where the first is missing"),
    row(B::Known, "known", Function, s::known, Seen, k::known, Asked, "whether it has a value"),
    row(B::Abs, "abs", Function, s::same_number, Passes, k::abs, Asked, "the number without its sign"),
    row(B::Min, "min", Function, s::several, Passes, k::least, Asked, "the least of its arguments, which must all be known"),
    row(B::Max, "max", Function, s::several, Passes, k::greatest, Asked, "the greatest of its arguments, which must all be known"),
    row(B::Least, "least", Function, s::several, Seen, k::least, Asked, "the least of those arguments that are known"),
    row(B::Greatest, "greatest", Function, s::several, Seen, k::greatest, Asked, "the greatest of those arguments that are known"),
    row(B::Mean, "mean", Function, s::mean, Passes, k::mean, Asked, "the arithmetic mean of its arguments to 15 places"),
    row(B::GeometricMean, "geomean", Function, s::several_reals, Passes, k::geometric_mean, Asked, "the geometric mean of its arguments, none negative: a real"),
    row(B::Ln, "ln", Function, s::one_real, Passes, k::ln, Same("ln"), "the natural logarithm of a positive number: a real"),
    row(B::Exp, "exp", Function, s::one_real, Passes, k::exp, Same("exp"), "e to this power: a real"),
    row(B::Sqrt, "sqrt", Function, s::one_real, Passes, k::sqrt, Same("sqrt"), "the square root of a number that isn't negative: a real"),
    row(B::Pow, "pow", Function, s::two_reals, Passes, k::pow, Same("power"), "the first to the power of the second: a real"),
    row(B::Year, "year", Function, s::year, Passes, k::period, Asked, "the year of a date or of a shorter period"),
    row(B::Quarter, "quarter", Function, s::quarter, Passes, k::period, Asked, "the quarter of a date or month, as 2011-Q2"),
    row(B::Month, "month", Function, s::month, Passes, k::period, Asked, "the month of a date, as 2011-06"),
    row(B::Week, "week", Function, s::week, Passes, k::period, Asked, "the week of a date, as the day of its Monday"),
    row(B::MonthOfYear, "month_of_year", Function, s::month_number, Passes, k::month_of_year, Asked, "the number of the month in its year, 1 to 12"),
    row(B::DayOfMonth, "day_of_month", Function, s::day_number, Passes, k::day_of_month, Asked, "the number of the day in its month"),
    row(B::DayOfWeek, "day_of_week", Function, s::day_number, Passes, k::day_of_week, Asked, "the number of the day in its week, Monday being 1"),
    row(B::Earliest, "earliest", Function, s::edge, Passes, k::earliest, Asked, "the first day that a partial date may be, or of a period"),
    row(B::Latest, "latest", Function, s::edge, Passes, k::latest, Asked, "the last day that a partial date may be, or of a period"),
    row(B::DaysBetween, "days_between", Function, s::two_days, Passes, k::days_between, Asked, "how many days the second date lies behind the first"),
    row(B::Lower, "lower", Function, s::text_to_text, Passes, k::lower, Asked, "the text in small letters"),
    row(B::Upper, "upper", Function, s::text_to_text, Passes, k::upper, Asked, "the text in capitals"),
    row(B::Length, "length", Function, s::text_to_number, Passes, k::length, Asked, "how many characters (code points) a text has"),
    row(B::Starts, "starts", Function, s::two_texts, Passes, k::starts, Asked, "whether the first text begins with the second"),
    row(B::Ends, "ends", Function, s::two_texts, Passes, k::ends, Asked, "whether the first text ends with the second"),
    row(B::Contains, "contains", Function, s::two_texts, Passes, k::contains, Asked, "whether the first text holds the second"),
    row(B::Left, "left", Function, s::text_and_number, Passes, k::left, Asked, "the first N characters of a text"),
    row(B::Right, "right", Function, s::text_and_number, Passes, k::right, Asked, "the last N characters of a text"),
    row(B::Join, "join", Function, s::texts, Passes, k::join, Infix("||"), "its texts one behind the other"),
    row(B::Weight, "weight", Inserted, s::inserted, Passes, k::weight, Asked, "a number that isn't negative: how much something counts"),
];

impl Builtin {
    /// Its row of the table.
    pub fn row(self) -> &'static Row {
        TABLE.get(self as usize).unwrap_or(&FALLBACK)
    }
}

/// Never reached: a test holds that the table has a row for each built-in, in order.
static FALLBACK: Row = row(B::Add, "?", Inserted, s::inserted, Passes, k::add, Asked, "");

/// The function of a name.
pub fn function(name: &str) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.form == Function && row.name == name)
}

/// The names of all functions.
pub fn function_names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().filter(|row| row.form == Function).map(|row| row.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (at, row) in TABLE.iter().enumerate() {
            assert_eq!(row.builtin as usize, at, "{}", row.name);
        }
        assert_eq!(Builtin::Weight as usize + 1, TABLE.len());
    }
}
