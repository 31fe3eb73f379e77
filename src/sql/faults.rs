//! What can go wrong in a score or an index, as conditions on its rows: words that no scale lists, functions without a
//! result, backward intervals, units that lose every row or whose rows differ, cells that can't be made.

mod cells;

use super::ast::{Expr, From, Infix, Join, Name, Select, Source};
use super::checks::{Findings, differ, problem, shown};
use super::expr::listed;
use super::scope::Scope;
use super::score::Frame;
use super::shape::{Kind, Term};
use super::{Obstacle, Translation};
use crate::builtin::Builtin;
use crate::plan::{Empty, Expr as PlanExpr, ExprKind, Op, Otherwise, Pick, Score, Step};

/// When an expression is reached: where another holds, doesn't hold, or is missing.
#[derive(Clone, Copy)]
enum Reached<'e> {
    Where(&'e PlanExpr),
    WhereNot(&'e PlanExpr),
    WhereMissing(&'e PlanExpr),
}

/// An expression that may have no result, and when it is reached.
struct Fault<'e> {
    expr: &'e PlanExpr,
    reached: Vec<Reached<'e>>,
}

/// Finds the parts of an expression that may have no result.
fn faults<'e>(expr: &'e PlanExpr, reached: &[Reached<'e>], found: &mut Vec<Fault<'e>>) {
    match &expr.kind {
        ExprKind::Call(builtin @ (Builtin::And | Builtin::Or | Builtin::Else), args) => {
            let mut reached = reached.to_vec();
            for arg in args {
                faults(arg, &reached, found);
                reached.push(match builtin {
                    Builtin::And => Reached::Where(arg),
                    Builtin::Or => Reached::WhereNot(arg),
                    _ => Reached::WhereMissing(arg),
                });
            }
        }
        ExprKind::Call(builtin, args) => {
            args.iter().for_each(|arg| faults(arg, reached, found));
            if matches!(builtin, Builtin::Ln | Builtin::Sqrt | Builtin::GeometricMean) {
                found.push(Fault { expr, reached: reached.to_vec() });
            }
        }
        ExprKind::Case { arms, otherwise } => {
            let mut reached = reached.to_vec();
            for (condition, value) in arms {
                faults(condition, &reached, found);
                faults(value, &[reached.as_slice(), &[Reached::Where(condition)]].concat(), found);
                reached.push(Reached::WhereNot(condition));
            }
            otherwise.iter().for_each(|value| faults(value, &reached, found));
        }
        ExprKind::Scale { arg, .. } => {
            faults(arg, reached, found);
            found.push(Fault { expr, reached: reached.to_vec() });
        }
        ExprKind::Lookup { keys, day, .. } => {
            keys.iter().for_each(|key| faults(key, reached, found));
            day.iter().for_each(|day| faults(day, reached, found));
        }
        _ => {}
    }
}

/// The expressions of a step, each with the condition under which the step looks at it.
fn of_step<'e>(step: &'e Step, found: &mut Vec<Fault<'e>>) {
    let mut under = |expr: &'e PlanExpr, when: &'e Option<PlanExpr>| {
        when.iter().for_each(|when| faults(when, &[], found));
        let reached: Vec<Reached<'e>> = when.iter().map(Reached::Where).collect();
        faults(expr, &reached, found);
    };
    match &step.op {
        Op::Let { expr, .. } => under(expr, &None),
        Op::Keep { holds, when, .. } => under(holds, when),
        Op::Set { expr, when, .. } => under(expr, when),
        Op::Check(check) => under(&check.holds, &check.when),
        Op::Every { from, end, .. } => {
            under(from, &None);
            under(end, &None);
        }
        Op::Absorb { pick, keys, .. } => {
            keys.iter().for_each(|key| under(key, &None));
            if let Pick::First(order) | Pick::Last(order) = pick {
                under(order, &None);
            }
        }
    }
}

