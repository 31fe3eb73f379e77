//! Days without signs between their parts.

use super::*;
use crate::value::Precision;
use crate::value::Type;

/// Days like `20080301`, known to the month or not, and some words for a missing one.
fn compact(partial: bool, missing: &[&str]) -> Schema {
    let mut days = schema(&[("day", "date?"), ("n", "number0")]);
    days.columns[0].dates = vec!["%Y%m%d".into(), "%Y%m".into()];
    days.columns[0].dates.truncate(if partial { 2 } else { 1 });
    if partial {
        days.columns[0].ty.base = Type::Partial(Precision::Month);
    }
    days.columns[0].missing = missing.iter().map(|&word| word.into()).collect();
    days
}

/// A row for each of some days, each of them twice.
fn rows_with(days: &[&str]) -> String {
    let rows = days.iter().chain(days).zip(0..).map(|(day, number)| format!("{day},{number}\n"));
    format!("day,n\n{}", rows.collect::<String>())
}

#[test]
fn compact_days_are_read_as_exactly() {
    let mut days = Vec::new();
    for (year, month) in (1..10_000).step_by(97).flat_map(|year| (1..=12).map(move |month| (year, month))) {
        days.extend([1, 9, 10, 28].map(|day| format!("{year:04}{month:02}{day:02}")));
    }
    days.extend(["20000229", "20040229", "", "00010101", "99991231"].map(str::to_owned));
    let days: Vec<&str> = days.iter().map(String::as_str).collect();
    let text = rows_with(&days);
    check_clean(text.as_bytes(), &compact(false, &[]));
    check_clean(text.as_bytes(), &compact(false, &["19990101"]));
    check_clean(rows_with(&[&days[..100], &["200802", "200012"]].concat()).as_bytes(), &compact(true, &["x"]));
}

#[test]
fn no_day_is_read_that_there_is_not() {
    let none = ["20010229", "19000229", "20080230", "20080431", "20080300", "20081301", "20080001", "00000101"];
    let other = ["2008-03-01", "2008030", "200803011", "2008 301", "2008030a", "2008\u{663}1", "+2008030", "20080/01"];
    let words = |bad: &str| rows_with(&["20080301", "20080302", "20010228", "19000228", bad]);
    for bad in none.into_iter().chain(other) {
        for schema in [compact(false, &[]), compact(true, &[])] {
            let text = words(bad);
            assert_eq!(exactly(text.as_bytes(), &schema), None, "{bad}");
            let file = file(text.as_bytes());
            assert_eq!(quickly(file.path(), &schema, 100_000, 1), Err(Unfit), "{bad}");
        }
    }
}
