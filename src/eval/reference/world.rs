//! What a run reads: the plan, its tables, and the keys of its tables for lookups.

use std::collections::BTreeMap;

use crate::plan::Plan;
use crate::value::Value;
use crate::value::column::Table;
use crate::value::schema::{Edge, Interval, Unique};

/// The rows of a table by the values of a key; a dated key has several rows for the same values.
type Rows = BTreeMap<Vec<Value>, Vec<usize>>;

/// What a run reads.
pub struct World<'a> {
    /// The plan.
    pub plan: &'a Plan,
    tables: &'a [Option<Table>],
    keys: BTreeMap<(usize, usize), Rows>,
}

impl<'a> World<'a> {
    /// Puts the keys of all tables in order.
    pub fn new(plan: &'a Plan, tables: &'a [Option<Table>]) -> Self {
        Self::with_keys(plan, tables, |_, _| true)
    }

    /// Puts those keys in order that are wanted, by the place of the input and of the key in its schema.
    pub fn with_keys(plan: &'a Plan, tables: &'a [Option<Table>], wanted: impl Fn(usize, usize) -> bool) -> Self {
        let mut keys = BTreeMap::new();
        for (input, of) in plan.inputs.iter().enumerate() {
            let Some(Some(table)) = tables.get(input) else { continue };
            for (at, unique) in of.schema.unique.iter().enumerate().filter(|(at, _)| wanted(input, *at)) {
                keys.insert((input, at), rows_by_key(table, unique));
            }
        }
        Self { plan, tables, keys }
    }

    /// The table of an input; none if it isn't bound.
    pub fn table(&self, input: usize) -> Option<&'a Table> {
        self.tables.get(input)?.as_ref()
    }

    /// The value of a column in the row that has a key (and whose interval holds the day); missing if no row has, or
    /// if a part of the key or the day is missing.
    pub fn look_up(&self, input: usize, unique: usize, key: &[Value], day: Option<&Value>, column: usize) -> Value {
        let found = || Some(self.table(input)?.value(column, self.find(input, unique, key, day)?));
        found().unwrap_or_default()
    }

    /// The row that has a key (and whose interval holds the day).
    pub fn find(&self, input: usize, unique: usize, key: &[Value], day: Option<&Value>) -> Option<usize> {
        let table = self.table(input)?;
        let interval = self.plan.inputs.get(input)?.schema.unique.get(unique)?.interval.as_ref();
        let rows = self.keys.get(&(input, unique))?.get(key).filter(|_| key.iter().all(Value::is_known))?;
        let holds = |row: usize| match (interval, day) {
            (Some(interval), Some(Value::Date(day))) => holds_day(table, interval, row, *day),
            (Some(_), _) => false,
            (None, _) => true,
        };
        rows.iter().copied().find(|&row| holds(row))
    }
}

fn rows_by_key(table: &Table, unique: &Unique) -> Rows {
    let mut rows = Rows::new();
    for row in 0..table.rows {
        let key = unique.key.iter().map(|&column| table.value(column, row)).collect();
        rows.entry(key).or_default().push(row);
    }
    rows
}

/// Whether the interval of a row holds a day; it is open at an end that is missing.
fn holds_day(table: &Table, interval: &Interval, row: usize, day: i32) -> bool {
    let edge = |(column, edge): (usize, Edge)| match (table.value(column, row), edge) {
        (Value::Date(day), _) | (Value::Partial(day, _), Edge::Earliest) | (Value::Partial(_, day), Edge::Latest) => {
            Some(day)
        }
        _ => None,
    };
    let begun = edge(interval.from).is_none_or(|from| from <= day);
    let lasts = edge(interval.end).is_none_or(|end| if interval.inclusive { day <= end } else { day < end });
    begun && lasts
}
