//! Files with one defect each: every one must be refused, on the line where the defect is.
//!
//! The defects are made of a small good table; and where the corpus of such files lies beside the checkout, it is read
//! too.

use std::path::PathBuf;

use rules::data::bytes::open;
use rules::data::{Bound, Source, read};
use rules::diag::{DataPlace, Diagnostic, Place, Problems};
use rules::value::column::Table;
use rules::value::schema::{self, ColumnSpec, Format, Schema};
use rules::value::{Ty, Type};

const GOOD: &str = "\
date,country,rank,venue,contact_id
2023-01-11,Landia,1,Townsville,K1
2023-02-12,\"Isle, North\",2,Porto,K2
2023-03-13,Landia,3,\"Room \"\"B\"\"\",K3
2023-04-14,\"Isle, North\",4,\"Room \"\"B\"\"\",K4
2023-05-15,Landia,5,Porto,K5
";

fn text_columns(names: &[&str]) -> Schema {
    let column = |name: &&str| ColumnSpec {
        name: (*name).into(),
        ty: Ty::optional(Type::Text),
        place: schema::Place::Header((*name).into()),
        clean: false,
        dates: Vec::new(),
        missing: Vec::new(),
        span: Default::default(),
    };
    Schema {
        name: "t".into(),
        file: None,
        format: Format::default(),
        columns: names.iter().map(column).collect(),
        unpivot: None,
        units: Vec::new(),
        unique: Vec::new(),
        span: Default::default(),
    }
}

fn read_all(source: &Source) -> (Option<Table>, Vec<Diagnostic>) {
    let mut problems = Problems::new();
    let table = read(source, &text_columns(&["date", "country", "rank", "venue", "contact_id"]), &mut problems);
    (table, problems.sorted())
}

/// All lines of the file that a problem names.
fn lines(problem: &Diagnostic) -> Vec<u32> {
    let line = |place: &Place| match place {
        Place::Data(DataPlace { line, .. }) => Some(*line),
        Place::Text(_) => None,
    };
    problem.labels.iter().filter_map(|label| line(&label.place)).collect()
}

/// The defect must be the main place of an error; one of the header, any place of one.
fn check_refused(name: &str, bytes: &[u8], line: Option<u32>) {
    let (_, problems) = read_all(&Source::new(name, bytes));
    assert!(!problems.is_empty(), "{name}: no error\n{}", String::from_utf8_lossy(bytes));
    if let Some(line) = line {
        let named = problems.iter().any(|problem| match line {
            1 => lines(problem).contains(&1),
            _ => lines(problem).first() == Some(&line),
        });
        assert!(named, "{name}: no error on line {line}: {problems:?}\n{}", String::from_utf8_lossy(bytes));
    }
}

/// Where the fields of a good line start.
fn starts(line: &str) -> Vec<usize> {
    let mut quoted = false;
    let mut starts = vec![0];
    for (at, c) in line.char_indices() {
        quoted ^= c == '"';
        if c == ',' && !quoted {
            starts.push(at + 1);
        }
    }
    starts
}

#[test]
fn every_defect_is_found_on_its_line() {
    let lines: Vec<&str> = GOOD.lines().collect();
    let mut count = 0;
    let mut broken = |row: usize, kind: &str, line: String| {
        for newline in ["\n", "\r\n"] {
            let mut all: Vec<&str> = lines.clone();
            all[row] = &line;
            let text = all.join(newline) + newline;
            check_refused(&format!("{kind} in line {}", row + 1), text.as_bytes(), Some(row as u32 + 1));
            count += 1;
        }
    };
    for (row, line) in lines.iter().enumerate() {
        for (field, &start) in starts(line).iter().enumerate() {
            let (before, after) = line.split_at(start);
            broken(row, "extra separator", format!("{before},{after}"));
            broken(row, "extra quote", format!("{before}\"{after}"));
            broken(row, "NUL", format!("{before}\0{after}"));
            broken(row, "bell", format!("{before}\u{7}{after}"));
            // Two, since one may stand at the start of a file.
            broken(row, "marks", format!("{before}\u{feff}\u{feff}{after}"));
            broken(row, "lone return", format!("{before}\r{after}"));
            if field > 0 {
                broken(row, "separator removed", format!("{}{after}", &before[..before.len() - 1]));
            }
        }
        broken(row, "separator at the end", format!("{line},"));
        broken(row, "quote at the end", format!("{line}\""));
        broken(row, "spaces for separators", line.replace(',', " "));
    }
    assert_eq!(count, 2 * 6 * (5 * 6 + 4 + 3));
    let (table, problems) = read_all(&Source::new("good.csv", GOOD));
    assert_eq!((table.map(|table| table.rows), problems.as_slice()), (Some(5), &[][..]));
}

#[test]
fn every_file_of_the_corpus_is_refused() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/broken-csv");
    let Ok(list) = open(&Bound::new(&folder.join("EXPECT.tsv"))) else {
        println!("skipped: there is no corpus at {}", folder.display());
        return;
    };
    let list = String::from_utf8(list.bytes).unwrap();
    let mut count = 0;
    for line in list.lines().skip(1) {
        let [file, expected, records, comment] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let source = open(&Bound { name: file.into(), ..Bound::new(&folder.join(file)) }).unwrap();
        count += 1;
        if expected == "ok" {
            let (table, problems) = read_all(&source);
            assert!(problems.is_empty(), "{problems:?}");
            assert_eq!(table.unwrap().account.kept.to_string(), records);
            continue;
        }
        let stated = comment.strip_prefix("line ").and_then(|rest| rest.split(':').next()?.parse().ok());
        check_refused(file, &source.bytes, Some(stated.unwrap_or(1)));
    }
    assert_eq!(count, 151);
}
