//! Checks what an input's rows must have in common and what they may not: units, unique and distinct keys, intervals.
//!
//! Rows are numbered by their key with one pass for each column of it; the intervals of a key are sorted.

mod intervals;

use std::collections::HashMap;

use super::build::retain;
use crate::diag::{Code, DataPlace, Diagnostic, Problems};
use crate::value::Value;
use crate::value::column::{Column, Data, Table};
use crate::value::schema::{Schema, Unique, Unit};

/// Checks the keys of a table and drops the repeats where the schema says so. Rows with an error stay; the account
/// counts the records of which no row stays as repeated.
pub fn check(table: &mut Table, schema: &Schema, problems: &mut Problems) {
    let records = distinct_lines(table);
    for unit in &schema.units {
        check_unit(table, schema, unit, problems);
    }
    for unique in &schema.unique {
        check_unique(table, schema, unique, problems);
    }
    let left = distinct_lines(table);
    table.account.repeated += records - left;
    table.account.kept = table.account.read - table.account.rejected - table.account.repeated;
}

/// A table as the checks see it.
#[derive(Clone, Copy)]
struct View<'t> {
    table: &'t Table,
    schema: &'t Schema,
}

impl View<'_> {
    /// The place of a value.
    fn place(&self, column: usize, row: usize) -> DataPlace {
        let line = self.table.line(row);
        let file = self.table.file_of(line);
        match self.schema.columns.get(column) {
            Some(spec) => DataPlace::field(file, line.line, self.table.field_of(column, line), &spec.name),
            None => DataPlace::line(file, line.line),
        }
    }

    /// A value in print; `nothing` where it is missing.
    fn show(&self, column: usize, row: usize) -> String {
        match (self.table.value(column, row), self.schema.columns.get(column)) {
            (Value::Missing, _) | (_, None) => "nothing".to_owned(),
            (value, Some(spec)) => format!("`{}`", value.format(&spec.ty.base)),
        }
    }

    fn name(&self, column: usize) -> &str {
        self.schema.columns.get(column).map_or("", |spec| &spec.name)
    }

    /// The key of a row in print: `id` `BY-2003-02`.
    fn show_key(&self, key: &[usize], row: usize) -> String {
        let parts = key.iter().map(|&column| format!("`{}` {}", self.name(column), self.show(column, row)));
        parts.collect::<Vec<_>>().join(", ")
    }

    /// The group under which the errors of one kind and column are counted.
    fn group(&self, what: &str, column: usize) -> String {
        format!("{}\0{}\0{what}\0{column}", self.table.file, self.schema.name)
    }

    /// Reports the rows whose key isn't complete.
    fn check_complete(&self, key: &[usize], problems: &mut Problems) {
        for &column in key {
            let Some(known) = self.table.columns.get(column).and_then(|column| column.known.as_ref()) else { continue };
            for (row, _) in known.iter().enumerate().filter(|&(_, &known)| !known) {
                let message = format!("`{}` is missing, and it is part of a key", self.name(column));
                let error = Diagnostic::error(Code::MissingValue, self.place(column, row), message);
                problems.push_grouped(&self.group("key", column), error.help("fill it in"));
            }
        }
    }
}

/// A value as two numbers: the same for the same values of one column, others for others.
fn code(column: &Column, row: usize) -> (i64, i64) {
    if !column.is_known(row) {
        return (i64::MIN, i64::MIN);
    }
    let found = match &column.data {
        Data::Small(v) => v.get(row).map(|&n| (n, 0)),
        Data::Wide(v) => v.get(row).map(|&n| ((n >> 64) as i64, n as i64)),
        Data::Real(v) => v.get(row).map(|&real| (real.to_bits().cast_signed(), 0)),
        Data::Text { codes, .. } => codes.get(row).map(|&code| (i64::from(code), 0)),
        Data::Flag(v) => v.get(row).map(|&flag| (i64::from(flag), 0)),
        Data::Day(v) => v.get(row).map(|&day| (i64::from(day), 0)),
        Data::Partial { first, last } => {
            first.get(row).zip(last.get(row)).map(|(&first, &last)| (i64::from(first), i64::from(last)))
        }
    };
    found.unwrap_or((i64::MIN, i64::MIN))
}

/// Numbers the rows by their key, in the order in which keys appear, and says with which row each begins.
fn number(table: &Table, key: &[usize]) -> (Vec<u32>, Vec<usize>) {
    let mut numbers = vec![0u32; table.rows];
    let mut firsts = if table.rows == 0 { Vec::new() } else { vec![0] };
    for column in key.iter().filter_map(|&column| table.columns.get(column)) {
        let mut known: HashMap<(u32, i64, i64), u32> = HashMap::new();
        firsts.clear();
        for (row, number) in numbers.iter_mut().enumerate() {
            let (a, b) = code(column, row);
            *number = *known.entry((*number, a, b)).or_insert_with(|| {
                firsts.push(row);
                u32::try_from(firsts.len() - 1).unwrap_or(u32::MAX)
            });
        }
    }
    (numbers, firsts)
}

/// Whether a row has all parts of a key. What lacks one has an error of its own, and is no unit with others like it.
fn is_whole(table: &Table, key: &[usize], row: usize) -> bool {
    key.iter().filter_map(|&column| table.columns.get(column)).all(|column| column.is_known(row))
}

