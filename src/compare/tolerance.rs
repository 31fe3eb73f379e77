//! How far two numbers may lie apart and still count as equal.

use std::sync::Arc;

use ethnum::I256;

use super::exact;
use crate::value::decimal;

/// A decimal that isn't negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tolerance {
    units: i128,
    places: u8,
}

impl Tolerance {
    /// Reads a plain decimal of up to 38 digits; `None` for anything else, and for what is below 0.
    pub fn parse(text: &str) -> Option<Self> {
        let places = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let places = u8::try_from(places).ok().filter(|places| *places <= decimal::MAX_PLACES)?;
        let units = decimal::parse(text, places, decimal::MAX_DIGITS).ok()?;
        (units >= 0).then_some(Self { units, places })
    }

    /// The most units of so many places that don't exceed it.
    pub fn units(self, places: u8) -> I256 {
        if self.places <= places {
            exact::widen(self.units, self.places, places)
        } else {
            exact::cut(I256::from(self.units), self.places, places)
        }
    }
}

/// One tolerance for all indices, and others for some.
#[derive(Debug, Clone, Default)]
pub struct Tolerances {
    /// For all that have none of their own.
    pub all: Option<Tolerance>,
    /// For single indices.
    pub own: Vec<(Arc<str>, Tolerance)>,
}

impl Tolerances {
    /// The tolerance of an index.
    pub fn of(&self, index: &str) -> Option<Tolerance> {
        let own = self.own.iter().find(|(name, _)| **name == *index).map(|(_, tolerance)| *tolerance);
        own.or(self.all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_never_exceed_the_tolerance() {
        let units = |text: &str, places| Tolerance::parse(text).map(|tolerance| tolerance.units(places));
        assert_eq!(units("0.5", 3), Some(I256::new(500)));
        assert_eq!(units("0.0599", 2), Some(I256::new(5)));
        assert_eq!(units("0.5", 0), Some(I256::ZERO));
        for bad in ["-1", "x", "", "1e-3", "nan"] {
            assert_eq!(Tolerance::parse(bad), None, "{bad}");
        }
    }
}