impl Translation<'_> {
    /// What can go wrong in the steps of a score.
    pub(super) fn check_score(&mut self, at: usize, found: &mut Findings) -> Result<(), Obstacle> {
        let plan = self.plan;
        let Some(score) = plan.scores.get(at) else { return Ok(()) };
        let frames = self.frames(at)?;
        if let Some(last) = frames.last() {
            self.scored.insert(at, last.clone());
        }
        for (step, frame) in score.steps.iter().zip(&frames) {
            let place = format!("{}.{}", score.name, step.label);
            let mut possible = Vec::new();
            of_step(step, &mut possible);
            for fault in possible {
                self.check_fault(&fault, frame, &place, found)?;
            }
            self.check_step(score, step, frame, &place, found)?;
        }
        Ok(())
    }

    fn check_fault(
        &mut self,
        fault: &Fault<'_>,
        frame: &Frame,
        place: &str,
        found: &mut Findings,
    ) -> Result<(), Obstacle> {
        let alias: Option<Name> = Some("r".into());
        let mut scope = Scope::over(&frame.fields, alias.as_ref());
        let Some((problem, value, condition)) = self.faulty(fault, &mut scope)? else { return Ok(()) };
        let live = frame.live.as_ref().map(|name| Expr::Column(alias.clone(), name.clone()));
        let filter = Expr::all(live.into_iter().chain([condition]));
        let select = Select { filter, ..scope.select_from(&frame.cte, alias.as_ref()) };
        found.add_select(problem, place, Some(value), select);
        Ok(())
    }

    /// The code of a fault, the value that causes it, and for which rows it is one; none if there can't be one.
    fn faulty(&mut self, fault: &Fault<'_>, scope: &mut Scope) -> Result<Option<(&'static str, Expr, Expr)>, Obstacle> {
        let mut conditions = Vec::new();
        for reached in &fault.reached {
            conditions.push(match reached {
                Reached::Where(expr) => self.condition(expr, scope)?,
                Reached::WhereNot(expr) => self.condition(expr, scope)?.negated(),
                Reached::WhereMissing(expr) => self.condition(expr, scope)?.is_null(),
            });
        }
        let (problem, value, wrong) = match &fault.expr.kind {
            ExprKind::Scale { scale, arg } => {
                let scale = self.plan.scales.get(*scale);
                let Some(scale) = scale.filter(|scale| matches!(scale.otherwise, Otherwise::Error)) else {
                    return Ok(None);
                };
                let arg = self.term(arg, scope)?.expr;
                let listed = Expr::any(listed(self.dialect, &arg, scale)).unwrap_or(Expr::Flag(false));
                let unlisted = arg.clone().is_known().infix(Infix::And, listed.negated());
                ("not_on_scale", arg, unlisted)
            }
            ExprKind::Call(builtin, args) => {
                let infix = if *builtin == Builtin::Ln { Infix::LessOrEqual } else { Infix::Less };
                let mut wrong = Vec::new();
                let mut value = Expr::Null;
                for arg in args {
                    let arg = self.term(arg, scope)?.expr;
                    value = arg.clone();
                    wrong.push(arg.infix(infix, Expr::Real(0.0)));
                }
                ("not_finite", value, Expr::any(wrong).unwrap_or(Expr::Flag(false)))
            }
            _ => return Ok(None),
        };
        // Conditions are taken one behind the other: where one doesn't hold, the next might have no result.
        let all = conditions
            .into_iter()
            .rev()
            .fold(wrong, |inner, condition| Expr::Case(vec![(condition, inner)], Some(Box::new(Expr::Flag(false)))));
        Ok(Some((problem, value, all)))
    }

    fn check_step(
        &mut self,
        score: &Score,
        step: &Step,
        frame: &Frame,
        place: &str,
        found: &mut Findings,
    ) -> Result<(), Obstacle> {
        let alias: Option<Name> = Some("r".into());
        let mut scope = Scope::over(&frame.fields, alias.as_ref());
        let live = frame.live.as_ref().map(|name| Expr::Column(alias.clone(), name.clone()));
        let of_rows = |wrong: Expr| Expr::all(live.clone().into_iter().chain([wrong]));
        match &step.op {
            Op::Check(check) => {
                let fails = self.fails(check, &mut scope)?;
                let select = Select { filter: of_rows(fails), ..scope.select_from(&frame.cte, alias.as_ref()) };
                found.add_select(problem(check.severity), &check.message, None, select);
            }
            Op::Every { from, end, .. } => {
                let (from, end) = (self.condition(from, &mut scope)?, self.condition(end, &mut scope)?);
                let backward = end.clone().infix(Infix::Less, from);
                let select = Select { filter: of_rows(backward), ..scope.select_from(&frame.cte, alias.as_ref()) };
                found.add_select("backward_interval", place, Some(end), select);
            }
            Op::Absorb { .. } => self.check_absorb(score, step, frame, place, found)?,
            _ => {}
        }
        Ok(())
    }

    /// Units that lose all their rows, or whose rows differ where they must not.
    fn check_absorb(
        &mut self,
        score: &Score,
        step: &Step,
        frame: &Frame,
        place: &str,
        found: &mut Findings,
    ) -> Result<(), Obstacle> {
        let Op::Absorb { pick, keys, same, empty } = &step.op else { return Ok(()) };
        let alias: Option<Name> = Some("r".into());
        let live = frame.live.as_ref().map(|name| Expr::Column(alias.clone(), name.clone()));
        let key_terms = |this: &mut Self, scope: &mut Scope| -> Result<Vec<Term>, Obstacle> {
            keys.iter().map(|key| this.term(key, scope)).collect()
        };
        if let (Some(live), Empty::Error) = (&live, empty) {
            let mut scope = Scope::over(&frame.fields, alias.as_ref());
            let terms = key_terms(self, &mut scope)?;
            let group: Vec<Expr> = terms.iter().flat_map(|term| term.parts().cloned().collect::<Vec<_>>()).collect();
            let one = Expr::Case(vec![(live.clone(), Expr::Integer(1))], Some(Box::new(Expr::Integer(0))));
            let lost = Expr::Call("max", vec![one]).infix(Infix::Equal, Expr::Integer(0));
            let filter = Expr::all(group.iter().map(|key| key.clone().is_known()));
            let select = Select { group, filter, having: Some(lost), ..scope.select_from(&frame.cte, alias.as_ref()) };
            found.add_select("empty_unit", place, shown(&terms), select);
        }
        for field in same.iter().filter_map(|slot| frame.fields.slots.get(slot).map(|field| (slot, field))) {
            let (slot, field) = field;
            let mut scope = Scope::over(&frame.fields, alias.as_ref());
            let terms = key_terms(self, &mut scope)?;
            let group: Vec<Expr> = terms.iter().flat_map(|term| term.parts().cloned().collect::<Vec<_>>()).collect();
            let differs = Expr::any(field.term(alias.as_ref()).parts().map(differ));
            let name = score.slots.get(*slot).map_or("", |slot| &slot.name);
            let from = scope.select_from(&frame.cte, alias.as_ref());
            let select = Select { group, filter: live.clone(), having: differs, ..from };
            found.add_select(&format!("values_differ in {name}"), place, shown(&terms), select);
        }
        if let (Pick::First(order) | Pick::Last(order), Some(value)) = (pick, &frame.fields.value) {
            let mut scope = Scope::over(&frame.fields, alias.as_ref());
            let terms = key_terms(self, &mut scope)?;
            let order = self.term(order, &mut scope)?;
            let value = value.term(alias.as_ref()).expr;
            let known = [live, Some(value.clone().is_known()), Some(order.expr.clone().is_known())];
            let rows = Select {
                filter: Expr::all(known.into_iter().flatten()),
                ..scope.select_from(&frame.cte, alias.as_ref())
            };
            let best = if matches!(pick, Pick::First(_)) { "min" } else { "max" };
            ties(&terms, (order.expr, best), value, rows, place, found);
        }
        Ok(())
    }
}

