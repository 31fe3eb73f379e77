//! Calls of built-ins: types, missing values, and what is wrong with the arguments.

use std::sync::Arc;

use super::Checker;
use super::constant::coerce_value;
use super::scope::Scope;
use super::tree::{Expr, ExprKind};
use crate::builtin::signature::Misfit;
use crate::builtin::{Builtin, Form, Missing};
use crate::diag::nearest::suggest;
use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::value::decimal::MAX_PLACES;
use crate::value::{Period, Ty, Type, Value};

impl Checker<'_> {
    /// Types the call of a built-in.
    pub(super) fn call(&mut self, scope: &Scope, builtin: Builtin, mut args: Vec<Expr>, span: Span) -> Option<Expr> {
        let row = builtin.row();
        self.name_weeks(&mut args)?;
        let bases: Vec<Type> = args.iter().map(|arg| arg.ty.base.clone()).collect();
        let typed = match (row.signature)(&bases) {
            Ok(typed) => typed,
            Err(misfit) => {
                self.misfit(builtin, &args, misfit, span);
                return None;
            }
        };
        let mut optional = self.missing(scope, builtin, &mut args)?;
        if matches!(builtin, Builtin::Equal | Builtin::Different) {
            self.comparable(&args)?;
        }
        let mut result = typed.result;
        if builtin == Builtin::Divide {
            let (places, missing) = self.quotient(&args, &typed.args)?;
            optional |= missing;
            if let (Some(places), Type::Number(_)) = (places, &result) {
                result = Type::Number(places);
            }
        }
        let arithmetic = matches!(result, Type::Number(_)) && row.missing == Missing::Passes;
        if arithmetic && self.overflows(builtin, &args, &typed.args, &result) {
            let message = "this number has more than 38 digits";
            self.error(Code::ConstantOverflow, span, message, "use a larger unit, or fewer decimal places");
            return None;
        }
        let ty = Ty { base: result, optional };
        Some(Expr { kind: ExprKind::Call(builtin, args, typed.args), ty, span })
    }

    /// A week is named by the day of its Monday: a literal day beside a week is one.
    fn name_weeks(&mut self, args: &mut [Expr]) -> Option<()> {
        let week = Type::Period(Period::Week);
        if !args.iter().any(|arg| arg.ty.base == week) {
            return Some(());
        }
        for arg in args {
            if let (ExprKind::Const(value @ Value::Date(_)), Type::Date) = (&arg.kind, &arg.ty.base) {
                let Some(named) = coerce_value(value, &Type::Date, &week) else {
                    self.error(
                        Code::WrongType,
                        arg.span,
                        "a week is named by the day of its Monday",
                        "write that day: 2012-06-04",
                    );
                    return None;
                };
                *arg = Expr { kind: ExprKind::Const(named), ty: Ty::required(week.clone()), span: arg.span };
            }
        }
        Some(())
    }

    /// Sees to missing arguments; says whether the result may be missing.
    fn missing(&mut self, scope: &Scope, builtin: Builtin, args: &mut [Expr]) -> Option<bool> {
        match builtin.row().missing {
            // Cells show a missing value as such. In rows a function of one argument passes it on, to be dealt with
            // where it is used: `latest(closed) else horizon`. Operators want to know beforehand.
            Missing::Passes if scope.is_cells() || (builtin.row().form == Form::Function && args.len() == 1) => {
                Some(args.iter().any(|arg| arg.ty.optional))
            }
            Missing::Passes => self.all_required(args).map(|()| false),
            Missing::Seen if builtin == Builtin::Known => {
                for arg in args.iter().filter(|arg| !arg.ty.optional) {
                    self.never_missing(arg, "it is always known here");
                }
                Some(false)
            }
            Missing::Seen => Some(args.iter().all(|arg| arg.ty.optional)),
            Missing::Lazy if builtin == Builtin::Else => {
                let [first, second] = args else { return Some(false) };
                if !first.ty.optional {
                    self.never_missing(first, "what is behind `else` is never taken");
                }
                Some(second.ty.optional)
            }
            Missing::Lazy => self.all_required(args).map(|()| false),
        }
    }

    fn all_required(&mut self, args: &[Expr]) -> Option<()> {
        let missing: Vec<&Expr> = args.iter().filter(|arg| arg.ty.optional).collect();
        missing.iter().for_each(|arg| self.may_be_missing(arg));
        missing.is_empty().then_some(())
    }

    fn never_missing(&mut self, expr: &Expr, text: &str) {
        let found = Diagnostic::warning(Code::NeverMissing, expr.span, "this is never missing");
        self.problems
            .push(found.label(text).help("leave the test out, or mark the column with `?` if values may be missing"));
    }

    /// A text that a category can't hold is never equal to it.
    fn comparable(&mut self, args: &[Expr]) -> Option<()> {
        let [a, b] = args else { return Some(()) };
        let (Type::Category(x), Type::Category(y)) = (&a.ty.base, &b.ty.base) else { return Some(()) };
        if x.iter().any(|word| y.contains(word)) {
            return Some(());
        }
        let (literal, words) = if matches!(b.kind, ExprKind::Const(_)) { (b, x) } else { (a, y) };
        let ExprKind::Const(Value::Text(text)) = &literal.kind else {
            let message = "these can never be the same: they have no word in common";
            self.error(Code::UnknownWord, b.span, message, "compare columns that can hold the same words");
            return None;
        };
        self.unknown_word(text, literal.span, words);
        None
    }

    /// A word that isn't one of those possible.
    pub(super) fn unknown_word(&mut self, text: &str, span: Span, words: &[Arc<str>]) {
        let message = format!("`{text}` is not one of the words that are possible here");
        let found = Diagnostic::error(Code::UnknownWord, span, message);
        let help = suggest(text, "possible", words.iter().map(|word| &**word));
        self.problems.push(match help {
            Some(help) => found.help(help),
            None => found,
        });
    }

    /// The places of a quotient by a constant that divides evenly, and whether the quotient may be missing.
    fn quotient(&mut self, args: &[Expr], types: &[Type]) -> Option<(Option<u8>, bool)> {
        let [_, divisor] = args else { return Some((None, true)) };
        let Some(value) = self.constant(divisor) else { return Some((None, true)) };
        let zero = match value {
            Value::Number(units) => units == 0,
            Value::Real(real) => real == 0.0,
            _ => false,
        };
        if zero {
            let message = "the divisor is zero";
            self.error(Code::DivisionByZero, divisor.span, message, "divide by something else");
            return None;
        }
        let places = match (&value, types, &divisor.ty.base) {
            (Value::Number(units), [Type::Number(from), _], Type::Number(places)) => even_places(*units, *places)
                .and_then(|more| from.checked_add(more))
                .filter(|places| *places <= MAX_PLACES),
            _ => None,
        };
        Some((places, false))
    }

    pub(super) fn misfit(&mut self, builtin: Builtin, args: &[Expr], misfit: Misfit, span: Span) {
        let row = builtin.row();
        let name = row.name;
        let what = if row.form == Form::Function { format!("`{name}(…)`") } else { format!("`{name}`") };
        let place = |at: usize| args.get(at).map_or(span, |arg| arg.span);
        let shown = |at: usize| args.get(at).map_or(String::new(), |arg| arg.ty.base.described());
        let found = match misfit {
            Misfit::Count(wanted) => {
                Diagnostic::error(Code::WrongArguments, span, format!("{what} takes {wanted}, here are {}", args.len()))
                    .help(format!("it is {}", row.says))
            }
            Misfit::Argument(at, wanted) => {
                let message = format!("{what} takes {wanted}, this is {}", shown(at));
                let help = match args.get(at).map(|arg| &arg.ty.base) {
                    _ if row.form == Form::Function => format!("it is {}", row.says),
                    Some(ty) if ty.is_text() && matches!(builtin, Builtin::And | Builtin::Or) => {
                        "compare it as well, or list the words: `venue in (\"home\", \"third\")`".to_owned()
                    }
                    Some(ty) => argument_help(ty).to_owned(),
                    None => String::new(),
                };
                Diagnostic::error(Code::WrongType, place(at), message).help(help)
            }
            Misfit::Unlike(a, b) => {
                let message = format!("{} and {} don't go together in {what}", shown(a), shown(b));
                let found = Diagnostic::error(Code::WrongType, place(b), message).also(place(a), shown(a));
                found.help(unlike_help(args.get(a).map(|x| &x.ty.base), args.get(b).map(|x| &x.ty.base)))
            }
            Misfit::Partial(at, instead) => {
                let message = format!("this date may be known to the month or the year only: {what} needs more");
                Diagnostic::error(Code::PartialDate, place(at), message)
                    .label(args.get(at).map_or(String::new(), |arg| format!("a `{}`", arg.ty.base)))
                    .help(format!("say which day is meant: {instead}"))
            }
            Misfit::Real(at) => {
                Diagnostic::error(Code::RealValue, place(at), "a real is never exactly equal to something")
                    .help("round it first (`… round to 3`), or compare `within` a tolerance")
            }
            Misfit::Places(places) => Diagnostic::error(
                Code::TooManyPlaces,
                span,
                format!("the product has {places} decimal places, more than {MAX_PLACES}"),
            )
            .help("round a factor first, with `round to N`"),
        };
        self.problems.push(found);
    }
}

