//! The threads that read the pieces of an input and run them.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use super::StreamJob;
use super::edges::{Edge, joined, take_edges};
use super::ended::Ended;
use super::keys::Keyed;
use super::part::{Part, Totals, select};
use super::repeats::{self, Repeats, Teller};
use super::watch::Watch;
use super::ways;
use super::words::Words;
use crate::eval::engine::world::World;
use crate::eval::literals;
use crate::plan::needs::Needs;
use crate::value::column::{Gone, InputAccount, Table};
use crate::value::piece::{Piece, PieceReader, Pieces, Unfit, Wanted};

/// What one thread has come to.
struct Work<'p, 'r> {
    totals: Totals<'p>,
    edges: Vec<Edge>,
    see: See<'r>,
    words: Words,
    /// Whether a column's file is known, and where its fields stand.
    like: Option<Table>,
}

/// What sees to it that a unit is run as a whole.
enum See<'r> {
    /// Rows with the same key must stand together.
    Together(Watch),
    /// Each row is a unit; repeats are dropped.
    Repeats(Teller<'r, 'r>),
}

/// Why the threads stopped early.
enum Stop {
    Ended(Ended),
    /// The rows of a unit may not stand together.
    Disorder,
}

/// What the pieces of an input come to, for each thread; and a table with the texts that occurred.
pub fn gather<'p>(
    job: &'p StreamJob<'_>,
    world: &World<'_>,
    needs: &'p Needs,
    input: usize,
    wanted: &Wanted,
) -> Result<(Vec<Totals<'p>>, Table), Ended> {
    let found = match in_pieces(job, world, needs, (input, wanted), &|| See::Together(Watch::order())) {
        Err(Stop::Disorder) => match ways::only_distinct(job.plan, needs, input) {
            Some(unique) => {
                let schema = &job.plan.inputs.get(input).ok_or(Unfit)?.schema;
                let wanted = repeats::without_runs(wanted, unique, schema);
                let repeats = Repeats::new(unique, schema.columns.len(), keys(job));
                let see = || See::Repeats(Teller::new(&repeats));
                in_pieces(job, world, needs, (input, &wanted), &see)
            }
            None => in_pieces(job, world, needs, (input, wanted), &|| See::Together(Watch::hashes(hashes(job)))),
        },
        found => found,
    };
    let (mut totals, seen) = match found {
        Ok(found) => found,
        Err(Stop::Ended(ended)) => return Err(ended),
        Err(Stop::Disorder) => super::scatter::gather(job, world, needs, input, wanted)?,
    };
    let parts: usize = totals.iter().map(|totals| totals.parts).sum();
    // Without rows there is an account all the same.
    if let Some(first) = totals.first_mut().filter(|_| parts == 0) {
        first.add(world, input, Part::all(select(&seen, &[])))?;
    }
    Ok((totals, seen))
}

/// How many hashes of keys a thread may keep: of all threads they take at most 64 MB, and a sixteenth of what there is.
fn hashes(job: &StreamJob<'_>) -> usize {
    let memory = job.spill.map_or(usize::MAX, |spill| spill.memory / 16);
    memory.min(64 << 20) / size_of::<u64>() / job.threads.max(1)
}

/// How many bytes the keys of all rows may take: as much as scattered rows.
fn keys(job: &StreamJob<'_>) -> usize {
    job.spill.map_or(usize::MAX, |spill| spill.memory / 2)
}

/// Opens an input whose keys must be there where it has any.
pub fn open<'j>(job: &'j StreamJob<'_>, input: usize, wanted: &Wanted) -> Result<Box<dyn Pieces + 'j>, Unfit> {
    let schema = &job.plan.inputs.get(input).ok_or(Unfit)?.schema;
    let pieces = (job.open)(input, wanted)?;
    if schema.units.is_empty() && schema.unique.is_empty() { Ok(pieces) } else { Ok(Box::new(Keyed(pieces))) }
}

