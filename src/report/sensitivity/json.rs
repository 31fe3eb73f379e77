//! A sensitivity analysis as one JSON object: all that was found, every pair of cells too.

use std::io::{self, Write};

use super::Sensitivity;

/// Writes the object.
pub fn write(found: &Sensitivity, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, found)?;
    writeln!(out)
}
