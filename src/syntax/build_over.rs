//! Pairs into operations over a dimension: which clauses belong to which, and what must be said.

use super::ast::*;
use super::build::{Builder, Node};
use super::build_aggregate::function_of;
use super::build_expr::boxed;
use super::cursor::Cursor;
use super::grammar::Rule;
use crate::diag::Code;
use crate::source::Span;
use crate::value::over::{Filling, Operation, Reference, Ties};
use crate::value::words::Function;

/// The clauses behind an operation; those that belong to it are taken.
struct Clauses<'i> {
    found: Vec<Node<'i>>,
    /// What is done, in the words of the scheme: `rank`, `rolling mean`.
    what: String,
    /// Where that stands.
    span: Span,
}

impl<'i> Clauses<'i> {
    fn take(&mut self, rule: Rule) -> Option<Node<'i>> {
        let at = self.found.iter().position(|clause| clause.as_rule() == rule)?;
        Some(self.found.remove(at))
    }

    fn has(&mut self, rule: Rule) -> bool {
        self.take(rule).is_some()
    }
}

impl Builder<'_> {
    /// An operation over a dimension, rounded if it says so. What is wrong with it is reported, and `Wrong`.
    pub(super) fn over(&mut self, pair: Node<'_>) -> Option<Expr> {
        let span = self.span(&pair);
        let mut cursor = Cursor::new(pair.into_inner());
        let word = cursor.take(Rule::operation)?;
        let source = self.take_name(&mut cursor)?;
        let along = cursor.take(Rule::along).and_then(|pair| self.take_name(&mut Cursor::new(pair.into_inner())));
        let mut found: Vec<Node<'_>> = Vec::new();
        for clause in cursor.many(Rule::over_clause) {
            let Some(clause) = Cursor::new(clause.into_inner()).next() else { continue };
            if found.iter().any(|other| other.as_rule() == clause.as_rule()) {
                let place = self.span(&clause);
                self.said_twice(place);
            } else {
                found.push(clause);
            }
        }
        let what = word.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
        let mut clauses = Clauses { found, what, span: self.span(&word) };
        let wrong = Some(Expr { kind: ExprKind::Wrong, span });
        let Some(along) = along else {
            let message = format!("it isn't said over which dimension `{}` goes", clauses.what);
            let help =
                format!("write `{} {} over country …`, with a dimension of the index", clauses.what, source.node);
            self.error(Code::Syntax, clauses.span, message, &help);
            return wrong;
        };
        let rounds = clauses.take(Rule::round_to);
        let function = word.into_inner().find(|pair| pair.as_rule() == Rule::function);
        let operation = match function {
            Some(function) => self.rolling(function_of(&function), &mut clauses),
            None => self.operation(&mut clauses),
        };
        let Some(operation) = operation else { return wrong };
        if let Some(left) = clauses.found.first() {
            let place = self.span(left);
            let message = format!("this doesn't belong to `{}`", clauses.what);
            self.error(Code::Syntax, place, message, belongs(&operation));
            return wrong;
        }
        let over = Over { source, along, operation, word: clauses.span };
        let expr = Expr { kind: ExprKind::Over(Box::new(over)), span };
        let places = rounds.and_then(|pair| self.places(&mut Cursor::new(pair.into_inner())));
        Some(match places {
            Some(places) => Expr { kind: ExprKind::Round(boxed(expr), places), span },
            None => expr,
        })
    }

    fn operation(&mut self, clauses: &mut Clauses<'_>) -> Option<Operation<Expr>> {
        match clauses.what.as_str() {
            "rank" => self.rank(clauses),
            "normalise" => self.normalise(clauses),
            "cumulative" => Some(Operation::Cumulative { skip_missing: self.skips(clauses)? }),
            "decay" => {
                let half_life =
                    self.clause(clauses, Rule::half_life, "after how many periods half is left", "half-life 3");
                let half_life = self.value_expr(Cursor::new(half_life?.into_inner()).take(Rule::dim_expr)?)?;
                Some(Operation::Decay { half_life, skip_missing: self.skips(clauses)? })
            }
            "lag" => {
                let pair = self.clause(clauses, Rule::over_by, "how many periods before", "by 1")?;
                let by = Cursor::new(pair.clone().into_inner()).many(Rule::dim_expr);
                let by = match by.as_slice() {
                    [one] => one.as_str().trim().parse::<u32>().ok().filter(|by| (1..=MAX_PERIODS).contains(by)),
                    _ => None,
                };
                let span = self.span(&pair);
                Some(Operation::Lag { by: self.periods(by, span)? })
            }
            "carry" => {
                let at_most =
                    self.clause(clauses, Rule::at_most, "for how many periods a value is carried", "at most 2")?;
                Some(Operation::Carry { at_most: self.count(at_most)? })
            }
            "fill" => self.fill(clauses),
            _ => self.winsorise(clauses),
        }
    }

    /// A clause that must be there.
    fn clause<'i>(&mut self, clauses: &mut Clauses<'i>, rule: Rule, what: &str, write: &str) -> Option<Node<'i>> {
        let found = clauses.take(rule);
        if found.is_none() {
            let message = format!("`{}` doesn't say {what}", clauses.what);
            self.error(Code::Syntax, clauses.span, message, &format!("write it behind the dimension: `{write}`"));
        }
        found
    }

    fn skips(&mut self, clauses: &mut Clauses<'_>) -> Option<bool> {
        let Some(skip) = clauses.take(Rule::skip) else { return Some(false) };
        if let Some(condition) = Cursor::new(skip.into_inner()).take(Rule::skip_if) {
            let place = self.span(&condition);
            self.error(
                Code::Syntax,
                place,
                format!("this doesn't belong to `{}`", clauses.what),
                "write `skip missing`",
            );
            return None;
        }
        Some(true)
    }

    fn rank(&mut self, clauses: &mut Clauses<'_>) -> Option<Operation<Expr>> {
        let order = self.clause(
            clauses,
            Rule::order,
            "which value comes first",
            "highest first ties min` or `lowest first ties min",
        )?;
        let ties = self.clause(
            clauses,
            Rule::ties,
            "what place those get that share one",
            "ties min`, `ties max`, `ties dense` or `ties average",
        )?;
        let name = self.take_name(&mut Cursor::new(ties.into_inner()))?;
        let Some(&ties) = Ties::ALL.iter().find(|ties| ties.word() == &*name.node) else {
            let message = format!("ties can't be `{}`", name.node);
            let help = "write `min` (1, 1, 3), `max` (2, 2, 3), `dense` (1, 1, 2) or `average` (1.5, 1.5, 3)";
            self.error(Code::UnknownWord, name.span, message, help);
            return None;
        };
        let highest_first = order.as_str().trim_start().starts_with("highest");
        Some(Operation::Rank { highest_first, ties })
    }

    fn normalise(&mut self, clauses: &mut Clauses<'_>) -> Option<Operation<Expr>> {
        if let Some(pair) = clauses.take(Rule::distance) {
            let pair = Cursor::new(pair.into_inner()).next()?;
            let to = match (pair.as_rule(), pair.as_str().trim()) {
                (Rule::name, "min") => Reference::Min,
                (Rule::name, "max") => Reference::Max,
                (Rule::name, "mean") => Reference::Mean,
                (Rule::name, _) => Reference::At(self.name_expr(&pair)),
                _ => Reference::At(self.signed(pair)),
            };
            return Some(Operation::Distance { to });
        }
        let what = "how";
        let write = "minmax to 0..100`, `zscore` or `distance to max";
        let method = self.clause(clauses, Rule::method, what, write)?;
        if method.as_str().trim() == "zscore" {
            return Some(Operation::ZScore);
        }
        let target = self.clause(clauses, Rule::target, "between which numbers the result lies", "minmax to 0..1")?;
        let ends: Vec<Expr> = Cursor::new(target.clone().into_inner())
            .many(Rule::signed)
            .into_iter()
            .map(|end| self.signed(end))
            .collect();
        let place = self.span(&target);
        let numbers: Vec<(i128, u8)> = ends
            .iter()
            .filter_map(|end| if let ExprKind::Number(units, places) = end.kind { Some((units, places)) } else { None })
            .collect();
        let places = numbers.iter().map(|(_, places)| *places).max().unwrap_or(0);
        let wide = |(units, from): (i128, u8)| crate::value::decimal::widen(units, from, places);
        let to = match numbers.as_slice() {
            [low, high] => wide(*low).zip(wide(*high)),
            _ => None,
        };
        let Some(to) = to.filter(|_| places <= MAX_TARGET_PLACES) else {
            self.error(Code::BadLiteral, place, "the ends aren't two numbers that fit", "write `to 0..100`");
            return None;
        };
        let from = clauses.take(Rule::goalposts);
        let from = match from {
            Some(pair) => {
                let mut ends = Cursor::new(pair.into_inner());
                let (low, high) = (ends.take(Rule::dim_expr)?, ends.take(Rule::dim_expr)?);
                Some((self.value_expr(low)?, self.value_expr(high)?))
            }
            None => None,
        };
        let capped = clauses.take(Rule::capped);
        if let (Some(capped), None) = (&capped, &from) {
            let place = self.span(capped);
            let help = "drop `capped`, or say from where to where: `minmax from 20..85 to 0..100 capped`";
            self.error(Code::Syntax, place, "nothing lies beyond the least and the greatest value", help);
            return None;
        }
        Some(Operation::MinMax { from, to, places, capped: capped.is_some() })
    }

    fn rolling(&mut self, function: Function, clauses: &mut Clauses<'_>) -> Option<Operation<Expr>> {
        use Function::{Count, Max, Mean, Min, Sum};
        if !matches!(function, Sum | Mean | Min | Max | Count) {
            let message = format!("there is no rolling `{}`", function.word());
            self.error(Code::UnknownWord, clauses.span, message, "write sum, mean, min, max or count");
            return None;
        }
        let width = self.clause(clauses, Rule::width, "over how many periods", "width 5")?;
        Some(Operation::Rolling { function, width: self.count(width)?, partial: clauses.has(Rule::partial) })
    }

    fn fill(&mut self, clauses: &mut Clauses<'_>) -> Option<Operation<Expr>> {
        let with =
            self.clause(clauses, Rule::with_word, "with what", "with mean`, `with min`, `with max` or `with median")?;
        let name = self.take_name(&mut Cursor::new(with.into_inner()))?;
        let Some(&function) = Filling::ALL.iter().find(|function| function.word() == &*name.node) else {
            let message = format!("cells can't be filled with `{}`", name.node);
            self.error(
                Code::UnknownWord,
                name.span,
                message,
                "write `with mean`, `with min`, `with max` or `with median`",
            );
            return None;
        };
        let mut by = Vec::new();
        if let Some(pair) = clauses.take(Rule::over_by) {
            for pair in Cursor::new(pair.into_inner()).many(Rule::dim_expr) {
                by.push(self.value_expr(pair)?);
            }
        }
        Some(Operation::Fill { function, by })
    }

    fn winsorise(&mut self, clauses: &mut Clauses<'_>) -> Option<Operation<Expr>> {
        let write = "until skewness 2 kurtosis 3.5 at most 5";
        let until = self.clause(clauses, Rule::outliers, "until when", write)?;
        let at_most = self.clause(clauses, Rule::at_most, "how many values are changed at most", write)?;
        let limits: Vec<(i128, u8)> = Cursor::new(until.into_inner())
            .many(Rule::number)
            .iter()
            .filter_map(|pair| match self.number(pair.as_str().trim()) {
                Some(ExprKind::Number(units, places)) => Some((units, places)),
                _ => None,
            })
            .collect();
        let [skewness, kurtosis] = limits.as_slice() else { return None };
        Some(Operation::Winsorise { skewness: *skewness, kurtosis: *kurtosis, at_most: self.count(at_most)? })
    }

    /// The whole number of a clause, which is a number of periods or values.
    fn count(&mut self, pair: Node<'_>) -> Option<u32> {
        let number = Cursor::new(pair.into_inner()).take(Rule::integer)?;
        let found = number.as_str().trim().parse::<u32>().ok().filter(|n| (1..=MAX_PERIODS).contains(n));
        let span = self.span(&number);
        self.periods(found, span)
    }

    fn periods(&mut self, found: Option<u32>, span: Span) -> Option<u32> {
        if found.is_none() {
            let message = format!("a whole number from 1 to {MAX_PERIODS} is expected here");
            self.error(Code::BadLiteral, span, message, "write a number such as 2");
        }
        found
    }
}

