//! What the parts of a plan say, whatever their numbers are: two parts with the same content compute the same.
//!
//! Input: plans. Output: texts to compare. Parameters and scales stand in them by what they are, so that one text tells
//! all that a result depends on, besides the data.

mod counts;

use std::fmt::Write as _;

use super::{Body, Check, Domain, Expr, ExprKind, Index, Input, Op, Pick, Plan, Score, Step};
use crate::value::schema::Schema;

pub use counts::counted;

/// Writing to a string can't fail.
macro_rules! put {
    ($out:expr, $($arg:tt)*) => {{
        let _ = write!($out, $($arg)*);
    }};
}

/// Whether both plans compute the same of the same data. What they say besides may differ.
pub fn same(a: &Plan, b: &Plan) -> bool {
    let all = |plan: &Plan| {
        let mut out = String::new();
        for input in &plan.inputs {
            put!(out, "input {}\n", schema(&input.schema));
            input.checks.iter().for_each(|check| put_check(plan, check, &mut out));
        }
        plan.scores.iter().for_each(|score| put!(out, "{} {}\n", score.name, steps(plan, score).join("\n")));
        plan.indices.iter().for_each(|at| put!(out, "{} {} {}\n", at.name, at.hidden, index(plan, at)));
        for check in &plan.checks {
            put!(out, "{} {:?} {}\n", check.index, check.severity, check.message);
        }
        out
    };
    all(a) == all(b)
}

/// A text for each step of a score. Two scores over the same table whose texts begin alike leave the same frame behind
/// the steps that are alike.
pub fn steps(plan: &Plan, score: &Score) -> Vec<String> {
    score.steps.iter().enumerate().map(|(at, step)| self::step(plan, score, at, step)).collect()
}

fn step(plan: &Plan, score: &Score, at: usize, step: &Step) -> String {
    let mut out = format!("{}: ", step.label);
    match &step.op {
        Op::Let { slot, expr } => {
            put!(out, "let {slot} {:?} ", score.slots.get(*slot).map(|slot| &slot.ty));
            put_expr(plan, expr, &mut out);
        }
        Op::Keep { holds, when, of_units } => {
            // Whether dropped units are asked for decides what is kept of them.
            let next = score.steps.iter().skip(at + 1).find_map(|step| match &step.op {
                Op::Absorb { empty, .. } => Some(*empty),
                _ => None,
            });
            put!(out, "keep {of_units} {next:?} ");
            put_both(plan, holds, when.as_ref(), &mut out);
        }
        Op::Every { period, slot, from, end, inclusive, open } => {
            put!(out, "every {period:?} {slot} {inclusive} {open:?} ");
            put_both(plan, from, Some(end), &mut out);
        }
        Op::Set { verb, expr, when, ty, before } => {
            put!(out, "{verb:?} {ty:?} {before:?} ");
            put_both(plan, expr, when.as_ref(), &mut out);
        }
        Op::Absorb { pick, keys, same, empty } => {
            put!(out, "absorb {} {same:?} {empty:?} ", pick.word());
            if let Pick::First(order) | Pick::Last(order) = pick {
                put_expr(plan, order, &mut out);
            }
            keys.iter().for_each(|key| put_expr(plan, key, &mut out));
        }
        Op::Check(check) => put_check(plan, check, &mut out),
    }
    out
}

fn put_check(plan: &Plan, check: &Check, out: &mut String) {
    put!(out, "check {:?} {:?} ", check.message, check.severity);
    put_both(plan, &check.holds, check.when.as_ref(), out);
}

fn put_both(plan: &Plan, first: &Expr, second: Option<&Expr>, out: &mut String) {
    put_expr(plan, first, out);
    if let Some(second) = second {
        out.push_str(" when ");
        put_expr(plan, second, out);
    }
}

