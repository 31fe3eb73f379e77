use crate::data::testing::{rows, schema, show_all};
use crate::data::{Source, read};
use crate::diag::Problems;
use crate::value::column::InputAccount;
use crate::value::schema::{Edge, Interval, Schema, Unique, Unit};

fn check(text: &str, schema: &Schema, expect_rows: &[&str], expect_problems: &[&str]) -> InputAccount {
    let mut problems = Problems::new();
    let table = read(&Source::new("f.csv", text), schema, &mut problems).unwrap();
    assert_eq!(show_all(problems), expect_problems);
    if !expect_rows.is_empty() {
        assert_eq!(rows(&table, schema), expect_rows);
    }
    table.account
}

fn unique(key: &[usize], drop_repeats: bool, interval: Option<Interval>) -> Vec<Unique> {
    vec![Unique { key: key.to_vec(), drop_repeats, interval, span: Default::default() }]
}

#[test]
fn units_have_one_value_each() {
    let mut schema = schema(&[("id", "text"), ("venue", "home|away?"), ("day", "year-date?")]);
    schema.units = vec![Unit { key: vec![0], has: vec![1, 2], span: Default::default() }];
    check("id,venue,day\na,home,2008\nb,away,\na,home,2008\nb,away,\n", &schema, &[], &[]);
    // A unit counts once for each column, however many rows of it differ.
    let text = "id,venue,day\na,home,2008\nb,away,\na,away,2008-01\nb,away,2009\na,away,2008\nc,away,\nc,home,\n";
    check(
        text,
        &schema,
        &[],
        &[
            "unit_differs @4 venue,2 venue: `venue` differs within the unit `id` `a` ×2",
            "unit_differs @4 day,2 day: `day` differs within the unit `id` `a` ×2",
        ],
    );
}

#[test]
fn unique_keys_stand_once() {
    let mut schema = schema(&[("id", "text?"), ("n", "number0"), ("x", "text?")]);
    schema.unique = unique(&[0, 1], false, None);
    check("id,n,x\na,1,\na,2,\nb,1,\n", &schema, &[], &[]);
    let account = check(
        "id,n,x\na,1,\nb,1,\na,1,y\n,1,\na,1,\n",
        &schema,
        &[],
        &[
            "repeated_key @4 id,2 id: `id` `a`, `n` `1` stands twice ×2",
            "missing_value @5 id: `id` is missing, and it is part of a key",
        ],
    );
    assert_eq!(account, InputAccount { read: 5, rejected: 0, repeated: 0, kept: 5 });
}

#[test]
fn repeats_are_dropped_if_they_agree() {
    let mut schema = schema(&[("id", "text"), ("n", "number0?"), ("x", "flag?")]);
    schema.unique = unique(&[0], true, None);
    let text = "id,n,x,other\na,1,yes,p\nb,,no,q\na,1,yes,r\nb,,no,s\na,1,yes,p\nc,3,,t\n";
    let account = check(text, &schema, &["a 1 yes", "b · no", "c 3 ·"], &[]);
    assert_eq!(account, InputAccount { read: 6, rejected: 0, repeated: 3, kept: 3 });
    check(
        "id,n,x\na,1,yes\na,2,yes\na,1,\n",
        &schema,
        &["a 1 yes"],
        &[
            "repeat_differs @3 n,2 n: `id` `a` stands twice, and `n` differs",
            "repeat_differs @4 x,2 x: `id` `a` stands twice, and `x` differs",
        ],
    );
}

#[test]
fn dated_keys_hold_once_a_day() {
    let mut schema = schema(&[("id", "text"), ("start", "date?"), ("end", "year-date?")]);
    let interval = |inclusive| Interval { from: (1, Edge::Earliest), end: (2, Edge::Latest), inclusive };
    let text = "id,start,end\na,2000-01-01,2000-12-31\na,2000-12-31,\nb,2000-06-01,2001\na,1999-01-01,2000-01-01\n";
    schema.unique = unique(&[0], false, Some(interval(false)));
    check(text, &schema, &[], &[]);
    schema.unique = unique(&[0], false, Some(interval(true)));
    check(text, &schema, &[], &["overlapping_intervals @3 start,2 start: two intervals of `id` `a` overlap ×2"]);
    // A long interval overlaps those behind the next one too; an open one everything later.
    let text =
        "id,start,end\na,2000-01-01,\na,2001-01-01,2001-02-01\na,2005-01-01,2005-02-01\na,1990-01-01,1990-05-05\n";
    check(text, &schema, &[], &["overlapping_intervals @3 start,2 start: two intervals of `id` `a` overlap ×2"]);
    let text = "id,start,end\na,2000-01-01,1999\na,,1999\na,2000-01-01,2000-01-01\n";
    check(
        text,
        &schema,
        &[],
        &[
            "backward_interval @2 end,2 start: the interval of `id` `a` ends before it starts",
            "missing_value @3 start: `start` is missing, and it is part of a key",
        ],
    );
}

#[test]
fn distinct_dated_keys_drop_repeats_only() {
    let mut schema = schema(&[("id", "text"), ("start", "date"), ("end", "date?")]);
    let interval = Interval { from: (1, Edge::Earliest), end: (2, Edge::Latest), inclusive: true };
    schema.unique = unique(&[0], true, Some(interval));
    let text = "id,start,end\na,2000-01-01,2000-02-01\na,2000-01-01,2000-02-01\na,2000-03-01,\n";
    let account = check(text, &schema, &["a 2000-01-01 2000-02-01", "a 2000-03-01 ·"], &[]);
    assert_eq!((account.repeated, account.kept), (1, 2));
}

#[test]
fn the_order_of_rows_changes_nothing_but_lines() {
    let mut schema = schema(&[("id", "text"), ("n", "number0")]);
    schema.unique = unique(&[0], true, None);
    let (forward, back) = ("id,n\na,1\nb,2\na,1\n", "id,n\na,1\nb,2\na,1\n".split('\n').skip(1));
    let mut reversed: Vec<&str> = back.filter(|line| !line.is_empty()).collect();
    reversed.reverse();
    let reversed = format!("id,n\n{}\n", reversed.join("\n"));
    assert_eq!(check(forward, &schema, &["a 1", "b 2"], &[]), check(&reversed, &schema, &["a 1", "b 2"], &[]));
}
