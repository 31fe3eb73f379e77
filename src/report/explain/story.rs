//! What became of a row, in lines.

use super::line;
use super::outline::{Node, event_node, fields, row_name, rule};
use crate::eval::ledger::fate::{End, Meeting, Stage, Standing, Story, Way};
use crate::eval::ledger::tree::{Fate, Score};

/// No more cells are named than this.
const CELLS: usize = 20;

/// The lines of a record's story.
pub fn nodes(story: &Story) -> Vec<Node> {
    let mut nodes: Vec<Node> = story.ways.iter().map(|way| way_node(way, story)).collect();
    nodes.push(Node::new(verdict(story)));
    nodes
}

/// In which cells of the index the record counts.
fn verdict(story: &Story) -> String {
    let index = &story.index;
    let more =
        if story.cells.len() > CELLS { format!(" and {} more", story.cells.len() - CELLS) } else { String::new() };
    let cells: Vec<String> = story.cells.iter().take(CELLS).map(fields).collect();
    let cells = format!("{}{more}", cells.join("; "));
    match &story.asked {
        // An index without dimensions has one cell, and nothing to name it by.
        _ if story.cells.is_empty() => format!("it counts in no cell of `{index}`"),
        _ if story.cells.iter().all(|at| at.0.is_empty()) => format!("it counts in `{index}`"),
        Some(asked) if asked.counts => format!("it counts in `{index}` at {}", fields(&asked.at)),
        Some(asked) => format!("it doesn't count in `{index}` at {}, but at {cells}", fields(&asked.at)),
        None => format!("it counts in `{index}` at {cells}"),
    }
}

fn way_node(way: &Way, story: &Story) -> Node {
    let score = story.scores.iter().find(|score| score.score == way.score);
    let mut children = Vec::new();
    if let Some(score) = score {
        children.extend(way.steps.iter().map(|stage| match stage {
            Stage::Step(event) => event_node(event, score),
            Stage::Absorb(meeting) => meeting_node(meeting, score),
        }));
    }
    children.extend(end(&way.end));
    Node::with(format!("{} in score {}", row_name(&way.row), way.score), children)
}

fn meeting_node(meeting: &Meeting, score: &Score) -> Node {
    let (by, value, unit) = (meeting.by.join(", "), meeting.value.text(), fields(&meeting.unit));
    let says = match meeting.fate {
        Fate::Picked if meeting.by.len() > 1 => format!("unit {unit} gets {value}, in a tie of {by}"),
        Fate::Picked => format!("unit {unit} gets its value, {value}"),
        Fate::Absorbed => format!("absorbed by {by}: unit {unit} gets {value}"),
        Fate::Dropped => format!("unit {unit} is put back with {value}"),
    };
    let step = score.steps.get(meeting.step);
    let (text, place) = step.map_or((String::new(), String::new()), |step| (step.text.clone(), line(&step.place)));
    Node::new(format!("{}: {says}  ← {}  [{place}]", meeting.label, rule(&text)))
}

fn end(end: &End) -> Vec<Node> {
    match end {
        End::Dropped { by } => vec![Node::new(format!("dropped by `{by}`"))],
        End::NoPeriod { by } => vec![Node::new(format!("in no period: `{by}` makes no row of it"))],
        End::Absorbed { by } => vec![Node::new(format!("absorbed by `{by}`: its own value doesn't count"))],
        End::LeftOut => vec![Node::new("left out together with its unit")],
        End::Scored { value, places } => {
            let known = value.value.is_known();
            let head =
                if known { format!("scored with {}", value.text()) } else { "scored without a value".to_owned() };
            let head = Node::new(head);
            [head].into_iter().chain(places.iter().map(standing)).collect()
        }
    }
}

fn standing(standing: &Standing) -> Node {
    let at =
        standing.at.as_ref().filter(|at| !at.0.is_empty()).map(|at| format!(" at {}", fields(at))).unwrap_or_default();
    let index = &standing.index;
    Node::new(match standing.place {
        "without_value" => format!("{index}: not counted, for it has no value"),
        "failing" => format!("{index}: not counted{at}, for `where` doesn't hold"),
        "outside" => format!("{index}: outside `in`{at}"),
        _ => format!("{index}: in the cell{at}"),
    })
}
