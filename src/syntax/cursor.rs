//! A walk over the pairs of a rule, by name. Keywords that nobody asks for are passed over.

use pest::iterators::{Pair, Pairs};

use super::grammar::Rule;

/// A position among the pairs inside a rule.
pub(super) struct Cursor<'i> {
    pairs: Pairs<'i, Rule>,
}

/// Keywords are the rules named `k_…`, and the other rules that only hold a place.
fn passes(rule: Rule) -> bool {
    use Rule::*;
    matches!(
        rule,
        EOI | one_of | number_word | date_word | on | on_day | at_least | days | percent | normal | triangular
    ) || format!("{rule:?}").starts_with("k_")
}

impl<'i> Cursor<'i> {
    pub(super) fn new(pairs: Pairs<'i, Rule>) -> Self {
        Self { pairs }
    }

    /// The next pair, if it is of this rule; the keywords before it are passed over.
    pub(super) fn take(&mut self, rule: Rule) -> Option<Pair<'i, Rule>> {
        let mut ahead = self.pairs.clone();
        loop {
            let pair = ahead.next()?;
            if pair.as_rule() == rule {
                self.pairs = ahead;
                return Some(pair);
            }
            if !passes(pair.as_rule()) {
                return None;
            }
        }
    }

    /// Whether the next pair is of this rule; takes it.
    pub(super) fn has(&mut self, rule: Rule) -> bool {
        self.take(rule).is_some()
    }

    /// All next pairs of this rule.
    pub(super) fn many(&mut self, rule: Rule) -> Vec<Pair<'i, Rule>> {
        std::iter::from_fn(|| self.take(rule)).collect()
    }

    /// The next pair that isn't a keyword.
    pub(super) fn next(&mut self) -> Option<Pair<'i, Rule>> {
        self.pairs.find(|pair| !passes(pair.as_rule()))
    }

    /// The first pair, which is of this rule.
    pub(super) fn only(mut self, rule: Rule) -> Option<Pair<'i, Rule>> {
        self.take(rule)
    }
}
