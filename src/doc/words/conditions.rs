//! What must hold, in words.

use super::{Bind, Words, list, quoted};
use crate::doc::page::{Line, enumerate};
use crate::syntax::ast::{Binary, Expr, ExprKind};

impl Words<'_> {
    /// What must hold.
    pub fn condition(self, expr: &Expr) -> Line {
        match &expr.kind {
            ExprKind::Binary(Binary::And, ..) => self.chain(expr, Binary::And, "and"),
            ExprKind::Binary(Binary::Or, ..) => self.chain(expr, Binary::Or, "or"),
            ExprKind::Not(inner) => self.negated(inner),
            ExprKind::Binary(Binary::Else, value, stand_in) if is_condition(value) => {
                let line = Line::of("(").line(self.condition(value)).text("; ").line(self.at(stand_in, Bind::Atom));
                line.text(" where that can't be said)")
            }
            ExprKind::Binary(Binary::Else, value, stand_in) if matches!(stand_in.kind, ExprKind::Flag(_)) => {
                self.at(value, Bind::Phrase).text(" is yes (missing counts as ").line(self.value(stand_in)).text(")")
            }
            ExprKind::Binary(sign, left, right) if comparison(*sign).is_some() => self.compared(*sign, left, right),
            ExprKind::Within(sign, left, right, tolerance) => self.within(*sign, left, right, tolerance),
            ExprKind::InList(value, items) => self.in_list(value, items, " is one of "),
            ExprKind::InRange(value, low, high) => self.in_range(value, low, high, " lies between "),
            ExprKind::Call(name, args) => self.asked(&name.node, args, true).unwrap_or_else(|| self.is(expr, "yes")),
            _ => self.is(expr, "yes"),
        }
    }

    /// All that `and` or `or` bring together; what is brought together by the other word stands in parentheses.
    fn chain(self, expr: &Expr, sign: Binary, word: &str) -> Line {
        let mut parts = Vec::new();
        gather(expr, sign, &mut parts);
        if let Some(line) = self.any_text(&parts).filter(|_| sign == Binary::Or) {
            return line;
        }
        let lines = parts.iter().map(|part| {
            let line = self.condition(part);
            match part.kind {
                ExprKind::Binary(Binary::And | Binary::Or, ..) => Line::of("(").line(line).text(")"),
                _ => line,
            }
        });
        let lines: Vec<Line> = lines.collect();
        lines.into_iter().enumerate().fold(Line::new(), |all, (at, line)| {
            let all = if at > 0 { all.text(format!(" {word} ")) } else { all };
            all.line(line)
        })
    }

    /// `contains(x, "a") or contains(x, "b")` and its like, in one: what is asked of one thing with several texts.
    fn any_text(self, parts: &[&Expr]) -> Option<Line> {
        let text = |part: &Expr| match &part.kind {
            ExprKind::Call(name, args) => match args.as_slice() {
                [of, Expr { kind: ExprKind::Text(text), .. }] => {
                    Some((name.node.clone(), self.at(of, Bind::Phrase), Line::of(quoted(text))))
                }
                _ => None,
            },
            _ => None,
        };
        let found: Vec<_> = parts.iter().map(|part| text(part)).collect::<Option<_>>()?;
        let (function, of, _) = found.first()?.clone();
        let word = match &*function {
            "starts" => " begins with ",
            "ends" => " ends with ",
            "contains" => " contains ",
            _ => return None,
        };
        let same = found.iter().all(|(other, what, _)| *other == function && *what == of);
        same.then(|| of.text(word).line(enumerate(found.into_iter().map(|(_, _, text)| text).collect(), "or")))
    }

    fn negated(self, expr: &Expr) -> Line {
        match &expr.kind {
            ExprKind::InList(value, items) => self.in_list(value, items, " is none of "),
            ExprKind::InRange(value, low, high) => self.in_range(value, low, high, " does not lie between "),
            ExprKind::Binary(sign, left, right) if opposite(*sign).is_some() => {
                self.compared(opposite(*sign).unwrap_or(*sign), left, right)
            }
            ExprKind::Call(name, args) if self.asked(&name.node, args, false).is_some() => {
                self.asked(&name.node, args, false).unwrap_or_default()
            }
            _ if is_condition(expr) => Line::of("it is not so that (").line(self.condition(expr)).text(")"),
            _ => self.is(expr, "no"),
        }
    }

    fn is(self, expr: &Expr, answer: &str) -> Line {
        self.at(expr, Bind::Phrase).text(format!(" is {answer}"))
    }

    fn compared(self, sign: Binary, left: &Expr, right: &Expr) -> Line {
        let word = match (sign, is_number(left) || is_number(right)) {
            (Binary::Equal, true) => " equals ",
            (Binary::Equal, false) => " is ",
            (Binary::Different, true) => " does not equal ",
            (Binary::Different, false) => " is not ",
            (other, _) => comparison(other).unwrap_or(" ? "),
        };
        self.at(left, Bind::Phrase).text(word).line(self.at(right, Bind::Phrase))
    }

    fn within(self, sign: Binary, left: &Expr, right: &Expr, tolerance: &Expr) -> Line {
        let tolerance = self.at(tolerance, Bind::Phrase);
        if matches!(sign, Binary::Equal | Binary::Different) {
            let both = self.at(left, Bind::Phrase).text(" and ").line(self.at(right, Bind::Phrase));
            let word = if sign == Binary::Equal { " differ by at most " } else { " differ by more than " };
            return both.text(word).line(tolerance);
        }
        self.compared(sign, left, right).text(", with a tolerance of ").line(tolerance)
    }

    fn in_list(self, value: &Expr, items: &[Expr], word: &str) -> Line {
        let items: Vec<Line> = items.iter().map(|item| self.at(item, Bind::Phrase)).collect();
        self.at(value, Bind::Phrase).text(word).line(list(items))
    }

    fn in_range(self, value: &Expr, low: &Expr, high: &Expr, word: &str) -> Line {
        let bounds = vec![self.at(low, Bind::Phrase), self.at(high, Bind::Phrase)];
        self.at(value, Bind::Phrase).text(word).line(enumerate(bounds, "and")).text(" (both included)")
    }

    /// What a function asks of its arguments, if it is one that asks.
    pub(super) fn asked(self, name: &str, args: &[Expr], holds: bool) -> Option<Line> {
        let word = match (name, holds) {
            ("known", true) => " is known",
            ("known", false) => " is missing",
            ("starts", true) => " begins with ",
            ("starts", false) => " does not begin with ",
            ("ends", true) => " ends with ",
            ("ends", false) => " does not end with ",
            ("contains", true) => " contains ",
            ("contains", false) => " does not contain ",
            _ => return None,
        };
        let line = self.at(args.first()?, Bind::Phrase).text(word);
        Some(match args.get(1) {
            Some(other) => line.line(match &other.kind {
                ExprKind::Text(text) => Line::of(quoted(text)),
                _ => self.at(other, Bind::Phrase),
            }),
            None => line,
        })
    }
}

