//! `absorb`: leaves one row of each unit.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;

use super::expr::{self, Stop, eval_all};
use super::score::{Books, Row, Stage, Standing};
use crate::eval::faults;
use crate::plan::{Empty, Expr, Op, Pick, Step};
use crate::value::{Ty, Type, Value};

/// A row, its place among all rows, and its value of the expression that `first` and `last` go by.
pub struct Member {
    /// The row.
    pub row: Row,
    /// Its place among all rows.
    pub place: usize,
    order: Value,
}

/// The rows of a unit, in order.
pub struct Unit {
    /// The values of its key.
    pub key: Vec<Value>,
    /// The rows that count.
    pub live: Vec<Member>,
    /// Those that a `keep` of rows has dropped.
    pub dropped: Vec<Member>,
    faulty: Vec<Member>,
}

/// The rows that represent units: the first of each unit in the order of rows, with the value that the unit gets.
/// Faulty rows stay as they are, for the next `absorb`.
///
/// `ty` is the type of the value at this point, if it was set.
pub fn absorb(stage: &Stage<'_>, step: &Step, rows: Vec<Row>, ty: Option<&Ty>, books: &mut Books<'_>) -> Vec<Row> {
    let Op::Absorb { pick, keys, .. } = &step.op else { return rows };
    let mut left = Vec::new();
    let (mut absorbed, mut restored) = (0, 0);
    for mut unit in units(stage, pick, keys, rows, books) {
        // A unit with a faulty row may have lost its other rows alone: that it is empty is no error of its own.
        let had_error = !unit.faulty.is_empty();
        left.append(&mut unit.faulty);
        let live = unit.live.len() as u64;
        let one = one_row(stage, step, ty, unit, had_error, books);
        absorbed += live.saturating_sub(1);
        restored += u64::from(live == 0 && one.is_some());
        left.extend(one);
    }
    books.account.absorbed.push((step.label.to_string(), absorbed));
    books.account.restored.push((step.label.to_string(), restored));
    left.sort_by_key(|member| member.place);
    left.into_iter().map(|member| member.row).collect()
}

/// The row that stands for a unit; none for an empty one that isn't put back.
pub fn one_row(
    stage: &Stage<'_>,
    step: &Step,
    ty: Option<&Ty>,
    unit: Unit,
    had_error: bool,
    books: &mut Books<'_>,
) -> Option<Member> {
    let Op::Absorb { keys, empty, .. } = &step.op else { return None };
    match (unit.live.is_empty(), had_error, empty) {
        (false, ..) => represented(stage, step, ty, unit.live, books),
        (true, true, _) | (true, _, Empty::Drop) => None,
        (true, false, Empty::Error) => {
            report_empty(stage, step, keys, &unit, books);
            None
        }
        (true, false, Empty::Zero) => put_back(stage, step, ty, unit.dropped, books),
    }
}

/// The units by their keys, in the order of their first rows. A dropped row whose key isn't known is of no unit.
pub fn units(stage: &Stage<'_>, pick: &Pick, keys: &[Expr], rows: Vec<Row>, books: &mut Books<'_>) -> Vec<Unit> {
    let mut places = BTreeMap::new();
    let mut units: Vec<Unit> = Vec::new();
    for (place, row) in rows.into_iter().enumerate() {
        let key = match eval_all(keys, &stage.scope(&row)) {
            Ok(key) => key,
            Err(stop) => {
                // The unit of a row without a key isn't known, so that nothing of the row is kept.
                stage.stop(stop, row, books);
                continue;
            }
        };
        let (row, order) = match order_of(stage, pick, &row) {
            Ok(order) => (Some(row), order),
            Err(stop) => (stage.stop(stop, row, books), Value::Missing),
        };
        let Some(row) = row else { continue };
        if row.standing == Standing::Dropped && key.contains(&Value::Missing) {
            continue;
        }
        let at = *places.entry(key.clone()).or_insert(units.len());
        if at == units.len() {
            units.push(Unit { key, live: Vec::new(), dropped: Vec::new(), faulty: Vec::new() });
        }
        if let Some(unit) = units.get_mut(at) {
            let members = match row.standing {
                Standing::Live => &mut unit.live,
                Standing::Dropped => &mut unit.dropped,
                Standing::Faulty => &mut unit.faulty,
            };
            members.push(Member { row, place, order });
        }
    }
    units
}

/// What `first` and `last` go by. Rows that don't count have no part in the order.
fn order_of(stage: &Stage<'_>, pick: &Pick, row: &Row) -> Result<Value, Stop> {
    match pick {
        Pick::First(order) | Pick::Last(order) if row.is_live() => expr::eval(order, &stage.scope(row)),
        _ => Ok(Value::Missing),
    }
}

