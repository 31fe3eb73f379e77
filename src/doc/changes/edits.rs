//! One edit: in words, with what was there before and what is there after it.

use std::sync::Arc;

use super::Told;
use crate::doc::page::{Block, Line};
use crate::doc::{Subject, codebook, indices, scales, scores, sentence};
use crate::resolve::Kind;
use crate::syntax::ast::{Edit, EditKind, Expr, Item, ItemKind, LineKey, Name, Part, Parts, Path, Place, ScaleKey};

/// Tells an edit.
pub(super) fn told(edit: &Edit, before: Subject<'_>, after: Subject<'_>) -> Told {
    let source = after.source(edit.span);
    let only =
        |line: Line| Told { line: sentence(line), source: source.clone(), before: Vec::new(), after: Vec::new() };
    match &edit.kind {
        EditKind::Set { param, .. } => {
            let (was, is) = (before.rows().param(&param.node), after.rows().param(&param.node));
            only(named("the parameter ", param).text(" is ").line(is).text(" instead of ").line(was))
        }
        EditKind::SetPoints { scale, key, result, .. } => {
            let line = named("on the scale ", scale).text(", ").line(key_words(after, key));
            let line = line.text(if key.node.is_some() { " gets " } else { " get " });
            let line = line.line(points(after, result.as_ref()));
            only(match was(before, scale, key) {
                Some(was) => line.text(" instead of ").line(was),
                None => line,
            })
        }
        EditKind::RemovePoints { scale, key } => {
            let line = named("the scale ", scale).text(" has no line for ").line(key_words(before, key));
            only(match was(before, scale, key) {
                Some(was) => line.text(" any more (it had ").line(was).text(")"),
                None => line.text(" any more"),
            })
        }
        EditKind::Replace(item) => Told {
            before: items(before, item),
            after: items(after, item),
            ..only(Line::of("another ").line(all_named(item)).text(" stands in the place of the one before"))
        },
        EditKind::Remove { name, .. } => {
            let kind = before.scheme.names.get(&name.node).map_or("", |named| named.kind.word());
            Told {
                before: of_name(before, &name.node),
                ..only(named(&format!("the {kind} "), name).text(" is left out"))
            }
        }
        EditKind::Add(item) => {
            Told { after: items(after, item), ..only(Line::of("there is a new ").line(all_named(item))) }
        }
        EditKind::RemoveCheck(text) => only(Line::of(format!("it is no longer checked that {}", text.node))),
        EditKind::RemovePart(path) => {
            Told { before: of_path(before, path), ..only(part_words(path).text(" is left out")) }
        }
        EditKind::ReplacePart { path, parts } => Told {
            before: of_path(before, path),
            after: of_parts(after, &path.item, parts),
            ..only(part_words(path).text(" is replaced"))
        },
        EditKind::AddParts { place, parts } => {
            let (item, line) = match place {
                Place::To(item) => (item, named("something is added at the end of ", item)),
                Place::Before(path) => (&path.item, Line::of("something is added before ").line(part_words(path))),
                Place::After(path) => (&path.item, Line::of("something is added after ").line(part_words(path))),
            };
            Told { after: of_parts(after, item, parts), ..only(line) }
        }
    }
}

fn named(lead: &str, name: &Name) -> Line {
    Line::of(lead).name(name.node.to_string())
}

/// `score visit`; of a block, all its indices.
fn all_named(item: &Item) -> Line {
    let names = names(item);
    let kind = match &item.kind {
        ItemKind::Input(_) => "table ",
        ItemKind::Scale(_) => "scale ",
        ItemKind::Param(_) => "parameter ",
        ItemKind::Score(_) => "score ",
        _ => "index ",
    };
    let names = names.iter().map(|name| Line::new().name(name.to_string())).collect();
    Line::of(kind).line(crate::doc::page::enumerate(names, "and"))
}

fn names(item: &Item) -> Vec<Arc<str>> {
    let name = match &item.kind {
        ItemKind::Input(input) => &input.name,
        ItemKind::Scale(scale) => &scale.name,
        ItemKind::Param(param) => &param.name,
        ItemKind::Score(score) => &score.name,
        ItemKind::Index(index) => &index.name,
        ItemKind::Block { indices, .. } => {
            return indices.iter().map(|index| Arc::clone(&index.name.node)).collect();
        }
        _ => return Vec::new(),
    };
    vec![Arc::clone(&name.node)]
}

