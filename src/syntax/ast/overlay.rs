//! Overlays: changes of the scheme that is extended.

use serde::Serialize;

use super::{Check, Column, Entry, Expr, Item, Key, Name, ScaleKey, Step};
use crate::source::{Span, Spanned};

/// A named change, or a single edit without a name, which is named by its target.
#[derive(Debug, Clone, Serialize)]
pub struct Change {
    /// Its name; none for a bare edit.
    pub name: Option<Name>,
    /// What it does, in order.
    pub edits: Vec<Edit>,
    /// All of it.
    pub span: Span,
}

/// One edit.
#[derive(Debug, Clone, Serialize)]
pub struct Edit {
    /// What it does.
    pub kind: EditKind,
    /// All of it.
    pub span: Span,
}

/// The kinds of edits.
#[derive(Debug, Clone, Serialize)]
pub enum EditKind {
    /// `set third_country = 1`.
    Set {
        /// The parameter.
        param: Name,
        /// Its value: a literal.
        value: Expr,
    },
    /// `set level("president") = 4`.
    SetPoints {
        /// The scale.
        scale: Name,
        /// The word or range of the scale.
        key: LineKey,
        /// What it gets; `None` for `missing`.
        result: Option<Expr>,
        /// Where that stands.
        result_span: Span,
    },
    /// `replace scale level { … }`: another item of the same kind and name.
    Replace(Box<Item>),
    /// `replace visit.halving { … }`: a step, a let or a column, by one or several.
    ReplacePart {
        /// What.
        path: Path,
        /// By what.
        parts: Parts,
    },
    /// `remove index mean_contacts`, `remove mean_contacts`.
    Remove {
        /// The word before the name, if it stands there.
        kind: Option<Name>,
        /// The item.
        name: Name,
    },
    /// `remove visit.absorption`.
    RemovePart(Path),
    /// `remove level("president")`.
    RemovePoints {
        /// The scale.
        scale: Name,
        /// The word or range of the scale.
        key: LineKey,
    },
    /// `remove check "…"`.
    RemoveCheck(Name),
    /// `add index …`.
    Add(Box<Item>),
    /// `add after visit.points { … }`, `add to contact { … }`.
    AddParts {
        /// Where.
        place: Place,
        /// What.
        parts: Parts,
    },
}

/// A line of a scale, by one of its words or ranges; `None` for `otherwise`.
pub type LineKey = Spanned<Option<ScaleKey>>;

/// A part of an item: `visit.halving`.
#[derive(Debug, Clone, Serialize)]
pub struct Path {
    /// The item.
    pub item: Name,
    /// The step, let or column.
    pub part: Name,
    /// All of it.
    pub span: Span,
}

/// Where parts are added.
#[derive(Debug, Clone, Serialize)]
pub enum Place {
    /// At the end of an item.
    To(Name),
    /// Before a part.
    Before(Path),
    /// After a part.
    After(Path),
}

impl Place {
    /// The item to which something is added.
    pub fn item(&self) -> &Name {
        match self {
            Place::To(item) => item,
            Place::Before(path) | Place::After(path) => &path.item,
        }
    }
}

/// Parts in braces, with their place.
pub type Parts = Spanned<Vec<Part>>;

/// A line of a score, an input or a scale.
#[derive(Debug, Clone, Serialize)]
pub enum Part {
    /// A check, of a score or an input.
    Check(Check),
    /// A step or a let.
    Step(Step),
    /// A column.
    Column(Column),
    /// `unit K has …`.
    Unit(Spanned<(Vec<Name>, Vec<Name>)>),
    /// `unique` or `distinct`.
    Key(Spanned<Key>),
    /// A line of a scale.
    Entry(Entry),
}
