//! What names mean at a place, which of them can be used there, and what is known of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::tree::{Dim, Expr, ExprKind, Op, Score};
use crate::builtin::Builtin;
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::syntax::ast;
use crate::value::Ty;

/// A place where expressions stand.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    /// What names mean.
    pub kind: ScopeKind,
    /// Expressions that are known to have a value here, by their keys.
    pub facts: BTreeSet<String>,
}

/// The kinds of places.
#[derive(Debug, Clone)]
pub(super) enum ScopeKind {
    /// Only parameters.
    Constants,
    /// Rows of an input, or the units made of them.
    Rows(Rows),
    /// Cells of an index, or of a formula.
    Cells(Cells),
}

/// The names of a score or of a check of rows.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    /// The input.
    pub input: usize,
    /// The lets and periods set so far.
    pub slots: Vec<SlotInfo>,
    /// The value set so far.
    pub value: Option<Ty>,
    /// Whether there can be a value here at all.
    pub scored: bool,
    /// The absorbs so far.
    pub absorbs: Vec<Absorbed>,
    /// Lets and periods that have an error: what uses them has none of its own.
    pub failed: BTreeSet<Arc<str>>,
    /// Whether the step that should have set the value has an error.
    pub value_failed: bool,
    /// The conditions of `keep` since the last absorb, and of its `when`, with what is known by them.
    pub keeps: Vec<(Expr, Vec<String>)>,
    /// What the value was set to, if that may be missing without the scheme saying so.
    pub silent: Option<Expr>,
    /// Uses of columns that no unit has; dropped again where the whole expression is what the unit was made of.
    pub dead: Vec<Diagnostic>,
}

/// A let or a period.
#[derive(Debug, Clone)]
pub(super) struct SlotInfo {
    /// Its name.
    pub name: Arc<str>,
    /// Its type.
    pub ty: Ty,
    /// Where it is declared.
    pub span: Span,
    /// Whether something uses it.
    pub used: bool,
    /// The columns and slots that it is made of; `None` if it also depends on the value or on the period.
    pub parts: Option<Parts>,
    /// What was known where it is declared and decided its type: without it, it would be optional. Behind a
    /// `keep` the value is such, too.
    pub narrowed: BTreeSet<String>,
}

/// The columns and slots that an expression is made of.
pub(super) type Parts = (BTreeSet<usize>, BTreeSet<usize>);

/// What an absorb leaves to be used.
#[derive(Debug, Clone)]
pub(super) struct Absorbed {
    /// Where it stands.
    pub span: Span,
    /// The columns that each unit has.
    pub columns: BTreeSet<usize>,
    /// The slots that each unit has, without looking.
    pub slots: BTreeSet<usize>,
    /// How many slots there were.
    pub seen: usize,
    /// What the unit is made of, by key.
    pub keys: BTreeSet<String>,
    /// Slots that are used later and must be looked at.
    pub same: BTreeSet<usize>,
}

/// The names of a formula or of an aggregation of an index.
#[derive(Debug, Clone, Default)]
pub(super) struct Cells {
    /// The dimensions.
    pub dims: Vec<Dim>,
    /// The value of the cell, where an index is aggregated.
    pub value: Option<Ty>,
    /// Whether indices can be named: in a formula.
    pub formula: bool,
    /// Whether one index alone has all the dimensions: it has all the cells, and none of its own is absent.
    pub alone: bool,
    /// The dimensions of the block.
    pub shared: Option<Arc<[ast::Dim]>>,
    /// The aggregations in parentheses that were checked already, by their place: in the first look for dimensions.
    pub aggregates: BTreeMap<Span, Expr>,
}

impl Scope {
    pub fn new(kind: ScopeKind) -> Self {
        Self { kind, facts: BTreeSet::new() }
    }

    pub fn rows(&mut self) -> Option<&mut Rows> {
        if let ScopeKind::Rows(rows) = &mut self.kind { Some(rows) } else { None }
    }

    pub fn is_cells(&self) -> bool {
        matches!(self.kind, ScopeKind::Cells(_))
    }

    /// Adds what is known where a condition holds, or doesn't; returns what was not known before, to be taken back.
    pub fn learn(&mut self, condition: &Expr, holds: bool) -> Vec<String> {
        let mut facts = Vec::new();
        gather(condition, holds, &mut facts);
        facts.retain(|fact| self.facts.insert(fact.clone()));
        facts
    }

    pub fn forget(&mut self, facts: Vec<String>) {
        for fact in facts {
            self.facts.remove(&fact);
        }
    }

