//! JSON lines: an object on each line, whose members are the columns.
//!
//! Input: a decoded text. Output: rows, each value read as the same text in a CSV file is; numbers as they are written.

mod members;

use std::borrow::Cow;
use std::ops::Range;

use self::members::{Broken, Members};
use super::layout::Layout;
use super::parse::{Cell, Fault, FieldParser};
use super::table::{Reporter, Rows, too_many_rows};
use crate::diag::{Code, DataPlace, Diagnostic, Problems, nearest};
use crate::value::Type;
use crate::value::schema::{Place, Schema};

/// An object is shown so.
const EXAMPLE: &str = "each line holds one object: `{\"id\": \"a\", \"n\": 2.5}`";

/// Adds the objects of a text to the rows. `None` where they can't be those of the input.
pub fn records(
    rows: &mut Rows<'_>,
    schema: &Schema,
    text: &str,
    report: &Reporter<'_>,
    problems: &mut Problems,
) -> Option<Layout> {
    let members = named(schema, problems)?;
    check_there(&members, schema, text, report, problems)?;
    let (before, mut cells) = (rows.account.read, Vec::new());
    for (line, object) in lines(text) {
        rows.account.read += 1;
        let mut found = vec![None; members.len()];
        if let Err(broken) = members.find(object, &mut found) {
            broken_line(&broken, object, line, report, problems);
            rows.reject(line);
            continue;
        }
        cells.clear();
        for (parser, member) in rows.parsers.iter_mut().zip(members.of_columns()) {
            let raw = found.get(member).copied().flatten();
            let parsed = match raw {
                Some(raw) => cell(parser, raw),
                None => parser.missing(),
            };
            match parsed {
                Ok(cell) => cells.push(cell),
                Err(fault) => {
                    let column = &parser.spec().name;
                    let place = DataPlace::field(report.file, line, None, &members.name(member).into());
                    let excerpt = report.excerpt(range_in(text, raw.unwrap_or(object)));
                    report.fault(*fault, DataPlace { excerpt, ..place }, column, problems);
                }
            }
        }
        if cells.len() < schema.columns.len() {
            rows.reject(line);
        } else if !rows.push_cells(line, &cells) {
            problems.push(too_many_rows(report.file, line));
            return None;
        }
    }
    if rows.account.read == before {
        let message = format!("the file of input `{}` has no rows", schema.name);
        let warning = Diagnostic::warning(Code::EmptyFile, DataPlace::file(report.file), message);
        problems.push(warning.help("it counts as empty; is it the right file?"));
    }
    Some(Layout::default())
}

/// The lines that aren't blank, with their numbers.
fn lines(text: &str) -> impl Iterator<Item = (u32, &str)> {
    let numbered = (1..).zip(text.split('\n'));
    numbered.map(|(line, text)| (line, text.trim_matches([' ', '\t', '\r']))).filter(|(_, text)| !text.is_empty())
}

/// The members that columns are declared to have; `None` where a column can't be one.
fn named<'s>(schema: &'s Schema, problems: &mut Problems) -> Option<Members<'s>> {
    let mut names = Vec::new();
    let mut unnamed = |span, message: &str, help: &str| {
        problems.push(Diagnostic::error(Code::MissingColumn, span, message).help(help));
    };
    for spec in &schema.columns {
        match &spec.place {
            Place::Header(name) => names.push(&**name),
            Place::Position(_) => {
                let message = "the members of JSON lines have names, and no positions";
                unnamed(spec.span, message, "name the member: `from \"…\"`");
            }
            Place::Part(_) | Place::Cell => {}
        }
    }
    if let Some(unpivot) = &schema.unpivot {
        unnamed(unpivot.span, "JSON lines are not unpivoted by this version", "save the table as CSV");
    }
    (names.len() == schema.columns.len() && schema.unpivot.is_none()).then(|| Members::new(&names))
}

