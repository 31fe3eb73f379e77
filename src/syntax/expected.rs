//! What the parser expected, in words, and what it found.

use std::ops::Range;

use pest::error::{Error, ErrorVariant, InputLocation};

use super::grammar::Rule;
use super::{advice, slips, structure};
use crate::diag::{Code, Diagnostic};
use crate::source::{FileId, Span};

/// What the parser says where only an operator could follow.
const OPERATOR: &str = "an operator";
/// The types, where one is expected.
pub(super) const TYPES: &str =
    "a type: text, number, number(2), date, date to year, flag, one of \"a\", \"b\", year, quarter, month or week";
/// What stands in a scale behind the points.
pub(super) const KEYS: &str = "a word in quotes, a range such as 0..<10, or `otherwise`";
/// The steps of a score.
pub(super) const STEPS: &str = "a step, such as `halving: times 0.5 when …`, or `let`";
/// What a step does.
pub(super) const VERBS: &str = "what the step does: keep, value, times, halve, plus, cap, floor, every or absorb";
/// The last line of a scale or a `case`.
const OTHERWISE: &str = "`otherwise`";
/// What a change does.
pub(super) const EDIT: &str = "an edit: `set`, `replace`, `remove` or `add`";
/// What stands behind `add`.
pub(super) const ADDED: &str = "an item that is added, or `to`, `before` or `after`";
/// What stands before the name of an item.
pub(super) const KINDS: &str = "`scale` or another kind of item";
/// What stands in a file.
const ITEM: &str = "an item, such as `input`, `scale`, `score` or `index`";
/// How something varies.
const SPREAD: &str =
    "how it varies: `in 0..1`, `in 1, 2`, `by 25 %`, `normal 0.5 sd 0.1` or `triangular 0..1 peak 0.5`";
/// What stands in a table of a test.
pub(super) const ROWS: &str = "rows, each on a line of its own, under a line of column names";
/// A text.
pub(super) const TEXT: &str = "a text in quotes";
/// A name.
pub(super) const NAME: &str = "a name";

/// The name of a rule for a reader; `None` for those that would only be noise beside others.
#[expect(clippy::match_same_arms, reason = "one line for each group of the grammar")]
fn words(rule: Rule) -> Option<&'static str> {
    use Rule::*;
    Some(match rule {
        EOI => return None,
        name | call_name => NAME,
        text | texts => TEXT,
        k_lbrace => "`{`",
        k_rbrace => "`}`",
        k_rparen => "`)`",
        k_colon => "`:`",
        k_equals => "`=`",
        k_arrow => "`->`",
        k_lparen | k_sep => return None,
        integer => "a whole number",
        number | signed | literal => "a number",
        date | month | quarter => return None,
        day_of_year => "a day of the year, such as 07-01",
        flag | k_yes | k_no => return None,
        k_value => return None,
        minus | case | call | parenthesis | primary | factor | product | total | value_expr | comparison | negation
        | conjunction | expr | filter | filter_and | filter_not | filter_comparison | dim_expr => "an expression",
        sign | factor_sign | comparator | k_and | k_or | k_else | k_round | k_within | round_to | otherwise | k_in => {
            OPERATOR
        }
        k_not => "an expression",
        set | filter_set => "values in parentheses, such as (\"a\", \"b\"), or a range, such as 1..5",
        field => return None,
        doc => return None,
        scheme | k_scheme => "`scheme`",
        item => ITEM,
        version | author | cite | data_folder | input | scale | param | score | by_block | index | test | expect
        | k_version | k_author | k_data | k_input | k_scale | k_param | k_score | k_index | k_hidden | k_test
        | k_expect | change | bare_edit | k_change | vary | exclude | k_vary | k_exclude => ITEM,
        edit | set_edit | replace | remove | add | k_replace | k_remove | k_add => EDIT,
        k_set | k_extends | extends => return None,
        add_to | add_beside | k_before | k_after => ADDED,
        whole | kind => KINDS,
        path => "a part, such as `visit.halving`",
        line_key => KEYS,
        check | k_check | k_cite => return None,
        column => "a column, such as `partner text`",
        column_type | type_word | type_simple | type_category | type_number | type_date | one_of | number_word
        | date_word => TYPES,
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
        key | key_from | key_under | key_range => KEYS,
        k_otherwise => OTHERWISE,
        step | let_step | k_let => STEPS,
        verb | k_keep | k_times | k_halve | k_plus | k_cap | k_floor | k_every | k_absorb => VERBS,
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
        table | row | cell => ROWS,
        given | k_given | set_param => "`given`, `set` or `expect`",
        domain | bound => "values in parentheses, a range such as 2002..2012, or an input with a key",
        dim | dims => "a dimension, such as `year(date)`",
        vary_spread | vary_by | vary_normal | vary_triangular | vary_range | vary_list | normal | triangular => SPREAD,
        percent => "`%`",
        k_sd => "`sd` and the standard deviation",
        k_peak => "`peak` and where it is most likely",
        k_with => "`with` and the changes that can't be made together with it",
        vary_target => "what varies: a parameter, a scale, a line of one such as `level(\"president\")`, or a change",
        k_warning => "`warning`",
        _ => return None,
    })
}

