//! Units that lost every row to a `keep` of rows: what an `absorb` knows of them, and what it does.

use super::absorb::report_differing_slots;
use super::frame::Frame;
use super::group::Groups;
use super::score::Run;
use super::vector::{NONE, all_rows, at, gather, repeat, row};
use crate::eval::faults;
use crate::plan::{Expr, Step};
use crate::value::column::Column;
use crate::value::{Ty, Type, Value};

/// The ghosts of units that have no other rows.
pub struct EmptyUnits {
    ghosts: Frame,
    units: Groups,
    /// The keys of each unit.
    keys: Vec<Column>,
}

impl EmptyUnits {
    /// Finds them among ghosts whose rows stand from `begin` among those that were grouped by some keys.
    pub fn new(ghosts: Frame, keys: &[Column], all: &Groups, begin: usize) -> Self {
        let known = all.first.partition_point(|&first| (first as usize) < begin);
        let firsts = all.first.get(known..).unwrap_or(&[]);
        let ids = all.ids.get(begin..).unwrap_or(&[]);
        let places: Vec<u32> =
            all_rows(ids.len()).into_iter().filter(|&place| at(ids, place as usize) as usize >= known).collect();
        let unit_ids: Vec<u32> = places.iter().map(|&place| at(ids, place as usize) - row(known)).collect();
        let mut first = vec![NONE; firsts.len()];
        for (place, &unit) in unit_ids.iter().enumerate().rev() {
            super::vector::put(&mut first, unit as usize, row(place));
        }
        let ghosts = if places.is_empty() { Frame::none(ghosts.slots.len()) } else { ghosts.gather(&places) };
        let keys = keys.iter().map(|key| gather(key, firsts)).collect();
        Self { ghosts, units: Groups { ids: unit_ids, first }, keys }
    }

    /// Reports each; none is put back.
    pub fn report(self, run: &mut Run<'_, '_>, step: &Step, keys: &[Expr]) -> u64 {
        for (unit, &first) in self.units.first.iter().enumerate() {
            let value = |(column, expr): (&Column, &Expr)| (column.value(unit), expr.ty.base.clone());
            let shown: Vec<(Value, Type)> = self.keys.iter().zip(keys).map(value).collect();
            let place = run.place(first as usize, &self.ghosts);
            let (group, diagnostic) = faults::empty_unit(step, &shown, place);
            run.problems.push_grouped(&group, diagnostic);
            run.broken = true;
        }
        0
    }

    /// Puts each back with the value 0; how many. What is used of a unit must be the same in its dropped rows too,
    /// else the order of the rows would show.
    pub fn restore(self, run: &mut Run<'_, '_>, step: &Step, slots: &[usize]) -> u64 {
        let bad = report_differing_slots(run, step, slots, &self.ghosts, &self.units);
        run.broken |= !bad.is_empty();
        let good = |unit: &u32| !bad.contains(unit);
        let units: Vec<u32> = all_rows(self.units.first.len()).into_iter().filter(good).collect();
        let rows: Vec<u32> = units.iter().map(|&unit| at(&self.units.first, unit as usize)).collect();
        let mut back = self.ghosts.gather(&rows);
        back.value = run.value.as_ref().map(|ty| repeat(&zero(ty), &ty.base, back.len));
        run.live = std::mem::take(&mut run.live).join(back, run.score, run.value.as_ref());
        rows.len() as u64
    }
}

/// The value 0 of a type; missing where there is none.
fn zero(ty: &Ty) -> Value {
    match ty.base {
        Type::Number(_) => Value::Number(0),
        Type::Real => Value::Real(0.0),
        _ => Value::Missing,
    }
}
