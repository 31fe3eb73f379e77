//! What the compiler makes of each scheme that ships, and what each example prints in each format.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use rules::compile::{Compiled, compile_chain, load};
use rules::diag::{Problems, Severity};
use rules::source::{FileId, Sources};
use rules::syntax::ast::Name;
use rules::types::print::print;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn schemes() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(root().join("rules"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "rules"))
        .collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

#[expect(clippy::disallowed_methods, reason = "a test reads the schemes that ship")]
fn add(sources: &mut Sources, path: &Path) -> FileId {
    sources.add(path.file_name().unwrap().to_str().unwrap(), &std::fs::read_to_string(path).unwrap())
}

/// A scheme that ships, with those beside it that it extends.
fn compiled(path: &Path, problems: &mut Problems) -> Option<Compiled> {
    let mut sources = Sources::default();
    let file = add(&mut sources, path);
    let mut open =
        |sources: &mut Sources, _: FileId, named: &Name| Ok(add(sources, &path.with_file_name(&*named.node)));
    let chain = load(&mut sources, file, &mut open, problems)?;
    compile_chain(&Arc::new(chain), &[], problems)
}

#[test]
fn every_scheme_has_this_typed_tree_and_plan() {
    for path in schemes() {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let mut problems = Problems::new();
        let compiled = compiled(&path, &mut problems);
        let Some(compiled) = compiled else { panic!("{name}: {:?}", problems.sorted()) };
        // A scheme of its own is beyond reproach; a change may alter what an index counts, which is warned of.
        assert!(
            problems.iter().all(|found| found.severity == Severity::Warning && !compiled.extends.is_empty()),
            "{name}: {:?}",
            problems.sorted()
        );
        let warnings: Vec<&str> = problems.iter().map(|found| found.message.as_str()).collect();
        insta::assert_snapshot!(format!("{name}.typed"), print(&compiled.typed));
        if compiled.extends.is_empty() {
            insta::assert_snapshot!(format!("{name}.plan"), serde_json::to_string_pretty(&compiled.plan).unwrap());
        } else {
            // The plan of an overlay is mostly that of its base: the typed tree tells them apart.
            insta::assert_snapshot!(format!("{name}.warnings"), warnings.join("\n"));
        }
    }
}

/// Runs the program at the root of the checkout; standard output alone.
fn run(args: &[&str]) -> String {
    let output =
        Command::new(env!("CARGO_BIN_EXE_rules")).args(args).current_dir(root()).env("NO_COLOR", "1").output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(0), "{args:?}\n{err}");
    out
}

/// The example's name, and its command without the format.
const EXAMPLES: &[(&str, &[&str])] = &[
    ("belarus", &["rules/engagement.rules", "examples/belarus-latin-america"]),
    (
        "russia",
        &[
            "rules/engagement.rules",
            "examples/russia-latin-america",
            "--set",
            "last_year=2019",
            "--set",
            "horizon=2019-12-31",
        ],
    ),
    ("trade", &["rules/trade.rules", "examples/trade"]),
    (
        "goldstein",
        &[
            "rules/goldstein.rules",
            "examples/gdelt",
            "--index",
            "net",
            "--where",
            "day = 2019-10-24 and source = \"Russia\"",
        ],
    ),
    (
        "us-missions",
        &["rules/us-missions.rules", "examples/us-missions", "--index", "points", "--where", "mission = \"belarus\""],
    ),
    ("hdi", &["rules/hdi.rules", "examples/hdi", "--index", "human_development", "--where", "iso3 = \"BLR\""]),
    (
        "us-travels",
        &["rules/us-travels.rules", "--index", "decades", "--index", "points", "--where", "country = \"israel\""],
    ),
    (
        "us-missions-years",
        &["rules/us-missions.rules", "examples/us-missions", "--index", "missions", "--index", "total"],
    ),
    ("generous", &["rules/generous.rules", "examples/belarus-latin-america"]),
];

#[test]
fn every_example_prints_this_in_each_format() {
    for (name, command) in EXAMPLES {
        for format in ["table", "csv", "json", "jsonl", "md"] {
            let mut args = vec!["eval"];
            args.extend(*command);
            args.extend(["--format", format]);
            // Indices of different dimensions share a table only in the long form.
            if format == "csv" {
                args.push("--long");
            }
            insta::assert_snapshot!(format!("{name}.{format}"), run(&args));
        }
    }
}

#[test]
fn every_scheme_has_this_page() {
    for path in schemes() {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let scheme = format!("rules/{name}.rules");
        insta::assert_snapshot!(format!("{name}.doc"), run(&["doc", &scheme]));
    }
}

#[test]
fn a_page_of_html_looks_like_this() {
    insta::assert_snapshot!("flat.html", run(&["doc", "rules/flat.rules", "--format", "html"]));
}
