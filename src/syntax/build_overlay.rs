//! Pairs into the changes of overlays.

use super::ast::*;
use super::build::{Builder, Node};
use super::cursor::Cursor;
use super::grammar::Rule;
use crate::source::{Span, Spanned};

impl Builder<'_> {
    /// A named change.
    pub(super) fn change(&mut self, cursor: &mut Cursor<'_>, span: Span) -> Option<Change> {
        let name = self.take_text(cursor)?;
        let edits = cursor.many(Rule::edit).into_iter().filter_map(|pair| self.edit(pair)).collect();
        Some(Change { name: Some(name), edits, span })
    }

    /// An edit that is a change of its own.
    pub(super) fn bare_edit(&mut self, cursor: &mut Cursor<'_>, span: Span) -> Option<Change> {
        let edit = cursor.take(Rule::edit)?;
        Some(Change { name: None, edits: vec![self.edit(edit)?], span })
    }

    fn edit(&mut self, pair: Node<'_>) -> Option<Edit> {
        let span = self.span(&pair);
        let pair = Cursor::new(pair.into_inner()).next()?;
        let rule = pair.as_rule();
        let cursor = &mut Cursor::new(pair.into_inner());
        let kind = match rule {
            Rule::set_edit => self.set_edit(cursor)?,
            Rule::replace => match cursor.take(Rule::path) {
                Some(path) => EditKind::ReplacePart { path: self.path(path)?, parts: self.parts(cursor)? },
                None => EditKind::Replace(Box::new(self.whole(cursor)?)),
            },
            Rule::remove => self.remove(cursor)?,
            _ => self.add(cursor)?,
        };
        Some(Edit { kind, span })
    }

    fn set_edit(&mut self, cursor: &mut Cursor<'_>) -> Option<EditKind> {
        let name = self.take_name(cursor)?;
        let Some(key) = cursor.take(Rule::line_key) else {
            let value = cursor.take(Rule::signed)?;
            return Some(EditKind::Set { param: name, value: self.signed(value) });
        };
        let key = self.line_key(key)?;
        let (result, result_span) = self.result(cursor)?;
        Some(EditKind::SetPoints { scale: name, key, result, result_span })
    }

    pub(super) fn line_key(&mut self, pair: Node<'_>) -> Option<LineKey> {
        let span = self.span(&pair);
        match Cursor::new(pair.into_inner()).take(Rule::key) {
            Some(key) => self.key(key).map(|key| Spanned::new(Some(key.node), span)),
            None => Some(Spanned::new(None, span)),
        }
    }

    fn remove(&mut self, cursor: &mut Cursor<'_>) -> Option<EditKind> {
        if let Some(text) = self.take_text(cursor) {
            return Some(EditKind::RemoveCheck(text));
        }
        if let Some(path) = cursor.take(Rule::path) {
            return Some(EditKind::RemovePart(self.path(path)?));
        }
        let kind = cursor.take(Rule::kind).map(|pair| self.name(&pair));
        let name = self.take_name(cursor)?;
        match cursor.take(Rule::line_key) {
            Some(key) => Some(EditKind::RemovePoints { scale: name, key: self.line_key(key)? }),
            None => Some(EditKind::Remove { kind, name }),
        }
    }

    fn add(&mut self, cursor: &mut Cursor<'_>) -> Option<EditKind> {
        let place = if let Some(pair) = cursor.take(Rule::add_to) {
            Place::To(self.take_name(&mut Cursor::new(pair.into_inner()))?)
        } else if let Some(pair) = cursor.take(Rule::add_beside) {
            let mut inner = Cursor::new(pair.into_inner());
            let before = inner.has(Rule::k_before);
            let path = inner.take(Rule::path)?;
            let path = self.path(path)?;
            if before { Place::Before(path) } else { Place::After(path) }
        } else {
            let item = match cursor.take(Rule::by_block) {
                Some(block) => self.item_of(block)?,
                None => self.whole(cursor)?,
            };
            return Some(EditKind::Add(Box::new(item)));
        };
        Some(EditKind::AddParts { place, parts: self.parts(cursor)? })
    }

    fn whole(&mut self, cursor: &mut Cursor<'_>) -> Option<Item> {
        let pair = cursor.take(Rule::whole)?;
        self.item_of(Cursor::new(pair.into_inner()).next()?)
    }

    fn path(&mut self, pair: Node<'_>) -> Option<Path> {
        let span = self.span(&pair);
        let mut cursor = Cursor::new(pair.into_inner());
        Some(Path { item: self.take_name(&mut cursor)?, part: self.take_name(&mut cursor)?, span })
    }

    fn parts(&mut self, cursor: &mut Cursor<'_>) -> Option<Parts> {
        let pair = cursor.take(Rule::parts)?;
        let span = self.span(&pair);
        let mut inner = Cursor::new(pair.into_inner());
        let mut parts = Vec::new();
        while let Some(pair) = inner.next() {
            parts.extend(self.part_line(pair));
        }
        Some(Spanned::new(parts, span))
    }

    fn part_line(&mut self, pair: Node<'_>) -> Option<Part> {
        let span = self.span(&pair);
        let rule = pair.as_rule();
        match rule {
            Rule::check => self.check(pair).map(Part::Check),
            Rule::let_step | Rule::step => self.score_line(pair).map(Part::Step),
            Rule::entry => self.entry(pair).map(Part::Entry),
            Rule::unit => self.unit(&mut Cursor::new(pair.into_inner()), span).map(Part::Unit),
            Rule::unique | Rule::distinct => {
                self.input_key(&mut Cursor::new(pair.into_inner()), rule == Rule::distinct, span).map(Part::Key)
            }
            _ => {
                let mut cursor = Cursor::new(pair.into_inner());
                let doc = self.doc(&mut cursor);
                self.column(doc, &mut cursor).map(Part::Column)
            }
        }
    }
}
