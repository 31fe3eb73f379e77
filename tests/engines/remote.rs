//! The clients of `--on`, each against its engine: what comes back is exact, errors are told, and sessions last.

use rules::remote::{Failure, Remote, Rows, connect};

use crate::engine::{Engine, Kind};

/// A connection to the engine of the tests. DuckDB's own program works in memory.
fn connected(kind: Kind) -> Box<dyn Remote> {
    let address = match kind {
        Kind::DuckDb => "duckdb:".to_owned(),
        _ => Engine::shared(kind).address().unwrap().to_owned(),
    };
    connect(&address).unwrap_or_else(|failure| panic!("{address}: {failure}; {:?}", failure.help()))
}

fn read(rows: &Rows) -> Vec<Vec<Option<&str>>> {
    rows.iter().map(Iterator::collect).collect()
}

/// What is the same on each engine.
fn speaks(kind: Kind) {
    let mut remote = connected(kind);
    let text = "'it''s \"é😀\"'";
    let select =
        format!("SELECT {text} AS \"a b\", CAST(NULL AS VARCHAR(9)) AS b, '' AS c, CAST(1.50 AS DECIMAL(5, 2)) AS d");
    // Spark quotes names in its own way.
    let select = if kind == Kind::Spark {
        select.replace("'it''s \"é😀\"'", "'it\\'s \"é😀\"'").replace("\"a b\"", "`a b`")
    } else {
        select
    };
    let select = select.replace("CAST(1.50 AS DECIMAL(5, 2))", "CAST(CAST(1.50 AS DECIMAL(5, 2)) AS VARCHAR(9))");
    let rows = remote.query(&select).unwrap();
    assert_eq!(rows.names(), ["a b", "b", "c", "d"]);
    assert_eq!(read(&rows), [[Some("it's \"é😀\""), None, Some(""), Some("1.50")]]);
    // A temporary view lives as long as the connection, and no longer.
    remote.run("CREATE TEMPORARY VIEW seen AS SELECT 'x' AS x, 'y' AS y -- a comment").unwrap();
    assert_eq!(read(&remote.query("SELECT y, x FROM seen;").unwrap()), [[Some("y"), Some("x")]]);
    let none = remote.query("WITH t AS (SELECT * FROM seen) SELECT y, x FROM t WHERE x = 'z' -- a comment").unwrap();
    assert_eq!((none.names(), none.len()), (&["y".to_owned(), "x".to_owned()][..], 0));
    drop(remote);
    assert!(matches!(connected(kind).query("SELECT x FROM seen"), Err(Failure::Engine(_))));
}

/// Answers larger than what a client takes at a time.
fn takes_much(kind: Kind, many: &str, long: &str) {
    let mut remote = connected(kind);
    let rows = remote.query(many).unwrap();
    assert_eq!(
        (rows.len(), rows.cell(199_999, 0), rows.cell(199_999, 1)),
        (200_000, Some("199999"), Some(&*"x".repeat(50)))
    );
    assert_eq!(rows.cell(0, 0), Some("0"));
    assert_eq!(remote.query(long).unwrap().cell(0, 0).map(str::len), Some(9_000_000));
}

/// What the engine says of a mistake; the first word of it is in the message.
fn tells(kind: Kind, sql: &str, word: &str) {
    let failure = connected(kind).query(sql).unwrap_err();
    assert!(matches!(failure, Failure::Engine(_)), "{failure:?}");
    assert!(failure.message().contains(word), "{failure}");
    assert!(!failure.message().contains("Project"), "{failure}");
}

/// A query that would take hours ends soon after it is cancelled from another thread.
fn stops(kind: Kind, long: &str) {
    let mut remote = connected(kind);
    let canceller = remote.canceller();
    let done = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let ended = std::sync::Arc::clone(&done);
    let thread = std::thread::spawn(move || {
        // The first one may come before the query runs.
        while !ended.load(std::sync::atomic::Ordering::SeqCst) {
            std::thread::sleep(std::time::Duration::from_secs(1));
            canceller.cancel();
        }
    });
    let (sender, answer) = std::sync::mpsc::channel();
    let long = long.to_owned();
    // One that can't be stopped fails the test instead of holding it up.
    std::thread::spawn(move || sender.send(remote.query(&long).map(|rows| rows.len())));
    let answer = answer.recv_timeout(std::time::Duration::from_secs(300));
    done.store(true, std::sync::atomic::Ordering::SeqCst);
    thread.join().unwrap();
    let failure = answer.unwrap_or_else(|_| panic!("{kind:?} goes on")).unwrap_err();
    assert!(matches!(failure, Failure::Engine(_) | Failure::Interrupted(_)), "{failure:?}");
}

