//! What a quick reader must know of a column to read plain fields itself; all others are parsed here.

use std::borrow::Cow;

use super::{FieldParser, Kind, clean, number, words};
use crate::value::schema::ColumnSpec;

/// A number that a quick reader may read itself: digits, with a point before the decimal places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainNumber {
    /// The places of the column.
    pub places: u8,
    /// The values, in units of the last place, that mean a missing value.
    pub missing: Vec<i64>,
}

/// How days are written that a quick reader may read itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlainDays {
    /// `2008-03-01`.
    Dashed,
    /// `20080301`.
    Compact,
}

impl PlainDays {
    /// How long each is.
    pub fn length(self) -> usize {
        match self {
            Self::Dashed => 10,
            Self::Compact => 8,
        }
    }
}

impl<'s> FieldParser<'s> {
    /// How plain numbers are read; `None` where each must be parsed.
    pub fn plain_number(&self) -> Option<PlainNumber> {
        let Kind::Number(places) = self.kind else { return None };
        let format = self.format;
        // A word for a missing value may have digits without being a number.
        let words = || format.missing.iter().chain(&self.spec.missing);
        let numbers = words().filter(|word| number::value(word, format).is_some()).count();
        let digits = words().filter(|word| word.bytes().any(|byte| byte.is_ascii_digit())).count();
        if format.decimal_comma || format.thousands.is_some() || numbers != digits {
            return None;
        }
        let missing = self.missing.iter().filter_map(|&value| i64::try_from(number::to_places(value, places)?).ok());
        Some(PlainNumber { places, missing: missing.collect() })
    }

    /// How days are written that are what they seem to be; `None` where each must be parsed.
    pub fn plain_days(&self) -> Option<PlainDays> {
        let Kind::Date(..) = self.kind else { return None };
        let declared = if self.spec.dates.is_empty() { &self.format.dates } else { &self.spec.dates };
        let days = match declared.first().map_or("%Y-%m-%d", |first| first) {
            "%Y-%m-%d" => PlainDays::Dashed,
            "%Y%m%d" => PlainDays::Compact,
            _ => return None,
        };
        let mut missing = self.format.missing.iter().chain(&self.spec.missing);
        (!missing.any(|word| word.len() == days.length())).then_some(days)
    }

    /// The value of a text, without a code for it; `Some(None)` for a missing one that is allowed, `None` for a fault.
    pub fn text<'t>(&self, text: &'t str) -> Option<Option<Cow<'t, str>>> {
        let cleaned = if self.spec.clean { clean(text) } else { Cow::Borrowed(text) };
        if self.is_missing(&cleaned) {
            return self.spec.ty.optional.then_some(None);
        }
        words::check_text(&cleaned, self.spec.clean).ok()?;
        Some(Some(cleaned))
    }

    /// Whether a text of ASCII letters, digits and signs without blanks around it always is its own value.
    pub fn takes_plain_texts(&self) -> bool {
        let spec: &ColumnSpec = self.spec;
        matches!(self.kind, Kind::Text) && self.format.missing.is_empty() && spec.missing.is_empty()
    }

    /// Whether no text but the empty one means a missing value.
    pub fn has_no_words(&self) -> bool {
        self.format.missing.is_empty() && self.spec.missing.is_empty()
    }

    /// Whether its column is one of texts.
    pub fn is_text(&self) -> bool {
        matches!(self.kind, Kind::Text)
    }

    /// The text of a code.
    pub fn word(&self, code: u32) -> Option<&str> {
        self.dict.get(code as usize).map(|text| &**text)
    }

    /// How many codes have been given out.
    pub fn codes(&self) -> usize {
        self.dict.len()
    }
}
