//! The tables of a comparison: schemes, cells, what is to be said of all cells, and what isn't compared.

use super::super::layout::{Align, Sheet, ranks_count};
use super::blocks::Block;
use super::{Report, fields, further, further_field, key, shown};
use crate::compare::{Agreement, Column, Compared, Difference, Part, Row, Summary, Verdict, exact};
use crate::value::decimal;

/// Measures of likeness are printed with so many places; JSON has all.
const PLACES: u8 = 6;

pub(super) fn schemes(report: &Report<'_>) -> Sheet {
    let titled = report.schemes.iter().any(|scheme| !scheme.title.is_empty());
    let row = |label: &str, name: &str, title: &str, file: &str| {
        let title = titled.then(|| title.to_owned());
        [label.to_owned(), name.to_owned()].into_iter().chain(title).chain([file.to_owned()]).collect::<Vec<String>>()
    };
    let heads = row("", "scheme", "title", "file");
    Sheet {
        aligns: vec![Align::Left; heads.len()],
        heads,
        rows: report.schemes.iter().map(|scheme| row(scheme.label, scheme.name, scheme.title, scheme.file)).collect(),
    }
}

/// The cells that are printed; what pairs of changes do, and what changes add one after another, stands in tables of its
/// own below, for beside the shares it would be too wide to be read.
pub(super) fn all_cells(report: &Report<'_>, index: &Compared) -> Vec<Block> {
    let mut blocks = vec![Block::Sheet(cells(report, index))];
    let parts = [
        (Part::Interactions, "What two changes do together beyond what each does by itself"),
        (Part::Stacked, "What each change adds to those before it, in the order written"),
    ];
    for (part, words) in parts.iter().filter(|(part, _)| further(index, &[*part]).next().is_some()) {
        let sheet = part_of(report, index, *part);
        if sheet.rows.is_empty() {
            blocks.push(Block::Words(format!("{words}: nothing")));
        } else {
            blocks.push(Block::Words(format!("{words}:")));
            blocks.push(Block::Sheet(sheet));
        }
    }
    blocks
}

/// The columns of one part, in the rows in which one of them isn't 0.
fn part_of(report: &Report<'_>, index: &Compared, part: Part) -> Sheet {
    let columns: Vec<&Column> = further(index, std::slice::from_ref(&part)).collect();
    let dims = index.dims.iter();
    let row = |(at, row): (usize, &Row)| {
        let values: Vec<Option<String>> = columns.iter().map(|column| further_field(column, at)).collect();
        let counts = report.all || values.iter().flatten().any(|value| value != "0");
        counts.then(|| key(index, row).into_iter().chain(values).map(Option::unwrap_or_default).collect())
    };
    let numeric = |numeric: bool| if numeric { Align::Point } else { Align::Left };
    Sheet {
        heads: dims.clone().map(|dim| dim.name.to_string()).chain(columns.iter().map(|c| c.name.clone())).collect(),
        aligns: dims.map(|dim| numeric(dim.ty.base.is_numeric())).chain(columns.iter().map(|_| Align::Point)).collect(),
        rows: shown(report, index).filter_map(row).collect(),
    }
}

fn cells(report: &Report<'_>, index: &Compared) -> Sheet {
    let numeric = |numeric: bool| if numeric { Align::Point } else { Align::Left };
    let with_numbers = index.ty.is_numeric();
    let heads = report.heads(index, with_numbers, &[Part::Shares]);
    let row = |(at, row)| {
        let fields = key(index, row).into_iter().chain(fields(index, at, row, with_numbers, &[Part::Shares]));
        fields.map(Option::unwrap_or_default).collect()
    };
    Sheet {
        heads: index
            .dims
            .iter()
            .map(|dim| dim.name.to_string())
            .chain(heads.iter().map(|head| head.0.clone()))
            .collect(),
        aligns: index
            .dims
            .iter()
            .map(|dim| numeric(dim.ty.base.is_numeric()))
            .chain(heads.iter().map(|head| numeric(head.1)))
            .collect(),
        rows: shown(report, index).map(row).collect(),
    }
}

/// What is to be said of all cells of an index.
pub(super) fn verdict(report: &Report<'_>, index: &Compared) -> Vec<Sheet> {
    match &index.verdict {
        Verdict::Pair(summary) => {
            let notes = (!index.notes.is_empty()).then(|| list(index.notes.clone()));
            [pair(index, summary)].into_iter().chain(notes).collect()
        }
        Verdict::Several(agreement) => several(report, index, agreement),
    }
}

fn list(rows: Vec<(String, String)>) -> Sheet {
    Sheet {
        heads: Vec::new(),
        aligns: vec![Align::Left; 2],
        rows: rows.into_iter().map(|(what, value)| vec![what, value]).collect(),
    }
}

fn pair(index: &Compared, summary: &Summary) -> Sheet {
    let count = |what: &str, count: usize| (what.to_owned(), count.to_string());
    let mut rows = vec![count("cells", summary.cells), count("changed", summary.changed)];
    if summary.moved > 0 {
        rows.push(count("changed in rank alone", summary.moved));
    }
    rows.extend([count("only in a", summary.only_a), count("only in b", summary.only_b)]);
    if index.ty.is_numeric() {
        rows.extend(ranks(index));
        let mean = summary.mean_absolute.map(|mean| exact::round(mean, decimal::QUOTIENT_PLACES, PLACES));
        let measures = [
            ("largest change".to_owned(), largest(index, summary)),
            ("mean absolute change".to_owned(), mean.map_or_else(String::new, |mean| exact::format(mean, PLACES))),
            ("Spearman's rho".to_owned(), measure(summary.spearman)),
            ("Kendall's tau-b".to_owned(), measure(summary.kendall)),
            (format!("top {}", summary.top.k), if index.dims.is_empty() { String::new() } else { top(summary) }),
        ];
        // A single cell has no order, and what didn't change no largest change.
        rows.extend(measures.into_iter().filter(|(_, value)| !value.is_empty()));
    }
    list(rows)
}

