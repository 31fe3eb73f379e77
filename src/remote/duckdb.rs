//! DuckDB, through the user's own `duckdb` program, which runs beside this one as long as the connection lives.
//!
//! SQL goes to its input, so that no other user of the machine reads it in the list of programs; rows come back as
//! lines of JSON, which tell NULL from an empty text and carry each character. A file is opened for reading only.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Canceller, Failure, Remote, Rows};

/// The variable that names the program.
const PROGRAM: &str = "RULES_DUCKDB";

/// What the program prints after each answer. No line of an answer looks so: they begin with `[` or `{`.
const END: &str = "rules: end of answer";

/// Bytes of the program's complaints that are kept.
const MAX_COMPLAINTS: u64 = 64 << 10;

const HELP: &str = "install DuckDB's command-line program (`pip install duckdb-cli` brings it) so that `duckdb` is found on \
                    the PATH, or name it in the variable `RULES_DUCKDB`";

/// The running program.
pub struct DuckDb {
    /// It is shared with what cancels it.
    child: Arc<Mutex<Child>>,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    complaints: Option<JoinHandle<String>>,
}

impl DuckDb {
    /// Starts the program on a file, or in memory where the file is empty.
    pub fn open(file: &str) -> Result<Self, Failure> {
        let program =
            std::env::var_os(PROGRAM).filter(|name| !name.is_empty()).unwrap_or_else(|| OsString::from("duckdb"));
        let shown = program.to_string_lossy().into_owned();
        let unreachable = |why: &dyn std::fmt::Display| Failure::unreachable(&shown, why, HELP);
        let mut command = Command::new(&program);
        // The user's settings for the prompt must not change what is printed.
        command.args(["-no-init", "-batch", "-bail", "-json"]);
        if !file.is_empty() {
            // A file that begins with `-` would be read as an option.
            let path = if file.starts_with('-') { format!("./{file}") } else { file.to_owned() };
            command.args(["-readonly", &path]);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // What is called `duckdb` may be a small program that starts the real one: both are stopped by their group.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().map_err(|error| unreachable(&error))?;
        let (Some(input), Some(output), Some(complaints)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(unreachable(&"it has no input or output"));
        };
        let complaints = Some(std::thread::spawn(move || first_bytes(complaints)));
        let mut opened =
            Self { child: Arc::new(Mutex::new(child)), input: Some(input), output: BufReader::new(output), complaints };
        // A file that can't be opened is found here.
        opened.run("SELECT 1 AS opened").map_err(|failure| failure.at_first(&shown, HELP))?;
        Ok(opened)
    }

    /// Sends a statement and hands on each line of its answer.
    fn answer(&mut self, sql: &str, each: &mut dyn FnMut(&str) -> Result<(), Failure>) -> Result<(), Failure> {
        // The program reads a line that begins with a full stop as a command of its own, in some texts too.
        if sql.lines().any(|line| line.starts_with('.')) {
            return Err(Failure::engine(
                "a line of the SQL begins with `.`, which the program `duckdb` takes for a command",
            ));
        }
        let statement = sql.trim_end().trim_end_matches(';');
        let sent = match &mut self.input {
            Some(input) => write!(input, "{statement}\n;\n.print {END}\n").and_then(|()| input.flush()),
            None => return Err(Failure::interrupted("the program `duckdb` has ended")),
        };
        // If it has ended already, its complaint says more than the failure to write.
        let mut line = String::new();
        loop {
            line.clear();
            let read = self.output.read_line(&mut line).map_err(Failure::interrupted)?;
            if read == 0 {
                return Err(self.ended(sent.err()));
            }
            let text = line.trim_end_matches(['\n', '\r']);
            if text == END {
                return Ok(());
            }
            each(text)?;
        }
    }

    /// Why the program ended.
    fn ended(&mut self, sent: Option<std::io::Error>) -> Failure {
        self.input = None;
        let complaint = self.complaints.take().and_then(|thread| thread.join().ok()).unwrap_or_default();
        let ended = self.child.lock().unwrap_or_else(PoisonError::into_inner).wait();
        match ended {
            Ok(status) if status.code() != Some(1) || complaint.trim().is_empty() => {
                let why = format!("the program `duckdb` ended: {status}\n{complaint}");
                Failure::interrupted(sent.map_or(why.clone(), |error| format!("{why}\n{error}")))
            }
            Ok(_) => Failure::engine(&complaint),
            Err(error) => Failure::interrupted(error),
        }
    }
}

impl Remote for DuckDb {
    fn run(&mut self, sql: &str) -> Result<(), Failure> {
        self.answer(sql, &mut |_| Ok(()))
    }

