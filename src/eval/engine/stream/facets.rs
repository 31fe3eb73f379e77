//! A score without `absorb`, of which each step, the filters and the dimensions are taken once for each combination of
//! the texts, flags and days that they ask for.
//!
//! What is asked for together is a facet: a condition on two actors, a weight by a code, the month of a day. A row then
//! costs a number looked up in each facet, whatever the number of steps.

mod combos;
mod outline;

use self::combos::Combos;
use self::outline::{OfTotal, outline};
use super::part::{Part, Total, select};
use crate::diag::Problems;
use crate::eval::ScoreAccount;
use crate::eval::engine::expr::Eval;
use crate::eval::engine::frame::{Frame, Leaves, Sel};
use crate::eval::engine::score::Run;
use crate::eval::engine::vector::{NONE, all_rows, at, put, row};
use crate::eval::engine::world::World;
use crate::plan::{Op, Score};
use crate::value::column::{Column, Data};
use crate::value::piece::Unfit;

/// What is known of a score by its facets.
pub struct Facets<'p> {
    score: &'p Score,
    facets: Vec<Facet>,
    /// The value by the combinations of the first facet.
    values: Vec<i64>,
    known: Vec<bool>,
    totals: Vec<(OfTotal, ByCombo)>,
    /// Whether it has been seen that the columns don't allow it.
    is_off: bool,
}

/// Some columns, and the steps that ask for nothing else.
struct Facet {
    combos: Combos,
    steps: Vec<usize>,
    has_keeps: bool,
    /// For each combination the step that drops it, or [`NONE`].
    drops: Vec<u32>,
}

/// What an aggregation asks for, each by the combinations of its facet.
#[derive(Default)]
struct ByCombo {
    passes: Vec<bool>,
    /// The numbers of the dimensions' values. Those of the first facet's dimensions that come first are one number.
    dims: Vec<Vec<u32>>,
}

/// The rows of a part, with the numbers of their combinations in each facet.
struct Numbered {
    rows: Vec<u32>,
    of_facets: Vec<Vec<u32>>,
}

impl Numbered {
    fn of(&self, facet: usize) -> &[u32] {
        self.of_facets.get(facet).map_or(&[], Vec::as_slice)
    }
}

