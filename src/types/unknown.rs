//! Names that mean nothing where they stand: what they are elsewhere, what may be meant, what to write instead.

use super::Checker;
use super::scope::{Scope, ScopeKind};
use crate::builtin;
use crate::diag::nearest::{nearest, suggest};
use crate::diag::{Code, Diagnostic};
use crate::resolve::Kind;
use crate::syntax::ast;
use crate::value::Type;

/// The words of aggregations, which aren't functions.
const AGGREGATIONS: [&str; 6] = ["sum", "count", "mean", "min", "max", "only"];

impl Checker<'_> {
    /// Reports a name that isn't known in a scope.
    pub(super) fn unknown_name(&mut self, scope: &Scope, name: &ast::Name) {
        let (code, message) = match &scope.kind {
            // What the name should mean has an error of its own.
            ScopeKind::Rows(rows) if rows.failed.contains(&name.node) => return,
            ScopeKind::Rows(rows) => {
                let input = self.inputs.get(rows.input).map_or("", |input| &*input.schema.name);
                (Code::UnknownColumn, format!("`{}` is no column of `{input}`, no let and no param", name.node))
            }
            ScopeKind::Cells(cells) if cells.formula => {
                (Code::UnknownName, format!("there is no index, dimension or param `{}`", name.node))
            }
            ScopeKind::Cells(_) => (Code::UnknownName, format!("there is no dimension or param `{}`", name.node)),
            ScopeKind::Constants => (Code::UnknownParam, format!("there is no param `{}`", name.node)),
        };
        let mut found = Diagnostic::error(code, name.span, message);
        let known = known_here(self, scope);
        let help = if let Some(named) = self.scheme.names.get(&name.node) {
            found = found.also(named.span, format!("the {} of this name can't be used here", named.kind.word()));
            self.misused(named.kind, scope, name, &known)
        } else {
            let near = nearest(&name.node, known.iter().copied()).map(|near| format!("did you mean `{near}`?"));
            near.or_else(|| self.otherwise_meant(scope, name)).or_else(|| {
                let what = if matches!(scope.kind, ScopeKind::Constants) { "params" } else { "known here" };
                suggest(&name.node, what, known.iter().copied())
            })
        };
        self.problems.push(match help {
            Some(help) => found.help(help),
            None => found,
        });
    }

    /// What a name of another kind should be written like here.
    fn misused(&self, kind: Kind, scope: &Scope, name: &ast::Name, known: &[&str]) -> Option<String> {
        let name = &name.node;
        let rows = matches!(scope.kind, ScopeKind::Rows(_));
        match kind {
            Kind::Scale => Some(format!("say what is looked up on the scale: `{name}(…)`")),
            Kind::Input => {
                Some(format!("say what is looked up in the input, and which column is wanted: `{name}(…).column`"))
            }
            Kind::Score if scope.is_cells() => Some(format!("aggregate the score: `(sum {name})`")),
            Kind::Index if rows => Some("rows come before indices: use a column, or a formula over indices".to_owned()),
            _ => suggest(name, "known here", known.iter().copied()),
        }
    }

    /// A function without its parentheses, or a text without its quotes.
    fn otherwise_meant(&self, scope: &Scope, name: &ast::Name) -> Option<String> {
        let name = &name.node;
        if matches!(&**name, "true" | "false") {
            return Some("write `yes` or `no`".to_owned());
        }
        let columns = match &scope.kind {
            ScopeKind::Rows(rows) => self.inputs.get(rows.input).map(|input| input.schema.columns.as_slice()),
            _ => None,
        };
        let columns = columns.unwrap_or(&[]);
        let rows = matches!(scope.kind, ScopeKind::Rows(_));
        if rows && builtin::function(name).is_some() {
            let date = columns.iter().find(|column| matches!(column.ty.base, Type::Date | Type::Partial(_)));
            return Some(format!(
                "`{name}` is a function: write `{name}({})`",
                date.map_or("…", |column| &column.name)
            ));
        }
        let quoted = columns.iter().any(|column| match &column.ty.base {
            Type::Category(words) => words.contains(name),
            _ => false,
        });
        quoted.then(|| format!("texts stand in quotes: `\"{name}\"`"))
    }

    /// Reports a call of something that is no function.
    pub(super) fn unknown_function(&mut self, name: &ast::Name) {
        let scheme = self.scheme;
        let message = format!("there is no function or scale `{}`", name.node);
        let found = Diagnostic::error(Code::UnknownFunction, name.span, message);
        if let Some(named) = scheme.names.get(&name.node) {
            let found = found.also(named.span, format!("the {} of this name can't be called", named.kind.word()));
            self.problems.push(found.help("only functions, scales and inputs with a key take arguments"));
            return;
        }
        let mut names: Vec<&str> = scheme.names_of(Kind::Scale).collect();
        builtin::function_names().for_each(|function| names.push(function));
        let help = match nearest(&name.node, names) {
            _ if AGGREGATIONS.contains(&&*name.node) => {
                format!("an aggregation takes its score or index without parentheses: `{} visit`", name.node)
            }
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                let scales: Vec<String> = scheme.names_of(Kind::Scale).map(|name| format!("`{name}`")).collect();
                let list = if scales.is_empty() { "none".to_owned() } else { scales.join(", ") };
                format!("if it gives points, declare a `scale {}`; the scheme's scales: {list}", name.node)
            }
        };
        self.problems.push(found.help(help));
    }
}

/// The names that mean something in a scope.
fn known_here<'a>(checker: &'a Checker<'_>, scope: &'a Scope) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    match &scope.kind {
        ScopeKind::Rows(rows) => {
            let schema = checker.inputs.get(rows.input).map(|input| &input.schema);
            names.extend(schema.iter().flat_map(|schema| schema.columns.iter().map(|column| &*column.name)));
            names.extend(rows.slots.iter().map(|slot| &*slot.name));
        }
        ScopeKind::Cells(cells) => {
            names.extend(cells.dims.iter().map(|dim| &*dim.name));
            if cells.formula {
                names.extend(checker.scheme.names_of(Kind::Index));
            } else {
                names.push("value");
            }
        }
        ScopeKind::Constants => {}
    }
    names.extend(checker.scheme.names_of(Kind::Param));
    names
}
