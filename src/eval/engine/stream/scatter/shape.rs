//! How the rows of a piece are written as bytes: lanes of integers, one behind the other.
//!
//! A segment is a head and the lanes of some rows of one piece. All segments of a piece have its [`Shape`].

use super::lane::Width;
use crate::eval::engine::vector::{at, row};
use crate::value::column::{Column, Data};
use crate::value::piece::{Keys, Piece, Use, Wanted};

/// The bytes before the lanes of a segment: its shape, its rows, and the bytes of long keys behind its lanes.
pub const HEAD: usize = 12;

/// Where a lane stands among the others, and how it is written.
#[derive(Debug, Clone, Copy)]
pub struct Lane {
    width: Width,
    /// How many bytes of each row stand in lanes before it.
    before: usize,
}

/// What the lanes of a column mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One lane.
    Small,
    /// The lower and the upper half.
    Wide,
    /// The bits.
    Real,
    /// The codes, those of the thread.
    Text,
    /// Zeros and ones.
    Flag,
    /// One lane.
    Day,
    /// The first day, and how many more there are.
    Partial,
}

/// How a column is written.
#[derive(Debug, Clone)]
pub struct ColumnShape {
    /// What its lanes mean.
    pub kind: Kind,
    /// Its lanes; the second is of no meaning for most kinds.
    pub lanes: [Lane; 2],
    /// Which rows have a value, where not all have one.
    pub known: Option<Lane>,
}

/// How keys are written: what distinguishes them from the first, without the bits behind it.
#[derive(Debug, Clone, Copy)]
struct KeyShape {
    first: u128,
    behind: u32,
    low: Lane,
    high: Lane,
}

/// How the rows of a piece are written.
#[derive(Debug, Clone)]
pub struct Shape {
    key: KeyShape,
    /// Its columns; those that aren't wanted have none.
    pub columns: Vec<Option<ColumnShape>>,
    /// How many bytes a row takes.
    pub row: usize,
    /// Each lane, in order.
    pub lanes: Vec<Lane>,
}

