//! `rules fmt` as its users see it: which files it writes, how, and with which exit code.

#![expect(clippy::unwrap_used, reason = "a test may panic, and so may what only tests call")]
#![expect(clippy::disallowed_methods, reason = "what the program writes is read back")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

const LOOSE: &str = "scheme  s # one\ninput r{n number}\n";
const LAID_OUT: &str = "scheme s  # one\ninput r { n number }\n";

/// What a run of the program gave.
struct Run {
    exit: i32,
    out: String,
    err: String,
}

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("s.rules"), LOOSE).unwrap();
    folder
}

fn run(folder: &Path, args: &[&str], stdin: &str) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rules"))
        .arg("fmt")
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

fn read(folder: &TempDir, name: &str) -> String {
    std::fs::read_to_string(folder.path().join(name)).unwrap()
}

#[test]
fn a_file_is_replaced_and_named() {
    let folder = folder();
    let checked = run(folder.path(), &["--check", "s.rules"], "");
    assert_eq!((checked.exit, checked.out.as_str(), checked.err.as_str()), (1, "s.rules\n", ""));
    assert_eq!(read(&folder, "s.rules"), LOOSE);
    let done = run(folder.path(), &["."], "");
    assert_eq!((done.exit, done.out.as_str(), done.err.as_str()), (0, "", "s.rules: laid out\n"));
    assert_eq!(read(&folder, "s.rules"), LAID_OUT);
    let written = std::fs::metadata(folder.path().join("s.rules")).unwrap().modified().unwrap();
    let again = run(folder.path(), &["s.rules"], "");
    assert_eq!((again.exit, again.out.as_str(), again.err.as_str()), (0, "", ""));
    assert_eq!(std::fs::metadata(folder.path().join("s.rules")).unwrap().modified().unwrap(), written);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left behind");
}

#[test]
fn standard_input_goes_to_standard_output() {
    let folder = folder();
    let done = run(folder.path(), &["-"], LOOSE);
    assert_eq!((done.exit, done.out.as_str(), done.err.as_str()), (0, LAID_OUT, ""));
    let same = run(folder.path(), &["-"], LAID_OUT);
    assert_eq!((same.exit, same.out.as_str()), (0, LAID_OUT));
    let checked = run(folder.path(), &["--check", "-"], LOOSE);
    assert_eq!((checked.exit, checked.out.as_str()), (1, "standard input\n"));
    let broken = run(folder.path(), &["-"], "scheme");
    assert_eq!((broken.exit, broken.out.as_str()), (2, ""));
    assert!(broken.err.contains("rules::syntax"), "{}", broken.err);
}

#[test]
fn the_mark_and_line_breaks_of_two_characters_stay() {
    let folder = folder();
    let path = folder.path().join("s.rules");
    let two = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    std::fs::write(&path, two(LOOSE)).unwrap();
    assert_eq!(run(folder.path(), &["s.rules"], "").exit, 0);
    assert_eq!(read(&folder, "s.rules"), two(LAID_OUT));
    assert_eq!(run(folder.path(), &["--check", "s.rules"], "").exit, 0);
}

#[test]
fn what_is_packed_is_left_alone() {
    let folder = folder();
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(LOOSE.as_bytes()).unwrap();
    let packed = packer.finish().unwrap();
    std::fs::write(folder.path().join("packed.rules"), &packed).unwrap();
    let done = run(folder.path(), &["packed.rules", "s.rules"], "");
    assert!(done.exit == 2 && done.err.contains("isn't packed"), "{}", done.err);
    assert_eq!(std::fs::read(folder.path().join("packed.rules")).unwrap(), packed);
    assert_eq!(read(&folder, "s.rules"), LAID_OUT);
}

#[cfg(unix)]
#[test]
fn links_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = folder();
    let (file, link) = (folder.path().join("s.rules"), folder.path().join("link.rules"));
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink("s.rules", &link).unwrap();
    assert_eq!(run(folder.path(), &["link.rules"], "").exit, 0);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(read(&folder, "s.rules"), LAID_OUT);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn the_schemes_of_the_repository_are_laid_out() {
    let done = run(Path::new(env!("CARGO_MANIFEST_DIR")), &["--check", "rules"], "");
    assert_eq!((done.exit, done.out.as_str(), done.err.as_str()), (0, "", ""));
}
