//! PostgreSQL, by its own protocol over a socket: the simple query protocol gives each cell as a text.

mod login;
mod wire;

use std::time::Duration;

use fallible_iterator::FallibleIterator as _;
use postgres_protocol::message::backend::{DataRowBody, ErrorResponseBody, Message, RowDescriptionBody};
use postgres_protocol::message::frontend;

use super::address::PostgresServer;
use super::{Canceller, Failure, Remote, Rows};
use wire::Wire;

/// What the SQL relies on, whatever the server's and the user's own settings are: a backslash in a text is itself,
/// dates are written as in ISO 8601.
const SETTINGS: &str = "SET standard_conforming_strings = on; SET DateStyle = ISO, YMD; SET IntervalStyle = postgres; \
                        SET TimeZone = UTC; SET extra_float_digits = 1";

/// How long to wait for a connection unless the address says it.
const PATIENCE: u64 = 30;

/// How long to wait for a server that is asked to cancel.
const FAREWELL: Duration = Duration::from_secs(5);

/// A session of a server.
pub struct Postgres {
    wire: Wire,
    server: PostgresServer,
    key: Key,
}

/// What the server gives so that a query can be cancelled: its process, and a number that proves who asks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Key {
    process: i32,
    secret: i32,
}

impl Postgres {
    /// Connects and logs in.
    pub fn connect(server: &PostgresServer) -> Result<Self, Failure> {
        let patience = Duration::from_secs(server.patience.filter(|seconds| *seconds != 0).unwrap_or(PATIENCE));
        let mut wire = Wire::open(server, patience)?;
        let key = login::login(&mut wire, server).map_err(|failure| failure.at_first(&server.place(), wire::HELP))?;
        wire.wait_for_ever()?;
        let mut connected = Self { wire, server: server.clone(), key };
        connected.run(SETTINGS)?;
        Ok(connected)
    }

    /// Sends SQL and hands on each message of the answer until the server is ready for more.
    fn answer(&mut self, sql: &str, each: &mut dyn FnMut(Message) -> Result<(), Failure>) -> Result<(), Failure> {
        if sql.contains('\0') {
            return Err(Failure::engine("the SQL has a character of code 0, which PostgreSQL can't read"));
        }
        self.wire.send(|buffer| frontend::query(sql, buffer))?;
        let mut failed = None;
        loop {
            match self.wire.receive()? {
                Message::ReadyForQuery(_) => return failed.map_or(Ok(()), Err),
                // An error that ends the connection is followed by nothing.
                Message::ErrorResponse(body) if is_fatal(&body) => return Err(Failure::interrupted(complaint(&body))),
                Message::ErrorResponse(body) => failed = Some(Failure::engine(&complaint(&body))),
                Message::CopyInResponse(_) => {
                    self.wire.send(|buffer| frontend::copy_fail("no rows to copy", buffer))?
                }
                // The rest of an answer that can't be used is read too: the next one comes after it.
                message if failed.is_none() => failed = each(message).err(),
                _ => {}
            }
        }
    }
}

impl Remote for Postgres {
    fn run(&mut self, sql: &str) -> Result<(), Failure> {
        self.answer(sql, &mut |_| Ok(()))
    }

    fn query(&mut self, sql: &str) -> Result<Rows, Failure> {
        let mut rows: Option<Rows> = None;
        self.answer(sql, &mut |message| match message {
            Message::RowDescription(_) if rows.is_some() => Err(Failure::answer("there is more than one result")),
            Message::RowDescription(body) => {
                rows = Some(Rows::new(names(&body)?));
                Ok(())
            }
            Message::DataRow(body) => rows.as_mut().map_or_else(|| Err(malformed()), |rows| add(&body, rows)),
            _ => Ok(()),
        })?;
        rows.ok_or_else(|| Failure::answer("the statement gives no rows"))
    }

    fn canceller(&self) -> Canceller {
        let (server, key) = (self.server.clone(), self.key);
        Canceller::new(move || {
            if let Ok(mut wire) = Wire::open(&server, FAREWELL) {
                let _ = wire.send(|buffer| {
                    frontend::cancel_request(key.process, key.secret, buffer);
                    Ok(())
                });
                // The server closes the connection when it has heard.
                let _ = wire.receive();
            }
        })
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.wire.send(|buffer| {
            frontend::terminate(buffer);
            Ok(())
        });
    }
}

fn malformed() -> Failure {
    Failure::answer("a message of the server has not the form it should have")
}

fn names(body: &RowDescriptionBody) -> Result<Vec<String>, Failure> {
    body.fields().map(|field| Ok(field.name().to_owned())).collect().map_err(|_| malformed())
}

fn add(body: &DataRowBody, rows: &mut Rows) -> Result<(), Failure> {
    let bytes = body.buffer();
    let mut ranges = body.ranges();
    let mut count = 0;
    while let Some(range) = ranges.next().map_err(|_| malformed())? {
        let cell =
            range.map(|range| bytes.get(range).and_then(|bytes| std::str::from_utf8(bytes).ok()).ok_or_else(malformed));
        rows.push(cell.transpose()?);
        count += 1;
    }
    if count == rows.names().len() { Ok(()) } else { Err(malformed()) }
}

/// The message of an error, with its code, its detail and the server's hint.
fn complaint(body: &ErrorResponseBody) -> String {
    let (mut message, mut more, mut code) = (String::new(), Vec::new(), String::new());
    let mut fields = body.fields();
    while let Ok(Some(field)) = fields.next() {
        let text = String::from_utf8_lossy(field.value_bytes());
        match field.type_() {
            b'M' => message = text.into_owned(),
            b'C' => code = text.into_owned(),
            b'D' | b'H' => more.push(text.into_owned()),
            _ => {}
        }
    }
    let mut lines = vec![format!("{message} ({code})")];
    lines.append(&mut more);
    lines.join("\n")
}

/// Whether the server ends the connection with this error.
fn is_fatal(body: &ErrorResponseBody) -> bool {
    let mut fields = body.fields();
    while let Ok(Some(field)) = fields.next() {
        if field.type_() == b'V' {
            return matches!(field.value_bytes(), b"FATAL" | b"PANIC");
        }
    }
    false
}
