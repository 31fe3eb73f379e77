//! Expressions of the plan as expressions of SQL.

use super::ast::{Expr, Infix, Join, Name, Source, SqlType};
use super::dialect::{Dialect, Phrase};
use super::scope::Scope;
use super::shape::{Kind, Number, Term};
use super::{Obstacle, Translation};
use crate::plan::{self, ExprKind, Otherwise, Scale};
use crate::value::schema::Edge;
use crate::value::{Period, Ty, Type, Value};

/// An expression in SQL, or what stands in its way.
pub type Translated = Result<Term, Obstacle>;

impl Translation<'_> {
    /// An expression.
    pub(super) fn term(&mut self, expr: &plan::Expr, scope: &mut Scope) -> Translated {
        let unknown = || Term::null(Kind::of(&expr.ty.base));
        Ok(match &expr.kind {
            ExprKind::Const(value) => constant(value, &expr.ty.base),
            ExprKind::Param(at) => match self.plan.params.get(*at) {
                Some(param) => constant(&param.value, &param.ty.base),
                None => unknown(),
            },
            ExprKind::Column(at) => scope.columns.get(at).cloned().unwrap_or_else(unknown),
            ExprKind::Slot(at) => scope.slots.get(at).cloned().unwrap_or_else(unknown),
            ExprKind::Value => scope.value.clone().unwrap_or_else(unknown),
            ExprKind::Dim(at) => scope.dims.get(*at).cloned().unwrap_or_else(unknown),
            ExprKind::Operand(at) => scope.operands.get(*at).cloned().unwrap_or_else(unknown),
            ExprKind::Call(builtin, args) => return self.call(*builtin, args, expr, scope),
            ExprKind::Case { arms, otherwise } => return self.case(arms, otherwise.as_deref(), &expr.ty, scope),
            ExprKind::Scale { scale, arg } => return self.on_scale(*scale, arg, &expr.ty, scope),
            ExprKind::Lookup { .. } => return self.lookup(expr, scope),
        })
    }

    /// A condition.
    pub(super) fn condition(&mut self, expr: &plan::Expr, scope: &mut Scope) -> Result<Expr, Obstacle> {
        Ok(self.term(expr, scope)?.expr)
    }

    /// A condition that holds where it isn't asked.
    pub(super) fn holds_when(
        &mut self,
        holds: &plan::Expr,
        when: Option<&plan::Expr>,
        scope: &mut Scope,
    ) -> Result<Expr, Obstacle> {
        let holds = self.condition(holds, scope)?;
        let Some(when) = when else { return Ok(holds) };
        let when = self.condition(when, scope)?;
        Ok(Expr::Case(vec![(when, holds)], Some(Box::new(Expr::Flag(true)))))
    }

    fn case(
        &mut self,
        arms: &[(plan::Expr, plan::Expr)],
        otherwise: Option<&plan::Expr>,
        ty: &Ty,
        scope: &mut Scope,
    ) -> Translated {
        let mut made = Vec::new();
        for (condition, value) in arms {
            made.push((self.condition(condition, scope)?, self.term(value, scope)?));
        }
        let otherwise = otherwise.map(|value| self.term(value, scope)).transpose()?;
        Ok(choice(made, otherwise, &ty.base))
    }

    /// A scale written out: exact words first, then beginnings, the longest first.
    fn on_scale(&mut self, at: usize, arg: &plan::Expr, ty: &Ty, scope: &mut Scope) -> Translated {
        let Some(scale) = self.plan.scales.get(at) else { return Ok(Term::null(Kind::of(&ty.base))) };
        let term = self.term(arg, scope)?;
        let mut arms = Vec::new();
        if arg.ty.optional {
            arms.push((term.expr.clone().is_null(), Term::null(Kind::of(&ty.base))));
        }
        let result = |value: &Value| constant(value, &scale.ty.base);
        for (words, value) in grouped(&scale.words) {
            arms.push((term.expr.clone().among(words), result(&value)));
        }
        let mut patterns: Vec<_> = scale.patterns.iter().collect();
        patterns.sort_by_key(|(start, _)| std::cmp::Reverse(start.len()));
        for (start, value) in patterns {
            let args = vec![term.expr.clone(), Expr::Text(start.clone())];
            arms.push((self.phrase(Phrase::Starts, args, arg.span)?, result(value)));
        }
        for range in &scale.ranges {
            if let Some(condition) = within(&term.expr, range, scale) {
                arms.push((condition, result(&range.value)));
            }
        }
        let otherwise = if let Otherwise::Value(value) = &scale.otherwise { Some(result(value)) } else { None };
        match (arms.is_empty(), otherwise) {
            (true, Some(value)) => Ok(value),
            (_, otherwise) => Ok(choice(arms, otherwise, &ty.base)),
        }
    }

    /// A column of the row of an input that has a key: the input is joined, once for all its columns.
    fn lookup(&mut self, expr: &plan::Expr, scope: &mut Scope) -> Translated {
        let ExprKind::Lookup { input, unique, keys, day, column } = &expr.kind else {
            return Ok(Term::null(Kind::of(&expr.ty.base)));
        };
        let mut terms = Vec::new();
        for key in keys {
            terms.push(self.term(key, scope)?);
        }
        let day = day.as_ref().map(|day| self.term(day, scope)).transpose()?;
        let what = format!("{input} {unique} {terms:?} {day:?}");
        let rows = self.rows(*input)?;
        let known = scope.joined.iter().find(|(other, _)| *other == what).map(|(_, alias)| alias.clone());
        let alias = match known {
            Some(alias) => alias,
            None => {
                let name = self.plan.inputs.get(*input).map_or("", |input| &input.schema.name);
                let alias = scope.aliases.take(name);
                let on = self.joined_on((*input, *unique), &rows.fields, &alias, &terms, day.as_ref());
                scope.joins.push(Join::Left(Source::table(&rows.cte).called(alias.clone()), on));
                scope.joined.push((what, alias.clone()));
                alias
            }
        };
        let field = rows.fields.columns.get(column).map(|field| field.term(Some(&alias)));
        Ok(field.unwrap_or_else(|| Term::null(Kind::of(&expr.ty.base))))
    }

    fn joined_on(
        &self,
        (input, unique): (usize, usize),
        fields: &super::scope::Fields,
        alias: &Name,
        keys: &[Term],
        day: Option<&Term>,
    ) -> Expr {
        let Some(schema) = self.plan.inputs.get(input).map(|input| &input.schema) else { return Expr::Flag(false) };
        let Some(unique) = schema.unique.get(unique) else { return Expr::Flag(false) };
        let column = |at: &usize| fields.columns.get(at).map(|field| field.term(Some(alias)));
        let mut conditions = Vec::new();
        for (at, key) in unique.key.iter().zip(keys) {
            for (own, other) in
                column(at).iter().flat_map(|own| own.parts().cloned().collect::<Vec<_>>()).zip(key.parts())
            {
                conditions.push(own.infix(Infix::Equal, other.clone()));
            }
        }
        if let (Some(interval), Some(day)) = (&unique.interval, day) {
            let edge = |(at, edge): &(usize, Edge)| {
                let optional = schema.columns.get(*at).is_none_or(|spec| spec.ty.optional);
                column(at).map(|term| match (edge, term.last) {
                    (Edge::Latest, Some(last)) => (last, optional),
                    _ => (term.expr, optional),
                })
            };
            let open = |(edge, optional): (Expr, bool), condition: Expr| {
                if optional { edge.is_null().infix(Infix::Or, condition) } else { condition }
            };
            if let Some(from) = edge(&interval.from) {
                conditions.push(open(from.clone(), from.0.infix(Infix::LessOrEqual, day.expr.clone())));
            }
            if let Some(end) = edge(&interval.end) {
                let infix = if interval.inclusive { Infix::LessOrEqual } else { Infix::Less };
                conditions.push(open(end.clone(), day.expr.clone().infix(infix, end.0)));
            }
        }
        Expr::all(conditions).unwrap_or(Expr::Flag(true))
    }
}

