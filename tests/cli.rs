//! The program as its users see it: what it prints, where, and with which exit code.

#![expect(clippy::unwrap_used, reason = "a test may panic, and so may what only tests call")]
#![expect(clippy::disallowed_methods, reason = "what the program writes is read back")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

const SCHEME: &str = r#"scheme small "A small scheme"
data "data"

input contact {
  id       text
  year     year
  partner  text
  office   text
}
scale level {
  5 "president"
  3 "minister"
}
param factor = 1 in 0..10 "a factor"
score visit from contact {
  old:     keep year >= 2000
  points:  value level(office) * factor
  best:    absorb highest per id, year, partner
}
index visits "Visits" = sum visit by year(year), partner
index yearly = sum visit by year(year) in 2000..2002
index total = sum visit
index share = (sum visit) / 3
check "not too many": yearly <= 8
check "few": yearly <= 7 as warning
"#;

const CONTACT: &str = "id,year,partner,office
a,1999,Cuba,president
b,2000,Cuba,president
b,2000,Cuba,minister
c,2001,\"Peru, the \"\"x\"\"\",minister
d,2002,Cuba,minister
";

/// What a run of the program gave.
struct Run {
    exit: i32,
    out: String,
    err: String,
}

/// A folder with a scheme, `s.rules`, and its data.
fn folder(tests: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    put("s.rules", &format!("{SCHEME}{tests}"));
    put("data/contact.csv", CONTACT);
    folder
}