/// Integers of a piece.
enum Source<'p> {
    Made(&'p [i64]),
    Half(&'p [u64], Width),
    Code(&'p [u32]),
    Flag(&'p [bool]),
    Day(&'p [i32]),
    Days { first: &'p [i32], last: &'p [i32] },
    Real(&'p [f64]),
    Low(&'p [i128]),
    High(&'p [i128]),
}

/// Words of keys in two halves, by rows.
#[derive(Default)]
pub struct Halves {
    low: Vec<u64>,
    high: Vec<u64>,
}

/// A piece that is about to be written.
pub struct Packer<'p> {
    /// How its rows are written.
    pub shape: Shape,
    sources: Vec<(Source<'p>, Lane)>,
}

impl Lane {
    /// How many bytes of a row it takes.
    pub fn bytes(self) -> usize {
        self.width.bytes()
    }

    /// Its part of the lanes of so many rows.
    pub fn of(self, lanes: &[u8], rows: usize) -> &[u8] {
        lanes.get(self.before * rows..(self.before + self.bytes()) * rows).unwrap_or_default()
    }

    /// The same, to be written.
    pub fn of_mut(self, lanes: &mut [u8], rows: usize) -> &mut [u8] {
        lanes.get_mut(self.before * rows..(self.before + self.bytes()) * rows).unwrap_or_default()
    }

    /// Reads its integers, each with its place.
    #[inline]
    pub fn read(self, lanes: &[u8], rows: usize, each: impl FnMut(usize, i64)) {
        self.width.unpack(self.of(lanes, rows), rows, each);
    }
}

impl Halves {
    /// The halves of the keys of all rows; the first key, the bits in which others differ from it, and how many there are
    /// behind those.
    fn set(&mut self, keys: &Keys, starts: &[u32], rows: usize) -> (u128, u128, u32) {
        let first = keys.plain_words().next().unwrap_or(0);
        let differing = keys.plain_words().fold(0, |bits, word| bits | (word ^ first));
        let behind = differing.trailing_zeros().min(127);
        self.low.clear();
        self.high.clear();
        let has_high = differing >> behind >> 64 > 0;
        for (run, word) in keys.plain_words().enumerate() {
            let turned = (word ^ first) >> behind;
            let end = starts.get(run + 1).map_or(rows, |&end| end as usize);
            self.low.resize(end, turned as u64);
            if has_high {
                self.high.resize(end, (turned >> 64) as u64);
            }
        }
        (first, differing >> behind, behind)
    }
}

impl<'p> Packer<'p> {
    /// Chooses how a piece is written. The codes of columns of texts are those of `texts` where it has some.
    pub fn new(piece: &'p Piece, wanted: &Wanted, halves: &'p mut Halves, texts: &'p [Option<Vec<u32>>]) -> Self {
        let (first, differing, behind) = halves.set(&piece.runs.keys, &piece.runs.starts, piece.table.rows);
        let half = |bits: u128| Width::new(0, (bits as u64).cast_signed());
        let mut lanes = Lanes { sources: Vec::new(), before: 0 };
        let low = lanes.add(Source::Half(&halves.low, half(differing)));
        let high = lanes.add(Source::Half(&halves.high, half(differing >> 64)));
        let is_wanted = |at: usize| wanted.uses.get(at) == Some(&Use::Values);
        let column = |(at, column): (usize, &'p Column)| {
            is_wanted(at).then(|| lanes.column(column, texts.get(at).and_then(Option::as_deref)))
        };
        let columns = piece.table.columns.iter().enumerate().map(column).collect();
        let key = KeyShape { first, behind, low, high };
        let shape =
            Shape { key, columns, row: lanes.before, lanes: lanes.sources.iter().map(|(_, lane)| *lane).collect() };
        Self { shape, sources: lanes.sources }
    }

    /// Writes some rows; `out` has room for just so many.
    pub fn pack(&self, out: &mut [u8], rows: &[u32]) {
        for (source, lane) in &self.sources {
            source.pack(lane.width, lane.of_mut(out, rows.len()), rows);
        }
    }
}

/// Lanes that are lined up.
struct Lanes<'p> {
    sources: Vec<(Source<'p>, Lane)>,
    before: usize,
}

impl<'p> Lanes<'p> {
    fn add(&mut self, source: Source<'p>) -> Lane {
        let lane = Lane { width: source.width(), before: self.before };
        self.before += lane.bytes();
        self.sources.push((source, lane));
        lane
    }

    fn column(&mut self, column: &'p Column, codes: Option<&'p [u32]>) -> ColumnShape {
        let mut one = |kind, source| {
            let lane = self.add(source);
            (kind, [lane, lane])
        };
        let (kind, lanes) = match &column.data {
            Data::Small(v) => one(Kind::Small, Source::Made(v)),
            Data::Real(v) => one(Kind::Real, Source::Real(v)),
            Data::Text { codes: own, .. } => one(Kind::Text, Source::Code(codes.unwrap_or(own))),
            Data::Flag(v) => one(Kind::Flag, Source::Flag(v)),
            Data::Day(v) => one(Kind::Day, Source::Day(v)),
            Data::Wide(v) => (Kind::Wide, [self.add(Source::Low(v)), self.add(Source::High(v))]),
            Data::Partial { first, last } => {
                (Kind::Partial, [self.add(Source::Day(first)), self.add(Source::Days { first, last })])
            }
        };
        let known = column.known.as_ref().map(|known| self.add(Source::Flag(known)));
        ColumnShape { kind, lanes, known }
    }
}

impl Source<'_> {
    fn width(&self) -> Width {
        match self {
            Source::Made(v) => Width::of(v, |number| number),
            Source::Half(_, width) => *width,
            Source::Code(v) => Width::of(v, i64::from),
            Source::Flag(v) => Width::of(v, i64::from),
            Source::Day(v) => Width::of(v, i64::from),
            Source::Days { first, last } => {
                let more = first.iter().zip(*last).map(|(&first, &last)| i64::from(last) - i64::from(first));
                Width::new(0, more.fold(0, |bits, more| bits | more))
            }
            Source::Real(v) => Width::of(v, |real| real.to_bits().cast_signed()),
            Source::Low(v) => Width::of(v, |wide| wide as i64),
            Source::High(v) => Width::of(v, |wide| (wide >> 64) as i64),
        }
    }

    fn pack(&self, width: Width, out: &mut [u8], rows: &[u32]) {
        match self {
            Source::Made(v) => width.pack(out, rows, |row| at(v, row)),
            Source::Half(v, _) => width.pack(out, rows, |row| at(v, row).cast_signed()),
            Source::Code(v) => width.pack(out, rows, |row| i64::from(at(v, row))),
            Source::Flag(v) => width.pack(out, rows, |row| i64::from(at(v, row))),
            Source::Day(v) => width.pack(out, rows, |row| i64::from(at(v, row))),
            Source::Days { first, last } => {
                width.pack(out, rows, |row| i64::from(at(last, row)) - i64::from(at(first, row)));
            }
            Source::Real(v) => width.pack(out, rows, |row| at(v, row).to_bits().cast_signed()),
            Source::Low(v) => width.pack(out, rows, |row| at(v, row) as i64),
            Source::High(v) => width.pack(out, rows, |row| (at(v, row) >> 64) as i64),
        }
    }
}

/// Some rows of a piece, as they were written.
#[derive(Clone, Copy)]
pub struct Segment<'c> {
    /// Which of its thread's shapes it has.
    pub shape_at: u32,
    /// How its rows are written.
    pub shape: &'c Shape,
    /// How many there are.
    pub rows: usize,
    /// Their lanes.
    pub lanes: &'c [u8],
    /// The bytes of long keys, one behind the other.
    pub long: &'c [u8],
}

impl Segment<'_> {
    /// Writes the head.
    pub fn head(shape: u32, rows: usize, long: usize) -> [u8; HEAD] {
        let mut head = [0; HEAD];
        let numbers = [shape, row(rows), row(long)];
        for (slot, number) in head.as_chunks_mut::<4>().0.iter_mut().zip(numbers) {
            *slot = number.to_le_bytes();
        }
        head
    }

    /// Reads the keys of the rows.
    pub fn keys(&self, words: &mut Vec<u128>, keys: &mut Keys) {
        let KeyShape { first, behind, low, high } = self.shape.key;
        let word = |turned: u128| (turned << behind) ^ first;
        keys.clear();
        if self.long.is_empty() && high.bytes() == 0 {
            low.read(self.lanes, self.rows, |_, low| keys.push_word(word(u128::from(low.cast_unsigned()))));
            return;
        }
        words.clear();
        low.read(self.lanes, self.rows, |_, low| words.push(u128::from(low.cast_unsigned())));
        high.read(self.lanes, self.rows, |row, high| {
            if let Some(word) = words.get_mut(row) {
                *word |= u128::from(high.cast_unsigned()) << 64;
            }
        });
        let mut long = self.long;
        for turned in words {
            keys.push_plain(word(*turned), &mut long);
        }
    }
}

/// The segments of a chunk.
pub fn segments<'c>(shapes: &'c [Shape], mut chunk: &'c [u8]) -> impl Iterator<Item = Segment<'c>> {
    std::iter::from_fn(move || {
        let (head, rest) = chunk.split_at_checked(HEAD)?;
        let (numbers, _) = head.as_chunks::<4>();
        let number = |place: usize| numbers.get(place).map_or(0, |bytes| u32::from_le_bytes(*bytes));
        let (shape, rows) = (shapes.get(number(0) as usize)?, number(1) as usize);
        let (lanes, rest) = rest.split_at_checked(shape.row * rows)?;
        let (long, rest) = rest.split_at_checked(number(2) as usize)?;
        chunk = rest;
        Some(Segment { shape_at: number(0), shape, rows, lanes, long })
    })
}
