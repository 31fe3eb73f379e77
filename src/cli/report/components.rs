//! Of what an index is made: the indices whose sum or mean it is.

use crate::plan::{Body, Builtin, Expr, ExprKind, Plan};
use crate::report::Series;

/// The indices among some that a formula adds up or takes the mean of; none if it is made in another way, or of one alone.
pub fn components<'s, 'a>(plan: &Plan, whole: &str, among: &[&'s Series<'a>]) -> Vec<&'s Series<'a>> {
    let index = plan.declared.iter().filter_map(|&at| plan.indices.get(at)).find(|index| *index.name == *whole);
    let Some(Body::Formula { operands, expr }) = index.map(|index| &index.body) else { return Vec::new() };
    if !is_joined(expr) {
        return Vec::new();
    }
    let named = operands.iter().filter(|operand| operand.spans).filter_map(|operand| plan.indices.get(operand.index));
    let mut found: Vec<&Series<'_>> = Vec::new();
    for part in named {
        // What isn't reported isn't shown as a part either.
        let series = among.iter().find(|series| *series.name == *part.name && *series.name != *whole);
        found.extend(series.filter(|series| !found.iter().any(|known| known.name == series.name)));
    }
    if found.len() > 1 { found } else { Vec::new() }
}

/// Whether a formula only joins its operands: what it gives is of the same kind as they are.
fn is_joined(expr: &Expr) -> bool {
    let mut joined = true;
    expr.walk(&mut |part| {
        joined &= match &part.kind {
            ExprKind::Operand(_) | ExprKind::Const(_) | ExprKind::Param(_) => true,
            ExprKind::Call(Builtin::Divide, args) => {
                args.last().is_some_and(|by| matches!(by.kind, ExprKind::Const(_) | ExprKind::Param(_)))
            }
            ExprKind::Call(called, _) => matches!(
                called,
                Builtin::Add
                    | Builtin::Subtract
                    | Builtin::Multiply
                    | Builtin::Widen
                    | Builtin::Real
                    | Builtin::Round
                    | Builtin::Mean
                    | Builtin::GeometricMean
                    | Builtin::Min
                    | Builtin::Max
                    | Builtin::Least
                    | Builtin::Greatest
                    | Builtin::Else
                    | Builtin::Pow
            ),
            _ => false,
        };
    });
    joined
}
