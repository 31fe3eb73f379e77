//! A look at the characters before parsing: signs that don't belong in a text, and how deep it nests.

use unicode_normalization::is_nfc;

use super::MAX_NESTING;
use crate::diag::{Code, Diagnostic, Problems};
use crate::source::{FileId, Span};

/// Whether a character may not stand in a scheme: a control character other than line break and tab, one that turns the
/// direction of writing, or one that can't be seen. Each would make a text look like another. The joiners U+200C and
/// U+200D may: they belong to the spelling of words in several scripts.
fn forbidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t' | '\r'))
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Looks at the whole text. Returns whether it can be parsed.
pub(super) fn check(file: FileId, text: &str, problems: &mut Problems) -> bool {
    let mut fine = true;
    for (at, c) in text.char_indices().filter(|&(_, c)| forbidden(c)).take(20) {
        let span = Span::new(file, at, at + c.len_utf8());
        let message = format!("a character that can't be seen stands here: U+{:04X}", c as u32);
        problems.push(Diagnostic::error(Code::BadCharacter, span, message).help("delete it"));
        fine = false;
    }
    if !is_nfc(text) {
        let line = text.split_inclusive('\n').scan(0, |at, line| {
            let start = *at;
            *at += line.len();
            Some((start, line))
        });
        for (start, line) in line.filter(|(_, line)| !is_nfc(line)).take(5) {
            let span = Span::new(file, start, start + line.trim_end().len());
            let message = "a letter with an accent is written as two characters here (it isn't Unicode NFC)";
            problems.push(
                Diagnostic::error(Code::BadCharacter, span, message)
                    .help("save the file in NFC, or type the letter again"),
            );
        }
        fine = false;
    }
    fine && nesting(file, text, problems)
}

fn nesting(file: FileId, text: &str, problems: &mut Problems) -> bool {
    let mut depth = 0usize;
    for (at, token) in Tokens::new(text) {
        match token {
            Token::Open => {
                depth += 1;
                if depth > MAX_NESTING {
                    let message = format!("braces and parentheses stand more than {MAX_NESTING} deep in one another");
                    let found = Diagnostic::error(Code::TooDeep, Span::new(file, at, at + 1), message);
                    problems.push(found.help("give a part a name with `let` or an index of its own"));
                    return false;
                }
            }
            Token::Close => depth = depth.saturating_sub(1),
            Token::Word | Token::Newline => {}
        }
    }
    true
}

/// The brackets that are open, of tokens taken one by one.
#[derive(Debug, Default)]
pub(super) struct Brackets(usize);

impl Brackets {
    /// Takes the next token; whether it closes a bracket that none of these has opened.
    pub(super) fn closes_too_much(&mut self, token: Token) -> bool {
        match (token, self.0) {
            (Token::Close, 0) => return true,
            (Token::Close, open) => self.0 = open - 1,
            (Token::Open, open) => self.0 = open + 1,
            (Token::Word | Token::Newline, _) => {}
        }
        false
    }

    /// Whether none is open.
    pub(super) fn none(&self) -> bool {
        self.0 == 0
    }
}

/// What matters for cutting and nesting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// `{` or `(`.
    Open,
    /// `}` or `)`.
    Close,
    /// The first byte of a word.
    Word,
    /// A line break.
    Newline,
}

/// The tokens of a text with their places; texts in quotes and comments are passed over.
pub(super) struct Tokens<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), at: 0 }
    }

    fn skip_while(&mut self, holds: impl Fn(u8) -> bool) {
        while self.bytes.get(self.at).is_some_and(|&byte| holds(byte)) {
            self.at += 1;
        }
    }

    /// Behind the closing quote; a text ends with its line, as in the grammar.
    fn skip_text(&mut self) {
        loop {
            match self.bytes.get(self.at) {
                None | Some(b'\n') => return,
                Some(b'\\') if self.bytes.get(self.at + 1).is_some_and(|&byte| byte != b'\n') => self.at += 2,
                Some(b'"') => {
                    self.at += 1;
                    return;
                }
                Some(_) => self.at += 1,
            }
        }
    }
}

impl Iterator for Tokens<'_> {
    type Item = (usize, Token);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let start = self.at;
            let byte = *self.bytes.get(start)?;
            self.at += 1;
            match byte {
                b'{' | b'(' => return Some((start, Token::Open)),
                b'}' | b')' => return Some((start, Token::Close)),
                b'\n' => return Some((start, Token::Newline)),
                b'#' => self.skip_while(|byte| byte != b'\n'),
                b'"' => self.skip_text(),
                _ if byte.is_ascii_alphabetic() || byte == b'_' => {
                    self.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                    return Some((start, Token::Word));
                }
                _ if byte.is_ascii_digit() => {
                    self.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                }
                _ => {}
            }
        }
    }
}
