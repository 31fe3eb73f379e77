//! Lookups: `weights(code).points` and `tenure(person, date).office`.

use super::Checker;
use super::scope::Scope;
use super::tree::{Expr, ExprKind};
use crate::diag::nearest::suggest;
use crate::diag::{Code, Diagnostic};
use crate::resolve::Kind;
use crate::source::Span;
use crate::syntax::ast;
use crate::value::{Ty, Type};

impl Checker<'_> {
    /// Types `weights(code).points` and `tenure(person, date).office`.
    pub(super) fn lookup(
        &mut self,
        scope: &mut Scope,
        name: &ast::Name,
        args: &[ast::Expr],
        column: &ast::Name,
        span: Span,
    ) -> Option<Expr> {
        let typed: Vec<Option<Expr>> = args.iter().map(|arg| self.expr(scope, arg)).collect();
        let Some(input) = self.scheme.find(&name.node, Kind::Input) else {
            let found = self.scheme.unknown(name, Kind::Input, Code::UnknownInput);
            self.problems.push(found);
            return None;
        };
        self.use_item(Kind::Input, input);
        let schema = self.inputs.get(input)?.schema.clone();
        let mut keys = typed.into_iter().collect::<Option<Vec<_>>>()?;
        let found = schema
            .unique
            .iter()
            .position(|unique| unique.key.len() + usize::from(unique.interval.is_some()) == keys.len());
        let Some(unique_at) = found else {
            self.no_key(name, &schema, keys.len(), span);
            return None;
        };
        let unique = schema.unique.get(unique_at)?;
        let day = if unique.interval.is_some() { keys.pop() } else { None };
        if let Some(day) = &day
            && day.ty.base != Type::Date
        {
            let message =
                format!("`{}` is dated: its last argument is a day, this is {}", name.node, day.ty.base.described());
            self.error(Code::WrongType, day.span, message, "give a date; of a partial one, earliest(…) or latest(…)");
            return None;
        }
        for (key, at) in keys.iter().zip(&unique.key) {
            self.key_fits(name, key, &schema.columns.get(*at)?.ty.base)?;
        }
        let Some(at) = schema.columns.iter().position(|spec| spec.name == column.node) else {
            let found = Diagnostic::error(
                Code::UnknownColumn,
                column.span,
                format!("input `{}` has no column `{}`", name.node, column.node),
            );
            let help = suggest(&column.node, "its columns", schema.columns.iter().map(|spec| &*spec.name));
            self.problems.push(found.help(help.unwrap_or_default()));
            return None;
        };
        let ty = Ty::optional(schema.columns.get(at)?.ty.base.clone());
        Some(Expr { kind: ExprKind::Lookup(input, unique_at, keys, day.map(Box::new), at), ty, span })
    }

    /// Sees to it that what is looked up has the type of the key.
    fn key_fits(&mut self, name: &ast::Name, key: &Expr, wanted: &Type) -> Option<()> {
        let alike = match (&key.ty.base, wanted) {
            (Type::Number(places), Type::Number(of_key)) => places <= of_key,
            (a, b) => a == b || (a.is_text() && b.is_text()),
        };
        if alike {
            return Some(());
        }
        let (message, help) = match (&key.ty.base, wanted) {
            (Type::Number(_), Type::Number(_)) => (
                format!("the key of `{}` is a {wanted}, this is a {}", name.node, key.ty.base),
                "round it to the key's decimal places first, or declare the key with as many",
            ),
            (given, wanted) => (
                format!("the key of `{}` is {}, this is {}", name.node, wanted.described(), given.described()),
                "give a value of that type",
            ),
        };
        self.error(Code::WrongType, key.span, message, help);
        None
    }

    /// What to write where nothing may be looked up that isn't in the table.
    pub(super) fn must_be_found(&self, input: usize, column: usize) -> String {
        let schema = self.inputs.get(input).map(|input| &input.schema);
        let Some((schema, spec)) = schema.and_then(|schema| Some((schema, schema.columns.get(column)?))) else {
            return String::new();
        };
        format!(
            "\na stand-in hides a misspelt key: where each must be found, put a check into the input that has the keys, \
             `check \"it is in the table\": known({}(…).{})`",
            schema.name, spec.name
        )
    }

    fn no_key(&mut self, name: &ast::Name, schema: &crate::value::schema::Schema, given: usize, span: Span) {
        let keys: Vec<String> = schema
            .unique
            .iter()
            .map(|unique| {
                let names =
                    unique.key.iter().filter_map(|at| schema.columns.get(*at)).map(|column| column.name.to_string());
                let day = unique.interval.as_ref().map(|_| "a day".to_owned());
                names.chain(day).collect::<Vec<_>>().join(", ")
            })
            .collect();
        let found = Diagnostic::error(
            Code::NoKey,
            span,
            format!("input `{}` can't be looked up by {given} value{}", name.node, if given == 1 { "" } else { "s" }),
        )
        .also(schema.span, "the input");
        self.problems.push(match keys.as_slice() {
            [] => found.help("declare by what it is looked up, as in `unique code`, in the input"),
            keys => found.help(format!("its keys: {}", keys.join("; "))),
        });
    }
}
