//! Hashes of the rows of a piece: one of the key, and two of it and of all columns that repeats have in common.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use super::shard::Entry;
use crate::eval::engine::stream::codes::goes_on;
use crate::value::column::{Data, Dict};
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

/// The random numbers of a run.
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

    /// Makes the hashes of a piece: of its runs, or of the columns of the key where it has none, and of other columns.
    pub fn set(&mut self, piece: &Piece, key: &[usize], others: &[usize]) -> Result<(), Unfit> {
        let (rows, starts) = (piece.table.rows, &piece.runs.starts);
        self.entries.clear();
        for run in 0..starts.len() {
            let end = starts.get(run + 1).map_or(rows, |&end| end as usize);
            let [a, b] = self.salts.key(&piece.runs.keys, run);
            self.entries.resize(end, [a, b, 0]);
        }
        if starts.is_empty() {
            self.entries.resize(rows, [0; 3]);
            key.iter().try_for_each(|&at| self.column::<0>(piece, at))?;
        }
        others.iter().try_for_each(|&at| self.column::<1>(piece, at))?;
        if self.entries.len() == rows { Ok(()) } else { Err(Unfit) }
    }

    /// Adds the hashes of a column to the numbers at a place of the entries, and behind it.
    fn column<const AT: usize>(&mut self, piece: &Piece, at: usize) -> Result<(), Unfit> {
        let salt = self.salts.columns.get(at).ok_or(Unfit)?;
        let column = piece.table.columns.get(at).filter(|column| column.len() == piece.table.rows).ok_or(Unfit)?;
        let sums = Sums::<AT> { entries: &mut self.entries, known: column.known.as_deref(), salt };
        match &column.data {
            Data::Small(v) => sums.add(v, |&units| salt.both(units.cast_unsigned())),
            Data::Wide(v) => sums.add(v, |&units| wide(salt, &self.salts.high, units)),
            Data::Real(v) => sums.add(v, |real| salt.both(real.to_bits())),
            Data::Flag(v) => sums.add(v, |&flag| salt.both(u64::from(flag))),
            Data::Day(v) => sums.add(v, |&day| salt.both(u64::from(day.cast_unsigned()))),
            Data::Partial { first, last } => {
                let days: Vec<(i32, i32)> = first.iter().copied().zip(last.iter().copied()).collect();
                let both = |(first, last): &(i32, i32)| {
                    u64::from(first.cast_unsigned()) << 32 | u64::from(last.cast_unsigned())
                };
                sums.add(&days, |days| salt.both(both(days)));
            }
            Data::Text { codes, dict } => {
                let texts = self.texts.get_mut(at).ok_or(Unfit)?;
                texts.fit(dict, salt);
                sums.add(codes, |&code| texts.of_code.get(code as usize).copied().unwrap_or_default());
            }
        }
        Ok(())
    }
}

/// Entries to which the hashes of a column are added.
struct Sums<'e, const AT: usize> {
    entries: &'e mut [Entry],
    known: Option<&'e [bool]>,
    salt: &'e Salt,
}

impl<const AT: usize> Sums<'_, AT> {
    #[inline]
    fn add<T>(self, values: &[T], both: impl Fn(&T) -> [u64; 2]) {
        let add = |entry: &mut Entry, [a, b]: [u64; 2]| {
            if let Some([into_a, into_b]) = entry.get_mut(AT..).and_then(<[u64]>::first_chunk_mut) {
                *into_a ^= a;
                *into_b ^= b;
            }
        };
        let each = self.entries.iter_mut().zip(values);
        match self.known {
            None => each.for_each(|(entry, value)| add(entry, both(value))),
            Some(known) => each.zip(known).for_each(|((entry, value), &known)| {
                add(entry, if known { both(value) } else { self.salt.missing });
            }),
        }
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
