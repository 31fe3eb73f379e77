//! What pictures say, and that nothing on them touches or is cut.

use super::digits::drawn;
use super::marks::{Anchor, BLUE, Canvas, Color, GREY, INK, Mark, PALE, RED, SIGNS, TITLE};
use super::words::{fitted, spread, width, wrapped};
use super::*;

fn number(text: &str) -> Number {
    Number::of(text)
}

fn line(name: &str, numbers: &[&str]) -> Line {
    let numbers = numbers.iter().map(|text| (!text.is_empty()).then(|| number(text)));
    Line { name: name.to_owned(), numbers: numbers.collect() }
}

fn lines(many: usize, others: usize) -> Chart {
    let years = 2002..2013;
    let named = |at: usize| {
        let numbers: Vec<String> = years.clone().map(|year| format!("0.9{}{}", at / 4, (year + at) % 10)).collect();
        line(&format!("A country with a name {at}"), &numbers.iter().map(String::as_str).collect::<Vec<_>>())
    };
    Chart::Lines(Lines {
        time: "year".to_owned(),
        value: "Development".to_owned(),
        ticks: years.clone().map(|year| Tick { at: Number::of(year.to_string()).at, text: year.to_string() }).collect(),
        lines: (0..many).map(named).collect(),
        others: (0..others).map(named).collect(),
        lowest_first: false,
    })
}

fn bars(values: &[(&str, &str)]) -> Chart {
    let bar = |(name, value): &(&str, &str)| Bar { name: (*name).to_owned(), value: number(value) };
    let (unit, value) = ("country".to_owned(), "Points".to_owned());
    Chart::Bars(Bars { unit, value, bars: values.iter().map(bar).collect(), left_out: None })
}

fn slopes() -> Chart {
    let row = |(at, (a, b)): (usize, &(&str, &str))| Slope {
        name: format!("A country with a long name {at}"),
        ranks: [number(a), number(b)],
        values: [number("3.5"), number("2")],
    };
    let pairs = [("1", "2"), ("2", "1"), ("3", "3"), ("3", "12"), ("5", "5")];
    let ends = ["One scheme with a title that goes on and on", "Another scheme"].map(str::to_owned);
    Chart::Slopes(Slopes {
        unit: "country".to_owned(),
        ends,
        rows: pairs.iter().enumerate().map(row).collect(),
        left_out: 0,
    })
}

fn steps() -> Chart {
    let step = |(name, change): (&str, &str)| Step { name: name.to_owned(), change: number(change) };
    Chart::Steps(Steps {
        value: "Engagement".to_owned(),
        from: ("one".to_owned(), number("258")),
        steps: [("no discount", "3.25"), ("one point each", "-64.25"), ("nothing", "0")].map(step).into(),
        to: ("other".to_owned(), number("197")),
    })
}

fn intervals() -> Chart {
    let row = |rank: u32| Interval {
        name: format!("Country {rank}"),
        low: number(&rank.saturating_sub(2).max(1).to_string()),
        middle: number(&rank.to_string()),
        high: number(&(rank + 3).to_string()),
    };
    let ends = ["5 %".to_owned(), "95 %".to_owned()];
    let (unit, value) = ("country".to_owned(), "Rank".to_owned());
    Chart::Intervals(Intervals { unit, value, ends, ranks: true, rows: (1..30).map(row).collect() })
}

fn tornado() -> Chart {
    let measure =
        |value: &str, low: &str, high: &str| Measure { value: number(value), low: number(low), high: number(high) };
    let input = |(name, value): (&str, &str)| Input {
        name: name.to_owned(),
        first: measure(value, "-0.01", "0.7123"),
        total: measure(value, "0.012", "0.8123"),
    };
    let inputs = [("third_country", "0.6123"), ("the change “everybody counts”", "0.2"), ("points", "0")];
    Chart::Tornado(Tornado { value: "share of the variance".to_owned(), inputs: inputs.map(input).into() })
}

fn all() -> Vec<Chart> {
    let country = [("the-largest-country-of-all-of-them-with-a-name", "700.25"), ("b", "3"), ("c", "0")];
    let below = [("a", "12.5"), ("b", "-1234567.25")];
    let alone = Chart::Lines(Lines::default());
    // Days that lie unevenly.
    let day = |(at, text): (f64, &str)| Tick { at, text: text.to_owned() };
    let days = [(0.0, "2018-10-24"), (330.0, "2019-09-19"), (364.0, "2019-10-23"), (365.0, "2019-10-24")];
    let uneven =
        Lines { ticks: days.map(day).into(), lines: vec![line("a", &["1", "", "3", "4"])], ..Lines::default() };
    vec![
        lines(8, 30),
        lines(1, 0),
        bars(&country),
        bars(&below),
        bars(&[]),
        slopes(),
        steps(),
        intervals(),
        tornado(),
        alone,
        Chart::Lines(uneven),
    ]
}

