//! Generated schemes and data on every engine.

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

fn hold(engine: &mut Engine, case: &Case, seed: u64) -> Result<End, String> {
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
    agree::hold(engine, plan, &tables, &files, typing, "t_")
}

fn all_agree(kind: Kind) {
    let (first, cases) = (number("RULES_PROPERTY_SEED", 0), number("RULES_ENGINE_CASES", 500));
    let (mut agreed, mut cells, mut errors, mut failed) = (0, 0, 0, Vec::new());
    let mut unfound = Vec::new();
    for seed in first..first + cases {
        let case = Case::new(seed);
        let mut engine = Engine::shared(kind);
        match hold(&mut engine, &case, seed) {
            Ok(End::Agree(count)) => (agreed, cells) = (agreed + 1, cells + count),
            Ok(End::Errors(_)) => errors += 1,
            Ok(End::Unfound(codes)) => unfound.push((seed, codes)),
            Err(error) => failed.push(format!("seed {seed}: {error}\n\n{}", case.scheme)),
        }
        if failed.len() >= number("RULES_ENGINE_FAILURES", 1) as usize {
            break;
        }
    }
    println!(
        "{kind:?}: {agreed} generated schemes agree in {cells} cells; in {errors} the checks find the errors of the data; \
         in {} they don't: {unfound:?}",
        unfound.len()
    );
    assert!(failed.is_empty(), "{} fail\n\n{}", failed.len(), failed.join("\n\n=====\n\n"));
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
