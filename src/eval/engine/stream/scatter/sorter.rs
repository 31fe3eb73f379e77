//! One thread's part of the sorting: it writes the rows of each piece to the partitions of their keys.

use std::sync::atomic::{AtomicBool, Ordering};

use super::buffer::Buffer;
use super::shape::{Halves, Packer, Shape};
use super::texts::Texts;
use super::{PARTITIONS, partition_of};
use crate::eval::engine::stream::codes::hash_of;
use crate::eval::engine::stream::ended::Ended;
use crate::eval::engine::stream::part::select;
use crate::eval::engine::stream::words::Words;
use crate::eval::engine::vector::{at, put, row};
use crate::value::column::Table;
use crate::value::piece::{Keys, Piece, PieceReader, Runs, Wanted};
use crate::value::spill::Spill;

/// What one thread has found.
pub struct Sorter<'w> {
    wanted: &'w Wanted,
    /// How many bytes it may hold, and what takes those beyond.
    spill: Option<(usize, &'w dyn Spill)>,
    held: usize,
    /// Its rows.
    pub parts: Vec<Buffer>,
    /// How the rows of each piece are written.
    pub shapes: Vec<Shape>,
    /// The texts of each column.
    pub texts: Vec<Texts>,
    /// The texts that are looked at later.
    pub words: Words,
    /// How many records were read.
    pub read: u64,
    /// A table without rows.
    pub like: Option<Table>,
    halves: Halves,
    order: Order,
}

/// The rows of a piece in the order of their partitions.
#[derive(Default)]
struct Order {
    of_run: Vec<u16>,
    /// For each partition, the place behind its rows.
    ends: Vec<u32>,
    rows: Vec<u32>,
}

impl<'w> Sorter<'w> {
    /// Nothing yet.
    pub fn new(wanted: &'w Wanted, texts: &[usize], spill: Option<(usize, &'w dyn Spill)>) -> Self {
        Self {
            wanted,
            spill,
            held: 0,
            parts: (0..PARTITIONS).map(|_| Buffer::default()).collect(),
            shapes: Vec::new(),
            texts: Vec::new(),
            words: Words::new(texts),
            read: 0,
            like: None,
            halves: Halves::default(),
            order: Order::default(),
        }
    }

    /// Sorts pieces until there are no more.
    pub fn pieces(&mut self, reader: &mut dyn PieceReader, stop: &AtomicBool) -> Result<(), Ended> {
        while !stop.load(Ordering::Relaxed) {
            let Some(piece) = reader.read()? else { break };
            self.piece(&piece)?;
        }
        Ok(())
    }

    /// Sorts a piece.
    pub fn piece(&mut self, piece: &Piece) -> Result<(), Ended> {
        self.read += piece.table.account.read;
        self.words.note(&piece.table);
        if self.like.is_none() {
            self.like = Some(select(&piece.table, &[]));
        }
        self.texts.resize_with(piece.table.columns.len(), Texts::default);
        let codes: Vec<_> =
            self.texts.iter_mut().zip(&piece.table.columns).map(|(texts, column)| texts.codes(column)).collect();
        self.order.set(&piece.runs, piece.table.rows);
        let packer = Packer::new(piece, self.wanted, &mut self.halves, &codes);
        let shape = row(self.shapes.len());
        let long = piece.runs.keys.has_long().then(|| Long::new(&piece.runs, piece.table.rows));
        for (part, rows) in self.parts.iter_mut().zip(self.order.partitions()) {
            if rows.is_empty() {
                continue;
            }
            let long_bytes = long.as_ref().map_or(0, |long| long.length(rows));
            let lanes = packer.shape.row * rows.len();
            let bytes = part.add(shape, rows.len(), lanes, long_bytes);
            self.held += bytes.len();
            let (lanes, behind) = bytes.split_at_mut_checked(lanes).unwrap_or_default();
            packer.pack(lanes, rows);
            if let Some(long) = &long {
                long.write(rows, behind);
            }
        }
        self.shapes.push(packer.shape);
        self.put_aside()
    }

    fn put_aside(&mut self) -> Result<(), Ended> {
        if let Some((_, store)) = self.spill.filter(|(limit, _)| self.held > *limit) {
            self.parts.iter_mut().try_for_each(|part| part.put_aside(store))?;
            self.held = 0;
        }
        Ok(())
    }
}

impl Order {
    fn set(&mut self, runs: &Runs, rows: usize) {
        let end_of = |run: usize| runs.starts.get(run + 1).copied().unwrap_or(row(rows));
        self.of_run.clear();
        self.ends.clear();
        self.ends.resize(PARTITIONS, 0);
        for (run, &start) in runs.starts.iter().enumerate() {
            let partition = partition_of(hash_of(&runs.keys, run));
            self.of_run.push(partition);
            let count = at(&self.ends, usize::from(partition));
            put(&mut self.ends, usize::from(partition), count + end_of(run) - start);
        }
        // From the starts of partitions, which move to their ends while rows are added.
        let mut sum = 0;
        for end in &mut self.ends {
            sum += std::mem::replace(end, sum);
        }
        self.rows.resize(rows, 0);
        for (run, (&start, &partition)) in runs.starts.iter().zip(&self.of_run).enumerate() {
            let mut place = at(&self.ends, usize::from(partition));
            for row in start..end_of(run) {
                put(&mut self.rows, place as usize, row);
                place += 1;
            }
            put(&mut self.ends, usize::from(partition), place);
        }
    }

    /// The rows of each partition.
    fn partitions(&self) -> impl Iterator<Item = &[u32]> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let rows = self.rows.get(start..end as usize).unwrap_or_default();
            start = end as usize;
            rows
        })
    }
}

/// The long keys of a piece.
struct Long<'p> {
    keys: &'p Keys,
    run_of: Vec<u32>,
}

impl<'p> Long<'p> {
    fn new(runs: &'p Runs, rows: usize) -> Self {
        let mut run_of = Vec::with_capacity(rows);
        for run in 0..runs.starts.len() {
            run_of.resize(runs.starts.get(run + 1).map_or(rows, |&end| end as usize), row(run));
        }
        Self { keys: &runs.keys, run_of }
    }

    fn of(&self, row: u32) -> &'p [u8] {
        self.keys.long(at(&self.run_of, row as usize) as usize).unwrap_or_default()
    }

    fn length(&self, rows: &[u32]) -> usize {
        rows.iter().map(|&row| self.of(row).len()).sum()
    }

    fn write(&self, rows: &[u32], mut out: &mut [u8]) {
        for &row in rows {
            let bytes = self.of(row);
            let (here, behind) = out.split_at_mut_checked(bytes.len()).unwrap_or_default();
            here.copy_from_slice(bytes);
            out = behind;
        }
    }
}
