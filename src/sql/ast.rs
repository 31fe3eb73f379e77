//! A small tree of SQL: what the translation builds and [`super::print`] writes. Names and texts stay apart from syntax
//! until they are quoted, so that none of a scheme's can become SQL.

use std::sync::Arc;

/// A name as the scheme or the user wrote it; it is quoted when it is written.
pub type Name = Arc<str>;

/// A type of a column or cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SqlType {
    /// A decimal of so many digits in all, and places behind the point.
    Decimal(u8, u8),
    /// A whole number of 32 bits.
    Integer,
    /// A whole number of 128 bits or more.
    Wide,
    /// A binary number of 64 bits.
    Real,
    /// A text.
    Text,
    /// Yes or no.
    Flag,
    /// A day.
    Date,
}

/// A scalar expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A column, perhaps with the alias of its table before it.
    Column(Option<Name>, Name),
    /// A text.
    Text(Name),
    /// A decimal, in units of its last place.
    Decimal(i128, u8),
    /// A whole number that is no value of the scheme: a position, a number of days.
    Integer(i64),
    /// A real.
    Real(f64),
    /// Yes or no.
    Flag(bool),
    /// A day since 1970-01-01.
    Day(i32),
    /// No value.
    Null,
    /// `*`, as in `count(*)`.
    Star,
    /// A function.
    Call(&'static str, Vec<Expr>),
    /// An operator between two operands.
    Infix(Box<Expr>, Infix, Box<Expr>),
    /// `NOT`.
    Not(Box<Expr>),
    /// `IS NULL`, or `IS NOT NULL` if negated.
    IsNull {
        /// What is asked.
        of: Box<Expr>,
        /// Whether it is asked the other way round.
        negated: bool,
    },
    /// `IN (…)`.
    In(Box<Expr>, Vec<Expr>),
    /// `CASE WHEN … THEN … ELSE … END`.
    Case(Vec<(Expr, Expr)>, Option<Box<Expr>>),
    /// `CAST(… AS …)`.
    Cast(Box<Expr>, SqlType),
    /// An aggregation of those rows alone for which a condition holds.
    Filtered(Box<Expr>, Box<Expr>),
    /// `(array_agg(… ORDER BY …))[1]`, the first in an order, of those rows alone for which a condition holds.
    FirstOf {
        /// What is wanted of the row.
        value: Box<Expr>,
        /// What the rows are ordered by.
        order: Box<Expr>,
        /// Whether the greatest comes first.
        descending: bool,
        /// Which rows take part.
        filter: Box<Expr>,
    },
    /// The value of the row before, among those with the same keys, in an order.
    Before {
        /// What is wanted of the row before.
        value: Box<Expr>,
        /// What the rows have in common.
        keys: Vec<Expr>,
        /// What they are ordered by.
        order: Box<Expr>,
    },
    /// A function over the rows that have the same keys: all of them, or in an order.
    Over {
        /// The function.
        of: Box<Expr>,
        /// What the rows have in common; none for all rows.
        keys: Vec<Expr>,
        /// What they are ordered by, and whether the greatest comes first.
        order: Option<(Box<Expr>, bool)>,
    },
    /// A text under the collation that compares code points.
    Collated(Box<Expr>, &'static str),
}

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are the operators of SQL")]
pub enum Infix {
    Or,
    And,
    Equal,
    Different,
    /// Equal, or both missing.
    Same,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    /// Division of reals.
    Divide,
    /// Division of whole numbers, towards zero.
    WholeDivide,
    /// The remainder of that division.
    Remainder,
    /// The word `DIV`.
    Div,
    /// One text behind the other.
    Concat,
}

/// A table, or what stands for one.
#[derive(Debug, Clone, PartialEq)]
pub enum From {
    /// A table or common table expression, by the parts of its name.
    Table(Vec<Name>),
    /// A function that gives a table.
    Function(Expr),
    /// The same, read under settings of its own.
    Configured(Expr, Vec<(&'static str, Expr)>),
    /// A file by its path, as an engine names it: `parquet.`path``.
    File(&'static str, Name),
    /// Rows of constants.
    Values(Vec<Vec<Expr>>),
    /// A query.
    Query(Box<Body>),
    /// A query that sees the tables before it.
    Lateral(Box<Body>),
}

/// A table in a `FROM`, with the name it goes by there.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// The table.
    pub from: From,
    /// Its name in the query.
    pub alias: Option<Name>,
    /// Names for its columns, from the first on.
    pub columns: Vec<Name>,
}

impl Source {
    /// A table under its own name.
    pub fn table(name: &Name) -> Self {
        Self { from: From::Table(vec![Arc::clone(name)]), alias: None, columns: Vec::new() }
    }

    /// The same under another name.
    pub fn called(self, alias: impl Into<Name>) -> Self {
        Self { alias: Some(alias.into()), ..self }
    }
}

/// How a table is joined.
#[derive(Debug, Clone, PartialEq)]
pub enum Join {
    /// Rows without a partner stay.
    Left(Source, Expr),
    /// Rows without a partner go.
    Inner(Source, Expr),
    /// Each with each.
    Cross(Source),
}

/// A `SELECT`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Select {
    /// Whether equal rows are one.
    pub distinct: bool,
    /// What is selected, and under which names; all there is, if nothing is named.
    pub columns: Vec<(Expr, Name)>,
    /// From where; nothing for one row.
    pub from: Option<Source>,
    /// What is joined.
    pub joins: Vec<Join>,
    /// Which rows.
    pub filter: Option<Expr>,
    /// What makes a group; none for all rows or no groups.
    pub group: Vec<Expr>,
    /// Which groups.
    pub having: Option<Expr>,
}

/// A query without its common table expressions.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// A `SELECT`.
    Select(Box<Select>),
    /// The rows of several, one behind the other.
    UnionAll(Vec<Body>),
}

impl std::convert::From<Select> for Body {
    fn from(select: Select) -> Self {
        Body::Select(Box::new(select))
    }
}

/// A common table expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Cte {
    /// Its name.
    pub name: Name,
    /// What is said above it, a line each.
    pub comment: Vec<String>,
    /// The query.
    pub body: Body,
}

