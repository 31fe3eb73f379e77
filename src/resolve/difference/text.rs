//! Whether trees say the same, and what stands at a place.

use serde::Serialize;
use serde_json::Value;

use crate::source::{Sources, Span};

/// The most characters of a scheme that are quoted.
const LONGEST: usize = 120;

/// Whether two trees say the same, wherever they stand.
pub fn alike<T: Serialize>(a: &T, b: &T) -> bool {
    bare(a) == bare(b)
}

/// A tree without its places and doc comments.
fn bare<T: Serialize>(tree: &T) -> Option<Value> {
    // All keys of a tree are texts: it can always be written. `None` equals nothing that can be written.
    let mut value = serde_json::to_value(tree).ok()?;
    strip(&mut value);
    Some(value)
}

/// Recursion is as deep as the tree, which the parser limits.
fn strip(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| !matches!(key.as_str(), "span" | "result_span" | "doc"));
            map.values_mut().for_each(strip);
        }
        Value::Array(list) => list.iter_mut().for_each(strip),
        _ => {}
    }
}

/// The texts of the schemes.
pub struct Texts<'s> {
    pub sources: &'s Sources,
}

impl Texts<'_> {
    /// What stands at a place, on one line, without comments.
    pub fn of(&self, span: Span) -> String {
        let mut words = Vec::new();
        for line in self.sources.slice(span).lines() {
            words.extend(without_comment(line).split_whitespace());
        }
        let text = words.join(" ");
        if text.chars().count() <= LONGEST { text } else { text.chars().take(LONGEST - 1).chain(['…']).collect() }
    }
}

/// A line up to a `#` that doesn't stand in a text.
fn without_comment(line: &str) -> &str {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in line.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '#' if !quoted => return line.get(..at).unwrap_or(line),
            _ => {}
        }
    }
    line
}
