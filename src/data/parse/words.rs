//! Texts, categories and flags.

use std::sync::Arc;

use super::Fault;
use crate::diag::{Code, nearest};
use crate::value::schema::Format;

/// Whether a text may stand in a column: without outer blanks, in NFC, and without control characters. A column that
/// is cleaned may hold line breaks and tabs.
pub fn check_text(text: &str, clean: bool) -> Result<(), Box<Fault>> {
    let bad = |group, message: String, help: &str| Err(Box::new(Fault::new(Code::BadText, group, message).help(help)));
    let inner_break = |c: char| matches!(c, '\n' | '\r' | '\t');
    if text.is_ascii() && !text.bytes().any(|byte| byte.is_ascii_control()) {
        if text.starts_with(' ') || text.ends_with(' ') {
            return bad(
                "blanks",
                format!("`{text}` has blanks around it"),
                "remove them, or say `clean` in the column's line",
            );
        }
        return Ok(());
    }
    if text.contains(|c: char| c.is_control() && !(clean && inner_break(c))) {
        let what = if text.contains(inner_break) { "a line break or a tab" } else { "a control character" };
        let help = "remove it, or say `clean` in the column's line to keep line breaks and tabs";
        return bad("control", format!("the text holds {what}"), help);
    }
    if text.trim() != text {
        let help = "remove them, or say `clean` in the column's line";
        return bad("blanks", format!("`{text}` has blanks around it"), help);
    }
    if !unicode_normalization::is_nfc(text) {
        let help = "save the file in NFC, or say `clean` in the column's line";
        let message =
            format!("`{text}` isn't in the Unicode form NFC, so it would differ from the same text elsewhere");
        return bad("nfc", message, help);
    }
    Ok(())
}

/// The flag that a word means.
pub fn flag(text: &str, format: &Format) -> Result<bool, Box<Fault>> {
    let is = |word: &Arc<str>| **word == *text;
    if format.yes.iter().any(is) {
        return Ok(true);
    }
    if format.no.iter().any(is) {
        return Ok(false);
    }
    let list = |words: &[Arc<str>]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    let (yes, no) = (list(&format.yes), list(&format.no));
    let message = format!("`{text}` is neither a yes ({yes}) nor a no ({no})");
    // What the help says depends on the word: each of these is a group of its own.
    let (group, help) = match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "t" | "y" | "1" => {
            (text, format!("if it means yes, say so in the input: `yes is \"{text}\"`"))
        }
        "no" | "false" | "f" | "n" | "0" => (text, format!("if it means no, say so in the input: `no is \"{text}\"`")),
        _ => ("flag", "name the words in the input: `yes is \"…\"`, `no is \"…\"`".to_owned()),
    };
    Err(Box::new(Fault::new(Code::BadFlag, group.to_owned(), message).help(help)))
}

/// What people and programs write where there is no value, in small letters.
const MISSING: [&str; 28] = [
    "na",
    "n/a",
    "n.a.",
    "n.a",
    "n. a.",
    "#n/a",
    "#nv",
    "k.a.",
    "k. a.",
    "nan",
    "null",
    "none",
    "nil",
    "missing",
    "unknown",
    "not available",
    "no data",
    ".",
    "..",
    "...",
    "…",
    "-",
    "−",
    "--",
    "–",
    "—",
    "?",
    "*",
];

/// Whether a text is written as what is missing is in many files.
pub fn reads_as_missing(text: &str) -> bool {
    MISSING.contains(&text.to_lowercase().as_str())
}

/// Whether a field was refused because its text isn't of its column's kind, and nothing better is known of it.
pub fn is_unfit(fault: &Fault, text: &str) -> bool {
    match fault.code {
        Code::BadNumber | Code::BadDate | Code::BadPeriod | Code::BadFlag => true,
        // A word of the column in other letters is meant.
        Code::BadCategory => {
            let meant = format!("did you mean `{}`?", text.to_lowercase());
            fault.help.as_ref().is_none_or(|help| help.to_lowercase() != meant)
        }
        _ => false,
    }
}

/// The fault of a text that is none of the words.
pub fn not_a_category(text: &str, words: &[Arc<str>]) -> Fault {
    let names = || words.iter().map(|word| &**word);
    let fault = Fault::new(Code::BadCategory, "other", format!("`{text}` is none of the column's words"));
    if names().any(|word| word == text.trim()) {
        return fault.help("remove the blanks around it, or say `clean` in the column's line");
    }
    let help = nearest::suggest(text, "the words are", names());
    Fault { help, ..fault }
}
