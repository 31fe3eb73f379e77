//! The SQL of a scheme, run by an engine, held against the reference interpreter, cell by cell, as text.

use std::collections::BTreeMap;

use rules::data::Source;
use rules::data::records::Records;
use rules::eval::{Job, Outcome, reference};
use rules::plan::Plan;
use rules::sql::{self, Bound};
use rules::value::column::Table;
use rules::value::decimal;
use rules::value::schema::{Place, Schema};
use rules::value::{Type, Value};

use crate::engine::{Cell, Engine, Kind};

/// A file of an input, as it is loaded into a table: the names of its columns and the fields of its rows.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The columns.
    pub names: Vec<String>,
    /// The rows; an empty field is missing.
    pub rows: Vec<Vec<Cell>>,
}

/// How the columns of a table are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typing {
    /// All are texts.
    Texts,
    /// Numbers, days and flags are of the engine's own types.
    Own,
}

/// The records of a file of CSV.
pub fn loaded(source: &Source, schema: &Schema) -> Loaded {
    let text = String::from_utf8(source.bytes.clone()).unwrap();
    let delimiter = schema.format.delimiter.unwrap_or_else(|| source.delimiter());
    let mut records = Records::new(text.trim_start_matches('\u{feff}'), delimiter, schema.format.header);
    let mut all: Vec<Vec<String>> = Vec::new();
    while let Some(record) = records.read() {
        all.push(record.unwrap().iter().map(str::to_owned).collect());
    }
    if !schema.format.header {
        // Columns of a table without a header have the scheme's names.
        let places: Vec<(String, usize)> = schema
            .columns
            .iter()
            .filter_map(|spec| match spec.place {
                Place::Position(at) => Some((spec.name.to_string(), at - 1)),
                _ => None,
            })
            .collect();
        let rows = all.iter().map(|row| places.iter().map(|(_, at)| field(&row[*at])).collect()).collect();
        return Loaded { names: places.into_iter().map(|(name, _)| name).collect(), rows };
    }
    let names = all.remove(0);
    Loaded { names, rows: all.iter().map(|row| row.iter().map(|text| field(text)).collect()).collect() }
}

fn field(text: &str) -> Cell {
    (!text.is_empty()).then(|| text.to_owned())
}

/// Puts the tables of a plan into an engine, under names that begin with a word.
pub fn load(
    engine: &mut Engine,
    plan: &Plan,
    files: &[Option<Loaded>],
    typing: Typing,
    word: &str,
) -> Result<sql::Job, String> {
    let mut job = sql::Job { texts: true, ..sql::Job::default() };
    for (input, file) in plan.inputs.iter().zip(files) {
        let Some(file) = file else {
            job.bound.push(None);
            job.headers.push(None);
            continue;
        };
        let table = format!("{word}{}", input.schema.name);
        let types: Vec<String> =
            file.names.iter().map(|name| type_of(engine.kind(), &input.schema, name, typing)).collect();
        let columns: Vec<(&str, &str)> =
            file.names.iter().zip(&types).map(|(name, ty)| (name.as_str(), ty.as_str())).collect();
        engine.load(&table, &columns, &file.rows).map_err(|error| format!("loading {table}: {error}"))?;
        job.bound.push(Some(Bound::Table(vec![table.as_str().into()])));
        job.headers.push(Some(file.names.clone()));
    }
    Ok(job)
}

fn type_of(kind: Kind, schema: &Schema, name: &str, typing: Typing) -> String {
    let spec = schema.columns.iter().find(|spec| match &spec.place {
        Place::Header(header) => **header == *name,
        _ => *spec.name == *name,
    });
    let format = &schema.format;
    let own = spec.filter(|spec| {
        typing == Typing::Own
            && spec.dates.is_empty()
            && format.dates.is_empty()
            && spec.missing.is_empty()
            && format.missing.is_empty()
    });
    let plain = !format.decimal_comma && format.thousands.is_none() && !format.exponents;
    let (decimal, date, text) = match kind {
        Kind::DuckDb => ("DECIMAL", "DATE", "VARCHAR"),
        Kind::Postgres => ("numeric", "date", "text"),
        Kind::ClickHouse => ("Decimal", "Date32", "String"),
        Kind::Spark => ("DECIMAL", "DATE", "STRING"),
    };
    let ty = match own.map(|spec| &spec.ty.base) {
        Some(Type::Number(places)) if plain => format!("{decimal}({}, {places})", (18 + places).min(38)),
        Some(Type::Date) => date.to_owned(),
        _ => text.to_owned(),
    };
    if kind == Kind::ClickHouse { format!("Nullable({ty})") } else { ty }
}

