//! The typed tree in print: every expression with its type, for tests of the compiler.

use std::fmt::Write;

use super::tree::{Aggregate, Domain, Expr, ExprKind, Index, Op, Pick, Scheme, Score, Source};
use crate::value::Value;

/// Prints a scheme.
pub fn print(scheme: &Scheme) -> String {
    let mut out = String::new();
    // Writing to a text doesn't fail.
    let _ = write_scheme(scheme, &mut out);
    out
}

fn write_scheme(scheme: &Scheme, out: &mut String) -> std::fmt::Result {
    writeln!(out, "scheme {}", scheme.name)?;
    for param in &scheme.params {
        writeln!(out, "param {}: {} = {}", param.name, param.ty, param.value.format(&param.ty.base))?;
    }
    for input in &scheme.inputs {
        writeln!(out, "input {}", input.schema.name)?;
        for column in &input.schema.columns {
            writeln!(out, "  {}: {}", column.name, column.ty)?;
        }
        for check in &input.checks {
            writeln!(out, "  check {:?}: {}", check.message, show(&check.holds, scheme, None))?;
        }
    }
    for scale in &scheme.scales {
        let lines = scale.words.len() + scale.patterns.len() + scale.ranges.len();
        writeln!(out, "scale {}: {} of {lines}", scale.name, scale.ty)?;
    }
    for score in &scheme.scores {
        write_score(score, scheme, out)?;
    }
    for index in scheme.order.iter().filter_map(|&at| scheme.indices.get(at)) {
        write_index(index, scheme, out)?;
    }
    for check in &scheme.checks {
        writeln!(out, "check {:?}: {}", check.check.message, show(&check.check.holds, scheme, None))?;
    }
    Ok(())
}

fn write_score(score: &Score, scheme: &Scheme, out: &mut String) -> std::fmt::Result {
    writeln!(out, "score {}: {}", score.name, score.ty)?;
    let show = |expr: &Expr| show(expr, scheme, Some(score));
    for step in &score.steps {
        let (text, when) = match &step.op {
            Op::Let { expr, .. } => (format!("let {}", show(expr)), None),
            Op::Keep { holds, when, of_units } => {
                (format!("keep {}{}", if *of_units { "(units) " } else { "" }, show(holds)), when.as_ref())
            }
            Op::Every { period, from, end, inclusive, open, .. } => {
                let end_word = if *inclusive { "to" } else { "until" };
                (format!("every {} from {} {end_word} {} {open:?}", period.word(), show(from), show(end)), None)
            }
            Op::Set { verb, expr, when, ty, .. } => {
                let expr = expr.as_ref().map(show).unwrap_or_default();
                (format!("{verb:?} {expr} => {ty}"), when.as_ref())
            }
            Op::Absorb { pick, keys, same, empty } => {
                let pick = match pick {
                    Pick::First(expr) | Pick::Last(expr) => format!("{} by {}", pick.word(), show(expr)),
                    _ => pick.word().to_owned(),
                };
                let keys: Vec<String> = keys.iter().map(show).collect();
                (format!("absorb {pick} per {} same {same:?} empty {empty:?}", keys.join(", ")), None)
            }
            Op::Check(check) => (format!("check {}", show(&check.holds)), check.when.as_ref()),
        };
        let when = when.map(|when| format!(" when {}", show(when))).unwrap_or_default();
        writeln!(out, "  {}: {text}{when}", step.label)?;
    }
    Ok(())
}

fn write_index(index: &Index, scheme: &Scheme, out: &mut String) -> std::fmt::Result {
    let dims: Vec<String> = index.dims.iter().map(|dim| format!("{}: {}", dim.name, dim.ty)).collect();
    let hidden = if index.hidden { "hidden " } else { "" };
    let absent = if index.absent_zero { " absent 0" } else { "" };
    writeln!(out, "{hidden}index {} ({}): {}{absent}", index.name, dims.join(", "), index.ty)?;
    writeln!(out, "  {}", show(&index.body, scheme, None))
}

