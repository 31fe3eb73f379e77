//! Columns with a value for each combination, and the dictionaries that number them.

use std::borrow::Cow;
use std::sync::Arc;

use crate::eval::engine::assemble::assemble;
use crate::eval::engine::vector::{Out, all_rows, gather};
use crate::value::Type;
use crate::value::column::{Column, Dict};

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

/// Whether a dictionary begins with all of another.
pub fn goes_on(known: &Dict, dict: &Dict) -> bool {
    let same = |(a, b): (&Arc<str>, &Arc<str>)| Arc::ptr_eq(a, b) || a == b;
    Arc::ptr_eq(known, dict) || (dict.len() >= known.len() && known.iter().zip(dict.iter()).all(same))
}