/// What came of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// So many cells agree, over all declared indices.
    Agree(usize),
    /// The data have errors, which the checking query finds as well: so many rows.
    Errors(usize),
    /// The data have errors that no query finds, with the codes of the diagnostics.
    Unfound(Vec<String>),
    /// The engine stops where a number on the way has more digits than it can hold; the native one holds 76.
    TooLong,
}

/// How engines say that a number has too many digits.
const TOO_LONG: [&str; 4] = ["INT128", "ARITHMETIC_OVERFLOW", "NUMERIC_VALUE_OUT_OF_RANGE", "DECIMAL_OVERFLOW"];

/// Compares an engine's answers with those of the reference interpreter.
pub fn hold(
    engine: &mut Engine,
    plan: &Plan,
    tables: &[Option<Table>],
    files: &[Option<Loaded>],
    typing: Typing,
    word: &str,
) -> Result<End, String> {
    let outcome = reference::run(Job { plan, tables, wanted: &plan.declared, checks: true });
    let job = load(engine, plan, files, typing, word)?;
    let errors = listed(engine, plan, &job, &plan.declared)?;
    if outcome.problems.has_errors() {
        let codes = outcome.problems.clone().sorted().into_iter().map(|problem| problem.code.to_string()).collect();
        return Ok(if errors.is_empty() { End::Unfound(codes) } else { End::Errors(errors.len()) });
    }
    if !errors.is_empty() {
        return Err(format!("the data are sound, and the checks find {errors:?}"));
    }
    match compare(engine, plan, &outcome, &job, &plan.declared) {
        Err(error) if TOO_LONG.iter().any(|said| error.lines().next().is_some_and(|first| first.contains(said))) => {
            Ok(End::TooLong)
        }
        compared => compared.map(End::Agree),
    }
}

/// The errors that the checking query of some indices lists.
pub fn listed(engine: &mut Engine, plan: &Plan, job: &sql::Job, wanted: &[usize]) -> Result<Vec<Vec<Cell>>, String> {
    begin(engine)?;
    let job = sql::Job { wanted: wanted.to_vec(), ..job.clone() };
    let text = sql::checks(plan, &job, dialect(engine.kind()))
        .map_err(|obstacle| format!("{} at {:?}", obstacle.what, obstacle.span))?;
    errors(engine, &text)
}

/// The errors that a checking query lists.
pub fn errors(engine: &mut Engine, text: &str) -> Result<Vec<Vec<Cell>>, String> {
    let listed = engine.query(text).map_err(|error| format!("the checks: {error}\n{text}"))?;
    let is_error = |row: &Vec<Cell>| !row[0].as_deref().unwrap_or("").ends_with("as warning");
    Ok(listed.rows.into_iter().filter(is_error).collect())
}

/// How many cells of some indices are as expected: a query for those of each shape.
pub fn compare(
    engine: &mut Engine,
    plan: &Plan,
    outcome: &Outcome,
    job: &sql::Job,
    indices: &[usize],
) -> Result<usize, String> {
    let dialect = dialect(engine.kind());
    begin(engine)?;
    let mut cells = 0;
    for wanted in shapes(plan, indices) {
        let job = sql::Job { wanted, ..job.clone() };
        let text = sql::translate(plan, &job, dialect)
            .map_err(|obstacle| format!("{} at {:?}", obstacle.what, obstacle.span))?;
        cells += same(engine, plan, outcome, &job.wanted, &text)?;
    }
    Ok(cells)
}

