//! Names of columns and common table expressions: each once, in engines that pass over case and cut long names as well.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::ast::Name;

/// The longest name, in bytes, that every engine keeps whole.
const LONGEST: usize = 63;

/// Names that are taken.
#[derive(Debug, Clone, Default)]
pub struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// A name near a wanted one that isn't taken yet, and takes it.
    pub fn take(&mut self, wanted: &str) -> Name {
        let base = cut(wanted, LONGEST - 6);
        let mut name = base.to_owned();
        let mut number = 2;
        while !self.taken.insert(name.to_lowercase()) {
            name = format!("{base}_{number}");
            number += 1;
        }
        Arc::from(name)
    }
}

/// The beginning of a name, of so many bytes at most.
fn cut(name: &str, bytes: usize) -> &str {
    let end = name.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|&end| end <= bytes).last();
    end.and_then(|end| name.get(..end)).unwrap_or("")
}
