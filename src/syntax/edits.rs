//! What to write instead, for a syntax error in a change of an overlay, or where one was meant.

use super::advice::{is_verb, wants};
use super::expected::{ADDED, EDIT, KINDS, STEPS, Spot, TEXT};
use super::items::{EDITS, STARTS, word_at};
use super::scan::{Token, Tokens};
use super::slips;

/// Ends an item that doesn't go on: another one begins on the same line.
const OWN_LINE: &str = "begins on a line of its own";

/// What to write instead; none for what isn't about changes.
pub(super) fn help(spot: &Spot<'_>) -> Option<String> {
    if let Some(help) = head(spot) {
        return Some(help);
    }
    if spot.open().is_none() && spot.wanted.is_empty() && (EDITS.contains(&spot.found) || STARTS.contains(&spot.found))
    {
        return Some(if spot.is_first() {
            format!("an item begins at the beginning of a line: delete the blanks before `{}`", spot.found)
        } else if EDITS.contains(&spot.found) && spot.item_word() == "change" {
            "several edits of a change stand in braces: `change \"why\" { … }`".to_owned()
        } else {
            format!("`{}` {OWN_LINE}", spot.found)
        });
    }
    if spot.item_word() != "change" && !EDITS.contains(&spot.item_word()) {
        return None;
    }
    if is_verb(spot.found) && spot.wanted == [STEPS] {
        let (label, verb) = (slips::label(spot), spot.found);
        return Some(format!("a step has a label before it: `{label}: {verb} …`"));
    }
    if spot.wanted.contains(&EDIT) {
        return Some(edit(spot));
    }
    let (word, before) = current(spot)?;
    match word {
        "change" => change(spot),
        "set" => set(spot, before),
        "add" => add(spot, before),
        _ => target(spot, word, before),
    }
    .or_else(|| and(spot))
}

/// The word of other languages that a line begins with, as an item of this one.
pub(super) fn foreign(word: &str) -> Option<&'static str> {
    Some(match word {
        "delete" | "drop" | "omit" => "write `remove` and what is taken away: `remove visit.halving`",
        "update" | "modify" | "alter" | "rename" | "override" | "redefine" => {
            "write `set third_country = 1` for a value, `replace visit.halving { … }` for a rule"
        }
        "insert" | "append" => "write `add` and what is new: `add after visit.points { … }`",
        "extends" | "import" | "include" | "use" | "based" => {
            "the scheme that is changed is named behind the title: `scheme name \"Title\" extends \"base.rules\"`"
        }
        _ => return None,
    })
}

/// The head of a scheme that extends another.
fn head(spot: &Spot<'_>) -> Option<String> {
    if spot.item_word() != "scheme" {
        return None;
    }
    let before = spot.text.get(spot.item.start..spot.at)?.trim_end();
    if spot.word_before() == Some("extends") && wants(spot, TEXT) && !spot.is_first() {
        let behind = spot.text.get(spot.at..)?;
        let file = behind.split_whitespace().next()?.trim_matches(['\'', '‘', '’', '“', '”', '"', '„', '«', '»']);
        return Some(format!("the file's name stands in quotes: `extends \"{file}\"`"));
    }
    if spot.word_before() == Some("extends") || (before.ends_with("extends") && wants(spot, TEXT)) {
        return Some("the file of the scheme that is changed stands behind it: `extends \"base.rules\"`".to_owned());
    }
    if matches!(spot.found, "based" | "from" | "inherits" | "changes" | "imports" | "on") {
        return Some("write `extends` and the file: `extends \"base.rules\"`".to_owned());
    }
    let (_, extended) = before.rsplit_once("extends")?;
    if spot.found.starts_with('"') && extended.trim().ends_with('"') {
        return Some("the title stands before `extends`".to_owned());
    }
    let further = matches!(spot.found, "," | "and") && extended.trim().ends_with('"');
    further.then(|| "a scheme extends a single other one, which may itself extend a further one".to_owned())
}

/// The word of the edit in which the parser stopped, or `change` before there is one, and what stands behind it.
fn current<'a>(spot: &Spot<'a>) -> Option<(&'a str, &'a str)> {
    let before = spot.text.get(spot.item.start..spot.at)?;
    let mut found = None;
    for (at, word) in words(before) {
        let head = before.get(..at).unwrap_or("").trim_end();
        let begins = head.is_empty() || head.ends_with([':', '{', '}', '\n', ')', '"']) || new_line(before, at);
        if (EDITS.contains(&word) && begins) || (word == "change" && found.is_none()) {
            found = Some((word, before.get(at + word.len()..).unwrap_or("").trim()));
        }
    }
    found
}

