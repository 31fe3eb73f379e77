//! Sees to it that the rows of a unit stand together: either keys ascend or descend, or no key comes again.

use super::codes::hash_of;
use super::edges::Direction;
use crate::eval::engine::vector::{at, put};
use crate::value::piece::Keys;

/// How it is seen.
pub enum Watch {
    /// By the order of keys, which needs no memory.
    Order(Direction),
    /// By the hashes of all keys.
    Hashes(Hashes),
}

/// The hashes of the keys of runs. Two keys with the same hash look as if one came again: that is no error, only slow.
pub struct Hashes {
    all: Vec<u64>,
    most: usize,
    /// Hashes that came lately, each in its slot: where rows are scattered a key comes again soon.
    late: Vec<u64>,
}

/// How many slots there are for hashes that came lately.
const LATE: usize = 1 << 14;

impl Watch {
    /// By the order of keys.
    pub fn order() -> Self {
        Watch::Order(Direction::default())
    }

    /// By at most so many hashes.
    pub fn hashes(most: usize) -> Self {
        Watch::Hashes(Hashes { all: Vec::new(), most, late: vec![0; LATE] })
    }

    /// Notes the runs of a piece; whether all is well so far.
    pub fn is_well(&mut self, keys: &Keys) -> bool {
        match self {
            Watch::Order(direction) => {
                direction.note_runs(keys);
                !direction.is_disorder()
            }
            // The first and the last run may go on in other pieces.
            Watch::Hashes(hashes) => (1..keys.len().saturating_sub(1)).all(|run| hashes.add(hash_of(keys, run))),
        }
    }

    /// Whether all is well with the runs that several threads have noted, and those at the borders of pieces.
    pub fn are_well(watches: Vec<Watch>, borders: &Keys) -> bool {
        let mut direction = Direction::default();
        direction.note_runs(borders);
        let mut lists: Vec<Vec<u64>> = Vec::new();
        for watch in watches {
            match watch {
                Watch::Order(of_thread) => direction = direction.with(of_thread),
                Watch::Hashes(hashes) => lists.push(hashes.all),
            }
        }
        if lists.is_empty() {
            return !direction.is_disorder();
        }
        lists.push((0..borders.len()).map(|run| hash_of(borders, run)).collect());
        is_distinct(&mut lists)
    }
}

impl Hashes {
    /// Adds a hash; whether it hasn't come lately, and there is room.
    fn add(&mut self, hash: u64) -> bool {
        let slot = hash as usize % LATE;
        if at(&self.late, slot) == hash || self.all.len() == self.most {
            return false;
        }
        put(&mut self.late, slot, hash);
        self.all.push(hash);
        true
    }
}

/// Whether no number is twice in some lists.
fn is_distinct(lists: &mut [Vec<u64>]) -> bool {
    std::thread::scope(|scope| {
        for list in lists.iter_mut() {
            scope.spawn(|| list.sort_unstable());
        }
    });
    let is_alone = |list: &Vec<u64>| list.windows(2).all(|pair| pair.first() != pair.last());
    let pairs = || lists.iter().enumerate().flat_map(|(at, a)| lists.iter().skip(at + 1).map(move |b| (a, b)));
    lists.iter().all(is_alone) && pairs().all(|(a, b)| have_nothing_in_common(a, b))
}

/// Whether no number is in both of two ascending lists.
fn have_nothing_in_common(a: &[u64], b: &[u64]) -> bool {
    let mut others = b.iter().peekable();
    a.iter().all(|number| {
        while others.next_if(|other| *other < number).is_some() {}
        others.peek() != Some(&number)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(texts: &[&str]) -> Keys {
        let mut keys = Keys::default();
        texts.iter().for_each(|text| keys.push(text.as_bytes()));
        keys
    }

    /// Whether all is well with the pieces of two threads and the borders between them.
    fn is_well(mut watches: [Watch; 2], pieces: [&[&[&str]]; 2], borders: &[&str]) -> bool {
        let mut each = watches.iter_mut().zip(pieces);
        each.all(|(watch, pieces)| pieces.iter().all(|piece| watch.is_well(&keys(piece))))
            && Watch::are_well(watches.into(), &keys(borders))
    }

    #[test]
    fn keys_in_order_need_no_hashes() {
        let order = || [Watch::order(), Watch::order()];
        assert!(is_well(order(), [&[&["a", "b", "c"]], &[&["c", "d"]]], &["a", "c", "d"]));
        assert!(!is_well(order(), [&[&["a", "b", "c"]], &[&["c", "a"]]], &["a", "c", "a"]));
        assert!(!is_well(order(), [&[&["b"]], &[&["c"]]], &["b", "c", "a"]));
    }

    #[test]
    fn a_key_that_comes_again_is_seen() {
        let hashes = || [Watch::hashes(100), Watch::hashes(100)];
        assert!(is_well(hashes(), [&[&["z", "b", "x", "c"]], &[&["c", "d", "a"]]], &["z", "c", "a"]));
        // In one piece, in two pieces of a thread, of two threads, at borders, and at a border and elsewhere.
        assert!(!is_well(hashes(), [&[&["z", "b", "x", "b", "c"]], &[]], &["z", "c"]));
        assert!(!is_well(hashes(), [&[&["z", "b", "x"], &["z", "b", "x"]], &[]], &["z", "x"]));
        assert!(!is_well(hashes(), [&[&["z", "b", "x"]], &[&["x", "b", "a"]]], &["z", "x", "a"]));
        assert!(!is_well(hashes(), [&[&["z", "b", "x"]], &[&["y", "c", "z"]]], &["z", "x", "y", "z"]));
        assert!(!is_well(hashes(), [&[&["z", "b", "x"]], &[&["b", "c", "a"]]], &["z", "x", "b", "a"]));
    }

    #[test]
    fn hashes_take_no_more_memory_than_they_may() {
        let mut watch = Watch::hashes(2);
        assert!(watch.is_well(&keys(&["a", "b", "c", "d"])));
        assert!(!watch.is_well(&keys(&["e", "f", "g"])));
    }
}