impl<'p> Facets<'p> {
    /// Nothing yet, of a score whose steps and aggregations ask for nothing but the row.
    pub fn new(score: &'p Score, totals: &[Total<'p>]) -> Option<Self> {
        let (outlines, of_totals) = outline(score, totals)?;
        if !score.steps.iter().any(|step| matches!(step.op, Op::Set { .. })) {
            return None;
        }
        let is_keep = |&step: &usize| score.steps.get(step).is_some_and(|step| matches!(step.op, Op::Keep { .. }));
        let facet = |outline: outline::Outline| Facet {
            combos: Combos::new(&outline.columns),
            has_keeps: outline.steps.iter().any(is_keep),
            steps: outline.steps,
            drops: Vec::new(),
        };
        Some(Self {
            score,
            facets: outlines.into_iter().map(facet).collect(),
            values: Vec::new(),
            known: Vec::new(),
            totals: of_totals.into_iter().map(|of_total| (of_total, ByCombo::default())).collect(),
            is_off: false,
        })
    }

    /// Runs the score and its aggregations over a part; `None` where nothing has been done, as something isn't so simple.
    pub fn run(
        &mut self,
        world: &World<'_>,
        part: &Part,
        totals: &mut [Total<'p>],
    ) -> Result<Option<ScoreAccount>, Unfit> {
        if self.is_off {
            return Ok(None);
        }
        let Some(numbered) = self.numbered(world, part, totals) else {
            self.is_off = true;
            return Ok(None);
        };
        let mut account = ScoreAccount::new(&self.score.name, numbered.rows.len() as u64);
        let live = self.live(&numbered, &mut account);
        let of_value = numbered.of(0);
        let combo = |place: &u32| at(of_value, *place as usize) as usize;
        let valued: Vec<u32> = live.iter().copied().filter(|place| at(&self.known, combo(place))).collect();
        for (total, (of_total, by_combo)) in totals.iter_mut().zip(&self.totals) {
            total.counts.no_value += (live.len() - valued.len()) as u64;
            let passing = match of_total.filter {
                None => valued.clone(),
                Some(facet) => {
                    let combos = numbered.of(facet);
                    let passes = |place: &u32| at(&by_combo.passes, at(combos, *place as usize) as usize);
                    valued.iter().copied().filter(passes).collect()
                }
            };
            total.counts.failing += (valued.len() - passing.len()) as u64;
            total.counts.in_cells += passing.len() as u64;
            if passing.is_empty() {
                continue;
            }
            let cells = cells(total, of_total, by_combo, &numbered, &passing);
            let values = passing.iter().map(|place| at(&self.values, combo(place))).collect();
            total.tally.add_to(&cells, &Column::full(Data::Small(values)))?;
        }
        Ok(Some(account))
    }

    /// The places of the rows that no step drops.
    fn live(&self, numbered: &Numbered, account: &mut ScoreAccount) -> Vec<u32> {
        let mut dropped = vec![NONE; numbered.rows.len()];
        for (at_facet, facet) in self.facets.iter().enumerate().filter(|(_, facet)| facet.has_keeps) {
            for (dropped, &combo) in dropped.iter_mut().zip(numbered.of(at_facet)) {
                *dropped = (*dropped).min(at(&facet.drops, combo as usize));
            }
        }
        let mut counts = vec![0u64; self.score.steps.len()];
        let mut live = Vec::with_capacity(dropped.len());
        for (place, &step) in dropped.iter().enumerate() {
            match counts.get_mut(step as usize) {
                Some(count) => *count += 1,
                None => live.push(row(place)),
            }
        }
        for (step, &count) in self.score.steps.iter().zip(&counts) {
            if matches!(step.op, Op::Keep { .. }) {
                account.dropped.push((step.label.to_string(), count));
            }
        }
        account.scored = live.len() as u64;
        live
    }

    /// The combinations of all rows, of which all is known then.
    fn numbered(&mut self, world: &World<'_>, part: &Part, totals: &mut [Total<'p>]) -> Option<Numbered> {
        let rows = part.places();
        let mut of_facets = Vec::with_capacity(self.facets.len());
        for facet in 0..self.facets.len() {
            let mut new = Vec::new();
            let combos = &mut self.facets.get_mut(facet)?.combos;
            if !combos.fit(&part.table)? {
                self.forget(facet);
            }
            let combos = &mut self.facets.get_mut(facet)?.combos;
            of_facets.push(combos.of_rows(&part.table, &rows, &mut new)?);
            if !new.is_empty() {
                self.know(facet, world, (part, &new), totals)?;
            }
        }
        Some(Numbered { rows, of_facets })
    }

    fn forget(&mut self, facet: usize) {
        if let Some(facet) = self.facets.get_mut(facet) {
            facet.drops.clear();
        }
        if facet == 0 {
            self.values.clear();
            self.known.clear();
        }
        for (of_total, by_combo) in &mut self.totals {
            if of_total.filter == Some(facet) {
                by_combo.passes.clear();
            }
            for (_, codes) in of_total.dims.iter().zip(&mut by_combo.dims).filter(|(of_dim, _)| **of_dim == facet) {
                codes.clear();
            }
        }
    }

    /// Takes the steps of a facet for new combinations, by a row of each; `None` where one has an error, or a value that
    /// isn't a number of 64 bits.
    fn know(
        &mut self,
        at_facet: usize,
        world: &World<'_>,
        (part, new): (&Part, &[u32]),
        totals: &mut [Total<'p>],
    ) -> Option<()> {
        let facet = self.facets.get_mut(at_facet)?;
        let (before, now) = (facet.combos.count.checked_sub(new.len())?, facet.combos.count);
        let table = select(&part.table, new);
        let (mut problems, world) = (Problems::new(), &world.of_part(self.score.input, &table));
        let mut run = Run::new(world, self.score, &mut problems);
        facet.drops.resize(now, NONE);
        for &step in &facet.steps {
            let live: Vec<u32> = (0..run.live.len).map(|place| row(run.live.row(place))).collect();
            run.steps(step..step + 1, true);
            let mut left = (0..run.live.len).map(|place| row(run.live.row(place))).peekable();
            for rep in live.into_iter().filter(|rep| left.next_if_eq(rep).is_none()) {
                put(&mut facet.drops, before + rep as usize, row(step));
            }
        }
        let (live, broken) = (std::mem::take(&mut run.live), run.broken);
        if broken || !problems.is_empty() {
            return None;
        }
        if at_facet == 0 {
            self.note_values(before, now, &live)?;
        }
        for (total, (of_total, by_combo)) in totals.iter_mut().zip(&mut self.totals) {
            let mut frame = Framed { world, leaves: Leaves::Rows(&table, &live), live: &live, before, now };
            if of_total.filter == Some(at_facet) {
                frame.filter(total, &mut by_combo.passes)?;
            }
            frame.dims(total, of_total, at_facet, &mut by_combo.dims)?;
        }
        Some(())
    }

    fn note_values(&mut self, before: usize, now: usize, live: &Frame) -> Option<()> {
        self.values.resize(now, 0);
        self.known.resize(now, false);
        if live.len == 0 {
            return Some(());
        }
        let value = live.value.as_ref()?;
        let Data::Small(values) = &value.data else { return None };
        for (place, &units) in values.iter().enumerate() {
            put(&mut self.values, before + live.row(place), units);
            put(&mut self.known, before + live.row(place), value.is_known(place));
        }
        Some(())
    }
}

