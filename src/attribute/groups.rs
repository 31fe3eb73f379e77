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
    let around = around(smallest, all, groups.len(), &works);
    let within = |group: usize| around & (1 << group) != 0;
    let mut one: Vec<usize> =
        groups.iter().enumerate().filter(|(at, _)| within(*at)).flat_map(|(_, group)| group.iter().copied()).collect();
    one.sort_unstable();
    let others = groups.iter().enumerate().filter(|(at, _)| !within(*at)).map(|(_, group)| group.clone());
    let mut joined: Vec<Vec<usize>> = others.chain([one]).collect();
    joined.sort();
    (joined.len() < groups.len()).then_some(joined)
}

/// How many sets are tried in search of the smallest that works.
const MOST_TRIED: usize = 1000;

/// A smallest set around another one that works, within one that does.
fn around(inner: Mask, outer: Mask, groups: usize, works: &dyn Fn(Mask) -> bool) -> Mask {
    let mut around = outer;
    // What could not be left out at first may be left out after what needs it.
    loop {
        let before = around;
        for group in 0..groups {
            let less = around & !(1 << group);
            if less != around && inner & (1 << group) == 0 && works(less) {
                around = less;
            }
        }
        if around == before {
            break;
        }
    }
    // Groups that need one another can't be left out one by one, though they have nothing to do with what is sought.
    let more: Vec<Mask> = (0..groups).map(|group| 1 << group).filter(|bit| around & !inner & bit != 0).collect();
    let mut tries = MOST_TRIED;
    let found = (1..more.len()).find_map(|size| with_more(inner, &more, size, &mut tries, works));
    found.unwrap_or(around)
}

/// The first set that works of those with so many more groups.
fn with_more(set: Mask, more: &[Mask], size: usize, tries: &mut usize, works: &dyn Fn(Mask) -> bool) -> Option<Mask> {
    if size == 0 {
        *tries = tries.checked_sub(1)?;
        return works(set).then_some(set);
    }
    let places = 0..more.len().saturating_sub(size - 1);
    places.into_iter().find_map(|at| {
        let (one, rest) = more.get(at..)?.split_first()?;
        with_more(set | one, rest, size - 1, tries, works)
    })
}
