//! What an edit is about, and whether two changes of a file are about the same.

use std::sync::Arc;

use super::Change;
use crate::diag::{Code, Diagnostic, Problems};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{Edit, EditKind, Expr, ExprKind, Item, ItemKind, LineKey, Name, Part, Place, ScaleKey};
use crate::value::decimal;

/// What an edit is about: an item, a part of one, a line of a scale, a key of an input, or a check.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    Item(Arc<str>),
    Part(Arc<str>, Arc<str>),
    Points(Arc<str>, String),
    /// A `unit` or key of an input, as it is written.
    Key(Arc<str>, String),
    Check(Arc<str>),
}

impl Target {
    /// Whether both are the same, or one is a part of the other.
    fn meets(&self, other: &Target) -> bool {
        let whole = |target: &Target| match target {
            Target::Item(item) => Some(Arc::clone(item)),
            _ => None,
        };
        match (whole(self), whole(other)) {
            (None, None) => self == other,
            (Some(item), _) => other.item() == Some(&item),
            (_, Some(item)) => self.item() == Some(&item),
        }
    }

    fn item(&self) -> Option<&Arc<str>> {
        match self {
            Target::Item(item) | Target::Part(item, _) | Target::Points(item, _) | Target::Key(item, _) => Some(item),
            Target::Check(_) => None,
        }
    }

    fn words(&self) -> String {
        match self {
            Target::Item(item) => item.to_string(),
            Target::Part(item, part) => format!("{item}.{part}"),
            Target::Points(scale, key) => format!("{scale}({key})"),
            Target::Key(input, key) => format!("{key} of {input}"),
            Target::Check(text) => format!("check \"{text}\""),
        }
    }
}

/// The key of a line of a scale as it is written.
pub fn key_words(key: Option<&ScaleKey>) -> String {
    let number = |bound: &Expr| match &bound.kind {
        ExprKind::Number(units, places) => decimal::format(*units, *places),
        _ => "?".to_owned(),
    };
    match key {
        None => "otherwise".to_owned(),
        Some(ScaleKey::Word { text, pattern }) => format!("\"{text}{}\"", if *pattern { "*" } else { "" }),
        Some(ScaleKey::Range { low, high, high_included }) => match (low, high) {
            (Some(low), Some(high)) if *high_included && number(low) == number(high) => number(low),
            (Some(low), Some(high)) => {
                format!("{}{}{}", number(low), if *high_included { ".." } else { "..<" }, number(high))
            }
            (Some(low), None) => format!("from {}", number(low)),
            (None, Some(high)) => format!("under {}", number(high)),
            (None, None) => String::new(),
        },
    }
}

/// What an edit is about, in words: the name of a change that has no other.
pub fn words(edit: &Edit) -> String {
    let all: Vec<String> = targets(edit).iter().map(|(target, _)| target.words()).collect();
    match &edit.kind {
        // Nothing stands in the braces, which is an error, and has a name nevertheless.
        EditKind::AddParts { place, .. } if all.is_empty() => place.item().node.to_string(),
        _ => all.join(", "),
    }
}

/// What an edit is about, each as a change names it, and where it does.
pub fn named(edit: &Edit) -> impl Iterator<Item = (String, Span)> {
    targets(edit).into_iter().map(|(target, span)| (target.words(), span))
}

/// The items that an edit is about, or to which what it is about belongs. A check's item isn't known by its text.
pub fn items(edit: &Edit) -> Vec<Arc<str>> {
    let whole = match &edit.kind {
        EditKind::AddParts { place: Place::To(item), .. } => Some(Arc::clone(&item.node)),
        EditKind::AddParts { place: Place::Before(path) | Place::After(path), .. } => Some(Arc::clone(&path.item.node)),
        _ => None,
    };
    targets(edit).iter().filter_map(|(target, _)| target.item().cloned()).chain(whole).collect()
}

