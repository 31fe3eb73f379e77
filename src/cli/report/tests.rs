//! Pictures of what a sensitivity analysis finds.

use super::sensitivity::{pictures, section};
use crate::chart::Chart;
use crate::plan::Best;
use crate::report::sensitivity::{
    CellInterval, Estimate, IndexSensitivity, InputIndex, Interval, PairOrder, Sensitivity, Target, VariedInput,
};

fn cell(unit: &str, year: &str, rank: f64) -> CellInterval {
    CellInterval {
        key: vec![unit.to_owned(), year.to_owned()],
        stands: Some(10.0 - rank),
        stands_rank: Some(1),
        share: 1.0,
        value: Interval { low: 8.0 - rank, median: 10.0 - rank, high: 12.25 - rank },
        rank: Some(Interval { low: 1.0, median: rank, high: rank + 1.5 }),
        top: Some(0.5),
    }
}

fn found() -> Sensitivity {
    let estimate = |value: f64| Estimate { value, low: value - 0.05, high: value + 0.05 };
    let input = |input: usize, value: f64| InputIndex { input, first: estimate(value), total: estimate(value + 0.1) };
    let varied = |name: &str| VariedInput {
        name: name.to_owned(),
        spread: "0 to 1, evenly".to_owned(),
        stands: "0.5".to_owned(),
    };
    Sensitivity {
        scheme: "s".to_owned(),
        samples: 1024,
        draws: 256,
        seed: 1,
        inputs: vec![varied("weak"), varied("<b>strong</b>")],
        indices: vec![IndexSensitivity {
            name: "power".to_owned(),
            title: "Power".to_owned(),
            dims: vec!["country".to_owned(), "year".to_owned()],
            within: vec!["year".to_owned()],
            best: Best::Highest,
            places: 2,
            top: 1,
            cells: vec![cell("a", "2001", 1.0), cell("b", "2001", 2.0), cell("a", "2002", 2.0), cell("b", "2002", 1.0)],
            pairs: vec![PairOrder { above: 0, below: 1, larger: 0.96, equal: 0.0 }],
            targets: vec![
                Target {
                    name: "mean shift in rank".to_owned(),
                    inputs: vec![input(0, 0.1), input(1, 0.7)],
                    ..Target::default()
                },
                Target { name: "what never varies".to_owned(), ..Target::default() },
            ],
        }],
        ..Sensitivity::default()
    }
}

#[test]
fn ranks_are_those_of_the_last_order_the_best_first() {
    let pictures = pictures(&found(), &["power"]);
    let names: Vec<&str> = pictures.iter().map(|picture| picture.name.as_str()).collect();
    assert_eq!(names, ["sensitivity-ranks-power", "sensitivity-values-power", "sensitivity-power-1"]);
    assert_eq!(pictures[0].title, "Ranks by Power, 2002");
    let Chart::Intervals(chart) = &pictures[0].chart else { panic!("no intervals") };
    let rows: Vec<[&str; 4]> =
        chart.rows.iter().map(|row| [&*row.name, &*row.low.text, &*row.middle.text, &*row.high.text]).collect();
    assert_eq!(rows, [["b", "1", "1", "2.5"], ["a", "1", "2", "3.5"]]);
    let Chart::Intervals(chart) = &pictures[1].chart else { panic!("no intervals") };
    assert_eq!((&*chart.rows[0].name, &*chart.rows[0].high.text), ("b", "11.25"));
}

#[test]
fn the_input_that_matters_most_comes_first() {
    let pictures = pictures(&found(), &[]);
    let Chart::Tornado(chart) = &pictures[2].chart else { panic!("no tornado") };
    assert_eq!(chart.inputs.iter().map(|input| input.name.as_str()).collect::<Vec<_>>(), ["<b>strong</b>", "weak"]);
    assert_eq!((&*chart.inputs[0].total.value.text, &*chart.inputs[0].total.low.text), ("0.8", "0.75"));
}

#[test]
fn the_part_of_the_page_says_what_varied_and_how_robust_orders_are() {
    let found = found();
    let html = section(&found, &pictures(&found, &["power"]));
    assert!(
        html.contains("The scheme was run 1024 times")
            && html.contains("Pairs of cells: 1; their order holds in 95 % of the runs at least: 1."),
        "{html}"
    );
    assert!(html.contains("&lt;b&gt;strong") && !html.contains("<b>"), "{html}");
}
