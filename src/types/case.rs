//! `case`: the types of its arms, and whether it leaves a category out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::scope::Scope;
use super::tree::{Expr, ExprKind};
use super::{Checker, is_condition};
use crate::builtin::Builtin;
use crate::builtin::signature::unite;
use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast;
use crate::value::{Ty, Type, Value};

/// What a condition is about, and for which of its words it holds.
struct Cover {
    subject: String,
    all: Vec<Arc<str>>,
    words: BTreeSet<Arc<str>>,
}

fn flag_words() -> Vec<Arc<str>> {
    vec!["yes".into(), "no".into()]
}

fn cover(condition: &Expr) -> Option<Cover> {
    match &condition.kind {
        ExprKind::Call(Builtin::Equal, args, _) => {
            let [subject, literal] = args.as_slice() else { return None };
            let (all, word) = match (&subject.ty.base, &literal.kind) {
                (Type::Category(all), ExprKind::Const(Value::Text(word))) => (all.to_vec(), Arc::clone(word)),
                (Type::Flag, ExprKind::Const(Value::Flag(flag))) => {
                    (flag_words(), if *flag { "yes" } else { "no" }.into())
                }
                _ => return None,
            };
            Some(Cover { subject: subject.key(), all, words: BTreeSet::from([word]) })
        }
        ExprKind::Call(Builtin::Or, args, _) => {
            let mut covers = args.iter().map(cover);
            let mut first = covers.next()??;
            for other in covers {
                let other = other.filter(|other| other.subject == first.subject)?;
                first.words.extend(other.words);
            }
            Some(first)
        }
        ExprKind::Call(Builtin::Not, args, _) => {
            let inner = cover(args.first()?)?;
            let words = inner.all.iter().filter(|word| !inner.words.contains(*word)).cloned().collect();
            Some(Cover { words, ..inner })
        }
        ExprKind::Column(_) | ExprKind::Slot(_) | ExprKind::Param(_) if is_condition(condition) => {
            Some(Cover { subject: condition.key(), all: flag_words(), words: BTreeSet::from(["yes".into()]) })
        }
        _ => None,
    }
}

/// What the conditions so far leave over, for each subject.
#[derive(Default)]
struct Left {
    covered: BTreeMap<String, Cover>,
}

impl Left {
    fn take(&mut self, condition: &Expr) {
        if let Some(cover) = cover(condition) {
            match self.covered.get_mut(&cover.subject) {
                Some(before) => before.words.extend(cover.words),
                None => drop(self.covered.insert(cover.subject.clone(), cover)),
            }
        }
    }

    fn is_exhausted(&self) -> bool {
        self.covered.values().any(|cover| cover.all.iter().all(|word| cover.words.contains(word)))
    }

    /// The words that are left out, if all conditions are about one subject.
    fn words(&self) -> Vec<String> {
        let Some(cover) = self.covered.values().next().filter(|_| self.covered.len() == 1) else {
            return Vec::new();
        };
        cover.all.iter().filter(|word| !cover.words.contains(*word)).map(|word| format!("\"{word}\"")).collect()
    }
}

impl Checker<'_> {
    /// Types a `case`.
    pub(super) fn case(&mut self, scope: &mut Scope, arms: &[ast::Arm], span: Span) -> Option<Expr> {
        let mut learnt = Vec::new();
        let mut left = Left::default();
        let mut typed: Vec<(Option<Expr>, Option<Expr>, Span)> = Vec::new();
        let mut fine = true;
        for (at, arm) in arms.iter().enumerate() {
            let condition = match &arm.condition {
                Some(condition) => match self.expr(scope, condition).and_then(|expr| self.case_condition(expr)) {
                    Some(condition) => Some(condition),
                    None => {
                        fine = false;
                        continue;
                    }
                },
                None => None,
            };
            if left.is_exhausted() {
                let found = Diagnostic::warning(Code::UnreachableCase, arm.span, "this is never reached");
                self.problems.push(found.help("the lines before cover everything: delete this one"));
            }
            if condition.is_none() && at + 1 < arms.len() {
                let found = Diagnostic::error(Code::UnreachableCase, arm.span, "`otherwise` takes all that is left");
                self.problems.push(found.help("put it last"));
                fine = false;
            }
            let inside = condition.as_ref().map(|condition| scope.learn(condition, true)).unwrap_or_default();
            let value = match &arm.value {
                Some(value) => {
                    let value = self.expr(scope, value);
                    fine &= value.is_some();
                    value
                }
                None => None,
            };
            scope.forget(inside);
            if let Some(condition) = &condition {
                left.take(condition);
                learnt.extend(scope.learn(condition, false));
            }
            typed.push((value, condition, arm.span));
        }
        scope.forget(learnt);
        let complete = arms.iter().any(|arm| arm.condition.is_none()) || left.is_exhausted();
        if !complete {
            self.incomplete(&left, span);
            return None;
        }
        if fine { self.join_arms(typed, span) } else { None }
    }

    fn case_condition(&mut self, expr: Expr) -> Option<Expr> {
        if expr.ty.base != Type::Flag {
            let message = format!("a condition is expected behind `when`, this is {}", expr.ty.base.described());
            self.error(Code::WrongType, expr.span, message, "compare it with something, as in `kind = \"embassy\"`");
            return None;
        }
        self.required(expr)
    }

    fn incomplete(&mut self, left: &Left, span: Span) {
        let words = left.words();
        let found = Diagnostic::error(Code::IncompleteCase, span, "this `case` leaves something out");
        self.problems.push(match words.as_slice() {
            [] => found.help("end it with `… otherwise`, or `missing otherwise`"),
            words => found
                .label(format!("without {}", words.join(", ")))
                .help(format!("add a line for {}, or end it with `… otherwise`", words.join(", "))),
        });
    }

    /// Brings the arms to one type.
    fn join_arms(&mut self, arms: Vec<(Option<Expr>, Option<Expr>, Span)>, span: Span) -> Option<Expr> {
        let mut united: Option<(Type, Span)> = None;
        let mut optional = false;
        for (value, _, _) in &arms {
            let Some(value) = value else {
                optional = true;
                continue;
            };
            optional |= value.ty.optional;
            united = Some(match united {
                None => (value.ty.base.clone(), value.span),
                Some((ty, place)) => match unite(&ty, &value.ty.base) {
                    Some(ty) => (ty, place),
                    None => {
                        let message = format!(
                            "one line of the `case` gives {}, this one {}",
                            ty.described(),
                            value.ty.base.described()
                        );
                        let found = Diagnostic::error(Code::WrongType, value.span, message);
                        self.problems.push(found.also(place, ty.described()).help("all lines give the same type"));
                        return None;
                    }
                },
            });
        }
        let Some((base, _)) = united else {
            self.error(Code::WrongType, span, "this `case` is always missing", "give at least one line a value");
            return None;
        };
        let missing = Expr { kind: ExprKind::Const(Value::Missing), ty: Ty::optional(base.clone()), span };
        let mut otherwise = None;
        let mut pairs = Vec::new();
        for (value, condition, _) in arms {
            let value = value.unwrap_or_else(|| missing.clone());
            match condition {
                Some(condition) => pairs.push((condition, value)),
                None => otherwise = Some(Box::new(value)),
            }
        }
        Some(Expr { kind: ExprKind::Case(pairs, otherwise), ty: Ty { base, optional }, span })
    }
}
