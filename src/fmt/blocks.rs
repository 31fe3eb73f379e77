//! The braces of a text: which belong together, and which of them hold a line break.

use crate::syntax::outline::{Kind, Token};

/// For each token that opens a brace, whether what it holds stands on lines of its own: a break stands in it.
pub(super) fn broken(tokens: &[Token]) -> Vec<bool> {
    let mut broken = vec![false; tokens.len()];
    // The open braces, and whether there was something in them.
    let mut open: Vec<(usize, bool)> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let empty = token.kind == Kind::Close && open.last().is_some_and(|&(_, filled)| !filled);
        if token.breaks > 0 && !empty {
            for &(brace, _) in &open {
                if let Some(mark) = broken.get_mut(brace) {
                    *mark = true;
                }
            }
        }
        if let Some((_, filled)) = open.last_mut().filter(|_| token.kind != Kind::Close) {
            *filled = true;
        }
        match token.kind {
            Kind::OpenBlock | Kind::OpenList | Kind::OpenTable => open.push((at, false)),
            Kind::Close => drop(open.pop()),
            _ => {}
        }
    }
    broken
}
