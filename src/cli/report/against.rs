//! `--against`: what changes if another scheme is used on the same data, with pictures of ranks and of what is responsible.

use std::path::Path;

use ethnum::I256;

use super::super::args::diff::{DiffArgs, DiffFormat};
use super::super::args::report::ReportArgs;
use super::super::diff::{self, Comparison, print};
use super::super::select::settings;
use super::super::session::{Session, Step};
use super::super::{Exit, Terminal};
use super::parts::{figure, folded, table};
use super::pictures::Picture;
use super::shape::{Shape, unit};
use crate::chart::{Chart, Number, Slope, Slopes, Step as Change, Steps};
use crate::compare::{Compared, Field, Held, Part, Row, exact};
use crate::diag::{Problems, Severity};
use crate::plan::Best;
use crate::report::Axis;

/// So many indices have pictures in a comparison.
const MOST_INDICES: usize = 3;
/// So many units stand in a picture of ranks.
const MOST_RANKS: usize = 25;

/// A comparison, and how it was asked for.
pub struct Against {
    args: DiffArgs,
    comparison: Comparison,
    attributed: bool,
}

/// Compares both schemes; by named changes, if one extends the other or both the same.
pub fn held(args: &ReportArgs, other: &Path, watched: bool, terminal: &mut Terminal<'_>) -> Step<Against> {
    let mut session = Session::new(&args.scheme, &args.data.root);
    let held = compared(&mut session, args, other, watched);
    // What was said of the scheme itself, and more than once, isn't said again.
    let mut problems = Problems::new();
    let mut said: Vec<String> = Vec::new();
    for found in session.problems.iter().filter(|found| held.is_err() || found.severity == Severity::Error) {
        if !said.contains(&found.message) {
            said.push(found.message.clone());
            problems.push(found.clone());
        }
    }
    session.problems = problems;
    session.report(terminal);
    held
}

fn compared(session: &mut Session, args: &ReportArgs, other: &Path, watched: bool) -> Step<Against> {
    let schemes = [args.scheme.clone(), other.to_owned()];
    let compiled = session.compile_several(&schemes, &settings(&args.settings))?;
    let [a, b] = compiled.as_slice() else { return Err(Exit::Failed) };
    let attributed = a.chain.shared(&b.chain) > 0;
    let args = DiffArgs {
        paths: schemes.iter().chain(&args.data.data).cloned().collect(),
        inputs: args.data.inputs.clone(),
        root: args.data.root.clone(),
        indices: args.indices.clone(),
        settings: args.settings.clone(),
        within: Vec::new(),
        together: false,
        tolerances: Vec::new(),
        top: None,
        attribute: attributed,
        interactions: false,
        stacked: false,
        orders: None,
        seed: None,
        all: false,
        format: DiffFormat::Html,
        long: false,
        spreadsheet: false,
        out: None,
    };
    session.problems = Problems::new();
    let comparison = diff::hold(session, &args, watched)?;
    Ok(Against { args, comparison, attributed })
}

impl Against {
    /// The title of the other scheme, or what stands for it if it has none.
    pub fn other_title(&self) -> String {
        self.title(1)
    }

    fn title(&self, at: usize) -> String {
        self.comparison.loaded.get(at).map_or_else(String::new, |loaded| loaded.compiled.chain.title())
    }

    /// What a scheme is called where there is little room.
    fn name(&self, at: usize) -> &str {
        self.comparison.loaded.get(at).map_or("", |loaded| &loaded.compiled.plan.name)
    }

    /// The pictures: of the indices that lead on the page, as far as they changed, or else of those that did.
    pub fn pictures(&self, leading: &[&str]) -> Vec<Picture> {
        let changed: Vec<&Compared> =
            self.comparison.compared.iter().filter(|index| index.ty.is_numeric() && index.changed() > 0).collect();
        let mut chosen: Vec<&Compared> = Vec::new();
        for name in leading {
            let index = changed.iter().find(|index| *index.name == **name);
            chosen.extend(index.filter(|index| !chosen.iter().any(|known| known.name == index.name)));
        }
        if chosen.is_empty() {
            chosen = changed;
        }
        let chosen = chosen.into_iter().take(MOST_INDICES);
        chosen.flat_map(|index| self.ranks(index).into_iter().chain(self.waterfalls(index))).collect()
    }

