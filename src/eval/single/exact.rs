//! What is done most with decimals, without the call of a kernel; and the words of a scale, found quickly.
//!
//! Input: values of a row. Output: what the kernels and the reference interpreter give.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::brought;
use crate::builtin::Fault;
use crate::eval::reference::expr::Stop;
use crate::plan::{Builtin, Scale};
use crate::source::Span;
use crate::value::{Type, Value, decimal};

/// An exact operation on two decimals; none where the result has too many digits.
pub type Exact = fn(i128, i128) -> Option<i128>;

/// The operation of a function that has one.
pub fn exact(builtin: Builtin) -> Option<Exact> {
    Some(match builtin {
        Builtin::Add => decimal::add,
        Builtin::Subtract => decimal::subtract,
        Builtin::Multiply => decimal::multiply,
        _ => return None,
    })
}

/// The result of an exact operation.
pub fn number(units: Option<i128>, span: Span) -> Result<Value, Box<Stop>> {
    units.map(Value::Number).ok_or_else(|| Box::new(Stop::Fault(Fault::Overflow, span)))
}

/// How a value so far is brought to the type of a step that leaves it as it is.
pub enum Kept<'p> {
    /// There is none yet.
    Unset,
    /// It is of the type.
    Same,
    /// It is a decimal, which is multiplied by this.
    Wider(i128),
    /// By a conversion between other types.
    Other(&'p Type, &'p Type),
}

impl<'p> Kept<'p> {
    /// How a value of a type is brought to another.
    pub fn new(from: Option<&'p Type>, to: &'p Type) -> Self {
        match (from, to) {
            (None, _) => Self::Unset,
            (Some(from), to) if from == to => Self::Same,
            (Some(from @ Type::Number(a)), Type::Number(b)) => {
                let factor = b.checked_sub(*a).and_then(decimal::power_of_ten);
                factor.map_or(Self::Other(from, to), Self::Wider)
            }
            (Some(from), to) => Self::Other(from, to),
        }
    }

    /// Brings a value.
    pub fn bring(&self, value: Value, span: Span) -> Result<Value, Box<Stop>> {
        match (self, value) {
            (Self::Unset, _) => Ok(Value::Missing),
            (Self::Wider(factor), Value::Number(units)) => number(decimal::multiply(units, *factor), span),
            (Self::Same | Self::Wider(_), value) => Ok(value),
            (Self::Other(from, to), value) => brought(&value, from, to, span).map_err(Box::new),
        }
    }
}

/// The words of a scale with their values.
pub type Words<'p> = HashMap<&'p str, &'p Value, BuildHasherDefault<Mix>>;

/// The words of a scale; of a word that stands twice the first counts.
pub fn words(scale: &Scale) -> Words<'_> {
    scale.words.iter().rev().map(|(word, value)| (&**word, value)).collect()
}

/// A quick way to mix the bytes of a word. The table holds words of a scheme alone: what is looked up can't crowd it.
#[derive(Debug, Default)]
pub struct Mix(u64);

impl Mix {
    fn mix(&mut self, word: u64) {
        let wide = u128::from(self.0 ^ word ^ 0x9e37_79b9_7f4a_7c15) * 0xd6e8_feb8_6659_fd93;
        self.0 = (wide >> 64) as u64 ^ wide as u64;
    }
}

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| self.mix(u64::from_le_bytes(*word)));
        let rest = rest.iter().fold(bytes.len() as u64, |rest, &byte| rest << 8 | u64::from(byte));
        self.mix(rest);
    }

    /// The end of a text, which its length tells already.
    fn write_u8(&mut self, _: u8) {}

    fn finish(&self) -> u64 {
        self.0
    }
}
