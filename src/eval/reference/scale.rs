//! What a scale gives for a word or a number.

use ethnum::I256;

use crate::plan::{Otherwise, Range, Scale};
use crate::value::{Type, Value};

/// A line of a scale: its place among those of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// A word.
    Word(usize),
    /// A pattern.
    Pattern(usize),
    /// A range.
    Range(usize),
    /// `otherwise`.
    Otherwise,
}

/// What a scale gives for a value of a type; none if it doesn't list the value and has no `otherwise`.
pub fn find(scale: &Scale, value: &Value, ty: &Type) -> Option<Value> {
    if *value == Value::Missing {
        return Some(Value::Missing);
    }
    match (line(scale, value, ty)?, &scale.otherwise) {
        (At::Word(at), _) => scale.words.get(at).map(|(_, value)| value.clone()),
        (At::Pattern(at), _) => scale.patterns.get(at).map(|(_, value)| value.clone()),
        (At::Range(at), _) => scale.ranges.get(at).map(|range| range.value.clone()),
        (At::Otherwise, Otherwise::Value(value)) => Some(value.clone()),
        (At::Otherwise, Otherwise::Error) => None,
    }
}

/// The line of a scale that says what a value gets; a missing one needs none.
pub fn line(scale: &Scale, value: &Value, ty: &Type) -> Option<At> {
    let found = match (value, ty) {
        (Value::Missing, _) => return None,
        (Value::Text(word), _) => of_word(scale, word),
        (Value::Number(units), Type::Number(places)) => of_number(scale, *units, *places),
        _ => None,
    };
    found.or_else(|| matches!(scale.otherwise, Otherwise::Value(_)).then_some(At::Otherwise))
}

fn of_word(scale: &Scale, word: &str) -> Option<At> {
    let exact = scale.words.iter().position(|(listed, _)| **listed == *word);
    let patterns = || scale.patterns.iter().enumerate();
    let fitting = || patterns().filter(|(_, (start, _))| word.starts_with(&**start));
    let longest = || fitting().max_by_key(|(_, (start, _))| start.len()).map(|(at, _)| At::Pattern(at));
    exact.map(At::Word).or_else(longest)
}

/// The number may have more places than the bounds have, which are brought to the same places exactly.
fn of_number(scale: &Scale, units: i128, places: u8) -> Option<At> {
    let more = u32::from(places.saturating_sub(scale.places));
    let fewer = u32::from(scale.places.saturating_sub(places));
    let number = I256::from(units) * I256::new(10).pow(fewer);
    let bound = |bound: i128| I256::from(bound) * I256::new(10).pow(more);
    let holds = |range: &Range| {
        range.low.is_none_or(|low| bound(low) <= number)
            && range.high.is_none_or(|high| number < bound(high) || (range.high_included && number == bound(high)))
    };
    scale.ranges.iter().position(holds).map(At::Range)
}