/// A whole query.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// What is said at the beginning, a line each.
    pub header: Vec<String>,
    /// The common table expressions, each behind those it uses.
    pub ctes: Vec<Cte>,
    /// What is selected in the end.
    pub body: Body,
    /// By which columns it is ordered, from 1.
    pub order: Vec<Expr>,
}

impl Expr {
    /// A column without a table before it.
    pub fn name(name: &Name) -> Self {
        Expr::Column(None, Arc::clone(name))
    }

    /// A text.
    pub fn text(text: &str) -> Self {
        Expr::Text(Arc::from(text))
    }

    /// An operator between this and another.
    pub fn infix(self, infix: Infix, other: Expr) -> Self {
        Expr::Infix(Box::new(self), infix, Box::new(other))
    }

    /// Whether this has no value.
    pub fn is_null(self) -> Self {
        Expr::IsNull { of: Box::new(self), negated: false }
    }

    /// Whether this has a value.
    pub fn is_known(self) -> Self {
        Expr::IsNull { of: Box::new(self), negated: true }
    }

    /// This as another type.
    pub fn cast(self, ty: SqlType) -> Self {
        Expr::Cast(Box::new(self), ty)
    }

    /// `NOT` this.
    pub fn negated(self) -> Self {
        Expr::Not(Box::new(self))
    }

    /// This where a condition holds, else nothing.
    pub fn only_when(self, condition: Expr) -> Self {
        Expr::Case(vec![(condition, self)], None)
    }

    /// This, or another where this is missing.
    pub fn or_else(self, other: Expr) -> Self {
        Expr::Call("coalesce", vec![self, other])
    }

    /// Whether this is one of several.
    pub fn among(self, mut several: Vec<Expr>) -> Self {
        match (several.len(), several.pop()) {
            (1, Some(one)) => self.infix(Infix::Equal, one),
            (_, last) => {
                several.extend(last);
                Expr::In(Box::new(self), several)
            }
        }
    }

    /// All of several conditions; none if there are none.
    pub fn all(conditions: impl IntoIterator<Item = Expr>) -> Option<Self> {
        conditions.into_iter().reduce(|all, next| all.infix(Infix::And, next))
    }

    /// One of several conditions; none if there are none.
    pub fn any(conditions: impl IntoIterator<Item = Expr>) -> Option<Self> {
        conditions.into_iter().reduce(|any, next| any.infix(Infix::Or, next))
    }

    /// Calls a function on this and everything inside it.
    pub fn walk(&self, visit: &mut impl FnMut(&Expr)) {
        visit(self);
        match self {
            Expr::Call(_, args) => args.iter().for_each(|arg| arg.walk(visit)),
            Expr::Infix(a, _, b) | Expr::Filtered(a, b) => {
                a.walk(visit);
                b.walk(visit);
            }
            Expr::Not(of) | Expr::IsNull { of, .. } | Expr::Cast(of, _) | Expr::Collated(of, _) => of.walk(visit),
            Expr::In(of, among) => {
                of.walk(visit);
                among.iter().for_each(|one| one.walk(visit));
            }
            Expr::Case(arms, otherwise) => {
                for (condition, value) in arms {
                    condition.walk(visit);
                    value.walk(visit);
                }
                if let Some(otherwise) = otherwise {
                    otherwise.walk(visit);
                }
            }
            Expr::Before { value, keys, order } => {
                [value, order].iter().for_each(|of| of.walk(visit));
                keys.iter().for_each(|key| key.walk(visit));
            }
            Expr::Over { of, keys, order } => {
                of.walk(visit);
                keys.iter().for_each(|key| key.walk(visit));
                order.iter().for_each(|(order, _)| order.walk(visit));
            }
            Expr::FirstOf { value, order, filter, .. } => [value, order, filter].iter().for_each(|of| of.walk(visit)),
            Expr::Column(..)
            | Expr::Text(_)
            | Expr::Decimal(..)
            | Expr::Integer(_)
            | Expr::Real(_)
            | Expr::Flag(_)
            | Expr::Day(_)
            | Expr::Null
            | Expr::Star => {}
        }
    }
}
