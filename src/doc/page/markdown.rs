//! A page as Markdown. What comes from a scheme can't become markup: every character that could is escaped.

use super::{Block, Line, Page, Piece, Rule};
use crate::report::visible::visible;

/// Renders a page.
pub fn render(page: &Page) -> String {
    let mut out = format!("# {}\n", paragraph(&Line::of(page.title.as_str())));
    for part in blocks(&page.blocks) {
        out.push('\n');
        out.push_str(&part);
    }
    out
}

/// The blocks, each ending in a line break.
fn blocks(list: &[Block]) -> Vec<String> {
    list.iter().map(block).filter(|text| !text.is_empty()).collect()
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading { level, line, .. } => {
            format!("{} {}\n", "#".repeat(usize::from(*level).min(6)), paragraph(line))
        }
        Block::Paragraph(line) => format!("{}\n", paragraph(line)),
        Block::List(lines) => lines.iter().map(|line| format!("- {}\n", paragraph(line))).collect::<Vec<_>>().concat(),
        Block::Table { heads, rows } => table(heads, rows),
        Block::Code(text) => code_block(text),
        Block::Beside(rule) => rule_text(rule),
        Block::Rules(rules) => {
            let items: Vec<String> = rules.iter().enumerate().map(|(at, rule)| numbered(at + 1, rule)).collect();
            items.join("\n")
        }
    }
}

/// What a rule says, and its source below.
fn rule_text(rule: &Rule) -> String {
    let mut parts = blocks(&rule.blocks);
    parts.push(code_block(&rule.source));
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

/// A rule as an item of a numbered list: all its blocks stand below its number, indented by the number's width.
fn numbered(number: usize, rule: &Rule) -> String {
    let marker = format!("{number}. ");
    let text = rule_text(rule);
    let indent = " ".repeat(marker.len());
    let mut out = String::with_capacity(text.len() + 64);
    for (at, line) in text.lines().enumerate() {
        if at == 0 {
            out.push_str(&marker);
        } else if !line.is_empty() {
            out.push_str(&indent);
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

fn table(heads: &[String], rows: &[Vec<Line>]) -> String {
    let cell = |line: &Line| inline(line, true);
    let heads: Vec<String> = heads.iter().map(|head| cell(&Line::of(head.as_str()))).collect();
    let mut out = format!("| {} |\n|{}\n", heads.join(" | "), " --- |".repeat(heads.len()));
    for row in rows {
        let cells: Vec<String> = row.iter().map(cell).collect();
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    out
}

/// A fence longer than any run of backticks inside can't be closed by what it holds.
fn code_block(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    let lines: Vec<String> = text.lines().map(|line| visible(line).into_owned()).collect();
    format!("{fence}\n{}\n{fence}\n", lines.join("\n"))
}

/// A line that begins a block: what would make a list, a heading or a rule of it is escaped.
fn paragraph(line: &Line) -> String {
    let text = inline(line, false);
    let text = text.trim();
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(digits).unwrap_or((text, ""));
    match rest.chars().next() {
        Some('.' | ')') if digits > 0 => format!("{number}\\{rest}"),
        Some('+' | '-' | '=' | ':') if digits == 0 => format!("\\{rest}"),
        _ => text.to_owned(),
    }
}

fn inline(line: &Line, in_table: bool) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => escape(text),
        Piece::Strong(text) => around("**", text),
        Piece::Name(text) => around("*", text),
        Piece::Code(text) => code(text, in_table),
    };
    line.pieces.iter().map(piece).collect::<Vec<_>>().concat()
}

/// Signs of emphasis stick to letters alone; without any there is nothing to emphasise.
fn around(sign: &str, text: &str) -> String {
    let text = text.trim();
    if text.is_empty() { String::new() } else { format!("{sign}{}{sign}", escape(text)) }
}

/// Code between backticks, more than it holds in a row. In a table a bar ends the cell even here.
fn code(text: &str, in_table: bool) -> String {
    let text = visible(text);
    if text.trim().is_empty() {
        return format!("\"{text}\"");
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    let text = if in_table { text.replace('|', "\\|") } else { text.into_owned() };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// The text with a backslash before what Markdown would take for markup.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in visible(text).chars() {
        if matches!(c, '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '&' | '~' | '$' | '#') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
