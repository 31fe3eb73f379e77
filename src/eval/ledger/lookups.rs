//! The rows of other inputs that an expression looks something up in.

use super::tree::Line;
use crate::eval::reference::expr::{self, Scope, eval_all};
use crate::plan::{Expr, ExprKind, Op, Step};

/// The rows that a step looks something up in for a row, each once.
pub fn of_step(step: &Step, scope: &Scope<'_>) -> Vec<Line> {
    let exprs: Vec<&Expr> = match &step.op {
        Op::Let { expr, .. } => vec![expr],
        Op::Keep { holds, when, .. } => asked(holds, when.as_ref(), scope),
        Op::Set { expr, when, .. } => asked(expr, when.as_ref(), scope),
        Op::Every { from, end, .. } => vec![from, end],
        Op::Absorb { .. } | Op::Check(_) => Vec::new(),
    };
    let mut found = Vec::new();
    exprs.into_iter().for_each(|expr| collect(expr, scope, &mut found));
    found
}

/// What a step evaluates: its condition, and the rest only where that holds.
fn asked<'e>(expr: &'e Expr, when: Option<&'e Expr>, scope: &Scope<'_>) -> Vec<&'e Expr> {
    let applies = expr::applies(when, scope) == Ok(true);
    when.into_iter().chain(applies.then_some(expr)).collect()
}

fn collect(expr: &Expr, scope: &Scope<'_>, found: &mut Vec<Line>) {
    match &expr.kind {
        ExprKind::Call(_, args) => args.iter().for_each(|arg| collect(arg, scope, found)),
        ExprKind::Case { arms, otherwise } => {
            for (condition, value) in arms {
                collect(condition, scope, found);
                if expr::holds(condition, scope) == Ok(true) {
                    return collect(value, scope, found);
                }
            }
            otherwise.iter().for_each(|value| collect(value, scope, found));
        }
        ExprKind::Scale { arg, .. } => collect(arg, scope, found),
        ExprKind::Lookup { input, unique, keys, day, .. } => {
            keys.iter().chain(day.as_deref()).for_each(|part| collect(part, scope, found));
            let line = || {
                let key = eval_all(keys, scope).ok()?;
                let day = day.as_ref().map(|day| expr::eval(day, scope)).transpose().ok()?;
                let row = scope.world.find(*input, *unique, &key, day.as_ref())?;
                let table = scope.world.table(*input)?;
                let line = table.lines.get(row).copied().unwrap_or(0) as usize;
                Some(Line { file: table.file.to_string(), line })
            };
            found.extend(line().filter(|line| !found.contains(line)));
        }
        ExprKind::Const(_)
        | ExprKind::Param(_)
        | ExprKind::Column(_)
        | ExprKind::Slot(_)
        | ExprKind::Value
        | ExprKind::Dim(_)
        | ExprKind::Operand(_) => {}
    }
}
