//! The errors of data that both evaluators find, in the same words: each gives a group, for counting, and a diagnostic.

use std::sync::Arc;

use crate::builtin::Fault;
use crate::diag::nearest::suggest;
use crate::diag::{Code, DataPlace, Diagnostic};
use crate::plan::{CellCheck, Check, Dim, Index, Input, Otherwise, Scale, Step};
use crate::source::Span;
use crate::value::column::Table;
use crate::value::{Type, Value};

/// A group and what is said of its first member.
pub type Found = (String, Diagnostic);

/// The place of a row, or of one of its columns.
pub fn place(input: &Input, table: &Table, row: usize, column: Option<usize>) -> DataPlace {
    let line = table.lines.get(row).copied().unwrap_or(0);
    match column.and_then(|at| input.schema.columns.get(at).map(|spec| (at, spec))) {
        Some((at, spec)) => DataPlace::field(&table.file, line, table.fields.get(at).copied().flatten(), &spec.name),
        None => DataPlace::line(&table.file, line),
    }
}

fn quoted(value: &Value, ty: &Type) -> String {
    if value.is_known() { format!("`{}`", value.format(ty)) } else { "no value".to_owned() }
}

/// A word or number that a scale doesn't list.
pub fn not_on_scale(scale: &Scale, value: &Value, ty: &Type, at: DataPlace) -> Found {
    let shown = value.format(ty);
    let message = format!("`{shown}` is not on scale `{}`", scale.name);
    let help = match suggest(&shown, "its words", scale.words.iter().map(|(word, _)| &**word)) {
        Some(help) if scale.ranges.is_empty() => {
            format!("{help} Else add the word to the scale, or `otherwise` points")
        }
        _ => "add a range for it to the scale, or `otherwise` points".to_owned(),
    };
    debug_assert!(matches!(scale.otherwise, Otherwise::Error));
    let diagnostic =
        Diagnostic::error(Code::NotOnScale, at, message).label("this one").also(scale.span, "the scale").help(help);
    (format!("{}\u{0}{shown}", scale.name), diagnostic)
}

/// A word or number that a scale doesn't list, for this cell of an index.
pub fn cell_not_on_scale(scale: &Scale, value: &Value, ty: &Type, index: &Index, dims: &[Value], expr: Span) -> Found {
    let message = format!("{}: `{}` is not on scale `{}`", cell_name(index, dims), value.format(ty), scale.name);
    let diagnostic = Diagnostic::error(Code::NotOnScale, expr, message)
        .also(scale.span, "the scale")
        .help("add it to the scale, or `otherwise` points");
    (format!("{}\u{0}{}", scale.name, cell_name(index, dims)), diagnostic)
}

/// A function without a result for this row or cell.
pub fn fault(fault: Fault, expr: Span, at: DataPlace) -> Found {
    let (code, message, help) = words(fault);
    let diagnostic = Diagnostic::error(code, at, message).also(expr, "here").help(help);
    (format!("{expr:?}"), diagnostic)
}

/// A function, or an aggregation, without a result for this cell of an index.
pub fn cell_fault(fault: Fault, index: &Index, dims: &[Value], expr: Span) -> Found {
    let (code, message, help) = words(fault);
    let message = format!("{}: {message}", cell_name(index, dims));
    (format!("{}\u{0}{message}", index.name), Diagnostic::error(code, expr, message).help(help))
}

fn words(fault: Fault) -> (Code, &'static str, &'static str) {
    match fault {
        Fault::Overflow => {
            (Code::Overflow, "the result has more than 38 digits", "round an operand first, with `round to N`")
        }
        Fault::NotFinite => (
            Code::NotFinite,
            "the result is not a finite number",
            "leave such rows out (`keep x > 0`), or say what stands for them with `case`",
        ),
    }
}

/// An index and the values of its dimensions: `contacts (2008, Cuba)`.
pub fn cell_name(index: &Index, dims: &[Value]) -> String {
    let name = index.name.split('#').next().unwrap_or(&index.name);
    if dims.is_empty() { format!("index `{name}`") } else { format!("index `{name}` at {}", key(&index.dims, dims)) }
}

