//! Files into columns: opens them, decodes them, splits them into records, parses the fields and checks the keys.
//!
//! Input: a [`Source`] and the [`Schema`](crate::value::schema::Schema) of an input. Output: a
//! [`Table`](crate::value::column::Table), and problems that name file, line and column.

pub mod bind;
pub mod bytes;
pub mod encoding;
pub mod excerpt;
pub mod given;
pub mod header;
pub mod keys;
pub mod parquet;
pub mod parse;
pub mod pieces;
pub mod plain;
pub mod progress;
pub mod quick;
pub mod records;
pub mod spill;
pub mod table;

mod broken;
mod build;
mod json;
mod layout;
#[cfg(test)]
mod testing;

use std::sync::Arc;

pub use bind::{Bound, CommandLine, Own, bind, no_input_left, under_root};
pub use excerpt::excerpts;
pub use given::read_fields;
pub use plain::{Plain, read_plain};
pub use table::{MAX_ROWS, joint_name, read, read_among, read_files};

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// Fields with commas between them, unless the scheme names another sign.
    #[default]
    Csv,
    /// Fields with tabs between them.
    Tsv,
    /// A JSON object on each line.
    JsonLines,
}

impl Form {
    /// The form that the name of a file stands for, packed or not.
    pub fn of_name(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
        match name.rsplit('.').next() {
            Some("tsv") => Self::Tsv,
            Some("jsonl" | "ndjson") => Self::JsonLines,
            _ => Self::Csv,
        }
    }

    /// The byte between fields, where the scheme names none.
    pub fn delimiter(self) -> u8 {
        if self == Self::Tsv { b'\t' } else { b',' }
    }
}

/// A file that has been read and unpacked, and is not decoded yet.
#[derive(Debug, Clone)]
pub struct Source {
    /// The file as it is shown to the user.
    pub name: Arc<str>,
    /// How it is written.
    pub form: Form,
    /// Its bytes, unpacked.
    pub bytes: Vec<u8>,
}

impl Source {
    /// Bytes under a name, which says how they are written.
    pub fn new(name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), form: Form::of_name(name), bytes: bytes.into() }
    }

    /// The byte between fields, where the scheme names none.
    pub fn delimiter(&self) -> u8 {
        self.form.delimiter()
    }
}
