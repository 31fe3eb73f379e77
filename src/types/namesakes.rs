//! An index with a dimension of its own name: a table of its cells would have two columns of that name.

use super::Checker;
use super::tree::{Dim, Expr, ExprKind};
use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::Name;

/// Where a dimension is declared, and the index in whose declaration that is; none if it is the one that is looked at.
type Declared = (Span, Option<usize>);

impl Checker<'_> {
    /// Refuses an index that is called like one of its dimensions.
    pub(super) fn own_dimension(&mut self, name: &Name, body: &Expr, dims: &[Dim]) -> Option<()> {
        if !dims.iter().any(|dim| dim.name == name.node) {
            return Some(());
        }
        let message = format!("index `{}` has a dimension of the same name", name.node);
        let (place, owner) = self.dimension_declared(body, &name.node).unwrap_or((name.span, None));
        let of = owner.and_then(|at| self.scheme.indices.get(at)).map(|index| &index.tree.name.node);
        let dimension = of.map_or("the dimension".to_owned(), |of| format!("the dimension, from `{of}`"));
        let found = if self.is_later(place, name.span) {
            Diagnostic::error(Code::DuplicateName, place, message).label(dimension).also(name.span, "the index")
        } else {
            Diagnostic::error(Code::DuplicateName, name.span, message).label("the index").also(place, dimension)
        };
        let help = "a table of its cells would have two columns of one name: call the index otherwise, or the dimension: \
                    `by … as other`";
        self.problems.push(found.help(help));
        None
    }

    /// Where a dimension of what is typed is declared: in an aggregation of it, or in an index that it uses.
    fn dimension_declared(&self, body: &Expr, name: &str) -> Option<Declared> {
        let mut found = None;
        body.walk(&mut |part| {
            if found.is_none() {
                found = self.declared_in(part, name);
            }
        });
        found
    }

    fn declared_in(&self, part: &Expr, name: &str) -> Option<Declared> {
        let used = match &part.kind {
            ExprKind::Aggregate(aggregate) => {
                let at = aggregate.dims.iter().position(|dim| *dim.name == *name)?;
                return Some((*aggregate.places.get(at)?, None));
            }
            ExprKind::Over(over) => over.source,
            ExprKind::Index(id) => *id,
            _ => return None,
        };
        let index = self.indices.get(used)?.as_ref()?;
        let (place, owner) = self.dimension_declared(&index.body, name)?;
        Some((place, owner.or(Some(used))))
    }

    /// Whether a place comes behind another: a file behind those that it extends, a line behind those above it.
    fn is_later(&self, place: Span, other: Span) -> bool {
        let own = self.scheme.name.as_ref().map(|name| name.span.file);
        let rank = |span: Span| (Some(span.file) == own, span.start);
        rank(place) > rank(other)
    }
}
