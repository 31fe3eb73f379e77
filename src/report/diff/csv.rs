//! A comparison as CSV: the dimensions, then a column for each scheme, the change, the ranks and further columns.

use std::borrow::Cow;
use std::io::{self, Write};

use super::super::csv::{Dialect, Field, one_of_each};
use super::super::{Axis, Unfit};
use super::{ALL_PARTS, Report, fields, key, shown};
use crate::compare::Compared;
use crate::plan::Dim;

/// Writes a row for each cell that is printed. More than one index, and `long`, add `index` before the dimensions.
///
/// Call [`fits`] first: indices with different dimensions are written as with `long`.
pub fn write(report: &Report<'_>, long: bool, dialect: Dialect, out: &mut dyn Write) -> io::Result<()> {
    let columns = Columns::of(report, long);
    dialect.record(columns.heads().map(|head| (Cow::Borrowed(head), true)), out)?;
    for index in report.indices {
        let heads = report.heads(index, true, ALL_PARTS);
        let dims: Vec<Option<usize>> =
            columns.dims.iter().map(|name| index.dims.iter().position(|dim| *dim.name == **name)).collect();
        let values: Vec<Option<usize>> =
            columns.values.iter().map(|name| heads.iter().position(|head| head.0 == *name)).collect();
        let is_text = |at: usize| index.dims.get(at).is_some_and(|dim| !dim.ty.base.is_numeric());
        for (at, row) in shown(report, index) {
            let (key, fields) = (key(index, row), fields(index, at, row, true, ALL_PARTS));
            let key = dims.iter().map(|place| place.map_or_else(Field::default, |at| (field(&key, at), is_text(at))));
            let values = values
                .iter()
                .map(|place| place.and_then(|at| Some((field(&fields, at), !heads.get(at)?.1))).unwrap_or_default());
            let name = columns.index.then(|| (Cow::Borrowed(&*index.name), true));
            dialect.record(name.into_iter().chain(key).chain(values), out)?;
        }
    }
    Ok(())
}

/// The field at a place, blank where there is none.
fn field(fields: &[Option<String>], at: usize) -> Cow<'_, str> {
    Cow::Borrowed(fields.get(at).and_then(Option::as_deref).unwrap_or(""))
}

/// Whether the indices fit into one table: equal dimensions unless it is `long`, and no two columns of one name.
pub fn fits(report: &Report<'_>, long: bool) -> Result<(), Unfit> {
    if let ([first, rest @ ..], false) = (report.indices, long)
        && let Some(other) = rest.iter().find(|other| !same_dims(first, other))
    {
        let described = |index: &Compared| {
            (index.name.to_string(), index.dims.iter().map(|dim| dim.name.to_string()).collect::<Vec<String>>())
        };
        return Err(Unfit::Dimensions { first: described(first), other: described(other) });
    }
    one_of_each(Columns::of(report, long).heads())
}

fn same_dims(a: &Compared, b: &Compared) -> bool {
    let has = |dim: &Dim| {
        let axis = Axis { name: &dim.name, ty: &dim.ty };
        b.dims.iter().any(|other| axis.same(&Axis { name: &other.name, ty: &other.ty }))
    };
    a.dims.len() == b.dims.len() && a.dims.iter().all(has)
}

/// The columns of the whole file.
struct Columns<'r> {
    /// Whether the first one names the index.
    index: bool,
    /// The dimensions of all indices, in the order in which they appear first.
    dims: Vec<&'r str>,
    /// The columns behind them.
    values: Vec<String>,
}

impl<'r> Columns<'r> {
    fn of(report: &'r Report<'_>, long: bool) -> Self {
        let mut columns = Self { index: long || report.indices.len() > 1, dims: Vec::new(), values: Vec::new() };
        for index in report.indices {
            for dim in &index.dims {
                if !columns.dims.contains(&&*dim.name) {
                    columns.dims.push(&dim.name);
                }
            }
            let heads: Vec<String> = report.heads(index, true, ALL_PARTS).into_iter().map(|head| head.0).collect();
            for (at, head) in heads.iter().enumerate() {
                // Two of one name within an index both stay, so that `fits` finds them.
                let again = heads.iter().take(at).any(|own| own == head);
                if again || !columns.values.contains(head) {
                    columns.values.push(head.clone());
                }
            }
        }
        columns
    }

    fn heads(&self) -> impl Iterator<Item = &str> {
        let index = self.index.then_some("index");
        index.into_iter().chain(self.dims.iter().copied()).chain(self.values.iter().map(String::as_str))
    }
}
