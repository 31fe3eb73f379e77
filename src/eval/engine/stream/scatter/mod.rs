//! Brings the rows of units together that are scattered over an input: each row goes to the partition of its key, and
//! each partition is run as one part.
//!
//! Rows are kept as bytes, some 20 each; beyond the memory that is allowed they are put aside. A partition that is too
//! large is split again. The rows of one unit always stay together, however many there are.

mod buffer;
mod lane;
mod numbers;
mod shape;
mod sorter;
mod split;
#[cfg(test)]
mod tests;
mod texts;
mod together;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::StreamJob;
use super::ended::Ended;
use super::part::Totals;
use super::words::Words;
use super::workers::{on_threads, open, seen};
use crate::eval::engine::world::World;
use crate::eval::literals;
use crate::plan::needs::Needs;
use crate::value::column::Table;
use crate::value::piece::Wanted;
use crate::value::spill::Spill;
use shape::Shape;
use sorter::Sorter;
use texts::AllTexts;
use together::{Partition, Together};

/// Into how many partitions rows are sorted, as bits: of ten million rows each then fits the cache.
const BITS: u32 = 8;
const PARTITIONS: usize = 1 << BITS;

/// Partitions are run together up to so many rows.
const ROWS: usize = 1 << 14;

/// How many bytes the run of a partition takes for each byte of its rows, about.
const GROWTH: usize = 8;

/// What a run on scattered rows may use: beyond these bytes rows are put aside.
#[derive(Clone, Copy)]
pub struct Spilling<'a> {
    /// How many bytes of memory may be used.
    pub memory: usize,
    /// What takes the rows.
    pub store: &'a dyn Spill,
}

/// What all threads know of the sorted rows.
struct Sorted {
    shapes: Vec<Vec<Shape>>,
    texts: Vec<AllTexts>,
    like: Option<Table>,
}

impl Sorted {
    fn shapes(&self, thread: usize) -> &[Shape] {
        self.shapes.get(thread).map_or(&[], Vec::as_slice)
    }
}

/// The partition of a hash.
fn partition_of(hash: u64) -> u16 {
    u16::try_from(hash >> (u64::BITS - BITS)).unwrap_or_default()
}

/// What the rows of an input come to, for each thread; and a table with the texts that occurred.
pub fn gather<'p>(
    job: &'p StreamJob<'_>,
    world: &World<'_>,
    needs: &'p Needs,
    input: usize,
    wanted: &Wanted,
) -> Result<(Vec<Totals<'p>>, Table), Ended> {
    let texts = literals::looked_at(job.plan, job.wanted, input);
    let sorters = sort(job, input, wanted, &texts)?;
    let read: u64 = sorters.iter().map(|sorter| sorter.read).sum();
    let columns = job.plan.inputs.get(input).map_or(0, |input| input.schema.columns.len());
    let mut words = Words::new(&texts);
    let (partitions, sorted) = sorted(sorters, &mut words, columns);
    let run = Running { job, world, input, wanted, sorted: &sorted };
    let mut totals = run.all(needs, partitions)?;
    if let Some(first) = totals.first_mut() {
        first.input.read += read;
    }
    Ok((totals, seen(sorted.like, words, columns)))
}

/// Sorts the rows of an input into partitions.
fn sort<'w>(
    job: &'w StreamJob<'_>,
    input: usize,
    wanted: &'w Wanted,
    texts: &[usize],
) -> Result<Vec<Sorter<'w>>, Ended> {
    let pieces = open(job, input, wanted)?;
    let stop = AtomicBool::new(false);
    let spill = job.spill.map(|spill| (share(job, spill), spill.store));
    let work = |_| {
        let mut sorter = Sorter::new(wanted, texts, spill);
        let done = sorter.pieces(&mut *pieces.reader(), &stop);
        if done.is_err() {
            stop.store(true, Ordering::Relaxed);
        }
        done.map(|()| sorter)
    };
    on_threads(job.threads, work).into_iter().collect()
}

