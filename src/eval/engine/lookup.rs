//! Keyed and dated lookups: an index of each key of an input, made once and asked with whole columns.
//!
//! Each column of a key is coded by its sorted distinct values, and codes are paired level by level; rows of the same
//! key lie together, those of a dated key by the beginnings of their intervals.

use std::collections::btree_map;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::vector::{NONE, at, put, row};
use crate::plan::{Input, Plan};
use crate::value::calendar::Period;
use crate::value::column::{Column, Data, Table};
use crate::value::schema::{Edge, Interval, Unique};
use crate::value::{Type, Value};

/// Indices of keys, by the place of the input and of the key in its schema.
pub type KeyIndices<'a> = BTreeMap<(usize, usize), Arc<KeyIndex<'a>>>;

/// The keys that a run uses.
#[derive(Clone)]
pub struct Lookups<'a> {
    indices: KeyIndices<'a>,
}

impl<'a> Lookups<'a> {
    /// Makes the indices of some keys, places of inputs and of keys in their schemas, unless they are known.
    pub fn new<'t: 'a>(
        plan: &Plan,
        tables: &'t [Option<Table>],
        keys: &BTreeSet<(usize, usize)>,
        known: &mut KeyIndices<'t>,
    ) -> Self {
        let mut index = |&(input, unique): &(usize, usize)| -> Option<((usize, usize), Arc<KeyIndex<'a>>)> {
            let found = match known.entry((input, unique)) {
                btree_map::Entry::Occupied(found) => Arc::clone(found.get()),
                btree_map::Entry::Vacant(place) => {
                    let spec = plan.inputs.get(input)?;
                    let made = KeyIndex::new(spec, spec.schema.unique.get(unique)?, tables.get(input)?.as_ref()?);
                    Arc::clone(place.insert(Arc::new(made)))
                }
            };
            Some(((input, unique), found))
        };
        Self { indices: keys.iter().filter_map(&mut index).collect() }
    }

    /// The row that each of `rows` keys finds, or [`NONE`].
    pub fn rows(&self, place: (usize, usize), keys: &[Column], day: Option<&Column>, rows: usize) -> Vec<u32> {
        self.indices.get(&place).map_or_else(|| vec![NONE; rows], |index| index.find(keys, day, rows))
    }
}

/// The index of one key of an input.
pub struct KeyIndex<'a> {
    columns: Vec<Coder<'a>>,
    /// For each column behind the first, the pairs of the code so far and the column's code, ascending.
    pairs: Vec<Vec<u64>>,
    /// Where the entries of each key begin; one more at the end.
    starts: Vec<u32>,
    entries: Vec<Entry>,
}

/// A row of the input and the days on which it holds, both included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    from: i32,
    to: i32,
    row: u32,
}

impl<'a> KeyIndex<'a> {
    fn new(input: &Input, unique: &Unique, table: &'a Table) -> Self {
        let columns: Vec<&Column> = unique.key.iter().filter_map(|&key| table.columns.get(key)).collect();
        let mut index = Self { columns: Vec::new(), pairs: Vec::new(), starts: Vec::new(), entries: Vec::new() };
        // A key without columns holds each row; a scheme can't state it.
        let mut codes = vec![0; table.rows];
        for (level, column) in columns.iter().enumerate() {
            let coder = Coder::new(column);
            let next = coder.codes(column);
            index.columns.push(coder);
            if level == 0 {
                codes = next;
            } else {
                let mut pairs: Vec<u64> = codes.iter().zip(&next).filter_map(|(&a, &b)| pair(a, b)).collect();
                pairs.sort_unstable();
                pairs.dedup();
                codes = paired(&pairs, &codes, &next);
                index.pairs.push(pairs);
            }
        }
        index.fill(&codes, |place| match &unique.interval {
            Some(interval) => days_of(input, interval, table, place),
            None => (i32::MIN, i32::MAX),
        });
        index
    }

    /// Enters each row under its code, with the days on which it holds.
    fn fill(&mut self, codes: &[u32], days: impl Fn(usize) -> (i32, i32)) {
        let mut entries: Vec<(u32, Entry)> = Vec::with_capacity(codes.len());
        for (place, &code) in codes.iter().enumerate().filter(|(_, code)| **code != NONE) {
            let (from, to) = days(place);
            // An interval without days holds on none; it must not hide the one around it.
            if from <= to {
                entries.push((code, Entry { from, to, row: row(place) }));
            }
        }
        entries.sort_unstable();
        let keys = entries.last().map_or(0, |(code, _)| *code as usize + 1);
        let start = |key: usize| row(entries.partition_point(|(code, _)| (*code as usize) < key));
        self.starts = (0..=keys).map(start).collect();
        self.entries = entries.into_iter().map(|(_, entry)| entry).collect();
    }

