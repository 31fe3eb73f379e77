//! Where settings of parameters are written: in an option of the command line, or in a line of a file.

use std::sync::Arc;

use super::session::Session;
use crate::compile::Setting;
use crate::diag::{DataPlace, Place};
use crate::source::Span;

/// Where settings are written.
#[derive(Debug, Clone, Copy)]
pub enum Origin<'o> {
    /// An option that is given once for each: `--set name=value`.
    Option(&'o str),
    /// A line of a file that has a column for each.
    Line {
        /// The file as the user named it.
        file: &'o Arc<str>,
        /// The physical line.
        line: u32,
        /// The names of its columns.
        names: &'o [Arc<str>],
    },
}

/// Which part of a setting is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Name and value.
    Whole,
    /// The name.
    Name,
    /// The value.
    Value,
}

impl Origin<'_> {
    /// The place of a part of a setting; in a line of a file each part is the field.
    pub fn place(&self, session: &mut Session, setting: &Setting, part: Part) -> Place {
        match self {
            Self::Option(option) => {
                let span = session.argument(option, &format!("{}={}", setting.name, setting.value));
                let length = |bytes: usize| u32::try_from(bytes).unwrap_or(span.end).min(span.end);
                let span = match part {
                    Part::Whole => span,
                    Part::Name => Span { end: length(setting.name.len()), ..span },
                    Part::Value => Span { start: length(setting.name.len() + 1), ..span },
                };
                span.into()
            }
            Self::Line { file, line, names } => {
                let field = names.iter().position(|name| *name == setting.name);
                DataPlace::field(file, *line, field, &setting.name).into()
            }
        }
    }

    /// What to write instead, as it is said of an option: in a file the name stands above the value.
    pub fn help(&self, help: &str, setting: &Setting) -> String {
        match self {
            Self::Option(_) => help.to_owned(),
            Self::Line { .. } => help.replace(&format!("say {}=", setting.name), "say "),
        }
    }
}
