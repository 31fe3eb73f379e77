//! Differences inside items: parameters, the lines of scales, the steps of scores, the columns of inputs.

use super::Difference;
use super::text::{Texts, alike};
use crate::resolve::overlay::target::key_words;
use crate::source::Span;
use crate::syntax::ast::{Input, Param, Scale, ScaleKey, Score, Step, StepKind};

/// How many lines of a scale are told one by one.
const MOST_LINES: usize = 12;

pub fn params(a: &Param, b: &Param, texts: &Texts<'_>, out: &mut Vec<Difference>) {
    let whole = |param: &Param| param.name.span.to(param.value.span);
    if !alike(&a.value, &b.value) {
        let words = texts.instead(&format!("param `{}`", a.name.node), a.value.span, b.value.span);
        out.push(Difference { target: a.name.node.to_string(), words, a: Some(whole(a)), b: Some(b.value.span) });
    }
    if !alike(&a.domain, &b.domain) {
        let words = format!("param `{}` has another range", a.name.node);
        out.push(Difference { target: a.name.node.to_string(), words, a: Some(whole(a)), b: Some(whole(b)) });
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
        out.push(Difference { target: name.to_string(), words, a: Some(a), b: Some(b) });
        return;
    }
    let differences = found.into_iter().map(|(key, words, a, b)| Difference {
        target: format!("{name}({key})"),
        words: format!("scale `{name}` {words}"),
        a,
        b,
    });
    out.extend(differences);
}

fn same_step(a: &Step, b: &Step) -> bool {
    a.label.node == b.label.node && std::mem::discriminant(&a.kind) == std::mem::discriminant(&b.kind)
}

fn step_name(score: &Score, step: &Step) -> String {
    match &step.kind {
        StepKind::Let(_) => format!("let `{}` of score `{}`", step.label.node, score.name.node),
        StepKind::Check(_) => format!("check \"{}\" of score `{}`", step.label.node, score.name.node),
        _ => format!("step `{}.{}`", score.name.node, step.label.node),
    }
}

pub fn scores(a: &Score, b: &Score, texts: &Texts<'_>, out: &mut Vec<Difference>) {
    if a.input.node != b.input.node {
        let words = format!("score `{}` is made from `{}` instead of `{}`", a.name.node, b.input.node, a.input.node);
        out.push(Difference { target: a.name.node.to_string(), words, a: Some(a.input.span), b: Some(b.input.span) });
    }
    let target = |step: &Step| format!("{}.{}", a.name.node, step.label.node);
    for step in &a.steps {
        let name = step_name(a, step);
        match b.steps.iter().find(|other| other.label.node == step.label.node && !is_other(step, other)) {
            Some(other) if alike(&step.kind, &other.kind) => {}
            Some(other) => {
                let words = texts.instead(&name, step.span, other.span);
                out.push(Difference { target: target(step), words, a: Some(step.span), b: Some(other.span) });
            }
            None => {
                let words = format!("{name} is left out: `{}`", texts.of(step.span));
                out.push(Difference { target: target(step), words, a: Some(step.span), b: None });
            }
        }
    }
    for step in &b.steps {
        if !a.steps.iter().any(|other| other.label.node == step.label.node && !is_other(step, other)) {
            let words = format!("{} is added: `{}`", step_name(b, step), texts.of(step.span));
            out.push(Difference { target: target(step), words, a: None, b: Some(step.span) });
        }
    }
    let order = |score: &Score, other: &Score| -> Vec<String> {
        let both = score.steps.iter().filter(|step| other.steps.iter().any(|known| same_step(step, known)));
        both.map(|step| step.label.node.to_string()).collect()
    };
    if order(a, b) != order(b, a) {
        let words = format!("the steps of score `{}` have another order: {}", a.name.node, order(b, a).join(", "));
        out.push(Difference { target: a.name.node.to_string(), words, a: Some(a.name.span), b: Some(b.name.span) });
    }
}

/// Whether one is a let and the other isn't, or one a check: their names are told apart.
fn is_other(a: &Step, b: &Step) -> bool {
    let kind = |step: &Step| match step.kind {
        StepKind::Let(_) => 0,
        StepKind::Check(_) => 1,
        _ => 2,
    };
    kind(a) != kind(b)
}

pub fn inputs(a: &Input, b: &Input, texts: &Texts<'_>, out: &mut Vec<Difference>) {
    let name = &a.name.node;
    for column in &a.columns {
        let span = column.name.span.to(column.ty.span);
        match b.columns.iter().find(|other| other.name.node == column.name.node) {
            Some(other) if alike(column, other) => {}
            Some(other) => {
                let new = other.name.span.to(other.mods.last().map_or(other.ty.span, |last| last.span));
                let old = column.name.span.to(column.mods.last().map_or(column.ty.span, |last| last.span));
                let words = texts.instead(&format!("column `{name}.{}`", column.name.node), old, new);
                out.push(Difference {
                    target: format!("{name}.{}", column.name.node),
                    words,
                    a: Some(old),
                    b: Some(new),
                });
            }
            None => {
                let words = format!("column `{name}.{}` isn't read", column.name.node);
                out.push(Difference { target: format!("{name}.{}", column.name.node), words, a: Some(span), b: None });
            }
        }
    }
    for column in b.columns.iter().filter(|column| !a.columns.iter().any(|other| other.name.node == column.name.node)) {
        let span = column.name.span.to(column.ty.span);
        let words = format!("column `{name}.{}` is added: `{}`", column.name.node, texts.of(span));
        out.push(Difference { target: format!("{name}.{}", column.name.node), words, a: None, b: Some(span) });
    }
    let rest = |input: &Input| {
        let Input { name: _, file, options, columns: _, units, keys, unpivot, checks } = input.clone();
        (file, options, units, keys, unpivot, checks)
    };
    if !alike(&rest(a), &rest(b)) {
        let words = format!("input `{name}` is read or checked in another way");
        out.push(Difference { target: name.to_string(), words, a: Some(a.name.span), b: Some(b.name.span) });
    }
}
