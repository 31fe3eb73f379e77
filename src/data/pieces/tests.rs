use std::io::Write;
use std::path::Path;

use super::*;
use crate::data::testing::schema;
use crate::data::{Source as Exact, read};
use crate::diag::Problems;
use crate::value::Value;
use crate::value::column::Table;
use crate::value::piece::{Piece, Use};

mod days;
mod examples;
mod keys;

const BLOCKS_TRIED: [usize; 6] = [64, 65, 100, 257, 1000, 100_000];
const READERS: [usize; 3] = [1, 2, 7];

/// All rows of some pieces with their absolute lines, as values.
type Rows = Vec<(u32, Vec<Value>)>;

fn rows_of(table: &Table, before: u64, rows: &mut Rows) {
    assert!(table.columns.iter().all(|column| column.len() == table.rows));
    for row in 0..table.rows {
        let values = (0..table.columns.len()).map(|column| table.value(column, row));
        rows.push((before as u32 + table.lines[row], values.collect()));
    }
}

/// The rows of a file as the exact reader has them; `None` where it reports anything.
fn exactly(text: &[u8], schema: &Schema) -> Option<Rows> {
    let mut problems = Problems::default();
    let table = read(&Exact::new("t.csv", text), schema, &mut problems)?;
    if !problems.is_empty() {
        return None;
    }
    let mut rows = Vec::new();
    rows_of(&table, 0, &mut rows);
    Some(rows)
}

fn wanted(schema: &Schema, key: &[usize]) -> Wanted {
    Wanted { uses: vec![Use::Values; schema.columns.len()], key: key.to_vec(), lines: true }
}

