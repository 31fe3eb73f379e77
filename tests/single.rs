//! A rater gives each row the value that the engine gives a table of that row alone, in every score of the schemes that
//! ship.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail")]

use std::path::Path;
use std::sync::Arc;

use rules::compile::{Compiled, compile_chain, load};
use rules::data::Bound;
use rules::diag::{Diagnostic, Problems};
use rules::eval::single::Rater;
use rules::eval::{Job, engine};
use rules::plan::{Aggregate, Body, Function, Index, Op, Plan, Policy, Source};
use rules::source::Sources;
use rules::value::column::Table;
use rules::value::{Ty, Value};

/// A scheme and the folder of its data.
const EXAMPLES: &[(&str, &str)] = &[
    ("engagement", "belarus-latin-america"),
    ("engagement", "russia-latin-america"),
    ("goldstein", "gdelt"),
    ("hdi", "hdi"),
    ("trade", "trade"),
    ("us-missions", "us-missions"),
    ("us-travels", "us-travels"),
];

/// So many rows of each input are looked at, spread over the file.
const ROWS: usize = 300;

#[expect(clippy::disallowed_methods, reason = "a test reads the schemes that ship")]
fn compiled(name: &str) -> Compiled {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("rules/{name}.rules"));
    compiled_text(&std::fs::read_to_string(path).unwrap())
}

fn compiled_text(text: &str) -> Compiled {
    let (mut sources, mut problems) = (Sources::default(), Problems::new());
    let file = sources.add("scheme.rules", text);
    let chain = load(&mut sources, file, &mut |_, _, _| panic!("no scheme here extends another"), &mut problems);
    let compiled = chain.and_then(|chain| compile_chain(&Arc::new(chain), &[], &mut problems));
    compiled.unwrap_or_else(|| panic!("{:?}", problems.iter().map(|found| &found.message).collect::<Vec<_>>()))
}

fn tables(plan: &Plan, folder: &str) -> Vec<Option<Table>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(folder);
    let read = |input: &Arc<rules::plan::Input>| {
        let name = input.schema.file.as_deref()?;
        let source = Bound::new(&folder.join(name)).open().unwrap();
        rules::data::read(&source, &input.schema, &mut Problems::new())
    };
    plan.inputs.iter().map(read).collect()
}

/// The plan with the score cut where a rater ends, and the place of an index that has the value of its one unit.
fn cut(plan: &Plan, at: usize) -> (Plan, usize) {
    let mut plan = plan.clone();
    let score = Arc::make_mut(&mut plan.scores[at]);
    let end = score.steps.iter().position(|step| matches!(step.op, Op::Absorb { .. }));
    score.steps.truncate(end.unwrap_or(score.steps.len()));
    let set = |op: &Op| if let Op::Set { ty, .. } = op { Some(Ty::optional(ty.base.clone())) } else { None };
    score.ty = score.steps.iter().rev().find_map(|step| set(&step.op)).unwrap();
    let source = Source::Score(at);
    let aggregate = Aggregate {
        source,
        function: Function::Only,
        filter: None,
        by: Vec::new(),
        weight: None,
        missing: Policy::Skip,
        span: score.span,
        shared: None,
    };
    let (title, dims, ty) = ("".into(), Vec::new(), score.ty.clone());
    let body = Body::Aggregate(aggregate);
    let span = score.span;
    plan.indices
        .push(Index { name: "one".into(), title, hidden: true, dims, ty, absent_zero: false, body, span }.into());
    let index = plan.indices.len() - 1;
    (plan, index)
}

/// What the engine gives a table of one row: nothing where the row is dropped.
fn by_engine(plan: &Plan, index: usize, tables: &[Option<Table>]) -> Result<Option<Value>, Vec<String>> {
    let outcome = engine::run(Job { plan, tables, wanted: &[index], checks: false });
    if outcome.problems.has_errors() {
        return Err(outcome.problems.iter().map(|found| found.message.clone()).collect());
    }
    let scored = outcome.scores[0].scored;
    let value = outcome.results[0].cells.first().map_or(Value::Missing, |(_, value)| value.clone());
    Ok((scored == 1).then_some(value))
}

fn one_row(plan: &Plan, table: &Table, input: usize, row: usize) -> Table {
    let mut given = Vec::new();
    for (at, spec) in plan.inputs[input].schema.columns.iter().enumerate() {
        given.push((spec.ty.clone(), table.value(at, row)));
    }
    let columns = given.into_iter().map(|(ty, value)| column(&ty, value)).collect();
    Table { rows: 1, columns, lines: vec![table.lines[row]], ..table.clone() }
}

