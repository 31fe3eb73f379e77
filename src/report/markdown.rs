//! The results as Markdown tables.

use std::io::{self, Write};

use super::Results;
use super::groups::groups;
use super::layout::{Align, Sheet};
use super::table::sheet;
use super::visible::visible;

/// Writes a Markdown table for each group of indices with equal dimensions, with a blank line between two.
pub fn write(results: &Results<'_>, out: &mut dyn Write) -> io::Result<()> {
    for (at, group) in groups(results).iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        let mut sheet = sheet(group);
        if sheet.heads.is_empty() {
            // A Markdown table can't be without heads.
            sheet.heads = vec!["index".to_owned(), "value".to_owned()];
        }
        write_sheet(&sheet, out)?;
    }
    Ok(())
}

/// Writes one table; it must have heads.
pub(super) fn write_sheet(sheet: &Sheet, out: &mut dyn Write) -> io::Result<()> {
    let line = |fields: &[String]| {
        let fields: Vec<String> = fields.iter().map(|field| escape(field)).collect();
        format!("| {} |", fields.join(" | "))
    };
    let rule: Vec<&str> = sheet.aligns.iter().map(|align| if *align == Align::Left { ":--" } else { "--:" }).collect();
    writeln!(out, "{}", line(&sheet.heads))?;
    writeln!(out, "| {} |", rule.join(" | "))?;
    sheet.rows.iter().try_for_each(|row| writeln!(out, "{}", line(row)))
}

/// The text with a backslash before what Markdown would take for markup.
pub fn escape(field: &str) -> String {
    let mut escaped = String::with_capacity(field.len());
    for c in visible(field).chars() {
        if matches!(c, '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '&' | '~' | '$') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
