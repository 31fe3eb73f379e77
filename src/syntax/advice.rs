//! What to write instead, for a syntax error: looks at what was found, and at what was expected there.

use super::build::RESERVED;
use super::edits;
use super::expected::{KEYS, NAME, ROWS, STEPS, Spot, TEXT, TYPES, VERBS};
use super::foreign::{CASE, foreign_word};
use super::operations;
use super::slips;
use super::structure::FUNCTIONS;
use crate::diag::nearest::nearest;

/// How a day is written.
const DAY: &str = "a day is written year-month-day: 2012-12-31";

/// Where an aggregation can stand.
const AGGREGATION: &str = "inside a formula, an aggregation stands in parentheses: `(sum visit) / 2`";

/// Words that a misspelt one can be meant for.
const KEYWORDS: &[&str] = &[
    "scheme",
    "version",
    "author",
    "cite",
    "data",
    "input",
    "scale",
    "param",
    "score",
    "index",
    "hidden",
    "check",
    "test",
    "expect",
    "vary",
    "exclude",
    "keep",
    "value",
    "times",
    "halve",
    "plus",
    "cap",
    "floor",
    "absorb",
    "every",
    "otherwise",
    "when",
    "where",
    "until",
    "highest",
    "lowest",
    "strongest",
    "unique",
    "distinct",
    "unpivot",
    "text",
    "number",
    "date",
    "flag",
    "given",
    "missing",
    "open",
    "warning",
    "within",
    "round",
    "column",
    "from",
    "year",
    "month",
    "quarter",
    "week",
    "extends",
    "change",
    "replace",
    "remove",
    "add",
    "set",
    "before",
    "after",
];

/// Further words of the language; too short or too rare to be what a misspelt one is meant for.
const OTHERS: &[&str] = &[
    "all",
    "allowed",
    "any",
    "at",
    "century",
    "clean",
    "comma",
    "dates",
    "days",
    "decimal",
    "delimiter",
    "drop",
    "empty",
    "encoding",
    "error",
    "exponents",
    "first",
    "format",
    "has",
    "header",
    "is",
    "last",
    "least",
    "of",
    "on",
    "one",
    "skip",
    "tab",
    "thousands",
    "to",
    "under",
];

/// Whether a word is one of the language.
pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word) || RESERVED.contains(&word) || OTHERS.contains(&word)
}

/// Whether a word says what a step does.
pub(super) fn is_verb(word: &str) -> bool {
    matches!(word, "keep" | "value" | "times" | "halve" | "plus" | "cap" | "floor" | "absorb" | "every")
}

/// What to write instead.
pub(super) fn help(spot: &Spot<'_>) -> Option<String> {
    decimal(spot)
        .or_else(|| edits::help(spot))
        .or_else(|| number(spot))
        .or_else(|| sign(spot))
        .or_else(|| operations::help(spot))
        .or_else(|| foreign_word(spot).map(str::to_owned))
        .or_else(|| quotes(spot))
        .or_else(|| misspelt(spot))
        .or_else(|| wanted(spot))
        .or_else(|| reserved(spot))
        .or_else(|| form(spot))
}

/// Whether something was expected.
pub(super) fn wants(spot: &Spot<'_>, words: &str) -> bool {
    spot.wanted.contains(&words)
}

