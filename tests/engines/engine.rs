//! Engines that the tests start themselves. In: tables and SQL. Out: rows of exact texts.
//!
//! An engine is a Python program of this folder, which is asked in lines of JSON (`serving.py`) and stops, with
//! all that it started, when this process ends.

use std::io::{BufRead, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

/// The longest time for which an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(900);

/// An engine that runs SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    DuckDb,
    Postgres,
    ClickHouse,
    /// A standalone cluster: a master and two workers.
    Spark,
}

impl Kind {
    /// Every engine.
    pub const ALL: [Kind; 4] = [Kind::DuckDb, Kind::Postgres, Kind::ClickHouse, Kind::Spark];

    /// The name of the dialect of SQL, as `rules sql --dialect` has it.
    pub const fn dialect(self) -> &'static str {
        match self {
            Kind::DuckDb => "duckdb",
            Kind::Postgres => "postgres",
            Kind::ClickHouse => "clickhouse",
            Kind::Spark => "spark",
        }
    }

    const fn server(self) -> &'static str {
        match self {
            Kind::DuckDb => "serve_duckdb.py",
            Kind::Postgres => "serve_postgres.py",
            Kind::ClickHouse => "serve_chdb.py",
            Kind::Spark => "serve_spark.py",
        }
    }
}

/// A cell: a text, or nothing for a null.
pub type Cell = Option<String>;

/// The result of a query. Decimals are plain, dates ISO, booleans `true` or `false`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    pub names: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

/// A running engine, or a lane of one.
pub struct Engine {
    kind: Kind,
    /// The server's process; a lane has none.
    server: Option<Child>,
    requests: Requests,
    answers: Receiver<Value>,
    lanes: Lanes,
    /// The number of the lane; zero is the engine itself.
    lane: usize,
    address: String,
}

/// The server's input, which all lanes share.
type Requests = Arc<Mutex<Option<ChildStdin>>>;

/// Where the answers of each lane go.
type Lanes = Arc<Mutex<Vec<Sender<Value>>>>;

impl Engine {
    /// Starts an engine of the environment that `tests/run` made. An error says what is missing.
    pub fn start(kind: Kind) -> Result<Engine, String> {
        let environment = std::env::var("RULES_ENGINES")
            .map_err(|_| "run these tests by `tests/run`: it installs the engines and sets RULES_ENGINES".to_owned())?;
        let environment = Path::new(&environment);
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engines").join(kind.server());
        let mut server = Command::new(environment.join("bin/python"))
            .arg("-B")
            .arg(program)
            .arg(environment.parent().unwrap_or(environment))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Ctrl-C goes to the tests alone: the server sees that its input ends, and stops in order.
            .process_group(0)
            .spawn()
            .map_err(|error| format!("{}: {error}", environment.display()))?;
        let requests = Arc::new(Mutex::new(server.stdin.take()));
        let output = server.stdout.take().ok_or("a server without output")?;
        let (sender, answers) = channel();
        let lanes = Arc::new(Mutex::new(vec![sender]));
        let routes = Arc::clone(&lanes);
        std::thread::spawn(move || route(BufReader::new(output), &routes));
        let server = Some(server);
        let mut engine = Engine { kind, server, requests, answers, lanes, lane: 0, address: String::new() };
        let ready = engine.answer()?;
        ready["ready"]
            .as_str()
            .ok_or_else(|| format!("an answer without address: {ready}"))?
            .clone_into(&mut engine.address);
        Ok(engine)
    }

