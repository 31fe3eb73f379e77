//! Steps: keep and its ghosts, lets, values, absorb.

use super::*;

fn visits() -> Case {
    Case::new(vec![
        ("id", text(), words("a a b b c c")),
        ("side", text(), words("h p h h p p")),
        ("points", n(1), ints(&[50, 30, 25, -40, 10, 20])),
    ])
}

fn by_id(case: &mut Case, steps: Vec<Step>) -> usize {
    let score = case.score(&[("twin", n(1))], steps, n(1));
    case.aggregate(Source::Score(score), Function::Sum, vec![by(column(0, text()))], n(1))
}

fn key() -> Vec<Expr> {
    vec![column(0, text())]
}

#[test]
fn a_keep_drops_rows_and_the_account_adds_up() {
    let mut case = visits();
    let steps =
        vec![keep("home", is(1, "h"), false), set(column(2, n(1))), absorb(Pick::Highest, key(), vec![], Empty::Drop)];
    let index = by_id(&mut case, steps);
    assert_eq!(case.cells(index), "a=5; b=2.5");
    let outcome = case.run(&[index]);
    let account = &outcome.scores[0];
    assert_eq!((account.rows, account.scored), (6, 2));
    assert_eq!(account.dropped, [("home".to_owned(), 3)]);
    assert_eq!(account.absorbed, [("absorption".to_owned(), 1)]);
    assert_eq!(outcome.indices[0].in_cells, 2);
}

#[test]
fn a_unit_of_ghosts_is_an_error_or_comes_back_or_goes() {
    let steps = |empty| {
        vec![keep("home", is(1, "h"), false), set(column(2, n(1))), absorb(Pick::Highest, key(), vec![], empty)]
    };
    let mut case = visits();
    let index = by_id(&mut case, steps(Empty::Error));
    assert_eq!(case.problems(index), ["6 empty_unit×1 no row of unit `c` is left to absorb"]);
    let mut case = visits();
    let index = by_id(&mut case, steps(Empty::Zero));
    assert_eq!(case.cells(index), "a=5; b=2.5; c=0");
    let account = &case.run(&[index]).scores[0];
    assert_eq!(account.restored, [("absorption".to_owned(), 1)]);
    assert_eq!(account.scored, 3);
}

#[test]
fn a_keep_of_units_takes_ghosts_too() {
    let mut case = visits();
    let not_c = call(Builtin::Different, vec![column(0, text()), constant(word("c"), text())], flag());
    let steps = vec![
        keep("home", is(1, "h"), false),
        keep("not c", not_c, true),
        set(column(2, n(1))),
        absorb(Pick::Highest, key(), vec![], Empty::Error),
    ];
    let index = by_id(&mut case, steps);
    assert_eq!(case.cells(index), "a=5; b=2.5");
}

#[test]
fn a_fault_of_a_ghost_is_silent_and_its_unit_is_not_forgotten() {
    let mut case = visits();
    // c's rows are dropped, then overflow: that is not reported, but the unit that lost its rows is.
    let is_c = is(0, "c");
    let arms = vec![(is_c, overflowing(constant(int(10), n(0))))];
    let otherwise = Some(Box::new(constant(int(0), n(0))));
    let steps = vec![
        keep("home", is(1, "h"), false),
        step("let", Op::Let { slot: 0, expr: expr(ExprKind::Case { arms, otherwise }, n(0)) }),
        set(column(2, n(1))),
        absorb(Pick::Highest, key(), vec![], Empty::Error),
    ];
    let index = by_id(&mut case, steps);
    assert_eq!(case.problems(index), ["6 empty_unit×1 no row of unit `c` is left to absorb"]);
}

#[test]
fn each_pick_gives_its_value() {
    for (pick, cells) in [
        (Pick::Highest, "a=5; b=2.5; c=2"),
        (Pick::Lowest, "a=3; b=-4; c=1"),
        (Pick::Strongest, "a=5; b=-4; c=2"),
        (Pick::First(column(1, text())), "a=5; b=2.5; c=2"),
        (Pick::Last(column(2, n(1))), "a=5; b=2.5; c=2"),
        (Pick::First(column(2, n(1))), "a=3; b=-4; c=1"),
    ] {
        let mut case = visits();
        if let Pick::First(Expr { kind: ExprKind::Column(1), .. }) = pick {
            // Two of a kind with different values are a tie that can't be settled.
            let steps = vec![set(column(2, n(1))), absorb(pick, key(), vec![], Empty::Error)];
            let index = by_id(&mut case, steps);
            assert_eq!(
                case.problems(index),
                ["4 values_differ×2 the value is `2.5` in one row of a unit and `-4` in another"]
            );
            continue;
        }
        let index = by_id(&mut case, vec![set(column(2, n(1))), absorb(pick, key(), vec![], Empty::Error)]);
        assert_eq!(case.cells(index), cells);
    }
}

#[test]
fn the_strongest_of_opposites_is_the_positive_one() {
    let mut case = Case::new(vec![("id", text(), words("a a")), ("x", n(0), ints(&[-7, 7]))]);
    let steps = vec![set(column(1, n(0))), absorb(Pick::Strongest, key(), vec![], Empty::Error)];
    let score = case.score(&[], steps, n(0));
    let index = case.aggregate(Source::Score(score), Function::Sum, vec![], n(0));
    assert_eq!(case.cells(index), "=7");
}

#[test]
fn a_slot_that_must_be_the_same_is_checked() {
    let mut case = visits();
    let steps = vec![
        step("twin", Op::Let { slot: 0, expr: column(2, n(1)) }),
        set(column(2, n(1))),
        absorb(Pick::Highest, key(), vec![0], Empty::Error),
    ];
    let index = by_id(&mut case, steps);
    assert_eq!(case.problems(index), ["2 values_differ×3 `twin` is `5` in one row of a unit and `3` in another"]);
}