    fn query(&mut self, sql: &str) -> Result<Rows, Failure> {
        let mut read: Option<Rows> = None;
        self.answer(sql, &mut |line| row(line, &mut read))?;
        if let Some(rows) = read {
            return Ok(rows);
        }
        // An answer without rows says nothing about its columns.
        let mut described: Option<Rows> = None;
        let statement = sql.trim_end().trim_end_matches(';');
        self.answer(&format!("DESCRIBE {statement}"), &mut |line| row(line, &mut described))?;
        let described = described.unwrap_or_default();
        Ok(Rows::new((0..described.len()).filter_map(|at| described.cell(at, 0)).map(str::to_owned).collect()))
    }

    fn canceller(&self) -> Canceller {
        let child = Arc::clone(&self.child);
        Canceller::new(move || kill(&child))
    }
}

impl Drop for DuckDb {
    fn drop(&mut self) {
        // Without input it ends by itself; a query that is still running isn't waited for.
        self.input = None;
        kill(&self.child);
        let _ = self.child.lock().unwrap_or_else(PoisonError::into_inner).wait();
    }
}

/// Stops the program, and what it has started.
fn kill(child: &Mutex<Child>) {
    let mut child = child.lock().unwrap_or_else(PoisonError::into_inner);
    // The number of one that has been waited for may belong to another by now.
    #[cfg(unix)]
    if matches!(child.try_wait(), Ok(None)) {
        let _ = rustix::process::kill_process_group(
            rustix::process::Pid::from_child(&child),
            rustix::process::Signal::KILL,
        );
    }
    let _ = child.kill();
}

/// The first bytes of the complaints; the rest is read too, lest the program wait for a reader.
fn first_bytes(mut complaints: impl Read) -> String {
    let mut kept = Vec::new();
    let _ = complaints.by_ref().take(MAX_COMPLAINTS).read_to_end(&mut kept);
    let _ = std::io::copy(&mut complaints, &mut std::io::sink());
    String::from_utf8_lossy(&kept).into_owned()
}

/// Reads one line of an array of objects: `[{..},`, `{..},`, `{..}]` or `[]`.
fn row(line: &str, rows: &mut Option<Rows>) -> Result<(), Failure> {
    let inner = line.strip_prefix('[').unwrap_or(line);
    let inner = inner.strip_suffix(',').or_else(|| inner.strip_suffix(']')).unwrap_or(inner);
    if inner.is_empty() {
        return Ok(());
    }
    let wrong = |error: serde_json::Error| Failure::answer(&format!("a line of `duckdb` is not JSON: {error}"));
    let mut reader = serde_json::Deserializer::from_str(inner);
    let cells = reader.deserialize_map(Cells { first: rows.is_none() }).map_err(wrong)?;
    reader.end().map_err(wrong)?;
    let rows = rows.get_or_insert_with(|| Rows::new(cells.names));
    if cells.texts.len() != rows.names().len() {
        return Err(Failure::answer("a row of `duckdb` has not as many cells as the first"));
    }
    cells.texts.iter().for_each(|cell| rows.push(cell.as_deref()));
    Ok(())
}

/// Collects the members of an object in their order; two may have the same name.
struct Cells {
    first: bool,
}

/// The members of an object.
struct Members {
    names: Vec<String>,
    texts: Vec<Option<String>>,
}

impl<'de> Visitor<'de> for Cells {
    type Value = Members;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Members { names: Vec::new(), texts: Vec::new() };
        while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            if self.first {
                members.names.push(name.into_owned());
            }
            let value = map.next_value::<&RawValue>()?.get();
            members.texts.push(match value {
                "null" => None,
                text if text.starts_with('"') => Some(serde_json::from_str(text).map_err(serde::de::Error::custom)?),
                other => Some(other.to_owned()),
            });
        }
        Ok(members)
    }
}
