//! Syntax errors of structure: a bracket that isn't closed or closes too much, a word that begins no item, a misspelt
//! aggregation. They say more than what the parser expected at the place where it stopped.

use std::ops::Range;

use super::advice::{is_keyword, is_verb};
use super::edits;
use super::expected::{Finding, STEPS, Spot, shown};
use super::items::{EDITS, STARTS};
use super::operations;
use super::scan::{Brackets, Token, Tokens};
use super::slips;
use crate::diag::nearest::nearest;

/// The aggregations, as a formula begins with them.
pub(super) const FUNCTIONS: &[&str] = &["sum", "count", "mean", "min", "max", "only", "geomean", "harmean"];

/// The operations over a dimension, likewise.
pub(super) const OPERATIONS: &[&str] =
    &["rank", "normalise", "cumulative", "rolling", "decay", "lag", "carry", "fill", "winsorise"];

/// What is wrong with the structure around a syntax error, if anything is.
pub(super) fn find(spot: &Spot<'_>) -> Option<Finding> {
    if let Some(found) = slips::hyphen(spot).or_else(|| operations::find(spot)) {
        return Some(found);
    }
    let open = spot.open();
    match open {
        Some((at, '(')) => unclosed(spot, at, ")"),
        Some((at, _)) if spot.at_end() || ends_case(spot) => unclosed(spot, at, "}"),
        Some(_) => None,
        None => closed_early(spot).or_else(|| no_item(spot)),
    }
    .or_else(|| misspelt_function(spot))
}

impl Spot<'_> {
    /// The innermost bracket of the item that is open where the parser stopped.
    pub(super) fn open(&self) -> Option<(usize, char)> {
        let start = self.item.start;
        let before = self.text.get(start..self.at)?;
        let mut stack = Vec::new();
        for (at, token) in Tokens::new(before) {
            match token {
                Token::Open => stack.push(start + at),
                Token::Close => {
                    stack.pop();
                }
                Token::Word | Token::Newline => {}
            }
        }
        let at = stack.pop()?;
        Some((at, if self.text.as_bytes().get(at) == Some(&b'(') { '(' } else { '{' }))
    }

    /// Whether the item ends where the parser stopped.
    fn at_end(&self) -> bool {
        self.text.get(self.at..self.item.end).is_none_or(|rest| rest.trim().is_empty())
    }

    /// The line up to the place.
    pub(super) fn line_before(&self) -> &str {
        let before = self.text.get(..self.at).unwrap_or("");
        before.rsplit('\n').next().unwrap_or("")
    }

    /// Whether nothing stands before it on its line.
    pub(super) fn is_first(&self) -> bool {
        self.line_before().trim().is_empty()
    }

    /// The word before it on its line, with nothing but blanks between.
    pub(super) fn word_before(&self) -> Option<&str> {
        let line = self.line_before().trim_end();
        let start = line.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
        line.get(start..).filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
    }

    /// The first word of the item.
    pub(super) fn item_word(&self) -> &str {
        let item = self.text.get(self.item.clone()).unwrap_or("");
        let at = Tokens::new(item).find_map(|(at, token)| (token == Token::Word).then_some(at));
        let rest = at.and_then(|at| item.get(at..)).unwrap_or("");
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        rest.get(..end).unwrap_or("")
    }

    /// Whether the place is inside the braces of a `case`.
    pub(super) fn in_case(&self) -> bool {
        self.open().and_then(|(at, _)| self.text.get(..at)).is_some_and(|before| before.trim_end().ends_with("case"))
    }

    fn range(&self) -> Range<usize> {
        self.at..self.at + self.found.len()
    }

    /// What was found, in words.
    fn found_in_words(&self) -> String {
        if self.found.is_empty() { "but the text ends".to_owned() } else { format!("found `{}`", shown(self.found)) }
    }
}

/// Any word in place of a step is taken for its label. Where it isn't the first of its line, or says what a step does,
/// the word itself is what is wrong.
pub(super) fn misplaced_label<'a>(spot: &Spot<'a>) -> Option<Spot<'a>> {
    if spot.wanted != ["`:`"] || spot.item_word() != "score" {
        return None;
    }
    let before = spot.text.get(..spot.at)?.trim_end();
    let at = before.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
    let found = spot.text.get(at..before.len()).filter(|word| !word.is_empty())?;
    let moved =
        Spot { at, found, item: spot.item.clone(), wanted: vec!["`when`", STEPS], in_expression: true, ..*spot };
    if moved.is_first() || moved.line_before().trim_end().ends_with('{') {
        return is_verb(found).then(|| Spot { wanted: vec![STEPS], in_expression: false, ..moved });
    }
    (!moved.line_before().contains('#')).then_some(moved)
}

/// Whether a `case` should have ended before this place: the next step begins.
fn ends_case(spot: &Spot<'_>) -> bool {
    let behind = spot.text.get(spot.at + spot.found.len()..).unwrap_or("").trim_start();
    spot.in_case() && spot.is_first() && (behind.starts_with(':') || spot.found == "let")
}

