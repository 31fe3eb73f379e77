//! Whatever a scheme holds, the compiler answers: a plan, or an error that can be shown safely on any terminal.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

mod numbers;

use numbers::Numbers;
use rules::cli::render::{Style, problems as render};
use rules::compile::{compile, compile_chain, load};
use rules::diag::{Code, Diagnostic, Problems};
use rules::fmt::format;
use rules::source::{FileId, Sources};
use rules::syntax::ast::Name;
use rules::syntax::parse_file;
use std::sync::Arc;

/// Whole schemes, and small ones that together use every kind of line.
const SEEDS: [&str; 12] = [
    include_str!("../rules/engagement.rules"),
    include_str!("../rules/us-missions.rules"),
    include_str!("../rules/trade.rules"),
    "scheme s \"S\"\nversion \"1\"\nauthor \"A\", \"B\"\ncite \"C\"\ndata \"d\"\n",
    "scheme s\ninput r { delimiter \";\" no header n number(2) at 1 d date at 2 format \"%d.%m.%y\" century 1950 }\n",
    "scheme s\ninput r { unpivot le_*, gni_* to indicator \"_\" year, amount number(3)? name text clean }\n",
    "scheme s\ninput t { p text a date b date? unique p from a until b check \"c\": a > 2000-01-01 as warning }\n",
    "scheme s\nscale z { 1 \"a\", \"14*\" missing \"-\" 2 otherwise }\nscale y { \"low\" under 5 \"high\" from 5 }\n",
    "scheme s\ninput r { k text n number? }\nscore p from r { v: value (n else 0) / 3 w: plus 1 when k in (\"a\", \"b\") \
     x: absorb first by k per k empty drop }\nindex t = sum p by k\n",
    "scheme s\ninput r { a date b date }\nscore p from r { y: every month as m from a to b, open on day 15 v: value 1 \
     r: cap 1 f: floor -1 h: halve }\nindex t = count p by m in 2001-01..2002-12\n",
    "scheme s\ninput r { k text y year n number(1) }\nscore p from r { v: value ln(n) round to 3 }\nby y in 2001..2003 \
     { index a = mean p skip missing index b \"B\" = a * 2 + (sum p where k != \"x\") round to 2 }\nindex c = max a skip missing\n",
    "scheme s\nparam w = 0.5 in 0..1 \"W\"\ninput r { n number }\nscore p from r { let m = case { n when n > 0, 0 \
     otherwise } v: value m * w }\nindex t = sum p\ntest \"t\" { set w = 1 given r {\n n\n 1\n } expect t = 1 }\n",
];

/// What overlays extend, and overlays that together use every kind of edit.
const BASE: &str = "scheme b\ndata \"d\"\ninput r { k text n number v one of \"a\", \"b\" unit k has v check \"c\": n > 0 }\n\
     scale z { 1 \"a\", \"14*\" missing \"-\" 2 otherwise }\nscale y { 1 under 5 2 from 5 }\nparam w = 0.5 in 0..1\nscore p from r { let m = n * 2 \
     points: value m x: absorb highest per k half: times w when v = \"a\" check \"d\": value < 9 }\n\
     by k { index a = sum p index c = count p }\nindex t = sum a\n";
const OVERLAYS: [&str; 5] = [
    "scheme o extends \"b.rules\"\nchange \"a\": set w = 1\nset z(\"a\") = 4\nchange \"z\" { set z(otherwise) = missing \
     remove y(from 5) set z(\"14*\") = -1 }\n",
    "scheme o \"O\" extends \"b.rules\"\n## D\nchange \"a\" { replace p.half { q: times 0.25 let y = 1 } remove p.x \
     add before p.points { k: keep n > 1 } add after p.m { let l = m } add to p { top: cap 5 check \"e\": value > 0 } }\n",
    "scheme o extends \"b.rules\"\nreplace scale z { 1 otherwise }\nreplace index a = max p\nremove index t\nremove c\n\
     remove check \"c\"\nremove check \"d\"\nadd by v { index s = sum p }\nindex u = sum s\n",
    "scheme o extends \"b.rules\"\nadd to r { g flag? unique k, n unit k has g check \"h\": known(g) as warning }\n\
     replace r.v { v text }\nreplace param w = 2 in 1..3\nadd to z { 7 \"x\" }\nadd score q from r { o: value w }\n\
     index e = sum q\n",
    "scheme o extends \"b.rules\"\nreplace input r { k text n number v text }\nreplace score p from r { v: value n }\n\
     test \"t\" { given r {\n k n v\n a 1 a\n } expect t = 1 }\nexpect t = 3\ncheck \"c\": t > 1\n",
];

