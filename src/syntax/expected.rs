//! What the parser expected, in words.

use pest::error::{Error, ErrorVariant, InputLocation};

use super::grammar::Rule;
use crate::diag::nearest::nearest;
use crate::diag::{Code, Diagnostic};
use crate::source::{FileId, Span};

/// The name of a rule for a reader; `None` for those that would only be noise beside others.
#[expect(clippy::match_same_arms, reason = "one line for each group of the grammar")]
fn words(rule: Rule) -> Option<&'static str> {
    use Rule::*;
    Some(match rule {
        EOI => return None,
        name | call_name => "a name",
        text | texts => "a text in quotes",
        integer => "a whole number",
        number | signed | literal => "a number",
        date | month | quarter => return None,
        day_of_year => "a day of the year, such as 07-01",
        flag | k_yes | k_no => return None,
        k_value => return None,
        minus | case | call | parenthesis | primary | factor | product | total | value_expr | comparison | negation
        | conjunction | expr => "an expression",
        sign | factor_sign | comparator | k_and | k_or | k_else | k_round | k_within | round_to | otherwise | k_in => {
            "an operator"
        }
        k_not => "an expression",
        set => "values in parentheses, such as (\"a\", \"b\"), or a range, such as 1..5",
        field => return None,
        doc => return None,
        scheme | k_scheme => "`scheme`",
        item => "an item, such as `input`, `scale`, `score` or `index`",
        version | author | cite | data_folder | input | scale | param | score | by_block | index | test | expect
        | k_version | k_author | k_data | k_input | k_scale | k_param | k_score | k_index | k_hidden | k_test
        | k_expect => "an item, such as `input`, `scale`, `score` or `index`",
        check | k_check | k_cite => return None,
        column => "a column, such as `partner text`",
        column_type | type_word | type_simple | type_category | type_number | type_date | one_of | number_word
        | date_word => {
            "a type: text, number, number(2), date, date to year, flag, one of \"a\", \"b\", year, quarter, month or week"
        }
        optional => return None,
        column_mod | mod_from | mod_at | mod_format | mod_missing | mod_clean | k_clean | k_format | k_at => {
            return None;
        }
        precision => "`year` or `month`",
        unit | unique | distinct | unpivot | opt_delimiter | opt_encoding | opt_no_header | opt_decimal_comma
        | opt_thousands | opt_exponents | opt_missing | opt_yes | opt_no | opt_dates | opt_century | k_unit
        | k_unique | k_distinct | k_unpivot | k_delimiter | k_encoding | k_decimal | k_thousands | k_exponents
        | k_dates | k_century => "a line on the file, such as `unit id has date`",
        k_has => "`has` and the columns that are the same in all rows of the unit",
        k_to => "`to`",
        k_until => "`until`",
        k_from => "`from`",
        entry | result => "points (or a text), then the words that get them",
        key | key_from | key_under | key_range => "a word in quotes, a range such as 0..<10, or `otherwise`",
        k_otherwise => "`otherwise`",
        step | let_step | k_let => "a step, such as `halving: times 0.5 when …`, or `let`",
        verb | k_keep | k_times | k_halve | k_plus | k_cap | k_floor | k_every | k_absorb => {
            "what the step does: keep, value, times, halve, plus, cap, floor, every or absorb"
        }
        k_when | when => "`when`",
        k_per => "`per` and what makes the unit",
        pick | pick_word | pick_order => "`highest`, `lowest`, `strongest`, `first by …` or `last by …`",
        k_empty | empty => "`empty drop` or `empty 0`",
        empty_word => "`drop` or `0`",
        period => "year, quarter, month, week or day",
        k_open | open => "`open` and on which day, such as `open on 07-01`",
        open_on | open_on_day | open_any | open_all | open_least | on | on_day | at_least => {
            "`on 07-01`, `on day 15`, `at any time`, `all year` or `at least 30 days`"
        }
        aggregate | body => "a formula, or an aggregation such as `sum visit`",
        function => "sum, count, mean, min, max or only",
        clause | k_where | r#where => return None,
        by | k_by => "`by`",
        arm => "`value when condition`, or `value otherwise`",
        expect_cells | expect_one | expect_file | expect_error => "`= value`, `{ 2008 -> 2.5 }` or `from \"file.csv\"`",
        expect_cell | bound_key => "a cell, such as `2008 -> 2.5`",
        outcome => "a value, or `missing`",
        table | row | cell => "rows, each on a line of its own, under a line of column names",
        given | k_given | k_set | set_param => "`given`, `set` or `expect`",
        domain | bound => "values in parentheses, a range such as 2002..2012, or an input with a key",
        dim | dims => "a dimension, such as `year(date)`",
        k_warning => "`warning`",
        _ => return None,
    })
}

