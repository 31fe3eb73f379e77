//! How sure the results are: intervals of values and ranks, and what the variance comes from, as pictures and tables.

use std::collections::BTreeMap;

use super::super::Terminal;
use super::super::args::report::ReportArgs;
use super::super::args::resources::Resources;
use super::super::args::sensitivity::{SensitivityArgs, SensitivityFormat, SensitivityPart, SequenceArg};
use super::super::sensitivity::analyse;
use super::super::session::{Session, Step};
use super::parts::{figure, folded, table};
use super::pictures::Picture;
use crate::chart::{Chart, Input, Interval as Row, Intervals, Measure, Number, Tornado};
use crate::compile::{Compiled, Varied};
use crate::report::layout::{Align, Sheet};
use crate::report::sensitivity::{CellInterval, Estimate, IndexSensitivity, Interval, Sensitivity, Target};
use crate::value::decimal;

/// So many indices have pictures.
const MOST_INDICES: usize = 3;
/// So many cells stand in a picture of intervals.
const MOST_ROWS: usize = 30;
/// So many numbers of an index have a picture of what their variance comes from.
const MOST_TARGETS: usize = 2;
/// So many inputs stand in it.
const MOST_INPUTS: usize = 12;
/// Shares are written with so many places.
const SHARE_PLACES: u8 = 3;

/// Whether the scheme says what varies, and this isn't set for the run.
pub fn is_asked(args: &ReportArgs, compiled: &Compiled) -> bool {
    let is_set = |name: &str| args.settings.iter().any(|(set, _)| set == name);
    compiled.varies.iter().any(|vary| !matches!(&vary.what, Varied::Param(name) if is_set(name)))
}

/// Runs the scheme with all that varies, if anything does.
pub fn held(
    args: &ReportArgs,
    compiled: &Compiled,
    watched: bool,
    terminal: &mut Terminal<'_>,
) -> Step<Option<Sensitivity>> {
    if !is_asked(args, compiled) {
        return Ok(None);
    }
    let mut session = Session::new(&args.scheme, &args.data.root);
    let args = SensitivityArgs {
        scheme: args.scheme.clone(),
        data: args.data.clone(),
        samples: args.samples,
        seed: args.seed,
        sequence: SequenceArg::Sobol,
        indices: args.indices.clone(),
        top: 3,
        within: Vec::new(),
        together: false,
        targets: Vec::new(),
        settings: args.settings.clone(),
        format: SensitivityFormat::Table,
        part: SensitivityPart::Cells,
        out: None,
        resources: Resources { threads: None, memory: None },
        timings: false,
    };
    let found = analyse(&mut session, &args, watched);
    // The scheme's own warnings have been said.
    if found.is_err() {
        session.report(terminal);
    }
    found.map(Some)
}

/// The pictures: of the indices that lead on the page, as far as something moves them, or else of those that are moved.
pub fn pictures(found: &Sensitivity, leading: &[&str]) -> Vec<Picture> {
    let mut chosen: Vec<&IndexSensitivity> = Vec::new();
    for name in leading {
        let index = found.indices.iter().find(|index| index.name == *name);
        chosen.extend(index.filter(|index| !chosen.iter().any(|known| known.name == index.name)));
    }
    if chosen.is_empty() {
        chosen = found.indices.iter().collect();
    }
    let chosen = chosen.into_iter().take(MOST_INDICES);
    chosen.flat_map(|index| [ranks(index), values(index)].into_iter().flatten().chain(tornados(found, index))).collect()
}

