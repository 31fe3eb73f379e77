//! Expressions in words: what is computed, and what must hold.
//!
//! Input: an untyped expression. Output: a line that says the same to a reader who doesn't know the language. Words bind
//! as loosely as they are read: what could be read in two ways stands in parentheses.

mod aggregates;
mod conditions;
mod functions;
mod over;

use super::page::{Line, enumerate};
use crate::resolve::{Kind, Scheme};
use crate::syntax::ast::{Arm, Binary, Expr, ExprKind, Name};
use crate::types::tree;
use crate::value::words::Policy;
use crate::value::{calendar, decimal};

pub use aggregates::dims;
pub use functions::symbolic;

/// How tightly the words of an expression hold together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Bind {
    /// Clauses: `whether …`, `5 if …`.
    Clause,
    /// Something behind the rest: `…, or 0 if missing`, `… rounded to 2 places`.
    Tail,
    /// Words: `the year of …`.
    Phrase,
    Sum,
    Product,
    Sign,
    /// Names, literals, and what stands in parentheses.
    Atom,
}

/// Speaks of the expressions of a scheme.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    scheme: &'a Scheme,
    typed: &'a tree::Scheme,
    /// Whether names can be those of indices: in formulas.
    formula: bool,
    /// Whether parameters stand without their values.
    bare: bool,
}

impl<'a> Words<'a> {
    /// For expressions over rows.
    pub fn of_rows(scheme: &'a Scheme, typed: &'a tree::Scheme) -> Self {
        Self { scheme, typed, formula: false, bare: false }
    }

    /// For formulas of indices.
    pub fn of_cells(scheme: &'a Scheme, typed: &'a tree::Scheme) -> Self {
        Self { formula: true, ..Self::of_rows(scheme, typed) }
    }

    fn bare(self) -> Self {
        Self { bare: true, ..self }
    }

    /// What an expression is.
    pub fn value(self, expr: &Expr) -> Line {
        self.speak(expr).0
    }

    /// What a whole expression is, where nothing stands behind it in the sentence: rounding comes last, and stands-in
    /// need no parentheses.
    pub fn whole(self, expr: &Expr) -> Line {
        match &expr.kind {
            ExprKind::Round(inner, places) if !matches!(inner.kind, ExprKind::Case(_)) => {
                let inner = self.at(inner, Bind::Phrase);
                inner.text(", ").line(rounded(places.node))
            }
            ExprKind::Call(name, args) if self.scheme.find(&name.node, Kind::Scale).is_some() => {
                let args = args.iter().map(|arg| self.at(arg, Bind::Atom)).collect();
                let line = Line::of("what the scale ").name(name.node.to_string());
                line.text(" gives for ").line(enumerate(args, "and"))
            }
            _ => self.value(expr),
        }
    }

    /// What an expression is, where more stands behind it in the sentence.
    pub fn part(self, expr: &Expr) -> Line {
        self.at(expr, Bind::Phrase)
    }

    /// The lines of a `case`, in the order in which they are tried.
    pub fn arms(self, arms: &[Arm]) -> Vec<Line> {
        arms.iter().map(|arm| self.arm(arm)).collect()
    }

    /// A name at the level of the scheme, or of a column, a let, a dimension.
    pub fn called(self, name: &str) -> Line {
        let Some(named) = self.scheme.names.get(name) else { return Line::new().code(name) };
        match named.kind {
            Kind::Param => {
                let line = Line::new().name(name);
                if self.bare { line } else { line.text(" (").line(self.param(name)).text(")") }
            }
            Kind::Index | Kind::Score if self.formula => Line::new().name(name),
            _ => Line::new().code(name),
        }
    }

    /// The value of a parameter, as it is written.
    pub fn param(self, name: &str) -> Line {
        let found = self.scheme.params.iter().find(|(_, param)| &*param.name.node == name);
        found.map(|(_, param)| self.value(&param.value)).unwrap_or_default()
    }

    /// An expression that holds together at least so tightly; else it gets parentheses.
    fn at(self, expr: &Expr, least: Bind) -> Line {
        let (line, bind) = self.speak(expr);
        if bind < least { Line::of("(").line(line).text(")") } else { line }
    }

    /// What words speak of: other words, or a thing of one piece.
    fn operand(self, expr: &Expr) -> Line {
        let (line, bind) = self.speak(expr);
        if matches!(bind, Bind::Phrase | Bind::Atom) { line } else { Line::of("(").line(line).text(")") }
    }

