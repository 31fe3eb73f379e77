//! Tests and expectations: names bound, values of the right types.

use std::sync::Arc;

use super::Checker;
use super::claims::{Expect, ExpectKind, ExpectedCell, Given, Setting, Test};
use super::scope::{Scope, ScopeKind};
use super::tree::Dim;
use crate::diag::codes;
use crate::diag::nearest::suggest;
use crate::diag::{Code, Diagnostic};
use crate::resolve::Kind;
use crate::source::Spanned;
use crate::syntax::ast;
use crate::value::{Type, Value};

impl Checker<'_> {
    /// Types the expectations on the scheme's own data.
    pub(super) fn check_expects(&mut self) -> Vec<Expect> {
        self.scheme.expects.iter().filter_map(|tree| self.expect(tree)).collect()
    }

    /// Types the tests.
    pub(super) fn check_tests(&mut self) -> Vec<Test> {
        self.scheme.tests.iter().map(|tree| self.test(tree)).collect()
    }

    fn test(&mut self, tree: &ast::Test) -> Test {
        if tree.expects.is_empty() {
            self.error(
                Code::BadTest,
                tree.name.span,
                "this test expects nothing",
                "add what must come out: `expect contacts { 2008 -> 2.5 }`",
            );
        }
        let settings = tree.settings.iter().filter_map(|(name, value)| self.setting(name, value)).collect();
        let given = tree.given.iter().filter_map(|given| self.given(given)).collect();
        let expects = tree.expects.iter().filter_map(|expect| self.expect(expect)).collect();
        Test { name: Arc::clone(&tree.name.node), settings, given, expects, span: tree.name.span }
    }

    fn setting(&mut self, name: &ast::Name, value: &ast::Expr) -> Option<Setting> {
        let Some(id) = self.scheme.find(&name.node, Kind::Param) else {
            let found = self.scheme.unknown(name, Kind::Param, Code::UnknownParam);
            self.problems.push(found);
            return None;
        };
        self.use_item(Kind::Param, id);
        let expr = self.expr(&mut Scope::new(ScopeKind::Constants), value)?;
        let value = self.constant(&expr)?;
        Some(Setting { name: Arc::clone(&name.node), value: value.format(&expr.ty.base).into() })
    }

    fn given(&mut self, tree: &ast::Given) -> Option<Given> {
        let Some(input) = self.scheme.find(&tree.input.node, Kind::Input) else {
            let found = self.scheme.unknown(&tree.input, Kind::Input, Code::UnknownInput);
            self.problems.push(found);
            return None;
        };
        let mut rows = tree.rows.iter();
        let Some(head) = rows.next() else {
            self.error(
                Code::BadTest,
                tree.span,
                "this table has no line of column names",
                "begin with the names of the columns",
            );
            return None;
        };
        let schema = &self.inputs.get(input)?.schema;
        let mut columns: Vec<Spanned<Arc<str>>> = Vec::new();
        let mut found = Vec::new();
        for cell in head {
            let name = cell.node.clone().unwrap_or_default();
            if !schema.columns.iter().any(|column| column.name == name) {
                let problem = Diagnostic::error(
                    Code::UnknownColumn,
                    cell.span,
                    format!("input `{}` has no column `{name}`", schema.name),
                );
                let help = suggest(&name, "its columns", schema.columns.iter().map(|column| &*column.name));
                found.push(problem.help(help.unwrap_or_default()));
            } else if columns.iter().any(|column| column.node == name) {
                found.push(
                    Diagnostic::error(Code::DuplicateName, cell.span, format!("column `{name}` stands twice"))
                        .help("delete one"),
                );
            }
            columns.push(Spanned::new(name, cell.span));
        }
        let rows: Vec<_> = rows.cloned().collect();
        for row in rows.iter().filter(|row| row.len() != columns.len()) {
            let span = row.first().zip(row.last()).map_or(tree.span, |(first, last)| first.span.to(last.span));
            let message =
                format!("this row has {}, the table {}", plural(row.len(), "field"), plural(columns.len(), "column"));
            found.push(
                Diagnostic::error(Code::BadTest, span, message)
                    .help("a text with blanks stands in quotes; `-` is a missing value"),
            );
        }
        let fine = found.is_empty();
        found.into_iter().for_each(|problem| self.problems.push(problem));
        fine.then_some(Given { input, columns, rows, span: tree.span })
    }

    fn expect(&mut self, tree: &ast::Expect) -> Option<Expect> {
        let kind = match &tree.kind {
            ast::ExpectKind::Error(code) => {
                let Some(found) = codes::find(&code.node) else {
                    let message = format!("there is no error `{}`", code.node);
                    let help = suggest(&code.node, "codes", Code::ALL.iter().map(|code| code.name()));
                    self.problems
                        .push(Diagnostic::error(Code::BadTest, code.span, message).help(help.unwrap_or_default()));
                    return None;
                };
                ExpectKind::Error(found.name().into())
            }
            ast::ExpectKind::Cells(name, cells) => {
                let (index, dims, ty) = self.expected_index(name)?;
                let cells: Vec<Option<ExpectedCell>> =
                    cells.iter().map(|cell| self.expected_cell(cell, &dims, &ty)).collect();
                ExpectKind::Cells { index, cells: cells.into_iter().collect::<Option<_>>()? }
            }
            ast::ExpectKind::File { index: name, file, column, within } => {
                let (index, ..) = self.expected_index(name)?;
                let column = column.as_ref().map_or_else(|| Arc::clone(&name.node), |column| Arc::clone(&column.node));
                let within = match within.as_ref().map(|within| &within.kind) {
                    Some(ast::ExprKind::Number(units, places)) => Some((*units, *places)),
                    _ => None,
                };
                ExpectKind::File { index, file: file.clone(), column, within }
            }
        };
        Some(Expect { kind, span: tree.span })
    }

    fn expected_index(&mut self, name: &ast::Name) -> Option<(usize, Vec<Dim>, Type)> {
        let Some(id) = self.scheme.find(&name.node, Kind::Index) else {
            let found = self.scheme.unknown(name, Kind::Index, Code::UnknownIndex);
            self.problems.push(found);
            return None;
        };
        self.use_item(Kind::Index, id);
        let index = self.indices.get(id)?.as_ref()?;
        Some((id, index.dims.clone(), index.ty.base.clone()))
    }

    fn expected_cell(&mut self, tree: &ast::ExpectCell, dims: &[Dim], ty: &Type) -> Option<ExpectedCell> {
        if tree.key.len() != dims.len() {
            let names: Vec<&str> = dims.iter().map(|dim| &*dim.name).collect();
            let message = format!("this cell has {}, the index {}", plural(tree.key.len(), "dimension"), dims.len());
            let help = if names.is_empty() {
                "the index has no dimensions: write `expect x = 2.5`".to_owned()
            } else {
                format!("write `{} -> value`, with a value for each dimension", names.join(", "))
            };
            self.error(Code::BadTest, tree.span, message, help);
            return None;
        }
        let mut key = Vec::new();
        for (part, dim) in tree.key.iter().zip(dims) {
            key.push(match part {
                None => Value::Missing,
                Some(part) => self.literal(part, &dim.ty.base)?,
            });
        }
        let (value, ty) = match &tree.value {
            None => (Value::Missing, ty.clone()),
            Some(value) => {
                let expr = self.expr(&mut Scope::new(ScopeKind::Constants), value)?;
                if !matches!(expr.ty.base, Type::Number(_)) {
                    self.error(
                        Code::WrongType,
                        expr.span,
                        "the value of a cell is a number",
                        "write a number, or `missing`",
                    );
                    return None;
                }
                (self.constant(&expr)?, expr.ty.base)
            }
        };
        Some(ExpectedCell { key, value, ty, span: tree.span })
    }
}

fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}
