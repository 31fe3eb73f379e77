//! Expressions: coercions written out, constants folded.

use crate::builtin::{Builtin, Missing};
use crate::plan::{Expr, ExprKind};
use crate::types::tree;
use crate::value::{Ty, Type, Value};

/// What becomes of the leaves that only formulas have.
pub(super) struct Leaves<'a> {
    /// The scheme, for the places of its scales and keys.
    pub scheme: &'a tree::Scheme,
    /// Makes an operand of an index or an aggregation.
    pub operand: Option<&'a mut dyn FnMut(&tree::Expr) -> usize>,
}

impl<'a> Leaves<'a> {
    /// Leaves of rows: there are no operands.
    pub(super) fn rows(scheme: &'a tree::Scheme) -> Self {
        Self { scheme, operand: None }
    }
}

/// Lowers an expression.
pub(super) fn lower(expr: &tree::Expr, leaves: &mut Leaves<'_>) -> Expr {
    let kind = match &expr.kind {
        tree::ExprKind::Const(value) => ExprKind::Const(value.clone()),
        tree::ExprKind::Param(id) => ExprKind::Param(*id),
        tree::ExprKind::Column(id) => ExprKind::Column(*id),
        tree::ExprKind::Slot(id) => ExprKind::Slot(*id),
        tree::ExprKind::Value => ExprKind::Value,
        tree::ExprKind::Dim(id) => ExprKind::Dim(*id),
        tree::ExprKind::Index(_) | tree::ExprKind::Aggregate(_) | tree::ExprKind::Over(_) => {
            match &mut leaves.operand {
                Some(operand) => ExprKind::Operand(operand(expr)),
                None => ExprKind::Const(Value::Missing),
            }
        }
        tree::ExprKind::Call(builtin, args, types) => {
            let args = args.iter().zip(types).map(|(arg, ty)| coerce(lower(arg, leaves), ty)).collect();
            ExprKind::Call(*builtin, args)
        }
        tree::ExprKind::Case(arms, otherwise) => ExprKind::Case {
            arms: arms
                .iter()
                .map(|(condition, value)| (lower(condition, leaves), coerce(lower(value, leaves), &expr.ty.base)))
                .collect(),
            otherwise: otherwise.as_ref().map(|value| Box::new(coerce(lower(value, leaves), &expr.ty.base))),
        },
        tree::ExprKind::Scale(scale, arg) => {
            let arg = lower(arg, leaves);
            ExprKind::Scale { scale: *scale, arg: Box::new(scale_arg(arg, *scale, leaves.scheme)) }
        }
        tree::ExprKind::Lookup(input, unique, keys, day, column) => {
            let keys = keys
                .iter()
                .enumerate()
                .map(|(at, key)| key_arg(lower(key, leaves), (*input, *unique, at), leaves.scheme));
            ExprKind::Lookup {
                input: *input,
                unique: *unique,
                keys: keys.collect(),
                day: day.as_ref().map(|day| Box::new(lower(day, leaves))),
                column: *column,
            }
        }
    };
    fold(Expr { kind, ty: expr.ty.clone(), span: expr.span })
}

/// A number that is looked up on ranges has at least their places; a year is a number there.
fn scale_arg(arg: Expr, scale: usize, scheme: &tree::Scheme) -> Expr {
    let Some(scale) = scheme.scales.get(scale).filter(|scale| !scale.ranges.is_empty()) else { return arg };
    match arg.ty.base {
        Type::Number(places) => coerce(arg, &Type::Number(places.max(scale.places))),
        _ => coerce(arg, &Type::Number(scale.places)),
    }
}

/// A number that is looked up as a key is brought to the key's places; the checker has seen that it hasn't more.
fn key_arg(key: Expr, (input, unique, at): (usize, usize, usize), scheme: &tree::Scheme) -> Expr {
    let column = scheme.inputs.get(input).and_then(|input| {
        input.schema.unique.get(unique).and_then(|unique| input.schema.columns.get(*unique.key.get(at)?))
    });
    match (column.map(|column| &column.ty.base), &key.ty.base) {
        (Some(Type::Number(places)), Type::Number(from)) if from < places => coerce(key, &Type::Number(*places)),
        _ => key,
    }
}

/// Brings an expression to a type that holds its values without loss.
pub(super) fn coerce(expr: Expr, to: &Type) -> Expr {
    let from = expr.ty.base.clone();
    let builtin = match (&from, to) {
        (Type::Number(a), Type::Number(b)) if a < b => Builtin::Widen,
        (Type::Number(_), Type::Real) => Builtin::Real,
        (Type::Period(_), Type::Number(0)) => Builtin::YearNumber,
        (Type::Period(_), Type::Number(_) | Type::Real) => return coerce(coerce(expr, &Type::Number(0)), to),
        (Type::Date, Type::Partial(_)) => Builtin::Partial,
        _ => return Expr { ty: Ty { base: to.clone(), optional: expr.ty.optional }, ..expr },
    };
    let (optional, span) = (expr.ty.optional, expr.span);
    let ty = Ty { base: to.clone(), optional };
    fold(Expr { kind: ExprKind::Call(builtin, vec![expr]), ty, span })
}

/// Computes what depends on nothing. What has no result stays: the run reports it, if it is ever needed.
pub(super) fn fold(expr: Expr) -> Expr {
    let ExprKind::Call(builtin, args) = &expr.kind else { return expr };
    let row = builtin.row();
    let constants: Option<Vec<Value>> = args
        .iter()
        .map(|arg| if let ExprKind::Const(value) = &arg.kind { Some(value.clone()) } else { None })
        .collect();
    let Some(values) = constants else { return expr };
    let types: Vec<&Type> = args.iter().map(|arg| &arg.ty.base).collect();
    let missing = row.missing == Missing::Passes && values.iter().any(|value| !value.is_known());
    let folded = if missing { Ok(Value::Missing) } else { (row.kernel)(&values, &types, &expr.ty.base) };
    match folded {
        Ok(value) => Expr { kind: ExprKind::Const(value), ..expr },
        Err(_) => expr,
    }
}
