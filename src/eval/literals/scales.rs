//! Words of a text column that take a scale's `otherwise` though a word of the scale is near: a slip in one of the two.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::builtin::Builtin;
use crate::diag::nearest::nearest;
use crate::diag::{Code, Diagnostic, Problems};
use crate::eval::faults;
use crate::plan::{Expr, ExprKind, Otherwise, Plan, Scale};
use crate::value::Type;
use crate::value::column::{Column, Data, Table};

/// A column with more words than this is text, not a list of words.
const MAX_WORDS: usize = 10_000;
/// So many words of a column are named.
const NAMED: usize = 5;

/// The scale and the text column of an expression that looks one up on the other.
pub fn lookup(expr: &Expr) -> Option<(usize, usize)> {
    let ExprKind::Scale { scale, arg } = &expr.kind else { return None };
    let arg = match &arg.kind {
        ExprKind::Call(Builtin::Else, args) => args.first()?,
        _ => arg,
    };
    match arg.kind {
        ExprKind::Column(column) if arg.ty.base == Type::Text => Some((*scale, column)),
        _ => None,
    }
}

/// Warns of the words of a column that are near one of the scale's and take its `otherwise`.
pub fn look(plan: &Plan, scale: usize, (input, table): (usize, &Table), column: usize) -> Problems {
    let mut problems = Problems::new();
    let (Some(scale), Some(input)) = (plan.scales.get(scale), plan.inputs.get(input)) else { return problems };
    let found = table.columns.get(column).filter(|_| matches!(scale.otherwise, Otherwise::Value(_)));
    let (Some(values), Some(spec)) = (found, input.schema.columns.get(column)) else { return problems };
    let near = near_words(scale, values);
    let Some(&(row, word, meant)) = near.first() else { return problems };
    let message = format!("`{word}` in column `{}` takes `otherwise` of scale `{}`", spec.name, scale.name);
    let mut help = format!("did you mean `{meant}`?");
    let others: Vec<String> =
        near.iter().skip(1).take(NAMED).map(|(_, word, meant)| format!("`{word}` (`{meant}`?)")).collect();
    if !others.is_empty() {
        let more = near.len().saturating_sub(1 + NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        help = format!("{help}\nalso near a word of the scale: {}{more}", others.join(", "));
    }
    let place = faults::place(input, table, row, Some(column));
    problems.push(Diagnostic::warning(Code::UnusedLiteral, place, message).also(scale.span, "the scale").help(help));
    problems
}

/// The words of a column that the scale doesn't list and that are near one of its own: the first row of each, the word
/// and the one that is near; by row.
fn near_words<'a>(scale: &'a Scale, column: &'a Column) -> Vec<(usize, &'a str, &'a str)> {
    let Data::Text { codes, dict } = &column.data else { return Vec::new() };
    if dict.len() > MAX_WORDS {
        return Vec::new();
    }
    let listed: BTreeSet<&str> = scale.words.iter().map(|(word, _)| &**word).collect();
    let on_scale = |word: &Arc<str>| {
        listed.contains(&**word) || scale.patterns.iter().any(|(pattern, _)| word.starts_with(&**pattern))
    };
    let with_letters: Vec<(&str, u64)> = listed.iter().map(|word| (*word, letters_used(word))).collect();
    let near: Vec<Option<&str>> =
        dict.iter().map(|word| if on_scale(word) { None } else { slip(word, &with_letters) }).collect();
    let mut seen = vec![false; dict.len()];
    let mut found = Vec::new();
    for (row, &code) in codes.iter().enumerate().filter(|(row, _)| column.is_known(*row)) {
        let code = code as usize;
        let (Some(first), Some(Some(meant)), Some(word)) = (seen.get_mut(code), near.get(code), dict.get(code)) else {
            continue;
        };
        if !std::mem::replace(first, true) {
            found.push((row, &**word, *meant));
        }
    }
    found
}

/// The word of a scale that a word seems to be a slip of. Words that lie in the scale's own neighbourhood by nature are
/// left alone: short ones, and those that differ in their numbers alone.
fn slip<'a>(word: &str, listed: &[(&'a str, u64)]) -> Option<&'a str> {
    let length = word.chars().count();
    let most = 1 + length / 8;
    let used = letters_used(word);
    // Comparing is slow. An edit takes at most one letter away and brings one in.
    let like = listed.iter().filter(|(_, letters)| (letters ^ used).count_ones() as usize <= 2 * most);
    let meant = nearest(word, like.map(|(listed, _)| *listed))?;
    let numbers = |text: &str| text.chars().filter(|c| c.is_numeric()).collect::<String>();
    let close = strsim::damerau_levenshtein(&word.to_lowercase(), &meant.to_lowercase()) <= most;
    (length > 3 && close && numbers(word) == numbers(meant)).then_some(meant)
}

/// A bit for each letter of a word, whatever its case; several letters share a bit.
fn letters_used(word: &str) -> u64 {
    word.chars().flat_map(char::to_lowercase).fold(0, |used, c| used | 1 << (u32::from(c) % 64))
}