fn targets(edit: &Edit) -> Vec<(Target, Span)> {
    let points = |scale: &Arc<str>, key: &LineKey| Target::Points(Arc::clone(scale), key_words(key.node.as_ref()));
    match &edit.kind {
        EditKind::Set { param, .. } => vec![(Target::Item(Arc::clone(&param.node)), param.span)],
        EditKind::SetPoints { scale, key, .. } | EditKind::RemovePoints { scale, key } => {
            vec![(points(&scale.node, key), scale.span.to(key.span))]
        }
        EditKind::Replace(item) | EditKind::Add(item) => of_item(item),
        EditKind::ReplacePart { path, .. } | EditKind::RemovePart(path) => {
            vec![(Target::Part(Arc::clone(&path.item.node), Arc::clone(&path.part.node)), path.span)]
        }
        EditKind::Remove { name, .. } => vec![(Target::Item(Arc::clone(&name.node)), name.span)],
        EditKind::RemoveCheck(text) => vec![(Target::Check(Arc::clone(&text.node)), text.span)],
        EditKind::AddParts { place, parts } => {
            let item = place.item();
            parts.node.iter().flat_map(|part| of_part(&item.node, part)).collect()
        }
    }
}

fn of_item(item: &Item) -> Vec<(Target, Span)> {
    let names = match &item.kind {
        ItemKind::Input(input) => vec![&input.name],
        ItemKind::Scale(scale) => vec![&scale.name],
        ItemKind::Param(param) => vec![&param.name],
        ItemKind::Score(score) => vec![&score.name],
        ItemKind::Index(index) => vec![&index.name],
        ItemKind::Block { indices, .. } => indices.iter().map(|index| &index.name).collect(),
        _ => Vec::new(),
    };
    names.into_iter().map(|name| (Target::Item(Arc::clone(&name.node)), name.span)).collect()
}

fn of_part(item: &Arc<str>, part: &Part) -> Vec<(Target, Span)> {
    let named = |name: &Name| (Target::Part(Arc::clone(item), Arc::clone(&name.node)), name.span);
    match part {
        Part::Check(check) => vec![(Target::Check(Arc::clone(&check.message.node)), check.message.span)],
        Part::Step(step) => vec![named(&step.label)],
        Part::Column(column) => vec![named(&column.name)],
        Part::Unit(unit) => {
            let (keys, has) = &unit.node;
            vec![(Target::Key(Arc::clone(item), format!("unit {} has {}", list(keys), list(has))), unit.span)]
        }
        Part::Key(key) => {
            let word = if key.node.drop_repeats { "distinct" } else { "unique" };
            vec![(Target::Key(Arc::clone(item), format!("{word} {}", list(&key.node.columns))), key.span)]
        }
        Part::Entry(entry) if entry.keys.is_empty() => {
            vec![(Target::Points(Arc::clone(item), key_words(None)), entry.span)]
        }
        Part::Entry(entry) => {
            let key =
                |key: &Spanned<ScaleKey>| (Target::Points(Arc::clone(item), key_words(Some(&key.node))), key.span);
            entry.keys.iter().map(key).collect()
        }
    }
}

fn list(names: &[Name]) -> String {
    let names: Vec<&str> = names.iter().map(|name| &*name.node).collect();
    names.join(", ")
}

/// Two changes of one file can't be about the same: which of them counts would depend on their order, and neither
/// could be made responsible for what changes.
pub fn check(changes: &[Change], problems: &mut Problems) {
    let mut seen: Vec<(Target, Span)> = Vec::new();
    for (at, change) in changes.iter().enumerate() {
        if change.name.trim().is_empty() && !change.bare {
            let found = Diagnostic::error(Code::Syntax, change.name_span, "this change has no name");
            problems.push(found.help("say in a few words what it does: `change \"no discount\": …`"));
            continue;
        }
        // Bare edits of one name have one target, too, which is what is wrong with them.
        let alike = |other: &&Change| other.name == change.name && !(other.bare && change.bare);
        if let Some(first) = changes.iter().take(at).find(alike) {
            let message = format!("two changes are named `{}`", change.name);
            let found = Diagnostic::error(Code::ConflictingChanges, change.name_span, message);
            problems.push(found.also(first.name_span, "first here").help("give each change a name of its own"));
            continue;
        }
        for (target, span) in change.edits.iter().flat_map(targets) {
            if let Some((first, place)) = seen.iter().find(|(other, _)| other.meets(&target)) {
                let what = if *first == target {
                    format!("`{}` is changed twice", target.words())
                } else {
                    let (whole, part) =
                        if matches!(first, Target::Item(_)) { (first, &target) } else { (&target, first) };
                    format!("`{}` is changed as a whole, and `{}`, a part of it, too", whole.words(), part.words())
                };
                let found = Diagnostic::error(Code::ConflictingChanges, span, what);
                problems.push(found.also(*place, "first here").help(
                    "say in one place what there is in the end; for another alternative, write a scheme of its own",
                ));
            }
            seen.push((target, span));
        }
    }
}
