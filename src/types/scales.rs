//! Scales: their declarations and their calls.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Checker;
use super::scope::{Scope, ScopeKind};
use super::tree::{Expr, ExprKind, Otherwise, Range, Scale, ScaleLine, ScaleLines};
use crate::builtin::signature::unite;
use crate::diag::{Code, Diagnostic};
use crate::resolve::Kind;
use crate::source::Span;
use crate::syntax::ast::{self, ScaleKey};
use crate::value::{Period, Ty, Type, Value, decimal};

use super::constant::coerce_value;

impl Checker<'_> {
    /// Types the scales.
    pub(super) fn check_scales(&mut self) {
        for (id, (_, tree)) in self.scheme.scales.iter().enumerate() {
            let scale = self.scale(id, tree);
            self.scales.push(scale);
        }
    }

    fn scale(&mut self, id: usize, tree: &ast::Scale) -> Scale {
        let turned = tree.entries.iter().find(|entry| is_turned(entry));
        let mut lines = ScaleLines::default();
        let (ty, results) = match turned {
            None => self.results(tree, &mut lines.params),
            Some(entry) => {
                let message = "the points stand before the words that get them";
                self.error(Code::WrongType, entry.span, message, "turn the line round: `5 \"president\"`");
                self.broken_scales.insert(id);
                (Ty::required(Type::Number(0)), Vec::new())
            }
        };
        let mut scale = Scale {
            name: Arc::clone(&tree.name.node),
            ty,
            words: Vec::new(),
            patterns: Vec::new(),
            ranges: Vec::new(),
            places: 0,
            otherwise: Otherwise::Error,
            lines,
            span: tree.name.span,
        };
        let mut seen: BTreeMap<(Arc<str>, bool), Span> = BTreeMap::new();
        let mut ranges = Vec::new();
        let mut otherwise: Option<Span> = None;
        for (entry, value) in tree.entries.iter().zip(results) {
            if entry.keys.is_empty() {
                if let Some(first) = otherwise.replace(entry.span) {
                    let found = Diagnostic::error(Code::RepeatedWord, entry.span, "`otherwise` stands twice");
                    self.problems.push(found.also(first, "first here").help("keep one"));
                }
                scale.otherwise = Otherwise::Value(value.clone());
                scale.lines.otherwise = Some(line_of(entry, None));
            }
            for key in &entry.keys {
                match &key.node {
                    ScaleKey::Word { text, pattern } => {
                        if let Some(first) = seen.insert((Arc::clone(text), *pattern), key.span) {
                            let message = format!("`{text}` is on the scale twice");
                            let found = Diagnostic::error(Code::RepeatedWord, key.span, message);
                            self.problems
                                .push(found.also(first, "first here").help("each word gets one number of points"));
                        }
                        let (list, lines) = match pattern {
                            true => (&mut scale.patterns, &mut scale.lines.patterns),
                            false => (&mut scale.words, &mut scale.lines.words),
                        };
                        list.push((Arc::clone(text), value.clone()));
                        lines.push(line_of(entry, Some(key.span)));
                    }
                    ScaleKey::Range { low, high, high_included } => {
                        ranges.extend(self.bounds(low.as_deref(), high.as_deref()).map(|(low, high)| FoundRange {
                            low,
                            high,
                            high_included: *high_included,
                            value: value.clone(),
                            span: key.span,
                            line: line_of(entry, Some(key.span)),
                        }));
                    }
                }
            }
        }
        if !ranges.is_empty() && !seen.is_empty() {
            self.broken_scales.insert(id);
            let message = format!("scale `{}` has words and ranges of numbers", scale.name);
            self.error(Code::WrongType, tree.name.span, message, "make two scales of it");
        }
        if tree.entries.is_empty() {
            let message = format!("scale `{}` is empty", scale.name);
            self.error(Code::NoValue, tree.name.span, message, "list points and the words that get them");
        }
        self.ranges(&mut scale, ranges);
        scale
    }

    /// The values of the lines and their common type; notes the parameters among them.
    fn results(&mut self, tree: &ast::Scale, params: &mut Vec<usize>) -> (Ty, Vec<Value>) {
        let mut united: Option<(Type, Span)> = None;
        let mut optional = false;
        let mut values: Vec<Option<(Value, Type)>> = Vec::new();
        for entry in &tree.entries {
            let Some(result) = &entry.result else {
                optional = true;
                values.push(None);
                continue;
            };
            let typed = self.expr(&mut Scope::new(ScopeKind::Constants), result);
            let Some((expr, value)) = typed.and_then(|expr| self.constant(&expr).map(|value| (expr, value))) else {
                values.push(None);
                continue;
            };
            if let ExprKind::Param(param) = expr.kind {
                params.push(param);
            }
            let base = expr.ty.base;
            united = Some(match united {
                None => (base.clone(), entry.result_span),
                Some((ty, place)) => match unite(&ty, &base) {
                    Some(ty) => (ty, place),
                    None => {
                        let found = Diagnostic::error(
                            Code::WrongType,
                            entry.result_span,
                            format!("one line gives {}, this one {}", ty.described(), base.described()),
                        );
                        self.problems.push(
                            found.also(place, "here").help("all lines of a scale give numbers, or all give texts"),
                        );
                        (ty, place)
                    }
                },
            });
            values.push(Some((value, base)));
        }
        let base = united.map_or(Type::Number(0), |(ty, _)| ty);
        let values = values
            .into_iter()
            .map(|value| value.and_then(|(value, ty)| coerce_value(&value, &ty, &base)).unwrap_or_default())
            .collect();
        (Ty { base, optional }, values)
    }

    fn bounds(&mut self, low: Option<&ast::Expr>, high: Option<&ast::Expr>) -> Option<(Bound, Bound)> {
        let mut bound = |tree: Option<&ast::Expr>| -> Option<Bound> {
            let Some(tree) = tree else { return Some(None) };
            match &tree.kind {
                ast::ExprKind::Number(units, places) => Some(Some((*units, *places))),
                ast::ExprKind::Wrong => None,
                _ => {
                    self.error(
                        Code::WrongType,
                        tree.span,
                        "a range is of numbers",
                        "write 0..<10, `under 10` or `from 20`",
                    );
                    None
                }
            }
        };
        Some((bound(low)?, bound(high)?))
    }

    /// Sorts the ranges and sees to it that none overlap.
    fn ranges(&mut self, scale: &mut Scale, found: Vec<FoundRange>) {
        let places = found
            .iter()
            .flat_map(|range| [&range.low, &range.high])
            .flatten()
            .map(|(_, places)| *places)
            .max()
            .unwrap_or(0);
        scale.places = places;
        let digits = |(units, from): &(i128, u8)| decimal::widen(*units, *from, places).is_none();
        for FoundRange { low, high, span, .. } in &found {
            if low.iter().chain(high).any(digits) {
                let message = format!("with {places} decimal places this bound has more than 38 digits");
                self.error(Code::ConstantOverflow, *span, message, "give all bounds of the scale fewer decimal places");
                return;
            }
        }
        let widen = |bound: Bound| bound.and_then(|(units, from)| decimal::widen(units, from, places));
        let mut ranges: Vec<(Range, Span, ScaleLine)> = found
            .into_iter()
            .map(|FoundRange { low, high, high_included, value, span, line }| {
                (Range { low: widen(low), high: widen(high), high_included, value }, span, line)
            })
            .collect();
        ranges.sort_by_key(|(range, ..)| (range.low.is_some(), range.low));
        for (range, span, _) in &ranges {
            let backward = match (range.low, range.high) {
                (Some(low), Some(high)) => high < low || (high == low && !range.high_included),
                _ => false,
            };
            if backward {
                self.error(Code::OutOfRange, *span, "the range holds no number", "write the smaller bound first");
            }
        }
        for pair in ranges.windows(2) {
            let [(a, a_span, _), (b, b_span, _)] = pair else { continue };
            let overlap = match (a.high, b.low) {
                (Some(high), Some(low)) => low < high || (low == high && a.high_included),
                _ => true,
            };
            if overlap {
                let message = "this range and another hold the same number";
                let problem = Diagnostic::error(Code::OverlappingRanges, *b_span, message).also(*a_span, "the other");
                self.problems.push(problem.help("leave a bound out of one: `0..<10` goes up to 10, without it"));
            }
        }
        (scale.ranges, scale.lines.ranges) = ranges.into_iter().map(|(range, _, line)| (range, line)).unzip();
    }

    /// Types `level(office)`.
    pub(super) fn scale_call(
        &mut self,
        scope: &mut Scope,
        id: usize,
        name: &ast::Name,
        args: &[ast::Expr],
        span: Span,
    ) -> Option<Expr> {
        self.use_item(Kind::Scale, id);
        let [arg] = args else {
            let message = format!("scale `{}` takes one argument, here are {}", name.node, args.len());
            self.error(Code::WrongArguments, span, message, "write what is looked up on it, as in `level(office)`");
            return None;
        };
        let arg = self.expr(scope, arg)?;
        if self.broken_scales.contains(&id) {
            return None;
        }
        let scale = self.scales.get(id)?.clone();
        let numeric = !scale.ranges.is_empty();
        let fits = match &arg.ty.base {
            Type::Number(_) | Type::Period(Period::Year) => numeric,
            other => other.is_text() && !numeric,
        };
        // A scale of nothing but `otherwise` takes anything.
        let open = scale.words.is_empty() && scale.patterns.is_empty() && !numeric;
        if !fits && !open {
            let wanted = if numeric { "numbers" } else { "words" };
            let help = match arg.ty.base {
                Type::Real => "round it first, with `round to N`",
                _ => "use a column of that type, or change the scale",
            };
            self.error(
                Code::WrongType,
                arg.span,
                format!("scale `{}` is of {wanted}, this is {}", name.node, arg.ty.base.described()),
                help,
            );
            return None;
        }
        self.scale_covers(&scale, id, &arg);
        let optional = scale.ty.optional || arg.ty.optional;
        let ty = Ty { base: scale.ty.base.clone(), optional };
        Some(Expr { kind: ExprKind::Scale(id, Box::new(arg)), ty, span })
    }

    /// Where what is looked up is known beforehand, so is what the scale leaves out.
    fn scale_covers(&mut self, scale: &Scale, id: usize, arg: &Expr) {
        if !matches!(scale.otherwise, Otherwise::Error) {
            return;
        }
        if let Type::Category(words) = &arg.ty.base {
            let listed = |word: &str| {
                scale.words.iter().any(|(known, _)| &**known == word)
                    || scale.patterns.iter().any(|(start, _)| word.starts_with(&**start))
            };
            let left: Vec<String> =
                words.iter().filter(|word| !listed(word)).map(|word| format!("\"{word}\"")).collect();
            if !left.is_empty() {
                let found = Diagnostic::error(
                    Code::IncompleteCase,
                    arg.span,
                    format!("scale `{}` leaves out {}", scale.name, left.join(", ")),
                );
                self.problems.push(
                    found.also(scale.span, "the scale").help("add them to the scale, or end it with `… otherwise`"),
                );
            }
        }
        let places = match arg.ty.base {
            Type::Number(places) => places.max(scale.places),
            _ => scale.places,
        };
        for pair in scale.ranges.windows(2) {
            let [a, b] = pair else { continue };
            let (Some(high), Some(low)) = (a.high, b.low) else { continue };
            let (Some(high), Some(low)) =
                (decimal::widen(high, scale.places, places), decimal::widen(low, scale.places, places))
            else {
                continue;
            };
            let first = if a.high_included { high + 1 } else { high };
            if first < low && self.gaps.insert(id) {
                let gap = decimal::format(first, places);
                let found = Diagnostic::error(
                    Code::GapInRanges,
                    scale.span,
                    format!("scale `{}` leaves out {gap}", scale.name),
                );
                let help = "let the ranges meet (`0..<10`, `10..<20`), or say what all others get: `… otherwise`";
                self.problems.push(
                    found
                        .label("between two of its ranges")
                        .also(arg.span, format!("a {} is looked up here", arg.ty.base))
                        .help(help),
                );
            }
        }
    }
}

/// A bound: units and places; none for an open one.
type Bound = Option<(i128, u8)>;

/// A range as found in a scale.
struct FoundRange {
    low: Bound,
    high: Bound,
    high_included: bool,
    value: Value,
    span: Span,
    line: ScaleLine,
}

/// Where a line says what one of its words gets. In an edit that sets points, these stand last.
fn line_of(entry: &ast::Entry, key: Option<Span>) -> ScaleLine {
    let points = entry.result_span;
    match key {
        _ if points.end >= entry.span.end => ScaleLine { result: None, key: entry.span },
        Some(key) => ScaleLine { result: Some(points), key },
        None => ScaleLine { result: None, key: points.to(entry.span.after()) },
    }
}

/// Whether a line of a scale has a word before a single number: points and word the wrong way round.
fn is_turned(entry: &ast::Entry) -> bool {
    let text = matches!(entry.result.as_ref().map(|result| &result.kind), Some(ast::ExprKind::Text(_)));
    let [key] = entry.keys.as_slice() else { return false };
    text && matches!(&key.node, ScaleKey::Range { low: Some(low), high: Some(high), .. } if low.span == high.span)
}
