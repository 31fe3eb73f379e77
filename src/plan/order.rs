//! The order of an index's cells: which end is the first, and which cells stand in one order.
//!
//! Input: a plan, or the dimensions of an index. Output: what ranks, tables and pictures are laid out by.

use serde::Serialize;

use super::{Body, Builtin, Dim, Expr, ExprKind, Function, Operand, Operation, Over, Plan, Source};
use crate::value::Type;

/// Which of an index's values is the first, and has rank 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Best {
    /// The highest one.
    #[default]
    Highest,
    /// The lowest one: the values are places, of which 1 is the best, or made of places.
    Lowest,
}

impl Best {
    /// Whether the values are places, or made of places.
    pub fn is_lowest(self) -> bool {
        self == Best::Lowest
    }

    /// Two values in the order in which they are ranked, from how they compare.
    pub fn first(self, compared: std::cmp::Ordering) -> std::cmp::Ordering {
        if self.is_lowest() { compared } else { compared.reverse() }
    }
}

impl Plan {
    /// Which value of an index is the first: the highest, but for places (`rank`) and what brings places together or
    /// moves them without turning their order. Formulas other than a rounded index have the highest first: what they
    /// do to the order isn't known.
    pub fn best(&self, index: usize) -> Best {
        let Some(index) = self.indices.get(index) else { return Best::Highest };
        match &index.body {
            Body::Over(over) => self.best_over(over),
            Body::Aggregate(aggregate) => match aggregate.source {
                Source::Index(of) if aggregate.function != Function::Count => self.best(of),
                _ => Best::Highest,
            },
            Body::Formula { operands, expr } => {
                passed(expr, operands).map_or(Best::Highest, |operand| self.best(operand.index))
            }
        }
    }

    fn best_over(&self, over: &Over) -> Best {
        match &over.operation {
            Operation::Rank { .. } => Best::Lowest,
            Operation::Rolling { function: Function::Count, .. } => Best::Highest,
            // Who turns a scale round does so for the highest to be the best.
            Operation::MinMax { from, to, .. }
                if to.0 > to.1 || from.as_ref().is_some_and(|ends| falls(self, ends)) =>
            {
                Best::Highest
            }
            _ => self.best(over.source),
        }
    }
}

/// The operand whose value a formula gives as it is, or rounded.
fn passed<'o>(expr: &Expr, operands: &'o [Operand]) -> Option<&'o Operand> {
    match &expr.kind {
        ExprKind::Operand(at) => operands.get(*at),
        ExprKind::Call(Builtin::Round, args) => passed(args.first()?, operands),
        _ => None,
    }
}

/// Whether goalposts go from a higher number to a lower one.
fn falls(plan: &Plan, (low, high): &(Expr, Expr)) -> bool {
    let number = |expr: &Expr| match &expr.kind {
        ExprKind::Const(value) => Some(value.clone()),
        ExprKind::Param(at) => plan.params.get(*at).map(|param| param.value.clone()),
        _ => None,
    };
    number(low).zip(number(high)).is_some_and(|(low, high)| low > high)
}

/// The dimensions within which cells are ranked if nothing else is said: periods and days, where there are others
/// besides.
pub fn within(dims: &[Dim]) -> Vec<usize> {
    let is_time = |dim: &Dim| matches!(dim.ty.base, Type::Period(_) | Type::Date | Type::Partial(_));
    let times: Vec<usize> = dims.iter().enumerate().filter(|(_, dim)| is_time(dim)).map(|(at, _)| at).collect();
    if times.len() < dims.len() { times } else { Vec::new() }
}
