//! The cell that `--at` names: `year=2008,partner="Guinea, Equatorial"` as values of the dimensions' types.

use std::sync::Arc;

use crate::cli::Exit;
use crate::cli::args::explain::ExplainArgs;
use crate::cli::session::{Session, Step};
use crate::compile::Compiled;
use crate::data::parse::{Cell, FieldParser};
use crate::diag::nearest::suggest;
use crate::diag::{Code, Diagnostic};
use crate::eval::{IndexCells, faults};
use crate::plan::{Dim, Index};
use crate::source::Span;
use crate::value::schema::{ColumnSpec, Format, Place};
use crate::value::{Type, Value};

/// No more cells are listed than this.
const LISTED: usize = 5;

/// A name and a value as they are written, with their places.
struct Written {
    name: (String, Span),
    value: (String, Span),
}

/// The dimensions of the cell asked for, in the order of the index. None where a row is asked about and no cell.
pub fn parse(session: &mut Session, compiled: &Compiled, at: usize, args: &ExplainArgs) -> Step<Option<Vec<Value>>> {
    let Some(index) = compiled.plan.indices.get(at) else { return Ok(None) };
    if args.at.is_empty() && args.why_not.is_some() {
        return Ok(None);
    }
    let mut written = Vec::new();
    for text in &args.at {
        let span = session.argument("--at", text);
        match split(text, span) {
            Ok(parts) => written.extend(parts),
            Err(error) => session.problems.push(error.help(form(index, &args.at))),
        }
    }
    check_names(session, index, &written);
    let mut values = Vec::new();
    for dim in &index.dims {
        let Some(found) = written.iter().find(|one| one.name.0 == *dim.name) else { continue };
        match value(dim, &found.value.0, found.value.1) {
            Ok(value) => values.push(value),
            Err(error) => session.problems.push(*error),
        }
    }
    if session.problems.has_errors() {
        return Err(Exit::Failed);
    }
    let missing: Vec<&Dim> =
        index.dims.iter().filter(|dim| !written.iter().any(|one| one.name.0 == *dim.name)).collect();
    if missing.is_empty() {
        return Ok(Some(values));
    }
    let names = |dims: &[&Dim]| dims.iter().map(|dim| format!("`{}`", dim.name)).collect::<Vec<_>>().join(", ");
    let message = format!("a cell of `{}` needs a value of {}", index.name, names(&missing));
    let span = session.argument("--at", &args.at.join(","));
    session.fail(Diagnostic::error(Code::Usage, span, message).help(form(index, &[])))
}

/// How a cell of an index is named, with the values that were written without the names of their dimensions.
fn form(index: &Index, written: &[String]) -> String {
    match example(index, written) {
        Some(example) => format!("write `{example}`"),
        None => "it has no dimensions, and so one cell only: leave `--at` out".to_owned(),
    }
}

/// `--at year=2008,partner=…`; none for an index without dimensions.
pub fn example(index: &Index, written: &[String]) -> Option<String> {
    let values: Vec<&str> = written.iter().flat_map(|text| text.split(',')).map(str::trim).collect();
    // A value can be taken for that of a dimension where there are as many as dimensions, none with a name.
    let bare = values.len() == index.dims.len() && values.iter().all(|value| !value.contains(['=', '"', '\'', ' ']));
    let named = |name: &str| {
        let parts = values.iter().filter_map(|part| part.split_once('='));
        parts.into_iter().find(|(written, _)| written.trim() == name).map(|(_, value)| value.trim())
    };
    let value = |at: usize, name: &str| if bare { values.get(at).copied() } else { named(name) };
    let shown = |(at, dim): (usize, &Dim)| {
        let value = value(at, &dim.name).filter(|value| !value.is_empty());
        format!("{}={}", dim.name, value.unwrap_or("…"))
    };
    let all: Vec<String> = index.dims.iter().enumerate().map(shown).collect();
    (!all.is_empty()).then(|| format!("--at {}", all.join(",")))
}

