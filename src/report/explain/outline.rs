//! The lines of a ledger: from the cell to the rows.

use std::borrow::Cow;

use crate::eval::ledger::tree::{
    Absorbed, Begin, Beside, Cell, Contribution, Did, Event, Fate, Fields, Ledger, Line, Made, Member, More, Row,
    ScaleLine, Score, Shown, Step, Trail,
};

use super::bounds::{Bounds, Drawn, List};
use super::line;

/// A line and the lines below it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Node {
    /// The line.
    pub text: String,
    /// What is below it.
    pub children: Vec<Node>,
}

/// No cell is drawn further below another than this; a deeper one can be asked for by itself.
const DEEPEST: usize = 24;

/// A text longer than this is cut in a line.
const LONGEST: usize = 60;

/// What a scheme says is cut behind so many characters.
const LONGEST_RULE: usize = 160;

impl Node {
    /// A line.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), children: Vec::new() }
    }

    /// A line with others below it.
    pub fn with(text: impl Into<String>, children: Vec<Node>) -> Self {
        Self { text: text.into(), children }
    }
}

/// The lines of the cell that was asked for, and whether cells below the last level were left out.
pub fn cell(ledger: &Ledger, bounds: Bounds) -> Option<(Node, bool)> {
    let mut drawn = Drawn { cells: vec![false; ledger.cells.len()], cut: false };
    let node = cell_node(ledger, 0, &mut drawn, List { below: 0, level: 0, bounds })?;
    Some((node, drawn.cut))
}

/// A cell. One that has been drawn already isn't drawn again.
fn cell_node(ledger: &Ledger, id: usize, drawn: &mut Drawn, list: List) -> Option<Node> {
    let cell = ledger.cells.get(id)?;
    let head = format!("{} = {}", cell_name(cell), cell.value.text());
    let what = if cell.part { String::new() } else { format!("  ← {}", rule(&cell.text)) };
    let place = format!("  [{}]{}", line(&cell.place), scale_lines(lines_of(&cell.made)));
    if matches!(cell.made, Made::Nothing) {
        let says =
            if cell.value.value.is_known() { "there is no such cell: it counts as 0" } else { "there is no such cell" };
        return Some(Node::new(format!("{head}  ({says}){place}")));
    }
    let deep = list.below > DEEPEST;
    let again = drawn.cells.get(id).is_some_and(|drawn| *drawn);
    if again || deep {
        let says = if again { "see above" } else { "explain it by itself" };
        return Some(Node::new(format!("{head}  ({says})")));
    }
    let mut children: Vec<Node> = cell.missing.iter().map(|why| Node::new(format!("missing: {}", why.says))).collect();
    if list.bounds.depth.is_some_and(|depth| list.level > depth) {
        drawn.cut = true;
    } else {
        drawn.cells.get_mut(id).into_iter().for_each(|drawn| *drawn = true);
        children.extend(made(ledger, cell, drawn, list));
    }
    Some(Node::with(format!("{head}{what}{place}"), children))
}

/// The name of a cell: `contacts at year 2008`, or what a part of a formula says.
fn cell_name(cell: &Cell) -> String {
    let name = if cell.part { &cell.text } else { &cell.index };
    if cell.at.0.is_empty() { name.clone() } else { format!("{name} at {}", fields(&cell.at)) }
}

/// Named values: `year 2008, partner Cuba`.
pub fn fields(fields: &Fields) -> String {
    fields
        .0
        .iter()
        .map(|(name, value)| format!("{name} {}", among_others(&value.text())))
        .collect::<Vec<_>>()
        .join(", ")
}

/// A text among others, with commas between: in quotes if it holds a comma itself.
fn among_others(text: &str) -> Cow<'_, str> {
    match text.contains([',', '"']) {
        true => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")).into(),
        false => text.into(),
    }
}

