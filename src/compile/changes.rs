//! What a change does to the whole: which one is to blame for an error of the scheme that is extended, which changes
//! nothing, which alters what an index counts.

use super::{Setting, plan_of};
use crate::diag::{Code, Diagnostic, Place, Problems, Severity};
use crate::plan::Plan;
use crate::plan::content::{counted, same};
use crate::resolve::overlay::{Applied, Chain, Change};
use crate::source::FileId;
use crate::syntax::ast::{Edit, EditKind};
use crate::{resolve, types};

/// All changes but one.
fn without(chain: &Chain, left_out: usize) -> Vec<bool> {
    (0..chain.changes().len()).map(|at| at != left_out).collect()
}

/// The changes of the scheme's own file, with their places among all.
fn own(chain: &Chain) -> impl Iterator<Item = (usize, &Change)> {
    let last = chain.layers().len().saturating_sub(1);
    chain.changes().iter().enumerate().filter(move |(_, change)| change.layer == last)
}

/// Warns of changes of the scheme's own file that change nothing or alter what an index counts.
pub fn warn(chain: &Chain, plan: Option<&Plan>, problems: &mut Problems) {
    let Some(plan) = plan else { return };
    if own(chain).next().is_none() && chain.layers().len() > 1 {
        idle_file(chain, problems);
    }
    // An index that the file itself adds is there to count what it counts.
    let last = chain.layers().len().saturating_sub(1);
    let earlier: Vec<bool> = chain.changes().iter().map(|change| change.layer < last).collect();
    let base = plan_of(chain, &earlier, &[]);
    let is_old = |name: &str| base.as_ref().is_none_or(|base| base.indices.iter().any(|index| *index.name == *name));
    for (at, change) in own(chain) {
        // A change that others need can't be left out: it surely does something.
        let Some(before) = plan_of(chain, &without(chain, at), &[]) else { continue };
        if same(&before, plan) && (change.edits.is_empty() || change.edits.iter().any(may_be_idle)) {
            let message = format!("the change `{}` changes nothing", change.name);
            let found = Diagnostic::warning(Code::IdleChange, change.name_span, message);
            problems
                .push(found.help("the results are the same with and without it: delete it, or say what should differ"));
            continue;
        }
        let altered: Vec<String> =
            counted(&before, plan).iter().filter(|name| is_old(name)).map(|name| format!("`{name}`")).collect();
        if !altered.is_empty() {
            let message = format!("the change `{}` alters what {} counts", change.name, altered.join(", "));
            let found = Diagnostic::warning(Code::CountsChanged, change.name_span, message);
            problems.push(
                found.help("compare these numbers with those of the scheme that is extended only with that in mind"),
            );
        }
    }
}

/// Taking away what nothing uses is tidying up, and what is added without being used is warned of as such.
fn may_be_idle(edit: &Edit) -> bool {
    use EditKind::{Add, Remove, RemoveCheck, RemovePart, RemovePoints};
    !matches!(edit.kind, Add(_) | Remove { .. } | RemovePart(_) | RemoveCheck(_) | RemovePoints { .. })
}

fn idle_file(chain: &Chain, problems: &mut Problems) {
    let Some(extends) = chain.layers().last().and_then(|layer| layer.head.extends.as_ref()) else { return };
    let message = format!("nothing of `{}` is changed", extends.node);
    let found = Diagnostic::warning(Code::IdleChange, extends.span, message);
    problems.push(found.help("say what should differ: `change \"why\": set … = …`"));
}

/// The problems, each error in a file that is extended with the change that brings it about. What nothing uses in such
/// a file is left out: it belongs to that file.
pub fn blamed(chain: &Chain, settings: &[Setting], found: Problems) -> Problems {
    let Some(last) = chain.layers().last().map(|layer| layer.file).filter(|_| chain.layers().len() > 1) else {
        return found;
    };
    let elsewhere = |found: &Diagnostic| file_of(found).is_some_and(|file| file != last);
    let errors: Vec<Diagnostic> =
        found.iter().filter(|found| found.severity == Severity::Error && elsewhere(found)).cloned().collect();
    let runs = if errors.is_empty() { Vec::new() } else { errors_without_each(chain, settings) };
    let mut kept = Problems::new();
    for found in found.iter() {
        if found.code == Code::UnusedName && elsewhere(found) {
            continue;
        }
        let mut found = found.clone();
        if errors.contains(&found) {
            let guilty = runs.iter().position(|run| !run.iter().any(|other| alike(other, &found)));
            if let Some(change) = guilty.and_then(|at| chain.changes().get(at)) {
                found = found.also(change.name_span, format!("the change `{}` brings it about", change.name));
            }
        }
        kept.push(found);
    }
    kept
}

fn file_of(found: &Diagnostic) -> Option<FileId> {
    match found.place() {
        Some(Place::Text(span)) => Some(span.file),
        _ => None,
    }
}

fn alike(a: &Diagnostic, b: &Diagnostic) -> bool {
    a.code == b.code && a.place() == b.place()
}

/// For each change, the errors that there are without it.
fn errors_without_each(chain: &Chain, settings: &[Setting]) -> Vec<Vec<Diagnostic>> {
    let errors = |at| {
        let mut problems = Problems::new();
        let tree = chain.merge(Applied::Some(&without(chain, at)), &mut problems);
        let resolved = resolve::resolve(tree, &mut problems);
        types::check(&resolved, settings, &mut problems);
        problems.iter().filter(|found| found.severity == Severity::Error).cloned().collect()
    };
    (0..chain.changes().len()).map(errors).collect()
}
