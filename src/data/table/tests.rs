use super::*;
use crate::data::testing::{column, rows, schema, show_all};
use crate::value::schema::{Format, Place, Unpivot};

fn read_text(name: &str, text: &str, schema: &Schema) -> (Option<Table>, Vec<String>) {
    let mut problems = Problems::new();
    let table = read(&Source::new(name, text), schema, &mut problems);
    (table, show_all(problems))
}

/// Reads a text and compares the rows and the problems.
fn check(name: &str, text: &str, schema: &Schema, expect_rows: &[&str], expect_problems: &[&str]) -> Option<Table> {
    let (table, problems) = read_text(name, text, schema);
    assert_eq!(problems, expect_problems);
    let found = table.as_ref().map_or(Vec::new(), |table| rows(table, schema));
    assert_eq!(found, expect_rows);
    if let Some(table) = &table {
        let InputAccount { read, rejected, repeated, kept } = table.account;
        assert_eq!(read, rejected + repeated + kept);
        assert!(table.columns.iter().all(|column| column.len() == table.rows));
    }
    table
}

#[test]
fn columns_are_matched_by_header_in_any_order() {
    let schema = schema(&[("id", "text"), ("n", "number1?"), ("side", "home|away"), ("day", "date?")]);
    let text = "day,extra,side,id,n\n2008-03-01,x,away,a,1.5\n,y,home,b,\n";
    let table = check("f.csv", text, &schema, &["a 1.5 away 2008-03-01", "b · home ·"], &[]).unwrap();
    assert_eq!(table.fields, [Some(3), Some(4), Some(2), Some(0)]);
    assert_eq!(table.lines, [2, 3]);
    assert!(table.columns[0].known.is_none());
    check("f.tsv", &text.replace(',', "\t"), &schema, &["a 1.5 away 2008-03-01", "b · home ·"], &[]);
    let mut wide = schema.clone();
    wide.format.delimiter = Some(b';');
    check("f.tsv.gz", &text.replace(',', ";"), &wide, &["a 1.5 away 2008-03-01", "b · home ·"], &[]);
}

#[test]
fn all_faults_of_a_record_are_reported_and_it_is_rejected_once() {
    let schema = schema(&[("id", "text"), ("n", "number1"), ("side", "home|away")]);
    let text = "id,n,side\na,x,up\nb,2,home\n,1.25,up\nc,y,\"away\"\n\"d\ne\",1,down\nf\ng,3,home\n";
    let table = check(
        "f.csv",
        text,
        &schema,
        &["b 2 home", "g 3 home"],
        &[
            "bad_number @2 n: `x` isn't a plain number ×2",
            "bad_category @2 side: `up` is none of the column's words ×2",
            "missing_value @4 id: the value is missing",
            "bad_places @4 n: `1.25` has 2 decimal places, and 1 decimal place at most are declared",
            "bad_text @6 id: the text holds a line break or a tab",
            "bad_category @7 side: `down` is none of the column's words",
            "field_count @8,1: 1 field where the header has 3",
        ],
    )
    .unwrap();
    assert_eq!(table.account, InputAccount { read: 7, rejected: 5, repeated: 0, kept: 2 });
}

#[test]
fn errors_show_their_line() {
    let mut problems = Problems::new();
    read(&Source::new("f.csv", "id,n\na,\"1\n\"\n"), &schema(&[("id", "text"), ("n", "number0")]), &mut problems);
    let found = problems.sorted();
    let Some(crate::diag::Place::Data(place)) = found[0].place() else { panic!("no place") };
    assert_eq!(place.excerpt, Some(("a,\"1".into(), 2, 4)));
    assert_eq!((place.field, place.line, place.column.as_deref()), (Some(1), 2, Some("n")));
}

