//! Aggregations over scores and indices, with domains.

use super::*;

fn sales() -> Case {
    Case::new(vec![
        ("who", text(), words("b a b c -")),
        ("year", year(), [2001, 2001, 2003, 2002, 2001].map(Value::Period).to_vec()),
        ("x", Ty::optional(Type::Number(1)), vec![int(10), int(25), int(-5), Value::Missing, int(40)]),
    ])
}

fn scored(case: &mut Case) -> Source {
    let x = column(2, Ty::optional(Type::Number(1)));
    Source::Score(case.score(&[], vec![set(x)], Ty::optional(Type::Number(1))))
}

fn who() -> Expr {
    column(0, text())
}

fn when() -> Expr {
    column(1, year())
}

#[test]
fn functions_by_a_free_dimension() {
    for (function, cells) in [
        (Function::Sum, "-=4; a=2.5; b=0.5"),
        (Function::Min, "-=4; a=2.5; b=-0.5"),
        (Function::Max, "-=4; a=2.5; b=1"),
    ] {
        let mut case = sales();
        let source = scored(&mut case);
        let index = case.aggregate(source, function, vec![by(who())], n(1));
        assert_eq!(case.cells(index), cells);
    }
    let mut case = sales();
    let source = scored(&mut case);
    let count = case.aggregate(source, Function::Count, vec![by(who())], n(0));
    let mean = case.aggregate(source, Function::Mean, vec![by(who())], n(15));
    assert_eq!(case.cells(count), "-=1; a=1; b=2");
    assert_eq!(case.cells(mean), "-=4; a=2.5; b=0.25");
}

#[test]
fn domains_are_full_and_closed() {
    let mut case = sales();
    let source = scored(&mut case);
    let years = || [2001, 2002].map(Value::Period).to_vec();
    let crossed = case.aggregate(source, Function::Sum, vec![within(when(), years()), by(who())], n(1));
    assert_eq!(case.cells(crossed), "2001,-=4; 2001,a=2.5; 2001,b=1; 2002,-=0; 2002,a=0; 2002,b=0");
    let account = &case.run(&[crossed]).indices[0];
    assert_eq!((account.scored, account.no_value, account.failing, account.outside, account.in_cells), (5, 1, 0, 1, 3));
    let full = case.aggregate(source, Function::Max, vec![within(when(), years()), within(who(), words("a z"))], n(1));
    assert_eq!(case.cells(full), "2001,a=2.5; 2001,z=-; 2002,a=-; 2002,z=-");
    let none = case.filtered(source, Function::Sum, Some(is(0, "zz")), vec![by(who())], n(1));
    assert_eq!(case.cells(none), "");
    let one = case.filtered(source, Function::Sum, Some(is(0, "zz")), vec![], n(1));
    assert_eq!(case.cells(one), "=0");
    assert_eq!(case.run(&[one]).indices[0].failing, 4);
}

#[test]
fn keys_of_an_input_are_a_domain() {
    let mut case = sales();
    let source = scored(&mut case);
    let keys = case.input(vec![("code", text(), words("c b b"))]);
    let dim = By { expr: who(), domain: Some(Domain::Keys(keys, 0)) };
    let index = case.aggregate(source, Function::Count, vec![dim], n(0));
    assert_eq!(case.cells(index), "b=2; c=0");
    assert_eq!(needs::inputs(&case.plan, &[index]), [true, true]);
}

#[test]
fn only_takes_one_value() {
    let mut case = sales();
    let source = scored(&mut case);
    let index = case.filtered(source, Function::Only, Some(is(0, "a")), vec![within(who(), words("a b"))], n(1));
    assert_eq!(case.cells(index), "a=2.5; b=-");
    let index = case.aggregate(source, Function::Only, vec![by(who())], n(1));
    assert_eq!(case.problems(index), ["0 several_values×1 index `i1` at d0 `b` has more than one value"]);
}

#[test]
fn an_index_is_aggregated_by_its_dimensions() {
    let mut case = sales();
    let source = scored(&mut case);
    let years = [2001, 2002, 2003].map(Value::Period).to_vec();
    let inner = case.aggregate(source, Function::Max, vec![within(when(), years), by(who())], n(1));
    let dim = |at, ty| expr(ExprKind::Dim(at), ty);
    let by_who = case.aggregate(Source::Index(inner), Function::Count, vec![by(dim(1, text()))], n(0));
    assert_eq!(case.cells(by_who), "-=1; a=1; b=2");
    let late = call(Builtin::Greater, vec![dim(0, year()), constant(Value::Period(2001), year())], flag());
    let filtered = case.filtered(Source::Index(inner), Function::Sum, Some(late), vec![], n(1));
    assert_eq!(case.cells(filtered), "=-0.5");
}

#[test]
fn sums_accumulate_wider_than_cells() {
    let huge = crate::value::decimal::MAX_UNITS;
    let mut case = Case::new(vec![("x", n(0), ints(&[huge, huge, -huge, -huge + 1]))]);
    let score = case.score(&[], vec![set(column(0, n(0)))], n(0));
    let index = case.aggregate(Source::Score(score), Function::Sum, vec![], n(0));
    assert_eq!(case.cells(index), "=1");
    let mut case = Case::new(vec![("x", n(0), ints(&[huge, 1]))]);
    let score = case.score(&[], vec![set(column(0, n(0)))], n(0));
    let index = case.aggregate(Source::Score(score), Function::Sum, vec![], n(0));
    assert_eq!(case.problems(index), ["0 overflow×1 index `i0`: the result has more than 38 digits"]);
}

#[test]
fn groups_are_the_same_by_table_and_by_sort() {
    use super::super::group::group;
    use crate::value::column::{Column, Data};
    let rows = 100_000;
    let number = |row: u64, of: u64| (row.wrapping_mul(6_364_136_223_846_793_005) >> 20) % of;
    let column =
        |of: u64, gap: i64| Column::full(Data::Small((0..rows).map(|row| number(row + of, of) as i64 * gap).collect()));
    for gap in [1, 1_000_003] {
        let columns = [column(1000, gap), column(700, gap), column(3, gap)];
        let groups = group(&columns, rows as usize);
        let mut known = std::collections::BTreeMap::new();
        for row in 0..rows as usize {
            let key: Vec<Value> = columns.iter().map(|column| column.value(row)).collect();
            let next = known.len() as u32;
            let id = *known.entry(key).or_insert(next);
            assert_eq!(groups.ids[row], id);
        }
        assert_eq!(groups.first.len(), known.len());
    }
}
