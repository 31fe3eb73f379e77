//! Indices: aggregations of scored units or of cells, and formulas over the cells of others.

use super::ast::{Body, Cte, Expr, From, Infix, Join, Name, Select, Source, SqlType};
use super::expr::constant;
use super::names::Names;
use super::scope::{Fields, Scope};
use super::score::{as_column, looks_up};
use super::shape::{COUNT_DIGITS, Field, Kind, MOST_DIGITS, Number, Term};
use super::totals::counted;
use super::{Obstacle, Translation};
use crate::plan::{Aggregate, Body as PlanBody, Dim, Domain, Function, Index, Source as Of};
use crate::value::decimal::QUOTIENT_PLACES;
use crate::value::{Period, Value};

/// The cells of an index.
#[derive(Debug, Clone)]
pub struct Cells {
    /// The common table expression that has them.
    pub cte: Name,
    /// The dimensions.
    pub dims: Vec<Field>,
    /// The value.
    pub value: Field,
}

impl Translation<'_> {
    /// The cells of an index, which are made where they are first asked for.
    pub(super) fn cells(&mut self, at: usize) -> Result<Cells, Obstacle> {
        if let Some(cells) = self.computed.get(&at) {
            return Ok(cells.clone());
        }
        let plan = self.plan;
        let Some(index) = plan.indices.get(at) else { return Err(Obstacle::new("an index", Default::default())) };
        let cells = match &index.body {
            PlanBody::Aggregate(aggregate) => self.aggregate(index, aggregate)?,
            PlanBody::Over(over) => self.over(index, over)?,
            PlanBody::Formula { operands, expr } => self.formula(index, operands, expr)?,
        };
        self.computed.insert(at, cells.clone());
        Ok(cells)
    }

    fn aggregate(&mut self, index: &Index, aggregate: &Aggregate) -> Result<Cells, Obstacle> {
        let exprs = aggregate.by.iter().map(|by| &by.expr).chain(&aggregate.filter).chain(&aggregate.weight);
        let alias: Option<Name> = exprs.clone().any(looks_up).then(|| "r".into());
        let (cte, mut scope, of) = match aggregate.source {
            Of::Score(at) => {
                let frame = self.units(at)?;
                let what = self.plan.scores.get(at).map(|score| score.name.clone());
                (frame.cte, Scope::over(&frame.fields, alias.as_ref()), what)
            }
            Of::Index(at) => {
                let cells = self.cells(at)?;
                let fields = Fields { value: Some(cells.value.clone()), ..Fields::default() };
                let mut scope = Scope::over(&fields, alias.as_ref());
                scope.dims = cells.dims.iter().map(|dim| dim.term(alias.as_ref())).collect();
                let what = self.plan.indices.get(at).map(|index| index.name.clone());
                (cells.cte, scope, what)
            }
        };
        let value = scope.value.clone().unwrap_or_else(|| Term::null(Kind::of(&index.ty.base)));
        let mut names = Names::default();
        let (mut columns, mut group, mut dims) = (Vec::new(), Vec::new(), Vec::new());
        for (by, dim) in aggregate.by.iter().zip(&index.dims) {
            let term = self.term(&by.expr, &mut scope)?;
            let field = self.field(&dim.name, term.kind, &mut names);
            for ((expr, name), ty) in term.parts().zip(field.names()).zip(field.kind.types()) {
                group.push(expr.clone());
                columns.push((as_column(expr, ty), name.clone()));
            }
            dims.push(field);
        }
        let weight = aggregate.weight.as_ref().map(|weight| self.term(weight, &mut scope)).transpose()?;
        // Missing cells are counted where it is asked how many there are.
        let mut filters = if aggregate.asks_missing() { Vec::new() } else { vec![value.expr.clone().is_known()] };
        if let Some(filter) = &aggregate.filter {
            filters.push(self.condition(filter, &mut scope)?);
        }
        filters.extend(self.inside(aggregate, &group));
        let total = self.aggregated(index, aggregate, &value, weight)?;
        let name = names.take("value");
        let kind = total.kind;
        let ty = kind.types().first().copied().unwrap_or(SqlType::Text);
        columns.push((as_column(&total.expr, ty), name.clone()));
        let mut select = scope.select_from(&cte, alias.as_ref());
        select.columns = columns;
        select.filter = Expr::all(filters);
        // Constants can't be grouped by; a group by nothing else has one row at most.
        select.having = (group.iter().all(is_constant) && !group.is_empty())
            .then(|| Expr::Call("count", vec![Expr::Star]).infix(Infix::Greater, Expr::Integer(0)));
        select.group = group.into_iter().filter(|key| !is_constant(key)).collect();
        let value = Field { kind, name, last: None };
        let of = of.as_deref().unwrap_or("");
        let comment = self.comment_of_index(index, &format!("{} of {of}", word(aggregate.function)));
        let zero = index.absent_zero && matches!(aggregate.function, Function::Sum | Function::Count);
        self.completed(index, aggregate, (select, dims, value), zero, comment)
    }

    pub(super) fn comment_of_index(&self, index: &Index, how: &str) -> Vec<String> {
        let title = if index.title.is_empty() { String::new() } else { format!(": {}", index.title) };
        vec![format!("index {}{title} ({how})", index.name)]
    }

    /// A condition for each dimension whose values are years in a row; for others the join with the values is enough.
    fn inside(&self, aggregate: &Aggregate, group: &[Expr]) -> Vec<Expr> {
        let plain = aggregate.by.len() == group.len();
        let bounds = aggregate.by.iter().zip(group).filter(|_| plain).filter_map(|(by, expr)| {
            let (low, high) = in_a_row(by.domain.as_ref()?, Kind::of(&by.expr.ty.base))?;
            let from = expr.clone().infix(Infix::GreaterOrEqual, Expr::Integer(i64::from(low)));
            Some([from, expr.clone().infix(Infix::LessOrEqual, Expr::Integer(i64::from(high)))])
        });
        bounds.flatten().collect()
    }

    /// Several values as one.
    pub(super) fn total(&mut self, function: Function, value: &Term, ty: &crate::value::Type) -> Term {
        let of = |name: &'static str| Expr::Call(name, vec![value.expr.clone()]);
        match (function, value.kind) {
            (Function::Count, _) => counted(Expr::Star),
            (Function::Sum, Kind::Number(number)) => self.sum(value, number),
            (Function::Mean, Kind::Number(number)) => {
                let sum = self.sum(value, number);
                let sum = Term::one(sum.kind, sum.expr.cast(sum.kind.number().ty()));
                self.divided(sum, counted(value.expr.clone()), QUOTIENT_PLACES)
            }
            (Function::Mean, _) => Term::one(Kind::Real, of("avg")),
            (Function::Max, kind) => Term::one(kind, of("max")),
            (Function::Min | Function::Only, kind) if kind != Kind::Flag => Term::one(kind, of("min")),
            _ => Term::one(Kind::of(ty), self.dialect.any(value.expr.clone(), SqlType::Flag)),
        }
    }

    pub(super) fn sum(&mut self, value: &Term, number: Number) -> Term {
        let digits = number.digits + COUNT_DIGITS;
        if digits <= MOST_DIGITS {
            let number = Number { digits, ..number };
            return Term::one(Kind::Number(number), Expr::Call("sum", vec![value.expr.clone()]));
        }
        self.long |= number.places > 6;
        let number = Number { digits: MOST_DIGITS, ..number };
        let sum = Expr::Call("sum", vec![self.dialect.widened(value.expr.clone(), number)]);
        Term::one(Kind::Number(number), self.dialect.guarded(sum, number))
    }

    /// The cells that an aggregation has in any case, with 0 or nothing where no unit is.
    fn completed(
        &mut self,
        index: &Index,
        aggregate: &Aggregate,
        (mut select, dims, value): (Select, Vec<Field>, Field),
        zero: bool,
        comment: Vec<String>,
    ) -> Result<Cells, Obstacle> {
        let given: Vec<Option<&Domain>> = aggregate.by.iter().map(|by| by.domain.as_ref()).collect();
        if given.iter().all(Option::is_none) {
            // Without dimensions there is one cell, also over nothing.
            if dims.is_empty()
                && zero
                && !aggregate.missing.can_lack()
                && let Some((expr, _)) = select.columns.last_mut()
            {
                *expr = std::mem::replace(expr, Expr::Null).or_else(Expr::Decimal(0, value.kind.number().places));
            }
            let cte = self.push_index(index, comment, select.into());
            return Ok(Cells { cte, dims, value });
        }
        let seen = self.names.take(&format!("{}_seen", plain(&index.name)));
        self.ctes.push(Cte { name: seen.clone(), comment, body: select.into() });
        let mut spine: Option<Source> = None;
        let mut joins = Vec::new();
        let mut terms: Vec<Term> = Vec::new();
        let mut domains = Vec::new();
        for ((domain, field), dim) in given.iter().zip(&dims).zip(&index.dims) {
            let Some(domain) = domain else { continue };
            let (cte, column) = self.values(domain, field, dim)?;
            domains.push((field.clone(), cte, column));
        }
        let free: Vec<Field> =
            given.iter().zip(&dims).filter(|(domain, _)| domain.is_none()).map(|(_, field)| field.clone()).collect();
        if !free.is_empty() {
            let tuples = free_tuples(&seen, &free, &domains);
            let source =
                Source { from: From::Query(Box::new(tuples.into())), alias: Some("t".into()), columns: vec![] };
            spine = Some(source);
        }
        for (at, (_, cte, _)) in domains.iter().enumerate() {
            let source = Source::table(cte).called(format!("dim_{}", at + 1));
            match spine {
                None => spine = Some(source),
                Some(_) => joins.push(Join::Cross(source)),
            }
        }
        for field in &dims {
            terms.push(match domains.iter().position(|(other, ..)| other == field) {
                Some(at) => {
                    let alias: Name = format!("dim_{}", at + 1).into();
                    domains.get(at).map_or_else(|| Term::null(field.kind), |(_, _, column)| column.term(Some(&alias)))
                }
                None => field.term(Some(&"t".into())),
            });
        }
        let alias: Name = "s".into();
        let on = same_cell(terms.iter().zip(dims.iter().map(|dim| dim.term(Some(&alias)))), &index.dims);
        joins.push(Join::Left(Source::table(&seen).called(alias.clone()), on));
        let mut columns: Vec<(Expr, Name)> = Vec::new();
        for (term, field) in terms.iter().zip(&dims) {
            columns.extend(term.parts().cloned().zip(field.names().cloned()));
        }
        let own = value.term(Some(&alias)).expr;
        let nothing = Expr::Decimal(0, value.kind.number().places);
        let own = match (zero, dims.first().and_then(|dim| dim.names().next())) {
            // A cell of too few values is missing; one that isn't there is 0.
            (true, Some(dim)) if aggregate.missing.can_lack() => {
                let absent = Expr::Column(Some(alias.clone()), dim.clone()).is_null();
                Expr::Case(vec![(absent, nothing)], Some(Box::new(own)))
            }
            (true, _) => own.or_else(nothing),
            (false, _) => own,
        };
        let ty = value.kind.types().first().copied().unwrap_or(SqlType::Text);
        columns.push((as_column(&own, ty), value.name.clone()));
        let select = Select { columns, from: spine, joins, ..Select::default() };
        let comment = vec![format!("index {}: all cells that it has in any case", index.name)];
        let cte = self.push_index(index, comment, select.into());
        Ok(Cells { cte, dims, value })
    }

    /// A common table expression for the cells of an index.
    pub(super) fn push_index(&mut self, index: &Index, comment: Vec<String>, body: Body) -> Name {
        let name = self.names.take(&plain(&index.name));
        self.ctes.push(Cte { name: name.clone(), comment, body });
        name
    }

    /// The values of a dimension.
    pub(super) fn values(&mut self, domain: &Domain, field: &Field, dim: &Dim) -> Result<(Name, Field), Obstacle> {
        let key = format!("{domain:?} {:?}", dim.ty.base);
        if let Some(known) = self.domains.get(&key) {
            return Ok(known.clone());
        }
        let mut names = Names::default();
        let own = match domain {
            Domain::Values(_) => {
                let kind = Kind::of(&dim.ty.base);
                let kind = if let (Kind::Number(_), Kind::Number(_)) = (kind, field.kind) { field.kind } else { kind };
                self.field(&dim.name, kind, &mut names)
            }
            Domain::Keys(..) => field.clone(),
        };
        let (select, own) = match (domain, in_a_row(domain, own.kind)) {
            (Domain::Keys(input, column), _) => {
                let rows = self.rows(*input)?;
                let Some(column) = rows.fields.columns.get(column).cloned() else {
                    return Err(Obstacle::new("the keys of an input", Default::default()));
                };
                let columns = column.names().map(|name| (Expr::name(name), name.clone())).collect();
                let from = Some(Source::table(&rows.cte));
                (Select { distinct: true, columns, from, ..Select::default() }, column)
            }
            (_, Some((low, high))) => {
                let numbers = self.dialect.series(Expr::Integer(i64::from(low)), Expr::Integer(i64::from(high)));
                let inner = Select { columns: vec![(numbers, "number".into())], ..Select::default() };
                let from =
                    Source { from: From::Query(Box::new(inner.into())), alias: Some("n".into()), columns: vec![] };
                let number = Expr::name(&"number".into()).cast(SqlType::Integer);
                let columns = vec![(number, own.name.clone())];
                (Select { columns, from: Some(from), ..Select::default() }, own)
            }
            (Domain::Values(values), None) => (self.listed(values, &own, dim), own),
        };
        let cte = self.names.take(&format!("{}_values", dim.name));
        let comment = vec![format!("the values of {}", dim.name)];
        self.ctes.push(Cte { name: cte.clone(), comment, body: select.into() });
        self.domains.insert(key, (cte.clone(), own.clone()));
        Ok((cte, own))
    }

    fn listed(&self, values: &[Value], own: &Field, dim: &Dim) -> Select {
        let rows = values.iter().map(|value| constant(value, &dim.ty.base).parts().cloned().collect()).collect();
        let names: Vec<Name> = own.names().cloned().collect();
        let types = own.kind.types();
        let source = self.dialect.values(rows, &names, &types).called("v");
        let columns = names
            .iter()
            .zip(types)
            .map(|(name, ty)| {
                let column = Expr::name(name);
                let column = if ty == SqlType::Text { self.dialect.by_code_points(column) } else { column.cast(ty) };
                (column, name.clone())
            })
            .collect();
        Select { columns, from: Some(source), ..Select::default() }
    }
}