/// The parts of a chain of one word, from left to right.
fn gather<'e>(expr: &'e Expr, sign: Binary, parts: &mut Vec<&'e Expr>) {
    match &expr.kind {
        ExprKind::Binary(found, left, right) if *found == sign => {
            gather(left, sign, parts);
            gather(right, sign, parts);
        }
        _ => parts.push(expr),
    }
}

/// Whether an expression asks something, so that it is said as a condition.
pub(super) fn is_condition(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Not(_) | ExprKind::Within(..) | ExprKind::InList(..) | ExprKind::InRange(..) => true,
        ExprKind::Binary(sign, ..) => comparison(*sign).is_some() || matches!(sign, Binary::And | Binary::Or),
        ExprKind::Call(name, _) => matches!(&*name.node, "known" | "starts" | "ends" | "contains"),
        _ => false,
    }
}

/// The sign of a comparison.
fn comparison(sign: Binary) -> Option<&'static str> {
    match sign {
        Binary::Equal => Some(" = "),
        Binary::Different => Some(" ≠ "),
        Binary::Less => Some(" < "),
        Binary::LessOrEqual => Some(" ≤ "),
        Binary::Greater => Some(" > "),
        Binary::GreaterOrEqual => Some(" ≥ "),
        _ => None,
    }
}

/// The comparison that holds where another doesn't.
fn opposite(sign: Binary) -> Option<Binary> {
    match sign {
        Binary::Equal => Some(Binary::Different),
        Binary::Different => Some(Binary::Equal),
        Binary::Less => Some(Binary::GreaterOrEqual),
        Binary::LessOrEqual => Some(Binary::Greater),
        Binary::Greater => Some(Binary::LessOrEqual),
        Binary::GreaterOrEqual => Some(Binary::Less),
        _ => None,
    }
}

/// Whether an expression is surely a number.
fn is_number(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Number(..) | ExprKind::Value | ExprKind::Round(..) | ExprKind::Negate(_) => true,
        ExprKind::Binary(sign, ..) => super::arithmetic(*sign).is_some(),
        ExprKind::Aggregate(_) => true,
        _ => false,
    }
}
