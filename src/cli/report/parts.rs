//! Parts of the page: tables, pictures with their numbers. Whatever comes from a scheme or a file of data is escaped.

use std::fmt::Write as _;

use super::pictures::Picture;
use crate::chart::{Frame, Table, Width};
use crate::report::html::escape;
use crate::report::layout::{Align, Sheet};

/// Longer tables are folded.
const MOST_OPEN: usize = 40;

/// A table, folded if it is long; its caption says what it holds.
pub fn folded(sheet: &Sheet, caption: &str) -> String {
    let many = sheet.rows.len();
    let open = if many <= MOST_OPEN { " open" } else { "" };
    let rows = if many == 1 { "1 row".to_owned() } else { format!("{many} rows") };
    format!("<details{open}>\n<summary>{} ({rows})</summary>\n{}</details>\n", escape(caption), table(sheet, caption))
}

/// A table that can be moved sideways where it is too wide for the screen.
pub fn table(sheet: &Sheet, caption: &str) -> String {
    let mut out = format!(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{0}\">\n<table>\n<caption>{0}</caption>\n",
        escape(caption)
    );
    if !sheet.heads.is_empty() {
        out.push_str("<thead><tr>");
        for (head, align) in sheet.heads.iter().zip(&sheet.aligns) {
            // Names of indices are long words: they may be broken.
            let words = escape(head).replace('_', "_<wbr>");
            let (tag, end) = if head.is_empty() { ("td", "td") } else { ("th scope=\"col\"", "th") };
            push(&mut out, format_args!("<{tag}{}>{words}</{end}>", class(*align)));
        }
        out.push_str("</tr></thead>\n");
    }
    out.push_str("<tbody>\n");
    let places: Vec<Option<usize>> = (0..sheet.aligns.len()).map(|at| most_places(sheet, at)).collect();
    for row in &sheet.rows {
        out.push_str("<tr>");
        for (at, ((field, align), places)) in row.iter().zip(&sheet.aligns).zip(&places).enumerate() {
            let (tag, end) = if at == 0 && !field.is_empty() { ("th scope=\"row\"", "th") } else { ("td", "td") };
            let pad = places.map_or_else(String::new, |most| padding(field, most));
            push(&mut out, format_args!("<{tag}{}>{}{pad}</{end}>", class(*align), escape(field)));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
    out
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string can't fail.
    let _ = out.write_fmt(text);
}

fn class(align: Align) -> &'static str {
    if align == Align::Point { " class=\"number\"" } else { "" }
}

/// The most decimal places in a column of numbers.
fn most_places(sheet: &Sheet, at: usize) -> Option<usize> {
    (sheet.aligns.get(at) == Some(&Align::Point)).then(|| {
        let places = sheet.rows.iter().filter_map(|row| row.get(at)).map(|field| places(field));
        places.max().unwrap_or(0)
    })
}

fn places(field: &str) -> usize {
    field.find('.').map_or(0, |at| field.len() - at - 1)
}

/// Blanks as wide as the places that a number lacks, so that decimal points stand below one another.
fn padding(field: &str, most: usize) -> String {
    let own = places(field);
    // Digits of binary numbers are many, and differ: there is no point in it.
    if own >= most || most > 6 || field.is_empty() {
        return String::new();
    }
    let point = if own == 0 { "\u{2008}" } else { "" };
    format!("{point}{}", "\u{2007}".repeat(most - own))
}

/// A picture in two widths, of which the page shows one, and its numbers.
pub fn figure(picture: &Picture, level: u8) -> String {
    let name = escape(&picture.name);
    let title = escape(&picture.title);
    let drawn = |width: Width, end: &str| {
        let id = format!("picture-{}-{end}", picture.name);
        picture.chart.svg(Frame { id: &id, title: &picture.title, titled: false, width })
    };
    let mut out = format!("<figure id=\"picture-{name}\">\n<h{level}>{title}</h{level}>\n");
    push(&mut out, format_args!("<div class=\"wide\">{}</div>\n", drawn(Width::Wide, "wide")));
    push(&mut out, format_args!("<div class=\"narrow\">{}</div>\n", drawn(Width::Narrow, "narrow")));
    let note = if picture.note.is_empty() { String::new() } else { format!("{} ", escape(&picture.note)) };
    push(&mut out, format_args!("<figcaption>{note}Picture <code>{name}</code>.</figcaption>\n"));
    let caption = format!("The numbers of the picture: {}", picture.title);
    push(
        &mut out,
        format_args!(
            "<details class=\"numbers\">\n<summary>The numbers of this picture</summary>\n{}</details>\n</figure>\n",
            table(&sheet(&picture.chart.table()), &caption)
        ),
    );
    out
}

/// The table of a picture as all tables are.
fn sheet(table: &Table) -> Sheet {
    let align = |at: usize| if at < table.words { Align::Left } else { Align::Point };
    Sheet { heads: table.heads.clone(), aligns: (0..table.heads.len()).map(align).collect(), rows: table.rows.clone() }
}