fn canvas(chart: &Chart, width: Width) -> Canvas {
    chart.canvas(Frame { id: "x", title: "A title that is so long that it takes several lines", titled: true, width })
}

/// The room of each text: left, right, middle of its height, and half of it.
fn rooms(canvas: &Canvas) -> Vec<(f64, f64, f64, f64, String)> {
    let room = |mark: &Mark| match mark {
        Mark::Text { at: (x, y), text, size, anchor, .. } => {
            let wide = width(text, *size);
            let left = match anchor {
                Anchor::Start => *x,
                Anchor::Middle => x - wide / 2.0,
                Anchor::End => x - wide,
            };
            Some((left, left + wide, *y, size * 0.5, text.clone()))
        }
        _ => None,
    };
    canvas.marks.iter().filter_map(room).collect()
}

#[test]
fn no_text_is_cut() {
    for chart in all() {
        for width in [Width::Wide, Width::Narrow] {
            let canvas = canvas(&chart, width);
            for (left, right, middle, half, text) in rooms(&canvas) {
                assert!(left >= 0.0 && right <= canvas.width, "{text:?} from {left} to {right} in {chart:?}");
                assert!(middle - half >= 0.0 && middle + half <= canvas.height, "{text:?} at {middle} in {chart:?}");
            }
        }
    }
}

#[test]
fn no_text_touches_another() {
    for chart in all() {
        for width in [Width::Wide, Width::Narrow] {
            let rooms = rooms(&canvas(&chart, width));
            for (at, a) in rooms.iter().enumerate() {
                for b in &rooms[at + 1..] {
                    let apart = a.1 <= b.0 || b.1 <= a.0 || (a.2 - b.2).abs() >= a.3 + b.3 - 0.01;
                    assert!(apart, "{a:?} and {b:?} in {chart:?}");
                }
            }
        }
    }
}

#[test]
fn everything_that_is_shown_stands_in_the_table() {
    for chart in [bars(&[("a", "12.50"), ("b", "3")]), slopes(), steps(), intervals(), tornado()] {
        let table = chart.table();
        let drawn: Vec<String> = rooms(&canvas(&chart, Width::Wide)).into_iter().map(|room| room.4).collect();
        for row in &table.rows {
            assert_eq!(row.len(), table.heads.len());
            assert!(drawn.iter().any(|text| row[0].starts_with(text.trim_end_matches('…'))), "{row:?} in {drawn:?}");
        }
    }
    let drawn = rooms(&canvas(&bars(&[("a", "12.50"), ("b", "3")]), Width::Wide));
    assert!(drawn.iter().any(|room| room.4 == "12.50"), "digits stay as they are");
}

#[test]
fn a_picture_is_the_same_each_time_and_nothing_in_it_is_live() {
    let nasty = "<script>alert(1)</script>\"' onload=x\u{202e}&";
    let chart = bars(&[(nasty, "2"), ("b", "1")]);
    let frame = Frame { id: "x", title: nasty, titled: true, width: Width::Wide };
    let svg = chart.svg(frame);
    assert_eq!(svg, chart.svg(frame));
    assert!(!svg.contains("<script") && !svg.contains('\u{202e}'), "{svg}");
    // All quotes of the scheme are written out: those that are left belong to attributes.
    assert_eq!(svg.matches('"').count() % 2, 0);
}

#[test]
fn a_small_picture() {
    let chart = bars(&[("north", "2.50"), ("south", "-1")]);
    let frame = Frame { id: "points", title: "Points", titled: false, width: Width::Narrow };
    insta::with_settings!({ snapshot_path => "../../tests/snapshots", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("small-picture.svg", chart.svg(frame));
    });
}

/// The contrast of two colours as the guidelines for accessible pages have it.
fn contrast(a: Color, b: Color) -> f64 {
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    let light = |(r, g, b): Color| 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b) + 0.05;
    light(a).max(light(b)) / light(a).min(light(b))
}

#[test]
fn texts_and_bars_stand_out_from_the_paper() {
    let paper = (255, 255, 255);
    assert!(contrast(INK, paper) >= 4.5 && contrast(PALE, paper) >= 4.5);
    assert!([BLUE, RED, GREY].into_iter().all(|color| contrast(color, paper) >= 3.0));
    for chart in all() {
        for mark in canvas(&chart, Width::Wide).marks {
            if let Mark::Text { color, text, .. } = mark {
                assert!(contrast(color, paper) >= 4.5, "{text}");
            }
        }
    }
}

#[test]
fn lines_are_told_apart_by_signs() {
    let signs: std::collections::BTreeSet<String> = SIGNS.iter().map(|sign| format!("{sign:?}")).collect();
    assert_eq!(signs.len(), marks::COLORS.len());
}

