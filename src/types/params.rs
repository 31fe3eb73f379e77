//! Parameters: their values, those that a run sets, and the range in which they lie.

use std::sync::Arc;

use super::Checker;
use super::claims::Setting;
use super::scope::{Scope, ScopeKind};
use super::tree::{Domain, Param};
use crate::diag::nearest::suggest;
use crate::diag::{Code, DataPlace, Diagnostic};
use crate::resolve::Kind;
use crate::syntax::ast;
use crate::value::calendar::{self, Period};
use crate::value::{Ty, Type, Value, decimal};

/// A value as a setting writes it. A text needs no quotes there.
fn parse_setting(text: &str, ty: &Type) -> Option<(Value, Type)> {
    let text = text.trim();
    Some(match ty {
        Type::Number(_) => {
            let places = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
            let places = u8::try_from(places).ok().filter(|places| *places <= 18)?;
            (Value::Number(decimal::parse(text, places, 36).ok()?), Type::Number(places))
        }
        Type::Flag => (Value::Flag(matches!(text, "yes" | "no").then_some(text == "yes")?), Type::Flag),
        Type::Date => (Value::Date(calendar::parse_day(text)?), Type::Date),
        Type::Period(kind) => (Value::Period(kind.parse(text)?), ty.clone()),
        Type::Text | Type::Category(_) => {
            let inner = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
            (Value::Text(Arc::from(inner)), Type::Text)
        }
        _ => return None,
    })
}

