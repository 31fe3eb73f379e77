//! Indices: formulas over operands, aggregations inside them made indices of their own.

use std::sync::Arc;

use super::expr::{Leaves, coerce, fold, lower};
use crate::builtin::Builtin;
use crate::plan::{Aggregate, Body, By, CellCheck, Dim, Expr, ExprKind, Index, Operand, Operation, Over, Plan, Source};
use crate::source::Span;
use crate::types::tree;
use crate::value::{Ty, Type, Value};

/// Lowers the indices and the checks on cells.
pub(super) fn lower_indices(scheme: &tree::Scheme, plan: &mut Plan) {
    // Where each index of the typed tree stands in the plan.
    let mut places: Vec<usize> = vec![0; scheme.indices.len()];
    for &at in &scheme.order {
        let Some(index) = scheme.indices.get(at) else { continue };
        let body = lower_body(&index.body, &index.name, &index.dims, scheme, &places, plan);
        plan.indices.push(Arc::new(Index {
            name: index.name.clone(),
            title: index.title.clone(),
            hidden: index.hidden,
            dims: index.dims.clone(),
            ty: index.ty.clone(),
            absent_zero: index.absent_zero,
            body,
            span: index.span,
        }));
        if let Some(place) = places.get_mut(at) {
            *place = plan.indices.len() - 1;
        }
    }
    for (number, check) in scheme.checks.iter().enumerate() {
        lower_cell_check(check, number, scheme, &places, plan);
    }
    plan.declared = places;
}

fn lower_body(
    body: &tree::Expr,
    name: &Arc<str>,
    dims: &[Dim],
    scheme: &tree::Scheme,
    places: &[usize],
    plan: &mut Plan,
) -> Body {
    if let Some(body) = lower_whole(body, scheme, places) {
        return body;
    }
    let (operands, expr) = lower_formula(body, name, dims, scheme, places, plan);
    Body::Formula { operands, expr }
}

/// Lowers an aggregation or an operation over a dimension.
fn lower_whole(body: &tree::Expr, scheme: &tree::Scheme, places: &[usize]) -> Option<Body> {
    match &body.kind {
        tree::ExprKind::Aggregate(aggregate) => Some(Body::Aggregate(lower_aggregate(aggregate, scheme, places))),
        tree::ExprKind::Over(over) => Some(Body::Over(lower_over(over, body.span, scheme, places))),
        _ => None,
    }
}

/// Lowers a formula; its aggregations and operations become hidden indices of the plan.
fn lower_formula(
    body: &tree::Expr,
    name: &Arc<str>,
    dims: &[Dim],
    scheme: &tree::Scheme,
    places: &[usize],
    plan: &mut Plan,
) -> (Vec<Operand>, Expr) {
    let mut operands: Vec<Operand> = Vec::new();
    let mut operand = |expr: &tree::Expr| {
        let index = match &expr.kind {
            tree::ExprKind::Index(id) => places.get(*id).copied().unwrap_or(0),
            _ => push_nested(expr, name, scheme, places, plan).unwrap_or(0),
        };
        let found = operands.iter().position(|operand| operand.index == index);
        found.unwrap_or_else(|| {
            operands.push(operand_of(index, dims, plan));
            operands.len() - 1
        })
    };
    let expr = lower(body, &mut Leaves { scheme, operand: Some(&mut operand) });
    (operands, expr)
}

fn operand_of(index: usize, dims: &[Dim], plan: &Plan) -> Operand {
    let own: &[Dim] = plan.indices.get(index).map_or(&[], |index| &index.dims);
    let projected: Vec<usize> = own.iter().filter_map(|dim| dims.iter().position(|other| other == dim)).collect();
    Operand { index, spans: projected.len() == dims.len(), dims: projected }
}