/// The distinct tuples of several lists of cells, and their columns: those of the first.
pub(super) fn union_of(fields: &[Vec<Field>], ctes: &[Name]) -> (Body, Vec<Field>) {
    let mut own = fields.first().cloned().unwrap_or_default();
    for others in fields {
        for (field, other) in own.iter_mut().zip(others) {
            field.kind = field.kind.or(other.kind);
        }
    }
    let bodies = fields.iter().zip(ctes).map(|(fields, cte)| {
        let columns = fields.iter().zip(&own).flat_map(|(field, own)| {
            let types = own.kind.types();
            let parts: Vec<(Expr, Name)> = field
                .names()
                .zip(own.names())
                .zip(types)
                .map(|((name, own), ty)| {
                    let column = Expr::name(name);
                    let column = if matches!(ty, SqlType::Decimal(..)) { column.cast(ty) } else { column };
                    (column, own.clone())
                })
                .collect();
            parts
        });
        let select = Select { columns: columns.collect(), from: Some(Source::table(cte)), ..Select::default() };
        Body::from(select)
    });
    let union = Body::UnionAll(bodies.collect());
    let from = Source { from: From::Query(Box::new(union)), alias: Some("u".into()), columns: vec![] };
    let names = own.iter().flat_map(|field| field.names().cloned().collect::<Vec<_>>());
    let columns = names.map(|name| (Expr::name(&name), name)).collect();
    (Select { distinct: true, columns, from: Some(from), ..Select::default() }.into(), own)
}

