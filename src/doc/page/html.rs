//! A page as one file of HTML, with a table of contents. What comes from a scheme is escaped.

use super::{Block, Line, Page, Piece, Rule};
use crate::report::html::{escape, styled_page};

/// What a page of a methodology looks like besides.
pub const STYLE: &str = "nav ul{list-style:none;padding-left:1.2rem;margin:0}nav>ul{padding:0}\
ol.rules{padding-left:1.6rem}ol.rules>li{margin:.8rem 0;break-inside:avoid}\
.beside{display:grid;grid-template-columns:3fr 2fr;gap:1.5rem;align-items:start}.beside>*{min-width:0}.beside p,.beside ul{margin:.2rem 0}\
pre{background:#f6f6f3;padding:.4rem .6rem;margin:.2rem 0}\
@media(max-width:45rem){.beside{display:block}}\
@media print{body{max-width:none;margin:0;font-size:10pt}nav{break-after:page}h2,h3{break-after:avoid}\
tr,pre{break-inside:avoid}}";

/// Renders a page.
pub fn render(page: &Page) -> String {
    let mut body = format!("<h1>{}</h1>\n", escape(&page.title));
    body.push_str(&contents(&page.blocks));
    body.push_str("<main>\n");
    page.blocks.iter().for_each(|part| block(part, &mut body));
    body.push_str("</main>\n");
    styled_page(&page.title, STYLE, &body)
}

/// What stands on a page, as a part of another: headings lie deeper by some levels, and their anchors begin with a word.
pub fn part(page: &Page, deeper: u8, anchor: &str) -> String {
    let mut out = String::new();
    for part in &page.blocks {
        match part {
            Block::Heading { level, id, line } => {
                let heading = Block::Heading { level: level + deeper, id: format!("{anchor}{id}"), line: line.clone() };
                block(&heading, &mut out);
            }
            other => block(other, &mut out),
        }
    }
    out
}

/// The headings of the first two levels below the title, as links.
fn contents(blocks: &[Block]) -> String {
    let mut out = String::from("<nav>\n<ul>\n");
    let mut inner = false;
    let mut open = false;
    for part in blocks {
        let Block::Heading { level, id, line } = part else { continue };
        let link = format!("<a href=\"#{}\">{}</a>", escape(id), inline(line));
        if *level == 2 {
            out.push_str(if inner { "</ul></li>\n" } else { "" });
            out.push_str(if open && !inner { "</li>\n" } else { "" });
            out.push_str(&format!("<li>{link}"));
            (inner, open) = (false, true);
        } else if *level == 3 && open {
            out.push_str(if inner { "" } else { "\n<ul>\n" });
            out.push_str(&format!("<li>{link}</li>\n"));
            inner = true;
        }
    }
    out.push_str(if inner { "</ul></li>\n" } else { "" });
    out.push_str(if open && !inner { "</li>\n" } else { "" });
    out.push_str("</ul>\n</nav>\n");
    out
}

fn block(block: &Block, out: &mut String) {
    match block {
        Block::Heading { level, id, line } => {
            let level = (*level).min(6);
            out.push_str(&format!("<h{level} id=\"{}\">{}</h{level}>\n", escape(id), inline(line)));
        }
        Block::Paragraph(line) => out.push_str(&format!("<p>{}</p>\n", inline(line))),
        Block::List(lines) => {
            out.push_str("<ul>\n");
            lines.iter().for_each(|line| out.push_str(&format!("<li>{}</li>\n", inline(line))));
            out.push_str("</ul>\n");
        }
        Block::Table { heads, rows } => table(heads, rows, out),
        Block::Code(text) => out.push_str(&format!("<pre>{}</pre>\n", escape(text))),
        Block::Rules(rules) => {
            out.push_str("<ol class=\"rules\">\n");
            for rule in rules {
                out.push_str("<li>");
                beside(rule, out);
                out.push_str("</li>\n");
            }
            out.push_str("</ol>\n");
        }
        Block::Beside(rule) => {
            beside(rule, out);
            out.push('\n');
        }
    }
}

/// A rule on the left, its source on the right.
fn beside(rule: &Rule, out: &mut String) {
    out.push_str("<div class=\"beside\"><div>\n");
    rule.blocks.iter().for_each(|part| block(part, out));
    out.push_str("</div>\n");
    if !rule.source.is_empty() {
        block(&Block::Code(rule.source.clone()), out);
    }
    out.push_str("</div>");
}

fn table(heads: &[String], rows: &[Vec<Line>], out: &mut String) {
    out.push_str("<table>\n<thead><tr>");
    heads.iter().for_each(|head| out.push_str(&format!("<th>{}</th>", escape(head))));
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        out.push_str("<tr>");
        row.iter().for_each(|cell| out.push_str(&format!("<td>{}</td>", inline(cell))));
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n");
}

fn inline(line: &Line) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => escape(text),
        Piece::Strong(text) => format!("<strong>{}</strong>", escape(text)),
        Piece::Name(text) => format!("<em>{}</em>", escape(text)),
        Piece::Code(text) => format!("<code>{}</code>", escape(text)),
    };
    line.pieces.iter().map(piece).collect::<Vec<_>>().concat()
}
