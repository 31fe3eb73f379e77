//! Which inputs can be run in parts, and what is wanted of them.
//!
//! A part holds all rows of its units: rows are brought together by a key that every grouping of the input has in common.

use crate::plan::needs::{Needs, step_exprs};
use crate::plan::{Aggregate, Body, Domain, Expr, ExprKind, Function, Index, Op, Pick, Plan, Score, Source, Step};
use crate::value::Type;
use crate::value::piece::{Use, Wanted};
use crate::value::schema::{ColumnSpec, Schema, Unique};

/// For each input of a plan what is wanted of it where it can be run in parts; `None` where its table is needed whole,
/// or isn't needed at all.
pub fn ways(plan: &Plan, needs: &Needs) -> Vec<Option<Wanted>> {
    (0..plan.inputs.len()).map(|input| way(plan, needs, input)).collect()
}

/// The aggregations of the units of a score that are needed, with their places.
pub fn aggregates<'p>(
    plan: &'p Plan,
    needs: &'p Needs,
    score: usize,
) -> impl Iterator<Item = (usize, &'p Index, &'p Aggregate)> {
    plan.indices.iter().zip(&needs.indices).enumerate().filter_map(move |(at, (index, needed))| match &index.body {
        Body::Aggregate(aggregate) if *needed && aggregate.source == Source::Score(score) => {
            Some((at, &**index, aggregate))
        }
        _ => None,
    })
}

/// The scores of an input that are needed, with their places.
pub fn scores<'p>(plan: &'p Plan, needs: &'p Needs, input: usize) -> impl Iterator<Item = (usize, &'p Score)> {
    let needed = plan.scores.iter().zip(&needs.scores).enumerate().filter(|(_, (_, needed))| **needed);
    needed.filter_map(move |(at, (score, _))| (score.input == input).then_some((at, &**score)))
}

/// The `distinct` of an input whose rows are units of their own, if nothing else brings rows together.
pub fn only_distinct<'p>(plan: &'p Plan, needs: &Needs, input: usize) -> Option<&'p Unique> {
    let schema = &plan.inputs.get(input)?.schema;
    let absorbs = |score: &Score| score.steps.iter().any(|step| matches!(step.op, Op::Absorb { .. }));
    match schema.unique.as_slice() {
        [unique] if unique.drop_repeats && unique.interval.is_none() && schema.units.is_empty() => {
            let absorbs = scores(plan, needs, input).any(|(_, score)| absorbs(score));
            (!absorbs).then_some(unique)
        }
        _ => None,
    }
}

fn way(plan: &Plan, needs: &Needs, input: usize) -> Option<Wanted> {
    if !needs.inputs.get(input).copied().unwrap_or(false) || is_looked_up(plan, needs, input) {
        return None;
    }
    let spec = plan.inputs.get(input)?;
    let schema = &spec.schema;
    let mut groupings: Vec<Vec<usize>> = schema.units.iter().map(|unit| unit.key.clone()).collect();
    for unique in &schema.unique {
        // The rows of a dated key are compared with one another by their intervals.
        // Of the rows that a record became by `unpivot`, the account counts one.
        if unique.interval.is_some() || (unique.drop_repeats && schema.unpivot.is_some()) {
            return None;
        }
        groupings.push(unique.key.clone());
    }
    let mut found = Found { read: vec![false; schema.columns.len()], used: vec![false; schema.columns.len()] };
    for (at, score) in scores(plan, needs, input) {
        groupings.extend(score.steps.iter().filter_map(absorbed));
        found.steps(score);
        for (_, _, aggregate) in aggregates(plan, needs, at) {
            // Reals are added in the order of their size, which takes all of them at once.
            if score.ty.base == Type::Real && matches!(aggregate.function, Function::Sum | Function::Mean) {
                return None;
            }
            // So are geometric means, and what is weighted isn't told by its sum.
            let at_once = matches!(aggregate.function, Function::GeometricMean | Function::HarmonicMean);
            if at_once || aggregate.weight.is_some() {
                return None;
            }
            aggregate.filter.iter().chain(aggregate.by.iter().map(|by| &by.expr)).for_each(|expr| found.read(expr));
        }
    }
    for check in &spec.checks {
        found.read(&check.holds);
        check.when.iter().for_each(|when| found.read(when));
    }
    let key = common(&groupings)?;
    Some(Wanted { uses: found.uses(schema, &groupings, &key), key, lines: false })
}