    fn find(&self, keys: &[Column], day: Option<&Column>, rows: usize) -> Vec<u32> {
        let mut codes = vec![if keys.is_empty() { 0 } else { NONE }; rows];
        for (level, (column, coder)) in keys.iter().zip(&self.columns).enumerate() {
            let next = coder.codes(column);
            codes = match level.checked_sub(1).and_then(|level| self.pairs.get(level)) {
                Some(pairs) => paired(pairs, &codes, &next),
                None => next,
            };
        }
        let days = day.map(|column| if let Data::Day(days) = &column.data { days.as_slice() } else { &[] });
        let find = |(place, &code): (usize, &u32)| {
            if code == NONE || day.is_some_and(|day| !day.is_known(place)) {
                return NONE;
            }
            // A key whose rows hold on no day may lie behind the last start.
            let (start, end) = (at(&self.starts, code as usize), at(&self.starts, code as usize + 1));
            let entries = self.entries.get(start as usize..end as usize).unwrap_or(&[]);
            let found = match days {
                None => entries.first(),
                Some(days) => {
                    let day = at(days, place);
                    let before = entries.partition_point(|entry| entry.from <= day);
                    before.checked_sub(1).and_then(|last| entries.get(last)).filter(|entry| day <= entry.to)
                }
            };
            found.map_or(NONE, |entry| entry.row)
        };
        codes.iter().enumerate().map(find).collect()
    }
}

fn pair(a: u32, b: u32) -> Option<u64> {
    (a != NONE && b != NONE).then(|| (u64::from(a) << 32) | u64::from(b))
}

fn paired(pairs: &[u64], codes: &[u32], next: &[u32]) -> Vec<u32> {
    let find = |(&a, &b): (&u32, &u32)| pair(a, b).and_then(|pair| pairs.binary_search(&pair).ok()).map_or(NONE, row);
    codes.iter().zip(next).map(find).collect()
}

/// The days of a row's interval, both included. A missing beginning or end is open.
fn days_of(input: &Input, interval: &Interval, table: &Table, row: usize) -> (i32, i32) {
    let edge = |(column, edge): (usize, Edge)| {
        let ty = input.schema.columns.get(column).map(|spec| &spec.ty.base);
        let (first, last) = match (table.value(column, row), ty) {
            (Value::Date(day), _) => (day, day),
            (Value::Partial(first, last), _) => (first, last),
            (Value::Period(period), Some(Type::Period(kind))) => (kind.first_day(period), kind.last_day(period)),
            (Value::Period(day), _) => (day, Period::Day.last_day(day)),
            _ => return None,
        };
        Some(if edge == Edge::Earliest { first } else { last })
    };
    let to = edge(interval.end).map(|day| if interval.inclusive { day } else { day - 1 });
    (edge(interval.from).unwrap_or(i32::MIN), to.unwrap_or(i32::MAX))
}

/// The codes of the values of a key's column.
enum Coder<'a> {
    Texts(HashMap<&'a str, u32>),
    Numbers(Vec<i128>),
}

impl<'a> Coder<'a> {
    fn new(column: &'a Column) -> Self {
        if let Data::Text { dict, .. } = &column.data {
            return Self::Texts(dict.iter().enumerate().map(|(code, text)| (&**text, row(code))).collect());
        }
        let mut numbers: Vec<i128> = (0..column.len()).filter_map(|place| as_number(column, place)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        Self::Numbers(numbers)
    }

    /// The code of each row of a column of the same type; [`NONE`] where it is missing or doesn't occur.
    fn codes(&self, column: &Column) -> Vec<u32> {
        match (self, &column.data) {
            (Self::Texts(known), Data::Text { codes, dict }) => {
                // Texts are looked up once for each code that occurs.
                let mut new: Vec<Option<u32>> = vec![None; dict.len()];
                let code = |(place, &code): (usize, &u32)| {
                    let code = code as usize;
                    if !column.is_known(place) {
                        return NONE;
                    }
                    at(&new, code).unwrap_or_else(|| {
                        let found = dict.get(code).and_then(|text| known.get(&**text)).copied().unwrap_or(NONE);
                        put(&mut new, code, Some(found));
                        found
                    })
                };
                codes.iter().enumerate().map(code).collect()
            }
            (Self::Numbers(known), _) => {
                let find = |number| known.binary_search(&number).ok();
                (0..column.len()).map(|place| as_number(column, place).and_then(find).map_or(NONE, row)).collect()
            }
            _ => vec![NONE; column.len()],
        }
    }
}

/// A value as a number that is the same for the same value; `None` if it is missing.
fn as_number(column: &Column, place: usize) -> Option<i128> {
    if !column.is_known(place) {
        return None;
    }
    Some(match &column.data {
        Data::Small(v) => i128::from(at(v, place)),
        Data::Wide(v) => at(v, place),
        Data::Real(v) => i128::from(at(v, place).to_bits()),
        Data::Flag(v) => i128::from(at(v, place)),
        Data::Day(v) => i128::from(at(v, place)),
        Data::Partial { first, last } => (i128::from(at(first, place)) << 32) + i128::from(at(last, place)),
        Data::Text { .. } => return None,
    })
}
