//! Applies changes to items, one edit after the other.

use std::sync::Arc;

use super::items::{self, At};
use super::parts::{self, Trouble};
use super::{Change, target};
use crate::diag::nearest::{nearest, suggest};
use crate::diag::{Code, Diagnostic, Problems};
use crate::resolve::{Kind, article};
use crate::source::Span;
use crate::syntax::ast::{
    Edit, EditKind, Entry, Expr, Item, ItemKind, LineKey, Name, Parts, Path, Place, Scale, StepKind,
};

/// The items of a scheme while they are changed.
pub struct Workshop<'p> {
    items: Vec<Item>,
    /// What changes took away, and where they say so.
    removed: Vec<(Arc<str>, Span)>,
    /// The file that the change at work extends, as its own file names it.
    extends: Arc<str>,
    /// The places of parts that were added after another.
    added_after: Vec<Span>,
    problems: &'p mut Problems,
}

impl<'p> Workshop<'p> {
    /// Begins with the items of the base.
    pub fn new(items: Vec<Item>, problems: &'p mut Problems) -> Self {
        Self { items, removed: Vec::new(), extends: "".into(), added_after: Vec::new(), problems }
    }

    /// The items as they are now.
    pub fn into_items(self) -> Vec<Item> {
        self.items
    }

    /// Applies a change of a file that extends another. An edit whose target isn't there is reported and left out.
    pub fn apply(&mut self, change: &Change, extends: Option<&str>) {
        self.extends = extends.unwrap_or_default().into();
        for edit in &change.edits {
            if let Err(found) = self.edit(edit) {
                self.problems.push(*found);
            }
        }
    }

    fn edit(&mut self, edit: &Edit) -> Result<(), Box<Diagnostic>> {
        match &edit.kind {
            EditKind::Set { param, value } => self.set(param, value),
            EditKind::SetPoints { scale, key, result, result_span } => {
                let entry = Entry {
                    doc: Vec::new(),
                    result: result.clone(),
                    result_span: *result_span,
                    keys: Vec::new(),
                    span: edit.span,
                };
                self.set_points(scale, key, Some(entry))
            }
            EditKind::RemovePoints { scale, key } => self.set_points(scale, key, None),
            EditKind::Replace(item) => self.replace(item),
            EditKind::ReplacePart { path, parts } => self.replace_part(path, parts),
            EditKind::Remove { kind, name } => self.remove(kind.as_ref(), name),
            EditKind::RemovePart(path) => self.remove_part(path),
            EditKind::RemoveCheck(text) => self.remove_check(text),
            EditKind::Add(item) => self.add(item),
            EditKind::AddParts { place, parts } => self.add_parts(place, parts),
        }
    }

    /// The place of an item that must be there, of this kind where a kind is asked for.
    fn find(&self, name: &Name, kind: Option<Kind>) -> Result<(At, Kind, Span), Box<Diagnostic>> {
        items::find(&self.items, &name.node).ok_or_else(|| {
            let message = format!("there is no `{}` to change", name.node);
            // A step is named with its score: often the score is what was left out.
            let help = match items::owner_of(&self.items, &name.node) {
                Some(owner) => Some(format!("did you mean `{owner}.{}`?", name.node)),
                None => self.suggest_item(&name.node, kind),
            };
            Box::new(self.not_there(name.span, &name.node, message, help))
        })
    }

    /// What could be meant by a name that no item has: those of the kind that is asked for, or else any.
    fn suggest_item(&self, name: &str, kind: Option<Kind>) -> Option<String> {
        let of_kind = |wanted: Kind| {
            let all = items::all(&self.items).filter(move |(_, found, _)| *found == wanted);
            all.map(|(_, _, name)| &*name.node)
        };
        if let Some(near) = kind.and_then(|kind| nearest(name, of_kind(kind))) {
            return Some(format!("did you mean `{near}`?"));
        }
        if let Some(near) = nearest(name, items::names(&self.items)) {
            return Some(format!("did you mean `{near}`?"));
        }
        match kind {
            Some(kind) if of_kind(kind).next().is_some() => {
                suggest(name, &format!("its {} are", kind.words()), of_kind(kind))
            }
            Some(kind) => Some(format!("it has no {} at all", kind.word())),
            None => suggest(name, "it has", items::names(&self.items)),
        }
    }

