//! The line on a terminal that says how far a run has come: from a second on, and gone at the end.
//!
//! Input: a [`Progress`], which is counted elsewhere, or the settings of a sweep. Output: a line on standard error, written
//! over again and again.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::Terminal;
use crate::data::Bound;
use crate::data::progress::Progress;

/// Nothing is shown of what is done sooner.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the line is written.
const BEAT: Duration = Duration::from_millis(100);

/// How many signs the bar has.
const WIDTH: u64 = 24;

/// Brings the cursor to the start of the line, and removes what stands behind it.
const CLEAR: &str = "\r\x1b[K";

/// The line, for as long as this is kept.
#[derive(Debug, Default)]
pub struct Bar {
    /// Bytes of files.
    bytes: Progress,
    /// Settings of a sweep, once files are read.
    runs: Progress,
    _drawing: Option<Drawing>,
}

/// The line while an engine works, for as long as this is kept.
#[derive(Debug)]
pub struct Waiting {
    _drawing: Option<Drawing>,
}

/// A thread that writes the line over and over, until this is dropped.
#[derive(Debug)]
struct Drawing(Option<(Sender<()>, JoinHandle<()>)>);

/// Whether standard error is a terminal on which lines can be written over, and on which anything is to be said.
pub fn is_wanted(terminal: &Terminal<'_>) -> bool {
    let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    terminal.style.talks() && io::stderr().is_terminal() && !dumb
}

impl Bar {
    /// Shows how far the reading of some files comes, if it is wanted.
    pub fn over<'b>(files: impl Iterator<Item = &'b mut Bound>, wanted: bool) -> Self {
        if !wanted {
            return Self::default();
        }
        let (bytes, runs) = (Progress::watched(), Progress::watched());
        for bound in files {
            bound.progress = bytes.clone();
            bytes.expect(size_of(bound));
        }
        let drawing = Drawing::of(line_of_reading(bytes.clone(), runs.clone()));
        Self { bytes, runs, _drawing: Some(drawing) }
    }

    /// Begins again: the files are read once more.
    pub fn restart(&self) {
        self.bytes.restart();
        self.turn_to_runs(0);
    }

    /// Shows how many of so many runs are done from here on.
    pub fn turn_to_runs(&self, count: usize) {
        self.runs.restart();
        self.runs.pass(u64::MAX);
        self.runs.expect(count as u64);
    }

    /// Counts a run.
    pub fn run_done(&self) {
        self.runs.add(1);
    }
}

/// The bytes of a file as they lie on the disk; none where that isn't known.
pub fn size_of(bound: &Bound) -> u64 {
    std::fs::metadata(&bound.path).map_or(0, |about| about.len())
}

impl Waiting {
    /// Shows what is waited for, and how many tasks are done of those there are so far, if it is wanted.
    pub fn until(what: String, tasks: &Progress, wanted: bool) -> Self {
        let tasks = tasks.clone();
        let line = move |elapsed| line_of_tasks(&what, tasks.now(), elapsed);
        Self { _drawing: wanted.then(|| Drawing::of(line)) }
    }
}

impl Drawing {
    /// Writes what a function says after some time.
    fn of(line: impl FnMut(Duration) -> String + Send + 'static) -> Self {
        let (stop, stopped) = mpsc::channel();
        let drawing = std::thread::spawn(move || draw(line, &stopped));
        Self(Some((stop, drawing)))
    }
}

impl Drop for Drawing {
    fn drop(&mut self) {
        if let Some((stop, drawing)) = self.0.take() {
            drop(stop);
            // A panic there has shown itself; the run is not about it.
            let _ = drawing.join();
        }
    }
}

/// How far the reading has come, or the runs once there are any.
fn line_of_reading(bytes: Progress, runs: Progress) -> impl FnMut(Duration) -> String {
    let mut runs_start = None;
    move |elapsed| match runs.now() {
        (_, 0) => {
            runs_start = None;
            line(bytes.now(), elapsed)
        }
        counted => line_of_runs(counted, elapsed.saturating_sub(*runs_start.get_or_insert(elapsed))),
    }
}

#[expect(clippy::disallowed_methods, reason = "a rate needs a clock; no result depends on it")]
fn draw(mut line: impl FnMut(Duration) -> String, stopped: &mpsc::Receiver<()>) {
    let start = Instant::now();
    let mut wait = PATIENCE;
    while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
        // If standard error can't be written to there is nobody to tell.
        let _ = write!(io::stderr(), "{CLEAR}{}", line(start.elapsed()));
        wait = BEAT;
    }
    if wait == BEAT {
        let _ = write!(io::stderr(), "{CLEAR}");
    }
}