fn is_word(found: &str) -> bool {
    found.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// A comma between digits, where signs between edits would be looked for otherwise.
fn decimal(spot: &Spot<'_>) -> Option<String> {
    let ends_digit = spot.text.get(..spot.at).is_some_and(|before| before.ends_with(|c: char| c.is_ascii_digit()));
    if spot.found == "," && ends_digit { number(spot) } else { None }
}

/// Numbers and dates in forms that the language doesn't have.
fn number(spot: &Spot<'_>) -> Option<String> {
    let found = spot.found;
    let before = spot.text.get(..spot.at).unwrap_or("");
    let behind = spot.text.get(spot.at + found.len()..).unwrap_or("");
    let digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let ends_digit = before.ends_with(|c: char| c.is_ascii_digit());
    if matches!(found, "," | ".") && digit(behind) {
        let written = before.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        let written = before.get(written.len()..).unwrap_or("");
        if found == "." && ends_digit && written.contains('.') && !written.contains("..") {
            return Some(DAY.to_owned());
        }
        let head = before.trim_end_matches(|c: char| c.is_ascii_digit());
        let whole = before.get(head.len()..).filter(|whole| !whole.is_empty()).unwrap_or("0");
        let fraction: String = behind.chars().take_while(char::is_ascii_digit).collect();
        if head.ends_with("..") || (found == "." && ends_digit) {
            return Some("a range is written with two points: 2002..2012".to_owned());
        }
        return Some(format!("the decimal sign is a point, with a digit on both sides: {whole}.{fraction}"));
    }
    if found.starts_with('.') && (ends_digit || before.ends_with("..")) {
        return Some("a range is written with two points: 2002..2012".to_owned());
    }
    if found == "%" {
        return Some("write a share as a number: 0.5 for 50 %".to_owned());
    }
    if found == "-" && ends_digit && digit(behind) {
        return Some("a range is written with two points: 2002..2012".to_owned());
    }
    if let Some((from, to)) = found.split_once('-').filter(|(from, to)| from.len() == 4 && to.len() == 4) {
        return Some(format!(
            "a range is written {from}..{to}, a difference with blanks around its minus: {from} - {to}"
        ));
    }
    if let (true, Some((head, fraction))) = (wants(spot, "`->`"), before.trim_end().rsplit_once(','))
        && digit(fraction)
        && head.ends_with(|c: char| c.is_ascii_digit())
    {
        return Some(format!("the decimal sign is a point: 2.{fraction}"));
    }
    if spot.wanted.iter().any(|words| words.starts_with("a day of the year")) {
        return Some("write the month, then the day: 07-01 is the first of July".to_owned());
    }
    let date = digit(found) && found.matches('.').count() == 2;
    date.then(|| DAY.to_owned())
}

/// Signs of other languages.
fn sign(spot: &Spot<'_>) -> Option<String> {
    let before = spot.text.get(..spot.at).unwrap_or("").trim_end();
    let words = match spot.found {
        "==" => "write a single `=` to compare",
        "&" | "&&" => "write `and`",
        "|" | "||" => "write `or`",
        "!" => "write `not`, or `!=`",
        ";" if wants(spot, TEXT) => "write it in quotes: \";\"",
        ";" => "lines need no sign at their end",
        "≠" => "write `!=`",
        ">" if before.ends_with('<') => "write `!=`",
        "≤" => "write `<=`",
        "≥" => "write `>=`",
        "×" | "·" => "write `*`, or in a step `times`",
        "÷" | ":" if wants(spot, "an expression") => "write `/` to divide",
        "−" | "–" => "write the minus as `-`",
        "^" | "**" => "write `pow(x, 2)`",
        "[" if spot.word_before().is_some_and(|word| !is_keyword(word)) => "write parentheses: `level(office)`",
        "[" => "write parentheses: (\"a\", \"b\")",
        ":" if wants(spot, "`=`") => "write `=`",
        ":" if wants(spot, TYPES) => "the type stands behind the name, without a sign between: `partner text`",
        "=" | ":" if wants(spot, "`->`") => "write `->`",
        "*" if before.ends_with('*') => "write `pow(x, 2)`",
        "." if spot.item_word() == "vary" => "what stands in a table doesn't vary: write it as a scale, and vary that",
        "," if lists_texts(before) => "values to choose from stand in parentheses: (\"a\", \"b\")",
        "=" if wants(spot, "`:`") => {
            let name = spot.word_before().unwrap_or("visitor");
            return Some(format!("a step has a colon behind its label; a value gets a name by `let {name} = …`"));
        }
        ":" if wants(spot, KEYS) => "the words stand behind the points, without a sign between: `5 \"president\"`",
        ":" | "->" if spot.in_case() => "the value stands before its condition: `3 when kind = \"embassy\"`",
        "/" if spot.item_word() == "param" => "a param is a single number: 0.5",
        "*" | "/" | "+" | "=" if wants(spot, VERBS) => return Some(step_sign(spot.found).to_owned()),
        "+" | "-" | "*" | "/" if is_aggregate(before) => {
            return Some(AGGREGATION.to_owned());
        }
        "," if wants(spot, STEPS) => "join conditions with `and`; steps stand on lines of their own, without commas",
        "," if spot.wanted.iter().any(|words| words.starts_with("a column")) => {
            "each column stands on a line of its own, without commas"
        }
        "##" | "#" => {
            "a doc comment stands before an item, a column, a line of a scale or a step; use a single `#` elsewhere"
        }
        _ => return None,
    };
    Some(words.to_owned())
}

fn step_sign(sign: &str) -> &'static str {
    match sign {
        "*" => "write `times`",
        "/" => "write `times` with the share, or `halve`",
        "+" => "write `plus`",
        _ => "write `value`",
    }
}