/// How ranks count, where it isn't among all cells with the highest first.
fn ranks(index: &Compared) -> Option<(String, String)> {
    let how = ranks_count(&index.within, index.best).filter(|_| index.ty.is_numeric() && !index.dims.is_empty())?;
    Some(("ranks".to_owned(), how))
}

fn largest(index: &Compared, summary: &Summary) -> String {
    let Some(largest) = summary.largest else { return String::new() };
    let delta = exact::format(largest.delta, index.places());
    let Some(row) = index.rows.get(largest.row).filter(|_| !index.dims.is_empty()) else { return delta };
    let value = |(dim, value): (&crate::plan::Dim, Option<String>)| {
        value.map_or_else(|| format!("{} missing", dim.name), |value| format!("{} `{value}`", dim.name))
    };
    let cell: Vec<String> = index.dims.iter().zip(key(index, row)).map(value).collect();
    format!("{delta} at {}", cell.join(", "))
}

/// The share, and how it comes about: ties may bring more than were asked for among the best.
fn top(summary: &Summary) -> String {
    let top = summary.top;
    let Some(share) = top.share().and_then(|share| decimal::round(share, decimal::QUOTIENT_PLACES, PLACES)) else {
        return String::new();
    };
    format!("{} of {} stay, a share of {}", top.in_both, top.of_a, decimal::format(share, PLACES))
}

fn measure(value: Option<f64>) -> String {
    let units = value.and_then(|value| decimal::from_real(value, PLACES));
    units.map_or_else(String::new, |units| decimal::format(units, PLACES))
}

fn several(report: &Report<'_>, index: &Compared, agreement: &Agreement) -> Vec<Sheet> {
    let counts = [("cells", agreement.cells), ("changed", agreement.changed)];
    let counts = counts.into_iter().map(|(what, count)| (what.to_owned(), count.to_string()));
    let counts = list(counts.chain(ranks(index)).collect());
    if !index.ty.is_numeric() {
        return vec![counts];
    }
    let matrix = |name: &str, matrix: &[Vec<Option<f64>>]| {
        let labels = || report.schemes.iter().map(|scheme| scheme.label.to_owned());
        let row = |(label, row): (String, &Vec<Option<f64>>)| {
            [label].into_iter().chain(row.iter().map(|value| measure(*value))).collect()
        };
        Sheet {
            heads: [name.to_owned()].into_iter().chain(labels()).collect(),
            aligns: [Align::Left].into_iter().chain(labels().map(|_| Align::Point)).collect(),
            rows: labels().zip(matrix).map(row).collect(),
        }
    };
    vec![counts, matrix("Spearman's rho", &agreement.spearman), matrix("Kendall's tau-b", &agreement.kendall)]
}

pub(super) fn left_out(report: &Report<'_>) -> Sheet {
    Sheet {
        heads: vec!["index".to_owned(), "why".to_owned()],
        aligns: vec![Align::Left; 2],
        rows: report.left_out.iter().map(|left| vec![left.index.to_string(), left.why.clone()]).collect(),
    }
}

/// The differences between the schemes, for a page: a row each.
pub(super) fn differences(report: &Report<'_>) -> Sheet {
    // Unrelated schemes have no named changes.
    let named = report.differences.iter().any(|found| found.change.is_some());
    let several = report.differences.iter().any(|found| found.scheme.is_some());
    let row = |found: &Difference| {
        let scheme = several.then(|| found.scheme.clone().unwrap_or_default());
        let change = named.then(|| found.change.clone().unwrap_or_default());
        let sides = sides(found).map(|side| side.join(" ").trim_end().to_owned());
        scheme.into_iter().chain(change).chain([found.words.clone()]).chain(sides).collect()
    };
    let sides = if several { ["in the first scheme", "in this one"] } else { ["in a", "in b"] };
    let heads: Vec<&str> =
        [("scheme", several), ("change", named), ("difference", true), (sides[0], true), (sides[1], true)]
            .into_iter()
            .filter_map(|(head, there)| there.then_some(head))
            .collect();
    Sheet {
        heads: heads.iter().map(|&head| head.to_owned()).collect(),
        aligns: vec![Align::Left; heads.len()],
        rows: report.differences.iter().map(row).collect(),
    }
}

/// The differences between the schemes, for a terminal: a difference is said in words, and below it stands each side
/// with its place, for rules are too long to stand beside one another.
pub(super) fn listed(report: &Report<'_>) -> Vec<(String, Sheet)> {
    let one = |found: &Difference| {
        let names: Vec<&str> = [&found.scheme, &found.change].into_iter().flatten().map(String::as_str).collect();
        let change = if names.is_empty() { String::new() } else { format!("{}: ", names.join(", ")) };
        let rows: Vec<Vec<String>> = sides(found)
            .into_iter()
            .filter(|[place, text]| !place.is_empty() || !text.is_empty())
            .map(|[place, text]| vec![String::new(), place, text])
            .collect();
        let sheet = Sheet { heads: Vec::new(), aligns: vec![Align::Left; 3], rows };
        (format!("{change}{}", found.words), sheet)
    };
    report.differences.iter().map(one).collect()
}

/// The place and the text of a difference in either scheme.
fn sides(found: &Difference) -> [[String; 2]; 2] {
    let side = |place: &Option<String>, text: &Option<String>| {
        [place.clone().unwrap_or_default(), text.clone().unwrap_or_default()]
    };
    [side(&found.a, &found.before), side(&found.b, &found.after)]
}
