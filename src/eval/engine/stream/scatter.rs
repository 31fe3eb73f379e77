//! Brings the rows of units together that are scattered over an input: each row goes to the partition of its key, and
//! each partition is run as one part.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::StreamJob;
use super::codes::{Map, hash_of};
use super::edges::set_groups;
use super::part::{Part, Totals, select};
use super::tables::Joined;
use super::words::Words;
use super::workers::{on_threads, seen};
use crate::eval::engine::vector::{NONE, at, row};
use crate::eval::engine::world::World;
use crate::eval::literals;
use crate::eval::needs::Needs;
use crate::value::column::Table;
use crate::value::piece::{Keys, Piece, PieceReader, Runs, Unfit, Wanted};

/// Into how many partitions rows are sorted: of ten million rows each then fits the cache.
const PARTITIONS: usize = 256;

/// The rows of a partition that one thread has found.
#[derive(Default)]
struct Buffer {
    rows: Joined,
    /// The key of each row.
    keys: Keys,
}

/// What one thread has found.
struct Work {
    parts: Vec<Buffer>,
    words: Words,
    read: u64,
    like: Option<Table>,
}

/// What the rows of an input come to, for each thread; and a table with the texts that occurred.
pub fn gather<'p>(
    job: &'p StreamJob<'_>,
    world: &World<'_>,
    needs: &'p Needs,
    input: usize,
    wanted: &Wanted,
) -> Result<(Vec<Totals<'p>>, Table), Unfit> {
    let texts = literals::looked_at(job.plan, job.wanted, input);
    let sorted = sort(job, input, wanted, &texts)?;
    let (mut words, mut like, mut read) = (Words::new(&texts), None, 0);
    let mut partitions: Vec<Vec<Buffer>> = (0..PARTITIONS).map(|_| Vec::new()).collect();
    for work in sorted {
        words.join(work.words);
        like = like.or(work.like);
        read += work.read;
        partitions.iter_mut().zip(work.parts).for_each(|(list, part)| list.push(part));
    }
    let partitions: Vec<_> = partitions.into_iter().map(|list| std::sync::Mutex::new(Some(list))).collect();
    let next = AtomicUsize::new(0);
    let work = |_| {
        let mut totals = Totals::new(job.plan, needs, input, wanted);
        while let Some(partition) = partitions.get(next.fetch_add(1, Ordering::Relaxed)) {
            let parts = partition.lock().ok().and_then(|mut place| place.take()).unwrap_or_default();
            if let Some(part) = together(parts, wanted) {
                totals.add(world, input, Part::all(part))?;
            }
        }
        Ok(totals)
    };
    let totals: Result<Vec<Totals<'p>>, Unfit> = on_threads(job.threads, work).into_iter().collect();
    let mut totals = totals?;
    if let Some(first) = totals.first_mut() {
        first.input.read += read;
    }
    let columns = job.plan.inputs.get(input).map_or(0, |input| input.schema.columns.len());
    Ok((totals, seen(like, words, columns)))
}

/// Sorts the rows of an input into partitions.
fn sort(job: &StreamJob<'_>, input: usize, wanted: &Wanted, texts: &[usize]) -> Result<Vec<Work>, Unfit> {
    let pieces = (job.open)(input, wanted)?;
    let stop = AtomicBool::new(false);
    let work = |_| {
        let parts = (0..PARTITIONS).map(|_| Buffer::default()).collect();
        let mut work = Work { parts, words: Words::new(texts), read: 0, like: None };
        let done = work.pieces(&mut *pieces.reader(), &stop);
        if done.is_err() {
            stop.store(true, Ordering::Relaxed);
        }
        done.map(|()| work)
    };
    on_threads(job.threads, work).into_iter().collect()
}

impl Work {
    fn pieces(&mut self, reader: &mut dyn PieceReader, stop: &AtomicBool) -> Result<(), Unfit> {
        while !stop.load(Ordering::Relaxed) {
            let Some(piece) = reader.read()? else { break };
            self.piece(&piece);
        }
        Ok(())
    }

    fn piece(&mut self, piece: &Piece) {
        self.read += piece.table.account.read;
        self.words.note(&piece.table);
        if self.like.is_none() {
            self.like = Some(select(&piece.table, &[]));
        }
        let partition_of: Vec<usize> = partitions_of(&piece.runs);
        let mut rows: Vec<Vec<u32>> = vec![Vec::new(); PARTITIONS];
        for (run, (&start, &partition)) in piece.runs.starts.iter().zip(&partition_of).enumerate() {
            let end = piece.runs.starts.get(run + 1).map_or(piece.table.rows, |&end| end as usize);
            if let (Some(rows), Some(part)) = (rows.get_mut(partition), self.parts.get_mut(partition)) {
                for place in start..row(end) {
                    rows.push(place);
                    part.keys.push_from(&piece.runs.keys, run);
                }
            }
        }
        for (part, rows) in self.parts.iter_mut().zip(&rows).filter(|(_, rows)| !rows.is_empty()) {
            part.rows.push(&select(&piece.table, rows));
        }
    }
}

/// The partition of each run.
fn partitions_of(runs: &Runs) -> Vec<usize> {
    (0..runs.starts.len()).map(|run| (hash_of(&runs.keys, run) >> 48) as usize % PARTITIONS).collect()
}

/// The rows of a partition that all threads have found, with the groups of equal keys numbered.
fn together(parts: Vec<Buffer>, wanted: &Wanted) -> Option<Table> {
    let (mut rows, mut groups) = (Joined::default(), Groups::default());
    for part in parts {
        groups.add(&part.keys);
        if let Some(table) = part.rows.finish() {
            rows.push(&table);
        }
    }
    let mut table = rows.finish()?;
    set_groups(&mut table, wanted, &groups.of_rows);
    Some(table)
}

/// Numbers for keys, and that of each row.
#[derive(Default)]
struct Groups {
    /// The first key with a hash; those behind it with the same one form a list.
    of_hash: Map<u64, u32>,
    next: Vec<u32>,
    keys: Keys,
    of_rows: Vec<u32>,
}

impl Groups {
    fn add(&mut self, keys: &Keys) {
        for key in 0..keys.len() {
            let group = self.group(keys, key);
            self.of_rows.push(group);
        }
    }

    fn group(&mut self, keys: &Keys, key: usize) -> u32 {
        let new = row(self.keys.len());
        let first = *self.of_hash.entry(hash_of(keys, key)).or_insert(new);
        let mut group = first;
        while group != new {
            if self.keys.same(group as usize, keys, key) {
                return group;
            }
            let next = at(&self.next, group as usize);
            if next == NONE {
                if let Some(slot) = self.next.get_mut(group as usize) {
                    *slot = new;
                }
                break;
            }
            group = next;
        }
        self.keys.push_from(keys, key);
        self.next.push(NONE);
        new
    }
}
