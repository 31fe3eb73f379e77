//! A sensitivity analysis as tables for people.

use std::io::{self, Write};

use super::Sensitivity;
use super::sheets::{blocks, head};
use crate::report::layout::text;
use crate::report::visible::visible;

/// Writes the tables, with a blank line between two.
pub fn write(found: &Sensitivity, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", visible(&head(found)))?;
    for block in blocks(found) {
        writeln!(out)?;
        for line in &block.lines {
            writeln!(out, "{}", visible(line))?;
        }
        if let Some(sheet) = &block.sheet {
            out.write_all(text(sheet).as_bytes())?;
        }
    }
    Ok(())
}
