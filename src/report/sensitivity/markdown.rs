//! A sensitivity analysis as Markdown.

use std::io::{self, Write};

use super::Sensitivity;
use super::sheets::{blocks, head};
use crate::report::markdown::{escape, write_sheet};

/// Writes paragraphs and tables.
pub fn write(found: &Sensitivity, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", escape(&head(found)))?;
    for block in blocks(found) {
        writeln!(out)?;
        for line in &block.lines {
            writeln!(out, "{}", escape(line))?;
        }
        if let Some(sheet) = &block.sheet {
            if !block.lines.is_empty() {
                writeln!(out)?;
            }
            write_sheet(sheet, out)?;
        }
    }
    Ok(())
}
