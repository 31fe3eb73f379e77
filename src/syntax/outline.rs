//! A text as the tokens it is made of, comments among them, each with its part in the layout.
//!
//! Input: a text that can be parsed. Output: every token of it in order, and the shape of the parser's tree. What writes
//! a scheme anew needs no more, and what holds two texts against each other doesn't either.

use pest::Parser;
use pest::iterators::Pair;

use super::grammar::{Grammar, Rule};
use super::{MAX_SOURCE, items, scan, with_stack};
use crate::diag::Problems;
use crate::source::FileId;

/// What the grammar takes for blanks; others may belong to a cell.
const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

/// What a token is for the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A word, a literal or an operator: it has blanks around it.
    Plain,
    /// A word behind which a condition, a filter or a grouping begins: a line may end before it.
    Clause,
    /// `and`, `or` or `else`: a line may end before it.
    Link,
    /// The sign between a name and what it is: a line may end before it, if it is an index's.
    Equals,
    /// A comment that documents what follows.
    Doc,
    /// Any other comment.
    Comment,
    /// The brace of a block of members, each on a line of its own.
    OpenBlock,
    /// The brace of a list parted by commas.
    OpenList,
    /// The brace of a table whose rows are lines.
    OpenTable,
    /// `}`.
    Close,
    /// `(` of a call: nothing stands before it.
    OpenCall,
    /// Any other `(`.
    OpenParen,
    /// `)`.
    CloseParen,
    /// A comma behind which a line may end.
    Comma,
    /// A comma behind which no line should end.
    InnerComma,
    /// `:`.
    Colon,
    /// The `:` of a check: a line may end behind it.
    CheckColon,
    /// `.` or `..`: nothing stands around it.
    Tight,
    /// `?`: nothing stands before it.
    Optional,
    /// The sign of a number: nothing stands behind it.
    Minus,
}

/// What begins with a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Starts {
    /// Nothing.
    Nothing,
    /// A column of an input.
    Column,
    /// A line of a scale.
    Entry,
    /// A step of a score.
    Step,
    /// A `let`.
    Let,
    /// A parameter.
    Param,
    /// An index.
    Index,
    /// An index that is hidden.
    Hidden,
    /// A named change.
    Change,
    /// A row of a table.
    Row,
    /// A cell of an expectation.
    Pair,
    /// Any other item or member.
    Other,
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// As it is written; blanks at the end of a comment are left out, and those inside of a phrase are one.
    pub text: String,
    /// What it is.
    pub kind: Kind,
    /// What begins with it.
    pub starts: Starts,
    /// Whether it begins a column of what is laid out as a table.
    pub cell: bool,
    /// Whether it stands behind the name of a `let`, a parameter, an index or a change: a column, if the user wants it.
    pub tied: bool,
    /// How many line breaks stand before it.
    pub breaks: usize,
    /// Whether more than one blank stands before it.
    pub wide: bool,
}

/// The tokens of a text and the shape of its tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// The tokens in order.
    pub tokens: Vec<Token>,
    /// The rules of the parser's tree with their depths.
    shape: Vec<(usize, Rule)>,
}

impl Outline {
    /// Whether two texts say the same, comments included: what differs are blanks and line breaks alone.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let words = |outline: &Self| -> Vec<(String, Kind)> {
            outline.tokens.iter().map(|token| (token.text.clone(), token.kind)).collect()
        };
        self.shape == other.shape && words(self) == words(other)
    }
}

/// Whether a word at the beginning of a line outside of braces begins an item.
pub fn begins_item(word: &str) -> bool {
    items::STARTS.contains(&word) || items::EDITS.contains(&word)
}

/// Whether a word begins an item wherever it stands at the beginning of a line; one of an overlay's edits doesn't.
pub fn begins_plain_item(word: &str) -> bool {
    items::STARTS.contains(&word)
}

/// The outline of a text; none if it can't be parsed.
pub fn outline(text: &str) -> Option<Outline> {
    // What is refused before parsing isn't parsed here either: it may nest too deep for the stack.
    if text.len() > MAX_SOURCE || !scan::check(FileId::default(), text, &mut Problems::new()) {
        return None;
    }
    with_stack(|| {
        let mut walk = Walk {
            text,
            at: 0,
            offset: 0,
            starts: Starts::Nothing,
            cell: false,
            tied: false,
            out: Vec::new(),
            shape: Vec::new(),
        };
        for range in items::split(text) {
            let slice = text.get(range.clone())?;
            walk.offset = range.start;
            walk.starts = Starts::Other;
            for pair in Grammar::parse(Rule::one_item, slice).ok()? {
                walk.pair(&pair, Rule::one_item, 0)?;
            }
        }
        walk.gap(text.len(), false)?;
        Some(Outline { tokens: walk.out, shape: walk.shape })
    })
}

