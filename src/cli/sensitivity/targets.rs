//! The numbers whose variance is divided among the inputs.

use super::gather::{CellRuns, IndexRuns};
use crate::cli::Exit;
use crate::cli::session::{Session, Step};
use crate::diag::nearest::suggest;
use crate::diag::{Code, Diagnostic};
use crate::plan::Plan;
use crate::report::sensitivity::{Estimate, InputIndex, Target};
use crate::sensitivity::variance::{Found, divide};
use crate::value::Value;

/// A number of each run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// By how many places the cells of an index move.
    Shift,
    /// The value of a cell.
    Value(Cell),
    /// The rank of a cell.
    Rank(Cell),
}

/// A cell: its index, and the values of its dimensions as they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    index: String,
    key: Vec<String>,
    written: String,
}

/// Reads the targets; a cell's index must be among those that are looked at.
pub fn read(session: &mut Session, written: &[String], plan: &Plan, wanted: &[usize]) -> Step<Vec<Wanted>> {
    let (mut found, mut failed) = (Vec::new(), false);
    for text in written {
        let (rank, cell) = match text.strip_prefix("rank:") {
            Some(cell) => (true, cell),
            None => (false, text.as_str()),
        };
        if cell == "shift" && !rank {
            found.push(Wanted::Shift);
            continue;
        }
        match self::cell(session, text, cell, plan, wanted) {
            Ok(cell) if rank => found.push(Wanted::Rank(cell)),
            Ok(cell) => found.push(Wanted::Value(cell)),
            Err(error) => {
                session.problems.push(*error);
                failed = true;
            }
        }
    }
    if failed { Err(Exit::Failed) } else { Ok(found) }
}

fn cell(session: &mut Session, all: &str, text: &str, plan: &Plan, wanted: &[usize]) -> Result<Cell, Box<Diagnostic>> {
    let span = session.argument("--target", all);
    let (name, key) = text.split_once('@').unwrap_or((text, ""));
    let indices = || wanted.iter().filter_map(|&at| plan.indices.get(at));
    let Some(index) = indices().find(|index| *index.name == *name) else {
        let message = format!("`{name}` is no index that is looked at");
        let error = Diagnostic::error(Code::UnknownIndex, span, message);
        let help = suggest(name, "the indices are", indices().map(|index| &*index.name));
        return Err(Box::new(match help {
            Some(help) => error.help(help),
            None => error.help("write `shift`, or an index and a cell: `engagement@2008`"),
        }));
    };
    let values = split(key);
    if values.len() != index.dims.len() {
        let dims: Vec<&str> = index.dims.iter().map(|dim| &*dim.name).collect();
        let message = match dims.as_slice() {
            [] => format!("`{name}` has a single cell"),
            _ => format!("a cell of `{name}` has a value for each of: {}", dims.join(", ")),
        };
        let form: Vec<String> = dims.iter().map(|dim| dim.to_uppercase()).collect();
        let sign = if dims.is_empty() { "" } else { "@" };
        let error = Diagnostic::error(Code::WrongDimensions, span, message);
        return Err(Box::new(error.help(format!("write `{name}{sign}{}`", form.join(",")))));
    }
    let value = |(value, dim): (String, &crate::plan::Dim)| {
        let named = value.strip_prefix(&*dim.name).and_then(|rest| rest.trim_start().strip_prefix('='));
        named.map_or(value.clone(), |value| value.trim().trim_matches('"').to_owned())
    };
    let key = values.into_iter().zip(&index.dims).map(value).collect();
    Ok(Cell { index: name.to_owned(), key, written: text.to_owned() })
}

/// The parts between commas; what holds a comma stands in quotes.
fn split(text: &str) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    let (mut parts, mut part, mut quoted) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => parts.push(std::mem::take(&mut part)),
            _ => part.push(c),
        }
    }
    parts.push(part);
    parts.into_iter().map(|part| part.trim().to_owned()).collect()
}

/// The targets of an index: those that are asked for, or else the shift in rank, or the value of its only cell.
pub fn of_index(
    session: &mut Session,
    index: &IndexRuns,
    wanted: &[Wanted],
    (inputs, seed): (usize, u64),
) -> Step<Vec<Target>> {
    let mut found = Vec::new();
    for target in wanted {
        match target {
            Wanted::Shift if index.has_order() => found.push(shift(index, inputs, seed)),
            Wanted::Value(cell) | Wanted::Rank(cell) if cell.index == index.name => {
                let runs = runs_of(session, index, cell)?;
                let rank = matches!(target, Wanted::Rank(_));
                let values: Vec<Option<f64>> = if rank {
                    runs.ranks.iter().map(|rank| (*rank > 0).then(|| f64::from(*rank))).collect()
                } else {
                    runs.values.clone()
                };
                let name = if rank { format!("rank of {}", cell.written) } else { cell.written.clone() };
                found.push(target_of(name, &values, inputs, seed));
            }
            _ => {}
        }
    }
    if wanted.is_empty() {
        match index.cells.iter().next() {
            _ if index.has_order() => found.push(shift(index, inputs, seed)),
            Some((_, runs)) if index.cells.len() == 1 => {
                found.push(target_of(index.name.clone(), &runs.values, inputs, seed));
            }
            _ => {}
        }
    }
    Ok(found)
}

fn runs_of<'i>(session: &mut Session, index: &'i IndexRuns, cell: &Cell) -> Step<&'i CellRuns> {
    let same = |key: &[Value]| index.shown(key) == cell.key;
    match index.cells.iter().find(|(key, _)| same(key)) {
        Some((_, runs)) => Ok(runs),
        None => {
            let span = session.argument("--target", &cell.written);
            let message = format!("`{}` has no cell `{}` in any sample", cell.index, cell.key.join(", "));
            let shown: Vec<String> = index.cells.keys().take(3).map(|key| index.shown(key).join(",")).collect();
            let error = Diagnostic::error(Code::Usage, span, message);
            session.fail(error.help(format!("its cells are like `{}`", shown.join("`, `"))))
        }
    }
}

fn shift(index: &IndexRuns, inputs: usize, seed: u64) -> Target {
    target_of("mean shift in rank".to_owned(), &index.shifts, inputs, seed)
}

fn target_of(name: String, values: &[Option<f64>], inputs: usize, seed: u64) -> Target {
    let found = divide(values, inputs, seed);
    let estimate =
        |found: Found| Estimate { value: found.value, low: found.value - found.half, high: found.value + found.half };
    let shares = found.shares.iter().enumerate();
    let inputs =
        shares.map(|(input, share)| InputIndex { input, first: estimate(share.first), total: estimate(share.total) });
    Target { name, mean: found.mean, deviation: found.deviation, draws: found.rows as u64, inputs: inputs.collect() }
}
