//! Which periods an interval of days counts in.

use crate::plan::Open;
use crate::value::calendar::{self, Period};

/// The periods of a kind in which the days `from..=last` count by a rule, ascending; none if there are no such days.
pub fn covered(kind: Period, open: Open, from: i32, last: i32) -> Vec<i32> {
    let mut periods = Vec::new();
    let mut period = kind.of(from);
    if last < from {
        return periods;
    }
    while kind.first_day(period) <= last {
        if counts(kind, open, period, from, last) {
            periods.push(period);
        }
        period = kind.next(period);
    }
    periods
}

fn counts(kind: Period, open: Open, period: i32, from: i32, last: i32) -> bool {
    let (first_day, last_day) = (kind.first_day(period), kind.last_day(period));
    let covers = |day: i32| from <= day && day <= last;
    let (year, month, _) = calendar::civil(first_day);
    match open {
        Open::On { month, day } => covers(day_of_month(year, month, day)),
        Open::OnDay(day) => covers(day_of_month(year, month, day)),
        Open::AnyTime => true,
        Open::Throughout => covers(first_day) && covers(last_day),
        Open::AtLeast(days) => {
            let covered = i64::from(last.min(last_day)) - i64::from(from.max(first_day)) + 1;
            covered >= i64::from(days)
        }
    }
}

/// The day of a month, or the month's last day where it is shorter.
fn day_of_month(year: i32, month: u32, day: u32) -> i32 {
    calendar::days(year, month, day.min(calendar::days_in_month(year, month)))
}
