//! Names of a condition of `--where` that mean nothing: what they are in the scheme, and what to write instead.

use crate::diag::{Code, Diagnostic, Place};
use crate::plan::{Index, Plan};
use crate::source::Sources;

/// A problem of a condition on the cells of an index; if a name is unknown there, with what is known of it elsewhere.
pub fn explained(found: &Diagnostic, plan: &Plan, at: usize, sources: &Sources) -> Diagnostic {
    let mut found = found.clone();
    let span = match found.place() {
        Some(Place::Text(span)) if found.code == Code::UnknownName => *span,
        _ => return found,
    };
    let (name, index) = (sources.slice(span), plan.indices.get(at));
    let declared = || plan.declared.iter().filter_map(|&at| plan.indices.get(at).map(|index| &**index));
    let with_dim: Vec<&Index> = declared().filter(|index| index.dims.iter().any(|dim| *dim.name == *name)).collect();
    if let (Some(index), false) = (index, with_dim.is_empty()) {
        found.message = format!("`{}` has no dimension `{name}`", index.name);
        let options: Vec<String> = with_dim.iter().take(4).map(|index| format!("--index {}", index.name)).collect();
        let more = if with_dim.len() > options.len() { " …" } else { "" };
        found.help = Some(format!("pick the indices that have it with `--index`: `{}{more}`", options.join(" ")));
    } else if declared().any(|index| *index.name == *name) {
        found.help = Some(format!("the value of an index is called `value`: write it, with `--index {name}`"));
    } else if is_compared(condition(sources, span), name) {
        let quoted = format!("a text stands in quotes: `\"{name}\"`");
        found.help = Some(found.help.map_or_else(|| quoted.clone(), |help| format!("{help}\n{quoted}")));
    }
    found
}

/// The whole condition.
fn condition(sources: &Sources, span: crate::source::Span) -> &str {
    sources.get(span.file).map_or("", |file| &*file.text)
}

/// Whether a name stands behind a comparison, as a text does that has lost its quotes.
fn is_compared(condition: &str, name: &str) -> bool {
    let before = condition.match_indices(name).map(|(at, _)| condition.get(..at).unwrap_or("").trim_end());
    before.into_iter().any(|before| before.ends_with(['=', '(', ',', '≠']) || before.ends_with("!="))
}
