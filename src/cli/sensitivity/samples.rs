//! `--out`: all samples, a row for each: its number, which part of the design it is, what was drawn, and the value of each
//! cell.

use std::io::{self, Write};
use std::path::Path;

use super::combos::{Combo, Setup};
use super::inputs::{Drawn, Input};
use super::runs::Done;
use crate::cli::args::sensitivity::SensitivityArgs;
use crate::cli::output;
use crate::cli::session::{Session, Step};
use crate::data::parquet::write::{Column, Values, write as write_parquet};
use crate::diag::{Code, Diagnostic};
use crate::report::csv::{Dialect, record};
use crate::sensitivity::design::Design;
use crate::value::{Type, Value, decimal};

/// The forms of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Parquet,
    Csv,
}

fn form(path: &Path) -> Option<Form> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "parquet" => Some(Form::Parquet),
        "csv" => Some(Form::Csv),
        _ => None,
    }
}

/// Refuses a name of which it isn't clear how the file is to be written.
pub fn check_name(session: &mut Session, args: &SensitivityArgs) -> Step<()> {
    let Some(path) = args.out.as_deref().filter(|path| form(path).is_none()) else { return Ok(()) };
    let name = crate::data::Bound::new(path).name;
    let span = session.argument("--out", &name);
    let error = Diagnostic::error(Code::Usage, span, format!("`{name}` says nothing of how samples are written"));
    session.fail(error.help("let its name end in `.parquet` or `.csv`"))
}

/// Writes the samples, whole or not at all.
pub fn write(
    session: &mut Session,
    path: &Path,
    setup: &Setup,
    design: &Design,
    (combos, done): (&[Combo], &Done),
) -> Step<()> {
    let columns = columns(setup, design, combos, done);
    let form = form(path).unwrap_or(Form::Csv);
    let written = output::to_path(path, |out| match form {
        Form::Parquet => write_parquet(&columns, out),
        Form::Csv => write_csv(&columns, out),
    });
    written.or_else(|error| session.fail(error))
}

fn columns(setup: &Setup, design: &Design, combos: &[Combo], done: &Done) -> Vec<Column> {
    let mut order: Vec<(usize, usize)> = vec![(0, 0); design.runs() + 1];
    for (at, combo) in combos.iter().enumerate() {
        for (place, run) in combo.runs.iter().enumerate() {
            if let Some(slot) = order.get_mut(*run) {
                *slot = (at, place);
            }
        }
    }
    order.truncate(done.samples);
    let numbers: Vec<Option<i64>> = (1..=done.samples).map(|at| i64::try_from(at).ok()).collect();
    let names: Vec<String> = described(setup);
    let mut columns = vec![
        Column { name: "sample".to_owned(), values: Values::Integers(numbers) },
        Column {
            name: "part".to_owned(),
            values: Values::Texts((0..done.samples).map(|run| Some(part(design, &names, run))).collect()),
        },
    ];
    let mut values = 0;
    for (input, name) in setup.inputs.list.iter().zip(names) {
        let values = match input {
            Input::Value(_) => {
                let drawn = |(combo, place): &(usize, usize)| {
                    let draws = combos.get(*combo)?.draws.get(*place)?;
                    draws.get(values)?.as_ref()
                };
                let found = drawn_values(order.iter().map(drawn).collect());
                values += 1;
                found
            }
            Input::Choice(group) => {
                let word = |(combo, _): &(usize, usize)| {
                    let (combo, group) = (combos.get(*combo)?, setup.choices.groups.get(*group)?);
                    let made = |member: &usize| setup.choices.is_made(*member, &combo.applied);
                    let level: Vec<bool> = group.members.iter().map(made).collect();
                    Some(setup.inputs.level_words(group, &level))
                };
                Values::Texts(order.iter().map(word).collect())
            }
        };
        columns.push(Column { name, values });
    }
    for index in &done.indices {
        for (key, cell) in &index.cells {
            let key = index.shown(key).join(",");
            let name = if key.is_empty() { index.name.clone() } else { format!("{}@{key}", index.name) };
            columns.push(Column { name, values: Values::Reals(cell.values.clone()) });
        }
    }
    columns
}

fn described(setup: &Setup) -> Vec<String> {
    setup.inputs.list.iter().map(|input| setup.inputs.described(input, &setup.choices, None).name).collect()
}

/// The part of the design that a run is: `A`, `B`, or `A` with an input from `B`.
fn part(design: &Design, names: &[String], run: usize) -> String {
    match run % design.row() {
        0 => "A".to_owned(),
        place => names.get(place - 1).map_or_else(|| "B".to_owned(), |name| format!("A, {name} from B")),
    }
}

/// Numbers as such, all else as texts.
fn drawn_values(drawn: Vec<Option<&Drawn>>) -> Values {
    let is_number = drawn.iter().flatten().all(|drawn| matches!(drawn.ty, Type::Number(_)));
    if is_number {
        let real = |drawn: Option<&Drawn>| match drawn.map(|drawn| (&drawn.value, &drawn.ty)) {
            Some((Value::Number(units), Type::Number(places))) => Some(decimal::to_real(*units, *places)),
            _ => None,
        };
        return Values::Reals(drawn.into_iter().map(real).collect());
    }
    Values::Texts(drawn.into_iter().map(|drawn| drawn.map(|drawn| drawn.value.format(&drawn.ty))).collect())
}

fn write_csv(columns: &[Column], out: &mut dyn Write) -> io::Result<()> {
    let dialect = Dialect::default();
    record(dialect, columns.iter().map(|column| column.name.clone()), out)?;
    let rows = columns.first().map_or(0, |column| column.values.len());
    for row in 0..rows {
        record(dialect, columns.iter().map(|column| column.values.shown(row)), out)?;
    }
    Ok(())
}
