//! A Spark cluster through Spark Connect: SQL goes to the server by gRPC, rows come back as Arrow.

mod arrow;
mod flat;
mod grpc;
mod messages;
mod status;
#[cfg(test)]
mod tests;

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;

use super::address::SparkServer;
use super::{Canceller, Failure, Remote, Rows, Watcher};
use grpc::Grpc;
use messages::{Asker, Response, Task};

/// What the SQL relies on, whatever the settings of the server are: an overflow is an error, a backslash in a text is
/// an escape, `"` quotes a text, and `${..}` in a text is itself and not the value of a variable of the server.
const SETTINGS: &[(&str, &str)] = &[
    ("spark.sql.ansi.enabled", "true"),
    ("spark.sql.ansi.doubleQuotedIdentifiers", "false"),
    ("spark.sql.parser.escapedStringLiterals", "false"),
    ("spark.sql.variable.substitute", "false"),
    ("spark.sql.session.timeZone", "UTC"),
    ("spark.sql.execution.arrow.compression.codec", "none"),
];

/// A session of a server.
pub struct Spark {
    grpc: Grpc,
    server: SparkServer,
    asker: Asker,
    /// A session that the address names is left for others.
    shared: bool,
    watcher: Option<Watcher>,
}

impl Spark {
    /// Connects, and begins a session.
    pub fn connect(server: &SparkServer) -> Result<Self, Failure> {
        let agent = server.agent.clone().unwrap_or_else(|| concat!("rules/", env!("CARGO_PKG_VERSION")).to_owned());
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let user = server.user.clone().or_else(|| variable("SPARK_USER")).or_else(|| variable("USER"));
        let asker = Asker {
            session: server.session.clone().unwrap_or_else(uuid),
            user: user.or_else(|| variable("USERNAME")).unwrap_or_else(|| "rules".to_owned()),
            agent,
            tag: format!("rules-{}", uuid()),
        };
        let grpc = Grpc::connect(server, &asker.agent)?;
        let set = grpc.call("Config", &messages::set(&asker, SETTINGS), &mut |_| Ok(()));
        set.map_err(|failure| grpc.at_first(failure))?;
        Ok(Self { grpc, server: server.clone(), asker, shared: server.session.is_some(), watcher: None })
    }
}

impl Remote for Spark {
    fn run(&mut self, sql: &str) -> Result<(), Failure> {
        self.grpc.call("ExecutePlan", &messages::execute(&self.asker, Task::Command, sql), &mut |_| Ok(()))
    }

    fn query(&mut self, sql: &str) -> Result<Rows, Failure> {
        let mut rows = None;
        let request = messages::execute(&self.asker, Task::Query, sql);
        self.grpc.call("ExecutePlan", &request, &mut |response| {
            let broken = || Failure::answer("a message of Spark Connect is broken");
            let batch = match messages::response(response).ok_or_else(broken)? {
                Response::Rows(batch) => batch,
                Response::Tasks { done, all } => {
                    self.watcher.iter().for_each(|told| told(done, all));
                    return Ok(());
                }
                Response::Other => return Ok(()),
            };
            let added = arrow::add(batch.data, &mut rows).map_err(|wrong| Failure::answer(&wrong))?;
            if added == batch.rows {
                Ok(())
            } else {
                Err(Failure::answer("an Arrow batch has not the rows that Spark names"))
            }
        })?;
        rows.ok_or_else(|| Failure::answer("the statement gives no rows"))
    }

    fn watch(&mut self, told: Watcher) {
        self.watcher = Some(told);
    }

    fn canceller(&self) -> Canceller {
        let (server, asker) = (self.server.clone(), self.asker.clone());
        Canceller::new(move || {
            // This connection is busy: another one tells it.
            if let Ok(grpc) = Grpc::connect(&server, &asker.agent) {
                grpc.bid_farewell("Interrupt", &messages::interrupt(&asker));
            }
        })
    }
}

impl Drop for Spark {
    fn drop(&mut self) {
        if !self.shared {
            self.grpc.bid_farewell("ReleaseSession", &messages::release(&self.asker));
        }
    }
}

/// A UUID of version 4. Its bits come from the keys that the system gives a map: it has to be unlike others, no more.
fn uuid() -> String {
    let bits = || u128::from(RandomState::new().hash_one(0_u8));
    // Keys of one thread follow each other; each number is hashed with keys of its own.
    let number = (bits() << 64 | bits()) & !(0xf << 76) & !(0x3 << 62) | 4 << 76 | 2 << 62;
    let digits = format!("{number:032x}");
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}
