//! In what two schemes differ, rule by rule, in words.
//!
//! Input: the merged trees of two schemes and their texts. Output: a [`Difference`] for each item, step or line of a
//! scale that isn't the same, with its place in both. Texts are quoted as they are written, without comments.

mod parts;
mod text;

use crate::resolve::overlay::items::{At, all, block};
use crate::resolve::{Kind, article};
use crate::source::{Sources, Span};
use crate::syntax::ast::{Dim, File, Index, Item, ItemKind};

use text::Texts;
pub use text::alike;

/// Something in which two schemes differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is about, as a change names it: `third_country`, `visit.halving`.
    pub target: String,
    /// What differs, in words.
    pub words: String,
    /// Where it stands in the first scheme, if it does.
    pub a: Option<Span>,
    /// Where it stands in the second.
    pub b: Option<Span>,
    /// What the first scheme says there, where the words don't say it.
    pub before: Option<String>,
    /// What the second says.
    pub after: Option<String>,
}

impl Difference {
    fn new(target: impl Into<String>, words: String, a: Option<Span>, b: Option<Span>) -> Self {
        Self { target: target.into(), words, a, b, before: None, after: None }
    }

    /// Adds what stands at these places.
    fn quoting(self, texts: &Texts<'_>, before: Option<Span>, after: Option<Span>) -> Self {
        Self { before: before.map(|span| texts.of(span)), after: after.map(|span| texts.of(span)), ..self }
    }
}

/// An item of either scheme, and its block's dimensions.
struct Found<'t> {
    item: &'t Item,
    index: Option<(&'t Index, Option<&'t [Dim]>)>,
    kind: Kind,
    name: &'t str,
    span: Span,
}

fn found(file: &File) -> Vec<Found<'_>> {
    let one = |(at, kind, name): (At, Kind, _)| {
        let (item, place) = match at {
            At::Item(at) => (file.items.get(at)?, None),
            At::InBlock(at, place) => (file.items.get(at)?, Some(place)),
        };
        let index = match (&item.kind, place) {
            (ItemKind::Index(index), _) => Some((index, None)),
            (ItemKind::Block { dims, .. }, Some(place)) => Some((block(item).get(place)?, Some(dims.as_slice()))),
            _ => None,
        };
        Some(Found { item, index, kind, name, span: index.map_or(item.span, |(index, _)| index.span) })
    };
    all(&file.items).filter_map(|(at, kind, name)| one((at, kind, &*name.node))).collect()
}

/// The differences, in the order of the first scheme; what only the second has comes behind.
pub fn differences(a: &File, b: &File, sources: &Sources) -> Vec<Difference> {
    let texts = Texts { sources };
    let (of_a, of_b) = (found(a), found(b));
    let mut differences = Vec::new();
    for one in &of_a {
        let word = one.kind.word();
        match of_b.iter().find(|other| other.name == one.name) {
            Some(other) if other.kind == one.kind => item(one, other, &texts, &mut differences),
            other => {
                let instead = other.map_or_else(String::new, |other| {
                    format!(", but {} {} of that name", article(other.kind), other.kind.word())
                });
                let words = format!("{word} `{}` isn't there{instead}", one.name);
                let found = Difference::new(one.name, words, Some(one.span), other.map(|other| other.span));
                differences.push(found.quoting(&texts, content(one), None));
            }
        }
    }
    for other in of_b.iter().filter(|other| !of_a.iter().any(|one| one.name == other.name)) {
        let words = format!("{} `{}` is added", other.kind.word(), other.name);
        let found = Difference::new(other.name, words, None, Some(other.span));
        differences.push(found.quoting(&texts, None, content(other)));
    }
    differences
}

/// What an item says, where that is short.
fn content(found: &Found<'_>) -> Option<Span> {
    match (&found.item.kind, found.index) {
        (_, Some((index, _))) => Some(index.span),
        (ItemKind::Param(_), _) => Some(found.span),
        _ => None,
    }
}

fn item(a: &Found<'_>, b: &Found<'_>, texts: &Texts<'_>, out: &mut Vec<Difference>) {
    let name = a.name;
    match (&a.item.kind, &b.item.kind) {
        (ItemKind::Param(a), ItemKind::Param(b)) => parts::params(a, b, texts, out),
        (ItemKind::Scale(a), ItemKind::Scale(b)) => parts::scales(a, b, texts, out),
        (ItemKind::Score(a), ItemKind::Score(b)) => parts::scores(a, b, texts, out),
        (ItemKind::Input(a), ItemKind::Input(b)) => parts::inputs(a, b, texts, out),
        _ => {
            let (Some((one, dims)), Some((other, other_dims))) = (a.index, b.index) else { return };
            let new = |words| Difference::new(name, words, Some(one.span), Some(other.span));
            if !alike(&one.body, &other.body) {
                let found = new(format!("index `{name}` is computed otherwise"));
                out.push(found.quoting(texts, Some(one.body.span), Some(other.body.span)));
            } else if one.hidden != other.hidden {
                out.push(new(format!(
                    "index `{name}` is {}",
                    if other.hidden { "hidden" } else { "no longer hidden" }
                )));
            }
            if !alike(&dims, &other_dims) {
                let span = |dims: Option<&[Dim]>| dims.and_then(|dims| Some(dims.first()?.span.to(dims.last()?.span)));
                let found = new(format!("the block of index `{name}` is by other dimensions"));
                out.push(found.quoting(texts, span(dims), span(other_dims)));
            }
        }
    }
}
