//! What varies in a sensitivity analysis, of all files of a chain; and the changes of other overlays that it chooses from.

use std::sync::Arc;

use super::{Chain, Change, target};
use crate::syntax::ast::{Doc, Exclude, Item, ItemKind, LineKey, Vary};

/// An item that says what varies.
#[derive(Debug, Clone)]
pub struct VariedItem<T> {
    /// The item.
    pub tree: T,
    /// Its doc comments.
    pub doc: Doc,
    /// Whether it stands in the scheme's own file, rather than in one that it extends.
    pub own: bool,
}

/// Whether an item says what varies.
pub(super) fn is_varied(item: &Item) -> bool {
    matches!(item.kind, ItemKind::Vary(_) | ItemKind::Exclude(_))
}

impl Chain {
    /// What varies, the base's first.
    pub fn varies(&self) -> Vec<VariedItem<Vary>> {
        self.varied(|kind| if let ItemKind::Vary(vary) = kind { Some(vary.clone()) } else { None })
    }

    /// Which changes are never made together.
    pub fn excludes(&self) -> Vec<VariedItem<Exclude>> {
        self.varied(|kind| if let ItemKind::Exclude(exclude) = kind { Some(exclude.clone()) } else { None })
    }

    fn varied<T>(&self, pick: impl Fn(&ItemKind) -> Option<T>) -> Vec<VariedItem<T>> {
        let last = self.layers.len().saturating_sub(1);
        let layers = self.layers.iter().enumerate();
        let items = layers.flat_map(|(at, layer)| layer.items.iter().map(move |item| (at == last, item)));
        items
            .filter_map(|(own, item)| Some(VariedItem { tree: pick(&item.kind)?, doc: item.doc.clone(), own }))
            .collect()
    }

    /// The changes of a name, as places among all; those of the last file first.
    pub fn changes_named(&self, name: &str) -> Vec<usize> {
        let named = self.changes.iter().enumerate().filter(|(_, change)| *change.name == *name);
        let mut found: Vec<usize> = named.map(|(at, _)| at).collect();
        found.reverse();
        found
    }

    /// Puts the files of another chain behind this one, from where the two part, and tells where the changes of these
    /// begin. Nothing where the two extend nothing in common.
    pub fn append(&mut self, other: &Chain) -> Option<usize> {
        let shared = self.shared(other);
        if shared == 0 {
            return None;
        }
        let first = self.changes.len();
        *self = self.join(other, shared);
        Some(first)
    }
}

/// Whether a change gives a parameter, or a line of a scale, another value by name.
pub fn is_set_by(change: &Change, item: &str, key: Option<&LineKey>) -> bool {
    let target: Arc<str> = match key {
        Some(key) => format!("{item}({})", target::key_words(key.node.as_ref())).into(),
        None => item.into(),
    };
    change.edits.iter().flat_map(target::named).any(|(named, _)| *named == *target)
}
