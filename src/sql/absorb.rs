//! `absorb`: a `GROUP BY` that leaves one row of each unit.

use super::ast::{Expr, Infix, SqlType};
use super::cells::is_constant;
use super::dialect::Phrase;
use super::scope::{Fields, Scope};
use super::score::{Frame, Used, as_column, looks_up, value_name};
use super::shape::{Field, Kind};
use super::{Obstacle, Translation};
use crate::plan::{Empty, Op, Pick, Score, Step};
use crate::value::Ty;

impl Translation<'_> {
    /// The units: what is used of each is the same in its rows; the value is that of the row that counts.
    pub(super) fn absorb(
        &mut self,
        score: &Score,
        step: &Step,
        frame: &Frame,
        used: &Used,
        value: Option<&Ty>,
    ) -> Result<Frame, Obstacle> {
        let Op::Absorb { pick, keys, empty, .. } = &step.op else { return Ok(frame.clone()) };
        let joined = super::score::has_lookup(step);
        let alias = joined.then(|| "r".into());
        let mut scope = Scope::over(&frame.fields, alias.as_ref());
        let live = frame.live.as_ref().map(|name| Expr::Column(alias.clone(), name.clone()));
        let mut group = Vec::new();
        let mut plain = Vec::new();
        for key in keys {
            let term = self.term(key, &mut scope)?;
            if !looks_up(key)
                && let Expr::Column(..) = term.expr
            {
                plain.push(term.clone());
            }
            group.extend(term.parts().cloned());
        }
        let mut made = Frame { fields: Fields::default(), live: None, ..frame.clone() };
        let mut columns = Vec::new();
        let carried = |field: &Field, of_rows: bool| {
            let term = field.term(alias.as_ref());
            let of_key = plain.contains(&term);
            let one = |(expr, ty): (&Expr, SqlType)| match &live {
                _ if of_key => expr.clone(),
                // What a unit has is the same in all its rows; what steps made may differ in those dropped.
                Some(live) if of_rows => {
                    let counted = expr.clone().only_when(live.clone());
                    self.dialect.any(counted, ty).or_else(self.dialect.any(expr.clone(), ty))
                }
                _ => self.dialect.any(expr.clone(), ty),
            };
            term.parts().zip(field.kind.types()).map(one).zip(field.names().cloned()).collect::<Vec<_>>()
        };
        for (at, field) in frame.fields.columns.iter().filter(|(at, _)| used.columns.contains(at)) {
            columns.extend(carried(field, false));
            made.fields.columns.insert(*at, field.clone());
        }
        for (at, field) in frame.fields.slots.iter().filter(|(at, _)| used.slots.contains(at)) {
            columns.extend(carried(field, true));
            made.fields.slots.insert(*at, field.clone());
        }
        if let (Some(field), Some(_), true) = (&frame.fields.value, value, used.value) {
            let picked = self.picked(pick, field, live.as_ref(), &mut scope, step)?;
            let name = value_name(frame, &mut made.names);
            let ty = field.kind.types().first().copied().unwrap_or(SqlType::Text);
            columns.push((as_column(&picked, ty), name.clone()));
            made.fields.value = Some(Field { name, ..field.clone() });
        }
        let mut select = scope.select_from(&frame.cte, alias.as_ref());
        if let (Some(live), Empty::Zero) = (&live, empty) {
            // A dropped row whose key isn't known is of no unit.
            let known = Expr::all(group.iter().map(|key| key.clone().is_known()));
            select.filter = Expr::any([Some(live.clone()), known].into_iter().flatten());
        }
        if let (Some(live), true) = (&live, *empty != Empty::Zero) {
            select.filter = Some(live.clone());
        }
        if columns.is_empty() {
            columns.push((Expr::Call("count", vec![Expr::Star]), made.names.take("row")));
        }
        select.columns = columns;
        // Engines don't group by constants: without them all rows are one unit, if there are any.
        let group: Vec<Expr> = group.into_iter().filter(|key| !is_constant(key)).collect();
        select.having =
            group.is_empty().then(|| Expr::Call("count", vec![Expr::Star]).infix(Infix::Greater, Expr::Integer(0)));
        select.group = group;
        made.cte = self.push_step(score, step, select);
        if used.live {
            made.live = None;
        }
        Ok(made)
    }

    /// The value of the row that counts; 0 for a unit of which no row does, where that is said.
    fn picked(
        &mut self,
        pick: &Pick,
        field: &Field,
        live: Option<&Expr>,
        scope: &mut Scope,
        step: &Step,
    ) -> Result<Expr, Obstacle> {
        let term = scope.value.clone().unwrap_or_else(|| field.term(None));
        let value = match live {
            Some(live) => term.expr.only_when(live.clone()),
            None => term.expr,
        };
        let call = |name: &'static str| Expr::Call(name, vec![value.clone()]);
        let picked = match pick {
            _ if field.kind == Kind::Flag => self.dialect.any(value.clone(), SqlType::Flag),
            Pick::Highest => call("max"),
            Pick::Lowest => call("min"),
            Pick::Strongest => {
                let size = |of: Expr| self.phrase(Phrase::Abs, vec![of], step.span);
                let positive = call("max").infix(Infix::GreaterOrEqual, size(call("min"))?);
                Expr::Case(vec![(positive, call("max"))], Some(Box::new(call("min"))))
            }
            Pick::First(order) | Pick::Last(order) => {
                let order = self.term(order, scope)?;
                if order.last.is_some() {
                    let help =
                        Some("order by their first days, `earliest(…)`, or their last ones, `latest(…)`".to_owned());
                    return Err(Obstacle { help, ..Obstacle::new("an order by partial dates", step.span) });
                }
                let counts = value.clone().is_known().infix(Infix::And, order.expr.clone().is_known());
                let descending = matches!(pick, Pick::Last(_));
                // Rows that have no place in the order count where no other does.
                self.dialect.first(value.clone(), order.expr, descending, counts).or_else(call("max"))
            }
        };
        let Some(live) = live else { return Ok(picked) };
        let one = Expr::Case(vec![(live.clone(), Expr::Integer(1))], Some(Box::new(Expr::Integer(0))));
        let any = Expr::Call("max", vec![one]).infix(Infix::Equal, Expr::Integer(1));
        Ok(Expr::Case(vec![(any, picked)], Some(Box::new(Expr::Decimal(0, field.kind.number().places)))))
    }
}
