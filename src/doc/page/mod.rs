//! A page as a small tree: headings, paragraphs, lists, tables, rules, and lines made of pieces.
//!
//! Whoever builds a page writes down what was said and by whom nothing is escaped: the two renderers do that.

pub mod html;
pub mod markdown;

/// A page.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Its title.
    pub title: String,
    /// What stands on it, below the title.
    pub blocks: Vec<Block>,
}

/// A part of a page.
#[derive(Debug, Clone)]
pub enum Block {
    /// A heading.
    Heading {
        /// Its level: 2 or more, the title being 1.
        level: u8,
        /// Its anchor.
        id: String,
        /// Its words.
        line: Line,
    },
    /// A paragraph.
    Paragraph(Line),
    /// A list of lines.
    List(Vec<Line>),
    /// A table.
    Table {
        /// The heads of its columns.
        heads: Vec<String>,
        /// Its rows.
        rows: Vec<Vec<Line>>,
    },
    /// Text of a scheme.
    Code(String),
    /// Numbered rules.
    Rules(Vec<Rule>),
    /// A rule without a number.
    Beside(Rule),
}

/// A rule in words, and its source.
#[derive(Debug, Clone)]
pub struct Rule {
    /// What it says.
    pub blocks: Vec<Block>,
    /// The text of the scheme that says so.
    pub source: String,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Words.
    Text(String),
    /// Words that stand out.
    Strong(String),
    /// A name that the methodology gives: of an index, a scale, a parameter.
    Name(String),
    /// What stands in data or in a scheme, letter by letter: a column, a file.
    Code(String),
}

/// A line of text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// Its pieces, in order.
    pub pieces: Vec<Piece>,
}

impl Line {
    /// An empty line.
    pub fn new() -> Self {
        Self::default()
    }

    /// A line of these words.
    pub fn of(text: impl Into<String>) -> Self {
        Self::new().text(text)
    }

    /// Adds words.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        match self.pieces.last_mut() {
            Some(Piece::Text(last)) => last.push_str(&text),
            _ if text.is_empty() => {}
            _ => self.pieces.push(Piece::Text(text)),
        }
        self
    }

    /// Adds words that stand out.
    #[must_use]
    pub fn strong(self, text: impl Into<String>) -> Self {
        self.piece(Piece::Strong(text.into()))
    }

    /// Adds a name that the methodology gives.
    #[must_use]
    pub fn name(self, text: impl Into<String>) -> Self {
        self.piece(Piece::Name(text.into()))
    }

    /// Adds what stands so in data or in a scheme.
    #[must_use]
    pub fn code(self, text: impl Into<String>) -> Self {
        self.piece(Piece::Code(text.into()))
    }

    /// Adds another line.
    #[must_use]
    pub fn line(mut self, other: Line) -> Self {
        for piece in other.pieces {
            self = match piece {
                Piece::Text(text) => self.text(text),
                other => self.piece(other),
            };
        }
        self
    }

    /// Whether nothing stands on it.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The line with a capital at its beginning, if it begins with words.
    #[must_use]
    pub fn capital(mut self) -> Self {
        if let Some(Piece::Text(text)) = self.pieces.first_mut() {
            let mut rest = text.chars();
            if let Some(first) = rest.next() {
                *text = first.to_uppercase().chain(rest).collect();
            }
        }
        self
    }

    fn piece(mut self, piece: Piece) -> Self {
        self.pieces.push(piece);
        self
    }
}

/// Lines one behind the other: with commas, and this word before the last.
pub fn enumerate(lines: Vec<Line>, last: &str) -> Line {
    let count = lines.len();
    lines.into_iter().enumerate().fold(Line::new(), |all, (at, line)| {
        let between = match at {
            0 => String::new(),
            at if at + 1 == count => format!(" {last} "),
            _ => ", ".to_owned(),
        };
        all.text(between).line(line)
    })
}