    /// The part of the page: pictures, and the comparison in tables.
    pub fn section(&self, pictures: &[Picture]) -> String {
        let mut out = String::new();
        let lead = if self.attributed {
            "Both schemes on the same data. The schemes differ in named changes; the share of each in a difference is the \
             mean of what it adds over all orders in which they can be made (Shapley's value), so that shares add up."
        } else {
            "Both schemes on the same data. They have no scheme in common, so that differences can't be divided among \
             changes."
        };
        out.push_str(&format!("<p>{lead} In tables, a is this scheme and b the other.</p>\n"));
        pictures.iter().for_each(|picture| out.push_str(&figure(picture, 3)));
        let report = print::report(&self.args, &self.comparison);
        out.push_str(&report.html_parts(3, &|sheet, below| {
            let caption = if below.is_empty() { "The schemes" } else { below };
            if sheet.heads.is_empty() || sheet.rows.len() < 12 { table(sheet, caption) } else { folded(sheet, caption) }
        }));
        out
    }

    /// How ranks move: at the last time, if there are times and units.
    fn ranks(&self, index: &Compared) -> Option<Picture> {
        let shape = shape(index);
        let panel = shape.time.filter(|_| !shape.units.is_empty());
        let last = panel.and_then(|time| index.rows.iter().filter_map(|row| row.key.get(time)).max());
        let here = |row: &&Row| panel.is_none_or(|time| row.key.get(time) == last);
        let rows: Vec<&Row> = index.rows.iter().filter(here).filter(|row| row.delta().is_some()).collect();
        let [a, b] = [0, 1].map(|scheme| ranks(&rows, scheme, index.best));
        if rows.len() < 3 || a == b {
            return None;
        }
        let mut slopes: Vec<Slope> = Vec::new();
        for (row, (a, b)) in rows.iter().zip(a.iter().zip(&b)) {
            let ranks = [a, b].map(|rank| Number::of(rank.to_string()));
            slopes.push(Slope {
                name: named(index, row, &shape),
                ranks,
                values: [0, 1].map(|at| value(index, row, at)),
            });
        }
        // Those that are among the first in either order.
        let best = |slope: &Slope| slope.ranks[0].at.min(slope.ranks[1].at);
        slopes.sort_by(|x, y| best(x).total_cmp(&best(y)).then_with(|| x.name.cmp(&y.name)));
        let left_out = slopes.len().saturating_sub(MOST_RANKS);
        slopes.truncate(MOST_RANKS);
        slopes.sort_by(|x, y| x.ranks[0].at.total_cmp(&y.ranks[0].at).then_with(|| x.name.cmp(&y.name)));
        let unit = index.dims.iter().enumerate().filter(|(at, _)| panel != Some(*at)).map(|(_, dim)| &*dim.name);
        let unit: Vec<&str> = unit.collect();
        let when = panel.zip(last).and_then(|(time, last)| Some(last.format(&index.dims.get(time)?.ty.base)));
        let when = when.map_or_else(String::new, |when| format!(", {when}"));
        let first = if index.best.is_lowest() { "lowest" } else { "largest" };
        let note = format!("Rank 1 is the {first} value; ▲ has climbed, ▼ has fallen.");
        let note = if left_out > 0 { format!("{note} {left_out} lower ranks are left out.") } else { note };
        Some(Picture {
            name: format!("ranks-{}", index.name),
            index: index.name.to_string(),
            title: format!("Ranks by {}{when}", called(index)),
            note,
            chart: Chart::Slopes(Slopes {
                unit: unit.join(" and "),
                ends: [self.title(0), self.title(1)],
                rows: slopes,
                left_out,
            }),
        })
    }

    /// What each change does to the sum of all cells, and to the cell that changed most.
    fn waterfalls(&self, index: &Compared) -> Vec<Picture> {
        let numeric = |row: &&(usize, &Row)| self.shares(index, row.0).is_some() && row.1.delta().is_some();
        let all: Vec<(usize, &Row)> = index.rows.iter().enumerate().collect();
        let rows: Vec<(usize, &Row)> = all.iter().filter(numeric).copied().collect();
        let mut found = Vec::new();
        if self.is_additive(index) && rows.len() > 1 {
            let note = match all.len() - rows.len() {
                0 => String::new(),
                many => format!("{many} cells without a value under some of the changes are left out."),
            };
            let title = format!("{}, sum of all cells: what each change does", called(index));
            found.extend(self.waterfall(index, &rows, format!("changes-{}", index.name), title, note));
        }
        let size = |row: &(usize, &Row)| row.1.delta().map_or(I256::ZERO, |delta| delta.abs());
        let most = rows.iter().copied().reduce(|most, row| if size(&row) > size(&most) { row } else { most });
        if let Some(most) = most {
            let shape = Shape { time: None, units: (0..index.dims.len()).collect() };
            let cell = named(index, most.1, &shape);
            let at = if cell.is_empty() { String::new() } else { format!(", {cell}") };
            let title = format!("{}{at}: what each change does", called(index));
            let note = if cell.is_empty() { "" } else { "The cell that changed most." };
            let name = format!("largest-change-{}", index.name);
            found.extend(self.waterfall(index, &[most], name, title, note.to_owned()));
        }
        found
    }

