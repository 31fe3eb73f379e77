//! Expressions: binds names and finds types.

use std::sync::Arc;

use super::Checker;
use super::params::compare_values;
use super::scope::{Scope, ScopeKind};
use super::tree::{Expr, ExprKind};
use crate::builtin::{self, Builtin, Missing};
use crate::diag::{Code, Diagnostic};
use crate::resolve::Kind;
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, Binary};
use crate::value::decimal::MAX_PLACES;
use crate::value::{Ty, Type, Value};

/// The part of an expression for whose sake it may be missing: the innermost that is.
fn culprit(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::Call(builtin, args, _) if builtin.row().missing == Missing::Passes => {
            args.iter().find(|arg| arg.ty.optional).map_or(expr, culprit)
        }
        _ => expr,
    }
}

/// The built-in of an operator.
fn operator(binary: Binary) -> Builtin {
    match binary {
        Binary::Or => Builtin::Or,
        Binary::And => Builtin::And,
        Binary::Equal => Builtin::Equal,
        Binary::Different => Builtin::Different,
        Binary::Less => Builtin::Less,
        Binary::LessOrEqual => Builtin::LessOrEqual,
        Binary::Greater => Builtin::Greater,
        Binary::GreaterOrEqual => Builtin::GreaterOrEqual,
        Binary::Else => Builtin::Else,
        Binary::Add => Builtin::Add,
        Binary::Subtract => Builtin::Subtract,
        Binary::Multiply => Builtin::Multiply,
        Binary::Divide => Builtin::Divide,
    }
}

