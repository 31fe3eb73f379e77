//! Checks on the rows of inputs and on cells. Those on scores are steps.

use super::Run;
use super::expr::Eval;
use super::flaw;
use super::formula::{absent, find};
use super::frame::{Frame, Leaves, Sel};
use super::score::{failing, report_check};
use super::world::World;
use crate::diag::Problems;
use crate::eval::faults;
use crate::plan::needs::Needs;
use crate::plan::{Index, Score};
use crate::value::{Ty, Type, Value};

/// Looks whether the checks on the rows of the needed inputs hold.
pub fn inputs(world: &World<'_>, needs: &Needs, problems: &mut Problems) {
    for (at, _) in needs.inputs.iter().enumerate().filter(|(_, needed)| **needed) {
        input(world, at, problems);
    }
}

/// Looks whether the checks on the rows of an input hold.
pub fn input(world: &World<'_>, at: usize, problems: &mut Problems) {
    if let Some(input) = world.plan.inputs.get(at) {
        let table = world.table(at);
        let frame = Frame::all(table.rows, 0);
        // A check on an input is one on a score without steps.
        let score = Score {
            name: input.schema.name.clone(),
            input: at,
            slots: Vec::new(),
            steps: Vec::new(),
            ty: Ty::optional(Type::Number(0)),
            span: input.schema.span,
        };
        for check in &input.checks {
            let mut eval = Eval::new(world, Leaves::Rows(table, &frame));
            let mut rows = failing(&mut eval, &check.holds, check.when.as_ref(), Sel::All(table.rows));
            let flaws = eval.into_flaws();
            let flawed = flaw::rows(&flaws);
            flaw::report_rows(world, at, flaws, |row| row as usize, problems);
            rows.retain(|row| flawed.binary_search(row).is_err());
            report_check(world, &score, check, &frame, &rows, problems);
        }
    }
}

impl Run<'_, '_> {
    /// Looks whether a check on cells holds, unless something that it uses is broken.
    pub fn check(&self, at: usize, problems: &mut Problems) {
        let plan = self.world.plan;
        let Some(check) = plan.checks.get(at) else { return };
        let Some(index) = plan.indices.get(check.index) else { return };
        if self.is_broken(check.index) || check.shown.iter().any(|&shown| self.is_broken(shown)) {
            return;
        }
        for (key, value) in self.cells(check.index) {
            if *value != Value::Flag(false) {
                continue;
            }
            let shown: Vec<_> = check.shown.iter().filter_map(|&shown| self.shown(index, key, shown)).collect();
            problems.push(faults::cell_check_failed(check, index, key, &shown));
        }
    }

    /// The name, value and type of an index at the cell of another, whose dimensions have the same names.
    fn shown(&self, at: &Index, key: &[Value], shown: usize) -> Option<(std::sync::Arc<str>, Value, Type)> {
        let index = self.world.plan.indices.get(shown)?;
        let part = |name: &str| at.dims.iter().position(|dim| *dim.name == *name).and_then(|place| key.get(place));
        let parts: Option<Vec<Value>> = index.dims.iter().map(|dim| part(&dim.name).cloned()).collect();
        let value = parts.and_then(|parts| find(self.cells(shown), &parts).cloned()).unwrap_or_else(|| absent(index));
        Some((index.name.clone(), value, index.ty.base.clone()))
    }
}