/// The tuples that occur over the dimensions without given values, in cells whose other dimensions have given ones.
fn free_tuples(seen: &Name, free: &[Field], domains: &[(Field, Name, Field)]) -> Select {
    let alias: Name = "s".into();
    let columns = free
        .iter()
        .flat_map(|field| field.term(Some(&alias)).parts().cloned().zip(field.names().cloned()).collect::<Vec<_>>());
    let joins = domains.iter().enumerate().map(|(at, (field, cte, column))| {
        let name: Name = format!("dim_{}", at + 1).into();
        let (own, other) = (field.term(Some(&alias)), column.term(Some(&name)));
        let on = own.parts().zip(other.parts()).map(|(own, other)| own.clone().infix(Infix::Equal, other.clone()));
        Join::Inner(Source::table(cte).called(name), Expr::all(on).unwrap_or(Expr::Flag(true)))
    });
    Select {
        distinct: true,
        columns: columns.collect(),
        from: Some(Source::table(seen).called(alias.clone())),
        joins: joins.collect(),
        ..Select::default()
    }
}

/// Whether two cells have the same dimensions; those that may be missing are the same where both are.
pub(super) fn same_cell<'t>(pairs: impl Iterator<Item = (&'t Term, Term)>, dims: &[Dim]) -> Expr {
    let conditions = pairs.zip(dims).flat_map(|((a, b), dim)| {
        let infix = if dim.ty.optional { Infix::Same } else { Infix::Equal };
        let parts: Vec<Expr> = a.parts().zip(b.parts()).map(|(a, b)| a.clone().infix(infix, b.clone())).collect();
        parts
    });
    Expr::all(conditions).unwrap_or(Expr::Flag(true))
}

