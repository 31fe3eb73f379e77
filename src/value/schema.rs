//! What a scheme says of an input's file: how it is written, and what its columns hold.
//!
//! The compiler makes a [`Schema`] of an `input` block; the readers of files know nothing else of a scheme.

use std::sync::Arc;

use serde::Serialize;

use super::{Period, Ty};
use crate::source::Span;

/// How the bytes of a file become text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark; a mark of UTF-16 is followed where there is one.
    #[default]
    Utf8,
    /// UTF-16, by its mark, else little-endian.
    Utf16,
    /// ISO 8859-1: each byte is the character of its number.
    Latin1,
}

/// How a file is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Format {
    /// The byte between two fields; `None` to take it from the file's name (tab for `.tsv`, else comma).
    pub delimiter: Option<u8>,
    /// The encoding.
    pub encoding: Encoding,
    /// Whether the first record names the columns; without it every column states its position.
    pub header: bool,
    /// Whether a comma stands for the decimal point.
    pub decimal_comma: bool,
    /// A sign between groups of three digits.
    pub thousands: Option<char>,
    /// Whether numbers may have an exponent, as in `1.5E+03`.
    pub exponents: bool,
    /// Texts that mean a missing value, besides the empty one.
    pub missing: Vec<Arc<str>>,
    /// Words for yes.
    pub yes: Vec<Arc<str>>,
    /// Words for no.
    pub no: Vec<Arc<str>>,
    /// Formats of dates, in the order tried; empty for `2008-03-01` (`2008-03`, `2008` for partial dates).
    pub dates: Vec<Arc<str>>,
    /// The first year of the hundred that two-digit years mean.
    pub century: Option<i32>,
}

impl Default for Format {
    fn default() -> Self {
        let words = |list: &[&str]| list.iter().map(|&word| Arc::from(word)).collect();
        Self {
            delimiter: None,
            encoding: Encoding::default(),
            header: true,
            decimal_comma: false,
            thousands: None,
            exponents: false,
            missing: Vec::new(),
            yes: words(&["yes"]),
            no: words(&["no"]),
            dates: Vec::new(),
            century: None,
        }
    }
}

/// Where the values of a column come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The column under this header.
    Header(Arc<str>),
    /// The field at this position, from 1.
    Position(usize),
    /// A part of the header of an unpivoted column: its place among the parts, from 0.
    Part(usize),
    /// The field of an unpivoted column.
    Cell,
}

/// One column of an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnSpec {
    /// Its name in the scheme.
    pub name: Arc<str>,
    /// Its type.
    pub ty: Ty,
    /// Where its values come from.
    pub place: Place,
    /// Whether outer blanks are removed and the text is brought to NFC, instead of being an error.
    pub clean: bool,
    /// Formats of dates of this column alone; empty for the file's.
    pub dates: Vec<Arc<str>>,
    /// Texts that mean a missing value in this column, besides the file's.
    pub missing: Vec<Arc<str>>,
    /// Where the scheme declares it.
    #[serde(skip)]
    pub span: Span,
}

/// `unpivot le_*, gni_* to indicator "_" year, amount number(3)?`: many columns made into rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unpivot {
    /// The headers, each as the text before and the text behind its `*`; without a `*` the second is `None`.
    pub headers: Vec<(Arc<str>, Option<Arc<str>>)>,
    /// The separators between the parts of a header: one fewer than the columns that are [`Place::Part`]. The
    /// header is split from its end, so that the first part may hold the separator itself.
    pub separators: Vec<Arc<str>>,
    /// Where the scheme says so.
    #[serde(skip)]
    pub span: Span,
}

impl Unpivot {
    /// Whether a header is like a pattern: the text before the star and the one behind it, or the whole text.
    pub fn is_like(header: &str, before: &str, after: Option<&str>) -> bool {
        match after {
            Some(after) => header.strip_prefix(before).is_some_and(|rest| rest.ends_with(after)),
            None => header == before,
        }
    }

    /// Whether a header is like one of its patterns.
    pub fn takes(&self, header: &str) -> bool {
        self.headers.iter().any(|(before, after)| Self::is_like(header, before, after.as_deref()))
    }

    /// The parts of a header, split from its end.
    pub fn split<'h>(&self, header: &'h str) -> Option<Vec<&'h str>> {
        let (mut rest, mut parts) = (header, Vec::new());
        for separator in self.separators.iter().rev() {
            let (before, part) = rest.rsplit_once(&**separator)?;
            parts.push(part);
            rest = before;
        }
        parts.push(rest);
        parts.reverse();
        Some(parts)
    }
}

/// `unit K has …`: columns that are the same in all rows of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unit {
    /// The columns that make the key.
    pub key: Vec<usize>,
    /// The columns that are fixed by it.
    pub has: Vec<usize>,
    /// Where the scheme says so.
    #[serde(skip)]
    pub span: Span,
}

/// What may not be twice in an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unique {
    /// The columns that make the key.
    pub key: Vec<usize>,
    /// Whether repeats are dropped and counted (`distinct`); else they are errors (`unique`).
    pub drop_repeats: bool,
    /// The interval of each row, for a dated key.
    pub interval: Option<Interval>,
    /// Where the scheme says so.
    #[serde(skip)]
    pub span: Span,
}

/// The days on which a row of a dated input holds. A partial start counts from its earliest day, a partial end to
/// its latest, where the scheme says `earliest` and `latest`; a missing end is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Interval {
    /// The column of the start, and which end of a partial date is meant.
    pub from: (usize, Edge),
    /// The column of the end, and which end of a partial date is meant.
    pub end: (usize, Edge),
    /// Whether the end's day is part of it (`to`), or not (`until`).
    pub inclusive: bool,
}

/// Which day of a partial date is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Edge {
    /// The first day that it may be.
    Earliest,
    /// The last day that it may be.
    Latest,
}

/// All that a reader must know of an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Schema {
    /// The input's name in the scheme.
    pub name: Arc<str>,
    /// The file that the scheme names for it, relative to a folder of data.
    pub file: Option<Arc<str>>,
    /// How the file is written.
    pub format: Format,
    /// The columns: those declared, then those that `unpivot` makes.
    pub columns: Vec<ColumnSpec>,
    /// Columns made into rows.
    pub unpivot: Option<Unpivot>,
    /// Units and what they have.
    pub units: Vec<Unit>,
    /// Keys.
    pub unique: Vec<Unique>,
    /// Where the scheme declares it.
    #[serde(skip)]
    pub span: Span,
}

/// The kinds of period that a column can hold, by the word of its type.
pub fn period_of(word: &str) -> Option<Period> {
    Period::of_word(word).filter(|period| *period != Period::Day)
}