    /// The engine of this process, which is started when it is first asked for. A failure to start fails the test.
    pub fn shared(kind: Kind) -> MutexGuard<'static, Engine> {
        static ENGINES: [OnceLock<Result<Mutex<Engine>, String>>; 4] = [const { OnceLock::new() }; 4];
        let started = ENGINES[kind as usize].get_or_init(|| Engine::start(kind).map(Mutex::new));
        match started {
            Ok(engine) => engine.lock().unwrap_or_else(PoisonError::into_inner),
            Err(error) => panic!("{error}"),
        }
    }

    /// Another handle of the engine, whose requests run beside those of this one. Its tables are views of its own session
    /// where that is quicker. Spark alone has lanes.
    pub fn lane(&self) -> Engine {
        let (sender, answers) = channel();
        let mut lanes = locked(&self.lanes);
        lanes.push(sender);
        Engine {
            kind: self.kind,
            server: None,
            requests: Arc::clone(&self.requests),
            answers,
            lanes: Arc::clone(&self.lanes),
            lane: lanes.len() - 1,
            address: self.address.clone(),
        }
    }

    /// Which engine this is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Where the engine is: a URL of PostgreSQL, `sc://127.0.0.1:PORT` of Spark Connect, the file of DuckDB (free for
    /// another process until the next request), the folder of ClickHouse.
    pub fn address(&mut self) -> Result<&str, String> {
        if self.kind == Kind::DuckDb {
            self.ask(&json!({ "address": null }))?;
        }
        Ok(&self.address)
    }

    /// Makes or replaces a table. The columns are names with the engine's own types; the cells come as texts.
    pub fn load(&mut self, table: &str, columns: &[(&str, &str)], rows: &[Vec<Cell>]) -> Result<(), String> {
        let view = self.lane != 0;
        self.ask(&json!({ "load": { "table": table, "columns": columns, "rows": rows, "view": view } })).map(|_| ())
    }

    /// Runs one statement that has no result.
    pub fn script(&mut self, sql: &str) -> Result<(), String> {
        self.ask(&json!({ "script": sql })).map(|_| ())
    }

    /// Runs a query.
    pub fn query(&mut self, sql: &str) -> Result<Rows, String> {
        rows(self.ask(&json!({ "query": sql }))?)
    }

    /// Asks the server, and gives its answer.
    pub fn ask(&mut self, request: &Value) -> Result<Value, String> {
        let mut request = request.clone();
        request["lane"] = self.lane.into();
        let server = self.kind.server();
        let mut requests = locked(&self.requests);
        let pipe = requests.as_mut().ok_or("the engine is stopped")?;
        writeln!(pipe, "{request}").map_err(|error| format!("{server}: {error}"))?;
        drop(requests);
        self.answer()
    }

    fn answer(&mut self) -> Result<Value, String> {
        let server = self.kind.server();
        let mut answer =
            self.answers.recv_timeout(PATIENCE).map_err(|error| format!("{server} gives no answer: {error}"))?;
        match answer.get_mut("error").map(Value::take) {
            Some(Value::String(error)) => Err(error),
            _ => Ok(answer),
        }
    }
}

/// Hands each answer to its lane, until the server ends.
fn route(output: impl BufRead, lanes: &Lanes) {
    for line in output.lines().map_while(Result::ok) {
        let answer: Value =
            serde_json::from_str(&line).unwrap_or_else(|error| json!({ "error": format!("{error}: {line}") }));
        let lane = answer["lane"].as_u64().and_then(|lane| usize::try_from(lane).ok()).unwrap_or_default();
        if let Some(sender) = locked(lanes).get(lane) {
            // A lane that nobody waits for any more is no matter.
            let _ = sender.send(answer);
        }
    }
    // Whoever waits is told that no answer comes.
    locked(lanes).clear();
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            *locked(&self.requests) = None;
            // The server ends when its input does; a failure to wait leaves nothing to be done here.
            let _ = server.wait();
        }
    }
}

/// The rows of an answer.
pub fn rows(mut answer: Value) -> Result<Rows, String> {
    let mut part =
        |name: &str| answer.get_mut(name).map(Value::take).ok_or_else(|| format!("an answer without {name}"));
    let read = |error: serde_json::Error| error.to_string();
    Ok(Rows {
        names: serde_json::from_value(part("names")?).map_err(read)?,
        rows: serde_json::from_value(part("rows")?).map_err(read)?,
    })
}