/// The place of a syntax error and what is known of it.
pub(super) struct Spot<'a> {
    /// The whole text.
    pub text: &'a str,
    /// The item in which the parser stopped.
    pub item: Range<usize>,
    /// Where it stopped.
    pub at: usize,
    /// What stands there: a word, a number, a quoted text or a sign.
    pub found: &'a str,
    /// What was expected, in words.
    pub wanted: Vec<&'static str>,
    /// Whether an expression could have gone on there.
    pub in_expression: bool,
}

/// What is to be said instead of the plain message.
pub(super) struct Finding {
    /// The place.
    pub range: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// A further place, and what is said of it.
    pub also: Option<(Range<usize>, &'static str)>,
    /// What to write instead.
    pub help: Option<String>,
}

/// A syntax error of an item as a diagnostic.
pub(super) fn diagnostic(file: FileId, text: &str, item: Range<usize>, error: &Error<Rule>) -> Diagnostic {
    let at = item.start
        + match error.location {
            InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
        };
    let range = token(text, at);
    let found = text.get(range.clone()).unwrap_or("");
    let (wanted, in_expression) = expected(error);
    let spot = Spot { text, item, at, found, wanted, in_expression };
    let finding = match structure::misplaced_label(&spot).or_else(|| slips::unlabelled(&spot)) {
        Some(spot) => plain(&spot, spot.at..spot.at + spot.found.len()),
        None => structure::find(&spot).unwrap_or_else(|| plain(&spot, range)),
    };
    let span = |range: &Range<usize>| Span::new(file, range.start, range.end);
    let mut diagnostic = Diagnostic::error(Code::Syntax, span(&finding.range), finding.message);
    if let Some((range, words)) = &finding.also {
        diagnostic = diagnostic.also(span(range), *words);
    }
    match finding.help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

fn plain(spot: &Spot<'_>, range: Range<usize>) -> Finding {
    let wanted: &[&str] = if spot.wanted == [OPERATOR] { &[] } else { &spot.wanted };
    let message = match (wanted, spot.found.is_empty()) {
        ([], true) => "the text ends too early".to_owned(),
        ([], false) => format!("`{}` doesn't belong here", shown(spot.found)),
        (list, true) => format!("expected {}, but the text ends", either(list)),
        (list, false) => format!("expected {}, found `{}`", either(list), shown(spot.found)),
    };
    Finding { range, message, also: None, help: advice::help(spot) }
}

pub(super) fn shown(found: &str) -> String {
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

/// What was expected, and whether an expression could have gone on.
fn expected(error: &Error<Rule>) -> (Vec<&'static str>, bool) {
    let ErrorVariant::ParsingError { positives, .. } = &error.variant else { return (Vec::new(), false) };
    let mut list: Vec<&'static str> = positives.iter().copied().filter_map(words).collect();
    list.sort_unstable();
    list.dedup();
    let in_expression = list.contains(&OPERATOR);
    // These can stand behind or before much else; they are only worth a word where nothing else is expected. The list
    // of types is long, and beside another word it stands there because that word can also be the name of a column.
    for noise in [OPERATOR, "`}`", "`:`", TYPES] {
        if list.len() > 1 {
            list.retain(|words| *words != noise);
        }
    }
    if list.contains(&ADDED) {
        list = vec![ADDED];
    }
    if list.contains(&ITEM) {
        list.retain(|words| *words != EDIT);
    }
    if list.contains(&KEYS) {
        list.retain(|words| *words != OTHERWISE);
    }
    list.truncate(5);
    (list, in_expression)
}

/// Where the word, number, text or sign stands that begins at a place. A word or `==` that the parser stopped inside of
/// is taken whole.
fn token(text: &str, at: usize) -> Range<usize> {
    let (before, rest) = (text.get(..at).unwrap_or(""), text.get(at..).unwrap_or(""));
    let Some(first) = rest.chars().next() else { return at..at };
    let word = |c: char| c.is_alphanumeric() || c == '_';
    if word(first) {
        let start = before.trim_end_matches(word).len();
        let start = if before.get(start..).is_some_and(|head| head.starts_with(|c: char| c.is_ascii_digit())) {
            at
        } else {
            start
        };
        return start..at + word_length(rest);
    }
    let line = rest.lines().next().unwrap_or("");
    let closing: &[char] = match first {
        '"' => &['"'],
        '\'' | '‘' | '’' => &['\'', '’', '‘'],
        '“' | '”' | '„' => &['”', '“'],
        '«' => &['»'],
        _ => {
            let start = if first == '=' && before.ends_with('=') { at - 1 } else { at };
            let run = rest.chars().take_while(|&c| c == first && "=&|<>.*:".contains(c)).count();
            return start..at + run.max(1) * first.len_utf8();
        }
    };
    let inner = line.get(first.len_utf8()..).unwrap_or("");
    match inner.char_indices().find(|(_, c)| closing.contains(c)) {
        Some((end, c)) => at..at + first.len_utf8() + end + c.len_utf8(),
        None => at..at + if first == '"' { line.trim_end().len() } else { first.len_utf8() },
    }
}

/// The length of a word; of a number with what is stuck to it, as in `2002-2012` and `01.07.2008`.
fn word_length(rest: &str) -> usize {
    let number = rest.starts_with(|c: char| c.is_ascii_digit());
    let mut end = 0;
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let digit_behind = chars.peek().is_some_and(|(_, c)| c.is_ascii_digit());
        if !(c.is_alphanumeric() || c == '_' || (number && matches!(c, '-' | '.') && digit_behind)) {
            break;
        }
        end = at + c.len_utf8();
    }
    end
}