fn first_of(firsts: &[usize], number: u32) -> usize {
    firsts.get(number as usize).copied().unwrap_or(0)
}

fn check_unit(table: &Table, schema: &Schema, unit: &Unit, problems: &mut Problems) {
    let view = View { table, schema };
    view.check_complete(&unit.key, problems);
    let (numbers, firsts) = number(table, &unit.key);
    for &column in &unit.has {
        let Some(values) = table.columns.get(column) else { continue };
        let mut reported = vec![false; firsts.len()];
        for (row, &number) in numbers.iter().enumerate() {
            let first = first_of(&firsts, number);
            if code(values, row) == code(values, first) || !is_whole(table, &unit.key, row) {
                continue;
            }
            // A unit is reported once for each column, with the first row that differs from its first.
            let Some(done) = reported.get_mut(number as usize).filter(|done| !**done) else { continue };
            *done = true;
            let key = view.show_key(&unit.key, row);
            let message = format!("`{}` differs within the unit {key}", view.name(column));
            let error = Diagnostic::error(Code::UnitDiffers, view.place(column, row), message)
                .label(format!("{} here", view.show(column, row)))
                .also(view.place(column, first), format!("{} here", view.show(column, first)))
                .also(unit.span, "")
                .help(format!("correct the data, or take `{}` out of what the unit has", view.name(column)));
            problems.push_grouped(&view.group("unit", column), error);
        }
    }
}

fn check_unique(table: &mut Table, schema: &Schema, unique: &Unique, problems: &mut Problems) {
    let view = View { table, schema };
    view.check_complete(&unique.key, problems);
    if unique.drop_repeats {
        // Rows of a dated key repeat one another only if they hold at the same time.
        let ends = unique.interval.iter().flat_map(|interval| [interval.from.0, interval.end.0]);
        let key: Vec<usize> = unique.key.iter().copied().chain(ends).collect();
        drop_repeats(table, schema, &key, unique, problems);
    }
    let view = View { table, schema };
    match &unique.interval {
        Some(interval) => intervals::check(view, unique, interval, problems),
        None if !unique.drop_repeats => report_repeats(view, unique, problems),
        None => {}
    }
}

fn report_repeats(view: View<'_>, unique: &Unique, problems: &mut Problems) {
    let (numbers, firsts) = number(view.table, &unique.key);
    let main = unique.key.first().copied().unwrap_or(usize::MAX);
    for (row, &number) in numbers.iter().enumerate() {
        let first = first_of(&firsts, number);
        if first == row || !is_whole(view.table, &unique.key, row) {
            continue;
        }
        let message = format!("{} stands twice", view.show_key(&unique.key, row));
        let error = Diagnostic::error(Code::RepeatedKey, view.place(main, row), message)
            .also(view.place(main, first), format!("the first, on line {}", view.table.line(first).line))
            .also(unique.span, "declared unique here")
            .help("remove one of the rows; if they say the same, `distinct` drops repeats");
        problems.push_grouped(&view.group("unique", main), error);
    }
}

/// Drops the rows whose key came before; their other columns must agree with the first.
fn drop_repeats(table: &mut Table, schema: &Schema, key: &[usize], unique: &Unique, problems: &mut Problems) {
    let (numbers, firsts) = number(table, key);
    if firsts.len() == table.rows {
        return;
    }
    let view = View { table, schema };
    let mut keep = vec![true; table.rows];
    let mut repeated = Vec::new();
    for ((row, &number), keep) in numbers.iter().enumerate().zip(&mut keep) {
        let first = first_of(&firsts, number);
        if first == row {
            continue;
        }
        *keep = false;
        repeated.push((table.line(row), table.line(first)));
        for (column, values) in table.columns.iter().enumerate() {
            if code(values, row) == code(values, first) || !is_whole(table, &unique.key, row) {
                continue;
            }
            let message = format!("{} stands twice, and `{}` differs", view.show_key(key, row), view.name(column));
            let error = Diagnostic::error(Code::RepeatDiffers, view.place(column, row), message)
                .label(format!("{} here", view.show(column, row)))
                .also(view.place(column, first), format!("{} here", view.show(column, first)))
                .also(unique.span, "")
                .help("repeats are dropped only if all declared columns agree: correct one of the rows, or lengthen the key");
            problems.push_grouped(&view.group("distinct", column), error);
        }
    }
    table.gone.repeated.extend(repeated);
    retain(table, &keep);
}

/// How many records the rows come from: a record starts on a line of its own, and its rows stand together.
fn distinct_lines(table: &Table) -> u64 {
    let changes = table.lines.windows(2).filter(|pair| matches!(pair, [a, b] if a != b)).count();
    // The last line of a file may have the number of the first of the next.
    let line = |row: usize| table.lines.get(row);
    let firsts: std::collections::BTreeSet<usize> =
        table.parts.iter().map(|part| part.first).filter(|&first| first > 0 && first < table.rows).collect();
    let alike = firsts.into_iter().filter(|&first| line(first) == line(first - 1)).count();
    (changes + alike + usize::from(table.rows > 0)) as u64
}

#[cfg(test)]
mod tests;
