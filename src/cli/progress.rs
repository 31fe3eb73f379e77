//! The line on a terminal that says how far reading has come: from a second on, and gone at the end.
//!
//! Input: a [`Progress`], which is counted elsewhere. Output: a line on standard error, written over again and again.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::cli::inputs::Files;
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
    progress: Progress,
    drawing: Option<(Sender<()>, JoinHandle<()>)>,
}

/// Whether standard error is a terminal on which lines can be written over.
pub fn is_possible() -> bool {
    let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    io::stderr().is_terminal() && !dumb
}

impl Bar {
    /// Shows how far the reading of some files comes, if it is wanted.
    pub fn over(files: &mut Files, wanted: bool) -> Self {
        if !wanted {
            return Self::default();
        }
        let progress = Progress::watched();
        for bound in files.iter_mut().flatten() {
            bound.progress = progress.clone();
            progress.expect(std::fs::metadata(&bound.path).map_or(0, |about| about.len()));
        }
        let (stop, stopped) = mpsc::channel();
        let counted = progress.clone();
        let drawing = std::thread::spawn(move || draw(&counted, &stopped));
        Self { progress, drawing: Some((stop, drawing)) }
    }

    /// Begins again: the files are read once more.
    pub fn restart(&self) {
        self.progress.restart();
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some((stop, drawing)) = self.drawing.take() {
            drop(stop);
            // A panic there has shown itself; the run is not about it.
            let _ = drawing.join();
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a rate needs a clock; no result depends on it")]
fn draw(progress: &Progress, stopped: &mpsc::Receiver<()>) {
    let start = Instant::now();
    let mut wait = PATIENCE;
    while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
        let (done, total) = progress.now();
        // If standard error can't be written to there is nobody to tell.
        let _ = write!(io::stderr(), "{CLEAR}{}", line(done, total, start.elapsed()));
        wait = BEAT;
    }
    if wait == BEAT {
        let _ = write!(io::stderr(), "{CLEAR}");
    }
}

/// How far it has come after some time. The total is 0 where it isn't known.
fn line(done: u64, total: u64, elapsed: Duration) -> String {
    let rate = done as f64 / elapsed.as_secs_f64().max(0.001);
    let speed = format!("{}/s", size(rate as u64));
    if total == 0 {
        return format!("{} read, {speed}", size(done));
    }
    // Bytes may be read twice where records go over the end of a block.
    let done = done.min(total);
    let filled = usize::try_from(done.saturating_mul(WIDTH) / total).unwrap_or(0);
    let bar: String = (0..WIDTH as usize).map(|at| if at < filled { '█' } else { '░' }).collect();
    let left = match done {
        0 => String::new(),
        _ if done == total => ", computing".to_owned(),
        _ => format!(", {} left", time(((total - done) as f64 / rate.max(1.0)) as u64)),
    };
    format!("{bar} {:3} %  {} of {}, {speed}{left}", done.saturating_mul(100) / total, size(done), size(total))
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
            assert_eq!(line(done, total, second), shown);
            assert!(shown.chars().count() < 80);
        }
    }
}
