//! Generated schemes and data on every engine.

use std::io::Write;
use std::ops::Range;
use std::sync::Mutex;

use rules::compile::compile;
use rules::data::{self, Source};
use rules::diag::Problems;
use rules::source::Sources;

use crate::agree::{self, End, Loaded, Typing};
use crate::engine::{Engine, Kind};
use crate::scheme::Case;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn hold(engine: &mut Engine, case: &Case, seed: u64, word: &str) -> Result<End, String> {
    let mut sources = Sources::default();
    let file = sources.add("generated.rules", &case.scheme);
    let mut problems = Problems::new();
    let compiled = compile(&sources, file, &[], &mut problems).ok_or("it doesn't compile")?;
    let plan = &compiled.plan;
    let (mut tables, mut files) = (Vec::new(), Vec::new());
    for input in &plan.inputs {
        let of_case = case.inputs.iter().find(|of_case| *of_case.name == *input.schema.name);
        let source = of_case.map(|of| Source::new(&format!("{}.csv", of.name), of.csv().into_bytes()));
        tables.push(source.as_ref().and_then(|source| data::read(source, &input.schema, &mut problems)));
        files.push(source.map(|source| agree::loaded(&source, &input.schema)));
    }
    let typing = if seed.is_multiple_of(2) { Typing::Own } else { Typing::Texts };
    let files: Vec<Option<Loaded>> = files;
    agree::hold(engine, plan, &tables, &files, typing, word)
}

/// What came of the cases.
#[derive(Default)]
struct Tally {
    agreed: u64,
    cells: usize,
    errors: u64,
    unfound: Vec<(u64, Vec<String>)>,
    too_long: u64,
    failed: Vec<String>,
}

impl Tally {
    fn add(&mut self, case: &Case, seed: u64, end: Result<End, String>) {
        match end {
            Ok(End::Agree(count)) => (self.agreed, self.cells) = (self.agreed + 1, self.cells + count),
            Ok(End::Errors(_)) => self.errors += 1,
            Ok(End::Unfound(codes)) => self.unfound.push((seed, codes)),
            Ok(End::TooLong) => self.too_long += 1,
            Err(error) => self.failed.push(format!("seed {seed}: {error}\n\n{}", case.scheme)),
        }
    }
}

/// Takes cases until there are no more, or too many have failed.
fn take(engine: &mut Engine, lane: usize, seeds: &Mutex<Range<u64>>, tally: &Mutex<Tally>) {
    let most = number("RULES_ENGINE_FAILURES", 1);
    while (tally.lock().unwrap().failed.len() as u64) < most {
        let Some(seed) = seeds.lock().unwrap().next() else { return };
        let case = Case::new(seed);
        let end = hold(engine, &case, seed, &format!("t{lane}_"));
        tally.lock().unwrap().add(&case, seed, end);
    }
}

fn all_agree(kind: Kind) {
    // A case takes ClickHouse a second and Spark several, for its queries are many and small.
    let most = if matches!(kind, Kind::DuckDb | Kind::Postgres) { 500 } else { 100 };
    let (first, cases) = (number("RULES_PROPERTY_SEED", 0), number("RULES_ENGINE_CASES", most));
    let seeds = Mutex::new(first..first + cases);
    let tally = Mutex::new(Tally::default());
    let mut engine = Engine::shared(kind);
    if kind == Kind::Spark {
        // A query of Spark waits more than it works: several run beside each other.
        let mut lanes: Vec<Engine> = (0..number("RULES_ENGINE_LANES", 4)).map(|_| engine.lane()).collect();
        std::thread::scope(|scope| {
            for (lane, engine) in lanes.iter_mut().enumerate() {
                let (seeds, tally) = (&seeds, &tally);
                scope.spawn(move || take(engine, lane, seeds, tally));
            }
        });
    } else {
        take(&mut engine, 0, &seeds, &tally);
    }
    drop(engine);
    let mut tally = tally.into_inner().unwrap();
    tally.unfound.sort();
    let Tally { agreed, cells, errors, unfound, too_long, failed } = tally;
    // Past the capture of output, so that the count is seen when all is well, too.
    let _ = writeln!(
        std::io::stderr(),
        "{kind:?}: {agreed} generated schemes agree in {cells} cells; in {errors} the checks find the errors of the data; \
         in {} they don't: {unfound:?}; in {too_long} a number gets too long",
        unfound.len()
    );
    assert!(unfound.is_empty(), "the checks don't find the errors of the data: {unfound:?}");
    assert!(failed.is_empty(), "{} fail\n\n{}", failed.len(), failed.join("\n\n=====\n\n"));
    assert!(too_long * 50 <= cases, "{too_long} of {cases} cases have too long numbers");
    assert!(agreed * 2 >= cases, "only {agreed} of {cases} cases have results");
}

macro_rules! on_every_engine {
    ($($name:ident: $kind:ident),*) => {
        $(
            #[test]
            #[ignore = "the engines are left out: `tests/run` runs them"]
            fn $name() {
                all_agree(Kind::$kind);
            }
        )*
    };
}

on_every_engine!(
    generated_schemes_agree_on_duckdb: DuckDb,
    generated_schemes_agree_on_postgres: Postgres,
    generated_schemes_agree_on_clickhouse: ClickHouse,
    generated_schemes_agree_on_spark: Spark
);
