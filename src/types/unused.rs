//! Names that nothing uses.

use super::Checker;
use crate::diag::{Code, Diagnostic};
use crate::resolve::Kind;

impl Checker<'_> {
    /// Warns of params, scales, inputs, scores and lets that nothing uses. Where something couldn't be
    /// typed nobody knows what it would have used: nothing is said then.
    pub(super) fn warn_unused(&mut self) {
        if self.problems.has_errors() {
            return;
        }
        let mut found = Vec::new();
        for (name, named) in &self.scheme.names {
            // An index is there to be asked for, a hidden one too.
            if self.used.contains(&(named.kind, named.id)) || named.kind == Kind::Index {
                continue;
            }
            // An input with checks is looked at for their sake.
            let checked = self.inputs.get(named.id).is_some_and(|input| !input.checks.is_empty());
            if named.kind == Kind::Input && checked {
                continue;
            }
            let what = named.kind.word();
            let problem = Diagnostic::warning(Code::UnusedName, named.span, format!("{what} `{name}` is never used"));
            found.push(problem.help("delete it, or use it"));
        }
        for (score, rows, _) in self.scores.iter().flatten() {
            for slot in rows.slots.iter().filter(|slot| !slot.used) {
                let period = score.steps.iter().any(|step| matches!(step.op, super::tree::Op::Every { slot: at, .. } if rows.slots.get(at).is_some_and(|s| s.name == slot.name)));
                if !period {
                    let problem =
                        Diagnostic::warning(Code::UnusedName, slot.span, format!("let `{}` is never used", slot.name));
                    found.push(problem.help("delete it, or use it"));
                }
            }
        }
        found.into_iter().for_each(|problem| self.problems.push(problem));
    }
}
