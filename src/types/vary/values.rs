//! Over which values something varies: literals typed and held against what a parameter may be.

use super::{Shape, Spread};
use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::{self, SpreadKind};
use crate::types::params::compare_values;
use crate::types::scope::{Scope, ScopeKind};
use crate::types::{Checker, coerce_value};
use crate::value::{Type, Value, decimal};

impl Checker<'_> {
    /// What an item says of how a value of this type varies.
    pub(super) fn spread(&mut self, tree: &ast::Spread, ty: &Type, domain: Option<&ast::Domain>) -> Option<Spread> {
        if tree.places.is_some() && !matches!(ty, Type::Number(_)) {
            self.error(Code::WrongType, tree.span, "only numbers are rounded", "leave `round to` out");
            return None;
        }
        match &tree.kind {
            SpreadKind::Values(values) => self.values(values, ty),
            SpreadKind::Range(low, high) if !matches!(ty, Type::Number(_)) => self.counted(low, high, ty, tree.span),
            _ if !matches!(ty, Type::Number(_)) => {
                let message = format!("only a number varies like that, this is {}", ty.described());
                self.error(Code::WrongType, tree.span, message, "list the values: `in \"a\", \"b\"`");
                None
            }
            SpreadKind::Percent(_) => self.percent(tree),
            SpreadKind::Range(low, high) => {
                let ((low, p), (high, q)) = (self.number(low)?, self.number(high)?);
                self.ascending(low, high, tree.span)?;
                let whole =
                    p == 0 && q == 0 && matches!(ty, Type::Number(0)) && tree.places.is_none_or(|places| places == 0);
                if whole {
                    return Some(Spread::Counted { low: low as i64, high: high as i64, ty: Type::Number(0) });
                }
                let places = drawn_places(tree, ty, &[p, q]);
                Some(Spread::Number { shape: Shape::Uniform { low, high }, places })
            }
            SpreadKind::Normal { mean, deviation } => {
                let ((mean, p), (deviation, q)) = (self.number(mean)?, self.number(deviation)?);
                if deviation <= 0.0 {
                    self.error(
                        Code::OutOfRange,
                        tree.span,
                        "a standard deviation is above 0",
                        "write by how much it varies",
                    );
                    return None;
                }
                let (low, high) = self.ends(domain).unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
                if mean < low || mean > high {
                    self.error(
                        Code::OutOfRange,
                        tree.span,
                        "the mean is outside of what the parameter can be",
                        "widen its range, or move the mean",
                    );
                    return None;
                }
                let places = drawn_places(tree, ty, &[p, q]);
                Some(Spread::Number { shape: Shape::Normal { mean, deviation, low, high }, places })
            }
            SpreadKind::Triangular { low, high, peak } => {
                let ((low, p), (high, q), (peak, r)) = (self.number(low)?, self.number(high)?, self.number(peak)?);
                self.ascending(low, high, tree.span)?;
                if peak < low || peak > high {
                    self.error(
                        Code::OutOfRange,
                        tree.span,
                        "the peak is outside of the range",
                        "write a peak between the ends",
                    );
                    return None;
                }
                let places = drawn_places(tree, ty, &[p, q, r]);
                Some(Spread::Number { shape: Shape::Triangular { low, high, peak }, places })
            }
        }
    }

    pub(super) fn percent(&mut self, tree: &ast::Spread) -> Option<Spread> {
        let SpreadKind::Percent(percent) = &tree.kind else { return None };
        let (percent, _) = self.number(percent)?;
        if percent <= 0.0 || percent > 100.0 {
            let message = "a value varies by more than 0 % and at most 100 %";
            self.error(Code::OutOfRange, tree.span, message, "for more, write the range: `in 0..4`");
            return None;
        }
        Some(Spread::Percent { percent, places: tree.places })
    }

    fn values(&mut self, values: &[(ast::Expr, Option<ast::Expr>)], ty: &Type) -> Option<Spread> {
        // A list may hold numbers of more places than the value has now.
        let mut wide = ty.clone();
        for (tree, _) in values {
            if let (ast::ExprKind::Number(_, places), Type::Number(known)) = (&tree.kind, &wide) {
                wide = Type::Number(*places.max(known));
            }
        }
        let mut found: Vec<(Value, f64)> = Vec::new();
        for (tree, weight) in values {
            let value = self.literal(tree, &wide)?;
            if found.iter().any(|(other, _)| *other == value) {
                self.error(
                    Code::DuplicateName,
                    tree.span,
                    "this value stands twice",
                    "give it a weight: `in 1 weight 2, 3`",
                );
                return None;
            }
            let weight = match weight {
                Some(tree) => self.number(tree)?.0,
                None => 1.0,
            };
            if weight <= 0.0 {
                self.error(Code::OutOfRange, tree.span, "a weight is above 0", "leave a value out that is never drawn");
                return None;
            }
            found.push((value, weight));
        }
        Some(Spread::Values(found, wide))
    }

    fn counted(&mut self, low: &ast::Expr, high: &ast::Expr, ty: &Type, span: Span) -> Option<Spread> {
        let mut end = |tree: &ast::Expr| match self.literal(tree, ty)? {
            Value::Date(day) | Value::Period(day) => Some(i64::from(day)),
            _ => {
                let message = format!("{} has no range", ty.described());
                self.error(Code::WrongType, span, message, "list the values: `in \"a\", \"b\"`");
                None
            }
        };
        let (low, high) = (end(low)?, end(high)?);
        self.ascending(low as f64, high as f64, span)?;
        Some(Spread::Counted { low, high, ty: ty.clone() })
    }

    fn ascending(&mut self, low: f64, high: f64, span: Span) -> Option<()> {
        if low < high {
            return Some(());
        }
        self.error(Code::OutOfRange, span, "the range ends before it begins", "write the smaller value first");
        None
    }

    /// A literal as a number, with its places.
    fn number(&mut self, tree: &ast::Expr) -> Option<(f64, u8)> {
        let typed = self.expr(&mut Scope::new(ScopeKind::Constants), tree)?;
        match (self.constant(&typed)?, &typed.ty.base) {
            (Value::Number(units), Type::Number(places)) => Some((decimal::to_real(units, *places), *places)),
            (_, ty) => {
                let message = format!("a number is expected here, this is {}", ty.described());
                self.error(Code::WrongType, tree.span, message, "write a number");
                None
            }
        }
    }

    /// The ends of a parameter's range, where it is one of numbers.
    fn ends(&mut self, domain: Option<&ast::Domain>) -> Option<(f64, f64)> {
        match &domain?.kind {
            ast::DomainKind::Range(low, high) => Some((self.number(low)?.0, self.number(high)?.0)),
            ast::DomainKind::List(_) => None,
        }
    }

    /// Whether all that is drawn can be the value of a parameter.
    pub(super) fn inside(&mut self, tree: &ast::Param, spread: &Spread, span: Span) -> bool {
        let Some(domain) = &tree.domain else { return true };
        let outside = match (&domain.kind, spread) {
            (ast::DomainKind::Range(..), Spread::Counted { low, high, ty }) => [low, high]
                .into_iter()
                .filter_map(|at| spread.counted(*at))
                .find(|value| !self.holds(domain, value, ty))
                .map(|value| value.format(ty)),
            (ast::DomainKind::Range(..), Spread::Number { shape, .. }) => {
                let (low, high) = self.ends(Some(domain)).unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
                let (least, most) = match *shape {
                    Shape::Uniform { low, high } | Shape::Triangular { low, high, .. } => (low, high),
                    // It is cut off where the parameter ends.
                    Shape::Normal { .. } => return true,
                };
                [least, most].into_iter().find(|end| *end < low || *end > high).map(|end| end.to_string())
            }
            (_, Spread::Values(values, ty)) => {
                values.iter().find(|(value, _)| !self.holds(domain, value, ty)).map(|(value, _)| value.format(ty))
            }
            (ast::DomainKind::List(_), _) => {
                let message = format!("`{}` can only be one of a list of values", tree.name.node);
                let found = Diagnostic::error(Code::OutOfRange, span, message).also(domain.span, "what it can be");
                self.problems.push(found.help("list those over which it varies: `in 1, 2`"));
                return false;
            }
            (ast::DomainKind::Range(..), Spread::Percent { percent, .. }) => {
                let (low, high) = self.ends(Some(domain)).unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
                let middle = self.number(&tree.value).map_or(0.0, |(value, _)| value);
                let ends = [1.0 - percent / 100.0, 1.0 + percent / 100.0].map(|by| middle * by);
                ends.into_iter().find(|end| *end < low || *end > high).map(|end| end.to_string())
            }
            (_, Spread::Change) => None,
        };
        let Some(value) = outside else { return true };
        let message = format!("`{value}` is outside the values that param `{}` can take", tree.name.node);
        let found = Diagnostic::error(Code::OutOfRange, span, message).also(domain.span, "what it can be");
        self.problems.push(found.help("vary it inside of its range, or widen that"));
        false
    }

    /// Whether a value is one of a domain.
    fn holds(&mut self, domain: &ast::Domain, value: &Value, ty: &Type) -> bool {
        let mut constant = |tree: &ast::Expr| {
            let typed = self.expr(&mut Scope::new(ScopeKind::Constants), tree)?;
            Some((self.constant(&typed)?, typed.ty.base))
        };
        let order = |other: Option<(Value, Type)>| {
            let (other, other_ty) = other?;
            compare_values(value, ty, &other, &other_ty)
        };
        match &domain.kind {
            ast::DomainKind::Range(low, high) => {
                order(constant(low)).is_some_and(std::cmp::Ordering::is_ge)
                    && order(constant(high)).is_some_and(std::cmp::Ordering::is_le)
            }
            ast::DomainKind::List(list) => list.iter().any(|tree| {
                let Some((listed, listed_ty)) = constant(tree) else { return false };
                coerce_value(&listed, &listed_ty, ty).is_some_and(|listed| listed == *value)
                    || compare_values(value, ty, &listed, &listed_ty).is_some_and(std::cmp::Ordering::is_eq)
            }),
        }
    }
}

/// Draws have two places more than anything that is written of them, or as many as the item says.
fn drawn_places(tree: &ast::Spread, ty: &Type, written: &[u8]) -> u8 {
    let known = if let Type::Number(places) = ty { *places } else { 0 };
    let most = written.iter().copied().fold(known, u8::max);
    tree.places.unwrap_or((most + 2).min(9))
}
