//! `every year from … until …` as a sentence.

use super::Subject;
use super::page::Line;
use crate::syntax::ast::{Every, Open};
use crate::value::dateformat::MONTHS;

/// The step in words, without its full stop.
pub(super) fn line(subject: Subject<'_>, every: &Every) -> Line {
    let words = subject.rows();
    let kind = every.period.node;
    let word = kind.word();
    let name = every.rename.as_ref().map_or(word, |name| &name.node);
    let (before, behind) = match &every.open {
        Some(open) => counted(open.node),
        None => (" of the interval".to_owned(), String::new()),
    };
    let line =
        Line::of(format!("each row becomes one row for every {word}{before} from ")).line(words.part(&every.from));
    let line = line.text(" to ").line(words.part(&every.end));
    let line = line.text(if every.inclusive { " (that day included)" } else { " (that day not included)" });
    line.text(format!("{behind}. The {word} stands in the column ")).code(name)
}

/// In which periods an interval counts: what is said before the interval, and what behind it.
fn counted(open: Open) -> (String, String) {
    let on = |day: String| (format!(" on whose {day} the interval"), " is open".to_owned());
    let within = |how: String| (" in which the interval".to_owned(), format!(" is open on {how}"));
    match open {
        Open::On { month, day } => {
            let name = usize::try_from(month).ok().and_then(|month| MONTHS.get(month.wrapping_sub(1))).unwrap_or(&"?");
            let leap = if (month, day) == (2, 29) { " (28 February in other years)" } else { "" };
            on(format!("{day} {name}{leap}"))
        }
        Open::OnDay(day) => {
            on(format!("day {day}{}", if day > 28 { " (in shorter months, the last day)" } else { "" }))
        }
        Open::AnyTime => within("at least one day".to_owned()),
        Open::All(_) => within("every day of it".to_owned()),
        Open::AtLeast(1) => within("at least one day".to_owned()),
        Open::AtLeast(days) => within(format!("at least {days} days")),
    }
}