/// A walk over the leaves of the tree, and what stands between them.
struct Walk<'a> {
    text: &'a str,
    /// The first byte that no token has yet.
    at: usize,
    /// Where the text of the tree begins.
    offset: usize,
    /// What begins with the next leaf.
    starts: Starts,
    /// Whether the next leaf begins a column.
    cell: bool,
    /// Whether the next leaf stands behind the name of something.
    tied: bool,
    out: Vec<Token>,
    shape: Vec<(usize, Rule)>,
}

impl Walk<'_> {
    fn pair(&mut self, pair: &Pair<'_, Rule>, parent: Rule, depth: usize) -> Option<()> {
        let rule = pair.as_rule();
        if rule == Rule::EOI {
            return Some(());
        }
        self.shape.push((depth, rule));
        if let Some(starts) = starts(rule, parent) {
            self.starts = starts;
        }
        let only_edit = self.out.last().is_some_and(|token| token.kind == Kind::Colon);
        if rule == Rule::edit && parent == Rule::change && !only_edit {
            self.starts = Starts::Other;
        }
        if rule == Rule::index
            && self.starts == Starts::Index
            && pair.clone().into_inner().any(|inner| inner.as_rule() == Rule::k_hidden)
        {
            self.starts = Starts::Hidden;
        }
        let before = sibling_before(&self.shape, depth);
        self.cell |= is_cell(rule, parent, before);
        self.tied |= matches!(parent, Rule::let_step | Rule::param | Rule::index) && before == Some(Rule::name)
            || parent == Rule::change && before == Some(Rule::k_colon);
        let mut leaf = rule != Rule::table;
        for inner in pair.clone().into_inner() {
            leaf = false;
            self.pair(&inner, rule, depth + 1)?;
        }
        let span = pair.as_span();
        let (start, end) = (span.start() + self.offset, span.end() + self.offset);
        if rule == Rule::table {
            return self.gap(end, true);
        }
        if leaf {
            self.gap(start, parent == Rule::row)?;
            let text = self.text.get(start..end)?.trim_matches(BLANKS);
            if !text.is_empty() {
                self.at = start;
                self.push(start, phrase(rule, text), kind(rule, parent));
                self.begin();
                self.at = start + self.text.get(start..end)?.trim_end_matches(BLANKS).len();
            }
        }
        Some(())
    }

    /// What stands before a place: blanks, comments, and the signs that are no rules.
    fn gap(&mut self, end: usize, table: bool) -> Option<()> {
        let mut at = self.at;
        while at < end {
            let rest = self.text.get(at..end)?;
            let c = rest.chars().next()?;
            let (length, kind) = match c {
                '#' => (rest.find('\n').unwrap_or(rest.len()), Kind::Comment),
                '.' if rest.starts_with("..") => (2, Kind::Tight),
                '.' => (1, Kind::Tight),
                '{' => (1, Kind::OpenTable),
                '}' if table => (1, Kind::Close),
                _ if BLANKS.contains(&c) => {
                    at += 1;
                    continue;
                }
                _ => return None,
            };
            let text = rest.get(..length)?.trim_end_matches(BLANKS).to_owned();
            self.push(at, text, kind);
            at += length;
            self.at = at;
        }
        Some(())
    }

    fn push(&mut self, start: usize, text: String, kind: Kind) {
        let from = self.out.last().map_or(0, |_| self.before(start));
        let blanks = self.text.get(from..start).unwrap_or("");
        let breaks = blanks.matches('\n').count();
        let wide = breaks == 0 && blanks.len() > 1;
        self.out.push(Token { text, kind, starts: Starts::Nothing, cell: false, tied: false, breaks, wide });
    }

    /// What was to begin with the next leaf begins with the last token.
    fn begin(&mut self) {
        if let Some(token) = self.out.last_mut() {
            token.starts = std::mem::replace(&mut self.starts, Starts::Nothing);
            token.cell = std::mem::take(&mut self.cell);
            token.tied = std::mem::take(&mut self.tied);
        }
    }

    /// Where the blanks before a place begin.
    fn before(&self, start: usize) -> usize {
        self.text.get(..start).map_or(start, |before| before.trim_end_matches(BLANKS).len())
    }
}

