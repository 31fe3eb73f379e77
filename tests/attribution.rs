//! The shares of changes add up to the difference, as they are printed: for each overlay in `rules/` and its base.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::ffi::OsString;
use std::path::Path;

use rules::cli::args::Cli;
use rules::cli::{Exit, run};
use rules::value::decimal;

/// What the program prints from the folder of the project.
fn rules(args: &[&str]) -> (Exit, String) {
    let args = ["rules"].iter().chain(args).map(OsString::from);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = run(&Cli::from_args(args).unwrap(), &mut out, &mut err);
    assert!(exit != Exit::Failed, "{}", String::from_utf8(err).unwrap());
    (exit, String::from_utf8(out).unwrap())
}

/// The overlays in `rules/` that change something of the method, and their bases.
fn overlays() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        #[expect(clippy::disallowed_methods, reason = "a test reads the schemes")]
        let text = std::fs::read_to_string(&path).unwrap();
        let head = text.lines().find(|line| line.starts_with("scheme")).unwrap();
        let is_edit =
            |line: &str| ["change ", "set ", "replace ", "remove ", "add "].iter().any(|word| line.starts_with(word));
        if let Some((_, base)) = head.split_once(" extends \"")
            && text.lines().any(is_edit)
            // On other data there is no difference of methods.
            && !text.contains("replace input")
        {
            let name = path.file_name().unwrap().to_str().unwrap();
            found.push((format!("rules/{name}"), format!("rules/{}", base.trim_end_matches('"'))));
        }
    }
    found.sort();
    found
}

/// A decimal with 20 places.
fn units(field: &str) -> i128 {
    decimal::parse(field, 20, 38).unwrap()
}

/// The lines of a CSV whose fields hold no line break, by its columns.
fn records(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let fields = |line: &str| -> Vec<String> {
        let (mut fields, mut quoted) = (vec![String::new()], false);
        for c in line.chars() {
            match c {
                '"' => quoted = !quoted,
                ',' if !quoted => fields.push(String::new()),
                c => fields.last_mut().unwrap().push(c),
            }
        }
        fields
    };
    let mut lines = text.lines();
    (fields(lines.next().unwrap()), lines.map(fields).collect())
}

#[test]
fn printed_shares_add_up_to_the_difference() {
    let overlays = overlays();
    assert!(overlays.len() >= 9, "{overlays:?}");
    let (mut cells, mut several) = (0, 0);
    for (overlay, base) in overlays {
        let both = [(&base, &overlay), (&overlay, &base)];
        for (a, b) in both {
            let (_, csv) = rules(&["diff", a, b, "--attribute", "--all", "--long", "--format", "csv"]);
            let (heads, rows) = records(&csv);
            let at = |name: &str| heads.iter().position(|head| head == name).unwrap();
            let (delta, first) = (at("delta"), at("rank_change") + 1);
            assert!(first < heads.len(), "{a} {b}: no column for a change");
            several += usize::from(heads.len() - first > 1);
            for row in rows.iter().filter(|row| !row[delta].is_empty()) {
                let shares: Vec<&String> = row[first..].iter().collect();
                if shares.iter().all(|share| share.is_empty()) {
                    panic!("{a} {b}: {row:?} has no shares");
                }
                let sum: i128 = shares.iter().map(|share| units(share)).sum();
                assert_eq!(sum, units(&row[delta]), "{a} {b}: {row:?}");
                assert_eq!(units(&row[delta]), units(&row[at("b")]) - units(&row[at("a")]), "{a} {b}: {row:?}");
                cells += usize::from(sum != 0);
            }
        }
    }
    assert!(cells > 500 && several >= 6, "{cells} cells, {several} comparisons with several changes");
}

#[test]
fn a_scheme_has_no_difference_from_itself() {
    for (overlay, _) in overlays() {
        let (exit, text) = rules(&["diff", &overlay, &overlay]);
        assert!(exit == Exit::Done && text.contains("Nothing changed"), "{overlay}: {text}");
    }
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/belarus-latin-america");
    for name in ["contact.csv", "mission.csv"] {
        #[expect(clippy::disallowed_methods, reason = "a test reads the data")]
        let text = std::fs::read_to_string(example.join(name)).unwrap();
        let mut lines: Vec<&str> = text.lines().collect();
        // All rows in another order; the header stays.
        lines[1..].reverse();
        lines[1..].rotate_left(7);
        std::fs::write(folder.path().join(name), lines.join("\n")).unwrap();
    }
    let shuffled = folder.path().to_str().unwrap().to_owned();
    let diff = |a: &str, b: &str, data: &str| {
        rules(&["diff", a, b, data, "--index", "engagement", "--attribute", "--interactions", "--format", "csv"])
    };
    let (base, three) = ("rules/engagement.rules", "rules/generous.rules");
    assert!(diff(base, three, &shuffled) == diff(base, three, "examples/belarus-latin-america"));
    assert!(diff(base, base, &shuffled).0 == Exit::Done);
}
