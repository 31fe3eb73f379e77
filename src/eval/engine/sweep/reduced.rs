//! A score behind the steps that all variants share, reduced to rows that stand for all that are alike, and the way of
//! one variant from there to its end.
//!
//! What is the same in all variants and needs rows only is computed once, and stands in slots of its own; what later steps
//! ask for otherwise are columns, slots and the value. Rows that agree in all of these are one with a weight, in a slot,
//! too. Behind an `absorb` whose key is used for nothing else, whole units are, and behind a second one units of these.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::alike;
use super::classes::{self, Chosen, Kinds};
use super::parts::{Part, Slots, children, is_behind, is_of_rows, is_simple};
use super::units;
use crate::diag::Problems;
use crate::eval::engine::assemble::concat;
use crate::eval::engine::every;
use crate::eval::engine::expr::Eval;
use crate::eval::engine::frame::{Frame, Leaf, Leaves, Sel};
use crate::eval::engine::group::{Groups, group};
use crate::eval::engine::score::{Run, Scored};
use crate::eval::engine::vector::{gather, repeat};
use crate::eval::engine::world::World;
use crate::eval::faults::MAX_PERIODS;
use crate::plan::{Expr, ExprKind, Op, Plan, Score, Slot, Step, content};
use crate::value::column::{Column, Data};
use crate::value::{Ty, Type, Value};

/// A score behind the steps that all variants share. Its frames have the slots of the score, those of what is computed
/// beforehand, and the weight. As long as rows are brought together, the kind of a row's unit stands in the place of the
/// weight, and is the key.
pub struct Reduced {
    /// The place of the score.
    pub score: usize,
    /// How many steps are done.
    pub done: usize,
    /// The last step whose key tells units apart, and nothing else.
    pub named: Option<usize>,
    /// What is computed beforehand.
    pub slots: Slots,
    /// The type of each.
    pub types: Vec<Ty>,
    /// The rows.
    pub live: Frame,
    /// The rows that are dropped, if a later step asks for them.
    pub ghosts: Frame,
    /// Where rows stand for units, for each further level, and each kind of units, the kinds that are made of it.
    pub within: Vec<Vec<Vec<u32>>>,
    /// For each kind of units of the last level, how many there are.
    pub counts: Vec<i64>,
    /// The type of the value.
    pub value: Option<Ty>,
    /// For how many rows these stand.
    pub rows: u64,
    /// Warnings of the steps that are done.
    pub problems: Problems,
}

/// What is asked of all variants.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The variants; alike.
    pub plans: &'a [Plan],
    /// Which indices are needed.
    pub needed: &'a [bool],
    /// Whether checks are looked at.
    pub checks: bool,
}

impl Reduced {
    /// Reduces a score; `None` where there is something wrong with its rows.
    pub fn new(world: &World<'_>, asked: Asked<'_>, at: usize) -> Option<Self> {
        let score = world.plan.scores.get(at)?;
        let done = alike::steps(asked.plans, at);
        let mut problems = Problems::new();
        let mut run = Run::new(world, score, &mut problems);
        run.steps(0..done, asked.checks);
        let (mut live, mut ghosts, value, broken) = (run.live, run.ghosts, run.value, run.broken);
        let of_value = |key: &Expr| key.is_of_value();
        let later = || score.steps.iter().skip(done);
        let values_asked = ghosts.len > 0 && later().flat_map(keys_of).any(of_value);
        if broken || problems.has_errors() || values_asked || later().any(|step| fills_again(step, &live)) {
            return None;
        }
        let mut frames = Frames { world, score, live: &mut live, ghosts: &mut ghosts };
        let part = Part { score: at, done, named: None, needed: asked.needed, checks: asked.checks };
        let absorbs = alike::absorbs(asked.plans, at, done);
        let levels = frames.levels(&absorbs);
        let named = levels.len().checked_sub(1).and_then(|last| absorbs.get(last)).map(|(at, _)| *at);
        let part = Part { named, ..part };
        let (slots, types) = frames.compute(&part, &common_texts(&part, asked.plans));
        let columns = frames.asked_for(&part, (&slots, &types), asked.plans, value.as_ref());
        let rows = live.len + ghosts.len;
        let absorbs_later = later().any(|step| matches!(step.op, Op::Absorb { .. }));
        let (chosen, within, counts) = match levels.as_slice() {
            [] => (classes::of_rows(&columns, rows), Vec::new(), Vec::new()),
            levels => {
                let Kinds { places, kinds, within, counts } = classes::of_units(&columns, levels, rows);
                (Chosen { places, weights: kinds.into_iter().map(i64::from).collect() }, within, counts)
            }
        };
        let reduced = Self {
            score: at,
            done,
            named: part.named,
            slots,
            types,
            live: live.clone(),
            ghosts: ghosts.clone(),
            within,
            counts,
            value,
            rows: rows as u64,
            problems,
        };
        Some(reduced.chosen(&chosen, absorbs_later))
    }

