//! Trees into one tree of ids: every item of a scheme gets a number of its kind, every scheme-level name its item.
//!
//! Input: the untyped tree of a file, or of a file and those that it extends ([`overlay`]). Output: a [`Scheme`]. The
//! names inside expressions are bound while they are typed.

pub mod difference;
mod order;
pub mod overlay;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::builtin;
use crate::diag::nearest::{nearest, suggest};
use crate::diag::{Code, Diagnostic, Problems};
use crate::source::Span;
use crate::syntax::ast::{self, Dim, Doc, File, ItemKind, Name};

pub use order::{Reference, children, references};

/// A scheme whose items have numbers.
#[derive(Debug, Clone, Default)]
pub struct Scheme {
    /// Its name.
    pub name: Option<Name>,
    /// Its title.
    pub title: Option<Name>,
    /// Its version.
    pub version: Option<Name>,
    /// Its authors.
    pub authors: Vec<Name>,
    /// What it cites.
    pub cites: Vec<Name>,
    /// The folder of its data.
    pub data: Option<Name>,
    /// Its inputs, in the order declared.
    pub inputs: Vec<(Doc, ast::Input)>,
    /// Its scales.
    pub scales: Vec<(Doc, ast::Scale)>,
    /// Its parameters.
    pub params: Vec<(Doc, ast::Param)>,
    /// Its scores.
    pub scores: Vec<(Doc, ast::Score)>,
    /// Its indices, those of blocks too.
    pub indices: Vec<Index>,
    /// Its checks on cells.
    pub checks: Vec<ast::Check>,
    /// Its tests.
    pub tests: Vec<ast::Test>,
    /// Its expectations.
    pub expects: Vec<ast::Expect>,
    /// The scheme-level names.
    pub names: BTreeMap<Arc<str>, Named>,
    /// The indices, each behind those that it uses.
    pub order: Vec<usize>,
    /// The doc comments of all items, by the items' places.
    pub docs: Vec<(Span, Doc)>,
}

/// An index, and the dimensions of the block in which it stands.
#[derive(Debug, Clone)]
pub struct Index {
    /// The index.
    pub tree: ast::Index,
    /// The dimensions of its block.
    pub shared: Option<Arc<[Dim]>>,
}

/// What a scheme-level name names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// Its kind.
    pub kind: Kind,
    /// Its number among its kind.
    pub id: usize,
    /// Where the name is declared.
    pub span: Span,
}

/// The kinds of scheme-level names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is the item of its name")]
pub enum Kind {
    Input,
    Scale,
    Param,
    Score,
    Index,
}

impl Kind {
    /// All kinds.
    pub const ALL: &'static [Kind] = &[Kind::Input, Kind::Scale, Kind::Param, Kind::Score, Kind::Index];

    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Input => "input",
            Kind::Scale => "scale",
            Kind::Param => "param",
            Kind::Score => "score",
            Kind::Index => "index",
        }
    }

    /// Several of the kind.
    pub fn words(self) -> &'static str {
        match self {
            Kind::Input => "inputs",
            Kind::Scale => "scales",
            Kind::Param => "params",
            Kind::Score => "scores",
            Kind::Index => "indices",
        }
    }
}

impl Scheme {
    /// The item of a name, if it is of this kind.
    pub fn find(&self, name: &str, kind: Kind) -> Option<usize> {
        self.names.get(name).filter(|named| named.kind == kind).map(|named| named.id)
    }

    /// The doc comments of the item in which a place lies.
    pub fn doc_around(&self, place: Span) -> &[Arc<str>] {
        self.docs.iter().find(|(span, _)| span.holds(place)).map_or(&[], |(_, doc)| doc)
    }

    /// The names of a kind.
    pub fn names_of(&self, kind: Kind) -> impl Iterator<Item = &str> {
        self.names.iter().filter(move |(_, named)| named.kind == kind).map(|(name, _)| &**name)
    }

    /// An error for a name that isn't of this kind: says what it is, or suggests the nearest.
    pub fn unknown(&self, name: &Name, kind: Kind, code: Code) -> Diagnostic {
        let word = kind.word();
        let message = format!("there is no {word} `{}`", name.node);
        let diagnostic = Diagnostic::error(code, name.span, message);
        if let Some(named) = self.names.get(&name.node) {
            let found = diagnostic.also(named.span, format!("this is {} {}", article(named.kind), named.kind.word()));
            return match nearest(&name.node, self.names_of(kind)) {
                Some(near) => found.help(format!("did you mean the {word} `{near}`?")),
                None => {
                    let help = suggest(&name.node, &format!("declared as {word}"), self.names_of(kind));
                    found.help(help.unwrap_or_else(|| format!("the scheme declares no {word}")))
                }
            };
        }
        match suggest(&name.node, &format!("declared as {word}"), self.names_of(kind)) {
            Some(help) => diagnostic.help(help),
            None => diagnostic.help(format!("the scheme declares no {word}")),
        }
    }
}

