//! The results as JSON: one stable object, or an object for each cell. `docs/cli.md` documents both.
//!
//! Decimals are strings, because most readers of JSON make a binary number of a JSON number, and lose digits.

use std::io::{self, Write};

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::{Axis, Results, Series, Unfit};
use crate::value::{Type, Value};

/// Writes one object with a line for each cell. What the account is, the caller says.
pub fn write<A: Serialize>(results: &Results<'_>, account: Option<&A>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{{")?;
    writeln!(out, "  \"scheme\": {},", json(&results.scheme)?)?;
    writeln!(out, "  \"title\": {},", json(&results.title)?)?;
    write!(out, "  \"indices\": [")?;
    for (at, series) in results.indices.iter().enumerate() {
        write!(out, "{}", if at == 0 { "\n" } else { ",\n" })?;
        write_series(series, out)?;
    }
    write!(out, "{}]", if results.indices.is_empty() { "" } else { "\n  " })?;
    if let Some(account) = account {
        write!(out, ",\n  \"account\": {}", json(account)?)?;
    }
    writeln!(out, "\n}}")
}

/// Writes an object for each cell, on a line of its own.
pub fn write_lines(results: &Results<'_>, out: &mut dyn Write) -> io::Result<()> {
    for series in &results.indices {
        for cell in series.cells {
            writeln!(out, "{}", json(&Cell { index: Some(series.name), series, cell })?)?;
        }
    }
    Ok(())
}

/// Whether [`write_lines`] can write the results: no dimension is named `index`.
pub fn fits_lines(results: &Results<'_>) -> Result<(), Unfit> {
    super::csv::fits_long(results)
}

fn write_series(series: &Series<'_>, out: &mut dyn Write) -> io::Result<()> {
    let dims: Vec<Dimension<'_>> = series.dims.iter().map(Dimension::of).collect();
    writeln!(out, "    {{")?;
    writeln!(out, "      \"name\": {},", json(&series.name)?)?;
    writeln!(out, "      \"title\": {},", json(&series.title)?)?;
    writeln!(out, "      \"dimensions\": {},", json(&dims)?)?;
    writeln!(out, "      \"type\": {},", json(&series.ty.to_string())?)?;
    write!(out, "      \"cells\": [")?;
    for (at, cell) in series.cells.iter().enumerate() {
        let before = if at == 0 { "\n" } else { ",\n" };
        write!(out, "{before}        {}", json(&Cell { index: None, series, cell })?)?;
    }
    let end = if series.cells.is_empty() { "" } else { "\n      " };
    write!(out, "{end}]\n    }}")
}

/// A value on one line.
pub(super) fn json(value: &impl Serialize) -> io::Result<String> {
    Ok(serde_json::to_string(value)?)
}

/// A dimension: its name and its type.
#[derive(Serialize)]
pub(super) struct Dimension<'a> {
    name: &'a str,
    r#type: String,
}

impl<'a> Dimension<'a> {
    pub(super) fn of(axis: &Axis<'a>) -> Self {
        Self { name: axis.name, r#type: axis.ty.to_string() }
    }
}

/// A cell: its index where asked for, the dimensions by their names, and `value`, which no dimension can be named.
struct Cell<'a> {
    index: Option<&'a str>,
    series: &'a Series<'a>,
    cell: &'a (Vec<Value>, Value),
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(index) = self.index {
            map.serialize_entry("index", index)?;
        }
        for (axis, value) in self.series.dims.iter().zip(&self.cell.0) {
            map.serialize_entry(axis.name, &Typed(value, &axis.ty.base))?;
        }
        map.serialize_entry("value", &Typed(&self.cell.1, &self.series.ty.base))?;
        map.end()
    }
}

/// A value as its type is written.
pub(super) struct Typed<'a>(pub(super) &'a Value, pub(super) &'a Type);

impl Serialize for Typed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Missing => serializer.serialize_none(),
            Value::Flag(flag) => serializer.serialize_bool(*flag),
            Value::Real(real) => serializer.serialize_f64(*real),
            value => serializer.serialize_str(&value.format(self.1)),
        }
    }
}