    /// Leaves the chosen rows with their weights. Ghosts are of no use where nothing asks for them.
    fn chosen(mut self, chosen: &Chosen, absorbs: bool) -> Self {
        let weight = self.live.slots.len();
        let live = u32::try_from(self.live.len).unwrap_or(u32::MAX);
        let begin = chosen.places.partition_point(|&place| place < live);
        let (places, ghosts) = chosen.places.split_at(begin);
        let (weights, ghost_weights) = chosen.weights.split_at(begin);
        let ghosts: Vec<u32> = ghosts.iter().map(|&place| place - live).collect();
        let weighted = |frame: &Frame, places: &[u32], weights: &[i64]| {
            let mut frame = frame.gather(places);
            frame.slots.push(None);
            frame.set_slot(weight, Column::full(Data::Small(weights.to_vec())));
            frame
        };
        self.live = weighted(&self.live, places, weights);
        self.ghosts = if absorbs && !ghosts.is_empty() {
            weighted(&self.ghosts, &ghosts, ghost_weights)
        } else {
            Frame::none(weight + 1)
        };
        self
    }

    /// Changes a plan, which begins as one of the variants, so that it can go on from here.
    pub fn fit(&self, asked: Asked<'_>, plan: &Plan, into: &mut Plan) {
        let Asked { needed, checks, .. } = asked;
        let part = Part { score: self.score, done: self.done, named: self.named, needed, checks };
        part.replace(plan, &self.slots, into);
        if let Some(score) = into.scores.get_mut(self.score).map(Arc::make_mut) {
            let weight = Ty::required(Type::Number(0));
            let slot = |ty: &Ty| Slot { name: "".into(), ty: ty.clone() };
            let place = score.slots.len() + self.types.len();
            score.slots.extend(self.types.iter().chain([&weight]).map(slot));
            for (at, step) in score.steps.iter_mut().enumerate().skip(self.done) {
                if let Op::Absorb { keys, .. } = &mut step.op
                    && !is_behind(self.named, at)
                {
                    *keys = vec![Expr { kind: ExprKind::Slot(place), ty: weight.clone(), span: step.span }];
                }
            }
        }
    }

    /// The units of a score that was made to fit; `None` where something is wrong with a row.
    pub fn finish<'a>(
        &self,
        world: &World<'a>,
        score: &'a Score,
        checks: bool,
        problems: &mut Problems,
    ) -> Option<Scored> {
        let mut found = Problems::new();
        let mut run = Run::new(world, score, &mut found);
        run.live = self.live.clone();
        run.ghosts = self.ghosts.clone();
        run.value.clone_from(&self.value);
        let weight = score.slots.len().checked_sub(1)?;
        let mut most = self.rows;
        let mut within = self.within.iter();
        let mut is_first = true;
        for (at, step) in score.steps.iter().enumerate().skip(self.done) {
            if matches!(step.op, Op::Absorb { .. })
                && !is_behind(self.named, at)
                && !std::mem::take(&mut is_first)
                && let Some(within) = within.next()
            {
                run.live = units::spread(&run.live, weight, within);
                run.ghosts = units::spread(&run.ghosts, weight, within);
            }
            most = most.checked_mul(most_periods(&mut run, step)).filter(|&most| most <= MAX_PERIODS)?;
            run.steps(at..at + 1, checks);
            if !matches!(step.op, Op::Absorb { .. }) {
                continue;
            }
            if is_behind(self.named, at) {
                // Its key tells apart all that is told apart: the rows of a unit are all here.
                run.live.set_slot(weight, Column::full(Data::Small(vec![1; run.live.len])));
            } else if self.named == Some(at) {
                units::weigh(&mut run.live, weight, &self.counts);
            }
        }
        let (frame, account, broken) = (run.live, run.account, run.broken);
        if broken || !found.is_empty() {
            return None;
        }
        problems.extend(self.problems.clone());
        Some(Scored { frame, account, broken, weight: Some(weight) })
    }

    /// Whether all steps of the score are the same in all variants.
    pub fn is_whole(&self, score: &Score) -> bool {
        self.done == score.steps.len()
    }
}

