//! Words of the language that mean the same in every tree and in the plan.

use serde::Serialize;

/// Which of a unit's rows gives its value. Ties change nothing; where the values of a tie differ it is an error.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Pick<E> {
    /// The highest value, by sign.
    Highest,
    /// The lowest value, by sign.
    Lowest,
    /// The value of the largest size; of `x` and `-x`, the positive one.
    Strongest,
    /// The row with the least of an expression.
    First(E),
    /// The row with the greatest of an expression.
    Last(E),
}

impl<E> Pick<E> {
    /// The word of the language.
    pub fn word(&self) -> &'static str {
        match self {
            Pick::Highest => "highest",
            Pick::Lowest => "lowest",
            Pick::Strongest => "strongest",
            Pick::First(_) => "first",
            Pick::Last(_) => "last",
        }
    }

    /// The same choice by another form of its expression.
    pub fn map<F>(&self, make: impl FnOnce(&E) -> F) -> Pick<F> {
        match self {
            Pick::Highest => Pick::Highest,
            Pick::Lowest => Pick::Lowest,
            Pick::Strongest => Pick::Strongest,
            Pick::First(order) => Pick::First(make(order)),
            Pick::Last(order) => Pick::Last(make(order)),
        }
    }
}

/// The words that set the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "they are the words of the language")]
pub enum Verb {
    Value,
    Times,
    Halve,
    Plus,
    Cap,
    Floor,
}

/// What happens to a unit that lost every row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Empty {
    /// An error that lists such units.
    Error,
    /// It is dropped.
    Drop,
    /// It stays with the value 0.
    Zero,
}

/// How values become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Function {
    /// The sum; 0 over nothing.
    Sum,
    /// How many have a value; 0 over nothing.
    Count,
    /// The arithmetic mean to 15 places; missing over nothing.
    Mean,
    /// The least; missing over nothing.
    Min,
    /// The greatest; missing over nothing.
    Max,
    /// The one value: missing over nothing, an error over two, equal or not.
    Only,
}
