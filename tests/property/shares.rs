//! Shares of a difference, held against their definition: the mean over all orders of what a change adds, each scheme
//! on the way compiled and run for itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use ethnum::I256;
use rules::attribute::{CellShares, Game, Method, Options, attribute, printed};
use rules::compile::{load, plan_of};
use rules::diag::Problems;
use rules::eval::{Job, engine};
use rules::plan::Plan;
use rules::resolve::overlay::Chain;
use rules::source::Sources;
use rules::value::column::Table;
use rules::value::{Type, Value};

use crate::overlay::{edits, overlay};
use crate::rng::Rng;
use crate::run::tables_of;
use crate::scheme::Case;

/// The chain of a case and an overlay of it.
pub fn chain(case: &Case, overlay: &str) -> Option<Chain> {
    let mut sources = Sources::default();
    let file = sources.add("changed.rules", overlay);
    let base = case.scheme.clone();
    let mut open = |sources: &mut Sources, _, _: &_| Ok(sources.add("generated.rules", &base));
    load(&mut sources, file, &mut open, &mut Problems::new())
}

/// The cells of each numeric index, in units of `10^-40`.
type Cells = BTreeMap<Arc<str>, BTreeMap<Vec<Value>, Option<I256>>>;

const PLACES: u32 = 40;

fn run(plan: &Plan, tables: &[Option<Table>], names: &[Arc<str>]) -> Option<Cells> {
    let of = |name: &Arc<str>| plan.declared.iter().copied().find(|&at| plan.indices[at].name == *name);
    let wanted = names.iter().map(of).collect::<Option<Vec<usize>>>()?;
    let outcome = engine::run(Job { plan, tables, wanted: &wanted, checks: false });
    if outcome.problems.has_errors() {
        return None;
    }
    let cells = outcome.results.iter().map(|result| {
        let units = |value: &Value| match (value, &result.ty.base) {
            (Value::Number(units), Type::Number(places)) => {
                Some(I256::from(*units) * I256::from(10).pow(PLACES - u32::from(*places)))
            }
            _ => None,
        };
        let cells = result.cells.iter().map(|(key, value)| (key.clone(), units(value))).collect();
        (Arc::clone(&plan.indices[result.index].name), cells)
    });
    Some(cells.collect())
}

/// What became of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It has no overlay that compiles.
    Nothing,
    /// All changes have shares of their own.
    Shares,
    /// Some are taken together.
    Together,
}

