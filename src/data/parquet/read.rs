//! Adds a whole Parquet file to a table. Rows are numbered from 1, and their numbers stand for lines.
//!
//! A row with an error is rejected, with all the errors of its values, as a record of a CSV file is.

use std::sync::Arc;

use super::column::{Batch, Column};
use super::field::{Field, Meaning};
use super::footer::Footer;
use super::judge::{self, Datum, Notation};
use super::{Broken, footer};
use crate::data::Source;
use crate::data::layout::Layout;
use crate::data::parse::{Cell, Fault, FieldParser};
use crate::data::table::{Reporter, Rows, no_rows, too_many_rows};
use crate::diag::{Code, DataPlace, Diagnostic, Problems};
use crate::value::schema::{Place, Schema};

/// How many rows are taken at once.
const ROWS: usize = 1024;

/// Adds the rows of a Parquet file, and returns where their values stood; `None` where it can't be read.
///
/// Texts get the codes of the parsers of the rows, so that several files, Parquet or not, may be one table.
pub fn add(
    source: &Source,
    schema: &Schema,
    report: &Reporter<'_>,
    rows: &mut Rows<'_>,
    problems: &mut Problems,
) -> Option<Layout> {
    let mut bytes: &[u8] = &source.bytes;
    let found = footer(&mut bytes, source.bytes.len() as u64);
    let found = found.map_err(|broken| problems.push(broken.error(&source.name))).ok()?;
    let reading = Reading { source, footer: &found, schema, report };
    let layout = reading.layout(&mut rows.parsers, problems)?;
    let notation = Notation::new(schema, reading.meanings(&layout, problems)?);
    let mut parsers: Vec<FieldParser<'_>> = notation.parsers().filter_map(Result::ok).collect();
    if found.rows() == 0 {
        problems.push(no_rows(&schema.name, &source.name));
    }
    reading.read(rows, &mut parsers, &layout, problems)?;
    Some(layout)
}

impl Broken {
    /// The error of a file.
    pub fn error(self, file: &Arc<str>) -> Diagnostic {
        let message = format!("can't read the Parquet file: {}", self.what);
        let help = if self.unread {
            "write it without, for example packed with Snappy or Zstandard, or save the table as CSV"
        } else {
            "write it anew"
        };
        Diagnostic::error(Code::UnreadableFile, DataPlace::file(file), message).help(help)
    }
}

/// Where the values of each column of a file come from, without problems.
pub fn layout_of(footer: &Footer, schema: &Schema, parsers: &mut [FieldParser<'_>]) -> Option<Layout> {
    let source = Source::new("", []);
    let report = Reporter { file: &source.name, of_all: &source.name, text: "", input: &schema.name, others: &[] };
    let reading = Reading { source: &source, footer, schema, report: &report };
    let mut problems = Problems::new();
    let layout = reading.layout(parsers, &mut problems)?;
    reading.meanings(&layout, &mut problems).filter(|_| problems.is_empty()).map(|_| layout)
}

/// What the values of each column mean.
pub fn meanings(footer: &Footer, columns: usize, layout: &Layout) -> Vec<Option<Meaning>> {
    let mut meanings = vec![None; columns];
    for (column, field) in used(layout) {
        let meaning = footer.fields.get(field).map(|field| field.meaning);
        if let (Some(slot), Some(meaning)) = (meanings.get_mut(column), meaning) {
            // What is partly text is read as text.
            *slot = if slot.is_none() || meaning.is_text() { Some(meaning) } else { *slot };
        }
    }
    meanings
}

/// The column of the input and the field of the file of each value of a row.
fn used(layout: &Layout) -> impl Iterator<Item = (usize, usize)> {
    let spread = layout.spread.iter().flatten();
    let unpivoted = spread.flat_map(|from| layout.cells.iter().map(|&column| (column, from.field)));
    layout.fixed.iter().copied().chain(unpivoted)
}

/// A file that is being read.
struct Reading<'r> {
    source: &'r Source,
    footer: &'r Footer,
    schema: &'r Schema,
    report: &'r Reporter<'r>,
}

/// The cells of one place in a record, for some rows; those with errors are not there.
type Cells = Vec<Option<Cell>>;

