//! Indices: aggregations of scores and of indices, formulas over them, and checks of their cells.

use crate::data::{Kind, VENUES, Var};
use crate::expr::{Env, Tools, literal};
use crate::over;
use crate::rng::Rng;
use crate::score::Score;

/// A dimension as it is written, without its values.
#[derive(Debug, Clone)]
pub struct Dim {
    text: String,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
}

/// An index that can be used in others.
#[derive(Debug, Clone)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Its dimensions.
    pub dims: Vec<Dim>,
    /// The places of its values.
    pub places: u8,
    /// Whether a cell may be missing.
    pub optional: bool,
    /// Whether a cell that isn't there is 0 in a formula.
    pub absent_zero: bool,
}

impl Index {
    fn has(&self, dim: &Dim) -> bool {
        self.dims.iter().any(|own| (&own.name, own.kind) == (&dim.name, dim.kind))
    }

    fn has_all_of(&self, other: &Index) -> bool {
        other.dims.iter().all(|dim| self.has(dim))
    }

    /// The index in a formula, with a stand-in if it may be missing.
    fn filled(&self, rng: &mut Rng) -> String {
        if !self.absent_zero || self.optional {
            format!("({} else {})", self.name, rng.below(3))
        } else {
            self.name.clone()
        }
    }
}

/// The lines of all indices, and of the checks of their cells.
pub fn indices(rng: &mut Rng, scores: &[Score], tools: &Tools) -> String {
    let mut text = String::new();
    let mut all: Vec<Index> = Vec::new();
    for score in scores {
        for _ in 0..rng.between(1, 3) {
            let dims = dims_of_score(rng, score);
            if rng.chance(30) {
                text += &block(rng, score, &dims, tools, &mut all);
            } else {
                let (body, index) = of_score(rng, score, &dims, tools, all.len());
                let by = by(rng, &dims, tools);
                text += &line(rng, &index, &format!("{body}{by}"));
                all.push(index);
            }
        }
    }
    for _ in 0..rng.below(3) {
        if let Some((body, index)) = of_index(rng, &all, tools) {
            text += &line(rng, &index, &body);
            all.push(index);
        }
        for _ in 0..rng.below(3) {
            if let Some((body, index)) = over::over(rng, &all) {
                text += &line(rng, &index, &body);
                all.push(index);
            }
        }
        for _ in 0..rng.below(3) {
            let (body, index) = formula(rng, &all, tools);
            text += &line(rng, &index, &body);
            all.push(index);
        }
    }
    if rng.chance(if tools.trouble { 70 } else { 25 }) {
        text += &check(rng, &all);
    }
    text
}

fn line(rng: &mut Rng, index: &Index, body: &str) -> String {
    let hidden = if rng.chance(10) { "hidden " } else { "" };
    format!("{hidden}index {} = {body}\n", index.name)
}

fn block(rng: &mut Rng, score: &Score, dims: &[Dim], tools: &Tools, all: &mut Vec<Index>) -> String {
    let mut lines = String::new();
    for _ in 0..2 {
        let (body, index) = of_score(rng, score, dims, tools, all.len());
        lines += &format!("  {}", line(rng, &index, &body));
        all.push(index);
    }
    let by = by(rng, dims, tools);
    if by.is_empty() { lines } else { format!("{} {{\n{lines}}}\n", by.trim_start()) }
}

/// One way, of those there are, to write each dimension that the units of a score can have; two at most are taken.
fn dims_of_score(rng: &mut Rng, score: &Score) -> Vec<Dim> {
    let mut dims: Vec<Dim> = score.vars.iter().flat_map(dims_of_var).collect();
    rng.shuffle(&mut dims);
    let mut taken: Vec<Dim> = Vec::new();
    for dim in dims {
        if taken.len() < 2 && taken.iter().all(|other| other.name != dim.name) && rng.chance(60) {
            taken.push(dim);
        }
    }
    taken
}

