//! What can be done to the Spark cluster while a job runs on it. In: the shared engine. Out: how far the job is, and a
//! worker that is killed in its middle.

use std::sync::MutexGuard;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::engine::{Engine, Kind, Rows, rows};

/// The shared Spark cluster, for one test alone.
pub struct Cluster(MutexGuard<'static, Engine>);

/// A stage that runs now.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Stage {
    pub done: u64,
    /// The tasks that must run again, those too that were done on an executor which is lost.
    pub failed: u64,
    pub tasks: u64,
}

/// How far the cluster is.
#[derive(Clone, Debug, Deserialize)]
pub struct Progress {
    /// Whether the query of `begin` runs.
    pub running: bool,
    pub stages: Vec<Stage>,
    /// Since the cluster started.
    pub lost_executors: u64,
}

impl Progress {
    /// Whether a stage of many tasks has done some of them but not nearly all.
    pub fn is_middle(&self) -> bool {
        self.stages
            .iter()
            .any(|stage| stage.tasks >= 16 && stage.done >= stage.tasks / 8 && stage.done <= stage.tasks / 2)
    }
}

/// When a worker was killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kill {
    /// While the job was in its middle, and a task died with the worker.
    Middle,
    /// Too late to prove anything: the job was done, or nearly.
    Late,
}

impl Cluster {
    /// Takes the cluster of this process, which is started when it is first asked for.
    pub fn take() -> Cluster {
        Cluster(Engine::shared(Kind::Spark))
    }

    /// The cluster as an engine.
    pub fn engine(&mut self) -> &mut Engine {
        &mut self.0
    }

    /// Begins a query, and returns while it runs.
    pub fn begin(&mut self, sql: &str) -> Result<(), String> {
        self.0.ask(&json!({ "begin": sql })).map(|_| ())
    }

    /// Waits for the answer of the query that was begun.
    pub fn finish(&mut self) -> Result<Rows, String> {
        rows(self.0.ask(&json!({ "finish": null }))?)
    }

    /// How far the cluster is.
    pub fn progress(&mut self) -> Result<Progress, String> {
        let answer: Value = self.0.ask(&json!({ "progress": null }))?;
        serde_json::from_value(answer).map_err(|error| error.to_string())
    }

    /// Kills a worker and its executor without warning (SIGKILL).
    pub fn kill_worker(&mut self) -> Result<(), String> {
        self.0.ask(&json!({ "kill_worker": null })).map(|_| ())
    }

    /// Starts a worker in the place of one that was killed, and waits until it can work.
    pub fn restore(&mut self) -> Result<(), String> {
        self.0.ask(&json!({ "restore": null })).map(|_| ())
    }

    /// Waits until the job that runs is in its middle, and kills a worker. `running` says whether the job still runs,
    /// which may have been begun by `begin` or by another program.
    pub fn kill_in_the_middle(&mut self, mut running: impl FnMut(&Progress) -> bool) -> Result<Kill, String> {
        let before = loop {
            let progress = self.progress()?;
            if progress.is_middle() {
                break progress.lost_executors;
            }
            if !running(&progress) {
                return Ok(Kill::Late);
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        self.kill_worker()?;
        loop {
            let after = self.progress()?;
            if after.lost_executors > before && after.stages.iter().any(|stage| stage.failed > 0) {
                return Ok(Kill::Middle);
            }
            if !running(&after) {
                return Ok(Kill::Late);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
