use std::io::Write;
use std::path::{Path, PathBuf};

use super::*;
use crate::data::testing::{column, rows, schema, show_all};
use crate::data::{Bound, Source, read};
use crate::diag::Problems;
use crate::value::column::Table;
use crate::value::piece::{Piece, Pieces, Unfit, Use, Wanted};
use crate::value::schema::Schema;

const GOOD: [&str; 16] = [
    "arrow-deltas",
    "arrow-deltas-v1",
    "arrow-gzip-plain",
    "arrow-int96",
    "arrow-integer-decimals",
    "arrow-lz4-checksum",
    "arrow-none-no-statistics",
    "arrow-snappy",
    "arrow-zstd-v2",
    "duckdb-gzip",
    "duckdb-lz4",
    "duckdb-plain",
    "duckdb-v1",
    "duckdb-v2",
    "duckdb-zstd",
    "duckdb-texts",
];
const POLARS: [&str; 3] = ["polars-lz4", "polars-plain", "polars-zstd"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/parquet")
}

#[expect(clippy::disallowed_methods, reason = "a test reads its files")]
fn bytes_of(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap()
}

fn source(name: &str) -> Source {
    Source::new(name, bytes_of(name))
}

/// The schema of the table.
fn table_schema() -> Schema {
    let mut schema = schema(&[
        ("id", "text"),
        ("number", "number0"),
        ("day", "date"),
        ("office", "text"),
        ("military", "flag?"),
        ("amount", "number2"),
        ("share", "number3?"),
        ("year", "year"),
        ("moment", "date"),
        ("note", "text?"),
    ]);
    schema.format.yes = vec!["true".into()];
    schema.format.no = vec!["false".into()];
    schema.columns[8].dates = vec!["%Y-%m-%d %H:%M:%S".into()];
    schema
}

fn read_well(source: &Source, schema: &Schema) -> Table {
    let mut problems = Problems::new();
    let table = read(source, schema, &mut problems);
    assert!(problems.is_empty(), "{}: {:?}", source.name, show_all(problems));
    table.unwrap()
}

/// The problems of a file, without a table.
fn problems_of(source: &Source, schema: &Schema) -> Vec<String> {
    let mut problems = Problems::new();
    read(source, schema, &mut problems);
    show_all(problems)
}

/// All pieces of a file, in their order.
fn pieces_of(path: &Path, schema: &Schema, wanted: &Wanted) -> Result<Vec<Piece>, Unfit> {
    drain(&ParquetPieces::new(&Bound::new(path), schema, wanted)?)
}

/// All pieces, taken by two readers in turn.
fn drain(pieces: &dyn Pieces) -> Result<Vec<Piece>, Unfit> {
    let mut readers = [pieces.reader(), pieces.reader()];
    let mut found = Vec::new();
    'all: loop {
        for reader in &mut readers {
            match reader.read()? {
                Some(piece) => found.push(piece),
                None => break 'all,
            }
        }
    }
    for mut reader in readers {
        while let Some(piece) = reader.read()? {
            found.push(piece);
        }
    }
    found.sort_by_key(|piece| piece.number);
    Ok(found)
}

fn all_values(schema: &Schema, key: &[usize]) -> Wanted {
    Wanted { uses: vec![Use::Values; schema.columns.len()], key: key.to_vec(), lines: true }
}

fn rows_of(pieces: &[Piece], schema: &Schema) -> Vec<String> {
    pieces.iter().flat_map(|piece| rows(&piece.table, schema)).collect()
}

#[test]
fn all_writers_give_the_table_of_the_csv_file() {
    let schema = table_schema();
    let expect = rows(&read_well(&source("table.csv"), &schema), &schema);
    assert_eq!(expect.len(), 600);
    for name in GOOD.iter().chain(&POLARS) {
        let name = format!("{name}.parquet");
        let table = read_well(&source(&name), &schema);
        assert_eq!(rows(&table, &schema), expect, "{name}");
        assert_eq!(table.lines, (1..=600).collect::<Vec<_>>());
        let pieces = pieces_of(&folder().join(&name), &schema, &all_values(&schema, &[0])).expect(&name);
        assert_eq!(rows_of(&pieces, &schema), expect, "{name}");
        assert_eq!(pieces.iter().map(|piece| piece.newlines).sum::<u64>(), 600);
    }
}