fn new_line(text: &str, at: usize) -> bool {
    text.get(..at).is_some_and(|head| head.rsplit('\n').next().is_some_and(|line| line.trim().is_empty()))
}

fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    Tokens::new(text).filter(|(_, token)| *token == Token::Word).map(|(at, _)| (at, word_at(text, at)))
}

/// Where an edit is expected.
fn edit(spot: &Spot<'_>) -> String {
    let behind = spot.text.get(spot.at + spot.found.len()..).unwrap_or("").trim_start();
    let words = match spot.found {
        word if foreign(word).is_some() => return foreign(word).unwrap_or_default().to_owned(),
        "," | ";" => "edits stand on lines of their own, without a sign between them",
        "{" if is_colon(spot) => return without_colon(spot),
        "{" => "behind the name stands either a colon, and one edit, or several edits in braces",
        "#" | "##" => "documentation (`##`) stands before `change`; inside of it, comments have a single `#`",
        "change" => "changes don't hold one another: write them one below the other",
        word if EDITS.contains(&word) => {
            "an edit at the beginning of a line is a change of its own: put blanks before it, or several edits in braces"
        }
        word if STARTS.contains(&word) || word == "by" => {
            return format!("write `add {word} …`; outside of the change it is added without that word");
        }
        name if behind.starts_with('=') => return format!("write `set {name} = …`"),
        name if behind.starts_with('(') => return format!("write `set {name}(…) = …`"),
        _ => {
            if let Some(near) = crate::diag::nearest::nearest(spot.found, EDITS.iter().copied()) {
                return format!("did you mean `{near}`?");
            }
            "such as `set third_country = 1`, `replace scale level { … }`, `remove visit.halving` or `add index …`"
        }
    };
    words.to_owned()
}

fn is_colon(spot: &Spot<'_>) -> bool {
    spot.text.get(..spot.at).is_some_and(|before| before.trim_end().ends_with(':'))
}

/// Edits in braces, with a colon before them.
fn without_colon(spot: &Spot<'_>) -> String {
    let head = spot.text.get(spot.item.start..spot.at).unwrap_or("").trim_end().trim_end_matches(':').trim_end();
    let head = head.lines().next_back().unwrap_or("").trim();
    let short = if head.chars().count() > 60 { "change \"why\"" } else { head };
    format!("leave out the colon, which stands before a single edit: `{short} {{ … }}`")
}

/// Behind the word `change`.
fn change(spot: &Spot<'_>) -> Option<String> {
    let behind = spot.text.get(spot.at + spot.found.len()..).unwrap_or("").trim_start();
    if wants(spot, TEXT) {
        if behind.starts_with('=') {
            return Some(format!("write `set {0} = …`, or say why: `change \"why\": set {0} = …`", spot.found));
        }
        if let Some(help) = slips::straight(spot.found).or_else(|| slips::open_quote(spot.found)) {
            return Some(help);
        }
        let name =
            if spot.found.starts_with(|c: char| c.is_alphabetic()) { slips::phrase(spot) } else { "no discount" };
        return Some(format!("a change has a name in quotes, which says why: `change \"{name}\": …`"));
    }
    (EDITS.contains(&spot.found) || spot.found == "=")
        .then(|| "a colon stands behind the name: `change \"why\": set …`".to_owned())
}

/// Behind `set`.
fn set(spot: &Spot<'_>, before: &str) -> Option<String> {
    let name = before.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or("");
    let whole = before == name;
    if spot.found.is_empty() || spot.found == "}" || (spot.is_first() && EDITS.contains(&spot.found)) {
        return Some(match before.trim_end_matches('=').trim_end() {
            "" => "say what is set, and to what: `set third_country = 1`".to_owned(),
            target => format!("a value stands behind `=`: `set {target} = 1`"),
        });
    }
    let words = match spot.found {
        "." if whole => {
            let part: String =
                spot.text.get(spot.at + 1..)?.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            return Some(format!("a step isn't set but replaced: `replace {name}.{part} {{ {part}: … }}`"));
        }
        "to" | ":" | "as" | "is" | ":=" | "==" if wants(spot, "`=`") => "write `=`",
        text if whole && text.starts_with('"') => return Some(format!("write parentheses: `set {name}({text}) = …`")),
        "," if spot.open().is_some() => "each word has an edit of its own: `set level(\"a\") = 4`, and so on",
        "in" if spot.wanted.is_empty() => {
            return Some(format!("what a param can be is said where it is declared: `replace param {name} = … in …`"));
        }
        "+" | "-" | "*" | "/" => "a value is a number, a date, a text or `yes` and `no`, not a formula",
        _ if wants(spot, "`=`") => return Some(format!("write `=` before the value: `set {before} = {}`", spot.found)),
        word if before.ends_with('=') && word.starts_with(|c: char| c.is_alphabetic()) => {
            return Some(format!(
                "a value is a number, a date, a text or `yes` and `no`, not a formula; a text stands in quotes: \"{word}\""
            ));
        }
        _ => return None,
    };
    Some(words.to_owned())
}

