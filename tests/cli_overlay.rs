//! Overlays and where their files lie: what the cases of the specification can't show.

#![expect(clippy::unwrap_used, reason = "a test may panic, and so may what only tests call")]
#![expect(clippy::disallowed_methods, reason = "the schemes are files")]

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
