//! The value of an expression for one row, unit or cell, or why there is none.

use super::scale;
use super::world::World;
use crate::builtin::{Fault, Missing};
use crate::eval::faults::{self, Found};
use crate::plan::{Builtin, Expr, ExprKind, Index, Input};
use crate::source::Span;
use crate::value::column::Table;
use crate::value::{Type, Value};

/// What an expression can see. A row of a score has columns, slots and a value; a cell has dimensions, and a value or
/// operands.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// The plan and the tables.
    pub world: &'a World<'a>,
    /// The table and the row in it.
    pub row: Option<(&'a Table, usize)>,
    /// The slots of the row.
    pub slots: &'a [Value],
    /// The value of the row, unit or cell.
    pub value: &'a Value,
    /// The dimensions of the cell.
    pub dims: &'a [Value],
    /// The operands of the formula.
    pub operands: &'a [Value],
}

impl<'a> Scope<'a> {
    /// A scope in which only parameters and constants have a value.
    pub fn new(world: &'a World<'a>) -> Self {
        Self { world, row: None, slots: &[], value: &Value::Missing, dims: &[], operands: &[] }
    }
}

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq)]
pub enum Stop {
    /// A function without a result.
    Fault(Fault, Span),
    /// A word or number that a scale doesn't list.
    NotOnScale {
        /// The scale: a place in the plan.
        scale: usize,
        /// What was looked up.
        value: Value,
        /// Its type.
        ty: Type,
        /// The column that it comes from, if it comes from one.
        column: Option<usize>,
        /// The expression.
        span: Span,
    },
}

impl Stop {
    /// What is said of it for a row of an input.
    pub fn at_row(self, world: &World<'_>, (input, table, row): (&Input, &Table, usize)) -> Option<Found> {
        Some(match self {
            Stop::Fault(fault, span) => faults::fault(fault, span, faults::place(input, table, row, None)),
            Stop::NotOnScale { scale, value, ty, column, .. } => {
                let scale = world.plan.scales.get(scale)?;
                faults::not_on_scale(scale, &value, &ty, faults::place(input, table, row, column))
            }
        })
    }

    /// What is said of it for a cell of an index.
    pub fn at_cell(self, world: &World<'_>, index: &Index, dims: &[Value]) -> Option<Found> {
        Some(match self {
            Stop::Fault(fault, span) => faults::cell_fault(fault, index, dims, span),
            Stop::NotOnScale { scale, value, ty, span, .. } => {
                faults::not_on_scale(world.plan.scales.get(scale)?, &value, &ty, span)
            }
        })
    }
}

/// The value of an expression.
pub fn eval(expr: &Expr, scope: &Scope<'_>) -> Result<Value, Stop> {
    let plan = scope.world.plan;
    Ok(match &expr.kind {
        ExprKind::Const(value) => value.clone(),
        ExprKind::Param(at) => plan.params.get(*at).map(|param| param.value.clone()).unwrap_or_default(),
        ExprKind::Column(at) => scope.row.map(|(table, row)| table.value(*at, row)).unwrap_or_default(),
        ExprKind::Slot(at) => scope.slots.get(*at).cloned().unwrap_or_default(),
        ExprKind::Value => scope.value.clone(),
        ExprKind::Dim(at) => scope.dims.get(*at).cloned().unwrap_or_default(),
        ExprKind::Operand(at) => scope.operands.get(*at).cloned().unwrap_or_default(),
        ExprKind::Call(builtin, args) => return call(*builtin, args, expr, scope),
        ExprKind::Case { arms, otherwise } => {
            for (condition, value) in arms {
                if holds(condition, scope)? {
                    return eval(value, scope);
                }
            }
            return otherwise.as_ref().map_or(Ok(Value::Missing), |value| eval(value, scope));
        }
        ExprKind::Scale { scale, arg } => return on_scale(*scale, arg, expr.span, scope),
        ExprKind::Lookup { input, unique, keys, day, column } => {
            let key = eval_all(keys, scope)?;
            let day = day.as_ref().map(|day| eval(day, scope)).transpose()?;
            scope.world.look_up(*input, *unique, &key, day.as_ref(), *column)
        }
    })
}

/// Whether a condition holds.
pub fn holds(condition: &Expr, scope: &Scope<'_>) -> Result<bool, Stop> {
    Ok(eval(condition, scope)? == Value::Flag(true))
}

/// Whether an optional condition holds, which it does where there is none.
pub fn applies(when: Option<&Expr>, scope: &Scope<'_>) -> Result<bool, Stop> {
    when.map_or(Ok(true), |when| holds(when, scope))
}

/// The values of several expressions, up to the first that has none.
pub fn eval_all<'e>(exprs: impl IntoIterator<Item = &'e Expr>, scope: &Scope<'_>) -> Result<Vec<Value>, Stop> {
    exprs.into_iter().map(|expr| eval(expr, scope)).collect()
}

/// Nothing, as a number of a type.
pub fn zero(ty: &Type) -> Value {
    match ty {
        Type::Number(_) => Value::Number(0),
        Type::Real => Value::Real(0.0),
        _ => Value::Missing,
    }
}

/// The result of a function for values of these types.
pub fn kernel(builtin: Builtin, values: &[Value], types: &[&Type], out: &Type, span: Span) -> Result<Value, Stop> {
    (builtin.row().kernel)(values, types, out).map_err(|fault| Stop::Fault(fault, span))
}

fn call(builtin: Builtin, args: &[Expr], expr: &Expr, scope: &Scope<'_>) -> Result<Value, Stop> {
    let row = builtin.row();
    if row.missing == Missing::Lazy {
        return lazy(builtin, args, scope);
    }
    let values = eval_all(args, scope)?;
    if row.missing == Missing::Passes && values.contains(&Value::Missing) {
        return Ok(Value::Missing);
    }
    let types: Vec<&Type> = args.iter().map(|arg| &arg.ty.base).collect();
    kernel(builtin, &values, &types, &expr.ty.base, expr.span)
}

/// `and`, `or` and `else`: from left to right, no further than needed.
fn lazy(builtin: Builtin, args: &[Expr], scope: &Scope<'_>) -> Result<Value, Stop> {
    let mut value = Value::Flag(builtin == Builtin::And);
    for arg in args {
        value = eval(arg, scope)?;
        let decided = match builtin {
            Builtin::And => value != Value::Flag(true),
            Builtin::Or => value == Value::Flag(true),
            _ => value.is_known(),
        };
        if decided {
            break;
        }
    }
    Ok(value)
}

fn on_scale(at: usize, arg: &Expr, span: Span, scope: &Scope<'_>) -> Result<Value, Stop> {
    let value = eval(arg, scope)?;
    let Some(scale) = scope.world.plan.scales.get(at) else {
        return Ok(Value::Missing);
    };
    scale::find(scale, &value, &arg.ty.base).ok_or_else(|| Stop::NotOnScale {
        scale: at,
        value,
        ty: arg.ty.base.clone(),
        column: faults::only_column(arg),
        span,
    })
}
