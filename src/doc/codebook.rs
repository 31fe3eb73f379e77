//! The inputs: a codebook of the columns, how the file is written, and what is said of its rows.

use std::sync::Arc;

use super::claims::listed;
use super::page::{Block, Line, enumerate};
use super::words::quoted;
use super::{Subject, codes, doc, doc_paragraph, heading};
use crate::syntax::ast;
use crate::types::tree::Input;
use crate::value::schema::{ColumnSpec, Edge, Encoding, Format, Place, Schema, Unique, Unpivot};
use crate::value::{Precision, Ty, Type};

/// The part on data.
pub(super) fn blocks(subject: Subject<'_>) -> Vec<Block> {
    let inputs: Vec<_> = subject.scheme.inputs.iter().zip(&subject.typed.inputs).collect();
    if inputs.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![heading(2, "data", Line::of("Data"))];
    for ((docs, tree), typed) in inputs {
        blocks.extend(input(subject, docs, tree, typed));
    }
    blocks
}

/// An input as a heading, a codebook and what is said of its rows.
pub(super) fn input(subject: Subject<'_>, docs: &[Arc<str>], tree: &ast::Input, typed: &Input) -> Vec<Block> {
    let schema = &typed.schema;
    let name = schema.name.to_string();
    let mut blocks = vec![heading(3, format!("input-{name}"), Line::of("Table ").name(name))];
    blocks.extend(doc_paragraph(docs));
    let written = file(schema);
    if !written.is_empty() {
        blocks.push(Block::Paragraph(written));
    }
    let heads = ["Column", "A value is", "In the file", "What it is"].map(str::to_owned).to_vec();
    let rows = schema.columns.iter().map(|spec| column(subject, spec, tree)).collect();
    blocks.push(without_empty(heads, rows));
    let mut said: Vec<Line> = schema.unpivot.iter().map(|unpivot| unpivoted(unpivot, schema)).collect();
    for unit in &schema.units {
        let line = Line::of("All rows with the same ").line(columns(schema, &unit.key)).text(" have the same ");
        let line = line.line(columns(schema, &unit.has)).text("; rows that differ are an error.");
        said.push(subject.marked(line, unit.span));
    }
    said.extend(schema.unique.iter().map(|unique| subject.marked(key(unique, schema), unique.span)));
    said.extend(
        typed.checks.iter().zip(&tree.checks).map(|(_, tree)| subject.marked(listed(subject.rows(), tree), tree.span)),
    );
    if !said.is_empty() {
        blocks.push(Block::List(said));
    }
    blocks
}

/// A table without the columns in which nothing stands.
fn without_empty(heads: Vec<String>, rows: Vec<Vec<Line>>) -> Block {
    let used = |at: usize| rows.iter().any(|row| row.get(at).is_some_and(|cell| !cell.is_empty()));
    let kept: Vec<bool> = (0..heads.len()).map(used).collect();
    let keep = |at: &usize| kept.get(*at).copied().unwrap_or(true);
    let heads = heads.into_iter().enumerate().filter(|(at, _)| keep(at)).map(|(_, head)| head).collect();
    let cells = |row: Vec<Line>| row.into_iter().enumerate().filter(|(at, _)| keep(at)).map(|(_, cell)| cell).collect();
    Block::Table { heads, rows: rows.into_iter().map(cells).collect() }
}

fn columns(schema: &Schema, at: &[usize]) -> Line {
    codes(at.iter().filter_map(|&at| schema.columns.get(at)).map(|column| &column.name))
}

fn column(subject: Subject<'_>, spec: &ColumnSpec, tree: &ast::Input) -> Vec<Line> {
    let cell = tree.unpivot.as_ref().map(|unpivot| &unpivot.node.cell);
    let declared = tree.columns.iter().chain(cell).find(|column| column.name.node == spec.name);
    vec![
        Line::new().code(spec.name.to_string()),
        described(&spec.ty),
        place(spec),
        subject.marked(declared.and_then(|column| doc(&column.doc)).unwrap_or_default(), spec.span),
    ]
}

/// A type in words.
fn described(ty: &Ty) -> Line {
    let line = match &ty.base {
        Type::Number(0) => Line::of("a whole number"),
        Type::Number(1) => Line::of("a number with at most 1 decimal place"),
        Type::Number(places) => Line::of(format!("a number with at most {places} decimal places")),
        Type::Real => Line::of("a real number"),
        Type::Text => Line::of("a text"),
        Type::Category(words) => {
            Line::of("one of ").line(enumerate(words.iter().map(|word| Line::of(quoted(word))).collect(), "and"))
        }
        Type::Flag => Line::of("yes or no"),
        Type::Date => Line::of("a day"),
        Type::Partial(Precision::Month) => Line::of("a day, or a month if the day isn't known"),
        Type::Partial(Precision::Year) => Line::of("a day, or a month or a year if no more is known"),
        Type::Period(period) => Line::of(format!("a {}", period.word())),
    };
    if ty.optional { line.text("; may be missing") } else { line }
}