fn run_with(folder: &Path, args: &[&str], stdin: &str) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rules"))
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { exit: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

fn run(folder: &TempDir, args: &[&str]) -> Run {
    run_with(folder.path(), args, "")
}

/// Runs `rules eval s.rules` with these arguments; it must succeed and print this.
fn check(args: &[&str], expect: &str) {
    let run = run(&folder(""), &[&["eval", "s.rules"], args].concat());
    assert_eq!((run.out.as_str(), run.err.as_str(), run.exit), (expect, "", 0));
}

/// Runs the program; it must end with this code and say all of this on standard error.
fn check_fails(folder: &TempDir, args: &[&str], exit: i32, said: &[&str]) -> Run {
    let run = run(folder, args);
    assert_eq!(run.exit, exit, "{}{}", run.out, run.err);
    said.iter().for_each(|said| assert!(run.err.contains(said), "no `{said}` in:\n{}", run.err));
    run
}

#[test]
fn tables_are_the_default() {
    let expect = "\
year  partner        visits
----  -------------  ------
2000  Cuba                5
2001  Peru, the \"x\"       3
2002  Cuba                3

year  yearly
----  ------
2000       5
2001       3
2002       3

total  11
share   3.666666666666667
";
    check(&[], expect);
}

#[test]
fn csv_is_wide_or_long() {
    check(&["--format", "csv", "--index", "yearly"], "year,yearly\n2000,5\n2001,3\n2002,3\n");
    check(&["--format", "csv", "--index", "share", "--index", "total"], "total,share\n11,3.666666666666667\n");
    let long = ["--format", "csv", "--long", "--index", "visits", "--index", "total"];
    let expect = "index,year,partner,value\nvisits,2000,Cuba,5\nvisits,2001,\"Peru, the \"\"x\"\"\",3\n\
                  visits,2002,Cuba,3\ntotal,,,11\n";
    check(&long, expect);
}

#[test]
fn indices_of_different_dimensions_ask_for_long() {
    let said = ["rules::usage", "`visits` is by `year`, `partner` and `yearly` by `year`", "--long"];
    check_fails(&folder(""), &["eval", "s.rules", "--format", "csv"], 2, &said);
    check_fails(&folder(""), &["eval", "s.rules", "--long"], 2, &["--format csv"]);
}

#[test]
fn cells_are_filtered_and_parameters_set() {
    let args = ["--format", "csv", "--index", "visits", "--index", "yearly", "--long", "--where", "value > 3"];
    check(&args, "index,year,partner,value\nvisits,2000,Cuba,5\nyearly,2000,,5\n");
    check(
        &["--format", "jsonl", "--index", "total", "--set", "factor=1.5"],
        "{\"index\":\"total\",\"value\":\"16.5\"}\n",
    );
    let folder = folder("");
    let said = ["[--where:1:1]", "yaer", "did you mean `year`?"];
    check_fails(&folder, &["eval", "s.rules", "--index", "yearly", "--where", "yaer > 2000"], 2, &said);
    let said = ["rules::unknown_param", "[--set:1:1]", "did you mean `factor`?"];
    check_fails(&folder, &["eval", "s.rules", "--set", "facto=2"], 2, &said);
    check_fails(&folder, &["eval", "s.rules", "--set", "factor=11"], 2, &["rules::out_of_range"]);
    let said = ["rules::unknown_index", "did you mean `total`?"];
    check_fails(&folder, &["eval", "s.rules", "--index", "totl"], 2, &said);
}

#[test]
fn json_is_one_object_with_the_account() {
    let run = run(&folder(""), &["eval", "s.rules", "--index", "total", "--format", "json", "--account"]);
    assert_eq!(run.exit, 0);
    let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(json["scheme"], "small");
    assert_eq!(json["indices"][0]["cells"][0]["value"], "11");
    let account = &json["account"];
    assert_eq!((&account["inputs"][0]["read"], &account["inputs"][0]["kept"]), (&5.into(), &5.into()));
    assert_eq!(account["scores"][0]["dropped"], serde_json::json!([{"step": "old", "rows": 1}]));
    assert_eq!(account["indices"][0]["in_cells"], 3);
    for said in ["contact  data/contact.csv     5", "- dropped by old       1", "= scored               3"] {
        assert!(run.err.contains(said), "no `{said}` in:\n{}", run.err);
    }
}

#[test]
fn standard_input_is_a_scheme_or_data() {
    let folder = folder("");
    let from_stdin = run_with(folder.path(), &["eval", "s.rules", "-", "--index", "total"], CONTACT);
    assert_eq!((from_stdin.out.as_str(), from_stdin.exit), ("total  11\n", 0));
    let scheme = run_with(folder.path(), &["eval", "-", "--index", "total"], SCHEME);
    assert_eq!((scheme.out.as_str(), scheme.exit), ("total  11\n", 0));
    let both = run_with(folder.path(), &["eval", "-", "-"], SCHEME);
    assert_eq!(both.exit, 2);
}

#[test]
fn standard_input_holds_settings() {
    let folder = folder("");
    let swept = |args: &[&str]| {
        run_with(
            folder.path(),
            &[&["eval"], args, &["--sweep-from", "-", "--index", "total"]].concat(),
            "factor\n1\n0.5\n",
        )
    };
    let listed = run(&folder, &["eval", "s.rules", "--sweep", "factor=0.5,1", "--index", "total"]);
    let from_stdin = swept(&["s.rules"]);
    assert_eq!((from_stdin.out, from_stdin.err, from_stdin.exit), (listed.out, listed.err, 0));
    let data_too = swept(&["s.rules", "-"]);
    assert!(data_too.err.contains("standard input is data, and settings too"), "{}", data_too.err);
    assert_eq!((data_too.exit, swept(&["-"]).exit), (2, 2));
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let folder = folder("");
    let path = folder.path().join("out.csv");
    let args = ["eval", "s.rules", "--index", "yearly", "--format", "csv", "--out", "out.csv"];
    let done = run(&folder, &args);
    assert_eq!((done.exit, done.out.as_str()), (0, ""));
    let written = std::fs::read_to_string(&path).unwrap();
    assert_eq!(written, "year,yearly\n2000,5\n2001,3\n2002,3\n");
    check_fails(&folder, &[&args[..], &["--set", "factor=9"]].concat(), 1, &["not too many"]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), written);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3, "nothing else is left behind");
    check_fails(&folder, &["eval", "s.rules", "--out", "no/such/out.csv"], 2, &["rules::cannot_write"]);
    check_fails(&folder, &["eval", "s.rules", "--out", "data"], 2, &["rules::cannot_write", "it is a folder"]);
}

#[test]
fn a_check_that_fails_is_found_and_a_warning_is_not() {
    let folder = folder("");
    let double = ["eval", "s.rules", "--set", "factor=2", "--index", "yearly"];
    let run =
        check_fails(&folder, &double, 1, &["rules::check_failed", "year `2000`: yearly `10`", "1 error, 1 warning"]);
    assert_eq!(run.out, "");
    let run = check_fails(&folder, &["eval", "s.rules", "--set", "factor=1.5", "--index", "total"], 0, &[]);
    assert_eq!(run.out, "total  16.5\n");
    check_fails(&folder, &["eval", "s.rules", "--set", "factor=1.5", "--index", "yearly"], 0, &["⚠", "1 warning"]);
}