/// Words with the same result together, in the order in which the results appear first.
fn grouped(words: &[(std::sync::Arc<str>, Value)]) -> Vec<(Vec<Expr>, Value)> {
    let mut groups: Vec<(Vec<Expr>, Value)> = Vec::new();
    for (word, value) in words {
        let word = Expr::Text(word.clone());
        match groups.iter_mut().find(|(_, other)| other == value) {
            Some((words, _)) => words.push(word),
            None => groups.push((vec![word], value.clone())),
        }
    }
    groups
}

/// Conditions, one of which holds where a scale lists a value.
pub(super) fn listed(dialect: &dyn Dialect, of: &Expr, scale: &Scale) -> Vec<Expr> {
    let words: Vec<Expr> = scale.words.iter().map(|(word, _)| Expr::Text(word.clone())).collect();
    let words = (!words.is_empty()).then(|| of.clone().among(words));
    let patterns = scale
        .patterns
        .iter()
        .filter_map(|(start, _)| dialect.phrase(Phrase::Starts, vec![of.clone(), Expr::Text(start.clone())]));
    let ranges = scale.ranges.iter().filter_map(|range| within(of, range, scale));
    words.into_iter().chain(patterns).chain(ranges).collect()
}

/// Whether a number lies in a range.
fn within(number: &Expr, range: &plan::Range, scale: &Scale) -> Option<Expr> {
    let low = range.low.map(|low| number.clone().infix(Infix::GreaterOrEqual, Expr::Decimal(low, scale.places)));
    let infix = if range.high_included { Infix::LessOrEqual } else { Infix::Less };
    let high = range.high.map(|high| number.clone().infix(infix, Expr::Decimal(high, scale.places)));
    Expr::all([low, high].into_iter().flatten()).or(Some(number.clone().is_known()))
}

