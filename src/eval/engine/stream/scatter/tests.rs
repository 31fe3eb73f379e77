//! Rows of all kinds go to partitions and come back.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use super::*;
use crate::eval::engine::stream::part::Part;
use crate::value::Value;
use crate::value::column::{Column, Data, Gone, InputAccount};
use crate::value::piece::{Piece, Runs, Use};
use crate::value::spill::Place;

#[derive(Default)]
struct Aside(Mutex<Vec<u8>>);

impl Spill for Aside {
    fn write(&self, bytes: &[u8]) -> io::Result<Place> {
        let mut all = self.0.lock().unwrap();
        let start = all.len();
        all.extend_from_slice(bytes);
        Ok(Place { start: start as u64, length: bytes.len() })
    }

    fn read(&self, place: Place, into: &mut Vec<u8>) -> io::Result<()> {
        let start = usize::try_from(place.start).unwrap();
        into.extend_from_slice(&self.0.lock().unwrap()[start..start + place.length]);
        Ok(())
    }
}

/// Numbers that look random.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// The key of a number: short, long, very long, or missing.
fn key(number: u64) -> Option<String> {
    match number % 5 {
        0 => Some(number.to_string()),
        1 => Some(format!("a-key-of-36-bytes-{number:018}")),
        2 => Some(format!("{number:0300}")),
        3 => Some(format!("x{number}")),
        _ => (number > 4).then(|| format!("{number:016}")),
    }
}

fn column(kind: u64, rows: usize, dice: &mut Dice) -> Column {
    let small = |dice: &mut Dice| i64::try_from(dice.below(1000)).unwrap() - 500;
    let days = |dice: &mut Dice| (0..rows).map(|_| i32::try_from(small(dice)).unwrap()).collect::<Vec<_>>();
    let data = match kind {
        0 => Data::Small((0..rows).map(|_| small(dice)).collect()),
        1 if dice.below(2) == 0 => Data::Small((0..rows).map(|_| small(dice)).collect()),
        1 => Data::Wide((0..rows).map(|_| (i128::from(small(dice)) << 70) - 1).collect()),
        2 => Data::Real((0..rows).map(|_| small(dice) as f64 / 3.0).collect()),
        3 => {
            let dict: Vec<Arc<str>> =
                (0..dice.below(9) + 1).map(|at| (at * dice.below(99)).to_string().into()).collect();
            Data::Text { codes: (0..rows).map(|_| row(dice, dict.len())).collect(), dict: dict.into() }
        }
        4 => Data::Flag((0..rows).map(|_| dice.below(2) == 1).collect()),
        5 => Data::Day(days(dice)),
        _ => {
            let first = days(dice);
            Data::Partial {
                last: first.iter().map(|day| day + i32::try_from(dice.below(400)).unwrap()).collect(),
                first,
            }
        }
    };
    let known = (dice.below(3) == 0).then(|| (0..rows).map(|_| dice.below(4) > 0).collect());
    Column { data, known, periods: kind == 5 }
}

fn row(dice: &mut Dice, end: usize) -> u32 {
    u32::try_from(dice.below(end as u64)).unwrap()
}

/// A piece; its first column is the key, and its second says the same as it, to be compared.
fn piece(dice: &mut Dice, keys: u64) -> Piece {
    let rows = usize::try_from(dice.below(40)).unwrap() + 1;
    let (mut runs, mut texts, mut last) = (Runs::default(), Vec::new(), None);
    for at in 0..rows {
        let number = dice.below(keys);
        if last != Some(number) {
            runs.starts.push(u32::try_from(at).unwrap());
            match key(number) {
                Some(text) => runs.keys.push(text.as_bytes()),
                None => runs.keys.push_word(0),
            }
        }
        last = Some(number);
        texts.push(Arc::from(key(number).unwrap_or_default()));
    }
    let texts = Column::full(Data::Text { codes: (0..u32::try_from(rows).unwrap()).collect(), dict: texts.into() });
    let mut columns = vec![Column::full(Data::Text { codes: vec![0; rows], dict: [].into() }), texts];
    columns.extend((0..7).map(|kind| column(kind, rows, dice)));
    columns.push(Column::full(Data::Small(Vec::new())));
    let table = Table {
        parts: Vec::new(),
        file: "x".into(),
        rows,
        columns,
        lines: Vec::new(),
        fields: Vec::new(),
        account: InputAccount { read: rows as u64, ..InputAccount::default() },
        gone: Gone::default(),
    };
    Piece { number: 0, table, newlines: 0, runs }
}

/// The rows of a table, each with how often it is there.
fn count(rows: &mut BTreeMap<String, i64>, table: &Table, sign: i64) {
    for place in 0..table.rows {
        let values: Vec<Value> = table.columns.iter().skip(1).map(|column| column.value(place)).collect();
        *rows.entry(format!("{values:?}")).or_default() += sign;
    }
}

/// The parts of a partition, split until they are small.
fn parts(partition: Partition, depth: u32, sorted: &Sorted, wanted: &Wanted, store: &Aside) -> Vec<Part> {
    if size(&partition).1 > 2000 && depth < split::DEPTH {
        let (split, again) = split::split(partition, depth, sorted, (500, store)).unwrap();
        let depth = if again { depth + 1 } else { split::DEPTH };
        return split.into_iter().flat_map(|partition| parts(partition, depth, sorted, wanted, store)).collect();
    }
    Together::default().part(partition, sorted, wanted, Some(store)).unwrap().into_iter().collect()
}

#[test]
fn rows_come_back_together() {
    let mut uses = vec![Use::Values; 10];
    (uses[0], uses[9]) = (Use::Grouping, Use::Nothing);
    let wanted = Wanted { uses, key: vec![0], lines: false };
    for (seed, keys) in [(1, 3), (2, 40), (3, 1000), (4, 1)] {
        let (mut dice, store, mut rows) = (Dice(seed), Aside::default(), BTreeMap::new());
        let mut sorters = [Sorter::new(&wanted, &[], Some((3000, &store))), Sorter::new(&wanted, &[], None)];
        for at in 0..60 {
            let piece = piece(&mut dice, keys);
            count(&mut rows, &piece.table, 1);
            sorters[at % 2].piece(&piece).unwrap();
        }
        let (partitions, sorted) = sorted(sorters.into_iter().collect(), &mut Words::new(&[]), 10);
        let mut seen = BTreeMap::new();
        let parts = partitions.into_iter().flat_map(|partition| parts(partition, 0, &sorted, &wanted, &store));
        for (at, part) in parts.enumerate() {
            count(&mut rows, &part.table, -1);
            let Data::Text { codes, .. } = &part.table.columns[0].data else { panic!() };
            assert_eq!(part.table.columns[9].len(), 0);
            let starts = part.starts.unwrap();
            for (place, &code) in codes.iter().enumerate() {
                let group = starts.partition_point(|&start| start as usize <= place) - 1;
                assert_eq!(code as usize, group);
                let of_key = seen.entry(part.table.value(1, place)).or_insert((at, group));
                assert_eq!(*of_key, (at, group), "a key in two groups");
            }
        }
        let groups: std::collections::BTreeSet<_> = seen.values().collect();
        assert_eq!(groups.len(), seen.len(), "two keys in one group");
        assert!(rows.values().all(|&count| count == 0), "{rows:#?}");
        assert!(!store.0.lock().unwrap().is_empty());
    }
}
