//! `rules eval --on`: what it prints is what `rules eval` prints.

#![expect(clippy::disallowed_methods, reason = "the examples are read as files")]

use std::path::Path;
use std::process::{Command, Output};
use std::sync::MutexGuard;

use rules::compile::compile;
use rules::data::Source;
use rules::diag::Problems;
use rules::source::Sources;

use crate::agree::{self, Typing};
use crate::engine::{Engine, Kind};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn run(args: &[&str]) -> Output {
    let venv = std::env::var("RULES_ENGINES").unwrap();
    let program = Path::new(&venv).join("bin/duckdb");
    let mut command = Command::new(env!("CARGO_BIN_EXE_rules"));
    command.current_dir(ROOT).args(args).env("NO_COLOR", "1").env("RULES_DUCKDB", program).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Puts the files of an example into tables, changed by a function.
fn load(
    kind: Kind,
    scheme: &str,
    folder: &str,
    change: impl Fn(&str, &mut agree::Loaded),
) -> (String, Vec<String>, MutexGuard<'static, Engine>) {
    let mut sources = Sources::default();
    let file = sources.add(scheme, &std::fs::read_to_string(Path::new(ROOT).join(scheme)).unwrap());
    let plan = compile(&sources, file, &[], &mut Problems::new()).unwrap().plan;
    let mut engine = Engine::shared(kind);
    let files: Vec<_> = plan
        .inputs
        .iter()
        .map(|input| {
            let usual = format!("{}.csv", input.schema.name);
            let path = Path::new(ROOT).join(folder).join(input.schema.file.as_deref().unwrap_or(&usual));
            let source = Source::new(&path.to_string_lossy(), std::fs::read(&path).unwrap());
            let mut loaded = agree::loaded(&source, &input.schema);
            change(&input.schema.name, &mut loaded);
            Some(loaded)
        })
        .collect();
    agree::load(&mut engine, &plan, &files, Typing::Own, "on_").unwrap();
    let inputs = plan.inputs.iter().map(|input| format!("{0}=on_{0}", input.schema.name)).collect();
    let address = match kind {
        Kind::DuckDb => format!("duckdb:{}", engine.address().unwrap()),
        _ => engine.address().unwrap().to_owned(),
    };
    // Nobody else opens the file of DuckDB meanwhile.
    (address, inputs, engine)
}

fn asked<'a>(address: &'a str, inputs: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    let mut args = vec!["eval", "rules/engagement.rules", "--on", address];
    inputs.iter().for_each(|input| args.extend(["--input", input.as_str()]));
    args.extend(more);
    args
}

fn prints_what_eval_prints(kind: Kind) {
    let folder = "examples/belarus-latin-america";
    let (address, inputs, _engine) = load(kind, "rules/engagement.rules", folder, |_, _| {});
    for more in [
        &["--format", "json"][..],
        &["--index", "engagement", "--index", "military", "--format", "csv"],
        &["--where", "year >= 2008 and value > 3", "--index", "contacts"],
        &["--set", "third_country=1", "--index", "total_contacts", "--index", "military_share"],
    ] {
        let own = run(&[&["eval", "rules/engagement.rules"], more].concat());
        let on = run(&asked(&address, &inputs, more));
        assert_eq!(text(&on.stdout), text(&own.stdout), "{more:?}\n{}", text(&on.stderr));
        assert_eq!(on.status.code(), Some(0), "{}", text(&on.stderr));
    }
}

/// The columns of a wide table are those that the engine names.
fn asks_for_the_headers(kind: Kind) {
    let (address, inputs, _engine) = load(kind, "rules/asem.rules", "examples/asem", |_, _| {});
    let more = ["--index", "denominated", "--where", "indicator = \"Tariff\"", "--format", "csv"];
    let own = run(&[&["eval", "rules/asem.rules"], &more[..]].concat());
    let mut args = vec!["eval", "rules/asem.rules", "--on", address.as_str()];
    inputs.iter().for_each(|input| args.extend(["--input", input.as_str()]));
    let on = run(&[&args[..], &more[..]].concat());
    assert_eq!(text(&on.stdout), text(&own.stdout), "{}", text(&on.stderr));
    assert!(text(&own.stdout).lines().count() > 40, "{}", text(&own.stderr));
}

/// A table that isn't there, and one that lacks columns, are named in the words of the scheme.
fn names_what_is_not_there(kind: Kind) {
    let folder = "examples/belarus-latin-america";
    let (address, inputs, _engine) = load(kind, "rules/engagement.rules", folder, |_, _| {});
    let with = |other: &str| {
        let name = other.split('=').next().unwrap();
        let others = inputs.iter().filter(|input| !input.starts_with(&format!("{name}=")));
        let inputs: Vec<String> = others.cloned().chain([other.to_owned()]).collect();
        let on = run(&asked(&address, &inputs, &["--index", "engagement"]));
        assert_eq!((on.status.code(), text(&on.stdout).as_str()), (Some(2), ""), "{}", text(&on.stderr));
        text(&on.stderr).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let said = with("contact=on_contakt");
    assert!(said.contains("can't read `on_contakt`, which is the input `contact`"), "{said}");
    let said = with("mission=on_contact");
    assert!(said.contains("`on_contact` has no column `kind`"), "{said}");
}

fn finds_what_is_wrong(kind: Kind) {
    let folder = "examples/belarus-latin-america";
    let (address, inputs, _engine) = load(kind, "rules/engagement.rules", folder, |name, loaded| {
        if name == "contact" {
            // A contact with two venues, a side that there isn't, and a date that is missing.
            let twice = loaded.rows.iter().position(|row| row[0] == loaded.rows[0][0]).unwrap();
            let mut other = loaded.rows[twice].clone();
            let venue = loaded.names.iter().position(|name| name == "venue").unwrap();
            other[venue] = Some(if other[venue].as_deref() == Some("third") { "home" } else { "third" }.to_owned());
            loaded.rows.push(other);
            let mut strange = loaded.rows[1].clone();
            strange[loaded.names.iter().position(|name| name == "side").unwrap()] = Some("neither".to_owned());
            strange[loaded.names.iter().position(|name| name == "date").unwrap()] = None;
            loaded.rows.push(strange);
        }
    });
    let on = run(&asked(&address, &inputs, &["--index", "contacts"]));
    let said = text(&on.stderr);
    assert_eq!((on.status.code(), text(&on.stdout).as_str()), (Some(1), ""), "{said}");
    for part in [
        "rules::bad_category",
        "`neither`",
        "contact.side",
        "rules::missing_value",
        "contact.date",
        "rules::unit_differs",
        "`venue`",
    ] {
        assert!(said.contains(part), "{part} isn't in\n{said}");
    }
}

macro_rules! on {
    ($($name:ident: $kind:ident),*) => {
        $(
            #[test]
            #[ignore = "the engines are left out: `tests/run` runs them"]
            fn $name() {
                prints_what_eval_prints(Kind::$kind);
                asks_for_the_headers(Kind::$kind);
                names_what_is_not_there(Kind::$kind);
                finds_what_is_wrong(Kind::$kind);
            }
        )*
    };
}

on!(eval_on_duckdb: DuckDb, eval_on_postgres: Postgres, eval_on_spark: Spark);
