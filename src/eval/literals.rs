//! Texts that a scheme compares a column with and that stand in none of its rows, and words of a column that are near
//! those of a scale: most are slips of the pen.

mod scales;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::builtin::Builtin;
use crate::diag::nearest::nearest;
use crate::diag::{Code, Diagnostic, Problems};
use crate::plan::needs;
use crate::plan::{Body, Expr, ExprKind, Plan, Source};
use crate::source::Span;
use crate::value::column::{Column, Data, Table};
use crate::value::{Type, Value};

/// Warns of texts in the scores that the wanted indices need, and in what those indices ask of the units. Columns that
/// are `one of` words are left out: their words are checked by the compiler.
pub fn unused(plan: &Plan, tables: &[Option<Table>], wanted: &[usize]) -> Problems {
    let mut problems = Problems::new();
    let mut looked = BTreeSet::new();
    each_part(plan, wanted, &mut |input, part| {
        let Some(table) = tables.get(input).and_then(Option::as_ref).filter(|table| table.rows > 0) else { return };
        if let Some((column, (text, span))) = comparison(part) {
            problems.extend(look(plan, input, table, column, text, span));
        }
        if let Some((scale, column)) = scales::lookup(part).filter(|&found| looked.insert((input, found))) {
            problems.extend(scales::look(plan, scale, (input, table), column));
        }
    });
    problems
}

/// The columns of an input whose texts [`unused`] looks at, ascending.
pub fn looked_at(plan: &Plan, wanted: &[usize], input: usize) -> Vec<usize> {
    let mut found = BTreeSet::new();
    each_part(plan, wanted, &mut |at, part| {
        if at == input {
            found.extend(comparison(part).map(|(column, _)| column));
            found.extend(scales::lookup(part).map(|(_, column)| column));
        }
    });
    found.into_iter().collect()
}

/// Calls a function on each part of the expressions of the scores that are needed and of what indices ask of their units,
/// with the place of the input.
fn each_part(plan: &Plan, wanted: &[usize], visit: &mut impl FnMut(usize, &Expr)) {
    let needed = needs::needs(plan, wanted, false);
    for (at, (score, _)) in plan.scores.iter().zip(&needed.scores).enumerate().filter(|(_, (_, needed))| **needed) {
        needs::score_exprs(score, true, &mut |expr| expr.walk(&mut |part| visit(score.input, part)));
        for (index, _) in plan.indices.iter().zip(&needed.indices).filter(|(_, needed)| **needed) {
            if let Body::Aggregate(aggregate) = &index.body
                && aggregate.source == Source::Score(at)
            {
                let dims = aggregate.by.iter().map(|by| &by.expr);
                aggregate
                    .filter
                    .iter()
                    .chain(&aggregate.weight)
                    .chain(dims)
                    .for_each(|expr| expr.walk(&mut |part| visit(score.input, part)));
            }
        }
    }
}

/// The column and the text of a comparison.
fn comparison(expr: &Expr) -> Option<(usize, (&Arc<str>, Span))> {
    let ExprKind::Call(Builtin::Equal | Builtin::Different, args) = &expr.kind else { return None };
    match args.as_slice() {
        [a, b] => text_column(a).zip(constant(b)).or_else(|| text_column(b).zip(constant(a))),
        _ => None,
    }
}

fn text_column(expr: &Expr) -> Option<usize> {
    match expr.kind {
        ExprKind::Column(column) if expr.ty.base == Type::Text => Some(column),
        _ => None,
    }
}

fn constant(expr: &Expr) -> Option<(&Arc<str>, Span)> {
    if let ExprKind::Const(Value::Text(text)) = &expr.kind { Some((text, expr.span)) } else { None }
}

fn look(plan: &Plan, input: usize, table: &Table, column: usize, text: &Arc<str>, span: Span) -> Problems {
    let mut problems = Problems::new();
    let found = table.columns.get(column).is_none_or(|values| occurs(values, text));
    let spec = plan.inputs.get(input).and_then(|input| input.schema.columns.get(column));
    let (false, Some(spec)) = (found, spec) else { return problems };
    let message = format!("no row has `{text}` in column `{}`", spec.name);
    let warning = Diagnostic::warning(Code::UnusedLiteral, span, message);
    let near = table.columns.get(column).and_then(|values| near_word(values, text));
    problems.push(match near {
        Some(near) => warning.help(format!("did you mean `{near}`?")),
        None => warning.help("look at how the file writes it"),
    });
    problems
}

fn occurs(column: &Column, text: &str) -> bool {
    match &column.data {
        Data::Text { codes, dict } => match dict.iter().position(|word| &**word == text) {
            Some(code) => codes.iter().enumerate().any(|(row, &at)| at as usize == code && column.is_known(row)),
            None => false,
        },
        _ => true,
    }
}

/// The nearest of the words, where there are few enough for one to be meant.
fn near_word(column: &Column, text: &str) -> Option<String> {
    match &column.data {
        Data::Text { dict, .. } if dict.len() <= 10_000 => {
            nearest(text, dict.iter().map(|word| &**word)).map(str::to_owned)
        }
        _ => None,
    }
}