fn unclosed(spot: &Spot<'_>, open: usize, sign: &str) -> Option<Finding> {
    // Inside parentheses much else can be wrong; what follows on the same line decides nothing.
    if sign == ")" && !(spot.at_end() || spot.is_first() || spot.found == "}") {
        return None;
    }
    let (what, help) = match sign {
        ")" => ("this parenthesis isn't closed", "write `)` where it ends"),
        _ => ("this brace isn't closed", "write `}` where it ends"),
    };
    Some(Finding {
        range: spot.range(),
        message: format!("expected `{sign}`, {}", spot.found_in_words()),
        also: Some((open..open + 1, what)),
        help: Some(help.to_owned()),
    })
}

/// A brace too many: one that closes nothing, or one that closes an item before its last line.
fn closed_early(spot: &Spot<'_>) -> Option<Finding> {
    if spot.found == "}" {
        let message = "this brace closes nothing".to_owned();
        let help = "delete it, or add the `{` that it should close".to_owned();
        return Some(Finding { range: spot.range(), message, also: None, help: Some(help) });
    }
    let before = spot.text.get(spot.item.start..spot.at)?.trim_end();
    if !before.ends_with('}') {
        return None;
    }
    let mut brackets = Brackets::default();
    let rest = spot.text.get(spot.at..spot.item.end)?;
    let too_many = Tokens::new(rest).any(|(_, token)| brackets.closes_too_much(token));
    let brace = spot.item.start + before.len() - 1;
    too_many.then(|| Finding {
        range: spot.range(),
        message: format!("`{}` stands behind the end of the {}", shown(spot.found), spot.item_word()),
        also: Some((brace..brace + 1, "this brace ends it")),
        help: Some("delete that brace".to_owned()),
    })
}

/// A word at the left margin, outside of all braces, that begins no item.
fn no_item(spot: &Spot<'_>) -> Option<Finding> {
    let word = spot.found;
    let lower = word.to_lowercase();
    let begins = |c: char| c.is_alphanumeric() || c == '_' || c == '"';
    if !spot.line_before().is_empty()
        || !word.starts_with(begins)
        || STARTS.contains(&word)
        || EDITS.contains(&word)
        || word == "by"
    {
        return None;
    }
    let only_comments = |text: &str| text.lines().all(|line| line.trim().is_empty() || line.trim().starts_with('#'));
    let other = match lower.as_str() {
        "table" | "dataset" | "file" | "source" => Some("input"),
        "parameter" | "const" | "variable" | "var" => Some("param"),
        "points" | "weights" | "weight" => Some("scale"),
        "indicator" | "result" | "output" => Some("index"),
        _ => nearest(word, STARTS.iter().chain(EDITS).copied().chain(["by"])),
    };
    let help = match other {
        _ if edits::foreign(&lower).is_some() => edits::foreign(&lower).unwrap_or_default().to_owned(),
        Some(other) => format!("did you mean `{other}`?"),
        None if only_comments(spot.text.get(..spot.at)?) => {
            "a scheme begins with `scheme name \"Title\"`; is this the scheme's file?".to_owned()
        }
        None => {
            "items are `input`, `scale`, `param`, `score`, `index`, `by`, `check`, `test`, `expect`, `change` and `vary`; a line that \
                 goes on with the one before is indented"
                .to_owned()
        }
    };
    let message = format!("expected an item, such as `input`, `scale`, `score` or `index`, found `{}`", shown(word));
    Some(Finding { range: spot.range(), message, also: None, help: Some(help) })
}

/// `summ visit`: the parser takes the first word for the name of an index and stops at the second.
fn misspelt_function(spot: &Spot<'_>) -> Option<Finding> {
    let word = spot.word_before()?;
    let begins = |c: char| c.is_ascii_alphabetic() || c == '_';
    let formula = matches!(spot.item_word(), "index" | "hidden" | "by" | "check");
    if !formula || !spot.found.starts_with(begins) || is_keyword(spot.found) {
        return None;
    }
    let meant = match word.to_lowercase().as_str() {
        "avg" | "average" => "mean",
        "total" | "add" => "sum",
        "number" | "counts" => "count",
        "maximum" | "highest" => "max",
        "minimum" | "lowest" => "min",
        "standardise" | "standardize" | "scale" => "normalise",
        "impute" => "fill",
        _ => nearest(word, FUNCTIONS.iter().chain(OPERATIONS).copied())?,
    };
    let line = spot.line_before().trim_end();
    let start = spot.at - spot.line_before().len() + line.len() - word.len();
    // Only what stands where a formula begins is taken for an aggregation.
    let begins_formula = line.get(..line.len() - word.len())?.trim_end().ends_with(['=', '(']);
    begins_formula.then(|| Finding {
        range: start..start + word.len(),
        message: match OPERATIONS.contains(&meant) {
            true => format!("expected an operation such as `rank`, `normalise` or `fill`, found `{word}`"),
            false => format!("expected an aggregation such as `sum`, `count` or `mean`, found `{word}`"),
        },
        also: None,
        help: Some(format!("did you mean `{meant} {}`?", spot.found)),
    })
}
