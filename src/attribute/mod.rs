//! Which of the changes between two schemes is responsible for which part of a difference.
//!
//! Input: a [`Game`], from which any subset of the changes can be asked for. Output: an [`Attribution`], the share of
//! each change in the difference of each cell by the value of Shapley (1953): the mean of what a change adds over all
//! orders in which the changes can be made. It depends on no order, and the shares of a cell add up to its difference
//! exactly. `groups` joins changes that can't be told apart, `exact` and `sample` go through subsets, `variants` runs
//! them, `tally` adds up, `shares` rounds for print.

mod exact;
mod groups;
mod sample;
mod shares;
mod tally;
mod variants;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use ethnum::I256;

use crate::plan::Plan;
use crate::value::Value;
use crate::value::column::Table;

pub use shares::{PRINTED_PLACES, Printed, nearest, printed, printed_places};
pub use tally::power;

/// How many groups of changes are gone through exactly: each subset of them is a scheme of its own.
pub const MOST_EXACT: usize = 12;
/// How many changes there can be.
pub const MOST_CHANGES: usize = 100;

/// A set of groups of changes, one bit each.
type Mask = u128;

/// The changes between two schemes, and how to run any subset of them.
pub struct Game<'a> {
    /// For each change, whether it may alter how data is read. The tables are the same for all subsets that agree in
    /// these changes.
    pub of_inputs: &'a [bool],
    /// The plan with these changes made; none if that is no scheme.
    pub plan: &'a (dyn Fn(&[bool]) -> Option<Plan> + Sync),
    /// The indices, by their names. All of them have numbers as values.
    pub indices: &'a [Arc<str>],
}

/// The tables of a plan; none if the data can't be read as it says.
pub type Tables<'a> = dyn Fn(&Plan) -> Option<Vec<Option<Table>>> + 'a;

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How many orders are drawn where there are too many changes for all.
    pub orders: u32,
    /// The seed of the draw.
    pub seed: u64,
    /// The most groups of changes that are gone through exactly.
    pub most_exact: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { orders: 200, seed: 1, most_exact: MOST_EXACT }
    }
}

/// How the shares were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Over all subsets of the changes.
    Exact {
        /// How many there are.
        subsets: u64,
    },
    /// Over orders drawn by chance.
    Sampled {
        /// How many.
        orders: u32,
        /// The seed.
        seed: u64,
    },
}

/// The shares of all changes.
#[derive(Debug, Clone)]
pub struct Attribution {
    /// The changes, by their places; those that can't be made without one another are together.
    pub groups: Vec<Vec<usize>>,
    /// How they were found.
    pub method: Method,
    /// For each index of the game.
    pub indices: Vec<IndexShares>,
}

/// The shares in the differences of an index. All numbers are in units of `10^-places / denominator`.
#[derive(Debug, Clone)]
pub struct IndexShares {
    /// Decimal places.
    pub places: u8,
    /// What numerators are divided by.
    pub denominator: I256,
    /// For each cell.
    pub cells: BTreeMap<Vec<Value>, CellShares>,
}

/// The shares in the difference of a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum CellShares {
    /// What each group has.
    Shares {
        /// The shares: numerators.
        shares: Vec<I256>,
        /// For each pair of groups, in the order 01, 02, …, 12, …, what both do beyond what each does: the interaction
        /// index of Grabisch and Roubens (1999). Empty where it wasn't found.
        interactions: Vec<I256>,
        /// What each group adds to those before it, in the order written.
        stacked: Vec<I256>,
        /// Of sampled shares: half the width of an interval that holds the exact share in about 95 of 100 draws.
        errors: Vec<f64>,
    },
    /// Under some subset of the changes the cell has no value.
    NoValue,
}

/// Finds the shares. `None` where the scheme can't be run even with all changes, or with none.
pub fn attribute(game: &Game<'_>, tables: &Tables<'_>, options: Options) -> Option<Attribution> {
    let mut groups: Vec<Vec<usize>> = (0..game.of_inputs.len()).map(|change| vec![change]).collect();
    loop {
        let variants = variants::Variants { game, groups: &groups };
        let found = if groups.len() <= options.most_exact {
            exact::shares(&variants, tables)
        } else {
            sample::shares(&variants, tables, options)
        };
        match found {
            Ok((method, indices)) => return Some(Attribution { groups, method, indices }),
            Err(failing) => groups = groups::joined(&variants, tables, failing)?,
        }
    }
}
