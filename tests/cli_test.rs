//! `rules test`: what it prints of tests and expectations that hold and of those that don't.

#![expect(clippy::unwrap_used, reason = "a test may panic, and so may what only tests call")]

use std::process::Command;

const SCHEME: &str = r#"scheme small
data "data"

input contact {
  year     year
  partner  text
  office   text
  points   number(2)?
}
scale level {
  5 "president"
  3 "minister"
}
param factor = 1 in 0..10 "a factor"
score visit from contact {
  points:  value level(office) * factor
}
index visits = sum visit by year(year), partner
index yearly = sum visit by year(year) in 2000..2002
index total = sum visit
"#;

const CONTACT: &str = "year,partner,office,points
2000,Cuba,president,
2001,\"Peru, the \"\"x\"\"\",minister,2.25
2002,Cuba,minister,
";

const GIVEN: &str = "given contact {\n year partner office points\n 2001 Cuba president 1.5\n";

/// Runs `rules test` on the scheme with these lines; returns exit code, standard output and standard error.
fn run(tests: &str) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    put("s.rules", &format!("{SCHEME}{tests}"));
    put("data/contact.csv", CONTACT);
    put("data/yearly.csv", "note,year,yearly\nx,2000,5.00\n,2001,4\n,2003,7\n");
    put("data/visits.csv", "partner,year,v\nCuba,2000,5.4\n\"Peru, the \"\"x\"\"\",2001,3.5\nCuba,2002,2.501\n");
    put("data/words.csv", "year,partner,v\n2000,Cuba,five\n");
    let output =
        Command::new(env!("CARGO_BIN_EXE_rules")).args(["test", "."]).current_dir(folder.path()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// The tests must give these lines below that of the scheme.
fn check(tests: &str, exit: i32, lines: &str, said: &[&str]) {
    let (found, out, err) = run(tests);
    assert_eq!(out, format!("s.rules\n{lines}"), "{err}");
    assert_eq!(found, exit);
    said.iter().for_each(|said| assert!(err.contains(said), "no `{said}` in:\n{err}"));
}

#[test]
fn tests_pass() {
    let tests = format!(
        "test \"one\" {{ {GIVEN} 2001 Cuba minister 2\n }} expect yearly {{ 2001 -> 8, 2002 -> 0 }} expect total = 8.0 }}
         test \"two\" {{ set factor = 2 {GIVEN} }} expect total = 10 }}
         test \"nothing\" {{ expect total = 0 }}
         test \"wrong\" {{ {GIVEN} 2001 Cuba presidnet 1\n }} expect error \"not_on_scale\" }}
         expect total = 11
         expect visits from \"visits.csv\" column v within 0.5"
    );
    let lines = "  ok      test \"one\"
  ok      test \"two\"
  ok      test \"nothing\"
  ok      test \"wrong\"
  ok      expect total = 11
  ok      expect visits from \"visits.csv\" column v within 0.5 (3 cells)
6 passed, 0 failed
";
    check(&tests, 0, lines, &[]);
}

#[test]
fn cells_that_differ_are_shown() {
    let tests = format!("test \"one\" {{ {GIVEN} }} expect yearly {{ 2000 -> 0, 2001 -> 8, 2002 -> missing }} }}");
    let lines = "  FAILED  test \"one\"
          index `yearly` at year `2001`: expected 8, found 5, difference -3
          index `yearly` at year `2002`: expected a missing value, found 0
0 passed, 1 failed
";
    check(&tests, 1, lines, &["rules::expect_failed", "expected 8, found 5, difference -3", "1 error"]);
}

#[test]
fn published_tables_are_compared_on_both_sides() {
    let tests =
        "expect yearly from \"yearly.csv\" column yearly\nexpect visits from \"visits.csv\" column v within 0.4\n";
    let lines = "  FAILED  expect yearly from \"yearly.csv\" column yearly
          index `yearly` at year `2001`: expected 4, found 3, difference -1
          index `yearly` at year `2002`: expected no cell, found 3
          index `yearly` at year `2003`: expected 7, found no cell
  FAILED  expect visits from \"visits.csv\" column v within 0.4
          index `visits` at year `2001`, partner `Peru, the \"x\"`: expected 3.5, found 3, difference -0.5
          index `visits` at year `2002`, partner `Cuba`: expected 2.501, found 3, difference 0.499
0 passed, 2 failed
";
    check(tests, 1, lines, &["[data/yearly.csv:3:7]", "[data/visits.csv:4:11]", "3 cells of `yearly`", "2 errors"]);
}

#[test]
fn a_published_table_that_is_not_one_fails() {
    let tests = "expect visits from \"words.csv\" column v\nexpect visits from \"nothing.csv\" column v\n";
    let lines = "  FAILED  expect visits from \"words.csv\" column v
          the file has errors
  FAILED  expect visits from \"nothing.csv\" column v
          the file can't be compared
0 passed, 2 failed
";
    check(tests, 2, lines, &["`five` is not a plain decimal", "[data/words.csv:2:11]", "rules::unreadable_file"]);
}

#[test]
fn errors_of_a_run_are_shown_in_the_scheme() {
    let tests = format!(
        "test \"rows\" {{ {GIVEN} 20x1 Cuba president 1.555\n }} expect total = 5 }}
         test \"none\" {{ {GIVEN} }} expect error \"not_on_scale\" }}
         test \"set\" {{ set factor = 11 {GIVEN} }} expect total = 5 }}"
    );
    let lines = "  FAILED  test \"rows\"
          the run ended with `rules::bad_period`, `rules::bad_places`
  FAILED  test \"none\"
          expected the error `rules::not_on_scale`, the run had none
  FAILED  test \"set\"
          the run ended with `rules::out_of_range`
0 passed, 3 failed
";
    check(&tests, 1, lines, &["`20x1` isn't a year", "[s.rules:24:2]"]);
}

#[test]
fn a_check_that_fails_on_its_own_data_is_a_failure_of_its_own() {
    let tests = "check \"few\": yearly <= 4\ncheck \"fewer\": yearly <= 2 as warning\nexpect total = 11\n";
    let lines = "  FAILED  the checks on its own data
          check failed: few: at year `2000`: yearly `5`
  ok      expect total = 11
1 passed, 1 failed
";
    check(tests, 1, lines, &["⚠ check failed: fewer"]);
    let none = "  no tests and no expectations\n0 passed, 0 failed\n";
    check("check \"fewer\": yearly <= 2 as warning\n", 0, none, &["⚠ check failed: fewer"]);
}

#[test]
fn a_scheme_that_does_not_compile_could_not_be_tested() {
    let lines = "  FAILED  the scheme\n          it doesn't compile\n0 passed, 1 failed\n";
    check("index x = sum nothing\n", 2, lines, &["1 error"]);
}
