//! Differences inside items: parameters, the lines of scales, the steps of scores, the columns of inputs.

use serde::Serialize;

use super::Difference;
use super::text::{Texts, alike};
use crate::resolve::overlay::target::key_words;
use crate::source::Span;
use crate::syntax::ast::{Check, Column, Input, Param, Scale, ScaleKey, Score, Step, StepKind};

/// How many lines of a scale are told one by one.
const MOST_LINES: usize = 12;

pub fn params(a: &Param, b: &Param, texts: &Texts<'_>, out: &mut Vec<Difference>) {
    let whole = |param: &Param| param.name.span.to(param.value.span);
    let name = &*a.name.node;
    if !alike(&a.value, &b.value) {
        let words = format!("param `{name}` is {} instead of {}", texts.of(b.value.span), texts.of(a.value.span));
        out.push(Difference::new(name, words, Some(a.value.span), Some(b.value.span)));
    }
    if !alike(&a.domain, &b.domain) {
        let domain = |param: &Param| param.domain.as_ref().map(|domain| domain.span);
        let found = Difference::new(name, format!("param `{name}` has another range"), Some(whole(a)), Some(whole(b)));
        out.push(found.quoting(texts, domain(a), domain(b)));
    }
}

/// A line of a scale: its key, what it gets, and where.
struct Line {
    key: String,
    result: String,
    span: Span,
}

fn lines(scale: &Scale, texts: &Texts<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    for entry in &scale.entries {
        let result = if entry.result.is_none() { "missing".to_owned() } else { texts.of(entry.result_span) };
        let mut line =
            |key: Option<&ScaleKey>, span| lines.push(Line { key: key_words(key), result: result.clone(), span });
        if entry.keys.is_empty() {
            line(None, entry.span);
        }
        entry.keys.iter().for_each(|key| line(Some(&key.node), key.span));
    }
    lines
}

pub fn scales(a: &Scale, b: &Scale, texts: &Texts<'_>, out: &mut Vec<Difference>) {
    let (old, new) = (lines(a, texts), lines(b, texts));
    let mut found = Vec::new();
    for line in &old {
        let (words, place) = match new.iter().find(|other| other.key == line.key) {
            Some(other) if other.result == line.result => continue,
            Some(other) => {
                (format!("gives {} {} instead of {}", line.key, other.result, line.result), Some(other.span))
            }
            None => (format!("no longer lists {}, which got {}", line.key, line.result), None),
        };
        found.push((line.key.clone(), words, Some(line.span), place));
    }
    for line in new.iter().filter(|line| !old.iter().any(|other| other.key == line.key)) {
        let words = format!("lists {} with {}", line.key, line.result);
        found.push((line.key.clone(), words, None, Some(line.span)));
    }
    let name = &a.name.node;
    if found.len() > MOST_LINES {
        let (a, b) = (a.name.span, b.name.span);
        let words =
            format!("scale `{name}` is another: {} lines differ, of {} and {}", found.len(), old.len(), new.len());
        out.push(Difference::new(&**name, words, Some(a), Some(b)));
        return;
    }
    let differences = found
        .into_iter()
        .map(|(key, words, a, b)| Difference::new(format!("{name}({key})"), format!("scale `{name}` {words}"), a, b));
    out.extend(differences);
}

fn step_name(score: &Score, step: &Step) -> String {
    match &step.kind {
        StepKind::Let(_) => format!("let `{}` of score `{}`", step.label.node, score.name.node),
        StepKind::Check(_) => format!("check \"{}\" of score `{}`", step.label.node, score.name.node),
        _ => format!("step `{}.{}`", score.name.node, step.label.node),
    }
}

