//! Pairs into inputs.

use std::sync::Arc;

use super::ast::*;
use super::build::{Builder, Node};
use super::cursor::Cursor;
use super::grammar::Rule;
use crate::diag::Code;
use crate::source::{Span, Spanned};
use crate::value::Precision;
use crate::value::schema::period_of;

impl Builder<'_> {
    /// The inside of an input.
    pub(super) fn input(&mut self, cursor: &mut Cursor<'_>) -> Option<Input> {
        let name = self.take_name(cursor)?;
        let file = self.take_text(cursor);
        let mut input = Input {
            name,
            file,
            options: Vec::new(),
            columns: Vec::new(),
            units: Vec::new(),
            keys: Vec::new(),
            unpivot: None,
            checks: Vec::new(),
        };
        while let Some(pair) = cursor.next() {
            self.input_line(&mut input, pair);
        }
        Some(input)
    }

    fn input_line(&mut self, input: &mut Input, pair: Node<'_>) -> Option<()> {
        let span = self.span(&pair);
        let rule = pair.as_rule();
        if rule == Rule::check {
            input.checks.push(self.check(pair)?);
            return Some(());
        }
        let mut cursor = Cursor::new(pair.into_inner());
        match rule {
            Rule::column => {
                let doc = self.doc(&mut cursor);
                input.columns.push(self.column(doc, &mut cursor)?);
            }
            Rule::unit => {
                input.units.push(self.unit(&mut cursor, span)?);
            }
            Rule::unique | Rule::distinct => {
                input.keys.push(self.input_key(&mut cursor, rule == Rule::distinct, span)?);
            }
            Rule::unpivot => {
                let unpivot = Spanned::new(self.unpivot(&mut cursor)?, span);
                if input.unpivot.replace(unpivot).is_some() {
                    self.error(Code::Syntax, span, "an input has one `unpivot`", "join both: `unpivot a_*, b_* to …`");
                }
            }
            _ => {
                let option = self.option(rule, &mut cursor)?;
                input.options.push(Spanned::new(option, span));
            }
        }
        Some(())
    }

    /// `unit K has …`.
    pub(super) fn unit(&mut self, cursor: &mut Cursor<'_>, span: Span) -> Option<Spanned<(Vec<Name>, Vec<Name>)>> {
        let key = self.names(cursor)?;
        Some(Spanned::new((key, self.names(cursor)?), span))
    }

    /// `unique K …`, `distinct K`.
    pub(super) fn input_key(
        &mut self,
        cursor: &mut Cursor<'_>,
        drop_repeats: bool,
        span: Span,
    ) -> Option<Spanned<Key>> {
        let columns = self.names(cursor)?;
        let interval = match cursor.take(Rule::interval) {
            Some(interval) => Some(self.interval(interval)?),
            None => None,
        };
        Some(Spanned::new(Key { columns, drop_repeats, interval }, span))
    }

    fn option(&mut self, rule: Rule, cursor: &mut Cursor<'_>) -> Option<FileOption> {
        Some(match rule {
            Rule::opt_delimiter => FileOption::Delimiter(match cursor.take(Rule::k_tab) {
                Some(tab) => Spanned::new(Arc::from("\t"), self.span(&tab)),
                None => self.take_text(cursor)?,
            }),
            Rule::opt_encoding => FileOption::Encoding(self.take_text(cursor)?),
            Rule::opt_no_header => FileOption::NoHeader,
            Rule::opt_decimal_comma => FileOption::DecimalComma,
            Rule::opt_thousands => FileOption::Thousands(self.take_text(cursor)?),
            Rule::opt_exponents => FileOption::Exponents,
            Rule::opt_missing => FileOption::Missing(self.texts(cursor)?),
            Rule::opt_yes => FileOption::Yes(self.texts(cursor)?),
            Rule::opt_no => FileOption::No(self.texts(cursor)?),
            Rule::opt_dates => FileOption::Dates(self.texts(cursor)?),
            Rule::opt_century => FileOption::Century(self.year(cursor)?),
            _ => return None,
        })
    }

    fn year(&mut self, cursor: &mut Cursor<'_>) -> Option<i32> {
        let pair = cursor.take(Rule::integer)?;
        i32::try_from(self.integer(&pair)).ok()
    }

    /// A column.
    pub(super) fn column(&mut self, doc: Doc, cursor: &mut Cursor<'_>) -> Option<Column> {
        let name = self.take_name(cursor)?;
        let ty = self.column_type(cursor)?;
        let mut mods = Vec::new();
        for pair in cursor.many(Rule::column_mod) {
            let span = self.span(&pair);
            let Some(pair) = Cursor::new(pair.into_inner()).next() else { continue };
            let rule = pair.as_rule();
            let mut inner = Cursor::new(pair.into_inner());
            let kind = match rule {
                Rule::mod_from => ColumnMod::From(self.take_text(&mut inner)?),
                Rule::mod_at => {
                    let pair = inner.take(Rule::integer)?;
                    ColumnMod::At(self.integer(&pair))
                }
                Rule::mod_format => ColumnMod::Format(self.texts(&mut inner)?),
                Rule::mod_missing => ColumnMod::Missing(self.texts(&mut inner)?),
                _ => ColumnMod::Clean,
            };
            mods.push(Spanned::new(kind, span));
        }
        Some(Column { doc, name, ty, mods })
    }

    fn column_type(&mut self, cursor: &mut Cursor<'_>) -> Option<ColumnType> {
        let pair = cursor.take(Rule::column_type)?;
        let span = self.span(&pair);
        let mut inner = Cursor::new(pair.into_inner());
        let base = self.type_word(inner.take(Rule::type_word)?)?;
        Some(ColumnType { base, optional: inner.has(Rule::optional), span })
    }

    fn type_word(&mut self, pair: Node<'_>) -> Option<BaseType> {
        let pair = Cursor::new(pair.into_inner()).next()?;
        let span = self.span(&pair);
        let word = pair.as_str().trim().to_owned();
        let rule = pair.as_rule();
        let mut inner = Cursor::new(pair.into_inner());
        Some(match (rule, word.as_str()) {
            (Rule::type_category, _) => BaseType::Category(self.texts(&mut inner)?),
            (Rule::type_number, _) => BaseType::Number(match inner.take(Rule::integer) {
                Some(places) => Spanned::new(self.integer(&places), self.span(&places)),
                None => Spanned::new(0, span),
            }),
            (Rule::type_date, _) => match inner.take(Rule::precision) {
                Some(precision) if precision.as_str() == "month" => BaseType::Partial(Precision::Month),
                Some(_) => BaseType::Partial(Precision::Year),
                None => BaseType::Date,
            },
            (_, "text") => BaseType::Text,
            (_, "flag") => BaseType::Flag,
            (_, word) => BaseType::Period(period_of(word)?),
        })
    }

    fn interval(&mut self, pair: Node<'_>) -> Option<(Edge, Edge, bool)> {
        let mut cursor = Cursor::new(pair.into_inner());
        let from = self.edge(cursor.take(Rule::edge)?)?;
        let inclusive = cursor.has(Rule::k_to);
        Some((from, self.edge(cursor.take(Rule::edge)?)?, inclusive))
    }

    fn edge(&mut self, pair: Node<'_>) -> Option<Edge> {
        let mut cursor = Cursor::new(pair.into_inner());
        let first = self.take_name(&mut cursor)?;
        Some(match self.take_name(&mut cursor) {
            Some(column) => Edge { function: Some(first), column },
            None => Edge { function: None, column: first },
        })
    }

    fn unpivot(&mut self, cursor: &mut Cursor<'_>) -> Option<Unpivot> {
        let mut patterns = Vec::new();
        for pair in cursor.many(Rule::pattern) {
            let Some(inner) = Cursor::new(pair.into_inner()).next() else { continue };
            patterns.push(if inner.as_rule() == Rule::text { self.text(&inner) } else { self.name(&inner) });
        }
        let mut parts = vec![self.part(cursor.take(Rule::part)?)?];
        let mut separators = Vec::new();
        while let Some(separator) = cursor.take(Rule::text) {
            separators.push(self.text(&separator));
            parts.push(self.part(cursor.take(Rule::part)?)?);
        }
        let cell = self.column(Doc::new(), cursor)?;
        Some(Unpivot { patterns, parts, separators, cell })
    }

    fn part(&mut self, pair: Node<'_>) -> Option<(Name, Option<(BaseType, Span)>)> {
        let mut cursor = Cursor::new(pair.into_inner());
        let name = self.take_name(&mut cursor)?;
        let Some(ty) = cursor.take(Rule::type_word) else { return Some((name, None)) };
        let span = self.span(&ty);
        Some((name, Some((self.type_word(ty)?, span))))
    }
}
