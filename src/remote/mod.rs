//! Engines that hold the user's data: a Spark cluster, a PostgreSQL server, a file of DuckDB.
//!
//! Input: an address and SQL. Output: rows of texts, as the engine wrote them, or a [`Failure`]. What the SQL means is
//! no matter here.

pub mod address;
mod duckdb;
pub mod failure;
#[cfg(feature = "postgres")]
mod postgres;
pub mod rows;
#[cfg(feature = "spark")]
mod spark;

#[cfg(test)]
mod tests;

pub use address::Kind;
pub use failure::Failure;
pub use rows::Rows;

/// A connection to an engine. It ends when it is dropped: what lives in its session, a temporary view say, ends with it.
///
/// After a failure the connection is not used again: not every engine goes on after one.
pub trait Remote: Send {
    /// Runs one statement whose result, if it has one, is not wanted.
    ///
    /// # Errors
    /// What the engine found wrong, or that it was lost.
    fn run(&mut self, sql: &str) -> Result<(), Failure>;

    /// Runs one query. Each column has to be a text in the SQL already (`CAST(.. AS ..)`): the texts are the engine's.
    ///
    /// # Errors
    /// What the engine found wrong, or that it was lost.
    fn query(&mut self, sql: &str) -> Result<Rows, Failure>;

    /// Has the work that queries make told while they run: how many of its tasks are done, and how many there are so far.
    /// Most engines don't say.
    fn watch(&mut self, _told: Watcher) {}

    /// What ends the engine's work if this program is interrupted: an engine elsewhere goes on without us otherwise.
    fn canceller(&self) -> Canceller;
}

/// Takes how many tasks are done, and how many there are so far.
pub type Watcher = Box<dyn Fn(u64, u64) + Send>;

/// Ends what an engine does for a connection, from any thread.
pub struct Canceller(Box<dyn Fn() + Send + Sync>);

impl Canceller {
    fn new(cancel: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Box::new(cancel))
    }

    /// Tells the engine, and waits a few seconds at most for it to hear. It may be too late, or in vain: nobody is told.
    pub fn cancel(&self) {
        (self.0)();
    }
}

/// Which engine an address means; nothing is connected.
///
/// # Errors
/// An address that can't be read.
pub fn kind(address: &str) -> Result<Kind, Failure> {
    address::Address::read(address).map(|read| read.kind())
}

/// Connects to an engine: `sc://HOST:PORT`, `postgres://USER@HOST:PORT/DATABASE`, `duckdb:FILE`.
///
/// # Errors
/// An address that can't be read, or an engine that can't be reached.
pub fn connect(address: &str) -> Result<Box<dyn Remote>, Failure> {
    match address::Address::read(address)? {
        address::Address::DuckDb(file) => Ok(Box::new(duckdb::DuckDb::open(&file)?)),
        #[cfg(feature = "spark")]
        address::Address::Spark(server) => Ok(Box::new(spark::Spark::connect(&server)?)),
        #[cfg(feature = "postgres")]
        address::Address::Postgres(server) => Ok(Box::new(postgres::Postgres::connect(&server)?)),
        #[cfg(not(all(feature = "spark", feature = "postgres")))]
        other => Err(failure::not_built(other.kind())),
    }
}
