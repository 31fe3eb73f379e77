//! What to write where a change takes something away that the rest of the scheme still uses.
//!
//! Input: an error of the whole, and the change that brings it about. Output: words for the reader of that change.

use crate::diag::{Code, Diagnostic, Place, Severity};
use crate::resolve::overlay::{Chain, Change};
use crate::syntax::ast::EditKind;

/// The name of what a change takes away and an error misses, as the change writes it.
fn missed(change: &Change, found: &Diagnostic) -> Option<String> {
    use Code::{UnknownColumn, UnknownFunction, UnknownIndex, UnknownInput, UnknownName, UnknownParam, UnknownScore};
    let misses = |name: &str| found.message.contains(&format!("`{name}`"));
    let unknown = matches!(
        found.code,
        UnknownColumn | UnknownFunction | UnknownIndex | UnknownInput | UnknownName | UnknownParam | UnknownScore
    );
    change.edits.iter().find_map(|edit| match &edit.kind {
        EditKind::Remove { name, .. } if unknown && misses(&name.node) => Some(name.node.to_string()),
        // Without the step that sets the value nothing is missed by its name.
        EditKind::RemovePart(path) if found.code == Code::ValueNotSet || (unknown && misses(&path.part.node)) => {
            Some(format!("{}.{}", path.item.node, path.part.node))
        }
        _ => None,
    })
}

/// An error in what the last file says of results, which are looked at with all changes only: one of them may have
/// taken away what it is about.
pub(super) fn of_claim(chain: &Chain, found: Diagnostic) -> Diagnostic {
    let taken = |change: &Change| missed(change, &found).map(|name| (change.name_span, change.name.clone(), name));
    match chain.changes().iter().find_map(taken).filter(|_| found.severity == Severity::Error) {
        Some((span, change, name)) => found
            .also(span, format!("the change `{change}` takes `{name}` away"))
            .help(format!("leave this out, or don't remove `{name}`")),
        None => found,
    }
}

/// The error with a label at the change, and with help that fits: what was written in the scheme that is extended is
/// right there.
pub(super) fn of_change(chain: &Chain, change: &Change, found: Diagnostic) -> Diagnostic {
    let Some(name) = missed(change, &found) else {
        return found.also(change.name_span, format!("the change `{}` brings it about", change.name));
    };
    let user = match found.place() {
        Some(Place::Text(span)) => chain.declared_at(*span),
        _ => None,
    };
    let found = found.also(change.name_span, format!("the change `{}` takes `{name}` away", change.name));
    match user {
        Some(user) => found.help(format!("`{user}` uses it: replace that, too, or don't remove `{name}`")),
        None => found.help(format!("replace what uses it, too, or don't remove `{name}`")),
    }
}
