//! The page: nothing of a scheme is live on it, and words say what the scheme says.

use super::describe;
use super::page::{Block, Line, Page, Rule, html, markdown};
use crate::compile::compile;
use crate::diag::Problems;
use crate::source::Sources;

/// The page of a scheme as Markdown and as HTML.
fn pages(text: &str) -> (String, String) {
    let mut sources = Sources::default();
    let file = sources.add("test.rules", text);
    let mut problems = Problems::new();
    let compiled = compile(&sources, file, &[], &mut problems);
    let compiled = compiled.unwrap_or_else(|| panic!("{:?}", problems.sorted()));
    let page = describe(&compiled.chain, &compiled.typed, &sources);
    (markdown::render(&page), html::render(&page))
}

/// What can be done with a text that comes from somebody else, at each place where a scheme holds one. The compiler
/// refuses characters that don't show.
const NASTY: &[&str] = &[
    "<script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "![x](http://example.org/x.png)",
    "a | b",
    "`open",
    "```",
    "*strong* _weak_ ~gone~",
    "# head",
    "- item",
    "1. item",
    "&lt;b&gt;",
    "<img src=x onerror='alert(1)'>",
];

/// A scheme with this text wherever one can stand, escaped as the language wants it.
fn nasty_scheme(text: &str) -> String {
    let quoted = text.replace('\\', "\\\\").replace('"', "\\\"").replace('*', "\\*");
    format!(
        "## {text}\nscheme s \"{quoted}\"\nversion \"{quoted}\"\nauthor \"{quoted}\"\ncite \"{quoted}\"\n\
         ## {text}\ninput r \"{quoted}\" {{\n  missing is \"{quoted}\"\n  ## {text}\n  k text from \"{quoted}\"\n  n number\n\
         check \"{quoted}\": k != \"{quoted}\"\n}}\n\
         ## {text}\nscale level {{\n  ## {text}\n  1 \"{quoted}\"\n  0 otherwise\n}}\n\
         ## {text}\nparam p = \"{quoted}\" in (\"{quoted}\", \"b\") \"{quoted}\"\n\
         ## {text}\nscore one from r {{\n  ## {text}\n  here: keep k != p cite \"{quoted}\"\n  v: value level(k) + n # {text}\n}}\n\
         ## {text}\nindex total \"{quoted}\" = sum one where k in (\"{quoted}\", \"b\")\n\
         test \"{quoted}\" {{\n  given r {{\n    k  n\n    \"{quoted}\"  1\n  }}\n  expect total = 0\n}}\n"
    )
}

/// The text without blocks and spans of code, in which Markdown has no markup.
fn without_code(markdown: &str) -> String {
    let mut out = String::new();
    let mut fence: Option<String> = None;
    for line in markdown.lines() {
        let ticks: String = line.trim_start().chars().take_while(|c| *c == '`').collect();
        match &fence {
            Some(open) if ticks.len() >= open.len() && line.trim() == ticks => fence = None,
            Some(_) => {}
            None if ticks.len() >= 3 && line.trim() == ticks => fence = Some(ticks),
            None => {
                out.push_str(&without_spans(line));
                out.push('\n');
            }
        }
    }
    assert!(fence.is_none(), "a block of code isn't closed:\n{markdown}");
    out
}

/// A line without its spans of code; a backtick with a backslash before it opens none.
fn without_spans(line: &str) -> String {
    let chars: Vec<char> = line.chars().collect();
    let run = |at: usize| chars.get(at..).map_or(0, |rest| rest.iter().take_while(|c| **c == '`').count());
    let (mut out, mut at) = (String::new(), 0);
    while at < chars.len() {
        let ticks = run(at);
        let close =
            (ticks > 0).then(|| (at + ticks..chars.len()).find(|&end| run(end) == ticks && chars[end - 1] != '`'));
        match close {
            Some(Some(end)) => at = end + ticks,
            _ if chars[at] == '\\' => {
                out.extend(&chars[at..(at + 2).min(chars.len())]);
                at += 2;
            }
            _ => {
                out.push(chars[at]);
                at += 1;
            }
        }
    }
    out
}

/// Whether a sign stands in the text without a backslash before it.
fn bare(text: &str, sign: char) -> bool {
    let mut escaped = false;
    for c in text.chars() {
        if c == sign && !escaped {
            return true;
        }
        escaped = c == '\\' && !escaped;
    }
    false
}

/// Whether a line is an item of a numbered list.
fn is_item(line: &str) -> bool {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.len() < line.len() && rest.starts_with(['.', ')'])
}

/// How many bars of a line have no backslash before them.
fn bars(line: &str) -> usize {
    let (mut escaped, mut count) = (false, 0);
    for c in line.chars() {
        count += usize::from(c == '|' && !escaped);
        escaped = c == '\\' && !escaped;
    }
    count
}

#[test]
fn nothing_of_a_scheme_is_live_in_html() {
    let (_, plain) = pages(&nasty_scheme("plain"));
    let tags = |page: &str| page.matches('<').count();
    for nasty in NASTY {
        let (_, page) = pages(&nasty_scheme(nasty));
        for sign in ["<script", "<img", "javascript:alert(1)\""] {
            assert!(!page.contains(sign), "{nasty}: {sign}");
        }
        assert_eq!(tags(&page), tags(&plain), "{nasty} makes or ends an element");
    }
}

#[test]
fn nothing_of_a_scheme_is_markup_in_markdown() {
    let (plain, _) = pages(&nasty_scheme("plain"));
    let shape = |page: &str| -> Vec<String> {
        let kind = |line: &str| match line.trim_start() {
            head if head.starts_with("# ") || head.starts_with("##") => head.split(' ').next().unwrap().to_owned(),
            item if item.starts_with("- ") => "item".to_owned(),
            row if row.starts_with('|') => format!("row of {}", bars(row)),
            number if is_item(number) => number.split(' ').next().unwrap().to_owned(),
            "" => String::new(),
            _ => "text".to_owned(),
        };
        // In a table a bar ends the cell even in a span of code: the rows are counted with them.
        let rows = page.lines().filter(|line| line.starts_with('|')).map(kind);
        rows.chain(without_code(page).lines().map(kind).filter(|kind| !kind.starts_with("row"))).collect()
    };
    for nasty in NASTY {
        let (page, _) = pages(&nasty_scheme(nasty));
        let text = without_code(&page);
        for sign in ['<', '[', '`', '~', '&'] {
            assert!(!bare(&text, sign), "{nasty}: a bare {sign} in\n{text}");
        }
        assert_eq!(shape(&page), shape(&plain), "{nasty} changes what the page is made of\n{page}");
    }
}

#[test]
fn backticks_in_doc_comments_make_code_and_nothing_else() {
    let (markdown, html) = pages(&nasty_scheme("`<b>|[x](y)</b>`"));
    assert!(html.contains("<p><code>&lt;b&gt;|[x](y)&lt;/b&gt;</code></p>") && !html.contains("<b>"));
    let text = without_code(&markdown);
    assert!(!bare(&text, '<') && !bare(&text, '['), "{text}");
    assert!(markdown.contains("| `<b>\\|[x](y)</b>` |"), "{markdown}");
}

#[test]
fn blocks_can_not_be_left() {
    let nasty = "```\n</pre><b>x</b>\n~~~\n````\n\u{1b}[31m";
    let rule = Rule { blocks: vec![Block::Paragraph(Line::of("1) one\n- two \u{202e}"))], source: nasty.to_owned() };
    let page = Page { title: "t #".to_owned(), blocks: vec![Block::Rules(vec![rule]), Block::Code(nasty.to_owned())] };
    assert_eq!(
        markdown::render(&page),
        "# t \\#\n\n1. 1\\) one\\\\u{a}- two \\\\u{202e}\n\n   `````\n   ```\n   </pre><b>x</b>\n   ~~~\n   ````\n   \\u{1b}[31m\n   `````\n\n\
         `````\n```\n</pre><b>x</b>\n~~~\n````\n\\u{1b}[31m\n`````\n"
    );
    assert!(!html::render(&page).contains("<b>"));
}

/// The sentence of the only step in a score that has this step.
fn sentence(step: &str) -> String {
    let text = format!(
        "scheme s\ninput r {{ k text  a number  b number  c number?  f flag  g flag?  d date  p date to year ? }}\n\
         input t {{ k text  o text  from_day date  end date?  unique k from from_day until end }}\n\
         scale level {{ 1 \"x\"  0 otherwise }}\nparam w = 0.5\n\
         score s1 from r {{\n  {step}\n  last: value 1 }}\nindex i = sum s1\n"
    );
    let (page, _) = pages(&text);
    let line = page.lines().find(|line| line.starts_with("1. ")).unwrap().to_owned();
    line.split_once("** ").map(|(_, rest)| rest.to_owned()).unwrap_or(line)
}

#[test]
fn expressions_are_said_so_that_they_can_be_read_in_one_way_only() {
    let cases = [
        ("x: keep (a + b) * 2 > a - (b - 1)", "(`a` + `b`) × 2 \\> `a` − (`b` − 1)."),
        ("x: keep not (a = 1 and b = 2) or f", "it is not so that (`a` equals 1 and `b` equals 2) or `f` is yes."),
        ("x: keep a = 1 and (b = 2 or not f)", "`a` equals 1 and (`b` equals 2 or `f` is no)."),
        ("x: keep not (a < b)", "`a` ≥ `b`."),
        ("x: keep not (k in (\"p\", \"q\"))", "`k` is none of \"p\", \"q\"."),
        ("x: keep a in 1..5 and known(c)", "`a` lies between 1 and 5 (both included) and `c` is known."),
        ("x: keep a = b within 0.1", "`a` and `b` differ by at most 0.1."),
        ("x: keep (c else 0) + 1 > w", "(`c`, or 0 if missing) + 1 \\> *w* (0.5)."),
        ("x: keep g else no", "`g` is yes (missing counts as no)."),
        ("x: keep (a / b else 0) round to 1 > 1", "(((`a` / `b`), or 0 if missing) rounded to 1 decimal place) \\> 1."),
        ("x: keep a * -1 > a - -2", "`a` × (-1) \\> `a` − (-2)."),
        ("x: keep level(k) > -1", "*level*(`k`) \\> -1."),
        ("x: keep known(t(k, d).o)", "`o` in the table *t* for `k` on the day `d` is known."),
        ("x: keep not known(earliest(p))", "the earliest day of `p` is missing."),
        (
            "x: keep starts(left(lower(k), 2), \"z\")",
            "the first 2 characters of `k` in small letters begins with \"z\".",
        ),
        ("x: keep contains(k, \"p\") or contains(k, \"q\")", "`k` contains \"p\" or \"q\"."),
        ("x: keep contains(k, \"p\") and contains(k, \"q\")", "`k` contains \"p\" and `k` contains \"q\"."),
        ("x: keep max(a, b, w) > 1", "max(`a`, `b`, *w*) \\> 1."),
    ];
    for (step, says) in cases {
        assert_eq!(sentence(step), format!("Only rows are kept for which {says}"), "{step}");
    }
}

#[test]
fn a_case_inside_an_expression_is_in_parentheses() {
    let said = sentence("x: value 1 + case { 2 when a > b, a + 1 otherwise }");
    assert_eq!(said, "The value is 1 + (2 if `a` \\> `b`; `a` + 1 otherwise).");
}