/// The dialect of an engine.
pub fn dialect(kind: Kind) -> sql::Engine {
    sql::Engine::ALL.into_iter().find(|own| own.word() == kind.dialect()).unwrap()
}

/// Runs what has to be run once in a session.
pub fn begin(engine: &mut Engine) -> Result<(), String> {
    sql::session(dialect(engine.kind())).iter().try_for_each(|statement| engine.script(statement))
}

/// Indices, those with the same dimensions together.
pub fn shapes(plan: &Plan, indices: &[usize]) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
    for at in indices {
        let dims = plan.indices[*at].dims.iter().map(|dim| format!("{} {}", dim.name, dim.ty)).collect();
        groups.entry(dims).or_default().push(*at);
    }
    groups.into_values().collect()
}

/// How many cells a query gives, if they are those of the wanted indices.
pub fn same(
    engine: &mut Engine,
    plan: &Plan,
    outcome: &Outcome,
    wanted: &[usize],
    text: &str,
) -> Result<usize, String> {
    let rows = engine.query(text).map_err(|error| format!("{error}\n{text}"))?;
    let expected = expected(plan, wanted, outcome);
    let found = found(plan, wanted, &rows.rows);
    if expected != found {
        let missing: Vec<_> = expected.iter().filter(|row| !found.contains(row)).take(5).collect();
        let wrong: Vec<_> = found.iter().filter(|row| !expected.contains(row)).take(5).collect();
        let order = if missing.is_empty() && wrong.is_empty() { " (only the order or number differs)" } else { "" };
        return Err(format!("expected {missing:?}\nfound {wrong:?}{order}\ncolumns {:?}\n{text}", rows.names));
    }
    Ok(expected.len() * wanted.len())
}

/// The rows that `eval --format csv` prints, without the header.
fn expected(plan: &Plan, wanted: &[usize], outcome: &Outcome) -> Vec<Vec<Cell>> {
    let mut rows: BTreeMap<Vec<Value>, Vec<Cell>> = BTreeMap::new();
    let results: Vec<_> =
        wanted.iter().map(|at| outcome.results.iter().find(|cells| cells.index == *at).unwrap()).collect();
    for (column, cells) in results.iter().enumerate() {
        for (dims, value) in &cells.cells {
            let row = rows.entry(dims.clone()).or_insert_with(|| vec![None; wanted.len()]);
            row[column] = value.is_known().then(|| printed(&value.format(&cells.ty.base), &cells.ty.base));
        }
    }
    let dims = &plan.indices[wanted[0]].dims;
    let keys = |key: &[Value]| -> Vec<Cell> {
        key.iter().zip(dims).map(|(value, dim)| value.is_known().then(|| value.format(&dim.ty.base))).collect()
    };
    rows.into_iter().map(|(key, values)| [keys(&key), values].concat()).collect()
}

/// The rows of an engine's answer, each cell as `eval` prints it.
pub fn found(plan: &Plan, wanted: &[usize], rows: &[Vec<Cell>]) -> Vec<Vec<Cell>> {
    let dims = plan.indices[wanted[0]].dims.iter().map(|dim| dim.ty.base.clone());
    let types: Vec<Type> = dims.chain(wanted.iter().map(|at| plan.indices[*at].ty.base.clone())).collect();
    let one = |(cell, ty): (&Cell, &Type)| cell.as_ref().map(|text| printed(text, ty));
    rows.iter().map(|row| row.iter().zip(&types).map(one).collect()).collect()
}

/// A cell as `eval` prints it: decimals without zeros at their end, years of four digits.
fn printed(text: &str, ty: &Type) -> String {
    match ty {
        Type::Number(places) => {
            decimal::parse(text, *places, 38).map_or_else(|_| text.to_owned(), |units| decimal::format(units, *places))
        }
        Type::Period(rules::value::Period::Year) => format!("{text:0>4}"),
        Type::Real => text.parse::<f64>().map_or_else(|_| text.to_owned(), |real| format!("{real:.12e}")),
        _ => text.to_owned(),
    }
}
