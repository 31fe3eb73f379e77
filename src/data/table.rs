//! Reads a file into a table by the schema of its input.
//!
//! A record with an error is rejected, with all the errors of its fields; reading goes on behind it. Memory: the whole
//! file, decoded, and the columns: 1 to 16 bytes a value, and each distinct text once.

use std::ops::Range;
use std::sync::Arc;

use super::broken::Broken;
use super::build::Builder;
use super::encoding::decode;
use super::layout::Layout;
use super::parse::{Cell, Fault, FieldParser};
use super::records::{Record, Records};
use super::{Form, Source, excerpt, json, keys, parquet};
use crate::diag::{Code, DataPlace, Diagnostic, Problems};
use crate::value::column::{FileLine, Gone, InputAccount, Part, Table};
use crate::value::schema::Schema;

/// The most rows that a table has: rows are numbered with 32 bits, and one number is left over.
pub const MAX_ROWS: usize = u32::MAX as usize - 1;

/// Reads a file. `None` where it can't be read at all; else a table of the records without an error, whose keys have
/// been checked.
pub fn read(source: &Source, schema: &Schema, problems: &mut Problems) -> Option<Table> {
    read_among(source, schema, &[], problems)
}

/// Reads a file as [`read`] does. Where it doesn't fit its input, it is held against the other inputs of the scheme.
pub fn read_among(source: &Source, schema: &Schema, others: &[&Schema], problems: &mut Problems) -> Option<Table> {
    let mut reading = Reading::new(schema, others, problems)?;
    reading.file(source, problems).then(|| reading.finish(problems))
}

/// Reads files one behind the other into one table, as [`read_among`] reads one: each has a header of its own, and its
/// columns may stand in another order. Where one can't be read the others are looked at all the same.
pub fn read_files(
    sources: impl ExactSizeIterator<Item = Result<Source, Diagnostic>>,
    schema: &Schema,
    others: &[&Schema],
    problems: &mut Problems,
) -> Option<Table> {
    let alone = sources.len() == 1;
    let mut reading = Reading::new(schema, others, problems)?;
    let mut good = true;
    for source in sources {
        good &= match source {
            Ok(source) if alone => return read_among(&source, schema, others, problems),
            Ok(source) => reading.file(&source, problems),
            Err(error) => {
                problems.push(error);
                false
            }
        };
    }
    good.then(|| reading.finish(problems))
}

/// A table that is read of one file or of several.
struct Reading<'r> {
    schema: &'r Schema,
    others: &'r [&'r Schema],
    rows: Rows<'r>,
    parts: Vec<Part>,
}