#[test]
fn several_files_are_one_table_and_may_be_of_both_kinds() {
    let schema = table_schema();
    let names = ["duckdb-v1.parquet", "table.csv", "arrow-snappy.parquet", "duckdb-texts.parquet"];
    let mut problems = Problems::new();
    let table = crate::data::read_files(names.iter().map(|name| Ok(source(name))), &schema, &[], &mut problems);
    let table = table.unwrap();
    assert!(problems.is_empty());
    let one = rows(&read_well(&source("table.csv"), &schema), &schema);
    assert_eq!(rows(&table, &schema), [&one[..], &one, &one, &one].concat());
    let places = [0, 599, 600, 1199, 1200, 2399].map(|row| {
        let line = table.line(row);
        format!("{}:{}", table.file_of(line), line.line)
    });
    let expect = ["duckdb-v1.parquet:1", "duckdb-v1.parquet:600", "table.csv:2", "table.csv:601"];
    assert_eq!(places[..4], expect);
    assert_eq!(places[4..], ["arrow-snappy.parquet:1", "duckdb-texts.parquet:600"]);
    let files: Vec<Bound> = names.iter().map(|name| Bound::new(&folder().join(name))).collect();
    let options = crate::data::pieces::Options::default();
    let pieces = crate::data::quick::open(&files, &schema, &all_values(&schema, &[0]), &options).unwrap();
    let pieces = drain(&*pieces).unwrap();
    assert_eq!(rows_of(&pieces, &schema), rows(&table, &schema));
    // The same text is the same key in each file, whichever its kind.
    let keys = keys_of(&pieces);
    assert!((0..600).all(|row| [600, 1200, 1800].iter().all(|from| keys[row] == keys[from + row])));
}

/// The keys of rows, from the runs of pieces: `Debug` of the words and the bytes of long ones.
fn keys_of(pieces: &[Piece]) -> Vec<String> {
    let mut keys = Vec::new();
    for piece in pieces {
        let mut run = 0;
        for row in 0..piece.table.rows {
            while piece.runs.starts.get(run + 1).is_some_and(|&start| start as usize <= row) {
                run += 1;
            }
            let key = &piece.runs.keys;
            keys.push(key.long(run).map_or_else(
                || format!("{:x}", key.words()[run]),
                |bytes| String::from_utf8_lossy(bytes).into_owned(),
            ));
        }
    }
    keys
}

#[test]
fn runs_are_the_same_whichever_way_they_are_found() {
    let schema = table_schema();
    for name in ["arrow-snappy", "arrow-gzip-plain", "arrow-deltas", "duckdb-v1", "polars-zstd", "duckdb-texts"] {
        let path = folder().join(format!("{name}.parquet"));
        let mut wanted = all_values(&schema, &[0]);
        let valued = pieces_of(&path, &schema, &wanted).unwrap();
        wanted.uses[0] = Use::Grouping;
        let grouped = pieces_of(&path, &schema, &wanted).unwrap();
        assert_eq!(keys_of(&valued), keys_of(&grouped), "{name}");
        for (a, b) in valued.iter().zip(&grouped) {
            assert_eq!(a.runs.starts, b.runs.starts, "{name}");
            let crate::value::column::Data::Text { codes, dict } = &b.table.columns[0].data else { panic!() };
            assert!(dict.is_empty());
            assert_eq!(codes.len(), b.table.rows);
            assert!(b.runs.starts.iter().enumerate().all(|(run, &start)| codes[start as usize] as usize == run));
        }
        // A number in a column of texts is its digits, as a key too.
        let mut texts = schema.clone();
        texts.columns[1] = column("number", "text");
        let mut wanted = all_values(&texts, &[1]);
        let valued = pieces_of(&path, &texts, &wanted).unwrap();
        wanted.uses[1] = Use::Grouping;
        let grouped = pieces_of(&path, &texts, &wanted).unwrap();
        assert_eq!(keys_of(&valued), keys_of(&grouped), "{name}");
        let several = pieces_of(&path, &texts, &all_values(&texts, &[0, 2])).unwrap();
        let by_id: usize = valued.iter().map(|piece| piece.runs.starts.len()).sum();
        assert_eq!(several.iter().map(|piece| piece.runs.starts.len()).sum::<usize>(), by_id);
        // What nobody wants is empty.
        wanted.uses = vec![Use::Nothing; 10];
        wanted.key.clear();
        let nothing = pieces_of(&path, &texts, &wanted).unwrap();
        assert!(nothing.iter().all(|piece| piece.table.columns.iter().all(crate::value::column::Column::is_empty)));
    }
}