const PIECES: [&str; 34] = [
    "{",
    "}",
    "(",
    ")",
    "\"",
    "'",
    ",",
    ":",
    "=",
    "==",
    "..",
    "..<",
    "->",
    "?",
    "*",
    "- ",
    "#",
    "##",
    "\\",
    "\n",
    "\t",
    "\r",
    "\0",
    "\u{1b}[31m",
    "\u{202e}",
    "\u{2066}",
    "\u{200b}",
    "\u{feff}",
    "e\u{301}",
    "é北🎉",
    "\u{1d15e}",
    "99999999999999999999999999999999999999999",
    "0.00000000000000000000000000000000000000001",
    "9999-99-99",
];

/// The words, numbers, texts, signs and blanks of a text.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let kind = |c: char| (c.is_alphanumeric() || c == '_', c.is_whitespace());
        let end = match first {
            '"' => rest[1..].find('"').map_or(rest.len(), |end| end + 2),
            c if kind(c) == (false, false) => c.len_utf8(),
            c => rest.find(|other| kind(other) != kind(c)).unwrap_or(rest.len()),
        };
        let (token, behind) = rest.split_at(end);
        tokens.push(token);
        rest = behind;
    }
    tokens
}

/// A scheme with one to four tokens changed.
fn mutated(text: &str, numbers: &mut Numbers) -> String {
    let mut list: Vec<String> = tokens(text).into_iter().map(str::to_owned).collect();
    for _ in 0..=numbers.below(4) {
        let (at, other) = (numbers.below(list.len()), numbers.below(list.len()));
        let piece = PIECES[numbers.below(PIECES.len())].to_owned();
        match numbers.below(7) {
            0 => list[at].clear(),
            1 => list[at] = list[at].repeat(2),
            2 => list.swap(at, other),
            3 => list[at] = list[other].clone(),
            4 => list[at] = piece,
            5 => list.insert(at, piece),
            _ if numbers.below(8) == 0 => list.truncate(at.max(1)),
            _ => list[at] = format!("{} {}", list[at], list[other]),
        }
    }
    list.concat()
}

/// Compiles a scheme and draws what is wrong with it.
fn check(text: &str) {
    let mut sources = Sources::default();
    let file = sources.add("s.rules", text);
    let mut problems = Problems::new();
    let compiled = compile(&sources, file, &[], &mut problems);
    check_answer(compiled.is_some(), &problems, &sources, text);
    let mut reading = Problems::new();
    parse_file(file, text, &mut reading);
    if !reading.has_errors() {
        let made = format(text);
        assert!(made.is_ok(), "{made:?}\n{text:.5000}");
    }
}

/// Compiles an overlay of a base and draws what is wrong with them.
fn check_overlay(overlay: &str, base: &str) {
    let mut sources = Sources::default();
    let file = sources.add("o.rules", overlay);
    let mut known = None;
    let mut problems = Problems::new();
    let mut open = |sources: &mut Sources, _: FileId, named: &Name| match &*named.node {
        "b.rules" => Ok(*known.get_or_insert_with(|| sources.add("b.rules", base))),
        _ => Err(Diagnostic::error(Code::UnreadableFile, named.span, "there is no such file")),
    };
    let chain = load(&mut sources, file, &mut open, &mut problems).map(Arc::new);
    let compiled = chain.and_then(|chain| compile_chain(&chain, &[], &mut problems));
    check_answer(compiled.is_some(), &problems, &sources, &format!("{overlay}\nand\n{base}"));
}

/// There is a plan or a reason, and the reason can be shown safely.
fn check_answer(compiled: bool, problems: &Problems, sources: &Sources, text: &str) {
    assert!(compiled || problems.has_errors(), "refused without a reason:\n{text:.5000}");
    for json in [false, true] {
        let mut drawn = Vec::new();
        render(problems.clone(), sources, Style { json, color: false, quiet: false }, &mut drawn).unwrap();
        let drawn = String::from_utf8(drawn).unwrap();
        let unsafe_char = drawn.chars().find(|&c| (c.is_control() && c != '\n') || is_directional(c));
        let start: String = text.chars().take(5_000).collect();
        assert!(unsafe_char.is_none(), "{unsafe_char:?} in\n{drawn}\nof\n{start}");
        assert!(!drawn.contains("this is a bug"), "{drawn}\nof\n{text:.5000}");
    }
}

