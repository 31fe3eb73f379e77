//! Problems: what is wrong, where, what was expected and what to write instead. No drawing here: the command line does.

pub mod codes;
pub mod nearest;
pub mod pages;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use codes::Code;

use crate::source::Span;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The run can't give a result.
    Error,
    /// The result stands, but the user should know.
    Warning,
}

/// A place in a file of data.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataPlace {
    /// The file as the user named it.
    pub file: Arc<str>,
    /// The physical line, from 1; 0 for the whole file.
    pub line: u32,
    /// The field of the record, from 0, where it is about one.
    pub field: Option<usize>,
    /// The column's header or name, where it is about one.
    pub column: Option<Arc<str>>,
    /// The physical line's text and the bytes in it that are meant, where known.
    pub excerpt: Option<(Arc<str>, u32, u32)>,
}

impl DataPlace {
    /// A whole file.
    pub fn file(file: &Arc<str>) -> Self {
        Self::line(file, 0)
    }

    /// A line of a file.
    pub fn line(file: &Arc<str>, line: u32) -> Self {
        Self { file: Arc::clone(file), line, field: None, column: None, excerpt: None }
    }

    /// A field of a line.
    pub fn field(file: &Arc<str>, line: u32, field: Option<usize>, column: &Arc<str>) -> Self {
        Self { field, column: Some(Arc::clone(column)), ..Self::line(file, line) }
    }
}

/// A place in a scheme or in data.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// In a text known to [`crate::source::Sources`].
    Text(Span),
    /// In a file of data.
    Data(DataPlace),
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        Place::Text(span)
    }
}

impl From<DataPlace> for Place {
    fn from(place: DataPlace) -> Self {
        Place::Data(place)
    }
}

/// A place and what is said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub place: Place,
    /// What is said; may be empty.
    pub text: String,
}

/// One problem. Messages are in lower case without a final stop; what the user wrote stands in backticks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The stable code.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Where; the first is the main place.
    pub labels: Vec<Label>,
    /// What to write instead.
    pub help: Option<String>,
    /// How often it was found; above 1 for repeated errors of data, which are shown once.
    pub count: u64,
    /// The first few places of a repeated error, the main one included.
    pub examples: Vec<DataPlace>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: Code, place: impl Into<Place>, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            labels: vec![Label { place: place.into(), text: String::new() }],
            help: None,
            count: 1,
            examples: Vec::new(),
        }
    }

    /// A warning at a place.
    pub fn warning(code: Code, place: impl Into<Place>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, place, message) }
    }

    /// Says something of the main place.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        if let Some(first) = self.labels.first_mut() {
            first.text = text.into();
        }
        self
    }

    /// Adds a further place.
    pub fn also(mut self, place: impl Into<Place>, text: impl Into<String>) -> Self {
        self.labels.push(Label { place: place.into(), text: text.into() });
        self
    }

    /// Says what to write instead.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The main place.
    pub fn place(&self) -> Option<&Place> {
        self.labels.first().map(|label| &label.place)
    }
}

/// How many places of a repeated error are kept.
pub const EXAMPLES: usize = 5;

/// A sink for problems. Errors of data that say the same are counted and shown once, with their first places.
#[derive(Debug, Clone, Default)]
pub struct Problems {
    list: Vec<Diagnostic>,
    repeated: BTreeMap<String, usize>,
}

impl Problems {
    /// An empty sink.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a problem.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Takes a problem of data; `group` is what makes it the same as another. The one with the smallest place stays
    /// the main one, and of several at that place the one with the least message, whatever the order in which they
    /// come.
    pub fn push_grouped(&mut self, group: &str, diagnostic: Diagnostic) {
        let key = format!("{}\u{0}{group}", diagnostic.code.as_str());
        let Some(first) = self.repeated.get(&key).and_then(|&at| self.list.get_mut(at)) else {
            self.repeated.insert(key, self.list.len());
            let mut diagnostic = diagnostic;
            if let Some(Place::Data(place)) = diagnostic.place() {
                diagnostic.examples = vec![place.clone()];
            }
            self.list.push(diagnostic);
            return;
        };
        first.count += 1;
        if let Some(Place::Data(place)) = diagnostic.place() {
            let before = first.place() == diagnostic.place() && diagnostic.message < first.message;
            let mut examples = std::mem::take(&mut first.examples);
            let at = examples.partition_point(|known| known <= place);
            if at < EXAMPLES {
                examples.insert(at, place.clone());
                examples.truncate(EXAMPLES);
            }
            if at == 0 || before {
                let count = first.count;
                *first = Diagnostic { count, ..diagnostic };
            }
            first.examples = examples;
        }
    }

    /// Gives a group that has been taken already another help: what the latest finding tells about all.
    pub fn amend(&mut self, code: Code, group: &str, help: Option<String>) {
        let key = format!("{}\u{0}{group}", code.as_str());
        if let Some(first) = self.repeated.get(&key).and_then(|&at| self.list.get_mut(at)) {
            first.help = help;
        }
    }

    /// Counts further findings of a group that has been taken already, without their places.
    pub fn count_more(&mut self, code: Code, group: &str, more: u64) {
        let key = format!("{}\u{0}{group}", code.as_str());
        if let Some(first) = self.repeated.get(&key).and_then(|&at| self.list.get_mut(at)) {
            first.count += more;
        }
    }

    /// Takes all problems of another sink.
    pub fn extend(&mut self, other: Problems) {
        self.list.extend(other.list);
    }

    /// Whether there is an error among them.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The problems, by place; two of the same code, place and message are one.
    pub fn sorted(mut self) -> Vec<Diagnostic> {
        let key = |d: &Diagnostic| (d.place().cloned(), d.severity, d.code, d.message.clone());
        self.list.sort_by_cached_key(key);
        self.list.dedup_by(|b, a| key(a) == key(b));
        self.list
    }

    /// The problems in the order found.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }
}
