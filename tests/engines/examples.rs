//! Every scheme that ships, with its example's data, on every engine from tables; and from each set of files, where an
//! engine reads files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};

use rules::compile::{Compiled, Setting, compile_chain, load};
use rules::data::{self, CommandLine, Own, Source};
use rules::diag::Problems;
use rules::eval::{Job, Outcome, reference};
use rules::source::Sources;
use rules::value::schema::Schema;

use crate::agree::{self, Loaded, Typing};
use crate::engine::{Engine, Kind};

/// A scheme with its data, and what the reference interpreter makes of them.
struct Example {
    name: String,
    scheme: PathBuf,
    settings: &'static [(&'static str, &'static str)],
    compiled: Compiled,
    outcome: Outcome,
    /// The file of each input, and what it holds.
    files: Vec<Option<(PathBuf, Source)>>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The other example of a scheme, beside its own data.
const OTHER: (&str, &str, Settings) =
    ("engagement.rules", "examples/russia-latin-america", &[("last_year", "2019"), ("horizon", "2019-12-31")]);

/// Parameters and their values.
type Settings = &'static [(&'static str, &'static str)];

/// The examples, read and run by the reference interpreter once for all engines.
fn examples() -> &'static [Example] {
    static EXAMPLES: OnceLock<Vec<Example>> = OnceLock::new();
    EXAMPLES.get_or_init(read_examples)
}

fn read_examples() -> Vec<Example> {
    let mut schemes: Vec<PathBuf> =
        std::fs::read_dir(root().join("rules")).unwrap().map(|entry| entry.unwrap().path()).collect();
    schemes.retain(|path| path.extension().is_some_and(|ending| ending == "rules"));
    schemes.sort();
    let own = schemes.iter().map(|path| Example::new(path, None, &[]));
    let (scheme, folder, settings) = OTHER;
    let other = Example::new(&root().join("rules").join(scheme), Some(&root().join(folder)), settings);
    own.chain([other]).collect()
}

impl Example {
    fn new(scheme: &Path, folder: Option<&Path>, settings: &'static [(&'static str, &'static str)]) -> Self {
        let mut problems = Problems::new();
        let compiled = compiled(scheme, settings, &mut problems);
        let schemas: Vec<Schema> = compiled.plan.inputs.iter().map(|input| input.schema.clone()).collect();
        let mut headers = std::iter::once(&compiled.header).chain(&compiled.extends);
        let own = headers.find_map(|header| header.data.clone()).unwrap().node;
        let folder = folder.map_or_else(|| scheme.parent().unwrap().join(&*own), Path::to_owned);
        let line = CommandLine { paths: &[folder], inputs: &[] };
        let own = Own { scheme, root: root(), data: None };
        let bound = data::bind(&schemas, &[], &line, &own, &mut problems);
        let files: Vec<Option<(PathBuf, Source)>> =
            bound.iter().map(|files| files.first().map(|file| (file.path.clone(), file.open().unwrap()))).collect();
        let tables: Vec<_> = files
            .iter()
            .zip(&schemas)
            .map(|(file, schema)| data::read(&file.as_ref()?.1, schema, &mut problems))
            .collect();
        let plan = &compiled.plan;
        let outcome = reference::run(Job { plan, tables: &tables, wanted: &plan.declared, checks: true });
        assert!(!problems.has_errors(), "{}: {:?}", scheme.display(), problems.sorted());
        let name = scheme.file_stem().unwrap().to_str().unwrap().to_owned();
        Self { name, scheme: scheme.to_owned(), settings, compiled, outcome, files }
    }

    fn loaded(&self) -> Vec<Option<Loaded>> {
        let inputs = self.files.iter().zip(&self.compiled.plan.inputs);
        inputs.map(|(file, input)| file.as_ref().map(|(_, source)| agree::loaded(source, &input.schema))).collect()
    }

    /// How many cells of all indices agree if the command says the queries for files, in which no check finds an error.
    fn hold_files(&self, engine: &mut Engine, files: &[(String, PathBuf)]) -> Result<usize, String> {
        agree::begin(engine)?;
        let plan = &self.compiled.plan;
        let errors = agree::errors(engine, &self.said(engine.kind(), files, &["--checks"])?)?;
        if !errors.is_empty() {
            return Err(format!("the data are sound, and the checks find {errors:?}"));
        }
        let mut cells = 0;
        for wanted in agree::shapes(plan, &plan.declared) {
            let indices: Vec<&str> = wanted.iter().flat_map(|at| ["--index", &*plan.indices[*at].name]).collect();
            let text = self.said(engine.kind(), files, &indices)?;
            cells += agree::same(engine, plan, &self.outcome, &wanted, &text)?;
        }
        Ok(cells)
    }

