//! Bytes into text: UTF-8, UTF-16 and ISO 8859-1, strictly.

use std::borrow::Cow;
use std::sync::Arc;

use crate::diag::{Code, DataPlace, Diagnostic};
use crate::value::schema::Encoding;

const MARK_UTF8: &[u8] = &[0xef, 0xbb, 0xbf];
const MARK_LITTLE: &[u8] = &[0xff, 0xfe];
const MARK_BIG: &[u8] = &[0xfe, 0xff];

/// Decodes a file and removes its byte order mark. What can't be decoded is an error with its physical line.
pub fn decode<'a>(bytes: &'a [u8], encoding: Encoding, name: &Arc<str>) -> Result<Cow<'a, str>, Diagnostic> {
    let wide = |rest: &[u8], little: bool| utf16(rest, little, name).map(Cow::Owned);
    match encoding {
        Encoding::Utf8 | Encoding::Utf16 if bytes.starts_with(MARK_LITTLE) => wide(bytes.get(2..).unwrap_or(&[]), true),
        Encoding::Utf8 | Encoding::Utf16 if bytes.starts_with(MARK_BIG) => wide(bytes.get(2..).unwrap_or(&[]), false),
        Encoding::Utf8 if is_wide(bytes) => {
            let message = "the file is in UTF-16, without a mark that says so";
            Err(error(name, 1, message).help("say in the input: `encoding \"utf-16\"`, or save the file as UTF-8"))
        }
        Encoding::Utf8 => utf8(bytes.strip_prefix(MARK_UTF8).unwrap_or(bytes), name).map(Cow::Borrowed),
        Encoding::Utf16 | Encoding::Latin1 if bytes.starts_with(MARK_UTF8) => {
            let message = "the file is marked as UTF-8, and the scheme says otherwise";
            Err(error(name, 1, message).help("leave `encoding` out: UTF-8 is understood without it"))
        }
        Encoding::Utf16 => wide(bytes, true),
        Encoding::Latin1 => Ok(encoding_rs::mem::decode_latin1(bytes)),
    }
}

/// Whether a file begins like UTF-16: plain letters, each with a zero byte beside it.
fn is_wide(bytes: &[u8]) -> bool {
    matches!(bytes, [1..=255, 0, 1..=255, 0, ..] | [0, 1..=255, 0, 1..=255, ..])
}

fn utf8<'a>(bytes: &'a [u8], name: &Arc<str>) -> Result<&'a str, Diagnostic> {
    std::str::from_utf8(bytes).map_err(|bad| {
        let before = bytes.get(..bad.valid_up_to()).unwrap_or(bytes);
        let line = line_behind(before);
        let in_line = before.len() - memchr::memrchr(b'\n', before).map_or(0, |at| at + 1) + 1;
        let byte = bytes.get(bad.valid_up_to()).copied().unwrap_or_default();
        error(name, line, format!("the file isn't UTF-8: byte {in_line} of the line is 0x{byte:02X}"))
            .help("save it as UTF-8, or say in the input which encoding it has: `encoding \"latin-1\"`")
    })
}

fn utf16(bytes: &[u8], little: bool, name: &Arc<str>) -> Result<String, Diagnostic> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|&pair| if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) });
    let mut text = String::with_capacity(bytes.len() / 2);
    for decoded in char::decode_utf16(units) {
        match decoded {
            Ok(character) => text.push(character),
            Err(alone) => {
                let message = format!("half of a surrogate pair, 0x{:04X}, stands alone", alone.unpaired_surrogate());
                return Err(error(name, line_behind(text.as_bytes()), message)
                    .help("the file isn't well-formed UTF-16: save it again as UTF-8"));
            }
        }
    }
    if rest.is_empty() {
        Ok(text)
    } else {
        let message = "the file has an odd number of bytes, which UTF-16 never has";
        Err(error(name, line_behind(text.as_bytes()), message).help("the file is cut off or isn't UTF-16"))
    }
}

/// The line on which the byte behind these stands.
fn line_behind(before: &[u8]) -> u32 {
    u32::try_from(memchr::memchr_iter(b'\n', before).count() + 1).unwrap_or(u32::MAX)
}

fn error(name: &Arc<str>, line: u32, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Code::BadEncoding, DataPlace::line(name, line), message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Place;

    fn check(bytes: &[u8], encoding: Encoding, expect: Result<&str, (u32, &str)>) {
        let decoded = decode(bytes, encoding, &"f.csv".into());
        let line = |d: &Diagnostic| match d.place() {
            Some(Place::Data(place)) => place.line,
            _ => 0,
        };
        match (decoded, expect) {
            (Ok(text), Ok(expected)) => assert_eq!(text, expected),
            (Err(error), Err((at, part))) => {
                assert!(error.message.contains(part), "{}", error.message);
                assert_eq!(line(&error), at);
            }
            (got, _) => panic!("{got:?} for {bytes:?}"),
        }
    }

    fn wide(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    #[test]
    fn each_encoding_is_strict() {
        check(b"a\xc3\xa9", Encoding::Utf8, Ok("aé"));
        check(b"\xef\xbb\xbfa", Encoding::Utf8, Ok("a"));
        check(b"\xef\xbb\xbf\xef\xbb\xbfa", Encoding::Utf8, Ok("\u{feff}a"));
        check(b"a,b\nc,\xe9\n", Encoding::Utf8, Err((2, "byte 3 of the line is 0xE9")));
        check(b"a,b\nc,\xe9\x80\n", Encoding::Latin1, Ok("a,b\nc,é\u{80}\n"));
        check(b"\xef\xbb\xbfa", Encoding::Latin1, Err((1, "marked as UTF-8")));
        check(&wide("é\u{1f600}", false), Encoding::Utf16, Ok("é\u{1f600}"));
        check(&wide("a,b", false), Encoding::Utf8, Err((1, "UTF-16, without a mark")));
        check(&[MARK_BIG, &wide("é\n", true)].concat(), Encoding::Utf16, Ok("é\n"));
        check(&[MARK_LITTLE, &wide("é\n", false)].concat(), Encoding::Utf8, Ok("é\n"));
        check(&[&wide("a\nb", false)[..], &[0x00, 0xd8, 0x41, 0x00]].concat(), Encoding::Utf16, Err((2, "0xD800")));
        check(&[&wide("a\nb", false)[..], &[0x00]].concat(), Encoding::Utf16, Err((2, "odd number")));
    }
}