impl Checker<'_> {
    /// Types an expression. `None` where an error was reported.
    pub(super) fn expr(&mut self, scope: &mut Scope, tree: &ast::Expr) -> Option<Expr> {
        let waiting = scope.rows().map_or(0, |rows| rows.dead.len());
        let mut expr = self.expr_kind(scope, tree)?;
        if expr.ty.optional && scope.facts.contains(&expr.key()) {
            expr.ty.optional = false;
        }
        if let Some(rows) = scope.rows() {
            // What a unit was made of can be used as a whole, even if its columns can't.
            if rows.dead.len() > waiting && rows.absorbs.iter().all(|absorbed| absorbed.fixes(&expr)) {
                rows.dead.truncate(waiting);
            }
        }
        Some(expr)
    }

    /// Types a whole expression, and reports the columns in it that can't be used any more.
    pub(super) fn whole(&mut self, scope: &mut Scope, tree: &ast::Expr) -> Option<Expr> {
        let expr = self.expr(scope, tree);
        let dead = scope.rows().map(|rows| std::mem::take(&mut rows.dead)).unwrap_or_default();
        let lost = !dead.is_empty();
        dead.into_iter().for_each(|problem| self.problems.push(problem));
        expr.filter(|_| !lost)
    }

    /// Types a condition: a flag that is never missing.
    pub(super) fn condition(&mut self, scope: &mut Scope, tree: &ast::Expr) -> Option<Expr> {
        let expr = self.whole(scope, tree)?;
        if expr.ty.base != Type::Flag {
            let message = format!("a condition is expected here, this is {}", expr.ty.base.described());
            self.error(Code::WrongType, expr.span, message, "compare it with something, as in `kind = \"embassy\"`");
            return None;
        }
        self.required(expr)
    }

    /// Types a condition that may be left out: `when`, `where`. The outer `None` says that an error was reported.
    pub(super) fn optional_condition(&mut self, scope: &mut Scope, tree: Option<&ast::Expr>) -> Option<Option<Expr>> {
        match tree {
            Some(tree) => self.condition(scope, tree).map(Some),
            None => Some(None),
        }
    }

    /// Sees to it that an expression is never missing.
    pub(super) fn required(&mut self, expr: Expr) -> Option<Expr> {
        if expr.ty.optional {
            self.may_be_missing(&expr);
            return None;
        }
        Some(expr)
    }

    /// Says of an expression that it may be missing: points at the part that is the reason.
    pub(super) fn may_be_missing(&mut self, expr: &Expr) {
        let culprit = culprit(expr);
        let stand_in = match culprit.ty.base {
            Type::Number(_) | Type::Real => "(… else 0)",
            Type::Flag => "(… else no)",
            Type::Date | Type::Partial(_) => "(… else horizon)",
            Type::Period(_) => "(… else 2000)",
            _ => "(… else \"unknown\")",
        };
        let mut help =
            format!("say what stands in for it, `{stand_in}`, or ask first: `keep known(…)`, `known(…) and …`");
        if let ExprKind::Lookup(input, _, _, _, column) = culprit.kind {
            help.push_str(&self.must_be_found(input, column));
        }
        let found = Diagnostic::error(Code::MayBeMissing, culprit.span, "this may be missing");
        self.problems.push(found.label(format!("{} that may be missing", culprit.ty.base.described())).help(help));
    }

    fn expr_kind(&mut self, scope: &mut Scope, tree: &ast::Expr) -> Option<Expr> {
        use ast::ExprKind as K;
        let span = tree.span;
        let constant = |value, base| Some(Expr { kind: ExprKind::Const(value), ty: Ty::required(base), span });
        match &tree.kind {
            K::Number(units, places) => constant(Value::Number(*units), Type::Number(*places)),
            K::Text(text) => constant(Value::Text(Arc::clone(text)), Type::Category(vec![Arc::clone(text)].into())),
            K::Flag(flag) => constant(Value::Flag(*flag), Type::Flag),
            K::Date(day) => constant(Value::Date(*day), Type::Date),
            K::Period(kind, number) => constant(Value::Period(*number), Type::Period(*kind)),
            K::Value => self.value_word(scope, span),
            K::Name(name) => self.name(scope, &Spanned::new(Arc::clone(name), span)),
            K::Negate(arg) => {
                let arg = self.expr(scope, arg)?;
                self.call(scope, Builtin::Negate, vec![arg], span)
            }
            K::Not(arg) => {
                let arg = self.expr(scope, arg)?;
                self.call(scope, Builtin::Not, vec![arg], span)
            }
            K::Binary(binary, left, right) => self.binary(scope, operator(*binary), left, right, span),
            K::Within(binary, left, right, tolerance) => self.within(scope, *binary, left, right, tolerance, span),
            K::InList(value, list) => self.in_list(scope, value, list, span),
            K::InRange(value, low, high) => {
                let (value, low, high) = self.three(scope, value, low, high)?;
                self.forward(&low, &high, span)?;
                let above = self.call(scope, Builtin::GreaterOrEqual, vec![value.clone(), low], span)?;
                let below = self.call(scope, Builtin::LessOrEqual, vec![value, high], span)?;
                self.call(scope, Builtin::And, vec![above, below], span)
            }
            K::Round(value, places) => {
                let value = self.expr(scope, value)?;
                self.round(value, places, span)
            }
            K::Case(arms) => self.case(scope, arms, span),
            K::Call(name, args) => self.named_call(scope, name, args, span),
            K::Lookup(name, args, column) => self.lookup(scope, name, args, column, span),
            K::Aggregate(aggregate) => self.nested(scope, aggregate.function.node.word(), &aggregate.source, span),
            K::Over(over) => self.nested(scope, over.operation.word(), &over.source, span),
            K::Wrong => None,
        }
    }

    fn three(&mut self, scope: &mut Scope, a: &ast::Expr, b: &ast::Expr, c: &ast::Expr) -> Option<(Expr, Expr, Expr)> {
        let (a, b, c) = (self.expr(scope, a), self.expr(scope, b), self.expr(scope, c));
        Some((a?, b?, c?))
    }

    fn binary(
        &mut self,
        scope: &mut Scope,
        builtin: Builtin,
        left: &ast::Expr,
        right: &ast::Expr,
        span: Span,
    ) -> Option<Expr> {
        let left = self.expr(scope, left);
        // The right side is looked at only where the left has decided nothing: what that tells is known there.
        let learnt = match (&left, builtin) {
            (Some(left), Builtin::And) => scope.learn(left, true),
            (Some(left), Builtin::Or) => scope.learn(left, false),
            _ => Vec::new(),
        };
        let right = self.expr(scope, right);
        scope.forget(learnt);
        self.call(scope, builtin, vec![left?, right?], span)
    }

    /// Sees to it that a range of constants holds something.
    fn forward(&mut self, low: &Expr, high: &Expr, span: Span) -> Option<()> {
        let (a, b) = (self.constant(low), self.constant(high));
        let order = a.zip(b).and_then(|(a, b)| compare_values(&a, &low.ty.base, &b, &high.ty.base));
        if order.is_some_and(std::cmp::Ordering::is_gt) {
            self.error(Code::OutOfRange, span, "the range ends before it begins", "write the smaller value first");
            return None;
        }
        Some(())
    }

    fn in_list(&mut self, scope: &mut Scope, value: &ast::Expr, list: &[ast::Expr], span: Span) -> Option<Expr> {
        let value = self.expr(scope, value)?;
        let mut united: Option<Expr> = None;
        for item in list {
            let item = self.expr(scope, item)?;
            let item_span = item.span;
            let equal = self.call(scope, Builtin::Equal, vec![value.clone(), item], item_span)?;
            united = Some(match united {
                Some(before) => self.call(scope, Builtin::Or, vec![before, equal], span)?,
                None => equal,
            });
        }
        united
    }

    /// `a = b within t`: `|a - b| <= t`; `a <= b within t`: `a <= b + t`.
    fn within(
        &mut self,
        scope: &mut Scope,
        binary: Binary,
        left: &ast::Expr,
        right: &ast::Expr,
        tolerance: &ast::Expr,
        span: Span,
    ) -> Option<Expr> {
        let (left, right, tolerance) = self.three(scope, left, right, tolerance)?;
        match binary {
            Binary::Equal | Binary::Different => {
                let difference = self.call(scope, Builtin::Subtract, vec![left, right], span)?;
                let size = self.call(scope, Builtin::Abs, vec![difference], span)?;
                let builtin = if binary == Binary::Equal { Builtin::LessOrEqual } else { Builtin::Greater };
                self.call(scope, builtin, vec![size, tolerance], span)
            }
            Binary::Less | Binary::LessOrEqual => {
                let right = self.call(scope, Builtin::Add, vec![right, tolerance], span)?;
                self.call(scope, operator(binary), vec![left, right], span)
            }
            _ => {
                let left = self.call(scope, Builtin::Add, vec![left, tolerance], span)?;
                self.call(scope, operator(binary), vec![left, right], span)
            }
        }
    }

    /// `x round to N`.
    pub(super) fn round(&mut self, value: Expr, places: &Spanned<u32>, span: Span) -> Option<Expr> {
        let Some(to) = u8::try_from(places.node).ok().filter(|to| *to <= MAX_PLACES) else {
            let message = format!("a number has at most {MAX_PLACES} decimal places");
            self.error(Code::TooManyPlaces, places.span, message, "round to fewer");
            return None;
        };
        if !value.ty.base.is_numeric() {
            let message = format!("only a number can be rounded, this is {}", value.ty.base.described());
            self.error(Code::WrongType, value.span, message, "round a number");
            return None;
        }
        let ty = Ty { base: Type::Number(to), optional: value.ty.optional };
        let base = value.ty.base.clone();
        Some(Expr { kind: ExprKind::Call(Builtin::Round, vec![value], vec![base]), ty, span })
    }

    fn value_word(&mut self, scope: &mut Scope, span: Span) -> Option<Expr> {
        let (ty, help) = match &scope.kind {
            ScopeKind::Rows(rows) if rows.value_failed => return None,
            ScopeKind::Rows(rows) if rows.scored => (rows.value.clone(), "set it before, with a step `value …`"),
            ScopeKind::Cells(cells) => (cells.value.clone(), "name an index instead"),
            _ => (None, "there is no value here: name a column"),
        };
        if let Some(ty) = ty {
            return Some(Expr { kind: ExprKind::Value, ty, span });
        }
        self.error(Code::ValueNotSet, span, "the value isn't set here", help);
        None
    }

    fn name(&mut self, scope: &mut Scope, name: &ast::Name) -> Option<Expr> {
        let span = name.span;
        let found = match &mut scope.kind {
            ScopeKind::Constants => None,
            ScopeKind::Rows(_) => self.row_name(scope, name),
            ScopeKind::Cells(cells) => {
                let dim = cells.dims.iter().position(|dim| dim.name == name.node);
                let formula = cells.formula;
                let dim = dim.and_then(|at| cells.dims.get(at).map(|dim| (at, dim.ty.clone())));
                match dim {
                    Some((_, _)) if formula && self.scheme.find(&name.node, Kind::Index).is_some() => {
                        let message = format!("`{}` is an index and a dimension here", name.node);
                        self.error(Code::HiddenName, span, message, "rename the index, or the dimension with `as`");
                        return None;
                    }
                    Some((at, ty)) => Some(Expr { kind: ExprKind::Dim(at), ty, span }),
                    None if formula => match self.scheme.find(&name.node, Kind::Index) {
                        Some(id) => return self.index_operand(scope, id, span),
                        None => None,
                    },
                    None => None,
                }
            }
        };
        if found.is_some() {
            return found;
        }
        if let Some(id) = self.scheme.find(&name.node, Kind::Param) {
            self.use_item(Kind::Param, id);
            let param = self.params.get(id)?;
            return Some(Expr { kind: ExprKind::Param(id), ty: param.ty.clone(), span });
        }
        self.unknown_name(scope, name);
        None
    }

    fn row_name(&mut self, scope: &mut Scope, name: &ast::Name) -> Option<Expr> {
        let rows = scope.rows()?;
        if let Some(slot) = rows.slots.iter().position(|slot| slot.name == name.node) {
            rows.use_slot(slot);
            let ty = rows.slots.get(slot)?.ty.clone();
            return Some(Expr { kind: ExprKind::Slot(slot), ty, span: name.span });
        }
        let schema = &self.inputs.get(rows.input)?.schema;
        let column = schema.columns.iter().position(|column| column.name == name.node)?;
        let spec = schema.columns.get(column)?;
        if let Some(absorbed) = rows.lost_column(column) {
            let message = format!("`{}` may differ among the rows of a unit, which are one now", name.node);
            let found = Diagnostic::error(Code::NotInUnit, name.span, message).also(absorbed.span, "absorbed here");
            let help = format!(
                "if it is the same in all rows of a unit, say so in the input (`unit … has {}`); else absorb `per` it as well, or use it before",
                name.node
            );
            rows.dead.push(found.also(spec.span, "the column").help(help));
        }
        Some(Expr { kind: ExprKind::Column(column), ty: spec.ty.clone(), span: name.span })
    }

    fn named_call(&mut self, scope: &mut Scope, name: &ast::Name, args: &[ast::Expr], span: Span) -> Option<Expr> {
        let taken = self.scheme.find(&name.node, Kind::Scale).or_else(|| self.scheme.find(&name.node, Kind::Input));
        if taken.is_some() && builtin::function(&name.node).is_some() {
            // The declaration has an error: its name is that of a function, and nobody knows which of the two is meant.
            return None;
        }
        if let Some(row) = builtin::function(&name.node) {
            let typed: Vec<Option<Expr>> = args.iter().map(|arg| self.expr(scope, arg)).collect();
            return self.call(scope, row.builtin, typed.into_iter().collect::<Option<_>>()?, span);
        }
        if let Some(id) = self.scheme.find(&name.node, Kind::Scale) {
            return self.scale_call(scope, id, name, args, span);
        }
        if self.scheme.find(&name.node, Kind::Input).is_some() {
            let message = format!("`{}` is an input: say which of its columns you want", name.node);
            self.error(Code::WrongArguments, span, message, format!("write `{}(…).column`", name.node));
            return None;
        }
        self.unknown_function(name);
        None
    }
}
