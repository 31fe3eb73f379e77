//! What an ordinary run must count so that no variant needs a row afterwards.
//!
//! Input: the variants. Output: a plan that ends with the steps that all share, and counts the units that agree in what
//! later steps ask for; then its cells as a score reduced to them. So the rows may come in pieces, and need not be kept.
//! It can't be done where a later step brings rows together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::alike;
use super::parts::{Part, Slots, children, is_of_rows, is_simple};
use super::reduced::{Asked, Reduced, common_texts};
use crate::diag::Problems;
use crate::eval::IndexCells;
use crate::eval::engine::formula::column;
use crate::eval::engine::frame::Frame;
use crate::plan::{
    Aggregate, Body, By, Dim, Expr, ExprKind, Function, Index, Op, Plan, Policy, Score, Slot, Source, Step, Verb,
    content,
};
use crate::value::column::{Column, Data};
use crate::value::{Ty, Type, Value};

/// What is counted of a score.
pub struct Counted {
    score: usize,
    done: usize,
    /// What is computed of rows beforehand, with the text of each.
    computed: Vec<(String, Expr)>,
    /// The slots that later steps ask for.
    kept: BTreeSet<usize>,
    /// The type of the value, if it is set.
    value: Option<Ty>,
}

impl Counted {
    /// What is to be counted of a score; `None` where a later step brings rows together.
    pub fn new(asked: Asked<'_>, at: usize) -> Option<Self> {
        let plan = asked.plans.first()?;
        let score = plan.scores.get(at)?;
        let done = alike::steps(asked.plans, at);
        let (before, later) = score.steps.split_at_checked(done)?;
        let is_there = |slot: usize| before.iter().any(|step| filled(step) == Some(slot));
        let again = |step: &Step| filled(step).is_some_and(is_there);
        if later.iter().any(|step| matches!(step.op, Op::Absorb { .. }) || again(step)) {
            return None;
        }
        let part = Part { score: at, done, named: None, needed: asked.needed, checks: asked.checks };
        let common = common_texts(&part, asked.plans);
        let mut computed: BTreeMap<String, Expr> = BTreeMap::new();
        let mut open = part.exprs(plan);
        while let Some(expr) = open.pop() {
            let text = if is_simple(&expr) { String::new() } else { content::expr(plan, &expr) };
            if common.contains(&text) && is_of_rows(&expr, is_there) {
                computed.insert(text, expr);
            } else {
                open.extend(children(&expr).into_iter().cloned());
            }
        }
        let mut kept = BTreeSet::new();
        let known: Slots = computed.keys().map(|text| (text.clone(), 0)).collect();
        for plan in asked.plans {
            part.leaves(plan, &known, &mut |leaf| match leaf.kind {
                ExprKind::Column(_) => {
                    computed.insert(content::expr(plan, leaf), leaf.clone());
                }
                ExprKind::Slot(slot) if is_there(slot) => {
                    kept.insert(slot);
                }
                _ => {}
            });
        }
        let value = before.iter().rev().find_map(|step| match &step.op {
            Op::Set { ty, .. } => Some(ty.clone()),
            _ => None,
        });
        Some(Self { score: at, done, computed: computed.into_iter().collect(), kept, value })
    }

    /// Lets a plan count: cuts the score off behind the steps that are done, and gives each unit a value, as only units
    /// with one are counted; the index that counts them.
    pub fn count(&self, plan: &mut Plan) -> Option<Index> {
        let score = Arc::make_mut(plan.scores.get_mut(self.score)?);
        let span = score.span;
        let expr = |kind: ExprKind, ty: &Ty| Expr { kind, ty: ty.clone(), span };
        let slots = self.kept.iter().filter_map(|&slot| Some(expr(ExprKind::Slot(slot), &score.slots.get(slot)?.ty)));
        let mut exprs: Vec<Expr> = self.computed.iter().map(|(_, expr)| expr.clone()).chain(slots).collect();
        let step = |op: Op| Step { label: "".into(), doc: Vec::new(), cite: None, op, span };
        score.steps.truncate(self.done);
        if let Some(ty) = &self.value {
            let slot = score.slots.len();
            score.slots.push(Slot { name: "".into(), ty: Ty::optional(ty.base.clone()) });
            score.steps.push(step(Op::Let { slot, expr: expr(ExprKind::Value, ty) }));
            exprs.push(expr(ExprKind::Slot(slot), ty));
        }
        let number = Ty::required(Type::Number(0));
        let one = expr(ExprKind::Const(Value::Number(1)), &number);
        let before = self.value.clone();
        score.steps.push(step(Op::Set { verb: Verb::Value, expr: one, when: None, ty: number.clone(), before }));
        score.ty = number.clone();
        let dims = exprs.iter().enumerate().map(|(at, expr)| Dim { name: format!("{at}").into(), ty: expr.ty.clone() });
        Some(Index {
            name: format!("{}#kinds", score.name).into(),
            title: "".into(),
            hidden: true,
            dims: dims.collect(),
            ty: number,
            absent_zero: true,
            body: Body::Aggregate(Aggregate {
                source: Source::Score(self.score),
                function: Function::Count,
                filter: None,
                by: exprs.into_iter().map(|expr| By { expr, domain: None }).collect(),
                weight: None,
                missing: Policy::None,
                span,
                shared: None,
            }),
            span,
        })
    }

    /// The score, reduced to what was counted.
    pub fn reduced(&self, score: &Score, counted: &IndexCells) -> Reduced {
        let count =
            |value: &Value| if let Value::Number(count) = value { i64::try_from(*count).unwrap_or(0) } else { 0 };
        let cells: Vec<_> = counted.cells.iter().filter(|(_, value)| count(value) > 0).collect();
        let mut columns = counted.dims.iter().enumerate().map(|(at, dim)| {
            let values: Vec<&Value> = cells.iter().map(|(key, _)| key.get(at).unwrap_or(&Value::Missing)).collect();
            column(&dim.ty.base, values.into_iter())
        });
        let computed: Vec<Option<Column>> = columns.by_ref().take(self.computed.len()).map(Some).collect();
        let mut live = Frame { len: cells.len(), ..Frame::none(score.slots.len()) };
        for &slot in &self.kept {
            if let Some(column) = columns.next() {
                live.set_slot(slot, column);
            }
        }
        live.value = self.value.as_ref().and_then(|_| columns.next());
        live.slots.extend(computed);
        let weights: Vec<i64> = cells.iter().map(|(_, value)| count(value)).collect();
        let rows = weights.iter().map(|weight| weight.unsigned_abs()).sum();
        live.slots.push(Some(Column::full(Data::Small(weights))));
        let slot = |(at, (text, _)): (usize, &(String, Expr))| (text.clone(), score.slots.len() + at);
        Reduced {
            score: self.score,
            done: self.done,
            named: None,
            slots: self.computed.iter().enumerate().map(slot).collect(),
            types: self.computed.iter().map(|(_, expr)| expr.ty.clone()).collect(),
            ghosts: Frame::none(live.slots.len()),
            within: Vec::new(),
            counts: Vec::new(),
            live,
            value: self.value.clone(),
            rows,
            problems: Problems::new(),
        }
    }
}

fn filled(step: &Step) -> Option<usize> {
    match step.op {
        Op::Let { slot, .. } | Op::Every { slot, .. } => Some(slot),
        _ => None,
    }
}
