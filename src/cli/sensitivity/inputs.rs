//! The inputs of the analysis: what varies, as one coordinate each, and the draws that coordinates become.

use super::choices::{Choices, Group};
use crate::compile::{Setting, Shape, Spread, Varied, Vary};
use crate::report::sensitivity::VariedInput;
use crate::sensitivity::spread::{one_of, quantile, weighted};
use crate::value::{Type, Value, decimal};

/// What varies, as independent inputs.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// The inputs, in the order of the scheme.
    pub list: Vec<Input>,
    /// All that varies.
    pub varies: Vec<Vary>,
}

/// One input.
#[derive(Debug, Clone)]
pub enum Input {
    /// A value: a place among what varies.
    Value(usize),
    /// A choice among combinations of changes: a place among the groups.
    Choice(usize),
}

/// A value that was drawn, and its type.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// The value.
    pub value: Value,
    /// Its type: numbers have all the places that draws have.
    pub ty: Type,
}

impl Inputs {
    /// The inputs of what varies.
    pub fn new(varies: &[Vary], choices: &Choices) -> Self {
        let place = |at: usize| choices.groups.iter().position(|group| group.members.first() == Some(&at));
        let input = |(at, vary): (usize, &Vary)| match vary.what {
            Varied::Change(..) => place(at).map(Input::Choice),
            _ => Some(Input::Value(at)),
        };
        Self { list: varies.iter().enumerate().filter_map(input).collect(), varies: varies.to_vec() }
    }

    /// The values among the inputs: their places among the inputs, and what varies.
    pub fn values(&self) -> impl Iterator<Item = (usize, &Vary)> {
        self.list.iter().enumerate().filter_map(|(at, input)| match input {
            Input::Value(vary) => Some((at, self.varies.get(*vary)?)),
            Input::Choice(_) => None,
        })
    }

    /// The choices among the inputs: their places among the inputs, and the groups.
    pub fn choices<'c>(&'c self, choices: &'c Choices) -> impl Iterator<Item = (usize, &'c Group)> {
        self.list.iter().enumerate().filter_map(|(at, input)| match input {
            Input::Choice(group) => Some((at, choices.groups.get(*group)?)),
            Input::Value(_) => None,
        })
    }

    /// An input in words; `stands` is the value that it has in the scheme as it stands.
    pub fn described(&self, input: &Input, choices: &Choices, stands: Option<&Drawn>) -> VariedInput {
        match input {
            Input::Value(vary) => {
                let Some(vary) = self.varies.get(*vary) else { return VariedInput::default() };
                let stands = stands.map_or_else(String::new, |drawn| drawn.value.format(&drawn.ty));
                VariedInput { name: vary.name.to_string(), spread: vary.spread.words(), stands }
            }
            Input::Choice(group) => {
                let Some(group) = choices.groups.get(*group) else { return VariedInput::default() };
                let made = |at: &usize| choices.is_made(*at, &choices.stands);
                let level: Vec<bool> = group.members.iter().map(made).collect();
                let spread = match group.members.len() {
                    1 => "off or on".to_owned(),
                    _ => format!("{} combinations", group.levels.len()),
                };
                VariedInput { name: self.name_of(group), spread, stands: self.level_words(group, &level) }
            }
        }
    }

    /// The changes of a group.
    pub fn name_of(&self, group: &Group) -> String {
        let names = group.members.iter().filter_map(|&at| self.varies.get(at)).map(|vary| vary.name.to_string());
        names.collect::<Vec<_>>().join(" | ")
    }

    /// A combination of a group's changes in words: `off`, `on`, or which are made.
    pub fn level_words(&self, group: &Group, level: &[bool]) -> String {
        if let [only] = level {
            return if *only { "on" } else { "off" }.to_owned();
        }
        let made = group.members.iter().zip(level).filter(|(_, made)| **made);
        let names: Vec<&str> = made.filter_map(|(&at, _)| self.varies.get(at)).map(|vary| &*vary.name).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(" + ") }
    }
}

/// A draw: what a coordinate between 0 and 1 becomes, where the scheme says `stands`. `None` where it has too many digits.
pub fn draw(how: &Spread, part: f64, stands: &Drawn) -> Option<Drawn> {
    let number = |shape: Shape, places: u8| {
        let value = Value::Number(decimal::from_real(quantile(shape, part), places)?);
        Some(Drawn { value, ty: Type::Number(places) })
    };
    match how {
        Spread::Percent { percent, places } => {
            let (Value::Number(units), Type::Number(known)) = (&stands.value, &stands.ty) else { return None };
            let (middle, by) = (decimal::to_real(*units, *known), percent / 100.0);
            let ends = (middle * (1.0 - by), middle * (1.0 + by));
            let shape = Shape::Uniform { low: ends.0.min(ends.1), high: ends.0.max(ends.1) };
            number(shape, places.unwrap_or((known + 2).min(9)))
        }
        Spread::Number { shape, places } => number(*shape, *places),
        Spread::Counted { low, high, ty } => {
            let at = one_of(high.abs_diff(*low) + 1, part);
            Some(Drawn { value: how.counted(low.checked_add_unsigned(at)?)?, ty: ty.clone() })
        }
        Spread::Values(values, ty) => {
            let weights: Vec<f64> = values.iter().map(|(_, weight)| *weight).collect();
            let (value, _) = values.get(weighted(&weights, part))?;
            Some(Drawn { value: value.clone(), ty: ty.clone() })
        }
        Spread::Change => None,
    }
}

/// A number with the places of a type, where it has fewer.
pub fn wider(drawn: &Drawn, ty: &Type) -> Option<Drawn> {
    match (&drawn.value, &drawn.ty, ty) {
        (Value::Number(units), Type::Number(a), Type::Number(b)) if a < b => {
            Some(Drawn { value: Value::Number(decimal::widen(*units, *a, *b)?), ty: ty.clone() })
        }
        _ => None,
    }
}

impl Drawn {
    /// The setting that gives a parameter this value, with all places of a number.
    pub fn setting(&self, name: &str) -> Setting {
        let value = match (&self.value, &self.ty) {
            (Value::Number(units), Type::Number(places)) if *places > 0 => {
                let digits = format!("{:0>width$}", units.unsigned_abs(), width = usize::from(*places) + 1);
                let (whole, fraction) = digits.split_at(digits.len() - usize::from(*places));
                format!("{}{whole}.{fraction}", if *units < 0 { "-" } else { "" })
            }
            (Value::Text(text), _) => format!("\"{text}\""),
            (value, ty) => value.format(ty),
        };
        Setting { name: name.into(), value: value.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_set_with_all_their_places() {
        let set = |units, places| {
            let drawn = Drawn { value: Value::Number(units), ty: Type::Number(places) };
            drawn.setting("x").value.to_string()
        };
        assert_eq!([set(50, 2), set(-5, 2), set(1234, 1), set(7, 0)], ["0.50", "-0.05", "123.4", "7"]);
    }
}
