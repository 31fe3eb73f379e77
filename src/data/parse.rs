//! Parses the fields of one column: exact shapes only, by its type and the format of its file.
//!
//! Input: the text of a field. Output: a [`Cell`], or a [`Fault`] that says what to write or to declare instead.

mod date;
mod number;
pub mod quick;
mod words;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

use crate::diag::{Code, Diagnostic};
use crate::value::column::Dict;
use crate::value::dateformat::DateFormat;
use crate::value::schema::{ColumnSpec, Format};
use crate::value::{Period, Precision, Type};

/// The value of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// No value.
    Missing,
    /// A decimal, in units of the type's last place.
    Number(i128),
    /// A text or a category: a place in the parser's dictionary.
    Code(u32),
    /// Yes or no.
    Flag(bool),
    /// A day, or the number of a period.
    Day(i32),
    /// The first and the last day that it may be.
    Partial(i32, i32),
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What kind of problem it is.
    pub code: Code,
    /// What makes it the same as another of the same column.
    pub group: Cow<'static, str>,
    /// What is wrong.
    pub message: String,
    /// What to write or to declare instead.
    pub help: Option<String>,
    /// How many decimal places would have to be declared, if that is what is wrong.
    pub places: Option<u8>,
}

/// How many different unknown words of a column are errors of their own; the others are counted as one.
const MAX_WORDS: usize = 20;

/// Parses the fields of one column.
#[derive(Debug)]
pub struct FieldParser<'s> {
    spec: &'s ColumnSpec,
    format: &'s Format,
    kind: Kind,
    /// The codes of texts seen, as they are written in the file.
    seen: HashMap<Arc<str>, Cell>,
    dict: Vec<Arc<str>>,
    unknown: BTreeSet<String>,
    /// Of a column of numbers, the words for a missing value that are numbers themselves, as [`number::value`] has them.
    missing: Vec<i128>,
    /// The most decimal places of a number that had too many.
    most_places: u8,
}

#[derive(Debug)]
enum Kind {
    Number(u8),
    Text,
    Category,
    Flag,
    Date(Option<Precision>, date::Formats),
    Period(Period),
}

impl Fault {
    fn new(code: Code, group: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { code, group: group.into(), message: message.into(), help: None, places: None }
    }

    fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// Whether the text is written as it should be, and it is the value that can't be taken.
    pub fn has_shape(&self) -> bool {
        match self.code {
            Code::BadNumber => self.group == number::DIGITS,
            Code::BadDate => [date::IMPOSSIBLE, date::TO_YEAR, date::TO_MONTH].contains(&&*self.group),
            Code::BadPlaces | Code::MissingValue => true,
            _ => false,
        }
    }
}

impl<'s> FieldParser<'s> {
    /// The parser of a column. Fails, with a place in the scheme, where no field could be read by its type.
    pub fn new(spec: &'s ColumnSpec, format: &'s Format) -> Result<Self, Diagnostic> {
        let mut dict = Vec::new();
        let kind = match &spec.ty.base {
            Type::Number(places) => Kind::Number(*places),
            Type::Text => Kind::Text,
            Type::Category(words) => {
                dict = words.to_vec();
                Kind::Category
            }
            Type::Flag => Kind::Flag,
            Type::Date => Kind::Date(None, date_formats(spec, format)?),
            Type::Partial(precision) => Kind::Date(Some(*precision), date_formats(spec, format)?),
            Type::Period(period) => Kind::Period(*period),
            Type::Real => {
                let message = "a column of a file can't be `real`";
                return Err(Diagnostic::error(Code::WrongType, spec.span, message).help("declare it as `number(N)`"));
            }
        };
        let codes = (0..).map(Cell::Code);
        let seen = dict.iter().cloned().zip(codes).collect();
        let mut missing = Vec::new();
        if let Kind::Number(_) = kind {
            let words = format.missing.iter().chain(&spec.missing);
            missing.extend(words.filter_map(|word| number::value(word, format)));
        }
        Ok(Self { spec, format, kind, seen, dict, unknown: BTreeSet::new(), missing, most_places: 0 })
    }

