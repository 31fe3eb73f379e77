//! Indices: aggregations, their dimensions, and checks on cells.

use std::sync::Arc;

use super::Checker;
use super::aggregates::asks_whether_known;
use super::formulas::dims_of;
use super::scope::{Cells, Scope, ScopeKind};
use super::tree::{Aggregate, CellCheck, Check, Dim, Domain, Expr, ExprKind, Index, Source};
use crate::builtin::Form;
use crate::diag::{Code, Diagnostic};
use crate::resolve::Kind;
use crate::source::Span;
use crate::syntax::ast;
use crate::value::{Ty, Type};

impl Checker<'_> {
    /// Types the indices, each behind those that it uses.
    pub(super) fn check_indices(&mut self) {
        for &at in &self.scheme.order {
            let Some(index) = self.scheme.indices.get(at) else { continue };
            let typed = self.index(&index.tree, index.shared.clone());
            if let Some(slot) = self.indices.get_mut(at) {
                *slot = typed;
            }
        }
    }

    fn index(&mut self, tree: &ast::Index, shared: Option<Arc<[ast::Dim]>>) -> Option<Index> {
        let whole = match &tree.body.kind {
            ast::ExprKind::Aggregate(aggregate) => Some(self.aggregate(aggregate, shared.as_ref(), tree.body.span)?),
            ast::ExprKind::Over(over) => Some(self.over(over, tree.body.span)?),
            _ => None,
        };
        let (body, dims) = match whole {
            Some(body) => {
                let dims = dims_of(&body).to_vec();
                (body, dims)
            }
            None => {
                let mut scope = self.formula_scope(&[&tree.body], shared)?;
                let body = self.expr(&mut scope, &tree.body)?;
                let ScopeKind::Cells(cells) = scope.kind else { return None };
                (body, cells.dims)
            }
        };
        if !body.ty.base.is_numeric() {
            let message = format!("an index is a number, this is {}", body.ty.base.described());
            self.error(Code::WrongType, body.span, message, "choose numbers with `case { 1 when …, 0 otherwise }`");
            return None;
        }
        self.own_dimension(&tree.name, &body, &dims)?;
        let absent_zero = self.absent_zero(&body);
        Some(Index {
            name: Arc::clone(&tree.name.node),
            title: tree.title.as_ref().map_or("".into(), |title| Arc::clone(&title.node)),
            hidden: tree.hidden,
            dims,
            ty: body.ty.clone(),
            absent_zero,
            body,
            span: tree.name.span,
        })
    }

    /// Types an aggregation.
    pub(super) fn aggregate(
        &mut self,
        tree: &ast::Aggregate,
        shared: Option<&Arc<[ast::Dim]>>,
        span: Span,
    ) -> Option<Expr> {
        let (source, mut scope) = self.aggregate_source(&tree.source)?;
        let mut ty = self.aggregate_type(tree, &scope, source, span)?;
        // What has no value takes no part, before anything else is asked of it. A condition may say so itself.
        if !(matches!(source, Source::Index(_)) && tree.filter.as_ref().is_some_and(asks_whether_known)) {
            scope.facts.insert("value".to_owned());
        }
        let filter = self.optional_condition(&mut scope, tree.filter.as_ref())?;
        scope.facts.insert("value".to_owned());
        if let Some(filter) = &filter {
            scope.learn(filter, true);
        }
        let weight = match &tree.weight {
            Some(weight) => Some(self.weight(&mut scope, tree, weight, &mut ty)?),
            None => None,
        };
        let none: Arc<[ast::Dim]> = Arc::from([]);
        let stated: &[ast::Dim] = match (&tree.dims, shared) {
            (Some(dims), _) => dims,
            (None, Some(shared)) => shared,
            (None, None) => &none,
        };
        let mut dims: Vec<Dim> = Vec::new();
        let mut places = Vec::new();
        let mut by = Vec::new();
        let mut fine = true;
        for dim in stated {
            let place = dim.span;
            match self.dim(&mut scope, dim, &dims) {
                Some((dim, expr, domain)) => {
                    dims.push(dim);
                    places.push(place);
                    by.push((expr, domain));
                }
                None => fine = false,
            }
        }
        // What the dimensions use must be the same in all rows of a unit: the score is told.
        if let (Source::Score(id), ScopeKind::Rows(rows)) = (source, scope.kind)
            && let Some(Some((_, kept, _))) = self.scores.get_mut(id)
        {
            *kept = rows;
        }
        if !fine {
            return None;
        }
        let (function, missing) = (tree.function.node, tree.missing.node);
        let shared =
            shared.filter(|_| tree.dims.is_none()).and_then(|dims| Some(dims.first()?.span.to(dims.last()?.span)));
        let aggregate = Aggregate { source, function, filter, dims, places, by, weight, missing, span, shared };
        Some(Expr { kind: ExprKind::Aggregate(Box::new(aggregate)), ty, span })
    }

    /// The score or the index that is aggregated, and what can be asked of its units or cells.
    fn aggregate_source(&mut self, name: &ast::Name) -> Option<(Source, Scope)> {
        if let Some(id) = self.scheme.find(&name.node, Kind::Score) {
            self.use_item(Kind::Score, id);
            let (_, rows, facts) = self.scores.get(id)?.as_ref()?;
            return Some((Source::Score(id), Scope { kind: ScopeKind::Rows(rows.clone()), facts: facts.clone() }));
        }
        if let Some(id) = self.scheme.find(&name.node, Kind::Index) {
            self.use_item(Kind::Index, id);
            let index = self.indices.get(id)?.as_ref()?;
            let cells = Cells { dims: index.dims.clone(), value: Some(index.ty.clone()), ..Cells::default() };
            return Some((Source::Index(id), Scope::new(ScopeKind::Cells(cells))));
        }
        let found = self.scheme.unknown(name, Kind::Score, Code::UnknownScore);
        let near = crate::diag::nearest::nearest(&name.node, self.scheme.names_of(Kind::Index));
        self.problems.push(match near {
            Some(near) if !self.scheme.names.contains_key(&name.node) => found.help(format!("did you mean `{near}`?")),
            _ => found,
        });
        None
    }

    fn dim(&mut self, scope: &mut Scope, tree: &ast::Dim, before: &[Dim]) -> Option<(Dim, Expr, Option<Domain>)> {
        let expr = self.whole(scope, &tree.expr)?;
        let expr = self.required(expr)?;
        let expr = self.no_real(expr, "a dimension")?;
        let name = match &tree.rename {
            Some(name) => Arc::clone(&name.node),
            None => self.dim_name(&expr, &tree.expr)?,
        };
        if let Some(param) = self.scheme.names.get(&name).filter(|named| named.kind == Kind::Param) {
            let message = format!("dimension `{name}` would hide the param of this name");
            let found = Diagnostic::error(Code::HiddenName, tree.span, message).also(param.span, "the param");
            self.problems.push(found.help("rename the param, or the dimension with `as`"));
            return None;
        }
        if before.iter().any(|dim| dim.name == name) {
            self.error(
                Code::DuplicateName,
                tree.span,
                format!("two dimensions are called `{name}`"),
                "rename one: `… as other`",
            );
            return None;
        }
        let mut base = expr.ty.base.clone();
        let domain = match &tree.domain {
            Some(domain) => Some(self.domain(domain, &base)?),
            None => None,
        };
        // Two columns of different words can be the same dimension: a dimension is a text.
        if let Type::Category(_) = base {
            base = Type::Text;
        }
        Some((Dim { name, ty: Ty::required(base) }, expr, domain))
    }

    /// The name of a dimension that isn't renamed.
    fn dim_name(&mut self, expr: &Expr, tree: &ast::Expr) -> Option<Arc<str>> {
        match (&expr.kind, &tree.kind) {
            (_, ast::ExprKind::Name(name)) => Some(Arc::clone(name)),
            (ExprKind::Call(builtin, ..), ast::ExprKind::Call(name, _))
                if matches!(expr.ty.base, Type::Period(_)) && builtin.row().form == Form::Function =>
            {
                Some(Arc::clone(&name.node))
            }
            _ => {
                self.error(
                    Code::UnnamedDimension,
                    expr.span,
                    "this dimension has no name of its own",
                    "name it: `… as name`",
                );
                None
            }
        }
    }

    /// Types the checks on cells.
    pub(super) fn check_cell_checks(&mut self) -> Vec<CellCheck> {
        self.scheme.checks.iter().filter_map(|tree| self.cell_check(tree)).collect()
    }

    fn cell_check(&mut self, tree: &ast::Check) -> Option<CellCheck> {
        let parts: Vec<&ast::Expr> = std::iter::once(&tree.holds).chain(&tree.when).collect();
        let mut scope = self.formula_scope(&parts, None)?;
        let when = self.optional_condition(&mut scope, tree.when.as_ref())?;
        if let Some(when) = &when {
            scope.learn(when, true);
        }
        let holds = self.condition(&mut scope, &tree.holds)?;
        let ScopeKind::Cells(cells) = scope.kind else { return None };
        let check =
            Check { message: Arc::clone(&tree.message.node), holds, when, severity: tree.severity, span: tree.span };
        Some(CellCheck { check, dims: cells.dims })
    }
}
