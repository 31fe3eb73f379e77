//! What the cells of an index look like: which dimension is time, which tell units apart.

use std::collections::{BTreeMap, BTreeSet};

use crate::chart::{Number, Tick};
use crate::report::{Axis, Series};
use crate::value::{Ty, Type, Value};

/// Names under which a whole number is a time.
const TIMES: [&str; 9] = ["year", "decade", "century", "quarter", "month", "week", "wave", "period", "time"];

/// The dimensions of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// The place of the one that is time.
    pub time: Option<usize>,
    /// The places of the others.
    pub units: Vec<usize>,
}

impl Shape {
    /// The shape of an index with these dimensions.
    pub fn of<'a>(dims: impl Iterator<Item = (&'a str, &'a Ty)>) -> Self {
        let dims: Vec<(&str, &Ty)> = dims.collect();
        let time = dims.iter().position(|(name, ty)| is_time(name, &ty.base));
        Self { time, units: (0..dims.len()).filter(|at| Some(*at) != time).collect() }
    }

    /// The shape of a series.
    pub fn of_series(series: &Series<'_>) -> Self {
        Self::of(series.dims.iter().map(|axis| (axis.name, axis.ty)))
    }
}

fn is_time(name: &str, ty: &Type) -> bool {
    match ty {
        Type::Period(_) | Type::Date | Type::Partial(_) => true,
        Type::Number(0) => TIMES.contains(&name),
        _ => false,
    }
}

/// What an index is called: its title, or its name if it has none.
pub fn called<'a>(series: &Series<'a>) -> &'a str {
    if series.title.is_empty() { series.name } else { series.title }
}

/// The unit that a cell belongs to, in print: `france · embassy`.
pub fn unit(key: &[Value], dims: &[Axis<'_>], units: &[usize]) -> String {
    let part = |at: &usize| {
        let value = key.get(*at)?;
        let text = value.format(&dims.get(*at)?.ty.base);
        Some(if value.is_known() { text } else { "(missing)".to_owned() })
    };
    units.iter().filter_map(part).collect::<Vec<_>>().join(" · ")
}

/// A number of a picture, with the digits that it has everywhere.
pub fn number(value: &Value, ty: &Type) -> Option<Number> {
    (value.is_known() && ty.is_numeric()).then(|| Number::of(value.format(ty)))
}

/// The cells of an index by unit and time. Cells without a time are left out.
pub fn by_unit<'a>(series: &Series<'a>, shape: &Shape) -> BTreeMap<String, BTreeMap<&'a Value, &'a Value>> {
    let mut found: BTreeMap<String, BTreeMap<&Value, &Value>> = BTreeMap::new();
    let Some(time) = shape.time else { return found };
    for (key, value) in series.cells {
        if let Some(when) = key.get(time).filter(|when| when.is_known()) {
            found.entry(unit(key, &series.dims, &shape.units)).or_default().insert(when, value);
        }
    }
    found
}

/// The times of some indices, ascending.
pub fn times<'a>(many: &[&Series<'a>], time: usize) -> Vec<&'a Value> {
    let keys = many.iter().flat_map(|series| series.cells).filter_map(|(key, _)| key.get(time));
    keys.filter(|when| when.is_known()).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Times as a chart takes them: as far apart as they are.
pub fn ticks(times: &[&Value], ty: &Type) -> Vec<Tick> {
    let tick = |when: &&Value| {
        let text = when.format(ty);
        let at = match when {
            Value::Period(period) => Number::of(period.to_string()).at,
            Value::Date(day) | Value::Partial(day, _) => f64::from(*day),
            _ => Number::of(text.as_str()).at,
        };
        Tick { at, text }
    };
    times.iter().map(tick).collect()
}
