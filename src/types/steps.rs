//! The steps of a score, one function for each.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Checker;
use super::scope::{Scope, parts};
use super::tree::{Expr, Op, Open, Pick};
use crate::builtin::Builtin;
use crate::builtin::signature::unite;
use crate::diag::{Code, Diagnostic};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, StepKind};
use crate::value::words::{Empty, Verb};
use crate::value::{Period, Ty, Type, Value};

impl Checker<'_> {
    /// Types a step and changes the scope as it does. Where it has an error, what it should have set is marked, so that
    /// no step behind it is blamed.
    pub(super) fn step(&mut self, scope: &mut Scope, tree: &ast::Step) -> Option<Op> {
        let op = self.step_kind(scope, tree);
        if let (None, Some(rows)) = (&op, scope.rows()) {
            match &tree.kind {
                StepKind::Let(_) => {
                    rows.failed.insert(Arc::clone(&tree.label.node));
                }
                StepKind::Every(every) => {
                    let name =
                        every.rename.as_ref().map_or_else(|| every.period.node.word().into(), |name| name.node.clone());
                    rows.failed.insert(name);
                }
                StepKind::Set(Verb::Value, ..) => {
                    rows.value = None;
                    rows.value_failed = true;
                }
                StepKind::Set(..) | StepKind::Keep(..) | StepKind::Absorb(_) | StepKind::Check(_) => {}
            }
        }
        op
    }

    fn step_kind(&mut self, scope: &mut Scope, tree: &ast::Step) -> Option<Op> {
        match &tree.kind {
            StepKind::Let(expr) => {
                let expr = self.whole(scope, expr)?;
                let narrowed = scope.narrowing(&expr);
                let slot = self.slot(scope, &tree.label, expr.ty.clone(), parts(&expr), narrowed)?;
                Some(Op::Let { slot, expr })
            }
            StepKind::Keep(holds, when) => self.keep(scope, holds, when.as_ref()),
            StepKind::Every(every) => self.every(scope, every, tree),
            StepKind::Set(verb, expr, when) => self.set(scope, *verb, expr.as_ref(), when.as_ref(), tree.span),
            StepKind::Absorb(absorb) => self.absorb(scope, absorb, tree.span),
            StepKind::Check(check) => Some(Op::Check(self.row_check(scope, check)?)),
        }
    }

    fn keep(&mut self, scope: &mut Scope, holds: &ast::Expr, when: Option<&ast::Expr>) -> Option<Op> {
        let when = self.optional_condition(scope, when)?;
        let learnt = when.as_ref().map(|when| scope.learn(when, true)).unwrap_or_default();
        let holds = self.condition(scope, holds);
        scope.forget(learnt);
        let holds = holds?;
        let learnt = if when.is_none() { scope.learn(&holds, true) } else { Vec::new() };
        let rows = scope.rows()?;
        rows.keeps.extend(when.iter().map(|when| (when.clone(), Vec::new())));
        rows.keeps.push((holds.clone(), learnt));
        Some(Op::Keep { holds, when, of_units: false })
    }

    fn every(&mut self, scope: &mut Scope, tree: &ast::Every, step: &ast::Step) -> Option<Op> {
        let period = tree.period.node;
        let (from, end) = (self.whole(scope, &tree.from), self.whole(scope, &tree.end));
        let (from, end) = (self.full_date(from?, "earliest"), self.full_date(end?, "latest"));
        let (from, end) = (from?, end?);
        let open = match &tree.open {
            Some(open) => self.open(open, period)?,
            None if period == Period::Day => Open::AnyTime,
            None => {
                let message = format!("the step doesn't say in which {}s an interval counts", period.word());
                self.error(Code::NoValue, step.span, message, open_help(period));
                return None;
            }
        };
        let base = if period == Period::Day { Type::Date } else { Type::Period(period) };
        let word = Spanned::new(period.word().into(), tree.period.span);
        let name = tree.rename.as_ref().unwrap_or(&word);
        let slot = self.slot(scope, name, Ty::required(base), None, BTreeSet::new())?;
        Some(Op::Every { period, slot, from, end, inclusive: tree.inclusive, open })
    }

    fn full_date(&mut self, expr: Expr, instead: &str) -> Option<Expr> {
        match expr.ty.base {
            Type::Date => {
                if expr.ty.optional {
                    let found = Diagnostic::error(
                        Code::MayBeMissing,
                        expr.span,
                        "this date may be missing, and there is no clock",
                    );
                    self.problems.push(
                        found
                            .label(format!("{} that may be missing", expr.ty.base.described()))
                            .help("say what stands in for it: `latest(closed) else horizon`"),
                    );
                    return None;
                }
                Some(expr)
            }
            Type::Partial(_) => {
                let message = "this date may be known to the month or the year only";
                self.error(Code::PartialDate, expr.span, message, format!("say which day is meant: {instead}(…)"));
                None
            }
            other => {
                self.error(
                    Code::WrongType,
                    expr.span,
                    format!("an interval is of dates, this is {}", other.described()),
                    "name a date",
                );
                None
            }
        }
    }

    fn open(&mut self, tree: &Spanned<ast::Open>, period: Period) -> Option<Open> {
        let open = match tree.node {
            ast::Open::On { month, day } if period == Period::Year => Open::On { month, day },
            ast::Open::OnDay(day) if period == Period::Month => Open::OnDay(day),
            ast::Open::AnyTime => Open::AnyTime,
            ast::Open::All(other) if other == period => Open::Throughout,
            ast::Open::AtLeast(days) => Open::AtLeast(days),
            _ => {
                self.error(
                    Code::BadLiteral,
                    tree.span,
                    format!("this doesn't say on which days of a {}", period.word()),
                    open_help(period),
                );
                return None;
            }
        };
        Some(open)
    }

    fn set(
        &mut self,
        scope: &mut Scope,
        verb: Verb,
        tree: Option<&ast::Expr>,
        when: Option<&ast::Expr>,
        span: Span,
    ) -> Option<Op> {
        let when = self.optional_condition(scope, when)?;
        let stays = known_value(scope);
        let learnt = when.as_ref().map(|when| scope.learn(when, true)).unwrap_or_default();
        let before = self.value_before(scope, verb, span);
        let expr = match tree {
            Some(tree) => self.whole(scope, tree).map(Some),
            None => Some(None),
        };
        scope.forget(learnt);
        let (before, expr) = (before?, expr?);
        let mut ty = self.set_type(scope, verb, expr.as_ref(), before.as_ref(), span)?;
        if when.is_some() {
            let joined = match &stays {
                Some(old) => unite(&old.base, &ty.base).map(|base| Ty { base, optional: old.optional || ty.optional }),
                None => Some(Ty { optional: true, ..ty.clone() }),
            };
            ty = joined?;
        }
        scope.value_changes();
        let silent = expr.as_ref().filter(|expr| expr.ty.optional && !self.says_missing(expr)).cloned();
        let rows = scope.rows()?;
        rows.value = Some(ty.clone());
        rows.silent = silent;
        Some(Op::Set { verb, expr, when, ty, before: stays })
    }

    /// The value that the step finds where its `when` holds.
    fn value_before(&mut self, scope: &mut Scope, verb: Verb, span: Span) -> Option<Option<Ty>> {
        let before = known_value(scope);
        if verb == Verb::Value {
            return Some(before);
        }
        match &before {
            None if scope.rows()?.value_failed => None,
            None => {
                let help = "set the value first, with a step such as `points: value level(office)`";
                self.error(Code::ValueNotSet, span, "there is no value yet that this step could change", help);
                None
            }
            Some(ty) if ty.optional => {
                let help =
                    "drop such rows first (`keep known(value)`), or say what stands in for it (`value value else 0`)";
                self.error(Code::MayBeMissing, span, "the value that this step changes may be missing", help);
                None
            }
            Some(_) => Some(before),
        }
    }

    /// The type of the value after the step, where its `when` holds.
    fn set_type(
        &mut self,
        scope: &Scope,
        verb: Verb,
        expr: Option<&Expr>,
        before: Option<&Ty>,
        span: Span,
    ) -> Option<Ty> {
        let old = |ty: &Ty| Expr { kind: super::tree::ExprKind::Value, ty: ty.clone(), span };
        let half =
            Expr { kind: super::tree::ExprKind::Const(Value::Number(5)), ty: Ty::required(Type::Number(1)), span };
        let builtin = match verb {
            Verb::Value => {
                let expr = expr?;
                if !expr.ty.base.is_numeric() {
                    let message = format!("points are numbers, this is {}", expr.ty.base.described());
                    self.error(
                        Code::WrongType,
                        expr.span,
                        message,
                        "look the points up on a scale, or choose them with `case`",
                    );
                    return None;
                }
                return Some(expr.ty.clone());
            }
            Verb::Times | Verb::Halve => Builtin::Multiply,
            Verb::Plus => Builtin::Add,
            Verb::Cap => Builtin::Min,
            Verb::Floor => Builtin::Max,
        };
        let operand = expr.cloned().unwrap_or(half);
        if !operand.ty.base.is_numeric() {
            self.error(
                Code::WrongType,
                operand.span,
                format!("a number is expected here, this is {}", operand.ty.base.described()),
                "name a number or a param",
            );
            return None;
        }
        self.call(scope, builtin, vec![old(before?), operand], span).map(|call| call.ty)
    }

    /// Whether an expression is missing only where the scheme itself says `missing`: on a scale, or in a `case`.
    fn says_missing(&self, expr: &Expr) -> bool {
        use super::tree::ExprKind as K;
        let says = |expr: &Expr| !expr.ty.optional || self.says_missing(expr);
        match &expr.kind {
            K::Const(value) => !value.is_known(),
            K::Scale(id, arg) => says(arg) && self.scales.get(*id).is_some_and(|scale| scale.ty.optional),
            K::Case(arms, otherwise) => {
                arms.iter().all(|(_, value)| says(value)) && otherwise.as_ref().is_none_or(|value| says(value))
            }
            K::Call(Builtin::Round | Builtin::Abs | Builtin::Negate | Builtin::Floor, args, _) => args.iter().all(says),
            _ => false,
        }
    }

    fn absorb(&mut self, scope: &mut Scope, tree: &ast::Absorb, span: Span) -> Option<Op> {
        let known = scope.facts.contains("value");
        let value = scope.rows()?.value.clone();
        let Some(ty) = value else {
            if scope.rows()?.value_failed {
                return None;
            }
            let help = "set the value before, with a step such as `points: value level(office)`";
            self.error(Code::ValueNotSet, span, "the rows have no value yet by which one could absorb another", help);
            return None;
        };
        if ty.optional && !known {
            let help =
                "drop such rows first (`keep known(value)`), or say what stands in for it (`value value else 0`)";
            self.error(
                Code::MayBeMissing,
                span,
                "the value may be missing: which row absorbs the others can't be said",
                help,
            );
            return None;
        }
        if ty.base == Type::Real {
            self.error(
                Code::RealValue,
                span,
                "reals can't be ranked exactly",
                "round the value first: `value value round to 3`",
            );
            return None;
        }
        let keys: Vec<Option<Expr>> = tree.keys.iter().map(|key| self.key_expr(scope, key)).collect();
        let pick = match &tree.pick {
            ast::Pick::Highest => Some(Pick::Highest),
            ast::Pick::Lowest => Some(Pick::Lowest),
            ast::Pick::Strongest => Some(Pick::Strongest),
            ast::Pick::First(order) => self.order_expr(scope, order).map(Pick::First),
            ast::Pick::Last(order) => self.order_expr(scope, order).map(Pick::Last),
        };
        let keys = keys.into_iter().collect::<Option<Vec<_>>>()?;
        let empty = tree.empty.as_ref().map_or(Empty::Error, |empty| empty.node);
        let absorbed = self.absorbed(scope.rows()?, &keys, span);
        let rows = scope.rows()?;
        rows.absorbs.push(absorbed);
        // Each unit has a value: one of its rows' or, put back, 0.
        rows.value = Some(Ty::required(ty.base));
        let keeps = std::mem::take(&mut rows.keeps);
        if empty == Empty::Zero {
            scope.restored(&keeps);
        }
        Some(Op::Absorb { pick: pick?, keys, same: Vec::new(), empty })
    }

    fn key_expr(&mut self, scope: &mut Scope, tree: &ast::Expr) -> Option<Expr> {
        let expr = self.whole(scope, tree)?;
        let expr = self.required(expr)?;
        self.no_real(expr, "a unit")
    }

    fn order_expr(&mut self, scope: &mut Scope, tree: &ast::Expr) -> Option<Expr> {
        let expr = self.whole(scope, tree)?;
        let expr = self.required(expr)?;
        if matches!(expr.ty.base, Type::Partial(_)) {
            let message = "this date may be known to the month or the year only";
            self.error(Code::PartialDate, expr.span, message, "say which day is meant: earliest(…) or latest(…)");
            return None;
        }
        self.no_real(expr, "an order")
    }

    /// Sees to it that what must be the same exactly is no real.
    pub(super) fn no_real(&mut self, expr: Expr, what: &str) -> Option<Expr> {
        if expr.ty.base == Type::Real {
            self.error(
                Code::RealValue,
                expr.span,
                format!("{what} can't be made of reals, which are never exactly the same"),
                "round it first, with `round to N`",
            );
            return None;
        }
        Some(expr)
    }
}

/// The type of the value set so far, with what is known of it.
fn known_value(scope: &mut Scope) -> Option<Ty> {
    let known = scope.facts.contains("value");
    let mut ty = scope.rows()?.value.clone()?;
    ty.optional &= !known;
    Some(ty)
}

fn open_help(period: Period) -> &'static str {
    match period {
        Period::Year => "write `open on 07-01`, `open at any time`, `open all year` or `open at least 180 days`",
        Period::Month => "write `open on day 15`, `open at any time`, `open all month` or `open at least 10 days`",
        Period::Quarter => "write `open at any time`, `open all quarter` or `open at least 30 days`",
        Period::Week => "write `open at any time`, `open all week` or `open at least 3 days`",
        Period::Day => "write `open at any time`",
    }
}