#[test]
fn values_that_a_type_can_not_have_are_told_at_their_rows() {
    let check = |column: usize, words: &str, expect: &[&str]| {
        let mut schema = table_schema();
        let name = schema.columns[column].name.to_string();
        schema.columns[column] = crate::data::testing::column(&name, words);
        assert_eq!(problems_of(&source("arrow-snappy.parquet"), &schema), expect, "{words}");
        let path = folder().join("arrow-snappy.parquet");
        assert!(pieces_of(&path, &schema, &all_values(&schema, &[0])).is_err(), "{words}");
    };
    check(2, "number0", &["bad_number @0 day: the column `day` of the file holds dates"]);
    check(2, "text", &["bad_text @0 day: the column `day` of the file holds dates"]);
    check(4, "text?", &["bad_text @0 military: the column `military` of the file holds booleans"]);
    check(8, "year", &["bad_period @0 moment: the column `moment` of the file holds timestamps"]);
    check(4, "flag", &["missing_value @19 military: the value is missing ×218"]);
    check(8, "date", &["bad_date @1 moment: `1991-10-06 16:24:19` isn't a date in the form that is declared ×600"]);
    check(
        6,
        "number2?",
        &["bad_places @1 share: `718.381` has 3 decimal places, and 2 decimal places at most are declared ×485"],
    );
    check(
        5,
        "number1",
        &["bad_places @1 amount: `7183.81` has 2 decimal places, and 1 decimal place at most are declared ×539"],
    );
    check(
        3,
        "president|prime minister|other minister|chief of staff",
        &["bad_category @6 office: `Łukašenka` is none of the column's words ×121"],
    );
}

#[test]
fn columns_with_parts_and_other_kinds_are_errors_only_if_they_are_asked_for() {
    let odd = source("odd.parquet");
    let good = schema(&[("id", "text"), ("last", "number0"), ("small", "number2")]);
    assert_eq!(rows(&read_well(&odd, &good), &good), ["a 1 1.5", "b 2 2.25"]);
    let pieces = pieces_of(&folder().join("odd.parquet"), &good, &all_values(&good, &[])).unwrap();
    assert_eq!(rows_of(&pieces, &good), ["a 1 1.5", "b 2 2.25"]);
    let bad = schema(&[("list", "number0"), ("record", "text"), ("time", "text"), ("lost", "text")]);
    let expect = ["missing_column @0: `odd.parquet` has no column `lost`"];
    assert_eq!(problems_of(&odd, &bad), expect);
    let bad = schema(&[("list", "number0"), ("record", "text"), ("time", "text")]);
    let expect = [
        "bad_number @0 list: the column `list` of the file holds lists or records",
        "bad_text @0 record: the column `record` of the file holds lists or records",
        "bad_text @0 time: the column `time` of the file holds times of day",
    ];
    assert_eq!(problems_of(&odd, &bad), expect);
}

#[test]
fn what_is_not_read_says_so() {
    let brotli = problems_of(&source("arrow-brotli.parquet"), &table_schema());
    assert_eq!(
        brotli,
        ["unreadable_file @0: can't read the Parquet file: it is packed with Brotli, which is not read"]
    );
    for bytes in [&b""[..], b"PAR1", b"a,b\n1,2\n", b"PAR1\x00\x00\x00\x00PAR1", b"PAR1\xff\xff\xff\x7fPAR1"] {
        let found = problems_of(&Source::new("f.parquet", bytes), &table_schema());
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("unreadable_file @0: can't read the Parquet file: it"), "{found:?}");
    }
    let encrypted = problems_of(&Source::new("f.parquet", *b"PARE\x00\x00\x00\x00PARE"), &table_schema());
    assert_eq!(encrypted, ["unreadable_file @0: can't read the Parquet file: it is encrypted"]);
}

/// Reads bytes both ways: the quick way takes nothing that the exact one refuses, and gives the same.
fn agree(bytes: &[u8], schema: &Schema) {
    let mut file = tempfile::Builder::new().suffix(".parquet").tempfile().unwrap();
    file.write_all(bytes).unwrap();
    let mut problems = Problems::new();
    let table = read(&Source::new("f.parquet", bytes), schema, &mut problems);
    if let Ok(pieces) = pieces_of(file.path(), schema, &all_values(schema, &[0])) {
        assert!(problems.is_empty(), "{:?}", show_all(problems));
        assert!(rows_of(&pieces, schema) == rows(&table.unwrap(), schema));
    }
}

#[test]
fn damaged_files_are_refused_and_never_a_panic() {
    let schema = table_schema();
    let mut seed = 5u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    for name in ["arrow-snappy", "arrow-deltas", "arrow-zstd-v2", "duckdb-v1", "polars-plain", "duckdb-plain"] {
        let good = bytes_of(&format!("{name}.parquet"));
        let length = good.len();
        for cut in [1, 7, 8, 9, 100, length / 2, length - 5, length] {
            let found = problems_of(&Source::new("f.parquet", &good[..length - cut]), &schema);
            assert_eq!(found.len(), 1, "{name} without {cut}: {found:?}");
        }
        for _ in 0..60 {
            let mut bytes = good.clone();
            // Half of the changes are in the description at the end, where lengths and places stand.
            let from = if random(2) == 0 { length - 1500 } else { 0 };
            for _ in 0..1 + random(3) {
                bytes[from + random(length - from)] = [0, 0x7f, 0xff, 1 << random(8)][random(4)];
            }
            agree(&bytes, &schema);
        }
    }
}
