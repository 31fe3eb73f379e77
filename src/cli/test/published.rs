//! A published table that must come out: `expect INDEX from "file.csv" column NAME`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::expect::{Difference, Failure, differ, failure, result};
use crate::cli::session::Session;
use crate::compile::{Compiled, Expect, ExpectKind};
use crate::data::{self, Bound, under_root};
use crate::diag::{Code, DataPlace, Diagnostic, Problems};
use crate::eval::{Outcome, faults};
use crate::plan::Index;
use crate::source::Spanned;
use crate::value::column::Table;
use crate::value::schema::{ColumnSpec, Format, Place, Schema, Unique};
use crate::value::{Ty, Type, Value, decimal};

/// Compares an index with a column of a file: each cell must be in the file, and each row of the file must be a cell.
/// Sets `broken` where the file can't be read.
pub fn judge(
    session: &mut Session,
    compiled: &Compiled,
    expect: &Expect,
    outcome: &Outcome,
    broken: &mut bool,
) -> Option<Failure> {
    let ExpectKind::File { index: at, file, column, within } = &expect.kind else { return None };
    let (index, found) = compiled.plan.indices.get(*at).zip(result(outcome, *at))?;
    let mut problems = Problems::new();
    let published = read(session, compiled, index, (file, column), &mut problems);
    let faulty = problems.has_errors();
    problems.iter().for_each(|problem| session.problems.push(rephrased(problem, index, column)));
    let published = match published {
        Some(published) if !faulty => published,
        Some(_) => return Some(Failure::plain("the file has errors")),
        None => {
            *broken = true;
            return Some(Failure::plain("the file can't be compared"));
        }
    };
    let cells: BTreeMap<&Vec<Value>, &Value> = found.cells.iter().map(|(key, value)| (key, value)).collect();
    let mut keys: Vec<&Vec<Value>> = cells.keys().copied().chain(published.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut differences = Vec::new();
    for key in keys {
        let expected = published.get(key);
        let value = cells.get(key).map(|value| (*value, &found.ty.base));
        if let Some(words) = differ(expected.map(|(value, ty, _)| (value, ty)), value, *within) {
            let place = expected.map_or_else(|| expect.span.into(), |(_, _, place)| place.clone().into());
            differences.push(Difference { cell: faults::cell_name(index, key), words, place });
        }
    }
    failure(&index.name, expect.span, &differences)
}

/// The rows of a file: the value of the column, its type, and its place, by the dimensions.
type Published = BTreeMap<Vec<Value>, (Value, Type, DataPlace)>;

fn read(
    session: &mut Session,
    compiled: &Compiled,
    index: &Index,
    (file, column): (&Spanned<Arc<str>>, &Arc<str>),
    problems: &mut Problems,
) -> Option<Published> {
    let schema = schema(index, column, file);
    let path = path(session, compiled, file).map_err(|error| problems.push(error)).ok()?;
    let bound = Bound::new(&path);
    session.remember(&bound, &schema.format);
    let source = bound.open().map_err(|error| problems.push(error)).ok()?;
    let table = data::read(&source, &schema, problems)?;
    let value_at = index.dims.len();
    let mut published = Published::new();
    for row in 0..table.rows {
        let key = (0..value_at).map(|dim| table.value(dim, row)).collect();
        let place = place(&table, row, column, value_at);
        let value = typed(table.value(value_at, row), index, &place, problems);
        let Some((value, ty)) = value else { continue };
        let repeated = published.insert(key, (value, ty, place.clone())).is_some();
        // With dimensions, the reader has said that two rows are for the same cell.
        if repeated && index.dims.is_empty() {
            let message = "the file has more than one row, and the index has one cell".to_owned();
            problems.push(Diagnostic::error(Code::RepeatedKey, DataPlace { field: None, ..place }, message));
        }
    }
    Some(published)
}

/// What the reader says of an input, said of a published table: there is no `input` whose lines could be changed.
fn rephrased(problem: &Diagnostic, index: &Index, column: &Arc<str>) -> Diagnostic {
    let mut problem = problem.clone();
    let dims: Vec<&str> = index.dims.iter().map(|dim| &*dim.name).collect();
    let help = match problem.code {
        Code::MissingColumn if problem.message.contains(&format!("`{column}`")) => {
            "say which column of the file holds the values: `column NAME`, or `column \"A header\"`".to_owned()
        }
        Code::MissingColumn => format!(
            "the file needs a column for each dimension, under its name: {}; rename it in the file, or the dimension with `as`",
            dims.join(", ")
        ),
        Code::RepeatedKey => "a published table has each cell once".to_owned(),
        Code::BadEncoding => "save the file as UTF-8".to_owned(),
        _ => return problem,
    };
    problem.help = Some(help);
    problem
}

/// The file lies relative to the scheme's folder of data, or else to the scheme.
fn path(session: &Session, compiled: &Compiled, file: &Spanned<Arc<str>>) -> Result<PathBuf, Diagnostic> {
    let Some(data) = &compiled.header.data else {
        return under_root(&session.root, &session.scheme, &file.node, file.span);
    };
    let folder = under_root(&session.root, session.path_of(data.span.file), &data.node, data.span)?;
    under_root(&session.root, &folder.join(Path::new("scheme")), &file.node, file.span)
}

/// How the file is read: the dimensions under their names, each tuple once, and the values as texts where they are
/// numbers, because a published table may have any number of places.
fn schema(index: &Index, column: &Arc<str>, file: &Spanned<Arc<str>>) -> Schema {
    let spec = |name: &Arc<str>, ty: Ty| ColumnSpec {
        name: Arc::clone(name),
        ty,
        place: Place::Header(Arc::clone(name)),
        clean: false,
        dates: Vec::new(),
        missing: Vec::new(),
        span: file.span,
    };
    // A word that no cell has is a row without a cell, and not an error of its own.
    let open = |ty: &Type| if ty.is_text() { Type::Text } else { ty.clone() };
    let dims = index.dims.iter().map(|dim| spec(&dim.name, Ty { base: open(&dim.ty.base), ..dim.ty }));
    let value = if index.ty.base.is_numeric() { Type::Text } else { open(&index.ty.base) };
    let key: Vec<usize> = (0..index.dims.len()).collect();
    let unique = Unique { key, drop_repeats: false, interval: None, span: file.span };
    Schema {
        name: Arc::clone(&file.node),
        file: None,
        format: Format::default(),
        columns: dims.chain([spec(column, Ty::optional(value))]).collect(),
        unpivot: None,
        units: Vec::new(),
        unique: if index.dims.is_empty() { Vec::new() } else { vec![unique] },
        span: file.span,
    }
}

fn place(table: &Table, row: usize, column: &Arc<str>, at: usize) -> DataPlace {
    let line = table.line(row);
    DataPlace::field(table.file_of(line), line.line, table.field_of(at, line), column)
}

/// A published value with its own places.
fn typed(value: Value, index: &Index, place: &DataPlace, problems: &mut Problems) -> Option<(Value, Type)> {
    let Value::Text(text) = &value else { return Some((value, index.ty.base.clone())) };
    if !index.ty.base.is_numeric() {
        return Some((value, Type::Text));
    }
    let places = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let places = u8::try_from(places).ok().filter(|places| *places <= decimal::MAX_PLACES);
    match places.and_then(|places| Some((decimal::parse(text, places, decimal::MAX_DIGITS).ok()?, places))) {
        Some((units, places)) => Some((Value::Number(units), Type::Number(places))),
        None => {
            let message = format!("`{text}` is not a plain decimal of at most {} digits", decimal::MAX_DIGITS);
            problems.push(Diagnostic::error(Code::BadNumber, place.clone(), message));
            None
        }
    }
}
