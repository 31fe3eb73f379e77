//! Columns of text side by side, for a terminal.

use unicode_width::UnicodeWidthStr;

use super::visible::visible;
use crate::plan::Best;

/// On which side a column's fields are flush.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers: decimal points stand below one another.
    Point,
}

/// A table: a head and an alignment for each column, and rows of as many fields.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// The heads; empty for a table without heads.
    pub heads: Vec<String>,
    /// The alignments.
    pub aligns: Vec<Align>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

/// The table with a line below the heads and two blanks between columns; each line ends with a line break, none with
/// a blank. Characters that don't show are written out.
pub fn text(sheet: &Sheet) -> String {
    let mut columns: Vec<Vec<String>> = Vec::new();
    for (at, align) in sheet.aligns.iter().enumerate() {
        let fields =
            sheet.rows.iter().map(|row| row.get(at).map_or(String::new(), |field| visible(field).into_owned()));
        columns.push(column(sheet.heads.get(at).map(|head| visible(head)), fields.collect(), *align));
    }
    let lines = columns.first().map_or(0, Vec::len);
    let mut text = String::new();
    for line in 0..lines {
        let fields: Vec<&str> = columns.iter().filter_map(|column| column.get(line)).map(String::as_str).collect();
        text.push_str(fields.join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// The lines of one column, all of the same width.
fn column(head: Option<impl AsRef<str>>, mut fields: Vec<String>, align: Align) -> Vec<String> {
    if align == Align::Point {
        to_one_point(&mut fields);
    }
    let head = head.as_ref().map(AsRef::as_ref);
    let width = fields.iter().map(|field| field.width()).chain(head.map(UnicodeWidthStr::width)).max().unwrap_or(0);
    let pad = |field: &str| {
        let blanks = " ".repeat(width.saturating_sub(field.width()));
        if align == Align::Left { format!("{field}{blanks}") } else { format!("{blanks}{field}") }
    };
    let above = head.map(|head| [pad(head), "-".repeat(width)]);
    above.into_iter().flatten().chain(fields.iter().map(|field| pad(field))).collect()
}

/// Adds blanks behind numbers so that, flush right, their points stand below one another.
fn to_one_point(fields: &mut [String]) {
    let behind = |field: &str| field.find('.').map_or(0, |at| field.len() - at);
    let most = fields.iter().map(|field| behind(field)).max().unwrap_or(0);
    for field in fields {
        let missing = most - behind(field);
        field.push_str(&" ".repeat(missing));
    }
}

/// How ranks count, in words, where it isn't among all cells with the highest value first.
pub fn ranks_count(within: &[String], best: Best) -> Option<String> {
    let within = (!within.is_empty()).then(|| format!("within each {}", within.join(" and ")));
    match (within, best.is_lowest()) {
        (None, false) => None,
        (Some(within), false) => Some(within),
        (None, true) => Some("with the lowest value first".to_owned()),
        (Some(within), true) => Some(format!("{within}, with the lowest value first")),
    }
}
