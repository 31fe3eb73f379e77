//! What a sensitivity analysis says, as lines and sheets that terminals and Markdown share.

use super::{Estimate, IndexSensitivity, Interval, Sensitivity, Target};
use crate::report::layout::{Align, Sheet, ranks_count};

/// Lines, then a sheet.
#[derive(Debug, Default)]
pub struct Block {
    /// The lines.
    pub lines: Vec<String>,
    /// The sheet, if there is one.
    pub sheet: Option<Sheet>,
}

/// So many of the pairs whose order is in doubt are named.
const NAMED: usize = 5;

/// What was run.
pub fn head(found: &Sensitivity) -> String {
    let inputs = if found.inputs.len() == 1 {
        "1 input varies".to_owned()
    } else {
        format!("{} inputs vary", found.inputs.len())
    };
    format!("{}: {} samples, {} sequence, seed {}; {inputs}", found.scheme, found.samples, found.sequence, found.seed)
}

/// All that follows.
pub fn blocks(found: &Sensitivity) -> Vec<Block> {
    let mut blocks = vec![inputs(found)];
    for index in &found.indices {
        blocks.push(cells(index));
        blocks.extend(pairs(index));
        blocks.extend(index.targets.iter().map(|target| self::target(found, index, target)));
    }
    if !found.unmoved.is_empty() {
        blocks.push(Block { lines: vec![format!("Nothing moves {}.", found.unmoved.join(", "))], sheet: None });
    }
    blocks
}

fn sheet(heads: Vec<String>, words: usize, rows: Vec<Vec<String>>) -> Sheet {
    let align = |at: usize| if at < words { Align::Left } else { Align::Point };
    Sheet { aligns: (0..heads.len()).map(align).collect(), heads, rows }
}

fn inputs(found: &Sensitivity) -> Block {
    let heads = ["input", "stands", "varies"].map(str::to_owned).to_vec();
    let rows = found.inputs.iter().map(|input| vec![input.name.clone(), input.stands.clone(), input.spread.clone()]);
    Block { lines: Vec::new(), sheet: Some(sheet(heads, 3, rows.collect())) }
}

fn cells(index: &IndexSensitivity) -> Block {
    let ordered = index.cells.iter().any(|cell| cell.rank.is_some());
    let partly = index.cells.iter().any(|cell| cell.share < 1.0);
    let mut heads = index.dims.clone();
    heads.extend([index.name.as_str(), "median", "5 %", "95 %"].map(str::to_owned));
    if ordered {
        heads.extend(["rank", "median", "5 %", "95 %"].map(str::to_owned));
        heads.push(format!("top {}", index.top));
    }
    if partly {
        heads.push("there".to_owned());
    }
    let number = |value: f64| decimal(value, index.places);
    let rows = index.cells.iter().map(|cell| {
        let Interval { low, median, high } = cell.value;
        let mut row = cell.key.clone();
        row.push(cell.stands.map_or_else(String::new, number));
        row.extend([median, low, high].map(number));
        if ordered {
            row.push(cell.stands_rank.map_or_else(String::new, |rank| rank.to_string()));
            let rank = |pick: fn(&Interval) -> f64| {
                cell.rank.as_ref().map(pick).map_or_else(String::new, |rank| decimal(rank, 1))
            };
            row.extend([rank(|rank| rank.median), rank(|rank| rank.low), rank(|rank| rank.high)]);
            row.push(cell.top.map_or_else(String::new, percent));
        }
        if partly {
            row.push(percent(cell.share));
        }
        row
    });
    let rows = rows.collect();
    let lines = ranks_count(&index.within, index.best).map(|how| format!("{}: ranks {how}", index.name));
    Block { lines: lines.filter(|_| ordered).into_iter().collect(), sheet: Some(sheet(heads, index.dims.len(), rows)) }
}

/// How many pairs keep their order, and those that are least sure to.
fn pairs(index: &IndexSensitivity) -> Option<Block> {
    let all = index.pairs.len();
    let robust = index.pairs.iter().filter(|pair| pair.is_robust()).count();
    let equal = index.pairs.iter().filter(|pair| pair.equal >= 0.95).count();
    if all == 0 {
        return None;
    }
    let mut line = format!("The order of {robust} of {all} pairs is the same in 95 % of the samples");
    line.push_str(&if equal > 0 { format!("; {equal} are equal in as many.") } else { ".".to_owned() });
    let mut doubtful: Vec<_> = index.pairs.iter().filter(|pair| !pair.is_robust() && pair.equal < 0.95).collect();
    doubtful.sort_by(|a, b| a.larger.total_cmp(&b.larger));
    let cell = |at: usize| index.cells.get(at).map(|cell| cell.key.join(", ")).unwrap_or_default();
    let rows = doubtful
        .iter()
        .take(NAMED)
        .map(|pair| vec![cell(pair.above), cell(pair.below), percent(pair.larger), percent(pair.equal)]);
    let rows: Vec<Vec<String>> = rows.collect();
    let heads = ["least sure: above", "below", "in", "equal in"].map(str::to_owned).to_vec();
    Some(Block { lines: vec![line], sheet: (!rows.is_empty()).then(|| sheet(heads, 2, rows)) })
}

fn target(found: &Sensitivity, index: &IndexSensitivity, target: &Target) -> Block {
    let places = index.places.max(2);
    let about =
        format!("mean {}, standard deviation {}", decimal(target.mean, places), decimal(target.deviation, places));
    let name = if target.name.contains(&index.name) {
        target.name.clone()
    } else {
        format!("{}: {}", index.name, target.name)
    };
    if target.inputs.is_empty() {
        let line = if target.draws == 0 {
            format!("{name}: it can't be had in any draw.")
        } else {
            format!("{name}: it never varies.")
        };
        return Block { lines: vec![line], sheet: None };
    }
    let mut lines = vec![format!("{name}: {about}")];
    if target.draws * 2 < found.draws {
        lines.push(format!(
            "It rests on {} of {} rows of the design: in the others it can't be had.",
            target.draws,
            found.draws / 2
        ));
    }
    let mut shares = target.inputs.clone();
    shares.sort_by(|a, b| b.total.value.total_cmp(&a.total.value));
    let rows = shares.iter().map(|share| {
        let name = found.inputs.get(share.input).map(|input| input.name.clone()).unwrap_or_default();
        let half = |estimate: &Estimate| decimal((estimate.high - estimate.low) / 2.0, 3);
        let value = |estimate: &Estimate| decimal(estimate.value, 3);
        vec![name, value(&share.first), half(&share.first), value(&share.total), half(&share.total)]
    });
    let heads = ["input", "alone", "±", "in all", "±"].map(str::to_owned).to_vec();
    Block { lines, sheet: Some(sheet(heads, 1, rows.collect())) }
}

/// A number with so many places; no zero is negative.
fn decimal(value: f64, places: u8) -> String {
    let shown = format!("{value:.places$}", places = usize::from(places));
    let is_zero = shown.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.'));
    if is_zero { shown.trim_start_matches('-').to_owned() } else { shown }
}

fn percent(share: f64) -> String {
    format!("{} %", decimal(share * 100.0, 1))
}
