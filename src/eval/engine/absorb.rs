//! `absorb`: one row for each unit, with the value that the step picks.

use std::cmp::Ordering;
use std::mem::take;

use super::assemble::concat;
use super::empty::EmptyUnits;
use super::expr::Eval;
use super::frame::{Frame, Sel};
use super::group::{Groups, group};
use super::order::{by_size, by_value, greatest, same};
use super::score::Run;
use super::vector::{all_rows, at, gather, put, row};
use crate::eval::faults;
use crate::plan::{Empty, Expr, Op, Pick, Step};
use crate::value::Type;
use crate::value::column::Column;

/// Leaves one row of each unit of the live frame. Ghosts end here.
pub fn absorb<'a>(run: &mut Run<'_, 'a>, step: &'a Step) {
    let Op::Absorb { pick, keys, same, empty } = &step.op else { return };
    let order = if let Pick::First(order) | Pick::Last(order) = pick { Some(order) } else { None };
    let (live_keys, order) = run.of_live(|eval, sel| {
        let keys = columns(eval, keys, sel);
        (keys, order.map(|order| eval.column(order, sel)))
    });
    let (mut ghosts, mut lost) = (take(&mut run.ghosts), take(&mut run.lost));
    let keys_of =
        |shadow: &mut Frame| (shadow.len > 0).then(|| run.of_shadow(shadow, |eval, sel| columns(eval, keys, sel)));
    let (lost_keys, ghost_keys) = (keys_of(&mut lost), keys_of(&mut ghosts));
    let ghost_keys = ghost_keys.map(|keys| of_units(&mut ghosts, keys));
    // Units are numbered by their first rows: those with live rows first, then those with lost ones, then the empty.
    let (live, others) = (run.live.len, run.live.len + lost.len);
    let parts = [Some(live_keys), lost_keys, ghost_keys].into_iter().flatten().collect();
    let key_columns = joined(keys, parts);
    let mut units = group(&key_columns, others + ghosts.len);
    run.lost = lost;
    let empty_units = EmptyUnits::new(ghosts, &key_columns, &units, others);
    units.ids.truncate(live);
    units.first.truncate(units.first.partition_point(|&first| (first as usize) < live));
    run.account.absorbed.push((step.label.to_string(), (live - units.first.len()) as u64));
    leave_one(run, step, (pick, order.as_ref()), same, &units);
    let restored = match empty {
        Empty::Drop => 0,
        Empty::Error => empty_units.report(run, step, keys),
        Empty::Zero => empty_units.restore(run, step, same),
    };
    run.account.restored.push((step.label.to_string(), restored));
    run.ghosts = Frame::none(run.score.slots.len());
}

fn columns<'a>(eval: &mut Eval<'_, 'a>, exprs: &'a [Expr], sel: Sel<'_>) -> Vec<Column> {
    exprs.iter().map(|expr| eval.column(expr, sel)).collect()
}

/// Leaves the ghosts that are of a unit, which those whose key isn't known are not.
fn of_units(ghosts: &mut Frame, keys: Vec<Column>) -> Vec<Column> {
    let known = |place: &u32| keys.iter().all(|key| key.is_known(*place as usize));
    let places: Vec<u32> = all_rows(ghosts.len).into_iter().filter(known).collect();
    if places.len() == ghosts.len {
        return keys;
    }
    *ghosts = ghosts.gather(&places);
    keys.iter().map(|key| gather(key, &places)).collect()
}

/// The key columns of several frames, one behind the other.
fn joined(keys: &[Expr], mut parts: Vec<Vec<Column>>) -> Vec<Column> {
    if parts.len() == 1 {
        return parts.pop().unwrap_or_default();
    }
    let mut parts: Vec<_> = parts.into_iter().map(Vec::into_iter).collect();
    let mut next = || parts.iter_mut().filter_map(Iterator::next).collect();
    keys.iter().map(|key| concat(&key.ty.base, next())).collect()
}