impl Reading<'_> {
    fn layout(&self, parsers: &mut [FieldParser<'_>], problems: &mut Problems) -> Option<Layout> {
        let names: Vec<Arc<str>> = self.footer.fields.iter().map(|field| Arc::clone(&field.name)).collect();
        let place = DataPlace::file(&self.source.name);
        if !self.schema.format.header {
            return Layout::of_positions(names.len(), self.schema, &place, problems);
        }
        let at = |field: usize, name: &Arc<str>| DataPlace::field(&self.source.name, 0, Some(field), name);
        Layout::of_names(names, (&place, &at), self.schema, self.report.others, parsers, problems)
    }

    /// What the values of each column mean; those that the column's type can't have are errors.
    fn meanings(&self, layout: &Layout, problems: &mut Problems) -> Option<Vec<Option<Meaning>>> {
        let before = problems.len();
        for (column, at) in used(layout) {
            let Some((spec, field)) = self.schema.columns.get(column).zip(self.footer.fields.get(at)) else { continue };
            if let Err((code, what)) = field.meaning.fits(&spec.ty.base) {
                let place = DataPlace::field(&self.source.name, 0, Some(at), &field.name);
                let message = format!("the column `{}` of the file holds {what}", field.name);
                let declared = match &spec.place {
                    Place::Cell => format!("read as `{}`", spec.ty.base),
                    _ => format!("declared as `{}`", spec.ty.base),
                };
                problems.push(Diagnostic::error(code, place, message).also(spec.span, declared).help(advice(field)));
            }
        }
        (problems.len() == before).then(|| meanings(self.footer, self.schema.columns.len(), layout))
    }

    fn read(
        &self,
        rows: &mut Rows<'_>,
        parsers: &mut [FieldParser<'_>],
        layout: &Layout,
        problems: &mut Problems,
    ) -> Option<()> {
        let places: Vec<(usize, usize)> = used(layout).collect();
        let mut line = 1;
        for group in &self.footer.groups {
            let mut columns = Vec::new();
            for field in places.iter().filter_map(|&(_, at)| self.footer.fields.get(at)) {
                let column = group.chunks.get(field.leaf).ok_or(Broken::ENDS).and_then(|c| Column::new(field, c));
                columns.push(column.map_err(|broken| problems.push(broken.error(&self.source.name))).ok()?);
            }
            let mut left = group.rows;
            while left > 0 {
                let many = left.min(ROWS);
                let mut cells = Vec::new();
                for (&(column, at), source) in places.iter().zip(&mut columns) {
                    let lines = (line, many);
                    // The codes of texts are those of all files of the input.
                    cells.push(match rows.parsers.get_mut(column)? {
                        parser if parser.spec().ty.base.is_text() => {
                            self.cells(source, (parser, at), lines, problems)?
                        }
                        _ => self.cells(source, (parsers.get_mut(column)?, at), lines, problems)?,
                    });
                }
                line = self.take(&cells, (line, many), rows, layout, problems)?;
                left -= many;
            }
        }
        Some(())
    }

    /// Reads the next cells of one place in a record, from a line on.
    fn cells(
        &self,
        source: &mut Column,
        (parser, at): (&mut FieldParser<'_>, usize),
        (first, many): (u32, usize),
        problems: &mut Problems,
    ) -> Option<Cells> {
        let (mut bytes, mut text): (&[u8], _) = (&self.source.bytes, String::new());
        let mut cells = Cells::with_capacity(many);
        let mut lines = first..;
        let field = source.field().clone();
        while cells.len() < many {
            let decoded = source.next(&mut bytes, many - cells.len());
            decoded.map_err(|broken| problems.push(broken.error(&self.source.name))).ok()?;
            let mut values = 0;
            for (row, line) in (0..source.batch().rows).zip(&mut lines) {
                let cell = match value(source, row, &mut values) {
                    Err(broken) => {
                        problems.push(broken.error(&self.source.name));
                        return None;
                    }
                    Ok(None) => parser.missing(),
                    Ok(Some(datum)) => judge::cell(parser, &field, datum, &mut text),
                };
                let told = |fault: Box<Fault>| {
                    let place = DataPlace::field(&self.source.name, line, Some(at), &field.name);
                    self.report.fault(*fault, place, &parser.spec().name, problems);
                };
                cells.push(cell.map_err(told).ok());
            }
        }
        Some(cells)
    }

    /// Makes rows of cells, and returns the line behind them; `None` where the table would have too many.
    fn take(
        &self,
        cells: &[Cells],
        (first, many): (u32, usize),
        rows: &mut Rows<'_>,
        layout: &Layout,
        problems: &mut Problems,
    ) -> Option<u32> {
        let mut line = first;
        for row in 0..many {
            rows.account.read += 1;
            let record: Option<Vec<Cell>> = cells.iter().map(|cells| cells.get(row).copied().flatten()).collect();
            let fits = match record {
                Some(record) => rows.take_cells(line, layout, record.into_iter()),
                None => rows.reject(line),
            };
            let Some(next) = line.checked_add(1).filter(|_| fits) else {
                problems.push(too_many_rows(&self.source.name, line));
                return None;
            };
            line = next;
        }
        Some(line)
    }
}

/// The value of a row of the rows decoded last; `values` counts those that were taken.
fn value<'c>(column: &'c Column, row: usize, values: &mut usize) -> Result<Option<Datum<'c>>, Broken> {
    let Batch { present, .. } = column.batch();
    if !present.is_empty() && !present.get(row).copied().unwrap_or(false) {
        return Ok(None);
    }
    let at = *values;
    *values += 1;
    column.value(at).map(Some).ok_or(Broken::ENDS)
}

/// What to do about a column with values that its type can't have.
fn advice(field: &Field) -> &'static str {
    match field.meaning {
        Meaning::Other(_) => "write the column as texts, numbers, dates or booleans",
        _ => "declare the column so that it can hold these values, or write it anew with others",
    }
}
