//! The rows of a partition as a table, those of each unit one behind the other.

use super::Sorted;
use super::buffer::Buffer;
use super::numbers::Numbers;
use super::shape::{ColumnShape, Kind, Lane, Segment, segments};
use super::texts::{AllTexts, with_dict};
use crate::eval::engine::stream::edges::set_groups;
use crate::eval::engine::stream::ended::Ended;
use crate::eval::engine::stream::part::Part;
use crate::eval::engine::vector::{at, put, row};
use crate::value::column::{Column, Data, Known, Table};
use crate::value::piece::{Keys, Wanted};
use crate::value::spill::Spill;

/// Rows of a partition, for each thread that found some.
pub type Partition = Vec<(usize, Buffer)>;

/// What one thread uses again for each partition.
#[derive(Default)]
pub struct Together {
    numbers: Numbers,
    words: Vec<u128>,
    keys: Keys,
    /// For each row its group, and then its place in the table.
    places: Vec<u32>,
    /// For each group the place of its next row.
    next: Vec<u32>,
}

/// A chunk of a partition with the place of its first row among the rows of all.
struct Chunk {
    thread: usize,
    bytes: Vec<u8>,
}

/// A segment, the thread that found it, and the places of its rows in the table.
struct Packed<'c> {
    segment: Segment<'c>,
    thread: usize,
    places: &'c [u32],
}

impl Together {
    /// All rows of a partition.
    pub fn part(
        &mut self,
        partition: Partition,
        sorted: &Sorted,
        wanted: &Wanted,
        store: Option<&dyn Spill>,
    ) -> Result<Option<Part>, Ended> {
        let Some(like) = &sorted.like else { return Ok(None) };
        let rows = partition.iter().map(|(_, part)| part.rows).sum();
        let mut chunks = Vec::new();
        for (thread, part) in partition {
            part.each(store, |bytes| {
                chunks.push(Chunk { thread, bytes });
                Ok::<_, Ended>(())
            })?;
        }
        self.numbers.clear(rows);
        self.places.clear();
        for segment in chunks.iter().flat_map(|chunk| segments(sorted.shapes(chunk.thread), &chunk.bytes)) {
            segment.keys(&mut self.words, &mut self.keys);
            let (numbers, keys) = (&mut self.numbers, &self.keys);
            self.places.extend((0..keys.len()).map(|key| numbers.number(keys, key)));
        }
        let starts = self.put_in_order();
        let mut found = Vec::new();
        let mut places = self.places.as_slice();
        for chunk in &chunks {
            for segment in segments(sorted.shapes(chunk.thread), &chunk.bytes) {
                let (own, others) = places.split_at_checked(segment.rows).unwrap_or_default();
                found.push(Packed { segment, thread: chunk.thread, places: own });
                places = others;
            }
        }
        let column = |(at, column): (usize, &Column)| made(&found, at, rows, sorted.texts.get(at), column);
        let columns = like.columns.iter().enumerate().map(column).collect();
        let mut table = Table { rows, columns, ..like.clone() };
        set_groups(&mut table, wanted, &groups(&starts, rows));
        Ok(Some(Part { starts: Some(starts), ..Part::all(table) }))
    }

    /// Turns the group of each row into its place among all rows ordered by groups; where the groups start.
    fn put_in_order(&mut self) -> Vec<u32> {
        self.next.clear();
        self.next.resize(self.numbers.len(), 0);
        for &group in &self.places {
            let count = at(&self.next, group as usize);
            put(&mut self.next, group as usize, count + 1);
        }
        let mut sum = 0;
        for next in &mut self.next {
            sum += std::mem::replace(next, sum);
        }
        let starts = self.next.clone();
        for place in &mut self.places {
            let group = *place as usize;
            *place = at(&self.next, group);
            put(&mut self.next, group, *place + 1);
        }
        starts
    }
}

/// The number of each row's group.
fn groups(starts: &[u32], rows: usize) -> Vec<u32> {
    let mut groups = Vec::with_capacity(rows);
    for group in 0..starts.len() {
        groups.resize(starts.get(group + 1).map_or(rows, |&end| end as usize), row(group));
    }
    groups
}