/// The part of the page.
pub fn section(found: &Sensitivity, pictures: &[Picture]) -> String {
    let mut out = format!(
        "<p>The scheme was run {} times with all that varies drawn anew ({} draws of all inputs, seed {}). An interval \
         from 5 % to 95 % holds what nine runs in ten give.</p>\n",
        found.samples, found.draws, found.seed
    );
    out.push_str(&table(&inputs(found), "What varies"));
    pictures.iter().for_each(|picture| out.push_str(&figure(picture, 3)));
    for index in &found.indices {
        out.push_str(&folded(&cells(index), &format!("{}: intervals of values and ranks", called(index))));
        if !index.pairs.is_empty() {
            let robust = index.pairs.iter().filter(|pair| pair.is_robust()).count();
            out.push_str(&format!(
                "<p>Pairs of cells: {}; their order holds in 95 % of the runs at least: {robust}.</p>\n",
                index.pairs.len()
            ));
        }
    }
    out
}

fn called(index: &IndexSensitivity) -> &str {
    if index.title.is_empty() { &index.name } else { &index.title }
}

/// A number with some decimal places.
fn number(value: f64, places: u8) -> Number {
    let units = decimal::from_real(value, places);
    Number { at: value, text: units.map_or_else(|| value.to_string(), |units| decimal::format(units, places)) }
}

/// The cells that are shown of an index whose cells have several orders: those of the last.
fn shown(index: &IndexSensitivity) -> (String, Vec<(String, &CellInterval)>) {
    let place = |dim: &String| index.dims.iter().position(|own| own == dim);
    let within: Vec<usize> = index.within.iter().filter_map(place).collect();
    let group = |cell: &CellInterval| within.iter().filter_map(|at| cell.key.get(*at).cloned()).collect::<Vec<_>>();
    let mut groups: BTreeMap<Vec<String>, Vec<(String, &CellInterval)>> = BTreeMap::new();
    for cell in &index.cells {
        let own = cell.key.iter().enumerate().filter(|(at, _)| !within.contains(at)).map(|(_, part)| part.as_str());
        groups.entry(group(cell)).or_default().push((own.collect::<Vec<_>>().join(" · "), cell));
    }
    let (last, cells) = groups.pop_last().unwrap_or_default();
    (if last.is_empty() { String::new() } else { format!(", {}", last.join(" · ")) }, cells)
}

fn unit(index: &IndexSensitivity) -> String {
    let own = index.dims.iter().filter(|dim| !index.within.contains(dim)).map(String::as_str);
    own.collect::<Vec<_>>().join(" and ")
}

/// The ranks of cells with their intervals, the best first.
fn ranks(index: &IndexSensitivity) -> Option<Picture> {
    let (when, cells) = shown(index);
    let row = |(name, cell): &(String, &CellInterval)| Some(interval(name, &cell.rank?, 1));
    intervals(index, "ranks", format!("Ranks by {}{when}", called(index)), "Rank", cells.iter().filter_map(row))
}

/// The values of cells with their intervals, the best first.
fn values(index: &IndexSensitivity) -> Option<Picture> {
    let (when, cells) = shown(index);
    let row =
        |(name, cell): &(String, &CellInterval)| (cell.share > 0.0).then(|| interval(name, &cell.value, index.places));
    let title = format!("{}{when}, with intervals", called(index));
    intervals(index, "values", title, called(index), cells.iter().filter_map(row))
}

fn interval(name: &str, found: &Interval, places: u8) -> Row {
    let [low, middle, high] = [found.low, found.median, found.high].map(|value| number(value, places));
    Row { name: name.to_owned(), low, middle, high }
}

fn intervals(
    index: &IndexSensitivity,
    kind: &str,
    title: String,
    value: &str,
    rows: impl Iterator<Item = Row>,
) -> Option<Picture> {
    let mut rows: Vec<Row> = rows.collect();
    let ranks = kind == "ranks";
    let sign = if ranks || index.best.is_lowest() { 1.0 } else { -1.0 };
    let order = |row: &Row| (row.middle.at * sign, row.low.at * sign, row.high.at * sign);
    rows.sort_by(|a, b| {
        let (x, y) = (order(a), order(b));
        x.0.total_cmp(&y.0).then(x.1.total_cmp(&y.1)).then(x.2.total_cmp(&y.2)).then_with(|| a.name.cmp(&b.name))
    });
    let left_out = rows.len().saturating_sub(MOST_ROWS);
    rows.truncate(MOST_ROWS);
    if rows.len() < 2 {
        return None;
    }
    let left =
        if left_out > 0 { format!(" {left_out} more are left out, and stand in the table.") } else { String::new() };
    let ends = ["5 %", "95 %"].map(str::to_owned);
    Some(Picture {
        name: format!("sensitivity-{kind}-{}", index.name),
        index: index.name.clone(),
        title,
        note: format!("The disc is the median of all runs, the bar holds nine runs in ten.{left}"),
        chart: Chart::Intervals(Intervals { unit: unit(index), value: value.to_owned(), ends, ranks, rows }),
    })
}

