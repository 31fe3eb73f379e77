//! Messages over a socket: TCP, or a Unix socket where the host is a folder.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use bytes::BytesMut;
use postgres_protocol::message::backend::Message;

use super::super::Failure;
use super::super::address::PostgresServer;

/// Bytes that are read at a time.
const CHUNK: usize = 64 << 10;

/// What to check.
pub const HELP: &str = "check the host and the port, that PostgreSQL runs there, that it listens beyond its own machine \
                    (`listen_addresses`), and that no firewall lies between";

/// Both kinds of sockets.
enum Socket {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(std::os::unix::net::UnixStream),
}

/// A socket, and what was read of the next messages.
pub struct Wire {
    socket: Socket,
    unread: BytesMut,
    chunk: Vec<u8>,
}

impl Wire {
    /// Connects.
    pub fn open(server: &PostgresServer, patience: Duration) -> Result<Self, Failure> {
        let socket = if server.host.starts_with('/') { unix(server, patience) } else { tcp(server, patience) };
        let socket = socket.map_err(|error| Failure::unreachable(&server.place(), error, HELP))?;
        Ok(Self { socket, unread: BytesMut::new(), chunk: vec![0; CHUNK] })
    }

    /// A query may take hours.
    pub fn wait_for_ever(&mut self) -> Result<(), Failure> {
        self.socket.set_patience(None).map_err(Failure::interrupted)
    }

    /// Sends a message.
    pub fn send(&mut self, write: impl FnOnce(&mut BytesMut) -> io::Result<()>) -> Result<(), Failure> {
        let mut message = BytesMut::new();
        write(&mut message).map_err(Failure::interrupted)?;
        self.socket.stream().write_all(&message).map_err(Failure::interrupted)
    }

    /// Waits for the next message that is not a notice or a changed setting.
    pub fn receive(&mut self) -> Result<Message, Failure> {
        loop {
            match Message::parse(&mut self.unread) {
                Ok(Some(
                    Message::NoticeResponse(_) | Message::ParameterStatus(_) | Message::NotificationResponse(_),
                )) => {}
                Ok(Some(message)) => return Ok(message),
                Ok(None) => self.fill()?,
                Err(error) => return Err(Failure::answer(&format!("it is not PostgreSQL's protocol: {error}"))),
            }
        }
    }

    fn fill(&mut self) -> Result<(), Failure> {
        let read = loop {
            match self.socket.stream().read(&mut self.chunk) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read.map_err(Failure::interrupted)?,
            }
        };
        if read == 0 {
            return Err(Failure::interrupted("the server closed the connection"));
        }
        self.unread.extend_from_slice(self.chunk.get(..read).unwrap_or_default());
        Ok(())
    }
}

/// What a socket can do.
trait Stream: Read + Write {}
impl<S: Read + Write> Stream for S {}

impl Socket {
    fn stream(&mut self) -> &mut dyn Stream {
        match self {
            Self::Tcp(stream) => stream,
            #[cfg(unix)]
            Self::Unix(stream) => stream,
        }
    }

    fn set_patience(&self, patience: Option<Duration>) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.set_read_timeout(patience),
            #[cfg(unix)]
            Self::Unix(stream) => stream.set_read_timeout(patience),
        }
    }
}

fn tcp(server: &PostgresServer, patience: Duration) -> io::Result<Socket> {
    let mut failed = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in (server.host.as_str(), server.port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, patience) {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                let socket = Socket::Tcp(stream);
                socket.set_patience(Some(patience))?;
                return Ok(socket);
            }
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

#[cfg(unix)]
fn unix(server: &PostgresServer, patience: Duration) -> io::Result<Socket> {
    let path = format!("{}/.s.PGSQL.{}", server.host, server.port);
    let socket = Socket::Unix(std::os::unix::net::UnixStream::connect(path)?);
    socket.set_patience(Some(patience))?;
    Ok(socket)
}

#[cfg(not(unix))]
fn unix(_: &PostgresServer, _: Duration) -> io::Result<Socket> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "there are no Unix sockets here"))
}