/// What an index says, without what it is made of.
pub fn index(plan: &Plan, index: &Index) -> String {
    let mut out = format!("{:?} {:?} {} ", index.dims, index.ty, index.absent_zero);
    match &index.body {
        Body::Aggregate(aggregate) => {
            put!(out, "{:?} {:?} {:?} ", aggregate.source, aggregate.function, aggregate.missing);
            aggregate.filter.iter().for_each(|filter| put_expr(plan, filter, &mut out));
            if let Some(weight) = &aggregate.weight {
                out.push_str(" weight ");
                put_expr(plan, weight, &mut out);
            }
            for by in &aggregate.by {
                out.push_str(" by ");
                put_expr(plan, &by.expr, &mut out);
                match &by.domain {
                    Some(Domain::Values(values)) => {
                        put!(out, " in {values:?}");
                    }
                    Some(Domain::Keys(input, column)) => {
                        put!(out, " in {input} {column}");
                    }
                    None => {}
                }
            }
        }
        Body::Over(over) => {
            let operation = over.operation.map(&mut |expr| self::expr(plan, expr));
            put!(out, "{} {} {operation:?}", over.source, over.along);
        }
        Body::Formula { operands, expr } => {
            put!(out, "{operands:?} ");
            put_expr(plan, expr, &mut out);
        }
    }
    out
}

/// What an expression says.
pub fn expr(plan: &Plan, expr: &Expr) -> String {
    let mut out = String::new();
    put_expr(plan, expr, &mut out);
    out
}

/// What the checks on the rows of an input say.
pub fn input_checks(plan: &Plan, input: &Input) -> String {
    let mut out = String::new();
    input.checks.iter().for_each(|check| put_check(plan, check, &mut out));
    out
}

fn put_expr(plan: &Plan, expr: &Expr, out: &mut String) {
    put_named(plan, None, expr, out);
}

/// Columns and slots stand in the text by their places, or by the names that they have in a score.
fn put_named(plan: &Plan, score: Option<&Score>, expr: &Expr, out: &mut String) {
    let column = |id: usize| {
        let input = score.and_then(|score| plan.inputs.get(score.input));
        input.and_then(|input| input.schema.columns.get(id)).map(|column| &*column.name)
    };
    let slot = |id: usize| score.and_then(|score| score.slots.get(id)).map(|slot| &*slot.name);
    put!(out, "({}", expr.ty);
    match &expr.kind {
        ExprKind::Const(value) => {
            put!(out, " {value:?}");
        }
        ExprKind::Param(id) => {
            put!(out, " {:?}", plan.params.get(*id).map(|param| (&param.ty, &param.value)));
        }
        ExprKind::Column(id) => {
            put!(out, " column {}", column(*id).map_or_else(|| id.to_string(), str::to_owned));
        }
        ExprKind::Slot(id) => {
            put!(out, " slot {}", slot(*id).map_or_else(|| id.to_string(), str::to_owned));
        }
        ExprKind::Value => out.push_str(" value"),
        ExprKind::Dim(id) => {
            put!(out, " dim {id}");
        }
        ExprKind::Operand(id) => {
            put!(out, " operand {id}");
        }
        ExprKind::Call(builtin, args) => {
            put!(out, " {builtin:?}");
            args.iter().for_each(|arg| put_named(plan, score, arg, out));
        }
        ExprKind::Case { arms, otherwise } => {
            out.push_str(" case");
            for (condition, value) in arms {
                put_named(plan, score, condition, out);
                put_named(plan, score, value, out);
            }
            otherwise.iter().for_each(|value| put_named(plan, score, value, out));
        }
        ExprKind::Scale { scale, arg } => {
            put!(out, " scale {}", plan.scales.get(*scale).map(json).unwrap_or_default());
            put_named(plan, score, arg, out);
        }
        ExprKind::Lookup { input, unique, keys, day, column } => {
            put!(out, " lookup {input} {unique} {column}");
            keys.iter().for_each(|key| put_named(plan, score, key, out));
            day.iter().for_each(|day| put_named(plan, score, day, out));
        }
    }
    out.push(')');
}

/// What the schema of an input says, without where it says so: equal ones read a file in the same way.
pub fn schema(schema: &Schema) -> String {
    json(schema)
}

fn json(part: &impl serde::Serialize) -> String {
    // A schema or a scale has no map whose keys aren't texts: it can always be written.
    serde_json::to_string(part).unwrap_or_default()
}
