//! Runs on several threads, whose results come in order.

use std::ops::ControlFlow;
use std::thread;

/// So many runs of a thread are done before the next results are handed on.
const MOST_AHEAD: usize = 64;

/// Does so many runs; `each` takes their results in order, until it breaks off. The first run is done before any other,
/// and only a few of the next ones ahead of it: where the first break off, little is done in vain.
pub fn in_order<T: Send>(
    count: usize,
    threads: usize,
    run: &(dyn Fn(usize) -> T + Sync),
    each: &mut dyn FnMut(usize, T) -> ControlFlow<()>,
) {
    let (threads, mut from, mut width) = (threads.max(1), 0, 1);
    while from < count {
        let to = count.min(from + width);
        for (at, result) in (from..to).zip(part(from, to, threads, run)) {
            if each(at, result).is_break() {
                return;
            }
        }
        from = to;
        width = (width * 2).max(threads).min(threads * MOST_AHEAD);
    }
}

/// The results of some runs: each thread does one in so many, so that all have the same share of long ones.
fn part<T: Send>(from: usize, to: usize, threads: usize, run: &(dyn Fn(usize) -> T + Sync)) -> Vec<T> {
    let threads = threads.min(to - from);
    if threads <= 1 {
        return (from..to).map(run).collect();
    }
    let share = |first: usize| (from + first..to).step_by(threads).map(run).collect::<Vec<T>>();
    let shares: Vec<Vec<T>> = thread::scope(|scope| {
        let started: Vec<_> = (0..threads).map(|first| scope.spawn(move || share(first))).collect();
        let finish = |thread: thread::ScopedJoinHandle<'_, Vec<T>>| match thread.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        started.into_iter().map(finish).collect()
    });
    let mut shares: Vec<_> = shares.into_iter().map(Vec::into_iter).collect();
    (from..to).filter_map(|at| shares.get_mut((at - from) % threads)?.next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order() {
        let mut seen = Vec::new();
        in_order(1000, 3, &|at| at * 3, &mut |at, result| {
            seen.push((at, result));
            if at == 700 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!(seen, (0..=700).map(|at| (at, at * 3)).collect::<Vec<_>>());
    }
}
