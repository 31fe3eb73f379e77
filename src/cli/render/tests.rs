use super::*;
use crate::diag::Code;
use crate::source::Span;

const SCHEME: &str =
    "scheme s\n\ninput contact {\n  office text\n}\n\nscore visit from contact {\n  keep ofice = \"x\"\n}\n";

fn sources(text: &str) -> (Sources, Span) {
    let mut sources = Sources::default();
    let file = sources.add("s.rules", text);
    (sources, Span::new(file, 0, 0))
}

fn at(span: Span, text: &str, part: &str) -> Span {
    let start = text.find(part).unwrap();
    Span::new(span.file, start, start + part.len())
}

fn data(line: u32, excerpt: Option<(&str, u32, u32)>) -> DataPlace {
    let place = DataPlace::field(&"contact.csv".into(), line, Some(3), &"office".into());
    DataPlace { excerpt: excerpt.map(|(text, from, to)| (text.into(), from, to)), ..place }
}

fn check(problems: Problems, sources: &Sources, expect: &str) {
    let mut out = Vec::new();
    super::problems(problems, sources, Style { json: false, color: false, quiet: false }, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert_eq!(text, expect, "\n{text}");
}

#[test]
fn places_in_one_text_are_drawn_with_their_lines() {
    let (sources, span) = sources(SCHEME);
    let mut problems = Problems::new();
    problems.push(
        Diagnostic::error(Code::UnknownColumn, at(span, SCHEME, "ofice"), "input `contact` has no column `ofice`")
            .label("not a column")
            .also(at(span, SCHEME, "contact"), "this input")
            .help("did you mean `office`?"),
    );
    problems.push(Diagnostic::warning(Code::UnusedName, at(span, SCHEME, "visit"), "score `visit` is never used"));
    check(
        problems,
        &sources,
        r#"rules::unused_name

  ⚠ score `visit` is never used
   ╭─[s.rules:7:7]
 6 │
 7 │ score visit from contact {
   ·       ─────
 8 │   keep ofice = "x"
   ╰────

rules::unknown_column

  × input `contact` has no column `ofice`
   ╭─[s.rules:8:8]
 7 │ score visit from contact {
 8 │   keep ofice = "x"
   ·        ──┬──
   ·          ╰── not a column
 9 │ }
   ╰────
   ╭─[s.rules:3:7]
 2 │
 3 │ input contact {
   ·       ───┬───
   ·          ╰── this input
 4 │   office text
   ╰────
  help: did you mean `office`?

1 error, 1 warning
"#,
    );
}

#[test]
fn data_is_drawn_by_its_line_and_repeats_are_counted() {
    let (sources, span) = sources(SCHEME);
    let mut problems = Problems::new();
    let line = "BY-1,2008-03-01,Cuba,\u{202e}presidnet,third";
    let scale = at(span, SCHEME, "visit");
    for number in [44, 17, 20, 31, 60, 70, 80] {
        let place = data(number, (number == 17).then_some((line, 21, 33)));
        let diagnostic = Diagnostic::error(Code::NotOnScale, place, "`presidnet` is not on scale `level`");
        problems.push_grouped("", diagnostic.label("this one").also(scale, "the scale"));
    }
    problems.push(Diagnostic::error(Code::EmptyFile, DataPlace::file(&"mission.csv".into()), "the file is empty"));
    check(
        problems,
        &sources,
        r#"rules::not_on_scale

  × `presidnet` is not on scale `level` (and 6 more: lines 20, 31, 44, 60 …)
    ╭─[contact.csv:17:22]
 17 │ BY-1,2008-03-01,Cuba,\u{202e}presidnet,third
    ·                      ────────┬────────
    ·                              ╰── this one
    ╰────
   ╭─[s.rules:7:7]
 6 │
 7 │ score visit from contact {
   ·       ──┬──
   ·         ╰── the scale
 8 │   keep ofice = "x"
   ╰────

rules::empty_file

  × the file is empty (mission.csv)

8 errors
"#,
    );
}

#[test]
fn places_without_an_excerpt_stand_in_the_message() {
    let (sources, span) = sources(SCHEME);
    let mut problems = Problems::new();
    let diagnostic = Diagnostic::error(Code::ValuesDiffer, data(17, None), "the year differs")
        .label("one row")
        .also(data(19, None), "another row")
        .also(at(span, SCHEME, "visit"), "here");
    problems.push(diagnostic);
    check(
        problems,
        &sources,
        r#"rules::values_differ

  × the year differs (contact.csv:17, column office); another row (contact.csv:19, column office)
   ╭─[s.rules:7:7]
 6 │
 7 │ score visit from contact {
   ·       ──┬──
   ·         ╰── here
 8 │   keep ofice = "x"
   ╰────

1 error
"#,
    );
}

#[test]
fn of_many_rows_that_are_alike_a_few_are_drawn() {
    let (sources, span) = sources(SCHEME);
    let mut problems = Problems::new();
    for line in 1..=25 {
        let found = Diagnostic::warning(Code::CheckFailed, data(line, None), format!("check failed: {line}"));
        problems.push(found.also(at(span, SCHEME, "visit"), "this must hold"));
    }
    let mut out = Vec::new();
    super::problems(problems, &sources, Style { json: false, color: false, quiet: false }, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert_eq!(text.matches("check failed").count(), 1);
    assert!(text.contains("  24 other rows fail this check:\n    contact.csv:2, column office   2\n"), "{text}");
    let end = "    contact.csv:11, column office  11\n    and 14 more; `--diagnostics json` lists all\n\n25 warnings\n";
    assert!(text.ends_with(end), "{text}");
}

#[test]
fn programs_get_an_object_a_line() {
    let (sources, span) = sources(SCHEME);
    let mut problems = Problems::new();
    problems.push(Diagnostic::error(Code::UnknownColumn, at(span, SCHEME, "ofice"), "no").help("yes"));
    problems.push(Diagnostic::warning(Code::BadDate, data(17, Some(("ä,b", 3, 4))), "bad").label("this"));
    let mut out = Vec::new();
    super::problems(problems, &sources, Style { json: true, color: false, quiet: false }, &mut out).unwrap();
    let expect = r#"{"code":"rules::unknown_column","severity":"error","message":"no","help":"yes","count":1,"places":[{"file":"s.rules","line":8,"column":8,"end_line":8,"end_column":13,"text":"ofice","label":""}],"examples":[]}
{"code":"rules::bad_date","severity":"warning","message":"bad","help":null,"count":1,"places":[{"file":"contact.csv","line":17,"column":3,"end_column":4,"field":"office","text":"b","label":"this"}],"examples":[]}
"#;
    assert_eq!(String::from_utf8(out).unwrap(), expect);
}

#[test]
fn no_text_and_no_span_stop_the_drawing() {
    let texts = [
        String::new(),
        "\n".repeat(5),
        "x".repeat(100_000),
        "\u{202e}\u{200b}\t".repeat(40_000),
        "é\u{301}\u{200d}北京\r\n\r".repeat(300),
        "\u{1b}]8;;\u{7}\r".repeat(70_000),
        "a\tb\r\n".repeat(50),
    ];
    for text in &texts {
        let (sources, span) = sources(text);
        let length = text.len();
        let starts = [0, 1, 2, 3, 7, length / 2, length.saturating_sub(1), length, length + 1, 1 << 31];
        for (n, &start) in starts.iter().enumerate() {
            for end in [start, start + 1, start + 5, length, length + 1, length + 100_000] {
                let other = starts[(n + 3) % starts.len()];
                let diagnostic = Diagnostic::error(Code::Syntax, Span::new(span.file, start, end), text.as_str())
                    .label("\n\u{1b}")
                    .also(Span::new(span.file, other, other + 2), text.chars().take(50).collect::<String>())
                    .also(Span { file: crate::source::FileId(9), ..span }, "nowhere")
                    .also(data(7, Some((text, start as u32, end as u32))), "");
                let diagnostic = Diagnostic { message: text.chars().take(300).collect(), ..diagnostic };
                for color in [false, true] {
                    let drawn = drawn::draw(&diagnostic, &sources, color);
                    let plain =
                        |c: char| color && matches!(c, '\u{1b}') || c == '\n' || !crate::report::visible::is_hidden(c);
                    assert!(drawn.chars().all(plain), "{drawn:?}");
                }
                lines::line(&diagnostic, &sources).unwrap();
            }
        }
    }
}
