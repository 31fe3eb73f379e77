//! A ledger in print: as a tree of lines for a terminal, as Markdown, as JSON.
//!
//! Input: a [`Ledger`]. Output: text, written to any [`Write`]. [`outline`] says what stands in the lines.

pub mod bounds;
pub mod outline;
pub mod story;

use std::io::{self, Write};

use serde::Serialize;

use super::markdown::escape;
use super::visible::visible;
use crate::eval::ledger::tree::{Ledger, Line, Param, Step};
use bounds::Bounds;
use outline::Node;

/// Writes the ledger as a tree of lines.
pub fn write_text(ledger: &Ledger, bounds: Bounds, out: &mut dyn Write) -> io::Result<()> {
    if let Some((node, cut)) = outline::cell(ledger, bounds) {
        write_tree(&node, out)?;
        left_out(bounds, cut).map_or(Ok(()), |says| writeln!(out, "\n{says}"))?;
    }
    write_notes(ledger, out)
}

/// How to see what lies below the last level, if something was left out there.
fn left_out(bounds: Bounds, cut: bool) -> Option<String> {
    let depth = bounds.depth.filter(|_| cut)?;
    let levels = if depth == 1 { "1 level".to_owned() } else { format!("{depth} levels") };
    let deeper = depth.saturating_add(1);
    Some(format!(
        "what lies more than {levels} below is left out: `--depth {deeper}` goes one further, `--all` lists everything"
    ))
}

/// Writes a node and what is below it, with lines that show what belongs to what.
pub fn write_tree(node: &Node, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", visible(&node.text))?;
    // Each entry: a node, what stands before it, and whether it is the last of its siblings.
    let mut open: Vec<(&Node, String, bool)> = below(node, "").collect();
    while let Some((node, before, last)) = open.pop() {
        writeln!(out, "{before}{}{}", if last { "└─ " } else { "├─ " }, visible(&node.text))?;
        open.extend(below(node, &format!("{before}{}", if last { "   " } else { "│  " })));
    }
    Ok(())
}

/// The children of a node, the last first.
fn below<'n>(node: &'n Node, before: &str) -> impl Iterator<Item = (&'n Node, String, bool)> {
    let before = before.to_owned();
    node.children.iter().rev().enumerate().map(move |(at, child)| (child, before.clone(), at == 0))
}

/// The steps that have a documentation or a citation, and the parameters.
fn write_notes(ledger: &Ledger, out: &mut dyn Write) -> io::Result<()> {
    for (score, steps) in noted(ledger) {
        writeln!(out, "\nsteps of {}:", visible(score))?;
        for step in steps {
            let mut notes = vec![step.doc.clone(), cited(step)];
            notes.retain(|note| !note.is_empty());
            let text = format!("  {}: {}  [{}]", step.label, notes.join(" "), line(&step.place));
            writeln!(out, "{}", visible(&text))?;
        }
    }
    if !ledger.params.is_empty() {
        let params: Vec<String> =
            ledger.params.iter().map(|at| format!("{} = {} [{}]", at.name, at.value.text(), origin(at))).collect();
        writeln!(out, "\nparameters: {}", visible(&params.join(", ")))?;
    }
    Ok(())
}

fn noted(ledger: &Ledger) -> impl Iterator<Item = (&str, Vec<&Step>)> {
    ledger.scores.iter().filter_map(|score| {
        let steps: Vec<&Step> =
            score.steps.iter().filter(|step| !step.doc.is_empty() || !step.cite.is_empty()).collect();
        (!steps.is_empty()).then_some((score.score.as_str(), steps))
    })
}

fn cited(step: &Step) -> String {
    if step.cite.is_empty() { String::new() } else { format!("Source: {}", step.cite) }
}

/// A line of a scheme: `engagement.rules:66`, `generous.rules:7, change "open on any day"`.
pub fn line(line: &Line) -> String {
    let change = match &line.change {
        Some(change) if change.bare => format!(", change {}", change.name),
        Some(change) => format!(", change \"{}\"", change.name),
        None => String::new(),
    };
    format!("{}:{}{change}", line.file, line.line)
}

/// Where a parameter has its value from.
fn origin(param: &Param) -> String {
    param.place.as_ref().map_or_else(|| "set on the command line".to_owned(), line)
}

/// Writes the ledger as Markdown: a list of lists, then a table of the steps.
pub fn write_markdown(ledger: &Ledger, bounds: Bounds, out: &mut dyn Write) -> io::Result<()> {
    if let Some((node, cut)) = outline::cell(ledger, bounds) {
        write_list(&node, out)?;
        left_out(bounds, cut).map_or(Ok(()), |says| writeln!(out, "\n{}", escape(&says)))?;
    }
    for score in &ledger.scores {
        writeln!(out, "\nThe steps of {}:\n", escape(&score.score))?;
        writeln!(out, "| step | rule | place | note | source |\n| :-- | :-- | :-- | :-- | :-- |")?;
        for step in &score.steps {
            let fields =
                [&step.label, &step.text, &line(&step.place), &step.doc, &step.cite].map(|field| escape(field));
            writeln!(out, "| {} |", fields.join(" | "))?;
        }
    }
    if !ledger.params.is_empty() {
        writeln!(out, "\n| parameter | value | place |\n| :-- | --: | :-- |")?;
        for param in &ledger.params {
            let fields = [&param.name, &param.value.text(), &origin(param)].map(|field| escape(field));
            writeln!(out, "| {} |", fields.join(" | "))?;
        }
    }
    Ok(())
}

/// Writes a node as a line, and what is below it as lists in lists.
pub fn write_list(node: &Node, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}\n", escape(&node.text))?;
    let mut open: Vec<(&Node, usize)> = node.children.iter().rev().map(|child| (child, 0)).collect();
    while let Some((node, depth)) = open.pop() {
        writeln!(out, "{}- {}", "  ".repeat(depth), escape(&node.text))?;
        open.extend(node.children.iter().rev().map(|child| (child, depth + 1)));
    }
    Ok(())
}

/// Writes the whole ledger as one JSON object, with a line for each cell, unit, score and parameter.
pub fn write_json(ledger: &Ledger, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{{")?;
    writeln!(out, "  \"scheme\": {},", serde_json::to_string(&ledger.scheme)?)?;
    writeln!(out, "  \"title\": {},", serde_json::to_string(&ledger.title)?)?;
    write_members("cells", &ledger.cells, ",", out)?;
    write_members("units", &ledger.units, ",", out)?;
    write_members("scores", &ledger.scores, ",", out)?;
    write_members("params", &ledger.params, "", out)?;
    writeln!(out, "}}")
}

fn write_members(name: &str, members: &[impl Serialize], behind: &str, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "  \"{name}\": [")?;
    for (at, member) in members.iter().enumerate() {
        write!(out, "{}\n    ", if at == 0 { "" } else { "," })?;
        serde_json::to_writer(&mut *out, member)?;
    }
    writeln!(out, "{}]{behind}", if members.is_empty() { "" } else { "\n  " })
}

/// Writes what became of a record as one JSON object.
pub fn write_story(story: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, story)?;
    writeln!(out)
}