/// Runs the pieces one by one, as long as each holds whole units.
fn in_pieces<'p, 'r>(
    job: &'p StreamJob<'_>,
    world: &World<'_>,
    needs: &'p Needs,
    (input, wanted): (usize, &Wanted),
    see: &(dyn Fn() -> See<'r> + Sync),
) -> Result<(Vec<Totals<'p>>, Table), Stop> {
    let pieces = open(job, input, wanted)?;
    let texts = literals::looked_at(job.plan, job.wanted, input);
    let stop = AtomicBool::new(false);
    let work = |_| {
        let mut work = Work {
            totals: Totals::new(job.plan, needs, input, wanted),
            edges: Vec::new(),
            see: see(),
            words: Words::new(&texts),
            like: None,
        };
        let done = work.pieces(&mut *pieces.reader(), world, (input, wanted), &stop);
        if done.is_err() {
            stop.store(true, Ordering::Relaxed);
        }
        done.map(|()| work)
    };
    let (mut totals, mut edges, mut watches) = (Vec::new(), Vec::new(), Vec::new());
    let (mut words, mut like) = (Words::new(&texts), None);
    for work in on_threads(job.threads, work) {
        let work = work?;
        totals.push(work.totals);
        edges.extend(work.edges);
        if let See::Together(watch) = work.see {
            watches.push(watch);
        }
        words.join(work.words);
        like = like.or(work.like);
    }
    let (rest, borders) = joined(edges, wanted);
    if !Watch::are_well(watches, &borders) {
        return Err(Stop::Disorder);
    }
    if let (Some(rest), Some(first)) = (rest, totals.first_mut()) {
        first.add(world, input, Part::all(rest))?;
    }
    Ok((totals, seen(like, words, columns_of(job, input))))
}

fn columns_of(job: &StreamJob<'_>, input: usize) -> usize {
    job.plan.inputs.get(input).map_or(0, |input| input.schema.columns.len())
}

/// Calls a function on so many threads.
pub fn on_threads<T: Send>(threads: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    if threads <= 1 {
        return vec![work(0)];
    }
    std::thread::scope(|scope| {
        let work = &work;
        let handles: Vec<_> = (0..threads).map(|thread| scope.spawn(move || work(thread))).collect();
        // A panic is a bug, and goes on here.
        handles
            .into_iter()
            .map(|handle| handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

/// A table that says of an input what is left of it: its file, its texts, and how many columns it has.
pub fn seen(like: Option<Table>, words: Words, columns: usize) -> Table {
    let columns = words.into_columns(columns);
    let rows = columns.iter().map(crate::value::column::Column::len).max().unwrap_or(0);
    let (file, fields) = like.map_or_else(|| ("".into(), Vec::new()), |like| (like.file, like.fields));
    Table {
        file,
        parts: Vec::new(),
        rows,
        columns,
        lines: Vec::new(),
        fields,
        account: InputAccount::default(),
        gone: Gone::default(),
    }
}

impl From<Unfit> for Stop {
    fn from(unfit: Unfit) -> Self {
        Stop::Ended(unfit.into())
    }
}

impl From<repeats::Stop> for Stop {
    fn from(stop: repeats::Stop) -> Self {
        match stop {
            repeats::Stop::Unfit => Unfit.into(),
            repeats::Stop::Full => Stop::Disorder,
        }
    }
}

impl Work<'_, '_> {
    fn pieces(
        &mut self,
        reader: &mut dyn PieceReader,
        world: &World<'_>,
        (input, wanted): (usize, &Wanted),
        stop: &AtomicBool,
    ) -> Result<(), Stop> {
        while !stop.load(Ordering::Relaxed) {
            let Some(piece) = reader.read()? else { break };
            self.piece(piece, world, (input, wanted))?;
        }
        Ok(())
    }

    fn piece(&mut self, piece: Piece, world: &World<'_>, (input, wanted): (usize, &Wanted)) -> Result<(), Stop> {
        self.totals.input.read += piece.table.account.read;
        self.words.note(&piece.table);
        if self.like.is_none() {
            self.like = Some(select(&piece.table, &[]));
        }
        let watch = match &mut self.see {
            See::Repeats(teller) => {
                let fresh = teller.fresh(&piece)?;
                self.totals.input.repeated += (piece.table.rows - fresh.len()) as u64;
                let picked = (fresh.len() < piece.table.rows).then_some(fresh);
                return Ok(self.totals.add_checked(world, input, Part { picked, ..Part::all(piece.table) })?);
            }
            See::Together(_) if wanted.key.is_empty() => {
                return Ok(self.totals.add(world, input, Part::all(piece.table))?);
            }
            See::Together(watch) => watch,
        };
        if !watch.is_well(&piece.runs.keys) {
            return Err(Stop::Disorder);
        }
        let rows = take_edges(&piece, &mut self.edges);
        if rows.is_empty() {
            return Ok(());
        }
        let part = Part { starts: Some(within(piece.runs.starts, &rows)), rows, ..Part::all(piece.table) };
        // What looks like an error may come from a unit of which other rows stand elsewhere.
        self.totals.add(world, input, part).map_err(|_| Stop::Disorder)
    }
}

/// The starts of the runs within some rows.
fn within(mut starts: Vec<u32>, rows: &Range<usize>) -> Vec<u32> {
    starts.retain(|&start| rows.contains(&(start as usize)));
    starts
}
