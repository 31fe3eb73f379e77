//! The rows that a test of a scheme gives: fields already split, columns by their names in the scheme.

use std::sync::Arc;

use super::keys;
use super::parse::{Cell, Fault, FieldParser};
use super::table::{Reporter, Rows, too_many_rows};
use crate::diag::{Code, DataPlace, Diagnostic, Problems, nearest};
use crate::value::column::Table;
use crate::value::schema::{Format, Schema};

/// A row: its line in the scheme, and a field for each name of the header; `None` and empty fields are missing.
pub type GivenRow = (u32, Vec<Option<String>>);

/// Makes a table of rows given in a scheme, whose name and line `name` and `line` are.
///
/// The header holds names of the input's columns, those that `unpivot` makes included: rows are given as they are after
/// it. A column that isn't in the header is missing in all rows, if it may be. Values are written as the language writes
/// them, or else as the input's file does, so that rows of the file can be taken over; words that mean a missing value
/// in the file do so here too.
pub fn read_fields(
    name: &Arc<str>,
    line: u32,
    header: &[String],
    rows: &[GivenRow],
    schema: &Schema,
    problems: &mut Problems,
) -> Option<Table> {
    let mut plain = schema.clone();
    plain.format = Format { missing: schema.format.missing.clone(), ..Format::default() };
    for column in &mut plain.columns {
        column.dates.clear();
    }
    let parsers = super::table::parsers(&plain, problems)?;
    let mut declared = super::table::parsers(schema, problems)?;
    let fields = match_header(name, line, header, schema, problems)?;
    let report = Reporter { file: name, of_all: name, text: "", input: &schema.name, others: &[] };
    let mut made = Rows::new(&plain, parsers);
    for (line, row) in rows {
        made.account.read += 1;
        if row.len() != header.len() {
            let message = format!("the row has {} fields where the header has {}", row.len(), header.len());
            problems.push(Diagnostic::error(Code::FieldCount, report.line(*line), message));
            made.reject(*line);
            continue;
        }
        let mut parsers = Notations { plain: &mut made.parsers, declared: &mut declared };
        let cells = parse_row(&mut parsers, &fields, *line, row, &report, problems);
        let fits = match cells {
            Some(cells) => made.push_cells(*line, &cells),
            None => made.reject(*line),
        };
        if !fits {
            problems.push(too_many_rows(name, *line));
            return None;
        }
    }
    let mut table = made.finish(name, fields);
    keys::check(&mut table, schema, problems);
    Some(table)
}

/// For each column of the schema its place in the header.
fn match_header(
    name: &Arc<str>,
    line: u32,
    header: &[String],
    schema: &Schema,
    problems: &mut Problems,
) -> Option<Vec<Option<usize>>> {
    let before = problems.len();
    let names = || schema.columns.iter().map(|spec| &*spec.name);
    for (field, written) in header.iter().enumerate() {
        let place = || DataPlace::field(name, line, Some(field), &Arc::from(written.as_str()));
        if !names().any(|name| name == written) {
            let message = format!("the input `{}` has no column `{written}`", schema.name);
            let mut error = Diagnostic::error(Code::UnknownColumn, place(), message);
            error.help = nearest::suggest(written, "the columns are", names());
            problems.push(error);
        } else if header.iter().take(field).any(|earlier| earlier == written) {
            problems.push(Diagnostic::error(Code::BadHeader, place(), format!("the column `{written}` stands twice")));
        }
    }
    let place_of = |wanted: &str| header.iter().position(|written| written == wanted);
    let fields: Vec<Option<usize>> = names().map(place_of).collect();
    for (spec, _) in schema.columns.iter().zip(&fields).filter(|(spec, field)| field.is_none() && !spec.ty.optional) {
        let message = format!("the column `{}` is not given, and it can't be missing", spec.name);
        let error = Diagnostic::error(Code::MissingColumn, DataPlace::line(name, line), message);
        problems.push(error.also(spec.span, "declared here"));
    }
    (problems.len() == before).then_some(fields)
}

/// The parsers of the columns in the two notations that a row may have.
struct Notations<'p, 'a, 'b> {
    plain: &'p mut [FieldParser<'a>],
    declared: &'p mut [FieldParser<'b>],
}

/// Parses a field as the language writes it, or else as the file does. A text that has the plain shape is never read
/// otherwise: `2008-13-01` is an error, even where the file's dates have the day before the month.
fn parse(plain: &mut FieldParser<'_>, declared: &mut FieldParser<'_>, text: &str) -> Result<Cell, Box<Fault>> {
    let fault = match plain.parse(text) {
        Ok(cell) => return Ok(cell),
        Err(fault) => fault,
    };
    // Texts have no notation of their own, and their codes are those of the plain parser.
    if fault.has_shape() || plain.spec().ty.base.is_text() {
        return Err(fault);
    }
    match declared.parse(text) {
        Err(other) if !other.has_shape() => Err(fault),
        found => found,
    }
}

fn parse_row(
    parsers: &mut Notations<'_, '_, '_>,
    fields: &[Option<usize>],
    line: u32,
    row: &[Option<String>],
    report: &Reporter<'_>,
    problems: &mut Problems,
) -> Option<Vec<Cell>> {
    let mut cells = Vec::with_capacity(fields.len());
    let parsers = parsers.plain.iter_mut().zip(parsers.declared.iter_mut());
    for ((parser, declared), &field) in parsers.zip(fields) {
        let parsed = match field.and_then(|field| row.get(field)?.as_deref()) {
            Some(text) => parse(parser, declared, text),
            None => parser.missing(),
        };
        match parsed {
            Ok(cell) => cells.push(cell),
            Err(fault) => {
                let column = &parser.spec().name;
                report.fault(*fault, DataPlace::field(report.file, line, field, column), column, problems);
            }
        }
    }
    (cells.len() == fields.len()).then_some(cells)
}
