//! Rows that no later step can tell apart: one of them stands for all. Units that are made alike: so does one of them.
//!
//! Input: the rows of a frame and of its ghosts, the columns in which later steps tell rows apart, and the units of the
//! steps that bring rows together. Output: the rows that stand for all, and for how many rows or units.

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

/// Kinds of units: those of a kind are made alike. The units of each level lie within those of the next one. One of the
/// first level is made of the classes of its rows, one of the next of the kinds of units in it, and so on; how many of a
/// kind makes no difference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kinds {
    /// A row of each class in one unit of each kind of the first level, ascending.
    pub places: Vec<u32>,
    /// The kind of the unit of each.
    pub kinds: Vec<u32>,
    /// For each further level, and each kind of the level before, the kinds that are made of it.
    pub within: Vec<Vec<Vec<u32>>>,
    /// For each kind of the last level, how many units there are.
    pub counts: Vec<i64>,
}

/// The kinds of the units of some levels; at least one.
pub fn of_units(columns: &[Column], levels: &[Groups], rows: usize) -> Kinds {
    let mut found = Kinds::default();
    // What the units of a level are made of: the item of each row, and the kind of each item.
    let mut items = all_rows(rows);
    let mut kinds = group(columns, rows).ids;
    for (level, units) in levels.iter().enumerate() {
        let Made { kinds: of_units, mut members, counts } =
            made(&kinds, &parents(&items, kinds.len(), units), units.first.len());
        if level == 0 {
            members.sort_unstable();
            (found.places, found.kinds) = members.into_iter().unzip();
        } else {
            let mut within = vec![Vec::new(); found.counts.len()];
            for (item, kind) in members {
                if let Some(outer) = within.get_mut(at(&kinds, item as usize) as usize) {
                    outer.push(kind);
                }
            }
            found.within.push(within);
        }
        found.counts = counts;
        (items, kinds) = (units.ids.clone(), of_units);
    }
    found
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
    /// The kind of each unit, numbered from 0 by the first unit of each.
    kinds: Vec<u32>,
    /// For the first unit of each kind, an item of each kind in it, and the kind of the unit.
    members: Vec<(u32, u32)>,
    /// How many units there are of each kind.
    counts: Vec<i64>,
}

fn made(kinds: &[u32], parents: &[u32], units: usize) -> Made {
    let mut known: HashMap<Box<[u32]>, u32> = HashMap::new();
    let mut made = Made { kinds: Vec::with_capacity(units), members: Vec::new(), counts: Vec::new() };
    for unit in by_unit(parents, units).chunk_by_mut(|&a, &b| at(parents, a as usize) == at(parents, b as usize)) {
        let kind = |item: u32| at(kinds, item as usize);
        unit.sort_unstable_by_key(|&item| (kind(item), item));
        let mut items = unit.to_vec();
        items.dedup_by_key(|item| kind(*item));
        let inside: Box<[u32]> = items.iter().map(|&item| kind(item)).collect();
        let next = row(made.counts.len());
        let kind = *known.entry(inside).or_insert_with(|| {
            made.members.extend(items.iter().map(|&item| (item, next)));
            made.counts.push(0);
            next
        });
        made.kinds.push(kind);
        let count = at(&made.counts, kind as usize);
        put(&mut made.counts, kind as usize, count + 1);
    }
    made
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
    fn units_with_the_same_classes_are_of_a_kind() {
        // The units 1 and 3 have the classes 5 and 6, in whatever order and number; unit 2 has the class 5 alone.
        let (keys, classes) = ([1, 2, 1, 3, 3, 3], [5, 5, 6, 6, 5, 5]);
        let found = of_units(&[column(&classes)], &[units(&keys)], 6);
        let wanted = Kinds { places: vec![0, 1, 2], kinds: vec![0, 1, 0], within: Vec::new(), counts: vec![2, 1] };
        assert_eq!(found, wanted);
    }

    #[test]
    fn units_of_units_are_made_of_kinds() {
        // The journeys 1 and 3 have a visit of 5 and 6 and one of 5 alone, 3 has the former twice; 2 has but that of 5.
        let visits = [10, 10, 11, 20, 30, 30, 31, 32, 32, 32];
        let journeys = [1, 1, 1, 2, 3, 3, 3, 3, 3, 3];
        let classes = [5, 6, 5, 5, 6, 5, 5, 5, 5, 6];
        assert!(lie_within(&units(&visits), &units(&journeys)));
        let found = of_units(&[column(&classes)], &[units(&visits), units(&journeys)], 10);
        assert_eq!((found.places, found.kinds), (vec![0, 1, 2], vec![0, 0, 1]));
        assert_eq!((found.within, found.counts), (vec![vec![vec![0], vec![0, 1]]], vec![2, 1]));
    }

    #[test]
    fn a_unit_that_is_in_two_lies_within_none() {
        assert!(!lie_within(&units(&[1, 1, 2]), &units(&[1, 2, 2])));
    }
}
