//! Adds up what subsets give, cell by cell.

use std::cmp::Ordering;
use std::ops::Range;

use ethnum::I256;

use super::variants::Values;
use crate::value::decimal::{QUOTIENT_PLACES, from_real};
use crate::value::{Type, Value};

/// Sums over subsets, for each cell of an index.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// How many sums there are for each cell.
    width: usize,
    /// Decimal places of the sums.
    pub places: u8,
    /// The cells, ascending.
    pub cells: Vec<(Vec<Value>, Cell)>,
    /// In how many of the subsets that were added a cell that isn't there has no value, instead of being 0.
    pub strict: u64,
}

/// The sums of a cell.
#[derive(Debug, Clone)]
pub struct Cell {
    /// The sums.
    pub sums: Vec<I256>,
    /// In how many of the strict subsets it is there.
    pub there: u64,
    /// Whether its value was missing in one of them.
    pub missing: bool,
    /// Sums of squares, where [`Tally::square`] was called.
    pub squares: Vec<f64>,
}

impl Tally {
    /// Room for so many sums a cell.
    pub fn new(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    /// Takes the values of a subset: `add` is called with the sums of each cell and its value, and fails where a sum is too large.
    pub fn take(&mut self, values: &Values, mut add: impl FnMut(&mut [I256], I256) -> Option<()>) {
        let strict = u64::from(!values.absent_zero);
        self.strict += strict;
        let places = if let Type::Number(places) = values.ty.base { places } else { QUOTIENT_PLACES };
        self.widen(places);
        let factor = power(self.places - places);
        let mut at = 0;
        let mut new = Vec::new();
        for (key, value) in values.cells.cells() {
            // Most subsets have the same cells: the next one is nearly always the right one.
            while self.cells.get(at).is_some_and(|(known, _)| known < key) {
                at += 1;
            }
            match self.cells.get_mut(at).filter(|(known, _)| known == key) {
                Some((_, cell)) => {
                    cell.there += strict;
                    cell.take(value, factor, &mut add);
                }
                None => {
                    let mut cell =
                        Cell { sums: vec![I256::ZERO; self.width], there: strict, missing: false, squares: Vec::new() };
                    cell.take(value, factor, &mut add);
                    new.push((key.clone(), cell));
                }
            }
        }
        if !new.is_empty() {
            self.cells.extend(new);
            self.cells.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
    }

    /// Takes some of the sums as draws: their squares are added up, and they begin anew.
    pub fn square(&mut self, draws: Range<usize>) {
        for (_, cell) in &mut self.cells {
            cell.squares.resize(draws.len(), 0.0);
            for (sum, squares) in cell.sums.iter_mut().skip(draws.start).zip(&mut cell.squares) {
                let draw = sum.as_f64();
                *squares += draw * draw;
                *sum = I256::ZERO;
            }
        }
    }

    /// Brings the sums to more places.
    fn widen(&mut self, places: u8) {
        if places > self.places {
            let factor = power(places - self.places);
            let square = factor.as_f64() * factor.as_f64();
            for (_, cell) in &mut self.cells {
                for sum in &mut cell.sums {
                    match sum.checked_mul(factor) {
                        Some(wide) => *sum = wide,
                        None => cell.missing = true,
                    }
                }
                cell.squares.iter_mut().for_each(|squares| *squares *= square);
            }
            self.places = places;
        }
    }

    /// Both tallies' sums.
    pub fn join(mut self, mut other: Tally) -> Tally {
        self.widen(other.places);
        other.widen(self.places);
        let mut cells = Vec::with_capacity(self.cells.len().max(other.cells.len()));
        let (mut a, mut b) = (self.cells.into_iter().peekable(), other.cells.into_iter().peekable());
        loop {
            let order = match (a.peek(), b.peek()) {
                (Some((a, _)), Some((b, _))) => a.cmp(b),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => break,
            };
            match order {
                Ordering::Less => cells.extend(a.next()),
                Ordering::Greater => cells.extend(b.next()),
                Ordering::Equal => {
                    let (Some((key, mut cell)), Some((_, other))) = (a.next(), b.next()) else { break };
                    for (sum, more) in cell.sums.iter_mut().zip(&other.sums) {
                        match sum.checked_add(*more) {
                            Some(both) => *sum = both,
                            None => cell.missing = true,
                        }
                    }
                    cell.there += other.there;
                    cell.missing |= other.missing;
                    cells.push((key, cell));
                }
            }
        }
        Tally { width: self.width, places: self.places, cells, strict: self.strict + other.strict }
    }

    /// Whether a cell has a value under each subset.
    pub fn is_whole(&self, cell: &Cell) -> bool {
        !cell.missing && cell.there == self.strict
    }
}

impl Cell {
    fn take(&mut self, value: &Value, factor: I256, add: &mut impl FnMut(&mut [I256], I256) -> Option<()>) {
        let units = match value {
            Value::Number(units) => Some(*units),
            Value::Real(real) => from_real(*real, QUOTIENT_PLACES),
            _ => None,
        };
        // What is too large for exact arithmetic has no share either.
        let added = units.and_then(|units| add(&mut self.sums, I256::from(units).checked_mul(factor)?));
        self.missing |= added.is_none();
    }
}

/// `10^places`.
pub fn power(places: u8) -> I256 {
    I256::from(10).pow(u32::from(places))
}
