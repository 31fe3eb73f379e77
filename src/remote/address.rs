//! Addresses of engines. Input: what the user wrote after `--on`. Output: an [`Address`], or a failure that says what to
//! write. A part that may hold a password or a token is never repeated.

use std::collections::BTreeMap;
use std::fmt;

use super::Failure;

mod postgres;
mod spark;

pub use postgres::PostgresServer;
pub use spark::SparkServer;

/// The kinds of engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A Spark cluster, through Spark Connect.
    Spark,
    /// A PostgreSQL server.
    Postgres,
    /// The `duckdb` program.
    DuckDb,
}

/// An address that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// `sc://..`
    Spark(SparkServer),
    /// `postgres://..`
    Postgres(PostgresServer),
    /// `duckdb:FILE`; empty for a database in memory.
    DuckDb(String),
}

/// What the forms are, for a help.
const FORMS: &str = "write `sc://HOST:PORT`, `postgres://USER@HOST:PORT/DATABASE` or `duckdb:FILE`";

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// [`Failure::Address`], with what to write.
    pub fn read(address: &str) -> Result<Self, Failure> {
        if let Some(rest) = address.strip_prefix("sc://") {
            return SparkServer::read(rest).map(Self::Spark);
        }
        if let Some(rest) = address.strip_prefix("postgres://").or_else(|| address.strip_prefix("postgresql://")) {
            return PostgresServer::read(rest).map(Self::Postgres);
        }
        if let Some(file) = address.strip_prefix("duckdb:") {
            return Ok(Self::DuckDb(if file == ":memory:" { String::new() } else { file.to_owned() }));
        }
        Err(match address.split_once(':') {
            // What comes after the scheme may hold a password.
            Some((scheme, _)) => {
                Failure::address(&format!("no engine has an address that begins with `{scheme}:`"), FORMS)
            }
            None => Failure::address("the address of an engine begins with what it is", FORMS),
        })
    }

    /// Which engine it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Spark(_) => Kind::Spark,
            Self::Postgres(_) => Kind::Postgres,
            Self::DuckDb(_) => Kind::DuckDb,
        }
    }
}

/// A password or token: never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub(super) String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

/// A host and a port, `HOST`, `HOST:PORT` or `[IPV6]:PORT`.
fn host_and_port(text: &str, default: u16, help: &str) -> Result<(String, u16), Failure> {
    let (host, port) = if let Some(rest) = text.strip_prefix('[') {
        let (host, after) =
            rest.split_once(']').ok_or_else(|| Failure::address("a `[` of the host is not closed", help))?;
        (host, after.strip_prefix(':'))
    } else {
        match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        }
    };
    let host = decoded(host, help)?;
    let bad = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '/' | '@' | '?' | '#' | '\\');
    if host.contains(bad) && !host.starts_with('/') {
        return Err(Failure::address("the address has a host that is not the name of one", help));
    }
    let port = match port {
        None | Some("") => default,
        Some(port) => port
            .parse()
            .ok()
            .filter(|port| *port != 0)
            // It may be a part of a password with an `@` or a `:` in it.
            .ok_or_else(|| Failure::address("the port of the address is not a number from 1 to 65535", help))?,
    };
    Ok((host, port))
}

/// `%XX` as the bytes that are meant.
fn decoded(text: &str, help: &str) -> Result<String, Failure> {
    let wrong = || {
        Failure::address("the address has a `%` that is not followed by two hexadecimal digits of a character", help)
    };
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit =
            || rest.next().and_then(|digit| char::from(digit).to_digit(16)).and_then(|digit| u8::try_from(digit).ok());
        let (Some(high), Some(low)) = (digit(), digit()) else { return Err(wrong()) };
        bytes.push(high * 16 + low);
    }
    String::from_utf8(bytes).map_err(|_| wrong())
}

/// `name=value` parts; a name that comes twice is a failure.
fn parameters<'a>(parts: impl Iterator<Item = &'a str>, help: &str) -> Result<BTreeMap<String, String>, Failure> {
    let mut read = BTreeMap::new();
    for part in parts.filter(|part| !part.is_empty()) {
        let (name, value) =
            part.split_once('=').ok_or_else(|| Failure::address("the address has a parameter without `=`", help))?;
        if read.insert(decoded(name, help)?, decoded(value, help)?).is_some() {
            return Err(Failure::address(&format!("the address has `{name}` twice"), help));
        }
    }
    Ok(read)
}

/// Whether what is sent to a host stays on this machine.
fn is_local(host: &str) -> bool {
    host == "localhost"
        || host.starts_with('/')
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