    fn speak(self, expr: &Expr) -> (Line, Bind) {
        let atom = |text: String| (Line::of(text), Bind::Atom);
        match &expr.kind {
            ExprKind::Number(units, places) => {
                let bind = if *units < 0 { Bind::Sum } else { Bind::Atom };
                (Line::of(decimal::format(*units, *places)), bind)
            }
            ExprKind::Text(text) => atom(quoted(text)),
            ExprKind::Flag(flag) => atom(if *flag { "yes" } else { "no" }.to_owned()),
            ExprKind::Date(day) => atom(calendar::format_day(*day)),
            ExprKind::Period(kind, period) => atom(kind.format(*period)),
            ExprKind::Value => atom("the value".to_owned()),
            ExprKind::Name(name) => (self.called(name), Bind::Atom),
            ExprKind::Negate(inner) => (Line::of("−").line(self.bare().at(inner, Bind::Atom)), Bind::Sign),
            ExprKind::Binary(Binary::Else, value, stand_in) => {
                let line = self.operand(value).text(", or ").line(self.operand(stand_in));
                (line.text(" if missing"), Bind::Tail)
            }
            ExprKind::Binary(sign, left, right) => match arithmetic(*sign) {
                Some((sign, bind, tighter)) => {
                    let words = self.bare();
                    (words.at(left, bind).text(sign).line(words.at(right, tighter)), bind)
                }
                None => (Line::of("whether ").line(self.condition(expr)), Bind::Clause),
            },
            ExprKind::Not(_) | ExprKind::Within(..) | ExprKind::InList(..) | ExprKind::InRange(..) => {
                (Line::of("whether ").line(self.condition(expr)), Bind::Clause)
            }
            ExprKind::Round(inner, places) => {
                (self.at(inner, Bind::Atom).text(" ").line(rounded(places.node)), Bind::Tail)
            }
            ExprKind::Case(arms) => {
                let arms = self.arms(arms).into_iter().enumerate();
                let line = arms.fold(Line::new(), |all, (at, arm)| all.text(if at > 0 { "; " } else { "" }).line(arm));
                (line, Bind::Clause)
            }
            ExprKind::Call(name, args) => self.call(name, args),
            ExprKind::Lookup(input, keys, column) => (self.lookup(input, keys, column), Bind::Phrase),
            ExprKind::Aggregate(aggregate) => {
                let long = aggregate.filter.is_some() || aggregate.missing.node != Policy::None;
                (self.aggregate(aggregate, None), if long { Bind::Tail } else { Bind::Phrase })
            }
            ExprKind::Over(over) => (self.over(over), Bind::Tail),
            ExprKind::Wrong => atom("?".to_owned()),
        }
    }

    fn arm(self, arm: &Arm) -> Line {
        let value = arm.value.as_ref().map_or(Line::of("no value (missing)"), |value| self.at(value, Bind::Tail));
        match &arm.condition {
            Some(condition) => value.text(" if ").line(self.condition(condition)),
            None => value.text(" otherwise"),
        }
    }

    fn call(self, name: &Name, args: &[Expr]) -> (Line, Bind) {
        if self.scheme.find(&name.node, Kind::Scale).is_some() {
            let args = args.iter().map(|arg| self.bare().value(arg)).collect();
            let line = Line::new().name(name.node.to_string()).text("(").line(list(args)).text(")");
            return (line, Bind::Atom);
        }
        self.function(name, args)
    }

    /// `tenure(person, date).office`: a field of the row that a key finds.
    fn lookup(self, input: &Name, args: &[Expr], column: &Name) -> Line {
        let dated =
            self.scheme.find(&input.node, Kind::Input).and_then(|at| self.typed.inputs.get(at)).is_some_and(|input| {
                let fits = |interval: usize, key: &[usize]| key.len() + interval == args.len();
                let found = input.schema.unique.iter().find(|key| fits(usize::from(key.interval.is_some()), &key.key));
                found.is_some_and(|key| key.interval.is_some())
            });
        let (keys, day) = match args.split_last() {
            Some((day, keys)) if dated => (keys, Some(day)),
            _ => (args, None),
        };
        let keys = keys.iter().map(|key| self.at(key, Bind::Phrase)).collect();
        let line = Line::new().code(column.node.to_string()).text(" in the table ").name(input.node.to_string());
        let line = line.text(" for ").line(enumerate(keys, "and"));
        match day {
            Some(day) => line.text(" on the day ").line(self.at(day, Bind::Phrase)),
            None => line,
        }
    }
}

/// A sign of arithmetic, how tightly it binds, and how tightly what stands on its right must.
fn arithmetic(sign: Binary) -> Option<(&'static str, Bind, Bind)> {
    match sign {
        Binary::Add => Some((" + ", Bind::Sum, Bind::Product)),
        Binary::Subtract => Some((" − ", Bind::Sum, Bind::Product)),
        Binary::Multiply => Some((" × ", Bind::Product, Bind::Sign)),
        Binary::Divide => Some((" / ", Bind::Product, Bind::Sign)),
        _ => None,
    }
}

/// How a number is rounded.
pub fn rounded(places: u32) -> Line {
    Line::of(match places {
        0 => "rounded to a whole number".to_owned(),
        1 => "rounded to 1 decimal place".to_owned(),
        places => format!("rounded to {places} decimal places"),
    })
}

/// Lines parted by commas.
pub fn list(lines: Vec<Line>) -> Line {
    lines
        .into_iter()
        .enumerate()
        .fold(Line::new(), |all, (at, line)| all.text(if at > 0 { ", " } else { "" }).line(line))
}

/// A text in quotes.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\\\""))
}
