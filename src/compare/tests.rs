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
        best: Best::Highest,
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
    let options = Options { top: 2, within: Within::All, ..Options::default() };
    let found = compared(&a, &b, &matched(1, &Type::Number(2)), &options);
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
    assert_eq!(summary.mean_absolute, Some(I256::new(250_000_000_000_000)));
    assert_eq!(summary.top, Top { k: 2, of_a: 2, of_b: 2, in_both: 2 });
}

#[test]
fn ties_share_the_smallest_rank_and_all_of_them_are_among_the_best() {
    let a = [(2001, "a", N(4)), (2001, "b", N(3)), (2001, "c", N(3)), (2002, "d", N(1)), (2002, "e", Value::Missing)];
    let a = cells(Type::Number(0), false, &a);
    let options = Options { top: 2, within: Within::All, ..Options::default() };
    let index = matched(0, &Type::Number(0));
    let found = compared(&a, &cells(Type::Number(0), true, &[(2002, "d", N(9))]), &index, &options);
    let ranks = |found: &Compared, scheme: usize| found.rows.iter().map(|row| row.ranks[scheme]).collect::<Vec<_>>();
    assert_eq!(ranks(&found, 0), [Some(1), Some(2), Some(2), Some(4), None]);
    assert_eq!(ranks(&found, 1), [None, None, None, Some(1), None]);
    assert_eq!(found.rows[3].rank_change(), Some(-3));
    assert_eq!(summary(&found).top, Top { k: 2, of_a: 3, of_b: 1, in_both: 0 });
    let within = Options { within: Within::Dims(vec!["year".to_owned()]), ..options };
    let found = compared(&a, &a, &Matched { orders: vec![vec![0, 1], vec![0, 1]], ..index }, &within);
    assert_eq!(ranks(&found, 1), [Some(1), Some(2), Some(2), Some(1), None]);
    assert_eq!(found.changed(), 0);
    let places = Matched { best: Best::Lowest, orders: vec![vec![0, 1], vec![0, 1]], ..matched(0, &Type::Number(0)) };
    let found = compared(&a, &a, &places, &Options::default());
    assert_eq!(ranks(&found, 0), [Some(3), Some(1), Some(1), Some(1), None]);
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

/// A fixed sequence of cells with ties, missing values and gaps.
fn scattered(seed: u64) -> Vec<(i32, &'static str, Value)> {
    let mut state = seed;
    let mut next = |most: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    let names = ["a", "b", "c", "d", "e", "f"];
    let mut cells = Vec::new();
    for at in 0..36 {
        let value = match next(8) {
            0 => continue,
            1 => Value::Missing,
            _ => N(i128::from(next(9)) - 4),
        };
        cells.push((2000 + at / 6, names[at as usize % 6], value));
    }
    cells
}

#[test]
fn the_other_way_round_all_signs_turn() {
    let index = matched(1, &Type::Number(1));
    let turned = Matched { orders: index.orders.iter().rev().cloned().collect(), ..index.clone() };
    let options = Options { top: 4, within: Within::Dims(vec!["year".to_owned()]), ..Options::default() };
    for seed in 0..40 {
        let a = cells(Type::Number(1), false, &scattered(seed));
        let b = cells(Type::Number(1), true, &scattered(seed + 1000));
        let (there, back) = (compared(&a, &b, &index, &options), compared(&b, &a, &turned, &options));
        assert_eq!(there.rows.len(), back.rows.len());
        for (x, y) in there.rows.iter().zip(&back.rows) {
            assert_eq!((&x.key, x.changed), (&y.key, y.changed));
            assert_eq!(x.delta(), y.delta().map(|delta| -delta));
            assert_eq!(x.rank_change(), y.rank_change().map(|change| -change));
            assert_eq!(x.changed, x.held[0] != x.held[1]);
        }
        let (x, y) = (summary(&there), summary(&back));
        assert_eq!((x.only_a, x.only_b, x.changed, x.mean_absolute), (y.only_b, y.only_a, y.changed, y.mean_absolute));
        assert_eq!((x.spearman, x.kendall), (y.spearman, y.kendall));
        assert_eq!((x.top.of_a, x.top.of_b, x.top.in_both), (y.top.of_b, y.top.of_a, y.top.in_both));
    }
}

#[test]
fn each_two_of_several_schemes_agree_as_they_do_alone() {
    let dims = vec![vec![0, 1], vec![1, 0], vec![0, 1]];
    let index = Matched { places: vec![0; 3], orders: dims, ..matched(1, &Type::Number(1)) };
    let runs = [
        cells(Type::Number(1), false, &scattered(1)),
        cells(Type::Number(1), true, &scattered(2)),
        cells(Type::Number(1), false, &scattered(3)),
    ];
    let runs = [&runs[0], &runs[1], &runs[2]].map(|results| Run { results });
    let found = compare(&runs, std::slice::from_ref(&index), &Options::default()).unwrap().remove(0);
    let Verdict::Several(agreement) = &found.verdict else { panic!("three schemes are several") };
    for (a, b) in [(0, 1), (1, 2), (2, 0)] {
        let two = Matched {
            places: vec![0; 2],
            orders: vec![index.orders[a].clone(), index.orders[b].clone()],
            ..index.clone()
        };
        let alone = compared(runs[a].results, runs[b].results, &two, &Options::default());
        assert_eq!(agreement.spearman[a][b], summary(&alone).spearman);
        assert_eq!(agreement.kendall[b][a], summary(&alone).kendall);
    }
    assert_eq!(agreement.kendall[1][1], Some(1.0));
}

#[test]
fn indices_are_matched_by_name_dimensions_and_kind() {
    let ty = |base: Type| Ty::required(base);
    let dim = |name: &str, base: Type| Dim { name: name.into(), ty: ty(base) };
    let index = |name: &str, hidden: bool, dims: Vec<Dim>, base: Type| crate::plan::Index {
        name: name.into(),
        title: "".into(),
        hidden,
        dims,
        ty: ty(base),
        absent_zero: false,
        body: crate::plan::Body::Formula {
            operands: Vec::new(),
            expr: crate::plan::Expr {
                kind: crate::plan::ExprKind::Const(Value::Missing),
                ty: ty(Type::Real),
                span: crate::source::Span::default(),
            },
        },
        span: crate::source::Span::default(),
    };
    let plan = |indices: Vec<crate::plan::Index>| crate::plan::Plan {
        name: "s".into(),
        title: "".into(),
        params: Vec::new(),
        inputs: Vec::new(),
        scales: Vec::new(),
        scores: Vec::new(),
        declared: (0..indices.len()).collect(),
        indices: indices.into_iter().map(Arc::new).collect(),
        checks: Vec::new(),
    };
    let year = || dim("year", Type::Period(Period::Year));
    let word = || Type::Category(["x".into()].into());
    let a = plan(vec![
        index("same", false, vec![year(), dim("k", word())], Type::Number(1)),
        index("kind", false, vec![], Type::Number(1)),
        index("dims", false, vec![year()], Type::Real),
        index("words", false, vec![dim("n", Type::Number(1))], word()),
        index("shy", true, vec![], Type::Flag),
        index("gone", false, vec![], Type::Flag),
    ]);
    let b = plan(vec![
        index("words", false, vec![dim("n", Type::Number(3))], Type::Text),
        index("shy", false, vec![], Type::Flag),
        index("dims", false, vec![dim("year", Type::Number(0))], Type::Real),
        index("kind", false, vec![], Type::Flag),
        index("same", false, vec![dim("k", Type::Text), year()], Type::Real),
    ]);
    let labels = ["a".to_owned(), "b".to_owned()];
    let (found, left) = matching(&[&a, &b], &labels, &[]);
    let found: Vec<(&str, &Type, Vec<&Type>, &[usize])> = found
        .iter()
        .map(|index| (&*index.name, &index.ty, index.dims.iter().map(|dim| &dim.ty.base).collect(), &*index.orders[1]))
        .collect();
    assert_eq!(
        found,
        [
            ("same", &Type::Number(15), vec![&Type::Period(Period::Year), &Type::Text], [1, 0].as_slice()),
            ("words", &Type::Text, vec![&Type::Number(3)], [0].as_slice()),
        ]
    );
    let left: Vec<(&str, &str)> = left.iter().map(|left| (&*left.index, &*left.why)).collect();
    assert_eq!(
        left,
        [
            ("kind", "a number in `a`, a flag in `b`"),
            ("dims", "by `year` (year) in `a`, by `year` (number) in `b`"),
            ("gone", "not in `b`"),
            ("shy", "hidden in `a`"),
        ]
    );
    let (found, left) = matching(&[&a, &b], &labels, &["shy".to_owned(), "none".to_owned()]);
    assert_eq!((found.len(), left.len()), (1, 1));
    assert!(left[0].absent && left[0].why == "not in `a`, `b`");
}

#[test]
fn what_is_no_number_is_equal_or_not() {
    let held = |flag: bool| Held::Other(Value::Flag(flag));
    assert!(!cells::is_change(&[held(true), held(true)], I256::new(9)));
    assert!(cells::is_change(&[held(true), held(false)], I256::new(9)));
    assert!(cells::is_change(&[held(true), held(true), Held::Missing], I256::ZERO));
    assert!(cells::is_change(&[Held::Absent, Held::Missing], I256::ZERO));
    assert!(cells::is_change(&[Held::Missing, Held::Number(I256::ZERO)], I256::ZERO));
    let numbers = [1, 3, 2].map(|units| Held::Number(I256::new(units)));
    assert!(cells::is_change(&numbers, I256::ONE) && !cells::is_change(&numbers, I256::new(2)));
}
