//! `every`, with each way in which a period counts.

use super::*;

fn missions(rows: &[(&str, &str)]) -> Case {
    let (from, end) = rows.iter().map(|(from, end)| (day(from), day(end))).unzip();
    Case::new(vec![("from", date(), from), ("end", date(), end)])
}

fn counted(rows: &[(&str, &str)], period: Period, open: Open, inclusive: bool) -> (Case, usize) {
    let mut case = missions(rows);
    let ty = if period == Period::Day { date() } else { Ty::required(Type::Period(period)) };
    let every = Op::Every { period, slot: 0, from: column(0, date()), end: column(1, date()), inclusive, open };
    let steps = vec![step("years", every), set(constant(int(1), n(0)))];
    let score = case.score(&[("period", ty.clone())], steps, n(0));
    let index = case.aggregate(Source::Score(score), Function::Count, vec![by(slot(0, ty))], n(0));
    (case, index)
}

fn check(rows: &[(&str, &str)], period: Period, open: Open, inclusive: bool, cells: &str) {
    let (case, index) = counted(rows, period, open, inclusive);
    assert_eq!(case.cells(index), cells, "{open:?}");
}

#[test]
fn a_year_counts_on_its_day() {
    let rows = [("2009-07-01", "2011-07-01"), ("2010-07-02", "2011-06-30")];
    check(&rows, Period::Year, Open::On { month: 7, day: 1 }, false, "2009=1; 2010=1");
    check(&rows, Period::Year, Open::On { month: 7, day: 1 }, true, "2009=1; 2010=1; 2011=1");
    let leap = [("2011-02-28", "2012-02-28")];
    check(&leap, Period::Year, Open::On { month: 2, day: 29 }, true, "2011=1");
    check(&[("2011-02-28", "2012-02-29")], Period::Year, Open::On { month: 2, day: 29 }, true, "2011=1; 2012=1");
}

#[test]
fn a_month_counts_on_its_day_or_its_last() {
    let rows = [("2011-01-31", "2011-02-28")];
    check(&rows, Period::Month, Open::OnDay(31), true, "2011-01=1; 2011-02=1");
    check(&rows, Period::Month, Open::OnDay(31), false, "2011-01=1");
}

#[test]
fn any_day_every_day_and_some_days() {
    let rows = [("2010-12-31", "2012-01-01")];
    check(&rows, Period::Year, Open::AnyTime, true, "2010=1; 2011=1; 2012=1");
    check(&rows, Period::Year, Open::AnyTime, false, "2010=1; 2011=1");
    check(&rows, Period::Year, Open::Throughout, false, "2011=1");
    check(&rows, Period::Year, Open::AtLeast(2), true, "2011=1");
    check(&[("2012-01-01", "2012-01-09")], Period::Week, Open::AnyTime, false, "2011-12-26=1; 2012-01-02=1");
    check(&[("2012-01-01", "2012-01-03")], Period::Day, Open::AnyTime, false, "2012-01-01=1; 2012-01-02=1");
}

#[test]
fn empty_and_backward_intervals_differ() {
    let (case, index) = counted(&[("2010-01-01", "2010-01-01")], Period::Year, Open::AnyTime, false);
    assert_eq!(case.cells(index), "");
    let account = &case.run(&[index]).scores[0];
    assert_eq!((account.no_period, account.expanded, account.scored), (1, 0, 0));
    let rows = [("2010-01-02", "2010-01-01"), ("2010-01-01", "2012-01-01")];
    let (case, index) = counted(&rows, Period::Year, Open::AnyTime, false);
    assert_eq!(
        case.problems(index),
        ["2 backward_interval×1 the interval ends on 2010-01-01, before it begins on 2010-01-02"]
    );
    let account = &case.run(&[index]).scores[0];
    assert_eq!((account.expanded, account.scored), (1, 2));
}

#[test]
fn ghosts_are_spread_over_their_periods() {
    let mut case = missions(&[("2010-01-01", "2012-01-01"), ("2010-01-01", "2011-01-01")]);
    let late = call(Builtin::Less, vec![column(1, date()), constant(day("2011-06-01"), date())], flag());
    let every = Op::Every {
        period: Period::Year,
        slot: 0,
        from: column(0, date()),
        end: column(1, date()),
        inclusive: false,
        open: Open::AnyTime,
    };
    let steps = vec![
        keep("short", late, false),
        step("years", every),
        set(constant(int(3), n(0))),
        absorb(Pick::Highest, vec![slot(0, year())], vec![], Empty::Zero),
    ];
    let score = case.score(&[("year", year())], steps, n(0));
    let index = case.aggregate(Source::Score(score), Function::Sum, vec![by(slot(0, year()))], n(0));
    assert_eq!(case.cells(index), "2010=3; 2011=0");
}