pub fn scores(a: &Score, b: &Score, texts: &Texts<'_>, out: &mut Vec<Difference>) {
    let name = &*a.name.node;
    if a.input.node != b.input.node {
        let words = format!("score `{name}` is made from `{}` instead of `{}`", b.input.node, a.input.node);
        out.push(Difference::new(name, words, Some(a.input.span), Some(b.input.span)));
    }
    let target = |step: &Step| format!("{name}.{}", step.label.node);
    for step in &a.steps {
        let is = step_name(a, step);
        let (words, place) = match b.steps.iter().find(|other| same_name(step, other)) {
            Some(other) if alike(&step.kind, &other.kind) => continue,
            Some(other) => (format!("{is} reads otherwise"), Some(other.span)),
            None => (format!("{is} is left out"), None),
        };
        let found = Difference::new(target(step), words, Some(step.span), place);
        out.push(found.quoting(texts, Some(step.span), place));
    }
    for step in b.steps.iter().filter(|step| !a.steps.iter().any(|other| same_name(step, other))) {
        let found = Difference::new(target(step), format!("{} is added", step_name(b, step)), None, Some(step.span));
        out.push(found.quoting(texts, None, Some(step.span)));
    }
    let order = |score: &Score, other: &Score| -> Vec<String> {
        let both = score.steps.iter().filter(|step| other.steps.iter().any(|known| same_name(step, known)));
        both.map(|step| step.label.node.to_string()).collect()
    };
    let (old, new) = (order(a, b), order(b, a));
    if old != new {
        let words = format!("the steps of score `{name}` stand in another order");
        let found = Difference::new(name, words, Some(a.name.span), Some(b.name.span));
        out.push(Difference { before: Some(old.join(", ")), after: Some(new.join(", ")), ..found });
    }
}

/// Whether two are the same step, the same let, or the same check: their names are told apart.
fn same_name(a: &Step, b: &Step) -> bool {
    let kind = |step: &Step| match step.kind {
        StepKind::Let(_) => 0,
        StepKind::Check(_) => 1,
        _ => 2,
    };
    a.label.node == b.label.node && kind(a) == kind(b)
}

pub fn inputs(a: &Input, b: &Input, texts: &Texts<'_>, out: &mut Vec<Difference>) {
    let name = &*a.name.node;
    let whole = |column: &Column| column.name.span.to(column.mods.last().map_or(column.ty.span, |last| last.span));
    let target = |column: &Column| format!("{name}.{}", column.name.node);
    for column in &a.columns {
        let (words, place) = match b.columns.iter().find(|other| other.name.node == column.name.node) {
            Some(other) if alike(column, other) => continue,
            Some(other) => (format!("column `{}` is declared otherwise", target(column)), Some(whole(other))),
            None => (format!("column `{}` isn't read", target(column)), None),
        };
        let found = Difference::new(target(column), words, Some(whole(column)), place);
        out.push(found.quoting(texts, Some(whole(column)), place));
    }
    for column in b.columns.iter().filter(|column| !a.columns.iter().any(|other| other.name.node == column.name.node)) {
        let words = format!("column `{}` is added", target(column));
        let found = Difference::new(target(column), words, None, Some(whole(column)));
        out.push(found.quoting(texts, None, Some(whole(column))));
    }
    listed(|_| name.to_owned(), "a `unit`", name, [&a.units, &b.units], |unit| unit.span, texts, out);
    listed(|_| name.to_owned(), "a key", name, [&a.keys, &b.keys], |key| key.span, texts, out);
    let target = |check: &Check| format!("check \"{}\"", check.message.node);
    listed(target, "a check", name, [&a.checks, &b.checks], |check| check.span, texts, out);
    let rest = |input: &Input| {
        let Input { name: _, file, options, columns: _, units: _, keys: _, unpivot, checks: _ } = input.clone();
        (file, options, unpivot)
    };
    if !alike(&rest(a), &rest(b)) {
        let words = format!("input `{name}` is read in another way");
        out.push(Difference::new(name, words, Some(a.name.span), Some(b.name.span)));
    }
}

/// What one of two inputs says of its rows and the other doesn't.
fn listed<T: Serialize>(
    target: impl Fn(&T) -> String,
    what: &str,
    input: &str,
    [a, b]: [&[T]; 2],
    span: impl Fn(&T) -> Span,
    texts: &Texts<'_>,
    out: &mut Vec<Difference>,
) {
    let lacks = |list: &[T], one: &T| !list.iter().any(|other| alike(other, one));
    for one in a.iter().filter(|one| lacks(b, one)) {
        let place = Some(span(one));
        let found = Difference::new(target(one), format!("{what} of input `{input}` is left out"), place, None);
        out.push(found.quoting(texts, place, None));
    }
    for one in b.iter().filter(|one| lacks(a, one)) {
        let place = Some(span(one));
        let found = Difference::new(target(one), format!("{what} of input `{input}` is added"), None, place);
        out.push(found.quoting(texts, None, place));
    }
}
