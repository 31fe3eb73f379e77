//! Nothing of a scheme becomes SQL: names, words, headers, titles and paths that try to, on every engine.

use std::path::Path;

use rules::compile::compile;
use rules::data::{self, Source};
use rules::diag::Problems;
use rules::plan::Plan;
use rules::source::Sources;
use rules::sql::{Bound, File};

use crate::agree::{self, End, Typing};
use crate::engine::{Engine, Kind};
use crate::rng::Rng;

/// Texts that end a literal, a name or a comment in one engine or another, and go on with something of their own.
const HOSTILE: [&str; 36] = [
    "'",
    "''",
    "a'b",
    "\"",
    "`",
    "\\",
    "\\'",
    "\\\\'",
    "ends with a backslash\\",
    "'; DROP TABLE canary; --",
    "\"; DROP TABLE canary; --",
    "`; DROP TABLE canary; --",
    "\\'; DROP TABLE canary; --",
    "\\\"; DROP TABLE canary; --",
    "\\`; DROP TABLE canary; --",
    "'); DROP TABLE canary; SELECT ('",
    ";drop table canary",
    "-- a comment",
    "*/ DROP TABLE canary; /* x",
    "/* x */",
    "# x",
    "$$; DROP TABLE canary; $$",
    "$1",
    "${spark.app.name}",
    "${env:HOME}",
    "{a:String}",
    "%s %(a)s %",
    "? :a @a",
    "\\n \\t \\0 \\x27 \\u0027 \\N",
    "E'\\''",
    "' OR '1'='1",
    "NULL",
    "<script>",
    "é '😀' ß",
    "%' || '_",
    "{{ x }}",
];

