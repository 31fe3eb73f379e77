//! Which indices of several schemes can be compared: those of one name, the same dimensions, and values of one kind.

use std::sync::Arc;

use crate::plan::{Best, Dim, Index, Plan};
use crate::value::{Ty, Type, decimal};

/// An index that all schemes have.
#[derive(Debug, Clone)]
pub struct Matched {
    /// Its name.
    pub name: Arc<str>,
    /// Its title in the first scheme.
    pub title: Arc<str>,
    /// Its place in the plan of each scheme.
    pub places: Vec<usize>,
    /// Its dimensions in the order of the first scheme; each of the type to which all are brought.
    pub dims: Vec<Dim>,
    /// For each scheme and each of `dims`, which of the scheme's own dimensions it is.
    pub orders: Vec<Vec<usize>>,
    /// The type to which the values of all are brought.
    pub ty: Type,
    /// Which of its values is the first: the lowest if it is so in one of the schemes, for an index of one name means
    /// the same in all.
    pub best: Best,
}

/// An index that is not compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name.
    pub index: Arc<str>,
    /// Why not.
    pub why: String,
    /// Whether a scheme doesn't have it at all.
    pub absent: bool,
}

/// The indices that can be compared, in the order of the first scheme, and those that can't. With `names` these alone
/// are looked at, hidden ones too; else all that some scheme has and doesn't hide.
pub fn matching(plans: &[&Plan], labels: &[String], names: &[String]) -> (Vec<Matched>, Vec<LeftOut>) {
    let (mut matched, mut left) = (Vec::new(), Vec::new());
    for name in asked(plans, names) {
        let found: Vec<Option<(usize, &Index)>> = plans.iter().map(|plan| find(plan, &name)).collect();
        match pair(&name, &found, labels, !names.is_empty()) {
            Ok(index) => matched.push(Matched { best: best(plans, &index.places), ..index }),
            Err((why, absent)) => left.push(LeftOut { index: name, why, absent }),
        }
    }
    (matched, left)
}

/// Which value of an index is the first in all schemes.
fn best(plans: &[&Plan], places: &[usize]) -> Best {
    let lowest = plans.iter().zip(places).any(|(plan, at)| plan.best(*at).is_lowest());
    if lowest { Best::Lowest } else { Best::Highest }
}

/// The index of a name among those that a scheme declares.
fn find<'p>(plan: &'p Plan, name: &str) -> Option<(usize, &'p Index)> {
    let declared = plan.declared.iter().filter_map(|&at| Some((at, &**plan.indices.get(at)?)));
    declared.into_iter().find(|(_, index)| *index.name == *name)
}

/// The names that are looked at, in the order in which the schemes declare them; unknown ones come last.
fn asked(plans: &[&Plan], names: &[String]) -> Vec<Arc<str>> {
    let declared = plans.iter().flat_map(|plan| plan.declared.iter().filter_map(|&at| plan.indices.get(at)));
    let mut asked: Vec<Arc<str>> = Vec::new();
    for index in declared {
        let wanted = if names.is_empty() { !index.hidden } else { names.iter().any(|name| **name == *index.name) };
        if wanted && !asked.contains(&index.name) {
            asked.push(Arc::clone(&index.name));
        }
    }
    for name in names {
        if !asked.iter().any(|known| **known == **name) {
            asked.push(name.as_str().into());
        }
    }
    asked
}

