//! What varies in a sensitivity analysis, and which choices exclude one another.

use super::page::{Block, Line};
use super::{Subject, doc, heading};
use crate::diag::Problems;
use crate::types::vary::{Varied, Vary, check_varies};

/// The part on what varies.
pub(super) fn blocks(subject: Subject<'_>) -> Vec<Block> {
    let items = subject.chain.varies();
    // What is wrong with them was said when the scheme was checked.
    let varies = check_varies(subject.scheme, &subject.typed.params, &items, &mut Problems::new());
    if varies.is_empty() {
        return Vec::new();
    }
    let lead = "These choices could have been made otherwise. A sensitivity analysis draws from all of them at once.";
    let rows =
        varies.iter().map(|vary| vec![what(vary), Line::of(vary.spread.words()), doc(&vary.doc).unwrap_or_default()]);
    let heads = ["What varies", "Over which values", "Why"].map(str::to_owned).to_vec();
    let mut blocks = vec![
        heading(2, "varies", Line::of("What varies")),
        Block::Paragraph(Line::of(lead)),
        Block::Table { heads, rows: rows.collect() },
    ];
    let excluded = subject.chain.excludes().into_iter().map(|item| {
        let others: Vec<String> = item.tree.others.iter().map(|name| format!("“{}”", name.node)).collect();
        Line::of(format!("“{}” is never made together with {}.", item.tree.change.node, others.join(" or ")))
    });
    let excluded: Vec<Line> = excluded.collect();
    if !excluded.is_empty() {
        blocks.push(Block::List(excluded));
    }
    blocks
}

fn what(vary: &Vary) -> Line {
    match &vary.what {
        Varied::Param(name) => Line::of("Parameter ").name(name.to_string()),
        Varied::Line(..) => Line::of("Points of ").code(vary.name.to_string()),
        Varied::Change(names, file) => {
            let names: Vec<String> = names.iter().map(|name| format!("“{}”", name.node)).collect();
            let line = Line::of(format!("Whether {} is made", names.join(" and ")));
            match file {
                Some(file) => line.text(", of ").code(file.node.to_string()),
                None => line,
            }
        }
    }
}