/// A syntax error as a diagnostic. `base` is where the parsed part starts in the text.
pub(super) fn diagnostic(file: FileId, text: &str, base: usize, error: &Error<Rule>) -> Diagnostic {
    let at = base
        + match error.location {
            InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
        };
    let rest = text.get(at..).unwrap_or("");
    let length = token_length(rest);
    let span = Span::new(file, at, at + length);
    let found = rest.get(..length).unwrap_or("");
    let mut wanted = expected(error);
    wanted.dedup();
    let message = match (wanted.as_slice(), found.is_empty()) {
        ([], true) => "the text ends too early".to_owned(),
        ([], false) => format!("`{}` doesn't belong here", shown(found)),
        (list, true) => format!("expected {}, but the text ends", either(list)),
        (list, false) => format!("expected {}, found `{}`", either(list), shown(found)),
    };
    let diagnostic = Diagnostic::error(Code::Syntax, span, message);
    match help(text, at, found) {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

fn shown(found: &str) -> String {
    let short: String = found.chars().take(40).collect();
    if short.len() < found.len() { format!("{short}…") } else { short }
}

fn either(list: &[&str]) -> String {
    match list {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
    }
}

fn expected(error: &Error<Rule>) -> Vec<&'static str> {
    let ErrorVariant::ParsingError { positives, .. } = &error.variant else { return Vec::new() };
    let mut list: Vec<&'static str> = positives.iter().copied().filter_map(words).collect();
    list.sort_unstable();
    list.dedup();
    // An operator can stand behind every value; it is only worth a word where nothing else is expected.
    if list.len() > 1 {
        list.retain(|words| *words != "an operator");
    }
    list.truncate(5);
    list
}

/// The length of the word, number or sign at the beginning.
fn token_length(rest: &str) -> usize {
    let Some(first) = rest.chars().next() else { return 0 };
    let word = |c: char| c.is_alphanumeric() || c == '_';
    if word(first) {
        return rest.find(|c| !word(c)).unwrap_or(rest.len());
    }
    if first == '"' {
        let line = rest.lines().next().unwrap_or("");
        return line.get(1..).and_then(|inner| inner.find('"')).map_or(line.len(), |end| end + 2);
    }
    first.len_utf8()
}

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
];

fn help(text: &str, at: usize, found: &str) -> Option<String> {
    let before = text.get(..at).unwrap_or("").trim_end();
    match found {
        "==" => return Some("write a single `=` to compare".to_owned()),
        "'" | "‘" | "’" | "“" | "”" | "„" | "«" => {
            return Some("texts stand in straight double quotes: \"president\"".to_owned());
        }
        "&" => return Some("write `and`".to_owned()),
        "|" => return Some("write `or`".to_owned()),
        "!" => return Some("write `not`, or `!=`".to_owned()),
        ";" => return Some("lines need no sign at their end".to_owned()),
        "%" => return Some("write a share as a number: 0.5 for 50 %".to_owned()),
        "=" if before.ends_with('=') => return Some("write a single `=` to compare".to_owned()),
        "extends" | "change" => {
            return Some("this version knows no overlays: write the alternative as a scheme of its own".to_owned());
        }
        "sum" | "count" | "mean" | "min" | "max" | "only" => {
            return Some("inside a formula, an aggregation stands in parentheses: (sum visit) / 2".to_owned());
        }
        "keep" | "value" | "times" | "halve" | "plus" | "cap" | "floor" | "absorb" | "every" => {
            return Some(format!("a step has a label before it, in the method's own words: `my_step: {found} …`"));
        }
        "true" | "false" => return Some("write `yes` or `no`".to_owned()),
        "##" | "#" => return Some(
            "a doc comment stands before an item, a column, a line of a scale or a step; use a single `#` elsewhere"
                .to_owned(),
        ),
        "," if before.ends_with(|c: char| c.is_ascii_digit()) => {
            return Some("the decimal sign is a point: 2.5".to_owned());
        }
        "\"" => return Some("the text has no closing quote on its line".to_owned()),
        _ => {}
    }
    let reserved = super::build::RESERVED.contains(&found);
    if reserved {
        return Some(format!(
            "`{found}` is a word of the language; call a column otherwise and say which header it has: `{found}_ text from \"{found}\"`"
        ));
    }
    if KEYWORDS.contains(&found) {
        return None;
    }
    nearest(found, KEYWORDS.iter().copied()).map(|word| format!("did you mean `{word}`?"))
}
