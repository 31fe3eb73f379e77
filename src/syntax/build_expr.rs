//! Pairs into expressions.

use super::ast::*;
use super::build::{Builder, Node};
use super::cursor::Cursor;
use super::grammar::Rule;
use super::{MAX_DEPTH, MAX_NESTING};
use crate::diag::{Code, Diagnostic};
use crate::source::{Span, Spanned};
use crate::value::{Period, calendar, decimal};

pub(super) fn boxed(expr: Expr) -> Box<Expr> {
    Box::new(expr)
}

impl Builder<'_> {
    /// Builds a part that stands so much deeper, or reports that it is too deep.
    fn deeper(&mut self, by: usize, span: Span, build: impl FnOnce(&mut Self) -> Option<Expr>) -> Option<Expr> {
        if self.depth + by > MAX_DEPTH {
            let message = format!("this expression is more than {MAX_DEPTH} operations deep");
            let found = Diagnostic::error(Code::TooDeep, span, message);
            self.problems.push(found.help("give a part of it a name with `let`, or an index of its own"));
            return Some(Expr { kind: ExprKind::Wrong, span });
        }
        self.depth += by;
        let built = build(self);
        self.depth -= by;
        built
    }

    /// An expression.
    pub(super) fn expr(&mut self, pair: Node<'_>) -> Option<Expr> {
        let inner = if pair.as_rule() == Rule::filter { Rule::filter_and } else { Rule::conjunction };
        self.chain(pair, inner, Binary::Or, Self::conjunction)
    }

    fn conjunction(&mut self, pair: Node<'_>) -> Option<Expr> {
        let inner = if pair.as_rule() == Rule::filter_and { Rule::filter_not } else { Rule::negation };
        self.chain(pair, inner, Binary::And, Self::negation)
    }

    fn chain(
        &mut self,
        pair: Node<'_>,
        part_rule: Rule,
        operator: Binary,
        build: fn(&mut Self, Node<'_>) -> Option<Expr>,
    ) -> Option<Expr> {
        let span = self.span(&pair);
        let parts = Cursor::new(pair.into_inner()).many(part_rule);
        self.deeper(parts.len().saturating_sub(1), span, |this| {
            let mut parts = parts.into_iter();
            let mut left = build(this, parts.next()?)?;
            for part in parts {
                let right = build(this, part)?;
                let span = left.span.to(right.span);
                left = Expr { kind: ExprKind::Binary(operator, boxed(left), boxed(right)), span };
            }
            Some(left)
        })
    }

    fn negation(&mut self, pair: Node<'_>) -> Option<Expr> {
        let span = self.span(&pair);
        let mut cursor = Cursor::new(pair.into_inner());
        let count = cursor.many(Rule::k_not).len();
        self.deeper(count, span, |this| {
            let mut expr = this.comparison(cursor.next()?)?;
            for _ in 0..count {
                expr = Expr { kind: ExprKind::Not(boxed(expr)), span };
            }
            Some(expr)
        })
    }

    fn comparison(&mut self, pair: Node<'_>) -> Option<Expr> {
        let span = self.span(&pair);
        let (operand, set_rule) = match pair.as_rule() {
            Rule::filter_comparison => (Rule::dim_expr, Rule::filter_set),
            _ => (Rule::value_expr, Rule::set),
        };
        let mut cursor = Cursor::new(pair.into_inner());
        self.deeper(1, span, |this| {
            let left = this.value_expr(cursor.take(operand)?)?;
            if let Some(set) = cursor.take(set_rule) {
                let ranged = !set.as_str().starts_with('(');
                let mut inner = Cursor::new(set.into_inner());
                let values = inner.many(if ranged { operand } else { Rule::value_expr });
                let mut values = values.into_iter().map(|pair| this.value_expr(pair)).collect::<Option<Vec<_>>>()?;
                let kind = if ranged {
                    let (high, low) = (values.pop()?, values.pop()?);
                    ExprKind::InRange(boxed(left), boxed(low), boxed(high))
                } else {
                    ExprKind::InList(boxed(left), values)
                };
                return Some(Expr { kind, span });
            }
            let Some(operator) = cursor.take(Rule::comparator) else { return Some(left) };
            let operator = match operator.as_str().trim() {
                "!=" => Binary::Different,
                "<=" => Binary::LessOrEqual,
                ">=" => Binary::GreaterOrEqual,
                "<" => Binary::Less,
                ">" => Binary::Greater,
                _ => Binary::Equal,
            };
            let right = this.value_expr(cursor.take(operand)?)?;
            let kind = match cursor.take(operand) {
                Some(tolerance) => {
                    let tolerance = this.value_expr(tolerance)?;
                    ExprKind::Within(operator, boxed(left), boxed(right), boxed(tolerance))
                }
                None => ExprKind::Binary(operator, boxed(left), boxed(right)),
            };
            Some(Expr { kind, span })
        })
    }

    /// An expression without conditions: arithmetic, `else`, `round to`.
    pub(super) fn value_expr(&mut self, pair: Node<'_>) -> Option<Expr> {
        let span = self.span(&pair);
        let inner: Vec<_> = pair.into_inner().collect();
        self.deeper(inner.len().saturating_sub(1), span, |this| {
            let mut inner = inner.into_iter();
            let mut expr = this.total(inner.next()?)?;
            for pair in inner {
                let span = expr.span.to(this.span(&pair));
                let rule = pair.as_rule();
                let mut cursor = Cursor::new(pair.into_inner());
                let kind = if rule == Rule::round_to {
                    ExprKind::Round(boxed(expr), this.places(&mut cursor)?)
                } else {
                    let total = cursor.take(Rule::total)?;
                    this.no_arithmetic_after_else(&total);
                    ExprKind::Binary(Binary::Else, boxed(expr), boxed(this.total(total)?))
                };
                expr = Expr { kind, span };
            }
            Some(expr)
        })
    }

    pub(super) fn places(&mut self, cursor: &mut Cursor<'_>) -> Option<Spanned<u32>> {
        let pair = cursor.take(Rule::integer)?;
        Some(Spanned::new(self.integer(&pair), self.span(&pair)))
    }

    /// `a else 0 + b` reads as if `a` alone had the stand-in, but it is the sum that would be it.
    fn no_arithmetic_after_else(&mut self, total: &Node<'_>) {
        let products: Vec<_> = total.clone().into_inner().collect();
        let single = products.len() == 1 && products.iter().all(|product| product.clone().into_inner().count() == 1);
        if !single {
            let span = self.span(total);
            let message = "what `else` puts in and the arithmetic behind it can be read in two ways";
            self.error(Code::Syntax, span, message, "write `(a else 0) + b` or `a else (0 + b)`");
        }
    }

    fn total(&mut self, pair: Node<'_>) -> Option<Expr> {
        self.operations(pair, Rule::product, Rule::sign, Self::product)
    }

    fn product(&mut self, pair: Node<'_>) -> Option<Expr> {
        self.operations(pair, Rule::factor, Rule::factor_sign, Self::factor)
    }

    fn operations(
        &mut self,
        pair: Node<'_>,
        part_rule: Rule,
        sign_rule: Rule,
        build: fn(&mut Self, Node<'_>) -> Option<Expr>,
    ) -> Option<Expr> {
        let span = self.span(&pair);
        let count = pair.clone().into_inner().count() / 2;
        let mut cursor = Cursor::new(pair.into_inner());
        self.deeper(count, span, |this| {
            let mut left = build(this, cursor.take(part_rule)?)?;
            while let Some(operator) = cursor.take(sign_rule) {
                let operator = match operator.as_str().trim() {
                    "+" => Binary::Add,
                    "-" => Binary::Subtract,
                    "*" => Binary::Multiply,
                    _ => Binary::Divide,
                };
                let right = build(this, cursor.take(part_rule)?)?;
                let span = left.span.to(right.span);
                left = Expr { kind: ExprKind::Binary(operator, boxed(left), boxed(right)), span };
            }
            Some(left)
        })
    }

    fn factor(&mut self, pair: Node<'_>) -> Option<Expr> {
        let span = self.span(&pair);
        let mut cursor = Cursor::new(pair.into_inner());
        let count = cursor.many(Rule::minus).len();
        self.deeper(count, span, |this| {
            let mut expr = this.primary(cursor.take(Rule::primary)?)?;
            for _ in 0..count {
                expr = match expr.kind {
                    ExprKind::Number(units, places) => Expr { kind: ExprKind::Number(-units, places), span },
                    _ => Expr { kind: ExprKind::Negate(boxed(expr)), span },
                };
            }
            Some(expr)
        })
    }

    fn primary(&mut self, pair: Node<'_>) -> Option<Expr> {
        let span = self.span(&pair);
        let value = pair.as_str().trim() == "value";
        let Some(pair) = Cursor::new(pair.into_inner()).next() else {
            return value.then_some(Expr { kind: ExprKind::Value, span });
        };
        match pair.as_rule() {
            Rule::literal => Some(self.literal(pair)),
            Rule::name => Some(self.name_expr(&pair)),
            Rule::parenthesis => {
                let inner = Cursor::new(pair.into_inner()).next()?;
                self.deeper(2, span, |this| this.body(inner))
            }
            Rule::call => self.call(pair),
            Rule::case => self.case(pair),
            _ => None,
        }
    }

    pub(super) fn name_expr(&self, pair: &Node<'_>) -> Expr {
        let name = self.name(pair);
        Expr { kind: ExprKind::Name(name.node), span: name.span }
    }

    fn call(&mut self, pair: Node<'_>) -> Option<Expr> {
        let span = self.span(&pair);
        let mut cursor = Cursor::new(pair.into_inner());
        let name = cursor.take(Rule::call_name)?;
        let name = self.name(&name);
        self.deeper(1, span, |this| {
            let args = cursor.many(Rule::expr).into_iter().map(|pair| this.expr(pair)).collect::<Option<Vec<_>>>()?;
            let kind = match cursor.take(Rule::field) {
                Some(field) => ExprKind::Lookup(name, args, this.take_name(&mut Cursor::new(field.into_inner()))?),
                None if &*name.node == "round" => return this.round_call(name.span, args, span),
                None => ExprKind::Call(name, args),
            };
            Some(Expr { kind, span })
        })
    }

    /// `round(x, 2)` is `x round to 2`, `round(x)` is `x round to 0`.
    fn round_call(&mut self, name: Span, args: Vec<Expr>, span: Span) -> Option<Expr> {
        let mut args = args.into_iter();
        let (value, places, more) = (args.next(), args.next(), args.next());
        let places = match places.map(|places| (places.kind, places.span)) {
            None => Some(Spanned::new(0, name)),
            Some((ExprKind::Number(units, 0), span)) => u32::try_from(units).ok().map(|n| Spanned::new(n, span)),
            Some(_) => None,
        };
        match (value, places, more) {
            (Some(value), Some(places), None) => Some(Expr { kind: ExprKind::Round(boxed(value), places), span }),
            _ => {
                let message = "`round` takes an expression and a number of decimal places";
                self.error(Code::WrongArguments, span, message, "write `round(x, 2)`");
                Some(Expr { kind: ExprKind::Wrong, span })
            }
        }
    }

    fn case(&mut self, pair: Node<'_>) -> Option<Expr> {
        let span = self.span(&pair);
        let arms = Cursor::new(pair.into_inner()).many(Rule::arm);
        self.deeper(2, span, |this| {
            let arms = arms.into_iter().map(|pair| this.arm(pair)).collect::<Option<Vec<_>>>()?;
            Some(Expr { kind: ExprKind::Case(arms), span })
        })
    }

    fn arm(&mut self, pair: Node<'_>) -> Option<Arm> {
        let span = self.span(&pair);
        let mut cursor = Cursor::new(pair.into_inner());
        let value = if cursor.has(Rule::k_missing) {
            None
        } else {
            let pair = cursor.take(Rule::expr)?;
            Some(self.expr(pair)?)
        };
        if cursor.has(Rule::k_otherwise) {
            return Some(Arm { value, condition: None, span });
        }
        let pair = cursor.take(Rule::expr)?;
        Some(Arm { value, condition: Some(self.expr(pair)?), span })
    }

    /// A literal with or without a minus.
    pub(super) fn signed(&mut self, pair: Node<'_>) -> Expr {
        let span = self.span(&pair);
        let mut cursor = Cursor::new(pair.into_inner());
        let negative = cursor.has(Rule::minus);
        let Some(literal) = cursor.take(Rule::literal) else { return Expr { kind: ExprKind::Wrong, span } };
        let literal = self.literal(literal);
        match (negative, literal.kind) {
            (false, kind) => Expr { kind, span },
            (true, ExprKind::Number(units, places)) => Expr { kind: ExprKind::Number(-units, places), span },
            (true, _) => {
                self.error(Code::BadLiteral, span, "only a number can have a minus", "write it without");
                Expr { kind: ExprKind::Wrong, span }
            }
        }
    }

    fn literal(&mut self, pair: Node<'_>) -> Expr {
        let span = self.span(&pair);
        let Some(pair) = Cursor::new(pair.into_inner()).next() else { return Expr { kind: ExprKind::Wrong, span } };
        let text = pair.as_str().trim();
        let kind = match pair.as_rule() {
            Rule::text => Some(ExprKind::Text(self.text(&pair).node)),
            Rule::flag => Some(ExprKind::Flag(text == "yes")),
            Rule::number => self.number(text),
            Rule::date => calendar::parse_day(text).map(ExprKind::Date),
            Rule::month => Period::Month.parse(text).map(|n| ExprKind::Period(Period::Month, n)),
            Rule::quarter => Period::Quarter.parse(text).map(|n| ExprKind::Period(Period::Quarter, n)),
            _ => None,
        };
        let kind = kind.unwrap_or_else(|| {
            let (what, help) = match pair.as_rule() {
                Rule::number => ("a number that can be computed with", "a number has at most 38 digits"),
                Rule::date => ("a day of the calendar", "write year-month-day, as in 2012-12-31"),
                Rule::month => {
                    ("a month", "write 2011-06 for a month; a difference has blanks around its minus: 2011 - 20")
                }
                _ => ("a quarter", "write 2011-Q1 to 2011-Q4"),
            };
            self.error(Code::BadLiteral, span, format!("`{text}` is not {what}"), help);
            ExprKind::Wrong
        });
        Expr { kind, span }
    }

    pub(super) fn number(&mut self, text: &str) -> Option<ExprKind> {
        let places = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let places = u8::try_from(places).ok().filter(|&places| places <= decimal::MAX_PLACES)?;
        let units = decimal::parse(text, places, decimal::MAX_DIGITS).ok()?;
        Some(ExprKind::Number(units, places))
    }
}

// The limits must leave room for what nests inside an expression.
const _: () = assert!(MAX_NESTING < MAX_DEPTH);
