//! What varies: names bound, values typed and held against what a parameter may be.
//!
//! Input: the items of a chain, the resolved scheme and its typed parameters. Output: a list of [`Vary`] in the order of
//! the scheme. Whether changes can be made is looked at where plans are made of them.

mod values;

use std::sync::Arc;

use super::Checker;
use super::scope::{Scope, ScopeKind};
use super::tree::Param;
use crate::diag::{Code, Diagnostic, Problems};
use crate::resolve::overlay::VariedItem;
use crate::resolve::{self, Kind};
use crate::source::Span;
use crate::syntax::ast::{self, Doc, LineKey, Name, ScaleKey, SpreadKind};
pub use crate::value::shape::Shape;
use crate::value::{Type, Value};

/// What to do where what should vary stands in the data.
const OF_TABLE: &str = "what stands in a table doesn't vary: write it as a scale, `scale weight { 2 \"roads\"  1 \"ports\" }`, and \
                        `vary weight by 25 %`, or as a param";

/// Something that varies.
#[derive(Debug, Clone)]
pub struct Vary {
    /// Its name: `third_country`, `level("president")`, `"everybody counts"`.
    pub name: Arc<str>,
    /// Its doc comments.
    pub doc: Doc,
    /// What it is.
    pub what: Varied,
    /// Over which values.
    pub spread: Spread,
    /// Where the scheme says so.
    pub span: Span,
}

/// What varies.
#[derive(Debug, Clone)]
pub enum Varied {
    /// A parameter.
    Param(Arc<str>),
    /// A line of a scale: the scale, and one of the line's words or ranges.
    Line(Arc<str>, LineKey),
    /// Whether changes are made, all of them or none: their names, and the file of their overlay, if that isn't the scheme
    /// itself.
    Change(Vec<Name>, Option<Name>),
}

/// Over which values something varies.
#[derive(Debug, Clone, PartialEq)]
pub enum Spread {
    /// By so many per cent of what it is, to both sides, evenly.
    Percent {
        /// How many.
        percent: f64,
        /// The places of what is drawn, where they are stated.
        places: Option<u8>,
    },
    /// Numbers of these places.
    Number {
        /// How they are spread.
        shape: Shape,
        /// The places of what is drawn.
        places: u8,
    },
    /// Whole numbers, days or periods from the first to the last, each as likely as any other.
    Counted {
        /// The first.
        low: i64,
        /// The last.
        high: i64,
        /// What they are: an integer, a date or a kind of period.
        ty: Type,
    },
    /// These values, each with its weight.
    Values(Vec<(Value, f64)>, Type),
    /// A change is off or on.
    Change,
}

impl Spread {
    /// How something varies, in words.
    pub fn words(&self) -> String {
        match self {
            Spread::Percent { percent, .. } => format!("± {percent} %"),
            Spread::Number { shape, .. } => match *shape {
                Shape::Uniform { low, high } => format!("{low} to {high}"),
                Shape::Normal { mean, deviation, .. } => format!("normal, {mean} sd {deviation}"),
                Shape::Triangular { low, high, peak } => format!("triangular, {low} to {high}, peak {peak}"),
            },
            Spread::Counted { low, high, ty } => {
                let shown = |at: i64| self.counted(at).map_or_else(String::new, |value| value.format(ty));
                let whole = if matches!(ty, Type::Number(_)) { ", whole" } else { "" };
                format!("{} to {}{whole}", shown(*low), shown(*high))
            }
            Spread::Values(values, ty) => {
                let even = values.iter().all(|(_, weight)| Some(*weight) == values.first().map(|(_, first)| *first));
                let weight = |weight: &f64| if even { String::new() } else { format!(" (weight {weight})") };
                let shown = values.iter().map(|(value, by)| format!("{}{}", value.format(ty), weight(by)));
                shown.collect::<Vec<_>>().join(", ")
            }
            Spread::Change => "off or on".to_owned(),
        }
    }

    /// A whole number, day or period as a value.
    pub fn counted(&self, at: i64) -> Option<Value> {
        let Spread::Counted { ty, .. } = self else { return None };
        Some(match ty {
            Type::Date => Value::Date(i32::try_from(at).ok()?),
            Type::Period(_) => Value::Period(i32::try_from(at).ok()?),
            _ => Value::Number(i128::from(at)),
        })
    }
}

