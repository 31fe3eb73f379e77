//! Literals where a certain type is wanted: in domains, parameters, tests.

use std::sync::Arc;

use super::Checker;
use super::constant::coerce_value;
use super::scope::{Scope, ScopeKind};
use super::tree::{Domain, Expr};
use crate::diag::Code;
use crate::resolve::Kind;
use crate::source::Span;
use crate::syntax::ast;
use crate::value::{Period, Type, Value};

/// How many values a dimension with `in` may have.
pub const MAX_DOMAIN: usize = 1_000_000;

/// The value after this one, where values can be counted.
fn next(value: &Value, ty: &Type) -> Option<Value> {
    Some(match (value, ty) {
        (Value::Number(n), Type::Number(0)) => Value::Number(n + 1),
        (Value::Period(n), Type::Period(kind)) => Value::Period(kind.next(*n)),
        (Value::Date(n), Type::Date) => Value::Date(n + 1),
        _ => return None,
    })
}

impl Checker<'_> {
    /// A literal or a parameter as a value of a type.
    pub(super) fn literal(&mut self, tree: &ast::Expr, ty: &Type) -> Option<Value> {
        let expr = self.expr(&mut Scope::new(ScopeKind::Constants), tree)?;
        self.literal_value(&expr, ty)
    }

    fn literal_value(&mut self, expr: &Expr, ty: &Type) -> Option<Value> {
        let value = self.constant(expr)?;
        let coerced = coerce_value(&value, &expr.ty.base, ty);
        if coerced.is_none() {
            match (ty, &value) {
                (Type::Category(words), Value::Text(text)) => self.unknown_word(text, expr.span, words),
                _ => {
                    let message = match (ty, &expr.ty.base) {
                        (Type::Number(_), Type::Number(_)) => {
                            format!("a {ty} is expected here, this is a {}", expr.ty.base)
                        }
                        _ => format!("{} is expected here, this is {}", ty.described(), expr.ty.base.described()),
                    };
                    self.error(Code::WrongType, expr.span, message, type_help(ty));
                }
            }
        }
        coerced
    }

    /// The values that a dimension or parameter of this type can have.
    pub(super) fn domain(&mut self, domain: &ast::Domain, ty: &Type) -> Option<Domain> {
        match &domain.kind {
            ast::DomainKind::List(list) => {
                if let [ast::Expr { kind: ast::ExprKind::Name(name), .. }] = list.as_slice()
                    && let Some(input) = self.scheme.find(name, Kind::Input)
                {
                    return self.keys(input, ty, domain.span);
                }
                let values: Vec<Option<Value>> = list.iter().map(|tree| self.literal(tree, ty)).collect();
                let mut values = values.into_iter().collect::<Option<Vec<_>>>()?;
                values.sort();
                values.dedup();
                Some(Domain::Values(values))
            }
            ast::DomainKind::Range(low, high) => {
                let (low, high) = (self.literal(low, ty), self.literal(high, ty));
                self.range(low?, high?, ty, domain.span).map(Domain::Values)
            }
        }
    }

    fn range(&mut self, low: Value, high: Value, ty: &Type, span: Span) -> Option<Vec<Value>> {
        if next(&low, ty).is_none() {
            let message = format!("a range of {ty} can't be counted out");
            self.error(Code::WrongType, span, message, "list the values in parentheses");
            return None;
        }
        if low > high {
            self.error(Code::OutOfRange, span, "the range ends before it begins", "write the smaller value first");
            return None;
        }
        let mut values = Vec::new();
        let mut at = low;
        while at <= high {
            if values.len() >= MAX_DOMAIN {
                let message = "the range has more than 1,000,000 values";
                self.error(Code::TooLarge, span, message, "use a coarser dimension, or leave `in` out");
                return None;
            }
            let after = next(&at, ty)?;
            values.push(std::mem::replace(&mut at, after));
        }
        Some(values)
    }

    /// The keys of an input.
    fn keys(&mut self, input: usize, ty: &Type, span: Span) -> Option<Domain> {
        self.use_item(Kind::Input, input);
        let schema = &self.inputs.get(input)?.schema;
        let name = Arc::clone(&schema.name);
        let single = schema.unique.iter().find_map(|unique| match unique.key.as_slice() {
            [column] if unique.interval.is_none() => Some(*column),
            _ => None,
        });
        let Some(column) = single else {
            let message = format!("`{name}` has no key of one column");
            self.error(
                Code::NoKey,
                span,
                message,
                "declare `unique …` in the input, or list the values in parentheses",
            );
            return None;
        };
        let key = &schema.columns.get(column)?.ty.base;
        if key != ty && !(key.is_text() && ty.is_text()) {
            let message = format!("the keys of `{name}` are {key}, the dimension is {ty}");
            self.error(Code::WrongType, span, message, "use an input whose key has the dimension's type");
            return None;
        }
        Some(Domain::Keys(input, column))
    }
}

fn type_help(ty: &Type) -> &'static str {
    match ty {
        Type::Number(_) => "write a number with no more decimal places than the type has",
        Type::Date => "write a day: 2012-12-31",
        Type::Partial(_) => "write a day: 2012-12-31",
        Type::Period(Period::Year) => "write a year: 2012",
        Type::Period(Period::Quarter) => "write a quarter: 2012-Q1",
        Type::Period(Period::Month) => "write a month: 2012-06",
        Type::Period(_) => "write the day of the week's Monday: 2012-06-04",
        Type::Flag => "write yes or no",
        _ => "write a text in quotes",
    }
}
