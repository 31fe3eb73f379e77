//! Pairs into items: one function for each rule of the grammar.

use std::sync::Arc;

use pest::iterators::Pair;

use super::ast::*;
use super::cursor::Cursor;
use super::grammar::Rule;
use crate::diag::{Code, Diagnostic, Problems, Severity};
use crate::source::{FileId, Span, Spanned};

/// Words that can't be names.
pub(super) const RESERVED: &[&str] = &[
    "and",
    "or",
    "not",
    "else",
    "in",
    "when",
    "otherwise",
    "where",
    "by",
    "as",
    "within",
    "round",
    "case",
    "yes",
    "no",
    "missing",
    "value",
    "let",
    "per",
    "check",
    "unit",
    "unique",
    "distinct",
    "unpivot",
];

/// Builds the tree of an item. Functions return `None` where something was reported that leaves no node, or where a
/// pair isn't what the grammar says, which would be a bug and is reported by the caller.
pub(super) struct Builder<'p> {
    file: FileId,
    base: usize,
    pub(super) problems: &'p mut Problems,
    /// How deep the expression that is built stands, chains of operators counted.
    pub(super) depth: usize,
}

pub(super) type Node<'i> = Pair<'i, Rule>;

impl<'p> Builder<'p> {
    pub(super) fn new(file: FileId, base: usize, problems: &'p mut Problems) -> Self {
        Self { file, base, problems, depth: 0 }
    }

    /// The place of a pair, without the blanks and comments that its end may hold.
    pub(super) fn span(&self, pair: &Node<'_>) -> Span {
        let span = pair.as_span();
        let trimmed = span.as_str().trim_end().len();
        Span::new(self.file, self.base + span.start(), self.base + span.start() + trimmed)
    }

    pub(super) fn error(&mut self, code: Code, span: Span, message: impl Into<String>, help: &str) {
        self.problems.push(Diagnostic::error(code, span, message).help(help));
    }

    pub(super) fn name(&self, pair: &Node<'_>) -> Name {
        Spanned::new(Arc::from(pair.as_str().trim()), self.span(pair))
    }

    /// A text, with `\"`, `\\` and `\*` resolved.
    pub(super) fn text(&mut self, pair: &Node<'_>) -> Name {
        let (text, span) = (self.unquote(pair, false), self.span(pair));
        Spanned::new(Arc::from(text), span)
    }

    /// The inside of a quoted text. With `stars`, `\*` stays as it is.
    pub(super) fn unquote(&mut self, pair: &Node<'_>, stars: bool) -> String {
        let span = self.span(pair);
        let inner = pair.as_str().trim().trim_start_matches('"');
        let inner = inner.strip_suffix('"').unwrap_or(inner);
        let mut text = String::with_capacity(inner.len());
        let mut chars = inner.chars();
        while let Some(c) = chars.next() {
            match (c, if c == '\\' { chars.next() } else { None }) {
                ('\\', Some('"')) => text.push('"'),
                ('\\', Some('\\')) => text.push('\\'),
                ('\\', Some('t')) => text.push('\t'),
                ('\\', Some('*')) => text.push_str(if stars { "\\*" } else { "*" }),
                ('\\', other) => {
                    let other = other.map(String::from).unwrap_or_default();
                    let message = format!("`\\{other}` means nothing in a text");
                    self.error(Code::BadLiteral, span, message, "write `\\\\` for a backslash, `\\\"` for a quote");
                }
                (c, _) => text.push(c),
            }
        }
        text
    }

    pub(super) fn texts(&mut self, cursor: &mut Cursor<'_>) -> Option<Vec<Name>> {
        let pairs = Cursor::new(cursor.take(Rule::texts)?.into_inner()).many(Rule::text);
        Some(pairs.iter().map(|pair| self.text(pair)).collect())
    }

    pub(super) fn names(&self, cursor: &mut Cursor<'_>) -> Option<Vec<Name>> {
        let pairs = Cursor::new(cursor.take(Rule::names)?.into_inner()).many(Rule::name);
        Some(pairs.iter().map(|pair| self.name(pair)).collect())
    }

    pub(super) fn take_name(&self, cursor: &mut Cursor<'_>) -> Option<Name> {
        cursor.take(Rule::name).map(|pair| self.name(&pair))
    }

    pub(super) fn take_text(&mut self, cursor: &mut Cursor<'_>) -> Option<Name> {
        cursor.take(Rule::text).map(|pair| self.text(&pair))
    }

    /// A whole number up to a limit that every use has room for.
    pub(super) fn integer(&mut self, pair: &Node<'_>) -> u32 {
        let found = pair.as_str().trim().parse::<u32>().ok().filter(|&n| n <= 1_000_000);
        if found.is_none() {
            let span = self.span(pair);
            self.error(
                Code::BadLiteral,
                span,
                format!("`{}` is too large here", pair.as_str().trim()),
                "write a smaller number",
            );
        }
        found.unwrap_or(0)
    }

