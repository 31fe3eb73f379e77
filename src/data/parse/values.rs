//! What a reader of values that aren't written as texts must know of a column.

use std::borrow::Cow;

use super::{FieldParser, clean, words};

impl FieldParser<'_> {
    /// Whether no text but the empty one means a missing value.
    pub fn has_no_words(&self) -> bool {
        self.format.missing.is_empty() && self.spec.missing.is_empty()
    }

    /// The value of a text, without a code for it; `Some(None)` for a missing one that is allowed, `None` for a fault.
    pub fn value_of<'t>(&self, text: &'t str) -> Option<Option<Cow<'t, str>>> {
        let cleaned = if self.spec.clean { clean(text) } else { Cow::Borrowed(text) };
        if self.is_missing(&cleaned) {
            return self.spec.ty.optional.then_some(None);
        }
        words::check_text(&cleaned, self.spec.clean).ok()?;
        Some(Some(cleaned))
    }

    /// How many codes have been given out.
    pub fn known_texts(&self) -> usize {
        self.dict.len()
    }
}