/// Types what varies. What an inherited item names and isn't there any more is left out, and so is one whose target varies
/// otherwise in a later file.
pub fn check_varies(
    scheme: &resolve::Scheme,
    params: &[Param],
    items: &[VariedItem<ast::Vary>],
    problems: &mut Problems,
) -> Vec<Vary> {
    let mut checker = Checker::new(scheme, problems);
    checker.params = params.to_vec();
    let mut found: Vec<(Vary, bool)> = Vec::new();
    // Those of later files come first: they hide the others.
    let (own, inherited): (Vec<_>, Vec<_>) = items.iter().enumerate().partition(|(_, item)| item.own);
    let mut order = Vec::new();
    for (at, item) in own.into_iter().chain(inherited.into_iter().rev()) {
        for vary in checker.vary(item) {
            let same = found.iter().find(|(other, _)| same(scheme, &other.what, &vary.what));
            match same {
                Some((first, true)) if item.own => {
                    let message = format!("`{}` varies twice", vary.name);
                    let error = Diagnostic::error(Code::DuplicateName, vary.span, message);
                    checker.problems.push(error.also(first.span, "first here").help("say once how it varies"));
                }
                Some(_) => {}
                None => {
                    order.push(at);
                    found.push((vary, item.own));
                }
            }
        }
    }
    let mut listed: Vec<(usize, Vary)> = order.into_iter().zip(found).map(|(at, (vary, _))| (at, vary)).collect();
    listed.sort_by_key(|(at, _)| *at);
    listed.into_iter().map(|(_, vary)| vary).collect()
}

/// Whether two vary the same.
fn same(scheme: &resolve::Scheme, a: &Varied, b: &Varied) -> bool {
    match (a, b) {
        (Varied::Param(a), Varied::Param(b)) => a == b,
        (Varied::Line(a, x), Varied::Line(b, y)) => {
            a == b && line(scheme, a, x).is_some() && line(scheme, a, x) == line(scheme, b, y)
        }
        (Varied::Change(a, x), Varied::Change(b, y)) => {
            let file = |file: &Option<Name>| file.as_ref().map(|file| Arc::clone(&file.node));
            file(x) == file(y) && a.iter().any(|a| b.iter().any(|b| a.node == b.node))
        }
        _ => false,
    }
}

/// The line of a scale that has a word or range: its place.
fn line(scheme: &resolve::Scheme, scale: &str, key: &LineKey) -> Option<usize> {
    let (_, tree) = scheme.scales.get(scheme.find(scale, Kind::Scale)?)?;
    line_of(tree, key)
}

/// The line of a scale that has a word or range, or that is for all others: its place.
pub fn line_of(scale: &ast::Scale, key: &LineKey) -> Option<usize> {
    let same = |other: &ScaleKey| match (other, key.node.as_ref()) {
        (_, None) => false,
        (ScaleKey::Word { text: a, pattern: p }, Some(ScaleKey::Word { text: b, pattern: q })) => a == b && p == q,
        (a @ ScaleKey::Range { .. }, Some(b @ ScaleKey::Range { .. })) => words_of(Some(a)) == words_of(Some(b)),
        _ => false,
    };
    scale.entries.iter().position(|entry| match key.node {
        None => entry.keys.is_empty(),
        Some(_) => entry.keys.iter().any(|key| same(&key.node)),
    })
}

fn words_of(key: Option<&ScaleKey>) -> String {
    resolve::overlay::key_words(key)
}

