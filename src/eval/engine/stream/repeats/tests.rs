//! Repeats of all kinds of values, in whatever piece.

use std::sync::Arc;

use super::*;
use crate::source::Span;
use crate::value::column::{Column, Data, Gone, InputAccount, Known, Table};
use crate::value::piece::Runs;

fn unique() -> Unique {
    Unique { key: vec![0], drop_repeats: true, interval: None, span: Span::default() }
}

/// A piece of one row, with a column besides the key.
fn piece(key: &str, data: Data, known: Known) -> Piece {
    let mut runs = Runs { starts: vec![0], ..Runs::default() };
    runs.keys.push(key.as_bytes());
    let column = Column { data, known, periods: false };
    let table = Table {
        parts: Vec::new(),
        file: "x".into(),
        rows: 1,
        columns: vec![Column::full(Data::Text { codes: vec![0], dict: [].into() }), column],
        lines: Vec::new(),
        fields: Vec::new(),
        account: InputAccount::default(),
        gone: Gone::default(),
    };
    Piece { number: 0, table, newlines: 0, runs }
}

fn text(text: &str, before: usize) -> Data {
    let mut dict: Vec<Arc<str>> = (0..before).map(|at| format!("word {at}").into()).collect();
    dict.push(text.into());
    Data::Text { codes: vec![u32::try_from(before).unwrap()], dict: dict.into() }
}

/// Values that differ, each in forms that are the same.
fn values() -> Vec<Vec<(Data, Known)>> {
    vec![
        vec![(Data::Small(vec![5]), None), (Data::Wide(vec![5]), None), (Data::Small(vec![5]), Some(vec![true]))],
        vec![(Data::Small(vec![-5]), None), (Data::Wide(vec![-5]), None)],
        vec![(Data::Wide(vec![(1 << 64) + 5]), None)],
        vec![(Data::Wide(vec![(7 << 64) + 5]), None)],
        vec![(Data::Small(vec![5]), Some(vec![false])), (text("any", 0), Some(vec![false]))],
        vec![(text("a", 0), None), (text("a", 3), None), (text("a", 1), Some(vec![true]))],
        vec![(text("", 0), None)],
        vec![
            (text("a long text of more than eight bytes", 0), None),
            (text("a long text of more than eight bytes", 9), None),
        ],
        vec![(text("a long text of more than eight byteS", 0), None)],
        vec![(text("eight ch", 2), None)],
        vec![(text("eight ch\0", 2), None)],
        vec![(Data::Partial { first: vec![3], last: vec![4] }, None)],
        vec![(Data::Partial { first: vec![4], last: vec![3] }, None)],
    ]
}

#[test]
fn rows_agree_where_their_values_do() {
    let unique = unique();
    let key =
        |number: usize| if number.is_multiple_of(2) { format!("{number}") } else { format!("a long key {number:09}") };
    let set = Repeats::new(&unique, 2, usize::MAX);
    let mut tellers = [Teller::new(&set), Teller::new(&set)];
    for (number, forms) in values().into_iter().enumerate() {
        for (form, (data, known)) in forms.into_iter().enumerate() {
            let fresh = tellers[form % 2].fresh(&piece(&key(number), data, known));
            assert_eq!(fresh.ok().map(|rows| rows.len()), Some(usize::from(form == 0)), "{number} {form}");
        }
    }
    for (a, forms) in values().into_iter().enumerate() {
        for b in (0..values().len()).filter(|b| *b != a) {
            let (data, known) = forms[0].clone();
            let found = tellers[b % 2].fresh(&piece(&key(b), data, known));
            assert!(matches!(found, Err(Stop::Unfit)), "{a} for {b}");
        }
    }
}

#[test]
fn keys_are_told_by_their_columns_too() {
    let unique = unique();
    let set = Repeats::new(&unique, 2, usize::MAX);
    let mut teller = Teller::new(&set);
    let mut fresh = |key: Data, value: i64| {
        let mut piece = piece("", Data::Small(vec![value]), None);
        piece.runs = Runs::default();
        piece.table.columns[0].data = key;
        teller.fresh(&piece).ok().map(|rows| rows.len())
    };
    assert_eq!(fresh(Data::Small(vec![4]), 1), Some(1));
    assert_eq!(fresh(Data::Small(vec![1]), 4), Some(1));
    assert_eq!(fresh(Data::Wide(vec![4]), 1), Some(0));
    assert_eq!(fresh(Data::Wide(vec![4 << 64]), 1), Some(1));
    assert_eq!(fresh(Data::Small(vec![1]), 1), None);
}

#[test]
fn keys_take_no_more_memory_than_they_may() {
    let unique = unique();
    let set = Repeats::new(&unique, 2, 20_000);
    let mut teller = Teller::new(&set);
    let mut fresh = |number: i64| teller.fresh(&piece(&format!("{number}"), Data::Small(vec![number]), None));
    assert!(fresh(0).is_ok_and(|rows| rows == [0]));
    assert!((1..10_000).any(|number| matches!(fresh(number), Err(Stop::Full))));
}