/// Looks whether each member stands in an object at least: else its name may be misspelt.
fn check_there(
    members: &Members<'_>,
    schema: &Schema,
    text: &str,
    report: &Reporter<'_>,
    problems: &mut Problems,
) -> Option<()> {
    let mut seen = vec![None; members.len()];
    let mut any = false;
    for (_, object) in lines(text) {
        any = true;
        // What is wrong with an object is said when it is read.
        let _ = members.look(object, &mut seen);
        if seen.iter().all(Option::is_some) {
            return Some(());
        }
    }
    let mut fine = true;
    let absent = schema.columns.iter().zip(members.of_columns()).filter(|(_, at)| seen.get(*at) == Some(&None));
    for (spec, at) in absent.filter(|_| any) {
        let name = members.name(at);
        let message = format!("no object of `{}` has a member `{name}`", report.file);
        let found = if spec.ty.optional {
            Diagnostic::warning(Code::MissingColumn, spec.span, message)
        } else {
            fine = false;
            Diagnostic::error(Code::MissingColumn, spec.span, message)
        };
        let others = members::names(lines(text).map(|(_, object)| object));
        let help = match nearest::nearest(name, others.iter().map(String::as_str)) {
            Some(near) => Some(format!("the nearest member is `{near}`: write `from \"{near}\"` if it is meant")),
            None => nearest::suggest(name, "the members are", others.iter().map(String::as_str)),
        };
        problems.push(Diagnostic { help, ..found });
    }
    fine.then_some(())
}

/// Parses the value of a member as it is written.
fn cell(parser: &mut FieldParser<'_>, raw: &str) -> Result<Cell, Box<Fault>> {
    match raw.as_bytes().first() {
        Some(b'"') => {
            let text = unquoted(raw)?;
            if text.contains('\u{feff}') {
                let help = "remove it: it can't be seen and would make two equal texts differ";
                return Err(fault(Code::ByteOrderMark, "a byte order mark inside the text", help));
            }
            parser.parse(&text)
        }
        Some(b'n') => parser.missing(),
        Some(b't' | b'f') if parser.spec().ty.base == Type::Flag => Ok(Cell::Flag(raw == "true")),
        Some(b'{' | b'[') => {
            let what = if raw.starts_with('[') { "a list" } else { "an object" };
            let help = "write what is in it as members of their own";
            Err(fault(Code::BadJson, &format!("a column has one value, and this is {what}"), help))
        }
        _ => parser.parse(raw),
    }
}

fn unquoted(raw: &str) -> Result<Cow<'_, str>, Box<Fault>> {
    let plain = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|inner| !inner.contains('\\'));
    match plain {
        Some(inner) => Ok(inner.into()),
        None => serde_json::from_str::<String>(raw).map(Cow::Owned).map_err(|error| {
            let message = format!("the text isn't written as JSON: {}", members::words(&error));
            fault(Code::BadJson, &message, "write the character itself, or another escape")
        }),
    }
}

fn fault(code: Code, message: &str, help: &str) -> Box<Fault> {
    let group = message.to_owned().into();
    Box::new(Fault { code, group, message: message.to_owned(), help: Some(help.to_owned()), places: None })
}

/// Reports a line that isn't an object.
fn broken_line(broken: &Broken, object: &str, line: u32, report: &Reporter<'_>, problems: &mut Problems) {
    let (message, help) = match &broken.repeated {
        Some(name) => (format!("the member `{name}` stands twice"), "remove one of the two"),
        None => (format!("the line isn't a JSON object: {}", broken.words), EXAMPLE),
    };
    let whole = range_in(report.text, object);
    let at = if broken.repeated.is_some() { whole } else { spot(report.text, whole, broken.at) };
    let place = DataPlace { excerpt: report.excerpt(at), ..report.line(line) };
    let group = format!("{}\0json\0{message}", report.of_all);
    problems.push_grouped(&group, Diagnostic::error(Code::BadJson, place, message).help(help));
}

/// The character at which a line isn't as it should be.
fn spot(text: &str, whole: Range<usize>, at: usize) -> Range<usize> {
    let near = (whole.start + at.saturating_sub(1)).min(whole.end);
    let start = (0..=near).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let length = text.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    start..(start + length).min(whole.end)
}

/// Where a part of a text stands in it.
fn range_in(text: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr().addr().saturating_sub(text.as_ptr().addr()).min(text.len());
    start..(start + part.len()).min(text.len())
}