fn is_directional(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[test]
fn seeds_are_sound() {
    for seed in SEEDS {
        let mut sources = Sources::default();
        let file = sources.add("s.rules", seed);
        let mut problems = Problems::new();
        compile(&sources, file, &[], &mut problems);
        assert!(!problems.has_errors(), "{:?}\n{seed}", problems.sorted());
    }
}

#[test]
fn mutated_schemes_are_answered() {
    let mut numbers = Numbers(0x2545_F491_4F6C_DD1D);
    for round in 0..3000 {
        // The large schemes take their time: most rounds go to the small ones.
        let seed = if round % 40 == 0 { numbers.below(3) } else { 3 + numbers.below(SEEDS.len() - 3) };
        check(&mutated(SEEDS[seed], &mut numbers));
    }
}

#[test]
fn overlays_are_sound() {
    for overlay in OVERLAYS {
        let mut sources = Sources::default();
        let (file, base) = (sources.add("o.rules", overlay), sources.add("b.rules", BASE));
        let mut problems = Problems::new();
        let chain = load(&mut sources, file, &mut |_, _, _| Ok(base), &mut problems);
        let compiled = chain.and_then(|chain| compile_chain(&Arc::new(chain), &[], &mut problems));
        assert!(compiled.is_some(), "{:?}\n{overlay}", problems.sorted());
    }
}

#[test]
fn mutated_overlays_are_answered() {
    let mut numbers = Numbers(0x6A09_E667_F3BC_C908);
    for round in 0..1200 {
        let overlay = OVERLAYS[numbers.below(OVERLAYS.len())];
        // Mostly the overlay is spoiled; what it extends may be, too.
        let base = if round % 4 == 0 { mutated(BASE, &mut numbers) } else { BASE.to_owned() };
        let overlay = if round % 8 == 0 { overlay.to_owned() } else { mutated(overlay, &mut numbers) };
        check_overlay(&overlay, &base);
    }
}

#[test]
fn extreme_schemes_are_answered() {
    let long = "x".repeat(70_000);
    let wrap = |body: &str| {
        format!("scheme s\ninput r {{ n number }}\nscore p from r {{ v: value {body} }}\nindex t = sum p\n")
    };
    let deep = |open: &str, close: &str, depth: usize| wrap(&format!("{}n{}", open.repeat(depth), close.repeat(depth)));
    let list: Vec<String> = vec![
        String::new(),
        "\n".repeat(100_000),
        "\"".repeat(10_001),
        "{".repeat(100_000),
        "scheme ".repeat(5_000),
        long.clone(),
        format!("scheme {long}\nindex {long} = {long}\n"),
        format!("scheme s # {long}\nindex t = sum {long} by é\n"),
        wrap(&format!("{} + ? + {long}", "n ".repeat(40_000))),
        wrap(&format!("\"{long}\" + n")),
        wrap(&"9".repeat(70_000)),
        wrap(&format!("0.{}", "1".repeat(70_000))),
        wrap(&format!("n{}", " + n".repeat(20_000))),
        wrap(&format!("n{}", " else n".repeat(20_000))),
        wrap(&format!("n{}", " round to 2".repeat(20_000))),
        wrap(&format!("{}n", "-".repeat(20_000))),
        wrap(&format!("n in ({})", "1, ".repeat(20_000))),
        deep("(", ")", 127),
        deep("(", ")", 50_000),
        deep("abs(", ")", 120),
        deep("case { n when n > 0, ", " otherwise }", 60),
        deep("case { n when n > 0, ", " otherwise }", 5_000),
        format!("scheme s\nscale z {{ {} }}\n", "1 \"a\" ".repeat(3_000)),
        format!("scheme s\n{}", "index a = b\n".repeat(500)),
        format!("scheme s\n{}", "cite \"x\"\n".repeat(20_000)),
        (0..2_000).map(|n| format!("index i{n} = i{}\n", n + 1)).collect(),
        "\u{202e}\u{2066}\u{0}\u{1b}[2J\u{7f}\u{9b}".repeat(1_000),
        "e\u{301}".repeat(20_000),
    ];
    list.iter().for_each(|text| check(text));
}