    /// Says where something was taken away that isn't there any more, or else in which file it isn't and what could be
    /// meant.
    fn not_there(&self, span: Span, name: &str, message: String, help: Option<String>) -> Diagnostic {
        let error = |message: String| Diagnostic::error(Code::UnknownTarget, span, message);
        if let Some((_, removed)) = self.removed.iter().find(|(removed, _)| **removed == *name) {
            return error(message)
                .also(*removed, "it is taken away here")
                .help("changes are applied in the order written: say it before, or leave one out");
        }
        // What the change's own file declares isn't in another.
        let item = name.split('.').next().and_then(|item| items::find(&self.items, item));
        if item.is_some_and(|(_, _, declared)| declared.file == span.file) {
            return match help {
                Some(help) => error(message).help(help),
                None => error(message),
            };
        }
        let found = error(format!("{message} in `{}`", self.extends));
        match help {
            Some(help) if help.starts_with("did you mean") => found.help(help),
            Some(help) => found.help(format!("{help}; was it renamed there?")),
            None => found,
        }
    }

    fn of_kind(&self, name: &Name, kind: Kind, verb: &str) -> Result<At, Box<Diagnostic>> {
        let (at, found, span) = self.find(name, Some(kind))?;
        if found == kind {
            return Ok(at);
        }
        let (is, wants) = (found.word(), kind.word());
        let message = format!("`{}` is {} {is}, not {} {wants}", name.node, article(found), article(kind));
        let error = Diagnostic::error(Code::WrongTarget, name.span, message).also(span, "declared here");
        let help = match (kind, found) {
            (Kind::Param, Kind::Scale) => format!("name the word whose points change: `set {}(\"…\") = 1`", name.node),
            (Kind::Scale, Kind::Param) if verb == "set" => format!("a param has one value: `set {} = …`", name.node),
            _ if verb == "set" => format!("write `replace {is} {} …`, or name {} {wants}", name.node, article(kind)),
            _ => format!(
                "write `{verb} {is} {}{}`, or name {} {wants}",
                name.node,
                if verb == "replace" { " …" } else { "" },
                article(kind)
            ),
        };
        Err(Box::new(error.help(help)))
    }

    fn set(&mut self, name: &Name, value: &Expr) -> Result<(), Box<Diagnostic>> {
        let at = self.of_kind(name, Kind::Param, "set")?;
        if let Some(ItemKind::Param(param)) = self.kind_mut(at) {
            // The same number with other places changes nothing, not even the types of what it is used for.
            if !parts::same_number(&param.value, value) {
                param.value = value.clone();
            }
        }
        Ok(())
    }

    fn kind_mut(&mut self, at: At) -> Option<&mut ItemKind> {
        let At::Item(at) = at else { return None };
        self.items.get_mut(at).map(|item| &mut item.kind)
    }

    fn scale_mut(&mut self, name: &Name) -> Result<&mut Scale, Box<Diagnostic>> {
        let at = self.of_kind(name, Kind::Scale, "set")?;
        match self.kind_mut(at) {
            Some(ItemKind::Scale(scale)) => Ok(scale),
            _ => Err(Box::new(Diagnostic::error(Code::UnknownTarget, name.span, "there is no such scale"))),
        }
    }

    fn set_points(&mut self, name: &Name, key: &LineKey, entry: Option<Entry>) -> Result<(), Box<Diagnostic>> {
        let scale = self.scale_mut(name)?;
        parts::set_points(scale, key, entry)
    }

    fn replace(&mut self, new: &Item) -> Result<(), Box<Diagnostic>> {
        let Some((kind, name)) = items::kind_and_name(new) else { return Ok(()) };
        let at = self.of_kind(name, kind, "replace")?;
        items::put(&mut self.items, at, new);
        Ok(())
    }

    fn remove(&mut self, kind: Option<&Name>, name: &Name) -> Result<(), Box<Diagnostic>> {
        let wanted = kind.and_then(|kind| Kind::ALL.iter().find(|one| one.word() == &*kind.node));
        let at = match wanted {
            Some(wanted) => self.of_kind(name, *wanted, "remove")?,
            None => self.find(name, None)?.0,
        };
        items::take_out(&mut self.items, at);
        self.removed.push((Arc::clone(&name.node), name.span));
        Ok(())
    }

    fn add(&mut self, new: &Item) -> Result<(), Box<Diagnostic>> {
        let added: Vec<Name> = items::all(std::slice::from_ref(new)).map(|(_, _, name)| name.clone()).collect();
        for name in &added {
            if let Some((_, kind, span)) = items::find(&self.items, &name.node) {
                let found =
                    Diagnostic::error(Code::DuplicateName, name.span, format!("`{}` is there already", name.node));
                let help = match kind {
                    Kind::Param => format!("write `set {} = …` for another value, or name it otherwise", name.node),
                    _ => format!("write `replace {} {} …`, or name it otherwise", kind.word(), name.node),
                };
                return Err(Box::new(found.also(span, "here").help(help)));
            }
        }
        self.items.push(new.clone());
        Ok(())
    }

