//! Dated keys: the intervals of one key end after they start and don't overlap.

use super::{View, number};
use crate::diag::{Code, Diagnostic, Problems};
use crate::value::schema::{Edge, Interval, Unique};
use crate::value::{Period, Type, Value};

/// The days of a row: from the first up to, and without, the last number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Days {
    key: u32,
    start: i32,
    stop: i32,
    row: usize,
}

/// Reports intervals without a start, those that end before they start, and those that overlap.
pub fn check(view: View<'_>, unique: &Unique, interval: &Interval, problems: &mut Problems) {
    view.check_complete(&[interval.from.0], problems);
    let (numbers, _) = number(view.table, &unique.key);
    let mut list = Vec::with_capacity(numbers.len());
    for (row, &key) in numbers.iter().enumerate() {
        let Some(start) = day(view, interval.from, row) else { continue };
        let end = day(view, interval.end, row);
        if end.is_some_and(|end| end < start) {
            let message = format!("the interval of {} ends before it starts", view.show_key(&unique.key, row));
            let error = Diagnostic::error(Code::BackwardInterval, view.place(interval.end.0, row), message)
                .label(format!("ends {}", view.show(interval.end.0, row)))
                .also(view.place(interval.from.0, row), format!("starts {}", view.show(interval.from.0, row)))
                .help("correct one of the two dates");
            problems.push_grouped(&view.group("backward", interval.end.0), error);
            continue;
        }
        let stop = end.map_or(i32::MAX, |end| end + i32::from(interval.inclusive));
        // An interval that ends on its first day without including it holds on no day, and overlaps nothing.
        if start < stop {
            list.push(Days { key, start, stop, row });
        }
    }
    list.sort_unstable();
    let mut longest: Option<Days> = None;
    for days in list {
        let before = longest.filter(|longest| longest.key == days.key);
        if let Some(before) = before.filter(|before| before.stop > days.start) {
            overlap(view, unique, interval, before.row, days.row, problems);
        }
        longest = Some(before.filter(|before| before.stop >= days.stop).unwrap_or(days));
    }
}

fn overlap(view: View<'_>, unique: &Unique, interval: &Interval, a: usize, b: usize, problems: &mut Problems) {
    let (first, second) = (a.min(b), a.max(b));
    let span = |row: usize| {
        let word = if interval.inclusive { "to" } else { "until" };
        let end = view.show(interval.end.0, row);
        format!("from {} {word} {end}", view.show(interval.from.0, row))
    };
    let message = format!("two intervals of {} overlap", view.show_key(&unique.key, second));
    let error = Diagnostic::error(Code::OverlappingIntervals, view.place(interval.from.0, second), message)
        .label(span(second))
        .also(view.place(interval.from.0, first), span(first))
        .also(unique.span, "declared unique here")
        .help("correct the dates: of one key, one row at most may hold on any day");
    problems.push_grouped(&view.group("overlap", interval.from.0), error);
}

/// The day that is meant by a row's start or end.
fn day(view: View<'_>, (column, edge): (usize, Edge), row: usize) -> Option<i32> {
    let pick = |first: i32, last: i32| if edge == Edge::Earliest { first } else { last };
    match view.table.value(column, row) {
        Value::Date(day) => Some(day),
        Value::Partial(first, last) => Some(pick(first, last)),
        Value::Period(number) => {
            let period = match view.schema.columns.get(column).map(|spec| &spec.ty.base) {
                Some(Type::Period(period)) => *period,
                _ => Period::Day,
            };
            Some(pick(period.first_day(number), period.last_day(number)))
        }
        _ => None,
    }
}
