//! Writes a table as Parquet: one group of rows, plain and unpacked, which every reader knows.
//!
//! Input: columns of equal length. Output: the file. The layout is that of the format's own description (Apache Parquet
//! 2.10); texts are UTF-8, all columns may have missing values.

use std::io::{self, Write};

use super::thrift::kind;

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its values.
    pub values: Values,
}

/// The values of a column, each of which may be missing.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Whole numbers.
    Integers(Vec<Option<i64>>),
    /// Reals.
    Reals(Vec<Option<f64>>),
    /// Texts.
    Texts(Vec<Option<String>>),
}

impl Values {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Integers(values) => values.len(),
            Self::Reals(values) => values.len(),
            Self::Texts(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A value in print; missing is empty.
    pub fn shown(&self, at: usize) -> String {
        let shown = match self {
            Self::Integers(values) => values.get(at).copied().flatten().map(|value| value.to_string()),
            Self::Reals(values) => values.get(at).copied().flatten().map(|value| value.to_string()),
            Self::Texts(values) => values.get(at).cloned().flatten(),
        };
        shown.unwrap_or_default()
    }

    /// The format's number of the type.
    fn ty(&self) -> i64 {
        match self {
            Self::Integers(_) => 2,
            Self::Reals(_) => 5,
            Self::Texts(_) => 6,
        }
    }

    fn is_there(&self, at: usize) -> bool {
        match self {
            Self::Integers(values) => values.get(at).is_some_and(Option::is_some),
            Self::Reals(values) => values.get(at).is_some_and(Option::is_some),
            Self::Texts(values) => values.get(at).is_some_and(Option::is_some),
        }
    }

    /// Adds the bytes of a value, if it is there.
    fn put(&self, at: usize, bytes: &mut Vec<u8>) {
        match self {
            Self::Integers(values) => {
                bytes.extend(values.get(at).copied().flatten().map(i64::to_le_bytes).into_iter().flatten());
            }
            Self::Reals(values) => {
                bytes.extend(values.get(at).copied().flatten().map(f64::to_le_bytes).into_iter().flatten());
            }
            Self::Texts(values) => {
                if let Some(text) = values.get(at).and_then(Option::as_ref) {
                    bytes.extend(length(text.len()).to_le_bytes());
                    bytes.extend(text.as_bytes());
                }
            }
        }
    }
}

/// So many rows are in a page at most.
const PAGE: usize = 65_536;

/// The signs at both ends of a file.
const MAGIC: &[u8] = b"PAR1";

/// Writes the columns as a file.
pub fn write(columns: &[Column], out: &mut dyn Write) -> io::Result<()> {
    let rows = columns.first().map_or(0, |column| column.values.len());
    out.write_all(MAGIC)?;
    let (mut offset, mut chunks) = (MAGIC.len() as u64, Vec::new());
    for column in columns {
        let start = offset;
        let mut first = 0;
        loop {
            let last = rows.min(first + PAGE);
            let page = page(&column.values, first..last);
            out.write_all(&page)?;
            offset += page.len() as u64;
            first = last;
            if first >= rows {
                break;
            }
        }
        chunks.push((column, start, offset - start));
    }
    let footer = footer(&chunks, rows);
    out.write_all(&footer)?;
    out.write_all(&length(footer.len()).to_le_bytes())?;
    out.write_all(MAGIC)
}

/// A length that fits the format. Pages and footers are far shorter than what doesn't.
fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// A page: its header, which values are there, and these.
fn page(values: &Values, rows: std::ops::Range<usize>) -> Vec<u8> {
    let count = rows.len();
    let mut levels = Vec::new();
    let mut run: (usize, bool) = (0, false);
    for at in rows.clone() {
        let there = values.is_there(at);
        if run.0 > 0 && run.1 != there {
            put_run(run, &mut levels);
            run.0 = 0;
        }
        run = (run.0 + 1, there);
    }
    put_run(run, &mut levels);
    let mut body = length(levels.len()).to_le_bytes().to_vec();
    body.extend(levels);
    rows.for_each(|at| values.put(at, &mut body));
    let mut header = Struct::default();
    header.int(1, 0);
    header.int(2, body.len() as i64);
    header.int(3, body.len() as i64);
    let mut data = Struct::default();
    data.int(1, count as i64);
    data.int(2, 0);
    data.int(3, 3);
    data.int(4, 3);
    header.inner(5, data);
    let mut page = header.end();
    page.extend(body);
    page
}

/// A run of equal levels of one bit.
fn put_run((count, there): (usize, bool), levels: &mut Vec<u8>) {
    if count > 0 {
        put_number((count as u64) << 1, levels);
        levels.push(u8::from(there));
    }
}

fn footer(chunks: &[(&Column, u64, u64)], rows: usize) -> Vec<u8> {
    let mut root = Struct::default();
    root.text(4, "schema");
    root.int(5, chunks.len() as i64);
    let mut schema = vec![root];
    let mut described = Vec::new();
    for (column, start, size) in chunks {
        let mut element = Struct::default();
        element.int(1, column.values.ty());
        element.int(3, 1);
        element.text(4, &column.name);
        if matches!(column.values, Values::Texts(_)) {
            element.int(6, 0);
        }
        schema.push(element);
        let mut about = Struct::default();
        about.int(1, column.values.ty());
        about.ints(2, &[0, 3]);
        about.texts(3, &[&column.name]);
        about.int(4, 0);
        about.long(5, rows as u64);
        about.long(6, *size);
        about.long(7, *size);
        about.long(9, *start);
        let mut chunk = Struct::default();
        chunk.long(2, *start);
        chunk.inner(3, about);
        described.push(chunk);
    }
    let mut group = Struct::default();
    group.list(1, described);
    group.long(2, chunks.iter().map(|(_, _, size)| size).sum());
    group.long(3, rows as u64);
    let mut file = Struct::default();
    file.int(1, 1);
    file.list(2, schema);
    file.long(3, rows as u64);
    file.list(4, vec![group]);
    file.text(6, concat!("rules version ", env!("CARGO_PKG_VERSION")));
    file.end()
}

/// A structure of Thrift's compact protocol on its way; fields are added in the order of their numbers.
#[derive(Debug, Default)]
struct Struct {
    bytes: Vec<u8>,
    last: u8,
}

impl Struct {
    fn field(&mut self, number: u8, kind: u8) {
        self.bytes.push(((number - self.last) << 4) | kind);
        self.last = number;
    }

