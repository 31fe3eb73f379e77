//! Which pictures fit which indices: lines over time, an index with its components, bars by unit.

use std::collections::BTreeMap;

use super::components::components;
use super::shape::{Shape, by_unit, called, number, ticks, times, unit};
use crate::chart::{Bar, Bars, Chart, Line, Lines};
use crate::plan::{Best, Plan};
use crate::report::Series;
use crate::report::groups::Group;
use crate::value::{Type, Value};

/// A picture of a page.
#[derive(Debug, Clone)]
pub struct Picture {
    /// Its name on the command line and on the page.
    pub name: String,
    /// The index that it is about above all.
    pub index: String,
    /// Its title.
    pub title: String,
    /// What is to be known beside it; may be empty.
    pub note: String,
    /// What it shows.
    pub chart: Chart,
}

/// No group of indices has more pictures.
const MOST_PICTURES: usize = 8;
/// So many units are told apart by colours and signs.
const MOST_LINES: usize = 8;
/// More numbers than these are not drawn as grey lines.
const MOST_GREY: usize = 8000;
/// Of more bars than these, some are left out.
const MOST_BARS: usize = 25;

/// The pictures of indices with the same dimensions; no more of them than a reader looks at.
pub fn of_group(plan: &Plan, group: &Group<'_, '_>) -> Vec<Picture> {
    let numeric: Vec<&Series<'_>> = group
        .members
        .iter()
        .copied()
        .filter(|series| series.ty.base.is_numeric() && !series.cells.is_empty())
        .collect();
    let Some(first) = numeric.first() else { return Vec::new() };
    let shape = Shape::of_series(first);
    let mut found = match (shape.time, shape.units.as_slice()) {
        (None, []) => Vec::new(),
        (Some(time), []) => over_time(plan, &numeric, time),
        (None, _) => numeric.iter().filter_map(|series| bars(series, best(plan, series.name), None)).collect(),
        (Some(_), _) => numeric.iter().flat_map(|series| of_panel(series, best(plan, series.name))).collect(),
    };
    found.truncate(MOST_PICTURES);
    found
}

/// Which value of an index is the first.
fn best(plan: &Plan, name: &str) -> Best {
    plan.indices.iter().position(|index| *index.name == *name).map_or(Best::Highest, |at| plan.best(at))
}

