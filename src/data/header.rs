//! The headers of a file, without its rows.

use std::io::Read;

use super::bind::Bound;
use super::records::Records;
use super::{Form, bytes, encoding, parquet};
use crate::diag::{Code, DataPlace, Diagnostic};
use crate::value::schema::Schema;

/// A header isn't longer than this, in bytes.
const LONGEST: u64 = 4 << 20;

/// The headers of a file of CSV or Parquet, in its order.
///
/// # Errors
///
/// A file that can't be opened, or has no record.
pub fn names(bound: &Bound, schema: &Schema) -> Result<Vec<String>, Diagnostic> {
    if parquet::is_named_so(&bound.name) {
        return parquet::headers(bound);
    }
    let mut read = Vec::new();
    bytes::reader(bound)?.take(LONGEST).read_to_end(&mut read).map_err(|error| bytes::failed(bound, &error))?;
    // What is cut in the middle of a character or record lies behind the header.
    let whole = read.iter().rposition(|&byte| byte == b'\n').and_then(|at| read.get(..=at)).unwrap_or(&read);
    let text = encoding::decode(whole, schema.format.encoding, &bound.name)?;
    let usual = if bound.form == Form::Tsv { b'\t' } else { b',' };
    let mut records = Records::new(&text, schema.format.delimiter.unwrap_or(usual), schema.format.header);
    match records.read() {
        Some(Ok(record)) => Ok(record.iter().map(str::to_owned).collect()),
        _ => Err(Diagnostic::error(
            Code::EmptyFile,
            DataPlace::file(&bound.name),
            "the file has no header that can be read",
        )),
    }
}
