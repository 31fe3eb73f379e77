//! What changes from one scheme to another in print: tables, CSV, JSON, Markdown and HTML.
//!
//! Input: [`Report`], compared indices with what is known of their schemes. Output: text, written to any
//! [`std::io::Write`].

pub mod blocks;
pub mod csv;
pub mod json;
mod sheets;

#[cfg(test)]
mod tests;

use std::io::{self, Write};

use serde::Serialize;

use super::layout::Sheet;
use crate::compare::{Column, Compared, Difference, Field, Held, LeftOut, Part, Row, Verdict, exact};
use crate::value::Type;
use blocks::Block;

/// A comparison, as far as it is printed.
#[derive(Debug, Clone)]
pub struct Report<'a> {
    /// The schemes, in order.
    pub schemes: Vec<Scheme<'a>>,
    /// The indices, in the order of the first scheme.
    pub indices: &'a [Compared],
    /// The indices that aren't compared.
    pub left_out: &'a [LeftOut],
    /// In what the schemes themselves differ.
    pub differences: &'a [Difference],
    /// The parameters that were set for this run, and their values.
    pub settings: &'a [(String, String)],
    /// Whether cells are printed that didn't change.
    pub all: bool,
}

/// A scheme that is compared.
#[derive(Debug, Clone, Serialize)]
pub struct Scheme<'a> {
    /// The head of its column: `a` and `b` for two, else its name or something that tells it from the others.
    pub label: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its title; may be empty.
    pub title: &'a str,
    /// Its file as the user named it.
    pub file: &'a str,
}

/// A column behind the dimensions: its head, and whether it holds numbers.
type Head = (String, bool);

impl Report<'_> {
    /// Whether any cell changed.
    pub fn changed(&self) -> bool {
        self.indices.iter().any(|index| index.changed() > 0)
    }

    /// Writes tables for a terminal.
    pub fn write_table(&self, out: &mut dyn Write) -> io::Result<()> {
        blocks::text(&self.blocks(true), out)
    }

    /// Writes Markdown.
    pub fn write_markdown(&self, out: &mut dyn Write) -> io::Result<()> {
        blocks::markdown(&self.blocks(true), out)
    }

    /// Writes a page of HTML that needs nothing else.
    pub fn write_html(&self, out: &mut dyn Write) -> io::Result<()> {
        let names: Vec<&str> = self.schemes.iter().map(|scheme| scheme.name).collect();
        let title = format!("What changes: {}", names.join(", "));
        out.write_all(blocks::html(&title, &self.blocks(true)).as_bytes())
    }

    /// The parts of a page of HTML, to stand on another: headings have some level, and tables are as they are given.
    pub fn html_parts(&self, level: u8, table: &dyn Fn(&Sheet, &str) -> String) -> String {
        blocks::html_parts(&self.blocks(true), level, table)
    }

    /// Writes what stands beside the cells, as tables for a terminal.
    pub fn write_summary(&self, out: &mut dyn Write) -> io::Result<()> {
        blocks::text(&self.blocks(false), out)
    }

    fn blocks(&self, with_cells: bool) -> Vec<Block> {
        let mut blocks = vec![Block::Sheet(sheets::schemes(self))];
        if !self.settings.is_empty() {
            let set: Vec<String> = self.settings.iter().map(|(name, value)| format!("{name} = {value}")).collect();
            blocks.push(Block::Words(format!("set for this run: {}", set.join(", "))));
        }
        // Of many indices, those without anything to show are named together.
        let quiet = |index: &&Compared| self.indices.len() > 1 && shown(self, index).next().is_none();
        for index in self.indices.iter().filter(|index| !quiet(index)) {
            blocks.push(Block::Heading(heading(index)));
            if index.changed() == 0 {
                blocks.push(Block::Words("nothing changed".to_owned()));
            }
            if with_cells && shown(self, index).next().is_some() {
                blocks.extend(sheets::all_cells(self, index));
            }
            blocks.extend(sheets::verdict(self, index).into_iter().map(Block::Sheet));
        }
        let unchanged: Vec<&str> = self.indices.iter().filter(quiet).map(|index| &*index.name).collect();
        if !unchanged.is_empty() {
            blocks.push(Block::Heading("Nothing changed".to_owned()));
            blocks.push(Block::Words(unchanged.join(", ")));
        }
        if !self.left_out.is_empty() {
            blocks.push(Block::Heading("Not compared".to_owned()));
            blocks.push(Block::Sheet(sheets::left_out(self)));
        }
        if !self.differences.is_empty() {
            blocks.push(Block::Heading("Differences between the schemes".to_owned()));
            blocks.push(Block::Differences(sheets::listed(self), sheets::differences(self)));
        }
        blocks
    }

    /// The columns behind the dimensions: those of each scheme, of numbers the change and the ranks, and further ones.
    fn heads(&self, index: &Compared, with_numbers: bool, parts: &[Part]) -> Vec<Head> {
        let numeric = index.ty.is_numeric();
        let mut heads: Vec<Head> = self.schemes.iter().map(|scheme| (scheme.label.to_owned(), numeric)).collect();
        let more: &[&str] = match index.verdict {
            Verdict::Pair(_) => &["delta", "rank_a", "rank_b", "rank_change"],
            Verdict::Several(_) => &["rank_min", "rank_max"],
        };
        if with_numbers {
            heads.extend(more.iter().map(|&head| (head.to_owned(), true)));
        }
        heads.extend(further(index, parts).map(|column| {
            let words = column.fields.iter().any(|field| matches!(field, Some(Field::Text(_))));
            (column.name.clone(), !words)
        }));
        heads
    }
}

