//! `rules fmt`: whatever blanks, line breaks and comments a scheme has, what it says stays, and so does each comment.
//!
//! `RULES_FMT_ROUNDS` is how many times as many spoiled schemes are tried.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]
#![expect(clippy::disallowed_methods, reason = "the schemes are files")]

mod numbers;

use std::path::{Path, PathBuf};

use numbers::Numbers;
use rules::diag::Problems;
use rules::fmt::format;
use rules::source::FileId;
use rules::syntax::outline::{Kind, Starts, Token, begins_item, outline};
use rules::syntax::parse_file;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The blocks of a page that are schemes.
fn blocks(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<String> = None;
    for line in text.lines() {
        if line.starts_with("```") {
            found.extend(open.take());
            open = line.starts_with("```rules").then(String::new);
        } else if let Some(block) = &mut open {
            block.push_str(line);
            block.push('\n');
        }
    }
    found
}

/// All schemes of the repository that can be parsed, with the names of their files; of overlays, a few of their own.
fn schemes() -> Vec<(String, String)> {
    let mut paths = Vec::new();
    for folder in ["rules", "docs", "tests/spec"] {
        files(&root().join(folder), &mut paths);
    }
    let mut found = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        let texts = if name.ends_with(".rules") { vec![text] } else { blocks(&text) };
        found.extend(texts.into_iter().map(|text| (name.clone(), text)));
    }
    found.push(("an overlay".to_owned(), OVERLAY.to_owned()));
    found.retain(|(_, text)| tree(text).is_some());
    found
}

const OVERLAY: &str = r#"
scheme flat "Every contact counts the same" extends "engagement.rules"
change "no discount": set third_country = 1
change "one point each": replace scale level { 1 otherwise }
## Nobody absorbs anybody.
change "everybody counts": remove visit.absorption
change "several at once" {
  set level("minister of foreign affairs") = 4  # one line's key of a scale
  set level(otherwise) = 0
  set level(-1..<3) = -2
  replace visit.halving { halving: times 0.25 when venue = "third" }
  replace index military = sum visit where military else no
  add after visit.points { bonus: plus 1 when military else no }
  add to contact { country text? }
  # Lines of a scale.
  add to level { 3 "cosmonaut" }
  add index doubled = contacts * 2
  add by year { index a = sum visit  hidden index b = -a }
  remove check "what it says"
  remove index mean_contacts
}
set horizon = 2013-12-31
remove visit.halving
add to contact {
  country  text
  ## What it is.
  kind     one of "a", "b"  clean
}
"#;

/// The tree of a text as it is printed, without the places; none if it can't be parsed.
fn tree(text: &str) -> Option<String> {
    let mut problems = Problems::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let file = parse_file(FileId(0), text, &mut problems);
    if problems.has_errors() {
        return None;
    }
    let printed = format!("{file:?}");
    let mut parts = printed.split("Span { file: FileId(0), start: ");
    let mut kept = parts.next().unwrap().to_owned();
    for part in parts {
        kept.push_str(part.split_once(" }").unwrap().1);
    }
    Some(kept)
}

/// The comments of a text, found without the parser.
fn comments(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines() {
        let mut quoted = false;
        let mut chars = line.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' if quoted => drop(chars.next()),
                '"' => quoted = !quoted,
                '#' if !quoted => {
                    found.push(line[at..].trim_end().to_owned());
                    break;
                }
                _ => {}
            }
        }
    }
    found
}

#[track_caller]
fn check(name: &str, text: &str) -> String {
    let made = format(text).unwrap_or_else(|failure| panic!("{name}: {failure:?}\n{text}"));
    assert_eq!(format(&made).as_ref(), Ok(&made), "{name}: laid out twice\n{text}");
    assert_eq!(tree(text), tree(&made), "{name}: another tree\n{text}\n---\n{made}");
    assert_eq!(comments(text), comments(&made), "{name}: other comments\n{text}\n---\n{made}");
    assert!(made.is_empty() || made.ends_with('\n'), "{name}");
    for line in made.lines() {
        assert!(line == line.trim_end() && !line.contains('\t') || line.contains(['"', '#']), "{name}: `{line}`");
    }
    assert!(!made.contains("\n\n\n") && !made.contains("\n\r\n\r\n"), "{name}\n{made}");
    made
}

