//! Reads a whole Parquet file into a table. Rows are numbered from 1, and their numbers stand for lines.
//!
//! A row with an error is rejected, with all the errors of its values, as a record of a CSV file is.

use std::sync::Arc;

use super::column::{Batch, Column};
use super::field::{Field, Meaning};
use super::footer::Footer;
use super::judge::{self, Datum, Notation};
use super::{Broken, footer};
use crate::data::layout::Layout;
use crate::data::parse::{Cell, Fault, FieldParser};
use crate::data::table::{Reporter, Rows, parsers, too_many_rows};
use crate::data::{Source, keys};
use crate::diag::{Code, DataPlace, Diagnostic, Problems};
use crate::value::column::Table;
use crate::value::schema::{Place, Schema};

/// How many rows are taken at once.
const ROWS: usize = 1024;

/// Reads a Parquet file as [`crate::data::read_among`] does.
pub fn read_among(source: &Source, schema: &Schema, others: &[&Schema], problems: &mut Problems) -> Option<Table> {
    let mut bytes: &[u8] = &source.bytes;
    let found = match footer(&mut bytes, source.bytes.len() as u64) {
        Ok(found) => found,
        Err(broken) => {
            problems.push(broken.error(&source.name));
            return None;
        }
    };
    let mut reading = Reading { source, footer: &found, schema, others };
    let layout = reading.layout(schema, &mut parsers(schema, problems)?, problems)?;
    let meanings = reading.meanings(&layout, problems)?;
    let notation = Notation::new(schema, meanings);
    let mut parsers: Vec<FieldParser<'_>> = notation.parsers().filter_map(Result::ok).collect();
    // The parts of headers get the codes of the parsers that read the values.
    let layout = reading.layout(&notation.schema, &mut parsers, problems)?;
    reading.schema = &notation.schema;
    let rows = Rows::new(&notation.schema, parsers);
    let mut table = reading.read(rows, &layout, problems)?;
    if table.account.read == 0 {
        let message = format!("the file of input `{}` has no rows", schema.name);
        let warning = Diagnostic::warning(Code::EmptyFile, DataPlace::file(&source.name), message);
        problems.push(warning.help("the input counts as empty; is it the right file?"));
    }
    keys::check(&mut table, schema, problems);
    Some(table)
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
    let reading = Reading { source: &source, footer, schema, others: &[] };
    let mut problems = Problems::new();
    let layout = reading.layout(schema, parsers, &mut problems)?;
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
    others: &'r [&'r Schema],
}

/// The cells of one place in a record, for some rows; those with errors are not there.
type Cells = Vec<Option<Cell>>;

impl Reading<'_> {
    fn reporter(&self) -> Reporter<'_> {
        Reporter {
            file: &self.source.name,
            of_all: &self.source.name,
            text: "",
            input: &self.schema.name,
            others: self.others,
        }
    }

    fn layout(&self, schema: &Schema, parsers: &mut [FieldParser<'_>], problems: &mut Problems) -> Option<Layout> {
        let names: Vec<Arc<str>> = self.footer.fields.iter().map(|field| Arc::clone(&field.name)).collect();
        let place = DataPlace::file(&self.source.name);
        if !schema.format.header {
            return Layout::of_positions(names.len(), schema, &place, problems);
        }
        let at = |field: usize, name: &Arc<str>| DataPlace::field(&self.source.name, 0, Some(field), name);
        Layout::of_names(names, (&place, &at), schema, self.others, parsers, problems)
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

    fn read(&self, mut rows: Rows<'_>, layout: &Layout, problems: &mut Problems) -> Option<Table> {
        let places: Vec<(usize, usize)> = used(layout).collect();
        for group in &self.footer.groups {
            let mut columns = Vec::new();
            for field in places.iter().filter_map(|&(_, at)| self.footer.fields.get(at)) {
                let column = group.chunks.get(field.leaf).ok_or(Broken::ENDS).and_then(|c| Column::new(field, c));
                columns.push(column.map_err(|broken| problems.push(broken.error(&self.source.name))).ok()?);
            }
            let mut left = group.rows;
            while left > 0 {
                let many = left.min(ROWS);
                let cells = self.read_some(&mut columns, many, (&places, &mut rows), problems)?;
                if !self.take(&cells, many, &mut rows, layout, problems) {
                    return None;
                }
                left -= many;
            }
        }
        Some(rows.finish(&self.source.name, layout.fields(self.schema.columns.len())))
    }

    /// Reads the next cells of each place in a record.
    fn read_some(
        &self,
        columns: &mut [Column],
        many: usize,
        (places, rows): (&[(usize, usize)], &mut Rows<'_>),
        problems: &mut Problems,
    ) -> Option<Vec<Cells>> {
        let mut bytes: &[u8] = &self.source.bytes;
        let first = rows.account.read + 1;
        let mut all = Vec::new();
        for (&(column, at), source) in places.iter().zip(columns) {
            let field = self.footer.fields.get(at)?;
            let parser = rows.parsers.get_mut(column)?;
            let (mut cells, mut text): (Cells, _) = (Vec::with_capacity(many), String::new());
            while cells.len() < many {
                if let Err(broken) = source.next(&mut bytes, many - cells.len()) {
                    problems.push(broken.error(&self.source.name));
                    return None;
                }
                let mut values = 0;
                for row in 0..source.batch().rows {
                    let line = u32::try_from(first + cells.len() as u64).unwrap_or(u32::MAX);
                    let cell = match value(source, row, &mut values) {
                        Err(broken) => {
                            problems.push(broken.error(&self.source.name));
                            return None;
                        }
                        Ok(None) => parser.missing(),
                        Ok(Some(datum)) => judge::cell(parser, field, datum, &mut text),
                    };
                    let report = |fault: Box<Fault>| {
                        let place = DataPlace::field(&self.source.name, line, Some(at), &field.name);
                        self.reporter().fault(*fault, place, &parser.spec().name, problems);
                    };
                    cells.push(cell.map_err(report).ok());
                }
            }
            all.push(cells);
        }
        Some(all)
    }

    /// Makes rows of cells. False where the table would have too many.
    fn take(
        &self,
        cells: &[Cells],
        many: usize,
        rows: &mut Rows<'_>,
        layout: &Layout,
        problems: &mut Problems,
    ) -> bool {
        for row in 0..many {
            rows.account.read += 1;
            let line = u32::try_from(rows.account.read).unwrap_or(u32::MAX);
            let record: Option<Vec<Cell>> = cells.iter().map(|cells| cells.get(row).copied().flatten()).collect();
            let fits = match record {
                Some(record) => rows.take_cells(line, layout, record.into_iter()),
                None => rows.reject(line),
            };
            if !fits || line == u32::MAX {
                problems.push(too_many_rows(&self.source.name, line));
                return false;
            }
        }
        true
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
