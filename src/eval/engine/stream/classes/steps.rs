//! What the steps of a score must be like to be taken by combinations, and what an `absorb` compares.

use super::{DROPPED, UNKNOWN};
use crate::plan::needs::step_exprs;
use crate::plan::{ExprKind, Op, Pick, Step};

/// What is compared of a value: the greatest counts.
pub fn rank(pick: &Pick, value: i64) -> Option<i64> {
    let rank = match pick {
        Pick::Lowest => value.checked_neg()?,
        Pick::Strongest => value.checked_abs()?.checked_mul(2)? + i64::from(value > 0),
        _ => value,
    };
    (rank != DROPPED && rank != UNKNOWN).then_some(rank)
}

/// Whether a step drops rows.
pub fn is_keep(step: &Step) -> bool {
    matches!(step.op, Op::Keep { .. })
}

/// Whether a step behind the `absorb` sets something by nothing but the value, slots, and columns among these.
pub fn is_of_texts(step: &Step, columns: &[usize]) -> bool {
    let mut fits = matches!(step.op, Op::Let { .. } | Op::Set { .. });
    step_exprs(step, true, &mut |expr| {
        expr.walk(&mut |part| {
            if let ExprKind::Column(at) = part.kind {
                fits &= columns.contains(&at);
            }
        });
    });
    fits
}
