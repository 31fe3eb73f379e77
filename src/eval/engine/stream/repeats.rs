//! Tells repeated rows where nothing but one `distinct` brings rows together: a set of all keys, which threads share.
//!
//! A key takes 25 bytes, 30 to 60 with the free places: the hash of the key, and 128 bits of its row. A row whose key is
//! there with the same bits is a repeat; with other bits it can only be told exactly what is wrong. All hashes are made
//! with random numbers of the run, so that two rows that differ are taken for equal with a chance of about 2^-128.

mod prints;
mod shard;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::keys::is_full;
use crate::eval::engine::vector::{at, put, row};
use crate::value::Type;
use crate::value::piece::{Piece, Unfit, Use, Wanted};
use crate::value::schema::{Schema, Unique};
use prints::{Prints, Salts};
use shard::{Entry, Shard};

/// How many parts the set has: enough that threads hardly wait for one another.
const SHARDS: usize = 64;

/// The keys of an input.
pub struct Repeats<'s> {
    /// What makes a row a repeat.
    unique: &'s Unique,
    /// All columns but those of the key.
    others: Vec<usize>,
    salts: Salts,
    shards: Vec<Mutex<Shard>>,
    /// How many bytes the shards take, and how many they may.
    taken: AtomicUsize,
    most: usize,
}

/// Why rows can't be told.
pub enum Stop {
    /// Only the exact run can tell.
    Unfit,
    /// There is no room for more keys.
    Full,
}

impl<'s> Repeats<'s> {
    /// No keys yet, of an input with so many columns; at most so many bytes.
    pub fn new(unique: &'s Unique, columns: usize, most: usize) -> Self {
        let others = (0..columns).filter(|at| !unique.key.contains(at)).collect();
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Self { unique, others, salts: Salts::new(columns), shards, taken: AtomicUsize::new(0), most }
    }

    /// Makes room in a shard for so many more entries.
    fn reserve(&self, shard: &mut Shard, more: usize) -> Result<(), Stop> {
        let bytes = shard.growth(more);
        if bytes > 0 {
            if self.taken.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) > self.most {
                return Err(Stop::Full);
            }
            shard.reserve(more);
        }
        Ok(())
    }
}

/// What is wanted of an input where the columns of the key say themselves what it is: no runs.
pub fn without_runs(wanted: &Wanted, unique: &Unique, schema: &Schema) -> Wanted {
    let type_of = |at: &usize| schema.columns.get(*at).map(|column| &column.ty.base);
    let is_plain = |at: &usize| matches!(type_of(at), Some(Type::Number(_) | Type::Date | Type::Period(_)));
    let mut wanted = wanted.clone();
    if unique.key.iter().all(is_plain) {
        wanted.key.clear();
        for &at in &unique.key {
            if let Some(needed) = wanted.uses.get_mut(at) {
                *needed = Use::Values;
            }
        }
    }
    wanted
}

/// Tells the repeats of the pieces of one thread.
pub struct Teller<'r, 's> {
    set: &'r Repeats<'s>,
    prints: Prints,
    /// The rows of a piece by shards, and the place behind those of each.
    rows: Vec<u32>,
    ends: Vec<u32>,
}

impl<'r, 's> Teller<'r, 's> {
    /// Tells by a set.
    pub fn new(set: &'r Repeats<'s>) -> Self {
        Self { set, prints: Prints::new(&set.salts), rows: Vec::new(), ends: Vec::new() }
    }

    /// The rows of a piece, ascending, that repeat no other.
    pub fn fresh(&mut self, piece: &Piece) -> Result<Vec<u32>, Stop> {
        let set = self.set;
        if !is_full(&piece.table, &set.unique.key) {
            return Err(Stop::Unfit);
        }
        self.prints.set(piece, &set.unique.key, &set.others)?;
        self.sort();
        let entry = |row: &u32| self.prints.entries.get(*row as usize).copied().unwrap_or_default();
        let mut is_fresh = vec![false; piece.table.rows];
        let mut start = 0;
        for (shard, &end) in set.shards.iter().zip(&self.ends) {
            let rows = self.rows.get(start..end as usize).unwrap_or_default();
            start = end as usize;
            if rows.is_empty() {
                continue;
            }
            let mut shard = shard.lock().map_err(|_| Stop::Unfit)?;
            set.reserve(&mut shard, rows.len())?;
            for row in rows {
                let fresh = shard.add(entry(row))?;
                put(&mut is_fresh, *row as usize, fresh);
            }
        }
        Ok((0..row(piece.table.rows)).filter(|&row| at(&is_fresh, row as usize)).collect())
    }

    /// Puts the rows of the piece in the order of their shards.
    fn sort(&mut self) {
        let entries = &self.prints.entries;
        // Others of its bits place a hash within a shard: the lowest and the highest ones.
        let shard_of = |entry: &Entry| (entry[0] >> 32) as usize % SHARDS;
        self.ends.clear();
        self.ends.resize(SHARDS, 0);
        for entry in entries {
            let count = at(&self.ends, shard_of(entry));
            put(&mut self.ends, shard_of(entry), count + 1);
        }
        let mut sum = 0;
        for end in &mut self.ends {
            sum += std::mem::replace(end, sum);
        }
        self.rows.resize(entries.len(), 0);
        for (place, entry) in entries.iter().enumerate() {
            let end = at(&self.ends, shard_of(entry));
            put(&mut self.rows, end as usize, row(place));
            put(&mut self.ends, shard_of(entry), end + 1);
        }
    }
}

impl From<Unfit> for Stop {
    fn from(Unfit: Unfit) -> Self {
        Stop::Unfit
    }
}

#[cfg(test)]
mod tests;
