//! The items of the scheme that is changed, by their names.

use std::sync::Arc;

use crate::resolve::Kind;
use crate::source::Span;
use crate::syntax::ast::{Check, Index, Item, ItemKind, Name, Step, StepKind};

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

/// The item that has a part of this name, if a single one has.
pub fn owner_of<'i>(items: &'i [Item], part: &str) -> Option<&'i str> {
    let mut owners = items.iter().filter_map(|item| match &item.kind {
        ItemKind::Score(score) => score.steps.iter().any(|step| *step.label.node == *part).then_some(&*score.name.node),
        ItemKind::Input(input) => {
            input.columns.iter().any(|column| *column.name.node == *part).then_some(&*input.name.node)
        }
        _ => None,
    });
    owners.next().filter(|_| owners.next().is_none())
}

/// What the checks of inputs and scores say.
pub fn checks(items: &[Item]) -> impl Iterator<Item = &Name> {
    items.iter().flat_map(|item| {
        let (steps, checks): (&[Step], &[Check]) = match &item.kind {
            ItemKind::Score(score) => (&score.steps, &[]),
            ItemKind::Input(input) => (&[], &input.checks),
            _ => (&[], &[]),
        };
        let of_steps = steps.iter().filter_map(|step| match &step.kind {
            StepKind::Check(check) => Some(&check.message),
            _ => None,
        });
        of_steps.chain(checks.iter().map(|check| &check.message))
    })
}

/// The name of an item in which a span lies; of a score's step with the score, as in `visit.halving`.
pub fn declared_at(item: &Item, span: Span) -> Option<String> {
    if !item.span.holds(span) {
        return None;
    }
    if let Some(index) = block(item).iter().find(|index| index.span.holds(span)) {
        return Some(index.name.node.to_string());
    }
    let (_, name) = kind_and_name(item)?;
    let step = match &item.kind {
        ItemKind::Score(score) => score.steps.iter().find(|step| step.span.holds(span)),
        _ => None,
    };
    Some(match step {
        Some(Step { kind: StepKind::Check(check), .. }) => format!("check \"{}\"", check.message.node),
        Some(step) => path(name, &step.label).to_string(),
        None => name.node.to_string(),
    })
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
