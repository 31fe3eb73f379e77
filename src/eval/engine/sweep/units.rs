//! Rows that stand for the units of a kind, and what becomes of them where units are brought together once more.
//!
//! The kind of a row's unit stands in a slot, as a number.

use crate::eval::engine::frame::Frame;
use crate::eval::engine::vector::row;
use crate::value::Value;
use crate::value::column::{Column, Data};

/// The kinds of the units of a frame's rows.
fn kinds_of(frame: &Frame, slot: usize) -> Vec<u32> {
    let column = frame.slots.get(slot).and_then(Option::as_ref);
    let kind = |at: usize| match column.map(|column| column.value(at)) {
        Some(Value::Number(kind)) => u32::try_from(kind).unwrap_or(u32::MAX),
        _ => u32::MAX,
    };
    (0..frame.len).map(kind).collect()
}

/// Lets each row stand in all units that are made of the kind of its own.
pub fn spread(frame: &Frame, slot: usize, within: &[Vec<u32>]) -> Frame {
    let (mut places, mut kinds) = (Vec::new(), Vec::new());
    for (place, kind) in kinds_of(frame, slot).into_iter().enumerate() {
        for &outer in within.get(kind as usize).into_iter().flatten() {
            places.push(row(place));
            kinds.push(i64::from(outer));
        }
    }
    let mut frame = frame.gather(&places);
    frame.set_slot(slot, Column::full(Data::Small(kinds)));
    frame
}

/// Puts in the place of the kind of a row's unit how many units of the kind there are.
pub fn weigh(frame: &mut Frame, slot: usize, counts: &[i64]) {
    let count = |kind: u32| counts.get(kind as usize).copied().unwrap_or(0);
    let counts = kinds_of(frame, slot).into_iter().map(count).collect();
    frame.set_slot(slot, Column::full(Data::Small(counts)));
}
