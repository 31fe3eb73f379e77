//! The changes on the way from one scheme to the other.

use std::sync::Arc;

use super::schemes::Loaded;
use crate::resolve::difference::alike;
use crate::resolve::overlay::{self, Chain, Change};
use crate::source::Span;

/// The changes on the way from one scheme to the other.
pub struct Way {
    /// Both schemes: the files that they share, then those of the first, then those of the second.
    pub chain: Chain,
    /// What becomes of each change of the chain.
    fates: Vec<Fate>,
    /// The changes of the way: places in the chain.
    players: Vec<usize>,
    /// What they are called.
    pub names: Vec<String>,
}

/// What becomes of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Both schemes have it.
    Stays,
    /// The first scheme says the same already.
    Said,
    /// The first scheme has it, and it is taken back.
    Undone,
    /// The second scheme has it, and it is made.
    Made,
}

impl Way {
    /// The way between two schemes. What both say in files of their own is no difference.
    pub fn of(a: &Chain, b: &Chain) -> Self {
        let layers = a.shared(b);
        let chain = a.join(b, layers);
        let first = a.changes().len();
        let mut fates: Vec<Fate> = chain
            .changes()
            .iter()
            .enumerate()
            .map(|(at, change)| match at < first {
                true if change.layer < layers => Fate::Stays,
                true => Fate::Undone,
                false => Fate::Made,
            })
            .collect();
        for (of_a, of_b) in common(chain.changes(), &fates) {
            set(&mut fates, of_a, Fate::Stays);
            set(&mut fates, of_b, Fate::Said);
        }
        let is_player = |at: &usize| matches!(fates.get(*at), Some(Fate::Undone | Fate::Made));
        let players: Vec<usize> = (0..fates.len()).filter(is_player).collect();
        let names = names(&chain, &fates, &players);
        Self { chain, fates, players, names }
    }

    /// Which changes of the chain are applied when these of the way have been made.
    pub fn applied(&self, made: &[bool]) -> Vec<bool> {
        let mut applied: Vec<bool> = self.fates.iter().map(|fate| matches!(fate, Fate::Stays | Fate::Undone)).collect();
        for (at, _) in self.players.iter().zip(made).filter(|(_, made)| **made) {
            if let Some(mark) = applied.get_mut(*at) {
                *mark = !*mark;
            }
        }
        applied
    }

    /// For each change of the way, whether it is about how data is read.
    pub fn of_inputs(&self, loaded: &[Loaded]) -> Vec<bool> {
        let inputs = loaded.iter().flat_map(|loaded| &loaded.compiled.plan.inputs);
        let inputs: Vec<&str> = inputs.map(|input| &*input.schema.name).collect();
        self.changes().map(|change| overlay::is_about(change, &inputs)).collect()
    }

    fn changes(&self) -> impl Iterator<Item = &Change> {
        self.players.iter().filter_map(|&at| self.chain.changes().get(at))
    }

    /// The names of the changes that are about something.
    pub fn named(&self, target: &str) -> Vec<&str> {
        let about = self.changes().zip(&self.names).filter(|(change, _)| overlay::names(change, target).is_some());
        about.map(|(_, name)| name.as_str()).collect()
    }

    /// The change in whose text something stands, or that names what it is about: its place on the way, and where it
    /// says so.
    pub fn change(&self, places: [Option<Span>; 2], target: &str) -> Option<(usize, Span)> {
        let holds = |change: &Change| places.iter().flatten().copied().find(|span| change.span.holds(*span));
        let inside = self.changes().enumerate().find_map(|(at, change)| Some((at, holds(change)?)));
        inside
            .or_else(|| self.changes().enumerate().find_map(|(at, change)| Some((at, overlay::names(change, target)?))))
    }
}

fn set(fates: &mut [Fate], at: usize, to: Fate) {
    if let Some(fate) = fates.get_mut(at) {
        *fate = to;
    }
}

/// The pairs of changes, one of each scheme, that say the same.
fn common(changes: &[Change], fates: &[Fate]) -> Vec<(usize, usize)> {
    let of = |wanted: Fate| {
        let with = changes.iter().zip(fates).enumerate();
        with.filter(move |(_, (_, fate))| **fate == wanted).map(|(at, (change, _))| (at, change)).collect::<Vec<_>>()
    };
    let mut free = of(Fate::Made);
    let mut pairs = Vec::new();
    for (at, change) in of(Fate::Undone) {
        if let Some(place) = free.iter().position(|(_, other)| alike(&change.edits, &other.edits)) {
            pairs.push((at, free.remove(place).0));
        }
    }
    pairs
}

/// Names for the changes of the way. Two that are named alike get the name of their scheme.
fn names(chain: &Chain, fates: &[Fate], players: &[usize]) -> Vec<String> {
    let plain = |at: usize| -> Option<&Arc<str>> { chain.changes().get(at).map(|change| &change.name) };
    let name = |&at: &usize| {
        let change = chain.changes().get(at)?;
        let again = players.iter().filter(|&&other| plain(other) == Some(&change.name)).count() > 1;
        let scheme = chain.layers().get(change.layer).and_then(|layer| layer.head.name.as_ref()).filter(|_| again);
        let name = scheme.map_or_else(|| change.name.to_string(), |scheme| format!("{}: {}", scheme.node, change.name));
        Some(if fates.get(at) == Some(&Fate::Undone) { format!("{name} (undone)") } else { name })
    };
    players.iter().filter_map(name).collect()
}