fn made(ledger: &Ledger, cell: &Cell, drawn: &mut Drawn, list: List) -> Vec<Node> {
    let mut nodes = Vec::new();
    match &cell.made {
        Made::Nothing => {}
        Made::Formula { operands, .. } => {
            nodes.extend(operands.iter().filter_map(|operand| cell_node(ledger, operand.id, drawn, list.operand())));
        }
        Made::Cells { function, contributions, more, is_group, .. } => {
            // On the last level, of a group only those cells that the value is made of.
            let (few, left): (Vec<_>, Vec<_>) =
                contributions.iter().partition(|part| !(*is_group && list.is_last()) || makes_up(ledger, cell, part));
            let member = |part: &&Contribution| {
                let node = cell_node(ledger, part.id, drawn, list.member())?;
                let role = part.role.map_or_else(String::new, |role| format!("{role}: "));
                Some(Node { text: format!("{role}{}{}", weight(part), node.text), ..node })
            };
            nodes.extend(few.iter().filter_map(member));
            if left.is_empty() {
                nodes.extend(more.as_ref().map(|more| others(function, more)));
            } else {
                drawn.cut = true;
                let count = left.len() as u64 + more.as_ref().map_or(0, |more| more.count);
                nodes.push(Node::new(format!("and {} of its group", plural(count, "more cell"))));
            }
            nodes.extend(cells_beside(&cell.made));
        }
        Made::Units { function, contributions, more, without_value, failing, .. } => {
            nodes.extend(contributions.iter().filter_map(|part| unit_node(ledger, part, list)));
            nodes.extend(more.as_ref().map(|more| others(function, more)));
            nodes.extend(beside(without_value, "without a value"));
            nodes.extend(beside(failing, "for which `where` doesn't hold"));
        }
    }
    if nodes.is_empty() && !matches!(cell.made, Made::Formula { .. }) {
        nodes.push(Node::new("nothing stands in this cell"));
    }
    nodes
}

/// Whether the value of a cell in a group is made of that of another: of its own source, and of the least and the
/// greatest where these decide.
fn makes_up(ledger: &Ledger, cell: &Cell, part: &Contribution) -> bool {
    part.role.is_some() || ledger.cells.get(part.id).is_some_and(|other| other.at == cell.at)
}

/// The cells that aren't counted.
fn cells_beside(made: &Made) -> Vec<Node> {
    let Made::Cells { without_value, without_value_at, failing, failing_at, .. } = made else { return Vec::new() };
    let beside = [
        (*without_value, without_value_at, "without a value"),
        (*failing, failing_at, "for which `where` doesn't hold"),
    ];
    let shown = |(count, at, what): (u64, &Vec<Fields>, &str)| {
        let named: Vec<String> = at.iter().filter(|at| !at.0.is_empty()).map(fields).collect();
        let more = if count > at.len() as u64 { " …" } else { "" };
        let named = if named.is_empty() { String::new() } else { format!(": {}{more}", named.join("; ")) };
        (count > 0).then(|| Node::new(format!("not counted: {} {what}{named}", plural(count, "cell"))))
    };
    beside.into_iter().filter_map(shown).collect()
}

/// How much a member counts: `2 × `.
fn weight(part: &Contribution) -> String {
    part.weight.as_ref().map(|weight| format!("{} × ", weight.text())).unwrap_or_default()
}