    fn int(&mut self, number: u8, value: i64) {
        self.field(number, kind::I32);
        put_signed(value, &mut self.bytes);
    }

    fn long(&mut self, number: u8, value: u64) {
        self.field(number, kind::I64);
        put_signed(i64::try_from(value).unwrap_or(i64::MAX), &mut self.bytes);
    }

    fn text(&mut self, number: u8, text: &str) {
        self.field(number, kind::BINARY);
        put_text(text, &mut self.bytes);
    }

    fn inner(&mut self, number: u8, inner: Struct) {
        self.field(number, kind::STRUCT);
        self.bytes.extend(inner.end());
    }

    fn head(&mut self, number: u8, count: usize, of: u8) {
        self.field(number, kind::LIST);
        match u8::try_from(count) {
            Ok(count @ 0..=14) => self.bytes.push((count << 4) | of),
            _ => {
                self.bytes.push(0xf0 | of);
                put_number(count as u64, &mut self.bytes);
            }
        }
    }

    fn list(&mut self, number: u8, list: Vec<Struct>) {
        self.head(number, list.len(), kind::STRUCT);
        list.into_iter().for_each(|one| self.bytes.extend(one.end()));
    }

    fn ints(&mut self, number: u8, list: &[i64]) {
        self.head(number, list.len(), kind::I32);
        list.iter().for_each(|value| put_signed(*value, &mut self.bytes));
    }

    fn texts(&mut self, number: u8, list: &[&str]) {
        self.head(number, list.len(), kind::BINARY);
        list.iter().for_each(|text| put_text(text, &mut self.bytes));
    }

    fn end(mut self) -> Vec<u8> {
        self.bytes.push(0);
        self.bytes
    }
}

fn put_text(text: &str, bytes: &mut Vec<u8>) {
    put_number(text.len() as u64, bytes);
    bytes.extend(text.as_bytes());
}

fn put_signed(value: i64, bytes: &mut Vec<u8>) {
    put_number(((value << 1) ^ (value >> 63)).cast_unsigned(), bytes);
}

fn put_number(mut value: u64, bytes: &mut Vec<u8>) {
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::testing::{rows, schema};
    use crate::data::{Source, read};
    use crate::diag::Problems;

    /// A table with a missing value in each column, longer than a page.
    fn table(count: usize) -> Vec<Column> {
        let there = |at: usize| at % 3 != 1;
        let integers = (0..count).map(|at| there(at).then_some(at as i64 - 5)).collect();
        let texts = (0..count).map(|at| there(at).then(|| format!("ä {at}"))).collect();
        let reals = (0..count).map(|at| there(at).then(|| at as f64 / 4.0)).collect();
        vec![
            Column { name: "number".to_owned(), values: Values::Integers(integers) },
            Column { name: "text".to_owned(), values: Values::Texts(texts) },
            Column { name: "real".to_owned(), values: Values::Reals(reals) },
        ]
    }

    #[test]
    fn the_own_reader_reads_what_is_written() {
        for count in [0, 1, 7, PAGE + 2] {
            let mut bytes = Vec::new();
            write(&table(count), &mut bytes).unwrap();
            let source = Source::new("samples.parquet", bytes);
            let mut problems = Problems::new();
            let schema = schema(&[("number", "number0?"), ("text", "text?"), ("real", "number2?")]);
            let table = read(&source, &schema, &mut problems);
            assert!(!problems.has_errors(), "{:?}", problems.iter().next());
            assert_eq!(table.map(|table| table.rows), Some(count));
        }
        let mut bytes = Vec::new();
        write(&table(3), &mut bytes).unwrap();
        let mut problems = Problems::new();
        let schema = schema(&[("number", "number0?"), ("text", "text?"), ("real", "number2?")]);
        let table = read(&Source::new("samples.parquet", bytes), &schema, &mut problems).unwrap();
        assert_eq!(rows(&table, &schema), ["-5 ä 0 0", "· · ·", "-3 ä 2 0.5"]);
    }
}
