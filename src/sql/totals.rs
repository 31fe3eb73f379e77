//! Several values as one: sums and means, weighted ones, and what becomes of missing values among them.

use super::ast::{Expr, Infix, SqlType};
use super::expr::choice;
use super::shape::{COUNT_DIGITS, Kind, Number, Term};
use super::{Obstacle, Translation};
use crate::builtin::Builtin;
use crate::plan::{Aggregate, Function, Index, Policy};
use crate::value::Type;
use crate::value::decimal::QUOTIENT_PLACES;

impl Translation<'_> {
    /// The value of a cell of an aggregation.
    pub(super) fn aggregated(
        &mut self,
        index: &Index,
        aggregate: &Aggregate,
        value: &Term,
        weight: Option<Term>,
    ) -> Result<Term, Obstacle> {
        let ty = &index.ty.base;
        let total = match (aggregate.function, weight) {
            (Function::Sum, Some(weight)) => {
                let product = self.arithmetic(Builtin::Multiply, &[weight, value.clone()], Kind::Real);
                self.sum(&product, product.kind.number())
            }
            (Function::Mean, Some(weight)) => {
                let product = self.arithmetic(Builtin::Multiply, &[weight.clone(), value.clone()], Kind::Real);
                let products = self.summed(&product);
                let weights = self.weights(&weight, value);
                self.divided(products, weights, QUOTIENT_PLACES)
            }
            (Function::HarmonicMean, weight) => self.harmonic(value, weight),
            (Function::GeometricMean, weight) => self.geometric(value, weight),
            (Function::Count, _) if aggregate.asks_missing() => counted(value.expr.clone()),
            (function, _) => self.total(function, value, ty),
        };
        Ok(self.under_policy(index, aggregate, value, total))
    }

    /// The value where enough cells have one.
    fn under_policy(&mut self, index: &Index, aggregate: &Aggregate, value: &Term, total: Term) -> Term {
        let Some(enough) = Self::enough(aggregate.missing, value) else { return total };
        let total = if index.absent_zero {
            let zero = Expr::Decimal(0, total.kind.number().places);
            Term { expr: total.expr.or_else(zero), ..total }
        } else {
            total
        };
        choice(vec![(enough, total)], None, &index.ty.base)
    }

    /// Whether enough members have a value; none where any number is enough.
    pub(super) fn enough(policy: Policy, value: &Term) -> Option<Expr> {
        let known = counted(value.expr.clone()).expr;
        let all = counted(Expr::Star).expr;
        match policy {
            Policy::None | Policy::Skip => None,
            Policy::Required => Some(known.infix(Infix::Equal, all)),
            Policy::SkipIf { part, whole } => {
                let times = |of: Expr, by: u64| of.infix(Infix::Multiply, Expr::Decimal(i128::from(by), 0));
                Some(times(known, whole).infix(Infix::GreaterOrEqual, times(all, part)))
            }
        }
    }

    /// A sum of its own type.
    fn summed(&mut self, of: &Term) -> Term {
        let sum = self.sum(of, of.kind.number());
        Term { expr: sum.expr.cast(sum.kind.number().ty()), ..sum }
    }

    /// The weights of what is known.
    fn weights(&mut self, weight: &Term, value: &Term) -> Term {
        let own = Term { expr: weight.expr.clone().only_when(value.expr.clone().is_known()), ..weight.clone() };
        self.summed(&own)
    }

    /// `n / Σ(1/x)`, or `Σw / Σ(w/x)`; missing where a value is 0. What has the weight 0 takes no part.
    fn harmonic(&mut self, value: &Term, weight: Option<Term>) -> Term {
        let one = Term::one(Kind::Number(Number::of(1, 0)), Expr::Decimal(1, 0));
        let part = self.divided(weight.clone().unwrap_or(one), value.clone(), QUOTIENT_PLACES);
        let parts = self.summed(&part);
        let zero = value.expr.clone().infix(Infix::Equal, Expr::Decimal(0, 0));
        let zero = match &weight {
            Some(weight) => zero.infix(Infix::And, weight.expr.clone().infix(Infix::Different, Expr::Decimal(0, 0))),
            None => zero,
        };
        let none_is_zero = count_where(zero).infix(Infix::Equal, Expr::Integer(0));
        let above = match weight {
            Some(weight) => self.weights(&weight, value),
            None => counted(value.expr.clone()),
        };
        let mean = self.divided(above, parts, QUOTIENT_PLACES);
        choice(vec![(none_is_zero, mean)], None, &Type::Number(QUOTIENT_PLACES))
    }

    /// `exp(Σ ln x / n)`, or `exp(Σ w · ln x / Σw)`; 0 if one is 0. A negative value is an error of data, which the
    /// checks find; here it has no mean, for cells that aren't wanted in the end are made as well.
    fn geometric(&mut self, value: &Term, weight: Option<Term>) -> Term {
        let takes_part = |condition: Expr| match &weight {
            Some(weight) => {
                let some = weight.expr.clone().infix(Infix::Different, Expr::Decimal(0, 0));
                condition.infix(Infix::And, some)
            }
            None => condition,
        };
        let is_zero = takes_part(value.expr.clone().infix(Infix::Equal, Expr::Decimal(0, 0)));
        let is_negative = takes_part(value.expr.clone().infix(Infix::Less, Expr::Decimal(0, 0)));
        let is_positive = takes_part(value.expr.clone().infix(Infix::Greater, Expr::Decimal(0, 0)));
        let of = Term { expr: value.expr.clone().only_when(is_positive), ..value.clone() };
        let logarithm = self.dialect.real("ln", vec![super::calls::real(of)]);
        let (parts, all) = match &weight {
            Some(weight) => {
                let all = self.weights(weight, value);
                let own = super::calls::real(weight.clone());
                (logarithm.infix(Infix::Multiply, own), super::calls::real(all))
            }
            None => (logarithm, Expr::Call("count", vec![value.expr.clone()]).cast(SqlType::Real)),
        };
        let all = Expr::Call("nullif", vec![all, Expr::Real(0.0)]);
        let mean = Expr::Call("exp", vec![Expr::Call("sum", vec![parts]).infix(Infix::Divide, all)]);
        let some = |condition| count_where(condition).infix(Infix::Greater, Expr::Integer(0));
        let arms =
            vec![(some(is_negative), Term::null(Kind::Real)), (some(is_zero), Term::one(Kind::Real, Expr::Real(0.0)))];
        choice(arms, Some(Term::one(Kind::Real, mean)), &Type::Real)
    }
}

/// How many are known.
pub(super) fn counted(of: Expr) -> Term {
    let number = Number { digits: COUNT_DIGITS, places: 0 };
    Term::one(Kind::Number(number), Expr::Call("count", vec![of]).cast(number.ty()))
}

/// For how many a condition holds.
fn count_where(condition: Expr) -> Expr {
    Expr::Call("count", vec![Expr::Integer(1).only_when(condition)])
}
