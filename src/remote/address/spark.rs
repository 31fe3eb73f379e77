//! The address of a Spark Connect server, as Spark's documentation has it: `sc://HOST:PORT/;name=value;name=value`.

use super::super::Failure;
use super::{Secret, host_and_port, is_local, parameters};

/// Where Spark Connect listens unless told otherwise.
const PORT: u16 = 15_002;

/// The largest message unless told otherwise, as in Spark's own clients.
const MAX_MESSAGE: usize = 128 << 20;

const HELP: &str = "write `sc://HOST:PORT` or `sc://HOST:PORT/;user_id=NAME`; the port is 15002 unless it is written";

const TLS: &str = "connect through a tunnel, as `ssh -N -L 15002:HOST:15002 GATEWAY`, and write `sc://localhost:15002`";

/// A Spark Connect server and who asks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SparkServer {
    /// A name or an IP address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Who asks, where the address says it.
    pub user: Option<String>,
    /// What is sent as bearer token.
    pub token: Option<Secret>,
    /// The program that asks.
    pub agent: Option<String>,
    /// A session that others share, which is not ended then.
    pub session: Option<String>,
    /// The largest message that is taken, in bytes.
    pub max_message: usize,
}

impl SparkServer {
    /// Reads what comes after `sc://`.
    ///
    /// # Errors
    /// [`Failure::Address`], with what to write.
    pub fn read(rest: &str) -> Result<Self, Failure> {
        let (place, path) = rest.split_once('/').unwrap_or((rest, ""));
        if !path.is_empty() && !path.starts_with(';') {
            return Err(Failure::address(
                "the address of Spark has a path; only parameters may come after the port",
                HELP,
            ));
        }
        if place.contains([';', '@']) {
            return Err(Failure::address("the parameters of Spark's address come after `/;`", HELP));
        }
        let (host, port) = host_and_port(place, PORT, HELP)?;
        if host.is_empty() {
            return Err(Failure::address("the address of Spark has no host", HELP));
        }
        let mut given = parameters(path.split(';'), HELP)?;
        let ssl = truth(given.remove("use_ssl"))?;
        let server = Self {
            host,
            port,
            user: given.remove("user_id"),
            token: given.remove("token").map(Secret),
            agent: given.remove("user_agent"),
            session: given.remove("session_id").map(uuid).transpose()?,
            max_message: size(given.remove("grpc_max_message_size"))?,
        };
        if let Some(name) = given.keys().next() {
            let known =
                "known are `user_id`, `token`, `use_ssl`, `user_agent`, `session_id` and `grpc_max_message_size`";
            return Err(Failure::address(&format!("the address of Spark has a parameter `{name}`"), known));
        }
        server.secure(ssl)
    }

    /// What would be sent in the clear although it must not is refused.
    fn secure(self, ssl: Option<bool>) -> Result<Self, Failure> {
        if ssl == Some(true) {
            return Err(Failure::address("`use_ssl=true`: this program does not speak TLS", TLS));
        }
        if self.token.is_some() && !is_local(&self.host) {
            return Err(Failure::address("a token is not sent without TLS, which this program does not speak", TLS));
        }
        let plain = |text: &String| text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if !self.token.as_ref().is_none_or(|token| plain(&token.0)) || !self.agent.as_ref().is_none_or(plain) {
            return Err(Failure::address("`token` and `user_agent` can hold printable ASCII only", HELP));
        }
        Ok(self)
    }
}

fn truth(value: Option<String>) -> Result<Option<bool>, Failure> {
    match value.as_deref() {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(_) => Err(Failure::address("`use_ssl` of the address is neither `true` nor `false`", HELP)),
    }
}

fn size(value: Option<String>) -> Result<usize, Failure> {
    let Some(value) = value else { return Ok(MAX_MESSAGE) };
    let read = value.parse().ok().filter(|size| (1024..=1 << 31).contains(size));
    read.ok_or_else(|| {
        Failure::address(
            "`grpc_max_message_size` of the address is not a number of bytes from 1024 to 2147483648",
            HELP,
        )
    })
}

fn uuid(value: String) -> Result<String, Failure> {
    let form = |(at, c): (usize, char)| if matches!(at, 8 | 13 | 18 | 23) { c == '-' } else { c.is_ascii_hexdigit() };
    if value.len() == 36 && value.chars().enumerate().all(form) {
        return Ok(value);
    }
    Err(Failure::address(
        "`session_id` of the address is not a UUID",
        "write it as `00112233-4455-6677-8899-aabbccddeeff`",
    ))
}
