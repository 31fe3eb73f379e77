//! What a scheme says under a span, and where: a text in one line without comments, the file and the line.

use super::tree::{ChangeName, Line};
use crate::plan::{ScaleLine, Step};
use crate::source::{Sources, Span};

/// A change of a scheme that extends another: its place and its name.
#[derive(Debug, Clone)]
pub struct NamedChange {
    /// All of it.
    pub span: Span,
    /// What it is called.
    pub name: ChangeName,
}

/// The texts of a run.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'a> {
    sources: &'a Sources,
    changes: &'a [NamedChange],
}

impl<'a> From<&'a Sources> for Texts<'a> {
    fn from(sources: &'a Sources) -> Self {
        Self { sources, changes: &[] }
    }
}

impl<'a> Texts<'a> {
    /// What is said in these texts, with the names of changes.
    pub fn new(sources: &'a Sources, changes: &'a [NamedChange]) -> Self {
        Self { sources, changes }
    }

    /// The file and the line of a span, and the change in which it stands.
    pub fn line(self, span: Span) -> Line {
        let change = self.changes.iter().find(|change| change.span.holds(span));
        self.sources.get(span.file).map_or_else(Line::default, |file| Line {
            file: file.name.to_string(),
            line: file.line_column(span.start).0,
            change: change.map(|change| change.name.clone()),
        })
    }

    /// What a line of a scale says of one of its words.
    pub fn scale_line(self, line: ScaleLine) -> String {
        let result = line.result.map(|points| format!("{} ", self.text(points))).unwrap_or_default();
        format!("{result}{}", self.text(line.key))
    }

    /// The text of a span in one line.
    pub fn text(self, span: Span) -> String {
        in_one_line(self.sources.slice(self.whole(span)))
    }

    /// A span with the parentheses around its ends: that of `(a) / b` may begin at `a`.
    fn whole(self, span: Span) -> Span {
        let text = self.sources.get(span.file).map_or("", |file| &*file.text);
        let (mut start, mut end) = (span.start as usize, span.end as usize);
        loop {
            let (missing_open, missing_close) = unmatched(text.get(start..end).unwrap_or(""));
            let before = text.get(..start).unwrap_or("").trim_end();
            let behind = text.get(end..).unwrap_or("");
            let closing = behind.trim_start();
            if missing_open && before.ends_with('(') {
                start = before.len() - 1;
            } else if missing_close && closing.starts_with(')') {
                end += behind.len() - closing.len() + 1;
            } else {
                return Span::new(span.file, start, end);
            }
        }
    }

    /// The text of a step, without its label and its citation.
    pub fn step(self, step: &Step) -> String {
        let text = self.text(step.span);
        let body = match text.strip_prefix(&*step.label).map(str::trim_start) {
            Some(rest) => rest.strip_prefix([':', '=']).unwrap_or(rest).trim_start(),
            None => text.as_str(),
        };
        let cite = step.cite.as_ref().and_then(|_| body.rfind(" cite \""));
        cite.and_then(|at| body.get(..at)).unwrap_or(body).to_owned()
    }
}

/// Whether a closing parenthesis has no opening one before it, and the reverse.
fn unmatched(text: &str) -> (bool, bool) {
    let (mut open, mut missing, mut quoted) = (0u32, false, false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => open += 1,
            ')' if !quoted && open == 0 => missing = true,
            ')' if !quoted => open -= 1,
            _ => {}
        }
    }
    (missing, open > 0)
}

/// The text without comments, every blank between two words a single one.
fn in_one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let (mut quoted, mut comment, mut escaped) = (false, false, false);
    for c in text.chars() {
        comment = if comment { c != '\n' } else { c == '#' && !quoted };
        if comment {
            continue;
        }
        if c == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = c == '\\' && quoted && !escaped;
        match c.is_whitespace() && !quoted {
            true if line.is_empty() || line.ends_with(' ') => {}
            true => line.push(' '),
            false => line.push(c),
        }
    }
    line.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_several_lines_becomes_one() {
        assert_eq!(in_one_line("keep a  # why\n   and b = \"x  # y\""), "keep a and b = \"x  # y\"");
        assert_eq!(in_one_line("join(\"a\\\"  # \", b) # no"), "join(\"a\\\"  # \", b)");
    }
}