/// Compares the shares of a case with their definition.
pub fn compare(case: &Case, seed: u64) -> Result<End, String> {
    let rng = &mut Rng::new(seed);
    let mut changes = edits(rng, &case.scheme, 4);
    let (chain, base, full) = loop {
        if changes.is_empty() {
            return Ok(End::Nothing);
        }
        if let Some(chain) = chain(case, &overlay(&changes)) {
            let n = chain.changes().len();
            if let (Some(base), Some(full)) =
                (plan_of(&chain, &vec![false; n], &[]), plan_of(&chain, &vec![true; n], &[]))
            {
                break (chain, base, full);
            }
        }
        changes.pop();
    };
    let tables = tables_of(case, &base)?;
    let is_number = |plan: &Plan, at: usize| matches!(plan.indices[at].ty.base, Type::Number(_));
    let numeric = |plan: &Plan| -> Vec<Arc<str>> {
        plan.declared.iter().filter(|&&at| is_number(plan, at)).map(|&at| Arc::clone(&plan.indices[at].name)).collect()
    };
    let of_full = numeric(&full);
    let names: Vec<Arc<str>> = numeric(&base).into_iter().filter(|name| of_full.contains(name)).collect();
    if run(&base, &tables, &names).is_none() || run(&full, &tables, &names).is_none() {
        return Ok(End::Nothing);
    }
    let n = chain.changes().len();
    let plan = |made: &[bool]| plan_of(&chain, made, &[]);
    let game = Game { of_inputs: &vec![false; n], plan: &plan, indices: &names };
    let read = |_: &Plan| Some(tables.clone());
    let found = attribute(&game, &read, Options::default()).ok_or("nothing was attributed")?;
    let told = || overlay(&changes);
    let groups = &found.groups;
    let mut all: Vec<usize> = groups.concat();
    all.sort_unstable();
    if all != (0..n).collect::<Vec<_>>() || !matches!(found.method, Method::Exact { .. }) {
        return Err(format!("the groups are {groups:?}\n{}", told()));
    }
    // Each subset for itself.
    let mut values = Vec::new();
    for mask in 0..1usize << groups.len() {
        let mut made = vec![false; n];
        groups
            .iter()
            .enumerate()
            .filter(|(at, _)| mask >> at & 1 == 1)
            .flat_map(|(_, group)| group)
            .for_each(|&at| made[at] = true);
        let Some(cells) = plan(&made).and_then(|plan| run(&plan, &tables, &names)) else {
            return Err(format!("the subset {made:?} doesn't run\n{}", told()));
        };
        values.push(cells);
    }
    for (name, shares) in names.iter().zip(&found.indices) {
        let zero = full.indices.iter().find(|index| index.name == *name).unwrap().absent_zero;
        for (key, cell) in &shares.cells {
            let value = |mask: usize| match values[mask][name].get(key) {
                Some(value) => *value,
                None => zero.then_some(I256::ZERO),
            };
            let values: Option<Vec<I256>> = (0..values.len()).map(value).collect();
            let (denominator, places) = (shares.denominator, u32::from(shares.places));
            match (cell, values) {
                (CellShares::NoValue, None) => {}
                (CellShares::Shares { shares, interactions, stacked, .. }, Some(values)) => {
                    let defined = definition(&values, groups.len());
                    // What is printed adds up, too.
                    let shown = printed(shares, u8::try_from(places).unwrap(), denominator).unwrap();
                    let sum = shown.units.iter().fold(I256::ZERO, |sum, units| sum + *units);
                    let delta = values[values.len() - 1] - values[0];
                    if sum * I256::from(10).pow(PLACES - u32::from(shown.places)) != delta {
                        return Err(format!("{name} at {key:?}: {shown:?} is not {delta}\n{}", told()));
                    }
                    for (mine, (numbers, divisor)) in [shares, stacked, interactions].into_iter().zip(&defined) {
                        // mine / (denominator · 10^places) = numbers / (divisor · 10^PLACES)
                        let factor = *divisor * I256::from(10).pow(PLACES - places);
                        let same = |(a, b): (&I256, &I256)| *a * factor == *b * denominator;
                        if mine.len() != numbers.len() || !mine.iter().zip(numbers).all(same) {
                            let what = format!("{mine:?} of {denominator} is not {numbers:?} of {divisor}");
                            return Err(format!("{name} at {key:?}: {what}\n{}", told()));
                        }
                    }
                }
                (cell, values) => return Err(format!("{name} at {key:?}: {cell:?} but {values:?}\n{}", told())),
            }
        }
    }
    Ok(if groups.len() < n { End::Together } else { End::Shares })
}

/// The shares over `n!`, what is stacked over 1, and the interactions over `(n-1)!`, of a value for each subset.
fn definition(values: &[I256], n: usize) -> [(Vec<I256>, I256); 3] {
    let mut shares = vec![I256::ZERO; n];
    let mut count = I256::ZERO;
    each_order(&mut (0..n).collect(), 0, &mut |order| {
        let mut mask = 0;
        for &at in order {
            shares[at] += values[mask | 1 << at] - values[mask];
            mask |= 1 << at;
        }
        count += I256::ONE;
    });
    let stacked = (0..n).map(|at| values[(1 << (at + 1)) - 1] - values[(1 << at) - 1]).collect();
    let factorial = |n: usize| (1..=n).fold(I256::ONE, |product, k| product * I256::from(k as u64));
    let mut interactions = Vec::new();
    for a in 0..n {
        for b in a + 1..n {
            let without = (0..values.len()).filter(|mask| mask & (1 << a | 1 << b) == 0);
            interactions.push(without.fold(I256::ZERO, |sum, mask| {
                let size = mask.count_ones() as usize;
                let both =
                    values[mask | 1 << a | 1 << b] - values[mask | 1 << a] - values[mask | 1 << b] + values[mask];
                sum + factorial(size) * factorial(n - size - 2) * both
            }));
        }
    }
    [(shares, count), (stacked, I256::ONE), (interactions, factorial(n.saturating_sub(1)))]
}

fn each_order(order: &mut Vec<usize>, from: usize, visit: &mut impl FnMut(&[usize])) {
    if from == order.len() {
        visit(order);
    }
    for at in from..order.len() {
        order.swap(from, at);
        each_order(order, from + 1, visit);
        order.swap(from, at);
    }
}