pub(crate) fn article(kind: Kind) -> &'static str {
    if matches!(kind, Kind::Input | Kind::Index) { "an" } else { "a" }
}

/// Gives the items of a file their numbers and binds the scheme-level names.
pub fn resolve(file: File, problems: &mut Problems) -> Scheme {
    let mut scheme = Scheme::default();
    for item in file.items {
        let doc = item.doc;
        if !doc.is_empty() {
            scheme.docs.push((item.span, doc.clone()));
        }
        match item.kind {
            ItemKind::Scheme { name, title, .. } => {
                if scheme.name.is_some() {
                    let found = Diagnostic::error(Code::DuplicateName, name.span, "a file holds one scheme");
                    problems.push(found.help("put the second into a file of its own"));
                } else {
                    scheme.name = Some(name);
                    scheme.title = title;
                }
            }
            ItemKind::Version(text) => once(&mut scheme.version, text, "version", problems),
            ItemKind::Data(text) => once(&mut scheme.data, text, "data", problems),
            ItemKind::Author(names) => scheme.authors.extend(names),
            ItemKind::Cite(text) => scheme.cites.push(text),
            ItemKind::Input(input) => {
                declare(&mut scheme.names, &input.name, Kind::Input, scheme.inputs.len(), problems);
                scheme.inputs.push((doc, input));
            }
            ItemKind::Scale(scale) => {
                declare(&mut scheme.names, &scale.name, Kind::Scale, scheme.scales.len(), problems);
                scheme.scales.push((doc, scale));
            }
            ItemKind::Param(param) => {
                declare(&mut scheme.names, &param.name, Kind::Param, scheme.params.len(), problems);
                scheme.params.push((doc, param));
            }
            ItemKind::Score(score) => {
                declare(&mut scheme.names, &score.name, Kind::Score, scheme.scores.len(), problems);
                scheme.scores.push((doc, score));
            }
            ItemKind::Index(tree) => push_index(&mut scheme, tree, None, problems),
            ItemKind::Block { dims, indices } => {
                let shared: Arc<[Dim]> = dims.into();
                for tree in indices {
                    push_index(&mut scheme, tree, Some(Arc::clone(&shared)), problems);
                }
            }
            ItemKind::Check(check) => scheme.checks.push(check),
            ItemKind::Test(test) => scheme.tests.push(test),
            ItemKind::Expect(expect) => scheme.expects.push(expect),
            // What varies is looked at once the whole scheme is known.
            ItemKind::Change(_) | ItemKind::Vary(_) | ItemKind::Exclude(_) => {}
        }
    }
    if scheme.name.is_none() && !problems.has_errors() {
        let found = Diagnostic::error(Code::MissingScheme, Span::default(), "the file doesn't say which scheme it is");
        problems.push(found.help("begin with `scheme name \"Title\"`"));
    }
    scheme.order = order::sort(&scheme, problems);
    scheme
}

fn once(slot: &mut Option<Name>, text: Name, word: &str, problems: &mut Problems) {
    if let Some(first) = slot {
        let found = Diagnostic::error(Code::DuplicateName, text.span, format!("`{word}` is said twice"));
        problems.push(found.also(first.span, "first here").help("keep one of them"));
    } else {
        *slot = Some(text);
    }
}

fn push_index(scheme: &mut Scheme, tree: ast::Index, shared: Option<Arc<[Dim]>>, problems: &mut Problems) {
    declare(&mut scheme.names, &tree.name, Kind::Index, scheme.indices.len(), problems);
    scheme.indices.push(Index { tree, shared });
}

fn declare(names: &mut BTreeMap<Arc<str>, Named>, name: &Name, kind: Kind, id: usize, problems: &mut Problems) {
    if let Some(first) = names.get(&name.node) {
        let message = format!("`{}` is declared twice", name.node);
        let found = Diagnostic::error(Code::DuplicateName, name.span, message);
        problems.push(
            found
                .also(first.span, "first here")
                .help("inputs, scales, params, scores and indices share their names: rename one"),
        );
        return;
    }
    if matches!(kind, Kind::Scale | Kind::Input) && builtin::function(&name.node).is_some() {
        let message = format!("`{}` is the name of a function", name.node);
        let found = Diagnostic::error(Code::ReservedName, name.span, message);
        problems.push(found.help(format!("call the {} otherwise", kind.word())));
    }
    names.insert(Arc::clone(&name.node), Named { kind, id, span: name.span });
}
