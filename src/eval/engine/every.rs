//! `every`: a row for each period that an interval covers as the rule says.

use super::vector::{at, row};
use crate::eval::faults::MAX_PERIODS;
use crate::plan::Open;
use crate::value::Period;
use crate::value::calendar::{civil, days, days_in_month};
use crate::value::column::{Column, Data};

/// Which periods count, and whether the end's day is part of the interval.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The kind of period.
    pub period: Period,
    /// Which of them count.
    pub open: Open,
    /// Whether the end's day is part of the interval.
    pub inclusive: bool,
}

/// The rows that `every` makes.
#[derive(Debug, Clone, Default)]
pub struct Expanded {
    /// The row that each comes from; ascending.
    pub sources: Vec<u32>,
    /// Its period; ascending for each source.
    pub periods: Vec<i32>,
    /// Rows whose interval covers no period.
    pub without: u64,
    /// Rows whose interval ends before it begins: the row, its first day, its end.
    pub backward: Vec<(u32, i32, i32)>,
    /// Whether the intervals meet more periods than are allowed; then there are no rows.
    pub too_many: bool,
}

/// Expands intervals. A row without a beginning or an end covers no period. Where the intervals meet more periods than
/// are allowed, none is expanded: how many there are is counted before memory is taken for them.
pub fn expand(from: &Column, end: &Column, rule: Rule) -> Expanded {
    let mut made = Expanded::default();
    if rule.met(from, end) > MAX_PERIODS {
        made.too_many = true;
        return made;
    }
    for place in 0..from.len() {
        let (Some(first), Some(end)) = (day(from, place), day(end, place)) else {
            made.without += 1;
            continue;
        };
        if end < first {
            made.backward.push((row(place), first, end));
            continue;
        }
        let before = made.sources.len();
        let last = if rule.inclusive { end } else { end - 1 };
        if first <= last {
            let mut period = rule.period.of(first);
            let until = rule.period.of(last);
            while period <= until {
                if rule.counts(period, first, last) {
                    made.sources.push(row(place));
                    made.periods.push(period);
                }
                period = rule.period.next(period);
            }
        }
        made.without += u64::from(made.sources.len() == before);
    }
    made
}

fn day(column: &Column, place: usize) -> Option<i32> {
    match &column.data {
        Data::Day(days) if column.is_known(place) => Some(at(days, place)),
        _ => None,
    }
}

impl Rule {
    /// How many periods the intervals meet, whether these count or not.
    fn met(self, from: &Column, end: &Column) -> u64 {
        (0..from.len()).map(|place| self.met_by(from, end, place)).fold(0, u64::saturating_add)
    }

    /// The most periods that one of the intervals meets.
    pub fn most(self, from: &Column, end: &Column) -> u64 {
        (0..from.len()).map(|place| self.met_by(from, end, place)).max().unwrap_or(0)
    }

    fn met_by(self, from: &Column, end: &Column, place: usize) -> u64 {
        let Some((first, end)) = day(from, place).zip(day(end, place)) else { return 0 };
        let (first, last) = (self.period.of(first), self.period.of(end));
        let step = i64::from(self.period.next(first)) - i64::from(first);
        u64::try_from((i64::from(last) - i64::from(first)) / step + 1).unwrap_or(0)
    }

    /// Whether a period counts for an interval that meets it; both days are part of the interval.
    fn counts(self, period: i32, first: i32, last: i32) -> bool {
        let covers = |day: i32| first <= day && day <= last;
        let from = self.period.first_day(period);
        let to = || self.period.last_day(period);
        match self.open {
            Open::On { month, day } => covers(day_in(civil(from).0, month, day)),
            Open::OnDay(day) => {
                let (year, month, _) = civil(from);
                covers(day_in(year, month, day))
            }
            Open::AnyTime => true,
            Open::Throughout => first <= from && to() <= last,
            Open::AtLeast(n) => i64::from(last.min(to())) - i64::from(first.max(from)) + 1 >= i64::from(n),
        }
    }
}

/// The day of a month, or the month's last where it is shorter.
fn day_in(year: i32, month: u32, day: u32) -> i32 {
    days(year, month, day.clamp(1, days_in_month(year, month)))
}
