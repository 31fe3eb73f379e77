//! Keyed and dated lookups, and scales.

use super::*;
use crate::value::schema::{Edge, Interval, Unique};

fn looked_up(case: &mut Case, keys: Vec<Expr>, day: Option<Expr>, column: usize) -> usize {
    let day = day.map(Box::new);
    let found = expr(ExprKind::Lookup { input: 1, unique: 0, keys, day, column }, n(0));
    let found = call(Builtin::Else, vec![found, constant(int(-1), n(0))], n(0));
    let score = case.score(&[], vec![set(found)], n(0));
    case.aggregate(Source::Score(score), Function::Sum, vec![by(super::column(0, n(0)))], n(0))
}

fn unique(key: Vec<usize>, interval: Option<Interval>) -> Unique {
    Unique { key, drop_repeats: false, interval, span: Span::default() }
}

#[test]
fn keys_of_texts_numbers_and_pairs() {
    let mut case = Case::new(vec![
        ("row", n(0), ints(&[1, 2, 3, 4, 5])),
        ("code", text(), words("x y z x -")),
        ("number", n(0), ints(&[10, 20, 10, 99, 10])),
    ]);
    let weights = case.input(vec![
        ("code", text(), words("y x x")),
        ("number", n(0), ints(&[20, 20, 10])),
        ("points", n(0), ints(&[7, 8, 9])),
    ]);
    Arc::make_mut(&mut case.plan.inputs[weights]).schema.unique.push(unique(vec![0, 1], None));
    let index = looked_up(&mut case, vec![column(1, text()), column(2, n(0))], None, 2);
    assert_eq!(case.cells(index), "1=9; 2=7; 3=-1; 4=-1; 5=-1");
    assert_eq!(needs::inputs(&case.plan, &[index]), [true, true]);
}

#[test]
fn dated_keys_hold_in_their_intervals() {
    for (inclusive, cells) in [(false, "1=-1; 2=1; 3=2; 4=2; 5=-1"), (true, "1=-1; 2=1; 3=2; 4=2; 5=-1")] {
        let days = ["2000-12-31", "2001-01-01", "2002-06-01", "2010-01-01", ""].map(day).to_vec();
        let mut case = Case::new(vec![
            ("row", n(0), ints(&[1, 2, 3, 4, 5])),
            ("who", text(), words("a a a a a")),
            ("day", date(), days),
        ]);
        let end = if inclusive { "2002-05-31" } else { "2002-06-01" };
        let tenure = case.input(vec![
            ("who", text(), words("a a b")),
            ("from", date(), ["2002-06-01", "2001-01-01", "1990-01-01"].map(day).to_vec()),
            ("end", date(), ["", end, ""].map(day).to_vec()),
            ("office", n(0), ints(&[2, 1, 3])),
        ]);
        let interval = Interval { from: (1, Edge::Earliest), end: (2, Edge::Latest), inclusive };
        Arc::make_mut(&mut case.plan.inputs[tenure]).schema.unique.push(unique(vec![0], Some(interval)));
        let index = looked_up(&mut case, vec![column(1, text())], Some(column(2, date())), 3);
        assert_eq!(case.cells(index), cells);
    }
}

fn scale(ranges: Vec<Range>, otherwise: Otherwise) -> Scale {
    Scale {
        name: Arc::from("level"),
        ty: n(0),
        words: vec![(Arc::from("140"), int(5))],
        patterns: vec![(Arc::from("1"), int(1)), (Arc::from("14"), int(2))],
        ranges,
        places: 1,
        otherwise,
        lines: ScaleLines::default(),
        span: Span::default(),
    }
}

fn scored(case: &mut Case, arg: Expr) -> usize {
    let points = expr(ExprKind::Scale { scale: 0, arg: Box::new(arg) }, Ty::optional(Type::Number(0)));
    let score = case.score(&[], vec![set(points)], Ty::optional(Type::Number(0)));
    case.aggregate(Source::Score(score), Function::Sum, vec![by(column(0, text()))], n(0))
}

#[test]
fn words_of_a_scale_by_the_longest_pattern() {
    let mut case = Case::new(vec![("word", text(), words("140 141 13 9 - 9"))]);
    case.plan.scales.push(scale(vec![], Otherwise::Value(int(0))));
    let index = scored(&mut case, column(0, text()));
    assert_eq!(case.cells(index), "13=1; 140=5; 141=2; 9=0");
    case.plan.scales[0].otherwise = Otherwise::Error;
    assert_eq!(case.problems(index), ["5 not_on_scale×2 `9` is not on scale `level`"]);
}

#[test]
fn ranges_of_a_scale_have_their_bounds() {
    let mut case = Case::new(vec![("word", text(), words("a b c d e")), ("x", n(2), ints(&[-100, 99, 100, 200, 201]))]);
    let range = |low, high, high_included, value| Range { low, high, high_included, value: int(value) };
    let ranges = vec![range(None, Some(10), false, 1), range(Some(10), Some(20), true, 2)];
    case.plan.scales.push(scale(ranges, Otherwise::Value(int(9))));
    let index = scored(&mut case, column(1, n(2)));
    assert_eq!(case.cells(index), "a=1; b=1; c=2; d=2; e=9");
}