fn part_words(path: &Path) -> Line {
    Line::new().code(path.part.node.to_string()).text(" of ").name(path.item.node.to_string())
}

fn points(subject: Subject<'_>, result: Option<&Expr>) -> Line {
    result.map_or(Line::of("no points (missing)"), |result| subject.rows().value(result))
}

fn key_words(subject: Subject<'_>, key: &LineKey) -> Line {
    key.node.as_ref().map_or(Line::of("all others"), |key| scales::scale_key(subject, key))
}

/// The points that a line of a scale had.
fn was(subject: Subject<'_>, scale: &Name, key: &LineKey) -> Option<Line> {
    let (_, scale) = subject.scheme.scales.get(subject.scheme.find(&scale.node, Kind::Scale)?)?;
    let words = |key: &ScaleKey| scales::scale_key(subject, key);
    let entry = scale.entries.iter().find(|entry| match &key.node {
        None => entry.keys.is_empty(),
        Some(wanted) => entry.keys.iter().any(|key| words(&key.node) == words(wanted)),
    })?;
    Some(points(subject, entry.result.as_ref()))
}

fn items(subject: Subject<'_>, item: &Item) -> Vec<Block> {
    names(item).iter().flat_map(|name| of_name(subject, name)).collect()
}

/// An item as the page tells it, without headings: the change has one.
fn of_name(subject: Subject<'_>, name: &str) -> Vec<Block> {
    let (scheme, typed) = (subject.scheme, subject.typed);
    let Some(found) = scheme.names.get(name) else { return Vec::new() };
    let blocks = match found.kind {
        Kind::Input => {
            let input = typed.inputs.iter().find(|input| &*input.schema.name == name);
            scheme
                .inputs
                .get(found.id)
                .zip(input)
                .map(|((doc, tree), typed)| codebook::input(subject, doc, tree, typed))
        }
        Kind::Scale => {
            let scale = typed.scales.iter().find(|scale| &*scale.name == name);
            scheme.scales.get(found.id).zip(scale).map(|((doc, tree), typed)| scales::scale(subject, doc, tree, typed))
        }
        Kind::Param => {
            let line = Line::of("The parameter ").name(name);
            Some(vec![Block::Paragraph(line.text(" is ").line(subject.rows().param(name)).text("."))])
        }
        Kind::Score => {
            let score = typed.scores.iter().find(|score| &*score.name == name);
            scheme.scores.get(found.id).zip(score).map(|((doc, tree), typed)| scores::score(subject, doc, tree, typed))
        }
        Kind::Index => {
            let index = typed.indices.iter().find(|index| &*index.name == name);
            scheme
                .indices
                .get(found.id)
                .zip(index)
                .map(|(tree, typed)| vec![Block::Rules(vec![indices::rule(subject, tree, typed)])])
        }
    };
    blocks.unwrap_or_default().into_iter().filter(|block| !matches!(block, Block::Heading { .. })).collect()
}

/// A step, a let or a column.
fn of_path(subject: Subject<'_>, path: &Path) -> Vec<Block> {
    of_label(subject, &path.item, &[Arc::clone(&path.part.node)])
}

fn of_parts(subject: Subject<'_>, item: &Name, parts: &Parts) -> Vec<Block> {
    let mut labels: Vec<Arc<str>> = Vec::new();
    let mut whole = false;
    for part in &parts.node {
        match part {
            Part::Step(step) => labels.push(Arc::clone(&step.label.node)),
            Part::Check(check) => labels.push(Arc::clone(&check.message.node)),
            Part::Column(column) => labels.push(Arc::clone(&column.name.node)),
            Part::Unit(_) | Part::Key(_) | Part::Entry(_) => whole = true,
        }
    }
    // What has no name of its own is shown with all that stands beside it.
    if whole { of_name(subject, &item.node) } else { of_label(subject, item, &labels) }
}

fn of_label(subject: Subject<'_>, item: &Name, labels: &[Arc<str>]) -> Vec<Block> {
    let (scheme, typed) = (subject.scheme, subject.typed);
    let Some(at) = scheme.find(&item.node, Kind::Score) else { return of_name(subject, &item.node) };
    let score = typed.scores.iter().find(|score| score.name == item.node);
    let Some(((_, tree), score)) = scheme.scores.get(at).zip(score) else { return Vec::new() };
    let steps = tree.steps.iter().enumerate().filter(|(_, step)| labels.contains(&step.label.node));
    vec![Block::Rules(steps.map(|(at, step)| scores::rule(subject, step, at, score)).collect())]
}
