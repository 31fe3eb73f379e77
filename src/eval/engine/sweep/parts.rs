//! The parts of a score that come behind the steps that all variants share: their expressions, and what these say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::eval::engine::frame::Leaf;
use crate::plan::{Body, Check, Expr, ExprKind, Op, Pick, Plan, Source, content};

/// Which part of a plan is meant.
#[derive(Debug, Clone, Copy)]
pub struct Part<'n> {
    /// The score.
    pub score: usize,
    /// How many of its first steps don't belong to it.
    pub done: usize,
    /// The last `absorb` among its steps whose key does nothing but tell units apart. Those before it are such, too.
    pub named: Option<usize>,
    /// Which indices are needed: what these ask of the units belongs to it.
    pub needed: &'n [bool],
    /// Whether checks are looked at.
    pub checks: bool,
}

/// Texts of expressions, and the slots that hold their values.
pub type Slots = BTreeMap<String, usize>;

impl Part<'_> {
    /// The expressions of the part.
    pub fn exprs(&self, plan: &Plan) -> Vec<Expr> {
        self.exprs_mut(&mut plan.clone()).into_iter().map(|expr| expr.clone()).collect()
    }

    /// The same expressions, to be changed.
    fn exprs_mut<'p>(&self, plan: &'p mut Plan) -> Vec<&'p mut Expr> {
        let mut found = Vec::new();
        let steps = plan.scores.get_mut(self.score).map_or(&mut [][..], |score| &mut Arc::make_mut(score).steps);
        for (at, step) in steps.iter_mut().enumerate().skip(self.done) {
            match &mut step.op {
                Op::Let { expr, .. } => found.push(expr),
                Op::Keep { holds: expr, when, .. } | Op::Set { expr, when, .. } => {
                    found.extend([expr].into_iter().chain(when))
                }
                Op::Every { from, end, .. } => found.extend([from, end]),
                Op::Absorb { pick, keys, .. } => {
                    if let Pick::First(order) | Pick::Last(order) = pick {
                        found.push(order);
                    }
                    found.extend(keys.iter_mut().filter(|_| is_behind(self.named, at)));
                }
                Op::Check(Check { holds, when, .. }) if self.checks => found.extend([holds].into_iter().chain(when)),
                Op::Check(_) => {}
            }
        }
        for (index, _) in plan.indices.iter_mut().zip(self.needed).filter(|(_, needed)| **needed) {
            let is_of_score =
                matches!(&index.body, Body::Aggregate(aggregate) if aggregate.source == Source::Score(self.score));
            if is_of_score && let Body::Aggregate(aggregate) = &mut Arc::make_mut(index).body {
                found.extend(
                    aggregate
                        .filter
                        .iter_mut()
                        .chain(&mut aggregate.weight)
                        .chain(aggregate.by.iter_mut().map(|by| &mut by.expr)),
                );
            }
        }
        found
    }

    /// What each expression of the part says, and each inside it.
    pub fn texts(&self, plan: &Plan) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for expr in self.exprs(plan) {
            expr.walk(&mut |expr| {
                if !is_simple(expr) {
                    found.insert(content::expr(plan, expr));
                }
            });
        }
        found
    }

    /// Calls a function on the leaves of the part, but for those inside expressions that stand in slots.
    pub fn leaves(&self, plan: &Plan, slots: &Slots, visit: &mut impl FnMut(&Expr)) {
        self.exprs(plan).iter().for_each(|expr| leaves(plan, expr, slots, visit));
    }

    /// Puts slots in the place of the expressions whose values they hold.
    pub fn replace(&self, plan: &Plan, slots: &Slots, into: &mut Plan) {
        if !slots.is_empty() {
            self.exprs_mut(into).into_iter().for_each(|expr| replace(plan, expr, slots));
        }
    }
}

/// Whether a step is behind those whose keys do nothing but tell units apart.
pub fn is_behind(named: Option<usize>, step: usize) -> bool {
    named.is_none_or(|named| step > named)
}

/// Whether an expression is a leaf, a constant or a parameter.
pub fn is_simple(expr: &Expr) -> bool {
    Leaf::of(&expr.kind).is_some() || matches!(expr.kind, ExprKind::Const(_) | ExprKind::Param(_))
}

/// Whether an expression is one of rows, and needs nothing that later steps make: no value, and no slot but those that
/// are there.
pub fn is_of_rows(expr: &Expr, is_there: impl Fn(usize) -> bool) -> bool {
    let (mut leaf, mut others) = (false, false);
    expr.walk(&mut |part| match part.kind {
        ExprKind::Column(_) => leaf = true,
        ExprKind::Slot(at) if is_there(at) => leaf = true,
        ExprKind::Slot(_) | ExprKind::Value => others = true,
        _ => {}
    });
    leaf && !others
}

/// The expressions right inside another.
pub fn children(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Call(_, args) => args.iter().collect(),
        ExprKind::Case { arms, otherwise } => {
            let arms = arms.iter().flat_map(|(condition, value)| [condition, value]);
            arms.chain(otherwise.as_deref()).collect()
        }
        ExprKind::Scale { arg, .. } => vec![arg],
        ExprKind::Lookup { keys, day, .. } => keys.iter().chain(day.as_deref()).collect(),
        _ => Vec::new(),
    }
}

/// The same, to be changed.
pub fn children_mut(expr: &mut Expr) -> Vec<&mut Expr> {
    match &mut expr.kind {
        ExprKind::Call(_, args) => args.iter_mut().collect(),
        ExprKind::Case { arms, otherwise } => {
            let arms = arms.iter_mut().flat_map(|(condition, value)| [condition, value]);
            arms.chain(otherwise.as_deref_mut()).collect()
        }
        ExprKind::Scale { arg, .. } => vec![arg],
        ExprKind::Lookup { keys, day, .. } => keys.iter_mut().chain(day.as_deref_mut()).collect(),
        _ => Vec::new(),
    }
}

fn slot_of(plan: &Plan, expr: &Expr, slots: &Slots) -> Option<usize> {
    let can_stand_there = !is_simple(expr) || matches!(expr.kind, ExprKind::Column(_));
    if can_stand_there && !slots.is_empty() { slots.get(&content::expr(plan, expr)).copied() } else { None }
}

fn leaves(plan: &Plan, expr: &Expr, slots: &Slots, visit: &mut impl FnMut(&Expr)) {
    if slot_of(plan, expr, slots).is_none() {
        if Leaf::of(&expr.kind).is_some() {
            visit(expr);
        }
        children(expr).into_iter().for_each(|part| leaves(plan, part, slots, visit));
    }
}

fn replace(plan: &Plan, expr: &mut Expr, slots: &Slots) {
    match slot_of(plan, expr, slots) {
        Some(slot) => expr.kind = ExprKind::Slot(slot),
        None => children_mut(expr).into_iter().for_each(|part| replace(plan, part, slots)),
    }
}