fn column(ty: &Ty, value: Value) -> rules::value::column::Column {
    use rules::value::Type;
    use rules::value::column::{Column, Data};
    let known = value.is_known();
    let data = match (value, &ty.base) {
        (Value::Number(units), _) => Data::Wide(vec![units]),
        (Value::Real(real), _) => Data::Real(vec![real]),
        (Value::Text(text), _) => Data::Text { codes: vec![0], dict: [text].into() },
        (Value::Flag(flag), _) => Data::Flag(vec![flag]),
        (Value::Date(day) | Value::Period(day), _) => Data::Day(vec![day]),
        (Value::Partial(first, last), _) => Data::Partial { first: vec![first], last: vec![last] },
        (Value::Missing, Type::Number(_)) => Data::Wide(vec![0]),
        (Value::Missing, Type::Real) => Data::Real(vec![0.0]),
        (Value::Missing, Type::Text | Type::Category(_)) => Data::Text { codes: vec![0], dict: ["".into()].into() },
        (Value::Missing, Type::Flag) => Data::Flag(vec![false]),
        (Value::Missing, Type::Date | Type::Period(_)) => Data::Day(vec![0]),
        (Value::Missing, Type::Partial(_)) => Data::Partial { first: vec![0], last: vec![0] },
    };
    Column { data, known: Some(vec![known]), periods: matches!(ty.base, Type::Period(_)) }
}

#[test]
fn each_row_has_the_value_that_the_engine_gives_it() {
    let mut rated = 0;
    for (scheme, folder) in EXAMPLES {
        let plan = compiled(scheme).plan;
        let tables = tables(&plan, folder);
        for (at, score) in plan.scores.iter().enumerate() {
            // A score with periods before its units has no value for a row alone.
            let Ok(mut rater) = Rater::new(&plan, &score.name, &tables) else {
                assert!(score.steps.iter().any(|step| matches!(step.op, Op::Every { .. })), "{}", score.name);
                continue;
            };
            let Some(table) = &tables[score.input] else { continue };
            let (cut, index) = cut(&plan, at);
            assert_eq!(rater.ty(), &cut.scores[at].ty);
            let mut lone = tables.clone();
            for row in (0..table.rows).step_by(table.rows / ROWS + 1) {
                let values: Vec<Value> = (0..table.columns.len()).map(|at| table.value(at, row)).collect();
                lone[score.input] = Some(one_row(&cut, table, score.input, row));
                let expected = by_engine(&cut, index, &lone);
                let found = rater.rate(&values).map_err(|found| vec![found.message.clone()]);
                assert_eq!(found, expected, "{scheme} {} {values:?}", score.name);
                rated += 1;
            }
        }
    }
    assert!(rated > 2_000, "{rated}");
}

const PARTS: &str = r#"
scheme parts
input contact { office text  points number(2)?  rank number }
scale level { 5 "president"  2 "minister" }
scale size { 1 0..9  2 10..99 }
score first from contact {
  let double = (points else 0.25) * 2
  known_ones: keep office != "gone"
  points:     value level(office) + double
  more:       plus size(rank) when rank > 5 and office != "minister"
  most:       cap 9
  absorption: absorb highest per office
  after:      times 100
}
score second from contact {
  points: value (points else 1) / rank
  there: keep known(value)
}
score yearly from contact {
  years: every year from 2001-01-01 to 2002-12-31, open at any time
  points: value rank
}
index a = sum first
index b = sum second
index c = sum yearly
"#;

fn row(office: &str, points: Option<i128>, rank: i128) -> Vec<Value> {
    vec![Value::Text(office.into()), points.map_or(Value::Missing, Value::Number), Value::Number(rank)]
}

fn rate(rater: &mut Rater<'_>, row: &[Value]) -> Result<Option<String>, Box<Diagnostic>> {
    let ty = rater.ty().base.clone();
    Ok(rater.rate(row)?.map(|value| value.format(&ty)))
}

#[test]
fn steps_are_taken_up_to_the_first_absorb() {
    let plan = compiled_text(PARTS).plan;
    let mut rater = Rater::new(&plan, "first", &[]).unwrap();
    let mut value = |office, points, rank| rate(&mut rater, &row(office, points, rank)).unwrap();
    assert_eq!(value("president", None, 1).as_deref(), Some("5.5"));
    assert_eq!(value("president", Some(125), 6).as_deref(), Some("8.5"));
    assert_eq!(value("president", Some(125), 20).as_deref(), Some("9"));
    assert_eq!(value("minister", Some(25), 20).as_deref(), Some("2.5"));
    assert_eq!(value("gone", None, 1), None);
    let mut second = Rater::new(&plan, "second", &[]).unwrap().clone();
    assert_eq!(rate(&mut second, &row("x", Some(100), 4)).unwrap().as_deref(), Some("0.25"));
    assert_eq!(rate(&mut second, &row("x", Some(100), 0)).unwrap(), None);
}

#[test]
fn what_has_no_value_is_said() {
    let plan = compiled_text(PARTS).plan;
    let mut rater = Rater::new(&plan, "first", &[]).unwrap();
    let mut said = |row: &[Value]| rater.rate(row).unwrap_err().message.clone();
    assert_eq!(said(&row("presidnt", None, 1)), "`presidnt` is not on scale `level`");
    assert_eq!(said(&row("president", None, 100)), "`100` is not on scale `size`");
    assert_eq!(said(&row("president", Some(10i128.pow(38) - 1), 1)), "the result has more than 38 digits");
    assert_eq!(said(&[Value::Missing]), "a row of 1 values for 3 columns");
    let unrated = |name| Rater::new(&plan, name, &[]).err().unwrap().message.clone();
    assert_eq!(unrated("frist"), "there is no score `frist`");
    assert_eq!(unrated("yearly"), "a row of score `yearly` has a value for each period of `years`");
}
