//! Operations over a dimension: the index, the dimension, what can be done along it, and the type of the result.

use super::Checker;
use super::scope::{Cells, Scope, ScopeKind};
use super::tree::{Dim, Expr, ExprKind, Index, Over};
use crate::builtin::signature::unite;
use crate::diag::{Code, Diagnostic};
use crate::resolve::Kind;
use crate::source::Span;
use crate::syntax::ast;
use crate::value::decimal::{MAX_PLACES, QUOTIENT_PLACES};
use crate::value::over::{Filling, Operation, Reference, Ties, is_in_time};
use crate::value::words::Function;
use crate::value::{Ty, Type, Value};

impl Checker<'_> {
    /// Types an operation over a dimension.
    pub(super) fn over(&mut self, tree: &ast::Over, span: Span) -> Option<Expr> {
        let source = self.over_source(&tree.source)?;
        self.use_item(Kind::Index, source);
        let index = self.indices.get(source)?.as_ref()?.clone();
        let along = self.along(tree, &index)?;
        let dim = index.dims.get(along)?;
        self.goes_along(tree, dim)?;
        self.can_be_missing(tree, &index)?;
        self.can_be_real(tree, &index)?;
        let operation = self.operation(&tree.operation, &index, dim)?;
        let ty = self.over_type(tree, &operation, &index.ty, span)?;
        let over = Over { source, along, dims: index.dims, operation };
        Some(Expr { kind: ExprKind::Over(Box::new(over)), ty, span })
    }

    fn over_source(&mut self, name: &ast::Name) -> Option<usize> {
        if let Some(id) = self.scheme.find(&name.node, Kind::Index) {
            return Some(id);
        }
        if let Some(id) = self.scheme.find(&name.node, Kind::Score) {
            self.use_item(Kind::Score, id);
            let message = format!("`{}` is a score: an operation over a dimension is done on an index", name.node);
            let help =
                format!("bring its units together first, `index … = sum {} by …`, and name that index", name.node);
            self.error(Code::UnknownIndex, name.span, message, help);
            return None;
        }
        let found = self.scheme.unknown(name, Kind::Index, Code::UnknownIndex);
        self.problems.push(found);
        None
    }

    /// The dimension.
    fn along(&mut self, tree: &ast::Over, index: &Index) -> Option<usize> {
        let found = index.dims.iter().position(|dim| dim.name == tree.along.node);
        if found.is_none() {
            let names: Vec<String> = index.dims.iter().map(|dim| format!("`{}`", dim.name)).collect();
            let message = format!("`{}` is no dimension of `{}`", tree.along.node, index.name);
            let help = match names.as_slice() {
                [] => format!("`{}` has no dimension: give it one with `by`", index.name),
                names => format!("its dimensions are {}", names.join(", ")),
            };
            let found = Diagnostic::error(Code::WrongDimensions, tree.along.span, message);
            self.problems.push(found.also(index.span, "the index").help(help));
        }
        found
    }

    /// Whether there is a next value of the dimension, where one is needed.
    fn goes_along(&mut self, tree: &ast::Over, dim: &Dim) -> Option<()> {
        if !tree.operation.is_in_time() || is_in_time(&dim.ty.base) {
            return Some(());
        }
        let word = tree.operation.word();
        let message =
            format!("`{word}` goes from one value to the next, `{}` is {}", dim.name, dim.ty.base.described());
        let help = "take a dimension of years, quarters, months, weeks, dates or whole numbers";
        self.error(Code::WrongType, tree.along.span, message, help);
        None
    }

    /// Whether it is said what becomes of missing cells.
    fn can_be_missing(&mut self, tree: &ast::Over, index: &Index) -> Option<()> {
        let word = tree.operation.word();
        match &tree.operation {
            Operation::Cumulative { skip_missing } | Operation::Decay { skip_missing, .. }
                if index.ty.optional && !skip_missing =>
            {
                let message = format!("cells of `{}` may be missing", tree.source.node);
                let help = "add `skip missing` to pass them over, or fill them first: `carry`, `fill`, `(x else 0)`";
                self.error(Code::SkipMissing, tree.source.span, message, help);
                None
            }
            Operation::Carry { .. } | Operation::Fill { .. } if !index.ty.optional => {
                let message = format!("cells of `{}` are never missing", tree.source.node);
                let found = Diagnostic::warning(Code::NeverMissing, tree.source.span, message);
                self.problems.push(found.help(format!("leave `{word}` out")));
                Some(())
            }
            _ => Some(()),
        }
    }

    fn can_be_real(&mut self, tree: &ast::Over, index: &Index) -> Option<()> {
        let copies = matches!(
            tree.operation,
            Operation::Lag { .. } | Operation::Carry { .. } | Operation::Rolling { function: Function::Count, .. }
        );
        if index.ty.base != Type::Real || copies {
            return Some(());
        }
        let message = format!("`{}` is a real, which is never exactly equal to another", index.name);
        let help = format!("round it first: `round to 6` behind the formula of `{}`", index.name);
        self.error(Code::RealValue, tree.source.span, message, help);
        None
    }

    fn operation(&mut self, tree: &Operation<ast::Expr>, index: &Index, dim: &Dim) -> Option<Operation<Expr>> {
        let cells = Cells { dims: index.dims.clone(), ..Cells::default() };
        let scope = &mut Scope::new(ScopeKind::Cells(cells));
        Some(match tree {
            Operation::MinMax { from: Some((low, high)), to, places, capped } => {
                let (low, high) = (self.goalpost(scope, low), self.goalpost(scope, high));
                let (low, high) = (low?, high?);
                if let (Some(a), Some(b)) = (self.constant(&low), self.constant(&high))
                    && super::params::compare_values(&a, &low.ty.base, &b, &high.ty.base)
                        .is_some_and(std::cmp::Ordering::is_eq)
                {
                    let help = "say from where to where, as in `from 20..85`";
                    self.error(Code::DivisionByZero, low.span.to(high.span), "both ends are the same", help);
                    return None;
                }
                Operation::MinMax { from: Some((low, high)), to: *to, places: *places, capped: *capped }
            }
            Operation::Distance { to: Reference::At(at) } => {
                let value = self.literal(at, &dim.ty.base)?;
                let expr = Expr { kind: ExprKind::Const(value), ty: dim.ty.clone(), span: at.span };
                Operation::Distance { to: Reference::At(expr) }
            }
            Operation::Decay { half_life, skip_missing } => {
                let half_life = self.half_life(half_life)?;
                Operation::Decay { half_life, skip_missing: *skip_missing }
            }
            Operation::Fill { function, by } => {
                let mut typed = Vec::new();
                for part in by {
                    let expr = self.whole(scope, part)?;
                    let expr = self.required(expr)?;
                    typed.push(self.no_real(expr, "a group")?);
                }
                Operation::Fill { function: *function, by: typed }
            }
            // What has no expressions is the same in both trees.
            other => other.map(&mut |expr: &ast::Expr| Expr {
                kind: ExprKind::Const(Value::Missing),
                ty: Ty::optional(Type::Number(0)),
                span: expr.span,
            }),
        })
    }

    /// An end from which to scale: a number, which may be missing.
    fn goalpost(&mut self, scope: &mut Scope, tree: &ast::Expr) -> Option<Expr> {
        let expr = self.whole(scope, tree)?;
        let expr = self.no_real(expr, "a goalpost")?;
        if !matches!(expr.ty.base, Type::Number(_)) {
            let message = format!("a number is expected here, this is {}", expr.ty.base.described());
            self.error(
                Code::WrongType,
                expr.span,
                message,
                "write a number, a param, or look it up: `goal(indicator).low`",
            );
            return None;
        }
        Some(expr)
    }

    /// A half-life: a number above 0, of constants and parameters.
    fn half_life(&mut self, tree: &ast::Expr) -> Option<Expr> {
        let expr = self.whole(&mut Scope::new(ScopeKind::Constants), tree)?;
        let value = self.constant(&expr).filter(|_| matches!(expr.ty.base, Type::Number(_)));
        if !matches!(value, Some(Value::Number(units)) if units > 0) {
            let message = "a half-life is a number of periods above 0";
            self.error(Code::OutOfRange, expr.span, message, "write a number such as 3, or a param");
            return None;
        }
        Some(expr)
    }

    fn over_type(&mut self, tree: &ast::Over, operation: &Operation<Expr>, source: &Ty, span: Span) -> Option<Ty> {
        let own = if let Type::Number(places) = source.base { places } else { 0 };
        let exact = |places: u8, optional| Ty { base: Type::Number(places), optional };
        let quotient = QUOTIENT_PLACES;
        Some(match operation {
            Operation::Rank { ties, .. } => exact(u8::from(*ties == Ties::Average), source.optional),
            Operation::MinMax { from, places, .. } => {
                let mut ends = from.iter().flat_map(|(low, high)| [&low.ty.base, &high.ty.base]);
                if ends.try_fold(source.base.clone(), |all, ty| unite(&all, ty)).is_none() {
                    self.error(
                        Code::WrongType,
                        span,
                        "the goalposts don't go together with the values",
                        "write numbers",
                    );
                    return None;
                }
                exact(quotient + places, true)
            }
            Operation::ZScore => Ty::optional(Type::Real),
            Operation::Distance { .. } => exact(quotient, true),
            Operation::Cumulative { .. } => exact(own, false),
            Operation::Rolling { function: Function::Count, partial, .. } => exact(0, !partial),
            Operation::Rolling { function: Function::Mean, .. } => exact(quotient, true),
            Operation::Rolling { function: Function::Sum, partial, .. } => exact(own, !partial),
            Operation::Rolling { .. } => exact(own, true),
            Operation::Decay { .. } => Ty::required(Type::Real),
            Operation::Lag { .. } | Operation::Carry { .. } => Ty::optional(source.base.clone()),
            Operation::Fill { function: Filling::Mean, .. } => exact(own.max(quotient), source.optional),
            Operation::Fill { function: Filling::Median, .. } => {
                if own >= MAX_PLACES {
                    self.error(
                        Code::TooManyPlaces,
                        tree.source.span,
                        "a median needs one place more",
                        "round it first",
                    );
                    return None;
                }
                exact(own + 1, source.optional)
            }
            Operation::Fill { .. } | Operation::Winsorise { .. } => source.clone(),
        })
    }
}
