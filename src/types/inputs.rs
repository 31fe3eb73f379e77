//! Inputs: what a file must hold.

use std::sync::Arc;

use super::Checker;
use super::scope::{Rows, Scope, ScopeKind};
use super::tree::{Check, Input};
use crate::diag::nearest::suggest;
use crate::diag::{Code, Diagnostic};
use crate::resolve::Kind;
use crate::source::Spanned;
use crate::syntax::ast::{self, Name};
use crate::value::schema::{ColumnSpec, Edge, Interval, Place, Schema, Unique, Unit, Unpivot, period_of};
use crate::value::{Ty, Type};

/// How many columns an input may have.
const MAX_COLUMNS: usize = 10_000;

impl Checker<'_> {
    /// Makes a schema of each input.
    pub(super) fn check_inputs(&mut self) {
        for (_, tree) in &self.scheme.inputs {
            let schema = self.schema(tree);
            self.inputs.push(Input { schema, checks: Vec::new() });
        }
    }

    /// Types the checks on rows; they may use scales and look up inputs declared later.
    pub(super) fn check_input_checks(&mut self) {
        for (id, (_, tree)) in self.scheme.inputs.iter().enumerate() {
            let mut scope = Scope::new(ScopeKind::Rows(Rows::new(id, false)));
            let checks = tree.checks.iter().filter_map(|check| self.row_check(&mut scope, check)).collect();
            if let Some(input) = self.inputs.get_mut(id) {
                input.checks = checks;
            }
        }
    }

    /// Types a check of rows or units.
    pub(super) fn row_check(&mut self, scope: &mut Scope, tree: &ast::Check) -> Option<Check> {
        let when = self.optional_condition(scope, tree.when.as_ref())?;
        let learnt = when.as_ref().map(|when| scope.learn(when, true)).unwrap_or_default();
        let holds = self.condition(scope, &tree.holds);
        scope.forget(learnt);
        let message = Arc::clone(&tree.message.node);
        Some(Check { message, holds: holds?, when, severity: tree.severity, span: tree.span })
    }

    fn schema(&mut self, tree: &ast::Input) -> Schema {
        let mut schema = Schema {
            name: Arc::clone(&tree.name.node),
            file: tree.file.as_ref().map(|file| Arc::clone(&file.node)),
            format: self.format(&tree.options),
            columns: Vec::new(),
            unpivot: None,
            units: Vec::new(),
            unique: Vec::new(),
            span: tree.name.span,
        };
        for column in &tree.columns {
            let spec = self.column(column, &schema.format, Place::Header(Arc::clone(&column.name.node)));
            self.push_column(&mut schema, spec);
        }
        if let Some(unpivot) = &tree.unpivot {
            self.unpivot(&mut schema, unpivot);
        }
        if schema.columns.is_empty() {
            let found =
                Diagnostic::error(Code::BadFormat, tree.name.span, format!("input `{}` has no columns", schema.name));
            self.problems.push(found.help("declare those that the scheme uses, each with its type"));
        }
        for unit in &tree.units {
            let (key, has) = &unit.node;
            let (key, has) = (self.columns(&schema, key), self.columns(&schema, has));
            schema.units.push(Unit { key, has, span: unit.span });
        }
        for key in &tree.keys {
            let unique = self.key(&schema, key);
            schema.unique.push(unique);
        }
        schema
    }

    fn push_column(&mut self, schema: &mut Schema, spec: ColumnSpec) {
        let name = Arc::clone(&spec.name);
        if let Some(first) = schema.columns.iter().find(|column| column.name == name) {
            let found = Diagnostic::error(Code::DuplicateName, spec.span, format!("column `{name}` is declared twice"));
            self.problems.push(
                found
                    .also(first.span, "first here")
                    .help("rename one, with `from \"Header\"` for what the file calls it"),
            );
            return;
        }
        if let Some(param) = self.scheme.names.get(&name).filter(|named| named.kind == Kind::Param) {
            let found = Diagnostic::error(
                Code::HiddenName,
                spec.span,
                format!("column `{name}` would hide the param of this name"),
            );
            let help = format!("rename one: a column can be `{name}_ … from \"{name}\"`");
            self.problems.push(found.also(param.span, "the param").help(help));
        }
        if schema.columns.len() >= MAX_COLUMNS {
            self.error(
                Code::TooLarge,
                spec.span,
                format!("an input has at most {MAX_COLUMNS} columns"),
                "declare those that the scheme uses",
            );
            return;
        }
        schema.columns.push(spec);
    }

    fn columns(&mut self, schema: &Schema, names: &[Name]) -> Vec<usize> {
        names.iter().filter_map(|name| self.column_of(schema, name)).collect()
    }

    fn column_of(&mut self, schema: &Schema, name: &Name) -> Option<usize> {
        let found = schema.columns.iter().position(|column| column.name == name.node);
        if found.is_none() {
            let message = format!("input `{}` has no column `{}`", schema.name, name.node);
            let problem = Diagnostic::error(Code::UnknownColumn, name.span, message);
            let help = suggest(&name.node, "its columns", schema.columns.iter().map(|column| &*column.name));
            self.problems.push(match help {
                Some(help) => problem.help(help),
                None => problem,
            });
        }
        found
    }

    fn key(&mut self, schema: &Schema, tree: &Spanned<ast::Key>) -> Unique {
        let key = self.columns(schema, &tree.node.columns);
        let mut interval = None;
        if let Some((from, end, inclusive)) = &tree.node.interval {
            let (from, end) = (self.edge(schema, from, false), self.edge(schema, end, true));
            interval = from.zip(end).map(|(from, end)| Interval { from, end, inclusive: *inclusive });
        }
        for (at, column) in key.iter().filter_map(|&at| schema.columns.get(at)).enumerate() {
            if let (Type::Real, Some(name)) = (&column.ty.base, tree.node.columns.get(at)) {
                self.error(Code::WrongType, name.span, "a key can't be a real", "round it first");
            }
        }
        Unique { key, drop_repeats: tree.node.drop_repeats, interval, span: tree.span }
    }

    fn edge(&mut self, schema: &Schema, tree: &ast::Edge, is_end: bool) -> Option<(usize, Edge)> {
        let column = self.column_of(schema, &tree.column)?;
        let edge = match tree.function.as_ref().map(|name| (&*name.node, name.span)) {
            Some(("earliest", _)) => Some(Edge::Earliest),
            Some(("latest", _)) => Some(Edge::Latest),
            Some((_, span)) => {
                self.error(
                    Code::UnknownFunction,
                    span,
                    "only `earliest` and `latest` can stand here",
                    "write the column, or `earliest(column)`",
                );
                return None;
            }
            None => None,
        };
        let spec = schema.columns.get(column)?;
        match (&spec.ty.base, edge) {
            (Type::Date, _) => {}
            (Type::Partial(_), Some(_)) => {}
            (Type::Partial(_), None) => {
                let instead = if is_end { "latest" } else { "earliest" };
                self.error(
                    Code::PartialDate,
                    tree.column.span,
                    "this date may be known to the month or the year only",
                    format!("say which day is meant: {instead}({})", spec.name),
                );
                return None;
            }
            (other, _) => {
                self.error(
                    Code::WrongType,
                    tree.column.span,
                    format!("an interval is of dates, this is {}", other.described()),
                    "name a column that is a date",
                );
                return None;
            }
        }
        if spec.ty.optional && !is_end {
            self.error(
                Code::MayBeMissing,
                tree.column.span,
                "the beginning of an interval can't be missing",
                "only its end can: a missing end is open",
            );
            return None;
        }
        Some((column, edge.unwrap_or(if is_end { Edge::Latest } else { Edge::Earliest })))
    }

    fn unpivot(&mut self, schema: &mut Schema, tree: &Spanned<ast::Unpivot>) {
        if !schema.format.header {
            self.error(
                Code::BadFormat,
                tree.span,
                "a file without header has no headers to take apart",
                "leave `no header` or `unpivot` out",
            );
        }
        for (at, (name, ty)) in tree.node.parts.iter().enumerate() {
            let base = match ty {
                Some((base, _)) => self.base_type(base),
                // A part named like a period is one: `indicator "_" year`.
                None => period_of(&name.node).map_or(Type::Text, Type::Period),
            };
            let spec = ColumnSpec {
                name: Arc::clone(&name.node),
                ty: Ty::required(base),
                place: Place::Part(at),
                clean: false,
                dates: Vec::new(),
                missing: Vec::new(),
                span: name.span,
            };
            self.push_column(schema, spec);
        }
        let cell = self.column(&tree.node.cell, &schema.format.clone(), Place::Cell);
        self.push_column(schema, ColumnSpec { place: Place::Cell, ..cell });
        let mut headers = Vec::new();
        for pattern in &tree.node.patterns {
            let mut parts = pattern.node.splitn(2, '*');
            let (before, behind) = (parts.next().unwrap_or(""), parts.next());
            if behind.is_some_and(|behind| behind.contains('*')) {
                self.error(Code::BadFormat, pattern.span, "a header has at most one `*`", "write `le_*`");
            }
            headers.push((Arc::from(before), behind.map(Arc::from)));
        }
        let separators: Vec<Arc<str>> = tree.node.separators.iter().map(|text| Arc::clone(&text.node)).collect();
        if let Some(empty) = tree.node.separators.iter().find(|text| text.node.is_empty()) {
            self.error(
                Code::BadFormat,
                empty.span,
                "the parts of a header need a separator",
                "write the sign between them: \"_\"",
            );
        }
        schema.unpivot = Some(Unpivot { headers, separators, span: tree.span });
    }
}