impl<'r> Reading<'r> {
    fn new(schema: &'r Schema, others: &'r [&'r Schema], problems: &mut Problems) -> Option<Self> {
        let rows = Rows::new(schema, parsers(schema, problems)?);
        Some(Self { schema, others, rows, parts: Vec::new() })
    }

    /// Adds the rows of a file. False where it can't be read.
    fn file(&mut self, source: &Source, problems: &mut Problems) -> bool {
        let parquet = parquet::is_parquet(&source.name, &source.bytes);
        let bytes = if parquet { &[] } else { source.bytes.as_slice() };
        let text = match decode(bytes, self.schema.format.encoding, &source.name) {
            Ok(text) => text,
            Err(error) => {
                problems.push(error);
                return false;
            }
        };
        let first = self.rows.lines.len();
        self.rows.part = self.parts.len();
        let of_all = self.parts.first().map_or_else(|| Arc::clone(&source.name), |part| Arc::clone(&part.file));
        let report = Reporter {
            file: &source.name,
            of_all: &of_all,
            text: &text,
            input: &self.schema.name,
            others: self.others,
        };
        let layout = match source.form {
            _ if parquet => parquet::add(source, self.schema, &report, &mut self.rows, problems),
            Form::JsonLines => json::records(&mut self.rows, self.schema, &text, &report, problems),
            Form::Csv | Form::Tsv => self.records(source, &text, &report, problems),
        };
        let Some(layout) = layout else { return false };
        let fields = layout.fields(self.schema.columns.len());
        self.parts.push(Part { file: Arc::clone(&source.name), first, fields });
        true
    }

    /// Adds the records of a file, and returns where their values stood.
    fn records(
        &mut self,
        source: &Source,
        text: &str,
        report: &Reporter<'_>,
        problems: &mut Problems,
    ) -> Option<Layout> {
        let schema = self.schema;
        let before = self.rows.account.read;
        let mut records =
            Records::new(text, schema.format.delimiter.unwrap_or(source.delimiter()), schema.format.header);
        let mut layout = None;
        if schema.format.header {
            match records.read() {
                Some(Ok(header)) => {
                    layout = Some(Layout::of_header(&header, schema, &mut self.rows.parsers, report, problems)?);
                }
                Some(Err(broken)) => {
                    report.broken(broken, problems);
                    return None;
                }
                None => {}
            }
        }
        let mut empty = layout.is_none();
        while let Some(record) = records.read() {
            empty = false;
            self.rows.account.read += 1;
            match record {
                Err(broken) => {
                    self.rows.reject(broken.line);
                    report.broken(broken, problems);
                }
                Ok(record) => {
                    let layout = match &layout {
                        Some(layout) => layout,
                        None => {
                            let place = report.line(record.line);
                            layout.insert(Layout::of_positions(record.len(), schema, &place, problems)?)
                        }
                    };
                    if !self.rows.take(&record, layout, report, problems) {
                        problems.push(too_many_rows(&source.name, record.line));
                        return None;
                    }
                }
            }
        }
        if empty {
            let error = Diagnostic::error(Code::EmptyFile, DataPlace::file(&source.name), "the file is empty");
            let what = if schema.format.header { "a header at least" } else { "at least one record" };
            problems.push(error.help(format!("it should hold {what}")));
            return None;
        }
        if self.rows.account.read == before {
            problems.push(no_rows(&schema.name, &source.name));
        }
        Some(layout.unwrap_or_default())
    }

    /// The table, its keys checked.
    fn finish(self, problems: &mut Problems) -> Table {
        let mut table = match <[Part; 1]>::try_from(self.parts) {
            Ok([Part { file, fields, .. }]) => self.rows.finish(&file, fields),
            Err(parts) => {
                let name = joint_name(parts.iter().map(|part| &*part.file));
                Table { parts, ..self.rows.finish(&name, Vec::new()) }
            }
        };
        keys::check(&mut table, self.schema, problems);
        table
    }
}

/// How the files of an input are named together: by the first, and how many more there are.
pub fn joint_name<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> Arc<str> {
    let more = names.len().saturating_sub(1);
    let first = names.into_iter().next().unwrap_or("");
    if more == 0 { first.into() } else { format!("{first} and {more} more").into() }
}

/// The warning of a file without rows.
pub fn no_rows(input: &str, file: &Arc<str>) -> Diagnostic {
    let message = format!("the file of input `{input}` has a header and no rows");
    let warning = Diagnostic::warning(Code::EmptyFile, DataPlace::file(file), message);
    warning.help("it counts as empty; is it the right file?")
}

/// A parser for each column; `None` where a column can't be read by its type, which is reported.
pub fn parsers<'s>(schema: &'s Schema, problems: &mut Problems) -> Option<Vec<FieldParser<'s>>> {
    let made = schema.columns.iter().map(|spec| FieldParser::new(spec, &schema.format));
    let (parsers, errors): (Vec<_>, Vec<_>) = made.partition(Result::is_ok);
    for error in errors.into_iter().filter_map(Result::err) {
        problems.push(error);
    }
    (parsers.len() == schema.columns.len()).then(|| parsers.into_iter().flatten().collect())
}

/// The error of a table with too many rows.
pub fn too_many_rows(file: &Arc<str>, line: u32) -> Diagnostic {
    let message = format!("there are more than {MAX_ROWS} rows");
    Diagnostic::error(Code::TooManyRows, DataPlace::line(file, line), message).help("split the file")
}

/// Makes problems of what is wrong in a file.
#[derive(Debug, Clone, Copy)]
pub struct Reporter<'t> {
    /// The file as the user named it.
    pub file: &'t Arc<str>,
    /// The first file of the input: errors are counted over all of them.
    pub of_all: &'t Arc<str>,
    /// Its text; empty where lines can't be shown.
    pub text: &'t str,
    /// The input's name.
    pub input: &'t str,
    /// The other inputs of the scheme, where a file could be theirs.
    pub others: &'t [&'t Schema],
}

impl Reporter<'_> {
    /// The place of a line.
    pub fn line(&self, line: u32) -> DataPlace {
        DataPlace::line(self.file, line)
    }

    /// The place of a field, with its line to be shown.
    pub fn field(&self, record: &Record<'_>, field: usize, column: &Arc<str>) -> DataPlace {
        let range = record.field_range(field);
        let line = record.line_of(range.start);
        DataPlace { excerpt: self.excerpt(range), ..DataPlace::field(self.file, line, Some(field), column) }
    }

    /// The line on which a range of the text starts.
    pub fn excerpt(&self, range: Range<usize>) -> Option<excerpt::Excerpt> {
        excerpt::around(self.text, range)
    }

    /// Reports a record that can't be read.
    pub fn broken(&self, broken: Broken, problems: &mut Problems) {
        let excerpt = self.excerpt(broken.at);
        let place = DataPlace { field: broken.field, excerpt, ..self.line(broken.line) };
        let mut error = Diagnostic::error(broken.code, place, broken.message);
        error.help = broken.help;
        if let Some((line, text)) = broken.also {
            error = error.also(self.line(line), text);
        }
        problems.push_grouped(&format!("{}\0{}", self.of_all, broken.group), error);
    }

    /// Reports a field that can't be parsed.
    pub fn fault(&self, fault: Fault, place: DataPlace, column: &str, problems: &mut Problems) {
        let mut error = Diagnostic::error(fault.code, place, fault.message).label(format!("column `{column}`"));
        let group = format!("{}\0{}\0{column}\0{}", self.of_all, self.input, fault.group);
        error.help.clone_from(&fault.help);
        problems.push_grouped(&group, error);
        if fault.places.is_some() {
            problems.amend(fault.code, &group, fault.help);
        }
    }
}

