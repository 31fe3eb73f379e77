use super::super::csv::Dialect;
use super::*;
use crate::compare::{Column, Matched, Options, Part, Run, compare};
use crate::eval::IndexCells;
use crate::plan::{Best, Dim};
use crate::value::{Ty, Value};
use ethnum::I256;

const NASTY: &str = "<b>=|\u{202e}";

/// An index by a text in two schemes, with what a user could mean ill with.
fn nasty() -> Vec<Compared> {
    let dim = Dim { name: "who".into(), ty: Ty::required(Type::Text) };
    let run = |units: i128| {
        let cells = vec![(vec![Value::Text(NASTY.into())], Value::Number(units))];
        vec![IndexCells { index: 0, dims: vec![dim.clone()], ty: Ty::required(Type::Number(1)), cells }]
    };
    let (a, b) = (run(10), run(-15));
    let matched = Matched {
        name: "x".into(),
        title: NASTY.into(),
        places: vec![0, 0],
        dims: vec![dim.clone()],
        orders: vec![vec![0], vec![0]],
        ty: Type::Number(1),
        best: Best::Highest,
    };
    let mut compared = compare(&[Run { results: &a }, Run { results: &b }], &[matched], &Options::default()).unwrap();
    compared[0].extra = vec![
        Column {
            name: NASTY.to_owned(),
            part: Part::Shares,
            fields: vec![Some(Field::Number { units: I256::new(-25), places: 1, exact: Some("-5/2".to_owned()) })],
        },
        Column { name: "=words".to_owned(), part: Part::Shares, fields: vec![Some(Field::Text("+1".to_owned()))] },
    ];
    compared
}

fn written(indices: &[Compared], write: impl Fn(&Report<'_>, &mut Vec<u8>) -> io::Result<()>) -> String {
    let scheme = |label| Scheme { label, name: "s", title: NASTY, file: "a<b>.rules" };
    let differences = [Difference {
        words: NASTY.to_owned(),
        a: Some("a.rules:1".to_owned()),
        before: Some(NASTY.to_owned()),
        ..Difference::default()
    }];
    let left_out = [LeftOut { index: "y".into(), why: NASTY.to_owned(), absent: true }];
    let schemes = vec![scheme("a"), scheme("b")];
    let report = Report { schemes, indices, left_out: &left_out, differences: &differences, settings: &[], all: false };
    let mut out = Vec::new();
    write(&report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn further_columns_and_differences_are_in_every_format() {
    let indices = nasty();
    let table = written(&indices, |report, out| report.write_table(out));
    assert!(table.contains("-1.5   -2.5       1       1            0           -2.5  +1"), "{table}");
    assert!(table.contains("  a.rules:1  <b>"), "{table}");
    let csv = written(&indices, |report, out| csv::write(report, false, Dialect::default(), out));
    assert_eq!(
        csv,
        format!("who,a,b,delta,rank_a,rank_b,rank_change,{NASTY},=words\n{NASTY},1,-1.5,-2.5,1,1,0,-2.5,+1\n")
    );
    let json = written(&indices, |report, out| json::write(report, out));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let cell = &json["indices"][0]["cells"][0];
    assert_eq!((&cell["shares"][NASTY], &cell["shares"]["=words"]), (&"-2.5".into(), &"+1".into()));
    assert_eq!((&cell["exact"][NASTY], &json["differences"][0]["before"]), (&"-5/2".into(), &NASTY.into()));
    assert_eq!(json["differences"][0]["a"], "a.rules:1");
    assert_eq!(json["differences"][0]["b"], serde_json::Value::Null);
}

#[test]
fn nothing_of_the_user_is_live() {
    let indices = nasty();
    let html = written(&indices, |report, out| report.write_html(out));
    assert!(!html.contains("<b>") && !html.contains('\u{202e}') && html.contains("&lt;b&gt;="), "{html}");
    let markdown = written(&indices, |report, out| report.write_markdown(out));
    assert!(
        !markdown.contains("<b>") && !markdown.contains('\u{202e}') && markdown.contains("\\<b\\>=\\|"),
        "{markdown}"
    );
    let table = written(&indices, |report, out| report.write_table(out));
    assert!(!table.contains('\u{202e}'), "{table}");
    let summary = written(&indices, |report, out| report.write_summary(out));
    assert!(!summary.contains('\u{202e}'), "{summary}");
}

#[test]
fn a_spreadsheet_runs_no_text_and_keeps_numbers() {
    let csv = written(&nasty(), |report, out| csv::write(report, true, Dialect { spreadsheet: true }, out));
    assert_eq!(
        csv,
        format!(
            "index,who,a,b,delta,rank_a,rank_b,rank_change,{NASTY},'=words\nx,{NASTY},1,-1.5,-2.5,1,1,0,-2.5,'+1\n"
        )
    );
}

#[test]
fn two_columns_of_one_name_are_refused_in_csv() {
    let mut indices = nasty();
    indices[0].extra[0].name = "delta".to_owned();
    let fits = written(&indices, |report, out| write!(out, "{:?}", csv::fits(report, false)));
    assert_eq!(fits, "Err(TwoColumns(\"delta\"))");
}
