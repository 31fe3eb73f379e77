//! Changes inside an item: the steps of a score, the columns of an input, the lines of a scale.

use super::apply::line_words;
use super::target::key_words;
use crate::diag::nearest::suggest;
use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::{
    Column, Entry, Expr, ExprKind, Input, LineKey, Name, Part, Parts, Path, Scale, ScaleKey, Score, Step, StepKind,
};

/// An item that has parts.
pub enum Owner<'a> {
    Score(&'a mut Score),
    Input(&'a mut Input),
    Scale(&'a mut Scale),
}

/// Why a part can't be changed.
pub enum Trouble {
    /// It isn't there.
    Unknown { message: String, help: Option<String> },
    /// Something else.
    Other(Box<Diagnostic>),
}

impl From<Box<Diagnostic>> for Trouble {
    fn from(found: Box<Diagnostic>) -> Self {
        Trouble::Other(found)
    }
}

impl Owner<'_> {
    /// Puts parts in the place of one.
    pub fn replace(self, path: &Path, new: &Parts) -> Result<(), Trouble> {
        match self {
            Owner::Score(score) => {
                let at = step(score, path)?;
                let mut steps = steps(&path.item, new)?;
                let others = score.steps.iter().enumerate().filter(|(place, _)| *place != at).map(|(_, step)| step);
                own_labels(others, &steps, Some(path), &path.item)?;
                keep_doc(score.steps.get(at), &mut steps);
                score.steps.splice(at..=at, steps);
            }
            Owner::Input(input) => {
                let at = column(input, path)?;
                let old = input.columns.remove(at);
                let mut columns = columns(input, &path.item, new)?;
                if let [only] = columns.as_mut_slice()
                    && only.doc.is_empty()
                {
                    only.doc = old.doc;
                }
                input.columns.splice(at..at, columns);
            }
            Owner::Scale(_) => return Err(lines_only(path)),
        }
        Ok(())
    }

    /// Takes a part away.
    pub fn remove(self, path: &Path) -> Result<(), Trouble> {
        match self {
            Owner::Score(score) => drop(score.steps.remove(step(score, path)?)),
            Owner::Input(input) => drop(input.columns.remove(column(input, path)?)),
            Owner::Scale(_) => return Err(lines_only(path)),
        }
        Ok(())
    }

    /// Puts parts before one, or after it; then the places of all parts are known that were added so.
    pub fn insert(self, path: &Path, after: Option<&[Span]>, new: &Parts) -> Result<(), Trouble> {
        match self {
            Owner::Score(score) => {
                let at = behind(step(score, path)?, after, score.steps.iter().map(|step| step.span));
                let steps = steps(&path.item, new)?;
                own_labels(score.steps.iter(), &steps, None, &path.item)?;
                score.steps.splice(at..at, steps);
            }
            Owner::Input(input) => {
                let at = behind(column(input, path)?, after, input.columns.iter().map(|column| column.name.span));
                let columns = columns(input, &path.item, new)?;
                input.columns.splice(at..at, columns);
            }
            Owner::Scale(_) => return Err(lines_only(path)),
        }
        Ok(())
    }

    /// Puts parts at the end.
    pub fn append(self, item: &Name, new: &Parts) -> Result<(), Box<Diagnostic>> {
        match self {
            Owner::Score(score) => {
                let steps = steps(item, new)?;
                own_labels(score.steps.iter(), &steps, None, item)?;
                score.steps.extend(steps);
            }
            Owner::Input(input) => {
                let columns = columns(input, item, new)?;
                input.columns.extend(columns);
            }
            Owner::Scale(scale) => add_entries(scale, new)?,
        }
        Ok(())
    }
}

/// A new step has a label that none of the others has. One that replaces another often got it from where it was copied.
fn own_labels<'a>(
    others: impl Iterator<Item = &'a Step> + Clone,
    new: &[Step],
    replaced: Option<&Path>,
    score: &Name,
) -> Result<(), Box<Diagnostic>> {
    let is_step = |step: &&Step| !matches!(step.kind, StepKind::Check(_) | StepKind::Let(_));
    for step in new.iter().filter(is_step) {
        let label = &step.label.node;
        let Some(other) = others.clone().filter(is_step).find(|other| other.label.node == *label) else { continue };
        let message = format!("score `{}` has another step labelled `{label}`", score.node);
        let found = Diagnostic::error(Code::DuplicateName, step.label.span, message).also(other.label.span, "this one");
        return Err(Box::new(match replaced {
            Some(path) => found.also(path.part.span, "this is replaced").help(format!(
                "the change replaces `{0}`: was that label meant? write `{0}: …`; to change the other, write `replace {1}.{label}`",
                path.part.node, score.node
            )),
            None => found.help(format!(
                "give it a label of its own; to change the step that is there, write `replace {}.{label} {{ … }}`",
                score.node
            )),
        }));
    }
    Ok(())
}

