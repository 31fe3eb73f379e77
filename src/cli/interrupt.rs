//! What is done if the user interrupts the program: files that are being written and have a name already are removed, and
//! an engine that computes elsewhere is told to stop.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use tempfile::NamedTempFile;

use crate::remote::Canceller;

/// The exit code of a program that was interrupted.
const INTERRUPTED: i32 = 130;

static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
static ENGINE: Mutex<Option<Canceller>> = Mutex::new(None);
static HANDLER: Once = Once::new();
/// What an interruption asks for: [`STOP`], or [`FINISH`], which it turns into [`ASKED`].
static WISH: AtomicU8 = AtomicU8::new(STOP);
/// The end of the program.
const STOP: u8 = 0;
/// A result from what is done so far.
const FINISH: u8 = 1;
/// That was asked for; the next interruption ends the program.
const ASKED: u8 = 2;

/// For as long as this is kept, the first interruption asks for a result from what is done so far.
pub struct Finishing(());

/// Lets the first interruption ask for what is done so far, rather than end the program.
pub fn finishing() -> Finishing {
    HANDLER.call_once(|| drop(ctrlc::set_handler(stop)));
    WISH.store(FINISH, Ordering::SeqCst);
    Finishing(())
}

impl Finishing {
    /// Whether the user has asked for what is done so far.
    pub fn is_asked(&self) -> bool {
        WISH.load(Ordering::SeqCst) == ASKED
    }
}

impl Drop for Finishing {
    fn drop(&mut self) {
        WISH.store(STOP, Ordering::SeqCst);
    }
}

/// Lets an interruption stop what an engine computes.
pub fn stops(engine: Canceller) {
    HANDLER.call_once(|| drop(ctrlc::set_handler(stop)));
    *ENGINE.lock().unwrap_or_else(PoisonError::into_inner) = Some(engine);
}

fn unfinished() -> MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes a temporary file that is gone if the user interrupts the program.
pub fn guarded(make: impl FnOnce() -> io::Result<NamedTempFile>) -> io::Result<NamedTempFile> {
    // Without a handler the file may be left over, which is no reason not to write it.
    HANDLER.call_once(|| drop(ctrlc::set_handler(stop)));
    // No file is made between the removal of all and the end of the program.
    let mut unfinished = unfinished();
    let file = make()?;
    unfinished.push(file.path().to_owned());
    Ok(file)
}

fn stop() {
    if WISH.compare_exchange(FINISH, ASKED, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
        return;
    }
    let mut unfinished = unfinished();
    remove(&mut unfinished);
    if let Some(engine) = ENGINE.lock().unwrap_or_else(PoisonError::into_inner).take() {
        engine.cancel();
    }
    std::process::exit(INTERRUPTED);
}

/// Removes the files. One that has been put in its place has its temporary name no more.
fn remove(unfinished: &mut Vec<PathBuf>) {
    for path in unfinished.drain(..) {
        let _ = std::fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_interruption_asks_for_what_is_done() {
        let finishing = finishing();
        assert!(!finishing.is_asked());
        stop();
        assert!(finishing.is_asked());
        drop(finishing);
        assert_eq!(WISH.load(Ordering::SeqCst), STOP);
    }

    #[test]
    fn what_is_unfinished_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let half = guarded(|| NamedTempFile::new_in(folder.path())).unwrap();
        let done = guarded(|| NamedTempFile::new_in(folder.path())).unwrap();
        done.persist(folder.path().join("done")).unwrap();
        assert!(half.path().exists());
        remove(&mut unfinished());
        assert!(!half.path().exists() && folder.path().join("done").exists());
    }
}
