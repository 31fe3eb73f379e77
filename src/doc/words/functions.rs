//! Functions in words, where words are clearer than the sign that mathematics has for them.

use super::conditions::is_condition;
use super::{Bind, Words, list};
use crate::doc::page::Line;
use crate::syntax::ast::{Expr, ExprKind, Name};

/// Functions of one argument: what stands before it, and what behind it.
const OF_ONE: &[(&str, &str, &str)] = &[
    ("year", "the year of ", ""),
    ("quarter", "the quarter of ", ""),
    ("month", "the month of ", ""),
    ("week", "the week of ", ""),
    ("month_of_year", "the number (1 to 12) of the month of ", ""),
    ("day_of_month", "the day of the month of ", ""),
    ("day_of_week", "the day of the week (Monday being 1) of ", ""),
    ("earliest", "the earliest day of ", ""),
    ("latest", "the latest day of ", ""),
    ("lower", "", " in small letters"),
    ("upper", "", " in capitals"),
    ("length", "the number of characters of ", ""),
];

/// Whether a function stays as it is written, so that the page must say what it means.
pub fn symbolic(name: &str) -> bool {
    let in_words = ["known", "starts", "ends", "contains", "round", "left", "right", "days_between"];
    !in_words.contains(&name) && !OF_ONE.iter().any(|(of_one, ..)| *of_one == name)
}

impl Words<'_> {
    pub(super) fn function(self, name: &Name, args: &[Expr]) -> (Line, Bind) {
        let name = &*name.node;
        let of_one = OF_ONE.iter().find(|(of_one, ..)| *of_one == name);
        match (args, of_one) {
            ([arg], Some((_, before, behind))) => {
                (Line::of(*before).line(self.operand(arg)).text(*behind), Bind::Phrase)
            }
            ([_], _) | ([_, _], _) if matches!(name, "known" | "starts" | "ends" | "contains") => {
                (Line::of("whether ").line(self.asked(name, args, true).unwrap_or_default()), Bind::Clause)
            }
            ([arg, count], _) if matches!(name, "left" | "right") => {
                let which = if name == "left" { "the first " } else { "the last " };
                let line = Line::of(which).line(self.bare().at(count, Bind::Atom)).text(" characters of ");
                (line.line(self.operand(arg)), Bind::Phrase)
            }
            ([from, to], _) if name == "days_between" => {
                let line = Line::of("the number of days from ").line(self.operand(from));
                (line.text(" to ").line(self.operand(to)), Bind::Phrase)
            }
            ([arg, places], _) if name == "round" => match places.kind {
                ExprKind::Number(places, 0) => {
                    let places = u32::try_from(places).unwrap_or_default();
                    (self.at(arg, Bind::Atom).text(" ").line(super::rounded(places)), Bind::Tail)
                }
                _ => self.written(name, args),
            },
            _ => self.written(name, args),
        }
    }

    /// A function as it is written.
    fn written(self, name: &str, args: &[Expr]) -> (Line, Bind) {
        let args =
            args.iter().map(|arg| if is_condition(arg) { self.at(arg, Bind::Atom) } else { self.bare().value(arg) });
        (Line::of(name).text("(").line(list(args.collect())).text(")"), Bind::Atom)
    }
}
