//! What the policies for missing and extreme values of an index did, so that none of them is silent.

use serde::Serialize;

use crate::plan::over::Operation;
use crate::plan::{Aggregate, Body, Index, Over, Plan, Policy, Source};
use crate::value::{Value, decimal};

/// What a policy did to the cells of an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyAccount {
    /// The index of the policy.
    pub index: String,
    /// The index whose cells it is about.
    pub source: String,
    /// The policy, as the language writes it.
    pub policy: String,
    /// Cells of the source with a value.
    pub known: u64,
    /// Cells of the source without one.
    pub missing: u64,
    /// Cells without a value that got one.
    pub filled: u64,
    /// Cells whose value became another one.
    pub changed: u64,
    /// Cells of the result without a value.
    pub left: u64,
}

/// The index whose missing or extreme values a policy of this one is about; `None` if it has none.
pub fn source(index: &Index) -> Option<usize> {
    match &index.body {
        Body::Aggregate(Aggregate { source: Source::Index(at), missing, .. }) if *missing != Policy::None => Some(*at),
        Body::Over(Over { source, operation, .. }) => words(operation).map(|_| *source),
        _ => None,
    }
}

/// The account of an index with a policy, by the values of its source and its own. Those of an operation over a dimension
/// are in the same order.
pub fn account(plan: &Plan, index: &Index, source: Vec<&Value>, result: Vec<&Value>) -> Option<PolicyAccount> {
    let of = plan.indices.get(self::source(index)?)?;
    let count = |cells: &[&Value], known: bool| cells.iter().filter(|value| value.is_known() == known).count() as u64;
    let pairs = || source.iter().zip(&result);
    let (policy, filled, changed) = match &index.body {
        Body::Aggregate(aggregate) => (aggregate.missing.written(), 0, 0),
        Body::Over(Over { operation, .. }) => {
            let filled = pairs().filter(|(before, after)| !before.is_known() && after.is_known()).count();
            let fills = matches!(operation, Operation::Carry { .. } | Operation::Fill { .. });
            let winsorises = matches!(operation, Operation::Winsorise { .. });
            let changed = if winsorises { pairs().filter(|(before, after)| before != after).count() } else { 0 };
            (words(operation)?, if fills { filled as u64 } else { 0 }, changed as u64)
        }
        Body::Formula { .. } => return None,
    };
    Some(PolicyAccount {
        index: index.name.to_string(),
        source: of.name.to_string(),
        policy,
        known: count(&source, true),
        missing: count(&source, false),
        filled,
        changed,
        left: count(&result, false),
    })
}

/// The policy of an operation, as the language writes it; `None` if it has none.
fn words(operation: &Operation) -> Option<String> {
    Some(match operation {
        Operation::Cumulative { skip_missing: true } => "cumulative, skip missing".to_owned(),
        Operation::Decay { skip_missing: true, .. } => "decay, skip missing".to_owned(),
        Operation::Rolling { partial: true, .. } => "rolling, partial".to_owned(),
        Operation::Carry { at_most } => format!("carry at most {at_most}"),
        Operation::Fill { function, .. } => format!("fill with {}", function.word()),
        Operation::Winsorise { skewness, kurtosis, at_most } => format!(
            "winsorise until skewness {} kurtosis {} at most {at_most}",
            decimal::format(skewness.0, skewness.1),
            decimal::format(kurtosis.0, kurtosis.1)
        ),
        _ => return None,
    })
}
