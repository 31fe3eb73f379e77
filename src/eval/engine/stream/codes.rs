//! Numbers for values that come in pieces: the same value has the same number in each piece.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use crate::eval::engine::vector::{NONE, at, put, row};
use crate::value::Value;
use crate::value::column::{Column, Data, Dict};
use crate::value::piece::Keys;

/// A hash of one number: a multiplication mixes its upper and lower half.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(u64::from(byte)));
    }

    #[inline]
    fn write_u64(&mut self, number: u64) {
        let wide = u128::from(self.0 ^ number ^ 0x9e37_79b9_7f4a_7c15) * 0xd6e8_feb8_6659_fd93;
        self.0 = (wide >> 64) as u64 ^ wide as u64;
    }

    #[inline]
    fn write_i128(&mut self, number: i128) {
        self.write_u64(number as u64);
        self.write_u64((number >> 64) as u64);
    }

    #[inline]
    fn write_u128(&mut self, number: u128) {
        self.write_i128(number.cast_signed());
    }
}

/// A map from numbers.
pub type Map<K, V> = HashMap<K, V, BuildHasherDefault<Mixed>>;

/// Codes of numbers: a table of which at most half is taken, each number at the first free place from where its hash says.
#[derive(Default)]
struct Numbers {
    places: Vec<(u64, u32)>,
    held: usize,
}

impl Numbers {
    /// The code of a number; `new` gives the code of one that hasn't come yet.
    #[inline]
    fn code(&mut self, number: u64, new: impl FnOnce() -> u32) -> u32 {
        if self.held * 2 >= self.places.len() {
            self.grow();
        }
        let last = self.places.len().wrapping_sub(1);
        let mut at = place_of(number, last);
        loop {
            match self.places.get_mut(at) {
                Some((known, code)) if *code != NONE => {
                    if *known == number {
                        return *code;
                    }
                    at = (at + 1) & last;
                }
                Some(free) => {
                    *free = (number, new());
                    self.held += 1;
                    return free.1;
                }
                // There is a free place.
                None => return NONE,
            }
        }
    }

    fn grow(&mut self) {
        let size = (self.places.len() * 2).max(64);
        let before = std::mem::replace(&mut self.places, vec![(0, NONE); size]);
        self.held = 0;
        for (number, code) in before.into_iter().filter(|(_, code)| *code != NONE) {
            self.code(number, || code);
        }
    }
}

/// Where a number is looked for first, if the last place is at this number.
#[inline]
fn place_of(number: u64, last: usize) -> usize {
    let wide = u128::from(number ^ 0x9e37_79b9_7f4a_7c15) * 0xd6e8_feb8_6659_fd93;
    ((wide >> 64) as u64 ^ wide as u64) as usize & last
}

/// Numbers the values of one dimension.
#[derive(Default)]
pub struct Coder {
    /// The values, by their numbers.
    values: Vec<Value>,
    missing: Option<u32>,
    texts: HashMap<Arc<str>, u32>,
    numbers: Numbers,
    /// Values that don't fit 64 bits, by two halves.
    wide: Map<i128, u32>,
    /// The dictionary of the last column of texts, and the number of each of its codes that occurred.
    last: Option<Dict>,
    of_code: Vec<u32>,
}

impl Coder {
    /// The values numbered so far.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The number of each row's value.
    pub fn codes(&mut self, column: &Column) -> Vec<u32> {
        match (&column.data, &column.known) {
            (Data::Text { codes, dict }, _) => self.texts(codes, dict, column),
            (Data::Day(v), None) => {
                let value = |day: i32| if column.periods { Value::Period(day) } else { Value::Date(day) };
                v.iter().map(|&day| self.number(i64::from(day), || value(day))).collect()
            }
            (Data::Small(v), None) => {
                v.iter().map(|&units| self.number(units, || Value::Number(i128::from(units)))).collect()
            }
            _ => (0..column.len()).map(|place| self.any(column.value(place))).collect(),
        }
    }

    #[inline]
    fn number(&mut self, number: i64, value: impl FnOnce() -> Value) -> u32 {
        let (numbers, values) = (&mut self.numbers, &mut self.values);
        numbers.code(number.cast_unsigned(), || {
            values.push(value());
            row(values.len() - 1)
        })
    }

