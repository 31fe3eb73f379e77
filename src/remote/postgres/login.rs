//! Logs in: who asks, for which database, and the password in the way that the server wants.

use bytes::BytesMut;
use fallible_iterator::FallibleIterator as _;
use postgres_protocol::authentication::md5_hash;
use postgres_protocol::authentication::sasl::{ChannelBinding, SCRAM_SHA_256, ScramSha256};
use postgres_protocol::message::backend::{AuthenticationSaslBody, Message};
use postgres_protocol::message::frontend;

use super::super::Failure;
use super::super::address::PostgresServer;
use super::Key;
use super::wire::Wire;

const USER: &str = "write `postgres://USER@HOST/DATABASE`, or set the variable `PGUSER`";

/// Brings the connection to where it takes queries, and gives what cancels one.
pub fn login(wire: &mut Wire, server: &PostgresServer) -> Result<Key, Failure> {
    let mut key = Key::default();
    let user = server.user.clone().or_else(|| variable("PGUSER")).or_else(|| variable("USER"));
    let user = user.ok_or_else(|| Failure::address("the address of PostgreSQL has no user", USER))?;
    let database = server.database.clone().or_else(|| variable("PGDATABASE")).unwrap_or_else(|| user.clone());
    let application = server.application.as_deref().unwrap_or("rules");
    let given =
        [("user", &*user), ("database", &*database), ("client_encoding", "UTF8"), ("application_name", application)];
    wire.send(|buffer| frontend::startup_message(given, buffer))?;
    loop {
        match wire.receive()? {
            Message::AuthenticationOk => {}
            Message::BackendKeyData(body) => key = Key { process: body.process_id(), secret: body.secret_key() },
            Message::ReadyForQuery(_) => return Ok(key),
            Message::ErrorResponse(body) => return Err(Failure::engine(&super::complaint(&body))),
            Message::AuthenticationCleartextPassword if server.is_local() => {
                let password = password(server)?;
                wire.send(|buffer| frontend::password_message(password.as_bytes(), buffer))?;
            }
            Message::AuthenticationCleartextPassword => return Err(clear(server)),
            Message::AuthenticationMd5Password(body) => {
                let hash = md5_hash(user.as_bytes(), password(server)?.as_bytes(), body.salt());
                wire.send(|buffer| frontend::password_message(hash.as_bytes(), buffer))?;
            }
            Message::AuthenticationSasl(body) => scram(wire, server, &body)?,
            _ => return Err(other(server)),
        }
    }
}

/// The password is proven to the server, and the server to us, without being sent.
fn scram(wire: &mut Wire, server: &PostgresServer, offered: &AuthenticationSaslBody) -> Result<(), Failure> {
    let mut mechanisms = offered.mechanisms();
    let known = loop {
        match mechanisms.next() {
            Ok(Some(SCRAM_SHA_256)) => break true,
            Ok(Some(_)) => {}
            _ => break false,
        }
    };
    if !known {
        return Err(other(server));
    }
    let unproven = |_| Failure::answer("the server could not prove that it knows the password");
    let mut proof = ScramSha256::new(password(server)?.as_bytes(), ChannelBinding::unsupported());
    wire.send(|buffer| frontend::sasl_initial_response(SCRAM_SHA_256, proof.message(), buffer))?;
    match wire.receive()? {
        Message::AuthenticationSaslContinue(body) => proof.update(body.data()).map_err(unproven)?,
        Message::ErrorResponse(body) => return Err(Failure::engine(&super::complaint(&body))),
        _ => return Err(other(server)),
    }
    wire.send(|buffer: &mut BytesMut| frontend::sasl_response(proof.message(), buffer))?;
    match wire.receive()? {
        Message::AuthenticationSaslFinal(body) => proof.finish(body.data()).map_err(unproven),
        Message::ErrorResponse(body) => Err(Failure::engine(&super::complaint(&body))),
        _ => Err(other(server)),
    }
}

fn password(server: &PostgresServer) -> Result<String, Failure> {
    let given = server.password.as_ref().map(|secret| secret.0.clone()).or_else(|| variable("PGPASSWORD"));
    given.ok_or_else(|| {
        let help = "set the variable `PGPASSWORD`: what stands in a command can be read by others on the machine";
        Failure::unreachable(&server.place(), "the server asks for a password", help)
    })
}

fn clear(server: &PostgresServer) -> Failure {
    let help = "let the server ask by `scram-sha-256` (pg_hba.conf), or connect through a tunnel";
    Failure::unreachable(&server.place(), "the server wants the password in the clear, without TLS", help)
}

fn other(server: &PostgresServer) -> Failure {
    let help = "let the server ask by `scram-sha-256` (pg_hba.conf)";
    Failure::unreachable(&server.place(), "the server wants a login that this program does not know", help)
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty() && !value.contains('\0'))
}
