//! Runs a program and writes what it took to a file: `measure FILE PROGRAM ARGUMENT...`. It is so small itself that the
//! peak of a small program can be told: a process begins with the peak of the one that starts it.

use std::io;
use std::process::{Command, ExitCode};
use std::time::Instant;

fn main() -> io::Result<ExitCode> {
    let mut words = std::env::args_os().skip(1);
    let (Some(to), Some(program)) = (words.next(), words.next()) else {
        return Err(io::Error::other("usage: measure FILE PROGRAM ARGUMENT..."));
    };
    let start = Instant::now();
    let status = Command::new(program).args(words).status()?;
    let wall = start.elapsed().as_secs_f64();
    let usage = usage_of_children()?;
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    let (user, system) = (seconds(usage.ru_utime), seconds(usage.ru_stime));
    let peak = usage.ru_maxrss * 1024;
    std::fs::write(to, format!("{{\"wall\": {wall}, \"user\": {user}, \"system\": {system}, \"peak\": {peak}}}\n"))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn usage_of_children() -> io::Result<libc::rusage> {
    // SAFETY: a `rusage` is made of numbers, for which zeros are values.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: `usage` is a place for the one `rusage` that the call writes.
    match unsafe { libc::getrusage(libc::RUSAGE_CHILDREN, &raw mut usage) } {
        0 => Ok(usage),
        _ => Err(io::Error::last_os_error()),
    }
}