impl Checker<'_> {
    /// Types the parameters and gives them their values.
    pub(super) fn check_params(&mut self, settings: &[Setting]) {
        for setting in settings {
            if self.scheme.find(&setting.name, Kind::Param).is_none() {
                let message = format!("there is no param `{}`", setting.name);
                let found = Diagnostic::error(Code::UnknownParam, DataPlace::file(&"--set".into()), message);
                let help = suggest(&setting.name, "params", self.scheme.names_of(Kind::Param));
                self.problems.push(found.help(help.unwrap_or_else(|| "the scheme declares no param".to_owned())));
            }
        }
        for (_, tree) in &self.scheme.params {
            let set = settings.iter().rev().find(|setting| setting.name == tree.name.node);
            let param = self.param(tree, set).unwrap_or_else(|| Param {
                name: Arc::clone(&tree.name.node),
                ty: Ty::required(Type::Number(0)),
                value: Value::Number(0),
                place: Some(tree.value.span),
            });
            self.params.push(param);
        }
    }

    fn param(&mut self, tree: &ast::Param, set: Option<&Setting>) -> Option<Param> {
        let default = self.expr(&mut Scope::new(ScopeKind::Constants), &tree.value)?;
        let mut value = self.constant(&default)?;
        let mut ty = default.ty.base;
        let place = set.is_none().then_some(tree.value.span);
        if matches!(ty, Type::Category(_)) {
            ty = Type::Text;
        }
        if let Some(setting) = set {
            let Some((set, set_ty)) = parse_setting(&setting.value, &ty) else {
                let message = format!(
                    "`{}` can't be the value of param `{}`, which is {}",
                    setting.value,
                    setting.name,
                    ty.described()
                );
                let found = Diagnostic::error(Code::WrongType, tree.value.span, message).label("its default");
                let written = value.format(&ty);
                self.problems.push(found.help(format!("write it as in the scheme, say {}={written}", setting.name)));
                return Some(Param { name: Arc::clone(&tree.name.node), ty: Ty::required(ty), value, place });
            };
            (value, ty) = (set, set_ty);
        }
        if let Some(domain) = &tree.domain {
            ty = self.in_domain(tree, domain, &value, ty.clone()).unwrap_or(ty);
        }
        Some(Param { name: Arc::clone(&tree.name.node), ty: Ty::required(ty), value, place })
    }

    /// Sees whether a parameter lies in its range; a text with a list of words is a category of these.
    fn in_domain(&mut self, tree: &ast::Param, domain: &ast::Domain, value: &Value, ty: Type) -> Option<Type> {
        let mut constants = Scope::new(ScopeKind::Constants);
        let (inside, ty) = match &domain.kind {
            ast::DomainKind::List(list) if self.names_input(list) => {
                let message = "the values of a param can't depend on the data";
                self.error(Code::WrongType, domain.span, message, "list them in parentheses");
                return None;
            }
            ast::DomainKind::Range(low, high) => {
                let (low, high) = (self.expr(&mut constants, low)?, self.expr(&mut constants, high)?);
                let (low_value, high_value) = (self.constant(&low)?, self.constant(&high)?);
                if low.ty.base.is_text() || matches!(ty, Type::Flag | Type::Text) {
                    let message = "only numbers, dates and periods have a range";
                    self.error(Code::WrongType, domain.span, message, "list the values in parentheses");
                    return None;
                }
                let above = compare_values(value, &ty, &low_value, &low.ty.base)?;
                let below = compare_values(value, &ty, &high_value, &high.ty.base)?;
                (above.is_ge() && below.is_le(), ty)
            }
            ast::DomainKind::List(_) if ty == Type::Text => {
                let Domain::Values(words) = self.domain(domain, &Type::Text)? else { return None };
                let words: Vec<Arc<str>> = words
                    .iter()
                    .filter_map(|word| if let Value::Text(word) = word { Some(Arc::clone(word)) } else { None })
                    .collect();
                (matches!(value, Value::Text(text) if words.contains(text)), Type::Category(words.into()))
            }
            ast::DomainKind::List(list) if matches!(ty, Type::Number(_)) => (self.listed(list, value, &ty)?, ty),
            ast::DomainKind::List(_) => {
                let Domain::Values(values) = self.domain(domain, &ty)? else { return None };
                (values.contains(value), ty)
            }
        };
        if !inside {
            let message =
                format!("`{}` is outside the values that param `{}` can take", value.format(&ty), tree.name.node);
            let found = Diagnostic::error(Code::OutOfRange, domain.span, message);
            self.problems.push(found.help("set it to one of these values, or widen them"));
            return None;
        }
        Some(ty)
    }

    fn names_input(&self, list: &[ast::Expr]) -> bool {
        matches!(list, [ast::Expr { kind: ast::ExprKind::Name(name), .. }] if self.scheme.find(name, Kind::Input).is_some())
    }

    /// Whether a number is one of a list. The numbers of the list may have other places.
    fn listed(&mut self, list: &[ast::Expr], value: &Value, ty: &Type) -> Option<bool> {
        let mut inside = false;
        for tree in list {
            let listed = self.expr(&mut Scope::new(ScopeKind::Constants), tree)?;
            let listed_value = self.constant(&listed)?;
            inside |= match compare_values(value, ty, &listed_value, &listed.ty.base) {
                Some(order) => order.is_eq(),
                // Says that this is no number.
                None => self.literal(tree, ty).is_some_and(|listed| listed == *value),
            };
        }
        Some(inside)
    }
}

/// Compares two numbers of any places, two dates or two periods of one kind.
pub(super) fn compare_values(a: &Value, a_ty: &Type, b: &Value, b_ty: &Type) -> Option<std::cmp::Ordering> {
    match (a, a_ty, b, b_ty) {
        (Value::Number(x), Type::Number(p), Value::Number(y), Type::Number(q)) => {
            let places = *p.max(q);
            Some(decimal::widen(*x, *p, places)?.cmp(&decimal::widen(*y, *q, places)?))
        }
        (Value::Date(x), _, Value::Date(y), _) => Some(x.cmp(y)),
        (Value::Period(x), Type::Period(p), Value::Period(y), Type::Period(q)) if p == q => Some(x.cmp(y)),
        (Value::Period(x), Type::Period(Period::Year), Value::Number(y), Type::Number(0)) => {
            Some(i128::from(*x).cmp(y))
        }
        _ => None,
    }
}