/// The first row of a unit with the unit's value; faulty if the rows differ where they must not.
fn represented(
    stage: &Stage<'_>,
    step: &Step,
    ty: Option<&Ty>,
    members: Vec<Member>,
    books: &mut Books<'_>,
) -> Option<Member> {
    let differ = differ(stage, step, &members, books);
    let value = picked(stage, step, ty, &members, books);
    let standing = if differ || value.is_none() { Standing::Faulty } else { Standing::Live };
    let first = members.into_iter().next()?;
    Some(Member { row: Row { value: value.unwrap_or_default(), standing, ..first.row }, ..first })
}

/// The first dropped row of a unit, with the value 0. What is used of the unit must be the same in all its dropped
/// rows, else their order would show.
fn put_back(
    stage: &Stage<'_>,
    step: &Step,
    ty: Option<&Ty>,
    dropped: Vec<Member>,
    books: &mut Books<'_>,
) -> Option<Member> {
    if differ(stage, step, &dropped, books) {
        return None;
    }
    let value = ty.map(|ty| expr::zero(&ty.base)).unwrap_or_default();
    let first = dropped.into_iter().next()?;
    Some(Member { row: Row { value, standing: Standing::Live, ..first.row }, ..first })
}

/// Whether the rows of a unit differ in a slot that is used of the unit; says so of each such slot.
fn differ(stage: &Stage<'_>, step: &Step, members: &[Member], books: &mut Books<'_>) -> bool {
    let Op::Absorb { same, .. } = &step.op else { return false };
    let mut any = false;
    for &slot in same {
        let Some(spec) = stage.score.slots.get(slot) else { continue };
        let of = |member: &Member| member.row.slots.get(slot).cloned().unwrap_or_default();
        let what = format!("`{}`", spec.name);
        any |= report_difference(stage, step, (&what, &spec.ty.base), members.iter().collect(), of, books);
    }
    any
}

/// The value that a unit gets; none if the rows of a tie differ in it.
fn picked(stage: &Stage<'_>, step: &Step, ty: Option<&Ty>, members: &[Member], books: &mut Books<'_>) -> Option<Value> {
    let Op::Absorb { pick, .. } = &step.op else { return None };
    let tie = best(pick, members);
    let best = tie.first().copied()?;
    let ty = ty.map_or(&Type::Flag, |ty| &ty.base);
    let of = |member: &Member| member.row.value.clone();
    let differs = report_difference(stage, step, ("the value", ty), tie, of, books);
    (!differs).then(|| best.row.value.clone())
}

/// The rows of a unit that come before all others: several if they tie.
pub fn best<'m>(pick: &Pick, members: &'m [Member]) -> Vec<&'m Member> {
    let best = members.iter().reduce(|best, other| if rank(pick, best, other).is_lt() { other } else { best });
    let ties = |member: &&Member| best.is_some_and(|best| rank(pick, member, best).is_eq());
    members.iter().filter(ties).collect()
}

/// Which of two rows comes before the other: the greater one. A row without a value loses against any with one, and
/// so does a row without a place in the order.
fn rank(pick: &Pick, a: &Member, b: &Member) -> Ordering {
    let (value, other) = (&a.row.value, &b.row.value);
    let known = value.is_known().cmp(&other.is_known());
    known.then_with(|| match pick {
        Pick::Highest => value.cmp(other),
        Pick::Lowest => other.cmp(value),
        Pick::Strongest => size(value).cmp(&size(other)).then_with(|| value.cmp(other)),
        Pick::First(_) => {
            let known = a.order.is_known().cmp(&b.order.is_known());
            known.then_with(|| Reverse(&a.order).cmp(&Reverse(&b.order)))
        }
        // What is missing is the least in the order of values.
        Pick::Last(_) => a.order.cmp(&b.order),
    })
}

/// A number without its sign.
pub fn size(value: &Value) -> Value {
    match value {
        Value::Number(units) => Value::Number(units.abs()),
        Value::Real(real) => Value::Real(real.abs()),
        other => other.clone(),
    }
}

/// Says that two rows differ: the first, and the first that isn't like it.
fn report_difference(
    stage: &Stage<'_>,
    step: &Step,
    (what, ty): (&str, &Type),
    members: Vec<&Member>,
    of: impl Fn(&Member) -> Value,
    books: &mut Books<'_>,
) -> bool {
    let Some((first, others)) = members.split_first() else { return false };
    let Some(other) = others.iter().find(|other| of(other) != of(first)) else { return false };
    let shown = |member: &Member| (of(member), faults::place(stage.input, stage.table, member.row.row, None));
    books.report(faults::values_differ(step, what, ty, [shown(first), shown(other)]));
    true
}

fn report_empty(stage: &Stage<'_>, step: &Step, keys: &[Expr], unit: &Unit, books: &mut Books<'_>) {
    let Some(first) = unit.dropped.first() else { return };
    let types = keys.iter().map(|key| key.ty.base.clone());
    let shown: Vec<(Value, Type)> = unit.key.iter().cloned().zip(types).collect();
    let at = faults::place(stage.input, stage.table, first.row.row, None);
    books.report(faults::empty_unit(step, &shown, at));
}
