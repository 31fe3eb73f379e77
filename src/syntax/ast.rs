//! The untyped tree: what stands in a file, each node with its place.

use std::sync::Arc;

use serde::Serialize;

use crate::diag::Severity;
use crate::source::{Span, Spanned};
use crate::value::words::{Empty, Function, Verb};
use crate::value::{Period, Precision};

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
}

/// An input.
#[derive(Debug, Clone, Serialize)]
pub struct Input {
    /// Its name.
    pub name: Name,
    /// Its file.
    pub file: Option<Name>,
    /// How the file is written.
    pub options: Vec<Spanned<FileOption>>,
    /// Its columns.
    pub columns: Vec<Column>,
    /// `unit K has …`.
    pub units: Vec<Spanned<(Vec<Name>, Vec<Name>)>>,
    /// `unique` and `distinct`.
    pub keys: Vec<Spanned<Key>>,
    /// Columns made into rows.
    pub unpivot: Option<Spanned<Unpivot>>,
    /// Checks on rows.
    pub checks: Vec<Check>,
}

/// One line on how a file is written.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "each is the line of its name")]
pub enum FileOption {
    Delimiter(Name),
    Encoding(Name),
    NoHeader,
    DecimalComma,
    Thousands(Name),
    Exponents,
    Missing(Vec<Name>),
    Yes(Vec<Name>),
    No(Vec<Name>),
    Dates(Vec<Name>),
    Century(i32),
}

/// A column.
#[derive(Debug, Clone, Serialize)]
pub struct Column {
    /// Its doc comments.
    pub doc: Doc,
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: ColumnType,
    /// What else is said of it.
    pub mods: Vec<Spanned<ColumnMod>>,
}

/// The type of a column.
#[derive(Debug, Clone, Serialize)]
pub struct ColumnType {
    /// The type.
    pub base: BaseType,
    /// Whether a value may be missing.
    pub optional: bool,
    /// Where it stands.
    pub span: Span,
}

/// A type as written.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "they are the words of the language")]
pub enum BaseType {
    Text,
    Number(Spanned<u32>),
    Date,
    Partial(Precision),
    Flag,
    Category(Vec<Name>),
    Period(Period),
}

/// What can be said of a column.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "each is the word of its name")]
pub enum ColumnMod {
    From(Name),
    At(u32),
    Clean,
    Format(Vec<Name>),
    Missing(Vec<Name>),
}

/// A key.
#[derive(Debug, Clone, Serialize)]
pub struct Key {
    /// Its columns.
    pub columns: Vec<Name>,
    /// Whether repeats are dropped (`distinct`).
    pub drop_repeats: bool,
    /// From, end, and whether the end is included.
    pub interval: Option<(Edge, Edge, bool)>,
}

/// A column, or the earliest or latest day of it.
#[derive(Debug, Clone, Serialize)]
pub struct Edge {
    /// `earliest` or `latest`.
    pub function: Option<Name>,
    /// The column.
    pub column: Name,
}

