//! The items of the scheme that is changed, by their names.

use std::sync::Arc;

use crate::resolve::Kind;
use crate::source::Span;
use crate::syntax::ast::{Index, Item, ItemKind, Name};

/// Where a named item stands: among the items, or in a block of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    Item(usize),
    InBlock(usize, usize),
}

/// The kind and name of an item that has one; those of a block's indices are in the block.
pub fn kind_and_name(item: &Item) -> Option<(Kind, &Name)> {
    match &item.kind {
        ItemKind::Input(input) => Some((Kind::Input, &input.name)),
        ItemKind::Scale(scale) => Some((Kind::Scale, &scale.name)),
        ItemKind::Param(param) => Some((Kind::Param, &param.name)),
        ItemKind::Score(score) => Some((Kind::Score, &score.name)),
        ItemKind::Index(index) => Some((Kind::Index, &index.name)),
        _ => None,
    }
}

/// The indices of a block.
pub fn block(item: &Item) -> &[Index] {
    if let ItemKind::Block { indices, .. } = &item.kind { indices } else { &[] }
}

/// All named items: place, kind, name.
pub fn all(items: &[Item]) -> impl Iterator<Item = (At, Kind, &Name)> {
    items.iter().enumerate().flat_map(|(at, item)| {
        let own = kind_and_name(item).map(|(kind, name)| (At::Item(at), kind, name));
        let inner = block(item).iter().enumerate();
        own.into_iter().chain(inner.map(move |(place, index)| (At::InBlock(at, place), Kind::Index, &index.name)))
    })
}

/// The item of a name.
pub fn find(items: &[Item], name: &str) -> Option<(At, Kind, Span)> {
    all(items).find(|(_, _, found)| *found.node == *name).map(|(at, kind, found)| (at, kind, found.span))
}

/// The names of all items.
pub fn names(items: &[Item]) -> impl Iterator<Item = &str> {
    all(items).map(|(_, _, name)| &*name.node)
}

/// Takes an item out; a block without indices goes, too.
pub fn take_out(items: &mut Vec<Item>, at: At) {
    match at {
        At::Item(at) => drop(items.remove(at)),
        At::InBlock(at, place) => {
            if let Some(ItemKind::Block { indices, .. }) = items.get_mut(at).map(|item| &mut item.kind) {
                indices.remove(place);
                if indices.is_empty() {
                    items.remove(at);
                }
            }
        }
    }
}

/// Puts an item in the place of another of its kind. The doc comments of the other stay where it brings none.
pub fn put(items: &mut [Item], at: At, new: &Item) {
    match (at, &new.kind) {
        (At::Item(at), _) => {
            if let Some(slot) = items.get_mut(at) {
                let doc = if new.doc.is_empty() { std::mem::take(&mut slot.doc) } else { new.doc.clone() };
                *slot = Item { doc, ..new.clone() };
            }
        }
        (At::InBlock(at, place), ItemKind::Index(index)) => {
            if let Some(ItemKind::Block { indices, .. }) = items.get_mut(at).map(|item| &mut item.kind)
                && let Some(slot) = indices.get_mut(place)
            {
                *slot = index.clone();
            }
        }
        _ => {}
    }
}

/// How a name is written in a message.
pub fn path(item: &Name, part: &Name) -> Arc<str> {
    format!("{}.{}", item.node, part.node).into()
}
