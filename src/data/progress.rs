//! How far the reading of files has come. It is counted where bytes are read, and shown by whoever wants to; no result
//! depends on it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How far the reading of some files has come; clones count together. The default is one that nobody looks at.
#[derive(Debug, Clone, Default)]
pub struct Progress(Option<Arc<Counts>>);

#[derive(Debug, Default)]
struct Counts {
    done: AtomicU64,
    total: AtomicU64,
}

impl Progress {
    /// One that is looked at.
    pub fn watched() -> Self {
        Self(Some(Arc::default()))
    }

    /// Counts bytes as they lie on the disk, packed or not.
    pub fn add(&self, bytes: usize) {
        if let Some(counts) = &self.0 {
            counts.done.fetch_add(bytes as u64, Ordering::Relaxed);
        }
    }

    /// Expects so many bytes more.
    pub fn expect(&self, bytes: u64) {
        if let Some(counts) = &self.0 {
            counts.total.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    /// Expects so many bytes no longer.
    pub fn pass(&self, bytes: u64) {
        if let Some(counts) = &self.0 {
            let total = counts.total.load(Ordering::Relaxed);
            counts.total.store(total.saturating_sub(bytes), Ordering::Relaxed);
        }
    }

    /// Begins again: the same files are read once more.
    pub fn restart(&self) {
        if let Some(counts) = &self.0 {
            counts.done.store(0, Ordering::Relaxed);
        }
    }

    /// So many are done of so many, as another one has counted them.
    pub fn tell(&self, done: u64, total: u64) {
        if let Some(counts) = &self.0 {
            counts.done.store(done, Ordering::Relaxed);
            counts.total.store(total, Ordering::Relaxed);
        }
    }

    /// The bytes done, and all of them: 0 where that isn't known.
    pub fn now(&self) -> (u64, u64) {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        self.0.as_ref().map_or((0, 0), |counts| (load(&counts.done), load(&counts.total)))
    }
}
