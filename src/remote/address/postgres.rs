//! The address of a PostgreSQL server, as libpq's documentation has it:
//! `postgres://USER:PASSWORD@HOST:PORT/DATABASE?name=value&name=value`.

use super::super::Failure;
use super::{Secret, decoded, host_and_port, is_local, parameters};

/// Where PostgreSQL listens unless told otherwise.
const PORT: u16 = 5432;

const HELP: &str = "write `postgres://USER@HOST:PORT/DATABASE`; the password comes from the variable `PGPASSWORD`, \
                    and `@`, `:`, `/` and `%` in a name are written `%40`, `%3A`, `%2F` and `%25`";

const TLS: &str = "write `sslmode=disable` where the network is trusted, or connect through a tunnel, as \
                   `ssh -N -L 5432:localhost:5432 HOST`, and write `postgres://USER@localhost:5432/DATABASE`";

/// A PostgreSQL server, a database and who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresServer {
    /// A name or an IP address; a folder (it begins with `/`) where a Unix socket lies.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Who asks, where the address says it.
    pub user: Option<String>,
    /// The password, where the address has one.
    pub password: Option<Secret>,
    /// The database, where the address says it.
    pub database: Option<String>,
    /// What the server shows as the program's name.
    pub application: Option<String>,
    /// Seconds to wait for the connection.
    pub patience: Option<u64>,
}

impl PostgresServer {
    /// Reads what comes after `postgres://`.
    ///
    /// # Errors
    /// [`Failure::Address`], with what to write.
    pub fn read(rest: &str) -> Result<Self, Failure> {
        let (main, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (place, database) = main.split_once('/').unwrap_or((main, ""));
        let (who, place) = place.rsplit_once('@').unwrap_or(("", place));
        let (user, password) = match who.split_once(':') {
            Some((user, password)) => (user, Some(Secret(decoded(password, HELP)?))),
            None => (who, None),
        };
        if place.contains(',') {
            return Err(Failure::address("the address of PostgreSQL names several hosts", "write one host"));
        }
        let (host, port) = host_and_port(place, PORT, HELP)?;
        let mut given = parameters(query.split('&'), HELP)?;
        tls(given.remove("sslmode").as_deref())?;
        let some = |text: String| (!text.is_empty()).then_some(text);
        let server = Self {
            host: given.remove("host").or_else(|| some(host)).unwrap_or_else(|| "localhost".to_owned()),
            port,
            user: given.remove("user").or(some(decoded(user, HELP)?)),
            password: given.remove("password").map(Secret).or(password),
            database: given.remove("dbname").or(some(decoded(database, HELP)?)),
            application: given.remove("application_name"),
            patience: given.remove("connect_timeout").map(|text| seconds(&text)).transpose()?,
        };
        server.checked(given.keys().next())
    }

    fn checked(self, unknown: Option<&String>) -> Result<Self, Failure> {
        if let Some(name) = unknown {
            let known =
                "known are `sslmode`, `host`, `user`, `password`, `dbname`, `application_name` and `connect_timeout`";
            return Err(Failure::address(&format!("the address of PostgreSQL has a parameter `{name}`"), known));
        }
        let texts = [self.user.as_ref(), self.database.as_ref(), self.application.as_ref(), Some(&self.host)];
        let secret = self.password.as_ref().map(|secret| &secret.0);
        if texts.into_iter().chain([secret]).flatten().any(|text| text.contains('\0')) {
            return Err(Failure::address("the address of PostgreSQL has a character `%00`", HELP));
        }
        Ok(self)
    }

    /// The host and the port, to be shown.
    pub fn place(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// Whether what is sent stays on this machine.
    pub fn is_local(&self) -> bool {
        is_local(&self.host)
    }
}

fn tls(mode: Option<&str>) -> Result<(), Failure> {
    match mode {
        None | Some("disable" | "allow" | "prefer") => Ok(()),
        Some(mode @ ("require" | "verify-ca" | "verify-full")) => {
            Err(Failure::address(&format!("`sslmode={mode}`: this program does not speak TLS"), TLS))
        }
        Some(_) => Err(Failure::address("`sslmode` of the address is none of PostgreSQL's", TLS)),
    }
}

fn seconds(text: &str) -> Result<u64, Failure> {
    text.parse().map_err(|_| Failure::address("`connect_timeout` of the address is not a number of seconds", HELP))
}
