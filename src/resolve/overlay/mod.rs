//! Overlays: the trees of a scheme's file and of those it extends become the tree of one file.
//!
//! Input: a [`Chain`], the base first. Output: a [`File`] in which the changes are applied in the order written. Any
//! of the changes can be left out, which is how their shares of a difference are found.

mod apply;
pub(super) mod items;
mod parts;
pub(super) mod target;
mod varied;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Problems};
use crate::source::{FileId, Span};
use crate::syntax::ast::{self, Edit, EditKind, File, Item, ItemKind, Name};

use apply::Workshop;
pub use target::key_words;
pub use varied::{VariedItem, is_set_by};

/// How many files may extend one another.
pub const MAX_LAYERS: usize = 16;

/// A scheme's file and those that it extends, the base first.
#[derive(Debug, Clone, Default)]
pub struct Chain {
    layers: Vec<Layer>,
    changes: Vec<Change>,
}

/// One file of a chain.
#[derive(Debug, Clone)]
pub struct Layer {
    /// The file.
    pub file: FileId,
    /// What it says of itself.
    pub head: Head,
    /// Of the base all items, of an overlay the head, what it claims (tests, expectations, checks on results), and what
    /// varies.
    items: Vec<Item>,
}

/// What a file says of itself.
#[derive(Debug, Clone, Default)]
pub struct Head {
    /// The scheme's name.
    pub name: Option<Name>,
    /// Its title.
    pub title: Option<Name>,
    /// The file that it extends.
    pub extends: Option<Name>,
    /// Its version.
    pub version: Option<Name>,
    /// Its authors.
    pub authors: Vec<Name>,
    /// What it cites.
    pub cites: Vec<Name>,
    /// The doc comments of the scheme.
    pub doc: ast::Doc,
}

/// A named change of a layer; a bare edit is named by its target.
#[derive(Debug, Clone)]
pub struct Change {
    /// Its name.
    pub name: Arc<str>,
    /// Whether it is an edit or an item alone, and has its name from what it is about.
    pub bare: bool,
    /// The layer: a place in the chain.
    pub layer: usize,
    /// Its doc comments.
    pub doc: ast::Doc,
    /// What it does, in order.
    pub edits: Vec<Edit>,
    /// Where its name stands; of a bare edit, all of it.
    pub name_span: Span,
    /// All of it.
    pub span: Span,
}

/// Which changes of a chain are applied.
#[derive(Debug, Clone, Copy)]
pub enum Applied<'a> {
    /// All, with what the last file claims of its results.
    All,
    /// Those that are marked, without claims: a change may take away what they are about.
    Some(&'a [bool]),
}

impl Applied<'_> {
    fn has(self, change: usize) -> bool {
        match self {
            Applied::All => true,
            Applied::Some(marks) => marks.get(change).copied().unwrap_or(false),
        }
    }
}

/// The name of the file that a tree extends.
pub fn extends(tree: &File) -> Option<&Name> {
    tree.items.iter().find_map(|item| match &item.kind {
        ItemKind::Scheme { extends, .. } => extends.as_ref(),
        _ => None,
    })
}

impl Chain {
    /// Adds a file that extends those before it; the first is the base.
    pub fn push(&mut self, file: FileId, tree: File, problems: &mut Problems) {
        let (layer, base) = (self.layers.len(), self.layers.is_empty());
        let mut head = Head::default();
        let (mut items, mut changes) = (Vec::new(), Vec::new());
        for item in tree.items {
            note_head(&mut head, &item);
            match item.kind {
                ItemKind::Change(change) => changes.push(named(change, item.doc, layer)),
                _ if base || is_head(&item) || is_claim(&item) || varied::is_varied(&item) => items.push(item),
                _ => changes.push(added(item, layer)),
            }
        }
        if base {
            if let Some(change) = changes.first() {
                let found =
                    Diagnostic::error(Code::NoBase, change.name_span, "there is nothing that this could change");
                problems.push(
                    found.help("name the scheme that is changed: `scheme name \"Title\" extends \"base.rules\"`"),
                );
            }
            changes.clear();
        }
        target::check(&changes, problems);
        self.changes.extend(changes);
        self.layers.push(Layer { file, head, items });
    }

    /// What the scheme is called: its title, or its name with that of which it is a variant.
    pub fn title(&self) -> String {
        let mut called: Vec<&str> = Vec::new();
        for head in self.layers.iter().rev().map(|layer| &layer.head) {
            let name = head.title.as_ref().or(head.name.as_ref()).map_or("", |name| &name.node);
            called.push(name);
            if head.title.is_some() {
                break;
            }
        }
        // Of several that have no title, the first and that with the title say enough.
        match called.as_slice() {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [own, .., base] => format!("{own}, a variant of {base}"),
        }
    }

    /// The files, the base first.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The changes of all files, in the order in which they are applied.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// What is declared where a span lies in the scheme that is extended, as a change would name it.
    pub fn declared_at(&self, span: Span) -> Option<String> {
        self.layers.iter().flat_map(|layer| &layer.items).find_map(|item| items::declared_at(item, span))
    }

    /// How many files at the beginning both chains share.
    pub fn shared(&self, other: &Chain) -> usize {
        self.layers.iter().zip(&other.layers).take_while(|(a, b)| a.file == b.file).count()
    }

    /// This chain, with the files of another behind it from one of them on: a scheme on its way from one alternative
    /// to another. The changes of this one come first.
    pub fn join(&self, other: &Chain, from: usize) -> Chain {
        let mut joined = self.clone();
        let offset = self.layers.len();
        joined.layers.extend(other.layers.iter().skip(from).cloned());
        let behind = other.changes.iter().filter(|change| change.layer >= from).cloned();
        joined.changes.extend(behind.map(|change| Change { layer: change.layer - from + offset, ..change }));
        joined
    }

