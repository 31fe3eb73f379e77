//! Rows that no later step can tell apart: one of them stands for all.
//!
//! Input: the rows of a frame and of its ghosts, and the columns in which later steps tell rows apart. Output: the rows
//! that stand for all, and for how many each.

use std::collections::HashMap;

use crate::eval::engine::group::{Groups, group};
use crate::eval::engine::vector::{all_rows, at, put, row};
use crate::value::column::Column;

/// Rows that stand for others: their places, ascending, and for how many units each stands.
#[derive(Debug, Default)]
pub struct Chosen {
    /// The places.
    pub places: Vec<u32>,
    /// A number for each place.
    pub weights: Vec<i64>,
}

/// One row of each class, for as many as there are.
pub fn of_rows(columns: &[Column], rows: usize) -> Chosen {
    let classes = group(columns, rows);
    let mut weights = vec![0i64; classes.first.len()];
    for &class in &classes.ids {
        let weight = at(&weights, class as usize);
        put(&mut weights, class as usize, weight + 1);
    }
    Chosen { places: classes.first, weights }
}

/// Of all units that are made alike one, with as few rows as tell how it is made.
///
/// The units of each level lie within those of the next one. One of the first level is made of the classes of its rows,
/// one of the next of the kinds of units in it, and so on; how many of a kind makes no difference.
pub fn of_units(columns: &[Column], levels: &[Groups], rows: usize) -> Chosen {
    let mut kept = vec![true; rows];
    // What the units of a level are made of: the item of each row, and the kind of each item.
    let mut items = all_rows(rows);
    let mut kinds = group(columns, rows).ids;
    for units in levels {
        let made = made(&kinds, &parents(&items, kinds.len(), units), units.first.len());
        leave(&mut kept, &items, &made.is_first);
        (items, kinds) = (units.ids.clone(), made.kinds);
    }
    let mut counts: Vec<i64> = Vec::new();
    let mut is_first = Vec::with_capacity(kinds.len());
    for &kind in &kinds {
        let kind = kind as usize;
        is_first.push(kind == counts.len());
        counts.resize(counts.len().max(kind + 1), 0);
        let count = at(&counts, kind);
        put(&mut counts, kind, count + 1);
    }
    leave(&mut kept, &items, &is_first);
    let places: Vec<u32> = all_rows(rows).into_iter().filter(|&place| at(&kept, place as usize)).collect();
    let kind = |place: &u32| at(&kinds, at(&items, *place as usize) as usize);
    let weights = places.iter().map(|place| at(&counts, kind(place) as usize)).collect();
    Chosen { places, weights }
}

/// Whether the first units lie within the second ones: all rows of one are of one.
pub fn lie_within(inner: &Groups, outer: &Groups) -> bool {
    let parents = parents(&inner.ids, inner.first.len(), outer);
    inner.ids.iter().zip(&outer.ids).all(|(&unit, &outer)| at(&parents, unit as usize) == outer)
}

/// The unit in which each item lies.
fn parents(items: &[u32], count: usize, units: &Groups) -> Vec<u32> {
    let mut parents = vec![0; count];
    for (&item, &unit) in items.iter().zip(&units.ids) {
        put(&mut parents, item as usize, unit);
    }
    parents
}

/// What units are made of.
struct Made {
    /// For each item, whether it is the first of its kind in its unit.
    is_first: Vec<bool>,
    /// The kind of each unit, numbered from 0 by the first unit of each.
    kinds: Vec<u32>,
}

fn made(kinds: &[u32], parents: &[u32], units: usize) -> Made {
    let mut known: HashMap<Box<[u32]>, u32> = HashMap::new();
    let mut made = Made { is_first: vec![false; kinds.len()], kinds: Vec::with_capacity(units) };
    let mut inside = Vec::new();
    for unit in by_unit(parents, units).chunk_by_mut(|&a, &b| at(parents, a as usize) == at(parents, b as usize)) {
        let kind = |item: u32| at(kinds, item as usize);
        unit.sort_unstable_by_key(|&item| (kind(item), item));
        inside.clear();
        for &item in &*unit {
            if inside.last() != Some(&kind(item)) {
                inside.push(kind(item));
                put(&mut made.is_first, item as usize, true);
            }
        }
        let next = row(known.len());
        let kind = match known.get(inside.as_slice()) {
            Some(&kind) => kind,
            None => *known.entry(inside.as_slice().into()).or_insert(next),
        };
        made.kinds.push(kind);
    }
    made
}

/// Leaves the rows whose items are to be left.
fn leave(kept: &mut [bool], items: &[u32], left: &[bool]) {
    for (kept, &item) in kept.iter_mut().zip(items) {
        *kept &= at(left, item as usize);
    }
}

/// All items, those of a unit together. No unit is empty.
fn by_unit(unit_of: &[u32], units: usize) -> Vec<u32> {
    let mut next = vec![0u32; units + 1];
    for &unit in unit_of {
        let behind = unit as usize + 1;
        let count = at(&next, behind);
        put(&mut next, behind, count + 1);
    }
    let mut sum = 0;
    for start in &mut next {
        sum += *start;
        *start = sum;
    }
    let mut order = all_rows(unit_of.len());
    for (place, &unit) in unit_of.iter().enumerate() {
        let to = at(&next, unit as usize);
        put(&mut order, to as usize, row(place));
        put(&mut next, unit as usize, to + 1);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::column::Data;

    fn column(list: &[i64]) -> Column {
        Column::full(Data::Small(list.to_vec()))
    }

    fn units(list: &[i64]) -> Groups {
        group(&[column(list)], list.len())
    }

    #[test]
    fn one_row_stands_for_all_of_its_class() {
        let chosen = of_rows(&[column(&[7, 8, 7, 7])], 4);
        assert_eq!((chosen.places, chosen.weights), (vec![0, 1], vec![3, 1]));
    }

    #[test]
    fn one_unit_stands_for_all_with_the_same_classes() {
        // The units 1 and 3 have the classes 5 and 6, in whatever order and number; unit 2 has the class 5 alone.
        let (keys, classes) = ([1, 2, 1, 3, 3, 3], [5, 5, 6, 6, 5, 5]);
        let chosen = of_units(&[column(&classes)], &[units(&keys)], 6);
        assert_eq!((chosen.places, chosen.weights), (vec![0, 1, 2], vec![2, 1, 2]));
    }

    #[test]
    fn units_of_units_are_made_of_kinds() {
        // The journeys 1 and 3 have a visit of 5 and 6 and one of 5 alone, 3 has the former twice; 2 has but that of 5.
        let visits = [10, 10, 11, 20, 30, 30, 31, 32, 32, 32];
        let journeys = [1, 1, 1, 2, 3, 3, 3, 3, 3, 3];
        let classes = [5, 6, 5, 5, 6, 5, 5, 5, 5, 6];
        assert!(lie_within(&units(&visits), &units(&journeys)));
        let chosen = of_units(&[column(&classes)], &[units(&visits), units(&journeys)], 10);
        assert_eq!((chosen.places, chosen.weights), (vec![0, 1, 2, 3], vec![2, 2, 2, 1]));
    }

    #[test]
    fn a_unit_that_is_in_two_lies_within_none() {
        assert!(!lie_within(&units(&[1, 1, 2]), &units(&[1, 2, 2])));
    }
}