/// Behind `add`.
fn add(spot: &Spot<'_>, before: &str) -> Option<String> {
    let behind = spot.text.get(spot.at + spot.found.len()..).unwrap_or("").trim_start();
    if wants(spot, ADDED) {
        return Some(match spot.found {
            "check" => "a check on results needs no `add`; one of rows goes into its input or score: \
                        `add to visit { check \"…\": … }`"
                .to_owned(),
            "in" | "into" | "at" => "write `to`: `add to visit { … }`".to_owned(),
            "test" | "expect" => format!("`{0}` needs no `add`: write `{0}` on a line of its own", spot.found),
            name if behind.starts_with('.') => {
                format!("name the score, and what is added in braces: `add to {name} {{ … }}`")
            }
            _ => "what belongs to an item is added to it: `add to visit { … }`, or `add after visit.points { … }`"
                .to_owned(),
        });
    }
    if wants(spot, "a part, such as `visit.halving`") {
        return Some(format!("name the score or input as well: `visit.{}`", spot.found));
    }
    braces(spot, "add", before, "what is added stands in braces")
}

/// Behind `replace` and `remove`.
fn target(spot: &Spot<'_>, word: &str, before: &str) -> Option<String> {
    let behind = spot.text.get(spot.at + spot.found.len()..).unwrap_or("").trim_start();
    if matches!(before, "step" | "let" | "column" | "line" | "part") || matches!(spot.found, "step" | "let" | "column")
    {
        return Some(format!("a step is named with its score, a column with its input: `{word} visit.halving`"));
    }
    if before.ends_with('.') && spot.found == "check" || before.is_empty() && matches!(spot.found, "check") {
        return Some(
            "checks are named by what they say: `remove check \"…\"`; another is added by `add to … { check … }`"
                .to_owned(),
        );
    }
    if before.is_empty() && spot.found.starts_with('"') {
        return Some(format!("say what it is: `remove check {}`, or the line of a scale: `level({0})`", spot.found));
    }
    if spot.found == "," && spot.open().is_some() {
        return Some(format!("each word has an edit of its own: `{word} {}`", before.to_owned() + ")"));
    }
    if spot.found == "by" && wants(spot, KINDS) {
        return Some(format!("the indices of a block are named one by one: `{word} index contacts …`"));
    }
    if wants(spot, KINDS) {
        return Some(match behind.chars().next() {
            Some('=') => {
                format!("write `set {0} = …` for a param, or say what it is: `replace index {0} = …`", spot.found)
            }
            _ => format!("say what it is: `{word} scale {} …`", spot.found),
        });
    }
    if wants(spot, "`from`") {
        return Some("a score says what it is made from: `score visit from contact { … }`".to_owned());
    }
    if word == "replace" { braces(spot, word, before, "what is there instead stands in braces") } else { None }
}

/// Parts without their braces.
fn braces(spot: &Spot<'_>, word: &str, target: &str, says: &str) -> Option<String> {
    if !wants(spot, "`{`") {
        return None;
    }
    let part = target.rsplit('.').next().filter(|_| word == "replace").unwrap_or("label");
    Some(if is_verb(spot.found) {
        format!("{says}: `{word} {target} {{ {part}: {} … }}`", spot.found)
    } else {
        format!("{says}: `{word} {target} {{ … }}`")
    })
}

/// Two edits in one.
fn and(spot: &Spot<'_>) -> Option<String> {
    (spot.wanted.is_empty() && matches!(spot.found, "," | "and" | ";"))
        .then(|| "each edit stands on a line of its own, without a sign between them".to_owned())
}
