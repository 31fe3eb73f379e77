//! A problem drawn for people: what is wrong, the lines with the places underlined, and what to write instead.

use std::error::Error;
use std::fmt;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan,
    SpanContents,
};

use super::excerpt::{Excerpt, Wanted, of_line, of_text};
use super::{others, place_in_words};
use crate::diag::{Diagnostic, Label, Place, Severity};
use crate::report::visible::visible;
use crate::source::{FileId, Sources};

/// The width that messages are wrapped to. It is fixed: the same run prints the same everywhere.
const WIDTH: usize = 100;

/// A character that joins its neighbours and takes no room. No text that is drawn has one: [`visible`] writes it out.
const JOINER: char = '\u{2060}';

/// Words with more characters are broken where they can be.
const LONGEST_WORD: usize = 60;

/// The text with words in backticks that are not broken at their hyphens and slashes.
fn unbroken(text: &str) -> String {
    let joined = |(at, part): (usize, &str)| {
        let is_word = at % 2 == 1 && !part.contains(char::is_whitespace) && part.chars().count() <= LONGEST_WORD;
        if is_word {
            part.replace('-', &format!("-{JOINER}")).replace('/', &format!("/{JOINER}"))
        } else {
            part.to_owned()
        }
    };
    text.split('`').enumerate().map(joined).collect::<Vec<String>>().join("`")
}

/// The drawing; ends with a line break.
pub fn draw(diagnostic: &Diagnostic, sources: &Sources, color: bool) -> String {
    let theme = if color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(WIDTH)
        .with_links(false)
        .without_syntax_highlighting()
        .with_context_lines(1);
    let drawn = Drawn::new(diagnostic, sources);
    let mut text = String::new();
    match handler.render_report(&mut text, &drawn) {
        // The drawing pads some lines with blanks.
        Ok(()) => text.replace(JOINER, "").lines().map(|line| format!("{}\n", line.trim_end())).collect(),
        Err(_) => format!("{}: {}\n", drawn.code, drawn.message),
    }
}

/// A diagnostic as the drawing takes it: all excerpts one behind the other, as if they were one text.
#[derive(Debug)]
struct Drawn {
    code: &'static str,
    severity: Severity,
    message: String,
    help: Option<String>,
    labels: Vec<LabeledSpan>,
    excerpts: Excerpts,
}

impl Drawn {
    fn new(diagnostic: &Diagnostic, sources: &Sources) -> Self {
        let excerpts = Excerpts::of(&diagnostic.labels, sources);
        let mut message = visible(&diagnostic.message).into_owned();
        for (at, label) in diagnostic.labels.iter().enumerate().filter(|(at, _)| !excerpts.show(*at)) {
            message.push_str(&in_words(label, at == 0));
        }
        let others = others(diagnostic);
        if !others.is_empty() {
            message.push_str(&format!(" ({})", visible(&others)));
        }
        Self {
            code: diagnostic.code.as_str(),
            severity: diagnostic.severity,
            message: unbroken(&message),
            help: diagnostic.help.as_ref().map(|help| unbroken(&lines(help))),
            labels: excerpts.labels(&diagnostic.labels),
            excerpts,
        }
    }
}

/// A label without an excerpt, for the message.
fn in_words(label: &Label, main: bool) -> String {
    let Place::Data(place) = &label.place else { return String::new() };
    let place = place_in_words(place);
    let place = visible(&place);
    if main || label.text.is_empty() { format!(" ({place})") } else { format!("; {} ({place})", visible(&label.text)) }
}

/// A text of several lines, each made safe.
fn lines(text: &str) -> String {
    text.lines().map(visible).collect::<Vec<_>>().join("\n")
}

impl fmt::Display for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Drawn {}