    /// The column's declaration.
    pub fn spec(&self) -> &'s ColumnSpec {
        self.spec
    }

    /// The texts of the codes given out so far: of a category all its words, in the order declared.
    pub fn dict(&self) -> Dict {
        self.dict.as_slice().into()
    }

    /// Parses a field without its quotes.
    pub fn parse(&mut self, text: &str) -> Result<Cell, Box<Fault>> {
        self.parse_field(text).map_err(|mut fault| {
            if let Some(places) = fault.places {
                // Whoever declares what is said here must not be told another number next time.
                self.most_places = self.most_places.max(places);
                fault.help = Some(format!("declare `number({})`", self.most_places));
            }
            if words::reads_as_missing(text) && words::is_unfit(&fault, text) {
                // The help names the word: each is a group of its own.
                fault.group = format!("missing {text}").into();
                fault.help = Some(self.declare_missing(text));
            } else if fault.group == "word" {
                fault.help = Some(self.declare_missing(text));
            }
            fault
        })
    }

    /// How a word is declared that means a missing value.
    fn declare_missing(&self, text: &str) -> String {
        let ty = &self.spec.ty;
        let optional =
            if ty.optional { String::new() } else { format!(", and write `?` behind the type: `{}?`", ty.base) };
        format!("if it means that the value is missing, say `missing is \"{text}\"` in the input{optional}")
    }

    fn parse_field(&mut self, text: &str) -> Result<Cell, Box<Fault>> {
        if let Kind::Text | Kind::Category = self.kind
            && let Some(&cell) = self.seen.get(text)
            && !self.is_missing(text)
        {
            return Ok(cell);
        }
        let cleaned = if self.spec.clean { clean(text) } else { Cow::Borrowed(text) };
        if self.is_missing(&cleaned) {
            return self.missing();
        }
        let format = self.format;
        match &mut self.kind {
            &mut Kind::Number(places) if !self.missing.is_empty() => self.number(&cleaned, places),
            Kind::Number(places) => number::parse(&cleaned, *places, format).map(Cell::Number),
            Kind::Text => words::check_text(&cleaned, self.spec.clean).and_then(|()| self.code(text, &cleaned)),
            Kind::Category => self.category(text, &cleaned),
            Kind::Flag => words::flag(&cleaned, format).map(Cell::Flag),
            Kind::Date(precision, formats) => {
                let (first, last) = date::parse(&cleaned, *precision, formats, format.century)?;
                Ok(if precision.is_some() { Cell::Partial(first, last) } else { Cell::Day(first) })
            }
            Kind::Period(period) => date::period(&cleaned, *period).map(Cell::Day),
        }
    }

    /// The cell of a field without a value.
    pub fn missing(&self) -> Result<Cell, Box<Fault>> {
        if self.spec.ty.optional {
            return Ok(Cell::Missing);
        }
        let fault = Fault::new(Code::MissingValue, "missing", "the value is missing");
        Err(Box::new(fault.help(format!("fill it in, or write `?` behind the type: `{}?`", self.spec.ty.base))))
    }

    /// A number of a column in which some numbers mean a missing value: `-9.0` does where `-9` does.
    fn number(&self, text: &str, places: u8) -> Result<Cell, Box<Fault>> {
        let parsed = number::parse(text, places, self.format);
        let missing = match &parsed {
            Ok(units) => self.missing.iter().any(|&value| number::to_places(value, places) == Some(*units)),
            // It may have more places than the column, and mean a missing value all the same.
            Err(_) => number::value(text, self.format).is_some_and(|value| self.missing.contains(&value)),
        };
        if missing { self.missing() } else { parsed.map(Cell::Number) }
    }

    fn is_missing(&self, text: &str) -> bool {
        let is = |token: &Arc<str>| **token == *text;
        text.is_empty() || self.format.missing.iter().any(is) || self.spec.missing.iter().any(is)
    }

    /// The code of a text that is as it should be.
    fn code(&mut self, written: &str, text: &str) -> Result<Cell, Box<Fault>> {
        let known = self.seen.get(text).copied();
        let (cell, key) = match known {
            Some(cell) => (cell, Arc::from(written)),
            None => {
                let code = u32::try_from(self.dict.len()).unwrap_or(u32::MAX);
                let shared: Arc<str> = text.into();
                self.dict.push(Arc::clone(&shared));
                self.seen.insert(Arc::clone(&shared), Cell::Code(code));
                (Cell::Code(code), if written == text { shared } else { written.into() })
            }
        };
        self.seen.insert(key, cell);
        Ok(cell)
    }

    fn category(&mut self, written: &str, text: &str) -> Result<Cell, Box<Fault>> {
        if self.seen.contains_key(text) {
            return self.code(written, text);
        }
        let mut fault = words::not_a_category(text, &self.dict);
        if self.unknown.len() < MAX_WORDS || self.unknown.contains(text) {
            self.unknown.insert(text.to_owned());
            fault.group = text.to_owned().into();
        }
        Err(Box::new(fault))
    }
}

/// A text without outer blanks, in NFC.
fn clean(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    if unicode_normalization::is_nfc(trimmed) { trimmed.into() } else { trimmed.nfc().collect::<String>().into() }
}

/// The formats of a column: its own, else the file's, else `2008-03-01`, `2008-03` and `2008`.
fn date_formats(spec: &ColumnSpec, format: &Format) -> Result<date::Formats, Diagnostic> {
    let declared = if spec.dates.is_empty() { &format.dates } else { &spec.dates };
    let mut compiled = Vec::new();
    for text in declared {
        let one = DateFormat::compile(text).map_err(|why| Diagnostic::error(Code::BadFormat, spec.span, why))?;
        if one.needs_century() && format.century.is_none() {
            let message = format!("the format `{text}` has a year of two digits, and nothing says of which century");
            return Err(Diagnostic::error(Code::BadFormat, spec.span, message)
                .help("add the first year of the hundred that is meant, for example `century 1950`"));
        }
        compiled.push(one);
    }
    if compiled.is_empty() {
        compiled.extend(["%Y-%m-%d", "%Y-%m", "%Y"].iter().filter_map(|text| DateFormat::compile(text).ok()));
    }
    Ok(date::Formats::new(compiled))
}

#[cfg(test)]
mod tests;