    pub(super) fn doc(&self, cursor: &mut Cursor<'_>) -> Doc {
        let lines = cursor.many(Rule::doc);
        lines.iter().map(|line| Arc::from(line.as_str().trim_start_matches('#').trim())).collect()
    }

    /// An item.
    pub(super) fn item(&mut self, pair: Node<'_>) -> Option<Item> {
        let pair = Cursor::new(pair.into_inner()).only(Rule::item)?;
        let pair = Cursor::new(pair.into_inner()).next()?;
        self.item_of(pair)
    }

    /// The item of the rule that is one.
    pub(super) fn item_of(&mut self, pair: Node<'_>) -> Option<Item> {
        let mut span = self.span(&pair);
        let rule = pair.as_rule();
        let mut cursor = Cursor::new(pair.clone().into_inner());
        let doc = self.doc(&mut cursor);
        let rest = &mut cursor;
        let kind = match rule {
            Rule::scheme => self.scheme(rest)?,
            Rule::version => ItemKind::Version(self.take_text(rest)?),
            Rule::author => ItemKind::Author(self.texts(rest)?),
            Rule::cite => ItemKind::Cite(self.take_text(rest)?),
            Rule::data_folder => ItemKind::Data(self.take_text(rest)?),
            Rule::input => ItemKind::Input(self.input(rest)?),
            Rule::scale => ItemKind::Scale(self.scale(rest)?),
            Rule::param => ItemKind::Param(self.param(rest)?),
            Rule::score => ItemKind::Score(self.score(rest)?),
            Rule::by_block => {
                let dims = self.dims(rest)?;
                let indices = rest.many(Rule::index).into_iter().filter_map(|pair| self.index(pair)).collect();
                ItemKind::Block { dims, indices }
            }
            Rule::index => ItemKind::Index(self.index(pair.clone())?),
            Rule::check => ItemKind::Check(self.check(pair.clone())?),
            Rule::test => ItemKind::Test(self.test(rest)?),
            Rule::expect => ItemKind::Expect(self.expect(pair.clone())?),
            Rule::change => ItemKind::Change(self.change(rest, span)?),
            Rule::vary => ItemKind::Vary(self.vary(rest, span)?),
            Rule::exclude => ItemKind::Exclude(self.exclude(rest, span)?),
            Rule::bare_edit => ItemKind::Change(self.bare_edit(rest, span)?),
            _ => return None,
        };
        // The doc comments belong to the item, but a label under them would hide its word.
        if let Some(length) = doc.len().checked_sub(1) {
            let text = pair.as_str();
            let skipped = text.match_indices('\n').nth(length).map_or(0, |(at, _)| at + 1);
            span.start += u32::try_from(skipped).unwrap_or(0);
        }
        Some(Item { doc, kind, span })
    }

    fn scheme(&mut self, cursor: &mut Cursor<'_>) -> Option<ItemKind> {
        let (name, title) = (self.take_name(cursor)?, self.take_text(cursor));
        let extends = cursor.take(Rule::extends);
        let extends = extends.and_then(|pair| self.take_text(&mut Cursor::new(pair.into_inner())));
        Some(ItemKind::Scheme { name, title, extends })
    }

    fn param(&mut self, cursor: &mut Cursor<'_>) -> Option<Param> {
        let name = self.take_name(cursor)?;
        let pair = cursor.take(Rule::signed)?;
        let value = self.signed(pair);
        let domain = cursor.take(Rule::domain).and_then(|pair| self.domain(pair));
        Some(Param { name, value, domain, title: self.take_text(cursor) })
    }

    fn scale(&mut self, cursor: &mut Cursor<'_>) -> Option<Scale> {
        let name = self.take_name(cursor)?;
        let entries = cursor.many(Rule::entry).into_iter().filter_map(|pair| self.entry(pair)).collect();
        Some(Scale { name, entries })
    }

    pub(super) fn entry(&mut self, pair: Node<'_>) -> Option<Entry> {
        let span = self.span(&pair);
        let mut cursor = Cursor::new(pair.into_inner());
        let doc = self.doc(&mut cursor);
        let (result, result_span) = self.result(&mut cursor)?;
        let keys = cursor.many(Rule::key).into_iter().filter_map(|pair| self.key(pair)).collect();
        Some(Entry { doc, result, result_span, keys, span })
    }

    /// The points or text of a line of a scale, `None` for `missing`; and where they stand.
    pub(super) fn result(&mut self, cursor: &mut Cursor<'_>) -> Option<(Option<Expr>, Span)> {
        let result = cursor.take(Rule::result)?;
        let span = self.span(&result);
        let inner = Cursor::new(result.into_inner()).next();
        let result =
            inner.map(|pair| if pair.as_rule() == Rule::signed { self.signed(pair) } else { self.name_expr(&pair) });
        Some((result, span))
    }