/// A column of the table; as empty as `like` where it isn't wanted.
fn made(found: &[Packed<'_>], column: usize, rows: usize, texts: Option<&AllTexts>, like: &Column) -> Column {
    let column = Found { found, column, rows };
    let kinds = || column.shapes().map(|(_, shape)| shape.kind);
    let Some(kind) = kinds().find(|kind| *kind == Kind::Wide).or_else(|| kinds().next()) else { return like.clone() };
    let data = match kind {
        Kind::Small => Data::Small(column.filled(0, |slot, number| *slot = number)),
        Kind::Wide => Data::Wide(column.wide()),
        Kind::Real => Data::Real(column.filled(0, |slot, bits| *slot = f64::from_bits(bits.cast_unsigned()))),
        Kind::Text => column.texts(texts),
        Kind::Flag => Data::Flag(column.filled(0, |slot, flag| *slot = flag != 0)),
        Kind::Day => Data::Day(column.filled(0, |slot, day| *slot = day_of(day))),
        Kind::Partial => {
            let first: Vec<i32> = column.filled(0, |slot, day| *slot = day_of(day));
            let mut last = first.clone();
            column.fill(1, &mut last, |slot, more| *slot = day_of(i64::from(*slot) + more));
            Data::Partial { first, last }
        }
    };
    Column { data, known: column.known(), periods: like.periods }
}

/// The days of a column are 32 bits wide before they are written.
fn day_of(day: i64) -> i32 {
    i32::try_from(day).unwrap_or_default()
}

/// A column in the segments of a partition.
#[derive(Clone, Copy)]
struct Found<'f> {
    found: &'f [Packed<'f>],
    column: usize,
    rows: usize,
}

impl<'f> Found<'f> {
    fn shapes(self) -> impl Iterator<Item = (&'f Packed<'f>, &'f ColumnShape)> {
        let shape = move |rows: &'f Packed<'f>| Some((rows, rows.segment.shape.columns.get(self.column)?.as_ref()?));
        self.found.iter().filter_map(shape)
    }

    fn filled<T: Clone + Default>(self, lane: usize, set: impl Fn(&mut T, i64)) -> Vec<T> {
        let mut list = vec![T::default(); self.rows];
        self.fill(lane, &mut list, set);
        list
    }

    fn fill<T>(self, lane: usize, list: &mut [T], set: impl Fn(&mut T, i64)) {
        for (rows, shape) in self.shapes() {
            if let Some(&lane) = shape.lanes.get(lane) {
                rows.read(lane, list, &set);
            }
        }
    }

    fn wide(self) -> Vec<i128> {
        let mut list = vec![0; self.rows];
        for (rows, ColumnShape { kind, lanes: [low, high], .. }) in self.shapes() {
            if *kind == Kind::Small {
                rows.read(*low, &mut list, |slot, number| *slot = i128::from(number));
            } else {
                rows.read(*low, &mut list, |slot, low| *slot = i128::from(low.cast_unsigned()));
                rows.read(*high, &mut list, |slot, high| *slot |= i128::from(high) << 64);
            }
        }
        list
    }

    fn texts(self, texts: Option<&AllTexts>) -> Data {
        let mut codes = vec![0; self.rows];
        for (rows, shape) in self.shapes() {
            let of_thread = texts.and_then(|texts| texts.of_thread.get(rows.thread)).map_or(&[][..], Vec::as_slice);
            let [lane, _] = shape.lanes;
            rows.read(lane, &mut codes, |slot, code| {
                *slot = usize::try_from(code).map_or(0, |code| at(of_thread, code));
            });
        }
        texts.map_or_else(|| Data::Text { codes: Vec::new(), dict: [].into() }, |texts| with_dict(codes, &texts.dict))
    }

    fn known(self) -> Known {
        if self.shapes().all(|(_, shape)| shape.known.is_none()) {
            return None;
        }
        let mut list = vec![true; self.rows];
        for (rows, lane) in self.shapes().filter_map(|(rows, shape)| Some((rows, shape.known?))) {
            rows.read(lane, &mut list, |slot, known| *slot = known != 0);
        }
        Some(list)
    }
}

impl Packed<'_> {
    /// Sets what a lane says of each row.
    #[inline]
    fn read<T>(&self, lane: Lane, list: &mut [T], set: impl Fn(&mut T, i64)) {
        let Segment { rows, lanes, .. } = self.segment;
        lane.read(lanes, rows, |row, number| {
            if let Some(slot) = list.get_mut(at(self.places, row) as usize) {
                set(slot, number);
            }
        });
    }
}