/// A text of the language.
fn literal(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn csv(rows: &[Vec<String>]) -> Vec<u8> {
    let quoted = |field: &String| format!("\"{}\"", field.replace('"', "\"\""));
    let lines = rows.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n");
    lines.collect::<String>().into_bytes()
}

fn plan(scheme: &str) -> Plan {
    let mut sources = Sources::default();
    let file = sources.add("hostile.rules", scheme);
    let mut problems = Problems::new();
    let compiled = compile(&sources, file, &[], &mut problems);
    compiled.unwrap_or_else(|| panic!("{:?}\n{scheme}", problems.sorted())).plan
}

/// How many cells of a scheme with one input agree; the canary is there before and after.
fn hold(engine: &mut Engine, scheme: &str, rows: &[Vec<String>], word: &str) -> usize {
    let plan = plan(scheme);
    let schema = &plan.inputs[0].schema;
    let source = Source::new("r.csv", csv(rows));
    let mut problems = Problems::new();
    let table = data::read(&source, schema, &mut problems);
    assert!(!problems.has_errors(), "{:?}", problems.sorted());
    let ty = if engine.kind() == Kind::ClickHouse { "Int32" } else { "INT" };
    engine.load("canary", &[("n", ty)], &[vec![Some("1".to_owned())]]).unwrap();
    let files = [Some(agree::loaded(&source, schema))];
    let end = agree::hold(engine, &plan, &[table], &files, Typing::Own, word);
    let End::Agree(cells) = end.unwrap_or_else(|error| panic!("{:?}: {error}\n{scheme}", engine.kind())) else {
        panic!("{:?}: the data are sound\n{scheme}", engine.kind());
    };
    assert_eq!(engine.query("SELECT count(*) AS n FROM canary").unwrap().rows, [[Some("1".to_owned())]]);
    cells
}

/// Words of scales, patterns, words of categories, literals, words for missing values and for yes: each text is one.
fn words_stay_words(kind: Kind) {
    let mut engine = Engine::shared(kind);
    let texts: Vec<&str> = HOSTILE.iter().copied().filter(|text| !text.ends_with('*')).collect();
    // In a scale a star stands at the end of a word alone.
    let plain: Vec<&str> = texts.iter().copied().filter(|text| !text.contains('*')).collect();
    let join = |texts: &[&str], form: &dyn Fn(usize, &str) -> String, between: &str| {
        texts.iter().enumerate().map(|(at, text)| form(at, text)).collect::<Vec<_>>().join(between)
    };
    let scheme = format!(
        "scheme hostile\ninput r {{\n  yes is {words}\n  missing is \"an'other \\\\\"\n  word text\n  kind one of {words}\n  \
         longer text\n  truth flag\n  gone text?\n}}\n\
         scale exact {{\n{exact}\n  99 otherwise\n}}\nscale starting {{\n{starting}\n  0 otherwise\n}}\nparam mine = {mine}\n\
         score s from r {{\n  these: keep word in ({words}) and kind = word\n  points: value exact(word)\n  \
         more: plus starting(longer)\n  truth: plus 1000 when truth\n  gone: plus 5000 when known(gone)\n  \
         mine: plus 10000 when word = mine\n}}\n\
         index points = sum s by word, kind, join(longer, {mine}) as longer\n",
        words = join(&texts, &|_, text| literal(text), ", "),
        exact = join(&plain, &|at, text| format!("  {at} {}", literal(text)), "\n"),
        starting = join(&plain, &|at, text| format!("  {}00 {}", at + 1, literal(&format!("{text}*"))), "\n"),
        mine = literal("\\'; DROP TABLE canary; --"),
    );
    let header = ["word", "kind", "longer", "truth", "gone"].map(str::to_owned).to_vec();
    let row = |text: &&str| {
        vec![(*text).to_owned(), (*text).to_owned(), format!("{text}~"), (*text).to_owned(), "an'other \\".to_owned()]
    };
    let rows: Vec<Vec<String>> = std::iter::once(header).chain(texts.iter().map(row)).collect();
    assert_eq!(hold(&mut engine, &scheme, &rows, "h_"), texts.len());
}

/// Headers and the names of tables.
fn names_stay_names(kind: Kind) {
    let mut engine = Engine::shared(kind);
    // Spark's variables in names are refused: nothing in a name can be written otherwise.
    let names: Vec<&str> = HOSTILE.iter().copied().filter(|text| kind != Kind::Spark || !text.contains("${")).collect();
    let columns: String =
        names.iter().enumerate().map(|(at, name)| format!("  c{at} number from {}\n", literal(name))).collect();
    let sum: String = (1..names.len()).map(|at| format!(" + c{at} * {}", at + 1)).collect();
    let scheme = format!(
        "scheme hostile\ninput r {{\n{columns}}}\nscore s from r {{ points: value c0{sum} }}\nindex points = sum s\n"
    );
    let header: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let row = |add: usize| (0..names.len()).map(|at| (at * 7 % 11 + add).to_string()).collect::<Vec<_>>();
    let rows = [header, row(0), row(5)];
    // Spark's own catalogue has plain names only.
    let words = ["h_", "it's ", "a\"b ", "a`b ", "back\\slash ", "; DROP TABLE canary; -- "];
    for word in words.into_iter().take(if kind == Kind::Spark { 1 } else { 6 }) {
        assert_eq!(hold(&mut engine, &scheme, &rows, word), 1);
    }
}

/// Titles, documentation and names of files, which stand in comments at most.
fn titles_stay_comments(kind: Kind) {
    let mut engine = Engine::shared(kind);
    let rows = [vec!["word".to_owned()], vec!["a".to_owned()], vec!["b".to_owned()]];
    let mut all = HOSTILE.map(str::to_owned).to_vec();
    all.push("a tab\tand a backslash\\".to_owned());
    for text in &all {
        let title = literal(text).replace('\t', "\\t");
        let doc = text.replace('\t', " ");
        let scheme = format!(
            "## {doc}\nscheme hostile {title}\ncite {title}\n## {doc}\ninput r {title} {{\n  ## {doc}\n  word text\n}}\n\
             ## {doc}\nscore s from r {{\n  ## {doc}\n  points: value 1\n  check {title}: word != \"c\"\n}}\n\
             index points {title} = count s by word\n"
        );
        assert_eq!(hold(&mut engine, &scheme, &rows, "h_"), 2);
    }
}

/// Random texts of the signs that matter to one engine or another, as fields and as texts of the scheme.
fn random_texts_come_back(kind: Kind) {
    const SIGNS: [&str; 34] = [
        "'", "'", "\"", "\\", "\\", "`", "-", "--", "/", "*", ";", "$", "{", "}", "%", "_", "?", ":", "#", "(", ")",
        ",", "n", "N", "0", "x27", "u0027", "E", "é", "😀", " ", "=", "|", "@",
    ];
    let mut engine = Engine::shared(kind);
    let mut rng = Rng::new(5);
    for _ in 0..6 {
        let mut texts: Vec<String> = Vec::new();
        while texts.len() < 40 {
            let text: String = (0..rng.between(1, 12)).map(|_| *rng.pick(&SIGNS)).collect();
            let text = text.trim().to_owned();
            if !text.is_empty() && !text.ends_with('*') && !texts.contains(&text) {
                texts.push(text);
            }
        }
        let arms: String =
            texts.iter().enumerate().map(|(at, text)| format!("    {at} when word = {},\n", literal(text))).collect();
        let among = texts.iter().step_by(2).map(|text| literal(text)).collect::<Vec<_>>().join(", ");
        let scheme = format!(
            "scheme hostile\ninput r {{ word text }}\nscore s from r {{\n  points: value case {{\n{arms}    100 otherwise\n  }}\n  \
             half: plus 0.5 when word in ({among})\n}}\nindex points = sum s by word\n"
        );
        let rows: Vec<Vec<String>> = std::iter::once("word".to_owned()).chain(texts).map(|text| vec![text]).collect();
        assert_eq!(hold(&mut engine, &scheme, &rows, "h_"), 40);
    }
}

/// A path is a text or a name, whatever stands in it.
fn paths_stay_paths(kind: Kind) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("{} it's \"a\" `b` ; DROP TABLE canary; -- c", kind.dialect()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("r.parquet").to_str().unwrap().to_owned();
    let source = Source::new("r.csv", "word,n\na,1\nb,2\n");
    let plan = plan(
        "scheme hostile\ninput r { word text  n number }\nscore s from r { points: value n }\nindex points = sum s by word\n",
    );
    let mut problems = Problems::new();
    let table = data::read(&source, &plan.inputs[0].schema, &mut problems);
    let outcome = rules::eval::reference::run(rules::eval::Job {
        plan: &plan,
        tables: &[table],
        wanted: &plan.declared,
        checks: true,
    });
    let files = [Some(agree::loaded(&source, &plan.inputs[0].schema))];
    let mut job = {
        let mut duckdb = Engine::shared(Kind::DuckDb);
        let job = agree::load(&mut duckdb, &plan, &files, Typing::Own, "paths_").unwrap();
        duckdb.script(&format!("COPY paths_r TO '{}' (FORMAT parquet)", path.replace('\'', "''"))).unwrap();
        job
    };
    job.bound = vec![Some(Bound::File { path, file: File::Parquet })];
    let mut engine = Engine::shared(kind);
    assert_eq!(agree::compare(&mut engine, &plan, &outcome, &job, &plan.declared), Ok(2));
    std::fs::remove_dir_all(folder).unwrap();
}

macro_rules! on_each_engine {
    ($($engine:ident: $kind:expr => $($name:ident)*;)*) => {$(
        mod $engine {
            use super::*;
            $(
                #[test]
                #[ignore = "the engines are left out: `tests/run` runs them"]
                fn $name() {
                    super::$name($kind);
                }
            )*
        }
    )*};
}

on_each_engine! {
    duckdb: Kind::DuckDb => words_stay_words names_stay_names titles_stay_comments random_texts_come_back paths_stay_paths;
    postgres: Kind::Postgres => words_stay_words names_stay_names titles_stay_comments random_texts_come_back;
    clickhouse: Kind::ClickHouse => words_stay_words names_stay_names titles_stay_comments random_texts_come_back paths_stay_paths;
    spark: Kind::Spark => words_stay_words names_stay_names titles_stay_comments random_texts_come_back paths_stay_paths;
}
