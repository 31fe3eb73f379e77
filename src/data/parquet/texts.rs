//! Codes of the texts of a column.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use crate::data::parse::{Cell, FieldParser};
use crate::value::Type;
use crate::value::column::Dict;
use crate::value::piece::Unfit;

/// With more texts than this, each piece has a dictionary of its own.
const LARGE: usize = 1 << 14;
/// The code of a missing value.
const MISSING: u32 = u32::MAX;

/// The texts of a column of texts or categories.
#[derive(Debug)]
pub struct Texts {
    /// Whether days like `2008-03-01` are what they seem to be.
    pub plain_days: bool,
    seen: HashMap<Box<[u8]>, u32, BuildHasherDefault<Mix>>,
    dict: Dict,
    /// The texts of this piece alone, once the column has very many.
    own: Option<Vec<Arc<str>>>,
    /// Whether codes that were given out don't count any more.
    renewed: bool,
}

impl Texts {
    /// No texts, or the words of a category.
    pub fn new(parser: &FieldParser<'_>) -> Self {
        let spec = parser.spec();
        let plain = spec.dates.first().is_none_or(|first| **first == *"%Y-%m-%d");
        let plain_days = plain && parser.has_no_words() && matches!(spec.ty.base, Type::Date | Type::Partial(_));
        Self { plain_days, seen: HashMap::default(), dict: parser.dict(), own: None, renewed: false }
    }

    /// Whether codes that were given out before don't count any more.
    pub fn is_renewed(&self) -> bool {
        self.renewed
    }

    /// Says that all codes were asked for anew.
    pub fn is_current(&mut self) {
        self.renewed = false;
    }

    /// The code of a text.
    pub fn code(&mut self, parser: &mut FieldParser<'_>, bytes: &[u8]) -> Result<u32, Unfit> {
        if let Some(&code) = self.seen.get(bytes) {
            return Ok(code);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| Unfit)?;
        let code = match &mut self.own {
            None => match parser.parse(text).map_err(|_| Unfit)? {
                Cell::Code(code) if code < MISSING => code,
                Cell::Missing => MISSING,
                _ => return Err(Unfit),
            },
            Some(own) => match parser.text(text).ok_or(Unfit)? {
                None => MISSING,
                Some(value) if value == text => add(own, text)?,
                Some(value) => match self.seen.get(value.as_bytes()) {
                    Some(&code) => code,
                    None => {
                        let code = add(own, &value)?;
                        self.seen.insert(value.as_bytes().into(), code);
                        code
                    }
                },
            },
        };
        self.seen.insert(bytes.into(), code);
        Ok(code)
    }

    /// The dictionary at the end of a piece.
    pub fn finish(&mut self, parser: &FieldParser<'_>, category: bool) -> Dict {
        if let Some(own) = &mut self.own {
            self.seen.clear();
            self.renewed = true;
            return own.drain(..).collect();
        }
        if parser.codes() != self.dict.len() {
            self.dict = parser.dict();
        }
        let dict = Arc::clone(&self.dict);
        if dict.len() > LARGE && !category {
            (self.seen, self.own, self.renewed) = (HashMap::default(), Some(Vec::new()), true);
        }
        dict
    }
}

fn add(own: &mut Vec<Arc<str>>, text: &str) -> Result<u32, Unfit> {
    own.push(text.into());
    u32::try_from(own.len() - 1).ok().filter(|&code| code < MISSING).ok_or(Unfit)
}

/// A quick way to mix bytes; texts of a file are no attack on a table that lasts for a piece or holds few.
#[derive(Debug, Default)]
struct Mix(u64);

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            let word = chunk.first_chunk::<8>().map_or(0, |word| u64::from_le_bytes(*word));
            self.mix(word);
        }
        let rest = chunks.remainder().iter().fold(0, |rest, &byte| rest << 8 | u64::from(byte));
        self.mix(rest ^ (bytes.len() as u64) << 56);
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 29
    }
}

impl Mix {
    fn mix(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}
