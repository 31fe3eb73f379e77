//! Pairs into what varies in a sensitivity analysis.

use super::ast::*;
use super::build::{Builder, Node};
use super::cursor::Cursor;
use super::grammar::Rule;
use crate::diag::Code;
use crate::source::Span;

/// The most decimal places of what is drawn.
const MOST_PLACES: u32 = 9;

impl Builder<'_> {
    /// What varies, and how.
    pub(super) fn vary(&mut self, cursor: &mut Cursor<'_>, span: Span) -> Option<Vary> {
        if let Some(pair) = cursor.take(Rule::vary_change) {
            let mut inner = Cursor::new(pair.into_inner());
            let names = self.texts(&mut inner)?;
            let file = self.take_text(&mut inner);
            return Some(Vary { what: Varied::Change { names, file }, spread: None, span });
        }
        let mut target = Cursor::new(cursor.take(Rule::vary_target)?.into_inner());
        let name = self.take_name(&mut target)?;
        let what = match target.take(Rule::line_key) {
            Some(key) => Varied::Line { scale: name, key: self.line_key(key)? },
            None => Varied::Item(name),
        };
        let spread = cursor.take(Rule::vary_spread)?;
        Some(Vary { what, spread: Some(self.spread(spread)?), span })
    }

    fn spread(&mut self, pair: Node<'_>) -> Option<Spread> {
        let span = self.span(&pair);
        let mut cursor = Cursor::new(pair.into_inner());
        let pair = cursor.next()?;
        let rule = pair.as_rule();
        let mut inner = Cursor::new(pair.into_inner());
        let kind = match rule {
            Rule::vary_by => SpreadKind::Percent(self.take_number(&mut inner)?),
            Rule::vary_normal => {
                SpreadKind::Normal { mean: self.bound_of(&mut inner)?, deviation: self.take_number(&mut inner)? }
            }
            Rule::vary_triangular => {
                let (low, high) = (self.bound_of(&mut inner)?, self.bound_of(&mut inner)?);
                SpreadKind::Triangular { low, high, peak: self.bound_of(&mut inner)? }
            }
            Rule::vary_range => SpreadKind::Range(self.bound_of(&mut inner)?, self.bound_of(&mut inner)?),
            _ => {
                let values = inner.many(Rule::vary_value).into_iter().filter_map(|pair| {
                    let mut value = Cursor::new(pair.into_inner());
                    Some((self.bound_of(&mut value)?, self.take_number(&mut value)))
                });
                SpreadKind::Values(values.collect())
            }
        };
        let places = cursor.take(Rule::round_to).map(|pair| self.drawn_places(pair));
        Some(Spread { kind, places, span })
    }

    fn bound_of(&mut self, cursor: &mut Cursor<'_>) -> Option<Expr> {
        cursor.take(Rule::signed).map(|pair| self.signed(pair))
    }

    fn take_number(&mut self, cursor: &mut Cursor<'_>) -> Option<Expr> {
        let pair = cursor.take(Rule::number)?;
        let span = self.span(&pair);
        let kind = self.number(pair.as_str().trim()).unwrap_or(ExprKind::Wrong);
        Some(Expr { kind, span })
    }

    fn drawn_places(&mut self, pair: Node<'_>) -> u8 {
        let span = self.span(&pair);
        let places = Cursor::new(pair.into_inner()).take(Rule::integer).map_or(0, |pair| self.integer(&pair));
        if places > MOST_PLACES {
            let message = format!("a draw has at most {MOST_PLACES} places");
            self.error(Code::BadPlaces, span, message, "round to fewer");
        }
        u8::try_from(places.min(MOST_PLACES)).unwrap_or(0)
    }

    /// Which changes are never made together.
    pub(super) fn exclude(&mut self, cursor: &mut Cursor<'_>, span: Span) -> Option<Exclude> {
        Some(Exclude { change: self.take_text(cursor)?, others: self.texts(cursor)?, span })
    }
}
