//! One row at a time: how many rows a second `rules`, the ZEN engine and `cel` value by one decision table of offices
//! and the venue. Each is prepared once; the values are checked to agree. Prints JSON: names and rows a second.

mod cel_table;
mod rules_table;
mod zen_table;

use std::hint::black_box;
use std::time::Instant;

use tools::random::Random;

/// The offices with their points; any other has 1.
pub const SCALE: [(&str, f64); 13] = [
    ("president", 5.0),
    ("prime minister", 3.0),
    ("vice president", 3.0),
    ("head of the presidential administration", 3.0),
    ("speaker of parliament", 3.0),
    ("deputy prime minister", 2.5),
    ("minister of foreign affairs", 2.5),
    ("minister of defence", 2.5),
    ("secretary of the security council", 2.5),
    ("advisor to the president", 2.5),
    ("other minister", 2.0),
    ("chief of staff", 2.0),
    ("senior party official", 2.0),
];

const VENUES: [&str; 3] = ["home", "partner", "third"];

/// A row: the office and the venue.
pub type Row = (&'static str, &'static str);

/// How often each is measured; the median counts.
const RUNS: usize = 5;

fn main() {
    let rows = rows(10_000);
    let zen = zen_table::Table::new();
    let cel = cel_table::Table::new();
    let scheme = rules_table::compiled();
    let mut ours = rules_table::Table::new(&scheme.plan);
    let values = rules_table::values(&rows);
    for (row, values) in rows.iter().zip(&values) {
        let expected = expected(row);
        assert_eq!(ours.rate(row), expected, "rules, {row:?}");
        assert_eq!(ours.rate_values(values), expected, "rules, {row:?}");
        assert_eq!(zen.rate(row), expected, "ZEN, {row:?}");
        assert_eq!(cel.rate(row), expected, "cel, {row:?}");
    }
    let found = [
        ("rules, from texts", speed(100, || rows.iter().map(|row| ours.rate(black_box(row))).sum(), rows.len())),
        (
            "rules, from values",
            speed(100, || values.iter().map(|row| ours.rate_values(black_box(row))).sum(), rows.len()),
        ),
        ("ZEN engine", speed(10, || rows.iter().map(|row| zen.rate(black_box(row))).sum(), rows.len())),
        ("cel", speed(10, || rows.iter().map(|row| cel.rate(black_box(row))).sum(), rows.len())),
    ];
    let found: Vec<String> = found.iter().map(|(name, speed)| format!("[\"{name}\", {speed:.0}]")).collect();
    println!("[{}]", found.join(", "));
}

/// Rows of the 14 offices, of which one has no line of its own, and the venues.
fn rows(count: usize) -> Vec<Row> {
    let mut random = Random::new(1);
    let office =
        |random: &mut Random| SCALE.get(random.below(SCALE.len() + 1)).map_or("governor", |(office, _)| office);
    (0..count).map(|_| (office(&mut random), *random.pick(&VENUES))).collect()
}

/// What a row is worth.
fn expected((office, venue): &Row) -> f64 {
    let points = SCALE.iter().find(|(name, _)| name == office).map_or(1.0, |(_, points)| *points);
    if *venue == "third" { points * 0.5 } else { points }
}

/// Rows a second: the median of some runs, each of so many rounds over the rows.
fn speed(rounds: usize, mut round: impl FnMut() -> f64, rows: usize) -> f64 {
    let mut speeds: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..rounds {
                black_box(round());
            }
            (rounds * rows) as f64 / start.elapsed().as_secs_f64()
        })
        .collect();
    speeds.sort_by(f64::total_cmp);
    speeds[RUNS / 2]
}
