//! What can go wrong in the cells of an index: several values where one is wanted, negative ones where a mean has none,
//! weights below 0, and expressions without a result.

use super::{Fault, Reached, faults};
use crate::plan::{Aggregate, Body, Expr as PlanExpr, Function, Index, Operand, Policy, Source as Of};
use crate::sql::ast::{Expr, From, Infix, Join, Name, Select, Source};
use crate::sql::checks::{Findings, shown};
use crate::sql::scope::{Fields, Scope};
use crate::sql::shape::{Field, Term};
use crate::sql::{Obstacle, Translation};

/// What is brought together: the units of a score, or the cells of an index.
struct Members {
    cte: Name,
    fields: Fields,
    dims: Vec<Field>,
}

impl Members {
    fn scope(&self, alias: Option<&Name>) -> Scope {
        let dims = self.dims.iter().map(|dim| dim.term(alias)).collect();
        Scope { dims, ..Scope::over(&self.fields, alias) }
    }
}

/// Why a cell can't be made of its members.
#[derive(Clone, Copy)]
enum Wrong<'f> {
    Several,
    NegativeValue,
    NegativeWeight,
    Weight(&'f Fault<'f>),
}

impl Wrong<'_> {
    /// Whether it is wrong only where the cell has a value, which the policy for missing ones decides.
    fn is_of_value(self) -> bool {
        matches!(self, Wrong::Several | Wrong::NegativeValue)
    }
}

