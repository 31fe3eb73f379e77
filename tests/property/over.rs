//! Operations over a dimension of an index.

use crate::data::Kind;
use crate::index::{Dim, Index};
use crate::rng::Rng;

/// An operation over a dimension of one of the indices; none if none has a dimension.
pub fn over(rng: &mut Rng, all: &[Index]) -> Option<(String, Index)> {
    let source = rng.pick_of(all.iter().filter(|index| !index.dims.is_empty()).cloned())?;
    let dim = rng.pick(&source.dims).clone();
    let in_time = matches!(dim.kind, Kind::Period(_));
    let (words, places, optional) = match rng.below(if in_time { 16 } else { 8 }) {
        0 | 1 => rank(rng, &source),
        2 => min_max(rng, &source),
        3 => ("normalise # zscore round to 4".to_owned(), 4, true),
        4 => distance(rng, &dim),
        5 | 6 => fill(rng, &source),
        7 => {
            let limits = *rng.pick(&["skewness 0 kurtosis 0", "skewness 0.3 kurtosis 0.5", "skewness 2 kurtosis 3.5"]);
            (format!("winsorise # until {limits} at most {}", rng.between(1, 4)), source.places, source.optional)
        }
        8 => (format!("cumulative # {}", skip(&source)), source.places, false),
        9..=11 => rolling(rng, &source),
        12 => {
            let half = *rng.pick(&["1", "2.5", "3"]);
            (format!("decay # half-life {half} {} round to 3", skip(&source)), 3, false)
        }
        13 => (format!("lag # by {}", rng.between(1, 3)), source.places, true),
        _ => (format!("carry # at most {}", rng.between(1, 3)), source.places, true),
    };
    let body = words.replace('#', &format!("{} over {}", source.name, dim.name));
    let name = format!("i{}", all.len());
    Some((body, Index { name, dims: source.dims, places, optional, absent_zero: false }))
}

fn skip(source: &Index) -> &'static str {
    if source.optional { "skip missing" } else { "" }
}

fn rank(rng: &mut Rng, source: &Index) -> (String, u8, bool) {
    let ties = *rng.pick(&["min", "max", "dense", "average"]);
    let order = *rng.pick(&["highest", "lowest"]);
    (format!("rank # {order} first ties {ties}"), u8::from(ties == "average"), source.optional)
}

fn min_max(rng: &mut Rng, source: &Index) -> (String, u8, bool) {
    let to = *rng.pick(&["0..100", "100..0", "-0.5..1.25"]);
    let year = source.dims.iter().find(|dim| dim.kind == Kind::Period("year"));
    let from = match (year, rng.below(3)) {
        (_, 0) => String::new(),
        (Some(year), 1) => format!("from ({} - 2001)..3.5", year.name),
        _ => "from -1..4".to_owned(),
    };
    let capped = if !from.is_empty() && rng.chance(50) { "capped" } else { "" };
    (format!("normalise # minmax {from} to {to} {capped} round to 3"), 3, true)
}

fn distance(rng: &mut Rng, dim: &Dim) -> (String, u8, bool) {
    let value = match dim.kind {
        Kind::Period("year") => "2001",
        Kind::Period("month") => "2001-03",
        Kind::Text | Kind::Person => "\"Cuba\"",
        _ => "max",
    };
    let to = *rng.pick(&["min", "max", "mean", value]);
    (format!("normalise # distance to {to} round to 4"), 4, true)
}

fn fill(rng: &mut Rng, source: &Index) -> (String, u8, bool) {
    let (with, places) = *rng.pick(&[("mean", 4), ("min", 4), ("max", 4), ("median", 4)]);
    let by = match rng.below(3) {
        0 => format!("by {}", rng.pick(&source.dims).name),
        _ => String::new(),
    };
    (format!("fill # with {with} {by} round to {places}"), places, source.optional)
}

fn rolling(rng: &mut Rng, source: &Index) -> (String, u8, bool) {
    let function = *rng.pick(&["mean", "sum", "min", "max", "count"]);
    let partial = if rng.chance(50) { "partial" } else { "" };
    let places = match function {
        "mean" => 3,
        "count" => 0,
        _ => source.places,
    };
    let rounded = if function == "mean" { "round to 3" } else { "" };
    (format!("rolling {function} # width {} {partial} {rounded}", rng.between(1, 4)), places, true)
}
