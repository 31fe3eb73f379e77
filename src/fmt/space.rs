//! What stands between two tokens of a line.

use crate::syntax::outline::{Kind, Starts, Token};

use super::lines::is_open;

/// The number of blanks between two tokens.
pub(super) fn between(before: &Token, after: &Token) -> usize {
    use Kind::*;
    if matches!(before.kind, OpenCall | OpenParen | Tight | Minus) {
        return 0;
    }
    if matches!(after.kind, CloseParen | Comma | InnerComma | Colon | CheckColon | Tight | Optional | OpenCall) {
        return 0;
    }
    if is_open(before.kind) {
        return usize::from(after.kind != Close);
    }
    match after.starts {
        Starts::Nothing => 1,
        Starts::Pair if matches!(before.kind, InnerComma | Comma) => 1,
        _ => 2,
    }
}