    pub(super) fn key(&mut self, pair: Node<'_>) -> Option<Spanned<ScaleKey>> {
        let span = self.span(&pair);
        let pair = Cursor::new(pair.into_inner()).next()?;
        let rule = pair.as_rule();
        if rule == Rule::text {
            let text = self.unquote(&pair, true);
            return Some(Spanned::new(self.word(&text, span), span));
        }
        let mut cursor = Cursor::new(pair.into_inner());
        let first = cursor.take(Rule::signed).map(|pair| self.signed(pair));
        let (low, high, high_included) = match rule {
            Rule::key_from => (first, None, false),
            Rule::key_under => (None, first, false),
            _ => match cursor.take(Rule::dots) {
                None => (first.clone(), first, true),
                Some(dots) => {
                    let high = cursor.take(Rule::signed).map(|pair| self.signed(pair));
                    (first, high, dots.as_str().trim() == "..")
                }
            },
        };
        let (low, high) = (low.map(Box::new), high.map(Box::new));
        Some(Spanned::new(ScaleKey::Range { low, high, high_included }, span))
    }

    /// A word of a scale: one that ends in `*` is a beginning; `\*` is a star.
    fn word(&mut self, text: &str, span: Span) -> ScaleKey {
        let pattern = text.ends_with('*') && !text.ends_with("\\*");
        let body = if pattern { text.get(..text.len() - 1).unwrap_or("") } else { text };
        let plain = body.replace("\\*", "");
        if plain.contains('*') {
            let help = "a `*` stands at the end, for any further characters; write `\\*` for the star itself";
            self.error(Code::BadLiteral, span, "a `*` in the middle of a word means nothing", help);
        }
        ScaleKey::Word { text: Arc::from(body.replace("\\*", "*")), pattern }
    }

    pub(super) fn domain(&mut self, pair: Node<'_>) -> Option<Domain> {
        let span = self.span(&pair);
        let mut cursor = Cursor::new(pair.into_inner());
        if let Some(range) = cursor.take(Rule::bound_range) {
            let bounds: Vec<_> = Cursor::new(range.into_inner()).many(Rule::bound);
            let mut bounds = bounds.into_iter().filter_map(|pair| self.bound(pair));
            let low = bounds.next()?;
            let kind = match bounds.next() {
                Some(high) => DomainKind::Range(low, high),
                None => DomainKind::List(vec![low]),
            };
            return Some(Domain { kind, span });
        }
        let list = cursor.many(Rule::bound).into_iter().filter_map(|pair| self.bound(pair)).collect();
        Some(Domain { kind: DomainKind::List(list), span })
    }

    fn bound(&mut self, pair: Node<'_>) -> Option<Expr> {
        let pair = Cursor::new(pair.into_inner()).next()?;
        Some(if pair.as_rule() == Rule::signed { self.signed(pair) } else { self.name_expr(&pair) })
    }

    pub(super) fn dims(&mut self, cursor: &mut Cursor<'_>) -> Option<Vec<Dim>> {
        let pairs = Cursor::new(cursor.take(Rule::dims)?.into_inner()).many(Rule::dim);
        pairs.into_iter().map(|pair| self.dim(pair)).collect()
    }

    fn dim(&mut self, pair: Node<'_>) -> Option<Dim> {
        let span = self.span(&pair);
        let mut cursor = Cursor::new(pair.into_inner());
        let expr = cursor.take(Rule::dim_expr)?;
        let expr = self.value_expr(expr)?;
        let rename = self.take_name(&mut cursor);
        let domain = cursor.take(Rule::domain).and_then(|pair| self.domain(pair));
        Some(Dim { expr, rename, domain, span })
    }

    fn index(&mut self, pair: Node<'_>) -> Option<Index> {
        let span = self.span(&pair);
        let mut cursor = Cursor::new(pair.into_inner());
        let doc = self.doc(&mut cursor);
        let hidden = cursor.has(Rule::k_hidden);
        let name = self.take_name(&mut cursor)?;
        let title = self.take_text(&mut cursor);
        let body = Cursor::new(cursor.take(Rule::body)?.into_inner()).next()?;
        let body = if body.as_rule() == Rule::aggregate { self.aggregate(body)? } else { self.expr(body)? };
        Some(Index { doc, hidden, name, title, body, span })
    }

    pub(super) fn check(&mut self, pair: Node<'_>) -> Option<Check> {
        let span = self.span(&pair);
        let mut cursor = Cursor::new(pair.into_inner());
        let doc = self.doc(&mut cursor);
        let message = self.take_text(&mut cursor)?;
        let holds = cursor.take(Rule::expr)?;
        let holds = self.expr(holds)?;
        let when = self.when(&mut cursor);
        let severity = if cursor.has(Rule::as_warning) { Severity::Warning } else { Severity::Error };
        Some(Check { doc, message, holds, when, severity, span })
    }

    pub(super) fn when(&mut self, cursor: &mut Cursor<'_>) -> Option<Expr> {
        let pair = cursor.take(Rule::when)?;
        let pair = Cursor::new(pair.into_inner()).take(Rule::expr)?;
        self.expr(pair)
    }
}