#[test]
fn the_second_absorb_is_coarser_and_missing_keys_are_one_unit() {
    let mut case = Case::new(vec![
        ("id", text(), words("a a b - -")),
        ("group", text(), words("x x x y y")),
        ("points", n(0), ints(&[1, 2, 3, 4, 5])),
    ]);
    let steps = vec![
        set(column(2, n(0))),
        absorb(Pick::Highest, key(), vec![], Empty::Error),
        absorb(Pick::Lowest, vec![column(1, text())], vec![], Empty::Error),
    ];
    let score = case.score(&[], steps, n(0));
    let index = case.aggregate(Source::Score(score), Function::Sum, vec![by(column(1, text()))], n(0));
    assert_eq!(case.cells(index), "x=2; y=5");
    assert_eq!(case.run(&[index]).scores[0].absorbed.iter().map(|(_, n)| *n).collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn a_value_set_where_a_condition_holds_leaves_the_others() {
    let half = call(Builtin::Multiply, vec![value(n(1)), constant(int(5), n(1))], n(2));
    let op = |expr: Expr, before| {
        let (when, ty) = (Some(is(1, "p")), Ty::optional(Type::Number(2)));
        Op::Set { verb: Verb::Times, expr, when, ty, before }
    };
    let summed = |steps| {
        let mut case = visits();
        let score = case.score(&[], steps, n(2));
        let index = case.aggregate(Source::Score(score), Function::Sum, vec![by(column(0, text()))], n(2));
        (case, index)
    };
    let (case, index) = summed(vec![set(column(2, n(1))), step("halving", op(half, Some(n(1))))]);
    assert_eq!(case.cells(index), "a=6.5; b=-1.5; c=1.5");
    // A value that wasn't set before stays missing elsewhere, and such units don't count.
    let (case, index) = summed(vec![step("value", op(constant(int(100), n(2)), None))]);
    assert_eq!(case.cells(index), "a=1; c=2");
    assert_eq!(case.run(&[index]).indices[0].no_value, 3);
}

#[test]
fn checks_show_what_they_use() {
    let mut case = visits();
    let zero = constant(int(0), n(1));
    let holds = call(Builtin::Greater, vec![column(2, n(1)), zero], flag());
    let check = Check {
        message: Arc::from("points"),
        holds,
        when: Some(is(1, "h")),
        severity: Severity::Error,
        span: Span::default(),
    };
    Arc::make_mut(&mut case.plan.inputs[0]).checks.push(check.clone());
    let index = by_id(&mut case, vec![set(column(2, n(1))), step("check", Op::Check(check))]);
    assert_eq!(case.problems(index), ["5 check_failed×1 check failed: points: points `-4`"]);
}

#[test]
fn a_unit_that_comes_back_must_be_the_same_in_its_ghosts() {
    let mut case = visits();
    let steps = vec![
        step("twin", Op::Let { slot: 0, expr: column(2, n(1)) }),
        keep("none", is(1, "x"), false),
        set(column(2, n(1))),
        absorb(Pick::Highest, vec![column(1, text())], vec![0], Empty::Zero),
    ];
    let index = by_id(&mut case, steps);
    assert_eq!(case.problems(index), ["2 values_differ×2 `twin` is `5` in one row of a unit and `2.5` in another"]);
}

/// The same rows in another order give the same cells and the same account.
#[test]
fn rows_have_no_order() {
    let mut state = 7u64;
    let mut below = |n: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) % n
    };
    let mut rows: Vec<[Value; 5]> = (0..400)
        .map(|_| {
            let first = 14_000 + below(900) as i32;
            let (id, side) = (word(&format!("id{}", below(40))), word(["h", "p", "x"][below(3) as usize]));
            [id, side, int(below(50) as i128 - 20), Value::Date(first), Value::Date(first + below(800) as i32)]
        })
        .collect();
    let run = |rows: &[[Value; 5]]| {
        let list = |at: usize| rows.iter().map(|row| row[at].clone()).collect();
        let columns = vec![
            ("id", text(), list(0)),
            ("side", text(), list(1)),
            ("points", n(1), list(2)),
            ("from", date(), list(3)),
            ("end", date(), list(4)),
        ];
        let mut case = Case::new(columns);
        let (from, end) = (column(3, date()), column(4, date()));
        let (period, open) = (Period::Year, Open::AnyTime);
        let every = Op::Every { period, slot: 0, from, end, inclusive: false, open };
        let steps = vec![
            keep("home", is(1, "h"), false),
            step("years", every),
            set(column(2, n(1))),
            absorb(Pick::Strongest, vec![column(0, text()), slot(0, year())], vec![], Empty::Zero),
            absorb(Pick::Lowest, vec![column(0, text())], vec![], Empty::Error),
        ];
        let score = case.score(&[("year", year())], steps, n(1));
        let index = case.aggregate(Source::Score(score), Function::Sum, vec![by(column(0, text()))], n(1));
        (case.cells(index), case.run(&[index]).scores)
    };
    let (cells, accounts) = run(&rows);
    let account = &accounts[0];
    let total = |list: &[(String, u64)]| list.iter().map(|(_, count)| count).sum::<u64>();
    assert_eq!(
        account.rows + account.expanded + total(&account.restored),
        total(&account.dropped) + account.no_period + total(&account.absorbed) + account.scored
    );
    assert!(total(&account.restored) > 0);
    for _ in 0..5 {
        for at in (1..rows.len()).rev() {
            rows.swap(at, below(at as u64 + 1) as usize);
        }
        assert_eq!(run(&rows), (cells.clone(), accounts.clone()));
    }
}