/// The index in all schemes, or why it can't be compared, and whether that is because a scheme doesn't have it.
fn pair(
    name: &Arc<str>,
    found: &[Option<(usize, &Index)>],
    labels: &[String],
    named: bool,
) -> Result<Matched, (String, bool)> {
    let among = |which: Vec<&String>| which.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
    let lacking: Vec<&String> =
        labels.iter().zip(found).filter(|(_, found)| found.is_none()).map(|pair| pair.0).collect();
    if !lacking.is_empty() {
        return Err((format!("not in {}", among(lacking)), true));
    }
    let all: Vec<(usize, &Index)> = found.iter().copied().flatten().collect();
    let hides = |pair: &(&String, &(usize, &Index))| pair.1.1.hidden;
    let hiding: Vec<&String> = labels.iter().zip(&all).filter(hides).map(|pair| pair.0).collect();
    if !named && !hiding.is_empty() {
        return Err((format!("hidden in {}", among(hiding)), false));
    }
    let Some((_, first)) = all.first() else { return Err(("in no scheme".to_owned(), true)) };
    let mut matched = Matched {
        name: Arc::clone(name),
        title: Arc::clone(&first.title),
        places: all.iter().map(|(at, _)| *at).collect(),
        dims: first.dims.clone(),
        orders: Vec::new(),
        ty: first.ty.base.clone(),
        best: Best::Highest,
    };
    for ((_, index), label) in all.iter().zip(labels) {
        let own = labels.first().map_or("", String::as_str);
        matched.add(index).map_err(|kind| (differs(kind, (first, own), (index, label)), false))?;
    }
    matched.ty = settle(matched.ty);
    Ok(matched)
}

/// What two indices of one name don't have in common.
enum Kind {
    Dimensions,
    Values,
}

fn differs(kind: Kind, (first, own): (&Index, &str), (index, label): (&Index, &str)) -> String {
    match kind {
        Kind::Dimensions => format!("{} in `{own}`, {} in `{label}`", by(&first.dims), by(&index.dims)),
        Kind::Values => {
            format!("{} in `{own}`, {} in `{label}`", first.ty.base.described(), index.ty.base.described())
        }
    }
}

/// The dimensions in words, with their types.
pub fn by(dims: &[Dim]) -> String {
    if dims.is_empty() {
        return "without dimensions".to_owned();
    }
    let named: Vec<String> = dims.iter().map(|dim| format!("`{}` ({})", dim.name, dim.ty.base)).collect();
    format!("by {}", named.join(", "))
}

impl Matched {
    /// Brings one more scheme's index in.
    fn add(&mut self, index: &Index) -> Result<(), Kind> {
        if self.dims.len() != index.dims.len() {
            return Err(Kind::Dimensions);
        }
        let mut order = Vec::new();
        for dim in &mut self.dims {
            let at = index.dims.iter().position(|other| other.name == dim.name).ok_or(Kind::Dimensions)?;
            let other = index.dims.get(at).ok_or(Kind::Dimensions)?;
            let base = dimension(&dim.ty.base, &other.ty.base).ok_or(Kind::Dimensions)?;
            dim.ty = Ty { base, optional: dim.ty.optional || other.ty.optional };
            order.push(at);
        }
        self.orders.push(order);
        self.ty = common(&self.ty, &index.ty.base).ok_or(Kind::Values)?;
        Ok(())
    }
}

/// The type to which the values of two dimensions are brought; reals are dimensions of one another alone.
fn dimension(a: &Type, b: &Type) -> Option<Type> {
    match (a, b) {
        (Type::Real, Type::Real) => Some(Type::Real),
        (Type::Real, _) | (_, Type::Real) => None,
        _ => common(a, b),
    }
}

/// The type to which the values of two indices are brought.
fn common(a: &Type, b: &Type) -> Option<Type> {
    match (a, b) {
        (a, b) if a == b => Some(a.clone()),
        (a, b) if a.is_text() && b.is_text() => Some(Type::Text),
        (Type::Number(a), Type::Number(b)) => Some(Type::Number(*a.max(b))),
        (Type::Number(places), Type::Real) | (Type::Real, Type::Number(places)) => {
            Some(Type::Number(decimal::QUOTIENT_PLACES.max(*places)))
        }
        _ => None,
    }
}

/// Reals are compared as decimals.
fn settle(ty: Type) -> Type {
    if ty == Type::Real { Type::Number(decimal::QUOTIENT_PLACES) } else { ty }
}
