//! Pages of HTML that need nothing else: no script, no font, no file beside them.
//!
//! Whatever comes from a scheme or a file of data goes through [`escape`], so that it is text and nothing more.

use std::fmt::Write as _;

use super::visible::push_visible;

/// Text as it stands in HTML, in an element or in a quoted attribute. Characters that don't show are written out, but
/// for line breaks and tabs.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' | '\t' => safe.push(c),
            c => push_visible(&mut safe, c),
        }
    }
    safe
}

const STYLE: &str = "body{font:1rem/1.5 serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}\
h1,h2,h3{line-height:1.2}table{border-collapse:collapse;margin:1rem 0}\
th,td{padding:.15rem .6rem;border-bottom:1px solid #ccc;text-align:left;vertical-align:top}\
th{border-bottom:2px solid #888}td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}\
code,pre{font:.9rem monospace}pre{white-space:pre-wrap}.note{color:#666}";

/// A whole page. The title is text; the body is HTML that its maker has escaped. Nothing on the page can run or load.
pub fn page(title: &str, body: &str) -> String {
    styled_page(title, "", body)
}

/// A whole page with rules of style of its own besides those that all pages have. These are no data: nothing is escaped.
pub fn styled_page(title: &str, style: &str, body: &str) -> String {
    let mut page = String::with_capacity(body.len() + 2048);
    let title = escape(title);
    // Writing to a string can't fail.
    let _ = write!(
        page,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>{title}</title>\n\
         <style>{STYLE}{style}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    );
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_live() {
        let nasty = "<script>alert(1)</script>\" onload='x' & \u{202e}\u{1b}[31m";
        let safe = escape(nasty);
        assert!(!safe.contains(['<', '>', '"', '\'', '\u{202e}', '\u{1b}']), "{safe}");
        assert!(page(nasty, "").contains("&lt;script&gt;"));
    }
}
