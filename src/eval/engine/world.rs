//! What all steps of a run share: the plan, the tables, the scales and the keys made ready for use.

use std::sync::Arc;

use super::lookup::{KeyIndices, Lookups};
use super::scale::ScaleWords;
use crate::eval::Job;
use crate::plan::Plan;
use crate::plan::needs::Needs;
use crate::value::column::{Gone, InputAccount, Table};

/// The plan and what has been made of it.
pub struct World<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The keys of inputs.
    pub lookups: Lookups<'a>,
    /// The words of each scale.
    pub scales: Arc<[ScaleWords<'a>]>,
    tables: &'a [Option<Table>],
    /// A part of an input that stands for the whole.
    part: Option<(usize, &'a Table)>,
    empty: Table,
}

impl<'a> World<'a> {
    /// Prepares a run.
    pub fn new(job: Job<'a>, needs: &Needs) -> Self {
        Self::sharing(job, job.tables, needs, &mut KeyIndices::new())
    }

    /// Prepares a run over tables whose keys may have been put in order before.
    pub fn sharing<'t: 'a>(
        job: Job<'a>,
        tables: &'t [Option<Table>],
        needs: &Needs,
        known: &mut KeyIndices<'t>,
    ) -> Self {
        Self {
            plan: job.plan,
            lookups: Lookups::new(job.plan, tables, &needs.keys, known),
            scales: job.plan.scales.iter().map(ScaleWords::new).collect(),
            tables,
            part: None,
            empty: Table {
                file: Arc::from(""),
                parts: Vec::new(),
                rows: 0,
                columns: Vec::new(),
                lines: Vec::new(),
                fields: Vec::new(),
                account: InputAccount::default(),
                gone: Gone::default(),
            },
        }
    }

    /// The same, with a part of an input in the place of its table.
    pub fn of_part<'p>(&'p self, input: usize, part: &'p Table) -> World<'p> {
        World {
            plan: self.plan,
            lookups: self.lookups.clone(),
            scales: Arc::clone(&self.scales),
            tables: self.tables,
            part: Some((input, part)),
            empty: self.empty.clone(),
        }
    }

    /// The table of an input; one without rows where it isn't bound.
    pub fn table(&self, input: usize) -> &Table {
        if let Some((at, part)) = self.part
            && at == input
        {
            return part;
        }
        self.tables.get(input).and_then(Option::as_ref).unwrap_or(&self.empty)
    }
}
