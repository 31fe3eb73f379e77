//! The typed tree into the plan: coercions written out, constants folded, aggregations inside formulas made indices of
//! their own, steps made operations.

mod expr;
mod indices;

use std::sync::Arc;

use super::{Check, Expr, ExprKind, Input, Op, Plan, Score, Step};
use crate::builtin::Builtin;
use crate::types::tree;
use crate::value::words::Verb;
use crate::value::{Ty, Type, Value};
use expr::{Leaves, coerce, lower};

/// Makes the plan of a checked scheme.
pub fn lower_scheme(scheme: &tree::Scheme) -> Plan {
    let mut plan = Plan {
        name: scheme.name.clone(),
        title: scheme.title.clone(),
        params: scheme.params.clone(),
        inputs: scheme.inputs.iter().map(|input| Arc::new(lower_input(input, scheme))).collect(),
        scales: scheme.scales.clone(),
        scores: scheme.scores.iter().map(|score| Arc::new(lower_score(score, scheme))).collect(),
        indices: Vec::new(),
        declared: Vec::new(),
        checks: Vec::new(),
    };
    indices::lower_indices(scheme, &mut plan);
    plan
}

fn lower_input(input: &tree::Input, scheme: &tree::Scheme) -> Input {
    let checks = input.checks.iter().map(|check| lower_check(check, scheme)).collect();
    Input { schema: input.schema.clone(), checks }
}

fn lower_check(check: &tree::Check, scheme: &tree::Scheme) -> Check {
    let leaves = &mut Leaves::rows(scheme);
    Check {
        message: check.message.clone(),
        holds: lower(&check.holds, leaves),
        when: check.when.as_ref().map(|when| lower(when, leaves)),
        severity: check.severity,
        span: check.span,
    }
}

fn lower_score(score: &tree::Score, scheme: &tree::Scheme) -> Score {
    let step = |step: &tree::Step| Step {
        label: step.label.clone(),
        doc: step.doc.clone(),
        cite: step.cite.clone(),
        op: lower_op(step, scheme),
        span: step.span,
    };
    Score {
        name: score.name.clone(),
        input: score.input,
        slots: score.slots.clone(),
        steps: score.steps.iter().map(step).collect(),
        ty: score.ty.clone(),
        span: score.span,
    }
}

fn lower_op(step: &tree::Step, scheme: &tree::Scheme) -> Op {
    let leaves = &mut Leaves::rows(scheme);
    match &step.op {
        tree::Op::Let { slot, expr } => Op::Let { slot: *slot, expr: lower(expr, leaves) },
        tree::Op::Keep { holds, when, of_units } => Op::Keep {
            holds: lower(holds, leaves),
            when: when.as_ref().map(|when| lower(when, leaves)),
            of_units: *of_units,
        },
        tree::Op::Every { period, slot, from, end, inclusive, open } => Op::Every {
            period: *period,
            slot: *slot,
            from: lower(from, leaves),
            end: lower(end, leaves),
            inclusive: *inclusive,
            open: *open,
        },
        tree::Op::Set { verb, expr, when, ty, before } => {
            let when = when.as_ref().map(|when| lower(when, leaves));
            let expr = expr.as_ref().map(|expr| lower(expr, leaves));
            let expr = coerce(new_value(*verb, expr, before.as_ref(), step), &ty.base);
            Op::Set { verb: *verb, expr, when, ty: ty.clone(), before: before.clone() }
        }
        tree::Op::Absorb { pick, keys, same, empty } => {
            let pick = pick.map(|order| lower(order, leaves));
            let keys = keys.iter().map(|key| lower(key, leaves)).collect();
            Op::Absorb { pick, keys, same: same.clone(), empty: *empty }
        }
        tree::Op::Check(check) => Op::Check(lower_check(check, scheme)),
    }
}

/// The value that a step sets, as an expression over the value before.
fn new_value(verb: Verb, expr: Option<Expr>, before: Option<&Ty>, step: &tree::Step) -> Expr {
    let half = Expr { kind: ExprKind::Const(Value::Number(5)), ty: Ty::required(Type::Number(1)), span: step.span };
    let operand = expr.unwrap_or(half);
    let builtin = match verb {
        Verb::Value => return operand,
        Verb::Times | Verb::Halve => Builtin::Multiply,
        Verb::Plus => Builtin::Add,
        Verb::Cap => Builtin::Min,
        Verb::Floor => Builtin::Max,
    };
    let old =
        Expr { kind: ExprKind::Value, ty: before.cloned().unwrap_or_else(|| operand.ty.clone()), span: step.span };
    let span = operand.span;
    let bases = [old.ty.base.clone(), operand.ty.base.clone()];
    // The checker has seen that the call has a type.
    let Ok(typed) = (builtin.row().signature)(&bases) else { return operand };
    let mut types = typed.args.iter();
    let args = [old, operand].into_iter().map(|arg| types.next().map_or(arg.clone(), |ty| coerce(arg, ty))).collect();
    Expr { kind: ExprKind::Call(builtin, args), ty: Ty::required(typed.result), span }
}

/// Lowers a condition on cells, which uses nothing of the scheme but its parameters.
pub fn lower_filter(filter: &tree::Expr, plan: &Plan) -> Expr {
    let scheme = tree::Scheme { params: plan.params.clone(), ..tree::Scheme::default() };
    lower(filter, &mut Leaves::rows(&scheme))
}
