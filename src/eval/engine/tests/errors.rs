//! Errors: where they count, and that none follows from another.

use super::*;

fn rows() -> Case {
    Case::new(vec![("id", text(), words("a a b b")), ("x", n(0), ints(&[1, 2, 10, 20]))])
}

fn less_than_ten() -> Expr {
    call(Builtin::Less, vec![column(1, n(0)), constant(int(10), n(0))], flag())
}

fn large() -> Expr {
    let ten = constant(int(10), n(0));
    call(Builtin::GreaterOrEqual, vec![overflowing(column(1, n(0))), ten], flag())
}

fn summed(case: &mut Case, steps: Vec<Step>) -> usize {
    let score = case.score(&[("slot", n(0))], steps, n(0));
    case.aggregate(Source::Score(score), Function::Count, vec![by(column(0, text()))], n(0))
}

#[test]
fn what_a_row_does_not_need_can_not_fail() {
    // Two rows must ask whether `x × huge` is large, which overflows from 2 on; the two others needn't.
    for (function, first) in [(Builtin::And, Builtin::GreaterOrEqual), (Builtin::Or, Builtin::Less)] {
        let mut case = rows();
        let first = call(first, vec![column(1, n(0)), constant(int(10), n(0))], flag());
        let condition = call(function, vec![first, large()], flag());
        let index = summed(&mut case, vec![keep("keep", condition, true), set(constant(int(1), n(0)))]);
        assert_eq!(case.problems(index), ["4 overflow×2 the result has more than 38 digits"]);
    }
    let mut case = rows();
    let arms = vec![(less_than_ten(), column(1, n(0)))];
    let case_of = expr(ExprKind::Case { arms, otherwise: Some(Box::new(overflowing(column(1, n(0))))) }, n(0));
    let index = summed(&mut case, vec![keep("few", less_than_ten(), true), set(case_of)]);
    assert_eq!(case.cells(index), "a=2");
    let mut case = rows();
    let lazy = call(Builtin::Else, vec![column(1, n(0)), overflowing(column(1, n(0)))], n(0));
    let index = summed(&mut case, vec![set(lazy)]);
    assert_eq!(case.cells(index), "a=2; b=2");
}

#[test]
fn a_row_that_is_gone_can_not_fail() {
    let mut case = rows();
    let only_one = call(Builtin::Equal, vec![column(1, n(0)), constant(int(1), n(0))], flag());
    let index = summed(&mut case, vec![keep("one", only_one, true), set(overflowing(column(1, n(0))))]);
    assert_eq!(case.cells(index), "a=1");
}

#[test]
fn a_row_has_one_error_and_its_unit_is_not_missed() {
    let mut case = rows();
    let steps = vec![
        step("slot", Op::Let { slot: 0, expr: overflowing(column(1, n(0))) }),
        set(overflowing(overflowing(column(1, n(0))))),
        absorb(Pick::Highest, vec![column(0, text())], vec![], Empty::Error),
    ];
    let index = summed(&mut case, steps);
    // Row 1 passes the let and fails at the value; the others fail at the let. No unit is called empty.
    let outcome = case.run(&[index]);
    assert!(outcome.results.is_empty());
    assert_eq!(outcome.problems.iter().map(|problem| problem.count).sum::<u64>(), 4);
    assert!(outcome.problems.iter().all(|problem| problem.code == Code::Overflow));
}

#[test]
fn an_optional_table_nobody_needs_may_be_missing() {
    let mut case = rows();
    let index = summed(&mut case, vec![set(column(1, n(0)))]);
    case.tables[0] = None;
    assert_eq!(case.cells(index), "");
}

#[test]
fn many_of_the_same_error_are_counted_and_the_first_shown() {
    let mut case = Case::new(vec![("id", text(), vec![word("q"); 1000])]);
    let words = vec![(Arc::from("known"), int(1))];
    let (name, ty, span) = (Arc::from("level"), n(0), Span::default());
    let (patterns, ranges) = (vec![], vec![]);
    let (otherwise, lines) = (Otherwise::Error, ScaleLines::default());
    case.plan.scales.push(Scale { name, ty, words, patterns, ranges, places: 0, otherwise, lines, span });
    let points = expr(ExprKind::Scale { scale: 0, arg: Box::new(column(0, text())) }, n(0));
    let index = summed(&mut case, vec![set(points)]);
    assert_eq!(case.problems(index), ["2 not_on_scale×1000 `q` is not on scale `level`"]);
    let outcome = case.run(&[index]);
    let examples: Vec<u32> = outcome.problems.sorted()[0].examples.iter().map(|place| place.line).collect();
    assert_eq!(examples, [2, 3, 4, 5, 6]);
}
