//! The errors of data that both evaluators find, in the same words: each gives a group, for counting, and a diagnostic.

use std::sync::Arc;

use crate::builtin::Fault;
use crate::diag::nearest::nearest;
use crate::diag::{Code, DataPlace, Diagnostic, Place};
use crate::plan::{CellCheck, Check, Dim, Expr, ExprKind, Index, Input, Otherwise, Scale, Step};
use crate::source::Span;
use crate::value::column::Table;
use crate::value::{Type, Value};

/// A group and what is said of its first member.
pub type Found = (String, Diagnostic);

/// The place of a row, or of one of its columns.
pub fn place(input: &Input, table: &Table, row: usize, column: Option<usize>) -> DataPlace {
    let line = table.line(row);
    let file = table.file_of(line);
    match column.and_then(|at| input.schema.columns.get(at).map(|spec| (at, spec))) {
        Some((at, spec)) => DataPlace::field(file, line.line, table.field_of(at, line), &spec.name),
        None => DataPlace::line(file, line.line),
    }
}

/// The one column that an expression uses; `None` where it uses several, or something else that varies.
pub fn only_column(expr: &Expr) -> Option<usize> {
    let (mut columns, mut others) = (Vec::new(), false);
    expr.walk(&mut |part| match part.kind {
        ExprKind::Column(at) if !columns.contains(&at) => columns.push(at),
        ExprKind::Slot(_) | ExprKind::Value | ExprKind::Dim(_) | ExprKind::Operand(_) => others = true,
        _ => {}
    });
    if let ([column], false) = (columns.as_slice(), others) { Some(*column) } else { None }
}

/// What a check shows: the columns, the slots and the value that its condition uses, in the order of their first use.
pub fn shown(check: &Check) -> Vec<&Expr> {
    let mut found = Vec::new();
    collect_shown(&check.holds, &mut found);
    found
}

fn collect_shown<'e>(expr: &'e Expr, found: &mut Vec<&'e Expr>) {
    let same = |known: &&Expr| match (&known.kind, &expr.kind) {
        (ExprKind::Column(a), ExprKind::Column(b)) | (ExprKind::Slot(a), ExprKind::Slot(b)) => a == b,
        (ExprKind::Value, ExprKind::Value) => true,
        _ => false,
    };
    match &expr.kind {
        _ if found.iter().any(same) => {}
        ExprKind::Column(_) | ExprKind::Slot(_) | ExprKind::Value => found.push(expr),
        ExprKind::Call(_, args) => args.iter().for_each(|arg| collect_shown(arg, found)),
        ExprKind::Case { arms, otherwise } => {
            for (condition, value) in arms {
                collect_shown(condition, found);
                collect_shown(value, found);
            }
            otherwise.iter().for_each(|value| collect_shown(value, found));
        }
        ExprKind::Scale { arg, .. } => collect_shown(arg, found),
        ExprKind::Lookup { keys, day, .. } => {
            keys.iter().for_each(|key| collect_shown(key, found));
            day.iter().for_each(|day| collect_shown(day, found));
        }
        _ => {}
    }
}

fn quoted(value: &Value, ty: &Type) -> String {
    if value.is_known() { format!("`{}`", value.format(ty)) } else { "no value".to_owned() }
}

/// A word or number that a scale doesn't list. `at` is the field of the one column that makes it, the row where
/// several do, and the expression for a cell.
pub fn not_on_scale(scale: &Scale, value: &Value, ty: &Type, at: impl Into<Place>) -> Found {
    let shown = value.format(ty);
    let message = format!("`{shown}` is not on scale `{}`", scale.name);
    let words = scale.words.iter().map(|(word, _)| &**word);
    let help = match nearest(&shown, words) {
        Some(near) => format!("did you mean `{near}`? If not, add the word to the scale, or `otherwise` points"),
        None if scale.ranges.is_empty() => {
            "add the word to the scale, or say what all others get: `1 otherwise`".to_owned()
        }
        None => "add a range for it to the scale, or say what all others get: `1 otherwise`".to_owned(),
    };
    debug_assert!(matches!(scale.otherwise, Otherwise::Error));
    let diagnostic =
        Diagnostic::error(Code::NotOnScale, at, message).label("this one").also(scale.span, "the scale").help(help);
    // Each word is a slip of its own; a number that lies outside the ranges is like any other.
    let group = if scale.ranges.is_empty() { format!("{}\u{0}{shown}", scale.name) } else { scale.name.to_string() };
    (group, diagnostic)
}

/// A function without a result for this row or cell.
pub fn fault(fault: Fault, expr: Span, at: impl Into<Place>) -> Found {
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
        Fault::NegativeWeight => (
            Code::NegativeWeight,
            "this weight is below 0",
            "see to it that weights aren't negative, or choose 0 with `case`",
        ),
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

/// A check that doesn't hold for a cell; `shown` has the name, value and type of the indices that it uses.
pub fn cell_check_failed(
    check: &CellCheck,
    index: &Index,
    dims: &[Value],
    shown: &[(Arc<str>, Value, Type)],
) -> Diagnostic {
    let mut message = format!("check failed: {}", check.message);
    if !dims.is_empty() {
        message.push_str(&format!(": at {}", key(&index.dims, dims)));
    }
    let values: Vec<String> = shown.iter().map(|(name, value, ty)| format!("{name} {}", quoted(value, ty))).collect();
    if !values.is_empty() {
        message.push_str(&format!(": {}", values.join(", ")));
    }
    Diagnostic { severity: check.severity, ..Diagnostic::error(Code::CheckFailed, check.span, message) }
}

/// The most periods that the intervals of an `every` may meet.
pub const MAX_PERIODS: u64 = 100_000_000;

/// An `every` that makes more rows than there is room for.
pub fn too_many_periods(step: &Step) -> Diagnostic {
    Diagnostic::error(Code::TooManyRows, step.span, "the intervals of this step cover more than 100,000,000 periods")
        .help("use a longer period, or drop rows before this step")
}

/// The most cells of an index.
pub const MAX_CELLS: usize = 20_000_000;

/// An index whose `in` makes more cells than there is room for: the tuples seen over the dimensions without `in`,
/// crossed with the values of the others.
pub fn too_many_cells(index: &Index, seen: usize, domains: impl Iterator<Item = usize>) -> Option<Diagnostic> {
    let cells = domains.fold(seen, usize::saturating_mul);
    let message = format!("{} would have more than {MAX_CELLS} cells", cell_name(index, &[]));
    let found = Diagnostic::error(Code::TooLarge, index.span, message);
    (cells > MAX_CELLS).then(|| found.help("leave `in` out of a dimension: then only the values that occur have cells"))
}
