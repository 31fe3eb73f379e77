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
    /// The geometric mean, a real; missing over nothing.
    #[serde(rename = "geomean")]
    GeometricMean,
    /// The harmonic mean to 15 places; missing over nothing and where one is 0.
    #[serde(rename = "harmean")]
    HarmonicMean,
    /// The least; missing over nothing.
    Min,
    /// The greatest; missing over nothing.
    Max,
    /// The one value: missing over nothing, an error over two, equal or not.
    Only,
}

impl Function {
    /// All of them.
    pub const ALL: &'static [Function] = &[
        Function::Sum,
        Function::Count,
        Function::Mean,
        Function::GeometricMean,
        Function::HarmonicMean,
        Function::Min,
        Function::Max,
        Function::Only,
    ];

    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            Function::Sum => "sum",
            Function::Count => "count",
            Function::Mean => "mean",
            Function::GeometricMean => "geomean",
            Function::HarmonicMean => "harmean",
            Function::Min => "min",
            Function::Max => "max",
            Function::Only => "only",
        }
    }

    /// Whether nothing counts as 0: what an absent cell is in a formula.
    pub fn counts_absent(self) -> bool {
        matches!(self, Function::Sum | Function::Count)
    }

    /// Whether its values can have weights.
    pub fn takes_weights(self) -> bool {
        matches!(self, Function::Sum | Function::Mean | Function::GeometricMean | Function::HarmonicMean)
    }
}

/// What an aggregation does about missing cells of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// It isn't said: there are none.
    #[default]
    None,
    /// They are passed over.
    Skip,
    /// They are passed over where at least this share of the cells has a value; else the result is missing.
    SkipIf {
        /// The upper part of the share.
        part: u64,
        /// The lower part; never 0, and not less than the upper.
        whole: u64,
    },
    /// The result is missing where one is.
    Required,
}

impl Policy {
    /// Whether a cell with a number of values among so many has a result.
    pub fn holds(self, known: u64, all: u64) -> bool {
        match self {
            Policy::None | Policy::Skip => true,
            Policy::SkipIf { part, whole } => {
                u128::from(known) * u128::from(whole) >= u128::from(all) * u128::from(part)
            }
            Policy::Required => known == all,
        }
    }

    /// Whether a result can be missing for its sake.
    pub fn can_lack(self) -> bool {
        matches!(self, Policy::SkipIf { .. } | Policy::Required)
    }

    /// How the language writes it; nothing where it isn't said.
    pub fn written(self) -> String {
        match self {
            Policy::None => String::new(),
            Policy::Skip => "skip missing".to_owned(),
            Policy::SkipIf { part, whole: 100 } => format!("skip missing if at least {part} % present"),
            Policy::SkipIf { part, whole } => format!("skip missing if at least {part}/{whole} present"),
            Policy::Required => "required".to_owned(),
        }
    }
}
