//! A problem as a JSON object on one line; `docs/cli.md` documents it, and it stays as it is.

use serde::Serialize;

use super::excerpt::boundary;
use crate::diag::{DataPlace, Diagnostic, Label, Place, Severity};
use crate::report::visible::is_hidden;
use crate::source::{Sources, Span};

/// So many bytes of a place's text are given at most.
const LONGEST_TEXT: usize = 2000;

#[derive(Serialize)]
struct Problem<'a> {
    code: &'a str,
    severity: Severity,
    message: &'a str,
    help: Option<&'a str>,
    count: u64,
    places: Vec<Shown>,
    examples: Vec<Shown>,
}

#[derive(Serialize, Default)]
struct Shown {
    file: String,
    /// From 1; none for a whole file.
    line: Option<usize>,
    /// In characters, from 1.
    column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
    /// The name of the column of data.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
}

/// The object, without a line break.
pub fn line(diagnostic: &Diagnostic, sources: &Sources) -> serde_json::Result<String> {
    let examples = diagnostic.examples.iter().filter(|_| diagnostic.count > 1);
    let json = serde_json::to_string(&Problem {
        code: diagnostic.code.as_str(),
        severity: diagnostic.severity,
        message: &diagnostic.message,
        help: diagnostic.help.as_deref(),
        count: diagnostic.count,
        places: diagnostic.labels.iter().map(|label| labelled(label, sources)).collect(),
        examples: examples.map(in_data).collect(),
    })?;
    Ok(escaped(&json))
}

/// The same JSON with what a terminal would hide or obey escaped: such characters only stand inside its texts.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if is_hidden(c) {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| text.push_str(&format!("\\u{unit:04x}")));
        } else {
            text.push(c);
        }
    }
    text
}

fn labelled(label: &Label, sources: &Sources) -> Shown {
    let shown = match &label.place {
        Place::Text(span) => in_text(*span, sources),
        Place::Data(place) => in_data(place),
    };
    Shown { label: Some(label.text.clone()), ..shown }
}

fn in_text(span: Span, sources: &Sources) -> Shown {
    let Some(file) = sources.get(span.file) else { return Shown::default() };
    let (line, column) = file.line_column(span.start);
    let (end_line, end_column) = file.line_column(span.end.max(span.start));
    Shown {
        file: file.name.to_string(),
        line: Some(line),
        column: Some(column),
        end_line: Some(end_line),
        end_column: Some(end_column),
        text: Some(beginning(file.slice(span)).to_owned()),
        ..Shown::default()
    }
}

fn in_data(place: &DataPlace) -> Shown {
    let excerpt = place.excerpt.as_ref();
    let part = |from: u32, to: u32| excerpt.and_then(|(line, ..)| line.get(from as usize..to as usize));
    let text = excerpt.and_then(|&(_, from, to)| part(from, to));
    Shown {
        file: place.file.to_string(),
        line: (place.line > 0).then_some(place.line as usize),
        column: excerpt.and_then(|&(_, from, _)| Some(part(0, from)?.chars().count() + 1)),
        end_column: excerpt.and_then(|&(_, _, to)| Some(part(0, to)?.chars().count() + 1)),
        field: place.column.as_ref().map(ToString::to_string),
        text: text.map(|text| beginning(text).to_owned()),
        ..Shown::default()
    }
}

fn beginning(text: &str) -> &str {
    text.get(..boundary(text, LONGEST_TEXT)).unwrap_or(text)
}
