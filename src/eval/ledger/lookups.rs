//! Where an expression looks something up: the rows of other inputs, and the lines of scales.

use super::text::Texts;
use super::tree::{Line, ScaleLine, Shown};
use crate::builtin::Missing;
use crate::eval::reference::expr::{self, Scope, eval_all};
use crate::eval::reference::scale::{self, At};
use crate::plan::{Builtin, Expr, ExprKind, Op, Scale, Step};
use crate::value::Value;

/// Where something was looked up, each place once.
#[derive(Debug, Default)]
pub struct Found {
    /// The rows of other inputs.
    pub rows: Vec<Line>,
    /// The lines of scales.
    pub scale_lines: Vec<ScaleLine>,
}

/// Where an expression looks something up.
pub fn of_expr(expr: &Expr, scope: &Scope<'_>, texts: Texts<'_>) -> Found {
    let mut found = Found::default();
    collect(expr, scope, texts, &mut found);
    found
}

/// Where a step looks something up for a row.
pub fn of_step(step: &Step, scope: &Scope<'_>, texts: Texts<'_>) -> Found {
    let exprs: Vec<&Expr> = match &step.op {
        Op::Let { expr, .. } => vec![expr],
        Op::Keep { holds, when, .. } => asked(holds, when.as_ref(), scope),
        Op::Set { expr, when, .. } => asked(expr, when.as_ref(), scope),
        Op::Every { from, end, .. } => vec![from, end],
        Op::Absorb { .. } | Op::Check(_) => Vec::new(),
    };
    let mut found = Found::default();
    exprs.into_iter().for_each(|expr| collect(expr, scope, texts, &mut found));
    found
}

/// What a step evaluates: its condition, and the rest only where that holds.
fn asked<'e>(expr: &'e Expr, when: Option<&'e Expr>, scope: &Scope<'_>) -> Vec<&'e Expr> {
    let applies = expr::applies(when, scope) == Ok(true);
    when.into_iter().chain(applies.then_some(expr)).collect()
}

fn collect(expr: &Expr, scope: &Scope<'_>, texts: Texts<'_>, found: &mut Found) {
    // What is evaluated below only tells which lookups were reached: without any, a long condition isn't gone through
    // again for each of its parts.
    if !looks_up(expr) {
        return;
    }
    match &expr.kind {
        ExprKind::Call(builtin, args) => {
            for arg in args {
                collect(arg, scope, texts, found);
                if decides(*builtin, arg, scope) {
                    break;
                }
            }
        }
        ExprKind::Case { arms, otherwise } => {
            for (condition, value) in arms {
                collect(condition, scope, texts, found);
                if expr::holds(condition, scope) == Ok(true) {
                    return collect(value, scope, texts, found);
                }
            }
            otherwise.iter().for_each(|value| collect(value, scope, texts, found));
        }
        ExprKind::Scale { scale, arg } => {
            collect(arg, scope, texts, found);
            let line =
                scope.world.plan.scales.get(*scale).and_then(|scale| scale_line(scale, (expr, arg), scope, texts));
            found.scale_lines.extend(line.filter(|line| !found.scale_lines.contains(line)));
        }
        ExprKind::Lookup { input, unique, keys, day, .. } => {
            keys.iter().chain(day.as_deref()).for_each(|part| collect(part, scope, texts, found));
            let line = || {
                let key = eval_all(keys, scope).ok()?;
                let day = day.as_ref().map(|day| expr::eval(day, scope)).transpose().ok()?;
                let row = scope.world.find(*input, *unique, &key, day.as_ref())?;
                let table = scope.world.table(*input)?;
                let line = table.line(row);
                Some(Line::of_data(table.file_of(line), line.line))
            };
            found.rows.extend(line().filter(|line| !found.rows.contains(line)));
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

/// Whether there is a lookup or a scale in an expression.
fn looks_up(expr: &Expr) -> bool {
    let mut found = false;
    expr.walk(&mut |part| found |= matches!(part.kind, ExprKind::Scale { .. } | ExprKind::Lookup { .. }));
    found
}

/// Whether the arguments behind this one aren't asked any more.
fn decides(builtin: Builtin, arg: &Expr, scope: &Scope<'_>) -> bool {
    if builtin.row().missing != Missing::Lazy {
        return false;
    }
    let value = expr::eval(arg, scope).unwrap_or_default();
    match builtin {
        Builtin::And => value != Value::Flag(true),
        Builtin::Or => value == Value::Flag(true),
        _ => value.is_known(),
    }
}

/// The line of a scale that says what a value gets.
fn scale_line(scale: &Scale, (expr, arg): (&Expr, &Expr), scope: &Scope<'_>, texts: Texts<'_>) -> Option<ScaleLine> {
    let value = expr::eval(arg, scope).ok()?;
    let lines = &scale.lines;
    let line = match scale::line(scale, &value, &arg.ty.base)? {
        At::Word(at) => lines.words.get(at),
        At::Pattern(at) => lines.patterns.get(at),
        At::Range(at) => lines.ranges.get(at),
        At::Otherwise => lines.otherwise.as_ref(),
    };
    let gives = scale::find(scale, &value, &arg.ty.base)?;
    line.map(|line| ScaleLine {
        scale: scale.name.to_string(),
        of: Shown::new(value, &arg.ty.base),
        gives: Shown::new(gives, &expr.ty.base),
        text: texts.scale_line(*line),
        place: texts.line(line.key),
    })
}
