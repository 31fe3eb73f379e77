//! What the values of a field of a Parquet file are, and which columns of an input they can fill.

use std::sync::Arc;

use crate::diag::Code;
use crate::value::Type;

/// The most places behind the point of a decimal in a file.
const MAX_SCALE: i64 = 38;

/// A field of each row.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name.
    pub name: Arc<str>,
    /// The number of its column of values.
    pub leaf: usize,
    /// Whether it has parts, or several values in a row.
    pub nested: bool,
    /// How its values are written.
    pub physical: Physical,
    /// What they mean.
    pub meaning: Meaning,
    /// Whether a row may be without a value.
    pub optional: bool,
}

/// How values are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Physical {
    /// A bit.
    Flag,
    /// 32 bits.
    Int32,
    /// 64 bits.
    Int64,
    /// 96 bits: the nanoseconds of a day, and the day.
    Int96,
    /// A float of 32 bits.
    Float,
    /// A float of 64 bits.
    Double,
    /// Bytes with their length before them.
    Bytes,
    /// So many bytes.
    Fixed(usize),
}

/// What values mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// A text.
    Text,
    /// A whole number.
    Whole {
        /// Whether it has a sign.
        signed: bool,
    },
    /// A decimal.
    Decimal {
        /// Its places behind the point.
        scale: u8,
    },
    /// A float.
    Real,
    /// Days since 1970.
    Date,
    /// A moment.
    Stamp {
        /// Its places behind the second.
        places: u32,
        /// Whether it is one of world time.
        utc: bool,
    },
    /// Yes or no.
    Flag,
    /// Something else, which has this name.
    Other(&'static str),
}

impl Physical {
    /// A type by its number; the length counts where each value has the same.
    pub fn of(number: i64, length: usize) -> Option<Self> {
        Some(match number {
            0 => Self::Flag,
            1 => Self::Int32,
            2 => Self::Int64,
            3 => Self::Int96,
            4 => Self::Float,
            5 => Self::Double,
            6 => Self::Bytes,
            7 if length > 0 => Self::Fixed(length),
            _ => return None,
        })
    }

    /// The number of the type.
    pub fn number(self) -> i64 {
        match self {
            Self::Flag => 0,
            Self::Int32 => 1,
            Self::Int64 => 2,
            Self::Int96 => 3,
            Self::Float => 4,
            Self::Double => 5,
            Self::Bytes => 6,
            Self::Fixed(_) => 7,
        }
    }

    /// How many bytes a value takes, where each takes as many.
    pub fn width(self) -> Option<usize> {
        match self {
            Self::Int32 | Self::Float => Some(4),
            Self::Int64 | Self::Double => Some(8),
            Self::Int96 => Some(12),
            Self::Fixed(width) => Some(width),
            Self::Flag | Self::Bytes => None,
        }
    }
}

impl Meaning {
    /// A decimal; one with more places than a decimal has is of no known kind.
    pub fn decimal(scale: i64) -> Self {
        match u8::try_from(scale) {
            Ok(scale) if i64::from(scale) <= MAX_SCALE => Self::Decimal { scale },
            _ => Self::Other("decimals with too many places"),
        }
    }

    /// The meaning by the older way to say it.
    pub fn of_converted(number: i64, scale: i64) -> Self {
        match number {
            0 | 4 | 19 => Self::Text,
            5 => Self::decimal(scale),
            6 => Self::Date,
            7 | 8 => Self::Other("times of day"),
            9 => Self::Stamp { places: 3, utc: true },
            10 => Self::Stamp { places: 6, utc: true },
            11..=14 => Self::Whole { signed: false },
            15..=18 => Self::Whole { signed: true },
            21 => Self::Other("intervals"),
            _ => Self::Other("values of a kind that isn't known"),
        }
    }

    /// What values mean of which nothing is said.
    pub fn of_physical(physical: Physical) -> Self {
        match physical {
            Physical::Flag => Self::Flag,
            Physical::Int32 | Physical::Int64 => Self::Whole { signed: true },
            Physical::Int96 => Self::Stamp { places: 9, utc: false },
            Physical::Float | Physical::Double => Self::Real,
            Physical::Bytes => Self::Text,
            Physical::Fixed(_) => Self::Other("bytes"),
        }
    }

    /// The meaning, where values so written can have it.
    pub fn on(self, physical: Physical) -> Self {
        let fits = match self {
            Self::Text => physical == Physical::Bytes,
            Self::Whole { .. } => matches!(physical, Physical::Int32 | Physical::Int64),
            Self::Decimal { .. } => {
                matches!(physical, Physical::Int32 | Physical::Int64 | Physical::Bytes | Physical::Fixed(_))
            }
            Self::Real => matches!(physical, Physical::Float | Physical::Double),
            Self::Date => physical == Physical::Int32,
            Self::Stamp { .. } => matches!(physical, Physical::Int64 | Physical::Int96),
            Self::Flag => physical == Physical::Flag,
            Self::Other(_) => true,
        };
        if fits { self } else { Self::Other("values of a kind that isn't known") }
    }

    /// The values in words.
    fn words(self) -> &'static str {
        match self {
            Self::Text => "texts",
            Self::Whole { .. } => "whole numbers",
            Self::Decimal { .. } => "decimals",
            Self::Real => "floats",
            Self::Date => "dates",
            Self::Stamp { .. } => "timestamps",
            Self::Flag => "booleans",
            Self::Other(words) => words,
        }
    }

    /// Whether the values are the same as the words for them in a text, so that the notation of the file counts.
    pub fn is_text(self) -> bool {
        self == Self::Text
    }

    /// Whether values so meant can be those of a column; else the code and the words of the error.
    ///
    /// Whole numbers stand for their digits, so that years, codes and dates like 20080301 can be written as such.
    pub fn fits(self, ty: &Type) -> Result<(), (Code, &'static str)> {
        let fine = match self {
            Self::Text => true,
            Self::Whole { .. } => !matches!(ty, Type::Real),
            Self::Decimal { .. } => matches!(ty, Type::Number(_)),
            Self::Real => matches!(ty, Type::Number(_) | Type::Period(_) | Type::Flag),
            Self::Date | Self::Stamp { .. } => matches!(ty, Type::Date | Type::Partial(_)),
            Self::Flag => matches!(ty, Type::Flag),
            Self::Other(_) => false,
        };
        if fine {
            return Ok(());
        }
        let code = match ty {
            Type::Number(_) | Type::Real => Code::BadNumber,
            Type::Text => Code::BadText,
            Type::Category(_) => Code::BadCategory,
            Type::Flag => Code::BadFlag,
            Type::Date | Type::Partial(_) => Code::BadDate,
            Type::Period(_) => Code::BadPeriod,
        };
        Err((code, self.words()))
    }
}

impl Field {
    /// Whether it has one value in a row, or none.
    pub fn is_flat(&self) -> bool {
        !self.nested
    }
}
