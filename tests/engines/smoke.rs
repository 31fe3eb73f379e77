//! What the comparisons rely on: each engine takes and gives every value unharmed.

use crate::engine::{Cell, Engine, Kind};

fn cells(row: &[Option<&str>]) -> Vec<Cell> {
    row.iter().map(|cell| cell.map(str::to_owned)).collect()
}

/// The types of a dialect: a text, a decimal of 38 digits with 15 places, a date, a whole number, a truth value, and a double; all may be null.
fn types(kind: Kind) -> [&'static str; 6] {
    match kind {
        Kind::DuckDb => ["VARCHAR", "DECIMAL(38,15)", "DATE", "BIGINT", "BOOLEAN", "DOUBLE"],
        Kind::Postgres => ["TEXT", "NUMERIC(38,15)", "DATE", "BIGINT", "BOOLEAN", "DOUBLE PRECISION"],
        Kind::ClickHouse => [
            "Nullable(String)",
            "Nullable(Decimal(38,15))",
            "Nullable(Date32)",
            "Nullable(Int64)",
            "Nullable(Bool)",
            "Nullable(Float64)",
        ],
        Kind::Spark => ["STRING", "DECIMAL(38,15)", "DATE", "BIGINT", "BOOLEAN", "DOUBLE"],
    }
}

const NAMES: [&str; 7] = ["n", "a text", "exact", "day", "whole", "truth", "real"];

/// Texts that quoting, separators, or escapes could spoil, and values at the ends of their types.
fn data() -> Vec<Vec<Cell>> {
    let texts = [
        "",
        " ",
        "é",
        "Z",
        "a",
        "😀",
        "it's \"quoted\" `so`",
        "back\\slash \\N \\n",
        "two\nlines\r\n\tand a tab",
        "NULL",
        "a,b;c--d /*e*/ $1 ? %s {f}",
    ];
    let mut rows = vec![cells(&[Some("0"), None, None, None, None, None, None])];
    for (at, text) in texts.iter().enumerate() {
        let exact = ["0.000000000000001", "-99999999999999999999999.999999999999999", "12.5"][at % 3];
        let day = ["1900-01-01", "2024-02-29", "2262-04-12"][at % 3];
        let whole = ["9223372036854775807", "-9223372036854775808", "0"][at % 3];
        let truth = ["true", "false"][at % 2];
        let real = ["0.1", "1.7976931348623157e+308", "-2.5"][at % 3];
        rows.push(cells(&[
            Some(&(at + 1).to_string()),
            Some(text),
            Some(exact),
            Some(day),
            Some(whole),
            Some(truth),
            Some(real),
        ]));
    }
    rows
}

/// A decimal without the zeros at its end.
fn trimmed(cell: &Cell) -> Cell {
    cell.as_ref().map(|text| {
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text.clone() }
    })
}

fn quoted(kind: Kind, name: &str) -> String {
    match kind {
        Kind::Spark | Kind::ClickHouse => format!("`{name}`"),
        Kind::DuckDb | Kind::Postgres => format!("\"{name}\""),
    }
}

fn load(engine: &mut Engine) {
    let types = types(engine.kind());
    let number = if engine.kind() == Kind::ClickHouse { "Int32" } else { "INT" };
    let columns: Vec<_> = NAMES.into_iter().zip(std::iter::once(number).chain(types)).collect();
    engine.load("smoke_test", &columns, &data()).unwrap();
}

fn values_come_back_unharmed(kind: Kind) {
    let mut engine = Engine::shared(kind);
    load(&mut engine);
    let table = quoted(kind, "smoke_test");
    let found = engine.query(&format!("SELECT * FROM {table} ORDER BY n")).unwrap();
    assert_eq!(found.names, NAMES);
    assert_eq!(found.rows.len(), data().len());
    for (found, wanted) in found.rows.iter().zip(data()) {
        assert_eq!(found[..2], wanted[..2]);
        assert_eq!(trimmed(&found[2]), trimmed(&wanted[2]));
        assert_eq!(found[3..], wanted[3..]);
    }
    // A second load replaces the first.
    engine.load("smoke_test", &[("n", "INT")], &[]).unwrap();
    assert_eq!(engine.query(&format!("SELECT * FROM {table}")).unwrap().rows.len(), 0);
}

fn texts_compare_by_code_points(kind: Kind) {
    let mut engine = Engine::shared(kind);
    load(&mut engine);
    let text = quoted(kind, "a text");
    let collate = if kind == Kind::Postgres { " COLLATE \"C\"" } else { "" };
    let table = quoted(kind, "smoke_test");
    let found =
        engine.query(&format!("SELECT {text} FROM {table} WHERE n BETWEEN 3 AND 6 ORDER BY {text}{collate}")).unwrap();
    assert_eq!(found.rows.concat(), cells(&[Some("Z"), Some("a"), Some("é"), Some("😀")]));
}

#[test]
#[ignore = "the engines are left out: `tests/run` runs them"]
fn an_error_is_told_and_the_engine_goes_on() {
    for kind in Kind::ALL {
        let mut engine = Engine::shared(kind);
        let error = engine.query("SELECT 1 FROM nobody_made_this").unwrap_err();
        assert!(error.contains("nobody_made_this"), "{}: {error}", kind.dialect());
        assert_eq!(engine.query("SELECT 1 AS one").unwrap().rows, [cells(&[Some("1")])]);
    }
}

#[test]
#[ignore = "the engines are left out: `tests/run` runs them"]
fn others_reach_an_engine_by_its_address() {
    let mut postgres = Engine::shared(Kind::Postgres);
    assert!(postgres.address().unwrap().starts_with("postgres://rules@127.0.0.1:"));
    let mut duckdb = Engine::shared(Kind::DuckDb);
    duckdb.script("CREATE OR REPLACE TABLE seen AS SELECT 42 AS answer").unwrap();
    let file = duckdb.address().unwrap().to_owned();
    let other =
        "import duckdb, sys; print(duckdb.connect(sys.argv[1]).execute('SELECT answer FROM seen').fetchone()[0])";
    let python = std::path::Path::new(&std::env::var("RULES_ENGINES").unwrap()).join("bin/python");
    let output = std::process::Command::new(python).args(["-c", other, &file]).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "42\n");
    assert_eq!(duckdb.query("SELECT answer FROM seen").unwrap().rows.concat(), cells(&[Some("42")]));
}

macro_rules! on_each_engine {
    ($($name:ident: $kind:expr;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            #[ignore = "the engines are left out: `tests/run` runs them"]
            fn values_come_back_unharmed() {
                super::values_come_back_unharmed($kind);
            }

            #[test]
            #[ignore = "the engines are left out: `tests/run` runs them"]
            fn texts_compare_by_code_points() {
                super::texts_compare_by_code_points($kind);
            }
        }
    )*};
}

on_each_engine! {
    duckdb: Kind::DuckDb;
    postgres: Kind::Postgres;
    clickhouse: Kind::ClickHouse;
    spark: Kind::Spark;
}