/// What an operator could take instead of a value of this type.
fn argument_help(ty: &Type) -> &'static str {
    match ty {
        Type::Text | Type::Category(_) => "look its points up on a scale, or choose a number with `case`",
        Type::Flag => "choose a number for it: `case { 1 when …, 0 otherwise }`",
        Type::Date | Type::Partial(_) => "take a part of the date, as in `year(date)`",
        Type::Number(_) | Type::Real => "compare it with something, as in `n > 0`",
        Type::Period(_) => "only years count as numbers",
    }
}

fn unlike_help(a: Option<&Type>, b: Option<&Type>) -> String {
    match (a, b) {
        (Some(Type::Date | Type::Partial(_)), Some(Type::Number(_) | Type::Period(_))) => {
            "take a part of the date, as in `year(date)`".to_owned()
        }
        (Some(Type::Flag), Some(x)) | (Some(x), Some(Type::Flag)) if x.is_text() => {
            "a flag is yes or no, without quotes: `= yes`, or just the flag".to_owned()
        }
        (Some(x), Some(Type::Period(_))) | (Some(Type::Period(_)), Some(x)) if x.is_text() => {
            "a period stands without quotes: 2005, 2005-06, 2005-Q2".to_owned()
        }
        (Some(x), Some(Type::Number(_))) | (Some(Type::Number(_)), Some(x)) if x.is_text() => {
            "numbers stand without quotes, texts within".to_owned()
        }
        _ => "bring both to one type".to_owned(),
    }
}

/// How many more places a quotient by this constant has if it comes out even: the divisor has no prime factors but 2
/// and 5.
fn even_places(units: i128, places: u8) -> Option<u8> {
    let mut rest = units.unsigned_abs();
    let (mut twos, mut fives) = (0u8, 0u8);
    while rest != 0 && rest.is_multiple_of(2) {
        (rest, twos) = (rest / 2, twos + 1);
    }
    while rest != 0 && rest.is_multiple_of(5) {
        (rest, fives) = (rest / 5, fives + 1);
    }
    (rest == 1).then(|| twos.max(fives).saturating_sub(places))
}