/// Whether another row than its own may be asked for.
fn is_looked_up(plan: &Plan, needs: &Needs, input: usize) -> bool {
    let of_domain = |index: &Index| match &index.body {
        Body::Aggregate(aggregate) => {
            aggregate.by.iter().any(|by| matches!(by.domain, Some(Domain::Keys(at, _)) if at == input))
        }
        Body::Formula { .. } | Body::Over(_) => false,
    };
    let needed = plan.indices.iter().zip(&needs.indices).filter(|(_, needed)| **needed);
    needs.keys.iter().any(|(at, _)| *at == input) || needed.into_iter().any(|(index, _)| of_domain(index))
}

/// The columns of the input among the keys of an `absorb`: they are the same in all rows of a unit.
fn absorbed(step: &Step) -> Option<Vec<usize>> {
    let Op::Absorb { keys, .. } = &step.op else { return None };
    Some(keys.iter().filter_map(column).collect())
}

/// The columns that all groupings have; `None` where they have none, and so there is no part that holds whole units.
fn common(groupings: &[Vec<usize>]) -> Option<Vec<usize>> {
    let Some((first, others)) = groupings.split_first() else { return Some(Vec::new()) };
    let mut key: Vec<usize> =
        first.iter().copied().filter(|at| others.iter().all(|other| other.contains(at))).collect();
    key.sort_unstable();
    key.dedup();
    (!key.is_empty()).then_some(key)
}

/// What was found of the columns of an input.
struct Found {
    /// Those whose values are read.
    read: Vec<bool>,
    /// Those that bring rows together.
    used: Vec<bool>,
}

impl Found {
    fn steps(&mut self, score: &Score) {
        for step in &score.steps {
            if let Op::Absorb { keys, pick, .. } = &step.op {
                // A column that is a key by itself is only compared.
                let (plain, others): (Vec<_>, Vec<_>) = keys.iter().partition(|key| column(key).is_some());
                plain.into_iter().filter_map(column).for_each(|at| mark(&mut self.used, at));
                others.into_iter().for_each(|key| self.read(key));
                if let Pick::First(order) | Pick::Last(order) = pick {
                    self.read(order);
                }
            } else {
                step_exprs(step, true, &mut |expr| self.read(expr));
            }
        }
    }

    fn read(&mut self, expr: &Expr) {
        expr.walk(&mut |part| {
            if let ExprKind::Column(at) = part.kind {
                mark(&mut self.read, at);
            }
        });
    }

    fn uses(mut self, schema: &Schema, groupings: &[Vec<usize>], key: &[usize]) -> Vec<Use> {
        groupings.iter().flatten().for_each(|&at| mark(&mut self.used, at));
        schema.units.iter().flat_map(|unit| &unit.has).for_each(|&at| mark(&mut self.read, at));
        if schema.unique.iter().any(|unique| unique.drop_repeats) {
            // Repeats must agree in everything else.
            let others = (0..schema.columns.len()).filter(|at| !key.contains(at));
            others.for_each(|at| mark(&mut self.read, at));
        }
        let of_column = |(at, spec): (usize, &ColumnSpec)| {
            let is = |marks: &[bool]| marks.get(at).copied().unwrap_or(false);
            match (is(&self.read), is(&self.used)) {
                (false, true) if key == [at] && spec.ty.base.is_text() => Use::Grouping,
                (false, false) => Use::Nothing,
                _ => Use::Values,
            }
        };
        schema.columns.iter().enumerate().map(of_column).collect()
    }
}

/// The column that an expression is, if it is one.
fn column(expr: &Expr) -> Option<usize> {
    if let ExprKind::Column(at) = expr.kind { Some(at) } else { None }
}

fn mark(marks: &mut [bool], at: usize) {
    if let Some(mark) = marks.get_mut(at) {
        *mark = true;
    }
}