/// Where a column is found, and how it is written there; nothing if that goes without saying.
fn place(spec: &ColumnSpec) -> Line {
    let plain = spec.dates.is_empty() && spec.missing.is_empty() && !spec.clean;
    let line = match &spec.place {
        Place::Header(header) if *header == spec.name && plain => Line::new(),
        Place::Header(header) => Line::of("column ").code(header.to_string()),
        Place::Position(at) => Line::of(format!("field {at}")),
        Place::Part(_) => Line::of("a part of the header"),
        Place::Cell => Line::of("the field itself"),
    };
    let line = if spec.dates.is_empty() { line } else { line.text(", written as ").line(texts(&spec.dates, "or")) };
    let line = if spec.missing.is_empty() {
        line
    } else {
        line.text("; missing is written ").line(texts(&spec.missing, "or"))
    };
    if spec.clean { line.text("; outer blanks are removed, accents brought to one form (NFC)") } else { line }
}

fn texts(list: &[Arc<str>], last: &str) -> Line {
    enumerate(list.iter().map(|text| Line::new().code(text.to_string())).collect(), last)
}

/// The file and what is unusual about it.
fn file(schema: &Schema) -> Line {
    let format = &schema.format;
    let usual = Format::default();
    let line = match &schema.file {
        Some(file) => Line::of("File: ").code(file.to_string()).text(". "),
        None => Line::new(),
    };
    let mut said: Vec<Line> = Vec::new();
    if let Some(delimiter) = format.delimiter {
        let sign =
            if delimiter == b'\t' { Line::of("tabs") } else { Line::new().code(char::from(delimiter).to_string()) };
        said.push(Line::of("Fields are parted by ").line(sign));
    }
    match format.encoding {
        Encoding::Utf8 => {}
        Encoding::Utf16 => said.push(Line::of("The encoding is UTF-16")),
        Encoding::Latin1 => said.push(Line::of("The encoding is ISO 8859-1 (Latin 1)")),
    }
    if !format.header {
        said.push(Line::of("There is no line of column names"));
    }
    if format.decimal_comma {
        said.push(Line::of("Numbers have a decimal comma"));
    }
    if let Some(sign) = format.thousands {
        said.push(Line::of("Groups of three digits are parted by ").code(sign.to_string()));
    }
    if format.exponents {
        said.push(Line::of("Numbers may have an exponent, as in 1.5E+03"));
    }
    if !format.missing.is_empty() {
        said.push(Line::of("A missing value is empty or written ").line(texts(&format.missing, "or")));
    }
    if format.yes != usual.yes {
        said.push(Line::of("Yes is written ").line(texts(&format.yes, "or")));
    }
    if format.no != usual.no {
        said.push(Line::of("No is written ").line(texts(&format.no, "or")));
    }
    if !format.dates.is_empty() {
        said.push(Line::of("Dates are written as ").line(texts(&format.dates, "or")));
    }
    if let Some(first) = format.century {
        said.push(Line::of(format!("Years of two digits lie from {first} to {}", first + 99)));
    }
    said.into_iter().fold(line, |all, line| all.line(line).text(". "))
}

/// `unique` and `distinct`.
fn key(unique: &Unique, schema: &Schema) -> Line {
    let key = columns(schema, &unique.key);
    if unique.drop_repeats {
        let line = Line::of("Rows that repeat the same ").line(key);
        return line.text(" count once; repeats must agree in all columns of this table, else they are an error.");
    }
    let Some(interval) = &unique.interval else {
        return Line::of("No two rows have the same ").line(key).text("; a repeat is an error.");
    };
    let edge = |(at, edge): (usize, Edge)| {
        let partial = schema.columns.get(at).is_some_and(|column| matches!(column.ty.base, Type::Partial(_)));
        let word = match edge {
            _ if !partial => "",
            Edge::Earliest => "the earliest day of ",
            Edge::Latest => "the latest day of ",
        };
        Line::of(word).line(columns(schema, &[at]))
    };
    let line = Line::of("A row holds from ").line(edge(interval.from)).text(" to ").line(edge(interval.end));
    let line = line.text(if interval.inclusive { " (that day included)" } else { " (that day not included)" });
    let open = schema.columns.get(interval.end.0).is_some_and(|column| column.ty.optional);
    let line = line.text(if open { ", and without an end for ever" } else { "" });
    let line = line.text(". On no day may two rows with the same ").line(key);
    line.text(" hold: that is an error.")
}

/// `unpivot`: columns made into rows.
fn unpivoted(unpivot: &Unpivot, schema: &Schema) -> Line {
    let headers = unpivot.headers.iter().map(|(before, behind)| {
        let star = behind.as_ref().map(|behind| format!("*{behind}")).unwrap_or_default();
        Line::new().code(format!("{before}{star}"))
    });
    let line = Line::of("In the file, the columns ").line(enumerate(headers.collect(), "and"));
    let line = line.text(" stand side by side (* stands for any text). Here each of their fields is a row of its own");
    let parts: Vec<Line> = schema
        .columns
        .iter()
        .filter(|column| matches!(column.place, Place::Part(_)))
        .map(|column| Line::new().code(column.name.to_string()))
        .collect();
    let several = parts.len() > 1;
    let line = line.text(": the header gives ").line(enumerate(parts, "and"));
    let line = match unpivot.separators.as_slice() {
        separators if several && !separators.is_empty() => {
            line.text(", split from its end at ").line(texts(separators, "then"))
        }
        _ => line,
    };
    line.text(".")
}
