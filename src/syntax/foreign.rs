//! Words that other languages have in the place where a syntax error is, and what this one has instead.

use super::advice::wants;
use super::expected::{Spot, TYPES, VERBS};
use super::structure::FUNCTIONS;

/// How a choice is written.
pub(super) const CASE: &str = "a choice is written `case { 3 when kind = \"embassy\", 2 otherwise }`";

/// Words of other languages, and of this one where they can't stand.
pub(super) fn foreign_word(spot: &Spot<'_>) -> Option<&'static str> {
    let lower = spot.found.to_lowercase();
    Some(match lower.as_str() {
        "true" | "false" => "write `yes` or `no`",
        "null" | "none" | "na" | "nan" => "write `missing`",
        "is" if asks_for_missing(spot) => "write `known(x)`, or `not known(x)`",
        "missing" if wants(spot, "an expression") => "ask with `known(x)`, or `not known(x)`",
        "is" | "equals" | "eq" => "write `=`",
        "group" if aggregates(spot) => "write `by` alone: `sum visit by partner`",
        "per" | "across" | "over" if aggregates(spot) => "dimensions stand behind `by`: `sum visit by partner`",
        "if" | "for" | "when" | "with" if aggregates(spot) => {
            "write `where` and what must hold: `sum visit where venue = \"home\"`"
        }
        "like" => "a scale takes patterns: \"14*\"",
        "if" | "where" if wants(spot, "`when`") => "write `when`",
        "if" | "then" | "switch" => CASE,
        "else" | "default" if wants(spot, "`value when condition`, or `value otherwise`") => {
            "the last line of a `case` is `value otherwise`"
        }
        "when" if wants(spot, "`value when condition`, or `value otherwise`") => {
            "the value stands before its condition: `3 when kind = \"embassy\"`"
        }
        "when" if matches!(spot.item_word(), "index" | "hidden" | "by") => {
            "choose with `case { a when …, b otherwise }`; rows are chosen with `where` behind an aggregation"
        }
        "where" => "`where` stands behind an aggregation: `sum visit where military else no`",
        "drop" | "filter" | "remove" | "exclude" | "delete" if wants(spot, VERBS) => {
            "write `keep` and what stays: `keep not (…)`"
        }
        "multiply" | "mul" | "weight" if wants(spot, VERBS) => "write `times`",
        "add" | "sum" if wants(spot, VERBS) => "write `plus`",
        "set" | "score" | "points" | "assign" if wants(spot, VERBS) => "write `value`",
        "group" | "aggregate" | "merge" if wants(spot, VERBS) => "write `absorb highest per id`",
        "from" | "between" if matches!(spot.item_word(), "index" | "hidden" | "by") => {
            "a range is written with `in`: `year(date) in 2002..2012`"
        }
        "to" | "and" if wants(spot, "a text in quotes") || spot.wanted.is_empty() => {
            "a range is written with two points: 0..1"
        }
        "to" | "until" if spot.line_before().contains("..") => return None,
        "string" | "str" | "char" | "varchar" | "character" if wants(spot, TYPES) => "write `text`",
        "int" | "integer" | "numeric" if wants(spot, TYPES) => "write `number`",
        "decimal" | "float" | "double" | "real" if wants(spot, TYPES) => {
            "write `number(2)`, with as many decimal places as the numbers have"
        }
        "bool" | "boolean" | "logical" if wants(spot, TYPES) => "write `flag`",
        "datetime" | "timestamp" | "time" if wants(spot, TYPES) => "write `date`",
        "enum" | "category" | "factor" if wants(spot, TYPES) => "write `one of \"a\", \"b\"`",
        "case" => CASE,
        _ => return None,
    })
}

/// Whether what follows is `missing`.
fn asks_for_missing(spot: &Spot<'_>) -> bool {
    let behind = spot.text.get(spot.at + spot.found.len()..).unwrap_or("").trim_start();
    behind.trim_start_matches("not").trim_start().starts_with("missing")
}

/// Whether the formula of the index is an aggregation.
fn aggregates(spot: &Spot<'_>) -> bool {
    let item = spot.text.get(spot.item.start..spot.at).unwrap_or("");
    let formula = item.rsplit_once(['=', '(']).map_or("", |(_, formula)| formula);
    formula.split_whitespace().next().is_some_and(|word| FUNCTIONS.contains(&word))
}