fn dims_of_var(var: &Var) -> Vec<Dim> {
    let Var { name, optional, .. } = var;
    let dim = |text: String, name: &str, kind| Dim { text, name: name.to_owned(), kind };
    let period = |word: &'static str| dim(format!("{word}({name})"), word, Kind::Period(word));
    match var.kind {
        Kind::Period(word) if name == word => vec![dim(name.clone(), word, var.kind)],
        Kind::Period(word) => vec![dim(format!("{name} as {word}"), word, var.kind)],
        Kind::Date if name == "date" => ["year", "quarter", "month", "week"].map(period).into(),
        Kind::ToMonth if name == "date" => ["year", "quarter", "month"].map(period).into(),
        Kind::ToYear if name == "date" => vec![period("year")],
        Kind::Date | Kind::ToMonth | Kind::ToYear => Vec::new(),
        Kind::Number(_) => Vec::new(),
        _ if *optional => {
            let stand_in = if var.kind == Kind::Flag { "no" } else { "\"home\"" };
            let known = format!("{name}_known");
            vec![dim(format!("{name} else {stand_in} as {known}"), &known, var.kind)]
        }
        _ => vec![dim(name.clone(), name, var.kind)],
    }
}

/// `by` and the dimensions, some with their values.
fn by(rng: &mut Rng, dims: &[Dim], tools: &Tools) -> String {
    let with_values = |dim: &Dim| {
        let values = if rng.chance(45) { domain(rng, dim, tools) } else { None };
        values.map_or(dim.text.clone(), |values| format!("{} in {values}", dim.text))
    };
    let dims: Vec<String> = dims.iter().map(with_values).collect();
    if dims.is_empty() { String::new() } else { format!(" by {}", dims.join(", ")) }
}

fn domain(rng: &mut Rng, dim: &Dim, tools: &Tools) -> Option<String> {
    let first = rng.between(1999, 2002);
    let last = first + rng.below(5);
    Some(match dim.kind {
        Kind::Period("year") => format!("{first}..{last}"),
        Kind::Period("month") => format!("{first}-11..{last}-12"),
        Kind::Period("quarter") => format!("{first}-Q2..{last}-Q4"),
        Kind::Text if tools.keyed.iter().any(|input| input.name == "country") && rng.chance(50) => "country".to_owned(),
        Kind::Text | Kind::Person => "(\"Cuba\", \"Ana\", \"Li\", \"Chile\")".to_owned(),
        Kind::Venue => format!("(\"{}\")", rng.pick(VENUES)),
        _ => return None,
    })
}

/// An aggregation of a score, without its dimensions.
fn of_score(rng: &mut Rng, score: &Score, dims: &[Dim], tools: &Tools, at: usize) -> (String, Index) {
    // Two values in a cell are an error of data, so that `only` is seldom asked for.
    let function = match rng.below(40) {
        0..=11 => "sum",
        12..=21 => "count",
        22..=29 => "mean",
        30..=32 => "min",
        33..=36 => "max",
        37 => "geomean",
        38 => "harmean",
        _ => "only",
    };
    let function = if score.real { "count" } else { function };
    let mut body = format!("{function} {}", score.name);
    let value = if score.optional || score.real { None } else { Some(score.places) };
    let env = Env { vars: score.vars.clone(), value, tools };
    let (mut places, optional) = result_of(function, score.places);
    if function == "geomean" || (places > 4 && rng.chance(30)) {
        body += " round to 3";
        places = 3;
    }
    if rng.chance(35)
        && let Some(condition) = env.condition(rng, 1)
    {
        body += &format!(" where {condition}");
    }
    if weighs(rng, function) {
        let weight = env.number(rng, 1);
        let sign = if rng.chance(97) { "abs" } else { "-" };
        body += &format!(" weighted by {sign}({})", weight.text);
        if function == "sum" {
            places = rounded(&mut body, places + weight.places);
        }
    }
    (body, Index { name: format!("i{at}"), dims: dims.to_vec(), places, optional, absent_zero: !optional })
}

/// Rounds an aggregation that would have too many places; the places that it has then.
fn rounded(body: &mut String, places: u8) -> u8 {
    if !body.contains(" round to") && places > 4 {
        *body += " round to 3";
    }
    if body.contains(" round to") { 3 } else { places }
}

/// Whether an aggregation is weighted.
fn weighs(rng: &mut Rng, function: &str) -> bool {
    matches!(function, "sum" | "mean" | "geomean" | "harmean") && rng.chance(20)
}

