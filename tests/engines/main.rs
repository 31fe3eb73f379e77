//! The engines on which a scheme runs as SQL: DuckDB, PostgreSQL, ClickHouse, and a Spark cluster, started by the tests.
//!
//! `tests/run` installs them and runs these tests; without them the tests are ignored, and say so.

#[cfg(test)]
mod agree;
#[cfg(test)]
mod cluster;
#[cfg(test)]
mod engine;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod faulty;
#[cfg(test)]
mod generated;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod on;
#[cfg(test)]
mod remote;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod smoke;
#[cfg(test)]
mod table;
#[cfg(test)]
mod worker_killed;

// The generator of schemes and data is that of the property tests.
#[cfg(test)]
#[path = "../property/data.rs"]
mod data;
#[cfg(test)]
#[path = "../property/expr.rs"]
mod expr;
#[cfg(test)]
#[path = "../property/index.rs"]
mod index;
#[cfg(test)]
#[path = "../property/over.rs"]
mod over;
#[cfg(test)]
#[path = "../property/rng.rs"]
mod rng;
#[cfg(test)]
#[path = "../property/scheme.rs"]
#[expect(dead_code, reason = "rows are shuffled by other tests")]
mod scheme;
#[cfg(test)]
#[path = "../property/score.rs"]
mod score;
