//! Files of plain fields under a header: tables that no input of a scheme describes.
//!
//! Input: a [`Source`], CSV or TSV. Output: the names of its columns and the fields of its records, with their lines; as
//! strictly as files of inputs are read.

use std::sync::Arc;

use super::encoding::decode;
use super::layout::check_headers;
use super::records::{Record, Records};
use super::table::Reporter;
use super::{Form, Source, parquet};
use crate::diag::{Code, DataPlace, Diagnostic, Problems};
use crate::value::schema::Encoding;

/// The fields of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plain {
    /// The file as the user named it.
    pub file: Arc<str>,
    /// The physical line of the header, from 1.
    pub line: u32,
    /// The names of the columns; none stands twice.
    pub names: Vec<Arc<str>>,
    /// The records: the physical line on which each starts, and a field for each column.
    pub rows: Vec<(u32, Vec<Arc<str>>)>,
}

/// Reads a file. Every problem is reported; `None` if there is one. A file with a header alone has no rows.
pub fn read_plain(source: &Source, problems: &mut Problems) -> Option<Plain> {
    let whole = || DataPlace::file(&source.name);
    if parquet::is_parquet(&source.name, &source.bytes) || source.form == Form::JsonLines {
        let error = Diagnostic::error(Code::Usage, whole(), "this file is no CSV");
        problems.push(error.help("save it as CSV, with the names of the columns in its first line"));
        return None;
    }
    let text = match decode(&source.bytes, Encoding::default(), &source.name) {
        Ok(text) => text,
        Err(error) => {
            problems.push(error);
            return None;
        }
    };
    let report = Reporter { file: &source.name, of_all: &source.name, text: &text, input: "", others: &[] };
    let before = problems.len();
    let mut plain = None;
    let mut records = Records::new(&text, source.delimiter(), true);
    while let Some(record) = records.read() {
        match (record, &mut plain) {
            (Err(broken), plain) => {
                report.broken(broken, problems);
                // Without its header nothing can be said of the rest.
                plain.as_ref()?;
            }
            (Ok(header), plain @ None) => *plain = Some(headed(&header, &report, problems)),
            (Ok(record), Some(plain)) => plain.rows.push((record.line, record.iter().map(Arc::from).collect())),
        }
    }
    if plain.is_none() {
        let error = Diagnostic::error(Code::EmptyFile, whole(), "the file is empty");
        problems.push(error.help("it should hold a header at least"));
    }
    plain.filter(|_| problems.len() == before)
}

/// The file as far as its header tells of it.
fn headed(header: &Record<'_>, report: &Reporter<'_>, problems: &mut Problems) -> Plain {
    let names: Vec<Arc<str>> = header.iter().map(Arc::from).collect();
    check_headers(&names, &|field, name| report.field(header, field, name), problems);
    Plain { file: Arc::clone(report.file), line: header.line, names, rows: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Plain, Vec<String>> {
        let mut problems = Problems::new();
        let plain = read_plain(&Source::new("s.csv", text), &mut problems);
        plain.ok_or_else(|| problems.sorted().into_iter().map(|found| found.message).collect())
    }

    #[test]
    fn records_keep_their_physical_lines() {
        let plain = read("a,b\n\n\"1\n2\",3\r\n4,\n").unwrap();
        let rows: Vec<(u32, Vec<&str>)> =
            plain.rows.iter().map(|(line, row)| (*line, row.iter().map(|field| &**field).collect())).collect();
        assert_eq!(rows, [(3, vec!["1\n2", "3"]), (5, vec!["4", ""])]);
        assert_eq!(plain.names.iter().map(|name| &**name).collect::<Vec<_>>(), ["a", "b"]);
        assert!(read("a\n").unwrap().rows.is_empty());
    }

    #[test]
    fn all_that_is_wrong_is_said() {
        assert_eq!(read("").unwrap_err(), ["the file is empty"]);
        assert_eq!(
            read("a,a,\n").unwrap_err(),
            ["the header `a` stands twice, as column 1 and 2", "column 3 has no header"]
        );
        assert_eq!(read("a,b\n1\n2,3\n4\n").unwrap_err().len(), 1);
        assert_eq!(read("a,b\n\"1,2\n").unwrap_err().len(), 1);
        assert_eq!(read("\"a\n1\n").unwrap_err().len(), 1);
    }
}
