//! Changes that can't be told apart: where some subset of them is no scheme or can't be run, those that need one
//! another are taken as one.

use super::variants::Variants;
use super::{Mask, Tables};

/// The groups, fewer than before, in which those that a failing set needs are one. `None` where the set of all fails.
pub fn joined(variants: &Variants<'_, '_>, tables: &Tables<'_>, failing: Mask) -> Option<Vec<Vec<usize>>> {
    let groups = variants.groups;
    let all = variants.all();
    let works = |mask: Mask| variants.works(mask, tables);
    if !works(all) || !works(0) {
        return None;
    }
    // The smallest part of the set that still fails …
    let mut smallest = failing;
    for group in 0..groups.len() {
        let less = smallest & !(1 << group);
        if less != smallest && !works(less) {
            smallest = less;
        }
    }
    // … and a smallest set around it that works.
    let mut around = all;
    for group in 0..groups.len() {
        let less = around & !(1 << group);
        if smallest & (1 << group) == 0 && works(less) {
            around = less;
        }
    }
    let within = |group: usize| around & (1 << group) != 0;
    let mut one: Vec<usize> =
        groups.iter().enumerate().filter(|(at, _)| within(*at)).flat_map(|(_, group)| group.iter().copied()).collect();
    one.sort_unstable();
    let others = groups.iter().enumerate().filter(|(at, _)| !within(*at)).map(|(_, group)| group.clone());
    let mut joined: Vec<Vec<usize>> = others.chain([one]).collect();
    joined.sort();
    (joined.len() < groups.len()).then_some(joined)
}