/// All pieces in their order.
fn drain(pieces: &CsvPieces<'_>, readers: usize) -> Result<Vec<Piece>, Unfit> {
    let found = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..readers)
            .map(|_| {
                scope.spawn(|| {
                    let (mut reader, mut found) = (pieces.reader(), Vec::new());
                    while let Some(piece) = reader.read()? {
                        found.push(piece);
                    }
                    Ok(found)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Result<Vec<_>, Unfit>>()
    })?;
    let mut found: Vec<Piece> = found.into_iter().flatten().collect();
    found.sort_by_key(|piece| piece.number);
    Ok(found)
}

fn rows_of_pieces(pieces: &[Piece]) -> Rows {
    let (mut rows, mut before) = (Vec::new(), 0);
    for piece in pieces {
        rows_of(&piece.table, before, &mut rows);
        before += piece.newlines;
    }
    rows
}

/// The rows of a file as this reader has them.
fn quickly(path: &Path, schema: &Schema, block: usize, readers: usize) -> Result<Rows, Unfit> {
    let options = Options { block: Some(block) };
    let pieces = open(&Bound::new(path), schema, &wanted(schema, &[]), &options)?;
    Ok(rows_of_pieces(&drain(&pieces, readers)?))
}

fn streamed(text: &[u8], schema: &Schema, block: usize, readers: usize) -> Result<Rows, Unfit> {
    let options = Options { block: Some(block) };
    let from = Box::new(std::io::Cursor::new(text.to_vec()));
    let pieces = stream(&Bound::new(Path::new("t.csv")), from, schema, &wanted(schema, &[]), &options)?;
    Ok(rows_of_pieces(&drain(&pieces, readers)?))
}

fn file(text: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    file.write_all(text).unwrap();
    file
}

/// Reads a clean file in all ways.
fn check_clean(text: &[u8], schema: &Schema) {
    let file = file(text);
    let mut problems = Problems::default();
    read(&Exact::new("t.csv", text), schema, &mut problems);
    assert_eq!(crate::data::testing::show_all(problems), Vec::<String>::new());
    let exact = exactly(text, schema).unwrap();
    for block in BLOCKS_TRIED {
        for readers in READERS {
            let quick = quickly(file.path(), schema, block, readers);
            assert_eq!(quick.as_ref(), Ok(&exact), "block {block}, {readers} readers");
            assert_eq!(streamed(text, schema, block, readers).as_ref(), Ok(&exact), "block {block}");
        }
    }
}

#[test]
fn a_stream_says_how_it_is_delimited() {
    let pair = schema(&[("a", "text"), ("b", "text")]);
    let tabs = Bound { form: crate::data::Form::Tsv, ..Bound::new(Path::new(STDIN)) };
    let commas = Bound::new(Path::new(STDIN));
    for (bound, text) in [(tabs, "a\tb\nx,y\tz\n"), (commas, "a,b\n\"x,y\",z\n")] {
        let from = Box::new(std::io::Cursor::new(text.as_bytes().to_vec()));
        let pieces = stream(&bound, from, &pair, &wanted(&pair, &[]), &Options::default()).unwrap();
        let found = drain(&pieces, 1).unwrap();
        assert_eq!(crate::data::testing::rows(&found[0].table, &pair), ["x,y z"]);
    }
}

struct Random(u64);

impl Random {
    fn below(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

fn all_types() -> Schema {
    let mut all = schema(&[
        ("id", "text"),
        ("date", "date"),
        ("side", "sender|partner|secretary of the security council of somewhere far away"),
        ("office", "text?"),
        ("venue", "text? clean"),
        ("military", "flag?"),
        ("amount", "number2?"),
        ("count", "number0"),
        ("start", "year-date?"),
        ("year", "year?"),
    ]);
    all.format.missing = vec!["NA".into()];
    all.columns[7].missing = vec!["-9".into()];
    all.columns[7].ty.optional = true;
    all
}

/// A record of [`all_types`]; `wild` ones have quotes, letters beyond ASCII and line breaks.
fn record(random: &mut Random, row: usize, wild: bool) -> Vec<String> {
    let long = "a text that is much longer than thirty-two bytes, with a comma and an end ";
    let office = match random.below(8) {
        0 => "NA".to_owned(),
        1 => format!("\"{long}{}\"", random.below(40)),
        2 if wild => format!("\"said \"\"{}\"\"\"", random.below(9)),
        3 if wild => "président".to_owned(),
        4 => format!("another text without any sign in it and number {} of many", random.below(300)),
        _ => random
            .pick(&["president", "minister", "x", "", "Ñandú", "1234567890123456", "12345678901234567"])
            .to_owned(),
    };
    let venue =
        if wild { random.pick(&["\"a\nb\"", "\"a\r\n\r\nb\"", "\" x \"", "e\u{301}", "\"\"", "\",\""]) } else { "x " };
    let (y, m, d) = (1900 + random.below(200), 1 + random.below(12), 1 + random.below(28));
    let start = match random.below(4) {
        0 => format!("{y:04}"),
        1 => format!("{y:04}-{m:02}"),
        2 => String::new(),
        _ => format!("{y:04}-{m:02}-{d:02}"),
    };
    let amount = match random.below(5) {
        0 => format!("{}.{:02}", random.below(100_000), random.below(100)),
        1 => format!("-{}.{}", random.below(100), random.below(10)),
        2 => "NA".to_owned(),
        _ => format!("{}", random.below(1 << 30)),
    };
    vec![
        if random.below(3) > 0 { format!("{}", row / 3) } else { format!("identifier of contact {}", row / 3) },
        format!("{y:04}-{m:02}-{d:02}"),
        random
            .pick(&["sender", "partner", "\"partner\"", "secretary of the security council of somewhere far away"])
            .to_owned(),
        office,
        venue.to_owned(),
        random.pick(&["yes", "no", "NA", ""]).to_owned(),
        amount,
        random.pick(&["7", "-9", "123456789", "12345678901234567", "0", "-9.0"]).to_owned(),
        start,
        random.pick(&["2008", "1999", "NA"]).to_owned(),
    ]
}

fn file_of(random: &mut Random, rows: usize, wild: bool, line_end: &str) -> String {
    let mut text = String::from("id,date,side,office,venue,military,amount,count,start,year,ignored");
    text += line_end;
    for row in 0..rows {
        let wild_row = wild && random.below(3) == 0;
        text += &record(random, row, wild_row).join(",");
        text += random.pick(&[",", ",anything", ",\"any,thing\""]);
        text += line_end;
        if wild && random.below(10) == 0 {
            text += random.pick(&["\n", "\r\n", "\n\n\n"]);
        }
    }
    if random.below(2) == 0 {
        text.truncate(text.trim_end().len());
    }
    text
}

#[test]
fn clean_files_are_read_as_exactly() {
    let all = all_types();
    let mut random = Random(1);
    for round in 0..30 {
        let rows = 1 + random.below(60);
        let text = file_of(&mut random, rows, round % 3 > 0, if round % 5 == 0 { "\r\n" } else { "\n" });
        check_clean(text.as_bytes(), &all);
    }
    let text =
        file_of(&mut random, 3000, false, "\n").replace('"', "").replace(", with a comma", "").replace(",any,", ",any");
    check_clean(text.as_bytes(), &all);
    check_clean(file_of(&mut random, 3000, true, "\n").as_bytes(), &all);
}

#[test]
fn small_files_are_read_as_exactly() {
    let pair = schema(&[("a", "text"), ("b", "number0?")]);
    for text in [
        "a,b\n1,2",
        "a,b\r\n1,2\r\n",
        "a,b\n\n\nx,\n\n",
        "\u{feff}a,b\nü,2\n",
        "b,a\n1,x\n2,y\n",
        "\n\"a\",b\n\"\n\",1",
    ] {
        match exactly(text.as_bytes(), &pair) {
            Some(_) => check_clean(text.as_bytes(), &pair),
            None => assert_eq!(quickly(file(text.as_bytes()).path(), &pair, 64, 1), Err(Unfit), "{text:?}"),
        }
    }
    let mut one = schema(&[("a", "text?")]);
    check_clean(&[b"a,b\nx,1\n", "\n".repeat(300).as_bytes(), b"y,2\n", "\r\n".repeat(90).as_bytes()].concat(), &pair);
    check_clean(b"a\n1\n\n2\n\"\"\n\n\r\n3\n", &one);
    one.format.header = false;
    one.columns[0].place = crate::value::schema::Place::Position(2);
    check_clean(
        b"1;x;2\n2;y;3\n",
        &Schema { format: crate::value::schema::Format { delimiter: Some(b';'), ..one.format.clone() }, ..one.clone() },
    );
    check_clean(format!("1,{},3\n2,{},3\n", "x".repeat(300), "y,".repeat(0) + "z").as_bytes(), &one);
}

/// Whatever is read quickly, the exact reader accepts, with the same rows.
#[test]
fn nothing_is_accepted_that_is_wrong() {
    let all = all_types();
    let mut random = Random(5);
    let (mut accepted, mut refused) = (0, 0);
    let signs = [
        "\"", "\"\"", ",", "\n", "\r", "\r\n", "\0", "\u{1}", "\u{7f}", "\u{85}", "\u{feff}", "é", " ", "x", "9", "\t",
        "-", ".",
    ];
    for round in 0..3000 {
        let rows = 1 + random.below(6);
        let mut text =
            file_of(&mut random, rows, round % 2 == 0, if round % 5 == 0 { "\r\n" } else { "\n" }).into_bytes();
        for _ in 0..random.below(3) {
            let at = random.below(text.len());
            match random.below(4) {
                0 => drop(text.remove(at)),
                1 => text[at] = random.below(256) as u8,
                2 => drop(text.splice(at..at, random.pick(&signs).bytes())),
                _ => text.truncate(at.max(1)),
            }
        }
        let exact = exactly(&text, &all);
        let (block, readers) = (BLOCKS_TRIED[random.below(4)], READERS[random.below(2)]);
        let quick = if round % 4 == 3 {
            streamed(&text, &all, block, readers)
        } else {
            quickly(file(&text).path(), &all, block, readers)
        };
        let shown = String::from_utf8_lossy(&text);
        match (quick, exact) {
            (Ok(quick), exact) => {
                assert_eq!(Some(quick), exact, "{shown:?}");
                accepted += 1;
            }
            (Err(Unfit), exact) => {
                assert_eq!(exact, None, "block {block}, {readers} readers: {shown:?}");
                refused += 1;
            }
        }
    }
    assert!(accepted > 500 && refused > 500, "{accepted} {refused}");
}

#[test]
fn a_cut_in_a_quoted_field_is_an_error() {
    let pair = schema(&[("a", "text clean"), ("b", "number0")]);
    let text = "a,b\n\"x\ny\",1\n".to_owned() + &"\"x\ny, and more\",1\n".repeat(50);
    check_clean(text.as_bytes(), &pair);
    for cut in 1..18 {
        let part = &text.as_bytes()[..text.len() - cut];
        let quick = quickly(file(part).path(), &pair, 64, 2).ok();
        assert_eq!(quick, exactly(part, &pair));
        assert_eq!(streamed(part, &pair, 64, 2).ok(), exactly(part, &pair));
    }
}

#[test]
fn a_quoted_field_may_be_longer_than_blocks() {
    let pair = schema(&[("a", "text? clean"), ("b", "number0")]);
    let long = "some line, as it seems, 7\n".repeat(40);
    let plain = "x,1\n".repeat(100);
    check_clean(format!("a,b\n{plain}\"{long}\",1\n{plain}").as_bytes(), &pair);
    check_clean(format!("a,b\n\"{long}\",1\n{plain}{plain}{plain}").as_bytes(), &pair);
}

#[test]
fn what_nobody_wants_is_checked_and_not_kept() {
    let all = schema(&[("a", "text"), ("b", "number0"), ("c", "x|y")]);
    let wanted = Wanted { uses: vec![Use::Nothing; 3], key: Vec::new(), lines: false };
    let read = |text: &str| {
        let file = file(text.as_bytes());
        let pieces = open(&Bound::new(file.path()), &all, &wanted, &Options::default())?;
        drain(&pieces, 1)
    };
    let found = read("a,b,c\nk,1,x\nl,2,y\n").unwrap();
    assert_eq!((found.len(), found[0].table.rows, found[0].newlines), (1, 2, 3));
    assert!(found[0].table.columns.iter().all(|column| column.is_empty()) && found[0].table.lines.is_empty());
    let keys = ["", " k", "k ", "k\tk", "\"k\tk\"", "\"k\nk\"", "\"k\r\nk\"", "e\u{301}", "k\u{a0}", "\" k\""];
    for line_end in ["\n", "\r\n"] {
        for key in keys {
            let text = format!("a,b,c\nk,1,x\n{key},1,x{line_end}");
            assert_eq!(read(&text).err(), Some(Unfit), "{text:?}");
            let grouping = Wanted { uses: vec![Use::Grouping, Use::Nothing, Use::Nothing], key: vec![0], lines: false };
            let file = file(text.as_bytes());
            let pieces = open(&Bound::new(file.path()), &all, &grouping, &Options::default()).unwrap();
            assert_eq!(drain(&pieces, 1).err(), Some(Unfit), "{text:?}");
        }
    }
    for bad in ["a,b,c\nk,x,x\n", "a,b,c\nk,1,z\n", "a,b,c\n"] {
        assert_eq!(read(bad).err(), Some(Unfit), "{bad:?}");
    }
}

#[test]
fn very_many_texts_are_no_trouble() {
    let pair = schema(&[("a", "text"), ("b", "text? clean")]);
    let mut text = String::from("a,b\n");
    for row in 0..60_000 {
        text += &format!("text number {row},{}\n", if row % 3 == 0 { " x " } else { "x" });
    }
    let file = file(text.as_bytes());
    let exact = exactly(text.as_bytes(), &pair).unwrap();
    assert!(quickly(file.path(), &pair, 50_000, 1) == Ok(exact.clone()));
    assert!(quickly(file.path(), &pair, 50_000, 2) == Ok(exact));
}
