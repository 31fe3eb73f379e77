use super::*;
use crate::value::{Period, Ty};

fn year(year: i32) -> Value {
    Value::Period(year)
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

/// An index by year and partner in two schemes; the second declares the dimensions the other way round.
fn matched(a: u8, b: &Type) -> Matched {
    let dim = |name: &str, ty: Type| Dim { name: name.into(), ty: Ty::required(ty) };
    let ty = if let Type::Number(b) = b { Type::Number(a.max(*b)) } else { Type::Number(a.max(15)) };
    Matched {
        name: "x".into(),
        title: "".into(),
        places: vec![0, 0],
        dims: vec![dim("year", Type::Period(Period::Year)), dim("partner", Type::Text)],
        orders: vec![vec![0, 1], vec![1, 0]],
        ty,
    }
}

fn cells(ty: Type, turned: bool, cells: &[(i32, &str, Value)]) -> Vec<IndexCells> {
    let key = |at: i32, name: &str| if turned { vec![text(name), year(at)] } else { vec![year(at), text(name)] };
    let dim = |name: &str, ty: Type| Dim { name: name.into(), ty: Ty::required(ty) };
    let (first, second) = (dim("year", Type::Period(Period::Year)), dim("partner", Type::Text));
    let dims = if turned { vec![second, first] } else { vec![first, second] };
    let mut cells: Vec<(Vec<Value>, Value)> =
        cells.iter().map(|(at, name, value)| (key(*at, name), value.clone())).collect();
    cells.sort();
    vec![IndexCells { index: 0, dims, ty: Ty::optional(ty), cells }]
}

fn compared(a: &[IndexCells], b: &[IndexCells], matched: &Matched, options: &Options) -> Compared {
    let runs = [Run { results: a }, Run { results: b }];
    compare(&runs, std::slice::from_ref(matched), options).unwrap().remove(0)
}

fn summary(compared: &Compared) -> &Summary {
    match &compared.verdict {
        Verdict::Pair(summary) => summary,
        Verdict::Several(_) => panic!("two schemes are a pair"),
    }
}

const N: fn(i128) -> Value = Value::Number;

#[test]
fn cells_are_paired_whatever_the_order_of_the_dimensions() {
    let a = cells(Type::Number(1), false, &[(2001, "x", N(10)), (2001, "y", N(20)), (2002, "x", N(5))]);
    let b = cells(Type::Number(2), true, &[(2001, "x", N(100)), (2001, "y", N(150)), (2003, "x", N(1))]);
    let found = compared(&a, &b, &matched(1, &Type::Number(2)), &Options { top: 2, ..Options::default() });
    let rows: Vec<(Vec<Value>, bool, Option<I256>)> =
        found.rows.iter().map(|row| (row.key.clone(), row.changed, row.delta())).collect();
    assert_eq!(
        rows,
        [
            (vec![year(2001), text("x")], false, Some(I256::new(0))),
            (vec![year(2001), text("y")], true, Some(I256::new(-50))),
            (vec![year(2002), text("x")], true, None),
            (vec![year(2003), text("x")], true, None),
        ]
    );
    let summary = summary(&found);
    assert_eq!((summary.cells, summary.changed, summary.only_a, summary.only_b), (4, 3, 1, 1));
    assert_eq!(summary.largest, Some(Largest { row: 1, delta: I256::new(-50) }));
    assert_eq!(summary.mean_absolute, Some(250_000_000_000_000));
    assert_eq!(summary.top, Top { k: 2, of_a: 2, of_b: 2, in_both: 2 });
}

#[test]
fn ties_share_the_smallest_rank_and_all_of_them_are_among_the_best() {
    let a = [(2001, "a", N(4)), (2001, "b", N(3)), (2001, "c", N(3)), (2002, "d", N(1)), (2002, "e", Value::Missing)];
    let a = cells(Type::Number(0), false, &a);
    let options = Options { top: 2, ..Options::default() };
    let index = matched(0, &Type::Number(0));
    let found = compared(&a, &cells(Type::Number(0), true, &[(2002, "d", N(9))]), &index, &options);
    let ranks = |found: &Compared, scheme: usize| found.rows.iter().map(|row| row.ranks[scheme]).collect::<Vec<_>>();
    assert_eq!(ranks(&found, 0), [Some(1), Some(2), Some(2), Some(4), None]);
    assert_eq!(ranks(&found, 1), [None, None, None, Some(1), None]);
    assert_eq!(found.rows[3].rank_change(), Some(-3));
    assert_eq!(summary(&found).top, Top { k: 2, of_a: 3, of_b: 1, in_both: 0 });
    let within = Options { within: vec!["year".to_owned()], ..options };
    let found = compared(&a, &a, &Matched { orders: vec![vec![0, 1], vec![0, 1]], ..index }, &within);
    assert_eq!(ranks(&found, 1), [Some(1), Some(2), Some(2), Some(1), None]);
    assert_eq!(found.changed(), 0);
}

#[test]
fn a_missing_value_is_a_change_where_the_other_has_one() {
    let a =
        cells(Type::Number(0), false, &[(2001, "a", Value::Missing), (2001, "b", N(1)), (2001, "c", Value::Missing)]);
    let b = cells(Type::Number(0), true, &[(2001, "a", Value::Missing), (2001, "b", Value::Missing)]);
    let found = compared(&a, &b, &matched(0, &Type::Number(0)), &Options::default());
    assert_eq!(found.rows.iter().map(|row| row.changed).collect::<Vec<_>>(), [false, true, true]);
    assert!(found.rows.iter().all(|row| row.delta().is_none()));
    assert_eq!((summary(&found).only_a, summary(&found).mean_absolute), (1, None));
}

#[test]
fn a_real_is_compared_as_a_decimal() {
    let b = cells(Type::Real, true, &[(2001, "a", Value::Real(0.1)), (2001, "b", Value::Real(0.25))]);
    let a = cells(Type::Number(1), false, &[(2001, "a", N(1)), (2001, "b", N(2))]);
    let found = compared(&a, &b, &matched(1, &Type::Real), &Options::default());
    assert_eq!(found.rows.iter().map(|row| row.changed).collect::<Vec<_>>(), [false, true]);
    let b = cells(Type::Real, true, &[(2001, "a", Value::Real(1e30))]);
    let runs = [Run { results: &a }, Run { results: &b }];
    let error = compare(&runs, &[matched(1, &Type::Real)], &Options::default()).unwrap_err();
    assert_eq!((error.number.as_str(), error.places), ("1000000000000000000000000000000", 15));
}

#[test]
fn a_tolerance_is_met_by_what_equals_it() {
    let a = cells(Type::Number(2), false, &[(2001, "a", N(100)), (2001, "b", N(100))]);
    let b = cells(Type::Number(2), true, &[(2001, "a", N(150)), (2001, "b", N(49))]);
    let tolerances = Tolerances { all: Tolerance::parse("0.500"), own: Vec::new() };
    let index = matched(2, &Type::Number(2));
    let found = compared(&a, &b, &index, &Options { tolerances, ..Options::default() });
    assert_eq!(found.rows.iter().map(|row| row.changed).collect::<Vec<_>>(), [false, true]);
    let own = vec![("x".into(), Tolerance::parse("0.51").unwrap())];
    let tolerances = Tolerances { all: Tolerance::parse("0"), own };
    assert_eq!(compared(&a, &b, &index, &Options { tolerances, ..Options::default() }).changed(), 0);
}