/// What the threads have found, by partitions.
fn sorted(sorters: Vec<Sorter<'_>>, words: &mut Words, columns: usize) -> (Vec<Partition>, Sorted) {
    let mut partitions: Vec<Partition> = (0..PARTITIONS).map(|_| Vec::new()).collect();
    let mut sorted = Sorted { shapes: Vec::new(), texts: Vec::new(), like: None };
    let mut of_threads = Vec::new();
    for (thread, sorter) in sorters.into_iter().enumerate() {
        words.join(sorter.words);
        sorted.like = sorted.like.or(sorter.like);
        sorted.shapes.push(sorter.shapes);
        of_threads.push(sorter.texts);
        let parts = partitions.iter_mut().zip(sorter.parts).filter(|(_, part)| part.rows > 0);
        parts.for_each(|(partition, part)| partition.push((thread, part)));
    }
    sorted.texts = (0..columns).map(|at| AllTexts::new(&of_threads, at)).collect();
    (partitions, sorted)
}

/// How much of the memory each thread has for sorted rows; as much is for the partitions that are run.
fn share(job: &StreamJob<'_>, spill: Spilling<'_>) -> usize {
    spill.memory / 2 / job.threads.max(1)
}

/// The partitions on their way.
struct Running<'r, 'p, 'j, 'w> {
    job: &'p StreamJob<'j>,
    world: &'r World<'w>,
    input: usize,
    wanted: &'r Wanted,
    sorted: &'r Sorted,
}

impl<'p> Running<'_, 'p, '_, '_> {
    fn all(&self, needs: &'p Needs, partitions: Vec<Partition>) -> Result<Vec<Totals<'p>>, Ended> {
        let partitions: Vec<_> = self.joined(partitions).into_iter().map(|list| Mutex::new(Some(list))).collect();
        let next = AtomicUsize::new(0);
        let work = |_| {
            let mut totals = Totals::new(self.job.plan, needs, self.input, self.wanted);
            let mut together = Together::default();
            while let Some(partition) = partitions.get(next.fetch_add(1, Ordering::Relaxed)) {
                let partition = partition.lock().ok().and_then(|mut place| place.take()).unwrap_or_default();
                let done = self.one(partition, 0, &mut totals, &mut together);
                if done.is_err() {
                    next.store(partitions.len(), Ordering::Relaxed);
                }
                done?;
            }
            Ok(totals)
        };
        on_threads(self.job.threads, work).into_iter().collect()
    }

    /// How many bytes a partition that is run may have.
    fn limit(&self) -> usize {
        self.job.spill.map_or(usize::MAX, |spill| share(self.job, spill) / GROWTH)
    }

    /// Small partitions are put together.
    fn joined(&self, partitions: Vec<Partition>) -> Vec<Partition> {
        let mut joined: Vec<Partition> = Vec::new();
        let (mut rows, mut bytes) = (usize::MAX, 0);
        for partition in partitions.into_iter().filter(|partition| !partition.is_empty()) {
            let (more_rows, more_bytes) = size(&partition);
            rows = rows.saturating_add(more_rows);
            bytes += more_bytes;
            match joined.last_mut() {
                Some(last) if rows <= ROWS && bytes <= self.limit() => last.extend(partition),
                _ => {
                    (rows, bytes) = (more_rows, more_bytes);
                    joined.push(partition);
                }
            }
        }
        joined
    }

    fn one(
        &self,
        partition: Partition,
        depth: u32,
        totals: &mut Totals<'_>,
        together: &mut Together,
    ) -> Result<(), Ended> {
        let limit = self.limit();
        if let Some(spill) = self.job.spill.filter(|_| size(&partition).1 > limit && depth < split::DEPTH) {
            let (parts, again) = split::split(partition, depth, self.sorted, (limit, spill.store))?;
            let depth = if again { depth + 1 } else { split::DEPTH };
            return parts.into_iter().try_for_each(|part| self.one(part, depth, totals, together));
        }
        let store = self.job.spill.map(|spill| spill.store);
        match together.part(partition, self.sorted, self.wanted, store)? {
            Some(part) => Ok(totals.add(self.world, self.input, part)?),
            None => Ok(()),
        }
    }
}

/// The rows and the bytes of a partition.
fn size(partition: &Partition) -> (usize, usize) {
    partition.iter().fold((0, 0), |(rows, bytes), (_, part)| (rows + part.rows, bytes + part.bytes))
}