impl miette::Diagnostic for Drawn {
    fn code(&self) -> Option<Box<dyn fmt::Display + '_>> {
        Some(Box::new(self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help(&self) -> Option<Box<dyn fmt::Display + '_>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        (!self.labels.is_empty()).then_some(&self.excerpts as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty()).then(|| Box::new(self.labels.iter().cloned()) as Box<_>)
    }
}

/// Excerpts of several texts, addressed as one text.
#[derive(Debug, Default)]
struct Excerpts {
    /// Where each begins, and the excerpt.
    list: Vec<(usize, Excerpt)>,
}

impl Excerpts {
    fn of(labels: &[Label], sources: &Sources) -> Self {
        let mut files: Vec<(FileId, Vec<Wanted>)> = Vec::new();
        let mut found: Vec<Excerpt> = Vec::new();
        for (label, place) in labels.iter().map(|label| &label.place).enumerate() {
            match place {
                Place::Text(span) => {
                    let wanted = Wanted { range: span.start as usize..span.end as usize, label };
                    match files.iter_mut().find(|(file, _)| *file == span.file) {
                        Some((_, list)) => list.push(wanted),
                        None => files.push((span.file, vec![wanted])),
                    }
                }
                Place::Data(place) => {
                    let Some((line, from, to)) = &place.excerpt else { continue };
                    let wanted = Wanted { range: *from as usize..*to as usize, label };
                    found.push(of_line(&place.file, place.line as usize, line, &wanted));
                }
            }
        }
        for (file, wanted) in files {
            if let Some(file) = sources.get(file) {
                found.extend(of_text(&file.name, &file.text, &wanted));
            }
        }
        found.sort_by_key(|excerpt| excerpt.marks.iter().map(|mark| mark.label).min());
        let mut list = Vec::new();
        let mut start = 0;
        for excerpt in found {
            let length = excerpt.text.len();
            list.push((start, excerpt));
            // One byte between two keeps them apart: a span that ends one never touches the next.
            start += length + 1;
        }
        Self { list }
    }

    /// Whether a label has an excerpt.
    fn show(&self, label: usize) -> bool {
        self.list.iter().any(|(_, excerpt)| excerpt.marks.iter().any(|mark| mark.label == label))
    }

    fn labels(&self, labels: &[Label]) -> Vec<LabeledSpan> {
        let mut spans = Vec::new();
        for (start, excerpt) in &self.list {
            for mark in &excerpt.marks {
                let text = labels.get(mark.label).map(|label| visible(&label.text).into_owned());
                let text = text.filter(|text| !text.is_empty());
                let span = (start + mark.range.start, mark.range.len());
                let new = if mark.label == 0 { LabeledSpan::new_primary_with_span } else { LabeledSpan::new_with_span };
                spans.push(new(text, span));
            }
        }
        spans
    }
}

impl SourceCode for Excerpts {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let end = span.offset() + span.len();
        let holds = |start: usize, excerpt: &Excerpt| span.offset() >= start && end <= start + excerpt.text.len();
        let found = self.list.iter().find(|(start, excerpt)| holds(*start, excerpt));
        let (start, excerpt) = found.ok_or(MietteError::OutOfBounds)?;
        let name = visible(&excerpt.name).into_owned();
        if before == 0 && after == 0 {
            // The drawing asks for a bare place to name its line and column: those of the whole text are meant.
            let range = span.offset() - start..end - start;
            let mark = excerpt.marks.iter().find(|mark| mark.range.start == range.start);
            let (line, column) = mark.map_or((excerpt.line, 1), |mark| (mark.line, mark.column));
            let data = excerpt.text.get(range).unwrap_or("").as_bytes();
            return Ok(Box::new(MietteSpanContents::new_named(name, data, *span, line - 1, column - 1, 1)));
        }
        let whole = SourceSpan::new((*start).into(), excerpt.text.len());
        let lines = excerpt.text.matches('\n').count();
        let data = excerpt.text.as_bytes();
        Ok(Box::new(MietteSpanContents::new_named(name, data, whole, excerpt.line.saturating_sub(1), 0, lines)))
    }
}