#[test]
fn places_are_moved_as_little_as_needed() {
    assert_eq!(spread(&[10.0, 50.0, 90.0], 16.0, 0.0, 100.0), [10.0, 50.0, 90.0]);
    assert_eq!(spread(&[50.0, 50.0], 16.0, 0.0, 100.0), [42.0, 58.0]);
    assert_eq!(spread(&[2.0, 1.0], 16.0, 0.0, 100.0), [16.0, 0.0], "they stay in their order, within the limits");
    assert_eq!(spread(&[99.0, 99.0, 99.0], 10.0, 0.0, 100.0), [80.0, 90.0, 100.0]);
    assert_eq!(spread(&[5.0; 5], 50.0, 0.0, 100.0), [0.0, 25.0, 50.0, 75.0, 100.0], "more than there is room for");
    assert!(spread(&[], 16.0, 0.0, 100.0).is_empty());
}

#[test]
fn texts_are_shortened_and_broken() {
    assert_eq!(fitted("short", 12.0, 100.0), "short");
    let cut = fitted("a name that is far too long for this", 12.0, 100.0);
    assert!(cut.ends_with('…') && width(&cut, 12.0) <= 100.0, "{cut}");
    let lines = wrapped("a title that goes on and on, longer than any picture is wide", TITLE, 200.0);
    assert!(lines.len() > 1 && lines.iter().all(|line| width(line, TITLE) <= 200.0), "{lines:?}");
}

#[test]
fn scales_have_round_numbers() {
    let axis = axis::Axis::around([0.602, 0.727].into_iter(), 0.0, 100.0);
    let ticks: Vec<String> = axis.ticks(5).into_iter().map(|tick| tick.1).collect();
    assert_eq!(ticks, ["0.60", "0.65", "0.70"]);
    let axis = axis::Axis::around([-3.0, 1_200_000.0].into_iter(), 0.0, 100.0);
    assert!(axis.ticks(5).iter().any(|tick| tick.1 == "1000000"));
    let ranks = axis::Axis::new(0.5, 40.5, 0.0, 100.0).whole_ticks(6);
    assert_eq!(ranks.into_iter().map(|tick| tick.1).collect::<Vec<_>>(), ["1", "10", "20", "30", "40"]);
}

#[cfg(feature = "png")]
#[test]
fn a_picture_can_be_a_png() {
    for chart in all() {
        let frame = Frame { id: "x", title: "Title", titled: true, width: Width::Narrow };
        assert!(chart.png(frame).is_some_and(|png| png.starts_with(b"\x89PNG")));
    }
}

#[test]
fn quotients_are_drawn_with_the_digits_that_tell_them_apart() {
    let check = |texts: &[&str], expect: &[&str]| {
        let numbers: Vec<Number> = texts.iter().map(|text| number(text)).collect();
        assert_eq!(drawn(&numbers.iter().collect::<Vec<_>>()), expect);
    };
    check(&["27.166666666666667", "15", "8.925"], &["27.17", "15", "8.925"]);
    check(&["0.333333333333333", "0.333346666666667", ""], &["0.33333", "0.33335", ""]);
    // What somebody wrote stays as it is.
    check(&["12345.12345678", "0.00000001"], &["12345.12345678", "0.00000001"]);
    check(&["0.000000000001", "0.000000000002"], &["0", "0"]);
    check(&["1234567.333333333333333", "2"], &["1234567", "2"]);
    let steps = steps_of_thirds();
    assert!(steps.description().ends_with("double +40.37, plus -54.81."), "{}", steps.description());
    assert_eq!(steps.table().rows[1][1], "+40.366666666666667");
}

fn steps_of_thirds() -> Chart {
    let step = |(name, change): (&str, &str)| Step { name: name.to_owned(), change: number(change) };
    Chart::Steps(Steps {
        value: "Mean".to_owned(),
        from: ("one".to_owned(), number("27.166666666666667")),
        steps: [("double", "40.366666666666667"), ("plus", "-54.81")].map(step).into(),
        to: ("other".to_owned(), number("12.723333333333333")),
    })
}

#[test]
fn of_places_the_first_is_on_top() {
    let tick = |at: i32| Tick { at: f64::from(at), text: at.to_string() };
    let lines = vec![line("a", &["1", "1"]), line("b", &["4", "4"])];
    let places = Lines { ticks: vec![tick(2001), tick(2002)], lines, lowest_first: true, ..Lines::default() };
    let heights = |chart: Lines| {
        let rooms = rooms(&canvas(&Chart::Lines(chart), Width::Wide));
        ["a 1", "b 4"].map(|label| rooms.iter().find(|room| room.4 == label).unwrap().2)
    };
    let [first, last] = heights(places.clone());
    assert!(first < last);
    let [first, last] = heights(Lines { lowest_first: false, ..places });
    assert!(first > last);
}
