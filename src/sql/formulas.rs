//! Formulas over the cells of other indices.

use super::ast::{Cte, Expr, Join, Name, Select, Source, SqlType};
use super::cells::{Cells, plain, same_cell, union_of};
use super::names::Names;
use super::scope::Scope;
use super::score::as_column;
use super::shape::{Field, Kind, Term};
use super::{Obstacle, Translation};
use crate::plan::{Dim, Expr as PlanExpr, Index, Operand};

/// The cells of a formula's operands beside one another.
pub(super) struct Beside {
    /// What the formula can ask for; its joins are those of the operands.
    pub scope: Scope,
    /// The first operand, or the cells that any of several has.
    pub from: Option<Source>,
    /// The dimensions.
    pub dims: Vec<(Term, Field)>,
    /// Names of columns that are taken.
    pub names: Names,
}

impl Translation<'_> {
    /// The cells of a formula.
    pub(super) fn formula(&mut self, index: &Index, operands: &[Operand], expr: &PlanExpr) -> Result<Cells, Obstacle> {
        let Beside { mut scope, from, dims, mut names } = self.beside(index, operands)?;
        let term = self.term(expr, &mut scope)?;
        let mut columns: Vec<(Expr, Name)> = Vec::new();
        for (term, field) in &dims {
            columns.extend(term.parts().cloned().zip(field.names().cloned()));
        }
        let value = Field { kind: term.kind, name: names.take("value"), last: None };
        let ty = term.kind.types().first().copied().unwrap_or(SqlType::Text);
        columns.push((as_column(&term.expr, ty), value.name.clone()));
        let select = Select { columns, from, joins: std::mem::take(&mut scope.joins), ..Select::default() };
        let comment = self.comment_of_index(index, "a formula");
        let cte = self.push_index(index, comment, select.into());
        Ok(Cells { cte, dims: dims.into_iter().map(|(_, field)| field).collect(), value })
    }

    /// The cells of a formula's operands beside one another.
    pub(super) fn beside(&mut self, index: &Index, operands: &[Operand]) -> Result<Beside, Obstacle> {
        let mut cells = Vec::new();
        for operand in operands {
            cells.push(self.cells(operand.index)?);
        }
        let aliases: Vec<Name> = (1..=operands.len()).map(|at| format!("part_{at}").into()).collect();
        let spanning: Vec<usize> =
            operands.iter().enumerate().filter(|(_, operand)| operand.spans).map(|(at, _)| at).collect();
        let mut scope = Scope::default();
        aliases.iter().for_each(|alias| _ = scope.aliases.take(alias));
        let mut names = Names::default();
        let mut from = None;
        let mut dims: Vec<(Term, Field)> = Vec::new();
        let mut first = None;
        if !index.dims.is_empty() {
            let (source, terms) = self.spine(index, operands, &cells, (&spanning, &aliases));
            first = if spanning.len() == 1 { spanning.first().copied() } else { None };
            from = source;
            for (term, dim) in terms.into_iter().zip(&index.dims) {
                let field = self.field(&dim.name, term.kind, &mut names);
                dims.push((term, field));
            }
        }
        scope.dims = dims.iter().map(|(term, _)| term.clone()).collect();
        for (at, ((operand, cells), alias)) in operands.iter().zip(&cells).zip(&aliases).enumerate() {
            let joined = Source::table(&cells.cte).called(alias.clone());
            let own = cells.dims.iter().map(|dim| dim.term(Some(alias)));
            let result: Vec<Term> =
                operand.dims.iter().filter_map(|&at| dims.get(at).map(|(term, _)| term.clone())).collect();
            let own_dims: Vec<Dim> = operand.dims.iter().filter_map(|&at| index.dims.get(at).cloned()).collect();
            if first != Some(at) {
                match (&from, own_dims.is_empty()) {
                    (None, _) => from = Some(joined),
                    (Some(_), true) => scope.joins.push(Join::Cross(joined)),
                    (Some(_), false) => {
                        scope.joins.push(Join::Left(joined, same_cell(result.iter().zip(own), &own_dims)))
                    }
                }
            }
            let absent =
                if first == Some(at) { None } else { cells.dims.first().map(|dim| dim.term(Some(alias)).expr) };
            scope.operands.push(self.operand(operand, cells.value.term(Some(alias)), absent));
        }
        Ok(Beside { scope, from, dims, names })
    }

    /// The cells that a formula has: those of its one operand with all dimensions, or the union of those of several.
    fn spine(
        &mut self,
        index: &Index,
        operands: &[Operand],
        cells: &[Cells],
        (spanning, aliases): (&[usize], &[Name]),
    ) -> (Option<Source>, Vec<Term>) {
        let in_order = |at: usize| -> Vec<Field> {
            let (Some(operand), Some(cells)) = (operands.get(at), cells.get(at)) else { return Vec::new() };
            let place = |result: usize| operand.dims.iter().position(|&dim| dim == result);
            (0..index.dims.len()).filter_map(|result| cells.dims.get(place(result)?).cloned()).collect()
        };
        let alias = |at: usize| aliases.get(at).cloned();
        if let [at] = spanning {
            let terms = in_order(*at).iter().map(|field| field.term(alias(*at).as_ref())).collect();
            let source = cells.get(*at).zip(alias(*at)).map(|(cells, alias)| Source::table(&cells.cte).called(alias));
            return (source, terms);
        }
        let fields: Vec<Vec<Field>> = spanning.iter().map(|&at| in_order(at)).collect();
        let (union, columns) =
            union_of(&fields, &spanning.iter().filter_map(|&at| Some(cells.get(at)?.cte.clone())).collect::<Vec<_>>());
        let name = self.names.take(&format!("{}_cells", plain(&index.name)));
        let comment = vec![format!("index {}: the cells that any of its parts has", index.name)];
        self.ctes.push(Cte { name: name.clone(), comment, body: union });
        let terms = columns.iter().map(|field| field.term(Some(&"c".into()))).collect();
        (Some(Source::table(&name).called("c")), terms)
    }

    /// The value of an operand; where it has no cell, 0 if it is one of sums or counts.
    fn operand(&self, operand: &Operand, value: Term, absent: Option<Expr>) -> Term {
        let Some(index) = self.plan.indices.get(operand.index).filter(|index| index.absent_zero) else { return value };
        let Some(absent) = absent else { return value };
        let zero = match value.kind {
            Kind::Number(number) => Expr::Decimal(0, number.places),
            Kind::Real => Expr::Real(0.0),
            _ => return value,
        };
        if !index.ty.optional {
            return Term { expr: value.expr.or_else(zero), ..value };
        }
        let arms = vec![(absent.is_null(), Term { expr: zero, ..value.clone() })];
        super::expr::choice(arms, Some(value), &index.ty.base)
    }
}
