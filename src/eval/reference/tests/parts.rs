//! The parts of the interpreter that need no plan.

use std::sync::Arc;

use super::super::aggregate::{Trouble, combine};
use super::super::period::covered;
use super::super::scale;
use crate::builtin::Fault;
use crate::plan::{Function, Open, Otherwise, Range, Scale, ScaleLines};
use crate::source::Span;
use crate::value::calendar::{Period, parse_day};
use crate::value::decimal::MAX_UNITS;
use crate::value::{Ty, Type, Value};

fn periods(kind: Period, open: Open, from: &str, last: &str) -> Vec<String> {
    let day = |text| parse_day(text).expect("a date");
    covered(kind, open, day(from), day(last)).into_iter().map(|period| kind.format(period)).collect()
}

#[test]
fn a_year_counts_if_the_interval_covers_its_day() {
    let open = Open::On { month: 7, day: 1 };
    assert_eq!(periods(Period::Year, open, "2001-07-01", "2003-06-30"), ["2001", "2002"]);
    assert_eq!(periods(Period::Year, open, "2001-07-02", "2002-06-30"), [""; 0]);
    let leap_day = Open::On { month: 2, day: 29 };
    assert_eq!(periods(Period::Year, leap_day, "2001-02-28", "2001-02-28"), ["2001"]);
    assert_eq!(periods(Period::Year, leap_day, "2004-02-28", "2004-02-28"), [""; 0]);
}

#[test]
fn a_month_counts_on_its_last_day_if_it_is_shorter() {
    assert_eq!(periods(Period::Month, Open::OnDay(31), "2001-01-31", "2001-04-29"), ["2001-01", "2001-02", "2001-03"]);
}

#[test]
fn periods_count_by_the_days_covered() {
    assert_eq!(periods(Period::Quarter, Open::AnyTime, "2001-03-31", "2001-04-01"), ["2001-Q1", "2001-Q2"]);
    assert_eq!(periods(Period::Quarter, Open::Throughout, "2001-01-01", "2001-06-29"), ["2001-Q1"]);
    assert_eq!(periods(Period::Month, Open::AtLeast(2), "2001-01-31", "2001-02-02"), ["2001-02"]);
    assert_eq!(periods(Period::Week, Open::AnyTime, "2012-01-01", "2012-01-02"), ["2011-12-26", "2012-01-02"]);
    assert_eq!(periods(Period::Day, Open::AnyTime, "2012-01-02", "2012-01-01"), [""; 0]);
}

fn scale() -> Scale {
    let points =
        |list: &[(&str, i128)]| list.iter().map(|(word, points)| (Arc::from(*word), Value::Number(*points))).collect();
    let range = |low, high, high_included, points| Range { low, high, high_included, value: Value::Number(points) };
    Scale {
        name: "level".into(),
        ty: Ty::required(Type::Number(0)),
        words: points(&[("14", 1), ("king", 2)]),
        patterns: points(&[("1", 3), ("14", 4)]),
        ranges: vec![range(None, Some(5), false, 5), range(Some(5), Some(10), true, 6)],
        places: 1,
        otherwise: Otherwise::Error,
        lines: ScaleLines::default(),
        span: Span::default(),
    }
}

#[test]
fn an_exact_word_counts_before_the_longest_pattern() {
    let word = |word: &str| scale::find(&scale(), &Value::Text(word.into()), &Type::Text);
    assert_eq!(word("14"), Some(Value::Number(1)));
    assert_eq!(word("145"), Some(Value::Number(4)));
    assert_eq!(word("15"), Some(Value::Number(3)));
    assert_eq!(word("queen"), None);
    assert_eq!(scale::find(&scale(), &Value::Missing, &Type::Text), Some(Value::Missing));
}

#[test]
fn a_number_may_have_more_places_than_a_range() {
    let number = |units, places| scale::find(&scale(), &Value::Number(units), &Type::Number(places));
    assert_eq!(number(499, 3), Some(Value::Number(5)));
    assert_eq!(number(500, 3), Some(Value::Number(6)));
    assert_eq!(number(1000, 3), Some(Value::Number(6)));
    assert_eq!(number(1001, 3), None);
    assert_eq!(number(-MAX_UNITS, 38), Some(Value::Number(5)));
}

#[test]
fn values_become_one() {
    let numbers = |list: &[i128]| list.iter().map(|units| Value::Number(*units)).collect::<Vec<_>>();
    let combine = |function, list: &[i128]| combine(function, numbers(list), &Type::Number(0));
    assert_eq!(combine(Function::Sum, &[]), Ok(Value::Number(0)));
    assert_eq!(combine(Function::Count, &[]), Ok(Value::Number(0)));
    for function in [Function::Mean, Function::Min, Function::Max, Function::Only] {
        assert_eq!(combine(function, &[]), Ok(Value::Missing));
    }
    assert_eq!(combine(Function::Sum, &[MAX_UNITS, MAX_UNITS, -MAX_UNITS]), Ok(Value::Number(MAX_UNITS)));
    assert_eq!(combine(Function::Sum, &[MAX_UNITS, 1]), Err(Trouble::Fault(Fault::Overflow)));
    assert_eq!(combine(Function::Mean, &[1, 1, 0]), Ok(Value::Number(666_666_666_666_667)));
    assert_eq!(combine(Function::Only, &[1, 1]), Err(Trouble::Several));
}

#[test]
fn reals_are_added_in_one_order() {
    let mean = |list: [f64; 4]| combine(Function::Mean, list.map(Value::Real).to_vec(), &Type::Real);
    assert_eq!(mean([1e16, 1.0, -1e16, 1.0]), mean([1.0, 1.0, 1e16, -1e16]));
}