/// Where something new stands: before a part, or after it and what was added after it already, so that additions stand in
/// the order written.
fn behind(at: usize, after: Option<&[Span]>, parts: impl Iterator<Item = Span>) -> usize {
    let Some(added) = after else { return at };
    at + 1 + parts.skip(at + 1).take_while(|span| added.contains(span)).count()
}

/// The places of parts by which they are known again: a step's own, a column's name.
pub fn places(new: &Parts) -> impl Iterator<Item = Span> {
    new.node.iter().map(|part| match part {
        Part::Column(column) => column.name.span,
        part => part_span(part),
    })
}

/// One step by one step: what was said about it holds for the new one, if nothing else is said.
fn keep_doc(old: Option<&Step>, new: &mut [Step]) {
    if let (Some(old), [only]) = (old, new)
        && only.doc.is_empty()
    {
        only.doc.clone_from(&old.doc);
    }
}

/// The step or let of a path. Labels and names of lets are told apart, so that two can be meant.
fn step(score: &Score, path: &Path) -> Result<usize, Trouble> {
    let named = |step: &&Step| !matches!(step.kind, StepKind::Check(_));
    let is = |step: &Step| step.label.node == path.part.node && named(&step);
    let mut found = score.steps.iter().enumerate().filter(|(_, step)| is(step));
    match (found.next(), found.next()) {
        (Some((at, _)), None) => Ok(at),
        (Some((_, first)), Some((_, second))) => {
            let message = format!("`{}` can be either of two in score `{}`", path.part.node, score.name.node);
            let found = Diagnostic::error(Code::AmbiguousTarget, path.part.span, message);
            let found = found.also(first.label.span, "this one").also(second.label.span, "or this");
            Err(Trouble::Other(Box::new(
                found.help("replace the whole score, or give one of them another name in the scheme that is extended"),
            )))
        }
        (None, _) => {
            let names: Vec<&str> = score.steps.iter().filter(named).map(|step| &*step.label.node).collect();
            Err(Trouble::Unknown {
                message: format!("score `{}` has no step or let `{}`", score.name.node, path.part.node),
                help: suggest(&path.part.node, "its steps and lets are", names),
            })
        }
    }
}

fn column(input: &Input, path: &Path) -> Result<usize, Trouble> {
    let at = input.columns.iter().position(|column| column.name.node == path.part.node);
    at.ok_or_else(|| Trouble::Unknown {
        message: format!("input `{}` has no column `{}`", input.name.node, path.part.node),
        help: suggest(&path.part.node, "its columns are", input.columns.iter().map(|column| &*column.name.node)),
    })
}

fn lines_only(path: &Path) -> Trouble {
    let message = format!("`{}` is a scale: it has no part named `{}`", path.item.node, path.part.node);
    let found = Diagnostic::error(Code::WrongTarget, path.span, message);
    let help = format!("a line of a scale is named by its word: `set {}(\"{}\") = 1`", path.item.node, path.part.node);
    Trouble::Other(Box::new(found.help(help)))
}

/// What a step does, where a part reads like a line of a scale for want of a label: `cap 3`.
fn unlabelled(part: &Part) -> Option<&str> {
    let Part::Entry(Entry { result: Some(Expr { kind: ExprKind::Name(word), .. }), .. }) = part else { return None };
    matches!(&**word, "keep" | "times" | "halve" | "plus" | "cap" | "floor").then_some(&**word)
}

/// A part that an item of this kind doesn't have.
fn misplaced(part: &Part, item: &Name, kind: &str, takes: &str) -> Box<Diagnostic> {
    if let (Some(verb), "a score") = (unlabelled(part), kind) {
        let found = Diagnostic::error(Code::WrongTarget, part_span(part), "this step has no label");
        return Box::new(found.help(format!("write one before it, in the method's own words: `my_step: {verb} …`")));
    }
    let what = match part {
        Part::Check(_) => "a check",
        Part::Step(step) if matches!(step.kind, StepKind::Let { .. }) => "a `let`",
        Part::Step(_) => "a step",
        Part::Column(_) => "a column",
        Part::Unit(_) => "`unit`",
        Part::Key(_) => "a key",
        Part::Entry(_) => "a line of a scale",
    };
    let message = format!("this reads like {what}, and `{}` is {kind}", item.node);
    let found = Diagnostic::error(Code::WrongTarget, part_span(part), message);
    Box::new(found.help(format!("{kind} takes {takes}")))
}

fn part_span(part: &Part) -> Span {
    match part {
        Part::Check(check) => check.span,
        Part::Step(step) => step.span,
        Part::Column(column) => column.name.span.to(column.ty.span),
        Part::Unit(unit) => unit.span,
        Part::Key(key) => key.span,
        Part::Entry(entry) => entry.span,
    }
}

fn steps(item: &Name, new: &Parts) -> Result<Vec<Step>, Box<Diagnostic>> {
    let one = |part: &Part| match part {
        Part::Step(step) => Ok(step.clone()),
        Part::Check(check) => Ok(Step {
            doc: check.doc.clone(),
            label: check.message.clone(),
            cite: None,
            kind: StepKind::Check(check.clone()),
            span: check.span,
        }),
        other => {
            Err(misplaced(other, item, "a score", "lets, checks and steps, each with its label: `halving: times 0.5`"))
        }
    };
    new.node.iter().map(one).collect()
}