/// The places of an aggregation, and whether it may be missing.
fn result_of(function: &str, places: u8) -> (u8, bool) {
    match function {
        "sum" => (places, false),
        "count" => (0, false),
        "mean" | "harmean" => (15, true),
        _ => (places, true),
    }
}

fn of_index(rng: &mut Rng, all: &[Index], tools: &Tools) -> Option<(String, Index)> {
    let source = rng.pick_of(all.iter().cloned())?;
    let function = *rng.pick(&["sum", "count", "mean", "min", "max", "only", "geomean", "harmean"]);
    let dims: Vec<Dim> = source.dims.iter().filter(|_| function == "only" || rng.chance(50)).cloned().collect();
    let dims: Vec<Dim> = dims.into_iter().map(|dim| Dim { text: dim.name.clone(), ..dim }).collect();
    if function == "only" && dims.is_empty() {
        return None;
    }
    let mut body = format!("{function} {}", source.name);
    let (mut places, mut optional) = result_of(function, source.places);
    let absent_zero = !optional;
    if function == "geomean" || (places > 4 && rng.chance(60)) {
        body += " round to 3";
        places = 3;
    }
    if rng.chance(30) && !source.optional {
        body += &format!(" where value {} {}", rng.pick(&["!=", ">", "<="]), rng.below(4));
    }
    body += &by(rng, &dims, tools);
    if source.places <= 15 && weighs(rng, function) {
        let (year, none) = (source.dims.iter().find(|dim| dim.kind == Kind::Period("year")), "value else 1");
        let weight = match year {
            Some(year) => format!("({} - 2000) * ({} - 2000)", year.name, year.name),
            None if source.optional => none.to_owned(),
            None => "value".to_owned(),
        };
        body += &format!(" weighted by abs({weight})");
        if function == "sum" && year.is_none() {
            places = rounded(&mut body, source.places * 2);
        }
    }
    let policy = match rng.below(4) {
        0 => "skip missing if at least 2/3 present",
        1 => "required",
        _ if source.optional => "skip missing",
        _ => "",
    };
    optional |= policy.starts_with('r') || policy.ends_with('t');
    Some((format!("{body} {policy}"), Index { name: format!("i{}", all.len()), dims, places, optional, absent_zero }))
}

fn formula(rng: &mut Rng, all: &[Index], tools: &Tools) -> (String, Index) {
    let base = rng.pick(all).clone();
    let within: Vec<Index> = all.iter().filter(|other| base.has_all_of(other)).cloned().collect();
    let other = rng.pick(&within).clone();
    let (a, b) = (base.filled(rng), other.filled(rng));
    let widest = base.places.max(other.places);
    let name = format!("i{}", all.len());
    let index = |places, optional| Index { name, dims: base.dims.clone(), places, optional, absent_zero: false };
    let has_year = base.dims.iter().any(|dim| dim.kind == Kind::Period("year"));
    match rng.below(9) {
        0 => (format!("{a} + {b}"), index(widest, false)),
        1 => (format!("{a} - {b} * 2"), index(widest, false)),
        2 => (format!("({a} * {b}) round to 2"), index(2, false)),
        3 => (format!("{a} / {b} * 100 round to 2"), index(2, true)),
        4 => (format!("case {{ {a} when {b} > 1, {b} otherwise }}"), index(widest, false)),
        5 => match rng.pick_of(tools.bands.iter().cloned()) {
            Some((band, places, optional)) => (format!("{band}({a} round to 2)"), index(places, optional)),
            None => (format!("min({a}, {b})"), index(widest, false)),
        },
        6 => {
            let one = literal(rng);
            (format!("(sqrt(abs({a})) round to 3) + max({b}, {})", one.text), index(widest.max(3), false))
        }
        7 if has_year => (format!("({a} round to 1) * (year - 2000)"), index(1, false)),
        _ => (format!("least({}, {b})", base.name), index(widest, false)),
    }
}

fn check(rng: &mut Rng, all: &[Index]) -> String {
    let base = rng.pick(all).clone();
    let severity = if rng.chance(90) { " as warning" } else { "" };
    let condition = format!("{} >= {}", base.filled(rng), rng.below(6));
    format!("check \"cells must hold\": {condition}{severity}\n")
}