    /// The query that the command says for files.
    fn said(&self, kind: Kind, files: &[(String, PathBuf)], words: &[&str]) -> Result<String, String> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rules"));
        command.arg("sql").arg(&self.scheme).args(["--dialect", kind.dialect(), "--root"]).arg(root()).args(words);
        command.args(self.settings.iter().flat_map(|(name, value)| ["--set".to_owned(), format!("{name}={value}")]));
        for (input, path) in files {
            command.arg("--input").arg(format!("{input}={}", path.display()));
        }
        let output = command.output().unwrap();
        if output.status.success() {
            Ok(String::from_utf8(output.stdout).unwrap())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a test reads the schemes that ship")]
fn compiled(scheme: &Path, settings: &[(&str, &str)], problems: &mut Problems) -> Compiled {
    let mut sources = Sources::default();
    let add = |sources: &mut Sources, path: &Path| {
        sources.add(path.file_name().unwrap().to_str().unwrap(), &std::fs::read_to_string(path).unwrap())
    };
    let file = add(&mut sources, scheme);
    let mut open = |sources: &mut Sources, _, named: &rules::syntax::ast::Name| {
        Ok(add(sources, &scheme.with_file_name(&*named.node)))
    };
    let chain = load(&mut sources, file, &mut open, problems).unwrap();
    let setting = |(name, value): &(&str, &str)| Setting { name: Arc::from(*name), value: Arc::from(*value) };
    let settings: Vec<Setting> = settings.iter().map(setting).collect();
    compile_chain(&Arc::new(chain), &settings, problems).unwrap()
}

/// The inputs' tables as Parquet files of a folder, of the declared types: DuckDB writes them.
fn parquet(example: &Example, folder: &Path) -> Vec<(String, PathBuf)> {
    let mut engine = Engine::shared(Kind::DuckDb);
    std::fs::create_dir_all(folder).unwrap();
    agree::load(&mut engine, &example.compiled.plan, &example.loaded(), Typing::Own, "p_").unwrap();
    let inputs = example.files.iter().zip(&example.compiled.plan.inputs).filter(|(file, _)| file.is_some());
    inputs
        .map(|(_, input)| {
            let name = input.schema.name.to_string();
            let path = folder.join(format!("{name}.parquet"));
            engine.script(&format!("COPY \"p_{name}\" TO '{}' (FORMAT parquet)", path.display())).unwrap();
            (name, path)
        })
        .collect()
}

/// The examples that read files which none before them reads: overlays mostly read those of what they extend, and need
/// not read them again.
fn with_other_files() -> Vec<&'static Example> {
    let mut all: Vec<&Example> = examples().iter().collect();
    all.sort_by_key(|example| example.compiled.extends.len());
    let mut read = BTreeSet::new();
    all.retain(|example| {
        let before = read.len();
        read.extend(example.files.iter().flatten().map(|(path, _)| std::fs::canonicalize(path).unwrap()));
        read.len() > before
    });
    all
}

/// Runs each example, and fails with all that don't agree.
fn each(what: &str, mut examples: Vec<&Example>, mut hold: impl FnMut(&Example) -> Result<usize, String>) {
    let (mut cells, mut failed) = (0, Vec::new());
    let wanted = std::env::var("RULES_ENGINE_EXAMPLE").unwrap_or_default();
    examples.retain(|example| example.name.contains(&wanted));
    for example in examples.iter().copied() {
        match hold(example) {
            Ok(0) => failed.push(format!("{}: no cells", example.name)),
            Ok(count) => cells += count,
            Err(error) => failed.push(format!("{}: {error}", example.name)),
        }
    }
    println!("{what}: {} of {} examples agree in {cells} cells", examples.len() - failed.len(), examples.len());
    assert!(failed.is_empty(), "{}", failed.join("\n\n=====\n\n"));
}

fn from_tables(kind: Kind) {
    // Spark and ClickHouse take minutes for the examples, and both typings of the generated schemes.
    let slow = matches!(kind, Kind::Spark | Kind::ClickHouse);
    let typings = if slow { &[Typing::Own][..] } else { &[Typing::Own, Typing::Texts] };
    for &typing in typings {
        each(&format!("{kind:?}, tables, {typing:?}"), examples().iter().collect(), |example| {
            let mut engine = Engine::shared(kind);
            let plan = &example.compiled.plan;
            let job = agree::load(&mut engine, plan, &example.loaded(), typing, "e_")?;
            let errors = agree::listed(&mut engine, plan, &job, &plan.declared)?;
            if !errors.is_empty() {
                return Err(format!("the data are sound, and the checks find {errors:?}"));
            }
            agree::compare(&mut engine, plan, &example.outcome, &job, &plan.declared)
        });
    }
}

fn from_csv(kind: Kind) {
    each(&format!("{kind:?}, files of CSV"), with_other_files(), |example| {
        let inputs = example.files.iter().zip(&example.compiled.plan.inputs);
        let files: Vec<_> = inputs
            .filter_map(|(file, input)| Some((input.schema.name.to_string(), file.as_ref()?.0.clone())))
            .collect();
        example.hold_files(&mut Engine::shared(kind), &files)
    });
}

fn from_parquet(kind: Kind) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("parquet-{}", kind.dialect()));
    each(&format!("{kind:?}, Parquet"), with_other_files(), |example| {
        let files = parquet(example, &folder.join(&example.name));
        example.hold_files(&mut Engine::shared(kind), &files)
    });
    std::fs::remove_dir_all(folder).unwrap();
}

macro_rules! examples_agree {
    ($($name:ident: $from:ident($kind:ident)),*) => {
        $(
            #[test]
            #[ignore = "the engines are left out: `tests/run` runs them"]
            fn $name() {
                $from(Kind::$kind);
            }
        )*
    };
}

examples_agree!(
    examples_agree_on_duckdb: from_tables(DuckDb),
    examples_agree_on_postgres: from_tables(Postgres),
    examples_agree_on_clickhouse: from_tables(ClickHouse),
    examples_agree_on_spark: from_tables(Spark),
    examples_agree_from_csv_on_duckdb: from_csv(DuckDb),
    examples_agree_from_csv_on_clickhouse: from_csv(ClickHouse),
    examples_agree_from_parquet_on_duckdb: from_parquet(DuckDb),
    examples_agree_from_parquet_on_clickhouse: from_parquet(ClickHouse),
    examples_agree_from_parquet_on_spark: from_parquet(Spark)
);