#[test]
fn rows_with_errors_are_found_and_broken_files_are_failures() {
    let folder = folder("");
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    put(
        "rows.csv",
        "id,year,partner,office\r\na,20x0,Cuba,president\r\nb,2000,Cuba,presidnet\r\nc,2000,Cuba,presidnet\r\n",
    );
    let said = ["[rows.csv:2:3]", "`20x0` isn't a year", "[rows.csv:3:13]", "(and 1 more: line 4)", "[s.rules:10:7]"];
    let run = check_fails(&folder, &["eval", "s.rules", "rows.csv"], 1, &said);
    assert_eq!(run.out, "");
    check_fails(&folder, &["check", "s.rules", "rows.csv"], 1, &["3 errors"]);
    put("broken.csv", "id,year\n1,2000\n");
    check_fails(&folder, &["eval", "s.rules", "broken.csv"], 2, &["rules::missing_column"]);
    check_fails(&folder, &["eval", "s.rules", "nothing.csv"], 2, &["rules::unreadable_file", "nothing.csv"]);
    check_fails(&folder, &["eval", "nothing.rules"], 2, &["rules::unreadable_file", "nothing.rules"]);
    check_fails(&folder, &["eval", "s.rules", "data", "--input", "contcat=x.csv"], 2, &["did you mean `contact`?"]);
    put("s.rules", "scheme s\ninput contact {\n  id texd\n}\n");
    check_fails(&folder, &["eval", "s.rules"], 2, &["[s.rules:3:6]"]);
}

#[test]
fn check_takes_the_scheme_alone_or_with_data() {
    let folder = folder("");
    check_fails(
        &folder,
        &["check", "s.rules"],
        0,
        &["small: the scheme is sound (1 input, 1 score, 4 indices), and so are 5 rows"],
    );
    std::fs::write(folder.path().join("s.rules"), SCHEME.replace("data \"data\"", "")).unwrap();
    check_fails(&folder, &["check", "s.rules"], 0, &["no data"]);
    check_fails(&folder, &["check", "s.rules", "data"], 0, &["5 rows"]);
    check_fails(&folder, &["eval", "s.rules"], 2, &["rules::unbound_input"]);
}

#[test]
fn the_root_is_not_left() {
    let folder = folder("");
    let within = folder.path().join("schemes");
    std::fs::create_dir(&within).unwrap();
    std::fs::write(within.join("s.rules"), SCHEME.replace("\"data\"", "\"../data\"")).unwrap();
    let args = ["eval", "s.rules", "--index", "total"];
    let run = run_with(&within, &args, "");
    assert!(run.exit == 2 && run.err.contains("rules::outside_root"), "{}", run.err);
    let run = run_with(&within, &[&args[..], &["--root", ".."]].concat(), "");
    assert_eq!((run.exit, run.out.as_str()), (0, "total  11\n"));
}

#[test]
fn diagnostics_for_programs_are_an_object_a_line() {
    let folder = folder("");
    let run = check_fails(&folder, &["eval", "s.rules", "--index", "totl", "--diagnostics", "json"], 2, &[]);
    let json: serde_json::Value = serde_json::from_str(run.err.trim_end()).unwrap();
    assert_eq!((&json["code"], &json["places"][0]["text"]), (&"rules::unknown_index".into(), &"totl".into()));
    let colored = check_fails(&folder, &["eval", "s.rules", "--index", "totl", "--color", "always"], 2, &["\u{1b}["]);
    assert!(!run.err.contains('\u{1b}') && colored.exit == 2);
}

#[test]
fn the_program_explains_itself() {
    let folder = folder("");
    let codes = run(&folder, &["explain-code"]);
    assert!(codes.exit == 0 && codes.out.contains("rules::unknown_column"));
    assert!(run(&folder, &["explain-code", "rules::syntax"]).out.starts_with("# rules::syntax"));
    check_fails(&folder, &["explain-code", "unknow_column"], 2, &["did you mean `unknown_column`?"]);
    assert!(run(&folder, &["completions", "bash"]).out.contains("explain-code"));
    assert!(run(&folder, &["man"]).out.contains(".TH rules"));
    assert_eq!(run(&folder, &["man", "man1"]).exit, 0);
    assert!(folder.path().join("man1/rules-eval.1").is_file());
    assert_eq!(run(&folder, &["frobnicate"]).exit, 2);
    assert_eq!(run(&folder, &["--help"]).exit, 0);
}

#[test]
fn schemes_share_standard_input() {
    let folder = folder("");
    // The other scheme declares the input in another way.
    let other = SCHEME.replace("  id       text\n  year     year\n", "  year     year\n  id       text\n");
    std::fs::write(folder.path().join("t.rules"), other.replace("3 \"minister\"", "3.5 \"minister\"")).unwrap();
    let args = ["--index", "total", "--format", "csv", "--diagnostics", "json"];
    for schemes in [["s.rules", "t.rules"], ["t.rules", "s.rules"]] {
        let files = run(&folder, &[&["diff"], &schemes[..], &["data/contact.csv"], &args].concat());
        let piped = run_with(folder.path(), &[&["diff"], &schemes[..], &["-"], &args].concat(), CONTACT);
        assert!(files.out.contains("\n11,12,1,") || files.out.contains("\n12,11,-1,"), "{}{}", files.out, files.err);
        assert_eq!((piped.out, piped.exit), (files.out, 1));
    }
    let same = run_with(folder.path(), &["diff", "s.rules", "s.rules", "--input", "contact=-"], CONTACT);
    assert!(same.out.contains("Nothing changed") && same.exit == 0, "{}", same.err);
}