/// How far reading has come after some time. The total is 0 where it isn't known.
fn line((done, total): (u64, u64), elapsed: Duration) -> String {
    let rate = rate(done, elapsed);
    let speed = format!("{}/s", size(rate as u64));
    if total == 0 {
        return format!("{} read, {speed}", size(done));
    }
    // Bytes may be read twice where records go over the end of a block.
    let done = done.min(total);
    let left = if done == total { ", computing".to_owned() } else { left(done, total, rate) };
    format!("{}  {} of {}, {speed}{left}", bar(done, total), size(done), size(total))
}

/// How many runs are done after some time.
fn line_of_runs((done, total): (u64, u64), elapsed: Duration) -> String {
    let left = left(done, total, rate(done, elapsed));
    format!("{}  {done} of {total} settings{left}", bar(done, total))
}

/// What is waited for, and for how long. Tasks may be added while others are done, so that they make no share.
fn line_of_tasks(what: &str, (done, total): (u64, u64), elapsed: Duration) -> String {
    let tasks = if total == 0 { String::new() } else { format!(": {done} of {total} tasks so far") };
    format!("{what}{tasks}, {}", time(elapsed.as_secs()))
}

fn rate(done: u64, elapsed: Duration) -> f64 {
    done as f64 / elapsed.as_secs_f64().max(0.001)
}

fn bar(done: u64, total: u64) -> String {
    let part = |of: u64| done.saturating_mul(of) / total.max(1);
    let signs: String = (0..WIDTH).map(|at| if at < part(WIDTH) { '█' } else { '░' }).collect();
    format!("{signs} {:3} %", part(100))
}

fn left(done: u64, total: u64, rate: f64) -> String {
    match total.saturating_sub(done) {
        _ if done == 0 => String::new(),
        rest => format!(", {} left", time((rest as f64 / rate.max(0.001)) as u64)),
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes / 1000),
        1_000_000..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{}.{} GB", bytes / 1_000_000_000, bytes / 100_000_000 % 10),
    }
}

fn time(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_it_is() {
        let second = Duration::from_secs(2);
        let bar = |filled: usize| format!("{}{}", "█".repeat(filled), "░".repeat(24 - filled));
        for (done, total, shown) in [
            (0, 0, "0 kB read, 0 kB/s".to_owned()),
            (3_200_000_000, 0, "3.2 GB read, 1.6 GB/s".to_owned()),
            (0, 10, format!("{}   0 %  0 kB of 0 kB, 0 kB/s", bar(0))),
            (200_000_000, 800_000_000, format!("{}  25 %  200 MB of 800 MB, 100 MB/s, 6 s left", bar(6))),
            (2_000_000, 800_000_000, format!("{}   0 %  2 MB of 800 MB, 1 MB/s, 13 min 18 s left", bar(0))),
            (2_000, 8_000_000, format!("{}   0 %  2 kB of 8 MB, 1 kB/s, 2 h 13 min left", bar(0))),
            (900_000_000, 800_000_000, format!("{} 100 %  800 MB of 800 MB, 450 MB/s, computing", bar(24))),
        ] {
            assert_eq!(line((done, total), second), shown);
            assert!(shown.chars().count() < 80);
        }
    }

    #[test]
    fn the_line_says_what_is_waited_for() {
        let shown = |tasks, seconds| line_of_tasks("Spark computes", tasks, Duration::from_secs(seconds));
        assert_eq!(shown((0, 0), 7), "Spark computes, 7 s");
        assert_eq!(shown((12, 70), 125), "Spark computes: 12 of 70 tasks so far, 2 min 5 s");
    }

    #[test]
    fn the_line_counts_runs() {
        let shown = |done| line_of_runs((done, 1000), Duration::from_secs(2));
        assert_eq!(shown(0), format!("{}   0 %  0 of 1000 settings", "░".repeat(24)));
        assert_eq!(shown(250), format!("{}{}  25 %  250 of 1000 settings, 6 s left", "█".repeat(6), "░".repeat(18)));
        assert_eq!(shown(1000), format!("{} 100 %  1000 of 1000 settings, 0 s left", "█".repeat(24)));
    }
}