    /// What is known here and decides the type of an expression, or of a let that it is made of.
    pub fn narrowing(&self, expr: &Expr) -> BTreeSet<String> {
        let (slots, kept) = match &self.kind {
            ScopeKind::Rows(rows) => (rows.slots.as_slice(), !rows.keeps.is_empty()),
            _ => (&[] as &[SlotInfo], false),
        };
        let mut narrowing = BTreeSet::new();
        expr.walk(&mut |part| {
            if let ExprKind::Slot(id) = part.kind {
                narrowing.extend(slots.get(id).iter().flat_map(|slot| slot.narrowed.iter().cloned()));
            }
            if kept && matches!(part.kind, ExprKind::Value) {
                narrowing.insert("value".to_owned());
            }
            narrowing.extend(self.facts.get(&part.key()).cloned());
        });
        narrowing
    }

    /// Forgets what doesn't hold for units that an absorb puts back: what a `keep` of rows saw to since the absorb
    /// before it, and the value, which the steps set of rows that stay. Keys are known in any case: a row without one
    /// is of no unit.
    pub fn restored(&mut self, keeps: &[(Expr, Vec<String>)]) {
        let Some(rows) = self.rows() else { return };
        let Some(absorbed) = rows.absorbs.last() else { return };
        let mut lost = BTreeSet::new();
        for (_, facts) in keeps.iter().filter(|(holds, _)| !absorbed.fixes(holds)) {
            lost.insert("value".to_owned());
            lost.extend(facts.iter().filter(|fact| !absorbed.keys.contains(*fact)).cloned());
        }
        for slot in &mut rows.slots {
            slot.ty.optional |= !slot.narrowed.is_disjoint(&lost);
        }
        self.facts.retain(|fact| !lost.contains(fact));
    }

    /// Forgets what was known of the value: it changes.
    pub fn value_changes(&mut self) {
        self.facts.retain(|fact| !fact.contains("value"));
    }
}

/// The expressions that have a value where a condition holds (or doesn't).
fn gather(condition: &Expr, holds: bool, facts: &mut Vec<String>) {
    let ExprKind::Call(builtin, args, _) = &condition.kind else { return };
    match (builtin, holds) {
        (Builtin::Known, true) => facts.extend(args.iter().map(Expr::key)),
        (Builtin::And, true) | (Builtin::Or, false) => args.iter().for_each(|arg| gather(arg, holds, facts)),
        (Builtin::Not, _) => args.iter().for_each(|arg| gather(arg, !holds, facts)),
        _ => {}
    }
}

/// The columns and slots of an expression; `None` if it depends on the value.
pub(super) fn parts(expr: &Expr) -> Option<Parts> {
    let (mut columns, mut slots, mut value) = (BTreeSet::new(), BTreeSet::new(), false);
    expr.walk(&mut |part| match part.kind {
        ExprKind::Column(id) => {
            columns.insert(id);
        }
        ExprKind::Slot(id) => {
            slots.insert(id);
        }
        ExprKind::Value => value = true,
        _ => {}
    });
    (!value).then_some((columns, slots))
}

impl Absorbed {
    /// Whether an expression is the same in all rows of a unit: the unit is made of it, or of what it is made of.
    pub fn fixes(&self, expr: &Expr) -> bool {
        let made_of = |(columns, slots): Parts| columns.is_subset(&self.columns) && slots.is_subset(&self.slots);
        self.keys.contains(&expr.key()) || parts(expr).is_some_and(made_of)
    }
}

impl Rows {
    pub fn new(input: usize, scored: bool) -> Self {
        Self {
            input,
            slots: Vec::new(),
            value: None,
            scored,
            absorbs: Vec::new(),
            failed: BTreeSet::new(),
            value_failed: false,
            keeps: Vec::new(),
            silent: None,
            dead: Vec::new(),
        }
    }

    /// Notes that a slot is used here: each absorb behind it that doesn't fix it must look whether it is the same.
    pub fn use_slot(&mut self, slot: usize) {
        if let Some(info) = self.slots.get_mut(slot) {
            info.used = true;
        }
        for absorbed in &mut self.absorbs {
            if slot < absorbed.seen && !absorbed.slots.contains(&slot) {
                absorbed.same.insert(slot);
            }
        }
    }

    /// The absorb behind which a column can't be used any more.
    pub fn lost_column(&self, column: usize) -> Option<&Absorbed> {
        self.absorbs.iter().find(|absorbed| !absorbed.columns.contains(&column))
    }

    /// Puts what the absorbs must look at into the steps.
    pub fn settle(self, mut score: Score) -> Score {
        let mut absorbs = self.absorbs.into_iter();
        for step in &mut score.steps {
            if let Op::Absorb { same, .. } = &mut step.op {
                *same = absorbs.next().map(|absorbed| absorbed.same.into_iter().collect()).unwrap_or_default();
            }
        }
        score
    }
}
