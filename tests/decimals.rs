//! Sums, differences and products come out exactly, through the whole language.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use rules::compile::compile;
use rules::data::{Source, read};
use rules::diag::Problems;
use rules::eval::{Job, engine, reference};
use rules::source::Sources;
use rules::value::Type;

const SCHEME: &str = r#"
scheme decimals "a op b"
input pair {
  row  number
  a    number(PLACES_A)
  b    number(PLACES_B)
  op   one of "+", "-", "*"
  unique row
}
score result from pair { points: value case { a + b when op = "+", a - b when op = "-", a * b when op = "*" } }
index result_of = only result by row
"#;

fn places(text: &str) -> usize {
    text.split_once('.').map_or(0, |(_, fraction)| fraction.len())
}

/// Computes each line `a op b exact` and compares: lines of the same places together, in columns of these places.
fn check(lines: &[[&str; 4]]) {
    let mut groups: BTreeMap<(usize, usize), Vec<[&str; 4]>> = BTreeMap::new();
    for line in lines {
        groups.entry((places(line[0]), places(line[2]))).or_default().push(*line);
    }
    assert!(groups.len() > 20);
    groups.into_iter().for_each(|(places, lines)| check_group(places, &lines));
}

fn check_group((places_a, places_b): (usize, usize), lines: &[[&str; 4]]) {
    let mut sources = Sources::default();
    let scheme = SCHEME.replace("PLACES_A", &places_a.to_string()).replace("PLACES_B", &places_b.to_string());
    let file = sources.add("decimals.rules", &scheme);
    let mut problems = Problems::new();
    let compiled = compile(&sources, file, &[], &mut problems).unwrap();
    let mut csv = String::from("row,a,b,op\n");
    for (at, [a, op, b, _]) in lines.iter().enumerate() {
        writeln!(csv, "{at},{a},{b},{op}").unwrap();
    }
    let source = Source::new("pair.csv", csv.into_bytes());
    let table = read(&source, &compiled.plan.inputs[0].schema, &mut problems);
    assert!(problems.is_empty(), "{:?}", problems.sorted());
    let job = Job { plan: &compiled.plan, tables: &[table], wanted: &compiled.plan.declared, checks: true };
    let outcome = engine::run(job);
    assert!(outcome.problems.is_empty(), "{:?}", outcome.problems.sorted());
    let cells = &outcome.results[0].cells;
    assert_eq!(cells.len(), lines.len());
    let ty = &outcome.results[0].ty.base;
    assert_eq!(*ty, Type::Number(u8::try_from(places_a + places_b).unwrap()));
    for ((_, value), line) in cells.iter().zip(lines) {
        let exact = if line[3].contains('.') { line[3].trim_end_matches('0').trim_end_matches('.') } else { line[3] };
        assert_eq!(value.format(ty), exact, "{line:?}");
    }
    assert_eq!(reference::run(job).results, outcome.results);
}

fn parse(text: &str) -> Vec<[&str; 4]> {
    text.lines()
        .skip(1)
        .map(|line| {
            let mut fields = line.split('\t');
            std::array::from_fn(|_| fields.next().unwrap())
        })
        .collect()
}

#[test]
fn arithmetic_is_exact() {
    check(&parse(include_str!("decimals.tsv")));
}

#[test]
fn arithmetic_is_exact_on_the_large_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/decimal_arith.tsv");
    if !path.exists() {
        eprintln!("skipped: {} is not here", path.display());
        return;
    }
    #[expect(clippy::disallowed_methods, reason = "a test reads its table")]
    let text = std::fs::read_to_string(path).unwrap();
    check(&parse(&text));
}