    fn texts(&mut self, codes: &[u32], dict: &Dict, column: &Column) -> Vec<u32> {
        if !self.last.as_ref().is_some_and(|last| Arc::ptr_eq(last, dict)) {
            self.last = Some(Arc::clone(dict));
            self.of_code.clear();
            self.of_code.resize(dict.len(), NONE);
        }
        let known = column.known.as_deref();
        let number = |(place, &code): (usize, &u32)| {
            if known.is_some_and(|known| !at(known, place)) {
                return self.any(Value::Missing);
            }
            match self.of_code.get(code as usize) {
                Some(&number) if number != NONE => number,
                _ => {
                    let text = dict.get(code as usize).cloned().unwrap_or_else(|| Arc::from(""));
                    let number = self.any(Value::Text(text));
                    put(&mut self.of_code, code as usize, number);
                    number
                }
            }
        };
        codes.iter().enumerate().map(number).collect()
    }

    fn any(&mut self, value: Value) -> u32 {
        let next = row(self.values.len());
        let new = |values: &mut Vec<Value>, value: Value| {
            values.push(value);
            next
        };
        match &value {
            Value::Missing => match self.missing {
                Some(number) => number,
                None => *self.missing.insert(new(&mut self.values, value)),
            },
            Value::Text(text) => match self.texts.get(text) {
                Some(&number) => number,
                None => {
                    self.texts.insert(Arc::clone(text), next);
                    new(&mut self.values, value)
                }
            },
            other => {
                let number = match other {
                    Value::Number(units) => *units,
                    Value::Real(real) => i128::from(real.to_bits()),
                    Value::Flag(flag) => i128::from(*flag),
                    Value::Date(day) | Value::Period(day) => i128::from(*day),
                    Value::Partial(first, last) => (i128::from(*first) << 32) + i128::from(*last),
                    Value::Missing | Value::Text(_) => 0,
                };
                if let Ok(number) = i64::try_from(number) {
                    return self.number(number, || value);
                }
                match self.wide.get(&number) {
                    Some(&number) => number,
                    None => {
                        self.wide.insert(number, next);
                        new(&mut self.values, value)
                    }
                }
            }
        }
    }
}

/// Numbers pairs of numbers.
#[derive(Default)]
pub struct Pairs {
    numbers: Numbers,
    /// The pairs, by their numbers.
    pairs: Vec<(u32, u32)>,
}

impl Pairs {
    /// The pair that has a number.
    pub fn pair(&self, number: u32) -> (u32, u32) {
        at(&self.pairs, number as usize)
    }

    /// How many pairs there are.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Replaces each number of `a` by that of its pair with the number of `b`.
    pub fn codes(&mut self, mut a: Vec<u32>, b: &[u32]) -> Vec<u32> {
        let (numbers, pairs) = (&mut self.numbers, &mut self.pairs);
        for (a, &b) in a.iter_mut().zip(b) {
            let (first, second) = (*a, b);
            let both = u64::from(first) << 32 | u64::from(second);
            *a = numbers.code(both, || {
                pairs.push((first, second));
                row(pairs.len() - 1)
            });
        }
        a
    }
}

/// A hash of a key: the same for equal keys, from whatever list.
#[inline]
pub fn hash_of(keys: &Keys, at: usize) -> u64 {
    let mut hash = Mixed::default();
    match keys.long(at) {
        Some(bytes) => {
            let (words, rest) = bytes.as_chunks::<8>();
            words.iter().for_each(|word| hash.write_u64(u64::from_le_bytes(*word)));
            hash.write(rest);
        }
        None => hash.write_u128(keys.words().get(at).copied().unwrap_or(0)),
    }
    hash.finish()
}

/// Whether a dictionary begins with all of another.
pub fn goes_on(known: &Dict, dict: &Dict) -> bool {
    let same = |(a, b): (&Arc<str>, &Arc<str>)| Arc::ptr_eq(a, b) || a == b;
    Arc::ptr_eq(known, dict) || (dict.len() >= known.len() && known.iter().zip(dict.iter()).all(same))
}