#[test]
fn headers_must_fit() {
    let two = schema(&[("id", "text"), ("office", "text")]);
    check("f.csv", "id,ofice\na,b\n", &two, &[], &["missing_column @1: `f.csv` has no column `office`"]);
    let (_, problems) = (0, {
        let mut problems = Problems::new();
        read(&Source::new("f.csv", "id;office\na;b\n"), &two, &mut problems);
        problems.sorted()
    });
    assert!(problems[0].help.as_ref().unwrap().contains("`delimiter \";\"`"));
    check(
        "f.csv",
        "id,office,id,\na,b,c,d\n",
        &two,
        &[],
        &[
            "bad_header @1 id,1 id: the header `id` stands twice, as column 1 and 3",
            "bad_header @1 : column 4 has no header",
        ],
    );
    check("f.csv", "", &two, &[], &["empty_file @0: the file is empty"]);
    check("f.csv", "\n\n", &two, &[], &["empty_file @0: the file is empty"]);
    let no_rows = "empty_file @0: the file of input `t` has a header and no rows";
    check("f.csv", "id,office", &two, &[], &[no_rows]);
    check("f.csv", "id,\"office", &two, &[], &["unclosed_quote @1: the quote that opens here is never closed"]);
}

#[test]
fn without_a_header_columns_have_positions() {
    let mut two = schema(&[("id", "text"), ("n", "number0")]);
    two.format.header = false;
    two.columns[0].place = Place::Position(3);
    two.columns[1].place = Place::Position(1);
    let table = check(
        "f.csv",
        "1,x,a\n2,y,b\n3,z\n",
        &two,
        &["a 1", "b 2"],
        &["field_count @3,1: 2 fields where the first record has 3"],
    );
    assert_eq!(table.unwrap().fields, [Some(2), Some(0)]);
    check("f.csv", "1,x\n", &two, &[], &["missing_column @1: `f.csv` has no field 3: its records have 2"]);
    check("f.csv", "", &two, &[], &["empty_file @0: the file is empty"]);
    two.columns[0].place = Place::Header("id".into());
    check(
        "f.csv",
        "1,x\n",
        &two,
        &[],
        &["missing_column @: `f.csv` is read without a header, so it has no column `id`"],
    );
}

fn wide(headers: &[(&str, Option<&str>)]) -> Schema {
    let mut wide = schema(&[("iso", "text"), ("indicator", "text"), ("year", "year"), ("amount", "number1?")]);
    wide.columns[1].place = Place::Part(0);
    wide.columns[2].place = Place::Part(1);
    wide.columns[3].place = Place::Cell;
    let headers = headers.iter().map(|&(before, after)| (before.into(), after.map(Into::into)));
    wide.unpivot = Some(Unpivot { headers: headers.collect(), separators: vec!["_".into()], span: Default::default() });
    wide
}

#[test]
fn columns_become_rows() {
    let schema = wide(&[("le_", Some("")), ("gni_", Some(""))]);
    let text = "iso,le_1990,other,gni_pc_1990,le_1991\nBLR,70.1,x,5,\nCUB,74,y,,75\nXXX,a,z,1.25,1\n";
    let expect = [
        "BLR le 1990 70.1",
        "BLR gni_pc 1990 5",
        "BLR le 1991 ·",
        "CUB le 1990 74",
        "CUB gni_pc 1990 ·",
        "CUB le 1991 75",
    ];
    let table = check(
        "f.csv",
        text,
        &schema,
        &expect,
        &[
            "bad_number @4 le_1990: `a` isn't a plain number",
            "bad_places @4 gni_pc_1990: `1.25` has 2 decimal places, and 1 decimal place at most are declared",
        ],
    )
    .unwrap();
    assert_eq!(table.account, InputAccount { read: 3, rejected: 1, repeated: 0, kept: 2 });
    assert_eq!(table.lines, [2, 2, 2, 3, 3, 3]);
    assert_eq!(table.fields, [Some(0), None, None, None]);
}

#[test]
fn unpivoted_headers_must_fit() {
    let text = "iso,le_1990,le_x\nBLR,1,2\n";
    check(
        "f.csv",
        text,
        &wide(&[("le_", Some(""))]),
        &[],
        &["bad_period @1 le_x: in the header `le_x`: `x` isn't a year"],
    );
    check(
        "f.csv",
        text,
        &wide(&[("gni_", Some(""))]),
        &[],
        &["missing_column @1: no header of `f.csv` is like `gni_*`"],
    );
    check(
        "f.csv",
        "iso,le\nBLR,1\n",
        &wide(&[("le", None)]),
        &[],
        &["bad_header @1 le: the header `le` doesn't have the parts that `unpivot` splits it into"],
    );
    // What is declared as a column is not unpivoted.
    check("f.csv", "iso,le_1990\nBLR,1\n", &wide(&[("", Some(""))]), &["BLR le 1990 1"], &[]);
}

