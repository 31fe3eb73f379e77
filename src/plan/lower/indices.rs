//! Indices: formulas over operands, aggregations inside them made indices of their own.

use std::sync::Arc;

use super::expr::{Leaves, lower};
use crate::plan::{Aggregate, Body, By, CellCheck, Dim, Expr, Index, Operand, Plan, Source};
use crate::source::Span;
use crate::types::tree;
use crate::value::words::Function;
use crate::value::{Ty, Type, Value};

/// Lowers the indices and the checks on cells.
pub(super) fn lower_indices(scheme: &tree::Scheme, plan: &mut Plan) {
    // Where each index of the typed tree stands in the plan.
    let mut places: Vec<usize> = vec![0; scheme.indices.len()];
    for &at in &scheme.order {
        let Some(index) = scheme.indices.get(at) else { continue };
        let body = lower_body(&index.body, &index.name, &index.dims, scheme, &places, plan);
        plan.indices.push(Index {
            name: index.name.clone(),
            title: index.title.clone(),
            hidden: index.hidden,
            dims: index.dims.clone(),
            ty: index.ty.clone(),
            absent_zero: index.absent_zero,
            body,
            span: index.span,
        });
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
    if let tree::ExprKind::Aggregate(aggregate) = &body.kind {
        return Body::Aggregate(lower_aggregate(aggregate, scheme, places));
    }
    let (operands, expr) = lower_formula(body, name, dims, scheme, places, plan);
    Body::Formula { operands, expr }
}

/// Lowers a formula; its aggregations become hidden indices of the plan.
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
            tree::ExprKind::Aggregate(aggregate) => push_nested(aggregate, expr, name, scheme, places, plan),
            _ => 0,
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
    aggregate: &tree::Aggregate,
    expr: &tree::Expr,
    name: &Arc<str>,
    scheme: &tree::Scheme,
    places: &[usize],
    plan: &mut Plan,
) -> usize {
    let prefix = format!("{name}#");
    let number = plan.indices.iter().filter(|index| index.name.starts_with(&prefix)).count() + 1;
    plan.indices.push(Index {
        name: format!("{prefix}{number}").into(),
        title: "".into(),
        hidden: true,
        dims: aggregate.dims.clone(),
        ty: expr.ty.clone(),
        absent_zero: matches!(aggregate.function, Function::Sum | Function::Count),
        body: Body::Aggregate(lower_aggregate(aggregate, scheme, places)),
        span: expr.span,
    });
    plan.indices.len() - 1
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
        skip_missing: aggregate.skip_missing,
    }
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
    plan.indices.push(Index {
        name,
        title: "".into(),
        hidden: true,
        dims: check.dims.clone(),
        ty,
        absent_zero: false,
        body: Body::Formula { operands, expr },
        span,
    });
    plan.checks.push(CellCheck {
        index: plan.indices.len() - 1,
        shown,
        message: check.check.message.clone(),
        severity: check.check.severity,
        span,
    });
}
