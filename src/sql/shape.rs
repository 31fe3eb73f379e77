//! What a value of the language is in SQL: which columns hold it, and how large a decimal can be.

use super::ast::{Expr, Name, SqlType};
use crate::value::{Period, Type};

/// The digits that a decimal of every engine can have.
pub const MOST_DIGITS: u8 = 38;

/// The digits of a count of rows or cells, and those by which their sum may be longer than one of them.
pub const COUNT_DIGITS: u8 = 12;

/// How large a decimal may be: at most so many digits, of which so many are places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// Digits in all, 38 at most.
    pub digits: u8,
    /// Places.
    pub places: u8,
}

impl Number {
    /// With as many digits as fit.
    pub fn unbounded(places: u8) -> Self {
        Self { digits: MOST_DIGITS, places }
    }

    /// Of a number as it is.
    pub fn of(units: i128, places: u8) -> Self {
        let digits = units.unsigned_abs().checked_ilog10().map_or(1, |log| log + 1);
        Self { digits: u8::try_from(digits).unwrap_or(MOST_DIGITS).max(places).clamp(1, MOST_DIGITS), places }
    }

    /// Of a column: it is read with 18 digits, and brought to its places.
    pub fn of_column(places: u8) -> Self {
        Self { digits: (18 + places).min(MOST_DIGITS), places }
    }

    /// With more places.
    pub fn widened(self, places: u8) -> Self {
        Self { digits: self.digits.saturating_add(places.saturating_sub(self.places)).min(MOST_DIGITS), places }
    }

    /// Of the larger of two with the same places.
    pub fn or(self, other: Self) -> Self {
        let places = self.places.max(other.places);
        Self { digits: self.widened(places).digits.max(other.widened(places).digits), places }
    }

    /// The type of a column that holds it.
    pub fn ty(self) -> SqlType {
        SqlType::Decimal(self.digits, self.places)
    }
}

/// What a value is in SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A decimal.
    Number(Number),
    /// A real.
    Real,
    /// A text.
    Text,
    /// A flag.
    Flag,
    /// A day.
    Date,
    /// A partial date: two days, the first and the last that it may be.
    Partial,
    /// A period: a year as a whole number, another as its first day.
    Period(Period),
}

impl Kind {
    /// Of a type whose numbers may be as large as they get.
    pub fn of(ty: &Type) -> Self {
        match ty {
            Type::Number(places) => Kind::Number(Number::unbounded(*places)),
            Type::Real => Kind::Real,
            Type::Text | Type::Category(_) => Kind::Text,
            Type::Flag => Kind::Flag,
            Type::Date => Kind::Date,
            Type::Partial(_) => Kind::Partial,
            Type::Period(period) => Kind::Period(*period),
        }
    }

    /// The types of the columns that hold it.
    pub fn types(self) -> Vec<SqlType> {
        match self {
            Kind::Number(number) => vec![number.ty()],
            Kind::Real => vec![SqlType::Real],
            Kind::Text => vec![SqlType::Text],
            Kind::Flag => vec![SqlType::Flag],
            Kind::Date => vec![SqlType::Date],
            Kind::Partial => vec![SqlType::Date, SqlType::Date],
            Kind::Period(Period::Year) => vec![SqlType::Integer],
            Kind::Period(_) => vec![SqlType::Date],
        }
    }

    /// The kind that holds the values of both; they are of one type.
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Kind::Number(a), Kind::Number(b)) => Kind::Number(a.or(b)),
            _ => self,
        }
    }

    /// The digits and places, if it is a decimal.
    pub fn number(self) -> Number {
        if let Kind::Number(number) = self { number } else { Number::unbounded(0) }
    }
}

/// A value: an expression, or for a partial date two.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// What it is.
    pub kind: Kind,
    /// The expression; of a partial date, that of its first day.
    pub expr: Expr,
    /// Of a partial date, its last day.
    pub last: Option<Expr>,
}

impl Term {
    /// A value of one column.
    pub fn one(kind: Kind, expr: Expr) -> Self {
        Self { kind, expr, last: None }
    }

    /// Nothing, of a kind.
    pub fn null(kind: Kind) -> Self {
        Self { kind, expr: Expr::Null, last: (kind == Kind::Partial).then_some(Expr::Null) }
    }

    /// The expressions.
    pub fn parts(&self) -> impl Iterator<Item = &Expr> {
        std::iter::once(&self.expr).chain(&self.last)
    }
}

/// A value in columns of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// What it is.
    pub kind: Kind,
    /// The column; of a partial date, that of its first day.
    pub name: Name,
    /// Of a partial date, the column of its last day.
    pub last: Option<Name>,
}

impl Field {
    /// The columns.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        std::iter::once(&self.name).chain(&self.last)
    }

    /// Its value in a query, in which its table has this alias.
    pub fn term(&self, alias: Option<&Name>) -> Term {
        let column = |name: &Name| Expr::Column(alias.cloned(), name.clone());
        Term { kind: self.kind, expr: column(&self.name), last: self.last.as_ref().map(column) }
    }
}
