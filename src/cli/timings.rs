//! How long the stages of a run take, for `--timings`.
//!
//! Input: the end of each stage. Output: a line for each on standard error.

use std::io::{self, Write};
use std::time::{Duration, Instant};

/// The stages of a run so far, and how long each took; nothing where they aren't asked for.
#[derive(Debug, Default)]
pub struct Timings {
    started: Option<Instant>,
    last: Option<Instant>,
    stages: Vec<(&'static str, Duration)>,
}

#[expect(clippy::disallowed_methods, reason = "the command line may look at a clock; no result depends on it")]
fn now() -> Instant {
    Instant::now()
}

impl Timings {
    /// Begins to take the time, if it is wanted.
    pub fn new(wanted: bool) -> Self {
        let started = wanted.then(now);
        Self { started, last: started, stages: Vec::new() }
    }

    /// Says that a stage has ended, which began where the last one ended. Stages of one name are added up.
    pub fn done(&mut self, stage: &'static str) {
        let Some(last) = self.last else { return };
        let now = now();
        self.last = Some(now);
        let took = now.saturating_duration_since(last);
        match self.stages.iter_mut().find(|(name, _)| *name == stage) {
            Some((_, sum)) => *sum += took,
            None => self.stages.push((stage, took)),
        }
    }

    /// Writes a line for each stage, and their sum.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let Some((started, last)) = self.started.zip(self.last) else { return Ok(()) };
        let all = ("all", last.saturating_duration_since(started));
        let width = self.stages.iter().map(|(name, _)| name.len()).max().unwrap_or(0).max(all.0.len());
        for (name, took) in self.stages.iter().chain([&all]) {
            writeln!(out, "{name:width$}  {:9.3} s", took.as_secs_f64())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(timings: &Timings) -> Vec<String> {
        let mut out = Vec::new();
        timings.write(&mut out).unwrap();
        String::from_utf8(out).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn stages_are_listed_in_their_order() {
        let mut timings = Timings::new(true);
        for stage in ["compile", "read", "run", "read"] {
            timings.done(stage);
        }
        let names: Vec<String> =
            lines(&timings).iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect();
        assert_eq!(names, ["compile", "read", "run", "all"]);
        assert!(lines(&timings).iter().all(|line| line.ends_with(" s")));
    }

    #[test]
    fn nothing_is_said_unasked() {
        let mut timings = Timings::default();
        timings.done("compile");
        assert!(lines(&timings).is_empty());
    }
}
