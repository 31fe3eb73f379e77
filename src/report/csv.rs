//! The results as CSV: UTF-8, commas, LF, quotes where needed; decimals exactly, a missing value as an empty field.

use std::borrow::Cow;
use std::io::{self, Write};

use super::groups::groups;
use super::{Results, Series, Unfit};
use crate::value::{Ty, Value};

/// Writes the dimensions and then a column for each index, a row for each cell that any index has.
///
/// Call [`fits`] first: of indices with different dimensions, only those of the first group are written.
pub fn write(results: &Results<'_>, dialect: Dialect, out: &mut dyn Write) -> io::Result<()> {
    let groups = groups(results);
    let Some(group) = groups.first() else { return Ok(()) };
    dialect.record(group.heads().map(|head| (Cow::Borrowed(head), true)), out)?;
    let dims = group.axes.iter().map(|axis| axis.ty);
    let types: Vec<&Ty> = dims.chain(group.members.iter().map(|series| series.ty)).collect();
    let mut line = Line { dialect, ..Line::default() };
    group.each_row(|(dims, values)| {
        line.clear();
        let values = dims.iter().copied().map(Some).chain(values.iter().copied());
        values.zip(&types).for_each(|(value, ty)| line.add(value, ty));
        out.write_all(line.end().as_bytes())
    })
}

/// A record on its way.
#[derive(Debug, Default)]
struct Line {
    dialect: Dialect,
    text: String,
    fields: usize,
}

impl Line {
    fn clear(&mut self) {
        self.text.clear();
        self.fields = 0;
    }

    /// Adds the field of a value.
    fn add(&mut self, value: Option<&Value>, ty: &Ty) {
        if self.fields > 0 {
            self.text.push(',');
        }
        self.fields += 1;
        let start = self.text.len();
        if let Some(value) = value {
            value.format_into(&ty.base, &mut self.text);
        }
        let written = self.text.get(start..).unwrap_or_default();
        if self.dialect.is_odd(written, !ty.base.is_numeric()) {
            let written = written.to_owned();
            self.text.truncate(start);
            let field = self.dialect.guarded(Cow::Borrowed(&written), !ty.base.is_numeric());
            self.text.push_str(&quoted(&field));
        }
    }

    /// The record.
    fn end(&mut self) -> &str {
        if self.fields == 1 && self.text.is_empty() {
            // A blank line would be no record.
            self.text.push_str("\"\"");
        }
        self.text.push('\n');
        &self.text
    }
}

/// Whether [`write()`] can write the results: indices of equal dimensions. No index is called like one of its own.
pub fn fits(results: &Results<'_>) -> Result<(), Unfit> {
    let groups = groups(results);
    if let [first, other, ..] = groups.as_slice() {
        let described = |group: &super::groups::Group<'_, '_>| {
            let name = group.members.first().map_or("", |series| series.name);
            (name.to_owned(), group.axes.iter().map(|axis| axis.name.to_owned()).collect())
        };
        return Err(Unfit::Dimensions { first: described(first), other: described(other) });
    }
    Ok(())
}

/// Writes `index`, all dimensions, `value`: a row for each cell, index after index.
pub fn write_long(results: &Results<'_>, dialect: Dialect, out: &mut dyn Write) -> io::Result<()> {
    dialect.record(long_heads(results).into_iter().map(|head| (Cow::Borrowed(head), true)), out)?;
    let dims = all_dims(results);
    for series in &results.indices {
        let places: Vec<Option<usize>> =
            dims.iter().map(|dim| series.dims.iter().position(|own| own.name == *dim)).collect();
        for (key, value) in series.cells {
            let fields =
                places.iter().map(|place| place.and_then(|at| in_print(key.get(at)?, series.dims.get(at)?.ty)));
            let value = in_print(value, series.ty);
            let fields = [Some((Cow::Borrowed(series.name), true))].into_iter().chain(fields).chain([value]);
            dialect.record(fields.map(Option::unwrap_or_default), out)?;
        }
    }
    Ok(())
}

/// Whether [`write_long`] can write the results: no dimension is named as one of its own columns.
pub fn fits_long(results: &Results<'_>) -> Result<(), Unfit> {
    one_of_each(long_heads(results).into_iter())
}

/// The names of the dimensions of all indices, in the order in which they appear first.
pub fn all_dims<'a>(results: &Results<'a>) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for axis in results.indices.iter().flat_map(|series: &Series<'a>| &series.dims) {
        if !names.contains(&axis.name) {
            names.push(axis.name);
        }
    }
    names
}

fn long_heads<'a>(results: &Results<'a>) -> Vec<&'a str> {
    [["index"].as_slice(), &all_dims(results), &["value"]].concat()
}

/// A field, and whether it is no number.
pub(super) type Field<'f> = (Cow<'f, str>, bool);

fn in_print(value: &Value, ty: &Ty) -> Option<Field<'static>> {
    value.is_known().then(|| (Cow::Owned(value.format(&ty.base)), !ty.base.is_numeric()))
}

/// Fails at the second column of a name.
pub(super) fn one_of_each<'a>(heads: impl Iterator<Item = &'a str>) -> Result<(), Unfit> {
    let mut seen = std::collections::BTreeSet::new();
    for head in heads {
        if !seen.insert(head) {
            return Err(Unfit::TwoColumns(head.to_owned()));
        }
    }
    Ok(())
}

/// Writes a record of texts and numbers as they are.
pub fn record(dialect: Dialect, fields: impl Iterator<Item = String>, out: &mut dyn Write) -> io::Result<()> {
    dialect.record(fields.map(|field| (Cow::Owned(field), true)), out)
}

/// How fields are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dialect {
    /// Whether a text that a spreadsheet would take for a formula gets a `'` before it.
    pub spreadsheet: bool,
}

impl Dialect {
    /// Writes a record of fields, each with whether it is no number.
    pub(super) fn record<'f>(self, fields: impl Iterator<Item = Field<'f>>, out: &mut dyn Write) -> io::Result<()> {
        let fields: Vec<Cow<'f, str>> = fields.map(|(field, text)| self.guarded(field, text)).collect();
        if let [only] = fields.as_slice()
            && only.is_empty()
        {
            // A blank line would be no record.
            return out.write_all(b"\"\"\n");
        }
        for (at, field) in fields.iter().enumerate() {
            if at > 0 {
                out.write_all(b",")?;
            }
            out.write_all(quoted(field).as_bytes())?;
        }
        out.write_all(b"\n")
    }

    /// Whether a field, which may be a text, may have to be written in another way than as it is.
    fn is_odd(self, field: &str, text: bool) -> bool {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
        !field.as_bytes().iter().all(plain) || (self.spreadsheet && text && field.starts_with('-'))
    }

    fn guarded(self, field: Cow<'_, str>, text: bool) -> Cow<'_, str> {
        if self.spreadsheet && text && field.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            Cow::Owned(format!("'{field}"))
        } else {
            field
        }
    }
}

/// A field with quotes where it needs them.
fn quoted(field: &str) -> Cow<'_, str> {
    let blank = field.starts_with(char::is_whitespace) || field.ends_with(char::is_whitespace);
    if blank || field.contains([',', '"', '\n', '\r']) {
        Cow::Owned(format!("\"{}\"", field.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(field)
    }
}
