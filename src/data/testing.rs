//! Schemas and shown problems for the tests of this module.

use std::io::{Cursor, Read, Write};
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

use crate::data::bytes::{TELLING, unpacked};
use crate::diag::{Diagnostic, Place as DiagPlace, Problems};
use crate::value::column::Table;
use crate::value::schema::{ColumnSpec, Format, Place, Schema};
use crate::value::{Period, Precision, Ty, Type};

/// A column from words like `date? clean`; the type words are `text`, `number2`, `flag`, `date`, `month-date`,
/// `year-date`, `year`, `a|b` for a category.
pub fn column(name: &str, words: &str) -> ColumnSpec {
    let (word, clean) = words.strip_suffix(" clean").map_or((words, false), |word| (word, true));
    let (word, optional) = word.strip_suffix('?').map_or((word, false), |word| (word, true));
    let base = match word {
        "text" => Type::Text,
        "flag" => Type::Flag,
        "date" => Type::Date,
        "month-date" => Type::Partial(Precision::Month),
        "year-date" => Type::Partial(Precision::Year),
        "year" => Type::Period(Period::Year),
        number if number.starts_with("number") => Type::Number(number[6..].parse().unwrap_or(0)),
        category => Type::Category(category.split('|').map(Arc::from).collect()),
    };
    ColumnSpec {
        name: name.into(),
        ty: Ty { base, optional },
        place: Place::Header(name.into()),
        clean,
        dates: Vec::new(),
        missing: Vec::new(),
        span: Default::default(),
    }
}

/// A schema of columns from words.
pub fn schema(columns: &[(&str, &str)]) -> Schema {
    Schema {
        name: "t".into(),
        file: None,
        format: Format::default(),
        columns: columns.iter().map(|(name, words)| column(name, words)).collect(),
        unpivot: None,
        units: Vec::new(),
        unique: Vec::new(),
        span: Default::default(),
    }
}

/// A problem in one line: code, line and column of its data place (of its second, where the first is in the scheme),
/// message, count.
pub fn show(problem: &Diagnostic) -> String {
    let places = problem.labels.iter().filter_map(|label| match &label.place {
        DiagPlace::Data(place) => {
            Some(format!("{}{}", place.line, place.column.as_ref().map_or(String::new(), |c| format!(" {c}"))))
        }
        DiagPlace::Text(_) => None,
    });
    let count = if problem.count > 1 { format!(" ×{}", problem.count) } else { String::new() };
    format!("{} @{}: {}{count}", problem.code.name(), places.collect::<Vec<_>>().join(","), problem.message)
}

/// All problems in one line each, by place.
pub fn show_all(problems: Problems) -> Vec<String> {
    problems.sorted().iter().map(show).collect()
}

/// The rows of a table, the values parted by blanks, `·` for a missing one.
pub fn rows(table: &Table, schema: &Schema) -> Vec<String> {
    let value = |row: usize| {
        let shown = schema.columns.iter().enumerate().map(move |(column, spec)| {
            let value = table.value(column, row);
            if value.is_known() { value.format(&spec.ty.base) } else { "·".to_owned() }
        });
        shown.collect::<Vec<_>>().join(" ")
    };
    (0..table.rows).map(value).collect()
}

/// Unpacks some bytes.
pub fn unpack(bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    unpack_by(bytes, 1 << 16)
}

/// Unpacks some bytes with a buffer of this size.
pub fn unpack_by(mut bytes: Vec<u8>, size: usize) -> Result<Vec<u8>, String> {
    let rest = bytes.split_off(bytes.len().min(TELLING));
    let (mut from, mut out, mut into) = (unpacked(bytes, Cursor::new(rest)), Vec::new(), vec![0; size]);
    loop {
        match from.read(&mut into).map_err(|error| error.to_string())? {
            0 => return Ok(out),
            read => out.extend_from_slice(&into[..read]),
        }
    }
}

/// A text in a member of gzip.
pub fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// A text in a frame of zstd.
pub fn zstd(text: &str) -> Vec<u8> {
    compress_to_vec(text.as_bytes(), CompressionLevel::Fastest)
}