/// Indices by time alone: each that is made of others with these, and the rest one by one.
fn over_time(plan: &Plan, many: &[&Series<'_>], time: usize) -> Vec<Picture> {
    let mut found = Vec::new();
    let mut shown: Vec<&str> = Vec::new();
    for whole in many {
        let parts = components(plan, whole.name, many);
        if !parts.is_empty() {
            let all: Vec<&Series<'_>> = [*whole].into_iter().chain(parts.iter().copied()).collect();
            shown.extend(all.iter().map(|series| series.name));
            let title = format!("{}, and what it is made of", called(whole));
            found.push(lines(plan, &all, time, title));
        }
    }
    let alone = many.iter().filter(|series| !shown.contains(&series.name));
    found.extend(alone.map(|series| lines(plan, &[series], time, called(series).to_owned())));
    found
}

/// Indices over time. Where two have one title, their names tell them apart.
fn lines(plan: &Plan, many: &[&Series<'_>], time: usize, title: String) -> Picture {
    let first = many.first();
    let axis = first.and_then(|series| series.dims.get(time));
    let when = times(many, time);
    let twice = |series: &Series<'_>| many.iter().filter(|other| called(other) == called(series)).count() > 1;
    let line = |series: &&Series<'_>| {
        let cells: BTreeMap<&Value, &Value> =
            series.cells.iter().filter_map(|(key, value)| Some((key.get(time)?, value))).collect();
        let name = if twice(series) { series.name } else { called(series) };
        line_of(name, &when, &cells, &series.ty.base)
    };
    let chart = Lines {
        time: axis.map_or("", |axis| axis.name).to_owned(),
        // One line alone is what the title says.
        value: first.filter(|_| many.len() > 1).map_or("", |series| called(series)).to_owned(),
        ticks: axis.map(|axis| ticks(&when, &axis.ty.base)).unwrap_or_default(),
        lines: many.iter().take(MOST_LINES).map(line).collect(),
        others: Vec::new(),
        lowest_first: many.iter().all(|series| best(plan, series.name).is_lowest()),
    };
    let name = first.map_or("", |series| series.name).to_owned();
    Picture { name: name.clone(), index: name, title, note: String::new(), chart: Chart::Lines(chart) }
}

fn line_of(name: &str, times: &[&Value], cells: &BTreeMap<&Value, &Value>, ty: &Type) -> Line {
    let numbers = times.iter().map(|when| cells.get(*when).and_then(|value| number(value, ty)));
    Line { name: name.to_owned(), numbers: numbers.collect() }
}

/// An index by unit and time: the units of the last time as bars, and some of them over time.
fn of_panel(series: &Series<'_>, best: Best) -> Vec<Picture> {
    let shape = Shape::of_series(series);
    let Some(time) = shape.time else { return Vec::new() };
    let when = times(&[series], time);
    let Some(last) = when.last() else { return Vec::new() };
    let mut found: Vec<Picture> = bars(series, best, Some((time, last))).into_iter().collect();
    if when.len() > 1 {
        found.extend(some_over_time(series, best, &shape, (time, &when)));
    }
    found
}

/// Some of the units over time, and the others in grey: those that are the first at the last time, or, where these lie so
/// close that they can't be told apart, some from the first to the last.
fn some_over_time(series: &Series<'_>, best: Best, shape: &Shape, (time, when): (usize, &[&Value])) -> Option<Picture> {
    let ty = &series.ty.base;
    let units = by_unit(series, shape);
    let mut order: Vec<(&String, f64)> = Vec::new();
    for (name, cells) in &units {
        let last = when.last().and_then(|last| cells.get(*last)).and_then(|value| number(value, ty));
        order.push((
            name,
            last.map_or(if best.is_lowest() { f64::INFINITY } else { f64::NEG_INFINITY }, |number| number.at),
        ));
    }
    order.sort_by(|a, b| best.first(a.1.total_cmp(&b.1)).then(a.0.cmp(b.0)));
    let chosen = chosen(&order.iter().map(|(_, size)| *size).collect::<Vec<_>>());
    let line = |name: &String| units.get(name).map(|cells| line_of(name, when, cells, ty));
    let of = |wanted: bool| {
        let names = order.iter().enumerate().filter(|(at, _)| chosen.contains(at) == wanted);
        names.filter_map(|(_, (name, _))| line(name)).collect::<Vec<_>>()
    };
    let lines = of(true);
    // Lines need two numbers each, at least some of them.
    let long = |line: &Line| line.numbers.iter().flatten().count() > 1;
    let sizes: Vec<String> = order.iter().filter(|unit| unit.1.is_finite()).map(|unit| unit.1.to_string()).collect();
    let alike = order.len() > MOST_BARS && !tells(sizes.iter().map(String::as_str));
    if alike || lines.iter().filter(|line| long(line)).count() * 2 < lines.len() {
        return None;
    }
    let grey = series.cells.len() <= MOST_GREY;
    let axis = series.dims.get(time);
    let last = when.last().zip(axis).map_or_else(String::new, |(value, axis)| value.format(&axis.ty.base));
    let note = match (order.len() - chosen.len(), grey) {
        (0, _) => String::new(),
        (many, true) => format!("The other {many} are grey."),
        (many, false) => format!("The other {many} are left out."),
    };
    let unit = unit_of(series, shape);
    let [first, end] = if best.is_lowest() { ["first", "last"] } else { ["largest", "smallest"] };
    let what = if chosen.len() == order.len() {
        format!("by {unit}")
    } else if chosen.last() < Some(&chosen.len()) {
        format!("the {first} by {unit} in {last}")
    } else {
        format!("from the {first} to the {end} by {unit} in {last}")
    };
    let chart = Lines {
        time: axis.map_or("", |axis| axis.name).to_owned(),
        value: called(series).to_owned(),
        ticks: axis.map(|axis| ticks(when, &axis.ty.base)).unwrap_or_default(),
        lines,
        others: if grey { of(false) } else { Vec::new() },
        lowest_first: best.is_lowest(),
    };
    Some(Picture {
        name: format!("{}-over-{}", series.name, chart.time),
        index: series.name.to_owned(),
        title: format!("{} over time: {what}", called(series)),
        note,
        chart: Chart::Lines(chart),
    })
}

/// Which of some units have names: places among their sizes, of which the best comes first.
fn chosen(sizes: &[f64]) -> Vec<usize> {
    let known = sizes.iter().take_while(|size| size.is_finite()).count();
    let first: Vec<usize> = (0..sizes.len().min(MOST_LINES)).collect();
    let span = |from: usize, to: usize| Some((sizes.get(from)? - sizes.get(to)?).abs());
    let ends = span(0, MOST_LINES - 1).zip(span(0, known.saturating_sub(1)));
    match ends {
        // Eight of twenty that share the upper seventh of the room can't be told apart.
        Some((some, all)) if known > 2 * MOST_LINES && some * 7.0 < all => {
            (0..MOST_LINES).map(|at| at * (known - 1) / (MOST_LINES - 1)).collect()
        }
        _ => first,
    }
}

/// The dimensions that tell units apart, in words.
fn unit_of(series: &Series<'_>, shape: &Shape) -> String {
    let names: Vec<&str> = shape.units.iter().filter_map(|at| series.dims.get(*at)).map(|axis| axis.name).collect();
    names.join(" and ")
}

/// Whether a picture of some values tells more than that most are alike: of many, some must be different.
fn tells<'t>(values: impl Iterator<Item = &'t str>) -> bool {
    let values: Vec<&str> = values.collect();
    let different: std::collections::BTreeSet<&&str> = values.iter().collect();
    values.len() > 1 && (values.len() <= MOST_BARS && different.len() > 1 || different.len() * 8 > values.len())
}

