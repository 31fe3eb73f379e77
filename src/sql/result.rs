//! What is selected in the end: the columns that `eval --format csv` prints, ordered by the dimensions.

use super::ast::{Cte, Expr, Infix, Join, Name, Query, Select, Source, SqlType};
use super::cells::{Cells, same_cell, union_of};
use super::dialect::Phrase;
use super::shape::{Kind, Term};
use super::{Obstacle, Translation};
use crate::plan::Dim;
use crate::source::Span;
use crate::value::{Period, Type};

impl Translation<'_> {
    /// The last `SELECT`, over the cells of all wanted indices, which have the same dimensions.
    ///
    /// With `texts`, each column is a text in the form that `eval` prints; numbers may have zeros at their end. Of
    /// several indices, columns behind them say which has the cell: a missing value isn't a cell that isn't there.
    pub(super) fn result(&mut self, wanted: &[usize], texts: bool) -> Result<Query, Obstacle> {
        let mut cells = Vec::new();
        for &at in wanted {
            cells.push(self.cells(at)?);
        }
        let dims: Vec<Dim> = wanted
            .first()
            .and_then(|&at| self.plan.indices.get(at))
            .map(|index| index.dims.clone())
            .unwrap_or_default();
        let mut select = Select::default();
        let mut keys: Vec<Term> = Vec::new();
        match cells.as_slice() {
            [one] => {
                select.from = Some(Source::table(&one.cte).called("c"));
                keys = one.dims.iter().map(|dim| dim.term(Some(&"c".into()))).collect();
                self.add_value(&mut select, one, &"c".into(), wanted.first(), texts)?;
            }
            several => self.add_several(&mut select, several, (&dims, wanted), &mut keys, texts)?,
        }
        let mut columns = Vec::new();
        for (term, dim) in keys.iter().zip(&dims) {
            let optional = dim.ty.optional;
            columns.push((self.printed(term, texts, optional, Span::default())?, dim.name.clone()));
        }
        columns.append(&mut select.columns);
        select.columns = columns;
        if texts && cells.len() > 1 {
            add_presence(&mut select, &cells);
        }
        self.guard_session(&mut select);
        let mut order = Vec::new();
        for (term, dim) in keys.iter().zip(&dims) {
            for part in term.parts() {
                // Missing values come first in the order of the language.
                if dim.ty.optional {
                    order.push(Expr::Case(
                        vec![(part.clone().is_null(), Expr::Integer(0))],
                        Some(Box::new(Expr::Integer(1))),
                    ));
                }
                order.push(part.clone());
            }
        }
        let ctes: Vec<Cte> = std::mem::take(&mut self.ctes);
        Ok(Query { header: self.header(), ctes, body: select.into(), order })
    }

    pub(super) fn header(&self) -> Vec<String> {
        let title = if self.plan.title.is_empty() { String::new() } else { format!(": {}", self.plan.title) };
        let mut header = vec![format!("scheme {}{title}", self.plan.name)];
        header.push(format!("for {}, written by rules {}", self.engine.title(), env!("CARGO_PKG_VERSION")));
        header
    }

    /// Where decimals get long, the query looks whether the session keeps their places.
    pub(super) fn guard_session(&self, select: &mut Select) {
        if self.long
            && let Some(exact) = self.dialect.session_is_exact()
        {
            select.filter = Some(exact);
        }
    }

    fn add_several(
        &mut self,
        select: &mut Select,
        cells: &[Cells],
        (dims, wanted): (&[Dim], &[usize]),
        keys: &mut Vec<Term>,
        texts: bool,
    ) -> Result<(), Obstacle> {
        let aliases: Vec<Name> = (1..=cells.len()).map(|at| format!("index_{at}").into()).collect();
        if !dims.is_empty() {
            let fields: Vec<_> = cells.iter().map(|cells| cells.dims.clone()).collect();
            let ctes: Vec<Name> = cells.iter().map(|cells| cells.cte.clone()).collect();
            let (union, own) = union_of(&fields, &ctes);
            let name = self.names.take("cells");
            let comment = vec!["the cells that any index has".to_owned()];
            self.ctes.push(Cte { name: name.clone(), comment, body: union });
            *keys = own.iter().map(|field| field.term(Some(&"c".into()))).collect();
            select.from = Some(Source::table(&name).called("c"));
        }
        for ((cells, alias), at) in cells.iter().zip(&aliases).zip(wanted) {
            let source = Source::table(&cells.cte).called(alias.clone());
            match (&select.from, dims.is_empty()) {
                (None, _) => select.from = Some(source),
                (Some(_), true) => select.joins.push(Join::Cross(source)),
                (Some(_), false) => {
                    let own = cells.dims.iter().map(|dim| dim.term(Some(alias)));
                    select.joins.push(Join::Left(source, same_cell(keys.iter().zip(own), dims)));
                }
            }
            self.add_value(select, cells, alias, Some(at), texts)?;
        }
        Ok(())
    }

    fn add_value(
        &mut self,
        select: &mut Select,
        cells: &Cells,
        alias: &Name,
        at: Option<&usize>,
        texts: bool,
    ) -> Result<(), Obstacle> {
        let index = at.and_then(|&at| self.plan.indices.get(at));
        let name = index.map_or_else(|| Name::from("value"), |index| index.name.clone());
        let term = cells.value.term(Some(alias));
        // A result has 38 digits, of which so many are places.
        let term = match (term.kind, index.map(|index| &index.ty.base)) {
            (Kind::Number(_), Some(Type::Number(places))) => {
                Term { expr: term.expr.cast(SqlType::Decimal(38, *places)), ..term }
            }
            _ => term,
        };
        select.columns.push((self.printed(&term, texts, true, Span::default())?, name));
        Ok(())
    }

    /// A value as it is printed. Without `texts` numbers, flags and days are of their own types.
    fn printed(&self, term: &Term, texts: bool, _optional: bool, span: Span) -> Result<Expr, Obstacle> {
        let text = |expr: Expr| expr.cast(SqlType::Text);
        let part = |from: i64, count: i64| {
            let args = vec![text(term.expr.clone()), Expr::Integer(from), Expr::Integer(count)];
            self.phrase(Phrase::Part, args, span)
        };
        Ok(match (term.kind, &term.last) {
            (Kind::Partial, Some(last)) => {
                let same = term.expr.clone().infix(Infix::Equal, last.clone());
                let days = self.phrase(Phrase::DaysBetween, vec![term.expr.clone(), last.clone()], span)?;
                let year = days.infix(Infix::Greater, Expr::Integer(31));
                Expr::Case(vec![(same, text(term.expr.clone())), (year, part(1, 4)?)], Some(Box::new(part(1, 7)?)))
            }
            (Kind::Period(Period::Month), _) => part(1, 7)?,
            (Kind::Period(Period::Quarter), _) => {
                let month = self.phrase(Phrase::Month, vec![term.expr.clone()], span)?;
                let arms = (1..).zip([1, 4, 7]).map(|(quarter, first): (i32, i64)| {
                    let quarter = Expr::text(&format!("-Q{quarter}"));
                    (month.clone().infix(Infix::Equal, Expr::Integer(first)), quarter)
                });
                let quarter = Expr::Case(arms.collect(), Some(Box::new(Expr::text("-Q4"))));
                part(1, 4)?.infix(Infix::Concat, quarter)
            }
            (Kind::Flag, _) if texts => {
                let yes = (term.expr.clone(), Expr::text("yes"));
                let no = (term.expr.clone().negated(), Expr::text("no"));
                Expr::Case(vec![yes, no], None)
            }
            _ if texts && term.kind != Kind::Text => text(term.expr.clone()),
            _ => term.expr.clone(),
        })
    }
}

/// Adds a column for each index, which is 1 where the index has the cell.
fn add_presence(select: &mut Select, cells: &[Cells]) {
    for (at, cells) in (1..).zip(cells) {
        let alias: Name = format!("index_{at}").into();
        let known = cells.dims.iter().map(|dim| dim.term(Some(&alias)).expr.is_known());
        let there = Expr::any(known).unwrap_or(Expr::Flag(true));
        let one = Expr::Case(vec![(there, Expr::text("1"))], None);
        select.columns.push((one, format!("has_{at}").into()));
    }
}