/// What may stand between two tokens, at random.
fn gap(numbers: &mut Numbers, before: Option<&Token>, token: &Token, depth: usize, row: bool, few: bool) -> String {
    let blanks = ["", " ", "  ", "\t", "      "];
    let some = |numbers: &mut Numbers| blanks[1 + numbers.below(4)].to_owned();
    let Some(before) = before else { return "\n".repeat(numbers.below(2)) };
    let margin = depth == 0 && token.starts != Starts::Nothing;
    let inside = matches!(token.kind, Kind::Comment | Kind::Doc) || matches!(before.kind, Kind::Comment | Kind::Doc);
    if row && token.starts != Starts::Row && token.kind != Kind::Close && !inside && before.kind != Kind::OpenTable {
        return some(numbers);
    }
    let must = margin || inside && token.breaks > 0 || token.starts == Starts::Row || before.kind == Kind::Comment;
    let may = depth > 0 && !row || !begins_item(&token.text) && token.text != "by";
    if !must && (!may || few || numbers.below(4) > 0) {
        let tight = |token: &Token| {
            !matches!(token.kind, Kind::Plain | Kind::Clause | Kind::Link | Kind::Minus | Kind::Optional)
        };
        let glue = !row && tight(token) && tight(before) && token.kind != Kind::Tight && before.kind != Kind::Tight;
        return if glue && numbers.below(2) == 0 { String::new() } else { some(numbers) };
    }
    let mut gap = match numbers.below(5) {
        0 if before.kind != Kind::Doc && before.kind != Kind::Comment => format!(" # c{}\n", numbers.below(100)),
        1 => format!("\n  # own {}  \n", numbers.below(100)),
        2 if before.kind != Kind::Doc => "\n\n \n".to_owned(),
        3 => " \n".to_owned(),
        _ => "\n".to_owned(),
    };
    let edit = margin && ["set", "replace", "remove", "add"].contains(&token.text.as_str());
    if !margin || numbers.below(3) == 0 && !edit && token.kind != Kind::Doc {
        gap.push_str(blanks[1 + numbers.below(4)]);
    }
    gap
}

/// A scheme with other blanks, line breaks and comments.
fn mangled(text: &str, numbers: &mut Numbers) -> Option<String> {
    let tokens = outline(text)?.tokens;
    // With few line breaks lines are long, and the formatter has to find places to break them.
    let few = numbers.below(3) == 0;
    let mut made = String::new();
    let (mut depth, mut row) = (0usize, false);
    for (at, token) in tokens.iter().enumerate() {
        if token.kind == Kind::CloseParen {
            depth = depth.saturating_sub(1);
        }
        made.push_str(&gap(numbers, at.checked_sub(1).map(|at| &tokens[at]), token, depth, row, few));
        made.push_str(&token.text);
        match token.kind {
            Kind::OpenBlock | Kind::OpenList | Kind::OpenTable | Kind::OpenCall | Kind::OpenParen => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        row = token.kind == Kind::OpenTable || row && token.kind != Kind::Close;
    }
    made.push_str(["", "\n", "\n\n\n", "  ", " # end"][numbers.below(5)]);
    Some(if numbers.below(8) == 0 { made.replace('\n', "\r\n") } else { made })
}

#[test]
fn mangled_schemes_say_the_same() {
    let more: usize = std::env::var("RULES_FMT_ROUNDS").ok().and_then(|more| more.parse().ok()).unwrap_or(1);
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let (mut tried, mut parsed) = (0, 0);
    for (name, text) in schemes() {
        let rounds = if name == "an overlay" { 20 } else { 1 + usize::from(text.len() < 800) };
        for _ in 0..rounds * more {
            let Some(made) = mangled(&text, &mut numbers) else { panic!("{name}: no outline") };
            tried += 1;
            let Some(tree_made) = tree(&made) else { continue };
            assert_eq!(tree(&text).unwrap(), tree_made, "{name}: the test itself changed the scheme\n{made}");
            parsed += 1;
            check(&name, &made);
        }
    }
    assert!(parsed * 100 > tried * 95, "only {parsed} of {tried} mangled schemes can be parsed");
}

#[test]
fn every_scheme_says_the_same_and_other_blanks_give_the_same_lines() {
    let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
    let schemes = schemes();
    assert!(schemes.len() > 100, "only {} schemes are found", schemes.len());
    assert!(schemes.iter().any(|(name, _)| name == "an overlay"), "the overlay can't be parsed");
    for (name, text) in schemes {
        let wanted = check(&name, &text);
        let tokens = outline(&wanted).unwrap().tokens;
        let mut made = String::new();
        for token in &tokens {
            made.push_str(&"\n".repeat(token.breaks));
            let margin = token.breaks > 0 && !made.is_empty();
            let edit = begins_item(&token.text) && token.starts != Starts::Nothing;
            match token {
                _ if made.is_empty() || (margin && edit) => {}
                // Whether what is behind names stands below one another is for the user to say.
                _ if token.tied => made.push_str(if token.wide { "    " } else { " " }),
                _ => made.push_str(&" ".repeat(1 + numbers.below(4))),
            }
            made.push_str(&token.text);
        }
        assert_eq!(format(&made).as_ref(), Ok(&wanted), "{name}\n{made}");
    }
}

#[test]
fn the_schemes_of_the_documentation_are_laid_out() {
    for (name, text) in schemes().into_iter().filter(|(name, _)| name.starts_with("docs/")) {
        // This one shows what the formatter does.
        if !text.starts_with("scheme draft\n") {
            assert_eq!(format(&text).as_ref(), Ok(&text), "{name}");
        }
    }
}
