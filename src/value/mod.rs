//! What the language computes with: types, values, columns of values, and what a file must hold.
//!
//! Input: nothing. Output: the vocabulary that all later stages share.

pub mod calendar;
pub mod column;
pub mod dateformat;
pub mod decimal;
pub mod over;
pub mod piece;
pub mod real;
pub mod schema;
pub mod shape;
pub mod spill;
pub mod words;

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;

pub use calendar::Period;

/// How precisely a date is known at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// Only the year is sure.
    Year,
    /// Year and month are sure.
    Month,
}

/// A type, without whether a value may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Type {
    /// An exact decimal with so many places.
    Number(u8),
    /// A binary floating-point number: what `ln`, `exp`, `sqrt`, `pow` and the geometric mean give.
    Real,
    /// Any text.
    Text,
    /// One of a fixed set of words, in the order declared.
    Category(Arc<[Arc<str>]>),
    /// Yes or no.
    Flag,
    /// A full day.
    Date,
    /// A date known at least to this precision.
    Partial(Precision),
    /// A period; a day is [`Type::Date`], never `Period(Day)`.
    Period(Period),
}

impl Type {
    /// Whether both are text or categories.
    pub fn is_text(&self) -> bool {
        matches!(self, Type::Text | Type::Category(_))
    }

    /// Whether it is a decimal or a real.
    pub fn is_numeric(&self) -> bool {
        matches!(self, Type::Number(_) | Type::Real)
    }
}

impl Type {
    /// The type as a sentence speaks of a value: `a number`, `a text`. How many places a number has, and which words a
    /// category, is left out: it is of no matter where a value is of a wrong kind.
    pub fn described(&self) -> String {
        match self {
            Type::Number(_) => "a number".to_owned(),
            Type::Real => "a real number".to_owned(),
            Type::Text | Type::Category(_) => "a text".to_owned(),
            other => format!("a {other}"),
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Number(0) => f.write_str("number"),
            Type::Number(places) => write!(f, "number({places})"),
            Type::Real => f.write_str("real"),
            Type::Text => f.write_str("text"),
            Type::Category(words) => {
                f.write_str("one of ")?;
                for (i, word) in words.iter().enumerate() {
                    write!(f, "{}\"{word}\"", if i == 0 { "" } else { ", " })?;
                }
                Ok(())
            }
            Type::Flag => f.write_str("flag"),
            Type::Date => f.write_str("date"),
            Type::Partial(Precision::Year) => f.write_str("date to year"),
            Type::Partial(Precision::Month) => f.write_str("date to month"),
            Type::Period(period) => f.write_str(period.word()),
        }
    }
}

/// A type, and whether a value may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Ty {
    /// The type.
    pub base: Type,
    /// Whether a value may be missing.
    pub optional: bool,
}

impl Ty {
    /// A type whose values are never missing.
    pub fn required(base: Type) -> Self {
        Self { base, optional: false }
    }

    /// A type whose values may be missing.
    pub fn optional(base: Type) -> Self {
        Self { base, optional: true }
    }
}

impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.base, if self.optional { "?" } else { "" })
    }
}

/// One value. What it means is in its type: a [`Value::Number`] of the type `number(2)` counts hundredths.
#[derive(Debug, Clone, Default)]
pub enum Value {
    /// No value.
    #[default]
    Missing,
    /// A decimal, as an integer in units of the type's last place.
    Number(i128),
    /// A real; never NaN or infinite.
    Real(f64),
    /// A text or a category.
    Text(Arc<str>),
    /// Yes or no.
    Flag(bool),
    /// A day.
    Date(i32),
    /// The first and the last day that a partial date may be.
    Partial(i32, i32),
    /// A period of the type's kind.
    Period(i32),
}

impl Value {
    /// Whether there is a value.
    pub fn is_known(&self) -> bool {
        !matches!(self, Value::Missing)
    }

    /// The value in print, given its type; missing is empty. Decimals have no trailing zeros, reals the shortest
    /// form that reads back as the same number.
    pub fn format(&self, ty: &Type) -> String {
        let mut text = String::new();
        self.format_into(ty, &mut text);
        text
    }

    /// The same, behind a text.
    pub fn format_into(&self, ty: &Type, text: &mut String) {
        match (self, ty) {
            (Value::Missing, _) => {}
            (Value::Number(units), Type::Number(places)) => decimal::format_into(*units, *places, text),
            (Value::Number(units), _) => decimal::format_into(*units, 0, text),
            (Value::Real(real), _) => text.push_str(&format!("{real}")),
            (Value::Text(own), _) => text.push_str(own),
            (Value::Flag(flag), _) => text.push_str(if *flag { "yes" } else { "no" }),
            (Value::Date(day), _) => text.push_str(&calendar::format_day(*day)),
            (Value::Partial(first, last), _) => text.push_str(&calendar::format_partial(*first, *last)),
            (Value::Period(period), Type::Period(kind)) => kind.format_into(*period, text),
            (Value::Period(period), _) => decimal::format_into(i128::from(*period), 0, text),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Value::Missing => 0,
            Value::Number(_) => 1,
            Value::Real(_) => 2,
            Value::Text(_) => 3,
            Value::Flag(_) => 4,
            Value::Date(_) => 5,
            Value::Partial(..) => 6,
            Value::Period(_) => 7,
        }
    }
}

/// A total order among the values of one type: missing first, texts by code points, no before yes.
impl Ord for Value {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Value::Number(a), Value::Number(b)) => a.cmp(b),
            (Value::Real(a), Value::Real(b)) => a.total_cmp(b),
            (Value::Text(a), Value::Text(b)) => a.cmp(b),
            (Value::Flag(a), Value::Flag(b)) => a.cmp(b),
            (Value::Date(a), Value::Date(b)) | (Value::Period(a), Value::Period(b)) => a.cmp(b),
            (Value::Partial(a, b), Value::Partial(c, d)) => (a, b).cmp(&(c, d)),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Value {}

impl Serialize for Value {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Missing => serializer.serialize_none(),
            Value::Number(units) => serializer.serialize_i128(*units),
            Value::Real(real) => serializer.serialize_f64(*real),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Flag(flag) => serializer.serialize_bool(*flag),
            Value::Date(day) => serializer.serialize_str(&calendar::format_day(*day)),
            Value::Partial(first, last) => serializer.serialize_str(&calendar::format_partial(*first, *last)),
            Value::Period(period) => serializer.serialize_i32(*period),
        }
    }
}
