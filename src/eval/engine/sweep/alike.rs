//! What all variants of a plan have in common.

use std::mem::discriminant;

use super::parts::children_mut;
use crate::plan::needs::needs;
use crate::plan::{Body, Domain, Expr, ExprKind, Op, Plan, Step, content};

/// Whether two plans read the same inputs and are made of the same parts, which may say different things.
pub fn alike(a: &Plan, b: &Plan) -> bool {
    let inputs =
        |plan: &Plan| -> Vec<String> { plan.inputs.iter().map(|input| content::schema(&input.schema)).collect() };
    let ops = |plan: &Plan| -> Vec<_> {
        let steps = plan.scores.iter().flat_map(|score| &score.steps);
        steps.map(|step| discriminant(&step.op)).collect()
    };
    let scores = |plan: &Plan| -> Vec<_> {
        plan.scores
            .iter()
            .map(|score| (score.name.clone(), score.input, score.slots.len(), score.steps.len()))
            .collect()
    };
    let source = |body: &Body| if let Body::Aggregate(aggregate) = body { Some(aggregate.source) } else { None };
    let indices = |plan: &Plan| -> Vec<_> {
        plan.indices.iter().map(|index| (index.name.clone(), source(&index.body))).collect()
    };
    let checks =
        |plan: &Plan| -> Vec<_> { plan.checks.iter().map(|check| (check.index, check.shown.clone())).collect() };
    scores(a) == scores(b)
        && ops(a) == ops(b)
        && indices(a) == indices(b)
        && a.declared == b.declared
        && checks(a) == checks(b)
        && inputs(a) == inputs(b)
}

/// How many steps of a score say the same in all plans, and so leave the same frame.
pub fn steps(plans: &[Plan], score: usize) -> usize {
    let steps = |plan: &Plan| plan.scores.get(score).map_or_else(Vec::new, |score| content::steps(plan, score));
    let Some((base, others)) = plans.split_first() else { return 0 };
    let base = steps(base);
    let same = |plan: &Plan| base.iter().zip(steps(plan)).take_while(|(a, b)| *a == b).count();
    others.iter().map(same).min().unwrap_or(base.len())
}

/// An `absorb`: its place among the steps, and its keys.
pub type Absorb = (usize, Vec<Expr>);

/// The first `absorb`s behind some steps of a score, as far as all plans bring together the same rows there: the place of
/// each, and its keys, in which the expression of a `let` behind these steps stands for its name.
pub fn absorbs(plans: &[Plan], score: usize, done: usize) -> Vec<Absorb> {
    let of = |plan: &Plan| -> Vec<Absorb> {
        let steps = plan.scores.get(score).map_or(&[][..], |score| &score.steps);
        let absorb = |(at, step): (usize, &Step)| match &step.op {
            Op::Absorb { keys, .. } => {
                let lets = steps.get(done..at).unwrap_or_default();
                Some((at, keys.iter().map(|key| written_out(key, lets)).collect()))
            }
            _ => None,
        };
        steps.iter().enumerate().skip(done).filter_map(absorb).collect()
    };
    let texts =
        |plan: &Plan, keys: &[Expr]| -> Vec<String> { keys.iter().map(|key| content::expr(plan, key)).collect() };
    let Some((base, others)) = plans.split_first() else { return Vec::new() };
    let mut found = of(base);
    for plan in others {
        let same = |((at, keys), (other, of_other)): &(&Absorb, Absorb)| {
            at == other && texts(base, keys) == texts(plan, of_other)
        };
        let same = found.iter().zip(of(plan)).take_while(same).count();
        found.truncate(same);
    }
    found
}

/// An expression in which those of `let`s stand for their names. One that is made anew on the way stays a name.
fn written_out(expr: &Expr, lets: &[Step]) -> Expr {
    let mut written = expr.clone();
    if let ExprKind::Slot(slot) = expr.kind {
        let mut of_slot = lets.iter().enumerate().filter_map(|(at, step)| match &step.op {
            Op::Let { slot: of, expr } if *of == slot => Some((at, expr)),
            _ => None,
        });
        if let (Some((at, expr)), None) = (of_slot.next(), of_slot.next()) {
            written = written_out(expr, lets.get(..at).unwrap_or_default());
        }
        return written;
    }
    for part in children_mut(&mut written) {
        *part = written_out(part, lets);
    }
    written
}

/// Whether the checks on the rows of all inputs say the same in all plans.
pub fn input_checks(plans: &[Plan]) -> bool {
    let texts =
        |plan: &Plan| -> Vec<String> { plan.inputs.iter().map(|input| content::input_checks(plan, input)).collect() };
    plans.windows(2).all(|pair| matches!(pair, [a, b] if texts(a) == texts(b)))
}

/// For each index of a plan, what it says.
pub fn indices(plan: &Plan) -> Vec<String> {
    plan.indices.iter().map(|index| content::index(plan, index)).collect()
}

/// Whether the scales say the same in both plans.
pub fn scales(a: &Plan, b: &Plan) -> bool {
    let text = |plan: &Plan| serde_json::to_string(&plan.scales).ok();
    text(a) == text(b)
}

/// Whether a plan looks something up in an input, or takes the values of a dimension from it.
pub fn looks_up(plan: &Plan, wanted: &[usize], input: usize) -> bool {
    let needs = needs(plan, wanted, true);
    let of_domain = |body: &Body| {
        matches!(body, Body::Aggregate(aggregate)
            if aggregate.by.iter().any(|by| matches!(by.domain, Some(Domain::Keys(of, _)) if of == input)))
    };
    let needed = plan.indices.iter().zip(&needs.indices).filter(|(_, needed)| **needed);
    needs.keys.iter().any(|(of, _)| *of == input) || needed.into_iter().any(|(index, _)| of_domain(&index.body))
}
