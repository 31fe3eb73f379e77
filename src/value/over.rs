//! Operations over a dimension, as they stand in every tree and in the plan.

use serde::Serialize;

use super::words::Function;
use super::{Period, Type, Value};

/// What places those get that share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ties {
    /// The first of their places.
    Min,
    /// The last of their places.
    Max,
    /// The first, and the next value gets the next number.
    Dense,
    /// The mean of their places.
    Average,
}

impl Ties {
    /// All of them.
    pub const ALL: &'static [Ties] = &[Ties::Min, Ties::Max, Ties::Dense, Ties::Average];

    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            Ties::Min => "min",
            Ties::Max => "max",
            Ties::Dense => "dense",
            Ties::Average => "average",
        }
    }
}

/// What a missing cell is filled with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Filling {
    /// The mean, to 15 places.
    Mean,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The value in the middle; of two, their mean.
    Median,
}

impl Filling {
    /// All of them.
    pub const ALL: &'static [Filling] = &[Filling::Mean, Filling::Min, Filling::Max, Filling::Median];

    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            Filling::Mean => "mean",
            Filling::Min => "min",
            Filling::Max => "max",
            Filling::Median => "median",
        }
    }
}

/// The value of a cell to which others are set in relation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reference<E> {
    /// The least of the group.
    Min,
    /// The greatest.
    Max,
    /// The mean, to 15 places.
    Mean,
    /// That of the cell with this value of the dimension.
    At(E),
}

/// An operation over a dimension. `E` is an expression.
///
/// The result has the cells of its source. A group is all cells that agree in the other dimensions.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation<E> {
    /// The place among the known values of the group, from 1.
    Rank {
        /// Whether the highest value is first.
        highest_first: bool,
        /// What places those get that share one.
        ties: Ties,
    },
    /// `to.0 + (x − low) / (high − low) · (to.1 − to.0)`, the quotient to 15 places; missing where `high = low`.
    MinMax {
        /// The goalposts; without them, the least and the greatest of the group.
        from: Option<(E, E)>,
        /// What the low and the high end become, in units of the places.
        to: (i128, i128),
        /// The places of `to`.
        places: u8,
        /// Whether what lies beyond an end gets that of the end.
        capped: bool,
    },
    /// `(x − mean) / sd`, a real; missing where all are equal.
    ZScore,
    /// `x / reference`, to 15 places; missing where that is 0.
    Distance {
        /// What `x` is set in relation to.
        to: Reference<E>,
    },
    /// The sum of the group's cells up to this one.
    Cumulative {
        /// Whether missing cells are passed over; else there are none.
        skip_missing: bool,
    },
    /// A function over this period and those before it.
    Rolling {
        /// Sum, mean, min, max or count.
        function: Function,
        /// How many periods, this one included.
        width: u32,
        /// Whether an incomplete window gives what there is; else the result is missing.
        partial: bool,
    },
    /// The sum of `x · 2^(−age / half-life)` over this cell and those before, a real, added from the oldest.
    Decay {
        /// The half-life, in periods; of constants and parameters.
        half_life: E,
        /// Whether missing cells are passed over; else there are none.
        skip_missing: bool,
    },
    /// The value so many periods before.
    Lag {
        /// How many.
        by: u32,
    },
    /// A missing cell gets the last known value at most so many periods before.
    Carry {
        /// How many.
        at_most: u32,
    },
    /// A missing cell gets a mean (or such) of the known ones of its group.
    Fill {
        /// Of which kind.
        function: Filling,
        /// Only of those with the same values of these expressions of the dimensions.
        by: Vec<E>,
    },
    /// Outliers of the group become the nearest value that isn't one, until the group is even enough.
    Winsorise {
        /// The skewness up to which the group is left as it is, either way: units and places.
        skewness: (i128, u8),
        /// The kurtosis up to which it is.
        kurtosis: (i128, u8),
        /// How many values are changed at most.
        at_most: u32,
    },
}

