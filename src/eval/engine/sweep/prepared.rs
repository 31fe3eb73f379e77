//! Variants of a plan that aren't known all at once: what they have in common is computed from a few of them.
//!
//! Input: plans that differ from one another in all in which any variant differs from another, and the tables, or what
//! was counted of them. Output: the outcome of any such variant, the same as that of a run of its own.

use super::{Counting, Statistics, Variants, alone};
use crate::eval::Outcome;
use crate::plan::Plan;

/// What variants have in common.
pub struct Prepared<'a> {
    variants: Variants<'a>,
    statistics: Option<Statistics<'a>>,
}

impl<'a> Prepared<'a> {
    /// Looks at the tables; the plans stand for all that will be run.
    pub fn new(variants: Variants<'a>) -> Self {
        Self { variants, statistics: Statistics::new(variants) }.begun()
    }

    /// Goes on from what was counted; `None` where that isn't enough.
    pub fn counted(variants: Variants<'a>, counting: &Counting, counted: &Outcome) -> Option<Self> {
        let statistics = Statistics::of_counted(variants, counting, counted)?;
        Some(Self { variants, statistics: Some(statistics) }.begun())
    }

    /// What others take over from the first plan is there before any runs.
    fn begun(self) -> Self {
        if let (Some(statistics), Some(first)) = (&self.statistics, self.variants.plans.first()) {
            statistics.run(first);
        }
        self
    }

    /// The outcome of a variant; `None` where it must be run on tables that aren't there.
    pub fn run(&self, plan: &Plan) -> Option<Outcome> {
        let quick = self.statistics.as_ref().and_then(|statistics| statistics.run(plan));
        let has_tables = self.variants.tables.iter().any(Option::is_some);
        quick.or_else(|| has_tables.then(|| alone(self.variants, plan)))
    }

    /// The wanted indices.
    pub fn wanted(&self) -> &'a [usize] {
        self.variants.wanted
    }
}