impl Checker<'_> {
    /// What an item varies: several lines where it names a whole scale.
    fn vary(&mut self, item: &VariedItem<ast::Vary>) -> Vec<Vary> {
        let ast::Vary { what, spread, span } = &item.tree;
        let vary = |name: String, what: Varied, spread: Spread| Vary {
            name: name.into(),
            doc: item.doc.clone(),
            what,
            spread,
            span: *span,
        };
        match (what, spread) {
            (ast::Varied::Change { names, file }, _) => {
                let shown: Vec<String> = names.iter().map(|name| format!("\"{}\"", name.node)).collect();
                vec![vary(shown.join(" + "), Varied::Change(names.clone(), file.clone()), Spread::Change)]
            }
            (ast::Varied::Line { scale, key }, Some(spread)) => {
                let Some(id) = self.item(scale, Kind::Scale, item.own) else { return Vec::new() };
                let Some((_, tree)) = self.scheme.scales.get(id) else { return Vec::new() };
                let Some(at) = line_of(tree, key) else {
                    if item.own {
                        let message = format!("scale `{}` has no line for {}", scale.node, words_of(key.node.as_ref()));
                        self.error(Code::UnknownTarget, key.span, message, "name a word or range as the scale has it");
                    }
                    return Vec::new();
                };
                let name = format!("{}({})", scale.node, words_of(key.node.as_ref()));
                let spread = self.of_line(scale, at, spread, &name);
                let what = Varied::Line(Arc::clone(&scale.node), key.clone());
                spread.map(|spread| vary(name, what, spread)).into_iter().collect()
            }
            (ast::Varied::Item(name), Some(spread)) => {
                let kind = self.scheme.names.get(&name.node).map(|named| named.kind);
                if kind == Some(Kind::Scale) {
                    let lines = self.lines(name, spread);
                    return lines.into_iter().map(|(name, what, spread)| vary(name, what, spread)).collect();
                }
                let Some(id) = self.item(name, Kind::Param, item.own) else { return Vec::new() };
                let spread = self.of_param(id, spread);
                let what = Varied::Param(Arc::clone(&name.node));
                spread.map(|spread| vary(name.node.to_string(), what, spread)).into_iter().collect()
            }
            (_, None) => Vec::new(),
        }
    }

    /// A parameter or scale, of which only an item of the scheme's own file must say that it isn't there.
    fn item(&mut self, name: &Name, kind: Kind, own: bool) -> Option<usize> {
        let found = self.scheme.find(&name.node, kind);
        if found.is_none() && own {
            let code = if kind == Kind::Param { Code::UnknownParam } else { Code::UnknownTarget };
            let unknown = self.scheme.unknown(name, kind, code);
            self.problems.push(if self.is_of_table(&name.node) { unknown.help(OF_TABLE) } else { unknown });
        }
        found
    }

    /// Whether a name is that of an input, or else of a column of one.
    fn is_of_table(&self, name: &str) -> bool {
        match self.scheme.names.get(name) {
            Some(named) => named.kind == Kind::Input,
            None => {
                self.scheme.inputs.iter().any(|(_, input)| input.columns.iter().any(|spec| *spec.name.node == *name))
            }
        }
    }

    /// All lines of a scale that give numbers, each of which varies by itself.
    fn lines(&mut self, scale: &Name, spread: &ast::Spread) -> Vec<(String, Varied, Spread)> {
        if !matches!(spread.kind, SpreadKind::Percent(_)) {
            let message = format!("`{}` is a scale: its lines have points of their own", scale.node);
            let help =
                format!("name a line, `{}(\"…\")`, or vary all of them: `vary {} by 25 %`", scale.node, scale.node);
            self.error(Code::WrongTarget, scale.span, message, help);
            return Vec::new();
        }
        let id = self.scheme.find(&scale.node, Kind::Scale);
        let Some((_, tree)) = id.and_then(|id| self.scheme.scales.get(id)) else { return Vec::new() };
        let mut found = Vec::new();
        for entry in tree
            .entries
            .iter()
            .filter(|entry| matches!(entry.result, Some(ast::Expr { kind: ast::ExprKind::Number(..), .. })))
        {
            let key = entry.keys.first().map(|key| key.node.clone());
            let name = format!("{}({})", scale.node, words_of(key.as_ref()));
            let Some(spread) = self.percent(spread) else { break };
            let key = crate::source::Spanned::new(key, entry.span);
            found.push((name, Varied::Line(Arc::clone(&scale.node), key), spread));
        }
        if found.is_empty() && !self.problems.has_errors() {
            let message = format!("no line of `{}` gives a number", scale.node);
            self.error(Code::WrongType, scale.span, message, "vary a scale of points, or a parameter");
        }
        found
    }

    fn of_line(&mut self, scale: &Name, at: usize, spread: &ast::Spread, name: &str) -> Option<Spread> {
        let id = self.scheme.find(&scale.node, Kind::Scale)?;
        let entry = self.scheme.scales.get(id)?.1.entries.get(at)?;
        let Some(result) = &entry.result else {
            let message = format!("`{name}` gives no points: it is `missing`");
            self.error(Code::WrongType, spread.span, message, "vary a line that gives points");
            return None;
        };
        if let ast::ExprKind::Name(param) = &result.kind {
            let message = format!("the points of `{name}` are the parameter `{param}`");
            self.error(Code::WrongTarget, spread.span, message, format!("write `vary {param} …`"));
            return None;
        }
        let typed = self.expr(&mut Scope::new(ScopeKind::Constants), result)?;
        self.spread(spread, &typed.ty.base, None)
    }

    fn of_param(&mut self, id: usize, spread: &ast::Spread) -> Option<Spread> {
        let (_, tree) = self.scheme.params.get(id)?;
        let ty = self.params.get(id)?.ty.base.clone();
        let found = self.spread(spread, &ty, tree.domain.as_ref())?;
        self.inside(tree, &found, spread.span).then_some(found)
    }
}