    /// The tree with these changes applied.
    pub fn merge(&self, applied: Applied<'_>, problems: &mut Problems) -> File {
        let Some((base, overlays)) = self.layers.split_first() else { return File::default() };
        let Some((last, _)) = overlays.split_last() else {
            let keep = |item: &&Item| matches!(applied, Applied::All) || !is_claim(item);
            return File { items: base.items.iter().filter(keep).cloned().collect() };
        };
        let inherited = |item: &&Item| !is_head(item) && !is_claim(item) && !varied::is_varied(item);
        let kept = base.items.iter().filter(inherited).cloned().collect();
        let mut workshop = Workshop::new(kept, problems);
        let chosen = self.changes.iter().enumerate().filter(|(at, _)| applied.has(*at));
        for (_, change) in chosen {
            let extends = self.layers.get(change.layer).and_then(|layer| layer.head.extends.as_ref());
            workshop.apply(change, extends.map(|named| &*named.node));
        }
        // The head is that of the last file; its data, where it names none, are those of the file that it extends.
        let data = self.layers.iter().rev().find_map(|layer| layer.items.iter().find(|item| is_data(item)));
        let claims = matches!(applied, Applied::All);
        let own = last.items.iter().filter(|item| !is_data(item) && (claims || !is_claim(item)));
        let mut items: Vec<Item> = own.chain(data).cloned().collect();
        items.extend(workshop.into_items());
        File { items }
    }
}

fn is_data(item: &Item) -> bool {
    matches!(item.kind, ItemKind::Data(_))
}

fn is_head(item: &Item) -> bool {
    use ItemKind::{Author, Cite, Data, Scheme, Version};
    matches!(item.kind, Scheme { .. } | Version(_) | Author(_) | Cite(_) | Data(_))
}

/// Whether an item says something of results, which belongs to the file in which it stands.
fn is_claim(item: &Item) -> bool {
    matches!(item.kind, ItemKind::Test(_) | ItemKind::Expect(_) | ItemKind::Check(_))
}

fn note_head(head: &mut Head, item: &Item) {
    match &item.kind {
        ItemKind::Scheme { name, title, extends } if head.name.is_none() => {
            head.name = Some(name.clone());
            head.title.clone_from(title);
            head.extends.clone_from(extends);
            head.doc.clone_from(&item.doc);
        }
        ItemKind::Version(text) => head.version = Some(text.clone()),
        ItemKind::Author(names) => head.authors.extend(names.iter().cloned()),
        ItemKind::Cite(text) => head.cites.push(text.clone()),
        _ => {}
    }
}

fn named(change: ast::Change, doc: ast::Doc, layer: usize) -> Change {
    let ast::Change { name, edits, span } = change;
    let bare = name.is_none();
    let (name, name_span) = match name {
        Some(name) => (name.node, name.span),
        None => edits.first().map_or_else(|| ("".into(), span), |edit| (target::words(edit).into(), edit.span)),
    };
    Change { name, bare, layer, doc, edits, name_span, span }
}

/// An item of an overlay that isn't in a change is added to the scheme.
fn added(item: Item, layer: usize) -> Change {
    let (span, doc) = (item.span, item.doc.clone());
    let edit = Edit { kind: EditKind::Add(Box::new(item)), span };
    Change { name: target::words(&edit).into(), bare: true, layer, doc, edits: vec![edit], name_span: span, span }
}

/// Where a change names a target, written as `visit.halving`; or an item that the target is a part of.
pub fn names(change: &Change, target: &str) -> Option<Span> {
    let item =
        |named: &str| target.strip_prefix(named).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '(']));
    change.edits.iter().flat_map(target::named).find(|(named, _)| item(named)).map(|(_, span)| span)
}

/// Whether a change is about one of these items or a part of one.
pub fn is_about(change: &Change, items: &[&str]) -> bool {
    change.edits.iter().any(|edit| target::items(edit).iter().any(|item| items.contains(&&**item)))
}

/// The names of a chain's changes, none twice: those of two files that are named alike get the name of their scheme, and a
/// number where that doesn't tell them apart.
pub fn labels(chain: &Chain) -> Vec<Arc<str>> {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    chain.changes.iter().for_each(|change| *times.entry(&change.name).or_default() += 1);
    let label = |change: &Change| {
        let scheme = chain.layers.get(change.layer).and_then(|layer| layer.head.name.as_ref());
        match (times.get(&*change.name), scheme) {
            (Some(2..), Some(scheme)) => format!("{}: {}", scheme.node, change.name).into(),
            _ => Arc::clone(&change.name),
        }
    };
    told_apart(chain.changes.iter().map(label).collect())
}

/// Names, those that stand several times with a number behind them.
fn told_apart(names: Vec<Arc<str>>) -> Vec<Arc<str>> {
    let mut taken: BTreeSet<Arc<str>> = names.iter().cloned().collect();
    let mut seen: BTreeMap<Arc<str>, usize> = BTreeMap::new();
    let mut told = Vec::with_capacity(names.len());
    for name in names {
        let number = seen.entry(Arc::clone(&name)).or_insert(1);
        let mut new = Arc::clone(&name);
        while *number > 1 && taken.contains(&new) {
            new = format!("{name} ({number})").into();
            *number += 1;
        }
        *number = (*number).max(2);
        taken.insert(Arc::clone(&new));
        told.push(new);
    }
    told
}