/// Picks the value of each unit, and leaves the unit's first row with it.
fn leave_one(
    run: &mut Run<'_, '_>,
    step: &Step,
    (pick, order): (&Pick, Option<&Column>),
    slots: &[usize],
    units: &Groups,
) {
    let mut frame = take(&mut run.live);
    let mut bad = report_differing_slots(run, step, slots, &frame, units);
    let value = frame.value.take().map(|value| {
        let best = picked(pick, order, &value, units);
        if let Some(order) = order {
            bad.extend(report_differing_ties(run, step, &frame, [&value, order], &best, units));
        }
        gather(&value, &best)
    });
    run.live = Frame { value, ..frame.gather(&units.first) };
    bad.sort_unstable();
    bad.dedup();
    if !bad.is_empty() {
        run.lose(&bad);
    }
}

/// The row whose value each unit gets.
fn picked(pick: &Pick, order: Option<&Column>, value: &Column, units: &Groups) -> Vec<u32> {
    let groups = units.first.len();
    let with = |compare: &dyn Fn(usize, usize) -> Ordering| greatest(&units.ids, groups, value, compare);
    let by_order = |turned: bool| {
        let order = order?;
        let compare = by_value(order);
        Some(with(&|a, b| match (order.is_known(a), order.is_known(b)) {
            (true, true) if turned => compare(b, a),
            (true, true) => compare(a, b),
            (known_a, known_b) => known_a.cmp(&known_b),
        }))
    };
    let found = match pick {
        Pick::Highest => Some(with(&*by_value(value))),
        Pick::Lowest => {
            let compare = by_value(value);
            Some(with(&|a, b| compare(b, a)))
        }
        Pick::Strongest => Some(with(&*by_size(value))),
        Pick::First(_) => by_order(true),
        Pick::Last(_) => by_order(false),
    };
    found.unwrap_or_else(|| units.first.clone())
}

/// Units in whose rows a slot differs that must be the same; each is reported.
pub fn report_differing_slots(
    run: &mut Run<'_, '_>,
    step: &Step,
    slots: &[usize],
    frame: &Frame,
    units: &Groups,
) -> Vec<u32> {
    let mut bad = Vec::new();
    for &slot in slots {
        let (Some(spec), Some(Some(column))) = (run.score.slots.get(slot), frame.slots.get(slot)) else { continue };
        let what = format!("`{}`", spec.name);
        let same = same(column);
        let found = first_of_units(units, |unit, place| !same(at(&units.first, unit) as usize, place));
        for (unit, place) in found {
            let rows = [at(&units.first, unit as usize), place];
            report_differing(run, step, (&what, &spec.ty.base), frame, column, rows);
            bad.push(unit);
        }
    }
    bad
}

/// Units in which a row at the picked place of the order has another value; each is reported.
fn report_differing_ties(
    run: &mut Run<'_, '_>,
    step: &Step,
    frame: &Frame,
    [value, order]: [&Column; 2],
    best: &[u32],
    units: &Groups,
) -> Vec<u32> {
    let (same_place, same_value) = (same(order), same(value));
    let ty = run.value.as_ref().map_or(Type::Number(0), |ty| ty.base.clone());
    let found = first_of_units(units, |unit, place| {
        let best = at(best, unit) as usize;
        value.is_known(place) && same_place(best, place) && !same_value(best, place)
    });
    for &(unit, place) in &found {
        let rows = [at(best, unit as usize), place];
        report_differing(run, step, ("the value", &ty), frame, value, rows);
    }
    found.into_iter().map(|(unit, _)| unit).collect()
}

/// For each unit with a row that is so, the first such row.
fn first_of_units(units: &Groups, is_so: impl Fn(usize, usize) -> bool) -> Vec<(u32, u32)> {
    let mut seen = vec![false; units.first.len()];
    let mut found = Vec::new();
    for (place, &unit) in units.ids.iter().enumerate() {
        if is_so(unit as usize, place) && !at(&seen, unit as usize) {
            put(&mut seen, unit as usize, true);
            found.push((unit, row(place)));
        }
    }
    found
}

fn report_differing(
    run: &mut Run<'_, '_>,
    step: &Step,
    (what, ty): (&str, &Type),
    frame: &Frame,
    column: &Column,
    rows: [u32; 2],
) {
    let rows = rows.map(|row| (column.value(row as usize), run.place(row as usize, frame)));
    let (group, diagnostic) = faults::values_differ(step, what, ty, rows);
    run.problems.push_grouped(&group, diagnostic);
}