#[test]
fn encodings_and_formats_are_followed() {
    let mut one = schema(&[("name", "text"), ("n", "number1")]);
    one.format = Format { delimiter: Some(b';'), decimal_comma: true, ..Format::default() };
    one.format.encoding = crate::value::schema::Encoding::Latin1;
    let mut problems = Problems::new();
    let table = read(&Source::new("f.csv", b"name;n\r\nJos\xe9;1,5\r\n".to_vec()), &one, &mut problems).unwrap();
    assert_eq!(rows(&table, &one), ["José 1.5"]);
    one.format.encoding = Default::default();
    let found = read(&Source::new("f.csv", b"name;n\r\nJos\xe9;1,5\r\n".to_vec()), &one, &mut problems);
    assert!(found.is_none());
    assert_eq!(show_all(problems), ["bad_encoding @2: the file isn't UTF-8: byte 4 of the line is 0xE9"]);
}

#[test]
fn rows_of_a_scheme_are_read_by_the_names_of_columns() {
    let mut schema = wide(&[("le_", Some(""))]);
    schema.columns[0].place = Place::Header("ISO 3".into());
    schema.columns.push(column("note", "text?"));
    schema.format.decimal_comma = true;
    let row = |line, fields: &[&str]| (line, fields.iter().map(|&f| (f != "·").then(|| f.to_owned())).collect());
    let header = ["iso", "year", "indicator", "amount"].map(str::to_owned);
    let given =
        [row(5, &["BLR", "1990", "le", "70,1"]), row(6, &["CUB", "1990", "le", "·"]), row(7, &["·", "x", "le", "1"])];
    let mut problems = Problems::new();
    let name: Arc<str> = "s.rules".into();
    let table = crate::data::read_fields(&name, 4, &header, &given, &schema, &mut problems).unwrap();
    assert_eq!(rows(&table, &schema), ["BLR le 1990 70.1 ·", "CUB le 1990 · ·"]);
    assert_eq!(table.lines, [5, 6]);
    assert_eq!(table.account, InputAccount { read: 3, rejected: 1, repeated: 0, kept: 2 });
    let expect = ["missing_value @7 iso: the value is missing", "bad_period @7 year: `x` isn't a year"];
    assert_eq!(show_all(problems), expect);
    let mut problems = Problems::new();
    let header = ["iso", "yaer", "amount", "amount"].map(str::to_owned);
    assert!(crate::data::read_fields(&name, 4, &header, &[], &schema, &mut problems).is_none());
    assert_eq!(
        show_all(problems),
        [
            "missing_column @4: the column `indicator` is not given, and it can't be missing",
            "missing_column @4: the column `year` is not given, and it can't be missing",
            "unknown_column @4 yaer: the input `t` has no column `yaer`",
            "bad_header @4 amount: the column `amount` stands twice",
        ]
    );
}

#[test]
fn no_bytes_make_it_fail() {
    let mut seed = 5u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let schemas = [schema(&[("a", "text?"), ("b", "number1?")]), wide(&[("le_", Some(""))])];
    let pieces: [&[u8]; 16] = [
        b"a,b\n",
        b"iso,le_1990\n",
        b"\"",
        b",",
        b"\n",
        b"\r",
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xc3",
        b"1.5",
        b"x",
        b"\x1f\x8b",
        b"\x28\xb5\x2f\xfd",
        b"\xc2\x85",
        b" ",
    ];
    for round in 0..20_000 {
        let mut bytes: Vec<u8> = if random(2) == 0 { pieces[random(2)].to_vec() } else { Vec::new() };
        for _ in 0..random(20) {
            bytes.extend_from_slice(pieces[random(pieces.len())]);
        }
        let Ok(bytes) = crate::data::testing::unpack(bytes) else { continue };
        let schema = &schemas[round % 2];
        let mut problems = Problems::new();
        let table = read(&Source::new("f.csv", bytes), schema, &mut problems);
        match table {
            Some(table) => assert_eq!(table.account.rejected > 0, problems.has_errors()),
            None => assert!(problems.has_errors()),
        }
    }
}
