//! Scales: words by their codes, numbers by ranges.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::expr::Eval;
use super::flaw::What;
use super::frame::Sel;
use super::vector::{Builder, Out};
use crate::plan::{Expr, Otherwise, Scale};
use crate::value::{Type, Value, decimal};

/// The words of a scale, ready to be looked up.
pub struct ScaleWords<'a> {
    exact: HashMap<&'a str, &'a Value>,
    patterns: &'a [(Arc<str>, Value)],
}

impl<'a> ScaleWords<'a> {
    /// The words of a scale. Of a word that stands twice the first counts.
    pub fn new(scale: &'a Scale) -> Self {
        let mut exact = HashMap::new();
        for (word, value) in &scale.words {
            exact.entry(&**word).or_insert(value);
        }
        Self { exact, patterns: &scale.patterns }
    }

    /// What a word gets: by the exact word, else by the longest beginning that fits.
    fn of(&self, word: &str) -> Option<&'a Value> {
        let fits = |pattern: &&'a (Arc<str>, Value)| word.starts_with(&*pattern.0);
        let longest = || self.patterns.iter().filter(fits).max_by_key(|(pattern, _)| pattern.len());
        self.exact.get(word).copied().or_else(|| longest().map(|(_, value)| value))
    }
}

impl<'f, 'a> Eval<'f, 'a> {
    /// Applies a scale to what its argument gave.
    pub fn scale(&mut self, expr: &'a Expr, scale: usize, ty: &Type, given: &Out<'_>, sel: Sel<'_>) -> Out<'f> {
        let world = self.world();
        let (Some(scale), Some(words)) = (world.plan.scales.get(scale), world.scales.get(scale)) else {
            return Out::One(Value::Missing);
        };
        let bounds = Bounds::new(scale, ty);
        let mut results = Builder::new(&expr.ty.base, sel.len());
        for place in 0..sel.len() {
            let value = given.value(place);
            let found = match &value {
                Value::Missing => Some(&Value::Missing),
                Value::Number(units) => {
                    bounds.find(*units).and_then(|at| scale.ranges.get(at)).map(|range| &range.value)
                }
                Value::Text(word) => words.of(word),
                _ => None,
            };
            results.push(match (found, &scale.otherwise) {
                (Some(found), _) | (None, Otherwise::Value(found)) => found,
                (None, Otherwise::Error) => {
                    self.flaw(sel.row(place), expr, What::NotOnScale(value));
                    &Value::Missing
                }
            });
        }
        Out::Each(Cow::Owned(results.finish()))
    }
}

/// The bounds of a scale's ranges in units of its argument.
struct Bounds {
    /// The argument is multiplied by this where the scale has more places.
    factor: i128,
    ranges: Vec<(i128, i128, bool)>,
}

impl Bounds {
    fn new(scale: &Scale, ty: &Type) -> Self {
        let places = if let Type::Number(places) = ty { *places } else { 0 };
        let to = places.max(scale.places);
        let factor = decimal::power_of_ten(to - places).unwrap_or(1);
        // A bound that leaves the 38 digits lies beyond every number.
        let bound = |bound: i128| {
            let beyond = if bound < 0 { i128::MIN } else { i128::MAX };
            decimal::widen(bound, scale.places, to).unwrap_or(beyond)
        };
        let ranges = scale.ranges.iter().map(|range| {
            let low = range.low.map_or(i128::MIN, bound);
            (low, range.high.map_or(i128::MAX, bound), range.high_included || range.high.is_none())
        });
        Self { factor, ranges: ranges.collect() }
    }

    fn find(&self, units: i128) -> Option<usize> {
        let units = units.saturating_mul(self.factor);
        let holds =
            |&(low, high, included): &(i128, i128, bool)| low <= units && (units < high || (included && units == high));
        self.ranges.iter().position(holds)
    }
}
