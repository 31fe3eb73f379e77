//! Which columns the steps of a score and the dimensions of its aggregations ask for together.

use crate::eval::engine::stream::part::Total;
use crate::plan::needs::step_exprs;
use crate::plan::{Expr, ExprKind, Op, Score};

/// Columns that are asked for together, and the steps that ask for nothing else.
pub struct Outline {
    /// The columns.
    pub columns: Vec<usize>,
    /// The steps.
    pub steps: Vec<usize>,
}

/// Where the parts of an aggregation are found.
pub struct OfTotal {
    /// The facet of the filter.
    pub filter: Option<usize>,
    /// The facets of the dimensions.
    pub dims: Vec<usize>,
}

/// The facets of a score: the first one is that of the value. `None` where its steps ask for more than the row.
pub fn outline(score: &Score, totals: &[Total<'_>]) -> Option<(Vec<Outline>, Vec<OfTotal>)> {
    let fits = |op: &Op| matches!(op, Op::Let { .. } | Op::Keep { .. } | Op::Set { .. });
    if !score.steps.iter().all(|step| fits(&step.op)) {
        return None;
    }
    // The value and the slots are like a column, the first.
    let mut sets: Vec<Vec<usize>> = Vec::new();
    for step in &score.steps {
        let mut set = if matches!(step.op, Op::Keep { .. }) { Vec::new() } else { vec![0] };
        step_exprs(step, true, &mut |expr| add(&mut set, expr));
        sets.push(set);
    }
    for aggregate in totals.iter().map(Total::aggregate) {
        for expr in aggregate.filter.iter().chain(aggregate.by.iter().map(|by| &by.expr)) {
            let mut set = Vec::new();
            add(&mut set, expr);
            sets.push(set);
        }
    }
    // What asks for nothing goes with the value.
    sets.iter_mut().filter(|set| set.is_empty()).for_each(|set| set.push(0));
    let facets = joined(&sets);
    let facet_of = |set: &Vec<usize>| facets.iter().position(|facet| set.iter().any(|at| facet.contains(at)));
    let mut places = sets.iter().map(facet_of);
    let mut outlines: Vec<Outline> = facets
        .iter()
        .map(|facet| Outline { columns: facet.iter().filter_map(|at| at.checked_sub(1)).collect(), steps: Vec::new() })
        .collect();
    for step in 0..score.steps.len() {
        outlines.get_mut(places.next()??)?.steps.push(step);
    }
    let mut of_totals = Vec::new();
    for aggregate in totals.iter().map(Total::aggregate) {
        let filter = if aggregate.filter.is_some() { Some(places.next()??) } else { None };
        let dims = aggregate.by.iter().map(|_| places.next()?).collect::<Option<Vec<usize>>>()?;
        of_totals.push(OfTotal { filter, dims });
    }
    Some((outlines, of_totals))
}

fn add(set: &mut Vec<usize>, expr: &Expr) {
    expr.walk(&mut |part| match part.kind {
        ExprKind::Column(at) => set.push(at + 1),
        ExprKind::Slot(_) | ExprKind::Value => set.push(0),
        _ => {}
    });
}

/// Sets that have nothing in common, each made of those that have; the first one holds 0.
fn joined(sets: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut joined: Vec<Vec<usize>> = vec![vec![0]];
    for set in sets {
        let (mut mine, others): (Vec<_>, Vec<_>) =
            joined.into_iter().partition(|other| other.iter().any(|at| set.contains(at)));
        mine.push(set.clone());
        let mut mine = mine.concat();
        mine.sort_unstable();
        mine.dedup();
        joined = others;
        joined.push(mine);
    }
    joined.sort_by_key(|set| !set.contains(&0));
    joined
}