/// The values of dimensions: `year 2008, partner Cuba`.
pub fn key(dims: &[Dim], values: &[Value]) -> String {
    let parts: Vec<String> =
        dims.iter().zip(values).map(|(dim, value)| format!("{} {}", dim.name, quoted(value, &dim.ty.base))).collect();
    parts.join(", ")
}

/// A unit that lost every row to a `keep` of rows. `last` is the place of one of its rows, the first in the file.
pub fn empty_unit(step: &Step, unit: &[(Value, Type)], at: DataPlace) -> Found {
    let shown: Vec<String> = unit.iter().map(|(value, ty)| quoted(value, ty)).collect();
    let diagnostic =
        Diagnostic::error(Code::EmptyUnit, at, format!("no row of unit {} is left to absorb", shown.join(", ")))
            .label("its rows were all dropped before")
            .also(step.span, "absorbed here")
            .help("say what happens to such a unit: `empty drop` leaves it out, `empty 0` gives it no points");
    (step.label.to_string(), diagnostic)
}

/// A let, a period or the value of a tie that differs in two rows of a unit. The first place is that of the earlier
/// row.
pub fn values_differ(step: &Step, what: &str, ty: &Type, rows: [(Value, DataPlace); 2]) -> Found {
    let [(a, at_a), (b, at_b)] = rows;
    let message = format!("{what} is {} in one row of a unit and {} in another", quoted(&a, ty), quoted(&b, ty));
    let diagnostic = Diagnostic::error(Code::ValuesDiffer, at_a, message)
        .label("one row")
        .also(at_b, "another row of the same unit")
        .also(step.span, "absorbed here")
        .help("what is used after `absorb` must be the same in all rows of a unit: absorb `per` it as well, or mend the data");
    (format!("{}\u{0}{what}", step.label), diagnostic)
}

/// An interval whose end lies before its beginning.
pub fn backward_interval(step: &Step, from: i32, end: i32, at: DataPlace) -> Found {
    let day = crate::value::calendar::format_day;
    let message = format!("the interval ends on {}, before it begins on {}", day(end), day(from));
    let diagnostic = Diagnostic::error(Code::BackwardInterval, at, message)
        .also(step.span, "for this step")
        .help("mend the dates, or drop such rows before this step");
    (step.label.to_string(), diagnostic)
}

/// Two values in a cell of `only`.
pub fn several_values(index: &Index, dims: &[Value], expr: Span) -> Found {
    let message = format!("{} has more than one value", cell_name(index, dims));
    let diagnostic = Diagnostic::error(Code::SeveralValues, expr, message)
        .help("`only` takes the one value of a cell: add a dimension, or use `sum`, `mean`, `min` or `max`");
    (index.name.to_string(), diagnostic)
}

/// A check that doesn't hold for a row or a unit; shows the columns and slots that it uses.
pub fn check_failed(check: &Check, shown: &[(Arc<str>, Value, Type)], at: DataPlace) -> Found {
    let values: Vec<String> = shown.iter().map(|(name, value, ty)| format!("{name} {}", quoted(value, ty))).collect();
    let message = if values.is_empty() {
        format!("check failed: {}", check.message)
    } else {
        format!("check failed: {}: {}", check.message, values.join(", "))
    };
    let diagnostic = Diagnostic { severity: check.severity, ..Diagnostic::error(Code::CheckFailed, at, message) }
        .also(check.span, "this must hold");
    // Each row is a finding of its own: none is grouped away.
    (String::new(), diagnostic)
}

/// A check that doesn't hold for a cell; shows the values of the indices that it uses.
pub fn cell_check_failed(
    check: &CellCheck,
    dims: &[Dim],
    cell: &[Value],
    shown: &[(Arc<str>, Value, Type)],
) -> Diagnostic {
    let at = if dims.is_empty() { String::new() } else { format!(": at {}", key(dims, cell)) };
    let values: Vec<String> = shown.iter().map(|(name, value, ty)| format!("{name} {}", quoted(value, ty))).collect();
    let values = if values.is_empty() { String::new() } else { format!(": {}", values.join(", ")) };
    let message = format!("check failed: {}{at}{values}", check.message);
    Diagnostic { severity: check.severity, ..Diagnostic::error(Code::CheckFailed, check.span, message) }
}
