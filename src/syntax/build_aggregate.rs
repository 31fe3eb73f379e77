//! Pairs into aggregations: the function, what is aggregated, and the clauses behind it.

use super::ast::*;
use super::build::{Builder, Node};
use super::build_expr::boxed;
use super::cursor::Cursor;
use super::grammar::Rule;
use crate::diag::Code;
use crate::source::{Span, Spanned};
use crate::value::words::{Function, Policy};

impl Builder<'_> {
    /// What stands as an index, or in parentheses.
    pub(super) fn body(&mut self, pair: Node<'_>) -> Option<Expr> {
        match pair.as_rule() {
            Rule::aggregate => self.aggregate(pair),
            Rule::over => self.over(pair),
            _ => self.expr(pair),
        }
    }

    /// An aggregation, rounded if it says so.
    fn aggregate(&mut self, pair: Node<'_>) -> Option<Expr> {
        let span = self.span(&pair);
        let mut cursor = Cursor::new(pair.into_inner());
        let function = cursor.take(Rule::function)?;
        let function = Spanned::new(function_of(&function), self.span(&function));
        let source = self.take_name(&mut cursor)?;
        let missing = Spanned::new(Policy::None, source.span);
        let mut aggregate = Aggregate { function, source, filter: None, dims: None, weight: None, missing };
        let mut rounds = Vec::new();
        for clause in cursor.many(Rule::clause) {
            let Some(clause) = Cursor::new(clause.into_inner()).next() else { continue };
            let place = self.span(&clause);
            let rule = clause.as_rule();
            let mut inner = Cursor::new(clause.into_inner());
            let twice = match rule {
                Rule::r#where => {
                    let filter = inner.take(Rule::filter).and_then(|pair| self.expr(pair));
                    std::mem::replace(&mut aggregate.filter, filter).is_some()
                }
                Rule::weighted => {
                    let weight = inner.take(Rule::dim_expr).and_then(|pair| self.value_expr(pair));
                    std::mem::replace(&mut aggregate.weight, weight).is_some()
                }
                Rule::by => {
                    let dims = self.dims(&mut inner);
                    std::mem::replace(&mut aggregate.dims, dims).is_some()
                }
                Rule::skip | Rule::required => {
                    let policy = Spanned::new(self.policy(rule, &mut inner)?, place);
                    std::mem::replace(&mut aggregate.missing, policy).node != Policy::None
                }
                _ => {
                    rounds.extend(self.places(&mut inner));
                    rounds.len() > 1
                }
            };
            if twice {
                self.said_twice(place);
            }
        }
        let expr = Expr { kind: ExprKind::Aggregate(Box::new(aggregate)), span };
        Some(match rounds.into_iter().next() {
            Some(places) => Expr { kind: ExprKind::Round(boxed(expr), places), span },
            None => expr,
        })
    }

    pub(super) fn said_twice(&mut self, place: Span) {
        let help = "say it once; join conditions with `and`, dimensions with a comma";
        self.error(Code::Syntax, place, "this is said twice", help);
    }

    /// What is done about missing cells.
    fn policy(&mut self, rule: Rule, cursor: &mut Cursor<'_>) -> Option<Policy> {
        if rule == Rule::required {
            return Some(Policy::Required);
        }
        let Some(condition) = cursor.take(Rule::skip_if) else { return Some(Policy::Skip) };
        let share = Cursor::new(condition.into_inner()).take(Rule::share)?;
        self.share(&share)
    }

    /// `2/3` or `60 %`.
    fn share(&mut self, pair: &Node<'_>) -> Option<Policy> {
        let span = self.span(pair);
        let mut cursor = Cursor::new(pair.clone().into_inner());
        let numbers: Vec<Option<u64>> =
            cursor.many(Rule::number).iter().map(|number| number.as_str().trim().parse().ok()).collect();
        let percent = cursor.has(Rule::percent);
        let share = match (numbers.as_slice(), percent) {
            ([Some(part)], true) => Some((*part, 100)),
            ([Some(part), Some(whole)], false) => Some((*part, *whole)),
            _ => None,
        };
        match share.filter(|(part, whole)| 0 < *part && part <= whole) {
            Some((part, whole)) => Some(Policy::SkipIf { part, whole }),
            None => {
                let message = format!("`{}` is not a share of the cells", pair.as_str().trim());
                let help = "write a fraction of whole numbers up to 1, as in `at least 2/3 present`, or `at least 60 % present`";
                self.error(Code::BadLiteral, span, message, help);
                None
            }
        }
    }
}

/// The function of a word.
pub(super) fn function_of(pair: &Node<'_>) -> Function {
    let word = pair.as_str().trim();
    Function::ALL.iter().copied().find(|function| function.word() == word).unwrap_or(Function::Sum)
}