    /// The item with parts that a path goes through.
    fn owner_mut(&mut self, name: &Name) -> Result<parts::Owner<'_>, Box<Diagnostic>> {
        let (at, kind, span) = self.find(name, None)?;
        match self.kind_mut(at) {
            Some(ItemKind::Score(score)) => Ok(parts::Owner::Score(score)),
            Some(ItemKind::Input(input)) => Ok(parts::Owner::Input(input)),
            Some(ItemKind::Scale(scale)) => Ok(parts::Owner::Scale(scale)),
            _ => {
                let message =
                    format!("`{}` is {} {}: it has no parts to change", name.node, article(kind), kind.word());
                let found = Diagnostic::error(Code::WrongTarget, name.span, message).also(span, "declared here");
                Err(Box::new(found.help(format!("write `replace {} {} …`", kind.word(), name.node))))
            }
        }
    }

    /// Words for what went wrong with a part.
    fn part_trouble(&self, path: &Path, trouble: Trouble) -> Box<Diagnostic> {
        match trouble {
            Trouble::Other(found) => found,
            Trouble::Unknown { message, help } => {
                let name = items::path(&path.item, &path.part);
                Box::new(self.not_there(path.part.span, &name, message, help))
            }
        }
    }

    fn replace_part(&mut self, path: &Path, new: &Parts) -> Result<(), Box<Diagnostic>> {
        if new.node.is_empty() {
            let found = Diagnostic::error(Code::IdleChange, new.span, "nothing stands in the braces");
            let help = format!("to take it away, write `remove {}.{}`", path.item.node, path.part.node);
            return Err(Box::new(found.help(help)));
        }
        let replaced = self.owner_mut(&path.item)?.replace(path, new);
        replaced.map_err(|trouble| self.part_trouble(path, trouble))
    }

    fn remove_part(&mut self, path: &Path) -> Result<(), Box<Diagnostic>> {
        let removed = self.owner_mut(&path.item)?.remove(path);
        removed.map_err(|trouble| self.part_trouble(path, trouble))?;
        self.removed.push((items::path(&path.item, &path.part), path.span));
        Ok(())
    }

    fn add_parts(&mut self, place: &Place, new: &Parts) -> Result<(), Box<Diagnostic>> {
        if new.node.is_empty() {
            let found = Diagnostic::error(Code::IdleChange, new.span, "nothing stands in the braces");
            return Err(Box::new(found.help("say in them what is added, or delete the change")));
        }
        match place {
            Place::To(item) => self.owner_mut(item)?.append(item, new),
            Place::Before(path) | Place::After(path) => {
                let after = matches!(place, Place::After(_)).then(|| self.added_after.clone());
                let added = self.owner_mut(&path.item)?.insert(path, after.as_deref(), new);
                added.map_err(|trouble| self.part_trouble(path, trouble))?;
                if after.is_some() {
                    self.added_after.extend(parts::places(new));
                }
                Ok(())
            }
        }
    }

    fn remove_check(&mut self, text: &Name) -> Result<(), Box<Diagnostic>> {
        let found: Vec<Span> =
            items::checks(&self.items).filter(|check| *check.node == *text.node).map(|c| c.span).collect();
        match found.as_slice() {
            [] => return Err(self.unknown_check(text)),
            [first, second, ..] => {
                let message = format!("several checks say `{}`", text.node);
                let found = Diagnostic::error(Code::AmbiguousTarget, text.span, message);
                let found = found.also(*first, "this one").also(*second, "or this");
                return Err(Box::new(found.help("replace the whole input or score of the one that is meant")));
            }
            [_] => {}
        }
        for item in &mut self.items {
            match &mut item.kind {
                ItemKind::Score(score) => score
                    .steps
                    .retain(|step| !matches!(&step.kind, StepKind::Check(check) if check.message.node == text.node)),
                ItemKind::Input(input) => input.checks.retain(|check| check.message.node != text.node),
                _ => {}
            }
        }
        self.removed.push((format!("check \"{}\"", text.node).into(), text.span));
        Ok(())
    }

    fn unknown_check(&self, text: &Name) -> Box<Diagnostic> {
        let message = format!("no check says `{}` in `{}`", text.node, self.extends);
        let error = Diagnostic::error(Code::UnknownTarget, text.span, message);
        let messages = items::checks(&self.items).map(|check| &*check.node);
        let help = suggest(&text.node, "the checks of inputs and scores say", messages);
        Box::new(error.help(help.unwrap_or_else(|| {
            "no input and no score has a check; checks on results belong to the base and aren't inherited".to_owned()
        })))
    }
}

/// What a scale's line is called in messages.
pub fn line_words(scale: &Name, key: &LineKey) -> String {
    format!("{}({})", scale.node, target::key_words(key.node.as_ref()))
}
