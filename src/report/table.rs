//! The results as tables for people: one for each group of indices with equal dimensions.

use std::io::{self, Write};

use super::groups::{Group, groups};
use super::layout::{Align, Sheet, text};
use super::{Axis, Results};
use crate::value::Value;

/// Writes the tables, with a blank line between two.
pub fn write(results: &Results<'_>, out: &mut dyn Write) -> io::Result<()> {
    for (at, group) in groups(results).iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        out.write_all(text(&sheet(group)).as_bytes())?;
    }
    Ok(())
}

/// The grid of a group. Without dimensions there is one value for each index: they stand below one another.
pub fn sheet(group: &Group<'_, '_>) -> Sheet {
    let align = |axis: &Axis<'_>| if axis.ty.base.is_numeric() { Align::Point } else { Align::Left };
    let numeric = |numeric: bool| if numeric { Align::Point } else { Align::Left };
    if group.axes.is_empty() {
        return list(group);
    }
    let values = group.members.iter().map(|series| numeric(series.ty.base.is_numeric()));
    Sheet {
        heads: group.heads().map(str::to_owned).collect(),
        aligns: group.axes.iter().map(align).chain(values).collect(),
        rows: group.rows().iter().map(|row| shown(group.fields(row))).collect(),
    }
}

fn list(group: &Group<'_, '_>) -> Sheet {
    let value = |value: Option<&Value>, at: usize| {
        let ty = group.members.get(at).map(|series| &series.ty.base);
        value.zip(ty).map_or(String::new(), |(value, ty)| value.format(ty))
    };
    let rows = group.members.iter().enumerate().map(|(at, series)| {
        let cell = series.cells.first().map(|(_, value)| value);
        vec![series.name.to_owned(), value(cell, at)]
    });
    let numeric = group.members.iter().all(|series| series.ty.base.is_numeric());
    let align = if numeric { Align::Point } else { Align::Left };
    Sheet { heads: Vec::new(), aligns: vec![Align::Left, align], rows: rows.collect() }
}

fn shown(fields: Vec<Option<String>>) -> Vec<String> {
    fields.into_iter().map(Option::unwrap_or_default).collect()
}
