//! Formulas over indices: which cells they have, and what an absent cell counts as.

use std::sync::Arc;

use super::Checker;
use super::scope::{Cells, Scope, ScopeKind};
use super::tree::{Dim, Expr, ExprKind};
use crate::builtin::Builtin;
use crate::diag::{Code, Diagnostic};
use crate::resolve::{self, Kind};
use crate::source::Span;
use crate::syntax::ast;
use crate::value::Ty;

/// What a formula is made of: an index, or an aggregation in parentheses.
struct Operand {
    dims: Vec<Dim>,
    span: Span,
    /// The index, of what has a name.
    index: Option<usize>,
}

impl Checker<'_> {
    /// The scope of a formula: its dimensions are those of its widest operand.
    pub(super) fn formula_scope(&mut self, trees: &[&ast::Expr], shared: Option<Arc<[ast::Dim]>>) -> Option<Scope> {
        let in_block = shared.is_some();
        let mut cells = Cells { formula: true, shared, ..Cells::default() };
        let mut operands: Vec<Operand> = Vec::new();
        let mut fine = true;
        for tree in trees {
            fine &= self.operands(tree, &mut cells, &mut operands).is_some();
        }
        if !fine {
            return None;
        }
        // A formula of no index has no dimensions, and so one cell. Of the longest, the first reads better.
        let most = operands.iter().map(|operand| operand.dims.len()).max().unwrap_or(0);
        let spanning = || operands.iter().filter(|operand| operand.dims.len() == most);
        let widest = spanning().next().map_or(Vec::new(), |operand| operand.dims.clone());
        for Operand { dims, span, .. } in &operands {
            if let Some(dim) = dims.iter().find(|dim| !widest.contains(dim)) {
                let first = spanning().next().map_or(*span, |operand| operand.span);
                let other = widest.iter().find(|other| other.name == dim.name);
                let message = match other {
                    Some(other) => differ(dim, other),
                    None => format!("this has a dimension `{}` that the other hasn't", dim.name),
                };
                let found = Diagnostic::error(Code::WrongDimensions, *span, message)
                    .also(first, format!("by {}", list(&widest)));
                self.problems.push(found.label(format!("by {}", list(dims))).help(
                    "bring both to the same dimensions: aggregate one further (`(sum x by year)`), or rename a dimension with `as`",
                ));
                return None;
            }
        }
        if let (true, true, Some(tree)) = (in_block, cells.aggregates.is_empty(), trees.first()) {
            let message = "the dimensions of the block do nothing here";
            let found = Diagnostic::warning(Code::UnusedName, tree.span, message)
                .label("a formula has the cells of its indices");
            self.problems.push(found.help("move the formula out of the block, or aggregate: `sum …`"));
        }
        let mut indices = spanning().map(|operand| operand.index);
        let first = indices.next().flatten();
        cells.alone = indices.all(|index| index.is_some() && index == first);
        cells.dims = widest;
        Some(Scope::new(ScopeKind::Cells(cells)))
    }

    /// Collects the dimensions of all operands; types the aggregations in parentheses on the way.
    fn operands(&mut self, tree: &ast::Expr, cells: &mut Cells, found: &mut Vec<Operand>) -> Option<()> {
        let typed = match &tree.kind {
            ast::ExprKind::Aggregate(aggregate) => {
                Some(self.aggregate(aggregate, cells.shared.clone().as_ref(), tree.span)?)
            }
            ast::ExprKind::Over(over) => Some(self.over(over, tree.span)?),
            _ => None,
        };
        if let Some(typed) = typed {
            found.push(Operand { dims: dims_of(&typed).to_vec(), span: tree.span, index: None });
            cells.aggregates.insert(tree.span, typed);
            return Some(());
        }
        if let ast::ExprKind::Name(name) = &tree.kind {
            if let Some(id) = self.scheme.find(name, Kind::Index) {
                let index = self.indices.get(id)?.as_ref()?;
                found.push(Operand { dims: index.dims.clone(), span: tree.span, index: Some(id) });
            }
            return Some(());
        }
        let mut fine = true;
        resolve::children(tree, &mut |child| fine &= self.operands(child, cells, found).is_some());
        fine.then_some(())
    }

    /// An index in a formula.
    pub(super) fn index_operand(&mut self, scope: &Scope, id: usize, span: Span) -> Option<Expr> {
        self.use_item(Kind::Index, id);
        let index = self.indices.get(id)?.as_ref()?;
        let ScopeKind::Cells(cells) = &scope.kind else { return None };
        let absent = may_be_absent(cells, &index.dims) && !index.absent_zero;
        let ty = Ty { base: index.ty.base.clone(), optional: index.ty.optional || absent };
        Some(Expr { kind: ExprKind::Index(id), ty, span })
    }

    /// An aggregation or operation in parentheses, typed before with the dimensions.
    pub(super) fn nested(&mut self, scope: &mut Scope, word: &str, source: &ast::Name, span: Span) -> Option<Expr> {
        if let ScopeKind::Cells(cells) = &scope.kind
            && let Some(typed) = cells.aggregates.get(&span)
        {
            let mut typed = typed.clone();
            let absent = may_be_absent(cells, dims_of(&typed)) && !self.absent_zero(&typed);
            typed.ty.optional |= absent;
            return Some(typed);
        }
        let found = Diagnostic::error(Code::WrongType, span, "an aggregation can't stand here");
        let help = format!("give it a name, `index … = {word} {}`, and use that in a formula", source.node);
        self.problems.push(found.help(help));
        None
    }

    /// Whether an absent cell of this counts as 0: sums and counts, and what is made of them alone without a constant
    /// part.
    pub(super) fn absent_zero(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Aggregate(aggregate) => aggregate.function.counts_absent(),
            ExprKind::Index(id) => {
                self.indices.get(*id).and_then(Option::as_ref).is_some_and(|index| index.absent_zero)
            }
            ExprKind::Call(builtin, args, _) => match builtin {
                Builtin::Add | Builtin::Subtract => args.iter().all(|arg| self.absent_zero(arg)),
                Builtin::Multiply => {
                    args.iter().any(|arg| self.absent_zero(arg))
                        && args.iter().all(|arg| self.absent_zero(arg) || self.constant(arg).is_some())
                }
                Builtin::Divide => {
                    args.first().is_some_and(|arg| self.absent_zero(arg))
                        && args.get(1).is_some_and(|arg| self.constant(arg).is_some())
                }
                Builtin::Negate | Builtin::Abs | Builtin::Round => {
                    args.first().is_some_and(|arg| self.absent_zero(arg))
                }
                _ => false,
            },
            _ => false,
        }
    }
}

/// The dimensions of an aggregation or operation.
pub(super) fn dims_of(expr: &Expr) -> &[Dim] {
    match &expr.kind {
        ExprKind::Aggregate(aggregate) => &aggregate.dims,
        ExprKind::Over(over) => &over.dims,
        _ => &[],
    }
}

/// Whether a cell may be absent where another operand has one. An index without dimensions has its one cell always.
fn may_be_absent(cells: &Cells, dims: &[Dim]) -> bool {
    let decides = cells.alone && dims.len() == cells.dims.len();
    !dims.is_empty() && !decides
}

fn differ(dim: &Dim, other: &Dim) -> String {
    let (own, theirs) = (dim.ty.base.described(), other.ty.base.described());
    if own == theirs {
        // Numbers with different places.
        return format!("dimension `{}` is a {} here and a {} there", dim.name, dim.ty.base, other.ty.base);
    }
    format!("dimension `{}` is {own} here and {theirs} there", dim.name)
}

fn list(dims: &[Dim]) -> String {
    if dims.is_empty() {
        return "nothing".to_owned();
    }
    dims.iter().map(|dim| dim.name.to_string()).collect::<Vec<_>>().join(", ")
}