#[test]
#[ignore = "the engines are left out: `tests/run` runs them"]
fn work_is_cancelled() {
    stops(
        Kind::DuckDb,
        "SELECT CAST(sum(hash(a.range + b.range)) AS TEXT) AS s FROM range(10000000) a, range(10000000) b",
    );
    stops(Kind::Postgres, "SELECT pg_sleep(100000)::text");
    stops(
        Kind::Spark,
        "SELECT CAST(sum(hash(a.id * b.id)) AS STRING) AS s FROM range(10000000) a JOIN range(10000000) b",
    );
}

#[test]
#[ignore = "the engines are left out: `tests/run` runs them"]
fn duckdb_by_its_own_program() {
    speaks(Kind::DuckDb);
    takes_much(
        Kind::DuckDb,
        "SELECT CAST(range AS TEXT) AS i, repeat('x', 50) AS t FROM range(200000)",
        "SELECT repeat('y', 9000000) AS t",
    );
    tells(Kind::DuckDb, "SELECT nope", "nope");
    let mut remote = connected(Kind::DuckDb);
    // The program would read the second line as a command of its own: the quote is escaped in a way that it doesn't know.
    assert!(matches!(remote.query("SELECT e'a\\';\n.print x\n' AS t"), Err(Failure::Engine(_))));
}

#[test]
#[ignore = "the engines are left out: `tests/run` runs them"]
fn duckdb_files_are_only_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("none.db");
    let address = format!("duckdb:{}", file.display());
    assert!(matches!(connect(&address), Err(Failure::Engine(_))));
    assert!(!file.exists(), "a name that is not there makes no file");
    connected(Kind::DuckDb)
        .run(&format!("ATTACH '{}' AS made; CREATE TABLE made.t AS SELECT 'x' AS x", file.display()))
        .unwrap();
    let mut remote = connect(&address).unwrap();
    assert_eq!(remote.query("SELECT x FROM t").unwrap().cell(0, 0), Some("x"));
    assert!(matches!(remote.run("DROP TABLE t"), Err(Failure::Engine(_))));
}

#[test]
#[ignore = "the engines are left out: `tests/run` runs them"]
fn postgres_by_its_protocol() {
    speaks(Kind::Postgres);
    takes_much(
        Kind::Postgres,
        "SELECT i::text AS i, repeat('x', 50) AS t FROM generate_series(0, 199999) AS i",
        "SELECT repeat('y', 9000000) AS t",
    );
    tells(Kind::Postgres, "SELECT nope", "column \"nope\" does not exist (42703)");
    let mut remote = connected(Kind::Postgres);
    // After an error, and after an answer that can't be used, the next answer is the right one.
    assert!(matches!(remote.query("SELECT 'a'; SELECT 'b'"), Err(Failure::Answer(_))));
    assert!(matches!(remote.query("SELECT (1 / 0)::text"), Err(Failure::Engine(_))));
    assert!(matches!(remote.run("COPY pg_class FROM STDIN"), Err(Failure::Engine(_))));
    assert_eq!(remote.query("SELECT 'a\\b' AS t").unwrap().cell(0, 0), Some("a\\b"));
    // A connection that the server ends is told apart from an error.
    let ended = remote.query("SELECT pg_terminate_backend(pg_backend_pid())::text");
    assert!(matches!(ended, Err(Failure::Interrupted(_))), "{ended:?}");
}

#[test]
#[ignore = "the engines are left out: `tests/run` runs them"]
fn spark_by_spark_connect() {
    speaks(Kind::Spark);
    takes_much(
        Kind::Spark,
        "SELECT CAST(id AS STRING) AS i, repeat('x', 50) AS t FROM range(200000)",
        "SELECT repeat('y', 9000000) AS t",
    );
    tells(Kind::Spark, "SELECT nope FROM range(1)", "UNRESOLVED_COLUMN");
    let mut remote = connected(Kind::Spark);
    // What looks like a variable is text: the server's own variables stay there.
    assert_eq!(remote.query("SELECT '${env:HOME}' AS t").unwrap().cell(0, 0), Some("${env:HOME}"));
    assert!(matches!(remote.query("SELECT CAST(1 / 0 AS STRING) AS t"), Err(Failure::Engine(_))));
    assert!(matches!(remote.query("SELECT 1 AS whole"), Err(Failure::Answer(wrong)) if wrong.contains("`whole`")));
}

#[test]
#[ignore = "the engines are left out: `tests/run` runs them"]
fn spark_reads_csv_through_a_view() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("semi.csv");
    std::fs::write(&file, "a;b\n007;\"x;\"\"y\"\n;1.50\n").unwrap();
    let mut remote = connected(Kind::Spark);
    let options = "header 'true', sep ';', quote '\"', escape '\"', inferSchema 'false'";
    let path = file.display();
    remote.run(&format!("CREATE TEMPORARY VIEW semi USING csv OPTIONS (path '{path}', {options})")).unwrap();
    let rows = remote.query("SELECT a, b FROM semi ORDER BY b").unwrap();
    assert_eq!(read(&rows), [[None, Some("1.50")], [Some("007"), Some("x;\"y")]]);
}
