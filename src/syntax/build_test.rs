//! Pairs into tests and expectations.

use std::sync::Arc;

use super::ast::*;
use super::build::{Builder, Node};
use super::cursor::Cursor;
use super::grammar::Rule;
use crate::source::{Span, Spanned};

impl Builder<'_> {
    /// The inside of a test.
    pub(super) fn test(&mut self, cursor: &mut Cursor<'_>) -> Option<Test> {
        let name = self.take_text(cursor)?;
        let mut test = Test { name, settings: Vec::new(), given: Vec::new(), expects: Vec::new() };
        while let Some(pair) = cursor.next() {
            let span = self.span(&pair);
            let rule = pair.as_rule();
            if rule == Rule::expect {
                test.expects.extend(self.expect(pair));
                continue;
            }
            let mut inner = Cursor::new(pair.into_inner());
            let name = self.take_name(&mut inner)?;
            if rule == Rule::set_param {
                let value = inner.take(Rule::signed)?;
                test.settings.push((name, self.signed(value)));
            } else {
                let table = inner.take(Rule::table)?;
                test.given.push(Given { input: name, rows: self.table(table), span });
            }
        }
        Some(test)
    }

    fn table(&mut self, pair: Node<'_>) -> Vec<Vec<Spanned<Option<Arc<str>>>>> {
        let rows = Cursor::new(pair.into_inner()).many(Rule::row);
        rows.into_iter()
            .map(|row| {
                let cells = Cursor::new(row.into_inner()).many(Rule::cell);
                cells.into_iter().map(|cell| self.cell(&cell)).collect()
            })
            .collect()
    }

    /// A cell of a `given` table: a text in quotes, a bare word, or `-` for a missing value.
    fn cell(&mut self, pair: &Node<'_>) -> Spanned<Option<Arc<str>>> {
        let span = self.span(pair);
        let text = pair.as_str();
        let value =
            if text.starts_with('"') { Some(self.text(pair).node) } else { (text != "-").then(|| Arc::from(text)) };
        Spanned::new(value, span)
    }

    /// An expectation.
    pub(super) fn expect(&mut self, pair: Node<'_>) -> Option<Expect> {
        let span = self.span(&pair);
        let mut cursor = Cursor::new(pair.into_inner());
        self.doc(&mut cursor);
        let pair = cursor.next()?;
        let rule = pair.as_rule();
        let mut inner = Cursor::new(pair.into_inner());
        if rule == Rule::expect_error {
            return Some(Expect { kind: ExpectKind::Error(self.take_text(&mut inner)?), span });
        }
        let index = self.take_name(&mut inner)?;
        let kind = match rule {
            Rule::expect_one => {
                let outcome = inner.take(Rule::outcome)?;
                let cell = ExpectCell { key: Vec::new(), value: self.outcome(outcome), span };
                ExpectKind::Cells(index, vec![cell])
            }
            Rule::expect_cells => {
                let cells = inner.many(Rule::expect_cell);
                ExpectKind::Cells(index, cells.into_iter().filter_map(|pair| self.expect_cell(pair)).collect())
            }
            _ => {
                let file = self.take_text(&mut inner)?;
                let column = match inner.take(Rule::column_name) {
                    Some(pair) => Cursor::new(pair.into_inner())
                        .next()
                        .map(|inner| if inner.as_rule() == Rule::text { self.text(&inner) } else { self.name(&inner) }),
                    None => None,
                };
                let within = inner.take(Rule::number).map(|pair| self.tolerance(&pair));
                ExpectKind::File { index, file, column, within }
            }
        };
        Some(Expect { kind, span })
    }

    fn tolerance(&mut self, pair: &Node<'_>) -> Expr {
        let span: Span = self.span(pair);
        let kind = self.number(pair.as_str().trim()).unwrap_or(ExprKind::Wrong);
        Expr { kind, span }
    }

    fn expect_cell(&mut self, pair: Node<'_>) -> Option<ExpectCell> {
        let span = self.span(&pair);
        let mut cursor = Cursor::new(pair.into_inner());
        let key = cursor.many(Rule::bound_key).into_iter().map(|pair| self.outcome(pair)).collect();
        let outcome = cursor.take(Rule::outcome)?;
        Some(ExpectCell { key, value: self.outcome(outcome), span })
    }

    fn outcome(&mut self, pair: Node<'_>) -> Option<Expr> {
        let signed = Cursor::new(pair.into_inner()).take(Rule::signed)?;
        Some(self.signed(signed))
    }
}