/// `unpivot`.
#[derive(Debug, Clone, Serialize)]
pub struct Unpivot {
    /// Headers, with `*` for any text.
    pub patterns: Vec<Name>,
    /// The columns made of the header.
    pub parts: Vec<(Name, Option<(BaseType, Span)>)>,
    /// What stands between them.
    pub separators: Vec<Name>,
    /// The column of the fields.
    pub cell: Column,
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
        low: Option<Expr>,
        /// The upper bound.
        high: Option<Expr>,
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

/// A score.
#[derive(Debug, Clone, Serialize)]
pub struct Score {
    /// Its name.
    pub name: Name,
    /// Its input.
    pub input: Name,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// A step, a let or a check of a score.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// Its doc comments.
    pub doc: Doc,
    /// Its label, or the name of a let; of a check, its text.
    pub label: Name,
    /// Its citation.
    pub cite: Option<Name>,
    /// What it does.
    pub kind: StepKind,
    /// All of it.
    pub span: Span,
}

/// The kinds of steps.
#[derive(Debug, Clone, Serialize)]
pub enum StepKind {
    /// `let name = …`.
    Let(Expr),
    /// `keep … when …`.
    Keep(Expr, Option<Expr>),
    /// `every …`.
    Every(Every),
    /// `value`, `times`, `halve`, `plus`, `cap`, `floor`; `halve` has no expression.
    Set(Verb, Option<Expr>, Option<Expr>),
    /// `absorb …`.
    Absorb(Absorb),
    /// `check …`.
    Check(Check),
}

/// `every year as y from … until …, open on 07-01`.
#[derive(Debug, Clone, Serialize)]
pub struct Every {
    /// The kind of period, and its place.
    pub period: Spanned<Period>,
    /// The name of the period; else that of its kind.
    pub rename: Option<Name>,
    /// The first day.
    pub from: Expr,
    /// The end.
    pub end: Expr,
    /// `to` instead of `until`.
    pub inclusive: bool,
    /// Which periods count.
    pub open: Option<Spanned<Open>>,
}

/// The rule behind `open`.
#[derive(Debug, Clone, Copy, Serialize)]
#[expect(missing_docs, reason = "they are the words of the language")]
pub enum Open {
    On { month: u32, day: u32 },
    OnDay(u32),
    AnyTime,
    All(Period),
    AtLeast(u32),
}

/// `absorb highest per id empty drop`.
#[derive(Debug, Clone, Serialize)]
pub struct Absorb {
    /// Which row counts.
    pub pick: Pick,
    /// What makes the unit.
    pub keys: Vec<Expr>,
    /// What happens to a unit without rows.
    pub empty: Option<Spanned<Empty>>,
}

/// Which row of a unit counts.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "they are the words of the language")]
pub enum Pick {
    Highest,
    Lowest,
    Strongest,
    First(Expr),
    Last(Expr),
}

/// A dimension.
#[derive(Debug, Clone, Serialize)]
pub struct Dim {
    /// Its value.
    pub expr: Expr,
    /// Its name, if stated.
    pub rename: Option<Name>,
    /// Its values, if stated.
    pub domain: Option<Domain>,
    /// All of it.
    pub span: Span,
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

/// `sum visit where … by …`.
#[derive(Debug, Clone, Serialize)]
pub struct Aggregate {
    /// How.
    pub function: Spanned<Function>,
    /// A score or an index.
    pub source: Name,
    /// Which take part.
    pub filter: Option<Expr>,
    /// The dimensions, if stated here.
    pub dims: Option<Vec<Dim>>,
    /// Whether missing values are passed over.
    pub skip_missing: bool,
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

/// A test.
#[derive(Debug, Clone, Serialize)]
pub struct Test {
    /// Its name.
    pub name: Name,
    /// Parameters set for it.
    pub settings: Vec<(Name, Expr)>,
    /// Its data.
    pub given: Vec<Given>,
    /// What must come out.
    pub expects: Vec<Expect>,
}

/// Rows of an input.
#[derive(Debug, Clone, Serialize)]
pub struct Given {
    /// The input.
    pub input: Name,
    /// The names of columns, then the rows; a cell `-` is missing.
    pub rows: Vec<Vec<Spanned<Option<Arc<str>>>>>,
    /// All of it.
    pub span: Span,
}

/// What must come out.
#[derive(Debug, Clone, Serialize)]
pub struct Expect {
    /// What.
    pub kind: ExpectKind,
    /// All of it.
    pub span: Span,
}

/// The kinds of expectations.
#[derive(Debug, Clone, Serialize)]
pub enum ExpectKind {
    /// These cells of an index; the value is `None` for `missing`.
    Cells(Name, Vec<ExpectCell>),
    /// A column of a file.
    File {
        /// The index.
        index: Name,
        /// The file.
        file: Name,
        /// The column, if it isn't named like the index.
        column: Option<Name>,
        /// The tolerance.
        within: Option<Expr>,
    },
    /// This error.
    Error(Name),
}

/// A cell and its value.
#[derive(Debug, Clone, Serialize)]
pub struct ExpectCell {
    /// The dimensions, in order; `None` for `missing`.
    pub key: Vec<Option<Expr>>,
    /// The value; `None` for `missing`.
    pub value: Option<Expr>,
    /// All of it.
    pub span: Span,
}

/// An expression.
#[derive(Debug, Clone, Serialize)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of expressions.
#[derive(Debug, Clone, Serialize)]
pub enum ExprKind {
    /// A number: units and places.
    Number(i128, u8),
    /// A text.
    Text(Arc<str>),
    /// Yes or no.
    Flag(bool),
    /// A day.
    Date(i32),
    /// A period.
    Period(Period, i32),
    /// The current value.
    Value,
    /// A name.
    Name(Arc<str>),
    /// `-x`.
    Negate(Box<Expr>),
    /// `not x`.
    Not(Box<Expr>),
    /// Two operands.
    Binary(Binary, Box<Expr>, Box<Expr>),
    /// A comparison with a tolerance.
    Within(Binary, Box<Expr>, Box<Expr>, Box<Expr>),
    /// `x in (a, b)`.
    InList(Box<Expr>, Vec<Expr>),
    /// `x in a..b`.
    InRange(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `x round to N`.
    Round(Box<Expr>, Spanned<u32>),
    /// `case { … }`; the value of an arm is `None` for `missing`, its condition for `otherwise`.
    Case(Vec<Arm>),
    /// `name(…)`.
    Call(Name, Vec<Expr>),
    /// `name(…).column`.
    Lookup(Name, Vec<Expr>, Name),
    /// An aggregation.
    Aggregate(Box<Aggregate>),
    /// Something with an error that was reported.
    Wrong,
}

/// An arm of a `case`.
#[derive(Debug, Clone, Serialize)]
pub struct Arm {
    /// Its value; `None` for `missing`.
    pub value: Option<Expr>,
    /// Its condition; `None` for `otherwise`.
    pub condition: Option<Expr>,
    /// All of it.
    pub span: Span,
}

/// Operators of two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "they are the operators of the language")]
pub enum Binary {
    Or,
    And,
    Equal,
    Different,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Else,
    Add,
    Subtract,
    Multiply,
    Divide,
}
