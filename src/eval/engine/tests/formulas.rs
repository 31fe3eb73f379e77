//! Formulas between indices.

use super::*;

fn two() -> (Case, usize, usize) {
    let mut case =
        Case::new(vec![("who", text(), words("a b")), ("to", text(), words("x y")), ("x", n(0), ints(&[6, 9]))]);
    let score = Source::Score(case.score(&[], vec![set(column(2, n(0)))], n(0)));
    let (who, to) = (column(0, text()), column(1, text()));
    let both = case.filtered(score, Function::Sum, Some(is(0, "a")), vec![by(who.clone()), by(to)], n(0));
    let single = case.filtered(score, Function::Sum, Some(is(0, "b")), vec![by(who)], n(0));
    (case, both, single)
}

fn operand(at: usize) -> Expr {
    expr(ExprKind::Operand(at), n(0))
}

fn formula(operands: Vec<(usize, Vec<usize>, bool)>, expr: Expr) -> Body {
    let operands = operands.into_iter().map(|(index, dims, spans)| Operand { index, dims, spans }).collect();
    Body::Formula { operands, expr }
}

#[test]
fn cells_are_united_and_absent_sums_are_zero() {
    let (mut case, both, single) = two();
    let by_who = case.aggregate(Source::Index(both), Function::Sum, vec![by(expr(ExprKind::Dim(0), text()))], n(0));
    let sum = call(Builtin::Add, vec![operand(0), operand(1)], n(0));
    let body = formula(vec![(by_who, vec![0], true), (single, vec![0], true)], sum);
    let index = case.index("sum", vec![text()], n(0), body);
    assert_eq!(case.cells(index), "a=6; b=9");
}

#[test]
fn fewer_dimensions_are_broadcast() {
    let (mut case, both, single) = two();
    let sum = || call(Builtin::Add, vec![operand(0), operand(1)], n(0));
    let body = formula(vec![(both, vec![0, 1], true), (single, vec![0], false)], sum());
    let index = case.index("wide", vec![text(), text()], n(0), body);
    assert_eq!(case.cells(index), "a,x=6");
    let total = case.aggregate(Source::Index(single), Function::Sum, vec![], n(0));
    let body = formula(vec![(both, vec![1, 0], true), (total, vec![], false)], sum());
    let index = case.index("turned", vec![text(), text()], n(0), body);
    assert_eq!(case.cells(index), "x,a=15");
    let body = formula(vec![(total, vec![], true)], call(Builtin::Divide, vec![operand(0), operand(0)], n(15)));
    let index = case.index("scalar", vec![], n(15), body);
    assert_eq!(case.cells(index), "=1");
}

#[test]
fn a_fault_names_the_cell_and_what_rests_on_it_is_not_computed() {
    let (mut case, both, _) = two();
    let body = formula(vec![(both, vec![0, 1], true)], overflowing(operand(0)));
    let index = case.index("big", vec![text(), text()], n(0), body);
    let body = formula(vec![(index, vec![0, 1], true)], overflowing(operand(0)));
    let after = case.index("after", vec![text(), text()], n(0), body);
    assert_eq!(
        case.problems(after),
        ["0 overflow×1 index `big` at d0 `a`, d1 `x`: the result has more than 38 digits"]
    );
}