fn push_nested(
    expr: &tree::Expr,
    name: &Arc<str>,
    scheme: &tree::Scheme,
    places: &[usize],
    plan: &mut Plan,
) -> Option<usize> {
    let body = lower_whole(expr, scheme, places)?;
    let (dims, absent_zero) = match &expr.kind {
        tree::ExprKind::Aggregate(aggregate) => (&aggregate.dims, aggregate.function.counts_absent()),
        tree::ExprKind::Over(over) => (&over.dims, false),
        _ => return None,
    };
    let prefix = format!("{name}#");
    let number = plan.indices.iter().filter(|index| index.name.starts_with(&prefix)).count() + 1;
    plan.indices.push(Arc::new(Index {
        name: format!("{prefix}{number}").into(),
        title: "".into(),
        hidden: true,
        dims: dims.clone(),
        ty: expr.ty.clone(),
        absent_zero,
        body,
        span: expr.span,
    }));
    Some(plan.indices.len() - 1)
}

/// Goalposts are brought to the places of the source, or more.
fn lower_over(over: &tree::Over, span: Span, scheme: &tree::Scheme, places: &[usize]) -> Over {
    let leaves = &mut Leaves::rows(scheme);
    let mut operation = over.operation.map(&mut |expr| lower(expr, leaves));
    if let Operation::MinMax { from: Some((low, high)), .. } = &mut operation {
        let source = scheme.indices.get(over.source).map(|index| &index.ty.base);
        let most = [source, Some(&low.ty.base), Some(&high.ty.base)].into_iter().flatten().map(|ty| match ty {
            Type::Number(places) => *places,
            _ => 0,
        });
        let common = Type::Number(most.max().unwrap_or(0));
        *low = coerce(low.clone(), &common);
        *high = coerce(high.clone(), &common);
    }
    Over { source: places.get(over.source).copied().unwrap_or(0), along: over.along, operation, span }
}

fn lower_aggregate(aggregate: &tree::Aggregate, scheme: &tree::Scheme, places: &[usize]) -> Aggregate {
    let leaves = &mut Leaves::rows(scheme);
    let source = match aggregate.source {
        Source::Index(id) => Source::Index(places.get(id).copied().unwrap_or(0)),
        score => score,
    };
    Aggregate {
        source,
        function: aggregate.function,
        filter: aggregate.filter.as_ref().map(|filter| lower(filter, leaves)),
        by: aggregate
            .by
            .iter()
            .map(|(expr, domain)| By { expr: lower(expr, leaves), domain: domain.clone() })
            .collect(),
        weight: aggregate.weight.as_ref().map(|weight| lower_weight(lower(weight, leaves))),
        missing: aggregate.missing,
        span: aggregate.span,
        shared: aggregate.shared,
    }
}

/// A weight below 0 is an error of data.
fn lower_weight(weight: Expr) -> Expr {
    let (ty, span) = (weight.ty.clone(), weight.span);
    fold(Expr { kind: ExprKind::Call(Builtin::Weight, vec![weight]), ty, span })
}

/// A check is a hidden index of flags: whether it holds, missing where it isn't looked at.
fn lower_cell_check(check: &tree::CellCheck, number: usize, scheme: &tree::Scheme, places: &[usize], plan: &mut Plan) {
    let name: Arc<str> = format!("check#{}", number + 1).into();
    let span: Span = check.check.span;
    let ty = Ty { base: Type::Flag, optional: check.check.when.is_some() };
    let holds = check.check.holds.clone();
    let body = match &check.check.when {
        None => holds,
        Some(when) => {
            let missing = tree::Expr { kind: tree::ExprKind::Const(Value::Missing), ty: ty.clone(), span };
            let kind = tree::ExprKind::Case(vec![(when.clone(), holds)], Some(Box::new(missing)));
            tree::Expr { kind, ty: ty.clone(), span }
        }
    };
    let (operands, expr) = lower_formula(&body, &name, &check.dims, scheme, places, plan);
    let shown = operands.iter().map(|operand| operand.index).collect();
    plan.indices.push(Arc::new(Index {
        name,
        title: "".into(),
        hidden: true,
        dims: check.dims.clone(),
        ty,
        absent_zero: false,
        body: Body::Formula { operands, expr },
        span,
    }));
    plan.checks.push(CellCheck {
        index: plan.indices.len() - 1,
        shown,
        message: check.check.message.clone(),
        severity: check.check.severity,
        span,
    });
}