/// What the variance of some numbers of an index comes from.
fn tornados(found: &Sensitivity, index: &IndexSensitivity) -> Vec<Picture> {
    let varying = index.targets.iter().filter(|target| !target.inputs.is_empty()).take(MOST_TARGETS);
    let picture = |(at, target): (usize, &Target)| {
        Picture {
        name: format!("sensitivity-{}-{}", index.name, at + 1),
        index: index.name.clone(),
        title: format!("What the variance of {}’s {} comes from", called(index), target.name),
        note: "The lines are 95 % intervals of confidence. What an input does with others can be more than all of it, for \
               each counts what they do together."
            .to_owned(),
        chart: Chart::Tornado(tornado(found, target)),
    }
    };
    varying.enumerate().map(picture).collect()
}

fn tornado(found: &Sensitivity, target: &Target) -> Tornado {
    let measure = |estimate: &Estimate| Measure {
        value: number(estimate.value, SHARE_PLACES),
        low: number(estimate.low, SHARE_PLACES),
        high: number(estimate.high, SHARE_PLACES),
    };
    let mut inputs: Vec<Input> = Vec::new();
    for part in &target.inputs {
        let name = found.inputs.get(part.input).map_or("", |input| input.name.as_str()).to_owned();
        inputs.push(Input { name, first: measure(&part.first), total: measure(&part.total) });
    }
    // Those of equal weight stay in the order of the scheme.
    inputs.sort_by(|a, b| b.total.value.at.total_cmp(&a.total.value.at));
    inputs.truncate(MOST_INPUTS);
    Tornado { value: format!("share of the variance of the {}", target.name), inputs }
}

fn inputs(found: &Sensitivity) -> Sheet {
    let row = |input: &crate::report::sensitivity::VariedInput| {
        vec![input.name.clone(), input.spread.clone(), input.stands.clone()]
    };
    Sheet {
        heads: ["input", "varies", "in the scheme"].map(str::to_owned).to_vec(),
        aligns: vec![Align::Left; 3],
        rows: found.inputs.iter().map(row).collect(),
    }
}

fn cells(index: &IndexSensitivity) -> Sheet {
    let own = ["value", "5 %", "median", "95 %", "rank", "rank 5 %", "rank median", "rank 95 %"];
    let row = |cell: &CellInterval| {
        let value = |at: f64| number(at, index.places).text;
        let known = cell.share > 0.0;
        let spread = [cell.value.low, cell.value.median, cell.value.high]
            .map(|at| if known { value(at) } else { String::new() });
        let ranks = cell.rank.map(|rank| [rank.low, rank.median, rank.high].map(|at| number(at, 1).text));
        let rank = cell.stands_rank.map_or_else(String::new, |rank| rank.to_string());
        let stands = cell.stands.map_or_else(String::new, value);
        [cell.key.clone(), vec![stands], spread.into(), vec![rank], ranks.unwrap_or_default().into()].concat()
    };
    let heads = index.dims.iter().cloned().chain(own.map(str::to_owned));
    Sheet {
        heads: heads.collect(),
        aligns: index.dims.iter().map(|_| Align::Left).chain(own.map(|_| Align::Point)).collect(),
        rows: index.cells.iter().map(row).collect(),
    }
}
