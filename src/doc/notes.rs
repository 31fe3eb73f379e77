//! How the page is to be read: what holds everywhere, and what the functions mean that stand as they are written.

use std::collections::BTreeMap;

use super::page::{Block, Line};
use super::{Subject, heading, words};
use crate::builtin;
use crate::resolve::children;
use crate::syntax::ast::{Expr, ExprKind, StepKind};

/// What holds in every methodology that is written in this language.
const RULES: &[&str] = &[
    "A table has rows. A case is what a score makes of them: a row, or several rows that one has absorbed. A value that \
     isn't there is missing; it is never taken for 0 unless a rule says so, and a case without a value counts nowhere.",
    "An index has a value for each combination of what was seen in the data; where a range or a list is named, for all of \
     it and for nothing else.",
    "In a formula, an index that has no value in some place counts as 0 there if it is made of sums and numbers of cases \
     alone, and as missing otherwise. What is computed of something missing is missing.",
    "Numbers are exact decimals. Quotients and means have 15 decimal places at most. Rounding is to the nearest, halves \
     away from zero, and the rounded number is what is computed with from there on.",
    "Text is compared letter by letter, capitals included.",
];

/// The last part of the page.
pub(super) fn blocks(subject: Subject<'_>) -> Vec<Block> {
    let names = Line::of("Tables, scales, parameters, scores and indices are written ").name("so");
    let names = names.text("; columns, and what a rule defines for each row, are written ").code("so");
    let names = names.text(". With each rule stands its text in the program that is run; the words are made of it.");
    let mut lines = vec![names];
    lines.extend(RULES.iter().map(|text| Line::of(*text)));
    let mut used = BTreeMap::new();
    expressions(subject).into_iter().for_each(|expr| gather(expr, &mut used));
    for (name, says) in used {
        // What a function is, without the examples in the language behind it.
        let says = says.split(": `").next().unwrap_or(says);
        let (says, real) = says.strip_suffix(": a real").map_or((says, ""), |says| (says, ", in floating point"));
        lines.push(Line::new().code(format!("{name}(…)")).text(format!(" is {says}{real}.")));
    }
    vec![heading(2, "reading", Line::of("How to read this page")), Block::List(lines)]
}

/// The expressions of scores, indices and checks.
fn expressions<'a>(subject: Subject<'a>) -> Vec<&'a Expr> {
    let scheme = subject.scheme;
    let mut found: Vec<&Expr> = Vec::new();
    let checks = scheme.checks.iter().chain(scheme.inputs.iter().flat_map(|(_, input)| &input.checks));
    for check in checks {
        found.push(&check.holds);
        found.extend(&check.when);
    }
    for step in scheme.scores.iter().flat_map(|(_, score)| &score.steps) {
        match &step.kind {
            StepKind::Let(expr) => found.push(expr),
            StepKind::Keep(holds, when) => {
                found.push(holds);
                found.extend(when);
            }
            StepKind::Every(every) => found.extend([&every.from, &every.end]),
            StepKind::Set(_, expr, when) => {
                found.extend(expr);
                found.extend(when);
            }
            StepKind::Absorb(absorb) => found.extend(&absorb.keys),
            StepKind::Check(check) => {
                found.push(&check.holds);
                found.extend(&check.when);
            }
        }
    }
    for index in &scheme.indices {
        found.push(&index.tree.body);
        found.extend(index.shared.iter().flat_map(|dims| dims.iter()).map(|dim| &dim.expr));
    }
    found
}

/// The functions that stand on the page as they are written.
fn gather(expr: &Expr, used: &mut BTreeMap<&'static str, &'static str>) {
    if let ExprKind::Call(name, _) = &expr.kind
        && words::symbolic(&name.node)
        && let Some(row) = builtin::function(&name.node)
    {
        used.insert(row.name, row.says);
    }
    if let ExprKind::Aggregate(aggregate) = &expr.kind {
        aggregate.filter.iter().for_each(|filter| gather(filter, used));
        aggregate.dims.iter().flatten().for_each(|dim| gather(&dim.expr, used));
        return;
    }
    children(expr, &mut |child| gather(child, used));
}