/// Whether a text ends in `in` and a text in quotes.
fn lists_texts(before: &str) -> bool {
    let mut parts = before.rsplit('"');
    let in_quotes = parts.next().is_some_and(str::is_empty) && parts.next().is_some();
    in_quotes && parts.next().is_some_and(|head| head.trim_end().ends_with(" in"))
}

/// Whether a text ends in an aggregation, such as `= sum visit`.
fn is_aggregate(before: &str) -> bool {
    let mut words = before.rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.next().is_some_and(is_word) && words.next().is_some_and(|word| FUNCTIONS.contains(&word))
}

/// Texts without their quotes, or with others.
fn quotes(spot: &Spot<'_>) -> Option<String> {
    let found = spot.found;
    if let Some(help) = slips::straight(found).or_else(|| slips::open_quote(found)) {
        return Some(help);
    }
    if is_word(found) && (wants(spot, TEXT) || wants(spot, KEYS)) && !is_keyword(found) && !spot.is_first() {
        let near = nearest(found, ["otherwise"]);
        return Some(match near.filter(|_| wants(spot, KEYS)) {
            Some(near) => format!("did you mean `{near}`?"),
            None if spot.open().is_none() && matches!(spot.item_word(), "param" | "index" | "hidden" | "check") => {
                return form(spot);
            }
            None => format!("texts stand in quotes: \"{}\"", slips::phrase(spot)),
        });
    }
    None
}

/// A word that is near one of the language.
fn misspelt(spot: &Spot<'_>) -> Option<String> {
    if !is_word(spot.found) || is_keyword(spot.found) {
        return None;
    }
    nearest(spot.found, KEYWORDS.iter().copied()).map(|word| format!("did you mean `{word}`?"))
}

/// What was expected, shown by an example made of what was written.
fn wanted(spot: &Spot<'_>) -> Option<String> {
    let found = spot.found;
    let word = is_word(found);
    let before = spot.word_before().filter(|word| !is_keyword(word));
    let calls = spot.text.get(spot.at + found.len()..).is_some_and(|rest| rest.starts_with('('));
    if is_verb(found) && wants(spot, STEPS) {
        return Some(format!("a step has a label before it, in the method's own words: `my_step: {found} …`"));
    }
    if wants(spot, VERBS) && (calls || found.starts_with(|c: char| c.is_ascii_digit())) {
        return Some(format!("points are set by `value`: `value {found}{}`", if calls { "(…)" } else { "" }));
    }
    if wants(spot, "`:`") && word {
        return before.map(|label| format!("a colon stands behind the label of a step: `{label}: {found} …`"));
    }
    if wants(spot, TYPES) {
        return type_help(spot);
    }
    if spot.word_before() == Some("case") || before == Some("if") {
        return Some(CASE.to_owned());
    }
    if before.is_some_and(|word| FUNCTIONS.contains(&word)) && !wants(spot, NAME) {
        return Some(AGGREGATION.to_owned());
    }
    if let (true, Some(name)) = (word && !is_keyword(found) && spot.in_expression, before) {
        return Some(format!("if `{name}` is a scale or a function, write `{name}({found})`"));
    }
    if FUNCTIONS.contains(&found) {
        return Some(AGGREGATION.to_owned());
    }
    let begins_value = word || found.starts_with(|c: char| c.is_ascii_digit() || c == '"');
    if spot.in_case() && found == "}" {
        return Some("say when, or end the last line with `otherwise`".to_owned());
    }
    if begins_value && spot.in_case() {
        return Some("a comma stands between the lines of a `case`".to_owned());
    }
    if wants(spot, ROWS) && found == "{" {
        return Some("column names and rows stand on lines of their own, below `given … {` and above `}`".to_owned());
    }
    if wants(spot, "`year` or `month`") {
        return Some("a date that is always full is `date` alone".to_owned());
    }
    None
}

