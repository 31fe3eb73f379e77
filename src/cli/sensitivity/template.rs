//! The plans of runs that differ in drawn values alone: one is compiled, and the values are put into copies of it.
//!
//! Where a value decides more than a number in the plan (which years an index has, say), that shows when a plan that was
//! made so is held against one that was compiled; then a plan is compiled for each of its values.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::inputs::Drawn;
use crate::plan::{Otherwise, Plan, Scale};
use crate::types::coerce_value;
use crate::value::Value;

/// The draws of a run: for each value that varies, none where the plan hasn't got it.
pub type Draws = Vec<Option<Drawn>>;

/// Compiles a plan with draws.
pub type Compile<'a> = dyn Fn(&Draws) -> Option<Plan> + Sync + 'a;

/// The plans of all runs with the same changes.
pub struct Templates {
    names: Vec<String>,
    /// For each value, its places in a plan.
    slots: Vec<Vec<Slot>>,
    /// The values for each of which there is a plan of its own.
    apart: Vec<bool>,
    plans: BTreeMap<Vec<Value>, Plan>,
}

/// A place in a plan that holds a value which varies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Param(usize),
    Word(usize, usize),
    Pattern(usize, usize),
    Range(usize, usize),
    Otherwise(usize),
}

impl Templates {
    /// Compiles the plans from which those of these runs can be made; `Err` tells a run whose plan doesn't compile.
    pub fn new(names: &[String], runs: &[Draws], compile: &Compile<'_>) -> Result<Self, Draws> {
        let first = runs.first().cloned().unwrap_or_else(|| vec![None; names.len()]);
        let base = compile(&first).ok_or_else(|| first.clone())?;
        let (mut slots, mut apart) = (Vec::new(), Vec::new());
        for at in 0..names.len() {
            let (found, is_apart) = probe(names, &base, &first, runs, at, compile)?;
            slots.push(found);
            apart.push(is_apart);
        }
        let mut templates = Self { names: names.to_vec(), slots, apart, plans: BTreeMap::new() };
        for run in runs {
            let key = templates.key(run);
            if let Entry::Vacant(place) = templates.plans.entry(key) {
                place.insert(compile(run).ok_or_else(|| run.clone())?);
            }
        }
        Ok(templates)
    }

    fn key(&self, run: &Draws) -> Vec<Value> {
        let apart = run.iter().zip(&self.apart).filter(|(_, apart)| **apart);
        apart.map(|(drawn, _)| drawn.as_ref().map_or(Value::Missing, |drawn| drawn.value.clone())).collect()
    }

    /// The plan of a run.
    pub fn plan(&self, run: &Draws) -> Option<Plan> {
        let mut plan = self.plans.get(&self.key(run))?.clone();
        for (at, drawn) in run.iter().enumerate() {
            if let (Some(drawn), Some(false)) = (drawn, self.apart.get(at)) {
                put(&mut plan, self.slots.get(at)?, drawn)?;
            }
        }
        Some(plan)
    }

    /// Runs that together differ in all in which any two of these do: a few stand for all.
    pub fn standing_for<'r>(&self, runs: &'r [Draws]) -> Vec<&'r Draws> {
        let Some(first) = runs.first() else { return Vec::new() };
        let mut chosen = vec![first];
        for at in 0..self.names.len() {
            chosen.extend(runs.iter().find(|run| run.get(at) != first.get(at)));
        }
        chosen
    }
}

/// Where a value stands in the plan; and whether it decides more than that.
fn probe(
    names: &[String],
    base: &Plan,
    first: &Draws,
    runs: &[Draws],
    at: usize,
    compile: &Compile<'_>,
) -> Result<(Vec<Slot>, bool), Draws> {
    let value = |run: &Draws| run.get(at).cloned().flatten();
    let Some(own) = value(first) else { return Ok((Vec::new(), false)) };
    let others = || runs.iter().filter_map(value).filter(|drawn| *drawn != own);
    let by_value = |a: &Drawn, b: &Drawn| a.value.cmp(&b.value);
    let (mut slots, mut apart): (Vec<Slot>, bool) = (Vec::new(), false);
    for other in others().min_by(by_value).into_iter().chain(others().max_by(by_value)) {
        let mut changed = first.clone();
        if let Some(slot) = changed.get_mut(at) {
            *slot = Some(other.clone());
        }
        let compiled = compile(&changed).ok_or(changed)?;
        if slots.is_empty() {
            slots = names.get(at).map(|name| places(base, &compiled, name)).unwrap_or_default();
        }
        let mut made = base.clone();
        let fits = put(&mut made, &slots, &other).is_some() && says(&made) == says(&compiled);
        apart |= !fits;
    }
    Ok((slots, apart))
}

/// All that a plan says.
fn says(plan: &Plan) -> Option<Vec<u8>> {
    serde_json::to_vec(plan).ok()
}

/// The places in which two plans have another value: the parameter of this name, and the points of scales.
fn places(a: &Plan, b: &Plan, name: &str) -> Vec<Slot> {
    let param = a.params.iter().position(|param| *param.name == *name).map(Slot::Param);
    let mut found: Vec<Slot> = param.into_iter().collect();
    for (at, (a, b)) in a.scales.iter().zip(&b.scales).enumerate() {
        let differ = |a: &[Value], b: &[Value]| -> Vec<usize> {
            a.iter().zip(b).enumerate().filter(|(_, (a, b))| a != b).map(|(at, _)| at).collect()
        };
        let words = |scale: &Scale| scale.words.iter().map(|(_, value)| value.clone()).collect::<Vec<_>>();
        let patterns = |scale: &Scale| scale.patterns.iter().map(|(_, value)| value.clone()).collect::<Vec<_>>();
        let ranges = |scale: &Scale| scale.ranges.iter().map(|range| range.value.clone()).collect::<Vec<_>>();
        found.extend(differ(&words(a), &words(b)).into_iter().map(|line| Slot::Word(at, line)));
        found.extend(differ(&patterns(a), &patterns(b)).into_iter().map(|line| Slot::Pattern(at, line)));
        found.extend(differ(&ranges(a), &ranges(b)).into_iter().map(|line| Slot::Range(at, line)));
        if let (Otherwise::Value(a), Otherwise::Value(b)) = (&a.otherwise, &b.otherwise)
            && a != b
        {
            found.push(Slot::Otherwise(at));
        }
    }
    found
}

/// Puts a value in its places; `None` where it doesn't fit.
fn put(plan: &mut Plan, slots: &[Slot], drawn: &Drawn) -> Option<()> {
    for slot in slots {
        if let Slot::Param(at) = slot {
            let param = plan.params.get_mut(*at)?;
            param.value = coerce_value(&drawn.value, &drawn.ty, &param.ty.base)?;
            continue;
        }
        let (Slot::Word(at, _) | Slot::Pattern(at, _) | Slot::Range(at, _) | Slot::Otherwise(at) | Slot::Param(at)) =
            slot;
        let scale = plan.scales.get_mut(*at)?;
        let value = coerce_value(&drawn.value, &drawn.ty, &scale.ty.base)?;
        *match slot {
            Slot::Word(_, line) => &mut scale.words.get_mut(*line)?.1,
            Slot::Pattern(_, line) => &mut scale.patterns.get_mut(*line)?.1,
            Slot::Range(_, line) => &mut scale.ranges.get_mut(*line)?.value,
            Slot::Otherwise(_) | Slot::Param(_) => match &mut scale.otherwise {
                Otherwise::Value(value) => value,
                Otherwise::Error => return None,
            },
        } = value;
    }
    Some(())
}
