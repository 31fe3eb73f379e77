//! The parts of the engine one by one, on 100,000 rows of contacts.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use rules::eval::single::Rater;
use rules::eval::{Job, engine};
use rules::value::Value;

const ROWS: u64 = 100_000;

/// What each run does beside the value, which all do.
const PARTS: [(&str, &str, &str); 5] = [
    ("value", "points: value 1", ""),
    ("scale", "points: value level(office)", ""),
    ("keep", "ours: keep side = \"home\"\n points: value 1", ""),
    ("absorb", "points: value level(office)\n absorption: absorb highest per id", ""),
    ("group", "points: value 1", "by partner, year(date)"),
];

fn main() {
    divan::main();
}

/// Bytes of a file into columns.
#[divan::bench]
fn read(bencher: Bencher<'_, '_>) {
    let (compiled, source) = (micro::scheme("points: value 1", ""), micro::source(ROWS));
    bencher.counter(ItemsCount::new(ROWS)).bench(|| micro::table(black_box(&compiled), black_box(&source)));
}

/// Columns into cells.
#[divan::bench(args = PARTS.map(|(name, _, _)| name))]
fn run(bencher: Bencher<'_, '_>, part: &str) {
    let (_, steps, by) = PARTS.into_iter().find(|(name, _, _)| *name == part).expect("it is one of the parts");
    let compiled = micro::scheme(steps, by);
    let tables = [Some(micro::table(&compiled, &micro::source(ROWS)))];
    let wanted = [0];
    let job = Job { plan: &compiled.plan, tables: &tables, wanted: &wanted, checks: true };
    bencher.counter(ItemsCount::new(ROWS)).bench(|| engine::run(black_box(job)));
}

/// One row at a time.
#[divan::bench]
fn rate(bencher: Bencher<'_, '_>) {
    let compiled = micro::scheme("ours: keep side = \"home\"\n points: value level(office)", "");
    let table = micro::table(&compiled, &micro::source(ROWS));
    let row = |row| (0..table.columns.len()).map(|column| table.value(column, row)).collect::<Vec<Value>>();
    let rows: Vec<Vec<Value>> = (0..table.rows).map(row).collect();
    let mut rater = Rater::new(&compiled.plan, "visit", &[]).expect("there is such a score");
    bencher
        .counter(ItemsCount::new(ROWS))
        .bench_local(|| rows.iter().filter(|row| matches!(rater.rate(black_box(row)), Ok(Some(_)))).count());
}