impl<E> Operation<E> {
    /// The word of the language.
    pub fn word(&self) -> &'static str {
        match self {
            Operation::Rank { .. } => "rank",
            Operation::MinMax { .. } | Operation::ZScore | Operation::Distance { .. } => "normalise",
            Operation::Cumulative { .. } => "cumulative",
            Operation::Rolling { .. } => "rolling",
            Operation::Decay { .. } => "decay",
            Operation::Lag { .. } => "lag",
            Operation::Carry { .. } => "carry",
            Operation::Fill { .. } => "fill",
            Operation::Winsorise { .. } => "winsorise",
        }
    }

    /// Whether it goes along the periods of a calendar or along numbers, one after the other.
    pub fn is_in_time(&self) -> bool {
        matches!(
            self,
            Operation::Cumulative { .. }
                | Operation::Rolling { .. }
                | Operation::Decay { .. }
                | Operation::Lag { .. }
                | Operation::Carry { .. }
        )
    }

    /// Its expressions.
    pub fn exprs(&self) -> Vec<&E> {
        match self {
            Operation::MinMax { from: Some((low, high)), .. } => vec![low, high],
            Operation::Distance { to: Reference::At(at) } => vec![at],
            Operation::Decay { half_life, .. } => vec![half_life],
            Operation::Fill { by, .. } => by.iter().collect(),
            _ => Vec::new(),
        }
    }

    /// The same with another form of its expressions.
    pub fn map<F>(&self, make: &mut impl FnMut(&E) -> F) -> Operation<F> {
        match self {
            Operation::Rank { highest_first, ties } => Operation::Rank { highest_first: *highest_first, ties: *ties },
            Operation::MinMax { from, to, places, capped } => {
                let from = from.as_ref().map(|(low, high)| (make(low), make(high)));
                Operation::MinMax { from, to: *to, places: *places, capped: *capped }
            }
            Operation::ZScore => Operation::ZScore,
            Operation::Distance { to } => Operation::Distance {
                to: match to {
                    Reference::Min => Reference::Min,
                    Reference::Max => Reference::Max,
                    Reference::Mean => Reference::Mean,
                    Reference::At(at) => Reference::At(make(at)),
                },
            },
            Operation::Cumulative { skip_missing } => Operation::Cumulative { skip_missing: *skip_missing },
            Operation::Rolling { function, width, partial } => {
                Operation::Rolling { function: *function, width: *width, partial: *partial }
            }
            Operation::Decay { half_life, skip_missing } => {
                Operation::Decay { half_life: make(half_life), skip_missing: *skip_missing }
            }
            Operation::Lag { by } => Operation::Lag { by: *by },
            Operation::Carry { at_most } => Operation::Carry { at_most: *at_most },
            Operation::Fill { function, by } => {
                Operation::Fill { function: *function, by: by.iter().map(make).collect() }
            }
            Operation::Winsorise { skewness, kurtosis, at_most } => {
                Operation::Winsorise { skewness: *skewness, kurtosis: *kurtosis, at_most: *at_most }
            }
        }
    }
}

/// The number of a period, day or whole number among its kind: that of the next is one more. `None` for what has no
/// next.
pub fn position(value: &Value, ty: &Type) -> Option<i128> {
    match (value, ty) {
        (Value::Number(units), Type::Number(0)) => Some(*units),
        (Value::Date(day), _) => Some(i128::from(*day)),
        // A week is named by the day of its Monday.
        (Value::Period(monday), Type::Period(Period::Week)) => Some(i128::from(*monday).div_euclid(7)),
        (Value::Period(period), _) => Some(i128::from(*period)),
        _ => None,
    }
}

/// Whether a dimension of this type goes from one value to the next.
pub fn is_in_time(ty: &Type) -> bool {
    matches!(ty, Type::Number(0) | Type::Date | Type::Period(_))
}
