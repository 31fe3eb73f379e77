//! The engines on which a scheme runs as SQL: DuckDB, PostgreSQL, ClickHouse, and a Spark cluster, started by the tests.
//!
//! `tests/run` installs them and runs these tests; without them the tests are ignored, and say so.

#[cfg(test)]
mod cluster;
#[cfg(test)]
mod engine;
#[cfg(test)]
mod smoke;
#[cfg(test)]
mod worker_killed;