/// The rows of a table that grows.
pub struct Rows<'s> {
    /// What became of the records so far; `kept` is counted at the end.
    pub account: InputAccount,
    /// A parser for each column of the schema.
    pub parsers: Vec<FieldParser<'s>>,
    builders: Vec<Builder>,
    lines: Vec<u32>,
    /// Which of the input's files is read.
    part: usize,
    gone: Gone,
    /// The cells of one record, to be used again for the next.
    cells: Vec<Cell>,
}

impl<'s> Rows<'s> {
    /// No rows yet.
    pub fn new(schema: &'s Schema, parsers: Vec<FieldParser<'s>>) -> Self {
        let builders = schema.columns.iter().map(Builder::new).collect();
        let (account, gone) = (InputAccount::default(), Gone::default());
        Self { account, parsers, builders, lines: Vec::new(), part: 0, gone, cells: Vec::new() }
    }

    /// Takes a record: makes its row or rows, or reports what is wrong with its fields and rejects it. False where the
    /// table would have too many rows.
    fn take(&mut self, record: &Record<'_>, layout: &Layout, report: &Reporter<'_>, problems: &mut Problems) -> bool {
        self.cells.clear();
        let mut good = true;
        let once = layout.fixed.iter().copied();
        let spread = layout.spread.iter().flatten();
        let unpivoted = spread.flat_map(|from| layout.cells.iter().map(|&column| (column, from.field)));
        for (column, field) in once.chain(unpivoted) {
            let Some(parser) = self.parsers.get_mut(column) else { continue };
            match parser.parse(record.get(field)) {
                Ok(cell) => self.cells.push(cell),
                Err(fault) => {
                    good = false;
                    let name = layout.headers.get(field).unwrap_or(&parser.spec().name);
                    report.fault(*fault, report.field(record, field, name), &parser.spec().name, problems);
                }
            }
        }
        if good { self.push_record(record.line, layout) } else { self.reject(record.line) }
    }

    /// Counts a record with an error.
    pub fn reject(&mut self, line: u32) -> bool {
        self.account.rejected += 1;
        self.gone.rejected.push(FileLine { part: self.part, line });
        true
    }

    /// Makes the row or the rows of a record whose cells are given: first what it has once, then what `unpivot` spreads.
    pub fn take_cells(&mut self, line: u32, layout: &Layout, cells: impl Iterator<Item = Cell>) -> bool {
        self.cells.clear();
        self.cells.extend(cells);
        self.push_record(line, layout)
    }

    fn push_record(&mut self, line: u32, layout: &Layout) -> bool {
        let (fixed, cells) = self.cells.split_at_checked(layout.fixed.len()).unwrap_or((&self.cells, &[]));
        let Some(spread) = &layout.spread else {
            return push_row(&mut self.builders, &mut self.lines, line, layout, fixed, &[], &[]);
        };
        let cells = cells.chunks(layout.cells.len().max(1)).chain(std::iter::repeat(&[][..]));
        spread
            .iter()
            .zip(cells)
            .all(|(from, cells)| push_row(&mut self.builders, &mut self.lines, line, layout, fixed, &from.parts, cells))
    }

    /// Adds a row of one value for each column of the schema. False where the table would have too many rows.
    pub fn push_cells(&mut self, line: u32, cells: &[Cell]) -> bool {
        for (builder, &cell) in self.builders.iter_mut().zip(cells) {
            builder.push(cell);
        }
        self.lines.push(line);
        self.lines.len() <= MAX_ROWS
    }

    /// The table; its keys have not been checked.
    pub fn finish(mut self, file: &Arc<str>, fields: Vec<Option<usize>>) -> Table {
        self.account.kept = self.account.read - self.account.rejected;
        let columns = self.builders.into_iter().zip(&self.parsers).map(|(builder, parser)| builder.finish(parser));
        Table {
            file: Arc::clone(file),
            parts: Vec::new(),
            rows: self.lines.len(),
            columns: columns.collect(),
            lines: self.lines,
            fields,
            account: self.account,
            gone: self.gone,
        }
    }
}

fn push_row(
    builders: &mut [Builder],
    lines: &mut Vec<u32>,
    line: u32,
    layout: &Layout,
    fixed: &[Cell],
    parts: &[(usize, Cell)],
    cells: &[Cell],
) -> bool {
    let once = layout.fixed.iter().zip(fixed).map(|(&(column, _), &cell)| (column, cell));
    let spread = layout.cells.iter().zip(cells).map(|(&column, &cell)| (column, cell));
    for (column, cell) in once.chain(parts.iter().copied()).chain(spread) {
        if let Some(builder) = builders.get_mut(column) {
            builder.push(cell);
        }
    }
    lines.push(line);
    lines.len() <= MAX_ROWS
}

#[cfg(test)]
mod tests;