/// An expression, with the type of each part that isn't a constant.
fn show(expr: &Expr, scheme: &Scheme, score: Option<&Score>) -> String {
    let list = |exprs: &[Expr]| exprs.iter().map(|expr| show(expr, scheme, score)).collect::<Vec<_>>().join(", ");
    let column = |input: usize, at: usize| {
        scheme.inputs.get(input).and_then(|input| input.schema.columns.get(at)).map_or("?", |column| &column.name)
    };
    let text = match &expr.kind {
        ExprKind::Const(Value::Missing) => return "missing".to_owned(),
        ExprKind::Const(Value::Text(text)) => return format!("{text:?}"),
        ExprKind::Const(value) => return value.format(&expr.ty.base),
        ExprKind::Param(id) => scheme.params.get(*id).map_or("?", |param| &param.name).to_owned(),
        ExprKind::Column(id) => match score {
            Some(score) => column(score.input, *id).to_owned(),
            None => format!("column {id}"),
        },
        ExprKind::Slot(id) => match score.and_then(|score| score.slots.get(*id)) {
            Some(slot) => slot.name.to_string(),
            None => format!("slot {id}"),
        },
        ExprKind::Value => "value".to_owned(),
        ExprKind::Dim(id) => format!("dim {id}"),
        ExprKind::Index(id) => scheme.indices.get(*id).map_or("?", |index| &index.name).to_owned(),
        ExprKind::Call(builtin, args, _) => format!("{}({})", builtin.row().name, list(args)),
        ExprKind::Case(arms, otherwise) => {
            let mut lines: Vec<String> = arms
                .iter()
                .map(|(c, v)| format!("{} when {}", show(v, scheme, score), show(c, scheme, score)))
                .collect();
            lines.extend(otherwise.iter().map(|v| format!("{} otherwise", show(v, scheme, score))));
            format!("case {{ {} }}", lines.join(", "))
        }
        ExprKind::Scale(id, arg) => {
            format!("{}({})", scheme.scales.get(*id).map_or("?", |scale| &scale.name), show(arg, scheme, score))
        }
        ExprKind::Lookup(input, _, keys, day, at) => {
            let name = scheme.inputs.get(*input).map_or("?", |input| &input.schema.name);
            let day = day.as_ref().map(|day| format!("; {}", show(day, scheme, score))).unwrap_or_default();
            format!("{name}({}{day}).{}", list(keys), column(*input, *at))
        }
        ExprKind::Aggregate(aggregate) => show_aggregate(aggregate, scheme),
        ExprKind::Over(over) => {
            let name = scheme.indices.get(over.source).map_or("?", |index| &index.name);
            let dim = over.dims.get(over.along).map_or("?", |dim| &dim.name);
            let operation = over.operation.map(&mut |expr| show(expr, scheme, None));
            format!("({operation:?} {name} over {dim})")
        }
    };
    format!("{text}: {}", expr.ty)
}

fn show_aggregate(aggregate: &Aggregate, scheme: &Scheme) -> String {
    let (name, score) = match aggregate.source {
        Source::Score(id) => (scheme.scores.get(id).map(|score| &score.name), scheme.scores.get(id)),
        Source::Index(id) => (scheme.indices.get(id).map(|index| &index.name), None),
    };
    let mut text = format!("{} {}", aggregate.function.word(), name.map_or("?", |name| name));
    if let Some(filter) = &aggregate.filter {
        text += &format!(" where {}", show(filter, scheme, score));
    }
    for (dim, (expr, domain)) in aggregate.dims.iter().zip(&aggregate.by) {
        text += &format!(" by {} = {}", dim.name, show(expr, scheme, score));
        text += &match domain {
            None => String::new(),
            Some(Domain::Keys(input, _)) => {
                format!(" in {}", scheme.inputs.get(*input).map_or("?", |input| &input.schema.name))
            }
            Some(Domain::Values(values)) => format!(" in {} values", values.len()),
        };
    }
    if let Some(weight) = &aggregate.weight {
        text += &format!(" weighted by {}", show(weight, scheme, score));
    }
    let missing = aggregate.missing.written();
    if missing.is_empty() { format!("({text})") } else { format!("({text} {missing})") }
}
