//! What goes wrong for rows and cells while expressions are evaluated, and how it is reported.

use std::collections::BTreeMap;

use super::world::World;
use crate::builtin::Fault;
use crate::diag::{EXAMPLES, Place, Problems};
use crate::eval::faults::{self, Found};
use crate::plan::{Expr, ExprKind, Index};
use crate::value::Value;

/// An expression without a result for a row.
#[derive(Debug, Clone)]
pub struct Flaw<'a> {
    /// The row of the frame, or the cell.
    pub row: u32,
    /// The expression.
    pub expr: &'a Expr,
    /// Why.
    pub what: What,
}

/// Why an expression has no result.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A function says so.
    Fault(Fault),
    /// A scale doesn't list this.
    NotOnScale(Value),
}

/// The first flaw of each row, ascending by row. A row goes no further than its first flaw.
pub fn first_of_each_row(mut flaws: Vec<Flaw<'_>>) -> Vec<Flaw<'_>> {
    flaws.sort_by_key(|flaw| flaw.row);
    flaws.dedup_by_key(|flaw| flaw.row);
    flaws
}

/// The rows of some flaws.
pub fn rows(flaws: &[Flaw<'_>]) -> Vec<u32> {
    flaws.iter().map(|flaw| flaw.row).collect()
}

/// Reports flaws of rows of an input; `row_of` gives the row of the table. Only the first few of those that say the
/// same are written out; the others are counted.
pub fn report_rows(
    world: &World<'_>,
    input: usize,
    mut flaws: Vec<Flaw<'_>>,
    row_of: impl Fn(u32) -> usize,
    problems: &mut Problems,
) {
    let (Some(spec), table) = (world.plan.inputs.get(input), world.table(input)) else { return };
    flaws.sort_by_cached_key(|flaw| (table.line(row_of(flaw.row)), row_of(flaw.row)));
    let mut seen: BTreeMap<_, (usize, Found)> = BTreeMap::new();
    for flaw in flaws {
        let key = (flaw.expr.span, scale_of(flaw.expr), flaw.what.clone());
        if let Some((count, _)) = seen.get_mut(&key)
            && *count >= EXAMPLES
        {
            *count += 1;
            continue;
        }
        let column = if let ExprKind::Scale { arg, .. } = &flaw.expr.kind { faults::only_column(arg) } else { None };
        let Some(found) = found(world, &flaw, faults::place(spec, table, row_of(flaw.row), column)) else { continue };
        problems.push_grouped(&found.0, found.1.clone());
        seen.entry(key).or_insert((0, found)).0 += 1;
    }
    for (count, (group, diagnostic)) in seen.into_values() {
        problems.count_more(diagnostic.code, &group, count.saturating_sub(EXAMPLES) as u64);
    }
}

/// Reports flaws of cells of an index; `dims` gives the dimensions of a cell.
pub fn report_cells(
    world: &World<'_>,
    index: &Index,
    flaws: &[Flaw<'_>],
    dims: impl Fn(u32) -> Vec<Value>,
    problems: &mut Problems,
) {
    for flaw in flaws {
        let found = match &flaw.what {
            What::Fault(fault) => Some(faults::cell_fault(*fault, index, &dims(flaw.row), flaw.expr.span)),
            What::NotOnScale(_) => found(world, flaw, flaw.expr.span),
        };
        if let Some((group, diagnostic)) = found {
            problems.push_grouped(&group, diagnostic);
        }
    }
}

fn scale_of(expr: &Expr) -> Option<usize> {
    if let ExprKind::Scale { scale, .. } = &expr.kind { Some(*scale) } else { None }
}

/// What is said of a flaw at a place.
pub fn found(world: &World<'_>, flaw: &Flaw<'_>, at: impl Into<Place>) -> Option<Found> {
    match (&flaw.what, &flaw.expr.kind) {
        (What::Fault(fault), _) => Some(faults::fault(*fault, flaw.expr.span, at)),
        (What::NotOnScale(value), ExprKind::Scale { scale, arg }) => {
            world.plan.scales.get(*scale).map(|scale| faults::not_on_scale(scale, value, &arg.ty.base, at))
        }
        (What::NotOnScale(_), _) => None,
    }
}