fn heading(index: &Compared) -> String {
    if index.title.is_empty() { index.name.to_string() } else { format!("{}: {}", index.name, index.title) }
}

/// The values of the dimensions of a row in print.
fn key(index: &Compared, row: &Row) -> Vec<Option<String>> {
    let values = row.key.iter().zip(&index.dims);
    values.map(|(value, dim)| value.is_known().then(|| value.format(&dim.ty.base))).collect()
}

/// The fields of a row under [`Report::heads`], without any escapes; `None` is blank.
fn fields(index: &Compared, at: usize, row: &Row, with_numbers: bool, parts: &[Part]) -> Vec<Option<String>> {
    let places = index.places();
    let mut fields: Vec<Option<String>> = row.held.iter().map(|held| in_print(held, &index.ty)).collect();
    if with_numbers {
        match index.verdict {
            Verdict::Pair(_) => {
                fields.push(row.delta().map(|delta| exact::format(delta, places)));
                fields.extend(row.ranks.iter().map(|rank| rank.map(|rank| rank.to_string())));
                fields.push(row.rank_change().map(|change| change.to_string()));
            }
            Verdict::Several(_) => {
                let (least, most) = row.rank_range().unzip();
                fields.extend([least, most].map(|rank| rank.map(|rank| rank.to_string())));
            }
        }
    }
    fields.extend(further(index, parts).map(|column| further_field(column, at)));
    fields
}

/// All parts of further columns.
const ALL_PARTS: &[Part] = &[Part::Shares, Part::Interactions, Part::Stacked];

/// The further columns of some parts.
fn further<'c>(index: &'c Compared, parts: &'c [Part]) -> impl Iterator<Item = &'c Column> {
    index.extra.iter().filter(|column| parts.contains(&column.part))
}

fn further_field(column: &Column, at: usize) -> Option<String> {
    match column.fields.get(at)?.as_ref()? {
        Field::Text(text) => Some(text.clone()),
        Field::Number { units, places, .. } => Some(exact::format(*units, *places)),
    }
}

fn in_print(held: &Held, ty: &Type) -> Option<String> {
    match held {
        Held::Absent | Held::Missing => None,
        Held::Number(units) => Some(exact::format(*units, if let Type::Number(places) = ty { *places } else { 0 })),
        Held::Other(value) => Some(value.format(ty)),
    }
}

/// The rows that are printed, with their places.
fn shown<'r>(report: &Report<'_>, index: &'r Compared) -> impl Iterator<Item = (usize, &'r Row)> {
    let all = report.all;
    index.rows.iter().enumerate().filter(move |(_, row)| all || row.changed || row.notable)
}
