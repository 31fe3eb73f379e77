//! What a change does to the whole: which one is to blame for an error of the scheme that is extended, which changes
//! nothing, which alters what an index counts.

use super::{Setting, plan_of, taken};
use crate::diag::{Code, Diagnostic, Place, Problems, Severity};
use crate::plan::Plan;
use crate::plan::content::{counted, same};
use crate::resolve::Kind;
use crate::resolve::overlay::{Applied, Chain, Change};
use crate::source::{FileId, Span};
use crate::syntax::ast::{Edit, EditKind};
use crate::{resolve, types};

/// Each change is left out once to see what it does. A file may hold thousands, a code table for instance: of so many,
/// none is looked at by itself.
const MOST_LEFT_OUT: usize = 100;
/// Of so many errors the change to blame is looked for where there are many changes.
const MOST_BLAMED: usize = 8;

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
pub fn warn(chain: &Chain, plan: &Plan, problems: &mut Problems) {
    // A file that says what varies has something to say of its own.
    let varies = || chain.varies().iter().any(|item| item.own);
    if own(chain).next().is_none() && chain.layers().len() > 1 && !varies() {
        idle_file(chain, problems);
    }
    if chain.changes().len() > MOST_LEFT_OUT {
        return;
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

/// The problems, each error with the change that brings it about, unless it stands in that change. What nothing uses in such
/// a file is left out, for it belongs to that file; but for inputs that a change leaves without a use.
pub fn blamed(chain: &Chain, settings: &[Setting], found: Problems) -> Problems {
    let Some(last) = chain.layers().last().map(|layer| layer.file).filter(|_| chain.layers().len() > 1) else {
        return found;
    };
    let elsewhere = |found: &Diagnostic| file_of(found).is_some_and(|file| file != last);
    // Claims of results are left out with changes: what is wrong with them is no change's fault.
    // A target that was taken away tells by whom.
    let inside = |found: &Diagnostic| {
        found.code != Code::UnknownTarget && chain.changes().iter().any(|change| stands_in(found, change))
    };
    let errors: Vec<Diagnostic> = found
        .iter()
        .filter(|found| found.severity == Severity::Error && (elsewhere(found) || inside(found)))
        .cloned()
        .collect();
    let guilty = if errors.is_empty() { Vec::new() } else { guilty(chain, settings, &errors) };
    let mut kept = Problems::new();
    for found in found.iter() {
        if found.code == Code::UnusedName && elsewhere(found) {
            left_unused(chain, settings, found).into_iter().for_each(|found| kept.push(found));
            continue;
        }
        let mut found = found.clone();
        if errors.contains(&found) {
            let of_found = guilty.iter().find(|(error, _)| alike(error, &found));
            let change = of_found.and_then(|(_, at)| chain.changes().get(*at));
            if let Some(change) = change.filter(|change| !stands_in(&found, change)) {
                found = taken::of_change(chain, change, found);
            }
        } else {
            found = taken::of_claim(chain, found);
        }
        kept.push(found);
    }
    kept
}

/// The warning of an input of another file, if a change of the scheme's own file leaves it without a use.
fn left_unused(chain: &Chain, settings: &[Setting], found: &Diagnostic) -> Option<Diagnostic> {
    let Some(Place::Text(place)) = found.place() else { return None };
    let at = first_with(chain, &|applied| is_unused_input(chain, settings, applied, *place))?;
    let (_, change) = own(chain).find(|(own, _)| *own == at)?;
    let said = format!("with the change `{}` nothing uses it", change.name);
    Some(found.clone().also(change.name_span, said).help("take it away, too (`remove input …`), or use it"))
}

/// Whether nothing uses the input that is declared at a place, with these changes.
fn is_unused_input(chain: &Chain, settings: &[Setting], applied: &[bool], place: Span) -> bool {
    let mut problems = Problems::new();
    let tree = chain.merge(Applied::Some(applied), &mut problems);
    let resolved = resolve::resolve(tree, &mut problems);
    types::check(&resolved, settings, &mut problems);
    let is_input = resolved.names.values().any(|named| named.kind == Kind::Input && named.span == place);
    is_input
        && problems.iter().any(|found| found.code == Code::UnusedName && found.place() == Some(&Place::Text(place)))
}

fn file_of(found: &Diagnostic) -> Option<FileId> {
    match found.place() {
        Some(Place::Text(span)) => Some(span.file),
        _ => None,
    }
}

/// Whether a problem's place is in a change.
fn stands_in(found: &Diagnostic, change: &Change) -> bool {
    matches!(found.place(), Some(Place::Text(span)) if change.span.holds(*span))
}

fn alike(a: &Diagnostic, b: &Diagnostic) -> bool {
    a.code == b.code && a.place() == b.place()
}

/// The change that brings about each error, as far as there is one.
fn guilty<'e>(chain: &Chain, settings: &[Setting], errors: &'e [Diagnostic]) -> Vec<(&'e Diagnostic, usize)> {
    let count = chain.changes().len();
    if count <= MOST_LEFT_OUT {
        let runs: Vec<_> = (0..count).map(|at| errors_with(chain, settings, &without(chain, at))).collect();
        let absent = |error: &Diagnostic, run: &Vec<Diagnostic>| !run.iter().any(|other| alike(other, error));
        // Without a change that others need there may be fewer of the old errors, too, but then there are new ones.
        let best = |error: &Diagnostic| {
            let without = runs.iter().enumerate().filter(|(_, run)| absent(error, run));
            without.min_by_key(|(_, run)| run.len()).map(|(at, _)| at)
        };
        return errors.iter().filter_map(|error| Some((error, best(error)?))).collect();
    }
    let has = |error: &Diagnostic, applied: &[bool]| {
        errors_with(chain, settings, applied).iter().any(|other| alike(other, error))
    };
    let first = |error| first_with(chain, &|applied| has(error, applied));
    errors.iter().take(MOST_BLAMED).filter_map(|error| Some((error, first(error)?))).collect()
}

/// The change after which something is so, found by halving: none if it is so without any, or not with all.
fn first_with(chain: &Chain, is_so: &dyn Fn(&[bool]) -> bool) -> Option<usize> {
    let count = chain.changes().len();
    let is_after = |length: usize| is_so(&(0..count).map(|at| at < length).collect::<Vec<bool>>());
    if is_after(0) || !is_after(count) {
        return None;
    }
    let (mut absent, mut present) = (0, count);
    while present - absent > 1 {
        let middle = absent.midpoint(present);
        if is_after(middle) { present = middle } else { absent = middle }
    }
    Some(absent)
}

/// The errors that there are with these changes.
fn errors_with(chain: &Chain, settings: &[Setting], applied: &[bool]) -> Vec<Diagnostic> {
    let mut problems = Problems::new();
    let tree = chain.merge(Applied::Some(applied), &mut problems);
    let resolved = resolve::resolve(tree, &mut problems);
    types::check(&resolved, settings, &mut problems);
    problems.iter().filter(|found| found.severity == Severity::Error).cloned().collect()
}