impl Translation<'_> {
    /// What can go wrong where the cells of an index are made.
    pub(in crate::sql) fn check_index(&mut self, at: usize, found: &mut Findings) -> Result<(), Obstacle> {
        let plan = self.plan;
        let Some(index) = plan.indices.get(at) else { return Ok(()) };
        match &index.body {
            Body::Aggregate(aggregate) => self.check_aggregate(index, aggregate, found),
            Body::Formula { operands, expr } => self.check_formula(index, operands, expr, found),
            Body::Over(_) => Ok(()),
        }
    }

    fn check_aggregate(&mut self, index: &Index, aggregate: &Aggregate, found: &mut Findings) -> Result<(), Obstacle> {
        let (mut of_keys, mut of_weight) = (Vec::new(), Vec::new());
        aggregate.filter.iter().for_each(|filter| faults(filter, &[], &mut of_keys));
        let inside: Vec<Reached<'_>> = aggregate.filter.iter().map(Reached::Where).collect();
        aggregate.by.iter().for_each(|by| faults(&by.expr, &inside, &mut of_keys));
        aggregate.weight.iter().for_each(|weight| faults(weight, &[], &mut of_weight));
        let mut wrong: Vec<Wrong<'_>> = of_weight.iter().map(Wrong::Weight).collect();
        match aggregate.function {
            Function::Only => wrong.push(Wrong::Several),
            Function::GeometricMean => wrong.push(Wrong::NegativeValue),
            _ => {}
        }
        wrong.extend(aggregate.weight.iter().map(|_| Wrong::NegativeWeight));
        if wrong.is_empty() && of_keys.is_empty() {
            return Ok(());
        }
        let members = self.members(aggregate)?;
        for fault in &of_keys {
            self.check_key(fault, &members, aggregate, &index.name, found)?;
        }
        for wrong in wrong {
            self.check_cells(&index.name, aggregate, &members, wrong, found)?;
        }
        Ok(())
    }

    fn members(&mut self, aggregate: &Aggregate) -> Result<Members, Obstacle> {
        Ok(match aggregate.source {
            Of::Score(at) => {
                let frame = self.units(at)?;
                Members { cte: frame.cte, fields: frame.fields, dims: Vec::new() }
            }
            Of::Index(at) => {
                let cells = self.cells(at)?;
                let fields = Fields { value: Some(cells.value), ..Fields::default() };
                Members { cte: cells.cte, fields, dims: cells.dims }
            }
        })
    }

    /// A condition or a dimension without a result.
    fn check_key(
        &mut self,
        fault: &Fault<'_>,
        members: &Members,
        aggregate: &Aggregate,
        place: &str,
        found: &mut Findings,
    ) -> Result<(), Obstacle> {
        let alias: Option<Name> = Some("r".into());
        let mut scope = members.scope(alias.as_ref());
        let Some((problem, value, condition)) = self.faulty(fault, &mut scope)? else { return Ok(()) };
        let filter = Expr::all(known(&scope, aggregate).into_iter().chain([condition]));
        let select = Select { filter, ..scope.select_from(&members.cte, alias.as_ref()) };
        found.add_select(problem, place, Some(value), select);
        Ok(())
    }

    /// Cells whose members can't be brought together.
    fn check_cells(
        &mut self,
        name: &str,
        aggregate: &Aggregate,
        members: &Members,
        wrong: Wrong<'_>,
        found: &mut Findings,
    ) -> Result<(), Obstacle> {
        let alias: Option<Name> = Some("r".into());
        let mut scope = members.scope(alias.as_ref());
        let gated = wrong.is_of_value() && matches!(aggregate.missing, Policy::Required | Policy::SkipIf { .. });
        let of_known = if gated { known(&scope, aggregate) } else { scope.value.clone().map(is_known) };
        let mut conditions: Vec<Expr> = of_known.into_iter().collect();
        if let Some(filter) = &aggregate.filter {
            conditions.push(self.condition(filter, &mut scope)?);
        }
        let (terms, mut joins) = self.keys(aggregate, &mut scope)?;
        let group: Vec<Expr> = terms.iter().flat_map(|term| term.parts().cloned().collect::<Vec<_>>()).collect();
        let Some((code, of_member)) = self.wrong_member(wrong, aggregate, &mut scope)? else { return Ok(()) };
        let value = scope.value.clone();
        let many = |condition: Option<Expr>| {
            let (counted, most) = match condition {
                Some(condition) => (Expr::Integer(1).only_when(condition), 0),
                None => (value.clone().map_or(Expr::Star, |value| value.expr), 1),
            };
            Expr::Call("count", vec![counted]).infix(Infix::Greater, Expr::Integer(most))
        };
        let having = match (gated, of_member) {
            (true, of_member) => {
                let enough = value.as_ref().and_then(|value| Self::enough(aggregate.missing, value));
                Expr::all([many(of_member)].into_iter().chain(enough))
            }
            (false, None) => Some(many(None)),
            (false, Some(of_member)) => {
                conditions.push(of_member);
                None
            }
        };
        let mut select = scope.select_from(&members.cte, alias.as_ref());
        select.joins.append(&mut joins);
        select.filter = Expr::all(conditions);
        if let (Some(having), true) = (having.clone(), group.is_empty()) {
            // All members make one cell.
            select.columns = vec![(having, "wrong".into())];
            let from = Source { from: From::Query(Box::new(select.into())), alias: Some("t".into()), columns: vec![] };
            found.add(code, name, None, from, Some(Expr::name(&"wrong".into())));
            return Ok(());
        }
        (select.group, select.having) = (group, having);
        found.add_select(code, name, shown(&terms), select);
        Ok(())
    }

    /// The dimensions of a member, and joins that leave those that the index has cells for.
    fn keys(&mut self, aggregate: &Aggregate, scope: &mut Scope) -> Result<(Vec<Term>, Vec<Join>), Obstacle> {
        let (mut terms, mut joins) = (Vec::new(), Vec::new());
        for (place, by) in aggregate.by.iter().enumerate() {
            let term = self.term(&by.expr, scope)?;
            if let Some(domain) = &by.domain {
                let dim = crate::plan::Dim { name: format!("only_{place}").into(), ty: by.expr.ty.clone() };
                let field = self.field(&dim.name, term.kind, &mut crate::sql::names::Names::default());
                let (cte, column) = self.values(domain, &field, &dim)?;
                let alias: Name = format!("dim_{}", place + 1).into();
                let other = column.term(Some(&alias));
                let on =
                    Expr::all(term.parts().zip(other.parts()).map(|(a, b)| a.clone().infix(Infix::Equal, b.clone())));
                joins.push(Join::Inner(Source::table(&cte).called(alias), on.unwrap_or(Expr::Flag(true))));
            }
            terms.push(term);
        }
        Ok((terms, joins))
    }

    /// The code, and the condition on a member; none where it is the number of members that is wrong. Nothing where it
    /// can't be wrong.
    fn wrong_member(
        &mut self,
        wrong: Wrong<'_>,
        aggregate: &Aggregate,
        scope: &mut Scope,
    ) -> Result<Option<(&'static str, Option<Expr>)>, Obstacle> {
        if let Wrong::Weight(fault) = wrong {
            return Ok(self.faulty(fault, scope)?.map(|(code, _, condition)| (code, Some(condition))));
        }
        let weight = aggregate.weight.as_ref().map(|weight| self.term(weight, scope)).transpose()?;
        let weight = weight.map(|weight| weight.expr);
        let zero = || Expr::Decimal(0, 0);
        Ok(Some(match wrong {
            Wrong::NegativeValue => {
                let negative = scope.value.clone().map(|value| value.expr.infix(Infix::Less, zero()));
                let counts = weight.map(|weight| weight.infix(Infix::Different, zero()));
                ("not_finite", Expr::all(negative.into_iter().chain(counts)))
            }
            Wrong::NegativeWeight => ("negative_weight", weight.map(|weight| weight.infix(Infix::Less, zero()))),
            Wrong::Several | Wrong::Weight(_) => ("several_values", None),
        }))
    }

    /// Cells of a formula without a result.
    fn check_formula(
        &mut self,
        index: &Index,
        operands: &[Operand],
        expr: &PlanExpr,
        found: &mut Findings,
    ) -> Result<(), Obstacle> {
        let mut possible = Vec::new();
        faults(expr, &[], &mut possible);
        for fault in &possible {
            let mut beside = self.beside(index, operands)?;
            let Some((problem, value, condition)) = self.faulty(fault, &mut beside.scope)? else { continue };
            let joins = std::mem::take(&mut beside.scope.joins);
            let select = Select { from: beside.from, joins, filter: Some(condition), ..Select::default() };
            found.add_select(problem, &index.name, Some(value), select);
        }
        Ok(())
    }
}

fn is_known(value: Term) -> Expr {
    value.expr.is_known()
}

/// That a member has a value, unless it is asked how many have none.
fn known(scope: &Scope, aggregate: &Aggregate) -> Option<Expr> {
    scope.value.clone().filter(|_| !aggregate.asks_missing()).map(is_known)
}
