//! Texts, categories, flags and periods: codes of texts that have been seen before.

use std::sync::Arc;

use super::batch::{Lane, Take, text_at};
use super::words::{MISSING, Words};
use crate::data::parse::{Cell, FieldParser};
use crate::value::column::Dict;
use crate::value::piece::Unfit;

/// With more texts than this, each piece has a dictionary of its own.
const LARGE: usize = 1 << 14;

/// How many words other than texts are remembered before all are forgotten.
const MANY: usize = 1 << 16;

/// The texts of a column of texts or categories.
#[derive(Debug)]
pub struct Texts {
    words: Words,
    dict: Dict,
    /// The texts of this piece alone, once the column has very many.
    own: Option<Vec<Arc<str>>>,
}

impl Texts {
    /// No texts, or the words of a category.
    pub fn new(parser: &FieldParser<'_>) -> Self {
        Self { words: Words::default(), dict: parser.dict(), own: None }
    }

    /// The dictionary at the end of a piece.
    pub fn finish(&mut self, parser: &FieldParser<'_>) -> Dict {
        if let Some(own) = &mut self.own {
            self.words.clear();
            return own.drain(..).collect();
        }
        if parser.codes() != self.dict.len() {
            self.dict = parser.dict();
        }
        let dict = Arc::clone(&self.dict);
        if dict.len() > LARGE && parser.is_text() {
            (self.words, self.own, self.dict) = (Words::default(), Some(Vec::new()), [].into());
        }
        dict
    }

    /// The code of a text that hasn't been seen.
    #[inline(never)]
    fn learn(&mut self, parser: &mut FieldParser<'_>, text: &str) -> Result<u32, Unfit> {
        let code = match &mut self.own {
            None => meaning(parser, text)?,
            Some(own) => match parser.text(text).ok_or(Unfit)? {
                None => MISSING,
                Some(value) if value == text => add(own, text)?,
                Some(value) => clean_code(own, &mut self.words, &value)?,
            },
        };
        self.words.insert(text.as_bytes(), code);
        Ok(code)
    }
}

/// The code of a text that is written otherwise than it is meant.
fn clean_code(own: &mut Vec<Arc<str>>, words: &mut Words, value: &str) -> Result<u32, Unfit> {
    if let Some(code) = words.get(value.as_bytes()) {
        return Ok(code);
    }
    let code = add(own, value)?;
    words.insert(value.as_bytes(), code);
    Ok(code)
}

fn add(own: &mut Vec<Arc<str>>, text: &str) -> Result<u32, Unfit> {
    own.push(text.into());
    u32::try_from(own.len() - 1).map_err(|_| Unfit)
}

/// What a text means to its parser, in 32 bits.
fn meaning(parser: &mut FieldParser<'_>, text: &str) -> Result<u32, Unfit> {
    match parser.parse(text).map_err(|_| Unfit)? {
        Cell::Missing => Ok(MISSING),
        Cell::Code(code) if code < MISSING => Ok(code),
        Cell::Flag(flag) => Ok(u32::from(flag)),
        Cell::Day(day) => Ok(day.cast_unsigned()),
        _ => Err(Unfit),
    }
}

/// A column of codes that grows.
#[derive(Debug)]
pub struct TakeTexts<'a, 's> {
    /// What is known.
    pub texts: &'a mut Texts,
    /// The judge of new texts.
    pub parser: &'a mut FieldParser<'s>,
    /// The codes, one for each field.
    pub codes: &'a mut [u32],
}

impl Take for TakeTexts<'_, '_> {
    fn take(&mut self, text: &[u8], fields: impl Lane) -> Result<(), Unfit> {
        let (texts, parser) = (&mut *self.texts, &mut *self.parser);
        take_known(text, fields, self.codes, texts, |texts| &texts.words, |texts, field| texts.learn(parser, field))
    }
}

/// Writes what fields mean: each that isn't known is learned.
#[inline]
fn take_known<T>(
    text: &[u8],
    fields: impl Lane,
    meanings: &mut [u32],
    known: &mut T,
    words: impl Fn(&T) -> &Words,
    mut learn: impl FnMut(&mut T, &str) -> Result<u32, Unfit>,
) -> Result<(), Unfit> {
    let mut row = 0;
    while let Some(slot) = words(known).run(text, fields, meanings, &mut row) {
        *slot = learn(known, text_at(text, fields.get(row)?)?)?;
        row += 1;
    }
    Ok(())
}

/// A column of words that mean something, without a dictionary.
#[derive(Debug)]
pub struct TakeWords<'a, 's> {
    /// What is known.
    pub words: &'a mut Words,
    /// The judge of new words.
    pub parser: &'a mut FieldParser<'s>,
    /// What they mean, one for each field.
    pub meanings: &'a mut [u32],
}

impl Take for TakeWords<'_, '_> {
    fn take(&mut self, text: &[u8], fields: impl Lane) -> Result<(), Unfit> {
        let parser = &mut *self.parser;
        let learn = |words: &mut Words, field: &str| {
            let meaning = meaning(parser, field)?;
            if words.len() >= MANY {
                words.clear();
            }
            words.insert(field.as_bytes(), meaning);
            Ok(meaning)
        };
        take_known(text, fields, self.meanings, self.words, |words| words, learn)
    }
}

/// Texts whose values nobody wants: each must be right.
#[derive(Debug)]
pub struct CheckTexts<'a, 's> {
    /// The judge of all texts that aren't plain.
    pub parser: &'a FieldParser<'s>,
    /// Whether texts of a tidy batch without blanks around them are right.
    pub plain: bool,
}

impl Take for CheckTexts<'_, '_> {
    fn take(&mut self, text: &[u8], fields: impl Lane) -> Result<(), Unfit> {
        for (start, end) in fields.from(0) {
            let blank = |at: u32| text.get(at as usize) == Some(&b' ');
            if !self.plain | (start >= end) | blank(start) | blank(end.wrapping_sub(1)) {
                self.parser.text(text_at(text, (start, end))?).ok_or(Unfit)?;
            }
        }
        Ok(())
    }
}
