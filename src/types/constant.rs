//! Constants of the compiler: values brought to other types, and expressions whose value is known.

use super::Checker;
use super::tree::{Expr, ExprKind};
use crate::builtin::{Builtin, Fault};
use crate::value::{Type, Value, decimal};

/// A value of one type as one of another, where nothing is lost: more places, a number as a real, a year as a number, a
/// whole number as a year. `None` where it can't be.
pub fn coerce_value(value: &Value, from: &Type, to: &Type) -> Option<Value> {
    Some(match (value, from, to) {
        (Value::Missing, _, _) => Value::Missing,
        (Value::Number(units), Type::Number(a), Type::Number(b)) if a <= b => {
            Value::Number(decimal::widen(*units, *a, *b)?)
        }
        // Zeros at the end are no places that could be lost.
        (Value::Number(units), Type::Number(a), Type::Number(b)) => {
            let factor = decimal::power_of_ten(a - b)?;
            (units % factor == 0).then_some(Value::Number(units / factor))?
        }
        (Value::Number(units), Type::Number(a), Type::Real) => Value::Real(decimal::to_real(*units, *a)),
        (Value::Period(year), Type::Period(crate::value::Period::Year), Type::Number(places)) => {
            Value::Number(decimal::widen(i128::from(*year), 0, *places)?)
        }
        (Value::Number(_), Type::Number(_), Type::Period(crate::value::Period::Year)) => {
            let Value::Number(year) = coerce_value(value, from, &Type::Number(0))? else { return None };
            Value::Period(i32::try_from(year).ok().filter(|year| (1..=9999).contains(year))?)
        }
        (Value::Date(day), Type::Date, Type::Period(crate::value::Period::Week)) => {
            (crate::value::Period::Week.of(*day) == *day).then_some(Value::Period(*day))?
        }
        (Value::Date(day), Type::Date, Type::Partial(_)) => Value::Partial(*day, *day),
        (Value::Text(text), _, Type::Category(words)) => words.contains(text).then(|| value.clone())?,
        (Value::Text(_), _, Type::Text) => value.clone(),
        _ if from == to => value.clone(),
        _ => return None,
    })
}

impl Checker<'_> {
    /// The value of an expression of constants and parameters, with its type; `None` if it depends on data.
    pub(super) fn constant(&self, expr: &Expr) -> Option<Value> {
        match &expr.kind {
            ExprKind::Const(value) => Some(value.clone()),
            ExprKind::Param(id) => self.params.get(*id).map(|param| param.value.clone()),
            ExprKind::Call(builtin, args, types) if !matches!(builtin, Builtin::And | Builtin::Or | Builtin::Else) => {
                let values = args
                    .iter()
                    .zip(types)
                    .map(|(arg, ty)| coerce_value(&self.constant(arg)?, &arg.ty.base, ty))
                    .collect::<Option<Vec<_>>>()?;
                let types: Vec<&Type> = types.iter().collect();
                (builtin.row().kernel)(&values, &types, &expr.ty.base).ok()
            }
            _ => None,
        }
    }

    /// Whether constants alone already give a number of too many digits: no data could make it fit.
    pub(super) fn overflows(&self, builtin: Builtin, args: &[Expr], types: &[Type], result: &Type) -> bool {
        let values = args.iter().zip(types).map(|(arg, ty)| coerce_value(&self.constant(arg)?, &arg.ty.base, ty));
        let Some(values) = values.collect::<Option<Vec<_>>>() else { return false };
        let types: Vec<&Type> = types.iter().collect();
        matches!((builtin.row().kernel)(&values, &types, result), Err(Fault::Overflow))
    }
}