/// Parts `name=value,name="value"`.
fn split(text: &str, span: Span) -> Result<Vec<Written>, Box<Diagnostic>> {
    let place = |start: usize, end: usize| Span::new(span.file, start, end);
    let wrong =
        |start: usize, end: usize, message: &str| Box::new(Diagnostic::error(Code::Usage, place(start, end), message));
    let mut parts = Vec::new();
    let mut start = 0;
    loop {
        let rest = text.get(start..).unwrap_or("");
        let Some(equals) = rest.find('=') else {
            return Err(wrong(start, text.len(), "expected a name, `=` and a value"));
        };
        let (name, behind) = (rest.get(..equals).unwrap_or(""), start + equals + 1);
        let behind = behind + blanks(text, behind);
        let (value, end) = one_value(text, behind).ok_or_else(|| wrong(behind, text.len(), "the quote has no end"))?;
        let trimmed = start + name.len() - name.trim_start().len();
        parts.push(Written {
            name: (name.trim().to_owned(), place(trimmed, start + name.trim_end().len())),
            value: (value, place(behind, end)),
        });
        let end = end + blanks(text, end);
        match text.get(end..).unwrap_or("").chars().next() {
            None => return Ok(parts),
            Some(',') => start = end + 1,
            Some(_) => return Err(wrong(end, text.len(), "expected a comma behind the quote")),
        }
    }
}

/// How many blanks stand at a place.
fn blanks(text: &str, at: usize) -> usize {
    text.get(at..).map_or(0, |rest| rest.len() - rest.trim_start().len())
}

/// A value, quoted or up to the next comma without blanks around it, and where it ends. None where a quote has no end.
fn one_value(text: &str, start: usize) -> Option<(String, usize)> {
    let rest = text.get(start..)?;
    let Some(quoted) = rest.strip_prefix('"') else {
        let value = rest.split(',').next().unwrap_or("").trim_end();
        return Some((value.to_owned(), start + value.len()));
    };
    let (mut value, mut escaped) = (String::new(), false);
    for (at, c) in quoted.char_indices() {
        match c {
            '"' if !escaped => return Some((value, start + 1 + at + 1)),
            '\\' if !escaped => escaped = true,
            c => {
                value.push(c);
                escaped = false;
            }
        }
    }
    None
}

/// Each name must be a dimension, and stand once.
fn check_names(session: &mut Session, index: &Index, written: &[Written]) {
    let names = || index.dims.iter().map(|dim| &*dim.name);
    for (at, Written { name: (name, span), .. }) in written.iter().enumerate() {
        if !names().any(|dim| dim == name) {
            let mut error =
                Diagnostic::error(Code::Usage, *span, format!("`{}` has no dimension `{name}`", index.name));
            error.help = match index.dims.is_empty() {
                true => Some("it has no dimensions, and so one cell only: leave `--at` out".to_owned()),
                false => suggest(name, "its dimensions are", names()),
            };
            session.problems.push(error);
        } else if written.iter().take(at).any(|earlier| earlier.name.0 == *name) {
            session.problems.push(Diagnostic::error(Code::Usage, *span, format!("`{name}` stands twice")));
        }
    }
}

/// The value of a dimension.
fn value(dim: &Dim, text: &str, span: Span) -> Result<Value, Box<Diagnostic>> {
    if let Type::Real = dim.ty.base {
        let real = text.parse().ok().filter(|real: &f64| real.is_finite()).map(Value::Real);
        return real
            .ok_or_else(|| Box::new(Diagnostic::error(Code::WrongType, span, format!("`{text}` isn't a number"))));
    }
    let spec = ColumnSpec {
        name: Arc::clone(&dim.name),
        ty: dim.ty.clone(),
        place: Place::Cell,
        clean: false,
        dates: Vec::new(),
        missing: Vec::new(),
        span,
    };
    let format = Format::default();
    let mut parser = FieldParser::new(&spec, &format).map_err(Box::new)?;
    let cell = parser.parse(text).map_err(|fault| {
        let help = match &dim.ty.base {
            Type::Category(_) => fault.help.clone(),
            other => Some(format!("`{}` is {}: {}", dim.name, other.described(), form_of(other))),
        };
        Box::new(Diagnostic { help, ..Diagnostic::error(Code::WrongType, span, fault.message.clone()) })
    })?;
    let periods = matches!(dim.ty.base, Type::Period(_));
    Ok(match cell {
        Cell::Missing => Value::Missing,
        Cell::Number(units) => Value::Number(units),
        Cell::Code(code) => {
            parser.dict().get(code as usize).map_or(Value::Missing, |text| Value::Text(Arc::clone(text)))
        }
        Cell::Flag(flag) => Value::Flag(flag),
        Cell::Day(day) if periods => Value::Period(day),
        Cell::Day(day) => Value::Date(day),
        Cell::Partial(first, last) => Value::Partial(first, last),
    })
}

