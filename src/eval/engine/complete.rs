//! Dimensions with `in`: which values lie outside, and the cells that exist in any case.

use super::group::group;
use super::vector::{all_rows, at, put};
use super::world::World;
use super::{Cells, Key};
use crate::diag::Problems;
use crate::eval::faults;
use crate::plan::{By, Domain, Index};
use crate::value::Value;
use crate::value::column::Column;

/// The values of a dimension with `in`, ascending; `None` for a dimension without.
pub type Values = Option<Vec<Value>>;

/// The domain of each dimension.
pub fn domains(world: &World<'_>, by: &[By]) -> Vec<Values> {
    by.iter().map(|by| by.domain.as_ref().map(|domain| values(world, domain))).collect()
}

fn values(world: &World<'_>, domain: &Domain) -> Vec<Value> {
    let mut values = match domain {
        Domain::Values(values) => values.clone(),
        Domain::Keys(input, column) => world.table(*input).columns.get(*column).map_or_else(Vec::new, |column| {
            let distinct = group(std::slice::from_ref(column), column.len());
            distinct.first.iter().map(|&row| column.value(row as usize)).filter(Value::is_known).collect()
        }),
    };
    values.sort();
    values.dedup();
    values
}

/// The rows whose dimensions all lie in their domains, ascending.
pub fn inside(dims: &[Column], domains: &[Values], rows: usize) -> Vec<u32> {
    let mut inside = vec![true; rows];
    for (dim, domain) in dims.iter().zip(domains) {
        let Some(domain) = domain else { continue };
        let groups = group(std::slice::from_ref(dim), rows);
        let value = |&first: &u32| domain.binary_search(&dim.value(first as usize)).is_ok();
        let holds: Vec<bool> = groups.first.iter().map(value).collect();
        for (place, &id) in groups.ids.iter().enumerate() {
            if !at(&holds, id as usize) {
                put(&mut inside, place, false);
            }
        }
    }
    let mut rows = all_rows(rows);
    rows.retain(|&row| at(&inside, row as usize));
    rows
}

/// Adds the cells that no row fell into: the tuples seen over dimensions without a domain, crossed with all values of
/// the others. Without dimensions there is one cell.
pub fn complete(index: &Index, cells: Cells, domains: &[Values], nothing: &Value, problems: &mut Problems) -> Cells {
    if !domains.is_empty() && domains.iter().all(Option::is_none) {
        return cells;
    }
    let free = |key: &Key| -> Key {
        key.iter().zip(domains).filter(|(_, domain)| domain.is_none()).map(|(value, _)| value.clone()).collect()
    };
    let mut seen: Vec<Key> = cells.iter().map(|(key, _)| free(key)).collect();
    if domains.iter().all(Option::is_some) {
        seen.push(Key::new());
    }
    seen.sort();
    seen.dedup();
    if let Some(found) = faults::too_many_cells(index, seen.len(), domains.iter().flatten().map(Vec::len)) {
        problems.push(found);
        return cells;
    }
    let mut keys: Vec<Key> = seen.iter().flat_map(|seen| crossed(seen, domains)).collect();
    keys.sort();
    let mut filled = cells.into_iter().peekable();
    let value = |key: Key| match filled.next_if(|(cell, _)| *cell == key) {
        Some(cell) => cell,
        None => (key, nothing.clone()),
    };
    keys.into_iter().map(value).collect()
}

/// The keys with these values of the free dimensions and any of the others.
fn crossed(seen: &[Value], domains: &[Values]) -> Vec<Key> {
    let mut seen = seen.iter();
    let mut keys = vec![Key::new()];
    for domain in domains {
        let one;
        let values = match domain {
            Some(values) => values.as_slice(),
            None => {
                one = seen.next().cloned().unwrap_or_default();
                std::slice::from_ref(&one)
            }
        };
        let longer = |key: &Key| -> Vec<Key> {
            values.iter().map(|value| key.iter().chain([value]).cloned().collect()).collect()
        };
        keys = keys.iter().flat_map(longer).collect();
    }
    keys
}