fn plural(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn others(function: &str, more: &More) -> Node {
    let count = more.count;
    Node::new(match (function, &more.total) {
        ("count", _) => format!("and {count} more"),
        ("sum" | "mean", Some(total)) => format!("and {count} more, together {}", total.text()),
        _ if more.least == more.greatest => format!("and {count} more of {}", more.least.text()),
        _ => format!("and {count} more, from {} to {}", more.least.text(), more.greatest.text()),
    })
}

fn beside(beside: &Beside, what: &str) -> Option<Node> {
    let rows: Vec<String> = beside.rows.iter().map(line).collect();
    let more = if beside.count > rows.len() as u64 { " …" } else { "" };
    let text = format!("not counted: {} {what}: {}{more}", plural(beside.count, "unit"), rows.join(", "));
    (beside.count > 0).then(|| Node::new(text))
}

fn unit_node(ledger: &Ledger, part: &Contribution, list: List) -> Option<Node> {
    let unit = ledger.units.get(part.id)?;
    let score = ledger.scores.iter().find(|score| score.score == unit.score)?;
    let name = match alone(&unit.trail) {
        Some(row) => row_name(row),
        None => unit_name(&unit.trail),
    };
    Some(Node::with(format!("{}{}  {name}", weight(part), part.value.text()), steps(&unit.trail, score, list)))
}

/// The only row of a trail, if there is one only.
fn alone(trail: &Trail) -> Option<&Row> {
    match &trail.from {
        Begin::Row(row) => Some(row),
        Begin::Unit(unit) => match unit.members.as_slice() {
            [member] => alone(&member.trail),
            _ => None,
        },
    }
}

fn unit_name(trail: &Trail) -> String {
    match &trail.from {
        Begin::Row(row) => row_name(row),
        Begin::Unit(unit) => format!("unit {}", fields(&unit.key)),
    }
}

/// A row: its place, and its values as far as it has them.
pub fn row_name(row: &Row) -> String {
    let known = row.values.0.iter().filter(|(_, value)| value.value.is_known());
    let values: Vec<String> =
        known.map(|(name, value)| format!("{name} {}", among_others(&cut(&value.text())))).collect();
    format!("{}:{}: {}", row.file, row.line, values.join(", "))
}

fn cut(text: &str) -> String {
    cut_at(text, LONGEST)
}

/// What a scheme says, as it stands in a line: its place stands beside it, so that a long one need not be whole.
pub fn rule(text: &str) -> String {
    cut_at(text, LONGEST_RULE)
}

fn cut_at(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    text.chars().take(longest - 1).chain(['…']).collect()
}

/// What the steps did to a row or a unit, from its rows on.
fn steps(trail: &Trail, score: &Score, list: List) -> Vec<Node> {
    let mut nodes = match &trail.from {
        Begin::Row(_) => Vec::new(),
        Begin::Unit(unit) => match unit.members.as_slice() {
            // A row that is alone needs no level of its own.
            [member] => {
                let mut nodes = steps(&member.trail, score, list);
                nodes.push(absorbed(unit, score, false, list));
                nodes
            }
            _ => vec![absorbed(unit, score, true, list)],
        },
    };
    nodes.extend(trail.steps.iter().map(|event| event_node(event, score)));
    nodes
}

/// What an `absorb` left of a unit's rows, with the rows below it.
fn absorbed(unit: &Absorbed, score: &Score, with_rows: bool, list: List) -> Node {
    let says = match (unit.restored, unit.members.len()) {
        (true, _) => format!("put back with {}, because all its rows were dropped", unit.value.text()),
        (false, 1) => "one row, nothing to absorb".to_owned(),
        (false, _) => {
            let (picked, absorbed) = (of_fate(unit, Fate::Picked, list), of_fate(unit, Fate::Absorbed, list));
            let tie = if unit.members.iter().filter(|member| member.fate == Fate::Picked).count() > 1 {
                ", a tie"
            } else {
                ""
            };
            let what = if absorbed.is_empty() { String::new() } else { format!("; absorbed: {absorbed}") };
            format!("the {} is {} of {picked}{tie}{what}", unit.pick, unit.value.text())
        }
    };
    let most = if with_rows { list.rows() } else { 0 };
    let mut rows: Vec<Node> = unit.members.iter().take(most).map(|member| member_node(member, score, list)).collect();
    if with_rows && unit.members.len() > rows.len() {
        rows.push(Node::new(format!("and {}", plural((unit.members.len() - rows.len()) as u64, "more row"))));
    }
    Node::with(step_line(&says, &unit.label, step(score, unit.step)), rows)
}

/// The rows of a unit to which something happened: `contact.csv:12, contact.csv:13 (2.5)`.
fn of_fate(unit: &Absorbed, fate: Fate, list: List) -> String {
    let members: Vec<&Member> = unit.members.iter().filter(|member| member.fate == fate).collect();
    let shown = |member: &&Member| {
        let value = if fate == Fate::Absorbed { format!(" ({})", member.value.text()) } else { String::new() };
        format!("{}{value}", place_of(&member.trail))
    };
    let shown: Vec<String> = members.iter().take(list.rows()).map(shown).collect();
    let more = members.len() - shown.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// Where the rows of a trail stand: a row, or the first of several.
pub fn place_of(trail: &Trail) -> String {
    match &trail.from {
        Begin::Row(row) => format!("{}:{}", row.file, row.line),
        Begin::Unit(unit) => {
            let first = unit.members.first().map_or_else(String::new, |member| place_of(&member.trail));
            if unit.members.len() > 1 { format!("{first} …") } else { first }
        }
    }
}

fn member_node(member: &Member, score: &Score, list: List) -> Node {
    let fate = match member.fate {
        Fate::Picked => format!("counts with {}", member.value.text()),
        Fate::Absorbed => format!("absorbed with {}", member.value.text()),
        Fate::Dropped => "dropped".to_owned(),
    };
    let name = alone(&member.trail).map_or_else(|| unit_name(&member.trail), row_name);
    Node::with(format!("{fate}: {name}"), steps(&member.trail, score, list))
}

fn step(score: &Score, at: usize) -> Option<&Step> {
    score.steps.get(at)
}

/// A line of a step: `halving: 5 → 2.5  ← times third_country when …  [engagement.rules:69]`.
fn step_line(says: &str, label: &str, step: Option<&Step>) -> String {
    let none = Line::default();
    let (text, place) = step.map_or(("", &none), |step| (step.text.as_str(), &step.place));
    format!("{label}: {says}  ← {}  [{}]", rule(text), line(place))
}

/// The lines of scales that gave something: `  ← 5 "president"  [engagement.rules:51]`.
fn scale_lines(lines: &[ScaleLine]) -> String {
    lines.iter().map(|found| format!("  ← {}  [{}]", rule(&found.text), line(&found.place))).collect()
}

fn lines_of(made: &Made) -> &[ScaleLine] {
    match made {
        Made::Formula { scale_lines, .. } => scale_lines,
        _ => &[],
    }
}

/// What a step did to a row.
pub fn event_node(event: &Event, score: &Score) -> Node {
    let known = |value: &Option<Shown>| value.as_ref().filter(|value| value.value.is_known()).map(Shown::text);
    let says = match &event.did {
        Did::Let { value } => cut(&value.text()),
        Did::Kept { applied: true } => "kept".to_owned(),
        Did::Kept { applied: false } => "kept, for it isn't asked here".to_owned(),
        Did::Dropped => "dropped".to_owned(),
        Did::Period { value, periods: 1 } => format!("{}, the only period", value.text()),
        Did::Period { value, periods } => format!("{}, one of {periods} periods", value.text()),
        Did::NoPeriod => "in no period".to_owned(),
        Did::Set { before, after, applied: true, .. } => match known(before) {
            Some(before) => format!("{} → {}", cut(&before), cut(&after.text())),
            None => cut(&after.text()),
        },
        Did::Set { after, applied: false, .. } => format!("not here, {} stays", cut(&after.text())),
    };
    let rows: Vec<String> = event.looked_up.iter().map(line).collect();
    let looked_up = if rows.is_empty() { String::new() } else { format!(", looked up in {}", rows.join(", ")) };
    let line = step_line(&format!("{says}{looked_up}"), &event.label, step(score, event.step));
    Node::new(line + &scale_lines(&event.scale_lines))
}
