//! A comparison as one JSON object of a stable shape, with a line for each cell. `docs/cli.md` documents it.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::super::Axis;
use super::super::json::{Dimension, Typed, json as text};
use super::{Report, shown};
use crate::compare::{Compared, Field, Held, LeftOut, Row, Summary, Verdict, exact};
use crate::plan::Dim;
use crate::value::{Type, Value, decimal};

/// Writes the object.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{{")?;
    list("schemes", &report.schemes, out)?;
    let settings: BTreeMap<&str, &str> = report.settings.iter().map(|(name, value)| (&**name, &**value)).collect();
    writeln!(out, "  \"settings\": {},", text(&settings)?)?;
    writeln!(out, "  \"changed\": {},", report.changed())?;
    list("differences", report.differences, out)?;
    list("not_compared", &report.left_out.iter().map(Left::of).collect::<Vec<Left<'_>>>(), out)?;
    write!(out, "  \"indices\": [")?;
    for (at, index) in report.indices.iter().enumerate() {
        write!(out, "{}", if at == 0 { "\n" } else { ",\n" })?;
        write_index(report, index, out)?;
    }
    writeln!(out, "{}]\n}}", if report.indices.is_empty() { "" } else { "\n  " })
}

fn list(name: &str, members: &[impl Serialize], out: &mut dyn Write) -> io::Result<()> {
    write!(out, "  \"{name}\": [")?;
    for (at, member) in members.iter().enumerate() {
        write!(out, "{}    {}", if at == 0 { "\n" } else { ",\n" }, text(member)?)?;
    }
    writeln!(out, "{}],", if members.is_empty() { "" } else { "\n  " })
}

#[derive(Serialize)]
struct Left<'a> {
    index: &'a str,
    why: &'a str,
}

impl<'a> Left<'a> {
    fn of(left: &'a LeftOut) -> Self {
        Self { index: &left.index, why: &left.why }
    }
}

fn write_index(report: &Report<'_>, index: &Compared, out: &mut dyn Write) -> io::Result<()> {
    let dims: Vec<Dimension<'_>> =
        index.dims.iter().map(|dim| Dimension::of(&Axis { name: &dim.name, ty: &dim.ty })).collect();
    let summary = match &index.verdict {
        Verdict::Pair(summary) => text(&Pair::of(index, summary))?,
        Verdict::Several(agreement) => text(agreement)?,
    };
    writeln!(out, "    {{")?;
    writeln!(out, "      \"name\": {},", text(&index.name)?)?;
    writeln!(out, "      \"title\": {},", text(&index.title)?)?;
    writeln!(out, "      \"dimensions\": {},", text(&dims)?)?;
    writeln!(out, "      \"type\": {},", text(&index.ty.to_string())?)?;
    writeln!(out, "      \"within\": {},", text(&index.within)?)?;
    writeln!(out, "      \"best\": {},", text(&index.best)?)?;
    writeln!(out, "      \"summary\": {summary},")?;
    if !index.notes.is_empty() {
        let mut notes: BTreeMap<&str, String> = BTreeMap::new();
        for (what, words) in &index.notes {
            // Several may be of one thing: each group of changes that are taken together, for instance.
            notes
                .entry(what)
                .and_modify(|before| *before = format!("{before}; {words}"))
                .or_insert_with(|| words.clone());
        }
        writeln!(out, "      \"notes\": {},", text(&notes)?)?;
    }
    write!(out, "      \"cells\": [")?;
    let mut before = "\n";
    for (at, row) in shown(report, index) {
        write!(out, "{before}        {}", text(&Cell { index, at, row })?)?;
        before = ",\n";
    }
    write!(out, "{}]\n    }}", if before == "\n" { "" } else { "\n      " })
}

fn number(units: ethnum::I256, index: &Compared) -> String {
    exact::format(units, index.places())
}

#[derive(Serialize)]
struct Pair<'a> {
    cells: usize,
    changed: usize,
    moved: usize,
    only_a: usize,
    only_b: usize,
    largest: Option<Largest<'a>>,
    mean_absolute: Option<String>,
    spearman: Option<f64>,
    kendall: Option<f64>,
    top: TopK,
}