/// The most rows that a step makes of one. What goes wrong here goes wrong in the step itself, too.
fn most_periods<'a>(run: &mut Run<'_, 'a>, step: &'a Step) -> u64 {
    let Op::Every { period, from, end, inclusive, open, .. } = &step.op else { return 1 };
    let rule = every::Rule { period: *period, open: *open, inclusive: *inclusive };
    let mut eval = Eval::new(run.world, Leaves::Rows(run.table, &run.live));
    let sel = Sel::All(run.live.len);
    let from = eval.column(from, sel);
    rule.most(&from, &eval.column(end, sel)).max(1)
}

/// Whether a step fills a slot that is filled already.
fn fills_again(step: &Step, frame: &Frame) -> bool {
    matches!(step.op, Op::Let { slot, .. } | Op::Every { slot, .. } if frame.slots.get(slot).is_some_and(Option::is_some))
}

fn keys_of(step: &Step) -> &[Expr] {
    if let Op::Absorb { keys, .. } = &step.op { keys } else { &[] }
}

/// What expressions say that occur in all plans.
pub fn common_texts(part: &Part<'_>, plans: &[Plan]) -> BTreeSet<String> {
    let mut texts = plans.iter().map(|plan| part.texts(plan));
    let first = texts.next().unwrap_or_default();
    texts.fold(first, |common, texts| common.intersection(&texts).cloned().collect())
}

/// The frames of a score on its way.
struct Frames<'f, 'a> {
    world: &'f World<'a>,
    score: &'a Score,
    live: &'f mut Frame,
    ghosts: &'f mut Frame,
}

impl Frames<'_, '_> {
    fn is_set(&self, slot: usize) -> bool {
        self.live.slots.get(slot).is_some_and(Option::is_some)
    }

    /// An expression over both frames; `None` where it has no result for a row.
    fn column(&self, expr: &Expr) -> Option<[Column; 2]> {
        let over = |frame: &Frame| {
            let mut eval = Eval::new(self.world, Leaves::Rows(self.world.table(self.score.input), frame));
            let column = eval.column(expr, Sel::All(frame.len));
            eval.into_flaws().is_empty().then_some(column)
        };
        Some([over(self.live)?, over(self.ghosts)?])
    }

    /// The units of some `absorb`s, as far as their keys need rows only, and the units of each lie within those of the
    /// next.
    fn levels(&self, absorbs: &[alike::Absorb]) -> Vec<Groups> {
        let mut levels: Vec<Groups> = Vec::new();
        for (_, keys) in absorbs {
            let Some(keys) = self.columns(keys) else { break };
            let rows = self.live.len + self.ghosts.len;
            // A row without a key is of no unit; that is not to be seen of the number of a kind.
            if keys.iter().any(|key| (0..rows).any(|row| !key.is_known(row))) {
                break;
            }
            let units = group(&keys, rows);
            if levels.last().is_some_and(|inner| !classes::lie_within(inner, &units)) {
                break;
            }
            levels.push(units);
        }
        levels
    }

