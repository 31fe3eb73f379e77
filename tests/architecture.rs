//! The layout of `src/`: imports run one way, and files stay small enough to be read.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use std::path::{Path, PathBuf};

/// The stages and what each may import, besides those below it in the first list.
const ORDER: &[&str] = &["source", "diag", "value", "builtin", "syntax", "resolve", "types", "plan", "eval"];

/// Modules beside the chain, and all that they may import.
const BESIDE: &[(&str, &[&str])] = &[
    ("data", &["source", "diag", "value"]),
    ("fmt", &["source", "diag", "value", "builtin", "syntax"]),
    ("compare", &["source", "diag", "value", "plan", "eval"]),
    ("sensitivity", &["value"]),
    ("attribute", &["source", "diag", "value", "plan", "eval", "sensitivity"]),
    ("report", &["source", "diag", "value", "plan", "eval", "compare"]),
    ("doc", &["source", "diag", "value", "builtin", "syntax", "resolve", "types", "report"]),
    ("chart", &["value", "report"]),
    ("remote", &["report"]),
    ("compile", &["source", "diag", "value", "builtin", "syntax", "resolve", "types", "plan"]),
];

/// The most lines of a file.
const MAX_LINES: usize = 450;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(String, String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&src, &mut found);
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&src).unwrap().to_str().unwrap().to_owned();
            let stage = name.split(['/', '.']).next().unwrap().to_owned();
            #[expect(clippy::disallowed_methods, reason = "a test reads the sources")]
            let text = std::fs::read_to_string(&path).unwrap();
            (stage, name, text)
        })
        .collect()
}

fn allowed(stage: &str) -> Option<Vec<&'static str>> {
    if let Some(at) = ORDER.iter().position(|other| *other == stage) {
        return Some(ORDER[..=at].to_vec());
    }
    BESIDE.iter().find(|(other, _)| *other == stage).map(|(_, list)| list.to_vec())
}

/// The modules named by `crate::x` in a text, `use crate::{x, y}` too.
fn imports(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + 7..];
        let list = match rest.strip_prefix('{') {
            Some(inner) => inner.split('}').next().unwrap(),
            None => rest,
        };
        for part in list.split(',').take(if rest.starts_with('{') { usize::MAX } else { 1 }) {
            let name: String = part.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            found.push(name);
        }
    }
    found
}

#[test]
fn imports_run_one_way() {
    let mut wrong = Vec::new();
    for (stage, name, text) in sources() {
        let Some(allowed) = allowed(&stage) else { continue };
        // Tests may look at anything.
        if name.contains("tests") || name.contains("testing") {
            continue;
        }
        for import in imports(&text) {
            if import != stage && !allowed.contains(&import.as_str()) && !import.is_empty() {
                wrong.push(format!("src/{name} imports {import}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_two_evaluators_do_not_know_each_other() {
    for (_, name, text) in sources() {
        if name.contains("tests") {
            continue;
        }
        assert!(!(name.starts_with("eval/engine/") && text.contains("reference::")), "{name}");
        assert!(!(name.starts_with("eval/ledger/") && text.contains("engine::")), "{name}");
        assert!(!(name.starts_with("eval/reference/") && text.contains("engine::")), "{name}");
    }
}

#[test]
fn files_are_small() {
    let long: Vec<String> = sources()
        .into_iter()
        .filter(|(_, _, text)| text.lines().count() > MAX_LINES)
        .map(|(_, name, text)| format!("{name}: {} lines", text.lines().count()))
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}