/// Where a type is expected.
fn type_help(spot: &Spot<'_>) -> Option<String> {
    let found = spot.found;
    if let (true, Some(line)) = (spot.is_first(), spot.text.get(..spot.at)?.trim_end().lines().last()) {
        let name = line.split_whitespace().last().unwrap_or_default();
        return Some(format!("the line before has no type: `{name} text`"));
    }
    if found.starts_with('"') {
        return Some(format!("words to choose from are listed behind `one of`: `one of {found}, \"…\"`"));
    }
    if found.chars().any(|c| c.is_alphanumeric() && !c.is_ascii()) {
        return Some(letters(found));
    }
    let name = spot.word_before().filter(|_| is_word(found))?;
    Some(format!("a name is one word: `{name}_{found} text from \"{name} {found}\"`"))
}

fn letters(found: &str) -> String {
    format!("a name has the letters a to z, digits and `_`; say which header is meant: `name text from \"{found}\"`")
}

/// A word of the language, or letters that no name has, where a name is expected.
fn reserved(spot: &Spot<'_>) -> Option<String> {
    let found = spot.found;
    if found.chars().any(|c| c.is_alphanumeric() && !c.is_ascii()) {
        return Some(if spot.item_word() == "input" {
            letters(found)
        } else {
            "a name has the letters a to z, digits and `_`".to_owned()
        });
    }
    let column = spot.wanted.iter().any(|words| words.starts_with("a column"));
    if !RESERVED.contains(&found) || !(wants(spot, NAME) || column) {
        return None;
    }
    Some(if column {
        format!("`{found}` is a word of the language; call the column otherwise: `{found}_ text from \"{found}\"`")
    } else {
        format!("`{found}` is a word of the language; choose another name, such as `{found}_`")
    })
}

/// How an item is written, where its head is wrong.
fn form(spot: &Spot<'_>) -> Option<String> {
    if spot.open().is_some() {
        return None;
    }
    let form = match spot.item_word() {
        "scheme" => "scheme engagement \"Engagement index\"",
        "version" => "version \"1.0\"",
        "author" => "author \"A. Author\", \"B. Author\"",
        "cite" => "cite \"Author (2013), section 3.1\"",
        "data" => "data \"folder\"",
        "input" => "input contact { … }",
        "scale" => "scale level { … }",
        "param" => "param third_country = 0.5 in 0..1",
        "score" => "score visit from contact { … }",
        "index" | "hidden" => "index contacts = sum visit by year(date) in 2002..2012",
        "by" => "by year(date) in 2002..2012 { … }",
        "check" => "check \"what must hold\": parts = whole",
        "test" => "test \"what is tested\" { … }",
        "expect" => "expect contacts { 2008 -> 2.5 }",
        "vary" => "vary third_country in 0..1",
        "exclude" => "exclude \"one change\" with \"another\"",
        _ => return None,
    };
    Some(format!("it is written like `{form}`"))
}