    /// Expressions that need rows only, over both frames, one behind the other; `None` where one needs more.
    fn columns(&self, exprs: &[Expr]) -> Option<Vec<Column>> {
        let column = |expr: &Expr| {
            let fits = is_of_rows(expr, |slot| self.is_set(slot)).then(|| self.column(expr))??;
            Some(self.joined(&expr.ty, fits))
        };
        exprs.iter().map(column).collect()
    }

    fn joined(&self, ty: &Ty, [live, ghosts]: [Column; 2]) -> Column {
        if self.ghosts.len == 0 { live } else { concat(&ty.base, vec![live, ghosts]) }
    }

    /// Computes what all variants have in common, each as large an expression as can be, into slots of its own. What has
    /// no result for some row may not be needed for it: only what is inside is computed.
    fn compute(&mut self, part: &Part<'_>, common: &BTreeSet<String>) -> (Slots, Vec<Ty>) {
        let (mut slots, mut types) = (BTreeMap::new(), Vec::new());
        let plan = self.world.plan;
        let mut open = part.exprs(plan);
        open.reverse();
        while let Some(expr) = open.pop() {
            let text = if is_simple(&expr) { String::new() } else { content::expr(plan, &expr) };
            if slots.contains_key(&text) {
                continue;
            }
            let fits = common.contains(&text) && is_of_rows(&expr, |slot| self.is_set(slot));
            match fits.then(|| self.column(&expr)).flatten() {
                Some([live, ghosts]) => {
                    slots.insert(text, self.live.slots.len());
                    types.push(expr.ty.clone());
                    self.live.slots.push(Some(live));
                    self.ghosts.slots.push(Some(ghosts));
                }
                None => open.extend(children(&expr).into_iter().rev().cloned()),
            }
        }
        (slots, types)
    }

    /// A leaf over both frames; none where it isn't set yet, and so tells nothing apart.
    fn leaf(&self, leaf: Leaf, computed: &[Ty]) -> Option<Column> {
        let over = |frame: &Frame| {
            let (column, rows) = Leaves::Rows(self.world.table(self.score.input), frame).get(leaf)?;
            Some(rows.map_or_else(|| column.clone(), |rows| gather(column, rows)))
        };
        let live = over(self.live)?;
        if self.ghosts.len == 0 {
            return Some(live);
        }
        let ty = match leaf {
            Leaf::Column(at) => &self.world.plan.inputs.get(self.score.input)?.schema.columns.get(at)?.ty,
            Leaf::Slot(at) => match at.checked_sub(self.score.slots.len()) {
                Some(at) => computed.get(at)?,
                None => &self.score.slots.get(at)?.ty,
            },
            _ => return None,
        };
        Some(self.joined(ty, [live, over(self.ghosts)?]))
    }

    /// The columns in which later steps of any variant tell rows apart.
    fn asked_for(
        &self,
        part: &Part<'_>,
        (slots, types): (&Slots, &[Ty]),
        plans: &[Plan],
        value: Option<&Ty>,
    ) -> Vec<Column> {
        let mut leaves = BTreeSet::new();
        plans.iter().for_each(|plan| part.leaves(plan, slots, &mut |leaf| leaves.extend(Leaf::of(&leaf.kind))));
        for step in self.score.steps.iter().skip(part.done) {
            if let Op::Absorb { same, .. } = &step.op {
                leaves.extend(same.iter().map(|&slot| Leaf::Slot(slot)));
            }
        }
        leaves.extend(slots.values().map(|&slot| Leaf::Slot(slot)));
        leaves.remove(&Leaf::Value);
        let mut columns: Vec<Column> = leaves.into_iter().filter_map(|leaf| self.leaf(leaf, types)).collect();
        if let (Some(value), Some(ty)) = (&self.live.value, value) {
            let missing = || repeat(&Value::Missing, &ty.base, self.ghosts.len);
            let ghosts = self.ghosts.value.clone().unwrap_or_else(missing);
            columns.push(self.joined(ty, [value.clone(), ghosts]));
        }
        if self.ghosts.len > 0 {
            let live = std::iter::repeat_n(true, self.live.len);
            let ghosts = std::iter::repeat_n(false, self.ghosts.len);
            columns.push(Column::full(Data::Flag(live.chain(ghosts).collect())));
        }
        columns
    }
}