#[test]
fn timings_are_lines_on_standard_error() {
    let folder = folder("");
    let with = run(&folder, &["eval", "s.rules", "--index", "total", "--timings"]);
    let without = run(&folder, &["eval", "s.rules", "--index", "total"]);
    assert_eq!((with.exit, &with.out), (0, &without.out));
    let said: Vec<&str> = with.err.lines().filter(|line| line.ends_with(" s")).collect();
    let stages: Vec<&str> = said.iter().filter_map(|line| line.split("  ").next()).map(str::trim).collect();
    for stage in ["read scheme", "compile", "find files", "print", "all"] {
        assert!(stages.contains(&stage), "{stage}: {}", with.err);
    }
    assert!(!without.err.contains("read scheme"));
}

/// The program, so that an interruption reaches it: a shell lets what it starts in the background ignore them.
#[cfg(unix)]
fn interruptible() -> Command {
    let program = env!("CARGO_BIN_EXE_rules");
    if cfg!(not(target_os = "linux")) {
        return Command::new(program);
    }
    let mut command = Command::new("env");
    command.args(["--default-signal=INT", program]);
    command
}

#[test]
#[cfg(unix)]
fn an_interrupted_run_leaves_nothing() {
    let folder = folder("");
    let rows = "b,2000,Cuba,president\n".repeat(400_000);
    let mut child = interruptible()
        .args(["eval", "s.rules", "-", "--index", "total", "--out", "out.txt"])
        .env("TMPDIR", folder.path())
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // All has been read but what a pipe holds, and more than is kept in memory; the end doesn't come.
    stdin.write_all(format!("id,year,partner,office\n{rows}").as_bytes()).unwrap();
    let names = || {
        let mut names: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let interrupted = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupted.success() && !child.wait().unwrap().success());
    assert_eq!(names(), ["data", "s.rules"]);
}

#[test]
fn standard_input_is_read_again_where_it_must() {
    let folder = folder("");
    let good = "id,year,partner,office\nb,2000,Cuba,president\n";
    assert_eq!(run_with(folder.path(), &["eval", "s.rules", "-", "--index", "total"], good).out, "total  5\n");
    let bad = format!("{good}c,2001,Cuba,preisdent\n");
    let found = run_with(folder.path(), &["eval", "s.rules", "-", "--index", "total"], &bad);
    assert_eq!((found.exit, found.err.contains("did you mean `president`")), (1, true), "{}", found.err);
    let tabs = good.replace(',', "\t");
    let args = ["eval", "s.rules", "-", "--index", "total", "--stdin-format", "tsv"];
    assert_eq!(run_with(folder.path(), &args, &tabs).out, "total  5\n");
    let json = "{\"id\":\"b\",\"year\":2000,\"partner\":\"Cuba\",\"office\":\"president\"}\n";
    let args = ["eval", "s.rules", "-", "--index", "total", "--stdin-format", "jsonl"];
    assert_eq!(run_with(folder.path(), &args, json).out, "total  5\n");
}

#[test]
#[cfg(unix)]
fn an_interrupted_sensitivity_keeps_what_is_done() {
    let folder = tempfile::tempdir().unwrap();
    // An interruption that comes before the runs begin ends the program: then it comes later the next time.
    let mut patience = std::time::Duration::from_millis(200);
    let found = loop {
        let child = interruptible()
            .args(["sensitivity", "rules/robustness.rules", "--samples", "50000", "--index", "engagement", "--out"])
            .arg(folder.path().join("samples.csv"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(patience);
        let interrupted = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        let found = child.wait_with_output().unwrap();
        assert!(interrupted.success());
        if found.status.success() {
            break found;
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "no half file is left");
        patience = patience * 3 / 2;
    };
    let said = String::from_utf8(found.stderr).unwrap();
    let (_, rest) = said.split_once("the result rests on ").unwrap();
    let done = rest.split(' ').next().unwrap();
    let kept = std::fs::read_to_string(folder.path().join("samples.csv")).unwrap().lines().count() - 1;
    assert_eq!(kept.to_string(), done, "{said}");
    assert!(String::from_utf8(found.stdout).unwrap().contains(&format!("{kept} samples")));
}
