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

/// Of all units whose rows are of the same classes one, with a row of each class.
pub fn of_units(columns: &[Column], keys: &[Column], rows: usize) -> Chosen {
    let classes = group(columns, rows);
    let units = group(keys, rows);
    let mut known: HashMap<Box<[u32]>, usize> = HashMap::new();
    // For each kind of unit, the rows of the first and how many there are.
    let mut kinds: Vec<(Vec<u32>, i64)> = Vec::new();
    let mut kind = Vec::new();
    for unit in by_unit(&units).chunk_by_mut(|&a, &b| at(&units.ids, a as usize) == at(&units.ids, b as usize)) {
        let class = |place: u32| at(&classes.ids, place as usize);
        unit.sort_unstable_by_key(|&place| (class(place), place));
        kind.clear();
        kind.extend(unit.iter().map(|&place| class(place)));
        kind.dedup();
        if let Some((_, count)) = known.get(kind.as_slice()).and_then(|&at| kinds.get_mut(at)) {
            *count += 1;
            continue;
        }
        known.insert(kind.as_slice().into(), kinds.len());
        let mut places = unit.to_vec();
        places.dedup_by_key(|place| class(*place));
        kinds.push((places, 1));
    }
    let mut chosen: Vec<(u32, i64)> =
        kinds.into_iter().flat_map(|(places, count)| places.into_iter().map(move |place| (place, count))).collect();
    chosen.sort_unstable();
    let (places, weights) = chosen.into_iter().unzip();
    Chosen { places, weights }
}

/// All rows, those of a unit together.
fn by_unit(units: &Groups) -> Vec<u32> {
    let mut next = vec![0u32; units.first.len() + 1];
    for &unit in &units.ids {
        let behind = unit as usize + 1;
        let count = at(&next, behind);
        put(&mut next, behind, count + 1);
    }
    let mut sum = 0;
    for start in &mut next {
        sum += *start;
        *start = sum;
    }
    let mut order = all_rows(units.ids.len());
    for (place, &unit) in units.ids.iter().enumerate() {
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

    #[test]
    fn one_row_stands_for_all_of_its_class() {
        let chosen = of_rows(&[column(&[7, 8, 7, 7])], 4);
        assert_eq!((chosen.places, chosen.weights), (vec![0, 1], vec![3, 1]));
    }

    #[test]
    fn one_unit_stands_for_all_with_the_same_classes() {
        // The units 1 and 3 have the classes 5 and 6, in whatever order and number; unit 2 has the class 5 alone.
        let (keys, classes) = ([1, 2, 1, 3, 3, 3], [5, 5, 6, 6, 5, 5]);
        let chosen = of_units(&[column(&classes)], &[column(&keys)], 6);
        assert_eq!((chosen.places, chosen.weights), (vec![0, 1, 2], vec![2, 1, 2]));
    }
}
