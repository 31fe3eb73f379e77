//! The steps of a score as sentences.

use super::claims::check;
use super::page::{Block, Line, enumerate};
use super::{Subject, every, sentence};
use crate::syntax::ast::{Absorb, Expr, ExprKind, Pick, Step, StepKind};
use crate::types::tree::{Op, Score};
use crate::value::words::{Empty, Verb};

/// A step in words: a paragraph, and a list behind it where the step chooses among several things.
pub(super) fn blocks(subject: Subject<'_>, step: &Step, at: usize, score: &Score) -> Vec<Block> {
    let words = subject.rows();
    match &step.kind {
        StepKind::Let(expr) => choice(subject, Line::new().code(step.label.node.to_string()).text(" is "), expr, None),
        StepKind::Keep(holds, when) => {
            let holds = words.condition(holds);
            vec![Block::Paragraph(sentence(match when {
                Some(when) => Line::of("of the rows for which ")
                    .line(words.condition(when))
                    .text(", only those are kept for which ")
                    .line(holds)
                    .text("; all other rows stay"),
                None => Line::of("only rows are kept for which ").line(holds),
            }))]
        }
        StepKind::Every(every) => vec![Block::Paragraph(sentence(every::line(subject, every)))],
        StepKind::Set(verb, expr, when) => set(subject, *verb, expr.as_ref(), when.as_ref(), is_first(score, at)),
        StepKind::Absorb(tree) => vec![Block::Paragraph(absorb(subject, tree, may_be_empty(score, at)))],
        StepKind::Check(tree) => vec![Block::Paragraph(check(words, tree))],
    }
}

/// Whether no step before has set the value.
fn is_first(score: &Score, at: usize) -> bool {
    matches!(score.steps.get(at).map(|step| &step.op), Some(Op::Set { before: None, .. }))
}

/// Whether a step before can take all rows of a unit by a condition that isn't about the whole unit.
fn may_be_empty(score: &Score, at: usize) -> bool {
    let before = score.steps.iter().take(at).rev();
    let mut since = before.take_while(|step| !matches!(step.op, Op::Absorb { .. }));
    since.any(|step| matches!(step.op, Op::Keep { of_units: false, .. }))
}

/// A sentence that ends in an expression; the lines of a `case` become a list.
fn choice(subject: Subject<'_>, lead: Line, expr: &Expr, when: Option<Line>) -> Vec<Block> {
    let words = subject.rows();
    let ExprKind::Case(arms) = &expr.kind else {
        let line = lead.line(words.whole(expr));
        return vec![Block::Paragraph(sentence(match when {
            Some(when) => line.text(", where ").line(when),
            None => line,
        }))];
    };
    let line = lead.text("the first of these that applies");
    let line = match when {
        Some(when) => line.text(", where ").line(when),
        None => line,
    };
    vec![Block::Paragraph(line.text(":").capital()), Block::List(words.arms(arms))]
}

fn set(subject: Subject<'_>, verb: Verb, expr: Option<&Expr>, when: Option<&Expr>, first: bool) -> Vec<Block> {
    let words = subject.rows();
    let condition = when.map(|when| words.condition(when));
    let Some(expr) = expr else {
        return vec![Block::Paragraph(sentence(where_(Line::of("the value is halved"), condition)))];
    };
    match verb {
        Verb::Value => {
            let mut blocks = choice(subject, Line::of("the value is "), expr, condition);
            if first && when.is_some() {
                blocks.push(Block::Paragraph(Line::of("All other rows have no value yet.")));
            } else if when.is_some() {
                blocks.push(Block::Paragraph(Line::of("All other rows keep theirs.")));
            }
            blocks
        }
        Verb::Times => choice(subject, Line::of("the value is multiplied by "), expr, condition),
        Verb::Halve => vec![Block::Paragraph(sentence(where_(Line::of("the value is halved"), condition)))],
        Verb::Plus if !matches!(expr.kind, ExprKind::Case(_)) => {
            let line = words.part(expr).text(" is added to the value");
            vec![Block::Paragraph(sentence(where_(line, condition)))]
        }
        Verb::Plus => choice(subject, Line::of("to the value is added "), expr, condition),
        Verb::Cap => choice(subject, Line::of("the value, if it is greater, is lowered to "), expr, condition),
        Verb::Floor => choice(subject, Line::of("the value, if it is less, is raised to "), expr, condition),
    }
}

fn where_(line: Line, condition: Option<Line>) -> Line {
    match condition {
        Some(condition) => line.text(", where ").line(condition),
        None => line,
    }
}

fn absorb(subject: Subject<'_>, tree: &Absorb, may_be_empty: bool) -> Line {
    let words = subject.rows();
    let named = tree.keys.iter().all(|key| matches!(key.kind, ExprKind::Name(_)));
    let keys = enumerate(tree.keys.iter().map(|key| words.part(key)).collect(), "and");
    let line =
        Line::of(if named { "of all rows with the same " } else { "of all rows that agree in " }).line(keys).text(", ");
    let line = match &tree.pick {
        Pick::Highest => line.text("the one with the highest value counts"),
        Pick::Lowest => line.text("the one with the lowest value counts"),
        Pick::Strongest => line
            .text("the one whose value is largest in size, whatever its sign (of x and −x, the positive one), counts"),
        Pick::First(order) => line.text("the one for which ").line(words.value(order)).text(" is least counts"),
        Pick::Last(order) => line.text("the one for which ").line(words.value(order)).text(" is greatest counts"),
    };
    let line = sentence(line.text(" and absorbs the others: they are one case"));
    let ordered = matches!(tree.pick, Pick::First(_) | Pick::Last(_));
    let line = line.text(if ordered {
        " Where that doesn't decide between rows, they must have the same value; else it is an error of the data."
    } else {
        ""
    });
    match &tree.empty {
        Some(empty) if empty.node == Empty::Drop => line.text(" If no row of a case is left here, the case drops out."),
        Some(empty) if empty.node == Empty::Zero => {
            line.text(" If no row of a case is left here, the case stays, with the value 0.")
        }
        _ if may_be_empty => line.text(" If no row of a case is left here, that is an error of the data."),
        _ => line,
    }
}
