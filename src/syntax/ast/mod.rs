//! The untyped tree: what stands in a file, each node with its place.

mod expr;
mod input;
mod overlay;
mod score;
mod test;
mod vary;

use std::sync::Arc;

use serde::Serialize;

use crate::diag::Severity;
use crate::source::{Span, Spanned};

pub use expr::*;
pub use input::*;
pub use overlay::*;
pub use score::*;
pub use test::*;
pub use vary::*;

/// A name or a text, with its place.
pub type Name = Spanned<Arc<str>>;

/// A file.
#[derive(Debug, Clone, Default, Serialize)]
pub struct File {
    /// The items, in order. Those with syntax errors are left out.
    pub items: Vec<Item>,
}

/// An item, and the doc comments before it.
#[derive(Debug, Clone, Serialize)]
pub struct Item {
    /// The text of its doc comments.
    pub doc: Doc,
    /// What it is.
    pub kind: ItemKind,
    /// All of it.
    pub span: Span,
}

/// Doc comments, one line each, without `##` and outer blanks.
pub type Doc = Vec<Arc<str>>;

/// The kinds of items.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "each is the item of its name")]
pub enum ItemKind {
    Scheme {
        name: Name,
        title: Option<Name>,
        /// The file that it extends.
        extends: Option<Name>,
    },
    Version(Name),
    Author(Vec<Name>),
    Cite(Name),
    Data(Name),
    Input(Input),
    Scale(Scale),
    Param(Param),
    Score(Score),
    Index(Index),
    /// Indices that share their dimensions.
    Block {
        dims: Vec<Dim>,
        indices: Vec<Index>,
    },
    Check(Check),
    Test(Test),
    Expect(Expect),
    Change(Change),
    Vary(Vary),
    Exclude(Exclude),
}

/// A scale.
#[derive(Debug, Clone, Serialize)]
pub struct Scale {
    /// Its name.
    pub name: Name,
    /// Its lines.
    pub entries: Vec<Entry>,
}

/// A line of a scale.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// Its doc comments.
    pub doc: Doc,
    /// The points or text; `None` for `missing`. A literal or the name of a parameter.
    pub result: Option<Expr>,
    /// Where the result stands.
    pub result_span: Span,
    /// What gets it; none for `otherwise`.
    pub keys: Vec<Spanned<ScaleKey>>,
    /// All of it.
    pub span: Span,
}

/// What a line of a scale is for.
#[derive(Debug, Clone, Serialize)]
pub enum ScaleKey {
    /// A word, or a pattern if it ends in an unescaped `*` (left out here).
    Word {
        /// The word, or the beginning.
        text: Arc<str>,
        /// Whether it is a beginning.
        pattern: bool,
    },
    /// A range of numbers.
    Range {
        /// The lower bound.
        low: Option<Box<Expr>>,
        /// The upper bound.
        high: Option<Box<Expr>>,
        /// Whether the upper bound is included.
        high_included: bool,
    },
}

/// A parameter.
#[derive(Debug, Clone, Serialize)]
pub struct Param {
    /// Its name.
    pub name: Name,
    /// Its value: a literal.
    pub value: Expr,
    /// The values that it can take.
    pub domain: Option<Domain>,
    /// What it is.
    pub title: Option<Name>,
}

/// The values of a dimension or parameter.
#[derive(Debug, Clone, Serialize)]
pub struct Domain {
    /// What they are.
    pub kind: DomainKind,
    /// Where it stands.
    pub span: Span,
}

/// How values are named.
#[derive(Debug, Clone, Serialize)]
pub enum DomainKind {
    /// One by one; a single name may be an input with a key.
    List(Vec<Expr>),
    /// From the first to the last, both included.
    Range(Expr, Expr),
}

/// An index.
#[derive(Debug, Clone, Serialize)]
pub struct Index {
    /// Its doc comments.
    pub doc: Doc,
    /// Whether it is hidden.
    pub hidden: bool,
    /// Its name.
    pub name: Name,
    /// Its title.
    pub title: Option<Name>,
    /// Its formula or aggregation.
    pub body: Expr,
    /// All of it.
    pub span: Span,
}

/// `check "…": … when … as warning`.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    /// Its doc comments.
    pub doc: Doc,
    /// What it says.
    pub message: Name,
    /// What must hold.
    pub holds: Expr,
    /// Where it is looked at.
    pub when: Option<Expr>,
    /// Error or warning.
    pub severity: Severity,
    /// All of it.
    pub span: Span,
}