/// A `CASE` over values of one type.
pub(super) fn choice(arms: Vec<(Expr, Term)>, otherwise: Option<Term>, ty: &Type) -> Term {
    let kinds = arms.iter().map(|(_, term)| term).chain(&otherwise).filter(|term| term.expr != Expr::Null);
    let kind = kinds.map(|term| term.kind).reduce(Kind::or).unwrap_or(Kind::of(ty));
    let part = |of: &dyn Fn(&Term) -> Expr| {
        let arms = arms.iter().map(|(condition, term)| (condition.clone(), of(term))).collect();
        let case = Expr::Case(arms, otherwise.as_ref().map(|term| Box::new(of(term))));
        match kind.types().first() {
            Some(ty @ SqlType::Decimal(..)) => case.cast(*ty),
            _ => case,
        }
    };
    let last = || part(&|term| term.last.clone().unwrap_or(Expr::Null));
    Term { kind, expr: part(&|term| term.expr.clone()), last: (kind == Kind::Partial).then(last) }
}

/// A value of a type.
pub(super) fn constant(value: &Value, ty: &Type) -> Term {
    let kind = Kind::of(ty);
    match (value, kind) {
        (Value::Number(units), Kind::Number(number)) => {
            Term::one(Kind::Number(Number::of(*units, number.places)), Expr::Decimal(*units, number.places))
        }
        (Value::Real(real), _) => Term::one(kind, Expr::Real(*real)),
        (Value::Text(text), _) => Term::one(kind, Expr::Text(text.clone())),
        (Value::Flag(flag), _) => Term::one(kind, Expr::Flag(*flag)),
        (Value::Date(day), _) => Term::one(kind, Expr::Day(*day)),
        (Value::Partial(first, last), _) => {
            Term { kind: Kind::Partial, expr: Expr::Day(*first), last: Some(Expr::Day(*last)) }
        }
        (Value::Period(year), Kind::Period(Period::Year)) => Term::one(kind, Expr::Integer(i64::from(*year))),
        (Value::Period(period), Kind::Period(of)) => Term::one(kind, Expr::Day(of.first_day(*period))),
        _ => Term::null(kind),
    }
}
