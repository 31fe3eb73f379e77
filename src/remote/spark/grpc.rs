//! Calls of gRPC over HTTP/2. Input: the name of a method and one message. Output: the messages of the answer, each
//! handed on as it comes, or a failure by the status at the end.

use std::time::Duration;

use bytes::{Buf as _, Bytes, BytesMut};
use h2::client::SendRequest;
use h2::{Reason, RecvStream};
use http::{HeaderMap, Request, Response};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

use super::super::Failure;
use super::super::address::SparkServer;
use super::status;

/// How long to wait for a connection.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long to wait for a farewell.
const FAREWELL: Duration = Duration::from_secs(5);

/// Bytes that the server may send before we have read them.
const WINDOW: u32 = 16 << 20;

/// The most bytes of headers: errors come in them.
const MAX_HEADERS: u32 = 1 << 20;

const HELP: &str = "check the host and the port, that Spark Connect runs there (`sbin/start-connect-server.sh`; its port is \
                    15002 unless told otherwise, not the master's 7077), and that no firewall lies between";

/// A connection to a server.
pub struct Grpc {
    runtime: Runtime,
    client: SendRequest<Bytes>,
    place: String,
    agent: String,
    token: Option<String>,
    max_message: usize,
}

impl Grpc {
    /// Connects.
    pub fn connect(server: &SparkServer, agent: &str) -> Result<Self, Failure> {
        let host = if server.host.contains(':') { format!("[{}]", server.host) } else { server.host.clone() };
        let place = format!("{host}:{}", server.port);
        let unreachable = |why: &dyn std::fmt::Display| Failure::unreachable(&place, why, HELP);
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| unreachable(&error))?;
        let client = runtime.block_on(async {
            let connecting = tokio::time::timeout(PATIENCE, TcpStream::connect((server.host.as_str(), server.port)));
            let stream = match connecting.await {
                Ok(stream) => stream.map_err(|error| unreachable(&error))?,
                Err(_) => return Err(unreachable(&"there was no answer in 30 seconds")),
            };
            stream.set_nodelay(true).map_err(|error| unreachable(&error))?;
            let mut settings = h2::client::Builder::new();
            settings
                .initial_window_size(WINDOW)
                .initial_connection_window_size(WINDOW)
                .max_header_list_size(MAX_HEADERS);
            let (client, connection) = settings.handshake(stream).await.map_err(|error| unreachable(&error))?;
            // What goes wrong with the connection is told by each call too.
            tokio::spawn(async move { drop(connection.await) });
            Ok(client)
        })?;
        let token = server.token.as_ref().map(|secret| format!("Bearer {}", secret.0));
        Ok(Self { runtime, client, place, agent: agent.to_owned(), token, max_message: server.max_message })
    }

    /// A failure of the first call means that there is no such server.
    pub fn at_first(&self, failure: Failure) -> Failure {
        failure.at_first(&self.place, HELP)
    }

    /// Calls a method, and waits for the end of its answer.
    pub fn call(
        &self,
        method: &str,
        message: &[u8],
        each: &mut dyn FnMut(&[u8]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.runtime.block_on(self.converse(method, message, each))
    }

    /// Calls a method whose answer matters little: a server that does not answer soon is left alone.
    pub fn bid_farewell(&self, method: &str, message: &[u8]) {
        let mut ignored = |_: &[u8]| Ok(());
        let call = self.converse(method, message, &mut ignored);
        drop(self.runtime.block_on(async { tokio::time::timeout(FAREWELL, call).await }));
    }

    async fn converse(
        &self,
        method: &str,
        message: &[u8],
        each: &mut dyn FnMut(&[u8]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut client = self.client.clone().ready().await.map_err(|error| lost(&error))?;
        let (answer, mut body) = client.send_request(self.request(method)?, false).map_err(|error| lost(&error))?;
        body.send_data(framed(message)?, true).map_err(|error| lost(&error))?;
        let answer = answer.await.map_err(|error| lost(&error))?;
        check_headers(&answer)?;
        // An answer without messages may have its status at once.
        let head = answer.headers().clone();
        let mut body = answer.into_body();
        self.read(&mut body, each).await?;
        match body.trailers().await.map_err(|error| lost(&error))? {
            Some(trailers) => status::judge(&trailers),
            None => status::judge(&head),
        }
    }

    fn request(&self, method: &str) -> Result<Request<()>, Failure> {
        let mut request = Request::post(format!("http://{}/spark.connect.SparkConnectService/{method}", self.place))
            .header("te", "trailers")
            .header("content-type", "application/grpc")
            .header("user-agent", &self.agent);
        if let Some(token) = &self.token {
            request = request.header("authorization", token);
        }
        request.body(()).map_err(|error| Failure::unreachable(&self.place, error, HELP))
    }

    /// Reads the messages of an answer: each has a flag and its length before it.
    async fn read(
        &self,
        body: &mut RecvStream,
        each: &mut dyn FnMut(&[u8]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut unread = BytesMut::new();
        while let Some(chunk) = body.data().await {
            let chunk = match chunk {
                Ok(chunk) => chunk,
                // A server may stop reading what it needs no more; the status follows.
                Err(error) if error.reason() == Some(Reason::NO_ERROR) => break,
                Err(error) => return Err(lost(&error)),
            };
            body.flow_control().release_capacity(chunk.len()).map_err(|error| lost(&error))?;
            unread.extend_from_slice(&chunk);
            while let Some((compressed, length)) = prefix(&unread) {
                if compressed {
                    return Err(Failure::answer("its messages are compressed, which was not asked for"));
                }
                if length > self.max_message {
                    return Err(too_large(length));
                }
                let Some(message) = unread.get(5..5 + length) else {
                    unread.reserve(5 + length - unread.len());
                    break;
                };
                each(message)?;
                unread.advance(5 + length);
            }
        }
        if unread.is_empty() { Ok(()) } else { Err(Failure::interrupted("a message is cut off")) }
    }
}

fn prefix(unread: &[u8]) -> Option<(bool, usize)> {
    let [flag, length @ ..] = *unread.first_chunk::<5>()?;
    Some((flag != 0, usize::try_from(u32::from_be_bytes(length)).ok()?))
}

fn framed(message: &[u8]) -> Result<Bytes, Failure> {
    let length = u32::try_from(message.len()).map_err(|_| Failure::engine("the SQL is longer than 4 GiB"))?;
    let mut framed = BytesMut::with_capacity(message.len() + 5);
    framed.extend_from_slice(&[0]);
    framed.extend_from_slice(&length.to_be_bytes());
    framed.extend_from_slice(message);
    Ok(framed.freeze())
}

fn check_headers(answer: &Response<RecvStream>) -> Result<(), Failure> {
    let kind = |headers: &HeaderMap| {
        let kind = headers.get("content-type").and_then(|kind| kind.to_str().ok());
        kind.is_some_and(|kind| kind.starts_with("application/grpc"))
    };
    if answer.status().is_success() && kind(answer.headers()) {
        return Ok(());
    }
    let code = answer.status().as_u16();
    Err(match code {
        401 | 403 => Failure::engine(&format!("the server or a gateway before it refuses: HTTP {code}")),
        502..=504 => Failure::interrupted(format!("a gateway can't reach the server: HTTP {code}")),
        _ => Failure::answer(&format!("it is not gRPC but HTTP {code}")),
    })
}

fn too_large(length: usize) -> Failure {
    let more = "write a larger `grpc_max_message_size` in the address";
    Failure::answer(&format!("a message has {length} bytes, more than are taken: {more}"))
}

fn lost(error: &h2::Error) -> Failure {
    Failure::interrupted(error)
}
