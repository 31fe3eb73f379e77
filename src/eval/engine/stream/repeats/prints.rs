//! Hashes of the rows of a piece: one of the key, and two of it and of all columns that repeats have in common.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use super::shard::Entry;
use crate::eval::engine::stream::codes::goes_on;
use crate::value::column::{Column, Data, Dict};
use crate::value::piece::{Keys, Piece, Unfit};

/// Random numbers that make hashes of a column.
#[derive(Debug, Clone, Copy)]
struct Salt {
    /// What turns the bits of a value, for each of two hashes.
    turn: [u64; 2],
    /// What it is multiplied with.
    times: [u64; 2],
    /// What stands for a missing value.
    missing: [u64; 2],
}

/// Random numbers of a run.
#[derive(Debug, Clone)]
pub struct Salts {
    low: Salt,
    high: Salt,
    columns: Vec<Salt>,
}

/// The hashes of the rows of one piece after the other.
pub struct Prints {
    salts: Salts,
    texts: Vec<Texts>,
    /// For each row, of the piece.
    pub entries: Vec<Entry>,
}

/// The hashes of the texts of a column.
#[derive(Default)]
struct Texts {
    dict: Option<Dict>,
    of_code: Vec<[u64; 2]>,
}

impl Salt {
    fn new(of: &RandomState, number: usize) -> Self {
        let pair = |place: usize| [of.hash_one((number, place, 0)), of.hash_one((number, place, 1))];
        Self { turn: pair(0), times: pair(1).map(|times| times | 1), missing: pair(2) }
    }

    #[inline]
    fn both(&self, value: u64) -> [u64; 2] {
        let [a, b] = self.turn;
        let [c, d] = self.times;
        [folded(value ^ a, c), folded(value ^ b, d)]
    }

    /// The hashes of bytes: each eight of them turn the hashes of those before.
    fn bytes(&self, bytes: &[u8]) -> [u64; 2] {
        let [c, d] = self.times;
        let (words, rest) = bytes.as_chunks::<8>();
        let mut last = [0; 8];
        last.iter_mut().zip(rest).for_each(|(into, byte)| *into = *byte);
        let words = words.iter().chain([&last]).map(|word| u64::from_le_bytes(*word));
        words.fold(self.both(bytes.len() as u64), |[a, b], word| [folded(a ^ word, c), folded(b ^ word, d)])
    }
}

/// Both halves of a product as one number.
#[inline]
fn folded(a: u64, b: u64) -> u64 {
    let wide = u128::from(a) * u128::from(b);
    (wide >> 64) as u64 ^ wide as u64
}

impl Salts {
    /// New ones for an input with so many columns.
    pub fn new(columns: usize) -> Self {
        let of = RandomState::new();
        let columns = (0..columns).map(|at| Salt::new(&of, at + 2)).collect();
        Self { low: Salt::new(&of, 0), high: Salt::new(&of, 1), columns }
    }

    /// The hashes of a key.
    #[inline]
    fn key(&self, keys: &Keys, at: usize) -> [u64; 2] {
        if let Some(bytes) = keys.long(at) {
            return self.low.bytes(bytes);
        }
        let word = keys.words().get(at).copied().unwrap_or(0);
        let ([a, b], [c, d]) = (self.low.both(word as u64), self.high.both((word >> 64) as u64));
        [a ^ c, b ^ d]
    }
}

impl Prints {
    /// Of no piece yet.
    pub fn new(salts: &Salts) -> Self {
        let texts = salts.columns.iter().map(|_| Texts::default()).collect();
        Self { salts: salts.clone(), texts, entries: Vec::new() }
    }

    /// Makes the hashes of a piece, with these columns besides the key.
    pub fn set(&mut self, piece: &Piece, columns: &[usize]) -> Result<(), Unfit> {
        let (rows, starts) = (piece.table.rows, &piece.runs.starts);
        self.entries.clear();
        for run in 0..starts.len() {
            let end = starts.get(run + 1).map_or(rows, |&end| end as usize);
            let [a, b] = self.salts.key(&piece.runs.keys, run);
            self.entries.resize(end, [a.max(1), b, 0]);
        }
        for &at in columns {
            let column = piece.table.columns.get(at).filter(|column| column.len() == rows).ok_or(Unfit)?;
            self.column(at, column).ok_or(Unfit)?;
        }
        if self.entries.len() == rows { Ok(()) } else { Err(Unfit) }
    }

    fn column(&mut self, at: usize, column: &Column) -> Option<()> {
        let salt = self.salts.columns.get(at)?;
        let entries = &mut self.entries;
        match &column.data {
            Data::Small(v) => add(entries, column, salt, v, |&units| salt.both(units.cast_unsigned())),
            Data::Wide(v) => add(entries, column, salt, v, |&units| wide(salt, &self.salts.high, units)),
            Data::Real(v) => add(entries, column, salt, v, |real| salt.both(real.to_bits())),
            Data::Flag(v) => add(entries, column, salt, v, |&flag| salt.both(u64::from(flag))),
            Data::Day(v) => add(entries, column, salt, v, |&day| salt.both(u64::from(day.cast_unsigned()))),
            Data::Partial { first, last } => {
                let days: Vec<(i32, i32)> = first.iter().copied().zip(last.iter().copied()).collect();
                let both = |(first, last): &(i32, i32)| {
                    salt.both(u64::from(first.cast_unsigned()) << 32 | u64::from(last.cast_unsigned()))
                };
                add(entries, column, salt, &days, both);
            }
            Data::Text { codes, dict } => {
                let texts = self.texts.get_mut(at)?;
                texts.fit(dict, salt);
                let both = |&code: &u32| texts.of_code.get(code as usize).copied().unwrap_or_default();
                add(entries, column, salt, codes, both);
            }
        }
        Some(())
    }
}

/// A number that fits 64 bits has the hashes that it has in a column of such numbers.
fn wide(salt: &Salt, other: &Salt, units: i128) -> [u64; 2] {
    let [a, b] = salt.both(units as u64);
    if i64::try_from(units).is_ok() {
        return [a, b];
    }
    let [c, d] = other.both((units >> 64) as u64 ^ salt.missing[0]);
    [a ^ c, b ^ d]
}

/// Adds the hashes of a column's values.
#[inline]
fn add<T>(entries: &mut [Entry], column: &Column, salt: &Salt, values: &[T], both: impl Fn(&T) -> [u64; 2]) {
    let add = |entry: &mut Entry, [a, b]: [u64; 2]| {
        entry[1] ^= a;
        entry[2] ^= b;
    };
    match &column.known {
        None => entries.iter_mut().zip(values).for_each(|(entry, value)| add(entry, both(value))),
        Some(known) => {
            let values = values.iter().zip(known);
            entries.iter_mut().zip(values).for_each(|(entry, (value, &known))| {
                add(entry, if known { both(value) } else { salt.missing });
            });
        }
    }
}

impl Texts {
    /// Knows the texts of a dictionary.
    fn fit(&mut self, dict: &Dict, salt: &Salt) {
        match &self.dict {
            Some(known) if Arc::ptr_eq(known, dict) => return,
            Some(known) if goes_on(known, dict) => {}
            _ => self.of_code.clear(),
        }
        self.of_code.extend(dict.iter().skip(self.of_code.len()).map(|text| salt.bytes(text.as_bytes())));
        self.dict = Some(Arc::clone(dict));
    }
}
