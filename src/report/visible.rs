//! Text made safe for a terminal: what can't be seen, or changes how its neighbours look, is written out.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with control characters, controls of direction and invisible characters as `\u{..}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    text.chars().for_each(|c| push_visible(&mut shown, c));
    Cow::Owned(shown)
}

/// Adds a character, written out where it is hidden.
pub fn push_visible(shown: &mut String, c: char) {
    if is_hidden(c) {
        // Writing to a string can't fail.
        let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
    } else {
        shown.push(c);
    }
}

/// Whether a character is written out. The joiners U+200C and U+200D stay: they belong to the spelling of words in
/// several scripts.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_written_out() {
        assert_eq!(visible("Łukašenka, 北京 می‌خواهم"), "Łukašenka, 北京 می‌خواهم");
        assert_eq!(visible("a\u{1b}[31mb\tc\n"), "a\\u{1b}[31mb\\u{9}c\\u{a}");
        assert_eq!(visible("\u{202e}abc\u{2066}\u{200b}\u{feff}"), "\\u{202e}abc\\u{2066}\\u{200b}\\u{feff}");
    }
}