/// Units in which the rows that come first in an order have different values.
fn ties(
    keys: &[Term],
    (order, best): (Expr, &'static str),
    value: Expr,
    rows: Select,
    place: &str,
    found: &mut Findings,
) {
    let parts: Vec<Expr> = keys.iter().flat_map(|term| term.parts().cloned().collect::<Vec<_>>()).collect();
    let names: Vec<Name> = (1..=parts.len()).map(|at| format!("key_{at}").into()).collect();
    let (o, v): (Name, Name) = ("place".into(), "points".into());
    let mut columns: Vec<(Expr, Name)> = parts.into_iter().zip(names.iter().cloned()).collect();
    columns.push((order, o.clone()));
    columns.push((value, v.clone()));
    let inner = Select { columns, ..rows };
    let sub = |select: Select, alias: &str| Source {
        from: From::Query(Box::new(select.into())),
        alias: Some(alias.into()),
        columns: vec![],
    };
    let own = |names: &[Name]| names.iter().map(|name| (Expr::name(name), name.clone())).collect::<Vec<_>>();
    let grouped = |with: Vec<(Expr, Name)>, group: Vec<Expr>, having: Option<Expr>| Select {
        columns: with,
        from: Some(sub(inner.clone(), "t")),
        group,
        having,
        ..Select::default()
    };
    let group: Vec<Expr> = names.iter().map(Expr::name).collect();
    let call = |name: &'static str, of: &Name| Expr::Call(name, vec![Expr::name(of)]);
    let first = grouped([own(&names), vec![(call(best, &o), o.clone())]].concat(), group.clone(), None);
    let mut with_order = own(&names);
    with_order.push((Expr::name(&o), o.clone()));
    let differing = grouped(
        with_order,
        [group, vec![Expr::name(&o)]].concat(),
        Some(call("min", &v).infix(Infix::Different, call("max", &v))),
    );
    let column = |alias: &str, name: &Name| Expr::Column(Some(alias.into()), name.clone());
    let on = names.iter().chain([&o]).map(|name| column("a", name).infix(Infix::Same, column("b", name)));
    let select = Select {
        from: Some(sub(differing, "a")),
        joins: vec![Join::Inner(sub(first, "b"), Expr::all(on).unwrap_or(Expr::Flag(true)))],
        ..Select::default()
    };
    let terms: Vec<Term> = names.iter().zip(keys).map(|(name, _)| Term::one(Kind::Text, column("a", name))).collect();
    found.add_select("values_differ", place, shown(&terms), select);
}