/// The columns among the parts; units, keys and checks go to the input right away.
fn columns(input: &mut Input, item: &Name, new: &Parts) -> Result<Vec<Column>, Box<Diagnostic>> {
    let mut columns = Vec::new();
    for part in &new.node {
        match part {
            Part::Column(column) => columns.push(column.clone()),
            Part::Unit(unit) => input.units.push(unit.clone()),
            Part::Key(key) => input.keys.push(key.clone()),
            Part::Check(check) => input.checks.push(check.clone()),
            other => {
                return Err(misplaced(other, item, "an input", "columns, `unit`, `unique` and checks"));
            }
        }
    }
    Ok(columns)
}

fn add_entries(scale: &mut Scale, new: &Parts) -> Result<(), Box<Diagnostic>> {
    for part in &new.node {
        let Part::Entry(entry) = part else {
            return Err(misplaced(
                part,
                &scale.name,
                "a scale",
                "points and the words that get them: `4 \"minister\"`",
            ));
        };
        let known = |key: &ScaleKey| key_words(Some(key));
        let there = scale.entries.iter().find_map(|old| {
            let both = old.keys.is_empty() && entry.keys.is_empty();
            let same = entry.keys.iter().find(|new| old.keys.iter().any(|key| known(&key.node) == known(&new.node)));
            match same {
                Some(key) => Some((old.span, key.span, known(&key.node))),
                None => both.then(|| (old.span, entry.span, "otherwise".to_owned())),
            }
        });
        if let Some((old, new, key)) = there {
            let message = format!("scale `{}` has points for `{key}` already", scale.name.node);
            let found = Diagnostic::error(Code::RepeatedWord, new, message).also(old, "here");
            return Err(Box::new(found.help(format!("write `set {}({key}) = …`", scale.name.node))));
        }
        scale.entries.push(entry.clone());
    }
    Ok(())
}

/// Whether two literals are the same number, however many places they are written with.
pub fn same_number(a: &Expr, b: &Expr) -> bool {
    let trimmed = |value: &Expr| match value.kind {
        ExprKind::Number(mut units, mut places) => {
            while places > 0 && units % 10 == 0 {
                (units, places) = (units / 10, places - 1);
            }
            Some((units, places))
        }
        _ => None,
    };
    trimmed(a).is_some() && trimmed(a) == trimmed(b)
}

/// Gives a line of a scale other points, or takes it away. A word that shares its line with others leaves it.
pub fn set_points(scale: &mut Scale, key: &LineKey, new: Option<Entry>) -> Result<(), Box<Diagnostic>> {
    let wanted = key_words(key.node.as_ref());
    let is = |old: &ScaleKey| key_words(Some(old)) == wanted;
    let at = scale.entries.iter().position(|entry| match &key.node {
        None => entry.keys.is_empty(),
        Some(_) => entry.keys.iter().any(|old| is(&old.node)),
    });
    let Some((at, old)) = at.and_then(|at| Some((at, scale.entries.get_mut(at)?))) else {
        return Err(unknown_line(scale, key));
    };
    if let (Some(result), Some(Entry { result: Some(new), .. })) = (&old.result, &new)
        && same_number(result, new)
    {
        return Ok(());
    }
    let place = old.keys.iter().position(|old| is(&old.node));
    let mut keys: Vec<_> = place.map(|place| old.keys.remove(place)).into_iter().collect();
    // The word is written in the change, too: that is where its points come from.
    keys.iter_mut().for_each(|old| old.span = key.span);
    let doc = old.doc.clone();
    let emptied = old.keys.is_empty();
    let new = new.map(|new| Entry { keys, doc: if emptied { doc } else { new.doc }, ..new });
    match emptied {
        true => drop(scale.entries.splice(at..=at, new)),
        false => drop(scale.entries.splice(at + 1..at + 1, new)),
    }
    Ok(())
}

fn unknown_line(scale: &Scale, key: &LineKey) -> Box<Diagnostic> {
    let wanted = key_words(key.node.as_ref());
    let message = format!(
        "there is no `{}` to change: scale `{}` has no such line",
        line_words(&scale.name, key),
        scale.name.node
    );
    let found = Diagnostic::error(Code::UnknownTarget, key.span, message).also(scale.name.span, "the scale");
    let words: Vec<String> =
        scale.entries.iter().flat_map(|entry| &entry.keys).map(|key| key_words(Some(&key.node))).collect();
    let near = crate::diag::nearest::nearest(&wanted, words.iter().map(String::as_str));
    Box::new(found.help(match near {
        Some(near) => format!("did you mean `{}({near})`?", scale.name.node),
        None => format!("to add a line, write `add to {} {{ 1 {wanted} }}`", scale.name.node),
    }))
}