/// The first and last of years that follow one another.
fn in_a_row(domain: &Domain, kind: Kind) -> Option<(i32, i32)> {
    let (Domain::Values(values), Kind::Period(Period::Year)) = (domain, kind) else { return None };
    let years: Option<Vec<i32>> =
        values.iter().map(|value| if let Value::Period(year) = value { Some(*year) } else { None }).collect();
    let years = years?;
    let (low, high) = (*years.first()?, *years.last()?);
    let whole = usize::try_from(high.checked_sub(low)?).ok()? + 1 == years.len();
    (whole && years.len() > 2).then_some((low, high))
}

/// The name of an index without the sign that unnamed ones have.
pub(super) fn plain(name: &str) -> String {
    name.replace('#', "_part_")
}

/// Whether an expression is the same for all rows.
pub(super) fn is_constant(expr: &Expr) -> bool {
    let mut column = false;
    expr.walk(&mut |part| column |= matches!(part, Expr::Column(..)));
    !column
}

fn word(function: Function) -> &'static str {
    match function {
        Function::Sum => "sum",
        Function::Count => "count",
        Function::Mean => "mean",
        Function::GeometricMean => "geomean",
        Function::HarmonicMean => "harmean",
        Function::Min => "least",
        Function::Max => "greatest",
        Function::Only => "the one value",
    }
}
