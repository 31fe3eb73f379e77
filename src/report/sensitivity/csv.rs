//! Parts of a sensitivity analysis as CSV: cells, inputs, or pairs of cells. Numbers have fifteen
//! digits at most.

use std::io::{self, Write};

use super::{Estimate, Interval, Sensitivity};
use crate::report::csv::{Dialect, record};
use crate::value::real;

fn number(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| real::fifteen(value).to_string())
}

fn line(fields: Vec<String>, out: &mut dyn Write) -> io::Result<()> {
    record(Dialect::default(), fields.into_iter(), out)
}

fn heads(names: &[&str], out: &mut dyn Write) -> io::Result<()> {
    line(names.iter().map(|&name| name.to_owned()).collect(), out)
}

/// Writes a row for each cell of each index.
pub fn cells(found: &Sensitivity, out: &mut dyn Write) -> io::Result<()> {
    let names = ["index", "cell", "stands", "median", "low", "high", "share"];
    let ranks = ["rank_stands", "rank_median", "rank_low", "rank_high", "top"];
    heads(&[&names[..], &ranks[..]].concat(), out)?;
    for index in &found.indices {
        for cell in &index.cells {
            let Interval { low, median, high } = cell.value;
            let mut fields = vec![index.name.clone(), cell.key.join(","), number(cell.stands)];
            fields.extend([median, low, high, cell.share].map(|value| number(Some(value))));
            fields.push(cell.stands_rank.map_or_else(String::new, |rank| rank.to_string()));
            let rank = |pick: fn(&Interval) -> f64| number(cell.rank.as_ref().map(pick));
            fields.extend([rank(|rank| rank.median), rank(|rank| rank.low), rank(|rank| rank.high)]);
            fields.push(number(cell.top));
            line(fields, out)?;
        }
    }
    Ok(())
}

/// Writes a row for each input of each target.
pub fn inputs(found: &Sensitivity, out: &mut dyn Write) -> io::Result<()> {
    let first = ["first", "first_low", "first_high"];
    let total = ["total", "total_low", "total_high"];
    heads(&[&["index", "target", "input"][..], &first[..], &total[..]].concat(), out)?;
    for index in &found.indices {
        for target in &index.targets {
            for share in &target.inputs {
                let name = found.inputs.get(share.input).map(|input| input.name.clone()).unwrap_or_default();
                let mut fields = vec![index.name.clone(), target.name.clone(), name];
                for Estimate { value, low, high } in [share.first, share.total] {
                    fields.extend([value, low, high].map(|value| number(Some(value))));
                }
                line(fields, out)?;
            }
        }
    }
    Ok(())
}

/// Writes a row for each pair of cells.
pub fn pairs(found: &Sensitivity, out: &mut dyn Write) -> io::Result<()> {
    heads(&["index", "above", "below", "larger", "equal", "robust"], out)?;
    for index in &found.indices {
        for pair in &index.pairs {
            let cell = |at: usize| index.cells.get(at).map(|cell| cell.key.join(",")).unwrap_or_default();
            let robust = if pair.is_robust() { "yes" } else { "no" };
            let mut fields = vec![index.name.clone(), cell(pair.above), cell(pair.below)];
            fields.extend([number(Some(pair.larger)), number(Some(pair.equal)), robust.to_owned()]);
            line(fields, out)?;
        }
    }
    Ok(())
}
