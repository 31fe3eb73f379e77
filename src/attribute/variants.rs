//! Runs subsets of changes.

use super::{Game, Mask, Tables};
use crate::eval::engine::shared::{Shared, SharedCells};
use crate::plan::{Plan, content};
use crate::value::column::Table;
use crate::value::{Ty, Type};

/// The subsets of some groups of changes.
pub struct Variants<'g, 'a> {
    /// The game.
    pub game: &'g Game<'a>,
    /// The groups: places of changes.
    pub groups: &'g [Vec<usize>],
}

/// What one subset gives for an index.
pub struct Values {
    /// The cells.
    pub cells: SharedCells,
    /// The type of the values.
    pub ty: Ty,
    /// Whether a cell that isn't there counts as 0.
    pub absent_zero: bool,
}

impl Variants<'_, '_> {
    /// The set of all groups.
    pub fn all(&self) -> Mask {
        (1 << self.groups.len()) - 1
    }

    /// The plan of a subset.
    pub fn plan(&self, mask: Mask) -> Option<Plan> {
        let mut made = vec![false; self.game.of_inputs.len()];
        for change in
            self.groups.iter().enumerate().filter(|(at, _)| mask & (1 << at) != 0).flat_map(|(_, group)| group)
        {
            if let Some(mark) = made.get_mut(*change) {
                *mark = true;
            }
        }
        (self.game.plan)(&made)
    }

    /// The tables for all subsets that have the same changes of inputs as this one.
    pub fn tables(&self, mask: Mask, tables: &Tables<'_>) -> Option<Vec<Option<Table>>> {
        tables(&self.plan(mask)?)
    }

    /// The groups that may alter how data is read.
    pub fn of_inputs(&self) -> Mask {
        let alters = |group: &Vec<usize>| group.iter().any(|&at| self.game.of_inputs.get(at).copied().unwrap_or(false));
        self.groups.iter().enumerate().filter(|(_, group)| alters(group)).fold(0, |mask, (at, _)| mask | (1 << at))
    }

    /// The cells of all indices under a subset; `None` if it is no scheme, or can't be run.
    pub fn run(&self, mask: Mask, shared: &mut Shared<'_>) -> Option<Vec<Values>> {
        let plan = self.plan(mask)?;
        let place = |name: &std::sync::Arc<str>| {
            plan.declared.iter().copied().find(|&at| plan.indices.get(at).is_some_and(|index| index.name == *name))
        };
        let wanted = self.game.indices.iter().map(place).collect::<Option<Vec<usize>>>()?;
        let cells = shared.run(&plan, &wanted)?;
        let values = |(at, cells): (&usize, SharedCells)| {
            let index = plan.indices.get(*at)?;
            let number = matches!(index.ty.base, Type::Number(_) | Type::Real);
            number.then(|| Values { cells, ty: index.ty.clone(), absent_zero: index.absent_zero })
        };
        wanted.iter().zip(cells).map(values).collect()
    }

    /// Whether a subset is a scheme that can be run.
    pub fn works(&self, mask: Mask, tables: &Tables<'_>) -> bool {
        self.tables(mask, tables).is_some_and(|tables| self.run(mask, &mut Shared::new(&tables)).is_some())
    }

    /// The groups in the order in which they should be gone through, those that vary slowest first: what comes early
    /// in the way of the data is computed anew the least often.
    pub fn by_depth(&self) -> Vec<usize> {
        let base = self.plan(0);
        let depth = |group: usize| -> (usize, usize) {
            let (Some(base), Some(plan)) = (&base, self.plan(1 << group)) else { return (0, 0) };
            let first = |plan: &Plan, at: usize| plan.scores.get(at).map(|score| content::steps(plan, score));
            for at in 0..base.scores.len().max(plan.scores.len()) {
                match (first(base, at), first(&plan, at)) {
                    (Some(a), Some(b)) if a == b => {}
                    (Some(a), Some(b)) => return (at, a.iter().zip(&b).take_while(|(a, b)| a == b).count()),
                    _ => return (at, 0),
                }
            }
            (usize::MAX, 0)
        };
        let mut order: Vec<usize> = (0..self.groups.len()).collect();
        order.sort_by_cached_key(|&group| depth(group));
        order
    }
}
