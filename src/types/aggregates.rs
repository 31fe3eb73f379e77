//! What an aggregation gives: the type of its result, its weights, and what is said of missing cells.

use super::Checker;
use super::scope::{Scope, ScopeKind};
use super::tree::{Expr, Source};
use crate::builtin::{Builtin, signature::Misfit};
use crate::diag::Code;
use crate::source::Span;
use crate::syntax::ast;
use crate::value::decimal::{MAX_PLACES, QUOTIENT_PLACES};
use crate::value::words::{Function, Policy};
use crate::value::{Ty, Type};

impl Checker<'_> {
    /// The type of the result, but for its weights.
    pub(super) fn aggregate_type(
        &mut self,
        tree: &ast::Aggregate,
        scope: &Scope,
        source: Source,
        span: Span,
    ) -> Option<Ty> {
        let value = match &scope.kind {
            ScopeKind::Rows(rows) => rows.value.clone()?,
            ScopeKind::Cells(cells) => cells.value.clone()?,
            ScopeKind::Constants => return None,
        };
        let function = tree.function.node;
        self.policy(tree, &value, source)?;
        if value.base == Type::Real && !matches!(function, Function::Count | Function::Only) {
            self.error(
                Code::RealValue,
                span,
                "reals, such as a logarithm, can't be brought together exactly",
                "round them first: `value ln(x) round to 6` in the score, or `round to 6` behind the formula of the index",
            );
            return None;
        }
        let mut ty = match function {
            Function::Sum => Ty::required(value.base),
            Function::Count => Ty::required(Type::Number(0)),
            Function::Mean | Function::HarmonicMean => Ty::optional(Type::Number(QUOTIENT_PLACES)),
            Function::GeometricMean => Ty::optional(Type::Real),
            Function::Min | Function::Max | Function::Only => Ty::optional(value.base),
        };
        ty.optional |= tree.missing.node.can_lack();
        Some(ty)
    }

    /// Whether it is said what becomes of missing cells, and only of such.
    fn policy(&mut self, tree: &ast::Aggregate, value: &Ty, source: Source) -> Option<()> {
        let policy = tree.missing.node;
        if matches!(source, Source::Score(_)) && policy.can_lack() {
            let message = "this is about the cells of an index";
            let help = format!(
                "units of `{}` without a value take no part in any case: leave it out, or ask how many have one with `count`",
                tree.source.node
            );
            self.error(Code::SkipMissing, tree.missing.span, message, help);
            return None;
        }
        let counts = tree.function.node == Function::Count;
        let said = policy != Policy::None || counts || tree.filter.as_ref().is_some_and(asks_whether_known);
        if value.optional && matches!(source, Source::Index(_)) && !said {
            let message = format!("cells of `{}` may be missing", tree.source.node);
            let help = "end it with `skip missing` to pass them over, with `skip missing if at least 2/3 present` to do so \
                        only where enough have a value, with `required` if one that is missing makes the result missing; \
                        or give the index a stand-in: `(x else 0)`";
            self.error(Code::SkipMissing, tree.source.span, message, help);
            return None;
        }
        Some(())
    }

    /// The weights: numbers that are never missing. A weighted sum has the places of both.
    pub(super) fn weight(
        &mut self,
        scope: &mut Scope,
        tree: &ast::Aggregate,
        weight: &ast::Expr,
        ty: &mut Ty,
    ) -> Option<Expr> {
        let function = tree.function.node;
        if !function.takes_weights() {
            let message = format!("`{}` can't be weighted", function.word());
            self.error(Code::WrongType, weight.span, message, "sum, mean, geomean and harmean can");
            return None;
        }
        let expr = self.whole(scope, weight)?;
        let expr = self.required(expr)?;
        let expr = self.no_real(expr, "weights")?;
        let Type::Number(places) = expr.ty.base else {
            let message = format!("a weight is a number, this is {}", expr.ty.base.described());
            self.error(
                Code::WrongType,
                expr.span,
                message,
                "look it up on a scale or in a table, or choose it with `case`",
            );
            return None;
        };
        if let (Function::Sum, Type::Number(own)) = (function, &ty.base) {
            let sum = own.saturating_add(places);
            if sum > MAX_PLACES {
                self.misfit(Builtin::Multiply, &[], Misfit::Places(u32::from(sum)), expr.span);
                return None;
            }
            ty.base = Type::Number(sum);
        }
        Some(expr)
    }
}

/// Whether a condition on cells says that only those with a value are taken: it asks, possibly among other things, for
/// `known(value)`.
pub(super) fn asks_whether_known(filter: &ast::Expr) -> bool {
    match &filter.kind {
        ast::ExprKind::Binary(ast::Binary::And, left, right) => asks_whether_known(left) || asks_whether_known(right),
        ast::ExprKind::Call(name, args) => {
            &*name.node == "known" && matches!(args.as_slice(), [ast::Expr { kind: ast::ExprKind::Value, .. }])
        }
        _ => false,
    }
}