/// Rows of new combinations that live.
struct Framed<'f, 'a> {
    world: &'f World<'a>,
    leaves: Leaves<'f>,
    live: &'f Frame,
    /// How many combinations there were before and are now.
    before: usize,
    now: usize,
}

impl Framed<'_, '_> {
    /// Asks a filter.
    fn filter(&self, total: &Total<'_>, passes: &mut Vec<bool>) -> Option<()> {
        passes.resize(self.now, false);
        let mut eval = Eval::new(self.world, self.leaves);
        let filter = total.aggregate().filter.as_ref()?;
        let passing = eval.split_at(filter, Sel::All(self.live.len), all_rows(self.live.len)).0;
        passing.iter().for_each(|&place| put(passes, self.before + self.live.row(place as usize), true));
        eval.into_flaws().is_empty().then_some(())
    }

    /// Numbers the values of the dimensions that belong to a facet.
    fn dims(
        &mut self,
        total: &mut Total<'_>,
        of_total: &OfTotal,
        facet: usize,
        dims: &mut Vec<Vec<u32>>,
    ) -> Option<()> {
        let aggregate = total.aggregate();
        dims.resize_with(aggregate.by.len(), Vec::new);
        let heads = of_total.heads();
        for (dim, by) in aggregate.by.iter().enumerate().filter(|(dim, _)| of_total.dims.get(*dim) == Some(&facet)) {
            let mut eval = Eval::new(self.world, self.leaves);
            let values = eval.column(&by.expr, Sel::All(self.live.len));
            if !eval.into_flaws().is_empty() {
                return None;
            }
            let numbers = total.tally.code(dim, &values);
            let codes = if dim < heads { dims.first_mut()? } else { dims.get_mut(dim)? };
            let numbers = if dim > 0 && dim < heads {
                let before = (0..self.live.len).map(|place| at(codes, self.before + self.live.row(place))).collect();
                total.tally.pair(dim - 1, before, &numbers)
            } else {
                numbers
            };
            codes.resize(self.now, 0);
            let places = numbers.iter().enumerate();
            places.for_each(|(place, &number)| put(codes, self.before + self.live.row(place), number));
        }
        Some(())
    }
}

/// The cells of some rows.
fn cells(total: &mut Total<'_>, of_total: &OfTotal, by_combo: &ByCombo, numbered: &Numbered, rows: &[u32]) -> Vec<u32> {
    let of_dim = |dim: usize| -> Vec<u32> {
        let combos = of_total.dims.get(dim).map_or(&[][..], |facet| numbered.of(*facet));
        let codes = by_combo.dims.get(dim).map_or(&[][..], Vec::as_slice);
        rows.iter().map(|&place| at(codes, at(combos, place as usize) as usize)).collect()
    };
    if of_total.dims.is_empty() {
        return vec![0; rows.len()];
    }
    (of_total.heads()..of_total.dims.len())
        .fold(of_dim(0), |so_far, dim| total.tally.pair(dim - 1, so_far, &of_dim(dim)))
}

impl OfTotal {
    /// How many dimensions from the first on belong to the same facet.
    fn heads(&self) -> usize {
        self.dims.iter().take_while(|facet| self.dims.first() == Some(facet)).count()
    }
}