/// The units of an index as bars, at one time if it has times. Places have none: long bars for the last ones would say the
/// contrary of what they mean.
fn bars(series: &Series<'_>, best: Best, at: Option<(usize, &Value)>) -> Option<Picture> {
    if best.is_lowest() {
        return None;
    }
    let shape = Shape::of_series(series);
    let here = |key: &[Value]| at.is_none_or(|(time, when)| key.get(time) == Some(when));
    let bar = |(key, value): &(Vec<Value>, Value)| {
        let value = number(value, &series.ty.base).filter(|_| here(key))?;
        Some(Bar { name: unit(key, &series.dims, &shape.units), value })
    };
    let mut bars: Vec<Bar> = series.cells.iter().filter_map(bar).collect();
    if !tells(bars.iter().map(|bar| bar.value.text.as_str())) {
        return None;
    }
    bars.sort_by(|a, b| b.value.at.total_cmp(&a.value.at).then_with(|| a.name.cmp(&b.name)));
    let unit = unit_of(series, &shape);
    let chart = Bars { unit, value: called(series).to_owned(), bars, left_out: None }.shortened(MOST_BARS, 15, 5);
    let (name, title) = match at {
        Some((time, when)) => {
            let when = series.dims.get(time).map_or_else(String::new, |axis| when.format(&axis.ty.base));
            (format!("{}-latest", series.name), format!("{}, {when}", called(series)))
        }
        None => (series.name.to_owned(), called(series).to_owned()),
    };
    let note = match chart.left_out {
        Some((many, _)) => {
            format!("The largest and the smallest; {many} between them are left out, and stand in the table.")
        }
        None => String::new(),
    };
    let index = series.name.to_owned();
    Some(Picture { name, index, title, note, chart: Chart::Bars(chart) })
}