/// What begins with a rule.
fn starts(rule: Rule, parent: Rule) -> Option<Starts> {
    let block = matches!(
        parent,
        Rule::item | Rule::input | Rule::scale | Rule::score | Rule::by_block | Rule::parts | Rule::test
    );
    match rule {
        Rule::column if block => Some(Starts::Column),
        Rule::entry => Some(Starts::Entry),
        Rule::step => Some(Starts::Step),
        Rule::let_step => Some(Starts::Let),
        Rule::param if parent == Rule::item => Some(Starts::Param),
        Rule::index if block => Some(Starts::Index),
        Rule::change => Some(Starts::Change),
        Rule::row => Some(Starts::Row),
        Rule::expect_cell => Some(Starts::Pair),
        Rule::unit
        | Rule::unique
        | Rule::distinct
        | Rule::unpivot
        | Rule::check
        | Rule::set_param
        | Rule::given
        | Rule::expect
            if block =>
        {
            Some(Starts::Other)
        }
        _ if parent == Rule::input && is_option(rule) => Some(Starts::Other),
        _ => None,
    }
}

fn is_option(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::opt_delimiter
            | Rule::opt_encoding
            | Rule::opt_no_header
            | Rule::opt_decimal_comma
            | Rule::opt_thousands
            | Rule::opt_exponents
            | Rule::opt_missing
            | Rule::opt_yes
            | Rule::opt_no
            | Rule::opt_dates
            | Rule::opt_century
    )
}

/// The rule before the last one in the same parent.
fn sibling_before(shape: &[(usize, Rule)], depth: usize) -> Option<Rule> {
    let before = shape.iter().rev().skip(1).find(|(at, _)| *at <= depth)?;
    (before.0 == depth).then_some(before.1)
}

/// Whether a rule begins a column of what is laid out as a table.
fn is_cell(rule: Rule, parent: Rule, before: Option<Rule>) -> bool {
    match (parent, rule) {
        (Rule::column, Rule::column_type | Rule::column_mod) | (Rule::step, Rule::verb) | (Rule::param, Rule::text) => {
            true
        }
        (Rule::entry, Rule::key | Rule::k_otherwise) => before == Some(Rule::result),
        (Rule::row, Rule::cell) => before == Some(Rule::cell),
        _ => false,
    }
}

fn kind(rule: Rule, parent: Rule) -> Kind {
    match rule {
        Rule::doc => Kind::Doc,
        Rule::k_when | Rule::k_where | Rule::k_by | Rule::k_skip if parent != Rule::vary_by => Kind::Clause,
        Rule::k_and | Rule::k_or | Rule::k_else => Kind::Link,
        Rule::k_equals if matches!(parent, Rule::let_step | Rule::param | Rule::index) => Kind::Equals,
        Rule::k_lbrace if matches!(parent, Rule::case | Rule::expect_cells) => Kind::OpenList,
        Rule::k_lbrace => Kind::OpenBlock,
        Rule::k_rbrace => Kind::Close,
        Rule::k_lparen => match parent {
            Rule::type_number | Rule::edge | Rule::set_edit | Rule::remove | Rule::call | Rule::vary_target => {
                Kind::OpenCall
            }
            _ => Kind::OpenParen,
        },
        Rule::k_rparen => Kind::CloseParen,
        Rule::k_sep if parent == Rule::expect_cell => Kind::InnerComma,
        Rule::k_sep => Kind::Comma,
        Rule::k_colon if parent == Rule::check => Kind::CheckColon,
        Rule::k_colon => Kind::Colon,
        Rule::dots => Kind::Tight,
        Rule::optional => Kind::Optional,
        Rule::minus => Kind::Minus,
        _ => Kind::Plain,
    }
}

/// A phrase of several words has one blank between them; everything else is as it is written.
fn phrase(rule: Rule, text: &str) -> String {
    match rule {
        Rule::one_of | Rule::on_day | Rule::open_any | Rule::open_all | Rule::at_least => {
            text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
        }
        _ => text.to_owned(),
    }
}
