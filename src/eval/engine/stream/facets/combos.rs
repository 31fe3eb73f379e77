//! Numbers the combinations of values that rows have in some columns of texts, flags and days.

use std::sync::Arc;

use crate::eval::engine::stream::codes::goes_on;
use crate::eval::engine::vector::{NONE, at, row};
use crate::value::column::{Column, Data, Dict, Table};

/// How many bits the combinations of a table have at most: it stays in a near cache.
const MOST: u32 = 18;

/// The bits of a day: those of 89 years before and behind the first one.
const DAYS: u32 = 16;

/// The combinations that have come.
#[derive(Default)]
pub struct Combos {
    columns: Vec<Coded>,
    /// For each combination of codes its number, or [`NONE`].
    numbers: Vec<u32>,
    /// How many have come.
    pub count: usize,
}

/// How the values of a column are coded; 0 is a missing one.
struct Coded {
    column: usize,
    bits: u32,
    /// The dictionary of texts.
    dict: Option<Dict>,
    /// The first of the days that have codes.
    first: Option<i32>,
}

impl Combos {
    /// None yet, of these columns.
    pub fn new(columns: &[usize]) -> Self {
        let coded = |&column| Coded { column, bits: 0, dict: None, first: None };
        Self { columns: columns.iter().map(coded).collect(), numbers: Vec::new(), count: 0 }
    }

    /// Makes the codes fit a table; false if combinations that came before are forgotten, `None` if there are too many.
    pub fn fit(&mut self, table: &Table) -> Option<bool> {
        let mut fits = true;
        for coded in &mut self.columns {
            fits &= coded.fit(table.columns.get(coded.column)?)?;
        }
        let bits: u32 = self.columns.iter().map(|coded| coded.bits).sum();
        let size = 1usize.checked_shl(bits).filter(|_| bits <= MOST)?;
        if !fits || self.numbers.len() != size {
            self.numbers.clear();
            self.numbers.resize(size, NONE);
            self.count = 0;
            return Some(false);
        }
        Some(true)
    }

    /// The number of each row's combination; a row of each that is new goes to `new`.
    pub fn of_rows(&mut self, table: &Table, rows: &[u32], new: &mut Vec<u32>) -> Option<Vec<u32>> {
        let mut codes = vec![0u32; rows.len()];
        let mut shift = 0;
        for coded in &self.columns {
            coded.add(table.columns.get(coded.column)?, rows, shift, &mut codes)?;
            shift += coded.bits;
        }
        for (code, &row_of) in codes.iter_mut().zip(rows) {
            let number = self.numbers.get_mut(*code as usize)?;
            if *number == NONE {
                *number = row(self.count);
                self.count += 1;
                new.push(row_of);
            }
            *code = *number;
        }
        Some(codes)
    }
}

impl Coded {
    /// Makes room for the values of a column; false if codes from before are of no meaning any more.
    fn fit(&mut self, column: &Column) -> Option<bool> {
        let (bits, fits) = match &column.data {
            Data::Text { dict, .. } => {
                let goes_on = self.dict.as_ref().is_some_and(|known| goes_on(known, dict));
                self.dict = Some(Arc::clone(dict));
                (usize::BITS - dict.len().leading_zeros(), goes_on)
            }
            Data::Flag(_) => (2, true),
            Data::Day(days) => {
                let first = *self
                    .first
                    .get_or_insert_with(|| days.first().map_or(0, |first| first.saturating_sub(1 << (DAYS - 1))));
                let inside =
                    |day: &i32| day.checked_sub(first).is_some_and(|code| (0..(1 << DAYS) - 1).contains(&code));
                let known = column.known.as_deref();
                let inside = days
                    .iter()
                    .enumerate()
                    .all(|(place, day)| inside(day) || known.is_some_and(|known| !at(known, place)));
                (inside.then_some(DAYS)?, true)
            }
            _ => return None,
        };
        let fits = fits && bits <= self.bits;
        self.bits = self.bits.max(bits);
        Some(fits)
    }

    /// Adds the codes of some rows, from a bit on.
    fn add(&self, column: &Column, rows: &[u32], shift: u32, codes: &mut [u32]) -> Option<()> {
        match &column.data {
            Data::Text { codes: of_rows, .. } => add(codes, rows, column, shift, of_rows, |code| code),
            Data::Flag(flags) => add(codes, rows, column, shift, flags, u32::from),
            Data::Day(days) => {
                let first = self.first?;
                add(codes, rows, column, shift, days, |day| day.wrapping_sub(first).cast_unsigned());
            }
            _ => return None,
        }
        Some(())
    }
}

#[inline]
fn add<T: Copy + Default>(
    codes: &mut [u32],
    rows: &[u32],
    column: &Column,
    shift: u32,
    values: &[T],
    of: impl Fn(T) -> u32,
) {
    let code = |row: u32| of(at(values, row as usize)).wrapping_add(1) << shift;
    let rows = codes.iter_mut().zip(rows);
    match &column.known {
        None => rows.for_each(|(slot, &row)| *slot |= code(row)),
        Some(known) => rows.for_each(|(slot, &row)| *slot |= if at(known, row as usize) { code(row) } else { 0 }),
    }
}
