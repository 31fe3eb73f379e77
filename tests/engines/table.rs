//! What holds on which engine: small schemes, one a construct of the language, run on all of them. The table of the
//! verdicts stands in `docs/engines.md`; `UPDATE=1` writes it.

use std::path::Path;

use rules::compile::compile;
use rules::data::{self, Source};
use rules::diag::Problems;
use rules::eval::{Job, Outcome, reference};
use rules::plan::Plan;
use rules::source::Sources;
use rules::sql;

use crate::agree::{self, Loaded, Typing};
use crate::engine::{Engine, Kind};

const BEGIN: &str = "<!-- constructs: generated; `UPDATE=1 tests/run` writes this table -->\n";
const END: &str = "<!-- end of constructs -->\n";

/// A small scheme with its data.
struct Construct {
    title: String,
    plan: Plan,
    files: Vec<Option<Loaded>>,
    outcome: Outcome,
    /// Why its result differs on an engine, where that is known: lines such as `- DuckDB: it has no such letters`.
    known: Vec<(String, String)>,
}

/// The constructs of a file under its heading.
fn constructs(text: &str) -> (String, Vec<Construct>) {
    let (heading, rest) = text.split_once("\n## ").unwrap();
    let heading = heading.trim().trim_start_matches("# ").to_owned();
    (heading, rest.split("\n## ").map(construct).collect())
}

fn construct(section: &str) -> Construct {
    let (title, body) = section.split_once('\n').unwrap();
    let (mut scheme, mut sources, mut known) = (String::new(), Vec::new(), Vec::new());
    let mut lines = body.lines();
    while let Some(line) = lines.next() {
        if let Some((engine, reason)) = line.strip_prefix("- ").and_then(|line| line.split_once(": ")) {
            known.push((engine.to_owned(), reason.to_owned()));
        }
        let Some(kind) = line.strip_prefix("```") else { continue };
        let block: String = lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
        match kind.strip_prefix("csv ") {
            Some(name) => sources.push((name.to_owned(), block)),
            None => scheme = block,
        }
    }
    let mut texts = Sources::default();
    let file = texts.add("construct.rules", &scheme);
    let mut problems = Problems::new();
    let compiled = compile(&texts, file, &[], &mut problems);
    let plan = compiled.unwrap_or_else(|| panic!("{title}: {:?}", problems.clone().sorted())).plan;
    let (mut tables, mut files) = (Vec::new(), Vec::new());
    for input in &plan.inputs {
        let (name, text) = sources.iter().find(|(name, _)| **name == *input.schema.name).unwrap();
        let source = Source::new(&format!("{name}.csv"), text.as_bytes());
        tables.push(data::read(&source, &input.schema, &mut problems));
        files.push(Some(agree::loaded(&source, &input.schema)));
    }
    assert!(!problems.has_errors(), "{title}: {:?}", problems.sorted());
    let outcome = reference::run(Job { plan: &plan, tables: &tables, wanted: &plan.declared, checks: true });
    Construct { title: title.to_owned(), plan, files, outcome, known }
}

/// Whether a construct holds on an engine: `yes`, or `no` and why. An error if it differs for no known reason.
fn verdict(construct: &Construct, engine: &mut Engine) -> Result<String, String> {
    let plan = &construct.plan;
    let dialect = agree::dialect(engine.kind());
    let job = agree::load(engine, plan, &construct.files, Typing::Own, "c_")?;
    for wanted in agree::shapes(plan, &plan.declared) {
        if let Err(obstacle) = sql::translate(plan, &sql::Job { wanted, ..job.clone() }, dialect) {
            return Ok(format!("no: {} is refused", obstacle.what));
        }
    }
    let compared = agree::compare(engine, plan, &construct.outcome, &job, &plan.declared);
    let known = construct.known.iter().find(|(engine, _)| engine == dialect.title());
    let fails = construct.outcome.problems.has_errors();
    match (compared, known) {
        // Where the native engine fails, the query has to fail, and not with another result.
        (Err(error), _) if fails && !error.starts_with("expected ") => Ok("yes".to_owned()),
        (Ok(_), _) if !fails => Ok("yes".to_owned()),
        (_, Some((_, reason))) => Ok(format!("no: {reason}")),
        (Ok(_), None) => Err(format!("{}, {dialect:?}: it should fail", construct.title)),
        (Err(error), None) => Err(format!("{}, {dialect:?}: {error}", construct.title)),
    }
}

/// The table, and what differs.
fn table() -> (String, Vec<String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engines/constructs");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let titles: Vec<&str> = Kind::ALL.iter().map(|kind| agree::dialect(*kind).title()).collect();
    let mut text = format!("| | {} |\n|---|{}\n", titles.join(" | "), "---|".repeat(titles.len()));
    let mut differ = Vec::new();
    for path in paths {
        let (heading, constructs) = constructs(&read(&path));
        text.push_str(&format!("| **{heading}** |{}\n", " |".repeat(titles.len())));
        for construct in constructs {
            let verdicts: Vec<String> = Kind::ALL
                .iter()
                .map(|kind| {
                    verdict(&construct, &mut Engine::shared(*kind)).unwrap_or_else(|error| {
                        differ.push(error);
                        "no: it differs".to_owned()
                    })
                })
                .collect();
            text.push_str(&format!("| {} | {} |\n", construct.title, verdicts.join(" | ")));
        }
    }
    (text, differ)
}

#[expect(clippy::disallowed_methods, reason = "a test reads its cases and the documentation")]
fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
#[ignore = "the engines are left out: `tests/run` runs them"]
fn the_table_of_what_holds_is_what_the_runs_give() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/engines.md");
    let page = read(&path);
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (stated, after) = rest.split_once(END).unwrap();
    let (table, differ) = table();
    assert!(differ.is_empty(), "{}", differ.join("\n\n=====\n\n"));
    let table = format!("\n{table}\n");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
    } else {
        assert!(table == stated, "the table of docs/engines.md isn't what the runs give:\n{table}");
    }
}
