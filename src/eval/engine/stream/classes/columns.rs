//! Columns with a value for each combination.

use std::borrow::Cow;

use crate::eval::engine::assemble::assemble;
use crate::eval::engine::vector::{Out, all_rows, gather};
use crate::value::Type;
use crate::value::column::Column;

/// A column over all combinations with new values for some.
pub fn filled(before: Option<Column>, made: &Column, classes: &[u32], ty: &Type, size: usize) -> Column {
    let mut parts = vec![(classes.to_vec(), Out::Each(Cow::Borrowed(made)))];
    if let Some(before) = before {
        let others: Vec<u32> = all_rows(size).into_iter().filter(|class| !classes.contains(class)).collect();
        let before = gather(&before, &others);
        parts.push((others, Out::Each(Cow::Owned(before))));
    }
    assemble(ty, size, parts).into_column(ty, size)
}
