//! Pairs into scores.

use std::sync::Arc;

use super::ast::*;
use super::build::{Builder, Node};
use super::cursor::Cursor;
use super::grammar::Rule;
use crate::diag::Code;
use crate::source::Spanned;
use crate::value::words::{Empty, Verb};
use crate::value::{Period, calendar};

impl Builder<'_> {
    /// The inside of a score.
    pub(super) fn score(&mut self, cursor: &mut Cursor<'_>) -> Option<Score> {
        let name = self.take_name(cursor)?;
        let input = self.take_name(cursor)?;
        let mut steps = Vec::new();
        while let Some(pair) = cursor.next() {
            steps.extend(self.score_line(pair));
        }
        Some(Score { name, input, steps })
    }

    /// A step, a let or a check.
    pub(super) fn score_line(&mut self, pair: Node<'_>) -> Option<Step> {
        let span = self.span(&pair);
        let rule = pair.as_rule();
        if rule == Rule::check {
            let check = self.check(pair)?;
            let label = check.message.clone();
            return Some(Step { doc: check.doc.clone(), label, cite: None, kind: StepKind::Check(check), span });
        }
        let mut cursor = Cursor::new(pair.into_inner());
        let doc = self.doc(&mut cursor);
        let label = self.take_name(&mut cursor)?;
        let span = label.span.to(span.after());
        if rule == Rule::let_step {
            let expr = cursor.take(Rule::expr)?;
            return Some(Step { doc, label, cite: None, kind: StepKind::Let(self.expr(expr)?), span });
        }
        let kind = self.verb(cursor.take(Rule::verb)?)?;
        let cite = cursor.take(Rule::cite).and_then(|pair| self.take_text(&mut Cursor::new(pair.into_inner())));
        Some(Step { doc, label, cite, kind, span })
    }

    fn verb(&mut self, pair: Node<'_>) -> Option<StepKind> {
        let pair = Cursor::new(pair.into_inner()).next()?;
        let rule = pair.as_rule();
        let mut cursor = Cursor::new(pair.into_inner());
        let verb = match rule {
            Rule::every => return self.every(&mut cursor).map(StepKind::Every),
            Rule::absorb => return self.absorb(&mut cursor).map(StepKind::Absorb),
            Rule::keep => None,
            Rule::set_value => Some(Verb::Value),
            Rule::times => Some(Verb::Times),
            Rule::halve => Some(Verb::Halve),
            Rule::plus => Some(Verb::Plus),
            Rule::cap => Some(Verb::Cap),
            Rule::floor => Some(Verb::Floor),
            _ => return None,
        };
        let expr = match cursor.take(Rule::expr) {
            Some(expr) => Some(self.expr(expr)?),
            None => None,
        };
        let when = self.when(&mut cursor);
        Some(match verb {
            Some(verb) => StepKind::Set(verb, expr, when),
            None => StepKind::Keep(expr?, when),
        })
    }

    fn every(&mut self, cursor: &mut Cursor<'_>) -> Option<Every> {
        let word = cursor.take(Rule::period)?;
        let period = Spanned::new(Period::of_word(word.as_str())?, self.span(&word));
        let rename = self.take_name(cursor);
        let from = cursor.take(Rule::value_expr)?;
        let from = self.value_expr(from)?;
        let inclusive = cursor.has(Rule::k_to);
        let end = cursor.take(Rule::value_expr)?;
        let end = self.value_expr(end)?;
        let open = cursor.take(Rule::open).and_then(|pair| self.open(pair));
        Some(Every { period, rename, from, end, inclusive, open })
    }

    fn open(&mut self, pair: Node<'_>) -> Option<Spanned<Open>> {
        let span = self.span(&pair);
        let pair = Cursor::new(pair.into_inner()).next()?;
        let text = pair.as_str().trim().to_owned();
        let rule = pair.as_rule();
        let mut cursor = Cursor::new(pair.into_inner());
        let open = match rule {
            Rule::open_any => Open::AnyTime,
            Rule::open_all => Open::All(Period::of_word(text.split_whitespace().last()?)?),
            Rule::open_on => {
                let day = cursor.take(Rule::day_of_year)?;
                let (month, day) = day.as_str().split_once('-')?;
                let (month, day) = (month.parse().ok()?, day.parse().ok()?);
                // 2000 is a leap year: 02-29 is a day, and means the 28th in other years.
                if calendar::checked_days(2000, month, day).is_none() {
                    self.error(
                        Code::BadLiteral,
                        span,
                        "this is not a day of the year",
                        "write month and day, as in 07-01",
                    );
                    return None;
                }
                Open::On { month, day }
            }
            Rule::open_on_day => {
                let day = cursor.take(Rule::integer)?;
                let day = self.integer(&day);
                if !(1..=31).contains(&day) {
                    self.error(Code::BadLiteral, span, "a month has the days 1 to 31", "write `open on day 15`");
                    return None;
                }
                Open::OnDay(day)
            }
            _ => {
                let days = cursor.take(Rule::integer)?;
                Open::AtLeast(self.integer(&days))
            }
        };
        Some(Spanned::new(open, span))
    }

    fn absorb(&mut self, cursor: &mut Cursor<'_>) -> Option<Absorb> {
        let pair = cursor.take(Rule::pick)?;
        let pick = self.pick(pair)?;
        let keys =
            cursor.many(Rule::value_expr).into_iter().map(|pair| self.value_expr(pair)).collect::<Option<_>>()?;
        let empty = cursor.take(Rule::empty).map(|pair| {
            let word = if pair.as_str().trim_end().ends_with("drop") { Empty::Drop } else { Empty::Zero };
            Spanned::new(word, self.span(&pair))
        });
        Some(Absorb { pick, keys, empty })
    }

    fn pick(&mut self, pair: Node<'_>) -> Option<Pick> {
        let mut cursor = Cursor::new(pair.into_inner());
        if let Some(word) = cursor.take(Rule::pick_word) {
            return Some(match word.as_str() {
                "highest" => Pick::Highest,
                "lowest" => Pick::Lowest,
                _ => Pick::Strongest,
            });
        }
        let word: Arc<str> = Arc::from(cursor.take(Rule::pick_order)?.as_str());
        let order = cursor.take(Rule::value_expr)?;
        let order = self.value_expr(order)?;
        Some(if &*word == "first" { Pick::First(order) } else { Pick::Last(order) })
    }
}
