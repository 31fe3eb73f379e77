//! What a scale gives for a word or a number.

use ethnum::I256;

use crate::plan::{Otherwise, Range, Scale};
use crate::value::{Type, Value};

/// What a scale gives for a value of a type; none if it doesn't list the value and has no `otherwise`.
pub fn find(scale: &Scale, value: &Value, ty: &Type) -> Option<Value> {
    let found = match (value, ty) {
        (Value::Missing, _) => return Some(Value::Missing),
        (Value::Text(word), _) => of_word(scale, word),
        (Value::Number(units), Type::Number(places)) => of_number(scale, *units, *places),
        _ => None,
    };
    found.cloned().or(match &scale.otherwise {
        Otherwise::Value(value) => Some(value.clone()),
        Otherwise::Error => None,
    })
}

fn of_word<'s>(scale: &'s Scale, word: &str) -> Option<&'s Value> {
    let exact = scale.words.iter().find(|(listed, _)| **listed == *word);
    let fitting = || scale.patterns.iter().filter(|(start, _)| word.starts_with(&**start));
    exact.or_else(|| fitting().max_by_key(|(start, _)| start.len())).map(|(_, value)| value)
}

/// The number may have more places than the bounds have, which are brought to the same places exactly.
fn of_number(scale: &Scale, units: i128, places: u8) -> Option<&Value> {
    let more = u32::from(places.saturating_sub(scale.places));
    let fewer = u32::from(scale.places.saturating_sub(places));
    let number = I256::from(units) * I256::new(10).pow(fewer);
    let bound = |bound: i128| I256::from(bound) * I256::new(10).pow(more);
    let holds = |range: &&Range| {
        range.low.is_none_or(|low| bound(low) <= number)
            && range.high.is_none_or(|high| number < bound(high) || (range.high_included && number == bound(high)))
    };
    scale.ranges.iter().find(holds).map(|range| &range.value)
}
