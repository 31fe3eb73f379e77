//! Overlays and where their files lie: what the cases of the specification can't show.

#![expect(clippy::unwrap_used, reason = "a test may panic, and so may what only tests call")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const BASE: &str = "scheme base\ninput contact { id text }\nparam weight = 1\nscore visit from contact { one: value weight }\n\
                    index visits = sum visit\n";
const OVERLAY: &str = "scheme over extends \"base.rules\"\nset weight = 2\n";

/// Runs the program in a folder: exit code, standard output, standard error.
fn run(folder: &Path, args: &[&str], input: &str) -> (Option<i32>, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rules"))
        .args(args)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn an_overlay_from_standard_input_extends_a_file_of_the_working_directory() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("base.rules"), BASE).unwrap();
    std::fs::write(folder.path().join("contact.csv"), "id\na\nb\n").unwrap();
    let (exit, out, err) = run(folder.path(), &["eval", "-", "contact.csv"], OVERLAY);
    assert_eq!((exit, out.as_str(), err.as_str()), (Some(0), "visits  4\n", ""));
    let (exit, _, err) = run(folder.path(), &["check", "-"], "scheme over extends \"-\"\nset weight = 2\n");
    assert_eq!(exit, Some(2));
    assert!(err.contains("rules::unreadable_file"), "{err}");
}

#[test]
fn of_many_changes_the_one_to_blame_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let lines: String = (0..300).map(|n| format!("1 \"c{n}\"\n")).collect();
    let edits: String = (0..300).map(|n| format!("set level(\"c{n}\") = 2\n")).collect();
    put(
        "base.rules",
        &format!(
            "scheme base\ninput e {{ code text n number }}\nscale level {{\n{lines}}}\nscore s from e {{ p: value level(code) * n }}\nindex t = sum s\n"
        ),
    );
    put("over.rules", &format!("scheme over extends \"base.rules\"\n{edits}"));
    let bad =
        format!("scheme bad extends \"base.rules\"\n{edits}change \"no numbers\": remove e.n\nset level(\"c7\") = 3\n");
    put("bad.rules", &bad.replacen("set level(\"c7\") = 2\n", "", 1));
    assert_eq!(run(folder.path(), &["check", "over.rules"], "").0, Some(0));
    let (exit, _, err) = run(folder.path(), &["check", "bad.rules"], "");
    assert_eq!(exit, Some(2));
    assert!(err.contains("the change `no numbers` takes `e.n` away"), "{err}");
}

#[cfg(unix)]
#[test]
fn a_link_leads_neither_out_of_the_root_nor_around_a_cycle() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let (inside, outside) = (folder.path().join("inside"), folder.path().join("outside"));
    std::fs::create_dir(&inside).unwrap();
    std::fs::create_dir(&outside).unwrap();
    std::fs::write(outside.join("base.rules"), BASE).unwrap();
    std::fs::write(inside.join("over.rules"), OVERLAY).unwrap();
    symlink(outside.join("base.rules"), inside.join("base.rules")).unwrap();
    let (exit, _, err) = run(&inside, &["check", "over.rules"], "");
    assert_eq!(exit, Some(2));
    assert!(err.contains("rules::outside_root"), "{err}");

    std::fs::write(inside.join("self.rules"), OVERLAY.replace("base", "other")).unwrap();
    symlink(inside.join("self.rules"), inside.join("other.rules")).unwrap();
    let (exit, _, err) = run(&inside, &["check", "self.rules"], "");
    assert_eq!(exit, Some(2));
    assert!(err.contains("a scheme can't extend itself"), "{err}");
}

#[test]
fn standard_input_is_read_anew_for_each_way_to_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let reading = "scheme reading extends \"base.rules\"\nchange \"no repeats\": add to contact { distinct id }\n\
                   change \"clean\": replace contact.id { id text clean }\nchange \"weight\": set weight = 2\n";
    let data = "id\na\nb\n";
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    put("base.rules", BASE);
    put("reading.rules", reading);
    put("contact.csv", data);
    let with =
        |data: &str| ["diff", "base.rules", "reading.rules", data, "--attribute", "--format", "csv"].map(str::to_owned);
    let run = |args: [String; 7], input: &str| run(folder.path(), &args.each_ref().map(String::as_str), input);
    let piped = run(with("-"), data);
    assert!(piped.1.contains("no repeats,clean,weight\n"), "{}", piped.1);
    assert_eq!(piped, run(with("contact.csv"), ""));
}
