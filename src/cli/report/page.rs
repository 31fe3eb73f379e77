//! The page: one file of HTML that needs nothing else and is read from the results down to how they come about.

use super::super::account::Account;
use super::against::Against;
use super::parts::{figure, folded, table};
use super::pictures::Picture;
use super::style::STYLE;
use super::{account, sensitivity};
use crate::chart::listed;
use crate::compile::Compiled;
use crate::doc::page as doc;
use crate::report::groups::Group;
use crate::report::html::{escape, styled_page};
use crate::report::layout::Sheet;
use crate::report::sensitivity::Sensitivity;
use crate::report::table::sheet;

/// All that stands on the page.
pub struct Page<'a> {
    /// A title instead of the scheme's.
    pub title: Option<&'a str>,
    /// The scheme.
    pub compiled: &'a Compiled,
    /// The parameters that are set for this run.
    pub settings: &'a [(String, String)],
    /// The results, by their dimensions.
    pub groups: &'a [Group<'a, 'a>],
    /// The pictures of each group.
    pub pictures: &'a [Vec<Picture>],
    /// The comparison with another scheme, and its pictures.
    pub against: Option<(&'a Against, &'a [Picture])>,
    /// How sure the results are, and its pictures.
    pub sensitivity: Option<(&'a Sensitivity, &'a [Picture])>,
    /// What became of each record.
    pub account: &'a Account,
    /// The methodology.
    pub method: &'a doc::Page,
}

/// A part of the page: its anchor, its heading, and what stands in it.
struct Section {
    id: &'static str,
    title: String,
    body: String,
}

impl Page<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let own = self.compiled.chain.title();
        let title = self.title.unwrap_or(&own);
        let sections = self.sections();
        let mut body = String::from("<a class=\"skip\" href=\"#results\">Skip to the results</a>\n<header>\n");
        body.push_str(&format!("<h1>{}</h1>\n{}</header>\n", escape(title), self.head()));
        body.push_str("<nav aria-label=\"Contents\">\n<ul>\n");
        for section in &sections {
            body.push_str(&format!("<li><a href=\"#{}\">{}</a></li>\n", section.id, escape(&section.title)));
        }
        body.push_str("</ul>\n</nav>\n<main>\n");
        for section in &sections {
            let title = escape(&section.title);
            body.push_str(&format!("<section id=\"{}\">\n<h2>{title}</h2>\n{}</section>\n", section.id, section.body));
        }
        body.push_str("</main>\n");
        styled_page(title, &format!("{}{STYLE}", doc::html::STYLE), &body)
    }

    fn sections(&self) -> Vec<Section> {
        let section = |id, title: &str, body| Section { id, title: title.to_owned(), body };
        let mut found = vec![section("results", "Results", self.results())];
        if let Some((against, pictures)) = self.against {
            let title = format!("Held against “{}”", against.other_title());
            found.push(Section { id: "against", title, body: against.section(pictures) });
        }
        if let Some((sure, pictures)) = self.sensitivity {
            found.push(section("sensitivity", "How sure the results are", sensitivity::section(sure, pictures)));
        }
        found.push(section("account", "What became of each record", account::section(self.account)));
        let mut method = String::new();
        if !self.settings.is_empty() {
            method.push_str("<p>Parameters stand here as the scheme has them; what is set for this report stands at its head.</p>\n");
        }
        method.push_str(&doc::html::part(self.method, 1, "method-"));
        found.push(section("methodology", "Methodology", method));
        found
    }

    /// Authors, what is cited, and what is set for this run.
    fn head(&self) -> String {
        let header = &self.compiled.header;
        let mut out = String::new();
        let authors: Vec<String> = header.authors.iter().map(|author| escape(author)).collect();
        if !authors.is_empty() {
            out.push_str(&format!("<p>By {}</p>\n", authors.join(", ")));
        }
        // What an overlay changes has its own sources.
        let layers = [header].into_iter().chain(&self.compiled.extends);
        let cites: Vec<String> = layers.flat_map(|header| &header.cites).map(|cite| escape(cite)).collect();
        if !cites.is_empty() {
            out.push_str(&format!("<ul>\n<li>{}</li>\n</ul>\n", cites.join("</li>\n<li>")));
        }
        if !self.settings.is_empty() {
            let set: Vec<String> = self
                .settings
                .iter()
                .map(|(name, value)| format!("<code>{}</code> = {}", escape(name), escape(value)))
                .collect();
            out.push_str(&format!("<p>Set for this report: {}</p>\n", set.join(", ")));
        }
        out
    }

    /// For indices of the same dimensions: their pictures, and the table of their cells.
    fn results(&self) -> String {
        let mut out = String::new();
        for (at, (group, pictures)) in self.groups.iter().zip(self.pictures).enumerate() {
            let dims: Vec<&str> = group.axes.iter().map(|axis| axis.name).collect();
            let heading = if dims.is_empty() { "Single values".to_owned() } else { format!("By {}", listed(&dims)) };
            out.push_str(&format!("<h3 id=\"results-{at}\">{}</h3>\n", escape(&heading)));
            pictures.iter().for_each(|picture| out.push_str(&figure(picture, 4)));
            out.push_str(&named(group));
            let cells = self.cells(group);
            let caption =
                if dims.is_empty() { "Single values".to_owned() } else { format!("All values by {}", listed(&dims)) };
            out.push_str(&if pictures.is_empty() { table(&cells, &caption) } else { folded(&cells, &caption) });
        }
        out
    }

    /// The cells of a group with the digits of `rules eval`.
    fn cells(&self, group: &Group<'_, '_>) -> Sheet {
        let mut cells = sheet(group);
        if cells.heads.is_empty() {
            cells.heads = vec!["index".to_owned(), "value".to_owned()];
        }
        cells
    }
}

/// What the indices are called whose names head the columns.
fn named(group: &Group<'_, '_>) -> String {
    let titled: Vec<String> = group
        .members
        .iter()
        .filter(|series| !series.title.is_empty())
        .map(|series| format!("<dt><code>{}</code></dt><dd>{}</dd>\n", escape(series.name), escape(series.title)))
        .collect();
    if titled.is_empty() { String::new() } else { format!("<dl>\n{}</dl>\n", titled.concat()) }
}