fn form_of(ty: &Type) -> &'static str {
    use crate::value::Period::{Month, Quarter, Week};
    match ty {
        Type::Number(_) | Type::Real => "write it in digits",
        Type::Flag => "write `yes` or `no`",
        Type::Date | Type::Partial(_) => "write it as `2008-03-01`",
        Type::Period(Quarter) => "write it as `2008-Q1`",
        Type::Period(Month) => "write it as `2008-03`",
        Type::Period(Week) => "write its Monday, as `2008-03-03`",
        Type::Period(_) => "write it as `2008`",
        Type::Text | Type::Category(_) => "write it as it stands in the data, without blanks around it",
    }
}

/// The index must have the cell.
pub fn check_cell(
    session: &mut Session,
    compiled: &Compiled,
    cells: &IndexCells,
    at: &[Value],
    written: &[String],
) -> Step<()> {
    let Some(index) = compiled.plan.indices.get(cells.index) else { return Ok(()) };
    if cells.cells.iter().any(|(dims, _)| dims == at) {
        return Ok(());
    }
    let span = session.argument("--at", &written.join(","));
    let error = Diagnostic::error(
        Code::Usage,
        span,
        format!("`{}` has no cell at {}", index.name, faults::key(&index.dims, at)),
    );
    session.fail(Diagnostic { help: Some(nearest_cells(index, cells, at)), ..error })
}

/// What to write instead: values near a value that no cell has, or else cells that share the most with the one asked for.
fn nearest_cells(index: &Index, cells: &IndexCells, at: &[Value]) -> String {
    if cells.cells.is_empty() {
        return "the index has no cells at all".to_owned();
    }
    for (place, (dim, value)) in index.dims.iter().zip(at).enumerate() {
        let mut values: Vec<&Value> = cells.cells.iter().filter_map(|(dims, _)| dims.get(place)).collect();
        values.sort_unstable();
        values.dedup();
        if values.contains(&value) {
            continue;
        }
        let shown = |value: &&Value| if value.is_known() { value.format(&dim.ty.base) } else { "nothing".to_owned() };
        if dim.ty.base.is_text() {
            let names: Vec<String> = values.iter().map(shown).collect();
            let text = value.format(&dim.ty.base);
            let what = format!("the values of `{}` are", dim.name);
            return suggest(&text, &what, names.iter().map(String::as_str)).unwrap_or_default();
        }
        let next = values.partition_point(|known| *known < value);
        let from = next.saturating_sub(LISTED / 2 + 1);
        let near: Vec<String> =
            values.iter().skip(from).take(LISTED + 1).map(|value| format!("`{}`", shown(value))).collect();
        return format!("the nearest values of `{}` are: {}", dim.name, near.join(", "));
    }
    let alike = |dims: &[Value]| dims.iter().zip(at).filter(|(a, b)| a == b).count();
    let mut near: Vec<&Vec<Value>> = cells.cells.iter().map(|(dims, _)| dims).collect();
    near.sort_by_key(|dims| std::cmp::Reverse(alike(dims)));
    let near: Vec<String> = near.iter().take(LISTED).map(|dims| faults::key(&index.dims, dims)).collect();
    format!("each value occurs, but not together; cells near it: {}", near.join("; "))
}
