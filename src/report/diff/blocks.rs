//! Headings, words and tables one below another, as text, Markdown or HTML. Escapes whatever it is given.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::super::html::{escape, page};
use super::super::layout::{Align, Sheet, text as sheet_text};
use super::super::markdown;
use super::super::visible::visible;

/// A part of a report.
#[derive(Debug, Clone)]
pub enum Block {
    /// A heading.
    Heading(String),
    /// A sentence.
    Words(String),
    /// Differences between schemes: for a terminal, words and a list below them; for pages, a table.
    Differences(Vec<(String, Sheet)>, Sheet),
    /// A table; without heads it is a list of names and what belongs to them.
    Sheet(Sheet),
}

/// Writes for a terminal, with a blank line between two parts, but for a heading and what stands below it.
pub fn text(blocks: &[Block], out: &mut dyn Write) -> io::Result<()> {
    let mut close = true;
    for block in blocks {
        if !close {
            writeln!(out)?;
        }
        match block {
            Block::Heading(words) | Block::Words(words) => writeln!(out, "{}", visible(words))?,
            Block::Sheet(sheet) => out.write_all(sheet_text(sheet).as_bytes())?,
            Block::Differences(listed, _) => {
                for (words, sheet) in listed {
                    writeln!(out, "{}", visible(words))?;
                    out.write_all(sheet_text(sheet).as_bytes())?;
                }
            }
        }
        close = matches!(block, Block::Heading(_));
    }
    Ok(())
}

/// Writes Markdown.
pub fn markdown(blocks: &[Block], out: &mut dyn Write) -> io::Result<()> {
    for (at, block) in blocks.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        match block {
            Block::Heading(words) => writeln!(out, "## {}", markdown::escape(words))?,
            Block::Words(words) => writeln!(out, "{}", markdown::escape(words))?,
            Block::Sheet(sheet) if sheet.heads.is_empty() => {
                // A Markdown table can't be without heads.
                let heads = vec![String::new(); sheet.aligns.len()];
                markdown::write_sheet(&Sheet { heads, ..sheet.clone() }, out)?;
            }
            Block::Sheet(sheet) | Block::Differences(_, sheet) => markdown::write_sheet(sheet, out)?,
        }
    }
    Ok(())
}

/// A whole page of HTML.
pub fn html(title: &str, blocks: &[Block]) -> String {
    let table = |sheet: &Sheet, _: &str| {
        let mut table = String::new();
        // Writing to a string can't fail.
        let _ = write_sheet(sheet, &mut table);
        table
    };
    page(title, &format!("<h1>{}</h1>\n{}", escape(title), html_parts(blocks, 2, &table)))
}

/// The parts of a page of HTML, with headings of some level and tables as they are given for a sheet below a heading.
pub fn html_parts(blocks: &[Block], level: u8, table: &dyn Fn(&Sheet, &str) -> String) -> String {
    let (mut body, mut below) = (String::new(), "");
    for block in blocks {
        match block {
            Block::Heading(words) => {
                below = words;
                body.push_str(&format!("<h{level}>{}</h{level}>\n", escape(words)));
            }
            Block::Words(words) => body.push_str(&format!("<p>{}</p>\n", escape(words))),
            Block::Sheet(sheet) | Block::Differences(_, sheet) => body.push_str(&table(sheet, below)),
        }
    }
    body
}

fn write_sheet(sheet: &Sheet, body: &mut String) -> std::fmt::Result {
    writeln!(body, "<table>")?;
    if !sheet.heads.is_empty() {
        writeln!(body, "<thead>{}</thead>", line(&sheet.heads, &sheet.aligns, "th"))?;
    }
    writeln!(body, "<tbody>")?;
    for row in &sheet.rows {
        writeln!(body, "{}", line(row, &sheet.aligns, "td"))?;
    }
    writeln!(body, "</tbody>\n</table>")
}

fn line(fields: &[String], aligns: &[Align], tag: &str) -> String {
    let mut line = "<tr>".to_owned();
    for (field, align) in fields.iter().zip(aligns) {
        let class = if *align == Align::Point { " class=\"number\"" } else { "" };
        // Writing to a string can't fail.
        let _ = write!(line, "<{tag}{class}>{}</{tag}>", escape(field));
    }
    line + "</tr>"
}
