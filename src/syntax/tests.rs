//! The parser, held against small texts.

use super::*;

const ENGAGEMENT: &str = r#"
scheme engagement "Engagement index"   # a comment
cite "Bohdan (2013), section 3.1"
data "../examples/x"

input contact "contact.csv" {
  id        text
  date      date to year    # full, or known to the month or the year only
  side      one of "home", "partner"
  military  flag?
  unit id has date, military
  unique id
}
## Points.
## More.
scale level {
  5    "president"
  2.5  "deputy prime minister",
       "minister*"
  1    otherwise
}
scale size { 1 under 10  2 10..<20  3 from 20 }
param third_country = 0.5 in 0..1   "weight"
param horizon = 2012-12-31
score visit from contact {
  let visitor = case { "partner" when venue = "home", "home" otherwise }
  delegation:  keep side = visitor
  points:      value level(office)
  years:       every year from earliest(opened) until latest(closed) else horizon, open on 07-01
  absorption:  absorb highest per id empty drop
  halving:     times third_country when venue = "third"   cite "section 3"
}
by year(date) in 2002..2012 {
  index contacts = sum visit
  index military = sum visit where military else no
}
index representation = sum presence by year in 2002..2012
by year { index z = only a }
index engagement     = contacts + representation
index military_share = (sum military) / (sum contacts) * 100 round to 2
test "a president" {
  given contact {
    id  date        office
    1   2008-03-01  "prime minister"  # why

    2   -  x
  }
  expect contacts { 2008 -> 2.5, 2009, "Cuba" -> missing }
  expect total = -3
}
expect representation from "table1.csv" column representation within 0
"#;

fn parse(text: &str) -> (File, Vec<Diagnostic>) {
    let mut problems = Problems::new();
    let file = parse_file(FileId(0), text, &mut problems);
    (file, problems.sorted())
}

#[test]
fn the_whole_feel_parses() {
    let (file, problems) = parse(ENGAGEMENT);
    assert!(problems.is_empty(), "{problems:#?}");
    assert_eq!(file.items.len(), 16);
    let ast::ItemKind::Scale(scale) = &file.items[4].kind else { panic!("{:?}", file.items[4]) };
    assert_eq!(file.items[4].doc.len(), 2);
    assert_eq!(scale.entries.len(), 3);
    let ast::ItemKind::Test(test) = &file.items[14].kind else { panic!() };
    assert_eq!(test.given[0].rows.len(), 3);
    assert_eq!(test.given[0].rows[2][1].node, None);
}

#[track_caller]
fn check_error(text: &str, underlined: &str, message: &str) {
    let (_, problems) = parse(text);
    let shown: Vec<(String, String)> = problems
        .iter()
        .map(|problem| {
            let Some(crate::diag::Place::Text(span)) = problem.place() else { panic!() };
            (text[span.start as usize..span.end as usize].to_owned(), problem.message.clone())
        })
        .collect();
    assert!(shown.contains(&(underlined.to_owned(), message.to_owned())), "{shown:#?}");
}

#[test]
fn errors_say_what_was_expected() {
    check_error("param x == 5", "==", "expected a number, found `==`");
    check_error(
        "score s from i { keep side = 1 }",
        "keep",
        "expected a step, such as `halving: times 0.5 when …`, or `let`, found `keep`",
    );
}

#[test]
fn deep_and_odd_texts_are_refused_quietly() {
    for text in [
        "(".repeat(100_000),
        format!("index x = {}1{}", "(".repeat(120), ")".repeat(120)),
        format!("index x = {}1", "- ".repeat(5_000)),
        format!("index x = {}1", "not ".repeat(5_000)),
        format!("index x = 1{}", " + 1".repeat(100_000)),
        "index x = \u{202e}".to_owned(),
        "\"".repeat(1000),
        "{".repeat(129),
        "case{".repeat(127),
    ] {
        let (_, problems) = parse(&text);
        assert!(!problems.is_empty() || text.contains("((1)"), "{}", &text[..40.min(text.len())]);
    }
}