    /// Whether the sum of its cells says something: it is made of sums and counts.
    fn is_additive(&self, index: &Compared) -> bool {
        let plan = self.comparison.loaded.first().map(|loaded| &loaded.compiled.plan);
        let declared = plan.and_then(|plan| plan.indices.iter().find(|declared| declared.name == index.name));
        declared.is_some_and(|declared| declared.absent_zero)
    }

    /// The shares of the changes in the difference of a cell, in units of their last place.
    fn shares<'c>(&self, index: &'c Compared, row: usize) -> Option<Vec<(&'c str, I256, u8)>> {
        let columns = index.extra.iter().filter(|column| column.part == Part::Shares);
        let share = |column: &'c crate::compare::Column| match column.fields.get(row) {
            Some(Some(Field::Number { units, places, .. })) => Some((column.name.as_str(), *units, *places)),
            _ => None,
        };
        let shares: Option<Vec<_>> = columns.map(share).collect();
        shares.filter(|shares| !shares.is_empty())
    }

    fn waterfall(
        &self,
        index: &Compared,
        rows: &[(usize, &Row)],
        name: String,
        title: String,
        note: String,
    ) -> Option<Picture> {
        let mut ends = [I256::ZERO; 2];
        let mut sums: Vec<(&str, I256, u8)> = Vec::new();
        for (at, row) in rows {
            for (end, held) in ends.iter_mut().zip(&row.held) {
                let Held::Number(units) = held else { return None };
                *end = end.checked_add(*units)?;
            }
            for (place, share) in self.shares(index, *at)?.into_iter().enumerate() {
                match sums.get_mut(place) {
                    Some(sum) => sum.1 = sum.1.checked_add(share.1)?,
                    None => sums.push(share),
                }
            }
        }
        let written = |units: I256| Number::of(exact::format(units, index.places()));
        let step = |(name, units, places): (&str, I256, u8)| Change {
            name: name.to_owned(),
            change: Number::of(exact::format(units, places)),
        };
        let chart = Steps {
            value: called(index).to_owned(),
            from: (self.name(0).to_owned(), written(ends[0])),
            steps: sums.into_iter().map(step).collect(),
            to: (self.name(1).to_owned(), written(ends[1])),
        };
        Some(Picture { name, index: index.name.to_string(), title, note, chart: Chart::Steps(chart) })
    }
}

fn shape(index: &Compared) -> Shape {
    Shape::of(index.dims.iter().map(|dim| (&*dim.name, &dim.ty)))
}

fn called(index: &Compared) -> &str {
    if index.title.is_empty() { &index.name } else { &index.title }
}

/// What a row is about: its unit, or its time if it has no unit.
fn named(index: &Compared, row: &Row, shape: &Shape) -> String {
    let dims: Vec<Axis<'_>> = index.dims.iter().map(|dim| Axis { name: &dim.name, ty: &dim.ty }).collect();
    let all: Vec<usize> = (0..dims.len()).collect();
    unit(&row.key, &dims, if shape.units.is_empty() { &all } else { &shape.units })
}

/// The value of a row in a scheme.
fn value(index: &Compared, row: &Row, scheme: usize) -> Number {
    match row.held.get(scheme) {
        Some(Held::Number(units)) => Number::of(exact::format(*units, index.places())),
        _ => Number::default(),
    }
}

/// The ranks of rows in a scheme: 1 is the best, equal ones share the smallest.
fn ranks(rows: &[&Row], scheme: usize, best: Best) -> Vec<usize> {
    let units = |row: &Row| match row.held.get(scheme) {
        Some(Held::Number(units)) => *units,
        _ => I256::MIN,
    };
    let mut all: Vec<I256> = rows.iter().map(|row| units(row)).collect();
    all.sort_by(|a, b| best.first(a.cmp(b)));
    let before = |row: &Row| all.partition_point(|other| best.first(other.cmp(&units(row))).is_lt());
    rows.iter().map(|row| before(row) + 1).collect()
}