#[derive(Serialize)]
struct Largest<'a> {
    cell: Key<'a>,
    delta: String,
}

#[derive(Serialize)]
struct TopK {
    k: u64,
    of_a: usize,
    of_b: usize,
    in_both: usize,
    share: Option<String>,
}

impl<'a> Pair<'a> {
    fn of(index: &'a Compared, summary: &Summary) -> Self {
        let fixed = |units: i128| decimal::format(units, decimal::QUOTIENT_PLACES);
        let largest = summary.largest.and_then(|largest| {
            let row = index.rows.get(largest.row)?;
            Some(Largest { cell: Key { dims: &index.dims, key: &row.key }, delta: number(largest.delta, index) })
        });
        let top = summary.top;
        Self {
            cells: summary.cells,
            changed: summary.changed,
            moved: summary.moved,
            only_a: summary.only_a,
            only_b: summary.only_b,
            largest,
            mean_absolute: summary.mean_absolute.map(|mean| exact::format(mean, decimal::QUOTIENT_PLACES)),
            spearman: summary.spearman,
            kendall: summary.kendall,
            top: TopK { k: top.k, of_a: top.of_a, of_b: top.of_b, in_both: top.in_both, share: top.share().map(fixed) },
        }
    }
}

/// The dimensions of a cell by their names.
struct Key<'a> {
    dims: &'a [Dim],
    key: &'a [Value],
}

impl Serialize for Key<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.dims.len()))?;
        for (dim, value) in self.dims.iter().zip(self.key) {
            map.serialize_entry(&*dim.name, &Typed(value, &dim.ty.base))?;
        }
        map.end()
    }
}

/// What a cell holds in a scheme.
struct Content<'a>(&'a Held, &'a Type);

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Held::Absent | Held::Missing => serializer.serialize_none(),
            Held::Number(units) => {
                let places = if let Type::Number(places) = self.1 { *places } else { 0 };
                serializer.serialize_str(&exact::format(*units, places))
            }
            Held::Other(value) => Typed(value, self.1).serialize(serializer),
        }
    }
}

struct Cell<'a> {
    index: &'a Compared,
    at: usize,
    row: &'a Row,
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (index, row) = (self.index, self.row);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("cell", &Key { dims: &index.dims, key: &row.key })?;
        map.serialize_entry("changed", &row.changed)?;
        let there: Vec<bool> = row.held.iter().map(|held| *held != Held::Absent).collect();
        map.serialize_entry("present", &there)?;
        let content: Vec<Content<'_>> = row.held.iter().map(|held| Content(held, &index.ty)).collect();
        match (&index.verdict, content.as_slice(), row.ranks.as_slice()) {
            (Verdict::Pair(_), [a, b], [rank_a, rank_b]) => {
                map.serialize_entry("a", a)?;
                map.serialize_entry("b", b)?;
                map.serialize_entry("delta", &row.delta().map(|delta| number(delta, index)))?;
                map.serialize_entry("rank_a", rank_a)?;
                map.serialize_entry("rank_b", rank_b)?;
                map.serialize_entry("rank_change", &row.rank_change())?;
            }
            _ => {
                let (least, most) = row.rank_range().unzip();
                map.serialize_entry("values", &content)?;
                map.serialize_entry("ranks", &row.ranks)?;
                map.serialize_entry("rank_min", &least)?;
                map.serialize_entry("rank_max", &most)?;
            }
        }
        if !index.extra.is_empty() {
            map.serialize_entry("shares", &Extra { index, at: self.at, exact: false })?;
            map.serialize_entry("exact", &Extra { index, at: self.at, exact: true })?;
        }
        map.end()
    }
}

/// The further columns of a cell by their names; with `exact`, what they are before they are rounded.
struct Extra<'a> {
    index: &'a Compared,
    at: usize,
    exact: bool,
}

impl Serialize for Extra<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for column in &self.index.extra {
            let field = column.fields.get(self.at).and_then(Option::as_ref).map(|field| match field {
                Field::Text(text) => text.clone(),
                Field::Number { exact: Some(exact), .. } if self.exact => exact.clone(),
                Field::Number { units, places, .. } => exact::format(*units, *places),
            });
            map.serialize_entry(&column.name, &field)?;
        }
        map.end()
    }
}