/// The most periods of a window.
const MAX_PERIODS: u32 = 10_000;
/// The most places of what the ends become: the quotient has 15 more.
const MAX_TARGET_PLACES: u8 = 20;

/// The clauses of an operation.
fn belongs(operation: &Operation<Expr>) -> &'static str {
    match operation {
        Operation::Rank { .. } => "it has `highest first` or `lowest first`, `ties`, and `round to`",
        Operation::MinMax { .. } => "it has `minmax`, `from LOW..HIGH`, `to LOW..HIGH`, `capped`, and `round to`",
        Operation::ZScore => "it has `zscore`, and `round to`",
        Operation::Distance { .. } => "it has `distance to` min, max, mean or a value of the dimension, and `round to`",
        Operation::Cumulative { .. } => "it has `skip missing`, and `round to`",
        Operation::Rolling { .. } => "it has `width N`, `partial`, and `round to`",
        Operation::Decay { .. } => "it has `half-life N`, `skip missing`, and `round to`",
        Operation::Lag { .. } => "it has `by N`, and `round to`",
        Operation::Carry { .. } => "it has `at most N`, and `round to`",
        Operation::Fill { .. } => "it has `with` mean, min, max or median, `by`, and `round to`",
        Operation::Winsorise { .. } => "it has `until skewness N kurtosis N`, `at most N`, and `round to`",
    }
}
