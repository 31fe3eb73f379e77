//! `absorb`: leaves one row of each unit.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;

use super::expr::{self, eval_all};
use super::score::{Row, Stage};
use crate::diag::Problems;
use crate::eval::{ScoreAccount, faults};
use crate::plan::{Empty, Expr, Op, Pick, Step};
use crate::value::{Ty, Type, Value};

/// A row, and its value of the expression that `first` and `last` go by.
struct Member {
    row: Row,
    order: Value,
}

/// The rows that represent units: the first of each unit in the order of rows, with the value that the unit gets.
///
/// `ty` is the type of the value at this point, if it was set.
pub fn absorb(
    stage: &Stage<'_>,
    step: &Step,
    rows: Vec<Row>,
    ty: Option<&Ty>,
    (account, problems): (&mut ScoreAccount, &mut Problems),
) -> Vec<Row> {
    let Op::Absorb { pick, keys, same, empty } = &step.op else {
        return rows;
    };
    let mut left = Vec::new();
    let (mut absorbed, mut restored) = (0, 0);
    for (key, members) in units(stage, pick, keys, rows, problems) {
        let (ghosts, live): (Vec<Member>, Vec<Member>) = members.into_iter().partition(|member| member.row.ghost);
        let is_empty = live.is_empty();
        let members = match (is_empty, empty) {
            (false, _) => live,
            (true, Empty::Drop) => continue,
            (true, Empty::Error) => {
                report_empty(stage, step, (keys, &key), &ghosts, problems);
                continue;
            }
            (true, Empty::Zero) => ghosts,
        };
        if differ(stage, step, same, &members, problems) {
            continue;
        }
        let value = if is_empty {
            restored += 1;
            Some(ty.map(|ty| expr::zero(&ty.base)).unwrap_or_default())
        } else {
            absorbed += members.len() as u64 - 1;
            picked(stage, step, pick, ty, &members, problems)
        };
        let representative = members.into_iter().next();
        left.extend(value.zip(representative).map(|(value, of)| Row { value, ghost: false, ..of.row }));
    }
    account.absorbed.push((step.label.to_string(), absorbed));
    account.restored.push((step.label.to_string(), restored));
    left
}

/// The units by their keys, in the order of their first rows, and their rows in order. Rows whose key is missing are
/// one unit.
fn units(
    stage: &Stage<'_>,
    pick: &Pick,
    keys: &[Expr],
    rows: Vec<Row>,
    problems: &mut Problems,
) -> Vec<(Vec<Value>, Vec<Member>)> {
    let mut places = BTreeMap::new();
    let mut units: Vec<(Vec<Value>, Vec<Member>)> = Vec::new();
    for row in rows {
        let scope = stage.scope(&row);
        let order = match pick {
            Pick::First(order) | Pick::Last(order) => Some(order),
            Pick::Highest | Pick::Lowest | Pick::Strongest => None,
        };
        let key = eval_all(keys, &scope);
        let both = key.and_then(|key| Ok((key, order.map(|order| expr::eval(order, &scope)).transpose()?)));
        let Some((key, order)) = stage.take(both, &row, problems) else {
            continue;
        };
        let place = *places.entry(key.clone()).or_insert(units.len());
        if place == units.len() {
            units.push((key, Vec::new()));
        }
        if let Some((_, members)) = units.get_mut(place) {
            members.push(Member { row, order: order.unwrap_or_default() });
        }
    }
    units
}

/// Whether the rows of a unit differ in a slot that is used of the unit; says so of each such slot.
fn differ(stage: &Stage<'_>, step: &Step, same: &[usize], members: &[Member], problems: &mut Problems) -> bool {
    let mut any = false;
    for &slot in same {
        let Some(spec) = stage.score.slots.get(slot) else {
            continue;
        };
        let of = |member: &Member| member.row.slots.get(slot).cloned().unwrap_or_default();
        let what = format!("`{}`", spec.name);
        any |= report_difference(stage, step, (&what, &spec.ty.base), members.iter().collect(), of, problems);
    }
    any
}

/// The value that a unit gets; none if the rows of a tie differ in it.
fn picked(
    stage: &Stage<'_>,
    step: &Step,
    pick: &Pick,
    ty: Option<&Ty>,
    members: &[Member],
    problems: &mut Problems,
) -> Option<Value> {
    let best = members.iter().reduce(|best, other| if rank(pick, best, other).is_lt() { other } else { best })?;
    let tie: Vec<&Member> = members.iter().filter(|member| rank(pick, member, best).is_eq()).collect();
    let ty = ty.map_or(&Type::Flag, |ty| &ty.base);
    let of = |member: &Member| member.row.value.clone();
    if report_difference(stage, step, ("the value", ty), tie, of, problems) {
        return None;
    }
    Some(best.row.value.clone())
}

/// Which of two rows comes before the other: the greater one. What is missing loses against any value.
fn rank(pick: &Pick, a: &Member, b: &Member) -> Ordering {
    let known = |a: &Value, b: &Value| a.is_known().cmp(&b.is_known());
    let (value, other) = (&a.row.value, &b.row.value);
    match pick {
        Pick::Highest => known(value, other).then_with(|| value.cmp(other)),
        Pick::Lowest => known(value, other).then_with(|| other.cmp(value)),
        Pick::Strongest => {
            known(value, other).then_with(|| size(value).cmp(&size(other))).then_with(|| value.cmp(other))
        }
        Pick::First(_) => known(&a.order, &b.order).then_with(|| Reverse(&a.order).cmp(&Reverse(&b.order))),
        Pick::Last(_) => known(&a.order, &b.order).then_with(|| a.order.cmp(&b.order)),
    }
}

/// A number without its sign.
fn size(value: &Value) -> Value {
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
    problems: &mut Problems,
) -> bool {
    let Some((first, others)) = members.split_first() else {
        return false;
    };
    let Some(other) = others.iter().find(|other| of(other) != of(first)) else {
        return false;
    };
    let shown = |member: &Member| (of(member), faults::place(stage.input, stage.table, member.row.row, None));
    let (group, diagnostic) = faults::values_differ(step, what, ty, [shown(first), shown(other)]);
    problems.push_grouped(&group, diagnostic);
    true
}

fn report_empty(
    stage: &Stage<'_>,
    step: &Step,
    (keys, key): (&[Expr], &[Value]),
    ghosts: &[Member],
    problems: &mut Problems,
) {
    let Some(first) = ghosts.first() else { return };
    let unit: Vec<(Value, Type)> = key.iter().cloned().zip(keys.iter().map(|key| key.ty.base.clone())).collect();
    let at = faults::place(stage.input, stage.table, first.row.row, None);
    let (group, diagnostic) = faults::empty_unit(step, &unit, at);
    problems.push_grouped(&group, diagnostic);
}
