//! What varies in a sensitivity analysis.

use serde::Serialize;

use super::{Expr, LineKey, Name};
use crate::source::Span;

/// `vary third_country in 0..1`.
#[derive(Debug, Clone, Serialize)]
pub struct Vary {
    /// What varies.
    pub what: Varied,
    /// How; none for a change, which is off or on.
    pub spread: Option<Spread>,
    /// All of it.
    pub span: Span,
}

/// What varies.
#[derive(Debug, Clone, Serialize)]
pub enum Varied {
    /// A parameter, or each line of a scale.
    Item(Name),
    /// A line of a scale, by one of its words or ranges.
    Line {
        /// The scale.
        scale: Name,
        /// The word or range.
        key: LineKey,
    },
    /// Whether a change is made, or several that belong together.
    Change {
        /// Their names.
        names: Vec<Name>,
        /// The file of the overlay in which they stand, if that isn't this scheme.
        file: Option<Name>,
    },
}

/// How a value varies.
#[derive(Debug, Clone, Serialize)]
pub struct Spread {
    /// Over which values.
    pub kind: SpreadKind,
    /// The decimal places of what is drawn, where they are stated.
    pub places: Option<u8>,
    /// Where it stands.
    pub span: Span,
}

/// Over which values something varies.
#[derive(Debug, Clone, Serialize)]
pub enum SpreadKind {
    /// `by 25 %` of what it is, to both sides.
    Percent(Expr),
    /// `in 0..1`.
    Range(Expr, Expr),
    /// `in 2000, 2002 weight 2`: values, and how often each is drawn.
    Values(Vec<(Expr, Option<Expr>)>),
    /// `normal 0.5 sd 0.1`.
    Normal {
        /// The mean.
        mean: Expr,
        /// The standard deviation.
        deviation: Expr,
    },
    /// `triangular 0.2..0.8 peak 0.5`.
    Triangular {
        /// The lower end.
        low: Expr,
        /// The upper end.
        high: Expr,
        /// Where it is most likely.
        peak: Expr,
    },
}

/// `exclude "everybody counts" with "any day"`.
#[derive(Debug, Clone, Serialize)]
pub struct Exclude {
    /// A change.
    pub change: Name,
    /// Changes that are never made together with it.
    pub others: Vec<Name>,
    /// All of it.
    pub span: Span,
}
