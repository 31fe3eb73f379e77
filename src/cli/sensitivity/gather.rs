//! What the runs give: for each cell of each index, its value and rank in each run.

use std::collections::BTreeMap;

use crate::eval::IndexCells;
use crate::plan::{Best, Dim, Plan, order};
use crate::sensitivity::summary::{mean_shift, ranks};
use crate::value::{Type, Value, decimal};

/// The most values that are kept: cells by runs.
pub const MOST_VALUES: usize = 30_000_000;

/// An index over all runs.
#[derive(Debug, Clone)]
pub struct IndexRuns {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its dimensions.
    pub dims: Vec<Dim>,
    /// The dimensions within which cells are ranked, as places among all.
    pub within: Vec<usize>,
    /// Which of its values has rank 1.
    pub best: Best,
    /// The places of its values in the scheme as it stands; none for reals.
    pub places: Option<u8>,
    /// The cells.
    pub cells: BTreeMap<Vec<Value>, CellRuns>,
    /// For each run, by how many places the cells have moved in the mean.
    pub shifts: Vec<Option<f64>>,
    runs: usize,
}

/// A cell over all runs.
#[derive(Debug, Clone, Default)]
pub struct CellRuns {
    /// In the scheme as it stands: its value and rank.
    pub stands: Option<(f64, u32)>,
    /// Its value in each run; those behind the last are missing.
    pub values: Vec<Option<f64>>,
    /// Its rank in each run, 0 where it has none.
    pub ranks: Vec<u32>,
}

impl IndexRuns {
    /// An index of which no run is known.
    pub fn new(plan: &Plan, at: usize, within: Option<&[String]>) -> Option<Self> {
        let index = plan.indices.get(at)?;
        let named = |names: &[String]| {
            let named = index.dims.iter().enumerate().filter(|(_, dim)| names.iter().any(|name| **name == *dim.name));
            named.map(|(at, _)| at).collect()
        };
        Some(Self {
            name: index.name.to_string(),
            title: index.title.to_string(),
            dims: index.dims.clone(),
            within: within.map_or_else(|| order::within(&index.dims), named),
            best: plan.best(at),
            places: if let Type::Number(places) = index.ty.base { Some(places) } else { None },
            cells: BTreeMap::new(),
            shifts: Vec::new(),
            runs: 0,
        })
    }

    /// What the cells of an order have in common.
    pub fn order_of(&self, key: &[Value]) -> Vec<Value> {
        self.within.iter().filter_map(|&at| key.get(at).cloned()).collect()
    }

    /// Takes the scheme as it stands, which is the first run.
    pub fn take_standing(&mut self, cells: IndexCells) {
        let ranked = self.ranked(cells);
        for (key, value, rank) in ranked {
            self.cells.entry(key).or_default().stands = Some((value, rank));
        }
    }

    /// Takes the next run.
    pub fn take(&mut self, cells: IndexCells) {
        let ranked = self.ranked(cells);
        let run = self.runs;
        self.runs += 1;
        let (mut before, mut now) = (Vec::new(), Vec::new());
        for (key, value, rank) in ranked {
            let cell = self.cells.entry(key).or_default();
            before.push(cell.stands.map(|(_, rank)| rank));
            now.push(Some(rank));
            cell.values.resize(run, None);
            cell.values.push(Some(value));
            cell.ranks.resize(run, 0);
            cell.ranks.push(rank);
        }
        self.shifts.push(mean_shift(&before, &now));
    }

    /// The cells that have a value, with that and their rank.
    fn ranked(&self, cells: IndexCells) -> Vec<(Vec<Value>, f64, u32)> {
        let ty = cells.ty.base;
        let mut orders: BTreeMap<Vec<Value>, Vec<(Vec<Value>, Value)>> = BTreeMap::new();
        for (key, value) in cells.cells {
            if value.is_known() {
                orders.entry(self.order_of(&key)).or_default().push((key, value));
            }
        }
        let mut found = Vec::new();
        for order in orders.into_values() {
            let values: Vec<Option<&Value>> = order.iter().map(|(_, value)| Some(value)).collect();
            let ranks = ranks(&values, self.best.is_lowest());
            let number = |value: &Value| match (value, &ty) {
                (Value::Number(units), Type::Number(places)) => Some(decimal::to_real(*units, *places)),
                (Value::Real(real), _) => Some(*real),
                _ => None,
            };
            let numbers: Vec<Option<f64>> = order.iter().map(|(_, value)| number(value)).collect();
            for (((key, _), number), rank) in order.into_iter().zip(numbers).zip(ranks) {
                found.extend(number.zip(rank).map(|(number, rank)| (key, number, rank)));
            }
        }
        found
    }

    /// Keeps the first runs alone.
    pub fn cut(&mut self, runs: usize) {
        self.runs = self.runs.min(runs);
        self.shifts.truncate(runs);
        for cell in self.cells.values_mut() {
            cell.values.truncate(runs);
            cell.ranks.truncate(runs);
            cell.values.resize(self.runs, None);
            cell.ranks.resize(self.runs, 0);
        }
        self.cells.retain(|_, cell| cell.stands.is_some() || cell.values.iter().any(Option::is_some));
    }

    /// Whether any run differs from the scheme as it stands.
    pub fn moves(&self) -> bool {
        let differs = |cell: &CellRuns| cell.values.iter().any(|value| *value != cell.stands.map(|(value, _)| value));
        self.cells.values().any(differs)
    }

    /// Whether there is an order: two cells that are ranked together.
    pub fn has_order(&self) -> bool {
        let mut seen = std::collections::BTreeSet::new();
        self.cells.keys().any(|key| !seen.insert(self.order_of(key)))
    }

    /// The values of a cell's dimensions in print.
    pub fn shown(&self, key: &[Value]) -> Vec<String> {
        key.iter().zip(&self.dims).map(|(value, dim)| value.format(&dim.ty.base)).collect()
    }
}
