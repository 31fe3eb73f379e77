//! Aggregations and their dimensions in words.

use super::{Bind, Words};
use crate::doc::page::{Line, enumerate};
use crate::resolve::Kind;
use crate::syntax::ast::{Aggregate, Dim, Domain, DomainKind, Expr, ExprKind};
use crate::types::tree;
use crate::value::words::{Function, Policy};

impl Words<'_> {
    /// `sum visit where … by …`, by these dimensions if it states none itself.
    pub fn aggregate(self, aggregate: &Aggregate, shared: Option<&[Dim]>) -> Line {
        let inner = Self { formula: false, ..self };
        let dims = aggregate.dims.as_deref().or(shared).unwrap_or(&[]);
        let kept = |name: &str| dims.iter().any(|dim| matches!(&dim.expr.kind, ExprKind::Name(own) if **own == *name));
        let line = self.brought_together(aggregate, kept);
        let line = match dims {
            [] => line,
            dims if aggregate.filter.is_some() => line.text(", for each ").line(inner.dims(dims)),
            dims => line.text(" for each ").line(inner.dims(dims)),
        };
        line.text(policy(aggregate.missing.node))
    }

    /// The same, where it stands elsewhere what the result has a value for.
    pub fn aggregate_alone(self, aggregate: &Aggregate, dims: &[tree::Dim]) -> Line {
        let line = self.brought_together(aggregate, |name| dims.iter().any(|dim| *dim.name == *name));
        line.text(policy(aggregate.missing.node))
    }

    /// What is brought together, and how.
    fn brought_together(self, aggregate: &Aggregate, kept: impl Fn(&str) -> bool) -> Line {
        let inner = Self { formula: false, ..self };
        let source = &aggregate.source.node;
        let of_index = self.scheme.find(source, Kind::Index);
        let lead = match aggregate.function.node {
            Function::Sum => "the sum of ",
            Function::Count if of_index.is_some() => "the number of known values of ",
            Function::Count => "the number of cases of ",
            Function::Mean => "the mean of ",
            Function::GeometricMean => "the geometric mean of ",
            Function::HarmonicMean => "the harmonic mean of ",
            Function::Min => "the least value of ",
            Function::Max => "the greatest value of ",
            Function::Only => "the one value of ",
        };
        let line = Line::of(lead).name(source.to_string());
        let of_cases = aggregate.function.node == Function::Count && of_index.is_none();
        let line = if of_cases { line.text(" that have a value") } else { line };
        let index = of_index.and_then(|at| self.typed.indices.get(at)).filter(|index| index.name == *source);
        let line = match index {
            Some(index) => line.line(over(&index.dims, kept)),
            None => line,
        };
        let line = match &aggregate.weight {
            Some(weight) => line.text(", weighted by ").line(inner.value(weight)),
            None => line,
        };
        match &aggregate.filter {
            Some(filter) => line.text(", over those where ").line(inner.condition(filter)),
            None => line,
        }
    }

    /// Dimensions with their values: `year of date from 2002 to 2012`.
    pub fn dims(self, dims: &[Dim]) -> Line {
        enumerate(dims.iter().map(|dim| self.dim(dim)).collect(), "and")
    }

    fn dim(self, dim: &Dim) -> Line {
        let line = match &dim.expr.kind {
            _ if dim.rename.is_some() => self.value(&dim.expr),
            ExprKind::Call(name, args) if matches!(&*name.node, "year" | "quarter" | "month" | "week") => {
                let of = args.first().map(|arg| self.at(arg, Bind::Phrase)).unwrap_or_default();
                Line::of(name.node.to_string()).text(" of ").line(of)
            }
            _ => self.at(&dim.expr, Bind::Phrase),
        };
        let line = match &dim.rename {
            Some(name) => Line::new().code(name.node.to_string()).text(" (that is, ").line(line).text(")"),
            None => line,
        };
        match &dim.domain {
            Some(domain) => line.text(" ").line(self.domain(domain)),
            None => line,
        }
    }

    /// The values of a dimension or a parameter: `from 2002 to 2012`.
    pub fn domain(self, domain: &Domain) -> Line {
        match &domain.kind {
            DomainKind::Range(low, high) => Line::of("from ").line(self.value(low)).text(" to ").line(self.value(high)),
            DomainKind::List(items) => match items.as_slice() {
                [Expr { kind: ExprKind::Name(name), .. }] if self.scheme.find(name, Kind::Input).is_some() => {
                    Line::of("among the keys of ").name(name.to_string())
                }
                items => Line::of("among ").line(enumerate(items.iter().map(|item| self.value(item)).collect(), "and")),
            },
        }
    }
}

/// The names of dimensions, for a head or a short note.
pub fn dims(dims: &[tree::Dim]) -> Line {
    enumerate(dims.iter().map(|dim| Line::new().code(dim.name.to_string())).collect(), "and")
}

/// The dimensions of an index that an aggregation brings together: those that it has no values for.
fn over(of_source: &[tree::Dim], kept: impl Fn(&str) -> bool) -> Line {
    let gone: Vec<&tree::Dim> = of_source.iter().filter(|dim| !kept(&dim.name)).collect();
    if gone.is_empty() {
        return Line::new();
    }
    let names = gone.iter().map(|dim| Line::new().code(dim.name.to_string())).collect();
    Line::of(" over all values of ").line(enumerate(names, "and"))
}

/// What is done about missing values.
fn policy(policy: Policy) -> String {
    match policy {
        Policy::None => String::new(),
        Policy::Skip => ", passing over missing values".to_owned(),
        Policy::SkipIf { part, whole: 100 } => {
            format!(", passing over missing values where at least {part} % are known, else missing")
        }
        Policy::SkipIf { part, whole } => {
            format!(", passing over missing values where at least {part} of {whole} are known, else missing")
        }
        Policy::Required => ", missing where one is missing".to_owned(),
    }
}
