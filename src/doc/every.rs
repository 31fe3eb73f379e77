//! `every year from … until …` as a sentence.

use super::Subject;
use super::page::Line;
use crate::syntax::ast::{Every, Open};
use crate::value::Period;

const MONTHS: &[&str] = &[
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The step in words, without its full stop.
pub(super) fn line(subject: Subject<'_>, every: &Every) -> Line {
    let words = subject.rows();
    let kind = every.period.node;
    let word = kind.word();
    let name = every.rename.as_ref().map_or(word, |name| &name.node);
    let line = Line::of(format!("each row becomes one row for every {word}"));
    let line = line.text(match &every.open {
        Some(open) => counted(open.node, kind),
        None => " of this interval:".to_owned(),
    });
    let line = line.text(" from ").line(words.part(&every.from)).text(" to ").line(words.part(&every.end));
    let line = line.text(if every.inclusive { ", that day included" } else { ", that day not included" });
    line.text(format!(". The {word} stands in the column ")).code(name)
}

/// In which periods an interval counts.
fn counted(open: Open, kind: Period) -> String {
    let word = kind.word();
    match open {
        Open::On { month, day } => {
            let name = usize::try_from(month).ok().and_then(|month| MONTHS.get(month.wrapping_sub(1))).unwrap_or(&"?");
            let leap = if (month, day) == (2, 29) { " (28 February in other years)" } else { "" };
            format!(" on whose {day} {name}{leap} this interval is open:")
        }
        Open::OnDay(day) => {
            let short = if day > 28 { " (in shorter months, the last day)" } else { "" };
            format!(" on whose day {day}{short} this interval is open:")
        }
        Open::AnyTime => " in which this interval is open on at least one day:".to_owned(),
        Open::All(_) => format!(" in which this interval is open on every day of the {word}:"),
        Open::AtLeast(1) => " in which this interval is open on at least 1 day:".to_owned(),
        Open::AtLeast(days) => format!(" in which this interval is open on at least {days} days:"),
    }
}
