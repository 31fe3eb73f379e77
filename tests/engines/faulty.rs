//! Cells that can't be made: what the native evaluators refuse, the checking query finds on every engine; and nothing else.

use rules::compile::compile;
use rules::data::{self, Source};
use rules::diag::Problems;
use rules::source::Sources;

use crate::agree::{self, End, Typing};
use crate::engine::{Engine, Kind};

const BEGIN: &str = "scheme faulty
input r { country text  indicator text  amount number }
input meta { indicator text  weight number  unique indicator }
scale points { 2 \"p\"  1 \"q\" }
score s from r { v: value amount }
score t from r {
  k: keep country = \"x\"
  v: value amount
}
score u from r { v: value ln(amount) round to 2 }
score w from r { v: value sqrt(amount) round to 2 }
index leaf  = sum s by country, indicator
index of_x  = sum t by indicator
index table = only s by country, indicator in (\"p\", \"q\", \"r\")
";

/// The country `y` has a negative cell, `z` one and nothing else.
const R: &str = "country,indicator,amount\nx,p,4\nx,q,3\ny,p,4\ny,q,-3\ny,r,2\nz,p,-1\n";
const META: &str = "indicator,weight\np,2\nq,-1\nr,0\n";

/// An index, and whether it can't be made of these data.
const CASES: [(&str, bool); 22] = [
    ("geomean leaf by country round to 3", true),
    ("geomean leaf round to 3", true),
    ("geomean of_x round to 3", false),
    ("geomean leaf where country = \"x\" by country round to 3", false),
    // What has the weight 0 takes no part.
    ("geomean leaf weighted by case { 0 when country != \"x\", 1 otherwise } by country round to 3", false),
    ("geomean leaf weighted by case { 0 when country = \"y\", 1 otherwise } by country round to 3", true),
    // A cell that a policy leaves without a value isn't made: that of `z`, which lacks two; nor that of `x`.
    ("geomean table by country required round to 3", true),
    ("geomean table where country != \"y\" by country required round to 3", false),
    ("geomean table where country != \"y\" by country skip missing if at least 2/3 present round to 3", false),
    ("geomean table where country != \"y\" by country skip missing if at least 1/3 present round to 3", true),
    ("geomean table where country != \"y\" required round to 3", false),
    ("mean leaf weighted by meta(indicator).weight else 1 by country", true),
    ("mean leaf weighted by case { 1 when indicator = \"q\", 2 otherwise } by country", false),
    ("mean leaf weighted by points(indicator) by country", true),
    ("mean of_x weighted by points(indicator)", false),
    ("only leaf by country", true),
    ("only of_x where indicator = \"p\"", false),
    ("ln(leaf) round to 3", true),
    ("ln(of_x) round to 3", false),
    ("leaf * points(indicator)", true),
    // The scores fail before the cells do: their own check finds it, and looking at the cells doesn't fail.
    ("geomean u by country round to 3", true),
    ("geomean w by country round to 3", true),
];

/// Runs a case in both ways, from a table of the declared types.
fn held(engine: &mut Engine, index: &str) -> Result<End, String> {
    let mut sources = Sources::default();
    let file = sources.add("faulty.rules", &format!("{BEGIN}index found = {index}\n"));
    let mut problems = Problems::new();
    let compiled = compile(&sources, file, &[], &mut problems);
    let plan = compiled.ok_or_else(|| format!("{:?}", problems.clone().sorted()))?.plan;
    let files = plan.inputs.iter().map(|input| {
        let text = if *input.schema.name == *"r" { R } else { META };
        (Source::new(&format!("{}.csv", input.schema.name), text.as_bytes().to_vec()), &input.schema)
    });
    let (mut tables, mut loaded) = (Vec::new(), Vec::new());
    for (source, schema) in files {
        tables.push(data::read(&source, schema, &mut problems));
        loaded.push(Some(agree::loaded(&source, schema)));
    }
    agree::hold(engine, &plan, &tables, &loaded, Typing::Own, "f_")
}

fn all_are_found(kind: Kind) {
    let mut engine = Engine::shared(kind);
    let mut wrong = Vec::new();
    for (index, faulty) in CASES {
        match (held(&mut engine, index), faulty) {
            (Ok(End::Errors(_)), true) | (Ok(End::Agree(_)), false) => {}
            (found, _) => wrong.push(format!("{index}: {found:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

macro_rules! on_every_engine {
    ($($name:ident: $kind:ident),*) => {
        $(
            #[test]
            #[ignore = "the engines are left out: `tests/run` runs them"]
            fn $name() {
                all_are_found(Kind::$kind);
            }
        )*
    };
}

on_every_engine!(
    cells_that_cannot_be_made_are_found_on_duckdb: DuckDb,
    cells_that_cannot_be_made_are_found_on_postgres: Postgres,
    cells_that_cannot_be_made_are_found_on_clickhouse: ClickHouse,
    cells_that_cannot_be_made_are_found_on_spark: Spark
);
