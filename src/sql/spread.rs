//! `unpivot`: columns that become rows.
//!
//! Input: the headers of a table. Output: a table of their parts, with which its rows are crossed.

use super::ast::{Expr, Infix, Name, Source, SqlType};
use super::expr::Translated;
use super::shape::{Kind, Number, Term};
use super::{Obstacle, Translation};
use crate::value::Type;
use crate::value::schema::{ColumnSpec, Place, Schema, Unpivot};

/// The columns that become rows: a table of their headers' parts, with which the wide rows are crossed.
pub struct Spread {
    /// The table of the parts.
    pub source: Source,
    /// The columns of the parts.
    pub parts: Vec<Name>,
    /// The field of the wide row.
    pub cell: Expr,
}

impl Translation<'_> {
    /// The columns that an input makes rows of.
    pub(super) fn spread(&self, at: usize, schema: &Schema, unpivot: &Unpivot) -> Result<Spread, Obstacle> {
        let headers = match self.headers.get(at).and_then(Option::as_ref) {
            Some(headers) => headers.clone(),
            // Without a star the headers are in the scheme.
            None => unpivot
                .headers
                .iter()
                .map(|(name, after)| after.is_none().then(|| name.to_string()))
                .collect::<Option<Vec<_>>>()
                .ok_or_else(|| Obstacle::headers(&schema.name, unpivot.span))?,
        };
        let declared = |header: &str| {
            schema.columns.iter().any(|spec| matches!(&spec.place, Place::Header(wanted) if **wanted == *header))
        };
        let taken: Vec<&String> = headers.iter().filter(|header| !declared(header) && unpivot.takes(header)).collect();
        let count = unpivot.separators.len() + 1;
        let mut names = vec![Name::from("place")];
        let parts: Vec<Name> = (1..=count).map(|at| format!("part_{at}").into()).collect();
        names.extend(parts.iter().cloned());
        let types: Vec<SqlType> =
            std::iter::once(SqlType::Integer).chain(parts.iter().map(|_| SqlType::Text)).collect();
        let (mut rows, mut arms) = (Vec::new(), Vec::new());
        let place = Expr::Column(Some("spread".into()), "place".into());
        for (number, header) in (1..).zip(&taken) {
            let texts = unpivot.split(header).unwrap_or_default();
            rows.push(std::iter::once(Expr::Integer(number)).chain(texts.into_iter().map(Expr::text)).collect());
            let column = Expr::Column(Some("wide".into()), header.as_str().into());
            arms.push((place.clone().infix(Infix::Equal, Expr::Integer(number)), column.cast(SqlType::Text)));
        }
        if rows.is_empty() {
            return Err(Obstacle::headers(&schema.name, unpivot.span));
        }
        let source = self.dialect.values(rows, &names, &types).called("spread");
        Ok(Spread { source, parts, cell: Expr::Case(arms, None) })
    }

    /// A part of a header, of the type declared.
    pub(super) fn part(&self, raw: &Expr, spec: &ColumnSpec) -> Translated {
        let kind = Kind::of(&spec.ty.base);
        let expr = match spec.ty.base {
            Type::Text | Type::Category(_) => self.dialect.by_code_points(raw.clone()),
            Type::Number(places) => {
                let number = Number::of_column(places);
                return Ok(Term::one(Kind::Number(number), raw.clone().cast(number.ty())));
            }
            Type::Period(period) => self.period_column(period, raw, spec.span)?,
            _ => return Err(Obstacle::new("a part of a header of this type", spec.span)),
        };
        Ok(Term::one(kind, expr))
    }
}
