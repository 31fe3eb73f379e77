//! Reads a stream of Arrow whose columns are all texts. Input: the bytes of one batch as Spark sends it, the columns'
//! description first. Output: its rows, added to [`Rows`].

use super::super::Rows;
use super::flat::{Table, Vector};

/// Messages of a stream, by their number.
const SCHEMA: u8 = 1;
const RECORDS: u8 = 3;

/// Types, by their number.
const NULL: u8 = 1;
const UTF8: u8 = 5;
const LARGE_UTF8: u8 = 20;

/// The most rows of a batch that holds NULL alone.
const MAX_NULLS: usize = 1 << 20;

const CUT: &str = "an Arrow batch is cut off or broken";

/// How a column's texts are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// All cells are NULL.
    Null,
    /// The ends of texts have four bytes.
    Short,
    /// The ends of texts have eight bytes.
    Long,
}

/// One column of a batch.
struct Column<'b> {
    layout: Layout,
    /// A bit for each row; all hold a text if it is empty.
    present: &'b [u8],
    ends: &'b [u8],
    texts: &'b [u8],
}

/// Adds the rows of a stream, and says how many they are. The first stream gives the names.
pub fn add(stream: &[u8], rows: &mut Option<Rows>) -> Result<u64, String> {
    let mut layouts: Option<Vec<Layout>> = None;
    let mut rest = stream;
    let mut count = 0;
    while let Some(message) = message(&mut rest)? {
        match message.head.byte(1).ok_or(CUT)? {
            SCHEMA => {
                let (names, read) = schema(&message.head)?;
                if rows.get_or_insert_with(|| Rows::new(names.clone())).names() != names {
                    return Err("two Arrow batches have different columns".to_owned());
                }
                layouts = Some(read);
            }
            RECORDS => {
                let layouts = layouts.as_ref().ok_or("an Arrow batch comes before its columns are described")?;
                let rows = rows.as_mut().ok_or(CUT)?;
                count += records(&message, layouts, rows)?;
            }
            other => return Err(format!("an Arrow message of kind {other} was not expected")),
        }
    }
    Ok(count)
}

/// A message of a stream: its description and its body.
struct Message<'b> {
    head: Table<'b>,
    body: &'b [u8],
}

fn message<'b>(rest: &mut &'b [u8]) -> Result<Option<Message<'b>>, String> {
    let mut length = number(rest)?;
    // Since version 0.15 a mark stands before the length.
    if length == Some(u32::MAX) {
        length = number(rest)?;
    }
    let Some(length) = length.filter(|length| *length != 0) else { return Ok(None) };
    let head = split(rest, u64::from(length)).and_then(Table::root).ok_or(CUT)?;
    let body = head.long(3).and_then(|length| u64::try_from(length).ok()).and_then(|length| split(rest, length));
    Ok(Some(Message { head, body: body.ok_or(CUT)? }))
}

fn number(rest: &mut &[u8]) -> Result<Option<u32>, String> {
    if rest.is_empty() {
        return Ok(None);
    }
    let bytes = split(rest, 4).and_then(|bytes| bytes.try_into().ok()).ok_or(CUT)?;
    Ok(Some(u32::from_le_bytes(bytes)))
}

fn split<'b>(rest: &mut &'b [u8], length: u64) -> Option<&'b [u8]> {
    let (head, tail) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = tail;
    Some(head)
}

/// The columns' names and layouts.
fn schema(head: &Table<'_>) -> Result<(Vec<String>, Vec<Layout>), String> {
    let schema = head.table(2).ok_or(CUT)?;
    if schema.short(0) != Some(0) {
        return Err("an Arrow batch has its numbers the other way round".to_owned());
    }
    let fields = schema.vector(1).ok_or(CUT)?;
    let (mut names, mut layouts) = (Vec::new(), Vec::new());
    for index in 0..fields.len() {
        let field = fields.table(index).ok_or(CUT)?;
        let name = field.text(0).ok_or(CUT)?;
        let coded = field.has(4).ok_or(CUT)?;
        layouts.push(match field.byte(2).ok_or(CUT)? {
            NULL => Layout::Null,
            UTF8 if !coded => Layout::Short,
            LARGE_UTF8 if !coded => Layout::Long,
            _ => return Err(format!("the column `{name}` is not a text")),
        });
        names.push(name.to_owned());
    }
    Ok((names, layouts))
}

/// Adds the rows of a batch.
fn records(message: &Message<'_>, layouts: &[Layout], rows: &mut Rows) -> Result<u64, String> {
    let records = message.head.table(2).ok_or(CUT)?;
    if records.has(3).ok_or(CUT)? {
        let setting = "spark.sql.execution.arrow.compression.codec";
        return Err(format!("its batches are compressed: set `{setting}` to `none` on the server"));
    }
    let length = records.long(0).and_then(|length| usize::try_from(length).ok()).ok_or(CUT)?;
    let buffers = records.vector(2).ok_or(CUT)?;
    let mut next = 0;
    let mut columns = Vec::with_capacity(layouts.len());
    for layout in layouts {
        columns.push(column(*layout, message.body, buffers, &mut next).ok_or(CUT)?);
    }
    // Columns of NULL alone hold nothing that a false length would run out of.
    if columns.is_empty() || length > message.body.len().saturating_mul(8).max(MAX_NULLS) {
        return Err(CUT.to_owned());
    }
    for row in 0..length {
        for column in &columns {
            rows.push(column.cell(row).ok_or(CUT)?);
        }
    }
    u64::try_from(length).map_err(|_| CUT.to_owned())
}

fn column<'b>(layout: Layout, body: &'b [u8], buffers: Vector<'b>, next: &mut usize) -> Option<Column<'b>> {
    let mut buffer = || {
        let (start, length) = buffers.pair(*next)?;
        *next += 1;
        let start = usize::try_from(start).ok()?;
        body.get(start..start.checked_add(usize::try_from(length).ok()?)?)
    };
    match layout {
        Layout::Null => Some(Column { layout, present: &[], ends: &[], texts: &[] }),
        _ => Some(Column { layout, present: buffer()?, ends: buffer()?, texts: buffer()? }),
    }
}

impl<'b> Column<'b> {
    /// A cell; `None` outside where the batch is broken.
    fn cell(&self, row: usize) -> Option<Option<&'b str>> {
        if self.layout == Layout::Null {
            return Some(None);
        }
        if !self.present.is_empty() && self.present.get(row / 8)? >> (row % 8) & 1 == 0 {
            return Some(None);
        }
        let text = self.texts.get(self.end(row)?..self.end(row.checked_add(1)?)?)?;
        std::str::from_utf8(text).ok().map(Some)
    }

    /// Where the texts before a row end.
    fn end(&self, row: usize) -> Option<usize> {
        if self.layout == Layout::Short {
            let start = row.checked_mul(4)?;
            let bytes = self.ends.get(start..start.checked_add(4)?)?.try_into().ok()?;
            return usize::try_from(i32::from_le_bytes(bytes)).ok();
        }
        let start = row.checked_mul(8)?;
        let bytes = self.ends.get(start..start.checked_add(8)?)?.try_into().ok()?;
        usize::try_from(i64::from_le_bytes(bytes)).ok()
    }
}
